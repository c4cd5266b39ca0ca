// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// How long one consultation of the example runner takes, from FHIR bytes to JSON bytes, and where the time goes.
// Compare ratios within one run; the speed of a shared machine drifts.
#include <benchmark/benchmark.h>

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

const std::string& Example() {
  static const std::string bytes = [] {
    std::ifstream file(CONDYLE_EXAMPLE, std::ios::binary);
    if (!file) Die(CONDYLE_EXAMPLE " cannot be read");
    return std::string{std::istreambuf_iterator<char>(file), {}};
  }();
  return bytes;
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

// What the parts work on.
struct Fixture {
  PluginCatalog catalog = DiscoverPlugins({CONDYLE_PLUGINS});
  CheckedCase checked;
  std::vector<std::string> requests;
  std::unique_ptr<Dispatcher> in_process = MakeInProcessDispatcher(catalog, {});
  std::unique_ptr<Dispatcher> workers = MakeWorkerDispatcher(catalog, {.worker_path = CONDYLE_WORKER});
  std::vector<Reply> replies;

  Fixture() {
    IntakeResult read = ReadCase(Example(), catalog.inputs, {});
    if (auto* refusal = std::get_if<Refusal>(&read)) Die(refusal->path + ": " + refusal->message);
    checked = std::get<CheckedCase>(std::move(read));
    requests = RequestBuilder(catalog).Build(checked.value);
    replies = in_process->Ask({.requests = requests, .as_of_unix_ns = kAsOf});
  }
};

Fixture& Parts() {
  static Fixture fixture;
  return fixture;
}

void PartIntake(benchmark::State& state) {
  const Fixture& parts = Parts();
  for (auto _ : state) benchmark::DoNotOptimize(ReadCase(Example(), parts.catalog.inputs, {}));
}
BENCHMARK(PartIntake)->Unit(benchmark::kMicrosecond);

void PartRequests(benchmark::State& state) {
  const Fixture& parts = Parts();
  const RequestBuilder builder(parts.catalog);
  for (auto _ : state) benchmark::DoNotOptimize(builder.Build(parts.checked.value));
}
BENCHMARK(PartRequests)->Unit(benchmark::kMicrosecond);

void PartAsk(benchmark::State& state, bool in_process) {
  Fixture& parts = Parts();
  Dispatcher& dispatcher = in_process ? *parts.in_process : *parts.workers;
  const Round round = {.requests = parts.requests, .as_of_unix_ns = kAsOf};
  for (auto _ : state) benchmark::DoNotOptimize(dispatcher.Ask(round));
}
BENCHMARK_CAPTURE(PartAsk, in_process, true)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK_CAPTURE(PartAsk, workers, false)->Unit(benchmark::kMicrosecond)->UseRealTime();

// What the sandbox adds to a round; compare with PartAsk/workers.
void PartAskBySandbox(benchmark::State& state) {
  Fixture& parts = Parts();
  const auto dispatcher = MakeWorkerDispatcher(
      parts.catalog, {.worker_path = CONDYLE_WORKER, .most_sandbox = static_cast<SandboxLevel>(state.range(0))});
  const Round round = {.requests = parts.requests, .as_of_unix_ns = kAsOf};
  for (auto _ : state) benchmark::DoNotOptimize(dispatcher->Ask(round));
  state.SetLabel(SandboxLevelName(static_cast<SandboxLevel>(state.range(0))));
}
BENCHMARK(PartAskBySandbox)->DenseRange(1, 3)->Unit(benchmark::kMicrosecond)->UseRealTime();

// Starting the worker of one plugin, its first answer and its end, by level of the sandbox.
void PartStart(benchmark::State& state) {
  Fixture& parts = Parts();
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
  Fixture& parts = Parts();
  const size_t index = static_cast<size_t>(state.range(0));
  if (index >= parts.catalog.plugins.size()) return state.SkipWithError("no such plugin");
  PluginCatalog one;
  one.plugins.push_back(parts.catalog.plugins[index]);
  const auto dispatcher = MakeInProcessDispatcher(one, {});
  const Round round = {.requests = {parts.requests[index]}, .as_of_unix_ns = kAsOf};
  for (auto _ : state) benchmark::DoNotOptimize(dispatcher->Ask(round));
  state.SetLabel(one.plugins[0].manifest.id());
}
BENCHMARK(PartPlugin)->DenseRange(0, 6)->Unit(benchmark::kMicrosecond);

void PartReconcile(benchmark::State& state) {
  const Fixture& parts = Parts();
  for (auto _ : state) {
    benchmark::DoNotOptimize(Reconcile(parts.checked, parts.catalog, parts.replies, HostVersion(), "in-process"));
  }
}
BENCHMARK(PartReconcile)->Unit(benchmark::kMicrosecond);

void PartJson(benchmark::State& state) {
  const Fixture& parts = Parts();
  const v1::Consultation consultation =
      Reconcile(parts.checked, parts.catalog, parts.replies, HostVersion(), "in-process");
  for (auto _ : state) benchmark::DoNotOptimize(ToJson(consultation));
}
BENCHMARK(PartJson)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace condyle

BENCHMARK_MAIN();
