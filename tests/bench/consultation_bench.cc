// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// How long one consultation takes, and where the time goes: of the example runner, whose record is whole, and of a
// prefetch as a CDS client sends it. Compare ratios within one run; the speed of a shared machine drifts, and cpu_us,
// which counts the workers' own time, drifts less.
#include <benchmark/benchmark.h>
#include <time.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "condyle/host/host.h"
#include "condyle/v1/assessment.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/dispatcher.h"
#include "host/intake/intake.h"
#include "host/library/requests.h"
#include "host/reconcile/reconcile.h"
#include "host/report/report.h"

namespace condyle {
namespace {

constexpr int64_t kAsOf = 1777626000000000000;  // 2026-05-01T09:00:00Z

[[noreturn]] void Die(const std::string& text) {
  std::cerr << "condyle_bench: " << text << "\n";
  std::exit(1);
}

enum Patient { kRunner, kPrefetch };

const std::string& Example(Patient patient = kRunner) {
  static const auto read = [](const char* path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) Die(std::string(path) + " cannot be read");
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  static const std::array<std::string, 2> bytes = {read(CONDYLE_EXAMPLE), read(CONDYLE_PREFETCH)};
  return bytes[patient];
}

double CpuSeconds(clockid_t clock) {
  timespec used{};
  return clock_gettime(clock, &used) == 0 ? static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec)
                                          : 0;
}

// CPU time of this process and its workers, so far.
double CpuSeconds(const Host& host) {
  double seconds = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
  for (const pid_t pid : host.WorkerPids()) {
    clockid_t clock;
    if (clock_getcpuclockid(pid, &clock) == 0) seconds += CpuSeconds(clock);
  }
  return seconds;
}

Host& OpenHost(bool in_process) {
  static std::unique_ptr<Host> hosts[2];
  std::unique_ptr<Host>& host = hosts[in_process];
  if (!host) {
    auto opened = Host::Open({.plugins = {CONDYLE_PLUGINS}, .worker = CONDYLE_WORKER, .in_process = in_process});
    if (!opened.ok()) Die(opened.status().ToString());
    host = *std::move(opened);
  }
  return *host;
}

// Enough that the search ends by itself.
constexpr std::chrono::milliseconds kAmple = std::chrono::seconds(60);

// FHIR bytes to JSON bytes, all plugins; the questions in the order of the plugins' own words.
void Consultation(benchmark::State& state, bool in_process) {
  Host& host = OpenHost(in_process);
  size_t bytes = 0;
  for (auto _ : state) {
    const Outcome outcome = host.ConsultBytes(Example(), {.question_budget = std::chrono::milliseconds(0)});
    if (!outcome.consultation || !outcome.consultation->plugin_failures().empty())
      Die("the example was not assessed whole");
    const std::string json = ToJson(*outcome.consultation);
    bytes = json.size();
    benchmark::DoNotOptimize(json.data());
  }
  state.counters["fhir_bytes"] = static_cast<double>(Example().size());
  state.counters["json_bytes"] = static_cast<double>(bytes);
}
BENCHMARK_CAPTURE(Consultation, in_process, true)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK_CAPTURE(Consultation, workers, false)->Unit(benchmark::kMicrosecond)->UseRealTime();

// The same with the questions ranked by asking again.
void NextQuestions(benchmark::State& state, bool in_process) {
  Host& host = OpenHost(in_process);
  v1::Inquiry inquiry;
  for (auto _ : state) {
    const Outcome outcome = host.ConsultBytes(Example(), {.question_budget = kAmple});
    inquiry = outcome.consultation->inquiry();
    if (!inquiry.complete()) Die("the questions were not ranked whole");
  }
  state.counters["hypotheses"] = inquiry.hypotheses();
  state.counters["plugin_calls"] = inquiry.plugin_calls();
}
BENCHMARK_CAPTURE(NextQuestions, in_process, true)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(NextQuestions, workers, false)->Unit(benchmark::kMillisecond)->UseRealTime();

void WhatIf(benchmark::State& state, bool in_process) {
  Host& host = OpenHost(in_process);
  v1::Inquiry inquiry;
  for (auto _ : state) {
    const WhatIfOutcome outcome = host.WhatIfBytes(Example(), {.budget = kAmple});
    inquiry = outcome.what_if->inquiry();
    if (!inquiry.complete()) Die("the what-if was not finished");
  }
  state.counters["hypotheses"] = inquiry.hypotheses();
  state.counters["plugin_calls"] = inquiry.plugin_calls();
}
BENCHMARK_CAPTURE(WhatIf, in_process, true)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(WhatIf, workers, false)->Unit(benchmark::kMillisecond)->UseRealTime();

// FHIR bytes to the Consultation, on several threads; as many rounds run side by side as the argument says.
void Parallel(benchmark::State& state, bool in_process) {
  static std::unique_ptr<Host> host;
  static double before;
  if (state.thread_index() == 0) {
    auto opened = Host::Open({.plugins = {CONDYLE_PLUGINS},
                              .worker = CONDYLE_WORKER,
                              .in_process = in_process,
                              .parallel = static_cast<int>(state.range(0))});
    if (!opened.ok()) Die(opened.status().ToString());
    host = *std::move(opened);
    for (int i = 0; i < 200; ++i) benchmark::DoNotOptimize(host->ConsultBytes(Example(kPrefetch)));
    before = CpuSeconds(*host);
  }
  for (auto _ : state) {
    const Outcome outcome = host->ConsultBytes(Example(kPrefetch));
    if (!outcome.consultation || !outcome.consultation->plugin_failures().empty()) Die("it was not assessed whole");
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) {
    const double count = static_cast<double>(state.iterations()) * state.threads();
    state.counters["cpu_us"] = 1e6 * (CpuSeconds(*host) - before) / count;
    host.reset();
  }
}
BENCHMARK_CAPTURE(Parallel, in_process, true)
    ->ArgsProduct({{1, 2, 8}})
    ->Threads(1)
    ->Threads(2)
    ->Threads(64)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(Parallel, workers, false)
    ->ArgsProduct({{1, 2, 8}})
    ->Threads(1)
    ->Threads(2)
    ->Threads(64)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

// What the parts work on.
struct Fixture {
  const std::string& input;
  PluginCatalog catalog = DiscoverPlugins({CONDYLE_PLUGINS});
  CheckedCase checked;
  std::vector<std::string> requests;
  std::unique_ptr<Dispatcher> in_process = MakeInProcessDispatcher(catalog, {});
  std::unique_ptr<Dispatcher> workers = MakeWorkerDispatcher(catalog, {.worker_path = CONDYLE_WORKER});
  std::vector<Reply> replies;

