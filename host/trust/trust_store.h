// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Which keys are trusted, and what that makes of a plugin's signature.
#ifndef CONDYLE_HOST_TRUST_TRUST_STORE_H_
#define CONDYLE_HOST_TRUST_TRUST_STORE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "host/trust/keys.h"
#include "host/trust/signature.h"

namespace condyle {

// A key whose signatures are not good, whenever they were made: whoever stole it can put any date.
struct Revocation {
  std::string key_id;
  std::string date;  // for people
  std::string reason;
};

// Immutable once made, so thread-safe.
class TrustStore {
 public:
  TrustStore() = default;  // trusts nobody
  explicit TrustStore(const VerifyingKey& key) { Add(key); }

  // Reads each directory: *.pub, and a file "revoked" with lines "KEY-ID YYYY-MM-DD reason" ('#' starts a comment). A
  // key revoked in one is revoked for all; of two expiries of one key the earlier counts. Any fault is an error that
  // names file and line, since leaving out a revocation would trust too much.
  static absl::StatusOr<TrustStore> Open(const std::vector<std::string>& directories);

  // Null if it is not there.
  const VerifyingKey* Find(const std::string& key_id) const;
  const Revocation* FindRevocation(const std::string& key_id) const;
  // For people: the keys, or "none".
  std::string KeyNames() const;

 private:
  void Add(const VerifyingKey& key);
  absl::Status ReadRevoked(const std::string& path);

  std::map<std::string, VerifyingKey> keys_;
  std::map<std::string, Revocation> revoked_;
};

enum class SignatureVerdict {
  kNotChecked,
  kGood,
  kUnsigned,     // there is no signature file
  kMalformed,    // it cannot be read
  kRevokedKey,   // whenever it signed
  kUnknownKey,   // not in the trust store
  kForged,       // the key did not make this signature over what the signature file says
  kExpiredKey,   // signed after the key expired
  kOtherPlugin,  // of another id or version
  kChanged,      // of other bytes
};

// For a table: "changed", "not signed".
const char* InWords(SignatureVerdict verdict);

struct SignatureCheck {
  SignatureVerdict verdict = SignatureVerdict::kNotChecked;
  // What is wrong and what to do, beginning with "it"; without the plugin's file name. Empty if good or not checked.
  std::string problem;
  // Of a good signature. The moment is what the signer's clock said: seconds since 1970.
  KeyInfo signer;
  int64_t signed_at = 0;
};

// Reads the signature beside a plugin file, and holds it against the file's bytes as they were read: `plugin` is what
// they are, by their hash and their manifest. Asks no clock: a signature that was made before its key expired stays
// good unless the key is revoked.
SignatureCheck CheckSignature(const std::string& plugin_path, const SignedPlugin& plugin, const TrustStore& trust);

}  // namespace condyle

#endif  // CONDYLE_HOST_TRUST_TRUST_STORE_H_
