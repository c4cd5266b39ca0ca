// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// From drafts to entries that follow each other.
#include "host/audit/append_job.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "host/trust/sha256.h"

namespace condyle {

absl::StatusOr<AppendJob> MakeAppendJob(std::vector<AuditDraft> drafts) {
  AppendJob job;
  for (const AuditDraft& draft : drafts) {
    if (absl::Status status = CheckDraft(draft); !status.ok()) return status;
    job.body_hashes.push_back(Sha256Hex(draft.body));
  }
  job.drafts = std::move(drafts);
  return job;
}

absl::StatusOr<std::vector<AuditMark>> ChainJob(const AppendJob& job, const std::string& moment, AuditMark* head,
                                                const std::function<absl::Status(const ChainedEntry&)>& take) {
  std::vector<AuditMark> marks;
  const uint64_t first = head->sequence + 1;
  for (size_t i = 0; i < job.drafts.size(); ++i) {
    AuditDraft draft = job.drafts[i];  // a copy: a batch that fails is tried again
    if (draft.about_first) draft.about = first;
    const v1::AuditEntry entry = Chain(std::move(draft), job.body_hashes[i], *head, moment);
    if (absl::Status status = take({entry, job.drafts[i].names}); !status.ok()) return status;
    *head = {entry.sequence(), entry.hash()};
    marks.push_back(*head);
  }
  return marks;
}

void WriteJobs(const std::vector<AppendJob*>& jobs,
               const std::function<absl::Status(const std::vector<AppendJob*>&)>& write) {
  absl::Status status = write(jobs);
  if (status.ok()) return;
  // One entry that cannot be written must not stop the others; but nobody is to wait in turn for the same lock or
  // server.
  const bool apart = jobs.size() > 1 && !absl::IsUnavailable(status);
  for (AppendJob* job : jobs) {
    if (apart) status = write({job});
    if (!status.ok()) job->result = status;
  }
}

absl::Status ReadOnlyError(const std::string& place) {
  return absl::PermissionDeniedError(absl::StrCat(place, ": was opened for reading only"));
}

}  // namespace condyle
