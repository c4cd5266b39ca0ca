// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One worker process per plugin and parallel round. A round is one poll loop on the caller's thread: workers that are
// not running are started side by side, requests are written as far as the sockets take them while answers are read,
// and whoever fails is killed and reported without holding up the rest.
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "condyle/plugin.h"
#include "host/dispatch/dispatcher.h"
#include "host/dispatch/failure.h"
#include "host/dispatch/sandbox_probe.h"
#include "host/dispatch/slot_pool.h"
#include "host/dispatch/worker_process.h"
#include "host/loader/plugin_library.h"
#include "host/worker/channel.h"

namespace condyle {
namespace {

constexpr const char* kReplaced = " A new worker is started for the next case.";

enum class Phase {
  kStarting,  // waiting for kReady
  kAsked,     // writing the request, or waiting for the answer
  kDone,
};

struct Seat {
  Seat(const PluginFile& plugin, uint64_t max_payload) : file(&plugin), worker(max_payload) {
    if (plugin.image != nullptr) worker.set_plugin_fd(plugin.image->fd());
  }

  const PluginFile* const file;
  WorkerProcess worker;
  Phase phase = Phase::kDone;
  uint32_t sequence = 0;
  SandboxLevel sandbox = SandboxLevel::kNone;
};

// One worker for each plugin. Used by one round at a time.
struct WorkerSet {
  ~WorkerSet() {
    for (const auto& seat : seats) seat->worker.Kill();  // all first, so that they die side by side
  }

  std::vector<std::unique_ptr<Seat>> seats;
  std::vector<pollfd> polled;  // two for each seat: channel, stderr
};

// The least level that any worker has reached. Thread-safe.
class LeastSandbox {
 public:
  void Note(const SandboxState& state) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (state.level < least_.level) least_ = state;
  }
  SandboxState Get() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return least_;
  }

 private:
  mutable std::mutex mutex_;
  SandboxState least_ = {SandboxLevel::kStrict};
};

// Everything that one call of Ask works with.
class RoundRun {
 public:
  RoundRun(const DispatchOptions& options, const Round& round, WorkerSet& set, LeastSandbox& least)
      : options_(options), round_(round), set_(set), least_(least), replies_(set.seats.size()) {
    const uint64_t now = MonotonicNs();
    deadline_ns_ = DeadlineAfter(now, round.deadline);
    start_limit_ = std::min<std::chrono::nanoseconds>(round.deadline, kWorkerStartLimit);
    start_deadline_ns_ = DeadlineAfter(now, start_limit_);
  }

  std::vector<Reply> Run() {
    DismissBrokenIdlers();
    // Requests to those that run go out last: starting a process takes longer than a whole assessment.
    for (size_t i = 0; i < set_.seats.size(); ++i) {
      if (Asks(round_, i) && Askable(i) && !set_.seats[i]->worker.running()) Start(i);
    }
    for (size_t i = 0; i < set_.seats.size(); ++i) {
      Seat& seat = *set_.seats[i];
      if (!Asks(round_, i)) continue;
      if (seat.phase == Phase::kDone && seat.worker.running() && !replies_[i].failure) Send(i);
    }
    while (pending_ > 0) WaitAndServe();
    return std::move(replies_);
  }

 private:
  // False, with a failure, if there is nothing to ask or it cannot be asked.
  bool Askable(size_t i) {
    if (i >= round_.requests.size()) {
      replies_[i].failure =
          MakeFailure(*set_.seats[i]->file, v1::FAILURE_KIND_UNSPECIFIED, "the host made no request for it");
    } else if (round_.requests[i].size() > kMaxRequestBytes) {
      replies_[i].failure = MakeFailure(*set_.seats[i]->file, v1::FAILURE_KIND_UNSPECIFIED,
                                        "the request has " + std::to_string(round_.requests[i].size()) +
                                            " bytes; a worker takes at most " + std::to_string(kMaxRequestBytes));
    }
    return !replies_[i].failure.has_value();
  }

  // Workers that have died since the last round, or said something unasked, are replaced before they are needed; so
  // are those that an exception (out of memory) left in the middle of a call.
  void DismissBrokenIdlers() {
    for (const auto& seat : set_.seats) {
      if (std::exchange(seat->phase, Phase::kDone) == Phase::kDone) continue;
      seat->worker.Kill();
      seat->worker.End();
    }
    FillPolled();
    if (poll(set_.polled.data(), set_.polled.size(), 0) <= 0) return;
    for (size_t i = 0; i < set_.seats.size(); ++i) {
      WorkerProcess& worker = set_.seats[i]->worker;
      if (set_.polled[2 * i + 1].revents != 0) worker.DrainStderr();
      if (set_.polled[2 * i].revents != 0) {
        worker.Kill();
        worker.End();
      }
    }
  }

