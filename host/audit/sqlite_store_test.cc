// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Appending and reading: what comes back is what was given, from several threads and processes too, and what is no
// store is refused in words.
#include "host/audit/sqlite_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/audit/store_for_test.h"

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

TEST(SqliteStore, GivesBackWhatItWasGiven) {
  const AuditFolder folder;
  AuditStoreOptions options;
  options.clock = [] { return absl::FromUnixMillis(1777626000123); };
  const auto store = MustOpen(folder.Url(), options);
  AuditDraft draft = Draft(std::string("a\0b\xff", 4), v1::AUDIT_KIND_OVERRIDE);
  draft.user = "u-1";
  draft.organisation = "o-1";
  const auto marks = store->Append({Draft(""), draft});
  ASSERT_TRUE(marks.ok()) << marks.status();
  const std::vector<v1::AuditEntry> entries = ReadAll(*store);
  ASSERT_THAT(entries, SizeIs(3));
  EXPECT_EQ(entries[0].kind(), v1::AUDIT_KIND_STORE_CREATED);
  EXPECT_EQ(entries[1].body(), "");
  EXPECT_EQ(entries[2].body(), std::string("a\0b\xff", 4));
  EXPECT_EQ(entries[2].user(), "u-1");
  EXPECT_EQ(entries[2].organisation(), "o-1");
  EXPECT_EQ(entries[2].kind(), v1::AUDIT_KIND_OVERRIDE);
  EXPECT_EQ(entries[2].moment(), "2026-05-01T09:00:00.123Z");
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(marks->at(i).sequence, i + 1);
    EXPECT_EQ(marks->at(i).hash, entries[i + 1].hash());
  }
  EXPECT_THAT(Verify(*store), IsEmpty());
  EXPECT_EQ(store->Count().value_or(0), 3u);
  EXPECT_THAT(store->Oddities(), IsEmpty());
}

TEST(SqliteStore, TellsTheOthersOfABatchWhatTheFirstIs) {
  const AuditFolder folder;
  const auto store = MustOpen(folder.Url());
  ASSERT_TRUE(AppendOne(*store, "before").ok());
  AuditDraft failure = Draft("failure", v1::AUDIT_KIND_PLUGIN_FAILURE);
  failure.about_first = true;
  ASSERT_TRUE(store->Append({Draft("consultation", v1::AUDIT_KIND_CONSULTATION), failure, failure}).ok());
  std::vector<uint64_t> about;
  for (const v1::AuditEntry& entry : ReadAll(*store)) about.push_back(entry.about());
  EXPECT_THAT(about, ElementsAre(0, 0, 0, 2, 2));
}

TEST(SqliteStore, GoesOnWhereItEnded) {
  const AuditFolder folder;
  std::string first;
  {
    const auto store = MustOpen(folder.Url());
    ASSERT_TRUE(AppendOne(*store, "one").ok());
    first = ReadAll(*store)[0].hash();
  }
  const auto store = MustOpen(folder.Url());
  EXPECT_EQ(AppendOne(*store, "two")->sequence, 2u);
  EXPECT_EQ(ReadAll(*store)[0].hash(), first);
  EXPECT_THAT(Verify(*store), IsEmpty());
}

TEST(SqliteStore, KeepsTwoStoresApart) {
  const AuditFolder folder;
  const auto one = MustOpen(folder.Url("one")), two = MustOpen(folder.Url("two"));
  EXPECT_NE(ReadAll(*one)[0].hash(), ReadAll(*two)[0].hash());
}

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

