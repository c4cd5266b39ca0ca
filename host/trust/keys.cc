// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Keys by OpenSSL 3.
#include "host/trust/keys.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <functional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/trust/sha256.h"
#include "host/trust/text_fields.h"

namespace condyle {
namespace {

constexpr char kPrivateTitle[] = "condyle signing key 1";
constexpr char kPublicTitle[] = "condyle public key 1";
constexpr size_t kRawBytes = 32;

using Key = std::shared_ptr<EVP_PKEY>;
using Bio = std::unique_ptr<BIO, int (*)(BIO*)>;

Key Own(EVP_PKEY* key) { return Key(key, EVP_PKEY_free); }

// Empty if it is no Ed25519 key.
std::string IdOf(const EVP_PKEY* key) {
  std::array<unsigned char, kRawBytes> raw{};
  size_t size = raw.size();
  if (EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 || EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1) return {};
  return Sha256Hex({reinterpret_cast<const char*>(raw.data()), size}).substr(0, kKeyIdDigits);
}

// No passphrase: never ask at a terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

std::string Text(const char* title, const KeyInfo& info, const std::function<int(BIO*)>& write_pem) {
  const Bio memory(BIO_new(BIO_s_mem()), BIO_free);
  char* pem = nullptr;
  if (memory == nullptr || write_pem(memory.get()) != 1) return {};
  const long size = BIO_get_mem_data(memory.get(), &pem);
  return absl::StrCat(title, "\nid = ", info.id, "\nnot_after = ", FormatUtc(info.not_after),
                      "\ncomment = ", info.comment, "\n", std::string(pem, static_cast<size_t>(size)));
}

// The lines before the PEM, held against the key.
absl::StatusOr<KeyInfo> ReadInfo(std::string_view text, const char* title, const EVP_PKEY* key) {
  auto fields = ReadFields(text, title, {"id", "not_after", "comment"});
  if (!fields.ok()) return fields.status();
  absl::StatusOr<int64_t> not_after = ParseUtc((*fields)["not_after"]);
  if (!not_after.ok()) return absl::InvalidArgumentError(absl::StrCat("not_after: ", not_after.status().message()));
  const std::string id = key == nullptr ? "" : IdOf(key);
  if (id.empty()) return absl::InvalidArgumentError("it holds no Ed25519 key in PEM, without a passphrase");
  if ((*fields)["id"] != id) return absl::InvalidArgumentError(absl::StrCat("its id is not that of its key, ", id));
  return KeyInfo{id, *not_after, (*fields)["comment"]};
}

Bio Memory(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free); }

}  // namespace

absl::StatusOr<KeyFiles> GenerateKey(int64_t not_after, const std::string& comment) {
  if (!IsOneLine(comment)) return absl::InvalidArgumentError("the comment must be one line of at most 200 bytes");
  const Key key = Own(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const KeyInfo info = {key == nullptr ? "" : IdOf(key.get()), not_after, comment};
  if (info.id.empty()) return absl::InternalError("OpenSSL cannot make an Ed25519 key: check its installation");
  KeyFiles files;
  files.id = info.id;
  files.private_text = Text(kPrivateTitle, info, [&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  files.public_text = Text(kPublicTitle, info, [&](BIO* out) { return PEM_write_bio_PUBKEY(out, key.get()); });
  if (files.private_text.empty() || files.public_text.empty()) return absl::InternalError("OpenSSL cannot write a key");
  return files;
}

absl::StatusOr<SigningKey> ReadSigningKey(std::string_view text) {
  const Bio memory = Memory(text);
  SigningKey key;
  key.key = Own(PEM_read_bio_PrivateKey(memory.get(), nullptr, NoPassphrase, nullptr));
  absl::StatusOr<KeyInfo> info = ReadInfo(text, kPrivateTitle, key.key.get());
  if (!info.ok()) return info.status();
  key.info = *std::move(info);
  return key;
}

absl::StatusOr<VerifyingKey> ReadVerifyingKey(std::string_view text) {
  const Bio memory = Memory(text);
  VerifyingKey key;
  key.key = Own(PEM_read_bio_PUBKEY(memory.get(), nullptr, NoPassphrase, nullptr));
  absl::StatusOr<KeyInfo> info = ReadInfo(text, kPublicTitle, key.key.get());
  if (!info.ok()) return info.status();
  key.info = *std::move(info);
  return key;
}

std::string KeyName(const KeyInfo& key) {
  return key.comment.empty() ? key.id : absl::StrCat(key.id, " (", key.comment, ")");
}

}  // namespace condyle
