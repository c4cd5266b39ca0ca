// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One worker process per plugin and parallel round.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "host/dispatch/dispatcher.h"
#include "host/dispatch/failure.h"
#include "host/dispatch/slot_pool.h"
#include "host/dispatch/worker_round.h"
#include "host/worker/channel.h"

namespace condyle {
namespace {

class WorkerDispatcher final : public Dispatcher {
 public:
  WorkerDispatcher(const PluginCatalog& catalog, const DispatchOptions& options)
      : catalog_(catalog),
        options_(options),
        commons_(catalog.plugins.size(), options.supervision),
        pool_(MakeSets(catalog, options)) {}

  std::vector<Reply> Ask(const Round& round) override {
    const auto set = pool_.Take(round.limit.end, round.cancel);
    if (!set) {
      std::vector<Reply> replies(catalog_.plugins.size());
      FailAll(catalog_, round, "worker", &replies);
      return replies;
    }
    return WorkerRound(options_, round, **set, commons_).Run();
  }

  const char* isolation() const override { return "worker"; }

  std::vector<pid_t> worker_pids() const override {
    std::vector<pid_t> pids;
    for (const auto& set : pool_.slots()) {
      for (const auto& seat : set->seats) {
        if (const pid_t pid = seat->worker.pid(); pid > 0) pids.push_back(pid);
      }
    }
    return pids;
  }

  std::vector<uint64_t> worker_starts() const override {
    std::vector<uint64_t> starts(catalog_.plugins.size());
    for (const auto& set : pool_.slots()) {
      for (size_t i = 0; i < set->seats.size(); ++i) starts[i] += set->seats[i]->worker.starts();
    }
    return starts;
  }

  const Supervisor* supervisor() const override { return &commons_.supervisor; }
  SandboxState least_sandbox() const override { return commons_.least.Get(); }

 private:
  static std::vector<std::unique_ptr<WorkerSet>> MakeSets(const PluginCatalog& catalog,
                                                          const DispatchOptions& options) {
    // Room for the texts of failures, however small the limit on answers.
    const uint64_t max_payload = std::max<uint64_t>(options.max_response_bytes, kMaxErrorBytes);
    std::vector<std::unique_ptr<WorkerSet>> sets;
    for (int i = 0; i < std::max(options.parallel_rounds, 1); ++i) {
      sets.push_back(std::make_unique<WorkerSet>());
      for (const PluginFile& file : catalog.plugins) {
        sets.back()->seats.push_back(std::make_unique<Seat>(file, max_payload));
      }
    }
    return sets;
  }

  const PluginCatalog& catalog_;
  const DispatchOptions options_;
  WorkerCommons commons_;  // outlives the workers, whose parent is its thread
  SlotPool<WorkerSet> pool_;
};

}  // namespace

std::unique_ptr<Dispatcher> MakeWorkerDispatcher(const PluginCatalog& catalog, const DispatchOptions& options) {
  return std::make_unique<WorkerDispatcher>(catalog, options);
}

}  // namespace condyle
