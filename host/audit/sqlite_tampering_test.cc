// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A store that somebody altered with a connection of their own: accidents are stopped, intent is found out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>
#include <vector>

#include "host/audit/store_for_test.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kUnprotect[] =
    "DROP TRIGGER entries_are_not_changed; DROP TRIGGER entries_are_not_deleted; "
    "DROP TRIGGER entries_follow_each_other;";

// SQLite's words if it fails.
std::string Execute(const std::string& file, const std::string& sql) {
  sqlite3* database = nullptr;
  sqlite3_open(file.c_str(), &database);
  char* error = nullptr;
  sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error);
  const std::string words = error == nullptr ? "" : error;
  sqlite3_free(error);
  sqlite3_close(database);
  return words;
}

// Ten entries after the first, with bodies of many pages.
void Fill(const AuditFolder& folder) {
  const auto store = MustOpen(folder.Url());
  for (int i = 1; i <= 10; ++i) ASSERT_TRUE(AppendOne(*store, std::string(9000, static_cast<char>('a' + i))).ok());
}

TEST(SqliteTampering, IsStoppedWhereItIsAnAccident) {
  const AuditFolder folder;
  Fill(folder);
  const std::string columns = "(sequence, moment, kind, user, organisation, about, body_sha256, previous, hash, body)";
  for (const std::string& sql :
       {std::string("UPDATE entries SET user = 'x' WHERE sequence = 3"),
        std::string("DELETE FROM entries WHERE sequence = 3"), std::string("DELETE FROM entries"),
        "INSERT INTO entries " + columns + " VALUES (99, '', 3, '', '', 0, '', '', '', x'')",
        "INSERT INTO entries " + columns + " VALUES (11, '', 3, '', '', 0, '', 'not the last hash', '', x'')",
        "INSERT OR REPLACE INTO entries " + columns + " VALUES (3, '', 3, '', '', 0, '', '', '', x'')"}) {
    EXPECT_THAT(Execute(folder.File(), sql), HasSubstr("audit trail")) << sql;
  }
  const auto store = MustOpen(folder.Url());
  EXPECT_THAT(Verify(*store), IsEmpty());
  EXPECT_THAT(ReadAll(*store), SizeIs(11));
}

struct Tampering {
  const char* name;
  const char* sql;
  const char* fault;
};

class SqliteTampering : public ::testing::TestWithParam<Tampering> {};

TEST_P(SqliteTampering, IsFoundOut) {
  const AuditFolder folder;
  Fill(folder);
  ASSERT_THAT(Execute(folder.File(), std::string(kUnprotect) + GetParam().sql), IsEmpty());
  const auto store = MustOpenToRead(folder.Url());
  EXPECT_THAT(Verify(*store), HasSubstr(GetParam().fault));
  const std::vector<std::string> oddities = store->Oddities();
  EXPECT_THAT(oddities, SizeIs(3));
  for (const std::string& oddity : oddities) EXPECT_THAT(oddity, HasSubstr("protection against change"));
}

INSTANTIATE_TEST_SUITE_P(
    Statements, SqliteTampering,
    ::testing::Values(
        Tampering{"EditedBody", "UPDATE entries SET body = x'00' WHERE sequence = 5", "5: its body was changed"},
        Tampering{"EditedMoment", "UPDATE entries SET moment = '2020-01-01T00:00:00.000Z' WHERE sequence = 5",
                  "5: its moment, kind"},
        Tampering{"EditedKind", "UPDATE entries SET kind = 5 WHERE sequence = 5", "5: its moment, kind"},
        Tampering{"EditedUser", "UPDATE entries SET user = 'somebody' WHERE sequence = 5", "5: its moment, kind"},
        Tampering{"DeletedInTheMiddle", "DELETE FROM entries WHERE sequence = 5",
                  "6: entries are missing before it (expected 5)"},
        Tampering{"DeletedSeveral", "DELETE FROM entries WHERE sequence BETWEEN 3 AND 7",
                  "8: entries are missing before it (expected 3)"},
        Tampering{
            "DeletedAndClosedUp",
            "DELETE FROM entries WHERE sequence = 5; UPDATE entries SET sequence = sequence - 1 WHERE sequence > 5",
            "5: its moment, kind"},
        Tampering{"DeletedTheFirst",
                  "DELETE FROM entries WHERE sequence = 0;"
                  "UPDATE entries SET sequence = sequence - 1",
                  "0: its moment, kind"},
        Tampering{"DeletedAll", "DELETE FROM entries", "end: there is no entry"},
        Tampering{"Swapped",
                  "UPDATE entries SET sequence = -1 WHERE sequence = 5; UPDATE entries SET sequence = 5 WHERE "
                  "sequence = 6; UPDATE entries SET sequence = 6 WHERE sequence = -1",
                  "5: its moment, kind"},
        Tampering{"Inserted",
                  "UPDATE entries SET sequence = sequence + 100 WHERE sequence > 4; UPDATE entries SET sequence = "
                  "sequence - 99 WHERE sequence > 100; INSERT INTO entries SELECT 5, moment, kind, user, organisation, "
                  "about, body_sha256, previous, hash, body FROM entries WHERE sequence = 4",
                  "5: its moment, kind"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SqliteTampering, OfTheTailIsFoundOutByWhoNotedIt) {
  const AuditFolder folder;
  Fill(folder);
  const std::string noted = ReadAll(*MustOpenToRead(folder.Url())).back().hash();
  ASSERT_THAT(Execute(folder.File(), std::string(kUnprotect) + "DELETE FROM entries WHERE sequence > 8"), IsEmpty());
  const auto store = MustOpenToRead(folder.Url());
  EXPECT_THAT(Verify(*store), IsEmpty()) << "nothing else tells";
  EXPECT_EQ(Verify(*store, {{10, noted}}), "end: entry 10, which was noted, is missing: the chain ends with 8");
}

// Bytes of a page in the middle of the file, as a failing disk leaves them.
TEST(SqliteTampering, OfThePagesIsFoundOut) {
  const AuditFolder folder;
  Fill(folder);
  const auto size = std::filesystem::file_size(folder.File());
  ASSERT_GT(size, 90000u);
  {
    std::fstream file(folder.File(), std::ios::in | std::ios::out | std::ios::binary);
    for (auto at = static_cast<std::streamoff>(size / 2); at < static_cast<std::streamoff>(size); at += 512) {
      file.seekp(at);
      file.write("damage", 6);
    }
  }
  EXPECT_THAT(Verify(*MustOpenToRead(folder.Url())), ::testing::Not(IsEmpty()));
}

TEST(SqliteTampering, ByCuttingTheFileIsFoundOut) {
  const AuditFolder folder;
  Fill(folder);
  std::filesystem::resize_file(folder.File(), 3 * 4096);
  AuditStoreOptions options;
  options.read_only = true;
  const auto store = OpenAuditStore(folder.Url(), options);
  if (store.ok()) {
    EXPECT_THAT(Verify(**store), HasSubstr("damaged"));
  } else {
    EXPECT_EQ(store.status().code(), absl::StatusCode::kDataLoss) << store.status();
  }
}

}  // namespace
}  // namespace condyle
