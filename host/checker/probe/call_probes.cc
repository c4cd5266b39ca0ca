// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Probes of assess: serve, determinism, request-memory, hostile-input, exceptions, forbidden-calls, cancel.
#include <stdlib.h>
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

// One of the job's, or nothing.
const std::string& Pick(const std::vector<std::string>& requests, uint64_t number) {
  static const std::string kEmpty;
  return requests.empty() ? kEmpty : requests[number % requests.size()];
}

// splitmix64: the same numbers on every machine.
class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  uint64_t Below(uint64_t end) { return end == 0 ? 0 : Next() % end; }
  char Byte() { return static_cast<char>(Next()); }

 private:
  uint64_t state_;
};

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

std::string HostileRequest(uint64_t seed, uint64_t index, const std::vector<std::string>& requests) {
  Draw draw(seed * 0x10001u + index);
  std::string bytes = Pick(requests, draw.Next());
  switch (index % 10) {
    case 0:  // cut short
      bytes.resize(draw.Below(bytes.size() + 1));
      break;
    case 1:  // flipped bits
      for (uint64_t i = 1 + draw.Below(8); i > 0 && !bytes.empty(); --i) {
        bytes[draw.Below(bytes.size())] ^= static_cast<char>(1u << draw.Below(8));
      }
      break;
    case 2:  // noise
      bytes.resize(draw.Below(2000));
      for (char& c : bytes) c = draw.Byte();
      break;
    case 3: {  // two requests, cut and joined
      const std::string& other = Pick(requests, draw.Next());
      bytes = bytes.substr(0, draw.Below(bytes.size() + 1)) + other.substr(draw.Below(other.size() + 1));
      break;
    }
    case 4: {  // nested: fields within fields
      const char tag = static_cast<char>((1 + draw.Below(8)) << 3 | 2);
      bytes.clear();
      for (uint64_t depth = draw.Below(3000); depth > 0; --depth) {
        std::string length;
        for (uint64_t n = bytes.size(); length.empty() || n != 0; n >>= 7) {
          length += static_cast<char>((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
        }
        bytes = tag + length + bytes;
      }
      break;
    }
    case 5:  // nested: groups without end
      bytes.append(draw.Below(100'000), static_cast<char>((1 + draw.Below(8)) << 3 | 3));
      break;
    case 6:  // a length that is not there
      bytes += static_cast<char>((1 + draw.Below(8)) << 3 | 2);
      for (uint64_t i = draw.Below(12); i > 0; --i) bytes += static_cast<char>(0x80 | draw.Byte());
      bytes += static_cast<char>(draw.Byte() & 0x7f);
      break;
    case 7:  // much of it, but well formed
      if (!bytes.empty()) {
        const uint64_t times = 1 + draw.Below(std::min<uint64_t>(200, (256u << 10) / bytes.size() + 1));
        const std::string once = bytes;
        for (uint64_t i = 1; i < times; ++i) bytes += once;
      }
      break;
    case 8:  // other values in the same shape
      for (char& c : bytes) {
        if (draw.Below(40) == 0) c = draw.Byte();
      }
      break;
    default:  // one value, very often
      bytes.assign(draw.Below(index % 1000 == 9 ? 4u << 20 : 64u << 10), draw.Byte());
  }
  return bytes;
}

void ProbeServe(Job& job) {
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  Instance instance(plugin);
  uint64_t length = 0;
  std::string request;
  while (ReceiveExactly(&length, sizeof(length))) {
    if (!ReceiveExactly(&job.head.as_of_unix_ns, sizeof(job.head.as_of_unix_ns))) return;
    request.resize(length);
    if (!ReceiveExactly(request.data(), request.size())) return;
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
  for (size_t i = 0; i < job.requests.size(); ++i) {
    Progress("assess, " + Nth(i));
    first.push_back(one.Ask(job, job.requests[i]));
    SendHash(static_cast<uint32_t>(i), first.back().status, first.back().bytes);
  }
  // What was asked before is another now; one instance has been asked more than the other.
  Instance two(plugin);
  for (size_t i = job.requests.size(); i-- > 0;) {
    Progress("assess again, " + Nth(i));
    Compare("after other requests", i, first[i], one.Ask(job, job.requests[i]));
    Compare("from another instance", i, first[i], two.Ask(job, job.requests[i]));
    Compare("when it is asked twice", i, first[i], two.Ask(job, job.requests[i]));
  }
  std::thread([&] {
    Instance three(plugin);
    for (size_t i = 0; i < job.requests.size(); ++i) {
      Progress("assess on another thread, " + Nth(i));
      Compare("on another thread", i, first[i], three.Ask(job, job.requests[i]));
    }
  }).join();
}

void ProbeRequestMemory(Job& job) {
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  Instance instance(plugin);
  for (size_t i = 0; i < job.requests.size(); ++i) {
    for (const bool at_end : {true, false}) {
      Progress("assess with a request that " + std::string(at_end ? "ends" : "begins") + " where memory does, " + Nth(i));
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
  for (size_t i = 0; i < job.requests.size(); ++i) {
    Progress("assess of values that nobody has, " + Nth(i));
    instance.Ask(job, job.requests[i]);
  }
  for (uint32_t i = 0; i < job.head.budget; ++i) {
    Progress("assess of hostile request " + std::to_string(i) + " of seed " + std::to_string(job.head.seed));
    instance.Ask(job, HostileRequest(job.head.seed, i, job.requests));
  }
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
  for (size_t i = 0; i < job.requests.size(); ++i) {
    Progress("assess, " + Nth(i));
    instance.Ask(job, job.requests[i]);
  }
  for (uint32_t i = 0; i < job.head.budget; ++i) {
    Progress("assess of hostile request " + std::to_string(i) + " of seed " + std::to_string(job.head.seed));
    instance.Ask(job, HostileRequest(job.head.seed, i, job.requests));
  }
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
  for (size_t i = 0; i < job.requests.size(); ++i) {
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
  for (size_t i = 0; i < job.requests.size(); ++i) {
    Progress("assess without cancel, " + Nth(i));
    cnd_call call = UsualCall(job);
    call.deadline_mono_ns = 0;
    Sink sink;
    times.emplace_back(instance.Ask(call, BytesOf(job.requests[i]), &sink).nanoseconds, i);
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