  explicit Fixture(Patient patient) : input(Example(patient)) {
    IntakeResult read = ReadCase(input, catalog.inputs, {});
    if (auto* refusal = std::get_if<Refusal>(&read)) Die(refusal->path + ": " + refusal->message);
    checked = std::get<CheckedCase>(std::move(read));
    requests = RequestBuilder(catalog).Build(checked.value);
    replies = in_process->Ask({.requests = requests, .as_of_unix_ns = kAsOf});
  }
};

Fixture& Parts(int64_t patient) {
  static std::array<Fixture, 2> fixtures = {Fixture(kRunner), Fixture(kPrefetch)};
  return fixtures[static_cast<size_t>(patient)];
}

// Of both patients: 0 the runner, 1 the prefetch.
void PartIntake(benchmark::State& state) {
  const Fixture& parts = Parts(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(ReadCase(parts.input, parts.catalog.inputs, {}));
}
BENCHMARK(PartIntake)->DenseRange(0, 1)->Unit(benchmark::kMicrosecond);

void PartRequests(benchmark::State& state) {
  const Fixture& parts = Parts(state.range(0));
  const RequestBuilder builder(parts.catalog);
  for (auto _ : state) benchmark::DoNotOptimize(builder.Build(parts.checked.value));
}
BENCHMARK(PartRequests)->DenseRange(0, 1)->Unit(benchmark::kMicrosecond);

void PartAsk(benchmark::State& state, bool in_process) {
  Fixture& parts = Parts(state.range(0));
  Dispatcher& dispatcher = in_process ? *parts.in_process : *parts.workers;
  const Round round = {.requests = parts.requests, .as_of_unix_ns = kAsOf};
  for (auto _ : state) benchmark::DoNotOptimize(dispatcher.Ask(round));
}
BENCHMARK_CAPTURE(PartAsk, in_process, true)->DenseRange(0, 1)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK_CAPTURE(PartAsk, workers, false)->DenseRange(0, 1)->Unit(benchmark::kMicrosecond)->UseRealTime();

// What the sandbox adds to a round; compare with PartAsk/workers.
void PartAskBySandbox(benchmark::State& state) {
  Fixture& parts = Parts(kRunner);
  const auto dispatcher = MakeWorkerDispatcher(
      parts.catalog, {.worker_path = CONDYLE_WORKER, .most_sandbox = static_cast<SandboxLevel>(state.range(0))});
  const Round round = {.requests = parts.requests, .as_of_unix_ns = kAsOf};
  for (auto _ : state) benchmark::DoNotOptimize(dispatcher->Ask(round));
  state.SetLabel(SandboxLevelName(static_cast<SandboxLevel>(state.range(0))));
}
BENCHMARK(PartAskBySandbox)->DenseRange(1, 3)->Unit(benchmark::kMicrosecond)->UseRealTime();

// Starting the worker of one plugin, its first answer and its end, by level of the sandbox.
void PartStart(benchmark::State& state) {
  Fixture& parts = Parts(kRunner);
  PluginCatalog one;
  one.plugins.push_back(parts.catalog.plugins.at(0));
  const auto most = static_cast<SandboxLevel>(state.range(0));
  const Round round = {.requests = {parts.requests[0]}, .as_of_unix_ns = kAsOf};
  for (auto _ : state) {
    const auto dispatcher = MakeWorkerDispatcher(one, {.worker_path = CONDYLE_WORKER, .most_sandbox = most});
    const std::vector<Reply> replies = dispatcher->Ask(round);
    if (replies[0].failure) Die(replies[0].failure->message());
  }
  state.SetLabel(SandboxLevelName(most));
}
BENCHMARK(PartStart)->DenseRange(1, 3)->Unit(benchmark::kMicrosecond)->UseRealTime();

// One plugin alone, in-process.
void PartPlugin(benchmark::State& state) {
  Fixture& parts = Parts(state.range(1));
  const size_t index = static_cast<size_t>(state.range(0));
  if (index >= parts.catalog.plugins.size()) return state.SkipWithError("no such plugin");
  PluginCatalog one;
  one.plugins.push_back(parts.catalog.plugins[index]);
  const auto dispatcher = MakeInProcessDispatcher(one, {});
  const Round round = {.requests = {parts.requests[index]}, .as_of_unix_ns = kAsOf};
  for (auto _ : state) benchmark::DoNotOptimize(dispatcher->Ask(round));
  state.SetLabel(one.plugins[0].manifest.id());
}
BENCHMARK(PartPlugin)->ArgsProduct({{0, 1, 2, 3, 4, 5, 6}, {0, 1}})->Unit(benchmark::kMicrosecond);

void PartReconcile(benchmark::State& state) {
  const Fixture& parts = Parts(state.range(0));
  const Reconciler reconciler(parts.catalog, HostVersion(), "in-process");
  for (auto _ : state) benchmark::DoNotOptimize(reconciler.ReconcileShared(parts.checked, parts.replies));
}
BENCHMARK(PartReconcile)->DenseRange(0, 1)->Unit(benchmark::kMicrosecond);

void PartJson(benchmark::State& state) {
  const Fixture& parts = Parts(state.range(0));
  const v1::Consultation consultation =
      Reconcile(parts.checked, parts.catalog, parts.replies, HostVersion(), "in-process");
  for (auto _ : state) benchmark::DoNotOptimize(ToJson(consultation));
}
BENCHMARK(PartJson)->DenseRange(0, 1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace condyle

BENCHMARK_MAIN();
