// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The worker program by itself: what it gives up, and how it ends without a host.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

#include "condyle/plugin.h"
#include "host/loader/plugin_library.h"
#include "host/worker/channel.h"
#include "host/worker/sanitized.h"

namespace condyle {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Started by fork, with whatever this process has open: the worker must shut it out by itself.
class RawWorker {
 public:
  RawWorker(const std::string& plugin, const std::string& memory, const char* level = "strict") {
    int pair[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    fcntl(pair[0], F_SETFD, FD_CLOEXEC);
    channel_ = pair[0];
    const std::string path = std::string(CONDYLE_FIXTURES) + "/" + plugin + ".so";
    pid_ = fork();
    if (pid_ == 0) {
      setenv("CONDYLE_SECRET", "seen", 1);
      dup2(pair[1], kWorkerChannelFd);
      dup2(pair[1], 99);  // left open on purpose
      execl(CONDYLE_WORKER, CONDYLE_WORKER, path.c_str(), memory.c_str(), level, nullptr);
      _exit(127);
    }
    close(pair[1]);
  }
  ~RawWorker() {
    HangUp();
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }
  RawWorker(const RawWorker&) = delete;
  RawWorker& operator=(const RawWorker&) = delete;

  void HangUp() {
    if (channel_ >= 0) close(channel_);
    channel_ = -1;
  }
  void Write(const std::string& bytes) {
    ASSERT_EQ(send(channel_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  void Ask(const std::string& request, uint64_t deadline_ns, uint32_t sequence) {
    FrameHeader header;
    header.type = FrameType::kAssess;
    header.sequence = sequence;
    const AssessPrefix prefix = {deadline_ns, 0, 1u << 20};
    FrameWriter writer;
    writer.Start(header, {reinterpret_cast<const char*>(&prefix), sizeof(prefix)}, request);
    EXPECT_EQ(writer.Continue(channel_, 0), IoResult::kDone);
  }
  // The next frame.
  FrameReader& Read() {
    reader_.Start();
    EXPECT_EQ(reader_.Continue(channel_, 0), IoResult::kDone) << reader_.problem();
    return reader_;
  }
  // Waits for its end; as waitpid tells it.
  int Wait() {
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_ = -1;
  int channel_ = -1;
  FrameReader reader_{2u << 20};
};

TEST(Worker, SaysWhatItRunsAndAnswersInOrder) {
  RawWorker worker("newer_minor", "0");
  FrameReader& reader = worker.Read();
  ASSERT_EQ(reader.header().type, FrameType::kReady);
  ReadyPayload ready;
  ASSERT_EQ(reader.payload().size(), sizeof(ready));
  std::memcpy(&ready, reader.payload().data(), sizeof(ready));
  EXPECT_EQ(ready.abi_minor, CND_ABI_MINOR + 98);
  EXPECT_EQ(ready.flags, CND_FLAG_DETERMINISTIC | 0x80000000u);
  for (const uint32_t sequence : {1u, 2u, 0xFFFFFFFFu}) {
    worker.Ask("hello", 0, sequence);
    worker.Read();
    EXPECT_EQ(reader.header().type, FrameType::kAnswer);
    EXPECT_EQ(reader.header().sequence, sequence);
    EXPECT_EQ(reader.header().status, CND_OK);
    EXPECT_EQ(reader.payload(), "hello");
  }
}

TEST(Worker, GivesThePluginNeitherFilesNorEnvironmentNorRoom) {
  RawWorker worker("puppet", "400000000", "limits");  // it has to look around
  worker.Read();
  worker.Ask("surroundings", 0, 1);
  const std::string found(worker.Read().payload());
  EXPECT_THAT(found, Not(HasSubstr("env ")));
  EXPECT_THAT(found, AllOf(Not(HasSubstr("fd 0")), Not(HasSubstr("fd 1")), HasSubstr("fd 3 socket\n")));
  EXPECT_THAT(found, AllOf(Not(HasSubstr("fd 4")), Not(HasSubstr("fd 99"))));
  EXPECT_THAT(found, AllOf(HasSubstr("core=0\n"), HasSubstr("file=0\n")));
  if (!kSanitized) {
    EXPECT_THAT(found, HasSubstr("memory=400000000\n"));
  }
}

TEST(Worker, EndsWhenAnIdleChannelCloses) {
  RawWorker worker("puppet", "0");
  worker.Read();
  worker.HangUp();
  const int status = worker.Wait();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(Worker, EndsThoughItsPluginHangsAndItsHostIsGone) {
  RawWorker worker("puppet", "0");
  worker.Read();
  worker.Ask("hang", MonotonicNs(), 1);
  worker.HangUp();
  const int status = worker.Wait();
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) << status;
}

TEST(Worker, OutlivesADeadlineThatItsPluginHasKept) {
  RawWorker worker("puppet", "0");
  worker.Read();
  // The alarm of the first call must not go off in the second, which is still running when it would have.
  worker.Ask("quick", MonotonicNs() + 1'000'000, 1);
  EXPECT_EQ(worker.Read().payload(), "quick");
  worker.Ask("late", MonotonicNs() + 1'000'000'000, 2);
  EXPECT_EQ(worker.Read().payload(), "late");
}

TEST(Worker, ReportsWhyItCannotStart) {
  RawWorker worker("create_fails", "0");
  FrameReader& reader = worker.Read();
  EXPECT_EQ(reader.header().type, FrameType::kStartFailed);
  EXPECT_THAT(std::string(reader.payload()), HasSubstr("the table of norms is damaged"));
  const int status = worker.Wait();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(Worker, LeavesWhenTheHostSpeaksNonsense) {
  for (const std::string& nonsense : {std::string(24, 'n'), [] {
                                        FrameHeader header;  // an answer is not the host's to give
                                        return std::string(reinterpret_cast<const char*>(&header), sizeof(header));
                                      }()}) {
    RawWorker worker("puppet", "0");
    worker.Read();
    worker.Write(nonsense);
    const int status = worker.Wait();
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 70) << status;
  }
}

// Output and exit code of a shell command.
std::pair<std::string, int> RunShell(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::string output;
  char buffer[4096];
  while (const size_t n = fread(buffer, 1, sizeof(buffer), pipe)) output.append(buffer, n);
  return {output, WEXITSTATUS(pclose(pipe))};
}

TEST(Worker, ExplainsItselfWhenStartedByHand) {
  const std::string worker = CONDYLE_WORKER;
  for (const char* arguments : {"", " a", " a b", " a 1x", " a -1", " a 1 2", " a 1 3<&-", " a 1 3</dev/null"}) {
    const auto [output, code] = RunShell(worker + arguments);
    EXPECT_EQ(code, 64) << arguments;
    EXPECT_THAT(output, HasSubstr("condyle host")) << arguments;
  }
}

TEST(Worker, LinksNothingThatAPluginCouldMeet) {
  const auto [output, code] = RunShell(std::string("ldd ") + CONDYLE_WORKER);
  ASSERT_EQ(code, 0) << output;
  EXPECT_THAT(output, HasSubstr("libc.so"));
  for (const char* forbidden : {"protobuf", "absl", "fmt", "boost", "ssl", "libelf"}) {
    EXPECT_THAT(output, Not(HasSubstr(forbidden)));
  }
}

}  // namespace
}  // namespace condyle
