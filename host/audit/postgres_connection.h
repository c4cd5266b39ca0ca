// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A connection to a PostgreSQL server: statements with a time limit, and errors in words.
#ifndef CONDYLE_HOST_AUDIT_POSTGRES_CONNECTION_H_
#define CONDYLE_HOST_AUDIT_POSTGRES_CONNECTION_H_

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace condyle {

// A database, as its URL names it.
struct PostgresPlace {
  // Of libpq, by name. The password is among them.
  std::vector<std::pair<std::string, std::string>> parameters;
  // For messages: without the password.
  std::string shown;
};

// "postgresql://USER@HOST:PORT/DATABASE?PARAMETER=VALUE&...", as libpq reads it; so also "postgres:". The error quotes
// nothing of the URL: a password with a character that is not escaped can land anywhere in it.
absl::StatusOr<PostgresPlace> ParsePostgresUrl(const std::string& url);

// Rows. Values are binary, so the SQL must say int8, text or bytea.
class PostgresResult {
 public:
  explicit PostgresResult(PGresult* result) : result_(result) {}

  // What was done: "COMMIT".
  std::string_view tag() const { return PQcmdStatus(result_.get()); }
  int rows() const { return PQntuples(result_.get()); }
  bool IsNull(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  std::string Text(int row, int column) const;
  int64_t Integer(int row, int column) const;

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

// One statement. Values are binary: text and bytea as they are, int8 by PostgresInteger.
struct PostgresCommand {
  // SQL with $1, $2, ...; or, if `prepared`, the name of a prepared statement.
  std::string sql;
  std::vector<std::string> values;
  bool prepared = false;
  // If not empty: does not run the SQL, but prepares it under this name.
  std::string prepare_as;
};

std::string PostgresInteger(int64_t number);

struct PostgresSession {
  // How long the server waits for locks of others. A session that does nothing while it holds one is ended by the
  // server after half of it (a second at least: processes can be slow), so that one that hangs does not hold up the
  // others for ever.
  std::chrono::milliseconds patience{10000};
  // Longest time that the server works at one statement.
  std::chrono::milliseconds statement{12000};
  // Changes nothing, and may use a standby.
  bool read_only = false;
};

// For one thread at a time. Commits wait for the server's disk.
class PostgresConnection {
 public:
  using Clock = std::chrono::steady_clock;

  // Errors: Unavailable (no connection: libpq's words say why), FailedPrecondition (a server that does not promise to
  // keep what was committed, or is too old). Messages name the place.
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Open(const PostgresPlace& place,
                                                                  const PostgresSession& session);

  // Runs them in order with one round trip, and gives the results of each. Stops at the first that fails.
  absl::StatusOr<std::vector<PostgresResult>> Run(const std::vector<PostgresCommand>& commands,
                                                  Clock::time_point until);
  absl::StatusOr<PostgresResult> Query(const std::string& sql, std::vector<std::string> values,
                                       Clock::time_point until);

  // False after the server ended it or did not answer in time: nobody knows then what became of what was sent last.
  bool usable() const { return !broken_ && PQstatus(connection_.get()) == CONNECTION_OK; }
  // Ends a transaction that is open, if there is one.
  void RollBack(Clock::time_point until);

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };

  PostgresConnection(std::string place, PGconn* connection) : place_(std::move(place)), connection_(connection) {}
  absl::Status Begin(const PostgresSession& session);
  absl::Status Send(const PostgresCommand& command);
  absl::Status Flush(Clock::time_point until);
  absl::Status Wait(short events, Clock::time_point until);
  // The next result; null between two statements.
  absl::StatusOr<PGresult*> Next(Clock::time_point until);
  absl::Status Receive(size_t commands, std::vector<PostgresResult>* results, Clock::time_point until);
  absl::Status Broken(const std::string& words);
  absl::Status ErrorOf(const PGresult* result) const;

  const std::string place_;
  const std::unique_ptr<PGconn, Close> connection_;
  bool broken_ = false;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_POSTGRES_CONNECTION_H_
