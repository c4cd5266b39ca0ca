// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Detached signatures: what is signed, and the file that says so.
#ifndef CONDYLE_HOST_TRUST_SIGNATURE_H_
#define CONDYLE_HOST_TRUST_SIGNATURE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "host/trust/keys.h"

namespace condyle {

// A plugin file: what it says it is, and its bytes.
struct SignedPlugin {
  std::string id;
  std::string version;
  std::string sha256;  // lower-case hexadecimal
};

// What a signature file says.
struct Signature {
  SignedPlugin plugin;
  // Seconds since 1970, by the signer's clock.
  int64_t signed_at = 0;
  std::string key_id;
  std::string bytes;  // 64
};

// The bytes that Ed25519 signs: "condyle.plugin.v1" and a NUL, then id, version, SHA-256 (32 bytes), moment (8 bytes,
// big-endian) and key id, each after its length in 4 bytes, big-endian. No other message can be read as these.
std::string BytesToSign(const Signature& signature);

// FailedPrecondition if the key has expired by then.
absl::StatusOr<Signature> Sign(const SignedPlugin& plugin, int64_t signed_at, const SigningKey& key);
// Whether the key made this signature over what it says. Says nothing of any file, nor of expiry.
bool IsMadeBy(const Signature& signature, const VerifyingKey& key);

std::string ToText(const Signature& signature);
// InvalidArgument if it is no such text.
absl::StatusOr<Signature> ReadSignature(std::string_view text);

// Where the signature of a plugin file stands: beside it.
inline std::string SignaturePath(const std::string& plugin_path) { return plugin_path + ".sig"; }

}  // namespace condyle

#endif  // CONDYLE_HOST_TRUST_SIGNATURE_H_
