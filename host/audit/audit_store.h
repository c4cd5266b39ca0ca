// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the audit trail is kept: entries are appended and read, never changed.
#ifndef CONDYLE_HOST_AUDIT_AUDIT_STORE_H_
#define CONDYLE_HOST_AUDIT_AUDIT_STORE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "condyle/v1/audit.pb.h"
#include "host/audit/chain.h"

namespace condyle {

// An entry before it has its place in the chain.
struct AuditDraft {
  v1::AuditKind kind = v1::AUDIT_KIND_UNSPECIFIED;
  // Opaque identifiers: printable ASCII, 200 bytes at most. May be empty.
  std::string user;
  std::string organisation;
  // What it is about: an entry that is there, or the first of those that are appended with it.
  uint64_t about = 0;
  bool about_first = false;
  // Serialised, by kind.
  std::string body;
  // Under what AuditStore::Find finds it: identifiers as above, none of them empty. Outside of the chain: an index,
  // that what it leads to has to bear out.
  std::vector<std::string> names;
};

// The later ones of many entries; by default all.
struct AuditFilter {
  // Empty: all kinds.
  std::vector<v1::AuditKind> kinds;
  // Moments as FormatMoment gives them: not before, and before. Empty: no bound.
  std::string since;
  std::string until;
  // The last so many; 0: all.
  uint64_t limit = 0;
  // Only this one.
  std::optional<uint64_t> sequence;
};

struct AuditStoreOptions {
  // Only reads, and changes nothing; a store must be there. Else one is made where there is none.
  bool read_only = false;
  // Of a new store, and required of one that is there: a store without patient data never gets any.
  bool without_phi = false;
  // How long to wait for other processes that append.
  std::chrono::milliseconds patience{10000};
  // For tests. Null: the system's.
  std::function<absl::Time()> clock;
};

// Thread-safe. Several stores of one or more processes may be open on one place.
class AuditStore {
 public:
  virtual ~AuditStore() = default;

  // Appends all of them, in this order and next to each other, or none. Returns their marks once they are durable: what
  // was returned survives the end of the process and of the machine. Errors: InvalidArgument (a draft breaks its
  // rules), ResourceExhausted (no space), Unavailable (another process does not let go, or the server is gone),
  // PermissionDenied (read-only), DataLoss (the store is damaged), Internal (the device fails). After an error the
  // store is as it was before, can be read, and can be appended to once the cause is gone; but for a server that is
  // gone for good in the middle of a commit: then the message says that nobody knows.
  virtual absl::StatusOr<std::vector<AuditMark>> Append(std::vector<AuditDraft> drafts) = 0;

  // Calls `take` with the entries in order, as of one moment, until it returns false. DataLoss if the store is damaged;
  // what could be read has been taken then.
  virtual absl::Status Read(const AuditFilter& filter, const std::function<bool(const v1::AuditEntry&)>& take) = 0;

  // The last entry that was appended under this name; none if there is none. Errors: as those of Read.
  virtual absl::StatusOr<std::optional<v1::AuditEntry>> Find(const std::string& name) = 0;

  // For progress: how many entries there are, about.
  virtual absl::StatusOr<uint64_t> Count() = 0;

  // What is odd about the store itself, for people: protection that was taken off. Empty lines: none.
  virtual std::vector<std::string> Oddities() = 0;

  virtual bool without_phi() const = 0;
};

// Opens "sqlite:FILE" or "postgresql://USER@HOST/DATABASE" (docs/audit.md). Errors: InvalidArgument (no such kind of
// store), NotFound (read_only, and none is there), FailedPrecondition (something else than a store, one of a later
// version, one made with another without_phi, or a server that does not promise to keep what was committed),
// PermissionDenied, ResourceExhausted, Unavailable, DataLoss, Internal. Messages name the file or the
// database, never a password.
absl::StatusOr<std::unique_ptr<AuditStore>> OpenAuditStore(const std::string& url,
                                                           const AuditStoreOptions& options = {});

// Whether OpenAuditStore knows this kind of URL; an error says what is allowed. Touches nothing.
absl::Status CheckAuditUrl(const std::string& url);

// A URL that CheckAuditUrl lets pass, as messages may show it: without a password.
std::string ShownAuditUrl(const std::string& url);

// Printable ASCII, 1 to 200 bytes.
bool IsAuditIdentifier(const std::string& text);

// What is wrong with the first entry of a store that is opened to append; `created` is null if it is damaged.
absl::Status CheckFirst(const std::string& place, const v1::AuditStoreCreated* created, bool without_phi);

// Whether a draft keeps its rules.
absl::Status CheckDraft(const AuditDraft& draft);

// The draft of a new store's first entry, with a new random id.
absl::StatusOr<AuditDraft> NewStoreDraft(bool without_phi);

// Puts a draft into its place behind `head`; the first has none.
v1::AuditEntry Chain(AuditDraft draft, std::string body_sha256, const std::optional<AuditMark>& head,
                     const std::string& moment);

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_AUDIT_STORE_H_
