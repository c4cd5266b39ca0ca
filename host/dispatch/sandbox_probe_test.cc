// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What workers say of their sandbox, what is required of them, and what is believed.
#include "host/dispatch/sandbox_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/dispatch/dispatcher.h"
#include "host/dispatch/rounds_for_test.h"
#include "host/worker/channel.h"
#include "host/worker/landlock.h"
#include "host/worker/sanitized.h"

namespace condyle {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Payload(uint32_t version, uint32_t level) {
  ReadyPayload ready;
  ready.channel_version = version;
  ready.sandbox_level = level;
  ready.sandbox_missing = kSandboxNoLandlock;
  ready.landlock_abi = 7;
  return std::string(reinterpret_cast<const char*>(&ready), sizeof(ready));
}

TEST(ReadySandbox, IsReadFromAWorkerOfThisBuild) {
  const auto state = ReadySandbox(Payload(kChannelVersion, 2));
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->level, SandboxLevel::kFiltered);
  EXPECT_EQ(state->missing, kSandboxNoLandlock);
  EXPECT_EQ(state->landlock_abi, 7u);
}

TEST(ReadySandbox, IsNotReadFromAnother) {
  EXPECT_FALSE(ReadySandbox("").has_value());
  EXPECT_FALSE(ReadySandbox(Payload(kChannelVersion, 3).substr(1)).has_value());
  EXPECT_FALSE(ReadySandbox(Payload(kChannelVersion, 3) + "x").has_value());
  EXPECT_FALSE(ReadySandbox(Payload(kChannelVersion - 1, 3)).has_value());
  EXPECT_FALSE(ReadySandbox(Payload(kChannelVersion, 4)).has_value()) << "there is no such level";
}

TEST(ProbeSandbox, SaysWhatThisMachineGives) {
  const SandboxProbe probe = ProbeSandbox(CONDYLE_WORKER);
  ASSERT_THAT(probe.error, IsEmpty());
  if (kSanitized) {
    EXPECT_EQ(probe.state.level, SandboxLevel::kLimits);
  } else {
    EXPECT_EQ(probe.state.level, LandlockAbi() > 0 ? SandboxLevel::kStrict : SandboxLevel::kFiltered);
  }
}

TEST(ProbeSandbox, SaysWhyThereIsNoAnswer) {
  EXPECT_THAT(ProbeSandbox("/nonexistent/worker").error, HasSubstr("/nonexistent/worker: No such file"));
  EXPECT_THAT(ProbeSandbox("/bin/true").error, HasSubstr("/bin/true: exited with code 0"));
}

std::vector<Reply> Ask(Dispatcher& dispatcher, std::vector<std::string> requests) {
  Round round;
  round.requests = std::move(requests);
  round.deadline = std::chrono::minutes(1);
  return dispatcher.Ask(round);
}

struct Requirement {
  const char* name;
  SandboxLevel most;
  SandboxLevel required;
  bool asked;
};

class RequiredSandbox : public ::testing::TestWithParam<Requirement> {};

TEST_P(RequiredSandbox, IsReachedOrThePluginIsNotAsked) {
  if (kSanitized || LandlockAbi() == 0) GTEST_SKIP() << "not all levels are to be had here";
  const Requirement& row = GetParam();
  const PluginCatalog catalog = CatalogOf({"puppet"});
  DispatchOptions options;
  options.worker_path = CONDYLE_WORKER;
  options.most_sandbox = row.most;
  options.require_sandbox = row.required;
  const auto dispatcher = MakeWorkerDispatcher(catalog, options);
  for (int again = 0; again < 2; ++again) {
    const std::vector<Reply> replies = Ask(*dispatcher, {"x"});
    ASSERT_THAT(replies, SizeIs(1));
    if (row.asked) {
      EXPECT_EQ(replies[0].response, "x");
      EXPECT_STREQ(replies[0].sandbox, SandboxLevelName(row.most));
      EXPECT_EQ(dispatcher->least_sandbox().level, row.most);
      continue;
    }
    ASSERT_TRUE(replies[0].failure.has_value());
    EXPECT_EQ(replies[0].failure->kind(), v1::FAILURE_KIND_LOAD);
    EXPECT_THAT(replies[0].failure->message(),
                AllOf(HasSubstr(SandboxLevelName(row.most)),
                      HasSubstr(std::string(SandboxLevelName(row.required)) + " is required"),
                      HasSubstr("the host asked for no more")));
    EXPECT_EQ(replies[0].sandbox, nullptr);
    EXPECT_THAT(dispatcher->worker_pids(), IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RequiredSandbox,
    ::testing::Values(Requirement{"StrictForStrict", SandboxLevel::kStrict, SandboxLevel::kStrict, true},
                      Requirement{"FilteredForStrict", SandboxLevel::kFiltered, SandboxLevel::kStrict, false},
                      Requirement{"FilteredForFiltered", SandboxLevel::kFiltered, SandboxLevel::kFiltered, true},
                      Requirement{"LimitsForFiltered", SandboxLevel::kLimits, SandboxLevel::kFiltered, false},
                      Requirement{"LimitsForLimits", SandboxLevel::kLimits, SandboxLevel::kLimits, true}),
    [](const auto& one) { return one.param.name; });

TEST(ForbiddenCall, IsNamedInWordsAndDisturbsNobody) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer leaves no room for a sandbox";
  const PluginCatalog catalog = CatalogOf({"puppet", "escape", "load_tcp"});
  DispatchOptions options;
  options.worker_path = CONDYLE_WORKER;
  const auto dispatcher = MakeWorkerDispatcher(catalog, options);
  for (int again = 0; again < 2; ++again) {
    const std::vector<Reply> replies = Ask(*dispatcher, {"sound", "read_file", "x"});
    EXPECT_EQ(replies[0].response, "sound");
    ASSERT_TRUE(replies[1].failure && replies[2].failure);
    EXPECT_EQ(replies[1].failure->kind(), v1::FAILURE_KIND_CRASHED);
    EXPECT_THAT(replies[1].failure->message(),
                HasSubstr("was killed by signal 31 (SIGSYS): a system call that the sandbox forbids; last words: "
                          "condyle-worker: forbidden system call openat"));
    EXPECT_EQ(replies[2].failure->kind(), v1::FAILURE_KIND_LOAD);
    EXPECT_THAT(replies[2].failure->message(),
                AllOf(HasSubstr("while the plugin was loaded"), HasSubstr("forbidden system call socket")));
    EXPECT_EQ(Ask(*dispatcher, {"sound", "live", "x"})[1].response, "fine");
  }
}

TEST(InProcess, HasNoSandbox) {
  const PluginCatalog catalog = CatalogOf({"puppet"});
  EXPECT_STREQ(Ask(*MakeInProcessDispatcher(catalog, {}), {"x"})[0].sandbox, "none");
}

}  // namespace
}  // namespace condyle
