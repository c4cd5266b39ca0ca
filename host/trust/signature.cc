// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Ed25519 by OpenSSL 3.
#include "host/trust/signature.h"

#include <openssl/evp.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/trust/text_fields.h"

namespace condyle {
namespace {

constexpr char kTitle[] = "condyle plugin signature 1";
constexpr char kDomain[] = "condyle.plugin.v1";
constexpr size_t kSignatureBytes = 64;
constexpr size_t kSha256Digits = 64;

using DigestContext = std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)>;

const unsigned char* Bytes(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string BigEndian(uint64_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xFF);
  return text;
}

}  // namespace

std::string BytesToSign(const Signature& signature) {
  std::string message(kDomain, sizeof(kDomain));  // with its NUL
  for (const std::string& field : {signature.plugin.id, signature.plugin.version, FromHex(signature.plugin.sha256),
                                   BigEndian(static_cast<uint64_t>(signature.signed_at), 8), signature.key_id}) {
    message += BigEndian(field.size(), 4) + field;
  }
  return message;
}

absl::StatusOr<Signature> Sign(const SignedPlugin& plugin, int64_t signed_at, const SigningKey& key) {
  if (signed_at > key.info.not_after) {
    return absl::FailedPreconditionError(absl::StrCat("the key ", KeyName(key.info), " expired on ",
                                                      FormatUtc(key.info.not_after),
                                                      "; what it signs now is good nowhere. Make another"));
  }
  Signature signature = {plugin, signed_at, key.info.id, std::string(kSignatureBytes, '\0')};
  const std::string message = BytesToSign(signature);
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  size_t size = signature.bytes.size();
  if (context == nullptr ||
      EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key.key.get(), nullptr) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.bytes.data()), &size, Bytes(message),
                     message.size()) != 1 ||
      size != kSignatureBytes) {
    return absl::InternalError("OpenSSL cannot sign with Ed25519: check its installation");
  }
  return signature;
}

bool IsMadeBy(const Signature& signature, const VerifyingKey& key) {
  const std::string message = BytesToSign(signature);
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return context != nullptr &&
         EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key.key.get(), nullptr) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature.bytes), signature.bytes.size(), Bytes(message),
                          message.size()) == 1;
}

std::string ToText(const Signature& signature) {
  return absl::StrCat(kTitle, "\nplugin = ", signature.plugin.id, "\nversion = ", signature.plugin.version,
                      "\nsha256 = ", signature.plugin.sha256, "\nsigned = ", FormatUtc(signature.signed_at),
                      "\nkey = ", signature.key_id, "\nsignature = ", ToHex(signature.bytes), "\n");
}

absl::StatusOr<Signature> ReadSignature(std::string_view text) {
  auto fields = ReadFields(text, kTitle, {"plugin", "version", "sha256", "signed", "key", "signature"});
  if (!fields.ok()) return fields.status();
  for (const auto& [name, digits] : {std::pair("sha256", kSha256Digits), std::pair("key", kKeyIdDigits),
                                     std::pair("signature", 2 * kSignatureBytes)}) {
    if (!IsHex((*fields)[name], digits)) {
      return absl::InvalidArgumentError(absl::StrCat(name, ": must have ", digits, " lower-case hexadecimal digits"));
    }
  }
  absl::StatusOr<int64_t> signed_at = ParseUtc((*fields)["signed"]);
  if (!signed_at.ok()) return absl::InvalidArgumentError(absl::StrCat("signed: ", signed_at.status().message()));
  return Signature{{(*fields)["plugin"], (*fields)["version"], (*fields)["sha256"]},
                   *signed_at,
                   (*fields)["key"],
                   FromHex((*fields)["signature"])};
}

}  // namespace condyle
