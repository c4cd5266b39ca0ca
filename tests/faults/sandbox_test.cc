// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the program says of the sandbox, on this kernel and on one that seems to lack Landlock or seccomp.
#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <seccomp.h>
#include <sys/prctl.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "condyle/v1/consultation.pb.h"
#include "host/worker/landlock.h"
#include "host/worker/sanitized.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

enum class Kernel { kThis, kWithoutLandlock, kWithoutSeccomp };

// The calls answer as those of a kernel that does not have them. Binds this thread and what it starts.
void Pretend(Kernel kernel) {
  if (kernel == Kernel::kThis) return;
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  int failed = filter == nullptr ? 1 : 0;
  if (kernel == Kernel::kWithoutLandlock) {
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0);
  } else {
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0);
    failed |=
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP));
  }
  failed |= seccomp_load(filter);
  seccomp_release(filter);
  if (failed != 0) throw std::runtime_error("this kernel has no seccomp itself");
}

RunResult CondyleOn(Kernel kernel, const std::vector<std::string>& arguments) {
  RunResult result;
  std::thread([&] {
    Pretend(kernel);
    result = Condyle(arguments);
  }).join();
  return result;
}

std::vector<std::string> AssessArguments(const std::string& level = "") {
  std::vector<std::string> arguments = {
      "assess", std::string(kCaseFolder) + "/v37_trail_runner_textbook_right.case.json", "--format", "json"};
  if (!level.empty()) arguments.insert(arguments.end(), {"--require-sandbox", level});
  return arguments;
}

struct Row {
  const char* name;
  Kernel kernel;
  const char* level;
  // Of the warning.
  const char* missing;
  // The next higher level.
  const char* too_much;
};

class SandboxOf : public ::testing::TestWithParam<Row> {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "a sanitizer leaves no room for a sandbox";
    if (LandlockAbi() == 0) GTEST_SKIP() << "this kernel has no Landlock itself";
  }
};

TEST_P(SandboxOf, StandsInTheConsultationAndLessThanStrictIsWarnedOf) {
  const Row& row = GetParam();
  const RunResult run = CondyleOn(row.kernel, AssessArguments());
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const v1::Consultation consultation = ParseConsultation(run.out);
  EXPECT_GT(consultation.receipt().plugins_size(), 0);
  for (const v1::PluginRun& plugin : consultation.receipt().plugins()) EXPECT_EQ(plugin.sandbox(), row.level);
  if (*row.missing == '\0') {
    EXPECT_THAT(run.err, IsEmpty());
  } else {
    EXPECT_EQ(LineCount(run.err), 1u) << run.err;
    EXPECT_THAT(run.err, AllOf(HasSubstr("warning"), HasSubstr(row.level), HasSubstr(row.missing)));
  }
}

TEST_P(SandboxOf, IsAcceptedWithoutAWordWhereNoMoreIsRequired) {
  const RunResult run = CondyleOn(GetParam().kernel, AssessArguments(GetParam().level));
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, IsEmpty());
}

TEST_P(SandboxOf, FailsEveryPluginWhereMoreIsRequired) {
  const Row& row = GetParam();
  if (*row.too_much == '\0') return;
  const RunResult run = CondyleOn(row.kernel, AssessArguments(row.too_much));
  EXPECT_EQ(run.exit_code, 3);
  const v1::Consultation consultation = ParseConsultation(run.out);
  EXPECT_EQ(consultation.assessments_size(), 0);
  EXPECT_EQ(consultation.plugin_failures_size(), static_cast<int>(PluginFiles().size()));
  for (const v1::PluginFailure& failure : consultation.plugin_failures()) {
    EXPECT_EQ(failure.kind(), v1::FAILURE_KIND_LOAD);
    EXPECT_THAT(failure.message(), AllOf(HasSubstr(row.level), HasSubstr(std::string(row.too_much) + " is required"),
                                         HasSubstr(row.missing)));
  }
  for (const v1::PluginRun& plugin : consultation.receipt().plugins()) EXPECT_THAT(plugin.sandbox(), IsEmpty());
}

TEST_P(SandboxOf, IsListedWithThePlugins) {
  const Row& row = GetParam();
  const RunResult list = CondyleOn(row.kernel, {"plugins", "list"});
  EXPECT_EQ(list.exit_code, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr(std::string("Sandbox of a worker on this machine: ") + row.level));
  EXPECT_THAT(list.out, HasSubstr(row.missing));
}

INSTANTIATE_TEST_SUITE_P(Table, SandboxOf,
                         ::testing::Values(Row{"ThisKernel", Kernel::kThis, "strict", "", ""},
                                           Row{"NoLandlock", Kernel::kWithoutLandlock, "filtered",
                                               "Landlock is not available", "strict"},
                                           Row{"NoSeccomp", Kernel::kWithoutSeccomp, "limits",
                                               "seccomp filters could not be set", "filtered"}),
                         [](const auto& one) { return one.param.name; });

TEST(RequireSandbox, IsCheckedOnTheCommandLine) {
  const RunResult unknown = Condyle(AssessArguments("tight"));
  EXPECT_EQ(unknown.exit_code, 64);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("tight"), HasSubstr("strict")));
  std::vector<std::string> both = AssessArguments("none");
  both.push_back("--in-process");
  EXPECT_EQ(Condyle(both).exit_code, 64);
}

TEST(RequireSandbox, IsCheckedInTheLibrary) {
  HostOptions options;
  options.plugins = {kPluginFolder};
  options.in_process = true;
  options.require_sandbox = "limits";
  EXPECT_THAT(std::string(Host::Open(options).status().message()), HasSubstr("in-process have none"));
  options.require_sandbox = "tight";
  EXPECT_THAT(std::string(Host::Open(options).status().message()), AllOf(HasSubstr("tight"), HasSubstr("strict")));
  options.require_sandbox = "none";
  EXPECT_TRUE(Host::Open(options).ok());
}

TEST(InProcess, HasNoSandboxAndSaysSo) {
  std::vector<std::string> arguments = AssessArguments();
  arguments.push_back("--in-process");
  const RunResult run = Condyle(arguments);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const v1::Consultation consultation = ParseConsultation(run.out);
  for (const v1::PluginRun& plugin : consultation.receipt().plugins()) EXPECT_EQ(plugin.sandbox(), "none");
}

}  // namespace
}  // namespace condyle::tests