TEST(SqliteStore, FiltersByKindMomentAndNumber) {
  const AuditFolder folder;
  AuditStoreOptions options;
  int64_t now = 1777626000000;
  options.clock = [&] { return absl::FromUnixMillis(now); };
  const auto store = MustOpen(folder.Url(), options);
  for (const v1::AuditKind kind :
       {v1::AUDIT_KIND_CONSULTATION, v1::AUDIT_KIND_REFUSAL, v1::AUDIT_KIND_CONSULTATION, v1::AUDIT_KIND_OVERRIDE}) {
    now += 1000;
    ASSERT_TRUE(store->Append({Draft("x", kind)}).ok());
  }
  const auto sequences = [&](AuditFilter filter) {
    std::vector<uint64_t> found;
    for (const v1::AuditEntry& entry : ReadAll(*store, filter)) found.push_back(entry.sequence());
    return found;
  };
  AuditFilter kinds, since, until, limit, both, one;
  kinds.kinds = {v1::AUDIT_KIND_CONSULTATION, v1::AUDIT_KIND_OVERRIDE};
  since.since = "2026-05-01T09:00:02.000Z";
  until.until = "2026-05-01T09:00:02.000Z";
  limit.limit = 2;
  both.kinds = {v1::AUDIT_KIND_CONSULTATION};
  both.limit = 1;
  both.until = "2026-05-01T09:00:03.000Z";
  one.sequence = 3;
  EXPECT_THAT(sequences({}), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(sequences(kinds), ElementsAre(1, 3, 4));
  EXPECT_THAT(sequences(since), ElementsAre(2, 3, 4));
  EXPECT_THAT(sequences(until), ElementsAre(0, 1));
  EXPECT_THAT(sequences(limit), ElementsAre(3, 4));
  EXPECT_THAT(sequences(both), ElementsAre(1));
  EXPECT_THAT(sequences(one), ElementsAre(3));
  both.since = "2027-01-01T00:00:00.000Z";
  EXPECT_THAT(sequences(both), IsEmpty());
}

TEST(SqliteStore, AppendsFromManyThreads) {
  constexpr int kThreads = 8, kEach = 50;
  const AuditFolder folder;
  const auto store = MustOpen(folder.Url());
  std::vector<std::vector<AuditMark>> marks(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < kEach; ++j) {
        const auto mark = AppendOne(*store, absl::StrCat(i, ",", j));
        ASSERT_TRUE(mark.ok()) << mark.status();
        marks[static_cast<size_t>(i)].push_back(*mark);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(Verify(*store), IsEmpty());
  const std::vector<v1::AuditEntry> entries = ReadAll(*store);
  ASSERT_THAT(entries, SizeIs(1 + kThreads * kEach));
  for (int i = 0; i < kThreads; ++i) {
    for (int j = 0; j < kEach; ++j) {
      const AuditMark& mark = marks[static_cast<size_t>(i)][static_cast<size_t>(j)];
      EXPECT_EQ(entries[mark.sequence].hash(), mark.hash);
      EXPECT_EQ(entries[mark.sequence].body(), absl::StrCat(i, ",", j));
    }
  }
}

// Opens, too, at the same time: one of them makes the store.
TEST(SqliteStore, AppendsFromManyProcesses) {
  constexpr int kProcesses = 4, kEach = 50;
  const AuditFolder folder;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto store = OpenAuditStore(folder.Url());
      bool good = store.ok();
      for (int j = 0; good && j < kEach; ++j) good = AppendOne(**store, absl::StrCat(i, ",", j)).ok();
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  const auto store = MustOpenToRead(folder.Url());
  EXPECT_THAT(Verify(*store), IsEmpty());
  std::set<std::string> bodies;
  for (const v1::AuditEntry& entry : ReadAll(*store)) bodies.insert(entry.body());
  EXPECT_THAT(bodies, SizeIs(1 + kProcesses * kEach));
}

TEST(SqliteStore, ReadsWhileAnotherProcessAppends) {
  const AuditFolder folder;
  const auto writer = MustOpen(folder.Url());
  const auto reader = MustOpenToRead(folder.Url());
  ASSERT_TRUE(AppendOne(*writer, "one").ok());
  EXPECT_THAT(ReadAll(*reader), SizeIs(2));
  uint64_t seen = 0;
  const absl::Status status = reader->Read({}, [&](const v1::AuditEntry&) {
    EXPECT_TRUE(AppendOne(*writer, "while it reads").ok());
    return ++seen < 100;
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(seen, 2u) << "a reader sees one moment";
  EXPECT_THAT(Verify(*reader), IsEmpty());
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

TEST(SqliteStore, RefusesDraftsThatBreakTheirRules) {
  const AuditFolder folder;
  const auto store = MustOpen(folder.Url());
  AuditDraft longest = Draft("x"), too_long = Draft("x"), control = Draft("x"), foreign = Draft("x");
  longest.user = std::string(200, 'u');
  too_long.user = std::string(201, 'u');
  control.organisation = "a\nb";
  foreign.user = "m\xc3\xbcller";
  EXPECT_TRUE(store->Append({longest}).ok());
  for (const AuditDraft& draft :
       {too_long, control, foreign, Draft("x", v1::AUDIT_KIND_UNSPECIFIED), Draft("x", v1::AUDIT_KIND_STORE_CREATED)}) {
    EXPECT_EQ(store->Append({Draft("good"), draft}).status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_THAT(ReadAll(*store), SizeIs(2)) << "all or nothing";
}

TEST(SqliteStore, KeepsItsPromiseAboutPatientData) {
  const AuditFolder folder;
  AuditStoreOptions without, read_only;
  without.without_phi = true;
  read_only.read_only = true;
  EXPECT_TRUE(MustOpen(folder.Url("without"), without)->without_phi());
  EXPECT_FALSE(MustOpen(folder.Url("with"))->without_phi());
  const absl::Status with_into_without = OpenStatus(folder.Url("without"));
  EXPECT_EQ(with_into_without.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(with_into_without.message()), HasSubstr("made to hold no patient data"));
  EXPECT_EQ(OpenStatus(folder.Url("with"), without).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(OpenStatus(folder.Url("without"), read_only).ok());
  EXPECT_TRUE(MustOpen(folder.Url("without"), without)->without_phi());
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
    ::testing::Values(NoStore{"Text", absl::StatusCode::kFailedPrecondition, "no SQLite database",
                              [](const AuditFolder& f) { WriteBytes(f.File(), std::string(5000, 'x')); }},
                      NoStore{"AnotherProgramsDatabase", absl::StatusCode::kFailedPrecondition, "of another program",
                              [](const AuditFolder& f) { Execute(f.File(), "CREATE TABLE t (a)"); }},
                      NoStore{"AnotherProgramsId", absl::StatusCode::kFailedPrecondition, "of another program",
                              [](const AuditFolder& f) {
                                Execute(f.File(), "PRAGMA application_id = 7; CREATE TABLE t (a)");
                              }},
                      NoStore{"ALaterVersion", absl::StatusCode::kFailedPrecondition,
                              "version 2, and this version of Condyle reads 1",
                              [](const AuditFolder& f) {
                                MustOpen(f.Url());
                                Execute(f.File(), "PRAGMA user_version = 2");
                              }},
                      NoStore{"WithoutItsTable", absl::StatusCode::kDataLoss, "taken away or altered",
                              [](const AuditFolder& f) {
                                MustOpen(f.Url());
                                Execute(f.File(), "ALTER TABLE entries RENAME TO others");
                              }},
                      NoStore{"AnEmptyFile", absl::StatusCode::kFailedPrecondition, "remove it, and one is made",
                              [](const AuditFolder& f) { WriteBytes(f.File(), ""); }},
                      NoStore{"ADirectory", absl::StatusCode::kFailedPrecondition, "no regular file",
                              [](const AuditFolder& f) { std::filesystem::create_directory(f.File()); }}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SqliteStore, IsNotMadeByReading) {
  const AuditFolder folder;
  AuditStoreOptions options;
  options.read_only = true;
  EXPECT_EQ(OpenStatus(folder.Url(), options).code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(folder.File()));
}

TEST(SqliteStore, IsTheOnlyFileOnceItIsClosed) {
  const AuditFolder folder;
  MustOpen(folder.Url());
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) names.push_back(entry.path().filename());
  EXPECT_THAT(names, ElementsAre("store"));
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
  for (const char* url : {"", "sqlite:", "store.db", "sqlite", "postgresql://host/db", "SQLITE:x"}) {
    const absl::Status status = OpenStatus(url);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << url;
    EXPECT_THAT(std::string(status.message()), HasSubstr("allowed: sqlite:FILE"));
    EXPECT_EQ(CheckAuditUrl(url), status);
  }
  EXPECT_EQ(OpenStatus("sqlite:/no/such/directory/store").code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace condyle
