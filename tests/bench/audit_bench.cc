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

#include "condyle/host/host.h"
#include "host/audit/audit_store.h"

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

  std::string Url() const { return "sqlite:" + path_ + "/store"; }

 private:
  std::string path_;
};

struct OpenStore {
  Folder folder;
  std::unique_ptr<AuditStore> store;
};
std::unique_ptr<OpenStore> open_store;

void OpenOne(const benchmark::State&) {
  open_store = std::make_unique<OpenStore>();
  auto store = OpenAuditStore(open_store->folder.Url());
  if (!store.ok()) Die(store.status().ToString());
  open_store->store = *std::move(store);
}
void CloseIt(const benchmark::State&) { open_store.reset(); }

// Bytes of the body: about those of a consultation without patient data, and with them.
void AuditAppend(benchmark::State& state) {
  AuditDraft draft;
  draft.kind = v1::AUDIT_KIND_CONSULTATION;
  draft.body.assign(static_cast<size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    const auto marks = open_store->store->Append({draft});
    if (!marks.ok()) Die(marks.status().ToString());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(AuditAppend)
    ->Setup(OpenOne)
    ->Teardown(CloseIt)
    ->Arg(1500)
    ->Arg(60000)
    ->Threads(1)
    ->Threads(8)
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
  if (state.range(0) > 0) options.audit = audited->folder.Url();
  options.audit_without_phi = state.range(0) == 1;
  auto host = Host::Open(options);
  if (!host.ok()) Die(host.status().ToString());
  audited->host = *std::move(host);
  std::ifstream file(CONDYLE_EXAMPLE, std::ios::binary);
  audited->input.assign(std::istreambuf_iterator<char>(file), {});
}
void CloseHost(const benchmark::State&) { audited.reset(); }

// 0: no audit trail; 1: without patient data; 2: with them.
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
    ->DenseRange(0, 2)
    ->Threads(1)
    ->Threads(8)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

}  // namespace
}  // namespace condyle
