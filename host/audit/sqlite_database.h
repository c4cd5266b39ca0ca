// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A connection to an SQLite file: statements that clean up after themselves, and errors in words.
#ifndef CONDYLE_HOST_AUDIT_SQLITE_DATABASE_H_
#define CONDYLE_HOST_AUDIT_SQLITE_DATABASE_H_

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace condyle {

// For one thread at a time.
class SqliteStatement {
 public:
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

  // Values must stay until the statement has run. Parameters count from 1.
  void Bind(int parameter, std::string_view text);
  void BindBlob(int parameter, std::string_view bytes);
  void Bind(int parameter, int64_t number);

  int Step() { return sqlite3_step(statement_.get()); }
  // Makes it ready to run again.
  void Reset();

  std::string Text(int column) const;
  std::string Blob(int column) const;
  int64_t Integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

 private:
  struct Finalise {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalise> statement_;
};

// For one thread at a time.
class SqliteDatabase {
 public:
  enum class Access { kReadWrite, kRead };
  // The file must be there. patience: how long to wait for the locks of others.
  static absl::StatusOr<std::unique_ptr<SqliteDatabase>> Open(const std::string& path, Access access,
                                                              std::chrono::milliseconds patience);

  // Statements without results.
  absl::Status Run(const char* sql);
  absl::StatusOr<SqliteStatement> Prepare(const std::string& sql);
  // First column of the first row; 0 or empty if there is none.
  absl::StatusOr<int64_t> Number(const char* sql);
  absl::StatusOr<std::string> Text(const char* sql);
  // What the last error of this connection means: what happened and what to do. Names the file.
  absl::Status Error(const std::string& what) const;
  // No transaction is open afterwards.
  void RollBack();

 private:
  SqliteDatabase(std::string path, sqlite3* database) : path_(std::move(path)), database_(database) {}

  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  const std::string path_;
  const std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_SQLITE_DATABASE_H_
