// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One condyle-worker as the host sees it: start, channel, stderr, end.
#ifndef CONDYLE_HOST_DISPATCH_WORKER_PROCESS_H_
#define CONDYLE_HOST_DISPATCH_WORKER_PROCESS_H_

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "host/worker/channel.h"
#include "host/worker/sandbox_level.h"

namespace condyle {

// A file descriptor with an owner.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  ~UniqueFd() { Reset(); }
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  void Reset();
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// The last 4 KiB of a stream.
class TextTail {
 public:
  void Append(std::string_view text);
  void Clear() { size_ = 0; }
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 4096> bytes_;
  size_t size_ = 0;
};

// How a worker ended.
struct WorkerEnding {
  // The host's words, for example "was killed by signal 11 (SIGSEGV)".
  std::string how;
  // The last line that it wrote to stderr, cleaned. The plugin's words: may hold data of the patient it was asked
  // about.
  std::string last_words;

  std::string Text() const { return last_words.empty() ? how : how + "; last words: " + last_words; }
};

// Not thread-safe, except pid() and starts().
class WorkerProcess {
 public:
  explicit WorkerProcess(uint64_t max_payload) : reader(max_payload) {}
  ~WorkerProcess() { End(); }
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // Starts the process, whose sandbox goes no further than `most`. Empty, or why that was impossible. The process is
  // killed when the calling thread ends (spawner.h).
  std::string Start(const std::string& worker_path, const std::string& plugin_path, uint64_t memory_bytes,
                    SandboxLevel most = SandboxLevel::kStrict);

  // A SealedFile that is loaded instead of what lies at the plugin's path; must stay open. -1 (the default): none.
  void set_plugin_fd(int fd) { plugin_fd_ = fd; }

  bool running() const { return pid_.load(std::memory_order_relaxed) > 0; }
  // 0 if there is no process. Any thread.
  pid_t pid() const { return pid_.load(std::memory_order_relaxed); }
  // How often a process was started here. Any thread.
  uint64_t starts() const { return starts_.load(std::memory_order_relaxed); }
  int channel() const { return channel_.get(); }
  int stderr_fd() const { return stderr_.get(); }

  // Moves what the worker has written to stderr into the tail, without waiting.
  void DrainStderr();
  void ForgetStderr() {
    tail_.Clear();
    stderr_bytes_ = 0;
  }
  // Since it was started, or what it had written was forgotten.
  uint64_t stderr_bytes() const { return stderr_bytes_; }
  std::string_view stderr_tail() const { return tail_.text(); }

  // Sends SIGKILL and does not wait. Nothing if there is no process.
  void Kill();
  // Waits until it is dead, by itself or by SIGKILL, frees everything and says how it ended. A process that closed its
  // channel is normally dying; it is given a moment, so that its own way of dying is told and not ours.
  WorkerEnding End();

  FrameReader reader;
  FrameWriter writer;

 private:
  std::atomic<pid_t> pid_{0};
  std::atomic<uint64_t> starts_{0};
  UniqueFd pidfd_;
  UniqueFd channel_;
  UniqueFd stderr_;
  TextTail tail_;
  uint64_t stderr_bytes_ = 0;
  bool killed_ = false;
  int plugin_fd_ = -1;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_DISPATCH_WORKER_PROCESS_H_
