// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Used tokens in a PostgreSQL database.
#include <algorithm>
#include <thread>
#include <vector>

#include "host/audit/commit_queue.h"
#include "host/audit/postgres_connection.h"
#include "host/audit/postgres_schema.h"
#include "host/audit/token_job.h"

namespace condyle {
namespace {

using Clock = PostgresConnection::Clock;

constexpr auto kSoon = std::chrono::seconds(1);
constexpr auto kBetweenTries = std::chrono::milliseconds(50);
constexpr auto kMaking = std::chrono::seconds(60);

const PostgresSchema& Schema() {
  static const PostgresSchema schema{"condyle_tokens",
                                     "list of used tokens",
                                     {{"CREATE TABLE condyle_tokens.used (id text COLLATE \"C\" PRIMARY KEY, use bytea "
                                       "NOT NULL, expires int8 NOT NULL)",
                                       "CREATE INDEX used_expires ON condyle_tokens.used (expires)"}}};
  return schema;
}

class PostgresTokens final : public UsedTokens {
 public:
  PostgresTokens(PostgresPlace place, const TokenStoreOptions& options)
      : place_(std::move(place)),
        sweep_(options.clock),
        queue_(kMostTokenJobs, [this](const std::vector<TokenJob*>& jobs) { Write(jobs); }) {
    session_.patience = options.patience;
    session_.statement = std::max(options.patience, std::chrono::milliseconds(kSoon));
  }

  absl::Status Open() {
    absl::Status status = Connect();
    if (status.ok()) status = MigratePostgres(*connection_, Schema(), place_.shown, nullptr, Clock::now() + kMaking);
    return status.ok() ? Prepare() : status;
  }

  absl::StatusOr<bool> FirstUse(std::string_view issuer, std::string_view jti, absl::Time expires) override {
    absl::StatusOr<TokenJob> job = MakeTokenJob(issuer, jti, expires);
    if (!job.ok()) return job.status();
    queue_.Run(&*job);
    return job->result;
  }

 private:
  absl::Status Connect() {
    absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = PostgresConnection::Open(place_, session_);
    if (!connection.ok()) return connection.status();
    connection_ = *std::move(connection);
    return absl::OkStatus();
  }

  absl::Status Prepare() {
    return connection_
        ->Run({{"INSERT INTO condyle_tokens.used (id, use, expires) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                {},
                false,
                "note"},
               {"SELECT use FROM condyle_tokens.used WHERE id = $1", {}, false, "look"},
               {"DELETE FROM condyle_tokens.used WHERE id IN (SELECT id FROM condyle_tokens.used WHERE expires < $1 "
                "ORDER BY id LIMIT 10000 FOR UPDATE SKIP LOCKED)",
                {},
                false,
                "sweep"}},
              Clock::now() + session_.statement)
        .status();
  }

  void Write(std::vector<TokenJob*> jobs) {
    // In one order everywhere: two hosts that wait for each other's rows wait for ever.
    std::sort(jobs.begin(), jobs.end(), [](const TokenJob* a, const TokenJob* b) { return a->id < b->id; });
    Clock::time_point since = jobs.front()->since;
    for (const TokenJob* job : jobs) since = std::max(since, job->since);
    for (;;) {
      const absl::Status status = WriteTogether(jobs);
      const bool may_help = !connection_ || !connection_->usable();
      if (connection_) connection_->RollBack(Clock::now() + kSoon);
      if (status.ok()) return;
      if (!may_help || Clock::now() >= since + session_.patience) {
        for (TokenJob* job : jobs) job->result = status;
        return;
      }
      std::this_thread::sleep_for(kBetweenTries);
    }
  }

  // May be done again after any failure: who noted an id is known by `use`.
  absl::Status WriteTogether(const std::vector<TokenJob*>& jobs) {
    if (!connection_ || !connection_->usable()) {
      absl::Status status = Connect();
      if (status.ok()) status = Prepare();
      if (!status.ok()) return status;
    }
    std::vector<PostgresCommand> commands = {{"BEGIN", {}, false, ""}};
    for (const TokenJob* job : jobs) {
      commands.push_back({"note", {job->id, job->use, PostgresInteger(job->expires_ms)}, true, ""});
      commands.push_back({"look", {job->id}, true, ""});
    }
    if (const std::optional<int64_t> before = sweep_.Due()) {
      commands.push_back({"sweep", {PostgresInteger(*before)}, true, ""});
    }
    commands.push_back({"COMMIT", {}, false, ""});
    const absl::StatusOr<std::vector<PostgresResult>> results =
        connection_->Run(commands, Clock::now() + session_.statement);
    if (!results.ok()) return results.status();
    for (size_t i = 0; i < jobs.size(); ++i) {
      const PostgresResult& look = results->at(2 * i + 2);
      jobs[i]->result = look.rows() == 1 && look.Text(0, 0) == jobs[i]->use;
    }
    return absl::OkStatus();
  }

  const PostgresPlace place_;
  PostgresSession session_;
  TokenSweep sweep_;
  std::unique_ptr<PostgresConnection> connection_;
  CommitQueue<TokenJob> queue_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<UsedTokens>> OpenPostgresTokens(const std::string& url,
                                                               const TokenStoreOptions& options) {
  absl::StatusOr<PostgresPlace> place = ParsePostgresUrl(url);
  if (!place.ok()) return place.status();
  auto tokens = std::make_unique<PostgresTokens>(*std::move(place), options);
  if (absl::Status status = tokens->Open(); !status.ok()) return status;
  return tokens;
}

}  // namespace condyle
