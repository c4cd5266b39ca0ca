// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One table that only grows, in a file with a write-ahead log that is on the disk before an append returns.
#include "host/audit/sqlite_store.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "host/audit/append_job.h"
#include "host/audit/commit_queue.h"
#include "host/audit/filter_sql.h"
#include "host/audit/sqlite_database.h"
#include "host/audit/sqlite_schema.h"

namespace condyle {
namespace {

constexpr char kColumns[] = "sequence, moment, kind, user, organisation, about, body_sha256, previous, hash, body";

v1::AuditEntry EntryOf(const SqliteStatement& row) {
  v1::AuditEntry entry;
  entry.set_sequence(static_cast<uint64_t>(row.Integer(0)));
  entry.set_moment(row.Text(1));
  entry.set_kind(static_cast<v1::AuditKind>(row.Integer(2)));
  entry.set_user(row.Text(3));
  entry.set_organisation(row.Text(4));
  entry.set_about(static_cast<uint64_t>(row.Integer(5)));
  entry.set_body_sha256(row.Text(6));
  entry.set_previous(row.Text(7));
  entry.set_hash(row.Text(8));
  entry.set_body(row.Blob(9));
  return entry;
}

// Bound to the filter's values.
absl::StatusOr<SqliteStatement> Select(SqliteDatabase& database, const std::string& sql, const FilterSql& filter) {
  absl::StatusOr<SqliteStatement> statement = database.Prepare(sql);
  for (size_t i = 0; statement.ok() && i < filter.values.size(); ++i) {
    statement->Bind(static_cast<int>(i) + 1, std::string_view(filter.values[i]));
  }
  return statement;
}

class SqliteStore final : public AuditStore {
 public:
  SqliteStore(std::string path, AuditStoreOptions options)
      : path_(std::move(path)),
        options_(std::move(options)),
        queue_(kMostAppendJobs, [this](const std::vector<AppendJob*>& jobs) {
          WriteJobs(jobs, [this](const std::vector<AppendJob*>& some) { return WriteTogether(some); });
        }) {}

  absl::Status Open() {
    struct stat info {};
    const bool is_there = stat(path_.c_str(), &info) == 0;
    if (!is_there && (options_.read_only || errno != ENOENT)) return FileError(path_, "cannot be opened");
    if (is_there && !S_ISREG(info.st_mode)) {
      return absl::FailedPreconditionError(absl::StrCat(path_, ": is no regular file; name another"));
    }
    if (!is_there) {
      const absl::Status made = MakeSqliteStore(path_, options_.without_phi, Now(), options_.patience);
      if (!made.ok()) return made;
    }
    absl::StatusOr<std::unique_ptr<SqliteDatabase>> database = Connect(options_.read_only);
    if (!database.ok()) return database.status();
    absl::Status status = Recognise(**database);
    if (status.ok() && !options_.read_only) status = Prepare(**database);
    if (status.ok()) status = ReadFirst(**database);
    if (status.ok() && !options_.read_only) writer_ = *std::move(database);
    return status;
  }

  absl::StatusOr<std::vector<AuditMark>> Append(std::vector<AuditDraft> drafts) override {
    if (writer_ == nullptr) return ReadOnlyError(path_);
    absl::StatusOr<AppendJob> job = MakeAppendJob(std::move(drafts));
    if (!job.ok()) return job.status();
    queue_.Run(&*job);
    return std::move(job->result);
  }

  absl::Status Read(const AuditFilter& filter, const std::function<bool(const v1::AuditEntry&)>& take) override {
    absl::StatusOr<std::unique_ptr<SqliteDatabase>> opened = Connect(true);
    if (!opened.ok()) return opened.status();
    SqliteDatabase& database = **opened;
    if (absl::Status status = database.Run("BEGIN"); !status.ok()) return status;
    FilterSql sql = SqlOf(filter, '?');
    if (filter.limit > 0) {
      const std::string last = absl::StrCat("SELECT min(sequence) FROM (SELECT sequence FROM entries", sql.where,
                                            " ORDER BY sequence DESC LIMIT ", filter.limit, ")");
      absl::StatusOr<SqliteStatement> begin = Select(database, last, sql);
      if (!begin.ok()) return begin.status();
      if (begin->Step() != SQLITE_ROW) return database.Error("");
      absl::StrAppend(&sql.where, " AND sequence >= ", begin->Integer(0));
    }
    absl::StatusOr<SqliteStatement> rows =
        Select(database, absl::StrCat("SELECT ", kColumns, " FROM entries", sql.where, " ORDER BY sequence"), sql);
    if (!rows.ok()) return rows.status();
    for (;;) {
      const int step = rows->Step();
      if (step == SQLITE_DONE) return absl::OkStatus();
      if (step != SQLITE_ROW) return database.Error("");
      if (!take(EntryOf(*rows))) return absl::OkStatus();
    }
  }

