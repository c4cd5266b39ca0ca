// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Plugins loaded into this process and called one after the other on the caller's thread.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "condyle/plugin.h"
#include "host/dispatch/dispatcher.h"
#include "host/dispatch/failure.h"
#include "host/dispatch/slot_pool.h"
#include "host/loader/plugin_library.h"

namespace condyle {
namespace {

// One instance of each plugin, loaded when first needed. Used by one round at a time, so instances need no lock.
struct InstanceSet {
  std::vector<std::unique_ptr<PluginInstance>> instances;
};

std::unique_ptr<PluginLibrary> Load(const PluginFile& file, std::string* error) {
  if (file.image == nullptr) return PluginLibrary::Load(file.path, error);
  return PluginLibrary::LoadSealed(file.path, file.image->fd(), file.file_sha256, error);
}

// What plugins look at to see whether they are still wanted.
class CancelFlag {
 public:
  explicit CancelFlag(const std::stop_token& cancel) : callback_(cancel, Raise{&flag_}) {}
  const uint32_t* flag() const { return &flag_; }

 private:
  struct Raise {
    uint32_t* flag;
    void operator()() const { std::atomic_ref<uint32_t>(*flag).store(1, std::memory_order_release); }
  };
  uint32_t flag_ = 0;
  std::stop_callback<Raise> callback_;
};

class InProcessDispatcher final : public Dispatcher {
 public:
  InProcessDispatcher(const PluginCatalog& catalog, const DispatchOptions& options)
      : catalog_(catalog),
        options_(options),
        supervisor_(catalog.plugins.size(), options.supervision, MonotonicNs),
        pool_(MakeSets(catalog, options)) {}

  std::vector<Reply> Ask(const Round& round) override {
    const size_t count = catalog_.plugins.size();
    std::vector<Reply> replies(count);
    const auto set = pool_.Take(round.limit.end, round.cancel);
    if (!set) {
      FailAll(catalog_, round, "instance", &replies);
      return replies;
    }
    const CancelFlag cancel(round.cancel);
    for (size_t i = 0; i < count; ++i) {
      if (!Asks(round, i)) continue;
      const PluginFile& file = catalog_.plugins[i];
      if (i >= round.requests.size()) {
        replies[i].failure = MakeFailure(file, v1::FAILURE_KIND_UNSPECIFIED, "the host made no request for it");
        continue;
      }
      AskIfDue(i, round, cancel, &(*set)->instances[i], &replies[i]);
    }
    return replies;
  }

  const char* isolation() const override { return "in-process"; }
  const Supervisor* supervisor() const override { return &supervisor_; }

 private:
  static std::vector<std::unique_ptr<InstanceSet>> MakeSets(const PluginCatalog& catalog,
                                                            const DispatchOptions& options) {
    std::vector<std::unique_ptr<InstanceSet>> sets;
    for (int i = 0; i < std::max(options.parallel_rounds, 1); ++i) {
      sets.push_back(std::make_unique<InstanceSet>());
      sets.back()->instances.resize(catalog.plugins.size());
    }
    return sets;
  }

  void AskIfDue(size_t i, const Round& round, const CancelFlag& cancel, std::unique_ptr<PluginInstance>* instance,
                Reply* reply) {
    const PluginFile& file = catalog_.plugins[i];
    if (round.cancel.stop_requested()) {
      reply->failure = CancelledFailure(file);
    } else if (std::chrono::steady_clock::now() >= round.limit.end) {
      reply->failure = ConsultationDeadlineFailure(
          file, round.limit.duration, "the plugin was not asked: plugins in-process take turns, and its did not come");
    } else {
      AskUnlessSuspended(i, round, cancel, instance, reply);
    }
  }

  void AskUnlessSuspended(size_t i, const Round& round, const CancelFlag& cancel,
                          std::unique_ptr<PluginInstance>* instance, Reply* reply) {
    std::string refusal;
    auto permit = round.hypothetical ? std::nullopt : supervisor_.Admit(i, &refusal);
    if (round.hypothetical ? !supervisor_.IsSound(i, &refusal) : !permit.has_value()) {
      reply->failure = MakeFailure(catalog_.plugins[i], v1::FAILURE_KIND_SUSPENDED, std::move(refusal));
      return;
    }
    reply->sandbox = SandboxLevelName(SandboxLevel::kNone);
    const Fault fault = AskOne(catalog_.plugins[i], round, round.requests[i], cancel, instance, reply);
    if (!permit || fault.unclear) return;
    if (fault.is_one) {
      permit->Failed(reply->failure->kind(), fault.what);
    } else {
      permit->Succeeded();
    }
  }

  // What a call says about the plugin itself.
  struct Fault {
    bool is_one = false;
    // It had less time than it is promised.
    bool unclear = false;
    // What a later consultation may be told.
    std::string what;
  };

  Fault AskOne(const PluginFile& file, const Round& round, const std::string& request, const CancelFlag& cancel,
               std::unique_ptr<PluginInstance>* instance, Reply* reply) const {
    if (*instance == nullptr) {
      std::string error;
      if (const auto library = Load(file, &error)) *instance = library->Create({}, &error);
      if (*instance == nullptr) {
        error = CleanText(error);
        reply->failure = MakeFailure(file, v1::FAILURE_KIND_LOAD, "the plugin could not be started: " + error);
        return {.is_one = true, .what = error};
      }
    }
    // Each plugin has the whole time, as long as the consultation has: nothing can stop one that overruns, and the
    // others must not pay for it.
    const auto begin = std::chrono::steady_clock::now();
    const auto left = std::max(round.limit.end - begin, std::chrono::steady_clock::duration::zero());
    const uint64_t begin_ns = MonotonicNs();
    const uint64_t deadline = DeadlineAfter(begin_ns, std::min<std::chrono::nanoseconds>(round.deadline, left));
    cnd_call call{};
    call.struct_size = sizeof(call);
    call.deadline_mono_ns = deadline;
    call.as_of_unix_ns = round.as_of_unix_ns;
    call.cancel = cancel.flag();
    const AssessResult result = (*instance)->Assess(call, request, options_.max_response_bytes, &reply->response);
    const uint64_t end_ns = MonotonicNs();
    reply->time = std::chrono::nanoseconds(end_ns - begin_ns);
    if (result.status == CND_CANCELLED && round.cancel.stop_requested()) {
      reply->failure = CancelledFailure(file);
      return {.unclear = true};
    }
    if (result.status != CND_OK) {
      reply->failure = StatusFailure(file, result.status, result.too_large, result.error, options_.max_response_bytes);
      return {};
    }
    if (end_ns <= deadline) return {};
    reply->response.clear();
    constexpr const char* kWhat = "the plugin did not answer";
    reply->failure = left < round.deadline ? ConsultationDeadlineFailure(file, round.limit.duration, kWhat)
                                           : DeadlineFailure(file, round.deadline, kWhat);
    const bool had_its_time = HadItsTime(round, std::chrono::steady_clock::now() - begin);
    return {.is_one = had_its_time, .unclear = !had_its_time};
  }

  const PluginCatalog& catalog_;
  const DispatchOptions options_;
  Supervisor supervisor_;
  SlotPool<InstanceSet> pool_;
};

}  // namespace

std::unique_ptr<Dispatcher> MakeInProcessDispatcher(const PluginCatalog& catalog, const DispatchOptions& options) {
  return std::make_unique<InProcessDispatcher>(catalog, options);
}

}  // namespace condyle
