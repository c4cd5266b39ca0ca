// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Seats, sets, and waking a round that is cancelled.
#include "host/dispatch/worker_set.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "host/loader/plugin_library.h"

namespace condyle {

Seat::Seat(const PluginFile& plugin, uint64_t max_payload) : file(&plugin), worker(max_payload) {
  if (plugin.image != nullptr) worker.set_plugin_fd(plugin.image->fd());
}

WorkerSet::~WorkerSet() {
  for (const auto& seat : seats) seat->worker.Kill();  // all first, so that they die side by side
}

void LeastSandbox::Note(const SandboxState& state) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (state.level < least_.level) least_ = state;
}

SandboxState LeastSandbox::Get() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return least_;
}

WorkerCommons::WorkerCommons(size_t plugins, const SupervisionOptions& options)
    : supervisor(plugins, options, MonotonicNs) {}

void CancelSignal::Write::operator()() const {
  const uint64_t one = 1;
  // Cannot fail: nothing else is written to it.
  if (fd >= 0 && write(fd, &one, sizeof(one)) < 0) return;
}

CancelSignal::CancelSignal(const std::stop_token& cancel) {
  if (!cancel.stop_possible()) return;
  fd_ = UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  callback_.emplace(cancel, Write{fd_.get()});
}

}  // namespace condyle
