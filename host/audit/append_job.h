// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What one caller wants to have appended, on its way through the queue of a store; the same for all kinds of stores.
#ifndef CONDYLE_HOST_AUDIT_APPEND_JOB_H_
#define CONDYLE_HOST_AUDIT_APPEND_JOB_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "host/audit/audit_store.h"

namespace condyle {

// Of one transaction.
inline constexpr size_t kMostAppendJobs = 256;

struct AppendJob {
  std::vector<AuditDraft> drafts;
  // Made by the caller's own thread, so that nobody waits for them.
  std::vector<std::string> body_hashes;
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
  absl::StatusOr<std::vector<AuditMark>> result = absl::UnknownError("not written");
};

// Checks the drafts, and hashes their bodies.
absl::StatusOr<AppendJob> MakeAppendJob(std::vector<AuditDraft> drafts);

// An entry with its place in the chain, and the names under which it is found again.
struct ChainedEntry {
  const v1::AuditEntry& entry;
  const std::vector<std::string>& names;
};
// Puts the drafts of a job behind `head`, which becomes the last of them, and gives each to `take` until that fails.
// Returns their marks.
absl::StatusOr<std::vector<AuditMark>> ChainJob(const AppendJob& job, const std::string& moment, AuditMark* head,
                                                const std::function<absl::Status(const ChainedEntry&)>& take);

// Writes jobs in one transaction; if that fails, each by itself, and puts into those that fail why. `write` sets the
// results of what it has written.
void WriteJobs(const std::vector<AppendJob*>& jobs,
               const std::function<absl::Status(const std::vector<AppendJob*>&)>& write);

// What a store says that was opened for reading only.
absl::Status ReadOnlyError(const std::string& place);

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_APPEND_JOB_H_
