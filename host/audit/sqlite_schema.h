// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What an SQLite file with an audit trail looks like, and how one is made.
#ifndef CONDYLE_HOST_AUDIT_SQLITE_SCHEMA_H_
#define CONDYLE_HOST_AUDIT_SQLITE_SCHEMA_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "condyle/v1/audit.pb.h"
#include "host/audit/sqlite_database.h"

namespace condyle {

// "CdAu" in the file's header, so that file(1) and we know it from other databases.
inline constexpr int64_t kSqliteApplicationId = 0x43644175;
// Of the tables, not of the bodies.
// 1: entries. 2: names too.
inline constexpr int64_t kSqliteSchemaVersion = 2;

// The body stands last: lists that do not show it do not read its pages.
inline constexpr char kSqliteTable[] =
    "CREATE TABLE entries (sequence INTEGER PRIMARY KEY, moment TEXT NOT NULL, kind INTEGER NOT NULL, "
    "user TEXT NOT NULL, organisation TEXT NOT NULL, about INTEGER NOT NULL, body_sha256 TEXT NOT NULL, "
    "previous TEXT NOT NULL, hash TEXT NOT NULL, body BLOB NOT NULL) STRICT";
// Of several entries with one name the last is found.
inline constexpr char kSqliteNames[] =
    "CREATE TABLE names (name TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (name, sequence)) "
    "STRICT, WITHOUT ROWID";
// Against accidents. Who means to change an entry can take them off, and is found out by the chain.
inline constexpr const char* kSqliteTriggers[] = {
    "CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries BEGIN "
    "SELECT raise(ABORT, 'entries of an audit trail are never changed'); END",
    "CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries BEGIN "
    "SELECT raise(ABORT, 'entries of an audit trail are never deleted'); END",
    "CREATE TRIGGER entries_follow_each_other BEFORE INSERT ON entries "
    "WHEN NEW.sequence IS NOT (SELECT ifnull(max(sequence), -1) + 1 FROM entries) "
    "OR NEW.previous IS NOT ifnull((SELECT hash FROM entries ORDER BY sequence DESC LIMIT 1), '') BEGIN "
    "SELECT raise(ABORT, 'an entry of an audit trail follows the last one'); END"};
inline constexpr const char* kSqliteNameTriggers[] = {
    "CREATE TRIGGER names_are_not_changed BEFORE UPDATE ON names BEGIN "
    "SELECT raise(ABORT, 'names in an audit trail are never changed'); END",
    "CREATE TRIGGER names_are_not_deleted BEFORE DELETE ON names BEGIN "
    "SELECT raise(ABORT, 'names in an audit trail are never deleted'); END"};

inline constexpr char kSqliteInsert[] =
    "INSERT INTO entries (sequence, moment, kind, user, organisation, about, body_sha256, previous, hash, body) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

inline constexpr char kSqliteInsertName[] = "INSERT OR IGNORE INTO names (name, sequence) VALUES (?, ?)";

// Brings a store of an earlier version to this one, whole or not at all; several processes may do so at once.
absl::Status MigrateSqliteStore(SqliteDatabase& database);

// Binds an entry to kSqliteInsert. It must stay until the statement has run.
void BindEntry(const v1::AuditEntry& entry, SqliteStatement& statement);

// What errno says of a file.
absl::Status FileError(const std::string& path, const char* what);

// Turns on the write-ahead log; stores have it already, some backups do not.
absl::Status UseSqliteLog(SqliteDatabase& database, const std::string& path, std::chrono::milliseconds patience);

// Makes a whole store under another name, that only its owner can read, and then gives it its own: whoever is killed
// meanwhile leaves no half store, and of several that do this at once one wins; then this is OK too. SQLite gives its
// helpers the same mode.
absl::Status MakeSqliteStore(const std::string& path, bool without_phi, const std::string& moment,
                             std::chrono::milliseconds patience);

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_SQLITE_SCHEMA_H_
