// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// libpq with time limits, and SQLSTATEs in the words of somebody who keeps an audit trail.
#include "host/audit/postgres_connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "host/trust/quote.h"

namespace condyle {
namespace {

constexpr int kOldestServer = 120000;  // 12
constexpr size_t kMostWords = 400;
constexpr std::chrono::milliseconds kShortestTurn(1000);
// What libpq is told unless the URL says otherwise. Without the last three a machine that is gone is noticed after
// hours.
constexpr std::pair<const char*, const char*> kDefaults[] = {
    {"application_name", "condyle"}, {"client_encoding", "UTF8"},  {"connect_timeout", "5"},
    {"keepalives_idle", "10"},       {"keepalives_interval", "5"}, {"keepalives_count", "3"}};

absl::Status BadUrl(const char* what) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the URL of a PostgreSQL database ", what,
      "; allowed: postgresql://USER@HOST:PORT/DATABASE?PARAMETER=VALUE, with the parameters of libpq, and %40 "
      "for @, %3A for :, %2F for /, %3F for ? in a name or password"));
}

bool IsPort(std::string_view text) {
  return text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

const std::string* FindParameter(const PostgresPlace& place, std::string_view name) {
  for (const auto& [known, value] : place.parameters) {
    if (known == name) return &value;
  }
  return nullptr;
}

std::string ShownPlace(const PostgresPlace& place) {
  const auto part = [&](const char* before, const char* name, const char* after) {
    const std::string* value = FindParameter(place, name);
    // Of several hosts without ports there are commas.
    const bool is_empty = value == nullptr || value->find_first_not_of(',') == std::string::npos;
    return is_empty ? std::string() : absl::StrCat(before, Showable(*value), after);
  };
  return absl::StrCat("postgresql://", part("", "user", "@"), part("", "host", ""), part(":", "port", ""),
                      part("/", "dbname", ""));
}

// One line of what libpq or the server said.
std::string InOneLine(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  absl::StripTrailingAsciiWhitespace(&line);
  return Showable(line, kMostWords);
}

absl::Status InWords(const std::string& place, std::string_view state, const std::string& words) {
  const auto message = [&](const char* what) { return absl::StrCat(place, ": ", what, " (", words, ")"); };
  const auto is = [&](std::string_view start) { return state.substr(0, start.size()) == start; };
  if (is("55P03")) return absl::UnavailableError(message("another process has held it for too long"));
  if (is("57014")) return absl::UnavailableError(message("the server took too long"));
  if (is("08") || is("57P") || is("25P03") || is("40") || is("53300")) {
    return absl::UnavailableError(message("the server cannot do it now"));
  }
  if (is("53")) return absl::ResourceExhaustedError(message("there is no space left for it; make room"));
  if (is("42501") || is("25006")) {
    return absl::PermissionDeniedError(
        message("the role may not do this here: docs/audit.md says which rights it needs"));
  }
  if (is("3F000") || is("42P01") || is("42703") || is("42883") || is("XX001") || is("XX002")) {
    return absl::DataLossError(message("its tables were taken away, altered or damaged"));
  }
  if (is("54")) return absl::InvalidArgumentError(message("an entry is too large"));
  return absl::InternalError(message("PostgreSQL fails"));
}

}  // namespace

absl::StatusOr<PostgresPlace> ParsePostgresUrl(const std::string& url) {
  if (url.find('\0') != std::string::npos) return BadUrl("holds a NUL byte");
  char* error = nullptr;
  PQconninfoOption* const parsed = PQconninfoParse(url.c_str(), &error);
  PQfreemem(error);
  if (parsed == nullptr) return BadUrl("cannot be read, or has a parameter that libpq does not know");
  PostgresPlace place;
  for (const PQconninfoOption* option = parsed; option->keyword != nullptr; ++option) {
    if (option->val != nullptr) place.parameters.emplace_back(option->keyword, option->val);
  }
  PQconninfoFree(parsed);
  const std::string* host = FindParameter(place, "host");
  if (host != nullptr && host->find('@') != std::string::npos) return BadUrl("has an @ in its host");
  if (const std::string* ports = FindParameter(place, "port")) {
    for (const absl::string_view port : absl::StrSplit(*ports, ',')) {
      if (!IsPort({port.data(), port.size()})) return BadUrl("has a port that is no number");
    }
  }
  place.shown = ShownPlace(place);
  return place;
}

std::string PostgresInteger(int64_t number) {
  auto bits = static_cast<uint64_t>(number);
  std::string bytes(sizeof(bits), '\0');
  for (size_t i = bytes.size(); i-- > 0; bits >>= 8) bytes[i] = static_cast<char>(bits & 0xff);
  return bytes;
}

