// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Signs tokens, good and bad, for tests and benchmarks.
#ifndef CONDYLE_HOST_JWT_SIGNER_FOR_TEST_H_
#define CONDYLE_HOST_JWT_SIGNER_FOR_TEST_H_

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;  // of OpenSSL

namespace condyle {

// A key pair with the id that it is published under.
class TestSigner {
 public:
  static TestSigner Rsa(std::string kid, unsigned bits = 2048);
  // "P-256", "P-384", "P-521".
  static TestSigner Ec(std::string kid, const std::string& curve = "P-384");

  // The public half. more: further members, ",\"use\":\"sig\"".
  std::string Jwk(const std::string& more = "") const;
  std::string Pem() const;
  // Header and claims as JSON. algorithm: how it is really signed, whatever the header says.
  std::string Sign(std::string_view header, std::string_view claims, std::string_view algorithm) const;
  const std::string& kid() const { return kid_; }

 private:
  std::string kid_;
  std::string curve_;  // empty: RSA
  std::shared_ptr<evp_pkey_st> key_;
};

std::string TestJwks(const std::string& comma_separated_keys);
std::string Base64Url(std::string_view bytes);
// HS256, HS384 and HS512 with any secret.
std::string SignSymmetric(std::string_view header, std::string_view claims, std::string_view secret);

}  // namespace condyle

#endif  // CONDYLE_HOST_JWT_SIGNER_FOR_TEST_H_
