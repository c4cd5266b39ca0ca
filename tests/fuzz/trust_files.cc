// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Signature, key and revocation files. One input is given to every reader: each must refuse what is not its own.
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "absl/status/statusor.h"
#include "host/trust/keys.h"
#include "host/trust/signature.h"
#include "host/trust/text_fields.h"
#include "host/trust/trust_store.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

// A directory of this process, for the readers that take a path.
class Folder {
 public:
  Folder() {
    char name[] = "/dev/shm/condyle_fuzz_XXXXXX";
    char fallback[] = "/tmp/condyle_fuzz_XXXXXX";
    const char* made = mkdtemp(name);
    if (made == nullptr) made = mkdtemp(fallback);
    Require(made != nullptr, "a directory can be made");
    path_ = made;
  }
  ~Folder() {
    for (const char* file : {"revoked", "key.pub", "plugin.so.sig"}) unlink(At(file).c_str());
    rmdir(path_.c_str());
  }
  const std::string& path() const { return path_; }
  std::string At(const std::string& name) const { return path_ + "/" + name; }
  void Write(const std::string& name, std::string_view bytes) const {
    std::ofstream(At(name), std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  std::string path_;
};

template <typename T>
bool Read(const absl::StatusOr<T>& result) {
  if (!result.ok()) RequireMessage(std::string(result.status().message()), "a refused file of the trust store");
  return result.ok();
}

void ReadAsSignature(std::string_view text, const Folder& folder) {
  const absl::StatusOr<Signature> signature = ReadSignature(text);
  if (Read(signature)) {
    Require(signature->bytes.size() == 64, "a signature has 64 bytes");
    const absl::StatusOr<Signature> again = ReadSignature(ToText(*signature));
    Require(again.ok() && BytesToSign(*again) == BytesToSign(*signature) && again->bytes == signature->bytes,
            "a signature that is written is read as it was", text);
  }
  folder.Write("plugin.so.sig", text);
  const SignatureCheck check = CheckSignature(folder.At("plugin.so"), {"plugin", "1.0.0", std::string(64, '0')}, {});
  Require(check.verdict == (signature.ok() ? SignatureVerdict::kUnknownKey : SignatureVerdict::kMalformed),
          "nothing is good where nobody is trusted", text);
  RequireMessage(check.problem, "a bad signature");
}

// Returns whether it is a public key.
bool ReadAsKey(std::string_view text, const Folder& folder) {
  Read(ReadSigningKey(text));
  const absl::StatusOr<VerifyingKey> key = ReadVerifyingKey(text);
  folder.Write("key.pub", text);
  unlink(folder.At("revoked").c_str());
  const absl::StatusOr<TrustStore> store = TrustStore::Open({folder.path()});
  Require(Read(store) == Read(key), "a trust store takes what is a key, and nothing else", text);
  if (!key.ok()) return false;
  Require(IsHex(key->info.id, kKeyIdDigits) && IsShowable(KeyName(key->info)), "a key has a name", text);
  Require(store->Find(key->info.id) != nullptr, "a key that was read is found", text);
  const Signature forged{{"plugin", "1.0.0", std::string(64, '0')}, 0, key->info.id, std::string(64, 'x')};
  Require(!IsMadeBy(forged, *key), "a signature out of nothing is forged", text);
  return true;
}

void ReadAsRevocations(std::string_view text, const Folder& folder) {
  unlink(folder.At("key.pub").c_str());
  folder.Write("revoked", text);
  const absl::StatusOr<TrustStore> store = TrustStore::Open({folder.path()});
  if (!Read(store)) return;
  // Every line that says something revokes a key; none may be lost.
  for (size_t at = 0; at < text.size();) {
    size_t end = text.find('\n', at);
    if (end == text.npos) end = text.size();
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const size_t begin = line.find_first_not_of(" \t\r\v\f");
    if (begin == line.npos || line[begin] == '#') continue;
    const Revocation* revoked = store->FindRevocation(std::string(line.substr(begin, kKeyIdDigits)));
    Require(revoked != nullptr, "every line of an accepted list revokes a key", text);
    Require(IsOneLine(revoked->reason), "the reason of a revocation is one line", text);
  }
}

}  // namespace
}  // namespace condyle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const condyle::fuzz::Folder folder;
  const std::string_view text = condyle::fuzz::AsText(data, size);
  condyle::fuzz::ReadAsSignature(text, folder);
  condyle::fuzz::ReadAsKey(text, folder);
  condyle::fuzz::ReadAsRevocations(text, folder);
  return 0;
}