std::string PostgresResult::Text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column), static_cast<size_t>(PQgetlength(result_.get(), row, column))};
}

int64_t PostgresResult::Integer(int row, int column) const {
  uint64_t bits = 0;
  for (const char byte : Text(row, column)) bits = bits << 8 | static_cast<unsigned char>(byte);
  return static_cast<int64_t>(bits);
}

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(const PostgresPlace& place,
                                                                             const PostgresSession& session) {
  std::vector<const char*> names, values;
  const auto add = [&](const char* name, const char* value) {
    names.push_back(name);
    values.push_back(value);
  };
  for (const auto& [name, value] : place.parameters) add(name.c_str(), value.c_str());
  for (const auto& [name, value] : kDefaults) {
    if (FindParameter(place, name) == nullptr) add(name, value);
  }
  // Of several hosts the one that may be written to.
  if (!session.read_only && FindParameter(place, "target_session_attrs") == nullptr) {
    add("target_session_attrs", "read-write");
  }
  add(nullptr, nullptr);
  PGconn* const connection = PQconnectdbParams(names.data(), values.data(), 0);
  if (connection == nullptr) return absl::ResourceExhaustedError(absl::StrCat(place.shown, ": no memory to connect"));
  std::unique_ptr<PostgresConnection> self(new PostgresConnection(place.shown, connection));
  if (PQstatus(connection) != CONNECTION_OK) {
    return absl::UnavailableError(
        absl::StrCat(place.shown, ": no connection to the server (", InOneLine(PQerrorMessage(connection)), ")"));
  }
  if (PQsetnonblocking(connection, 1) != 0) return self->Broken("the connection cannot be used");
  // Notices are for people at a terminal.
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  if (absl::Status status = self->Begin(session); !status.ok()) return status;
  return self;
}

absl::Status PostgresConnection::Begin(const PostgresSession& session) {
  if (PQserverVersion(connection_.get()) < kOldestServer) {
    return absl::FailedPreconditionError(absl::StrCat(place_, ": the server has version ",
                                                      PQserverVersion(connection_.get()) / 10000,
                                                      "; 12 is the oldest that will do"));
  }
  const auto milliseconds = [](std::chrono::milliseconds time) {
    return absl::StrCat(std::max<int64_t>(1, time.count()), "ms");
  };
  // Whoever writes gives up before the server does: a commit that the server stops while it waits for a standby is
  // reported as done. Nothing is found by another's names; what is weaker than "on" would acknowledge what a crash of
  // the server can lose.
  const auto result = Query(
      "SELECT set_config('search_path', 'pg_catalog', false), set_config('lock_timeout', $1::text, false), "
      "set_config('idle_in_transaction_session_timeout', $2::text, false), "
      "set_config('statement_timeout', $3::text, false), "
      "set_config('default_transaction_read_only', $4::text, false), set_config('synchronous_commit', "
      "CASE WHEN current_setting('synchronous_commit') = 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false), "
      "current_setting('fsync'), pg_is_in_recovery()::text",
      {milliseconds(session.patience),
       session.read_only ? "0" : milliseconds(std::max(session.patience / 2, kShortestTurn)),
       milliseconds(session.read_only ? session.statement : 4 * session.statement), session.read_only ? "on" : "off"},
      Clock::now() + session.statement);
  if (!result.ok()) return result.status();
  if (session.read_only) return absl::OkStatus();
  if (result->Text(0, 6) != "on") {
    return absl::FailedPreconditionError(
        absl::StrCat(place_,
                     ": the server runs with fsync off, and so loses what was recorded when its machine fails; "
                     "turn it on"));
  }
  if (result->Text(0, 7) != "false") {
    return absl::FailedPreconditionError(
        absl::StrCat(place_, ": this server is a standby, which cannot be written to; name the primary"));
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::Broken(const std::string& words) {
  broken_ = true;
  return absl::UnavailableError(absl::StrCat(place_, ": ", words));
}

absl::Status PostgresConnection::ErrorOf(const PGresult* result) const {
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* const words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state != nullptr && words != nullptr) return InWords(place_, state, InOneLine(words));
  return InWords(place_, "08", InOneLine(PQresultErrorMessage(result)));
}

absl::Status PostgresConnection::Wait(short events, Clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd polled{PQsocket(connection_.get()), events, 0};
    const int ready = poll(&polled, 1, static_cast<int>(std::clamp<int64_t>(left, 0, 3600000)));
    if (ready > 0) return absl::OkStatus();
    if (ready == 0 && left <= 0) return Broken("the server does not answer in time");
    if (ready < 0 && errno != EINTR) return Broken(absl::StrCat("the connection fails: ", std::strerror(errno)));
  }
}

