// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Counting failures, and the circuit that they open.
#include "host/dispatch/supervisor.h"

#include <algorithm>
#include <cstdio>

namespace condyle {
namespace {

// `first`, doubled `times` times, at most `longest`. Nanoseconds.
uint64_t Doubled(std::chrono::nanoseconds first, std::chrono::nanoseconds longest, int times) {
  const auto most = static_cast<uint64_t>(std::max<int64_t>(longest.count(), 0));
  uint64_t value = std::min(static_cast<uint64_t>(std::max<int64_t>(first.count(), 0)), most);
  for (int i = 0; i < times && value < most; ++i) value = value > most / 2 ? most : value * 2;
  return value;
}

std::string Seconds(uint64_t ns) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f s", static_cast<double>(ns) / 1e9);
  return text;
}

const char* InWords(v1::FailureKind kind) {
  switch (kind) {
    case v1::FAILURE_KIND_CRASHED:
      return "it crashed";
    case v1::FAILURE_KIND_DEADLINE:
      return "it ran out of time";
    case v1::FAILURE_KIND_BAD_ANSWER:
      return "it broke the rules of its channel";
    default:
      return "it could not be started";
  }
}

}  // namespace

Supervisor::Permit::~Permit() {
  if (supervisor_ != nullptr) supervisor_->Abandoned(plugin_, era_);
}

void Supervisor::Permit::Succeeded() {
  if (Supervisor* const supervisor = std::exchange(supervisor_, nullptr)) supervisor->Succeeded(plugin_, era_);
}

void Supervisor::Permit::Failed(v1::FailureKind kind, std::string what) {
  if (Supervisor* const supervisor = std::exchange(supervisor_, nullptr)) {
    supervisor->Failed(plugin_, era_, kind, std::move(what));
  }
}

Supervisor::Supervisor(size_t plugins, const SupervisionOptions& options, Clock clock)
    : options_(options), clock_(std::move(clock)), records_(plugins) {}

std::optional<Supervisor::Permit> Supervisor::Admit(size_t plugin, std::string* refusal) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Record& record = records_[plugin];
  if (record.openings == 0) return Permit(this, plugin, record.era, record.start_at_ns);
  const uint64_t now = clock_();
  if (record.on_trial || now < record.open_until_ns) {
    *refusal = Refuse(record, now);
    return std::nullopt;
  }
  record.on_trial = true;
  return Permit(this, plugin, record.era, 0);
}

bool Supervisor::IsSound(size_t plugin, std::string* refusal) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const Record& record = records_[plugin];
  if (record.openings == 0) return true;
  *refusal = Refuse(record, clock_());
  return false;
}

std::string Supervisor::Refuse(const Record& record, uint64_t now) {
  std::string text = "the plugin was not asked: it failed " + std::to_string(record.failures) +
                     " times in a row, at last because " + InWords(record.kind);
  if (!record.what.empty()) text += " (" + record.what + ")";
  text += ". It has been left alone for " + Seconds(now - record.opened_at_ns);
  if (record.on_trial) return text + "; another consultation is trying it now.";
  if (now >= record.open_until_ns) return text + "; the next consultation tries it.";
  return text + " and is tried again in " + Seconds(record.open_until_ns - now) + ".";
}

Supervisor::State Supervisor::StateOf(size_t plugin) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const Record& record = records_[plugin];
  State state;
  state.failures_in_row = record.failures;
  if (record.openings == 0) return state;
  const uint64_t now = clock_();
  if (record.on_trial || now >= record.open_until_ns) {
    state.circuit = Circuit::kHalfOpen;
  } else {
    state.circuit = Circuit::kOpen;
    state.retry_in = std::chrono::nanoseconds(record.open_until_ns - now);
  }
  return state;
}

void Supervisor::Succeeded(size_t plugin, uint64_t era) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Record& record = records_[plugin];
  if (era != record.era) return;
  if (record.openings > 0) ++record.era;
  record.failures = record.openings = 0;
  record.start_at_ns = 0;
  record.on_trial = false;
  record.what.clear();
}

void Supervisor::Failed(size_t plugin, uint64_t era, v1::FailureKind kind, std::string what) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Record& record = records_[plugin];
  if (era != record.era || options_.open_after <= 0) return;
  ++record.failures;
  record.kind = kind;
  record.what = std::move(what);
  const uint64_t now = clock_();
  if (record.failures < options_.open_after) {
    if (record.failures >= 2) {
      record.start_at_ns = now + Doubled(options_.first_pause, options_.longest_pause, record.failures - 2);
    }
    return;
  }
  if (record.openings == 0) record.opened_at_ns = now;
  record.open_until_ns = now + Doubled(options_.first_suspension, options_.longest_suspension, record.openings);
  ++record.openings;
  record.on_trial = false;
  ++record.era;
}

void Supervisor::Abandoned(size_t plugin, uint64_t era) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (era == records_[plugin].era) records_[plugin].on_trial = false;
}

}  // namespace condyle
