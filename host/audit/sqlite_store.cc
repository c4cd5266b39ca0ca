// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One table that only grows, in a file with a write-ahead log that is on the disk before an append returns.
#include "host/audit/sqlite_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "host/audit/commit_queue.h"
#include "host/audit/sqlite_database.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

// "CdAu" in the file's header, so that file(1) and we know it from other databases.
constexpr int64_t kApplicationId = 0x43644175;
// Of the tables, not of the bodies.
constexpr int64_t kSchemaVersion = 1;
constexpr size_t kMostJobs = 256;
constexpr auto kBetweenTries = std::chrono::milliseconds(5);

// The body stands last: lists that do not show it do not read its pages.
constexpr char kTable[] =
    "CREATE TABLE entries (sequence INTEGER PRIMARY KEY, moment TEXT NOT NULL, kind INTEGER NOT NULL, "
    "user TEXT NOT NULL, organisation TEXT NOT NULL, about INTEGER NOT NULL, body_sha256 TEXT NOT NULL, "
    "previous TEXT NOT NULL, hash TEXT NOT NULL, body BLOB NOT NULL) STRICT";
// Against accidents. Who means to change an entry can take them off, and is found out by the chain.
constexpr const char* kTriggers[] = {
    "CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries BEGIN "
    "SELECT raise(ABORT, 'entries of an audit trail are never changed'); END",
    "CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries BEGIN "
    "SELECT raise(ABORT, 'entries of an audit trail are never deleted'); END",
    "CREATE TRIGGER entries_follow_each_other BEFORE INSERT ON entries "
    "WHEN NEW.sequence IS NOT (SELECT ifnull(max(sequence), -1) + 1 FROM entries) "
    "OR NEW.previous IS NOT ifnull((SELECT hash FROM entries ORDER BY sequence DESC LIMIT 1), '') BEGIN "
    "SELECT raise(ABORT, 'an entry of an audit trail follows the last one'); END"};

constexpr char kColumns[] = "sequence, moment, kind, user, organisation, about, body_sha256, previous, hash, body";

struct Job {
  std::vector<AuditDraft> drafts;
  std::vector<std::string> body_hashes;
  absl::StatusOr<std::vector<AuditMark>> result = absl::UnknownError("not written");
};

absl::Status SystemError(const std::string& path, const char* what) {
  const int error = errno;
  const std::string message = absl::StrCat(path, ": ", what, ": ", std::strerror(error));
  if (error == ENOENT) return absl::NotFoundError(message);
  if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(message);
  return absl::PermissionDeniedError(message);
}

