// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A round is one poll loop on the caller's thread: workers that are not running are started side by side, requests are
// written as far as the sockets take them while answers are read, and whoever fails is killed and reported without
// holding up the rest.
#include "host/dispatch/worker_round.h"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <utility>

#include "condyle/plugin.h"
#include "host/dispatch/failure.h"
#include "host/dispatch/sandbox_probe.h"
#include "host/loader/plugin_library.h"
#include "host/worker/channel.h"

namespace condyle {
namespace {

constexpr const char* kReplaced = " A new worker is started for the next case.";
// Where a cancellation cannot wake the loop because descriptors have run out, it looks so often.
constexpr uint64_t kCancelCheckNs = 10'000'000;

}  // namespace

WorkerRound::WorkerRound(const DispatchOptions& options, const Round& round, WorkerSet& set, WorkerCommons& commons)
    : options_(options),
      round_(round),
      set_(set),
      commons_(commons),
      cancel_(round.cancel),
      replies_(set.seats.size()),
      calls_(set.seats.size()),
      begin_ns_(MonotonicNs()) {
  deadline_ns_ = DeadlineAfter(begin_ns_, round.deadline);
  if (round.limit.end == std::chrono::steady_clock::time_point::max()) return;
  const std::chrono::nanoseconds end = round.limit.end.time_since_epoch();
  const uint64_t limit_ns = end.count() > 0 ? static_cast<uint64_t>(end.count()) : 0;
  limited_ = limit_ns < deadline_ns_;
  if (limited_) deadline_ns_ = limit_ns;
}

std::vector<Reply> WorkerRound::Run() {
  DismissBrokenIdlers();
  std::vector<size_t> running;
  // Requests to those that run go out last: starting a process takes longer than a whole assessment.
  for (size_t i = 0; i < set_.seats.size(); ++i) {
    if (!Asks(round_, i) || !HasRequest(i) || !Admit(i)) continue;
    if (set_.seats[i]->worker.running()) {
      running.push_back(i);
    } else {
      Begin(i);
    }
  }
  for (const size_t i : running) Send(i);
  while (
      std::any_of(set_.seats.begin(), set_.seats.end(), [](const auto& seat) { return seat->phase != Phase::kDone; })) {
    WaitAndServe();
  }
  return std::move(replies_);
}

// False, with a failure, if there is nothing to ask or it cannot be asked.
bool WorkerRound::HasRequest(size_t i) {
  if (i >= round_.requests.size()) {
    replies_[i].failure =
        MakeFailure(*set_.seats[i]->file, v1::FAILURE_KIND_UNSPECIFIED, "the host made no request for it");
  } else if (round_.requests[i].size() > kMaxRequestBytes) {
    replies_[i].failure = MakeFailure(*set_.seats[i]->file, v1::FAILURE_KIND_UNSPECIFIED,
                                      "the request has " + std::to_string(round_.requests[i].size()) +
                                          " bytes; a worker takes at most " + std::to_string(kMaxRequestBytes));
  } else if (round_.cancel.stop_requested()) {
    replies_[i].failure = CancelledFailure(*set_.seats[i]->file);
  }
  return !replies_[i].failure.has_value();
}

// False, with a failure, if the plugin is left alone.
bool WorkerRound::Admit(size_t i) {
  std::string refusal;
  if (round_.hypothetical) {
    if (commons_.supervisor.IsSound(i, &refusal)) return true;
  } else if (auto permit = commons_.supervisor.Admit(i, &refusal)) {
    calls_[i].permit.emplace(std::move(*permit));
    return true;
  }
  replies_[i].failure = MakeFailure(*set_.seats[i]->file, v1::FAILURE_KIND_SUSPENDED, std::move(refusal));
  return false;
}

// Workers that have died since the last round, or said something unasked, are replaced before they are needed; so are
// those that an exception (out of memory) left in the middle of a call.
void WorkerRound::DismissBrokenIdlers() {
  for (const auto& seat : set_.seats) {
    const Phase left_in = std::exchange(seat->phase, Phase::kDone);
    if (left_in == Phase::kDone || left_in == Phase::kPaused) continue;
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

void WorkerRound::Begin(size_t i) {
  const uint64_t start_at = calls_[i].permit ? calls_[i].permit->start_at_ns() : 0;
  if (start_at > begin_ns_) {
    Pause(i, start_at);
  } else {
    Start(i);
  }
}

// A pause that would not leave the plugin half of the time ends the call at once.
void WorkerRound::Pause(size_t i, uint64_t until_ns) {
  Seat& seat = *set_.seats[i];
  if (until_ns > begin_ns_ + (std::max(deadline_ns_, begin_ns_) - begin_ns_) / 2) {
    replies_[i].failure = MakeFailure(
        *seat.file, v1::FAILURE_KIND_SUSPENDED,
        "the plugin was not asked: it has failed several times in a row, and its next worker may be started in " +
            std::to_string((until_ns - begin_ns_) / 1'000'000) + " ms, too late for this consultation");
    calls_[i].permit.reset();
    return;
  }
  seat.phase = Phase::kPaused;
  seat.due_ns = until_ns;
}

void WorkerRound::Start(size_t i) {
  Seat& seat = *set_.seats[i];
  std::string error;
  commons_.spawner.Run([&] {
    error =
        seat.worker.Start(options_.worker_path, seat.file->path, options_.worker_memory_bytes, options_.most_sandbox);
  });
  if (!error.empty()) {
    Lose(i, MakeFailure(*seat.file, v1::FAILURE_KIND_LOAD, "cannot start its worker: " + error), error);
    return;
  }
  const uint64_t now = MonotonicNs();
  const uint64_t left = deadline_ns_ > now ? deadline_ns_ - now : 0;
  // The first start is bounded by what was promised, for the sake of its message.
  seat.start_limit = calls_[i].first_loss.empty() ? round_.deadline : std::chrono::nanoseconds(left);
  seat.start_limit = std::min<std::chrono::nanoseconds>(seat.start_limit, kWorkerStartLimit);
  seat.due_ns = std::min(deadline_ns_, DeadlineAfter(now, seat.start_limit));
  seat.phase = Phase::kStarting;
}

void WorkerRound::Send(size_t i) {
  Seat& seat = *set_.seats[i];
  seat.phase = Phase::kAsked;
  calls_[i].asked_since_ns = MonotonicNs();
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

void WorkerRound::Write(size_t i) {
  WorkerProcess& worker = set_.seats[i]->worker;
  if (worker.writer.Continue(worker.channel(), MSG_DONTWAIT) == IoResult::kClosed) Bury(i);
}

void WorkerRound::FillPolled() {
  set_.polled.resize(2 * set_.seats.size() + 1);
  for (size_t i = 0; i < set_.seats.size(); ++i) {
    const Seat& seat = *set_.seats[i];
    const WorkerProcess& worker = seat.worker;
    const bool sending = seat.phase == Phase::kAsked && worker.writer.pending();
    const short events = static_cast<short>(POLLIN | (sending ? POLLOUT : 0));
    set_.polled[2 * i] = {worker.running() ? worker.channel() : -1, events, 0};
    set_.polled[2 * i + 1] = {worker.running() ? worker.stderr_fd() : -1, POLLIN, 0};
  }
  set_.polled.back() = {cancel_.fd(), POLLIN, 0};
}

// When something has to be done even if nothing happens.
uint64_t WorkerRound::NextDue() const {
  uint64_t next = deadline_ns_;
  for (const auto& seat : set_.seats) {
    if (seat->phase == Phase::kPaused || seat->phase == Phase::kStarting) next = std::min(next, seat->due_ns);
  }
  if (round_.cancel.stop_possible() && cancel_.fd() < 0) next = std::min(next, MonotonicNs() + kCancelCheckNs);
  return next;
}

void WorkerRound::WaitAndServe() {
  FillPolled();
  for (size_t i = 0; i < set_.seats.size(); ++i) {
    if (set_.seats[i]->phase == Phase::kDone) set_.polled[2 * i].fd = set_.polled[2 * i + 1].fd = -1;
  }
  const uint64_t until = NextDue();
  const uint64_t before = MonotonicNs();
  const uint64_t left = until > before ? until - before : 0;
  const timespec timeout = {static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
  if (ppoll(set_.polled.data(), set_.polled.size(), &timeout, nullptr) > 0) {
    for (size_t i = 0; i < set_.seats.size(); ++i) {
      Serve(i, set_.polled[2 * i].revents, set_.polled[2 * i + 1].revents);
    }
  }
  if (round_.cancel.stop_requested()) CancelAll();
  const uint64_t now = MonotonicNs();
  for (size_t i = 0; i < set_.seats.size(); ++i) {
    const Seat& seat = *set_.seats[i];
    if (seat.phase == Phase::kPaused && now >= seat.due_ns) Start(i);
  }
  EndOverdue(now);
}

void WorkerRound::Serve(size_t i, short channel_events, short stderr_events) {
  const Seat& seat = *set_.seats[i];
  if (stderr_events != 0) {
    set_.seats[i]->worker.DrainStderr();
    if (IsFlooding(i)) return Drown(i);
  }
  if ((channel_events & POLLOUT) != 0 && (channel_events & (POLLERR | POLLHUP)) == 0) Write(i);
  if ((channel_events & ~POLLOUT) != 0 && seat.phase != Phase::kDone) Read(i);
}

void WorkerRound::Read(size_t i) {
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

void WorkerRound::Started(size_t i) {
  Seat& seat = *set_.seats[i];
  const FrameHeader& header = seat.worker.reader.header();
  if (header.type == FrameType::kReady) {
    Ready(i);
  } else if (header.type == FrameType::kStartFailed) {
    const std::string words = CleanText(seat.worker.reader.payload());
    Lose(i, MakeFailure(*seat.file, v1::FAILURE_KIND_LOAD, "the plugin could not be started: " + words), words);
  } else {
    Expel(i, "it answered before it was ready");
  }
}

void WorkerRound::Ready(size_t i) {
  Seat& seat = *set_.seats[i];
  const std::optional<SandboxState> sandbox = ReadySandbox(seat.worker.reader.payload());
  if (!sandbox) {
    Expel(i, "it is of another build than this program");
  } else if (sandbox->level < options_.require_sandbox) {
    const std::string what = std::string("its worker reached the sandbox level ") + SandboxLevelName(sandbox->level) +
                             ", and " + SandboxLevelName(options_.require_sandbox) +
                             " is required: " + SandboxGap(sandbox->missing);
    Lose(i, MakeFailure(*seat.file, v1::FAILURE_KIND_LOAD, what + ". It was not asked."), what);
  } else {
    seat.sandbox = sandbox->level;
    commons_.least.Note(*sandbox);
    Send(i);
  }
}

void WorkerRound::Answered(size_t i) {
  Seat& seat = *set_.seats[i];
  FrameReader& reader = seat.worker.reader;
  const FrameHeader header = reader.header();
  if (header.type != FrameType::kAnswer || header.sequence != seat.sequence || seat.worker.writer.pending()) {
    return Expel(i, "it sent a frame that was not due");
  }
  // What the plugin wrote before it answered is in the pipe by now.
  seat.worker.DrainStderr();
  if (IsFlooding(i)) return Drown(i);
  if (header.status == CND_OK && header.length > options_.max_response_bytes) {
    return Expel(i, "it sent more than it may");
  }
  if (calls_[i].permit) calls_[i].permit->Succeeded();
  if (header.status == CND_OK) return TakeAnswer(i);
  const bool too_large = (header.flags & kFrameTooLarge) != 0;
  Finish(i, StatusFailure(*seat.file, header.status, too_large, reader.payload(), options_.max_response_bytes));
  if (header.status == CND_EXHAUSTED && !too_large) {
    // One that has lost its memory would never answer again.
    seat.worker.Kill();
    seat.worker.End();
  }
}

void WorkerRound::TakeAnswer(size_t i) {
  WorkerProcess& worker = set_.seats[i]->worker;
  Reply& reply = replies_[i];
  reply.response = worker.reader.TakePayload();
  if (reply.stderr_bytes = worker.stderr_bytes(); reply.stderr_bytes > 0) {
    reply.stderr_line = LastLine(worker.stderr_tail());
  }
  Finish(i, std::nullopt);
}

// The worker has died, or at least hung up.
void WorkerRound::Bury(size_t i) {
  Seat& seat = *set_.seats[i];
  const bool starting = seat.phase == Phase::kStarting;
  const WorkerEnding ending = seat.worker.End();
  if (AskAgain(i, starting, ending)) return;
  const auto kind = starting ? v1::FAILURE_KIND_LOAD : v1::FAILURE_KIND_CRASHED;
  const std::string when =
      starting ? "while the plugin was loaded its worker " : "while the plugin was assessing its worker ";
  // A worker that was only starting has seen no patient.
  Lose(i, MakeFailure(*seat.file, kind, when + ending.Text() + "." + kReplaced),
       when + (starting ? ending.Text() : ending.how));
}

// True if it was started once more. Not if too little time is left for it to make sense.
bool WorkerRound::AskAgain(size_t i, bool starting, const WorkerEnding& ending) {
  const uint64_t now = MonotonicNs();
  const uint64_t enough = static_cast<uint64_t>(std::max<int64_t>(round_.deadline.count(), 0)) / 4;
  const bool may = options_.supervision.ask_again && !round_.cancel.stop_requested();
  if (!may || !calls_[i].first_loss.empty() || now + enough > deadline_ns_) return false;
  calls_[i].first_loss = std::string(starting ? "while it was started it " : "it ") + ending.Text();
  replies_[i].restarts = 1;
  Start(i);
  return true;
}

void WorkerRound::Expel(size_t i, const std::string& why) {
  Lose(i,
       MakeFailure(*set_.seats[i]->file, v1::FAILURE_KIND_BAD_ANSWER,
                   "the worker broke the rules of its channel and was ended: " + why + "." + kReplaced),
       "");
}

bool WorkerRound::IsFlooding(size_t i) const {
  return set_.seats[i]->worker.stderr_bytes() > options_.max_stderr_bytes;
}

void WorkerRound::Drown(size_t i) {
  const std::string what =
      "it flooded standard error with more than " + std::to_string(options_.max_stderr_bytes) + " bytes";
  Seat& seat = *set_.seats[i];
  seat.worker.Kill();
  const std::string last_words = seat.worker.End().last_words;
  Lose(i,
       MakeFailure(
           *seat.file, v1::FAILURE_KIND_BAD_ANSWER,
           what + (last_words.empty() ? "" : ", at last: " + last_words) + "; its worker was ended." + kReplaced),
       what);
}

void WorkerRound::EndOverdue(uint64_t now) {
  for (const auto& seat : set_.seats) {
    if (IsOverdue(*seat, now)) seat->worker.Kill();  // all first, so that they die side by side
  }
  for (size_t i = 0; i < set_.seats.size(); ++i) {
    if (IsOverdue(*set_.seats[i], now)) EndOneOverdue(i, now);
  }
}

void WorkerRound::EndOneOverdue(size_t i, uint64_t now) {
  const Seat& seat = *set_.seats[i];
  const bool starting = seat.phase == Phase::kStarting;
  const char* const what = starting ? "the plugin was not loaded" : "the plugin did not answer";
  v1::PluginFailure failure = limited_ && now >= deadline_ns_
                                  ? ConsultationDeadlineFailure(*seat.file, round_.limit.duration, what)
                                  : DeadlineFailure(*seat.file, starting ? seat.start_limit : round_.deadline, what);
  failure.set_message(failure.message() + ", so its worker was ended." + kReplaced);
  const uint64_t since = starting ? begin_ns_ : calls_[i].asked_since_ns;
  if (!HadItsTime(round_, std::chrono::nanoseconds(now - std::min(now, since)))) calls_[i].permit.reset();
  Lose(i, std::move(failure), "");
}

bool WorkerRound::IsOverdue(const Seat& seat, uint64_t now) const {
  return (seat.phase == Phase::kStarting && now >= seat.due_ns) || (seat.phase == Phase::kAsked && now >= deadline_ns_);
}

void WorkerRound::CancelAll() {
  for (const auto& seat : set_.seats) {
    if (seat->phase != Phase::kDone) seat->worker.Kill();
  }
  for (size_t i = 0; i < set_.seats.size(); ++i) {
    if (set_.seats[i]->phase == Phase::kDone) continue;
    calls_[i].permit.reset();
    Lose(i, CancelledFailure(*set_.seats[i]->file), "");
  }
}

void WorkerRound::Lose(size_t i, v1::PluginFailure failure, const std::string& what) {
  WorkerProcess& worker = set_.seats[i]->worker;
  worker.Kill();
  worker.End();
  if (calls_[i].permit) calls_[i].permit->Failed(failure.kind(), what);
  if (!calls_[i].first_loss.empty()) {
    failure.set_message(failure.message() + " It was asked twice; of the first worker: " + calls_[i].first_loss + ".");
  }
  Finish(i, std::move(failure));
}

void WorkerRound::Finish(size_t i, std::optional<v1::PluginFailure> failure) {
  replies_[i].failure = std::move(failure);
  replies_[i].time = std::chrono::nanoseconds(MonotonicNs() - begin_ns_);
  set_.seats[i]->phase = Phase::kDone;
}

}  // namespace condyle
