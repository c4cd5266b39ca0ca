// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What is particular to stores in files: who may read them, what is no store, earlier versions, backups.
#include "host/audit/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "host/audit/faulty_disk_for_test.h"
#include "host/audit/sqlite_database.h"
#include "host/audit/store_for_test.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// With a connection of its own, as another program would.
void Execute(const std::string& file, const std::string& sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << (error ? error : "");
  sqlite3_free(error);
  sqlite3_close(database);
}

absl::Status OpenStatus(const std::string& url, const AuditStoreOptions& options = {}) {
  return OpenAuditStore(url, options).status();
}

class SqlitePlaces final : public StorePlaces {
 public:
  std::string Url(const std::string& name) override { return folder_.Url(name); }

 private:
  const AuditFolder folder_;
};

TEST(SqliteStore, LetsOnlyItsOwnerRead) {
  const AuditFolder folder;
  const mode_t before = umask(0);
  const auto store = MustOpen(folder.Url());
  ASSERT_TRUE(AppendOne(*store, "x").ok());
  umask(before);
  for (const char* name : {"store", "store-wal", "store-shm"}) {
    struct stat info {};
    ASSERT_EQ(stat(folder.File(name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
  }
}

TEST(SqliteStore, WaitsNoLongerThanItIsToldForAnotherProcess) {
  const AuditFolder folder;
  AuditStoreOptions options;
  options.patience = std::chrono::milliseconds(1);
  const auto store = MustOpen(folder.Url(), options);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(folder.File().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto refused = AppendOne(*store, "x");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable) << refused.status();
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("another process has held it for too long"));
  sqlite3_close(other);
  EXPECT_TRUE(AppendOne(*store, "x").ok());
  EXPECT_THAT(Verify(*store), IsEmpty());
}

struct NoStore {
  const char* name;
  absl::StatusCode code;
  const char* words;
  void (*make)(const AuditFolder& folder);
};

class SqliteStoreRefuses : public ::testing::TestWithParam<NoStore> {};

TEST_P(SqliteStoreRefuses, WhatIsNoStore) {
  const AuditFolder folder;
  GetParam().make(folder);
  for (const bool read_only : {true, false}) {
    AuditStoreOptions options;
    options.read_only = read_only;
    const absl::Status status = OpenStatus(folder.Url(), options);
    EXPECT_EQ(status.code(), GetParam().code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().words));
    EXPECT_THAT(std::string(status.message()), HasSubstr(folder.File()));
  }
}

void WriteBytes(const std::string& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

INSTANTIATE_TEST_SUITE_P(
    Files, SqliteStoreRefuses,
    ::testing::Values(
        NoStore{"Text", absl::StatusCode::kFailedPrecondition, "no SQLite database",
                [](const AuditFolder& f) { WriteBytes(f.File(), std::string(5000, 'x')); }},
        NoStore{"AnotherProgramsDatabase", absl::StatusCode::kFailedPrecondition, "of another program",
                [](const AuditFolder& f) { Execute(f.File(), "CREATE TABLE t (a)"); }},
        NoStore{"AnotherProgramsId", absl::StatusCode::kFailedPrecondition, "of another program",
                [](const AuditFolder& f) { Execute(f.File(), "PRAGMA application_id = 7; CREATE TABLE t (a)"); }},
        NoStore{"ALaterVersion", absl::StatusCode::kFailedPrecondition,
                "version 3, and this version of Condyle reads up to 2",
                [](const AuditFolder& f) {
                  MustOpen(f.Url());
                  Execute(f.File(), "PRAGMA user_version = 3");
                }},
        NoStore{"WithoutItsTable", absl::StatusCode::kDataLoss, "taken away or altered",
                [](const AuditFolder& f) {
                  MustOpen(f.Url());
                  Execute(f.File(), "ALTER TABLE entries RENAME TO others");
                }},
        NoStore{"WithoutItsNames", absl::StatusCode::kDataLoss, "table of names was taken away or altered",
                [](const AuditFolder& f) {
                  MustOpen(f.Url());
                  Execute(f.File(), "DROP TABLE names");
                }},
        NoStore{"OfNoVersion", absl::StatusCode::kFailedPrecondition, "version 0",
                [](const AuditFolder& f) {
                  MustOpen(f.Url());
                  Execute(f.File(), "PRAGMA user_version = 0");
                }},
        NoStore{"AnEmptyFile", absl::StatusCode::kFailedPrecondition, "remove it, and one is made",
                [](const AuditFolder& f) { WriteBytes(f.File(), ""); }},
        NoStore{"ADirectory", absl::StatusCode::kFailedPrecondition, "no regular file",
                [](const AuditFolder& f) { std::filesystem::create_directory(f.File()); }}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SqliteStore, IsTheOnlyFileOnceItIsClosed) {
  const AuditFolder folder;
  MustOpen(folder.Url());
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) names.push_back(entry.path().filename());
  EXPECT_THAT(names, ElementsAre("store"));
}

// A store as version 1 made it, with these many entries.
void MakeVersion1(const AuditFolder& folder, int entries) {
  Execute(folder.File(),
          "CREATE TABLE entries (sequence INTEGER PRIMARY KEY, moment TEXT NOT NULL, kind INTEGER NOT NULL, user TEXT "
          "NOT NULL, organisation TEXT NOT NULL, about INTEGER NOT NULL, body_sha256 TEXT NOT NULL, previous TEXT NOT "
          "NULL, hash TEXT NOT NULL, body BLOB NOT NULL) STRICT;"
          "CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries BEGIN SELECT raise(ABORT, 'entries of an "
          "audit trail are never changed'); END;"
          "CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries BEGIN SELECT raise(ABORT, 'entries of an "
          "audit trail are never deleted'); END;"
          "CREATE TRIGGER entries_follow_each_other BEFORE INSERT ON entries WHEN NEW.sequence IS NOT (SELECT "
          "ifnull(max(sequence), -1) + 1 FROM entries) OR NEW.previous IS NOT ifnull((SELECT hash FROM entries ORDER "
          "BY sequence DESC LIMIT 1), '') BEGIN SELECT raise(ABORT, 'an entry of an audit trail follows the last "
          "one'); END;"
          "PRAGMA application_id = 1130643829; PRAGMA user_version = 1; PRAGMA journal_mode = WAL");
  std::optional<AuditMark> head;
  for (int i = 0; i < entries; ++i) {
    AuditDraft draft = i == 0 ? *NewStoreDraft(false) : Draft(absl::StrCat(i));
    const std::string sha256 = Sha256Hex(draft.body);
    const v1::AuditEntry entry = Chain(std::move(draft), sha256, head, "2026-05-01T09:00:00.000Z");
    Execute(folder.File(),
            absl::StrCat("INSERT INTO entries VALUES (", entry.sequence(), ", '", entry.moment(), "', ",
                         static_cast<int>(entry.kind()), ", '', '', 0, '", sha256, "', '", entry.previous(), "', '",
                         entry.hash(), "', x'", std::string(absl::BytesToHexString(entry.body())), "')"));
    head = {entry.sequence(), entry.hash()};
  }
}

std::string Version(const AuditFolder& folder) {
  auto database = SqliteDatabase::Open(folder.File(), SqliteDatabase::Access::kRead, std::chrono::seconds(1));
  return absl::StrCat((*database)->Number("PRAGMA user_version").value_or(-1));
}

TEST(SqliteStoreOfVersion1, IsReadAndNotChangedByReading) {
  const AuditFolder folder;
  MakeVersion1(folder, 4);
  const auto store = MustOpenToRead(folder.Url());
  EXPECT_THAT(Verify(*store), IsEmpty());
  EXPECT_THAT(ReadAll(*store), SizeIs(4));
  EXPECT_THAT(store->Oddities(), IsEmpty());
  EXPECT_FALSE(store->Find("a")->has_value());
  EXPECT_EQ(Version(folder), "1");
}

TEST(SqliteStoreOfVersion1, IsBroughtToThisVersionWhenItIsOpenedToAppend) {
  const AuditFolder folder;
  MakeVersion1(folder, 4);
  const auto store = MustOpen(folder.Url());
  EXPECT_EQ(Version(folder), "2");
  AuditDraft draft = Draft("named");
  draft.names = {"a"};
  ASSERT_TRUE(store->Append({draft}).ok());
  EXPECT_EQ((*store->Find("a"))->body(), "named");
  EXPECT_THAT(Verify(*store), IsEmpty());
  EXPECT_THAT(ReadAll(*store), SizeIs(5));
  EXPECT_THAT(store->Oddities(), IsEmpty());
  EXPECT_TRUE(AppendOne(*MustOpen(folder.Url()), "again").ok());
}

TEST(SqliteStoreOfVersion1, IsBroughtToThisVersionOnceByMany) {
  const AuditFolder folder;
  MakeVersion1(folder, 2);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(AppendOne(*MustOpen(folder.Url()), "x").ok()); });
  }
  for (std::thread& thread : threads) thread.join();
  const auto store = MustOpen(folder.Url());
  EXPECT_THAT(Verify(*store), IsEmpty());
  EXPECT_THAT(ReadAll(*store), SizeIs(10));
}

