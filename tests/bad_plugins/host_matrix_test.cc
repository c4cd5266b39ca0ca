// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Every line of bad_plugins.tsv is true: isolated, in-process and with the condyle program.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "host/worker/sanitized.h"
#include "tests/bad_plugins/matrix.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

class HostWithBadPlugin : public ::testing::TestWithParam<BadPlugin> {
 protected:
  void SetUp() override {
    if (kSanitized && !std::filesystem::exists(GetParam().File())) GTEST_SKIP() << "sanitizers leave no room for it";
    ASSERT_TRUE(std::filesystem::exists(GetParam().File())) << "no fixture of this name is built";
  }
};

class IsolatedHost : public HostWithBadPlugin {};

TEST_P(IsolatedHost, SurvivesNamesItAndDeliversTheOthers) {
  const BadPlugin& plugin = GetParam();
  const IsolatedRun run = RunIsolated(plugin);
  EXPECT_EQ(run.happened, plugin.isolated.what) << run.failure.message();
  EXPECT_EQ(run.others, run.others_in_calm);
  EXPECT_GE(run.others_in_calm, 7);
  EXPECT_THAT(run.faults, IsEmpty());
  if (run.happened == "answers") return;
  EXPECT_EQ(run.failure.plugin_id(), plugin.NamedAs());
  EXPECT_EQ(run.failure.file(), plugin.File());
  for (const std::string& word : plugin.isolated.words) EXPECT_THAT(run.failure.message(), HasSubstr(word));
  if (!plugin.Standing()) {
    ASSERT_TRUE(run.recovery_ms.has_value());
    EXPECT_LT(run.whole_ms, static_cast<double>((run.deadline + kRecoveryBound).count()));
  }
}

class InProcessHost : public HostWithBadPlugin {};

TEST_P(InProcessHost, FaresAsTheTableSays) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer is hit in the host's place";
  const BadPlugin& plugin = GetParam();
  if (plugin.in_process.what == "not run") {
    EXPECT_FALSE(plugin.notes.empty()) << "why not?";
    return;
  }
  const InProcessRun run = RunInProcess(plugin);
  EXPECT_EQ(run.happened, plugin.in_process.what) << run.message;
  if (run.message.empty()) {
    EXPECT_THAT(run.effects, UnorderedElementsAreArray(plugin.in_process.words));
  } else {
    EXPECT_THAT(run.effects, IsEmpty());
    for (const std::string& word : plugin.in_process.words) EXPECT_THAT(run.message, HasSubstr(word));
  }
}

class Program : public HostWithBadPlugin {};

TEST_P(Program, ExitsWith3AndNamesTheFailedPlugin) {
  const BadPlugin& plugin = GetParam();
  const TempFolder folder;
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(BadPluginPatient(true), &json).ok());
  std::vector<std::string> arguments = {
      "assess",     folder.Write("runner.json", json), "--format", "json", "--plugins", kPluginFolder, "--plugins",
      plugin.File()};
  const RunResult run = Condyle(arguments);
  const v1::Consultation consultation = ParseConsultation(run.out);
  const bool answers = plugin.isolated.what == "answers";
  EXPECT_EQ(run.exit_code, answers ? 0 : 3) << run.err;
  EXPECT_EQ(LineCount(run.err), answers ? 0u : 1u) << run.err;
  EXPECT_EQ(FindFailure(consultation, plugin.NamedAs()) == nullptr, answers);
  if (answers) return;
  EXPECT_THAT(run.err, AllOf(HasSubstr(plugin.NamedAs()), HasSubstr(plugin.File())));
  for (const std::string& word : plugin.isolated.words) EXPECT_THAT(run.err, HasSubstr(word));
  if (plugin.isolated.what == "DEADLINE") return;  // once is enough: each run waits for the program's deadline

  arguments[3] = "text";
  const RunResult text = Condyle(arguments);
  EXPECT_EQ(text.exit_code, 3) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr(plugin.NamedAs()), HasSubstr("NO ANSWER")));
}

std::string NameOf(const ::testing::TestParamInfo<BadPlugin>& row) { return row.param.name; }
INSTANTIATE_TEST_SUITE_P(Of, IsolatedHost, ::testing::ValuesIn(ReadBadPlugins()), NameOf);
INSTANTIATE_TEST_SUITE_P(Of, InProcessHost, ::testing::ValuesIn(ReadBadPlugins()), NameOf);
INSTANTIATE_TEST_SUITE_P(Of, Program, ::testing::ValuesIn(ReadBadPlugins()), NameOf);

// One that has lost all its memory would never answer again.
TEST(LeakingPlugin, IsReplacedWhenItsMemoryIsUsedUp) {
  if (kSanitized) GTEST_SKIP() << "sanitizers leave no room for a limit of memory";
  HostOptions options;
  options.plugins = {Fixture("leaks_memory"), kPluginFolder};
  options.worker_memory_bytes = 128 * 1024 * 1024;
  options.deadline = std::chrono::minutes(1);
  const std::unique_ptr<Host> host = OpenHost(options);
  const auto failed = [&] {
    const Outcome outcome = host->Consult(BadPluginPatient(true));
    return FindAssessment(outcome.consultation.value(), "leaks_memory") == nullptr;
  };
  int calls = 1;
  while (!failed() && calls < 128) ++calls;  // 1 MiB each
  EXPECT_LT(calls, 128) << "nothing limits its memory";
  EXPECT_GT(calls, 16);
  EXPECT_FALSE(failed());
}

TEST(Table, HasEveryFixtureOnceAndNoOther) {
  // The build defines BAD_PLUGINS: those that it makes of a defect, separated by blanks.
  std::istringstream built(BAD_PLUGINS);
  std::set<std::string> expected;
  for (std::string name; built >> name;) expected.insert(name);
  std::set<std::string> listed;
  for (const BadPlugin& plugin : ReadBadPlugins()) {
    EXPECT_TRUE(listed.insert(plugin.name).second) << plugin.name << " stands there twice";
    EXPECT_FALSE(plugin.defect.empty()) << plugin.name;
    const bool good = plugin.notes.rfind("good", 0) == 0;
    EXPECT_EQ(plugin.caught_by.empty(), good) << plugin.name << ": what finds it?";
  }
  EXPECT_THAT(listed, UnorderedElementsAreArray(expected));
  EXPECT_GE(listed.size(), 30u);
}

// The figures of the page are those of one machine on one day; that its lines are those of the table is held.
TEST(Page, HasALineForEveryPlugin) {
  const std::string page = ReadFile(std::string(kSourceFolder) + "/" + kBadPluginsPage);
  size_t lines = 0;
  for (size_t at = page.find("\n| `"); at != page.npos; at = page.find("\n| `", at + 1)) ++lines;
  const std::vector<BadPlugin> plugins = ReadBadPlugins();
  EXPECT_EQ(lines, plugins.size()) << "run ./dev docs";
  for (const BadPlugin& plugin : plugins) EXPECT_THAT(page, HasSubstr("\n" + PageRowStart(plugin))) << "run ./dev docs";
}

}  // namespace
}  // namespace condyle::tests
