// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What is particular to stores in a PostgreSQL database: making one, rights, versions, limits.
#include "host/audit/postgres_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "host/audit/postgres_connection.h"
#include "host/audit/postgres_for_test.h"
#include "host/audit/postgres_schema.h"
#include "host/audit/store_for_test.h"

namespace condyle {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PostgresPlaces final : public StorePlaces {
 public:
  std::string Url(const std::string& name) override {
    std::string& database = databases_[name];
    if (database.empty()) database = TestServer().NewDatabase();
    return TestServer().url(database);
  }

 private:
  std::map<std::string, std::string> databases_;
};

class PostgresStore : public ::testing::Test {
 protected:
  std::string Execute(const std::string& sql) const { return TestServer().Execute(sql, database_); }

  const std::string database_ = TestServer().NewDatabase();
  const std::string url_ = TestServer().url(database_);
};

absl::Status OpenStatus(const std::string& url, bool read_only = false) {
  AuditStoreOptions options;
  options.read_only = read_only;
  return OpenAuditStore(url, options).status();
}

TEST_F(PostgresStore, IsFoundByItsSocketToo) {
  ASSERT_TRUE(AppendOne(*MustOpen(url_), "x").ok());
  EXPECT_THAT(ReadAll(*MustOpenToRead(TestServer().socket_url(database_))), SizeIs(2));
}

TEST_F(PostgresStore, IsMadeOnceByManyAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(AppendOne(*MustOpen(url_), "x").ok()); });
  }
  for (std::thread& thread : threads) thread.join();
  const auto store = MustOpenToRead(url_);
  EXPECT_THAT(Verify(*store), IsEmpty());
  EXPECT_THAT(ReadAll(*store), SizeIs(9));
  EXPECT_EQ(Execute("SELECT count(*) FROM condyle_audit.schema_version"), "1");
}

TEST_F(PostgresStore, IsMadeInASchemaThatAnAdministratorMade) {
  ASSERT_EQ(Execute("CREATE SCHEMA condyle_audit"), "");
  EXPECT_TRUE(AppendOne(*MustOpen(url_), "x").ok());
}

TEST_F(PostgresStore, RefusesALaterVersion) {
  MustOpen(url_);
  ASSERT_EQ(Execute("INSERT INTO condyle_audit.schema_version VALUES (2)"), "");
  for (const bool read_only : {true, false}) {
    const absl::Status status = OpenStatus(url_, read_only);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("has version 2, and this version of Condyle reads up to 1"));
  }
}

TEST_F(PostgresStore, IsNotMadeHalf) {
  // The schema is there, and something in it has a name that is needed.
  ASSERT_EQ(Execute("CREATE SCHEMA condyle_audit; CREATE TABLE condyle_audit.names (x int)"), "");
  EXPECT_FALSE(OpenStatus(url_).ok());
  EXPECT_EQ(OpenStatus(url_, true).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Execute("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = "
                    "'condyle_audit' AND relkind = 'r'"),
            "1");
}

TEST_F(PostgresStore, MissesATableThatWasTakenAway) {
  const auto store = MustOpen(url_);
  ASSERT_EQ(Execute("ALTER TABLE condyle_audit.entries RENAME TO others"), "");
  const absl::Status status = OpenStatus(url_);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_EQ(OpenStatus(url_, true).code(), absl::StatusCode::kDataLoss);
  EXPECT_FALSE(AppendOne(*store, "x").ok());
  ASSERT_EQ(Execute("ALTER TABLE condyle_audit.others RENAME TO entries"), "");
  EXPECT_TRUE(AppendOne(*store, "x").ok());
}

