// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A database that somebody altered: accidents are stopped, intent is found out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/audit/postgres_for_test.h"
#include "host/audit/store_for_test.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kUnprotect[] =
    "DROP TRIGGER entries_are_kept ON condyle_audit.entries; "
    "DROP TRIGGER entries_follow_each_other ON condyle_audit.entries; ";

// Ten entries after the first, one with a name.
class PostgresTampering : public ::testing::Test {
 protected:
  PostgresTampering() {
    const auto store = MustOpen(url_);
    for (int i = 1; i < 10; ++i) EXPECT_TRUE(AppendOne(*store, std::string(9000, static_cast<char>('a' + i))).ok());
    AuditDraft named = Draft("named");
    named.names = {"a"};
    EXPECT_TRUE(store->Append({named}).ok());
  }

  std::string Execute(const std::string& sql) const { return TestServer().Execute(sql, database_); }

  const std::string database_ = TestServer().NewDatabase();
  const std::string url_ = TestServer().url(database_);
};

TEST_F(PostgresTampering, IsStoppedWhereItIsAnAccident) {
  const std::string columns =
      "(sequence, moment, kind, \"user\", organisation, about, body_sha256, previous, hash, batch, body)";
  const std::string entries = "condyle_audit.entries ", into = "INSERT INTO " + entries + columns;
  for (const std::string& sql :
       {"UPDATE " + entries + "SET \"user\" = 'x' WHERE sequence = 3", "DELETE FROM " + entries + "WHERE sequence = 3",
        "DELETE FROM " + entries, "TRUNCATE " + entries,
        "SET session_replication_role = replica; DELETE FROM " + entries,
        into + " VALUES (99, '', 3, '', '', 0, '', '', '', '', '')",
        into + " VALUES (11, '', 3, '', '', 0, '', 'not the last hash', '', '', '')",
        into + " VALUES (3, '', 3, '', '', 0, '', '', '', '', '') ON CONFLICT (sequence) DO UPDATE SET \"user\" = 'x'",
        std::string("UPDATE condyle_audit.names SET sequence = 1"), std::string("DELETE FROM condyle_audit.names"),
        std::string("TRUNCATE condyle_audit.names")}) {
    EXPECT_THAT(Execute(sql), HasSubstr("audit trail")) << sql;
  }
  const auto store = MustOpen(url_);
  EXPECT_THAT(Verify(*store), IsEmpty());
  EXPECT_THAT(ReadAll(*store), SizeIs(11));
  EXPECT_THAT(store->Oddities(), IsEmpty());
}

TEST_F(PostgresTampering, IsFoundOutByTheChain) {
  const std::pair<const char*, const char*> rows[] = {
      {"UPDATE condyle_audit.entries SET body = '\\x00' WHERE sequence = 5", "5: its body was changed"},
      {"UPDATE condyle_audit.entries SET kind = 5 WHERE sequence = 4", "4: its moment, kind"},
      {"UPDATE condyle_audit.entries SET \"user\" = 'somebody' WHERE sequence = 3", "3: its moment, kind"},
      {"DELETE FROM condyle_audit.entries WHERE sequence = 2", "3: entries are missing before it (expected 2)"},
      {"DELETE FROM condyle_audit.entries", "end: there is no entry"}};
  ASSERT_EQ(Execute(kUnprotect), "");
  // Each finds its fault before those of the ones before it.
  for (const auto& [sql, fault] : rows) {
    ASSERT_EQ(Execute(sql), "");
    EXPECT_THAT(Verify(*MustOpenToRead(url_)), HasSubstr(fault)) << sql;
  }
}

TEST_F(PostgresTampering, OfProtectionsIsTold) {
  const auto store = MustOpenToRead(url_);
  struct Row {
    const char* off;
    const char* name;
  };
  const Row rows[] = {{"ALTER TABLE condyle_audit.entries DISABLE TRIGGER entries_are_kept", "entries_are_kept"},
                      {"CREATE OR REPLACE FUNCTION condyle_audit.follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                       "RETURN NEW; END $$",
                       "entries_follow_each_other"},
                      {"DROP TRIGGER names_are_kept ON condyle_audit.names", "names_are_kept"}};
  size_t expected = 0;
  for (const Row& row : rows) {
    ASSERT_EQ(Execute(row.off), "");
    const std::vector<std::string> oddities = store->Oddities();
    EXPECT_THAT(oddities, SizeIs(++expected));
    EXPECT_THAT(oddities, ::testing::Contains(HasSubstr(row.name)));
  }
}

TEST_F(PostgresTampering, OfTheTailIsFoundOutByWhoNotedIt) {
  const std::string noted = ReadAll(*MustOpenToRead(url_)).back().hash();
  ASSERT_EQ(Execute(std::string(kUnprotect) + "DELETE FROM condyle_audit.entries WHERE sequence > 8"), "");
  const auto store = MustOpenToRead(url_);
  EXPECT_THAT(Verify(*store), IsEmpty()) << "nothing else tells";
  EXPECT_EQ(Verify(*store, {{10, noted}}), "end: entry 10, which was noted, is missing: the chain ends with 8");
  EXPECT_FALSE(store->Find("a")->has_value()) << "a name that leads nowhere";
}

}  // namespace
}  // namespace condyle
