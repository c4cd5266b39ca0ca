// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads trust stores and judges signatures.
#include "host/trust/trust_store.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "host/trust/text_fields.h"

namespace condyle {
namespace {

namespace fs = std::filesystem;
constexpr char kRevoked[] = "revoked";

absl::Status Named(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

// The names of a directory's keys, sorted.
absl::StatusOr<std::vector<std::string>> KeyFilesIn(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".pub") paths.push_back(at->path().string());
  }
  if (error) return absl::NotFoundError(absl::StrCat(directory, ": is no folder of trusted keys: ", error.message()));
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool IsDate(const std::string& text) { return ParseUtc(absl::StrCat(text, "T00:00:00Z")).ok(); }

SignatureCheck Bad(SignatureVerdict verdict, std::string problem) { return {verdict, std::move(problem), {}, 0}; }

std::string Versioned(const SignedPlugin& plugin) { return absl::StrCat(plugin.id, " ", plugin.version); }

}  // namespace

absl::StatusOr<TrustStore> TrustStore::Open(const std::vector<std::string>& directories) {
  TrustStore store;
  for (const std::string& directory : directories) {
    absl::StatusOr<std::vector<std::string>> paths = KeyFilesIn(directory);
    if (!paths.ok()) return paths.status();
    for (const std::string& path : *paths) {
      absl::StatusOr<std::string> text = ReadTrustFile(path);
      if (!text.ok()) return Named(path, text.status());
      absl::StatusOr<VerifyingKey> key = ReadVerifyingKey(*text);
      if (!key.ok()) return Named(path, key.status());
      store.Add(*key);
    }
    const std::string revoked = (fs::path(directory) / kRevoked).string();
    if (absl::Status status = store.ReadRevoked(revoked); !status.ok()) return Named(revoked, status);
  }
  return store;
}

void TrustStore::Add(const VerifyingKey& key) {
  const auto [at, is_new] = keys_.emplace(key.info.id, key);
  if (!is_new && key.info.not_after < at->second.info.not_after) at->second = key;
}

absl::Status TrustStore::ReadRevoked(const std::string& path) {
  absl::StatusOr<std::string> text = ReadTrustFile(path);
  if (absl::IsNotFound(text.status())) return absl::OkStatus();
  if (!text.ok()) return text.status();
  size_t number = 0;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(*text, '\n'))) {
    ++number;
    const std::string stripped(absl::StripAsciiWhitespace(line));
    if (stripped.empty() || stripped.front() == '#') continue;
    const std::vector<std::string> parts = absl::StrSplit(stripped, absl::MaxSplits(' ', 2));
    if (parts.size() != 3 || !IsHex(parts[0], kKeyIdDigits) || !IsDate(parts[1]) || !IsOneLine(parts[2])) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number,
                                                     ": must be \"KEY-ID YYYY-MM-DD reason\", the id with ",
                                                     kKeyIdDigits, " lower-case hexadecimal digits"));
    }
    revoked_.emplace(parts[0], Revocation{parts[0], parts[1], parts[2]});
  }
  return absl::OkStatus();
}

const VerifyingKey* TrustStore::Find(const std::string& key_id) const {
  const auto at = keys_.find(key_id);
  return at == keys_.end() ? nullptr : &at->second;
}

const Revocation* TrustStore::FindRevocation(const std::string& key_id) const {
  const auto at = revoked_.find(key_id);
  return at == revoked_.end() ? nullptr : &at->second;
}

std::string TrustStore::KeyNames() const {
  std::string names;
  for (const auto& [id, key] : keys_) absl::StrAppend(&names, names.empty() ? "" : ", ", KeyName(key.info));
  return names.empty() ? "none" : names;
}

const char* InWords(SignatureVerdict verdict) {
  switch (verdict) {
    case SignatureVerdict::kNotChecked:
      return "not checked";
    case SignatureVerdict::kGood:
      return "good";
    case SignatureVerdict::kUnsigned:
      return "not signed";
    case SignatureVerdict::kMalformed:
      return "unusable signature file";
    case SignatureVerdict::kRevokedKey:
      return "revoked key";
    case SignatureVerdict::kUnknownKey:
      return "unknown key";
    case SignatureVerdict::kForged:
      return "forged signature";
    case SignatureVerdict::kExpiredKey:
      return "expired key";
    case SignatureVerdict::kOtherPlugin:
      return "signature of another plugin";
    case SignatureVerdict::kChanged:
      return "changed";
  }
  return "not known";
}

SignatureCheck CheckSignature(const std::string& plugin_path, const SignedPlugin& plugin, const TrustStore& trust) {
  const std::string path = SignaturePath(plugin_path);
  absl::StatusOr<std::string> text = ReadTrustFile(path);
  if (absl::IsNotFound(text.status())) {
    return Bad(SignatureVerdict::kUnsigned,
               absl::StrCat("it is not signed: there is no ", path,
                            ". Ask its author for that file, or sign it (condyle plugins sign)"));
  }
  absl::StatusOr<Signature> signature = text.ok() ? ReadSignature(*text) : absl::StatusOr<Signature>(text.status());
  if (!signature.ok()) {
    return Bad(SignatureVerdict::kMalformed,
               absl::StrCat("its signature file ", path, " cannot be used: ", signature.status().message()));
  }
  const std::string when = FormatUtc(signature->signed_at);
  // Before the keys: a revoked key may have been taken out of the store.
  if (const Revocation* revoked = trust.FindRevocation(signature->key_id)) {
    return Bad(SignatureVerdict::kRevokedKey,
               absl::StrCat("it is signed with the key ", revoked->key_id, ", which was revoked on ", revoked->date,
                            ": ", revoked->reason));
  }
  const VerifyingKey* key = trust.Find(signature->key_id);
  if (key == nullptr) {
    return Bad(SignatureVerdict::kUnknownKey, absl::StrCat("it is signed with the key ", signature->key_id,
                                                           ", which is unknown here; trusted: ", trust.KeyNames()));
  }
  if (!IsMadeBy(*signature, *key)) {
    return Bad(SignatureVerdict::kForged,
               absl::StrCat("its signature file ", path, " is forged or was altered: the key ", KeyName(key->info),
                            " did not sign what it says"));
  }
  if (signature->signed_at > key->info.not_after) {
    return Bad(SignatureVerdict::kExpiredKey,
               absl::StrCat("it was signed on ", when, " with the key ", KeyName(key->info), ", which had expired on ",
                            FormatUtc(key->info.not_after), ". It has to be signed with a current key"));
  }
  if (signature->plugin.id != plugin.id || signature->plugin.version != plugin.version) {
    return Bad(SignatureVerdict::kOtherPlugin,
               absl::StrCat("its signature is that of another plugin, ", Versioned(signature->plugin),
                            "; the file says it is ", Versioned(plugin)));
  }
  if (signature->plugin.sha256 != plugin.sha256) {
    return Bad(SignatureVerdict::kChanged,
               absl::StrCat("it was changed since it was signed on ", when, ": its SHA-256 is ", plugin.sha256,
                            ", and ", signature->plugin.sha256, " was signed"));
  }
  return {SignatureVerdict::kGood, {}, key->info, signature->signed_at};
}

}  // namespace condyle
