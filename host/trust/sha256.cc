// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 by OpenSSL.
#include "host/trust/sha256.h"

#include <openssl/evp.h>

namespace condyle {

std::string Sha256Hex(std::string_view bytes) {
  // Fetched once: looking the algorithm up costs more than hashing a short message.
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (kSha256 == nullptr || EVP_Digest(bytes.data(), bytes.size(), digest, &size, kSha256, nullptr) != 1) return {};
  std::string hex(2 * size, '0');
  for (unsigned i = 0; i < size; ++i) {
    hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
    hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

}  // namespace condyle
