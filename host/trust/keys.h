// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Ed25519 key pairs and their files. A file is a few lines for people, then PEM, which openssl pkey reads too.
#ifndef CONDYLE_HOST_TRUST_KEYS_H_
#define CONDYLE_HOST_TRUST_KEYS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

struct evp_pkey_st;  // of OpenSSL

namespace condyle {

inline constexpr size_t kKeyIdDigits = 16;

struct KeyInfo {
  // The first 16 hexadecimal digits of the SHA-256 of the raw public key.
  std::string id;
  // Seconds since 1970. Signatures of a later moment are not good; earlier ones stay good.
  int64_t not_after = 0;
  // Whose key it is; one line.
  std::string comment;
};

struct SigningKey {
  KeyInfo info;
  std::shared_ptr<evp_pkey_st> key;
};

struct VerifyingKey {
  KeyInfo info;
  std::shared_ptr<evp_pkey_st> key;
};

struct KeyFiles {
  std::string id;
  std::string private_text;  // secret
  std::string public_text;
};

// A new pair. Thread-safe, as all below.
absl::StatusOr<KeyFiles> GenerateKey(int64_t not_after, const std::string& comment);

// InvalidArgument if the text is no such file, or its id is not that of its key; messages do not name the file.
absl::StatusOr<SigningKey> ReadSigningKey(std::string_view text);
absl::StatusOr<VerifyingKey> ReadVerifyingKey(std::string_view text);

// For people: "0123456789abcdef (comment)".
std::string KeyName(const KeyInfo& key);

}  // namespace condyle

#endif  // CONDYLE_HOST_TRUST_KEYS_H_