// Whenever the disk fails while it is brought to this version: it is of the one or of the other, and whole.
TEST(SqliteStoreOfVersion1, IsWholeWheneverTheDiskFailsMeanwhile) {
  int failures = 0;
  for (int operations = 0;; ++operations) {
    FaultyDisk disk;
    const AuditFolder folder;
    MakeVersion1(folder, 2);
    disk.FailAfter(operations, SQLITE_FULL);
    const absl::Status opened = OpenStatus(folder.Url());
    disk.Heal();
    EXPECT_THAT(Verify(*MustOpenToRead(folder.Url())), IsEmpty());
    EXPECT_TRUE(AppendOne(*MustOpen(folder.Url()), "x").ok());
    if (opened.ok()) break;
    ++failures;
    EXPECT_EQ(opened.code(), absl::StatusCode::kResourceExhausted) << opened;
  }
  EXPECT_GT(failures, 1);
}

TEST(SqliteStore, LiesWhereTheNameSays) {
  const AuditFolder folder;
  const std::string odd = "100% a?b#c&d=e \xc3\xbc.db";
  ASSERT_TRUE(AppendOne(*MustOpen(folder.Url(odd)), "x").ok());
  EXPECT_TRUE(std::filesystem::exists(folder.File(odd)));
  EXPECT_THAT(ReadAll(*MustOpenToRead(folder.Url(odd))), SizeIs(2));
}

