// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Appends to the audit trail in a PostgreSQL database: one transaction at a time, of all processes.
#ifndef CONDYLE_HOST_AUDIT_POSTGRES_WRITER_H_
#define CONDYLE_HOST_AUDIT_POSTGRES_WRITER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "host/audit/append_job.h"
#include "host/audit/commit_queue.h"
#include "host/audit/postgres_connection.h"

namespace condyle {

// Thread-safe. Survives restarts of the server: what cannot be appended at once is tried again until the session's
// patience is over.
class PostgresWriter {
 public:
  // now: the moment of what is appended.
  PostgresWriter(PostgresPlace place, PostgresSession session, std::function<std::string()> now)
      : place_(std::move(place)),
        session_(session),
        now_(std::move(now)),
        queue_(kMostAppendJobs, [this](const std::vector<AppendJob*>& jobs) { Write(jobs); }) {}

  // The first connection; later ones it makes itself.
  absl::Status Use(std::unique_ptr<PostgresConnection> connection);
  // Returns when the job has its result.
  void Append(AppendJob* job) { queue_.Run(job); }

 private:
  using Clock = PostgresConnection::Clock;
  struct Batch;

  void Write(const std::vector<AppendJob*>& jobs);
  absl::Status WriteTogether(const std::vector<AppendJob*>& jobs);
  // One try. *may_help: whether another may end otherwise.
  absl::Status TryOnce(const std::vector<AppendJob*>& jobs, Clock::time_point until, bool* may_help);
  absl::Status Connect();
  absl::StatusOr<AuditMark> TakeTurn(Clock::time_point until);
  absl::Status Commit(const Batch& batch, Clock::time_point until);
  // What became of a batch whose commit was not answered. Waits for its transaction to end.
  absl::StatusOr<bool> WasCommitted(const Batch& batch, Clock::time_point until);
  // Some time in any case: so that something is tried when the patience is over, or was short.
  static Clock::time_point AtLeastSoon(Clock::time_point until);

  const PostgresPlace place_;
  const PostgresSession session_;
  const std::function<std::string()> now_;
  std::unique_ptr<PostgresConnection> connection_;
  CommitQueue<AppendJob> queue_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_POSTGRES_WRITER_H_
