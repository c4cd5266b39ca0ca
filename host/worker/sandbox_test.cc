// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether a plugin can get out of its worker: as the user of this test and as one without rights, and on kernels that
// lack what the sandbox is made of, for which a filter stands in that makes them seem to.
#include <errno.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "host/worker/channel.h"
#include "host/worker/landlock.h"
#include "host/worker/sandbox_level.h"
#include "host/worker/sanitized.h"

namespace condyle {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr uid_t kNobodyId = 65534;

enum class As { kSelf, kNobody };
enum class Kernel { kThis, kWithoutLandlock, kWithoutSeccomp, kWithoutBoth };

// In the child, before the worker: the calls answer as those of a kernel that does not have them.
bool Pretend(Kernel kernel) {
  if (kernel == Kernel::kThis) return true;
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  bool good = filter != nullptr;
  if (kernel != Kernel::kWithoutSeccomp) {
    good = good && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0) == 0;
  }
  if (kernel != Kernel::kWithoutLandlock) {
    good = good && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0) == 0;
    good = good && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
                                    SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP)) == 0;
  }
  return good && seccomp_load(filter) == 0;
}

struct Ended {
  int signal = 0;
  int exit_code = -1;
  std::string words;
};

class Worker {
 public:
  Worker(const std::string& plugin, As as, Kernel kernel = Kernel::kThis) {
    int pair[2];
    int pipe_ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    EXPECT_EQ(pipe2(pipe_ends, O_CLOEXEC), 0);
    channel_ = pair[0];
    stderr_ = pipe_ends[0];
    const std::string path = plugin[0] == '-' ? plugin : std::string(CONDYLE_FIXTURES) + "/" + plugin + ".so";
    pid_ = fork();
    if (pid_ == 0) {
      dup2(pipe_ends[1], STDERR_FILENO);
      const int channel = fcntl(pair[1], F_DUPFD, 64);
      dup2(channel, kWorkerChannelFd);
      if (as == As::kNobody && (setgroups(0, nullptr) != 0 || setgid(kNobodyId) != 0 || setuid(kNobodyId) != 0))
        _exit(126);
      if (!Pretend(kernel)) _exit(125);
      execl(CONDYLE_WORKER, CONDYLE_WORKER, path.c_str(), "500000000", nullptr);
      _exit(127);
    }
    close(pair[1]);
    close(pipe_ends[1]);
    reader_.Start();
    if (reader_.Continue(channel_, 0) == IoResult::kDone && reader_.header().type == FrameType::kReady) {
      EXPECT_EQ(reader_.payload().size(), sizeof(ready_));
      std::memcpy(&ready_, reader_.payload().data(), sizeof(ready_));
      came_up_ = true;
    }
  }
  ~Worker() { End(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  bool came_up() const { return came_up_; }
  const ReadyPayload& ready() const { return ready_; }
  std::string level() const { return SandboxLevelName(static_cast<SandboxLevel>(ready_.sandbox_level)); }

  // What the plugin answered; empty if it did not.
  std::string Ask(const std::string& request) {
    FrameHeader header;
    header.type = FrameType::kAssess;
    const AssessPrefix prefix = {0, 0, 1u << 20};
    FrameWriter writer;
    writer.Start(header, {reinterpret_cast<const char*>(&prefix), sizeof(prefix)}, request);
    writer.Continue(channel_, 0);
    reader_.Start();
    return reader_.Continue(channel_, 0) == IoResult::kDone ? reader_.TakePayload() : std::string();
  }

  // Hangs up and waits for its end.
  Ended End() {
    Ended ended;
    if (pid_ < 0) return ended;
    close(channel_);
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    pid_ = -1;
    if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
    if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
    char buffer[4096];
    for (ssize_t n = 0; (n = read(stderr_, buffer, sizeof(buffer))) > 0;) {
      ended.words.append(buffer, static_cast<size_t>(n));
    }
    close(stderr_);
    return ended;
  }

 private:
  pid_t pid_ = -1;
  int channel_ = -1;
  int stderr_ = -1;
  bool came_up_ = false;
  ReadyPayload ready_;
  FrameReader reader_{2u << 20};
};

// Whether nobody may execute the worker and read the fixtures, which depends on where the build directory is.
bool NobodyReaches(const char* path) {
  const pid_t child = fork();
  if (child == 0) {
    if (setgroups(0, nullptr) != 0 || setgid(kNobodyId) != 0 || setuid(kNobodyId) != 0) _exit(1);
    _exit(access(path, R_OK | X_OK) == 0 ? 0 : 1);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class Sandbox : public ::testing::TestWithParam<As> {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "sanitizers need what the sandbox forbids; see ReportsASanitizer";
    if (LandlockAbi() == 0) GTEST_SKIP() << "this kernel has no Landlock";
    if (GetParam() != As::kNobody) return;
    if (geteuid() != 0) GTEST_SKIP() << "the test runs without rights already";
    if (!NobodyReaches(CONDYLE_WORKER) || !NobodyReaches(CONDYLE_FIXTURES)) {
      GTEST_SKIP() << "user " << kNobodyId << " cannot read the build directory";
    }
  }
};

TEST_P(Sandbox, IsStrictOnThisKernel) {
  Worker worker("escape", GetParam());
  ASSERT_TRUE(worker.came_up()) << worker.End().words;
  EXPECT_EQ(worker.level(), "strict");
  EXPECT_EQ(worker.ready().sandbox_missing, 0u);
  EXPECT_EQ(worker.ready().landlock_abi, static_cast<uint32_t>(LandlockAbi()));
}

TEST_P(Sandbox, LetsAPluginLive) {
  Worker worker("escape", GetParam());
  ASSERT_TRUE(worker.came_up());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(worker.Ask("live"), "fine");
  const Ended ended = worker.End();
  EXPECT_EQ(ended.exit_code, 0) << ended.signal << ended.words;
}

TEST_P(Sandbox, LetsAPluginAbortAsItself) {
  Worker worker("escape", GetParam());
  ASSERT_TRUE(worker.came_up());
  EXPECT_THAT(worker.Ask("abort"), IsEmpty());
  EXPECT_EQ(worker.End().signal, SIGABRT);
}

struct Way {
  const char* name;
  // What the worker says of it; empty for those whose call it cannot name.
  const char* call;
};

constexpr Way kWays[] = {
    {"read_file", "openat"},     {"read_environment", "openat"},
    {"write_file", "openat"},    {"delete_file", "unlink"},
    {"stat_file", "newfstatat"}, {"tcp", "socket"},
    {"unix_socket", "socket"},   {"exec", "execve"},
    {"fork", "clone"},           {"stdout", "newfstatat"},
    {"kill_parent", "kill"},     {"ptrace", "ptrace"},
    {"make_code", "mprotect"},   {"read_parent", "process_vm_readv"},
    {"map_code", "mmap"},        {"namespace", "unshare"},
    {"dumpable", "prctl"},       {"limits", "prlimit64"},
    {"memfd", "memfd_create"},   {"catch_sigsys", ""},
    {"block_sigsys", ""},        {"catch_sigsys_wide", ""},
#if defined(__x86_64__)
    {"old_calls", ""},
#endif
};

TEST_P(Sandbox, KillsAPluginThatTriesToGetOut) {
  for (const Way& way : kWays) {
    SCOPED_TRACE(way.name);
    Worker worker("escape", GetParam());
    ASSERT_TRUE(worker.came_up());
    EXPECT_THAT(worker.Ask(way.name), IsEmpty());
    const Ended ended = worker.End();
    EXPECT_EQ(ended.signal, SIGSYS) << ended.exit_code;
    if (*way.call != '\0') {
      EXPECT_EQ(ended.words, std::string("condyle-worker: forbidden system call ") + way.call + "\n");
    }
  }
}

TEST_P(Sandbox, KillsAPluginThatTriesWhileItIsLoaded) {
  for (const char* way : {"tcp", "exec", "fork", "kill_parent", "ptrace", "namespace", "catch_sigsys"}) {
    SCOPED_TRACE(way);
    Worker worker(std::string("load_") + way, GetParam());
    EXPECT_FALSE(worker.came_up());
    const Ended ended = worker.End();
    EXPECT_EQ(ended.signal, SIGSYS) << ended.exit_code;
    EXPECT_THAT(ended.words, Not(HasSubstr("escaped")));
  }
}

// Files cannot be told apart by a filter, so Landlock refuses them and the plugin lives.
TEST_P(Sandbox, RefusesFilesWhileLoading) {
  for (const char* way : {"read_environment", "write_file"}) {
    SCOPED_TRACE(way);
    Worker worker(std::string("load_") + way, GetParam());
    EXPECT_TRUE(worker.came_up());
    EXPECT_THAT(worker.End().words, Not(HasSubstr("escaped")));
  }
}

TEST_P(Sandbox, IsProbedByTryingToReadAFile) {
  Worker worker("--probe-sandbox", GetParam());
  ASSERT_TRUE(worker.came_up());
  EXPECT_EQ(worker.level(), "strict");
  EXPECT_EQ(worker.End().signal, SIGSYS);
}

INSTANTIATE_TEST_SUITE_P(As, Sandbox, ::testing::Values(As::kSelf, As::kNobody),
                         [](const auto& one) { return one.param == As::kSelf ? "Self" : "Nobody"; });

struct Poor {
  const char* name;
  Kernel kernel;
  const char* level;
  uint32_t missing;
  // What comes of reading a file: the answer, or empty if the plugin dies of it.
  const char* read_file;
};

class PoorKernel : public ::testing::TestWithParam<Poor> {};

TEST_P(PoorKernel, GivesWhatItHasAndSaysSo) {
  if (kSanitized) GTEST_SKIP() << "nothing is asked of the kernel";
  if (LandlockAbi() == 0) GTEST_SKIP() << "this kernel is poor itself";
  const Poor& row = GetParam();
  Worker worker("escape", As::kSelf, row.kernel);
  ASSERT_TRUE(worker.came_up()) << worker.End().words;
  EXPECT_EQ(worker.level(), row.level);
  EXPECT_EQ(worker.ready().sandbox_missing, row.missing);
  EXPECT_EQ(worker.Ask("live"), "fine");
  EXPECT_EQ(worker.Ask("read_file"), row.read_file);
}

INSTANTIATE_TEST_SUITE_P(
    Table, PoorKernel,
    ::testing::Values(Poor{"NoLandlock", Kernel::kWithoutLandlock, "filtered", kSandboxNoLandlock, ""},
                      Poor{"NoSeccomp", Kernel::kWithoutSeccomp, "limits", kSandboxNoSeccomp, "refused"},
                      Poor{"Neither", Kernel::kWithoutBoth, "limits", kSandboxNoSeccomp | kSandboxNoLandlock,
                           "escaped"}),
    [](const auto& one) { return one.param.name; });

TEST(SandboxLevel, ReportsASanitizer) {
  Worker worker("escape", As::kSelf);
  ASSERT_TRUE(worker.came_up());
  EXPECT_EQ((worker.ready().sandbox_missing & kSandboxSanitizer) != 0, kSanitized);
  if (kSanitized) {
    EXPECT_EQ(worker.level(), "limits");
  }
}

TEST(SandboxLevel, HasNamesInOrder) {
  EXPECT_THAT(SandboxLevelNames(), ::testing::ElementsAre("none", "limits", "filtered", "strict"));
  for (const std::string& name : SandboxLevelNames()) {
    ASSERT_TRUE(ParseSandboxLevel(name).has_value()) << name;
    EXPECT_EQ(SandboxLevelName(*ParseSandboxLevel(name)), name);
  }
  EXPECT_FALSE(ParseSandboxLevel("Strict").has_value());
  EXPECT_FALSE(ParseSandboxLevel("").has_value());
}

TEST(SandboxLevel, SaysWhatIsMissing) {
  EXPECT_THAT(SandboxGap(0), IsEmpty());
  EXPECT_THAT(SandboxGap(kSandboxNoLandlock), AllOf(HasSubstr("Landlock"), Not(HasSubstr("seccomp"))));
  EXPECT_THAT(SandboxGap(kSandboxNoLandlock | kSandboxNoSeccomp), AllOf(HasSubstr("Landlock"), HasSubstr("seccomp")));
}

}  // namespace
}  // namespace condyle
