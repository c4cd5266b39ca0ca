// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Starting a probe, reading its records, ending it.
#include "host/checker/probe_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>

#include "absl/strings/str_cat.h"
#include "host/checker/rules.h"

namespace condyle::checker {
namespace {

constexpr uint64_t kMemoryBytes = 512u << 20;  // as a worker's
constexpr uint64_t kMaxRecordBytes = kMaxAnswerBytes + (1u << 16);
constexpr size_t kMaxFindings = 200;
constexpr size_t kLastWordsBytes = 4096;

absl::Status Failed(const char* what, int error) {
  return absl::InternalError(absl::StrCat("condyle-checker-probe cannot be started: ", what, ": ", strerror(error)));
}

// Out of the way of the descriptors that the probe gets (0 to 4).
UniqueFd MoveUp(UniqueFd fd) { return UniqueFd(fcntl(fd.get(), F_DUPFD_CLOEXEC, 16)); }

int Spawn(const ProbePlan& plan, int channel, int stderr_fd, pid_t* pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions, stderr_fd, 2);
  posix_spawn_file_actions_adddup2(&actions, channel, 3);
  posix_spawn_file_actions_adddup2(&actions, plan.plugin_fd, 4);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  const std::string memory = std::to_string(kMemoryBytes);
  char* const argv[] = {const_cast<char*>(plan.program.c_str()), const_cast<char*>(plan.plugin_path.c_str()),
                        const_cast<char*>(memory.c_str()), nullptr};
  char* const environment[] = {nullptr};
  const int error = posix_spawn(pid, plan.program.c_str(), &actions, &attributes, argv, environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error;
}

template <typename T>
void AppendRaw(const T& value, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename T>
bool ReadRaw(std::string_view* bytes, T* value) {
  if (bytes->size() < sizeof(T)) return false;
  std::memcpy(value, bytes->data(), sizeof(T));
  bytes->remove_prefix(sizeof(T));
  return true;
}

std::string_view UntilNul(std::string_view* bytes) {
  const size_t end = std::min(bytes->find('\0'), bytes->size());
  const std::string_view text = bytes->substr(0, end);
  bytes->remove_prefix(std::min(end + 1, bytes->size()));
  return text;
}

}  // namespace

absl::Status ProbeProcess::Start(const ProbePlan& plan, const ProbeJob& job) {
  int pair[2], ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return Failed("socketpair", errno);
  UniqueFd ours(pair[0]), theirs = MoveUp(UniqueFd(pair[1]));
  if (pipe2(ends, O_CLOEXEC) != 0) return Failed("pipe2", errno);
  UniqueFd read_end(ends[0]), write_end = MoveUp(UniqueFd(ends[1]));
  if (!theirs.valid() || !write_end.valid()) return Failed("fcntl", errno);
  fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
  if (const int error = Spawn(plan, theirs.get(), write_end.get(), &pid_); error != 0) {
    return Failed(plan.program.c_str(), error);
  }
  channel_ = std::move(ours);
  stderr_ = std::move(read_end);

  JobHeader head;
  std::random_device random;
  head.nonce = nonce_ = uint64_t{random()} << 32 | random();
  std::strncpy(head.probe, job.probe.c_str(), sizeof(head.probe) - 1);
  head.requests = static_cast<uint32_t>(job.requests.size());
  head.seed = job.seed;
  head.budget = job.budget;
  head.surroundings = job.surroundings;
  head.budget_ms = static_cast<uint32_t>(job.time.count());
  head.as_of_unix_ns = job.as_of_unix_ns;
  std::string bytes;
  for (const std::string& request : job.requests) {
    AppendRaw(uint64_t{request.size()}, &bytes);
    bytes += request;
  }
  head.bytes = bytes.size();
  std::string message;
  AppendRaw(head, &message);
  Send(message + bytes);  // a probe that does not read has ended; Read finds how
  return absl::OkStatus();
}

bool ProbeProcess::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(channel_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

void ProbeProcess::DrainStderr() {
  char chunk[8192];
  for (int i = 0; i < 64; ++i) {
    const ssize_t n = read(stderr_.get(), chunk, sizeof(chunk));
    if (n <= 0) {
      if (n == 0) stderr_.Reset();
      return;
    }
    result_.stderr_bytes += static_cast<uint64_t>(n);
    result_.last_words.append(chunk, static_cast<size_t>(n));
    if (result_.last_words.size() > kLastWordsBytes) {
      result_.last_words.erase(0, result_.last_words.size() - kLastWordsBytes);
    }
  }
}

void ProbeProcess::SendSample() {
  // Of this process, from outside: the plugin has no say in it.
  Sample sample;
  char line[256];
  const std::string path = "/proc/" + std::to_string(pid_) + "/status";
  if (FILE* file = std::fopen(path.c_str(), "re")) {
    while (std::fgets(line, sizeof(line), file) != nullptr) {
      unsigned long long value = 0;
      if (std::sscanf(line, "Threads: %llu", &value) == 1) sample.threads = value;
      if (std::sscanf(line, "VmRSS: %llu kB", &value) == 1) sample.resident_bytes = value * 1024;
    }
    std::fclose(file);
  }
  std::string bytes;
  AppendRaw(sample, &bytes);
  Send(bytes);
}

void ProbeProcess::TakeRecord(RecordKind kind, std::string_view payload) {
  switch (kind) {
    case RecordKind::kFinding: {
      FindingHead head;
      if (!ReadRaw(&payload, &head) || result_.findings.size() >= kMaxFindings) return;
      const std::string check(UntilNul(&payload)), what(UntilNul(&payload)), where(UntilNul(&payload));
      if (FindRule(check) == nullptr || !v1::CheckSeverity_IsValid(head.severity)) return;
      result_.findings.push_back(Finding(check, static_cast<v1::CheckSeverity>(head.severity), what, where));
      return;
    }
    case RecordKind::kProgress:
      result_.progress = payload.substr(0, 200);
      return;
    case RecordKind::kAnswer: {
      AnswerHead head;
      if (!ReadRaw(&payload, &head)) return;
      answer_ = ProbeAnswer{head.status, head.too_large != 0, std::string(payload)};
      return;
    }
    case RecordKind::kHash: {
      HashPayload hash;
      if (ReadRaw(&payload, &hash)) result_.hashes.push_back(hash);
      return;
    }
    case RecordKind::kFault: {
      FaultPayload fault;
      if (!ReadRaw(&payload, &fault)) return;
      fault.region[sizeof(fault.region) - 1] = '\0';
      result_.fault = fault;
      return;
    }
    case RecordKind::kSample:
      SendSample();
      return;
    default:
      result_.done = true;
  }
}

bool ProbeProcess::TakeRecords() {
  size_t at = 0;
  bool good = true;
  while (buffer_.size() - at >= sizeof(RecordHead) && good) {
    RecordHead head;
    std::memcpy(&head, buffer_.data() + at, sizeof(head));
    good = head.magic == kRecordMagic && head.nonce == nonce_ && head.length <= kMaxRecordBytes &&
           head.kind >= RecordKind::kFinding && head.kind <= RecordKind::kDone;
    if (!good || buffer_.size() - at - sizeof(head) < head.length) break;
    TakeRecord(head.kind, std::string_view(buffer_).substr(at + sizeof(head), head.length));
    at += sizeof(head) + head.length;
  }
  buffer_.erase(0, at);
  // Less than a head can show already that it is none.
  if (buffer_.size() >= sizeof(uint32_t) && buffer_.compare(0, 4, reinterpret_cast<const char*>(&kRecordMagic), 4) != 0)
    good = false;
  result_.stray = result_.stray || !good;
  return good;
}

std::optional<ProbeAnswer> ProbeProcess::Read(bool for_answer) {
  answer_.reset();
  std::string chunk(64u << 10, '\0');
  while (!result_.done) {
    pollfd watched[2] = {{channel_.get(), POLLIN, 0}, {stderr_.get(), POLLIN, 0}};
    const int limit = static_cast<int>(std::chrono::milliseconds(kSilenceLimit).count());
    const int ready = poll(watched, stderr_.valid() ? 2 : 1, limit);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      result_.silent = true;
      return std::nullopt;
    }
    if (stderr_.valid() && watched[1].revents != 0) DrainStderr();
    if (watched[0].revents == 0) continue;
    const ssize_t n = recv(channel_.get(), chunk.data(), chunk.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return std::nullopt;
    buffer_.append(chunk.data(), static_cast<size_t>(n));
    if (!TakeRecords()) return std::nullopt;
    if (for_answer && answer_) return std::move(answer_);
  }
  return std::nullopt;
}

void ProbeProcess::Run() { Read(/*for_answer=*/false); }

std::optional<ProbeAnswer> ProbeProcess::Ask(std::string_view request, int64_t as_of_unix_ns) {
  std::string message;
  AppendRaw(uint64_t{request.size()}, &message);
  AppendRaw(as_of_unix_ns, &message);
  message += request;
  Send(message);
  return Read(/*for_answer=*/true);
}

const ProbeResult& ProbeProcess::Finish() {
  if (pid_ <= 0) return result_;
  const bool serving = !result_.silent && !result_.stray;
  if (serving && channel_.valid()) {
    shutdown(channel_.get(), SHUT_WR);  // a serving probe takes that for the end
    Read(false);
  }
  if (result_.silent || result_.stray) kill(pid_, SIGKILL);
  int status = 0;
  for (int waited = 0; waitpid(pid_, &status, WNOHANG) == 0; ++waited) {
    if (waited == 1000) kill(pid_, SIGKILL);  // it has closed its channel and goes on
    if (waited == 1000) result_.silent = true;
    if (stderr_.valid()) DrainStderr();
    poll(nullptr, 0, waited < 20 ? 1 : 5);
  }
  if (stderr_.valid()) DrainStderr();
  result_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  pid_ = 0;
  channel_.Reset();
  stderr_.Reset();
  return result_;
}

absl::Status RunProbe(const ProbePlan& plan, const ProbeJob& job, ProbeResult* result) {
  ProbeProcess process;
  absl::Status status = process.Start(plan, job);
  if (!status.ok()) return status;
  process.Run();
  *result = process.Finish();
  constexpr int kExitLimits = 71;
  if (!result->done && result->exit_code == kExitLimits && result->progress.empty()) {
    return absl::InternalError(absl::StrCat("condyle-checker-probe could not shut itself in: ", result->last_words));
  }
  return absl::OkStatus();
}

}  // namespace condyle::checker
