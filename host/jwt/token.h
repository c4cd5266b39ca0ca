// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A JSON Web Token taken apart. Nothing of it is to be believed before its signature is verified.
#ifndef CONDYLE_HOST_JWT_TOKEN_H_
#define CONDYLE_HOST_JWT_TOKEN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/jwt/refusal.h"

namespace condyle {

inline constexpr size_t kMostTokenBytes = 8192;

struct JwtHeader {
  std::string algorithm;
  std::string kid;
  // Empty if there is none.
  std::string jku;
  // crit, or b64: it asks for something that is not known here.
  bool asks_more = false;
};

struct JwtClaims {
  std::string iss;
  std::string sub;     // may be empty
  std::string tenant;  // may be empty
  std::string jti;
  std::vector<std::string> aud;
  // Seconds since 1970.
  double exp = 0;
  double iat = 0;
  std::optional<double> nbf;
};

struct JwtParts {
  // Header and claims as they were signed; must not outlive the header of the request.
  std::string_view signed_bytes;
  std::string header;
  std::string claims;
  std::string signature;
};

// From the value of an Authorization header.
std::optional<JwtRefusal> SplitToken(std::string_view authorization, JwtParts* parts);
std::optional<JwtRefusal> ReadHeader(std::string_view json, JwtHeader* header);
std::optional<JwtRefusal> ReadClaims(std::string_view json, JwtClaims* claims);

}  // namespace condyle

#endif  // CONDYLE_HOST_JWT_TOKEN_H_