absl::Status PostgresConnection::Flush(Clock::time_point until) {
  for (;;) {
    const int left = PQflush(connection_.get());
    if (left == 0) return absl::OkStatus();
    // The server may wait until its answers are read.
    absl::Status status = left < 0 ? absl::OkStatus() : Wait(POLLIN | POLLOUT, until);
    if (!status.ok()) return status;
    if (left < 0 || PQconsumeInput(connection_.get()) == 0) {
      return Broken(absl::StrCat("the connection was lost (", InOneLine(PQerrorMessage(connection_.get())), ")"));
    }
  }
}

absl::StatusOr<PGresult*> PostgresConnection::Next(Clock::time_point until) {
  while (PQisBusy(connection_.get()) != 0) {
    if (absl::Status status = Wait(POLLIN, until); !status.ok()) return status;
    // What came before it ended is still to be read: the server's last words are among it.
    if (PQconsumeInput(connection_.get()) == 0) break;
  }
  return PQgetResult(connection_.get());
}

absl::Status PostgresConnection::Send(const PostgresCommand& command) {
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  for (const std::string& value : command.values) {
    values.push_back(value.data());
    lengths.push_back(static_cast<int>(value.size()));
    formats.push_back(1);
  }
  PGconn* const to = connection_.get();
  const int count = static_cast<int>(values.size());
  const char* const sql = command.sql.c_str();
  int sent = 0;
  if (!command.prepare_as.empty()) {
    sent = PQsendPrepare(to, command.prepare_as.c_str(), sql, 0, nullptr);
  } else if (command.prepared) {
    sent = PQsendQueryPrepared(to, sql, count, values.data(), lengths.data(), formats.data(), 1);
  } else {
    sent = PQsendQueryParams(to, sql, count, nullptr, values.data(), lengths.data(), formats.data(), 1);
  }
  if (sent == 1) return absl::OkStatus();
  return Broken(absl::StrCat("nothing can be sent (", InOneLine(PQerrorMessage(to)), ")"));
}

absl::Status PostgresConnection::Receive(size_t commands, std::vector<PostgresResult>* results,
                                         Clock::time_point until) {
  absl::Status first;
  // Of each command its results and a null; then the end of the pipeline.
  for (size_t done = 0; done <= commands;) {
    const absl::StatusOr<PGresult*> next = Next(until);
    if (!next.ok()) return next.status();
    if (*next == nullptr) {
      if (PQstatus(connection_.get()) != CONNECTION_OK) {
        const absl::Status lost = Broken("the connection was lost");
        return first.ok() ? lost : first;
      }
      ++done;
      continue;
    }
    PostgresResult result(*next);
    switch (PQresultStatus(*next)) {
      case PGRES_PIPELINE_SYNC:
        done = commands + 1;
        break;
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
        results->push_back(std::move(result));
        break;
      case PGRES_PIPELINE_ABORTED:
        break;  // after an error that has been told
      default:
        if (first.ok()) first = ErrorOf(*next);
    }
  }
  return first;
}

absl::StatusOr<std::vector<PostgresResult>> PostgresConnection::Run(const std::vector<PostgresCommand>& commands,
                                                                    Clock::time_point until) {
  if (!usable() || PQenterPipelineMode(connection_.get()) != 1) return Broken("the connection was lost");
  for (const PostgresCommand& command : commands) {
    if (absl::Status status = Send(command); !status.ok()) return status;
  }
  if (PQpipelineSync(connection_.get()) != 1) return Broken("nothing can be sent");
  std::vector<PostgresResult> results;
  absl::Status status = Flush(until);
  if (status.ok()) status = Receive(commands.size(), &results, until);
  if (PQstatus(connection_.get()) != CONNECTION_OK || PQexitPipelineMode(connection_.get()) != 1) broken_ = true;
  if (!status.ok()) return status;
  if (results.size() != commands.size()) return Broken("the server answers out of turn");
  for (size_t i = 0; i < commands.size(); ++i) {
    // The server rolls back in place of committing what has failed, and says so.
    if (commands[i].sql == "COMMIT" && results[i].tag() != "COMMIT") {
      return absl::InternalError(absl::StrCat(place_, ": the transaction was rolled back"));
    }
  }
  return results;
}

absl::StatusOr<PostgresResult> PostgresConnection::Query(const std::string& sql, std::vector<std::string> values,
                                                         Clock::time_point until) {
  absl::StatusOr<std::vector<PostgresResult>> results = Run({{sql, std::move(values), false, ""}}, until);
  if (!results.ok()) return results.status();
  return std::move(results->front());
}

void PostgresConnection::RollBack(Clock::time_point until) {
  if (usable() && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE && !Query("ROLLBACK", {}, until).ok()) {
    broken_ = true;
  }
}

}  // namespace condyle
