// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Starting, killing and reaping workers.
#include "host/dispatch/worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

extern "C" {  // which this header of glibc 2.36 lacks
#include <sys/pidfd.h>
}

#include "host/dispatch/failure.h"

namespace condyle {
namespace {

// How long a process whose channel is closed may take to die by itself. Its files close in the middle of its exit, so
// this is never used up by one that really is dying.
constexpr int kDyingMs = 20;
// Bounds one visit to a worker that writes to stderr without end.
constexpr int kMaxStderrReads = 16;

std::string Errno(const char* what, int error) { return std::string(what) + ": " + strerror(error); }

// Moves a descriptor out of the way of those that the worker gets (0 to 3).
UniqueFd MoveUp(UniqueFd fd) {
  if (!fd.valid() || fd.get() > kWorkerChannelFd) return fd;
  return UniqueFd(fcntl(fd.get(), F_DUPFD_CLOEXEC, kWorkerChannelFd + 1));
}

// Attributes and actions of posix_spawn, freed when they go.
struct SpawnPlan {
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

int Spawn(const std::string& worker_path, const std::string& plugin_path, uint64_t memory_bytes, SandboxLevel most,
          int plugin_fd, int channel, int stderr_fd, pid_t* pid) {
  SpawnPlan plan;
  int error = posix_spawn_file_actions_addopen(&plan.actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
  if (error == 0) error = posix_spawn_file_actions_addopen(&plan.actions, STDOUT_FILENO, "/dev/null", O_RDWR, 0);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&plan.actions, stderr_fd, STDERR_FILENO);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&plan.actions, channel, kWorkerChannelFd);
  // Closed if there is none: a worker takes what it finds there for the plugin.
  if (error == 0) {
    error = plugin_fd < 0 ? posix_spawn_file_actions_addclose(&plan.actions, kWorkerPluginFd)
                          : posix_spawn_file_actions_adddup2(&plan.actions, plugin_fd, kWorkerPluginFd);
  }
  if (error != 0) return error;

  // Its own process group: Ctrl-C in a terminal is for the host, which decides about its workers.
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&plan.attributes, &none);
  posix_spawnattr_setsigdefault(&plan.attributes, &all);
  posix_spawnattr_setpgroup(&plan.attributes, 0);
  posix_spawnattr_setflags(&plan.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  const std::string memory = std::to_string(memory_bytes);
  char* const argv[] = {const_cast<char*>(worker_path.c_str()), const_cast<char*>(plugin_path.c_str()),
                        const_cast<char*>(memory.c_str()), const_cast<char*>(SandboxLevelName(most)), nullptr};
  // No environment: plugins may not read it, and LD_PRELOAD and its like must not reach the worker.
  char* const environment[] = {nullptr};
  return posix_spawn(pid, worker_path.c_str(), &plan.actions, &plan.attributes, argv, environment);
}

std::string SignalText(int signal) {
  const char* name = sigabbrev_np(signal);
  std::string text = "was killed by signal " + std::to_string(signal);
  if (name != nullptr) text += std::string(" (SIG") + name + ")";
  if (signal == SIGSYS) text += ": a system call that the sandbox forbids";
  if (signal == SIGXCPU) text += ": more CPU time than its deadline allows";
  return text;
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    Reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void UniqueFd::Reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void TextTail::Append(std::string_view text) {
  if (text.size() > bytes_.size()) text.remove_prefix(text.size() - bytes_.size());
  const size_t keep = std::min(size_, bytes_.size() - text.size());
  memmove(bytes_.data(), bytes_.data() + (size_ - keep), keep);
  memcpy(bytes_.data() + keep, text.data(), text.size());
  size_ = keep + text.size();
}

std::string WorkerProcess::Start(const std::string& worker_path, const std::string& plugin_path, uint64_t memory_bytes,
                                 SandboxLevel most) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return Errno("socketpair", errno);
  UniqueFd ours(pair[0]);
  UniqueFd theirs = MoveUp(UniqueFd(pair[1]));
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return Errno("pipe2", errno);
  UniqueFd pipe_read(pipe_ends[0]);
  UniqueFd pipe_write = MoveUp(UniqueFd(pipe_ends[1]));
  if (!theirs.valid() || !pipe_write.valid()) return Errno("fcntl", errno);
  // Only our end: the plugin's writes to stderr should wait, not fail.
  if (fcntl(pipe_read.get(), F_SETFL, O_NONBLOCK) != 0) return Errno("fcntl", errno);

  pid_t pid = 0;
  if (const int error =
          Spawn(worker_path, plugin_path, memory_bytes, most, plugin_fd_, theirs.get(), pipe_write.get(), &pid);
      error != 0) {
    return Errno(worker_path.c_str(), error);
  }
  // Signals and waiting go through this, so that they cannot meet a stranger who was given the same number.
  UniqueFd pidfd(pidfd_open(pid, 0));
  if (!pidfd.valid()) {
    const int error = errno;
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return Errno("pidfd_open", error);
  }
  pidfd_ = std::move(pidfd);
  channel_ = std::move(ours);
  stderr_ = std::move(pipe_read);
  ForgetStderr();
  killed_ = false;
  pid_.store(pid, std::memory_order_relaxed);
  starts_.fetch_add(1, std::memory_order_relaxed);
  reader.Start();
  writer = FrameWriter();
  return {};
}

void WorkerProcess::DrainStderr() {
  char chunk[4096];
  for (int i = 0; i < kMaxStderrReads && stderr_.valid(); ++i) {
    const ssize_t n = read(stderr_.get(), chunk, sizeof(chunk));
    if (n > 0) {
      tail_.Append({chunk, static_cast<size_t>(n)});
      stderr_bytes_ += static_cast<uint64_t>(n);
    } else if (n == 0) {
      stderr_.Reset();  // closed: a plugin may do that
    } else if (errno != EINTR) {
      return;
    }
  }
}

void WorkerProcess::Kill() {
  if (!running() || killed_) return;
  pidfd_send_signal(pidfd_.get(), SIGKILL, nullptr, 0);
  killed_ = true;
}

WorkerEnding WorkerProcess::End() {
  if (!running()) return {"is not running", {}};
  if (!killed_) {
    pollfd dead = {pidfd_.get(), POLLIN, 0};
    if (poll(&dead, 1, kDyingMs) != 1) Kill();
  }
  siginfo_t info{};
  int result = 0;
  do {
    result = waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED);
  } while (result != 0 && errno == EINTR);
  DrainStderr();

  WorkerEnding ending;
  std::string& how = ending.how;
  if (result != 0) {
    how = "ended; how is unknown, because this program does not let its children be waited for";
  } else if (killed_ && info.si_code == CLD_KILLED && info.si_status == SIGKILL) {
    how = "closed its channel and was ended by the host";
  } else if (info.si_code == CLD_EXITED) {
    how = "exited with code " + std::to_string(info.si_status);
  } else {
    how = SignalText(info.si_status);
    if (info.si_status == SIGKILL) how += ", by an administrator or for lack of memory";
  }
  ending.last_words = LastLine(tail_.text());

  pid_.store(0, std::memory_order_relaxed);
  pidfd_.Reset();
  channel_.Reset();
  stderr_.Reset();
  return ending;
}

}  // namespace condyle
