// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Probes of the tables on both sides: loads, abi-versions, host-table, extensions, sink.
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cstring>
#include <new>

#include "host/checker/probe/probe.h"
#include "host/loader/plugin_library.h"

namespace condyle::checker {
namespace {

constexpr uint32_t kLargestTable = 64u << 10;

// Whether all bytes are in mapped memory.
bool IsMapped(const void* data, size_t size) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t start = reinterpret_cast<uintptr_t>(data) / page * page;
  const uintptr_t end = reinterpret_cast<uintptr_t>(data) + size;
  unsigned char resident = 0;
  for (uintptr_t at = start; at < end; at += page) {
    if (mincore(reinterpret_cast<void*>(at), page, &resident) != 0) return false;
  }
  return true;
}

void CheckTable(const cnd_plugin* table) {
  constexpr const char* kCheck = "abi-versions";
  if (table == nullptr) {
    Report(kCheck, kError, std::string(CND_ENTRY_SYMBOL) + " returns NULL for a host of ABI 1.0", CND_ENTRY_SYMBOL);
    return;
  }
  if (const std::string problem = CheckPluginTable(table); !problem.empty()) {
    Report(kCheck, kError, problem, "cnd_plugin");
    return;
  }
  if (table->abi_minor <= CND_ABI_MINOR && table->struct_size != sizeof(cnd_plugin)) {
    Report(kCheck, kError,
           "its table says abi_minor " + std::to_string(table->abi_minor) + " and struct_size " +
               std::to_string(table->struct_size) + "; a table of that version has " +
               std::to_string(sizeof(cnd_plugin)) + " bytes",
           "cnd_plugin.struct_size");
  } else if (table->struct_size > kLargestTable || !IsMapped(table, table->struct_size)) {
    Report(kCheck, kError,
           "its table says struct_size " + std::to_string(table->struct_size) + ", more than there is behind it",
           "cnd_plugin.struct_size");
  }
}

// A host of the year after next: longer tables, a minor version that nobody knows yet.
struct FutureHost {
  cnd_host known;
  uint64_t later[16];
};
struct FutureCall {
  cnd_call known;
  uint64_t later[16];
};

}  // namespace

void ProbeLoads(Job& job) {
  Plugin plugin;
  const uint64_t start = MonotonicNs();
  if (!Load(job, &plugin)) return;
  if (plugin.table == nullptr || !CheckPluginTable(plugin.table).empty()) return;  // of abi-versions
  Progress("asking for its table again");
  if (plugin.entry(&UsualHost()) != plugin.table) {
    Report("loads", kError, std::string(CND_ENTRY_SYMBOL) + " gives another table when it is called again",
           CND_ENTRY_SYMBOL);
  }
  Progress("create");
  auto instance = std::make_unique<Instance>(plugin);
  const uint64_t taken = MonotonicNs() - start;
  Progress("destroy");
  instance.reset();
  Progress("destroy of NULL");
  plugin.table->destroy(nullptr);
  if (taken > 1'000'000'000) {
    Report("loads", kWarning,
           "it takes " + std::to_string(taken / 1'000'000) + " ms to start; each new worker waits for it", "create");
  }
}

void ProbeAbiVersions(Job& job) {
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  CheckTable(plugin.table);
  if (plugin.table == nullptr || !CheckPluginTable(plugin.table).empty()) return;

  FutureHost other{};
  other.known = UsualHost();
  other.known.struct_size = sizeof(other);
  for (const uint32_t major : {CND_ABI_MAJOR + 1, 0u, ~0u}) {
    other.known.abi_major = major;
    Progress("asking for its table as a host of ABI " + std::to_string(major));
    if (plugin.entry(&other.known) != nullptr) {
      Report("abi-versions", kError, "it accepts a host of ABI " + std::to_string(major) + ", which it cannot know",
             CND_ENTRY_SYMBOL);
      break;
    }
  }

  FutureHost future{};
  memset(future.later, 0xA5, sizeof(future.later));
  future.known = UsualHost();
  future.known.struct_size = sizeof(future);
  future.known.abi_minor = 99;
  Progress("asking for its table as a host of ABI 1.99");
  plugin.table = plugin.entry(&future.known);
  if (plugin.table == nullptr) {
    Report("abi-versions", kError, "it refuses a host of ABI 1.99, whose tables are only longer", CND_ENTRY_SYMBOL);
    return;
  }
  Progress("calls of a host of ABI 1.99");
  Instance instance(plugin, future.known);
  FutureCall call{};
  memset(call.later, 0xA5, sizeof(call.later));
  call.known = UsualCall(job);
  call.known.struct_size = sizeof(call);
  Sink sink;
  const CallResult result = instance.Ask(call.known, BytesOf(job.requests.at(0)), &sink);
  if (result.status != CND_OK && !result.too_large) {
    Report("abi-versions", kError,
           std::string("assess fails with ") + StatusName(result.status) + " in a host of ABI 1.99", "assess");
  }
}

