// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads /proc.
#include "tests/faults/processes.h"

#include <poll.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

extern "C" {  // which this header of glibc 2.36 lacks
#include <sys/pidfd.h>
}

namespace condyle::tests {
namespace {

namespace fs = std::filesystem;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

struct Stat {
  char state = '\0';  // '\0': there is no such process
  pid_t parent = 0;
  uint64_t user_ticks = 0;
};

Stat StatOf(pid_t pid) {
  const std::string text = ReadAll("/proc/" + std::to_string(pid) + "/stat");
  Stat stat;
  const size_t name_end = text.rfind(')');  // the name may hold anything
  if (name_end == text.npos) return stat;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  fields >> stat.state >> stat.parent;
  for (int field = 5; field <= 13; ++field) fields >> skipped;
  fields >> stat.user_ticks;
  return stat;
}

}  // namespace

std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    pid_t pid = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (failed == std::errc() && end == name.data() + name.size() && StatOf(pid).parent == parent) {
      children.push_back(pid);
    }
  }
  return children;
}

std::string CommandLine(pid_t pid) {
  std::string line = ReadAll("/proc/" + std::to_string(pid) + "/cmdline");
  for (char& c : line) c = c == '\0' ? ' ' : c;
  return line;
}

uint64_t CpuTicks(pid_t pid) { return StatOf(pid).user_ticks; }

Holdings Look() {
  Holdings holdings;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc/self/fd")) {
    holdings.descriptors += entry.path().empty() ? 0 : 1;
  }
  --holdings.descriptors;  // the one that looked
  for (const pid_t child : ChildrenOf(getpid())) {
    ++holdings.children;
    holdings.zombies += StatOf(child).state == 'Z' ? 1 : 0;
  }
  size_t total = 0;
  size_t resident = 0;
  std::istringstream(ReadAll("/proc/self/statm")) >> total >> resident;
  holdings.resident_kib = resident * static_cast<size_t>(sysconf(_SC_PAGESIZE)) / 1024;
  return holdings;
}

std::string InWords(const Holdings& holdings) {
  return "descriptors " + std::to_string(holdings.descriptors) + ", children " + std::to_string(holdings.children) +
         " (" + std::to_string(holdings.zombies) + " zombies), resident " + std::to_string(holdings.resident_kib) +
         " KiB";
}

ProcessHandle::ProcessHandle(pid_t pid, pid_t parent) : pid_(pid), fd_(pidfd_open(pid, 0)) {
  // After opening: whatever has this number now, what was opened was it, or is dead.
  if (fd_ >= 0 && StatOf(pid).parent != parent) {
    close(fd_);
    fd_ = -1;
  }
}

ProcessHandle::~ProcessHandle() {
  if (fd_ >= 0) close(fd_);
}

ProcessHandle::ProcessHandle(ProcessHandle&& other) noexcept : pid_(other.pid_), fd_(std::exchange(other.fd_, -1)) {}

bool ProcessHandle::Signal(int signal) const { return fd_ >= 0 && pidfd_send_signal(fd_, signal, nullptr, 0) == 0; }

bool ProcessHandle::AwaitDeath(int milliseconds) const {
  pollfd dead = {fd_, POLLIN, 0};
  return fd_ < 0 || poll(&dead, 1, milliseconds) == 1;
}

int64_t Setting(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return otherwise;
  int64_t value = 0;
  const auto [end, failed] = std::from_chars(text, text + std::strlen(text), value);
  if (failed != std::errc() || *end != '\0' || value < 1) {
    throw std::runtime_error(std::string(name) + " is \"" + text + "\"; a whole number from 1 is wanted");
  }
  return value;
}

}  // namespace condyle::tests
