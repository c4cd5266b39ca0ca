// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the audit trail costs: appends per second by threads and size, and a consultation with it; compare the latter
// with Consultation/in_process. Both depend on how long the disk takes to say that something is on it: the store lies
// in CONDYLE_BENCH_FOLDER, else in the temporary directory.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "condyle/host/host.h"
#include "host/audit/audit_store.h"
#include "host/audit/postgres_for_test.h"
#include "host/audit/token_store.h"

namespace condyle {
namespace {

[[noreturn]] void Die(const std::string& text) {
  std::cerr << "condyle_bench: " << text << "\n";
  std::exit(1);
}

// A directory that is removed at the end.
class Folder {
 public:
  Folder() {
    const char* given = std::getenv("CONDYLE_BENCH_FOLDER");
    const std::filesystem::path where = given == nullptr ? std::filesystem::temp_directory_path() : given;
    path_ = (where / "condyle_audit_bench_XXXXXX").string();
    if (mkdtemp(path_.data()) == nullptr) Die(path_ + " cannot be made");
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string Url(bool postgres) const {
    return postgres ? TestServer().url(TestServer().NewDatabase()) : "sqlite:" + path_ + "/store";
  }

 private:
  std::string path_;
};

struct OpenStore {
  Folder folder;
  std::unique_ptr<AuditStore> store;
};
std::unique_ptr<OpenStore> open_store;

void OpenOne(const benchmark::State& state) {
  open_store = std::make_unique<OpenStore>();
  auto store = OpenAuditStore(open_store->folder.Url(state.range(0) == 1));
  if (!store.ok()) Die(store.status().ToString());
  open_store->store = *std::move(store);
}
void CloseIt(const benchmark::State&) { open_store.reset(); }

// SQLite (0) or PostgreSQL (1); bytes of the body: about those of a consultation without patient data, and with them.
void AuditAppend(benchmark::State& state) {
  AuditDraft draft;
  draft.kind = v1::AUDIT_KIND_CONSULTATION;
  draft.body.assign(static_cast<size_t>(state.range(1)), 'x');
  for (auto _ : state) {
    const auto marks = open_store->store->Append({draft});
    if (!marks.ok()) Die(marks.status().ToString());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(AuditAppend)
    ->Setup(OpenOne)
    ->Teardown(CloseIt)
    ->ArgsProduct({{0, 1}, {1500, 60000}})
    ->Threads(1)
    ->Threads(8)
    ->Threads(64)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

// Of 0 SQLite, 1 PostgreSQL.
std::unique_ptr<UsedTokens> tokens;
std::unique_ptr<Folder> tokens_folder;

void OpenTokens(const benchmark::State& state) {
  tokens_folder = std::make_unique<Folder>();
  auto opened = OpenTokenStore(tokens_folder->Url(state.range(0) == 1));
  if (!opened.ok()) Die(opened.status().ToString());
  tokens = *std::move(opened);
}
void CloseTokens(const benchmark::State&) {
  tokens.reset();
  tokens_folder.reset();
}

void UsedToken(benchmark::State& state) {
  uint64_t next = 0;
  for (auto _ : state) {
    const std::string jti = std::to_string(state.thread_index()) + "," + std::to_string(next++);
    const auto first = tokens->FirstUse("issuer", jti, absl::Now() + absl::Minutes(5));
    // Iterations are repeated to find out how many are needed: an id may come again.
    if (!first.ok()) Die(first.status().ToString());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(UsedToken)
    ->Setup(OpenTokens)
    ->Teardown(CloseTokens)
    ->DenseRange(0, 1)
    ->Threads(1)
    ->Threads(64)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

struct OpenAudited {
  Folder folder;
  std::unique_ptr<Host> host;
  std::string input;
};
std::unique_ptr<OpenAudited> audited;

void OpenHost(const benchmark::State& state) {
  audited = std::make_unique<OpenAudited>();
  HostOptions options;
  options.plugins = {CONDYLE_PLUGINS};
  options.in_process = true;
  options.parallel = 8;
  if (state.range(0) > 0) options.audit = audited->folder.Url(state.range(0) > 2);
  options.audit_without_phi = state.range(0) == 1 || state.range(0) == 3;
  auto host = Host::Open(options);
  if (!host.ok()) Die(host.status().ToString());
  audited->host = *std::move(host);
  std::ifstream file(CONDYLE_EXAMPLE, std::ios::binary);
  audited->input.assign(std::istreambuf_iterator<char>(file), {});
}
void CloseHost(const benchmark::State&) { audited.reset(); }

// 0: no audit trail; 1: SQLite without patient data; 2: with them; 3, 4: PostgreSQL, likewise.
void AuditedConsultation(benchmark::State& state) {
  for (auto _ : state) {
    const Outcome outcome = audited->host->ConsultBytes(audited->input);
    if (!outcome.consultation) Die(outcome.failure.ToString());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(AuditedConsultation)
    ->Setup(OpenHost)
    ->Teardown(CloseHost)
    ->DenseRange(0, 4)
    ->Threads(1)
    ->Threads(8)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

}  // namespace
}  // namespace condyle
