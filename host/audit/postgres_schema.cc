// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Tables that only grow, and steps from version to version.
#include "host/audit/postgres_schema.h"

#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

constexpr char kKeepSource[] = " BEGIN RAISE EXCEPTION 'entries of an audit trail are never changed or deleted'; END ";
constexpr char kFollowSource[] =
    " DECLARE last_sequence int8; last_hash text; BEGIN "
    "SELECT sequence, hash INTO last_sequence, last_hash FROM condyle_audit.entries ORDER BY sequence DESC LIMIT 1; "
    "IF NEW.sequence IS DISTINCT FROM coalesce(last_sequence, -1) + 1 OR NEW.previous IS DISTINCT FROM "
    "coalesce(last_hash, '') THEN RAISE EXCEPTION 'an entry of an audit trail follows the last one'; END IF; "
    "RETURN NEW; END ";

std::string Function(const char* name, const char* source) {
  return absl::StrCat("CREATE FUNCTION condyle_audit.", name, "() RETURNS trigger LANGUAGE plpgsql AS $$", source,
                      "$$");
}

std::string Trigger(const char* table, const char* name, const char* when, const char* each, const char* function) {
  return absl::StrCat("CREATE TRIGGER ", name, " BEFORE ", when, " ON condyle_audit.", table, " FOR EACH ", each,
                      " EXECUTE FUNCTION condyle_audit.", function, "()");
}

// So that no setting of a session switches it off.
std::string Always(const char* table, const char* name) {
  return absl::StrCat("ALTER TABLE condyle_audit.", table, " ENABLE ALWAYS TRIGGER ", name);
}

// The body is the archive of a consultation as a rule: to compress it takes the server more time than to write it.
// batch is random for each transaction, so that whoever lost the connection can see whether it took place.
std::vector<std::string> FirstAuditTables() {
  return {
      "CREATE TABLE condyle_audit.entries (sequence int8 PRIMARY KEY, moment text COLLATE \"C\" NOT NULL, kind int8 "
      "NOT NULL, \"user\" text NOT NULL, organisation text NOT NULL, about int8 NOT NULL, body_sha256 text NOT NULL, "
      "previous text NOT NULL, hash text NOT NULL, batch bytea NOT NULL, body bytea NOT NULL)",
      "ALTER TABLE condyle_audit.entries ALTER COLUMN body SET STORAGE EXTERNAL",
      "CREATE TABLE condyle_audit.names (name text COLLATE \"C\" NOT NULL, sequence int8 NOT NULL, "
      "PRIMARY KEY (name, sequence))",
      Function("keep", kKeepSource),
      Function("follow", kFollowSource),
      Trigger("entries", "entries_are_kept", "UPDATE OR DELETE OR TRUNCATE", "STATEMENT", "keep"),
      Trigger("names", "names_are_kept", "UPDATE OR DELETE OR TRUNCATE", "STATEMENT", "keep"),
      Trigger("entries", "entries_follow_each_other", "INSERT", "ROW", "follow"),
      Always("entries", "entries_are_kept"),
      Always("names", "names_are_kept"),
      Always("entries", "entries_follow_each_other")};
}

}  // namespace

const PostgresSchema& PostgresAuditSchema() {
  static const PostgresSchema schema{"condyle_audit", "audit store", {FirstAuditTables()}};
  return schema;
}

const std::vector<PostgresTrigger>& PostgresAuditTriggers() {
  static const std::vector<PostgresTrigger> triggers = {
      {"entries", "entries_are_kept", "keep", kKeepSource},
      {"names", "names_are_kept", "keep", kKeepSource},
      {"entries", "entries_follow_each_other", "follow", kFollowSource}};
  return triggers;
}

PostgresCommand PostgresLock(const PostgresSchema& schema) {
  // The first number tells Condyle's locks from those of others in the same database: "Cndy".
  return {"SELECT pg_advisory_xact_lock(1131373689, hashtext($1::text))::text", {schema.name}, false, ""};
}

absl::StatusOr<int64_t> PostgresVersion(PostgresConnection& connection, const PostgresSchema& schema,
                                        const std::string& place, PostgresConnection::Clock::time_point until) {
  // Not to_regclass: it can remember that there was nothing, while another process has made it.
  const auto there = connection.Query(
      "SELECT count(*)::int8 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1::text "
      "AND c.relname = 'schema_version'",
      {schema.name}, until);
  if (!there.ok()) return there.status();
  if (there->Integer(0, 0) == 0) return 0;
  const auto version = connection.Query(
      absl::StrCat("SELECT coalesce(max(version), 0)::int8 FROM ", schema.name, ".schema_version"), {}, until);
  if (!version.ok()) return version.status();
  const int64_t found = version->Integer(0, 0), known = static_cast<int64_t>(schema.steps.size());
  if (found >= 0 && found <= known) return found;
  return absl::FailedPreconditionError(absl::StrCat(place, ": its ", schema.what, " has version ", found,
                                                    ", and this version of Condyle reads up to ", known,
                                                    "; use the version that wrote it, or a later one"));
}

absl::Status MigratePostgres(PostgresConnection& connection, const PostgresSchema& schema, const std::string& place,
                             const std::function<absl::Status()>& fill, PostgresConnection::Clock::time_point until) {
  const auto known = static_cast<int64_t>(schema.steps.size());
  absl::StatusOr<int64_t> version = PostgresVersion(connection, schema, place, until);
  if (!version.ok() || *version == known) return version.status();
  absl::Status status = connection.Run({{"BEGIN", {}, false, ""}, PostgresLock(schema)}, until).status();
  // Another process may have done it meanwhile.
  if (status.ok()) version = PostgresVersion(connection, schema, place, until);
  if (status.ok()) status = version.status();
  if (status.ok() && *version < known) {
    std::vector<PostgresCommand> commands;
    const auto add = [&](std::string sql) { commands.push_back({std::move(sql), {}, false, ""}); };
    if (*version == 0) {
      // An administrator may have made it, for a role that may not.
      add(absl::StrCat("DO $$ BEGIN IF to_regnamespace('", schema.name, "') IS NULL THEN CREATE SCHEMA ", schema.name,
                       "; END IF; END $$"));
      add(absl::StrCat("CREATE TABLE ", schema.name, ".schema_version (version int8 PRIMARY KEY)"));
    }
    for (int64_t step = *version; step < known; ++step) {
      for (const std::string& sql : schema.steps[static_cast<size_t>(step)]) add(sql);
      add(absl::StrCat("INSERT INTO ", schema.name, ".schema_version VALUES (", step + 1, ")"));
    }
    status = connection.Run(commands, until).status();
    if (status.ok() && *version == 0 && fill) status = fill();
  }
  if (status.ok()) status = connection.Query("COMMIT", {}, until).status();
  connection.RollBack(until);
  return status;
}

}  // namespace condyle
