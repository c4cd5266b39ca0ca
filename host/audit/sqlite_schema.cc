// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Making a store whole or not at all.
#include "host/audit/sqlite_schema.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/audit/audit_store.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

constexpr auto kBetweenTries = std::chrono::milliseconds(5);

// Gives a file its name for good, if nothing has it yet.
absl::Status Name(const std::string& unnamed, const std::string& path) {
  if (renameat2(AT_FDCWD, unnamed.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0 && errno != EEXIST) {
    // A file system that cannot promise it by renaming.
    if (link(unnamed.c_str(), path.c_str()) != 0 && errno != EEXIST) return FileError(path, "cannot be made");
  }
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int directory = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return FileError(folder, "cannot be opened");
  const bool synced = fsync(directory) == 0;
  close(directory);
  return synced ? absl::OkStatus() : FileError(folder, "cannot be brought to the disk");
}

absl::Status RunAll(SqliteDatabase& database, const std::vector<std::string>& statements) {
  for (const std::string& statement : statements) {
    if (absl::Status status = database.Run(statement.c_str()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

std::string SetVersion() { return absl::StrCat("PRAGMA user_version = ", kSqliteSchemaVersion); }

// What version 2 added.
std::vector<std::string> NamesSql() {
  std::vector<std::string> statements = {kSqliteNames};
  statements.insert(statements.end(), std::begin(kSqliteNameTriggers), std::end(kSqliteNameTriggers));
  return statements;
}

absl::Status InsertFirst(SqliteDatabase& database, AuditDraft draft, const std::string& moment) {
  absl::StatusOr<SqliteStatement> insert = database.Prepare(kSqliteInsert);
  if (!insert.ok()) return insert.status();
  std::string hash = Sha256Hex(draft.body);
  const v1::AuditEntry entry = Chain(std::move(draft), std::move(hash), std::nullopt, moment);
  BindEntry(entry, *insert);
  return insert->Step() == SQLITE_DONE ? absl::OkStatus() : database.Error("");
}

absl::Status Fill(const std::string& path, bool without_phi, const std::string& moment,
                  std::chrono::milliseconds patience) {
  absl::StatusOr<AuditDraft> draft = NewStoreDraft(without_phi);
  if (!draft.ok()) return draft.status();
  absl::StatusOr<std::unique_ptr<SqliteDatabase>> opened =
      SqliteDatabase::Open(path, SqliteDatabase::Access::kReadWrite, patience);
  if (!opened.ok()) return opened.status();
  SqliteDatabase& database = **opened;
  std::vector<std::string> statements = {"BEGIN", kSqliteTable};
  statements.insert(statements.end(), std::begin(kSqliteTriggers), std::end(kSqliteTriggers));
  for (std::string& statement : NamesSql()) statements.push_back(std::move(statement));
  statements.push_back(absl::StrCat("PRAGMA application_id = ", kSqliteApplicationId));
  statements.push_back(SetVersion());
  absl::Status status = RunAll(database, statements);
  if (status.ok()) status = InsertFirst(database, *std::move(draft), moment);
  // Into the file itself and on the disk, so that no log is needed yet.
  if (status.ok()) status = database.Run("COMMIT");
  return status.ok() ? UseSqliteLog(database, path, patience) : status;
}

}  // namespace

absl::Status MigrateSqliteStore(SqliteDatabase& database) {
  absl::Status status = database.Run("BEGIN IMMEDIATE");
  // Another process may have done it meanwhile.
  const absl::StatusOr<int64_t> version = status.ok() ? database.Number("PRAGMA user_version") : status;
  status = version.status();
  if (status.ok() && *version < kSqliteSchemaVersion) {
    std::vector<std::string> statements = NamesSql();
    statements.push_back(SetVersion());
    status = RunAll(database, statements);
  }
  if (status.ok()) status = database.Run("COMMIT");
  database.RollBack();
  return status;
}

void BindEntry(const v1::AuditEntry& entry, SqliteStatement& statement) {
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

absl::Status FileError(const std::string& path, const char* what) {
  const int error = errno;
  const std::string message = absl::StrCat(path, ": ", what, ": ", std::strerror(error));
  if (error == ENOENT) return absl::NotFoundError(message);
  if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(message);
  return absl::PermissionDeniedError(message);
}

absl::Status UseSqliteLog(SqliteDatabase& database, const std::string& path, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  // Two processes that begin it at once can be told "busy" without having waited.
  for (;;) {
    const absl::StatusOr<std::string> mode = database.Text("PRAGMA journal_mode = WAL");
    if (mode.ok() && *mode == "wal") return absl::OkStatus();
    if (mode.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": the file system cannot keep a write-ahead log; use a local one"));
    }
    if (!absl::IsUnavailable(mode.status()) || std::chrono::steady_clock::now() > until) return mode.status();
    std::this_thread::sleep_for(kBetweenTries);
  }
}

absl::Status MakeSqliteStore(const std::string& path, bool without_phi, const std::string& moment,
                             std::chrono::milliseconds patience) {
  std::string unnamed = absl::StrCat(path, ".XXXXXX");
  const int file = mkostemp(unnamed.data(), O_CLOEXEC);  // mode 0600
  if (file < 0) return FileError(path, "cannot be made");
  close(file);
  absl::Status status = Fill(unnamed, without_phi, moment, patience);
  if (status.ok()) status = Name(unnamed, path);
  for (const char* helper : {"", "-journal", "-wal", "-shm"}) unlink((unnamed + helper).c_str());
  return status;
}

}  // namespace condyle
