// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The checker raises no false alarm: sound plugins, at the highest level, without a warning.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "condyle/v1/check.pb.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

v1::CheckReport Check(const std::string& file, const std::vector<std::string>& options = {}) {
  std::vector<std::string> arguments = {"plugins", "check", file, "--format", "json", "--strict"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const RunResult run = Condyle(arguments);
  v1::CheckReport report;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(run.out, &report).ok()) << file << "\n" << run.out << run.err;
  EXPECT_EQ(run.exit_code, 0) << file << "\n" << run.err;
  return report;
}

void ExpectNothing(const std::string& file) {
  const v1::CheckReport report = Check(file, {"--level", "5"});
  EXPECT_THAT(report.checks(), Not(IsEmpty())) << file;
  for (const v1::CheckFinding& finding : report.findings()) {
    EXPECT_EQ(finding.severity(), v1::CHECK_SEVERITY_NOTE)
        << file << ": " << finding.check() << ": " << finding.what() << " [" << finding.where() << "]";
  }
  for (const v1::CheckOutcome& outcome : report.checks()) {
    EXPECT_EQ(outcome.result(), v1::CHECK_RESULT_PASSED) << file << ": " << outcome.check() << " " << outcome.reason();
  }
}

TEST(GoodPlugins, OfTheTreePassTheHighestLevel) {
  const std::vector<std::string> files = PluginFiles();
  ASSERT_EQ(files.size(), 7u);
  for (const std::string& file : files) ExpectNothing(file);
}

TEST(GoodPlugins, InPlainCPassTheHighestLevel) { ExpectNothing(CONDYLE_FEVER_PLUGIN); }

TEST(GoodPlugins, InPlainCByClangPassTheHighestLevel) {
  const TempFolder folder;
  const std::string file = folder.Path("fever_in_c.so");
  const RunResult build = RunProgram(
      {"/usr/bin/env", "clang", "-std=c11", "-O2", "-fPIC", "-fvisibility=hidden", "-shared", "-Wall", "-Wextra",
       "-Wpedantic", "-Werror", "-I" CONDYLE_ABI_INCLUDE, "-DFEVER_NOTE=\"" CONDYLE_FEVER_NOTE "\"",
       CONDYLE_FEVER_SOURCE, "-Wl,--version-script=" CONDYLE_PLUGIN_MAP,
       "-Wl,-z,now,-z,relro,-z,noexecstack,-z,text,-z,defs", "-Wl,--build-id=sha1", "-o", file});
  ASSERT_EQ(build.exit_code, 0) << build.err;
  ExpectNothing(file);
}

TEST(GoodPlugins, AreToldInTextWithASummary) {
  const RunResult run = Condyle({"plugins", "check", CONDYLE_FEVER_PLUGIN, "--level", "2"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("fever_in_c 1.0.0"));
  EXPECT_THAT(run.out, HasSubstr("passed at level 2: 0 errors, 0 warnings"));
}

TEST(GoodPlugins, AnswerAboutPatients) {
  const TempFolder folder;
  const std::string patient = folder.Write("case.json", R"({"asOf": "2026-05-01T09:00:00Z", "findings":
      [{"key": "fever.temperature", "quantity": {"value": 38, "unit": "Cel"}}]})");
  const RunResult run = Condyle({"assess", patient, "--format", "json", "--plugins", CONDYLE_FEVER_PLUGIN});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("STATUS_POSITIVE"));
  EXPECT_THAT(run.out, HasSubstr("measure_again"));
}

TEST(Check, TellsUsageFromFindings) {
  EXPECT_EQ(Condyle({"plugins", "check", "/no/such/file.so"}).exit_code, 64);
  EXPECT_EQ(Condyle({"plugins", "check", CONDYLE_FEVER_PLUGIN, "--level", "6"}).exit_code, 64);
  EXPECT_EQ(Condyle({"plugins", "check", CONDYLE_FEVER_PLUGIN, "--trust", "/no/such/folder"}).exit_code, 1);
  EXPECT_EQ(Condyle({"plugins", "check", CONDYLE_FEVER_SOURCE}).exit_code, 3);
}

TEST(Check, DemandsASignatureOnlyWhereKeysAreTrusted) {
  const TempFolder folder;
  const std::string plugin = folder.Write("fever.so", ReadFile(CONDYLE_FEVER_PLUGIN));
  const std::string keys = folder.Path("keys");
  ASSERT_EQ(RunProgram({"/usr/bin/env", "mkdir", keys}).exit_code, 0);
  ASSERT_EQ(Condyle({"plugins", "keygen", keys + "/key"}).exit_code, 0);
  const auto check = [&] { return Condyle({"plugins", "check", plugin, "--level", "1", "--trust", keys}); };
  const RunResult unsigned_file = check();
  EXPECT_EQ(unsigned_file.exit_code, 3);
  EXPECT_THAT(unsigned_file.out, HasSubstr("error: signature: it is not signed"));
  ASSERT_EQ(Condyle({"plugins", "sign", plugin, "--key", keys + "/key.key"}).exit_code, 0);
  EXPECT_EQ(check().exit_code, 0);
  // Of other bytes: told even if no key is trusted.
  folder.Write("fever.so", ReadFile(CONDYLE_FEVER_PLUGIN) + "x");
  const RunResult changed = Condyle({"plugins", "check", plugin, "--level", "1"});
  EXPECT_EQ(changed.exit_code, 3);
  EXPECT_THAT(changed.out, HasSubstr("the signature beside it is of another file"));
}

}  // namespace
}  // namespace condyle::tests
