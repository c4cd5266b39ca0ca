// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Who calls: verifies the JSON Web Token of a CDS client.
#ifndef CONDYLE_HOST_JWT_VERIFIER_H_
#define CONDYLE_HOST_JWT_VERIFIER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "host/jwt/key_source.h"
#include "host/jwt/refusal.h"
#include "host/jwt/token.h"
#include "host/jwt/trust.h"
#include "host/jwt/used_tokens.h"

namespace condyle {

// What a good token says of its sender.
struct Caller {
  std::string issuer;
  std::string tenant;   // empty if it names none
  std::string subject;  // the same
  std::string jti;
  absl::Time expires;
};

// Thread-safe.
class JwtVerifier {
 public:
  // Both must outlive the verifier.
  JwtVerifier(JwtTrust trust, KeySource& keys, UsedTokens& used);

  // authorization: the header's value; empty if there was none. invoked_url: what the client called, as it sees it,
  // with the service's public scheme and host and the query. May wait for the client's keys, as long as their source
  // does. docs/ehr/authentication.md says what is checked in which order.
  std::variant<Caller, JwtRefusal> Verify(std::string_view authorization, std::string_view invoked_url, absl::Time now);

 private:
  std::optional<JwtRefusal> CheckSignature(const TrustedIssuer& issuer, const JwtHeader& header, const JwtParts& parts);
  std::optional<JwtRefusal> FindKeys(const TrustedIssuer& issuer, const JwtHeader& header,
                                     std::vector<std::shared_ptr<const JwtKey>>* keys);
  std::optional<JwtRefusal> CheckClaims(const TrustedIssuer& issuer, const JwtClaims& claims,
                                        std::string_view invoked_url, double now) const;

  const JwtTrust trust_;
  std::map<std::string, const TrustedIssuer*, std::less<>> issuers_;
  KeySource& keys_;
  UsedTokens& used_;
};

// Whether a token for `audience` is one for a call of `invoked`: the same scheme, host and port, and path byte for
// byte, but for one slash at the end. A query that the audience has must be the same too; where it has none, any will
// do.
bool IsAudience(std::string_view audience, std::string_view invoked);

}  // namespace condyle

#endif  // CONDYLE_HOST_JWT_VERIFIER_H_