void ProbeHostTable(Job& job) {
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  Guarded host_memory("cnd_host", sizeof(cnd_host));
  auto* host = new (host_memory.data()) cnd_host(UsualHost());
  host_memory.MakeReadOnly();
  Progress(std::string(CND_ENTRY_SYMBOL) + " with a table that ends where memory ends");
  plugin.table = plugin.entry(host);
  if (plugin.table == nullptr) return;
  Progress("create with a table that ends where memory ends");
  Instance instance(plugin, *host);
  // Of nothing: what the plugin does with findings is for other checks.
  Progress("assess with tables that end where memory ends");
  Guarded call_memory("cnd_call", sizeof(cnd_call));
  auto* call = new (call_memory.data()) cnd_call(UsualCall(job));
  call_memory.MakeReadOnly();
  Sink sink;
  instance.Ask(*call, BytesOf(job.requests.at(0)), &sink);
  Progress("destroy");
}

void ProbeExtensions(Job& job) {
  Plugin plugin;
  if (!Load(job, &plugin) || plugin.table == nullptr || !CheckPluginTable(plugin.table).empty()) return;
  if (plugin.table->extension == nullptr) return;
  const std::string very_long(100'000, 'x');
  const std::string_view own = "condyle.";
  for (const std::string& id : {std::string("condyle.checker.unknown/1"), std::string("condyle.example/1"),
                                std::string("condyle.example/1garbage"), std::string(own), std::string(),
                                std::string("\xff\x01%s%n"), very_long}) {
    Progress("extension \"" + id.substr(0, 40) + "\"");
    if (plugin.table->extension(id.c_str()) == nullptr) continue;
    Report("extensions", kError, "it gives a table for an extension that nobody has defined", id.substr(0, 40));
    return;
  }
}

void ProbeSink(Job& job) {
  Plugin plugin;
  if (!Load(job, &plugin)) return;
  std::deque<Sink> sinks;  // all stay to the end: a late write must find them
  {
    Instance instance(plugin);
    const Budget budget(job.head.budget_ms);
    for (size_t i = 0; i < job.requests.size() && !budget.Over(); ++i) {
      for (const int refused : {0, 1, 5, -1}) {
        for (const cnd_status status : {CND_EXHAUSTED, CND_CANCELLED}) {
          if (refused < 0 && status != CND_EXHAUSTED) continue;
          Progress("assess, write " + std::to_string(refused) + " refused, " + Nth(i));
          Sink& sink = sinks.emplace_back();
          if (refused >= 0) sink.RefuseFrom(refused, status);
          const CallResult result = instance.Ask(UsualCall(job), BytesOf(job.requests[i]), &sink);
          if (!sink.refused() || sink.too_large() || result.status == CND_OK || result.status == status) continue;
          Report("sink", kWarning,
                 std::string("the sink refuses with ") + StatusName(status) + ", and assess returns " +
                     StatusName(result.status),
                 "assess");
        }
      }
    }
    Progress("destroy");
  }
  // For threads that are still at it.
  const timespec moment = {0, 20'000'000};
  nanosleep(&moment, nullptr);
  for (const Sink& sink : sinks) {
    if (sink.late_writes() == 0) continue;
    Report("sink", kError, "it writes into the sink of a call that has returned", "cnd_sink.write");
    return;
  }
}

}  // namespace condyle::checker
