// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Opening, making and reading; appending is the writer's.
#include "host/audit/postgres_store.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "host/audit/append_job.h"
#include "host/audit/filter_sql.h"
#include "host/audit/postgres_connection.h"
#include "host/audit/postgres_pool.h"
#include "host/audit/postgres_schema.h"
#include "host/audit/postgres_writer.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

constexpr char kColumns[] = "sequence, moment, kind, \"user\", organisation, about, body_sha256, previous, hash, body";
// Entries can be 100 kB and more.
constexpr char kFetch[] = "FETCH 64 FROM found";
// Of one process, beside the one that appends.
constexpr size_t kMostReaders = 4;
constexpr auto kStatement = std::chrono::seconds(60);
constexpr char kFirst[] =
    "INSERT INTO condyle_audit.entries (sequence, moment, kind, \"user\", organisation, about, body_sha256, previous, "
    "hash, batch, body) VALUES (0, $1, $2, '', '', 0, $3, '', $4, ''::bytea, $5)";

using Clock = PostgresConnection::Clock;

v1::AuditEntry EntryOf(const PostgresResult& rows, int row) {
  v1::AuditEntry entry;
  entry.set_sequence(static_cast<uint64_t>(rows.Integer(row, 0)));
  entry.set_moment(rows.Text(row, 1));
  entry.set_kind(static_cast<v1::AuditKind>(rows.Integer(row, 2)));
  entry.set_user(rows.Text(row, 3));
  entry.set_organisation(rows.Text(row, 4));
  entry.set_about(static_cast<uint64_t>(rows.Integer(row, 5)));
  entry.set_body_sha256(rows.Text(row, 6));
  entry.set_previous(rows.Text(row, 7));
  entry.set_hash(rows.Text(row, 8));
  entry.set_body(rows.Text(row, 9));
  return entry;
}

PostgresSession SessionOf(const AuditStoreOptions& options, bool read_only) {
  PostgresSession session;
  session.patience = options.patience;
  session.statement = kStatement;
  session.read_only = read_only;
  return session;
}

Clock::time_point Limit() { return Clock::now() + kStatement; }

class PostgresStore final : public AuditStore {
 public:
  PostgresStore(PostgresPlace place, AuditStoreOptions options)
      : place_(std::move(place)),
        options_(std::move(options)),
        readers_(place_, SessionOf(options_, true), kMostReaders) {}

  absl::Status Open() {
    absl::Status status = options_.read_only ? FindStore() : MakeAndUse();
    return status.ok() ? ReadFirst() : status;
  }

  absl::StatusOr<std::vector<AuditMark>> Append(std::vector<AuditDraft> drafts) override {
    if (writer_ == nullptr) return ReadOnlyError(place_.shown);
    if (drafts.empty()) return std::vector<AuditMark>();
    absl::StatusOr<AppendJob> job = MakeAppendJob(std::move(drafts));
    if (!job.ok()) return job.status();
    writer_->Append(&*job);
    return std::move(job->result);
  }

  absl::Status Read(const AuditFilter& filter, const std::function<bool(const v1::AuditEntry&)>& take) override {
    const absl::StatusOr<PostgresPool::Taken> reader = TakeReader();
    if (!reader.ok()) return reader.status();
    FilterSql sql = SqlOf(filter, '$');
    if (filter.limit > 0) {
      const auto begin = (*reader)->Query(
          absl::StrCat("SELECT coalesce(min(sequence), 0)::int8 FROM (SELECT sequence FROM condyle_audit.entries",
                       sql.where, " ORDER BY sequence DESC LIMIT ", filter.limit, ") AS last"),
          sql.values, Limit());
      if (!begin.ok()) return begin.status();
      absl::StrAppend(&sql.where, " AND sequence >= ", begin->Integer(0, 0));
    }
    absl::StatusOr<PostgresResult> rows =
        (*reader)->Query(absl::StrCat("DECLARE found NO SCROLL CURSOR FOR SELECT ", kColumns,
                                      " FROM condyle_audit.entries", sql.where, " ORDER BY sequence"),
                         sql.values, Limit());
    while (rows.ok()) {
      rows = (*reader)->Query(kFetch, {}, Limit());
      if (!rows.ok() || rows->rows() == 0) break;
      for (int row = 0; row < rows->rows(); ++row) {
        if (!take(EntryOf(*rows, row))) return absl::OkStatus();
      }
    }
    return rows.status();
  }

  absl::StatusOr<std::optional<v1::AuditEntry>> Find(const std::string& name) override {
    if (!IsAuditIdentifier(name)) return std::nullopt;
    const absl::StatusOr<PostgresResult> rows =
        Ask(absl::StrCat(
                "SELECT ", kColumns,
                " FROM condyle_audit.entries WHERE sequence = (SELECT max(sequence) FROM condyle_audit.names WHERE "
                "name = $1)"),
            {name});
    if (!rows.ok()) return rows.status();
    if (rows->rows() == 0) return std::nullopt;
    return EntryOf(*rows, 0);
  }

