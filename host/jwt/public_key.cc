// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Algorithms and signatures, by OpenSSL.
#include "host/jwt/public_key.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

constexpr char kEc[] = "EC";
constexpr char kRsa[] = "RSA";

constexpr JwtAlgorithm kAlgorithms[] = {
    {"ES256", kEc, "P-256", "SHA256", false, 64},  {"ES384", kEc, "P-384", "SHA384", false, 96},
    {"ES512", kEc, "P-521", "SHA512", false, 132}, {"RS256", kRsa, nullptr, "SHA256", false, 0},
    {"RS384", kRsa, nullptr, "SHA384", false, 0},  {"RS512", kRsa, nullptr, "SHA512", false, 0},
    {"PS256", kRsa, nullptr, "SHA256", true, 0},   {"PS384", kRsa, nullptr, "SHA384", true, 0},
    {"PS512", kRsa, nullptr, "SHA512", true, 0},
};

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// r and s side by side, as JOSE has them, to the DER that OpenSSL wants. Empty if there is not enough memory.
std::string DerSignature(std::string_view raw) {
  const int half = static_cast<int>(raw.size() / 2);
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
  BIGNUM* r = BN_bin2bn(Bytes(raw), half, nullptr);
  BIGNUM* s = BN_bin2bn(Bytes(raw) + half, half, nullptr);
  if (!pair || r == nullptr || s == nullptr || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return {};
  std::string text(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return text;
}

bool SetPss(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
}

}  // namespace

const JwtAlgorithm* FindJwtAlgorithm(std::string_view name) {
  for (const JwtAlgorithm& algorithm : kAlgorithms) {
    if (algorithm.name == name) return &algorithm;
  }
  return nullptr;
}

std::string JwtAlgorithmNames() {
  std::string names;
  for (const JwtAlgorithm& algorithm : kAlgorithms) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", std::string(algorithm.name));
  }
  return names;
}

bool JwtKey::Fits(const JwtAlgorithm& algorithm) const {
  return type_ == algorithm.key_type && (algorithm.curve == nullptr || curve_ == algorithm.curve) &&
         (algorithm_.empty() || algorithm_ == algorithm.name);
}

bool JwtKey::Verifies(const JwtAlgorithm& algorithm, std::string_view signed_bytes, std::string_view signature) const {
  if (!Fits(algorithm)) return false;
  std::string der;
  if (algorithm.signature_bytes != 0) {
    if (signature.size() != algorithm.signature_bytes) return false;
    der = DerSignature(signature);
    signature = der;
  }
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* rules = nullptr;
  return context != nullptr && !signature.empty() &&
         EVP_DigestVerifyInit_ex(context.get(), &rules, algorithm.digest, nullptr, nullptr, key_.get(), nullptr) == 1 &&
         (!algorithm.pss || SetPss(rules)) &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(signed_bytes),
                          signed_bytes.size()) == 1;
}

bool DecodeBase64Url(std::string_view text, std::string* bytes) {
  const absl::string_view view(text.data(), text.size());
  // Abseil forgives padding, blanks and stray bits; what it does not write the same again is not in the one right form.
  return absl::WebSafeBase64Unescape(view, bytes) && absl::WebSafeBase64Escape(*bytes) == view;
}

}  // namespace condyle