  absl::StatusOr<std::optional<v1::AuditEntry>> Find(const std::string& name) override {
    if (version_ < 2) return std::nullopt;
    absl::StatusOr<std::unique_ptr<SqliteDatabase>> database = Connect(true);
    if (!database.ok()) return database.status();
    absl::StatusOr<SqliteStatement> row = (*database)->Prepare(absl::StrCat(
        "SELECT ", kColumns, " FROM entries WHERE sequence = (SELECT max(sequence) FROM names WHERE name = ?)"));
    if (!row.ok()) return row.status();
    row->Bind(1, std::string_view(name));
    const int step = row->Step();
    if (step == SQLITE_DONE) return std::nullopt;
    if (step != SQLITE_ROW) return (*database)->Error("");
    return EntryOf(*row);
  }

  absl::StatusOr<uint64_t> Count() override {
    absl::StatusOr<std::unique_ptr<SqliteDatabase>> database = Connect(true);
    if (!database.ok()) return database.status();
    // Sequences have no gaps in a sound store, and counting would read all of it.
    absl::StatusOr<int64_t> last = (*database)->Number("SELECT ifnull(max(sequence), -1) FROM entries");
    if (!last.ok()) return last.status();
    return static_cast<uint64_t>(*last + 1);
  }

  std::vector<std::string> Oddities() override {
    absl::StatusOr<std::unique_ptr<SqliteDatabase>> database = Connect(true);
    if (!database.ok()) return {std::string(database.status().message())};
    std::vector<std::string> oddities;
    std::vector<const char*> triggers(std::begin(kSqliteTriggers), std::end(kSqliteTriggers));
    if (version_ >= 2) {
      triggers.insert(triggers.end(), std::begin(kSqliteNameTriggers), std::end(kSqliteNameTriggers));
    }
    for (const char* trigger : triggers) {
      absl::StatusOr<SqliteStatement> found =
          (*database)->Prepare("SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND sql = ?1");
      if (!found.ok()) return {std::string(found.status().message())};
      found->Bind(1, std::string_view(trigger));
      if (found->Step() == SQLITE_ROW) continue;
      oddities.push_back(
          absl::StrCat(path_, ": a protection against change was taken off or altered: ", std::string(trigger)));
    }
    return oddities;
  }

  bool without_phi() const override { return without_phi_; }

 private:
  absl::StatusOr<std::unique_ptr<SqliteDatabase>> Connect(bool reads) const {
    return SqliteDatabase::Open(path_, reads ? SqliteDatabase::Access::kRead : SqliteDatabase::Access::kReadWrite,
                                options_.patience);
  }

  // OK if it is a store of this version. Changes nothing.
  absl::Status Recognise(SqliteDatabase& database) {
    const absl::StatusOr<int64_t> id = database.Number("PRAGMA application_id");
    if (!id.ok()) return id.status();
    const absl::StatusOr<int64_t> version = database.Number("PRAGMA user_version");
    if (!version.ok()) return version.status();
    struct stat info {};
    if (stat(path_.c_str(), &info) == 0 && info.st_size == 0) {
      return absl::FailedPreconditionError(
          absl::StrCat(path_, ": is empty, and no audit store; remove it, and one is made"));
    }
    if (*id != kSqliteApplicationId) {
      return absl::FailedPreconditionError(
          absl::StrCat(path_, ": is an SQLite database of another program, and no audit store; name another file"));
    }
    if (*version < 1 || *version > kSqliteSchemaVersion) {
      return absl::FailedPreconditionError(
          absl::StrCat(path_, ": is an audit store of version ", *version, ", and this version of Condyle reads up to ",
                       kSqliteSchemaVersion, "; use the version that wrote it, or a later one"));
    }
    const absl::StatusOr<std::string> sql =
        database.Text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'entries'");
    if (!sql.ok()) return sql.status();
    if (*sql != kSqliteTable) {
      return absl::DataLossError(absl::StrCat(path_, ": its table of entries was taken away or altered"));
    }
    version_ = *version;
    return version_ < 2 ? absl::OkStatus() : RecogniseNames(database);
  }

  absl::Status RecogniseNames(SqliteDatabase& database) {
    const absl::StatusOr<std::string> sql =
        database.Text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'names'");
    if (!sql.ok()) return sql.status();
    if (*sql == kSqliteNames) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat(path_, ": its table of names was taken away or altered"));
  }