// Makes an empty file that only its owner can read, if there is none; SQLite gives its helpers the same mode. It gets
// its name when it is closed: to close a file that SQLite has open in this process would release SQLite's locks.
absl::Status MakeFile(const std::string& path) {
  if (access(path.c_str(), F_OK) == 0) return absl::OkStatus();
  std::string unnamed = absl::StrCat(path, ".XXXXXX");
  const int file = mkostemp(unnamed.data(), O_CLOEXEC);  // mode 0600
  if (file < 0) return SystemError(path, "cannot be made");
  close(file);
  const bool named = link(unnamed.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const absl::Status status = named ? absl::OkStatus() : SystemError(path, "cannot be made");
  unlink(unnamed.c_str());
  if (!named) return status;
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int directory = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return SystemError(folder, "cannot be opened");
  const bool synced = fsync(directory) == 0;
  close(directory);
  return synced ? absl::OkStatus() : SystemError(folder, "cannot be brought to the disk");
}

void Insert(const v1::AuditEntry& entry, SqliteStatement& statement) {
  statement.Reset();
  statement.Bind(1, static_cast<int64_t>(entry.sequence()));
  statement.Bind(2, std::string_view(entry.moment()));
  statement.Bind(3, int64_t{entry.kind()});
  statement.Bind(4, std::string_view(entry.user()));
  statement.Bind(5, std::string_view(entry.organisation()));
  statement.Bind(6, static_cast<int64_t>(entry.about()));
  statement.Bind(7, std::string_view(entry.body_sha256()));
  statement.Bind(8, std::string_view(entry.previous()));
  statement.Bind(9, std::string_view(entry.hash()));
  statement.BindBlob(10, entry.body());
}

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

std::string Where(const AuditFilter& filter) {
  std::string where = " WHERE 1";
  if (!filter.kinds.empty()) {
    absl::StrAppend(&where, " AND kind IN (");
    for (size_t i = 0; i < filter.kinds.size(); ++i) {
      absl::StrAppend(&where, i == 0 ? "" : ", ", static_cast<int>(filter.kinds[i]));
    }
    absl::StrAppend(&where, ")");
  }
  if (!filter.since.empty()) absl::StrAppend(&where, " AND moment >= ?1");
  if (!filter.until.empty()) absl::StrAppend(&where, " AND moment < ?2");
  if (filter.sequence) absl::StrAppend(&where, " AND sequence = ", *filter.sequence);
  return where;
}

// Bound to the filter's moments.
absl::StatusOr<SqliteStatement> Select(SqliteDatabase& database, const std::string& sql, const AuditFilter& filter) {
  absl::StatusOr<SqliteStatement> statement = database.Prepare(sql);
  if (!statement.ok()) return statement;
  if (!filter.since.empty()) statement->Bind(1, std::string_view(filter.since));
  if (!filter.until.empty()) statement->Bind(2, std::string_view(filter.until));
  return statement;
}

class SqliteStore final : public AuditStore {
 public:
  SqliteStore(std::string path, AuditStoreOptions options)
      : path_(std::move(path)),
        options_(std::move(options)),
        queue_(kMostJobs, [this](const std::vector<Job*>& jobs) { Write(jobs); }) {}

  absl::Status Open() {
    if (!options_.read_only) {
      if (absl::Status status = MakeFile(path_); !status.ok()) return status;
    } else if (access(path_.c_str(), F_OK) != 0) {
      return SystemError(path_, "cannot be opened");
    }
    struct stat info {};
    if (stat(path_.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
      return absl::FailedPreconditionError(absl::StrCat(path_, ": is no regular file; name another"));
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
    if (writer_ == nullptr) return absl::PermissionDeniedError(absl::StrCat(path_, ": was opened for reading only"));
    Job job;
    for (const AuditDraft& draft : drafts) {
      if (absl::Status status = CheckDraft(draft); !status.ok()) return status;
      job.body_hashes.push_back(Sha256Hex(draft.body));
    }
    job.drafts = std::move(drafts);
    queue_.Run(&job);
    return std::move(job.result);
  }

  absl::Status Read(const AuditFilter& filter, const std::function<bool(const v1::AuditEntry&)>& take) override {
    absl::StatusOr<std::unique_ptr<SqliteDatabase>> opened = Connect(true);
    if (!opened.ok()) return opened.status();
    SqliteDatabase& database = **opened;
    if (absl::Status status = database.Run("BEGIN"); !status.ok()) return status;
    std::string where = Where(filter);
    if (filter.limit > 0) {
      const std::string last = absl::StrCat("SELECT min(sequence) FROM (SELECT sequence FROM entries", where,
                                            " ORDER BY sequence DESC LIMIT ", filter.limit, ")");
      absl::StatusOr<SqliteStatement> begin = Select(database, last, filter);
      if (!begin.ok()) return begin.status();
      if (begin->Step() != SQLITE_ROW) return database.Error("");
      absl::StrAppend(&where, " AND sequence >= ", begin->Integer(0));
    }
    absl::StatusOr<SqliteStatement> rows =
        Select(database, absl::StrCat("SELECT ", kColumns, " FROM entries", where, " ORDER BY sequence"), filter);
    if (!rows.ok()) return rows.status();
    for (;;) {
      const int step = rows->Step();
      if (step == SQLITE_DONE) return absl::OkStatus();
      if (step != SQLITE_ROW) return database.Error("");
      if (!take(EntryOf(*rows))) return absl::OkStatus();
    }
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
    for (const char* trigger : kTriggers) {
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

  // OK if it is a store of this version or can become one. Changes nothing.
  absl::Status Recognise(SqliteDatabase& database) {
    const absl::StatusOr<int64_t> id = database.Number("PRAGMA application_id");
    if (!id.ok()) return id.status();
    const absl::StatusOr<int64_t> version = database.Number("PRAGMA user_version");
    const absl::StatusOr<int64_t> tables = database.Number("SELECT count(*) FROM sqlite_master");
    for (const auto* number : {&version, &tables}) {
      if (!number->ok()) return number->status();
    }
    is_new_ = *id == 0 && *version == 0 && *tables == 0;
    if (is_new_) {
      if (!options_.read_only) return absl::OkStatus();
      return absl::FailedPreconditionError(absl::StrCat(path_, ": is empty, and no audit store"));
    }
    if (*id != kApplicationId) {
      return absl::FailedPreconditionError(
          absl::StrCat(path_, ": is an SQLite database of another program, and no audit store; name another file"));
    }
    if (*version != kSchemaVersion) {
      return absl::FailedPreconditionError(absl::StrCat(path_, ": is an audit store of version ", *version,
                                                        ", and this version of Condyle reads ", kSchemaVersion,
                                                        "; use the version that wrote it, or a later one"));
    }
    const absl::StatusOr<std::string> sql =
        database.Text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'entries'");
    if (!sql.ok()) return sql.status();
    if (*sql == kTable) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat(path_, ": its table of entries was taken away or altered"));
  }

  absl::Status Prepare(SqliteDatabase& database) {
    // Every commit waits for the disk. EXTRA differs from FULL only while the log is not yet in use: the rollback
    // journal of that moment must not be there again after a power cut.
    absl::Status status = database.Run("PRAGMA synchronous = EXTRA");
    if (status.ok()) status = UseLog(database);
    if (status.ok() && is_new_) status = Create(database);
    if (!status.ok()) return status;
    absl::StatusOr<SqliteStatement> head =
        database.Prepare("SELECT sequence, hash FROM entries ORDER BY sequence DESC LIMIT 1");
    absl::StatusOr<SqliteStatement> insert =
        database.Prepare(absl::StrCat("INSERT INTO entries (", kColumns, ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    if (!head.ok()) return head.status();
    if (!insert.ok()) return insert.status();
    head_.emplace(*std::move(head));
    insert_.emplace(*std::move(insert));
    return absl::OkStatus();
  }

  // The write-ahead log. Two processes that do this at once can be told "busy" without having waited.
  absl::Status UseLog(SqliteDatabase& database) {
    const auto until = std::chrono::steady_clock::now() + options_.patience;
    for (;;) {
      const absl::StatusOr<std::string> mode = database.Text("PRAGMA journal_mode = WAL");
      if (mode.ok() && *mode == "wal") return absl::OkStatus();
      if (mode.ok()) {
        return absl::FailedPreconditionError(
            absl::StrCat(path_, ": the file system cannot keep a write-ahead log; use a local one"));
      }
      if (!absl::IsUnavailable(mode.status()) || std::chrono::steady_clock::now() > until) return mode.status();
      std::this_thread::sleep_for(kBetweenTries);
    }
  }

  // Tables and the first entry, unless another process was faster.
  absl::Status Create(SqliteDatabase& database) {
    absl::StatusOr<AuditDraft> draft = NewStoreDraft(options_.without_phi);
    if (!draft.ok()) return draft.status();
    if (absl::Status status = database.Run("BEGIN IMMEDIATE"); !status.ok()) return status;
    absl::Status status = Recognise(database);
    if (status.ok() && is_new_) status = CreateInside(database, *std::move(draft));
    if (status.ok()) status = database.Run("COMMIT");
    database.RollBack();
    return status;
  }

  absl::Status CreateInside(SqliteDatabase& database, AuditDraft draft) {
    absl::Status status = database.Run(kTable);
    for (const char* trigger : kTriggers) {
      if (status.ok()) status = database.Run(trigger);
    }
    if (status.ok()) status = database.Run(absl::StrCat("PRAGMA application_id = ", kApplicationId).c_str());
    if (status.ok()) status = database.Run(absl::StrCat("PRAGMA user_version = ", kSchemaVersion).c_str());
    if (!status.ok()) return status;
    absl::StatusOr<SqliteStatement> insert =
        database.Prepare(absl::StrCat("INSERT INTO entries (", kColumns, ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    if (!insert.ok()) return insert.status();
    std::string hash = Sha256Hex(draft.body);
    const v1::AuditEntry entry = Chain(std::move(draft), std::move(hash), std::nullopt, Now());
    Insert(entry, *insert);
    return insert->Step() == SQLITE_DONE ? absl::OkStatus() : database.Error("");
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
    if (!has_one) return absl::DataLossError(absl::StrCat(path_, ": its first entry is missing or damaged"));
    if (without_phi_ == options_.without_phi) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        path_, without_phi_ ? ": this store was made to hold no patient data, and stays so: ask for it, or name another"
                            : ": this store holds patient data; name another to record without"));
  }

  std::string Now() const { return FormatMoment(options_.clock ? options_.clock() : absl::Now()); }

  void Write(const std::vector<Job*>& jobs) {
    absl::Status status = WriteTogether(jobs);
    if (status.ok()) return;
    // One entry that cannot be written must not stop the others; but nobody is to wait in turn for the same lock.
    const bool apart = jobs.size() > 1 && !absl::IsUnavailable(status);
    for (Job* job : jobs) {
      if (apart) status = WriteTogether({job});
      if (!status.ok()) job->result = status;
    }
  }

  absl::Status WriteTogether(const std::vector<Job*>& jobs) {
    absl::Status status = writer_->Run("BEGIN IMMEDIATE");
    std::vector<std::vector<AuditMark>> marks(jobs.size());
    if (status.ok()) status = InsertAll(jobs, &marks);
    if (status.ok()) status = writer_->Run("COMMIT");
    head_->Reset();
    insert_->Reset();
    writer_->RollBack();
    if (!status.ok()) return status;
    for (size_t i = 0; i < jobs.size(); ++i) jobs[i]->result = std::move(marks[i]);
    return absl::OkStatus();
  }

  absl::Status InsertAll(const std::vector<Job*>& jobs, std::vector<std::vector<AuditMark>>* marks) {
    head_->Reset();
    const int step = head_->Step();
    if (step == SQLITE_DONE) return absl::DataLossError(absl::StrCat(path_, ": all its entries are gone"));
    if (step != SQLITE_ROW) return writer_->Error("");
    AuditMark head{static_cast<uint64_t>(head_->Integer(0)), head_->Text(1)};
    head_->Reset();
    const std::string moment = Now();
    for (size_t i = 0; i < jobs.size(); ++i) {
      const uint64_t first = head.sequence + 1;
      for (size_t j = 0; j < jobs[i]->drafts.size(); ++j) {
        AuditDraft draft = jobs[i]->drafts[j];
        if (draft.about_first) draft.about = first;
        const v1::AuditEntry entry = Chain(std::move(draft), jobs[i]->body_hashes[j], head, moment);
        Insert(entry, *insert_);
        if (insert_->Step() != SQLITE_DONE) return writer_->Error("");
        head = {entry.sequence(), entry.hash()};
        (*marks)[i].push_back(head);
      }
    }
    return absl::OkStatus();
  }

  const std::string path_;
  const AuditStoreOptions options_;
  bool is_new_ = false;
  bool without_phi_ = false;
  // Statements end before their connection.
  std::unique_ptr<SqliteDatabase> writer_;
  std::optional<SqliteStatement> head_;
  std::optional<SqliteStatement> insert_;
  CommitQueue<Job> queue_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<AuditStore>> OpenSqliteStore(const std::string& path, const AuditStoreOptions& options) {
  auto store = std::make_unique<SqliteStore>(path, options);
  if (absl::Status status = store->Open(); !status.ok()) return status;
  return store;
}

}  // namespace condyle
