// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The plugin, instances, sinks and calls.
#include "host/checker/probe/probe.h"

#include <dlfcn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <typeinfo>

#include "host/loader/plugin_library.h"

namespace condyle::checker {
namespace {

// A plugin that goes on writing after so many refusals will not stop.
constexpr int kEndlessWrites = 20'000;
constexpr uint64_t kCallNs = 2'000'000'000;

using MayThrowCreate = cnd_status (*)(const cnd_host*, cnd_bytes, cnd_instance**, const cnd_sink*);
using MayThrowAssess = cnd_status (*)(cnd_instance*, const cnd_call*, cnd_bytes, const cnd_sink*);
using MayThrowDestroy = void (*)(cnd_instance*);

int ThreadId() { return static_cast<int>(syscall(SYS_gettid)); }

void HostLog(void*, int32_t, cnd_bytes) noexcept {}
uint64_t HostMonotonicNs(void*) noexcept { return MonotonicNs(); }
const void* HostExtension(void*, const char*) noexcept { return nullptr; }

void ReportThrow(const char* function, const char* what) {
  Report("exceptions", kError, std::string("an exception left ") + function + (what[0] == '\0' ? "" : ": ") + what,
         function);
}

// Runs a call of the plugin. False, with a finding, if an exception came out of it.
template <typename Call>
bool Guard(const char* function, Call call) {
  try {
    call();
    return true;
  } catch (const std::exception& e) {
    ReportThrow(function, typeid(e).name());  // not what(): it could hold findings
  } catch (...) {
    ReportThrow(function, "");
  }
  return false;
}

[[noreturn]] void GiveUp() {
  SendDone();
  _exit(0);
}

}  // namespace

const cnd_host& UsualHost() {
  static constexpr cnd_host kHost = {sizeof(cnd_host), CND_ABI_MAJOR, CND_ABI_MINOR,   0,
                                     nullptr,          HostLog,       HostMonotonicNs, HostExtension};
  return kHost;
}

cnd_bytes BytesOf(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

std::string Nth(size_t request) { return "request " + std::to_string(request); }

cnd_call UsualCall(const Job& job) {
  cnd_call call{};
  call.struct_size = sizeof(call);
  call.deadline_mono_ns = MonotonicNs() + kCallNs;
  call.as_of_unix_ns = job.head.as_of_unix_ns;
  return call;
}

Sink::Sink(uint64_t max_bytes)
    : max_bytes_(max_bytes), thread_(ThreadId()), table_{sizeof(cnd_sink), 0, this, Write, Fail} {}

cnd_status Sink::Write(void* ctx, cnd_bytes chunk) noexcept {
  auto* sink = static_cast<Sink*>(ctx);
  if (sink->closed_.load()) {
    sink->late_writes_.fetch_add(1);
    return CND_MISUSE;
  }
  if (ThreadId() != sink->thread_) sink->wrong_thread_ = true;
  if (chunk.data == nullptr && chunk.size != 0) {
    sink->bad_chunk_ = true;
    return CND_MISUSE;
  }
  if (sink->refused_) {
    if (++sink->writes_after_refusal_ == kEndlessWrites) {
      Report("sink", kError, "it goes on writing without end after the sink has refused", "cnd_sink.write");
      GiveUp();
    }
    return sink->refusal_;
  }
  const bool full = chunk.size > sink->max_bytes_ - sink->bytes_.size();
  if (full || (sink->refuse_from_ >= 0 && sink->writes_ >= sink->refuse_from_)) {
    sink->too_large_ = full;
    sink->refused_ = true;
    return sink->refusal_;
  }
  ++sink->writes_;
  try {
    sink->bytes_.append(reinterpret_cast<const char*>(chunk.data), chunk.size);
  } catch (const std::exception&) {
    sink->refused_ = true;
    return sink->refusal_;
  }
  return CND_OK;
}

void Sink::Fail(void* ctx, cnd_status, cnd_bytes utf8) noexcept {
  auto* sink = static_cast<Sink*>(ctx);
  if (sink->closed_.load()) {
    sink->late_writes_.fetch_add(1);
    return;
  }
  try {
    if (utf8.data != nullptr)
      sink->words_.assign(reinterpret_cast<const char*>(utf8.data), std::min<uint64_t>(utf8.size, 1024));
  } catch (const std::exception&) {
    sink->words_.clear();
  }
}

Budget::Budget(uint32_t milliseconds) : end_(MonotonicNs() + uint64_t{milliseconds} * 1'000'000) {}

bool Budget::Over() const { return MonotonicNs() >= end_; }

bool Load(const Job& job, Plugin* plugin) {
  Progress("loading");
  std::string problem;
  Guard("the plugin's constructors", [&] {
    plugin->library = dlopen(job.place.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (plugin->library != nullptr) return;
    const char* words = dlerror();
    problem = words != nullptr ? words : "dlopen failed";
  });
  if (plugin->library == nullptr) {
    for (size_t at = problem.find(job.place); at != problem.npos; at = problem.find(job.place)) {
      problem.replace(at, job.place.size(), "the plugin");
    }
    Report("loads", kError, "it cannot be loaded: " + (problem.empty() ? "an exception was thrown" : problem),
           "dlopen");
    return false;
  }
  plugin->entry = reinterpret_cast<cnd_entry_v1>(dlsym(plugin->library, CND_ENTRY_SYMBOL));
  if (plugin->entry == nullptr) {
    Report("loads", kError, std::string("it does not export ") + CND_ENTRY_SYMBOL, CND_ENTRY_SYMBOL);
    return false;
  }
  Progress("asking for its table");
  using MayThrowEntry = const cnd_plugin* (*)(const cnd_host*);
  const MayThrowEntry entry = plugin->entry;
  Guard(CND_ENTRY_SYMBOL, [&] { plugin->table = entry(&UsualHost()); });
  return true;
}

Instance::Instance(const Plugin& plugin, const cnd_host& host) : table_(plugin.table) {
  if (table_ == nullptr || !CheckPluginTable(table_).empty()) GiveUp();  // abi-versions has said so
  Sink sink;
  cnd_status status = CND_INTERNAL;
  const MayThrowCreate create = table_->create;
  const bool returned = Guard("create", [&] { status = create(&host, {nullptr, 0}, &instance_, sink.table()); });
  sink.Close();
  if (!returned) GiveUp();
  if (status != CND_OK || instance_ == nullptr) {
    Report("loads", kError,
           status != CND_OK
               ? std::string("create fails with ") + StatusName(status) + " and the configuration left empty"
               : "create returns CND_OK and makes no instance",
           "create");
    GiveUp();
  }
}

Instance::~Instance() {
  const MayThrowDestroy destroy = table_->destroy;
  Guard("destroy", [&] { destroy(instance_); });
}

CallResult Instance::Ask(const cnd_call& call, cnd_bytes request, Sink* sink) {
  CallResult result;
  const MayThrowAssess assess = table_->assess;
  const uint64_t start = MonotonicNs();
  result.threw = !Guard("assess", [&] { result.status = assess(instance_, &call, request, sink->table()); });
  result.nanoseconds = MonotonicNs() - start;
  sink->Close();
  result.too_large = sink->too_large();
  result.words = sink->words();
  if (result.status == CND_OK && !result.too_large) result.bytes = sink->bytes();
  if (sink->refused() && result.status == CND_OK && !result.threw) {
    Report("sink", kError, "assess returns CND_OK although the sink has refused a part of the answer", "assess");
  }
  if (sink->writes_after_refusal() > 0) {
    Report("sink", kError,
           "it writes " + std::to_string(sink->writes_after_refusal()) + " more times after the sink has refused",
           "cnd_sink.write");
  }
  if (sink->wrong_thread())
    Report("sink", kError, "it writes on another thread than that of the call", "cnd_sink.write");
  if (sink->bad_chunk()) Report("sink", kError, "it writes a chunk without data and with a size", "cnd_sink.write");
  return result;
}

CallResult Instance::Ask(const Job& job, std::string_view request) {
  Sink sink;
  return Ask(UsualCall(job), BytesOf(request), &sink);
}

}  // namespace condyle::checker
