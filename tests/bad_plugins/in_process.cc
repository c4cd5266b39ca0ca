// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A host in a forked child that loads the bad plugin into itself, and what is different in it afterwards.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cfenv>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/bad_plugins/matrix.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"

namespace condyle::tests {
namespace {

constexpr int kReport = 200;  // out of the way of what a plugin might guess
constexpr std::chrono::milliseconds kHanging{3000}, kPatience{60000};

size_t Count(const char* folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

off_t Size(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 ? status.st_size : 0;
}

std::string Environment() {
  std::string all;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
    all += std::string(*variable) + '\n';
  return all;
}

std::string SignalHandlers() {
  std::ostringstream all;
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) == 0) all << reinterpret_cast<void*>(action.sa_handler) << '\n';
  }
  return all.str();
}

// What belongs to the whole process, by name.
std::map<std::string, std::string> ProcessState() {
  return {{"locale", std::setlocale(LC_ALL, nullptr)},
          {"environment", Environment()},
          {"signal handlers", SignalHandlers()},
          {"rounding mode", std::to_string(std::fegetround())},
          {"working directory", std::filesystem::current_path().string()}};
}

std::map<std::string, std::string> CountedState() {
  return {{"descriptors", std::to_string(Count("/proc/self/fd"))},
          {"threads", std::to_string(Count("/proc/self/task"))},
          {"standard output", std::to_string(Size(STDOUT_FILENO))},
          {"standard error", std::to_string(Size(STDERR_FILENO))}};
}

void AddChanged(const std::map<std::string, std::string>& before, const std::map<std::string, std::string>& after,
                std::vector<std::string>* effects) {
  for (const auto& [name, value] : after) {
    if (before.at(name) != value) effects->push_back(name);
  }
}

std::string SerializedAnswers(const v1::Consultation& consultation, const std::string& without) {
  std::string all;
  for (const v1::Assessment& answer : consultation.assessments()) {
    if (answer.plugin_id() != without) all += answer.SerializeAsString();
  }
  return all;
}

v1::Consultation Ask(Host& host, bool misbehave) {
  Outcome outcome = host.Consult(BadPluginPatient(misbehave));
  if (!outcome.consultation) throw std::runtime_error(outcome.refusal->path + ": " + outcome.refusal->message);
  return *std::move(outcome.consultation);
}

// Lines: what happened, the message, then effects.
std::string HostProcess(const BadPlugin& plugin) {
  const auto before_loading = ProcessState();
  HostOptions options;
  options.plugins = {kPluginFolder, plugin.File()};
  options.in_process = true;
  options.deadline = kPatience;
  const std::unique_ptr<Host> host = OpenHost(options);
  const std::string calm = SerializedAnswers(Ask(*host, false), plugin.name);
  const auto before = CountedState();
  const v1::Consultation consultation = Ask(*host, true);
  std::vector<std::string> effects;
  AddChanged(before, CountedState(), &effects);
  AddChanged(before_loading, ProcessState(), &effects);
  if (SerializedAnswers(consultation, plugin.name) != calm ||
      SerializedAnswers(Ask(*host, false), plugin.name) != calm) {
    effects.push_back("others differ");
  }
  const v1::Assessment* own = FindAssessment(consultation, plugin.name);
  if (own != nullptr && own->summary() == "The fixture got out.") effects.push_back("got out");

  std::string report = "answers\n\n";
  if (!consultation.plugin_failures().empty()) {
    const v1::PluginFailure& failure = consultation.plugin_failures(0);
    report =
        v1::FailureKind_Name(failure.kind()).substr(std::strlen("FAILURE_KIND_")) + "\n" + failure.message() + "\n";
  }
  for (const std::string& effect : effects) report += effect + "\n";
  return report;
}

[[noreturn]] void Child(const BadPlugin& plugin, int report_fd) {
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const int out = memfd_create("stdout", 0), err = memfd_create("stderr", 0);
  if (out < 0 || err < 0 || dup2(report_fd, kReport) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
      dup2(err, STDERR_FILENO) < 0) {
    _exit(EXIT_FAILURE);
  }
  std::string report;
  try {
    report = HostProcess(plugin);
  } catch (const std::exception& e) {
    report = std::string("the test failed\n") + e.what() + "\n";
  }
  report += ".";  // whole
  if (write(kReport, report.data(), report.size()) < 0) _exit(EXIT_FAILURE);
  _exit(0);
}

// All that comes until the other end is closed; false if that takes longer.
bool ReadAll(int fd, std::chrono::milliseconds longest, std::string* text) {
  const auto until = std::chrono::steady_clock::now() + longest;
  char chunk[4096];
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd ready = {fd, POLLIN, 0};
    if (left <= 0 || poll(&ready, 1, static_cast<int>(left)) == 0) return false;
    const ssize_t n = read(fd, chunk, sizeof(chunk));
    if (n <= 0) return true;
    text->append(chunk, static_cast<size_t>(n));
  }
}

}  // namespace

InProcessRun RunInProcess(const BadPlugin& plugin) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  std::fflush(nullptr);  // so that a child that exits writes nothing twice
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) Child(plugin, ends[1]);
  close(ends[1]);
  std::string report;
  const bool ended = ReadAll(ends[0], plugin.in_process.what == "hangs the host" ? kHanging : kPatience, &report);
  close(ends[0]);
  if (!ended) kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  if (!ended) return {"hangs the host", {}, {}};
  if (report.empty() || report.back() != '.') {
    return {"kills the host",
            {WIFSIGNALED(status) ? std::string("SIG") + sigabbrev_np(WTERMSIG(status))
                                 : "exit " + std::to_string(WEXITSTATUS(status))},
            {}};
  }
  InProcessRun run;
  std::istringstream lines(report.substr(0, report.size() - 1));
  std::getline(lines, run.happened);
  std::getline(lines, run.message);
  for (std::string line; std::getline(lines, line);) run.effects.push_back(line);
  return run;
}

}  // namespace condyle::tests
