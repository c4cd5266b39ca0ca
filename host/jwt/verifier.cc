// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The checks of a token, in the order of JwtReason.
#include "host/jwt/verifier.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/http_client/url.h"
#include "host/trust/quote.h"

namespace condyle {
namespace {

std::optional<JwtRefusal> Refuse(JwtReason reason, std::string detail = "") {
  return JwtRefusal{reason, std::move(detail)};
}

std::string_view WithoutLastSlash(std::string_view path) {
  if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

}  // namespace

bool IsAudience(std::string_view audience, std::string_view invoked) {
  if (audience == invoked) return true;
  const absl::StatusOr<HttpUrl> meant = ParseHttpUrl(audience);
  const absl::StatusOr<HttpUrl> called = ParseHttpUrl(invoked);
  return meant.ok() && called.ok() && meant->SameOrigin(*called) &&
         WithoutLastSlash(meant->path) == WithoutLastSlash(called->path) &&
         (meant->query.empty() || meant->query == called->query);
}

JwtVerifier::JwtVerifier(JwtTrust trust, KeySource& keys, UsedTokens& used)
    : trust_(std::move(trust)), keys_(keys), used_(used) {
  for (const TrustedIssuer& issuer : trust_.issuers) issuers_.emplace(issuer.iss, &issuer);
}

std::variant<Caller, JwtRefusal> JwtVerifier::Verify(std::string_view authorization, std::string_view invoked_url,
                                                     absl::Time now) {
  JwtParts parts;
  JwtHeader header;
  JwtClaims claims;
  if (std::optional<JwtRefusal> refusal = SplitToken(authorization, &parts)) return *std::move(refusal);
  if (std::optional<JwtRefusal> refusal = ReadHeader(parts.header, &header)) return *std::move(refusal);
  const std::vector<std::string>& allowed = trust_.algorithms;
  if (std::find(allowed.begin(), allowed.end(), header.algorithm) == allowed.end()) {
    return JwtRefusal{JwtReason::kAlgorithmNotAllowed, ""};
  }
  if (header.asks_more) return JwtRefusal{JwtReason::kCritical, ""};
  if (std::optional<JwtRefusal> refusal = ReadClaims(parts.claims, &claims)) return *std::move(refusal);
  const auto issuer = issuers_.find(claims.iss);
  if (issuer == issuers_.end()) return JwtRefusal{JwtReason::kUnknownIssuer, ""};
  if (std::optional<JwtRefusal> refusal = CheckSignature(*issuer->second, header, parts)) return *std::move(refusal);
  const double seconds = absl::ToDoubleSeconds(now - absl::UnixEpoch());
  if (std::optional<JwtRefusal> refusal = CheckClaims(*issuer->second, claims, invoked_url, seconds)) {
    return *std::move(refusal);
  }
  // Last, so that only tokens of the issuer's own making fill the memory of used ones.
  const absl::Time expires = absl::UnixEpoch() + absl::Seconds(claims.exp);
  const absl::StatusOr<bool> first = used_.FirstUse(claims.iss, claims.jti, expires + trust_.clock_leeway);
  if (!first.ok()) return JwtRefusal{JwtReason::kReplayUnknown, std::string(first.status().message())};
  if (!*first) return JwtRefusal{JwtReason::kReplayed, ""};
  return Caller{claims.iss, claims.tenant, claims.sub, claims.jti, expires};
}

std::optional<JwtRefusal> JwtVerifier::CheckSignature(const TrustedIssuer& issuer, const JwtHeader& header,
                                                      const JwtParts& parts) {
  const JwtAlgorithm* algorithm = FindJwtAlgorithm(header.algorithm);
  if (algorithm == nullptr) return Refuse(JwtReason::kAlgorithmNotAllowed);
  std::vector<std::shared_ptr<const JwtKey>> keys;
  if (std::optional<JwtRefusal> refusal = FindKeys(issuer, header, &keys)) return refusal;
  bool fits = false;
  for (const std::shared_ptr<const JwtKey>& key : keys) {
    if (!key->Fits(*algorithm)) continue;
    fits = true;
    if (key->Verifies(*algorithm, parts.signed_bytes, parts.signature)) return std::nullopt;
  }
  return Refuse(fits ? JwtReason::kBadSignature : JwtReason::kWrongKeyType);
}

std::optional<JwtRefusal> JwtVerifier::FindKeys(const TrustedIssuer& issuer, const JwtHeader& header,
                                                std::vector<std::shared_ptr<const JwtKey>>* keys) {
  std::vector<std::string> urls;
  bool named = true;
  if (header.jku.empty()) {
    const auto [begin, end] = issuer.keys.keys.equal_range(header.kid);
    for (auto at = begin; at != end; ++at) keys->push_back(at->second);
    if (!keys->empty()) return std::nullopt;
    urls = issuer.jwks_urls;
  } else {
    const std::optional<TrustedJku> trusted = FindJku(issuer, header.jku);
    if (!trusted) return Refuse(JwtReason::kUntrustedJku, absl::StrCat("of issuer ", Quote(issuer.iss)));
    named = trusted->named;
    urls = {trusted->url};
  }
  JwtReason reason = JwtReason::kUnknownKey;
  std::string problems;
  for (const std::string& url : urls) {
    KeyLookup found = keys_.Find(url, named, header.kid);
    if (found.state == KeyLookup::State::kFound) {
      *keys = std::move(found.keys);
      return std::nullopt;
    }
    if (found.state == KeyLookup::State::kUnavailable) reason = JwtReason::kKeysUnavailable;
    absl::StrAppend(&problems, problems.empty() ? "" : "; ", found.problem);
  }
  return Refuse(reason, std::move(problems));
}

std::optional<JwtRefusal> JwtVerifier::CheckClaims(const TrustedIssuer& issuer, const JwtClaims& claims,
                                                   std::string_view invoked_url, double now) const {
  const bool meant = std::any_of(claims.aud.begin(), claims.aud.end(),
                                 [&](const std::string& audience) { return IsAudience(audience, invoked_url); });
  if (!meant) return Refuse(JwtReason::kWrongAudience, absl::StrCat("called was ", Showable(invoked_url, 200)));
  const double leeway = absl::ToDoubleSeconds(trust_.clock_leeway);
  if (claims.iat > now + leeway) return Refuse(JwtReason::kIssuedInFuture);
  if (claims.nbf && *claims.nbf > now + leeway) return Refuse(JwtReason::kNotYetValid);
  if (claims.exp <= now - leeway) return Refuse(JwtReason::kExpired);
  const double life = claims.exp - claims.iat;
  if (life <= 0 || life > absl::ToDoubleSeconds(issuer.longest_life)) {
    return Refuse(JwtReason::kLivesTooLong, absl::StrCat("longest_life_seconds of issuer ", Quote(issuer.iss), " is ",
                                                         absl::ToInt64Seconds(issuer.longest_life)));
  }
  const bool known = issuer.tenants.empty() ||
                     std::find(issuer.tenants.begin(), issuer.tenants.end(), claims.tenant) != issuer.tenants.end();
  if (!known) return Refuse(JwtReason::kUnknownTenant, absl::StrCat("of issuer ", Quote(issuer.iss)));
  return std::nullopt;
}

}  // namespace condyle
