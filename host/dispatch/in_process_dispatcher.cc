// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Plugins loaded into this process and called one after the other on the caller's thread.
#include <algorithm>
#include <memory>
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

class InProcessDispatcher final : public Dispatcher {
 public:
  InProcessDispatcher(const PluginCatalog& catalog, const DispatchOptions& options)
      : catalog_(catalog), options_(options), pool_(MakeSets(catalog, options)) {}

  std::vector<Reply> Ask(const Round& round) override {
    const size_t count = catalog_.plugins.size();
    std::vector<Reply> replies(count);
    const auto set = pool_.Take();
    for (size_t i = 0; i < count; ++i) {
      if (!Asks(round, i)) continue;
      const PluginFile& file = catalog_.plugins[i];
      if (i >= round.requests.size()) {
        replies[i].failure = MakeFailure(file, v1::FAILURE_KIND_UNSPECIFIED, "the host made no request for it");
        continue;
      }
      AskOne(file, round, round.requests[i], &set->instances[i], &replies[i]);
      replies[i].sandbox = SandboxLevelName(SandboxLevel::kNone);
    }
    return replies;
  }

  const char* isolation() const override { return "in-process"; }

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

  void AskOne(const PluginFile& file, const Round& round, const std::string& request,
              std::unique_ptr<PluginInstance>* instance, Reply* reply) const {
    if (*instance == nullptr) {
      std::string error;
      if (const auto library = Load(file, &error)) *instance = library->Create({}, &error);
      if (*instance == nullptr) {
        reply->failure =
            MakeFailure(file, v1::FAILURE_KIND_LOAD, "the plugin could not be started: " + CleanText(error));
        return;
      }
    }
    // Each plugin has the whole time: nothing can stop one that overruns, and the others must not pay for it.
    const uint64_t deadline = DeadlineAfter(MonotonicNs(), round.deadline);
    cnd_call call{};
    call.struct_size = sizeof(call);
    call.deadline_mono_ns = deadline;
    call.as_of_unix_ns = round.as_of_unix_ns;
    const AssessResult result = (*instance)->Assess(call, request, options_.max_response_bytes, &reply->response);
    if (result.status != CND_OK) {
      reply->failure = StatusFailure(file, result.status, result.too_large, result.error, options_.max_response_bytes);
    } else if (MonotonicNs() > deadline) {
      reply->response.clear();
      reply->failure = DeadlineFailure(file, round.deadline, "the plugin did not answer");
    }
  }

  const PluginCatalog& catalog_;
  const DispatchOptions options_;
  SlotPool<InstanceSet> pool_;
};

}  // namespace

std::unique_ptr<Dispatcher> MakeInProcessDispatcher(const PluginCatalog& catalog, const DispatchOptions& options) {
  return std::make_unique<InProcessDispatcher>(catalog, options);
}

}  // namespace condyle
