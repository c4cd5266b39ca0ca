// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// URLs, and errors that help without giving a password away.
#include "host/audit/postgres_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "host/audit/postgres_for_test.h"
#include "host/audit/store_for_test.h"
#include "host/http_client/tls_server_for_test.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

PostgresConnection::Clock::time_point Soon() { return PostgresConnection::Clock::now() + std::chrono::seconds(10); }

std::unique_ptr<PostgresConnection> Connect() {
  auto connection = PostgresConnection::Open(*ParsePostgresUrl(TestServer().url()), {});
  EXPECT_TRUE(connection.ok()) << connection.status();
  return *std::move(connection);
}

TEST(PostgresUrl, IsShownWithoutItsPassword) {
  const std::pair<const char*, const char*> rows[] = {
      {"postgresql://u:s3cret@db.example.org:5433/audit?sslmode=verify-full",
       "postgresql://u@db.example.org:5433/audit"},
      {"postgres://u:s3cret@one,two/audit", "postgresql://u@one,two/audit"},
      {"postgresql://u:s3c?ret@db/audit", "postgresql://u@db/audit"},
      {"postgresql://db/audit?user=u&password=s3cret", "postgresql://u@db/audit"},
      {"postgresql:///audit?host=/run/postgresql", "postgresql:///run/postgresql/audit"},
      {"postgresql://", "postgresql://"}};
  for (const auto& [url, shown] : rows) {
    EXPECT_TRUE(CheckAuditUrl(url).ok()) << url;
    EXPECT_EQ(ShownAuditUrl(url), shown);
  }
  EXPECT_EQ(ShownAuditUrl("sqlite:x"), "sqlite:x");
}

TEST(PostgresUrl, IsNotQuotedIfItIsWrong) {
  for (const char* url :
       {"postgresql://u:s3c/ret@host/db", "postgresql://u:s3c@ret@host/db", "postgresql://u:%zzret@host/db",
        "postgresql://u:s3cret@host/db?colour=red", "postgresql://u:s3cret@host:port/db",
        "postgressql://u:s3cret@host/db", "mysql://u:s3cret@host/db"}) {
    const absl::Status status = CheckAuditUrl(url);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << url;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("s3c")));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("ret")));
    EXPECT_THAT(std::string(status.message()), HasSubstr("allowed: "));
    EXPECT_EQ(OpenAuditStore(url).status(), status);
  }
}

TEST(PostgresConnection, SaysThatThereIsNoServer) {
  const absl::Status status = OpenAuditStore("postgresql://u:s3cret@127.0.0.1:1/db").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("postgresql://u@127.0.0.1:1/db: no connection to the server"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("Connection refused"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("s3cret")));
}

TEST(PostgresConnection, SaysThatThereIsNoDatabase) {
  const absl::Status status = OpenAuditStore(TestServer().url("none")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("database \"none\" does not exist"));
}

TEST(PostgresConnection, KeepsAWrongPasswordToItself) {
  PostgresServer& server = TestServer();
  server.Execute("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD 's3cret'");
  const std::string file = server.folder() + "/data/pg_hba.conf";
  std::string rules;
  {
    std::ifstream in(file);
    rules.assign(std::istreambuf_iterator<char>(in), {});
  }
  std::ofstream(file) << "host all guarded 127.0.0.1/32 scram-sha-256\n" << rules;
  server.Execute("SELECT pg_reload_conf()");
  const std::string at = "@127.0.0.1:" + std::to_string(server.port()) + "/" + server.NewDatabase();
  absl::Status status;
  do {  // until the server has read its rules again
    status = OpenAuditStore("postgresql://guarded:wr0ng" + at).status();
  } while (status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("password authentication failed"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("wr0ng")));
  EXPECT_TRUE(OpenAuditStore("postgresql://guarded:s3cret" + at).ok());
}

TEST(PostgresConnection, DemandsTlsIfTheUrlDoes) {
  const std::string database = TestServer().NewDatabase();
  const absl::Status status = OpenAuditStore(TestServer().url(database) + "?sslmode=require").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("does not support SSL"));
  EXPECT_TRUE(OpenAuditStore(TestServer().url(database) + "?sslmode=disable").ok());
}

