// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The program is ended while a plugin hangs: no worker lives on.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "google/protobuf/util/json_util.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"
#include "tests/faults/processes.h"

namespace condyle::tests {
namespace {

using std::chrono::steady_clock;

// For a busy machine; nothing here takes so long by itself.
constexpr auto kPatience = std::chrono::seconds(30);
constexpr int kPatienceMs = 30000;

std::string HangingCase() {
  v1::Case patient = ReadWorkedCases(kCaseFolder).front().value;
  v1::Finding* finding = patient.add_findings();
  finding->set_key("fixture.misbehave");
  finding->set_present(true);
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(patient, &json).ok());
  return json;
}

// "condyle assess" with a plugin that hangs.
class Program {
 public:
  explicit Program(const std::string& plugin_deadline_ms) {
    const std::string file = folder_.Write("case.json", HangingCase());
    std::vector<std::string> words = {kCondyleProgram,
                                      "assess",
                                      file,
                                      "--plugins",
                                      kPluginFolder,
                                      "--plugins",
                                      Fixture("hangs"),
                                      "--plugin-deadline",
                                      plugin_deadline_ms,
                                      "--deadline",
                                      "600000"};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, folder_.Path("out").c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // Ignored signals would stay so.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    EXPECT_EQ(posix_spawn(&pid_, kCondyleProgram, &actions, &attributes, argv.data(), environ), 0);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
  }

  ~Program() {
    if (status_ >= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  pid_t pid() const { return pid_; }
  std::string out() const { return ReadFile(folder_.Path("out")); }

  // The worker of the plugin that hangs, once it is at it; 0 if that does not come.
  pid_t AwaitHang() const {
    constexpr uint64_t kMoreThanAStart = 20;  // clock ticks: 200 ms
    const auto until = steady_clock::now() + kPatience;
    while (steady_clock::now() < until) {
      for (const pid_t child : ChildrenOf(pid_)) {
        if (CommandLine(child).find("condyle_hangs.so") != std::string::npos && CpuTicks(child) >= kMoreThanAStart) {
          return child;
        }
      }
      std::this_thread::yield();
    }
    return 0;
  }

  int Wait() {
    waitpid(pid_, &status_, 0);
    return status_;
  }

 private:
  const TempFolder folder_;
  pid_t pid_ = 0;
  int status_ = -1;
};

std::vector<ProcessHandle> WorkersOf(const Program& program) {
  std::vector<ProcessHandle> workers;
  for (const pid_t child : ChildrenOf(program.pid())) workers.emplace_back(child, program.pid());
  return workers;
}

class Interrupted : public ::testing::TestWithParam<int> {};

TEST_P(Interrupted, TheProgramEndsItsWorkersAtOnceAndDiesOfTheSignal) {
  Program program("600000");
  ASSERT_NE(program.AwaitHang(), 0);
  const std::vector<ProcessHandle> workers = WorkersOf(program);
  ASSERT_GE(workers.size(), 2U);
  ASSERT_EQ(kill(program.pid(), GetParam()), 0);
  const int status = program.Wait();
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == GetParam()) << status;
  for (const ProcessHandle& worker : workers) EXPECT_TRUE(worker.AwaitDeath(kPatienceMs));
  EXPECT_EQ(program.out(), "") << "half an answer is none";
}

INSTANTIATE_TEST_SUITE_P(BySignal, Interrupted, ::testing::Values(SIGINT, SIGTERM, SIGHUP),
                         [](const auto& one) { return std::string(sigabbrev_np(one.param)); });

// Whatever they do, and long before their deadline: busy, idle and stopped.
TEST(Killed, WorkersDieWithTheirHost) {
  Program program("600000");
  const pid_t hung = program.AwaitHang();
  ASSERT_NE(hung, 0);
  const std::vector<ProcessHandle> workers = WorkersOf(program);
  ASSERT_GE(workers.size(), 2U);
  const auto idle =
      std::find_if(workers.begin(), workers.end(), [&](const ProcessHandle& w) { return w.pid() != hung; });
  ASSERT_TRUE(idle->Signal(SIGSTOP));
  ASSERT_EQ(kill(program.pid(), SIGKILL), 0);
  program.Wait();
  for (const ProcessHandle& worker : workers) EXPECT_TRUE(worker.AwaitDeath(kPatienceMs)) << worker.pid();
  for (const ProcessHandle& worker : workers) worker.Signal(SIGKILL);  // if they did not
}

}  // namespace
}  // namespace condyle::tests
