// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A lock that all processes share, the last entry, those that follow it, and a commit whose outcome is found out if the
// connection is lost over it.
#include "host/audit/postgres_writer.h"

#include <openssl/rand.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/audit/postgres_schema.h"

namespace condyle {
namespace {

constexpr auto kSoon = std::chrono::seconds(2);
constexpr auto kBetweenTries = std::chrono::milliseconds(50);
constexpr size_t kBatchIdBytes = 16;

constexpr char kHead[] = "SELECT sequence, hash FROM condyle_audit.entries ORDER BY sequence DESC LIMIT 1";
constexpr char kEntry[] =
    "INSERT INTO condyle_audit.entries (sequence, moment, kind, \"user\", organisation, about, body_sha256, previous, "
    "hash, batch, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
constexpr char kName[] = "INSERT INTO condyle_audit.names (name, sequence) VALUES ($1, $2) ON CONFLICT DO NOTHING";

PostgresCommand Plain(const char* sql) { return {sql, {}, false, ""}; }

PostgresCommand EntryCommand(const v1::AuditEntry& entry, const std::string& batch) {
  return {"entry",
          {PostgresInteger(static_cast<int64_t>(entry.sequence())), entry.moment(), PostgresInteger(entry.kind()),
           entry.user(), entry.organisation(), PostgresInteger(static_cast<int64_t>(entry.about())),
           entry.body_sha256(), entry.previous(), entry.hash(), batch, entry.body()},
          true,
          ""};
}

}  // namespace

struct PostgresWriter::Batch {
  std::string id;
  std::vector<std::vector<AuditMark>> marks;
  uint64_t last = 0;
  std::vector<PostgresCommand> commands;
};

PostgresWriter::Clock::time_point PostgresWriter::AtLeastSoon(Clock::time_point until) {
  return std::max(until, Clock::now() + kSoon);
}

absl::Status PostgresWriter::Use(std::unique_ptr<PostgresConnection> connection) {
  connection_ = std::move(connection);
  return connection_
      ->Run({{kHead, {}, false, "head"}, {kEntry, {}, false, "entry"}, {kName, {}, false, "name"}},
            AtLeastSoon(Clock::now() + session_.patience))
      .status();
}

absl::Status PostgresWriter::Connect() {
  if (connection_ && connection_->usable()) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = PostgresConnection::Open(place_, session_);
  return connection.ok() ? Use(*std::move(connection)) : connection.status();
}

absl::StatusOr<AuditMark> PostgresWriter::TakeTurn(Clock::time_point until) {
  const absl::StatusOr<std::vector<PostgresResult>> results =
      connection_->Run({Plain("BEGIN"), PostgresLock(PostgresAuditSchema()), {"head", {}, true, ""}}, until);
  if (!results.ok()) return results.status();
  const PostgresResult& head = results->back();
  if (head.rows() == 1) return AuditMark{static_cast<uint64_t>(head.Integer(0, 0)), head.Text(0, 1)};
  return absl::DataLossError(absl::StrCat(place_.shown, ": all its entries are gone"));
}

absl::Status PostgresWriter::Commit(const Batch& batch, Clock::time_point until) {
  return connection_->Run(batch.commands, until).status();
}

absl::StatusOr<bool> PostgresWriter::WasCommitted(const Batch& batch, Clock::time_point until) {
  for (;;) {
    connection_.reset();
    absl::Status status = Connect();
    if (status.ok()) {
      // The transaction in question holds the lock until it has ended, and can be seen then.
      const absl::StatusOr<std::vector<PostgresResult>> found =
          connection_->Run({Plain("BEGIN"),
                            PostgresLock(PostgresAuditSchema()),
                            {"SELECT batch FROM condyle_audit.entries WHERE sequence = $1::int8",
                             {PostgresInteger(static_cast<int64_t>(batch.last))},
                             false,
                             ""},
                            Plain("COMMIT")},
                           AtLeastSoon(until));
      if (found.ok()) return found->at(2).rows() == 1 && found->at(2).Text(0, 0) == batch.id;
      status = found.status();
    }
    if (!absl::IsUnavailable(status) || Clock::now() >= until) return status;
    std::this_thread::sleep_for(kBetweenTries);
  }
}

absl::Status PostgresWriter::TryOnce(const std::vector<AppendJob*>& jobs, Clock::time_point until, bool* may_help) {
  *may_help = true;
  if (absl::Status status = Connect(); !status.ok()) return status;
  const absl::StatusOr<AuditMark> turn = TakeTurn(AtLeastSoon(until));
  *may_help = !connection_->usable();
  if (!turn.ok()) return turn.status();
  Batch batch;
  batch.id.resize(kBatchIdBytes);
  if (RAND_bytes(reinterpret_cast<unsigned char*>(batch.id.data()), kBatchIdBytes) != 1) {
    return absl::InternalError("OpenSSL gives no random bytes for a transaction of the audit store");
  }
  AuditMark head = *turn;
  const std::string moment = now_();
  for (const AppendJob* job : jobs) {
    absl::StatusOr<std::vector<AuditMark>> marks = ChainJob(*job, moment, &head, [&](const ChainedEntry& one) {
      batch.commands.push_back(EntryCommand(one.entry, batch.id));
      for (const std::string& name : one.names) {
        batch.commands.push_back(
            {"name", {name, PostgresInteger(static_cast<int64_t>(one.entry.sequence()))}, true, ""});
      }
      return absl::OkStatus();
    });
    batch.marks.push_back(*std::move(marks));
  }
  batch.last = head.sequence;
  batch.commands.push_back(Plain("COMMIT"));
  // Half of the patience, so that there is time to find out, and to try again, if there is no answer.
  absl::Status status = Commit(batch, Clock::now() + std::max<Clock::duration>(session_.patience / 2, kSoon / 2));
  if (!status.ok() && !connection_->usable() && head.sequence != turn->sequence) {
    const auto patience = Clock::now() + session_.patience;
    const absl::StatusOr<bool> committed = WasCommitted(batch, std::max(until, patience));
    if (!committed.ok()) {
      return absl::UnavailableError(
          absl::StrCat(std::string(committed.status().message()),
                       ". The connection was lost while it was recorded: it may be in the audit trail, or not"));
    }
    *may_help = !*committed;
    if (*committed) status = absl::OkStatus();
  }
  if (!status.ok()) return status;
  for (size_t i = 0; i < jobs.size(); ++i) jobs[i]->result = std::move(batch.marks[i]);
  return absl::OkStatus();
}

absl::Status PostgresWriter::WriteTogether(const std::vector<AppendJob*>& jobs) {
  Clock::time_point since = jobs.front()->since;
  for (const AppendJob* job : jobs) since = std::max(since, job->since);
  const Clock::time_point until = since + session_.patience;
  for (;;) {
    bool may_help = false;
    absl::Status status = TryOnce(jobs, until, &may_help);
    if (connection_) connection_->RollBack(AtLeastSoon(until));
    if (status.ok() || !may_help || Clock::now() >= until) return status;
    std::this_thread::sleep_for(kBetweenTries);
  }
}

void PostgresWriter::Write(const std::vector<AppendJob*>& jobs) {
  WriteJobs(jobs, [this](const std::vector<AppendJob*>& some) { return WriteTogether(some); });
}

}  // namespace condyle