TEST_F(PostgresStore, NeedsNoMoreThanToInsertAndSelect) {
  MustOpen(url_);
  const std::string appender = "appender_" + database_, reader = "reader_" + database_, nobody = "nobody_" + database_;
  for (const std::string& role : {appender, reader, nobody}) ASSERT_EQ(Execute("CREATE ROLE " + role + " LOGIN"), "");
  ASSERT_EQ(Execute("GRANT USAGE ON SCHEMA condyle_audit TO " + appender + ", " + reader), "");
  ASSERT_EQ(Execute("GRANT SELECT ON ALL TABLES IN SCHEMA condyle_audit TO " + appender + ", " + reader), "");
  ASSERT_EQ(Execute("GRANT INSERT ON condyle_audit.entries, condyle_audit.names TO " + appender), "");
  const auto as = [&](const std::string& role) { return TestServer().url(database_) + "?user=" + role; };
  const auto store = MustOpen(as(appender));
  AuditDraft draft = Draft("x");
  draft.names = {"a"};
  EXPECT_TRUE(store->Append({draft}).ok());
  EXPECT_THAT(Verify(*store), IsEmpty());
  EXPECT_THAT(store->Oddities(), IsEmpty());
  for (const char* sql : {"UPDATE condyle_audit.entries SET body = ''", "DELETE FROM condyle_audit.names",
                          "TRUNCATE condyle_audit.entries", "DROP TABLE condyle_audit.entries"}) {
    EXPECT_THAT(Execute("SET ROLE " + appender + "; " + sql),
                AnyOf(HasSubstr("permission denied"), HasSubstr("owner")));
  }
  EXPECT_THAT(Verify(*MustOpenToRead(as(reader))), IsEmpty());
  EXPECT_TRUE((*MustOpenToRead(as(reader))->Find("a")).has_value());
  EXPECT_EQ(AppendOne(*MustOpen(as(reader)), "x").status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(OpenStatus(as(nobody)).code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(PostgresStore, WaitsNoLongerThanItIsToldForAnotherProcess) {
  AuditStoreOptions options;
  options.patience = std::chrono::milliseconds(20);
  const auto store = MustOpen(url_, options);
  {
    // Holds what appenders take in turns.
    const auto place = ParsePostgresUrl(url_);
    const auto other = PostgresConnection::Open(*place, {});
    const auto until = PostgresConnection::Clock::now() + std::chrono::seconds(10);
    ASSERT_TRUE((*other)->Run({{"BEGIN", {}, false, ""}, PostgresLock(PostgresAuditSchema())}, until).ok());
    const auto refused = AppendOne(*store, "x");
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable) << refused.status();
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr("another process has held it for too long"));
  }
  EXPECT_TRUE(AppendOne(*store, "x").ok());
  EXPECT_THAT(ReadAll(*store), SizeIs(2));
}

// A process that stands still in the middle of its turn must not stop all others for ever.
TEST_F(PostgresStore, TakesTheTurnFromAProcessThatHangs) {
  AuditStoreOptions options;
  options.patience = std::chrono::milliseconds(2000);
  const auto store = MustOpen(url_, options);
  PostgresSession session;
  session.patience = std::chrono::milliseconds(400);
  const auto hanging = PostgresConnection::Open(*ParsePostgresUrl(url_), session);
  const auto until = PostgresConnection::Clock::now() + std::chrono::seconds(10);
  ASSERT_TRUE((*hanging)->Run({{"BEGIN", {}, false, ""}, PostgresLock(PostgresAuditSchema())}, until).ok());
  const auto mark = AppendOne(*store, "x");
  EXPECT_TRUE(mark.ok()) << mark.status();
}

TEST_F(PostgresStore, UsesNoMoreConnectionsThanItMay) {
  const auto store = MustOpen(url_);
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 20; ++j) EXPECT_TRUE(store->Count().ok());
      EXPECT_TRUE(AppendOne(*store, "x").ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  const int used =
      std::stoi(TestServer().Execute("SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database_ + "'"));
  EXPECT_GE(used, 2);
  EXPECT_LE(used, 5);
}

TEST_F(PostgresStore, ReadsOnAfterItsConnectionsWereEnded) {
  const auto store = MustOpen(url_);
  ASSERT_TRUE(AppendOne(*store, "x").ok());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(store->Count().ok());
    TestServer().Disconnect();
    EXPECT_THAT(ReadAll(*store), SizeIs(2));
  }
}

TEST_F(PostgresStore, IsNoStoreOfAServerThatForgets) {
  MustOpen(url_);
  ASSERT_EQ(Execute("ALTER SYSTEM SET fsync = off"), "");
  ASSERT_EQ(Execute("SELECT pg_reload_conf()"), "t");
  while (Execute("SHOW fsync") != "off") std::this_thread::yield();
  const absl::Status status = OpenStatus(url_);
  EXPECT_EQ(OpenStatus(url_, true), absl::OkStatus()) << "what is there can be read";
  ASSERT_EQ(Execute("ALTER SYSTEM RESET fsync"), "");
  ASSERT_EQ(Execute("SELECT pg_reload_conf()"), "t");
  while (Execute("SHOW fsync") != "on") std::this_thread::yield();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("fsync off"));
  EXPECT_TRUE(OpenStatus(url_).ok());
}

TEST_F(PostgresStore, WaitsForTheDiskWhateverTheDatabaseIsSetTo) {
  ASSERT_EQ(Execute("ALTER DATABASE " + database_ + " SET synchronous_commit = off"), "");
  ASSERT_EQ(Execute("ALTER DATABASE " + database_ + " SET search_path = elsewhere"), "");
  const auto connection = PostgresConnection::Open(*ParsePostgresUrl(url_), {});
  ASSERT_TRUE(connection.ok()) << connection.status();
  const auto until = PostgresConnection::Clock::now() + std::chrono::seconds(10);
  EXPECT_EQ((*connection)->Query("SELECT current_setting('synchronous_commit')", {}, until)->Text(0, 0), "on");
  EXPECT_TRUE(AppendOne(*MustOpen(url_), "x").ok());
}

}  // namespace

StoreKind KindOfThisProgram() {
  return {"Postgresql", []() -> std::unique_ptr<StorePlaces> { return std::make_unique<PostgresPlaces>(); }};
}

}  // namespace condyle
