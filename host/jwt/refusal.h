// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Why a token is refused, for its sender, for the log, and for counting.
#ifndef CONDYLE_HOST_JWT_REFUSAL_H_
#define CONDYLE_HOST_JWT_REFUSAL_H_

#include <cstddef>
#include <string>

namespace condyle {

// In the order in which they are looked for.
enum class JwtReason {
  kNoToken,
  kTooLong,
  kMalformed,
  kBadHeader,
  kUnsigned,
  kSymmetric,
  kAlgorithmNotAllowed,
  kCritical,
  kBadClaims,
  kUnknownIssuer,
  kUntrustedJku,
  kUnknownKey,
  kKeysUnavailable,
  kWrongKeyType,
  kBadSignature,
  kWrongAudience,
  kIssuedInFuture,
  kNotYetValid,
  kExpired,
  kLivesTooLong,
  kUnknownTenant,
  kReplayed,
  kReplayUnknown,
};
inline constexpr size_t kJwtReasons = static_cast<size_t>(JwtReason::kReplayUnknown) + 1;

struct JwtRefusal {
  JwtReason reason = JwtReason::kNoToken;
  // For the operator's log: what of the configuration or of a JWK set made it so. Often empty. Nothing of the token.
  std::string detail;

  // Stable, for logs and metrics: "wrong_audience".
  const char* Code() const;
  // For the sender: what was wrong and what is wanted. Fixed words: nothing of the token comes back.
  const char* Message() const;
  // 401: who are you; 403: you are known, but not for this; 503: we cannot tell at the moment.
  int HttpStatus() const;
  // Value of WWW-Authenticate (RFC 6750); empty for 503.
  std::string Challenge() const;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_JWT_REFUSAL_H_
