// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What this process holds of the machine, and signals to its children that cannot meet a stranger.
#ifndef CONDYLE_TESTS_FAULTS_PROCESSES_H_
#define CONDYLE_TESTS_FAULTS_PROCESSES_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace condyle::tests {

// One look at this process.
struct Holdings {
  size_t descriptors = 0;
  size_t children = 0;  // zombies included
  size_t zombies = 0;
  size_t resident_kib = 0;
};
Holdings Look();

// "descriptors 40, children 28 (0 zombies), resident 30412 KiB"
std::string InWords(const Holdings& holdings);

// Process ids of the children of a process.
std::vector<pid_t> ChildrenOf(pid_t parent);
// The words of its command line; empty if there is none.
std::string CommandLine(pid_t pid);
// User CPU time so far. Clock ticks.
uint64_t CpuTicks(pid_t pid);

// A process by descriptor: it stays that process when its number is given to another.
class ProcessHandle {
 public:
  // Of a process whose parent is `parent`; not valid if there is no such process (any more).
  ProcessHandle(pid_t pid, pid_t parent);
  ~ProcessHandle();
  ProcessHandle(ProcessHandle&& other) noexcept;
  ProcessHandle& operator=(ProcessHandle&&) = delete;

  bool valid() const { return fd_ >= 0; }
  pid_t pid() const { return pid_; }
  // False if it is dead.
  bool Signal(int signal) const;
  // Waits until it is dead, at most so long. True if it is.
  bool AwaitDeath(int milliseconds) const;

 private:
  pid_t pid_;
  int fd_;
};

// A number from the environment, else `otherwise`.
int64_t Setting(const char* name, int64_t otherwise);

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_FAULTS_PROCESSES_H_
