// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// SQLite's result codes, and what they mean to somebody who keeps an audit trail.
#include "host/audit/sqlite_database.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

// "file:" URI, so that parameters can be given.
std::string Uri(const std::string& path, const char* parameters) {
  std::string uri = "file:";
  for (const char c : path) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::strchr("/._-", c) != nullptr;
    if (plain) {
      uri += c;
    } else {
      absl::StrAppend(&uri, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return absl::StrCat(uri, parameters);
}

// Where nothing can be written beside the file (read-only media), SQLite reads a file with a write-ahead log only if it
// is told that nobody changes it. That holds there, as long as no log with entries lies beside it.
bool MustBeTakenAsUnchanging(const std::string& path) {
  struct stat log {};
  const bool has_log = stat((path + "-wal").c_str(), &log) == 0 && log.st_size > 0;
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  return !has_log && access(folder.c_str(), W_OK) != 0;
}

// Of a file's last failed call; 0 if there was none. A failed commit leaves the system's error nowhere else.
int LastError(sqlite3* database, int which_file) {
  sqlite3_file* file = nullptr;
  int error = 0;
  if (sqlite3_file_control(database, "main", which_file, &file) == SQLITE_OK && file != nullptr &&
      file->pMethods != nullptr) {
    file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error);
  }
  return error;
}

int SystemError(sqlite3* database) {
  for (const int error : {sqlite3_system_errno(database), LastError(database, SQLITE_FCNTL_JOURNAL_POINTER),
                          LastError(database, SQLITE_FCNTL_FILE_POINTER)}) {
    if (error != 0) return error;
  }
  return 0;
}

absl::Status InWords(const std::string& at, int code, int system_error, const std::string& words) {
  const auto message = [&](const char* what) { return absl::StrCat(at, what, " (", words, ")"); };
  const bool no_space = system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
  switch (code & 0xff) {
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(message("there is no space left for it; make room"));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::UnavailableError(
          message("another process has held it for too long; end what keeps it open in a transaction"));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return absl::PermissionDeniedError(message("it cannot be written: check the rights of file and directory"));
    case SQLITE_CANTOPEN:
      if (no_space) return absl::ResourceExhaustedError(message("there is no space left for it; make room"));
      return absl::PermissionDeniedError(
          message("it, or a file beside it, cannot be opened: check the rights of file and directory"));
    case SQLITE_NOTADB:
      return absl::FailedPreconditionError(message("it is no SQLite database; name another file"));
    case SQLITE_CORRUPT:
      return absl::DataLossError(message("the database is damaged; keep it as it is, and restore a backup beside it"));
    case SQLITE_IOERR:
      if (no_space) return absl::ResourceExhaustedError(message("there is no space left for it; make room"));
      return absl::InternalError(message("the device fails"));
    case SQLITE_TOOBIG:
      return absl::InvalidArgumentError(message("an entry is too large"));
    default:
      return absl::InternalError(message("SQLite fails"));
  }
}

}  // namespace

void SqliteStatement::Bind(int parameter, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), parameter, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void SqliteStatement::BindBlob(int parameter, std::string_view bytes) {
  // A null pointer would be NULL.
  sqlite3_bind_blob64(statement_.get(), parameter, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                      SQLITE_STATIC);
}

void SqliteStatement::Bind(int parameter, int64_t number) { sqlite3_bind_int64(statement_.get(), parameter, number); }

void SqliteStatement::Reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

std::string SqliteStatement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return text == nullptr ? std::string()
                         : std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

std::string SqliteStatement::Blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  return bytes == nullptr ? std::string()
                          : std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

absl::StatusOr<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path, Access access,
                                                                     std::chrono::milliseconds patience) {
  const bool reads = access == Access::kRead;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_PRIVATECACHE |
                    (reads ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  const std::string uri = Uri(path, reads && MustBeTakenAsUnchanging(path) ? "?immutable=1" : "");
  sqlite3* database = nullptr;
  const int opened = sqlite3_open_v2(uri.c_str(), &database, flags, nullptr);
  if (database == nullptr) return absl::ResourceExhaustedError(absl::StrCat(path, ": no memory to open it"));
  std::unique_ptr<SqliteDatabase> self(new SqliteDatabase(path, database));
  if (opened != SQLITE_OK) return self->Error("");
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, static_cast<int>(patience.count()));
  // The file may come from anywhere: its schema must not make SQLite do more than keep entries.
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return self;
}

absl::Status SqliteDatabase::Run(const char* sql) {
  return sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK ? absl::OkStatus() : Error("");
}

absl::StatusOr<SqliteStatement> SqliteDatabase::Prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int prepared =
      sqlite3_prepare_v2(database_.get(), sql.c_str(), static_cast<int>(sql.size()) + 1, &statement, nullptr);
  if (prepared != SQLITE_OK) return Error("");
  return SqliteStatement(statement);
}

absl::StatusOr<int64_t> SqliteDatabase::Number(const char* sql) {
  absl::StatusOr<SqliteStatement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  const int step = statement->Step();
  if (step != SQLITE_ROW && step != SQLITE_DONE) return Error("");
  return step == SQLITE_ROW ? statement->Integer(0) : 0;
}

absl::StatusOr<std::string> SqliteDatabase::Text(const char* sql) {
  absl::StatusOr<SqliteStatement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  const int step = statement->Step();
  if (step != SQLITE_ROW && step != SQLITE_DONE) return Error("");
  return step == SQLITE_ROW ? statement->Text(0) : std::string();
}

absl::Status SqliteDatabase::Error(const std::string& what) const {
  const int code = sqlite3_extended_errcode(database_.get());
  const int kind = code & 0xff;
  // Of other errors it would be that of an earlier one.
  const bool is_of_system = kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN || kind == SQLITE_FULL;
  const int system_error = is_of_system ? SystemError(database_.get()) : 0;
  std::string words = sqlite3_errmsg(database_.get());
  if (system_error != 0) absl::StrAppend(&words, ", ", std::strerror(system_error));
  return InWords(absl::StrCat(path_, ": ", what), code, system_error, words);
}

void SqliteDatabase::RollBack() {
  if (sqlite3_get_autocommit(database_.get()) == 0) {
    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

}  // namespace condyle
