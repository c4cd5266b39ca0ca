// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What Condyle keeps in a PostgreSQL database: schemas that several processes may make and bring up to date at once.
#ifndef CONDYLE_HOST_AUDIT_POSTGRES_SCHEMA_H_
#define CONDYLE_HOST_AUDIT_POSTGRES_SCHEMA_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "host/audit/postgres_connection.h"

namespace condyle {

struct PostgresSchema {
  // A plain name.
  const char* name;
  // For messages: "audit store".
  const char* what;
  // Statements that lead from each version to the next; the first from nothing to version 1.
  std::vector<std::vector<std::string>> steps;
};

// entries, names, and the functions that protect them.
const PostgresSchema& PostgresAuditSchema();
// Names of the triggers, each with the name and the source of its function.
struct PostgresTrigger {
  const char* table;
  const char* name;
  const char* function;
  const char* source;
};
const std::vector<PostgresTrigger>& PostgresAuditTriggers();

// One statement at a time takes it: whoever holds it in a transaction alone appends, or migrates.
PostgresCommand PostgresLock(const PostgresSchema& schema);

// Version that a database has; 0 if it has none. FailedPrecondition if that is later than this program knows.
absl::StatusOr<int64_t> PostgresVersion(PostgresConnection& connection, const PostgresSchema& schema,
                                        const std::string& place, PostgresConnection::Clock::time_point until);

// Makes what is missing, in one transaction. fill: called within it if there was nothing yet. Needs no rights to do so
// if nothing is missing.
absl::Status MigratePostgres(PostgresConnection& connection, const PostgresSchema& schema, const std::string& place,
                             const std::function<absl::Status()>& fill, PostgresConnection::Clock::time_point until);

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_POSTGRES_SCHEMA_H_
