// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What all kinds of stores share: URLs, the rules of drafts, their place in the chain.
#include "host/audit/audit_store.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "host/audit/postgres_connection.h"
#include "host/audit/postgres_store.h"
#include "host/audit/sqlite_store.h"
#include "host/trust/quote.h"

namespace condyle {
namespace {

constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kPostgres[] = {"postgresql://", "postgres://"};
constexpr size_t kMostNameBytes = 200;
constexpr size_t kStoreIdBytes = 16;

bool IsIdentifier(const std::string& text) {
  return text.size() <= kMostNameBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool StartsWith(const std::string& text, std::string_view start) { return text.compare(0, start.size(), start) == 0; }

bool IsPostgres(const std::string& url) {
  return std::any_of(std::begin(kPostgres), std::end(kPostgres), [&](auto start) { return StartsWith(url, start); });
}

absl::Status BadIdentifier(const char* which) {
  return absl::InvalidArgumentError(
      absl::StrCat("audit entry: ", which, " must be printable ASCII, at most ", kMostNameBytes, " bytes"));
}

}  // namespace

absl::Status CheckAuditUrl(const std::string& url) {
  if (IsPostgres(url)) return ParsePostgresUrl(url).status();
  if (url.size() > kSqlite.size() && StartsWith(url, kSqlite)) return absl::OkStatus();
  // What comes before a host can be a password.
  const size_t scheme = url.find("://");
  return absl::InvalidArgumentError(
      absl::StrCat(Quote(std::string_view(url).substr(0, scheme == std::string::npos ? scheme : scheme + 3)),
                   " is no audit store; allowed: sqlite:FILE, postgresql://USER@HOST/DATABASE"));
}

std::string ShownAuditUrl(const std::string& url) {
  if (!IsPostgres(url)) return url;
  const absl::StatusOr<PostgresPlace> place = ParsePostgresUrl(url);
  return place.ok() ? place->shown : std::string(kPostgres[0]);
}

bool IsAuditIdentifier(const std::string& text) { return !text.empty() && IsIdentifier(text); }

absl::StatusOr<std::unique_ptr<AuditStore>> OpenAuditStore(const std::string& url, const AuditStoreOptions& options) {
  if (absl::Status status = CheckAuditUrl(url); !status.ok()) return status;
  return IsPostgres(url) ? OpenPostgresStore(url, options) : OpenSqliteStore(url.substr(kSqlite.size()), options);
}

absl::Status CheckFirst(const std::string& place, const v1::AuditStoreCreated* created, bool without_phi) {
  if (created == nullptr) return absl::DataLossError(absl::StrCat(place, ": its first entry is missing or damaged"));
  if (created->without_phi() == without_phi) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      place, created->without_phi()
                 ? ": this store was made to hold no patient data, and stays so: ask for it, or name another"
                 : ": this store holds patient data; name another to record without"));
}

absl::Status CheckDraft(const AuditDraft& draft) {
  if (!IsIdentifier(draft.user)) return BadIdentifier("user");
  if (!IsIdentifier(draft.organisation)) return BadIdentifier("organisation");
  for (const std::string& name : draft.names) {
    if (!IsAuditIdentifier(name)) return BadIdentifier("each name");
  }
  if (draft.kind == v1::AUDIT_KIND_UNSPECIFIED || draft.kind == v1::AUDIT_KIND_STORE_CREATED) {
    return absl::InvalidArgumentError(
        absl::StrCat("audit entry: kind ", v1::AuditKind_Name(draft.kind), " cannot be appended"));
  }
  return absl::OkStatus();
}

absl::StatusOr<AuditDraft> NewStoreDraft(bool without_phi) {
  std::array<unsigned char, kStoreIdBytes> id;
  if (RAND_bytes(id.data(), static_cast<int>(id.size())) != 1) {
    return absl::InternalError("OpenSSL gives no random bytes for the id of a new audit store");
  }
  v1::AuditStoreCreated created;
  created.set_format(kAuditFormat);
  created.set_store_id(absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(id.data()), id.size())));
  created.set_without_phi(without_phi);
  AuditDraft draft;
  draft.kind = v1::AUDIT_KIND_STORE_CREATED;
  draft.body = created.SerializeAsString();
  return draft;
}

v1::AuditEntry Chain(AuditDraft draft, std::string body_sha256, const std::optional<AuditMark>& head,
                     const std::string& moment) {
  v1::AuditEntry entry;
  if (head) {
    entry.set_sequence(head->sequence + 1);
    entry.set_previous(head->hash);
  }
  entry.set_moment(moment);
  entry.set_kind(draft.kind);
  entry.set_user(std::move(draft.user));
  entry.set_organisation(std::move(draft.organisation));
  entry.set_about(draft.about);
  entry.set_body(std::move(draft.body));
  entry.set_body_sha256(std::move(body_sha256));
  entry.set_hash(LinkHash(entry));
  return entry;
}

}  // namespace condyle
