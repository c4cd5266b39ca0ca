// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Signing, by OpenSSL. What goes wrong here ends the test program.
#include "host/jwt/signer_for_test.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "host/jwt/public_key.h"

namespace condyle {
namespace {

void Need(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "signer_for_test: %s failed\n", what);
  std::abort();
}

std::string NumberOf(const EVP_PKEY* key, const char* name, int bytes) {
  BIGNUM* number = nullptr;
  Need(EVP_PKEY_get_bn_param(key, name, &number) == 1, name);
  std::string text(static_cast<size_t>(bytes != 0 ? bytes : BN_num_bytes(number)), '\0');
  Need(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(text.data()), static_cast<int>(text.size())) > 0, name);
  BN_free(number);
  return text;
}

std::string RawSignature(const std::string& der, int half) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  Need(pair != nullptr, "ECDSA");
  std::string raw(static_cast<size_t>(2 * half), '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, half);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + half, half);
  ECDSA_SIG_free(pair);
  return raw;
}

int CoordinateBytes(const std::string& curve) { return curve == "P-256" ? 32 : curve == "P-384" ? 48 : 66; }

}  // namespace

TestSigner TestSigner::Rsa(std::string kid, unsigned bits) {
  TestSigner signer;
  signer.kid_ = std::move(kid);
  signer.key_.reset(EVP_RSA_gen(bits), EVP_PKEY_free);
  Need(signer.key_ != nullptr, "RSA");
  return signer;
}

TestSigner TestSigner::Ec(std::string kid, const std::string& curve) {
  TestSigner signer;
  signer.kid_ = std::move(kid);
  signer.curve_ = curve;
  signer.key_.reset(EVP_EC_gen(curve.c_str()), EVP_PKEY_free);
  Need(signer.key_ != nullptr, "EC");
  return signer;
}

std::string TestSigner::Jwk(const std::string& more) const {
  if (curve_.empty()) {
    return absl::StrCat(R"({"kty":"RSA","kid":")", kid_, R"(","n":")",
                        Base64Url(NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0)), R"(","e":")",
                        Base64Url(NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0)), "\"", more, "}");
  }
  const int bytes = CoordinateBytes(curve_);
  return absl::StrCat(R"({"kty":"EC","kid":")", kid_, R"(","crv":")", curve_, R"(","x":")",
                      Base64Url(NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, bytes)), R"(","y":")",
                      Base64Url(NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, bytes)), "\"", more, "}");
}

std::string TestSigner::Pem() const {
  BIO* memory = BIO_new(BIO_s_mem());
  Need(PEM_write_bio_PUBKEY(memory, key_.get()) == 1, "PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<size_t>(size));
  BIO_free(memory);
  return pem;
}

std::string TestSigner::Sign(std::string_view header, std::string_view claims, std::string_view algorithm) const {
  const JwtAlgorithm* how = FindJwtAlgorithm(algorithm);
  Need(how != nullptr, "the algorithm");
  const std::string text = absl::StrCat(Base64Url(header), ".", Base64Url(claims));
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* rules = nullptr;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  Need(EVP_DigestSignInit_ex(context, &rules, how->digest, nullptr, nullptr, key_.get(), nullptr) == 1, "signing");
  if (how->pss) {
    EVP_PKEY_CTX_set_rsa_padding(rules, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(rules, RSA_PSS_SALTLEN_DIGEST);
  }
  size_t size = 0;
  Need(EVP_DigestSign(context, nullptr, &size, bytes, text.size()) == 1, "signing");
  std::string signature(size, '\0');
  Need(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, text.size()) == 1,
       "signing");
  signature.resize(size);
  EVP_MD_CTX_free(context);
  if (!curve_.empty()) signature = RawSignature(signature, CoordinateBytes(curve_));
  return absl::StrCat(text, ".", Base64Url(signature));
}

std::string TestJwks(const std::string& comma_separated_keys) {
  return absl::StrCat(R"({"keys":[)", comma_separated_keys, "]}");
}

std::string Base64Url(std::string_view bytes) {
  return absl::WebSafeBase64Escape(absl::string_view(bytes.data(), bytes.size()));
}

std::string SignSymmetric(std::string_view header, std::string_view claims, std::string_view secret) {
  const std::string text = absl::StrCat(Base64Url(header), ".", Base64Url(claims));
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  return absl::StrCat(text, ".", Base64Url({reinterpret_cast<const char*>(mac), size}));
}

}  // namespace condyle