  void Start(size_t i) {
    Seat& seat = *set_.seats[i];
    const std::string error =
        seat.worker.Start(options_.worker_path, seat.file->path, options_.worker_memory_bytes, options_.most_sandbox);
    if (!error.empty()) {
      replies_[i].failure = MakeFailure(*seat.file, v1::FAILURE_KIND_LOAD, "cannot start its worker: " + error);
      return;
    }
    seat.phase = Phase::kStarting;
    ++pending_;
  }

  void Send(size_t i) {
    Seat& seat = *set_.seats[i];
    if (seat.phase == Phase::kDone) ++pending_;
    seat.phase = Phase::kAsked;
    replies_[i].sandbox = SandboxLevelName(seat.sandbox);
    FrameHeader header;
    header.type = FrameType::kAssess;
    header.sequence = ++seat.sequence;
    const AssessPrefix prefix = {deadline_ns_, round_.as_of_unix_ns, options_.max_response_bytes};
    seat.worker.ForgetStderr();  // of an earlier round
    seat.worker.reader.Start();
    seat.worker.writer.Start(header, {reinterpret_cast<const char*>(&prefix), sizeof(prefix)}, round_.requests[i]);
    Write(i);
  }

  void Write(size_t i) {
    WorkerProcess& worker = set_.seats[i]->worker;
    if (worker.writer.Continue(worker.channel(), MSG_DONTWAIT) == IoResult::kClosed) Bury(i);
  }

  void FillPolled() {
    set_.polled.resize(2 * set_.seats.size());
    for (size_t i = 0; i < set_.seats.size(); ++i) {
      const Seat& seat = *set_.seats[i];
      const WorkerProcess& worker = seat.worker;
      const bool sending = seat.phase == Phase::kAsked && worker.writer.pending();
      const short events = static_cast<short>(POLLIN | (sending ? POLLOUT : 0));
      set_.polled[2 * i] = {worker.running() ? worker.channel() : -1, events, 0};
      set_.polled[2 * i + 1] = {worker.running() ? worker.stderr_fd() : -1, POLLIN, 0};
    }
  }

