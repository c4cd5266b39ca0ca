// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Options in, health and notes out.
#include "host/library/supervised.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace condyle {

std::string FindUnusable(const HostOptions& options) {
  constexpr std::chrono::milliseconds kZero{0};
  if (options.deadline <= kZero) return "HostOptions::deadline must be longer than 0 ms";
  if (options.consultation_deadline < kZero) {
    return "HostOptions::consultation_deadline must be at least 0 ms, which stands for twice HostOptions::deadline";
  }
  if (options.parallel < 1) return "HostOptions::parallel must be at least 1";
  const Supervision& supervision = options.supervision;
  if (supervision.open_after < 0) {
    return "HostOptions::supervision.open_after must be at least 0, which means that plugins are never suspended";
  }
  if (supervision.first_suspension <= kZero || supervision.longest_suspension < supervision.first_suspension) {
    return "HostOptions::supervision.first_suspension must be longer than 0 ms and no longer than longest_suspension";
  }
  return {};
}

Deadlines DeadlinesOf(const HostOptions& options) {
  const bool given = options.consultation_deadline > std::chrono::milliseconds::zero();
  return {options.deadline, given ? options.consultation_deadline : 2 * options.deadline};
}

SupervisionOptions SupervisionOf(const Supervision& supervision) {
  SupervisionOptions options;
  options.open_after = supervision.open_after;
  options.first_suspension = supervision.first_suspension;
  options.longest_suspension = supervision.longest_suspension;
  options.ask_again = supervision.ask_again;
  return options;
}

void NoteRuns(const PluginCatalog& catalog, const std::vector<Reply>& replies, v1::Consultation* consultation) {
  v1::Receipt* receipt = consultation->mutable_receipt();
  for (size_t i = 0; i < replies.size() && i < static_cast<size_t>(receipt->plugins_size()); ++i) {
    const Reply& reply = replies[i];
    v1::PluginRun* run = receipt->mutable_plugins(static_cast<int>(i));
    if (reply.sandbox != nullptr) run->set_sandbox(reply.sandbox);
    run->set_restarts(reply.restarts);
    if (reply.stderr_bytes == 0) continue;
    v1::Notice* notice = consultation->add_notices();
    notice->set_path(catalog.plugins[i].manifest.id());
    notice->set_message(absl::StrCat("While it answered, the plugin wrote ", reply.stderr_bytes,
                                     " bytes to standard error, which are no part of its answer. The last line: ",
                                     reply.stderr_line.empty() ? "(blank)" : reply.stderr_line));
  }
}

std::vector<PluginTime> TimesOf(const PluginCatalog& catalog, const std::vector<Reply>& replies) {
  std::vector<PluginTime> times;
  times.reserve(replies.size());
  for (size_t i = 0; i < replies.size(); ++i) {
    if (replies[i].time.count() == 0) continue;
    times.push_back({catalog.plugins[i].manifest.id(), std::chrono::ceil<std::chrono::microseconds>(replies[i].time)});
  }
  return times;
}

bool WasCancelled(const std::vector<Reply>& replies) {
  return std::any_of(replies.begin(), replies.end(), [](const Reply& reply) {
    return reply.failure && reply.failure->kind() == v1::FAILURE_KIND_CANCELLED;
  });
}

std::vector<PluginHealth> HealthOf(const PluginCatalog& catalog, const Dispatcher& dispatcher) {
  const std::vector<uint64_t> starts = dispatcher.worker_starts();
  std::vector<PluginHealth> health(catalog.plugins.size());
  for (size_t i = 0; i < health.size(); ++i) {
    health[i].plugin_id = catalog.plugins[i].manifest.id();
    if (i < starts.size()) health[i].worker_starts = starts[i];
    if (dispatcher.supervisor() == nullptr) continue;
    const Supervisor::State state = dispatcher.supervisor()->StateOf(i);
    health[i].circuit = state.circuit == Supervisor::Circuit::kClosed ? "closed"
                        : state.circuit == Supervisor::Circuit::kOpen ? "open"
                                                                      : "half-open";
    health[i].failures_in_row = state.failures_in_row;
    health[i].retry_in = std::chrono::ceil<std::chrono::milliseconds>(state.retry_in);
  }
  return health;
}

}  // namespace condyle