TEST(PostgresConnection, OverTlsTellsItsServerFromAnother) {
  const TestAuthority authority;
  const TestAuthority stranger;
  PostgresServer server;
  const auto open = [&](const TestAuthority& trusted) {
    return OpenAuditStore(server.url() + "?sslmode=verify-full&sslrootcert=" + trusted.file()).status();
  };
  const TestAuthority::Issued own = authority.Issue("IP:127.0.0.1");
  server.UseTls(own.certificate, own.key);
  EXPECT_TRUE(open(authority).ok()) << open(authority);
  EXPECT_THAT(std::string(open(stranger).message()), HasSubstr("SSL error"));
  const TestAuthority::Issued other = authority.Issue("DNS:db.example");
  server.UseTls(other.certificate, other.key);
  EXPECT_THAT(std::string(open(authority).message()), HasSubstr("does not match host name"));
  const TestAuthority::Issued old = authority.Issue("IP:127.0.0.1", -1);
  server.UseTls(old.certificate, old.key);
  EXPECT_THAT(std::string(open(authority).message()), HasSubstr("certificate verify failed"));
}

TEST(PostgresConnection, GivesValuesBackAsTheyWere) {
  const auto connection = Connect();
  for (const int64_t number : {int64_t{0}, int64_t{1}, int64_t{-1}, INT64_MAX, INT64_MIN, int64_t{258}}) {
    EXPECT_EQ(connection->Query("SELECT $1::int8", {PostgresInteger(number)}, Soon())->Integer(0, 0), number);
  }
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(connection->Query("SELECT $1::bytea", {bytes}, Soon())->Text(0, 0), bytes);
  EXPECT_TRUE(connection->Query("SELECT NULL::text", {}, Soon())->IsNull(0, 0));
}

TEST(PostgresConnection, StopsAtTheFirstThatFailsAndCanBeUsedAfterwards) {
  const auto connection = Connect();
  const auto failed = connection->Run({{"BEGIN", {}, false, ""},
                                       {"CREATE TEMPORARY TABLE t (a int8)", {}, false, ""},
                                       {"SELECT 1/0", {}, false, ""},
                                       {"COMMIT", {}, false, ""}},
                                      Soon());
  EXPECT_THAT(std::string(failed.status().message()), HasSubstr("division by zero"));
  EXPECT_TRUE(connection->usable());
  connection->RollBack(Soon());
  EXPECT_FALSE(connection->Query("SELECT * FROM t", {}, Soon()).ok());
  EXPECT_EQ(connection->Query("SELECT 7::int8", {}, Soon())->Integer(0, 0), 7);
}

TEST(PostgresConnection, DoesNotTakeARollbackForACommit) {
  const auto connection = Connect();
  EXPECT_FALSE(connection->Run({{"BEGIN", {}, false, ""}, {"SELECT 1/0", {}, false, ""}}, Soon()).ok());
  const auto committed = connection->Query("COMMIT", {}, Soon());
  EXPECT_THAT(std::string(committed.status().message()), HasSubstr("was rolled back"));
  EXPECT_TRUE(connection->Run({{"BEGIN", {}, false, ""}, {"COMMIT", {}, false, ""}}, Soon()).ok());
}

// More than the buffers between the two hold, in both directions at once.
TEST(PostgresConnection, SendsAndReceivesMuchAtATime) {
  const auto connection = Connect();
  const std::string large(1 << 20, 'x');
  std::vector<PostgresCommand> commands(40, {"SELECT $1::text", {large}, false, ""});
  const auto results = connection->Run(commands, Soon());
  ASSERT_TRUE(results.ok()) << results.status();
  ASSERT_EQ(results->size(), 40u);
  for (const PostgresResult& result : *results) EXPECT_EQ(result.Text(0, 0), large);
}

TEST(PostgresConnection, GivesUpInTime) {
  const auto connection = Connect();
  const auto begin = PostgresConnection::Clock::now();
  const auto result = connection->Query("SELECT pg_sleep(60)", {}, begin + std::chrono::milliseconds(50));
  EXPECT_EQ(result.status().code(), absl::StatusCode::kUnavailable) << result.status();
  EXPECT_LT(PostgresConnection::Clock::now() - begin, std::chrono::seconds(10));
  EXPECT_FALSE(connection->usable());
  EXPECT_EQ(connection->Query("SELECT 1", {}, Soon()).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace condyle
