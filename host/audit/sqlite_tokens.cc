// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Used tokens in an SQLite file of their own.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/audit/commit_queue.h"
#include "host/audit/sqlite_database.h"
#include "host/audit/sqlite_schema.h"
#include "host/audit/token_job.h"

namespace condyle {
namespace {

// "CdTk" in the file's header.
constexpr int64_t kApplicationId = 0x4364546b;
constexpr int64_t kVersion = 1;
constexpr char kTable[] =
    "CREATE TABLE used (id TEXT NOT NULL PRIMARY KEY, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID";
constexpr char kIndex[] = "CREATE INDEX used_expires ON used (expires)";

class SqliteTokens final : public UsedTokens {
 public:
  SqliteTokens(std::string path, const TokenStoreOptions& options)
      : path_(std::move(path)),
        patience_(options.patience),
        sweep_(options.clock),
        queue_(kMostTokenJobs, [this](const std::vector<TokenJob*>& jobs) { Write(jobs); }) {}

  absl::Status Open() {
    if (absl::Status status = MakeFile(); !status.ok()) return status;
    absl::StatusOr<std::unique_ptr<SqliteDatabase>> database =
        SqliteDatabase::Open(path_, SqliteDatabase::Access::kReadWrite, patience_);
    if (!database.ok()) return database.status();
    database_ = *std::move(database);
    absl::Status status = Make();
    database_->RollBack();
    if (status.ok()) status = UseSqliteLog(*database_, path_, patience_);
    if (status.ok()) status = database_->Run("PRAGMA synchronous = FULL");
    return status.ok() ? Prepare() : status;
  }

  absl::StatusOr<bool> FirstUse(std::string_view issuer, std::string_view jti, absl::Time expires) override {
    absl::StatusOr<TokenJob> job = MakeTokenJob(issuer, jti, expires);
    if (!job.ok()) return job.status();
    queue_.Run(&*job);
    return job->result;
  }

 private:
  // An empty file that only its owner can read, if there is none. It is made under another name: closing a file that
  // another thread has open already would take its locks.
  absl::Status MakeFile() const {
    struct stat info {};
    if (stat(path_.c_str(), &info) == 0) return absl::OkStatus();
    std::string unnamed = absl::StrCat(path_, ".XXXXXX");
    const int file = mkostemp(unnamed.data(), O_CLOEXEC);
    if (file < 0) return FileError(path_, "cannot be made");
    close(file);
    const bool named = link(unnamed.c_str(), path_.c_str()) == 0 || errno == EEXIST;
    absl::Status status = named ? absl::OkStatus() : FileError(path_, "cannot be made");
    unlink(unnamed.c_str());
    return status;
  }

  absl::Status Make() {
    if (absl::Status status = database_->Run("BEGIN IMMEDIATE"); !status.ok()) return status;
    const absl::StatusOr<int64_t> id = database_->Number("PRAGMA application_id");
    const absl::StatusOr<int64_t> version = database_->Number("PRAGMA user_version");
    const absl::StatusOr<int64_t> tables = database_->Number("SELECT count(*) FROM sqlite_master");
    for (const absl::Status& status : {id.status(), version.status(), tables.status()}) {
      if (!status.ok()) return status;
    }
    if (*id == kApplicationId && *version == kVersion) return absl::OkStatus();
    if (*id == kApplicationId) {
      return absl::FailedPreconditionError(absl::StrCat(path_, ": is a list of used tokens of version ", *version,
                                                        ", and this version of Condyle reads ", kVersion));
    }
    if (*id != 0 || *tables != 0) {
      return absl::FailedPreconditionError(
          absl::StrCat(path_, ": is another SQLite database, and no list of used tokens; name a file of its own"));
    }
    for (const std::string& sql :
         {std::string(kTable), std::string(kIndex), absl::StrCat("PRAGMA application_id = ", kApplicationId),
          absl::StrCat("PRAGMA user_version = ", kVersion), std::string("COMMIT")}) {
      if (absl::Status status = database_->Run(sql.c_str()); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status Prepare() {
    absl::StatusOr<SqliteStatement> insert =
        database_->Prepare("INSERT INTO used (id, expires) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING 1");
    absl::StatusOr<SqliteStatement> sweep =
        database_->Prepare("DELETE FROM used WHERE id IN (SELECT id FROM used WHERE expires < ? LIMIT 10000)");
    if (!insert.ok()) return insert.status();
    if (!sweep.ok()) return sweep.status();
    insert_.emplace(*std::move(insert));
    delete_.emplace(*std::move(sweep));
    return absl::OkStatus();
  }

  void Write(const std::vector<TokenJob*>& jobs) {
    std::vector<bool> is_first;
    absl::Status status = database_->Run("BEGIN IMMEDIATE");
    if (status.ok()) status = InsertAll(jobs, &is_first);
    if (status.ok()) status = database_->Run("COMMIT");
    insert_->Reset();
    delete_->Reset();
    database_->RollBack();
    for (size_t i = 0; i < jobs.size(); ++i) {
      if (status.ok()) {
        jobs[i]->result = is_first[i];
      } else {
        jobs[i]->result = status;
      }
    }
  }

  absl::Status InsertAll(const std::vector<TokenJob*>& jobs, std::vector<bool>* is_first) {
    for (const TokenJob* job : jobs) {
      insert_->Reset();
      insert_->Bind(1, std::string_view(job->id));
      insert_->Bind(2, job->expires_ms);
      int step = insert_->Step();
      is_first->push_back(step == SQLITE_ROW);
      if (step == SQLITE_ROW) step = insert_->Step();
      if (step != SQLITE_DONE) return database_->Error("");
    }
    const std::optional<int64_t> before = sweep_.Due();
    if (!before) return absl::OkStatus();
    delete_->Reset();
    delete_->Bind(1, *before);
    return delete_->Step() == SQLITE_DONE ? absl::OkStatus() : database_->Error("");
  }

  const std::string path_;
  const std::chrono::milliseconds patience_;
  TokenSweep sweep_;
  // Statements end before their connection.
  std::unique_ptr<SqliteDatabase> database_;
  std::optional<SqliteStatement> insert_;
  std::optional<SqliteStatement> delete_;
  CommitQueue<TokenJob> queue_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<UsedTokens>> OpenSqliteTokens(const std::string& path,
                                                             const TokenStoreOptions& options) {
  auto tokens = std::make_unique<SqliteTokens>(path, options);
  if (absl::Status status = tokens->Open(); !status.ok()) return status;
  return tokens;
}

}  // namespace condyle
