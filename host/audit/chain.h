// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// How entries of the audit trail are chained, and how a chain is checked.
#ifndef CONDYLE_HOST_AUDIT_CHAIN_H_
#define CONDYLE_HOST_AUDIT_CHAIN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "condyle/v1/audit.pb.h"

namespace condyle {

// The layout of the bodies that this version writes and reads: AuditStoreCreated.format.
inline constexpr int kAuditFormat = 1;

// Names one entry, to be noted where the store's keeper cannot write.
struct AuditMark {
  uint64_t sequence = 0;
  std::string hash;
};

// "12:64 hexadecimal digits", and back. An error says what is wrong with the text.
std::string MarkToText(const AuditMark& mark);
absl::StatusOr<AuditMark> MarkFromText(const std::string& text);

// Milliseconds, UTC, always 24 characters: "2026-05-01T09:00:00.000Z".
std::string FormatMoment(absl::Time time);

// AuditEntry.hash of an entry, whatever its hash says. Empty if OpenSSL fails. The body counts by body_sha256.
std::string LinkHash(const v1::AuditEntry& entry);

// Checks entries in the order of the chain. Stop at the first fault: what follows it proves nothing.
class ChainCheck {
 public:
  // expected: entries that somebody noted, by sequence.
  explicit ChainCheck(std::map<uint64_t, std::string> expected = {}) : expected_(std::move(expected)) {}

  // Empty, or what is wrong with this entry or its link to the one before, with what was expected and found.
  std::string Next(const v1::AuditEntry& entry);
  // After the last entry: empty, or what is missing.
  std::string End() const;

  uint64_t entries() const { return entries_; }
  // Of the first and the last entry that were sound. Empty marks if there was none.
  const AuditMark& head() const { return head_; }
  uint64_t first() const { return first_; }
  const std::string& first_moment() const { return first_moment_; }
  const std::string& last_moment() const { return last_moment_; }
  // Id of the store; empty if the chain does not begin at its beginning.
  const std::string& store_id() const { return store_id_; }
  bool without_phi() const { return without_phi_; }
  // Entries whose moment lies before that of the one before them: a clock that was set back, or not synchronised. The
  // chain is sound all the same.
  uint64_t backward_moments() const { return backward_moments_; }
  uint64_t first_backward_moment() const { return first_backward_moment_; }

 private:
  std::string FindFault(const v1::AuditEntry& entry) const;

  const std::map<uint64_t, std::string> expected_;
  uint64_t entries_ = 0;
  uint64_t first_ = 0;
  AuditMark head_;
  std::string first_moment_;
  std::string last_moment_;
  std::string store_id_;
  bool without_phi_ = false;
  uint64_t backward_moments_ = 0;
  uint64_t first_backward_moment_ = 0;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_CHAIN_H_
