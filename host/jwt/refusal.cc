// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The words for each reason.
#include "host/jwt/refusal.h"

#include <iterator>

#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

struct Words {
  JwtReason reason;
  int status;
  const char* code;
  const char* message;  // no double quotes: it stands in a header between such
};

constexpr Words kWords[] = {
    {JwtReason::kNoToken, 401, "no_token", "send a JSON Web Token: Authorization: Bearer <token>"},
    {JwtReason::kTooLong, 401, "too_long", "the token is longer than 8192 bytes"},
    {JwtReason::kMalformed, 401, "malformed", "the token is no JWS of three parts in base64url without padding"},
    {JwtReason::kBadHeader, 401, "bad_header",
     "the token's header must be a JSON object with alg, kid and typ JWT, and jku, if there, a URL; no member twice"},
    {JwtReason::kUnsigned, 401, "unsigned", "the token is not signed: alg none is never accepted"},
    {JwtReason::kSymmetric, 401, "symmetric", "the token's alg is symmetric; sign with a private key"},
    {JwtReason::kAlgorithmNotAllowed, 401, "algorithm_not_allowed",
     "the token's alg is not accepted here; ES384 and RS384 are what CDS Hooks recommends"},
    {JwtReason::kCritical, 401, "critical", "the token's header has crit or b64, which this service does not know"},
    {JwtReason::kBadClaims, 401, "bad_claims",
     "the token's claims must be a JSON object with iss, aud, exp, iat and jti of the right types and at most 512 "
     "bytes "
     "each; no member twice"},
    {JwtReason::kUnknownIssuer, 401, "unknown_issuer", "the token's iss is not registered with this service"},
    {JwtReason::kUntrustedJku, 401, "untrusted_jku", "the token's jku is not registered for its iss"},
    {JwtReason::kUnknownKey, 401, "unknown_key", "the token's kid names no usable key of its iss"},
    {JwtReason::kKeysUnavailable, 503, "keys_unavailable", "the keys of the token's iss cannot be read at the moment"},
    {JwtReason::kWrongKeyType, 401, "wrong_key_type", "the token's alg is not one of the key that its kid names"},
    {JwtReason::kBadSignature, 401, "bad_signature", "the token's signature is not that of the key that its kid names"},
    {JwtReason::kWrongAudience, 401, "wrong_audience", "the token's aud must be the URL that is called"},
    {JwtReason::kIssuedInFuture, 401, "issued_in_future", "the token's iat is in the future; check the clocks"},
    {JwtReason::kNotYetValid, 401, "not_yet_valid", "the token is not valid yet (nbf)"},
    {JwtReason::kExpired, 401, "expired", "the token has expired (exp)"},
    {JwtReason::kLivesTooLong, 401, "lives_too_long",
     "the token lives too long, or ends before it begins: exp and iat"},
    {JwtReason::kUnknownTenant, 403, "unknown_tenant", "the token's tenant is not registered for its iss"},
    {JwtReason::kReplayed, 401, "replayed", "the token was used before (jti); sign a new one for each call"},
    {JwtReason::kReplayUnknown, 503, "replay_unknown",
     "whether the token was used before cannot be told at the moment"},
};
static_assert(std::size(kWords) == kJwtReasons);

constexpr bool InOrder() {
  for (size_t i = 0; i < kJwtReasons; ++i) {
    if (kWords[i].reason != static_cast<JwtReason>(i)) return false;
  }
  return true;
}
static_assert(InOrder());

const Words& WordsFor(JwtReason reason) { return kWords[static_cast<size_t>(reason)]; }

}  // namespace

const char* JwtRefusal::Code() const { return WordsFor(reason).code; }
const char* JwtRefusal::Message() const { return WordsFor(reason).message; }
int JwtRefusal::HttpStatus() const { return WordsFor(reason).status; }

std::string JwtRefusal::Challenge() const {
  if (HttpStatus() == 503) return {};
  // RFC 6750: who sent nothing is told the scheme alone.
  if (reason == JwtReason::kNoToken) return "Bearer";
  return absl::StrCat("Bearer error=\"", HttpStatus() == 403 ? "insufficient_scope" : "invalid_token",
                      "\", error_description=\"", Message(), "\"");
}

}  // namespace condyle