TEST(SqliteStore, IsBackedUpWhileItIsOpen) {
  const AuditFolder folder;
  const auto store = MustOpen(folder.Url());
  const auto noted = AppendOne(*store, "one");
  ASSERT_TRUE(noted.ok());
  Execute(folder.File(), "VACUUM INTO '" + folder.File("copy") + "'");
  ASSERT_TRUE(AppendOne(*store, "two").ok());
  EXPECT_THAT(Verify(*MustOpenToRead(folder.Url("copy")), {{noted->sequence, noted->hash}}), IsEmpty());
  const auto copy = MustOpen(folder.Url("copy"));
  EXPECT_THAT(copy->Oddities(), IsEmpty());
  EXPECT_EQ(AppendOne(*copy, "other")->sequence, 2u);
}

TEST(OpenAuditStore, RefusesUrlsThatItDoesNotKnow) {
  for (const char* url : {"", "sqlite:", "store.db", "sqlite", "mysql://host/db", "SQLITE:x"}) {
    const absl::Status status = OpenStatus(url);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << url;
    EXPECT_THAT(std::string(status.message()), HasSubstr("allowed: sqlite:FILE, postgresql://USER@HOST/DATABASE"));
    EXPECT_EQ(CheckAuditUrl(url), status);
  }
  EXPECT_EQ(OpenStatus("sqlite:/no/such/directory/store").code(), absl::StatusCode::kNotFound);
}

}  // namespace

StoreKind KindOfThisProgram() {
  return {"Sqlite", []() -> std::unique_ptr<StorePlaces> { return std::make_unique<SqlitePlaces>(); }};
}

}  // namespace condyle
