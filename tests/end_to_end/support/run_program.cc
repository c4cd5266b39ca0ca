// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// posix_spawn, three pipes and one poll loop.
#include "tests/end_to_end/support/run_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "tests/end_to_end/support/build_paths.h"

namespace condyle::tests {
namespace {

constexpr auto kLongest = std::chrono::minutes(2);

[[noreturn]] void Fail(const std::string& what, int error = errno) {
  throw std::runtime_error(what + ": " + strerror(error));
}

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_, O_CLOEXEC) != 0) Fail("pipe");
  }
  ~Pipe() {
    CloseRead();
    CloseWrite();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void CloseRead() { Close(&ends_[0]); }
  void CloseWrite() { Close(&ends_[1]); }

 private:
  static void Close(int* fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
  }
  int ends_[2] = {-1, -1};
};

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

// False at the end of the stream.
bool ReadSome(int fd, std::string* into) {
  char buffer[65536];
  const ssize_t n = read(fd, buffer, sizeof(buffer));
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  into->append(buffer, static_cast<size_t>(n));
  return n > 0;
}

}  // namespace

RunResult RunProgram(const std::vector<std::string>& arguments, const RunOptions& options) {
  // A program that does not read its input must not end the test.
  signal(SIGPIPE, SIG_IGN);
  Pipe in, out, err;
  FileActions actions;
  if (options.stdin_file.empty()) {
    posix_spawn_file_actions_adddup2(actions.get(), in.read_end(), STDIN_FILENO);
  } else {
    posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, options.stdin_file.c_str(), O_RDONLY, 0);
  }
  posix_spawn_file_actions_adddup2(actions.get(), out.write_end(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(actions.get(), err.write_end(), STDERR_FILENO);

  std::vector<std::string> argument_strings = arguments;
  std::vector<std::string> environment_strings = options.environment;
  for (const char* name : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS", "GCOV_PREFIX"}) {
    if (const char* value = std::getenv(name)) environment_strings.push_back(std::string(name) + "=" + value);
  }
  std::vector<char*> argument_pointers = Pointers(argument_strings);
  std::vector<char*> environment_pointers = Pointers(environment_strings);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, arguments.at(0).c_str(), actions.get(), nullptr, argument_pointers.data(),
                                environment_pointers.data());
  if (error != 0) Fail(arguments[0], error);
  in.CloseRead();
  out.CloseWrite();
  err.CloseWrite();
  fcntl(in.write_end(), F_SETFL, O_NONBLOCK);

  RunResult result;
  size_t written = 0;
  const auto until = std::chrono::steady_clock::now() + kLongest;
  while (out.read_end() >= 0 || err.read_end() >= 0) {
    if (in.write_end() >= 0 && written == options.stdin_bytes.size()) in.CloseWrite();
    pollfd polled[3] = {{out.read_end(), POLLIN, 0}, {err.read_end(), POLLIN, 0}, {in.write_end(), POLLOUT, 0}};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const int ready = poll(polled, 3, static_cast<int>(std::max<int64_t>(left.count(), 0)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      kill(pid, SIGKILL);
      result.err += "\n(ended by the test: it took too long)\n";
      break;
    }
    if (polled[0].revents != 0 && !ReadSome(out.read_end(), &result.out)) out.CloseRead();
    if (polled[1].revents != 0 && !ReadSome(err.read_end(), &result.err)) err.CloseRead();
    if (polled[2].revents != 0) {
      const ssize_t n =
          write(in.write_end(), options.stdin_bytes.data() + written, options.stdin_bytes.size() - written);
      if (n > 0) written += static_cast<size_t>(n);
      if (n < 0 && errno != EINTR && errno != EAGAIN) in.CloseWrite();
    }
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) Fail("waitpid");
  }
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

RunResult Condyle(std::vector<std::string> arguments, const RunOptions& options) {
  arguments.insert(arguments.begin(), kCondyleProgram);
  return RunProgram(arguments, options);
}

size_t LineCount(std::string_view text) {
  const auto breaks = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  return breaks + (!text.empty() && text.back() != '\n');
}

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "condyle_test_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) Fail(name);
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::Write(const std::string& name, std::string_view bytes) const {
  const std::string path = Path(name);
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) Fail(path);
  return path;
}

std::string TempFolder::WriteSparse(const std::string& name, size_t bytes) const {
  const std::string path = Write(name, "");
  std::filesystem::resize_file(path, bytes);
  return path;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) Fail(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace condyle::tests