  absl::Status Prepare(SqliteDatabase& database) {
    absl::Status status = UseSqliteLog(database, path_, options_.patience);
    // Every commit waits for the disk.
    if (status.ok()) status = database.Run("PRAGMA synchronous = FULL");
    if (status.ok() && version_ < kSqliteSchemaVersion) {
      status = MigrateSqliteStore(database);
      version_ = kSqliteSchemaVersion;
    }
    if (!status.ok()) return status;
    absl::StatusOr<SqliteStatement> head =
        database.Prepare("SELECT sequence, hash FROM entries ORDER BY sequence DESC LIMIT 1");
    absl::StatusOr<SqliteStatement> insert = database.Prepare(kSqliteInsert);
    absl::StatusOr<SqliteStatement> insert_name = database.Prepare(kSqliteInsertName);
    if (!head.ok()) return head.status();
    if (!insert.ok()) return insert.status();
    if (!insert_name.ok()) return insert_name.status();
    head_.emplace(*std::move(head));
    insert_.emplace(*std::move(insert));
    insert_name_.emplace(*std::move(insert_name));
    return absl::OkStatus();
  }

  absl::Status ReadFirst(SqliteDatabase& database) {
    absl::StatusOr<SqliteStatement> row = database.Prepare("SELECT body FROM entries WHERE sequence = 0");
    if (!row.ok()) return row.status();
    const int step = row->Step();
    if (step != SQLITE_ROW && step != SQLITE_DONE) return database.Error("");
    v1::AuditStoreCreated created;
    const bool has_one = step == SQLITE_ROW && created.ParseFromString(row->Blob(0));
    without_phi_ = created.without_phi();
    if (options_.read_only) return absl::OkStatus();  // what is wrong with it, verifying tells
    return CheckFirst(path_, has_one ? &created : nullptr, options_.without_phi);
  }

  std::string Now() const { return FormatMoment(options_.clock ? options_.clock() : absl::Now()); }

  absl::Status WriteTogether(const std::vector<AppendJob*>& jobs) {
    absl::Status status = writer_->Run("BEGIN IMMEDIATE");
    std::vector<std::vector<AuditMark>> marks(jobs.size());
    if (status.ok()) status = InsertAll(jobs, &marks);
    if (status.ok()) status = writer_->Run("COMMIT");
    head_->Reset();
    insert_->Reset();
    insert_name_->Reset();
    writer_->RollBack();
    if (!status.ok()) return status;
    for (size_t i = 0; i < jobs.size(); ++i) jobs[i]->result = std::move(marks[i]);
    return absl::OkStatus();
  }

  absl::Status InsertAll(const std::vector<AppendJob*>& jobs, std::vector<std::vector<AuditMark>>* marks) {
    head_->Reset();
    const int step = head_->Step();
    if (step == SQLITE_DONE) return absl::DataLossError(absl::StrCat(path_, ": all its entries are gone"));
    if (step != SQLITE_ROW) return writer_->Error("");
    AuditMark head{static_cast<uint64_t>(head_->Integer(0)), head_->Text(1)};
    head_->Reset();
    const std::string moment = Now();
    for (size_t i = 0; i < jobs.size(); ++i) {
      absl::StatusOr<std::vector<AuditMark>> made =
          ChainJob(*jobs[i], moment, &head, [this](const ChainedEntry& one) { return Insert(one); });
      if (!made.ok()) return made.status();
      (*marks)[i] = *std::move(made);
    }
    return absl::OkStatus();
  }

  absl::Status Insert(const ChainedEntry& one) {
    BindEntry(one.entry, *insert_);
    if (insert_->Step() != SQLITE_DONE) return writer_->Error("");
    for (const std::string& name : one.names) {
      insert_name_->Reset();
      insert_name_->Bind(1, std::string_view(name));
      insert_name_->Bind(2, static_cast<int64_t>(one.entry.sequence()));
      if (insert_name_->Step() != SQLITE_DONE) return writer_->Error("");
    }
    return absl::OkStatus();
  }

  const std::string path_;
  const AuditStoreOptions options_;
  bool without_phi_ = false;
  // Of the schema.
  int64_t version_ = 0;
  // Statements end before their connection.
  std::unique_ptr<SqliteDatabase> writer_;
  std::optional<SqliteStatement> head_;
  std::optional<SqliteStatement> insert_;
  std::optional<SqliteStatement> insert_name_;
  CommitQueue<AppendJob> queue_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<AuditStore>> OpenSqliteStore(const std::string& path, const AuditStoreOptions& options) {
  auto store = std::make_unique<SqliteStore>(path, options);
  if (absl::Status status = store->Open(); !status.ok()) return status;
  return store;
}

}  // namespace condyle
