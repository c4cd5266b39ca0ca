// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Probes of what a plugin does to its process: growth, concurrency, process-state, reload.
#include <dlfcn.h>
#include <fcntl.h>
#include <fenv.h>
#include <link.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <thread>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "host/checker/probe/probe.h"

namespace condyle::checker {
namespace {

int OpenDescriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  int count = 0;
  for (int fd = 0; fd < static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 4096)); ++fd)
    count += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
  return count;
}

struct Footprint {
  uint64_t heap = 0;
  uint64_t resident = 0;
  uint64_t threads = 0;
  int descriptors = 0;
};

Footprint Measure() {
  const struct mallinfo2 info = mallinfo2();
  const Sample sample = TakeSample();
  return {info.uordblks + info.hblkhd, sample.resident_bytes, sample.threads, OpenDescriptors()};
}

std::string PerCycle(uint64_t from, uint64_t to, uint64_t cycles) {
  return std::to_string((to - from) / cycles) + " bytes for each create, assess and destroy";
}

// Everything of the process that belongs to others, by name.
std::map<std::string, std::string> ProcessState() {
  std::map<std::string, std::string> state;
  static constexpr std::pair<int, const char*> kCategories[] = {
      {LC_CTYPE, "LC_CTYPE"},     {LC_NUMERIC, "LC_NUMERIC"},   {LC_TIME, "LC_TIME"},
      {LC_COLLATE, "LC_COLLATE"}, {LC_MONETARY, "LC_MONETARY"}, {LC_MESSAGES, "LC_MESSAGES"}};
  for (const auto& [category, name] : kCategories) {
    const char* value = setlocale(category, nullptr);
    state[std::string("locale ") + name] = value != nullptr ? value : "";
  }
  state["C++ locale"] = std::locale().name();
  state["rounding mode"] = std::to_string(fegetround());
  state["floating point exceptions"] = std::to_string(fegetexcept());
#if defined(__x86_64__)
  constexpr unsigned kSticky = 0x3f;  // arithmetic sets these
  state["floating point control"] = std::to_string(_mm_getcsr() & ~kSticky);
#endif
  for (int number = 1; number < SIGRTMIN; ++number) {
    if (number == SIGSYS) continue;  // the sandbox kills for a look at it
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) != 0) continue;
    state["handler of signal " + std::to_string(number)] =
        std::to_string(reinterpret_cast<uintptr_t>(action.sa_handler)) + " " + std::to_string(action.sa_flags);
  }
  sigset_t mask;
  if (pthread_sigmask(SIG_SETMASK, nullptr, &mask) == 0) {
    std::string blocked;
    for (int number = 1; number < SIGRTMIN; ++number) blocked += sigismember(&mask, number) == 1 ? '1' : '0';
    state["signal mask"] = blocked;
  }
  char* directory = getcwd(nullptr, 0);
  state["working directory"] = directory != nullptr ? directory : "";
  free(directory);
  std::string& environment = state["environment"];
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
    environment += std::string(*variable) + "\n";
  const mode_t mode = umask(0);
  umask(mode);
  state["umask"] = std::to_string(mode);
  itimerval timer{};
  getitimer(ITIMER_REAL, &timer);
  state["timer"] = timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0 ? "running" : "none";
  for (const __rlimit_resource resource : {RLIMIT_CPU, RLIMIT_AS, RLIMIT_NOFILE, RLIMIT_STACK, RLIMIT_CORE}) {
    rlimit limit{};
    getrlimit(resource, &limit);
    state["resource limit " + std::to_string(resource)] = std::to_string(limit.rlim_cur);
  }
  state["descriptors"] = std::to_string(OpenDescriptors());
  state["threads"] = std::to_string(TakeSample().threads);
  return state;
}

void CompareStates(const char* when, const std::map<std::string, std::string>& before,
                   const std::map<std::string, std::string>& after) {
  for (const auto& [name, value] : before) {
    const std::string& now = after.at(name);
    if (now == value) continue;
    if (name == "threads" || name == "descriptors") {
      if (std::stoul(now) > std::stoul(value)) {
        Report("process-state", kError, "it leaves " + name + " behind: " + value + " before, " + now + " " + when,
               name);
      }
      continue;
    }
    Report("process-state", kError, "the " + name + " of the process is another " + when, name);
  }
}

}  // namespace

