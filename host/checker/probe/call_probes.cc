// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Probes of assess: serve, determinism, request-memory, hostile-input, exceptions, forbidden-calls, cancel.
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstring>
#include <locale>
#include <thread>
#include <utility>

#include "host/checker/probe/probe.h"
#include "host/loader/plugin_library.h"

namespace condyle::checker {
namespace {

// A comma for the decimal point, dots between thousands: no locale need be installed for it.
class OtherNumbers : public std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

void MoveTo(uint32_t surroundings) {
  constexpr int64_t kOtherHour = 13 * 3600 + 17 * 60, kOtherYear = 11LL * 366 * 86400;
  if (surroundings == kOtherTime) ShiftTime(kOtherYear + kOtherHour);
  if (surroundings != kOtherPlace) return;
  setenv("TZ", "UTC-13:45", 1);
  setenv("LANG", "tr_TR.UTF-8", 1);
  setenv("LC_ALL", "tr_TR.UTF-8", 1);
  tzset();
  for (const char* name : {"tr_TR.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"}) {
    if (setlocale(LC_ALL, name) != nullptr) break;
  }
  std::locale::global(std::locale(std::locale::classic(), new OtherNumbers));
}

void Compare(const char* when, size_t request, const CallResult& first, const CallResult& second) {
  if (first.status == second.status && first.bytes == second.bytes) return;
  const auto differ = std::mismatch(first.bytes.begin(), first.bytes.end(), second.bytes.begin(), second.bytes.end());
  Report("determinism", kError, std::string("the same request has another answer ") + when,
         Nth(request) + ", byte " + std::to_string(differ.first - first.bytes.begin()) + " of " +
             std::to_string(first.bytes.size()));
}

struct Effort {
  uint64_t busy_ns = 0;
  uint64_t waits = 0;  // given up the processor by itself: slept, waited for a lock
};

Effort EffortOfThread() {
  timespec busy{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &busy);
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return {static_cast<uint64_t>(busy.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(busy.tv_nsec),
          static_cast<uint64_t>(usage.ru_nvcsw)};
}

// Shortest time from `cancel at` or the deadline to the return, in a few tries: others may be using the machine.
uint64_t ShortestDelay(const Job& job, Instance& instance, const std::string& request, bool by_deadline) {
  constexpr int kTries = 5;
  constexpr uint64_t kAfter = 1'000'000;
  uint64_t shortest = ~0ull;
  for (int i = 0; i < kTries && shortest > 10'000'000; ++i) {
    uint32_t cancel = 0;
    std::atomic<uint64_t> told{0};
    cnd_call call = UsualCall(job);
    call.cancel = &cancel;
    std::thread canceller;
    if (by_deadline) {
      told = call.deadline_mono_ns = MonotonicNs() + kAfter;
    } else {
      canceller = std::thread([&] {
        const timespec moment = {0, static_cast<long>(kAfter)};
        nanosleep(&moment, nullptr);
        told = MonotonicNs();
        __atomic_store_n(&cancel, 1u, __ATOMIC_RELEASE);
      });
    }
    Sink sink;
    instance.Ask(call, BytesOf(request), &sink);
    const uint64_t end = MonotonicNs();
    if (canceller.joinable()) canceller.join();
    shortest = std::min(shortest, end > told ? end - told : 0);
  }
  return shortest;
}

}  // namespace

static void AskHostile(const Job& job, const Budget& budget, Instance& instance, const char* check) {
  for (uint32_t i = 0; i < job.head.budget; ++i) {
    if (budget.Over()) {
      Report(
          check, kNote,
          "time was enough for " + std::to_string(i) + " of " + std::to_string(job.head.budget) + " hostile requests");
      return;
    }
    Progress("assess of hostile request " + std::to_string(i) + " of seed " + std::to_string(job.head.seed));
    instance.Ask(job, HostileRequest(job.head.seed, i, job.requests));
  }
}

void ProbeServe(Job& job) {
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  Instance instance(plugin);
  uint64_t length = 0, number = 0;
  std::string request;
  while (ReceiveExactly(&length, sizeof(length))) {
    if (!ReceiveExactly(&job.head.as_of_unix_ns, sizeof(job.head.as_of_unix_ns))) return;
    request.resize(length);
    if (!ReceiveExactly(request.data(), request.size())) return;
    Progress("assess of request " + std::to_string(number++) + " of seed " + std::to_string(job.head.seed));
    const CallResult result = instance.Ask(job, request);
    SendAnswer(result.status, result.too_large, result.status == CND_OK ? result.bytes : result.words);
  }
}

void ProbeDeterminism(Job& job) {
  MoveTo(job.head.surroundings);
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  std::vector<CallResult> first;
  Instance one(plugin);
  constexpr uint32_t kRounds = 6;  // each is asked so often, by and by
  const Budget budget(job.head.budget_ms / kRounds), whole(job.head.budget_ms);
  for (size_t i = 0; i < job.requests.size() && !budget.Over(); ++i) {
    Progress("assess, " + Nth(i));
    first.push_back(one.Ask(job, job.requests[i]));
    SendHash(static_cast<uint32_t>(i), first.back().status, first.back().bytes);
  }
  // What was asked before is another now; one instance has been asked more than the other.
  Instance two(plugin);
  for (size_t i = first.size(); i-- > 0 && !whole.Over();) {
    Progress("assess again, " + Nth(i));
    Compare("after other requests", i, first[i], one.Ask(job, job.requests[i]));
    Compare("from another instance", i, first[i], two.Ask(job, job.requests[i]));
    Compare("when it is asked twice", i, first[i], two.Ask(job, job.requests[i]));
  }
  std::thread([&] {
    Instance three(plugin);
    for (size_t i = 0; i < first.size() && !whole.Over(); ++i) {
      Progress("assess on another thread, " + Nth(i));
      Compare("on another thread", i, first[i], three.Ask(job, job.requests[i]));
    }
  }).join();
}

void ProbeRequestMemory(Job& job) {
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  Instance instance(plugin);
  const Budget budget(job.head.budget_ms);
  for (size_t i = 0; i < job.requests.size() && !budget.Over(); ++i) {
    for (const bool at_end : {true, false}) {
      Progress("assess with a request that " + std::string(at_end ? "ends" : "begins") + " where memory does, " +
               Nth(i));
      const std::string& request = job.requests[i];
      Guarded memory("the request", request.size(), at_end);
      memcpy(memory.data(), request.data(), request.size());
      memory.MakeReadOnly();
      Sink sink;
      instance.Ask(UsualCall(job), {memory.data(), request.size()}, &sink);
    }
  }
}

void ProbeHostileInput(Job& job) {
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  Instance instance(plugin);
  Progress("assess of no bytes");
  Sink nothing;
  instance.Ask(UsualCall(job), {nullptr, 0}, &nothing);
  const Budget budget(job.head.budget_ms);
  for (size_t i = 0; i < job.requests.size() && !budget.Over(); ++i) {
    Progress("assess of values that nobody has, " + Nth(i));
    instance.Ask(job, job.requests[i]);
  }
  AskHostile(job, budget, instance, "hostile-input");
}

void ProbeExceptions(Job& job) {
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  Progress("create with a configuration that it cannot know");
  const std::string config(1000, '\xff');
  cnd_instance* unknown = nullptr;
  Sink words;
  using MayThrowCreate = cnd_status (*)(const cnd_host*, cnd_bytes, cnd_instance**, const cnd_sink*);
  if (plugin.table == nullptr || !CheckPluginTable(plugin.table).empty()) return;
  const MayThrowCreate create = plugin.table->create;
  try {
    if (create(&UsualHost(), BytesOf(config), &unknown, words.table()) == CND_OK && unknown != nullptr) {
      plugin.table->destroy(unknown);
    }
  } catch (...) {
    Report("exceptions", kError, "an exception left create with a configuration that the plugin cannot know", "create");
  }
  Instance instance(plugin);
  const Budget budget(job.head.budget_ms);
  for (size_t i = 0; i < job.requests.size() && !budget.Over(); ++i) {
    Progress("assess, " + Nth(i));
    instance.Ask(job, job.requests[i]);
  }
  AskHostile(job, budget, instance, "exceptions");
}

void ProbeForbiddenCalls(Job& job) {
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  Instance instance(plugin);
  EnterCallingSandbox(job.most, &job.sandbox);
  if (job.sandbox.level != SandboxLevel::kStrict) {
    Report("forbidden-calls", kNote,
           std::string("this machine shuts workers in only to the level ") + SandboxLevelName(job.sandbox.level) +
               ", so not every forbidden call is seen: " + SandboxGap(job.sandbox.missing));
  }
  const Budget budget(job.head.budget_ms);
  for (size_t i = 0; i < job.requests.size() && !budget.Over(); ++i) {
    Progress("assess within the worker's sandbox, " + Nth(i));
    instance.Ask(job, job.requests[i]);
  }
  Progress("destroy within the worker's sandbox");
}

void ProbeCancel(Job& job) {
  constexpr uint64_t kAllowed = 10'000'000, kNoise = 20'000'000;
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  Instance instance(plugin);
  std::vector<std::pair<uint64_t, size_t>> times;
  const Budget budget(job.head.budget_ms);
  // The last one is the longest.
  for (size_t i = job.requests.size(); i-- > 0 && !budget.Over();) {
    Progress("assess without cancel, " + Nth(i));
    cnd_call call = UsualCall(job);
    call.deadline_mono_ns = 0;
    Sink sink;
    const Effort before = EffortOfThread();
    const uint64_t taken = instance.Ask(call, BytesOf(job.requests[i]), &sink).nanoseconds;
    const Effort after = EffortOfThread();
    // Time in which others had the processor is not the plugin's.
    const bool own = after.busy_ns - before.busy_ns > kAllowed * 4 / 5 || after.waits > before.waits;
    times.emplace_back(own ? taken : 0, i);
  }
  std::sort(times.rbegin(), times.rend());
  for (size_t k = 0; k < times.size() && k < 4 && times[k].first > kAllowed; ++k) {
    const std::string& request = job.requests[times[k].second];
    for (const bool by_deadline : {false, true}) {
      Progress(std::string("assess with ") + (by_deadline ? "a short deadline, " : "cancel, ") + Nth(times[k].second));
      const uint64_t delay = ShortestDelay(job, instance, request, by_deadline);
      if (delay <= kAllowed + kNoise) continue;
      Report("cancel", kError,
             "it returns " + std::to_string(delay / 1'000'000) + " ms after " +
                 (by_deadline ? "its deadline" : "cancel was set") + "; 10 ms are allowed",
             Nth(times[k].second));
      return;
    }
  }
}

}  // namespace condyle::checker