  void WaitAndServe() {
    FillPolled();
    bool starting = false;
    for (size_t i = 0; i < set_.seats.size(); ++i) {
      const Phase phase = set_.seats[i]->phase;
      starting |= phase == Phase::kStarting;
      if (phase == Phase::kDone) set_.polled[2 * i].fd = set_.polled[2 * i + 1].fd = -1;
    }
    const uint64_t until = starting ? start_deadline_ns_ : deadline_ns_;
    const uint64_t before = MonotonicNs();
    const uint64_t left = until > before ? until - before : 0;
    const timespec timeout = {static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
    if (ppoll(set_.polled.data(), set_.polled.size(), &timeout, nullptr) > 0) {
      for (size_t i = 0; i < set_.seats.size(); ++i) {
        if (set_.polled[2 * i + 1].revents != 0) set_.seats[i]->worker.DrainStderr();
        const short events = set_.polled[2 * i].revents;
        if ((events & POLLOUT) != 0 && (events & (POLLERR | POLLHUP)) == 0) Write(i);
        if ((events & ~POLLOUT) != 0 && set_.seats[i]->phase != Phase::kDone) Read(i);
      }
    }
    const uint64_t now = MonotonicNs();
    if (now >= start_deadline_ns_) Overdue(now);
  }

  void Read(size_t i) {
    Seat& seat = *set_.seats[i];
    switch (seat.worker.reader.Continue(seat.worker.channel(), MSG_DONTWAIT)) {
      case IoResult::kWouldBlock:
        return;
      case IoResult::kClosed:
        Bury(i);
        return;
      case IoResult::kBroken:
        Expel(i, seat.worker.reader.problem());
        return;
      case IoResult::kDone:
        break;
    }
    if (seat.phase == Phase::kStarting) {
      Started(i);
    } else {
      Answered(i);
    }
  }

  void Started(size_t i) {
    Seat& seat = *set_.seats[i];
    const FrameHeader& header = seat.worker.reader.header();
    if (header.type == FrameType::kReady) {
      Ready(i);
    } else if (header.type == FrameType::kStartFailed) {
      const std::string words = CleanText(seat.worker.reader.payload());
      Finish(i, MakeFailure(*seat.file, v1::FAILURE_KIND_LOAD, "the plugin could not be started: " + words));
      seat.worker.Kill();
      seat.worker.End();
    } else {
      Expel(i, "it answered before it was ready");
    }
  }

  void Ready(size_t i) {
    Seat& seat = *set_.seats[i];
    const std::optional<SandboxState> sandbox = ReadySandbox(seat.worker.reader.payload());
    if (!sandbox) {
      Expel(i, "it is of another build than this program");
    } else if (sandbox->level < options_.require_sandbox) {
      Finish(i, MakeFailure(*seat.file, v1::FAILURE_KIND_LOAD,
                            std::string("its worker reached the sandbox level ") + SandboxLevelName(sandbox->level) +
                                ", and " + SandboxLevelName(options_.require_sandbox) +
                                " is required: " + SandboxGap(sandbox->missing) + ". It was not asked."));
      seat.worker.Kill();
      seat.worker.End();
    } else {
      seat.sandbox = sandbox->level;
      least_.Note(*sandbox);
      Send(i);
    }
  }

  void Answered(size_t i) {
    Seat& seat = *set_.seats[i];
    FrameReader& reader = seat.worker.reader;
    const FrameHeader header = reader.header();
    if (header.type != FrameType::kAnswer || header.sequence != seat.sequence || seat.worker.writer.pending()) {
      Expel(i, "it sent a frame that was not due");
    } else if (header.status != CND_OK) {
      const bool too_large = (header.flags & kFrameTooLarge) != 0;
      Finish(i, StatusFailure(*seat.file, header.status, too_large, reader.payload(), options_.max_response_bytes));
      // One that has lost its memory would never answer again.
      if (header.status == CND_EXHAUSTED && !too_large) Dismiss(i);
    } else if (header.length > options_.max_response_bytes) {
      Expel(i, "it sent more than it may");
    } else {
      replies_[i].response = reader.TakePayload();
      Finish(i, std::nullopt);
    }
  }

  // The worker has died, or at least hung up.
  void Bury(size_t i) {
    Seat& seat = *set_.seats[i];
    const bool starting = seat.phase == Phase::kStarting;
    const std::string how = seat.worker.End();
    const auto kind = starting ? v1::FAILURE_KIND_LOAD : v1::FAILURE_KIND_CRASHED;
    Finish(i, MakeFailure(*seat.file, kind,
                          std::string(starting ? "while the plugin was loaded its worker "
                                               : "while the plugin was assessing its worker ") +
                              how + "." + kReplaced));
  }

  void Dismiss(size_t i) {
    set_.seats[i]->worker.Kill();
    set_.seats[i]->worker.End();
  }

  void Expel(size_t i, const std::string& why) {
    Seat& seat = *set_.seats[i];
    Dismiss(i);
    Finish(i, MakeFailure(*seat.file, v1::FAILURE_KIND_BAD_ANSWER,
                          "the worker broke the rules of its channel and was ended: " + why + "." + kReplaced));
  }

  void Overdue(uint64_t now) {
    for (const auto& seat : set_.seats) {
      if (IsOverdue(*seat, now)) seat->worker.Kill();
    }
    for (size_t i = 0; i < set_.seats.size(); ++i) {
      Seat& seat = *set_.seats[i];
      if (!IsOverdue(seat, now)) continue;
      const bool starting = seat.phase == Phase::kStarting;
      seat.worker.End();
      v1::PluginFailure failure = DeadlineFailure(*seat.file, starting ? start_limit_ : round_.deadline,
                                                  starting ? "the plugin was not loaded" : "the plugin did not answer");
      failure.set_message(failure.message() + ", so its worker was ended." + kReplaced);
      Finish(i, std::move(failure));
    }
  }

  bool IsOverdue(const Seat& seat, uint64_t now) const {
    return (seat.phase == Phase::kStarting && now >= start_deadline_ns_) ||
           (seat.phase == Phase::kAsked && now >= deadline_ns_);
  }

  void Finish(size_t i, std::optional<v1::PluginFailure> failure) {
    replies_[i].failure = std::move(failure);
    set_.seats[i]->phase = Phase::kDone;
    --pending_;
  }

  const DispatchOptions& options_;
  const Round& round_;
  WorkerSet& set_;
  LeastSandbox& least_;
  std::vector<Reply> replies_;
  uint64_t deadline_ns_ = 0;
  std::chrono::nanoseconds start_limit_{};
  uint64_t start_deadline_ns_ = 0;
  size_t pending_ = 0;
};

class WorkerDispatcher final : public Dispatcher {
 public:
  WorkerDispatcher(const PluginCatalog& catalog, const DispatchOptions& options)
      : options_(options), pool_(MakeSets(catalog, options)) {}

  std::vector<Reply> Ask(const Round& round) override {
    const auto set = pool_.Take();
    return RoundRun(options_, round, *set, least_).Run();
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

  SandboxState least_sandbox() const override { return least_.Get(); }

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

  const DispatchOptions options_;
  LeastSandbox least_;
  SlotPool<WorkerSet> pool_;
};

}  // namespace

std::unique_ptr<Dispatcher> MakeWorkerDispatcher(const PluginCatalog& catalog, const DispatchOptions& options) {
  return std::make_unique<WorkerDispatcher>(catalog, options);
}

}  // namespace condyle
