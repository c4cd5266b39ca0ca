// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Public keys as clients publish them (JSON Web Keys, RFC 7517), and the signatures that they verify (RFC 7518).
#ifndef CONDYLE_HOST_JWT_PUBLIC_KEY_H_
#define CONDYLE_HOST_JWT_PUBLIC_KEY_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

struct evp_pkey_st;  // of OpenSSL

namespace condyle {

// How a token may be signed. Only asymmetric ways are known here: there is no row for "none" or HS256 to choose.
struct JwtAlgorithm {
  std::string_view name;   // "ES384"
  const char* key_type;    // "EC", "RSA"; as in a JWK's kty
  const char* curve;       // a JWK's crv; null for RSA
  const char* digest;      // OpenSSL's name
  bool pss;                // RSA with PSS padding
  size_t signature_bytes;  // of EC: r and s, each as long as the curve's order; 0 for RSA
};

// Null if it is not known.
const JwtAlgorithm* FindJwtAlgorithm(std::string_view name);
// "ES256, ES384, ...", for messages.
std::string JwtAlgorithmNames();

// Parsed once, used often. Immutable, so thread-safe.
class JwtKey {
 public:
  JwtKey(std::string type, std::string curve, std::string algorithm, std::shared_ptr<evp_pkey_st> key)
      : type_(std::move(type)), curve_(std::move(curve)), algorithm_(std::move(algorithm)), key_(std::move(key)) {}

  // Whether the key is of the algorithm's type and curve, and not meant for another algorithm.
  bool Fits(const JwtAlgorithm& algorithm) const;
  // Whether its owner made this signature (raw, as in a token) over these bytes. False if it does not fit.
  bool Verifies(const JwtAlgorithm& algorithm, std::string_view signed_bytes, std::string_view signature) const;

 private:
  std::string type_;
  std::string curve_;      // empty for RSA
  std::string algorithm_;  // empty: any that fits
  std::shared_ptr<evp_pkey_st> key_;
};

// The keys of a JWK set by their id. Two keys may share an id if they differ in type (RFC 7517, section 4.5).
struct JwkSet {
  std::multimap<std::string, std::shared_ptr<const JwtKey>, std::less<>> keys;
  // Those left out, and why; of the set's author, so quoted.
  std::vector<std::string> unusable;
};

inline constexpr size_t kMostJwksBytes = 256 * 1024;
inline constexpr size_t kMostJwks = 200;

// Keys that cannot verify a token here are left out and named: symmetric ones, RSA of less than 2048 bits or more than
// 8192, points that are not on their curve, those for encryption, those without an id, and those that show their
// private half. InvalidArgument if the text is no JWK set at all, or has more than kMostJwksBytes or kMostJwks keys;
// the message says where.
absl::StatusOr<JwkSet> ParseJwks(std::string_view text);

// Strict: no padding, no blanks, no other alphabet, no bits that stand for nothing. False if it is not so.
bool DecodeBase64Url(std::string_view text, std::string* bytes);

}  // namespace condyle

#endif  // CONDYLE_HOST_JWT_PUBLIC_KEY_H_