void ProbeGrowth(Job& job) {
  constexpr uint64_t kBlocks = 6, kLeastHeap = 8, kLeastResident = 1024;
  const uint64_t cycles = std::max<uint64_t>(1, job.head.budget / kBlocks);
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  uint64_t number = 0;
  std::vector<Footprint> seen;
  const Budget budget(job.head.budget_ms);
  for (uint64_t block = 0; block <= kBlocks && (block < 2 || !budget.Over()); ++block) {
    const Budget share(job.head.budget_ms / 4);
    for (uint64_t i = 0; i < cycles && !share.Over(); ++i, ++number) {
      Progress("create, assess and destroy number " + std::to_string(number));
      Instance instance(plugin);
      instance.Ask(job, job.requests.at(number % job.requests.size()));
      // A leak that would end this process is found already.
      if (i % 16 == 15 && !seen.empty() && mallinfo2().uordblks > seen.back().heap + (64u << 20)) break;
    }
    seen.push_back(Measure());
    if (block > 0 && seen[block].heap > seen[0].heap + (64u << 20)) break;
  }
  // The first blocks may fill what is kept for good; a leak goes on to the end.
  bool heap = seen.size() > 1, resident = seen.size() > 1;
  for (size_t i = seen.size() > 4 ? 3 : 1; i < seen.size(); ++i) {
    heap = heap && seen[i].heap > seen[i - 1].heap + cycles * kLeastHeap;
    resident = resident && seen[i].resident > seen[i - 1].resident + cycles * kLeastResident;
  }
  const uint64_t done = std::max<uint64_t>(1, number - std::min(number, cycles));
  if (heap) {
    Report("growth", kError, "it leaves memory behind: " + PerCycle(seen.front().heap, seen.back().heap, done), "heap");
  } else if (resident) {
    Report("growth", kError, "the process grows: " + PerCycle(seen.front().resident, seen.back().resident, done),
           "memory");
  }
  if (seen.back().descriptors > seen.front().descriptors) {
    Report("growth", kError,
           "it leaves descriptors open: " + std::to_string(seen.front().descriptors) + " before, " +
               std::to_string(seen.back().descriptors) + " after",
           "descriptors");
  }
  if (seen.back().threads > seen.front().threads) {
    Report("growth", kError,
           "it leaves threads running: " + std::to_string(seen.front().threads) + " before, " +
               std::to_string(seen.back().threads) + " after",
           "threads");
  }
}

void ProbeConcurrency(Job& job) {
  constexpr int kThreads = 4;
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  std::vector<CallResult> expected;
  {
    Instance instance(plugin);
    const Budget budget(job.head.budget_ms / 4);
    for (size_t i = 0; i < job.requests.size() && !budget.Over(); ++i) {
      Progress("assess alone, " + Nth(i));
      expected.push_back(instance.Ask(job, job.requests[i]));
    }
  }
  const bool flagged = (plugin.table->flags & CND_FLAG_CONCURRENT_ASSESS) != 0;
  for (const bool shared : {false, true}) {
    if (shared && !flagged) continue;
    Progress(shared ? "one instance on several threads" : "an instance on each of several threads");
    std::unique_ptr<Instance> common;
    if (shared) common = std::make_unique<Instance>(plugin);
    std::atomic<int> differ{-1};
    std::atomic<int> ready{0};
    const Budget budget(job.head.budget_ms / 2);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        std::unique_ptr<Instance> own;
        if (!shared) own = std::make_unique<Instance>(plugin);
        Instance& instance = shared ? *common : *own;
        // All at once.
        for (++ready; ready.load() < kThreads;) std::this_thread::yield();
        for (uint32_t round = 0; round < job.head.budget && !budget.Over(); ++round) {
          Progress("round " + std::to_string(round) +
                   (shared ? " on one instance" : " on an instance for each thread"));
          for (size_t k = 0; k < expected.size() && !budget.Over(); ++k) {
            const size_t i = (k + static_cast<size_t>(t) * 3) % expected.size();
            const CallResult result = instance.Ask(job, job.requests[i]);
            if (result.status != expected[i].status || result.bytes != expected[i].bytes) differ = static_cast<int>(i);
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    if (differ >= 0) {
      Report("concurrency", kError,
             shared ? "one instance, asked on several threads as its flags permit, gives another answer than alone"
                    : "instances that are asked at once give other answers than alone",
             Nth(static_cast<size_t>(differ.load())));
    }
  }
}

void ProbeProcessState(Job& job) {
  const auto before = ProcessState();
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  const auto loaded = ProcessState();
  CompareStates("after it is loaded", before, loaded);
  {
    Instance instance(plugin);
    const Budget budget(job.head.budget_ms);
    for (size_t i = 0; i < job.requests.size() && !budget.Over(); ++i) {
      Progress("assess, " + Nth(i));
      instance.Ask(job, job.requests[i]);
    }
    Progress("destroy");
  }
  CompareStates("after calls", loaded, ProcessState());
}

void ProbeReload(Job& job) {
  const Budget budget(job.head.budget_ms);
  for (uint32_t i = 0; i < job.head.budget && !budget.Over(); ++i) {
    Progress("load and unload number " + std::to_string(i));
    Plugin plugin;
    if (!Load(job, &plugin)) return;
    {
      Instance instance(plugin);
      instance.Ask(job, job.requests.at(i % job.requests.size()));
    }
    Progress("unload number " + std::to_string(i));
    if (dlclose(plugin.library) != 0) {
      Report("reload", kError, "dlclose fails", "dlclose");
      return;
    }
    void* still = dlopen(job.place.c_str(), RTLD_NOW | RTLD_NOLOAD);
    if (still == nullptr) continue;
    bool resident = false;
    link_map* map = nullptr;
    if (dlinfo(still, RTLD_DI_LINKMAP, &map) == 0 && map != nullptr) {
      for (const ElfW(Dyn)* entry = map->l_ld; entry->d_tag != DT_NULL; ++entry) {
        resident = resident || (entry->d_tag == DT_FLAGS_1 && (entry->d_un.d_val & DF_1_NODELETE) != 0);
      }
    }
    Report("reload", resident ? kWarning : kError,
           resident
               ? "it is linked so that it stays when it is unloaded (DF_1_NODELETE): a host has to be started anew to "
                 "replace it"
               : "it stays in memory when it is unloaded",
           resident ? "DF_1_NODELETE" : "dlclose");
    return;
  }
}

}  // namespace condyle::checker