  absl::StatusOr<uint64_t> Count() override {
    // Sequences have no gaps in a sound store, and counting would read all of it.
    const absl::StatusOr<PostgresResult> rows =
        Ask("SELECT coalesce(max(sequence), -1)::int8 FROM condyle_audit.entries", {});
    if (!rows.ok()) return rows.status();
    return static_cast<uint64_t>(rows->Integer(0, 0) + 1);
  }

  std::vector<std::string> Oddities() override {
    std::vector<std::string> oddities;
    for (const PostgresTrigger& trigger : PostgresAuditTriggers()) {
      const absl::StatusOr<PostgresResult> found = Ask(
          "SELECT 1::int8 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid "
          "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'condyle_audit' AND c.relname = $1::text "
          "AND t.tgname = $2::text AND t.tgenabled = 'A' AND p.proname = $3::text AND p.prosrc = $4::text",
          {trigger.table, trigger.name, trigger.function, trigger.source});
      if (!found.ok()) return {std::string(found.status().message())};
      if (found->rows() == 1) continue;
      oddities.push_back(absl::StrCat(place_.shown, ": a protection against change was taken off or altered: ",
                                      trigger.name, " of the table ", trigger.table));
    }
    return oddities;
  }

  bool without_phi() const override { return without_phi_; }

 private:
  std::string Now() const { return FormatMoment(options_.clock ? options_.clock() : absl::Now()); }

  // In a transaction that sees one moment. A connection that was not used for a while may be gone: then another.
  absl::StatusOr<PostgresPool::Taken> TakeReader() {
    for (;;) {
      absl::StatusOr<PostgresPool::Taken> reader = readers_.Take();
      if (!reader.ok()) return reader;
      const bool is_new = reader->is_new();
      const absl::Status begun =
          (*reader)->Query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", {}, Limit()).status();
      if (begun.ok()) return reader;
      if (is_new) return begun;
      readers_.Forget();
    }
  }

  absl::StatusOr<PostgresResult> Ask(const std::string& sql, std::vector<std::string> values) {
    const absl::StatusOr<PostgresPool::Taken> reader = TakeReader();
    if (!reader.ok()) return reader.status();
    return (*reader)->Query(sql, std::move(values), Limit());
  }

  absl::Status FindStore() {
    const absl::StatusOr<PostgresPool::Taken> reader = TakeReader();
    if (!reader.ok()) return reader.status();
    const absl::StatusOr<int64_t> version = PostgresVersion(**reader, PostgresAuditSchema(), place_.shown, Limit());
    if (!version.ok() || *version > 0) return version.status();
    return absl::NotFoundError(absl::StrCat(place_.shown, ": there is no audit store in this database"));
  }

  absl::Status MakeAndUse() {
    const PostgresSession session = SessionOf(options_, false);
    absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = PostgresConnection::Open(place_, session);
    if (!connection.ok()) return connection.status();
    absl::Status status = MigratePostgres(
        **connection, PostgresAuditSchema(), place_.shown, [&] { return InsertFirst(**connection); }, Limit());
    if (!status.ok()) return status;
    writer_ = std::make_unique<PostgresWriter>(place_, session, [this] { return Now(); });
    return writer_->Use(*std::move(connection));
  }

  absl::Status InsertFirst(PostgresConnection& connection) {
    absl::StatusOr<AuditDraft> draft = NewStoreDraft(options_.without_phi);
    if (!draft.ok()) return draft.status();
    std::string hash = Sha256Hex(draft->body);
    const v1::AuditEntry entry = Chain(*std::move(draft), std::move(hash), std::nullopt, Now());
    return connection
        .Query(kFirst, {entry.moment(), PostgresInteger(entry.kind()), entry.body_sha256(), entry.hash(), entry.body()},
               Limit())
        .status();
  }

  absl::Status ReadFirst() {
    const absl::StatusOr<PostgresResult> rows = Ask("SELECT body FROM condyle_audit.entries WHERE sequence = 0", {});
    if (!rows.ok()) return rows.status();
    v1::AuditStoreCreated created;
    const bool has_one = rows->rows() == 1 && created.ParseFromString(rows->Text(0, 0));
    without_phi_ = created.without_phi();
    return options_.read_only ? absl::OkStatus()  // what is wrong with it, verifying tells
                              : CheckFirst(place_.shown, has_one ? &created : nullptr, options_.without_phi);
  }

  const PostgresPlace place_;
  const AuditStoreOptions options_;
  bool without_phi_ = false;
  PostgresPool readers_;
  std::unique_ptr<PostgresWriter> writer_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<AuditStore>> OpenPostgresStore(const std::string& url,
                                                              const AuditStoreOptions& options) {
  absl::StatusOr<PostgresPlace> place = ParsePostgresUrl(url);
  if (!place.ok()) return place.status();
  auto store = std::make_unique<PostgresStore>(*std::move(place), options);
  if (absl::Status status = store->Open(); !status.ok()) return status;
  return store;
}

}  // namespace condyle
