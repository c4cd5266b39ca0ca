// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Plugins that are sound by themselves and no use beside the others, screens that are not there, and files that are no
// plugins: each is named, the others' answers are delivered, exit 3. One plugin's own defects: tests/bad_plugins.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/catalog/plugin_catalog.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The textbook runner, to whom both screens answer "negative".
v1::Case Runner() {
  for (WorkedCase& one : ReadWorkedCases(kCaseFolder)) {
    if (one.name == "v37_trail_runner_textbook_right") return one.value;
  }
  throw std::runtime_error("the textbook runner is missing");
}

v1::Case With(v1::Case patient, bool misbehave) {
  v1::Finding* finding = patient.add_findings();
  finding->set_key("fixture.misbehave");
  finding->set_present(misbehave);
  return patient;
}

// The answers of the pack alone, for comparison.
const v1::Consultation& OfThePackAlone() {
  static const v1::Consultation consultation = OpenHost(true)->Consult(Runner()).consultation.value();
  return consultation;
}

TEST(CrashedScreen, HasItsGuardsHeld) {
  HostOptions options;
  options.plugins = {kPluginFolder, Fixture("crashes")};
  const std::unique_ptr<Host> host = OpenHost(options);
  const Outcome behaved = host->Consult(With(Runner(), false)), crashed = host->Consult(With(Runner(), true));
  ASSERT_TRUE(behaved.consultation.has_value() && crashed.consultation.has_value());
  const auto explains = [](const v1::Recommendation& r) {
    return std::any_of(r.tags().begin(), r.tags().end(),
                       [](const std::string& tag) { return tag.rfind("education", 0) == 0; });
  };
  const auto active = [&](const v1::Consultation& c) {
    return std::count_if(c.recommendations().begin(), c.recommendations().end(), explains);
  };
  EXPECT_GT(active(*behaved.consultation), 0) << "nothing to hold: this patient shows nothing";
  EXPECT_EQ(active(*crashed.consultation), 0);
  EXPECT_EQ(std::count_if(crashed.consultation->withheld().begin(), crashed.consultation->withheld().end(),
                          [&](const v1::Withheld& w) { return explains(w.recommendation()) && w.by() == "condyle"; }),
            active(*behaved.consultation));
}

// A screen that the others expect and that is not there at all.
class MissingScreen : public ::testing::TestWithParam<const char*> {};

TEST_P(MissingScreen, IsNamedAndItsGuardsAreHeld) {
  v1::PluginManifest screen;
  for (const PluginFile& plugin : DiscoverPlugins({kPluginFolder}).plugins) {
    if (plugin.manifest.id() == GetParam()) screen = plugin.manifest;
  }
  ASSERT_EQ(screen.role(), v1::PLUGIN_ROLE_SAFETY_SCREEN);
  HostOptions options;
  options.in_process = true;
  options.plugins = PluginFiles({GetParam()});
  const std::unique_ptr<Host> host = OpenHost(options);
  ASSERT_EQ(host->LoadFailures().size(), 1u);
  const Outcome outcome = host->Consult(Runner());
  ASSERT_TRUE(outcome.consultation.has_value());
  ASSERT_EQ(outcome.consultation->plugin_failures_size(), 1);
  EXPECT_EQ(outcome.consultation->plugin_failures(0).plugin_id(), GetParam());
  EXPECT_EQ(outcome.consultation->plugin_failures(0).kind(), v1::FAILURE_KIND_MISSING);
  EXPECT_THAT(UnheldGuards(OfThePackAlone(), screen), Not(IsEmpty())) << "held before: this patient shows nothing";
  EXPECT_THAT(UnheldGuards(*outcome.consultation, screen), IsEmpty());
  for (const v1::Hold& hold : outcome.consultation->holds()) {
    if (hold.by() == "condyle") {
      EXPECT_THAT(hold.reason(), HasSubstr("not among the plugins"));
    }
  }
  EXPECT_THAT(BrokenRules(*outcome.consultation, host->Manifests()), IsEmpty());
}

TEST_P(MissingScreen, MakesTheProgramExitWith3) {
  std::vector<std::string> arguments = {"assess",
                                        std::string(kCaseFolder) + "/v37_trail_runner_textbook_right.case.json"};
  for (const std::string& file : PluginFiles({GetParam()})) {
    arguments.push_back("--plugins");
    arguments.push_back(file);
  }
  const RunResult run = Condyle(arguments);
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_THAT(run.err, HasSubstr(GetParam()));
  EXPECT_THAT(run.out, AllOf(HasSubstr(GetParam()), HasSubstr("ON HOLD")));
}

INSTANTIATE_TEST_SUITE_P(Of, MissingScreen, ::testing::Values("red_flag_screen", "stress_fracture_screen"),
                         [](const auto& one) { return std::string(one.param); });

// Which of two files of one id is right is not the host's to guess: neither is used, and a screen's guards are held.
TEST(DuplicateId, LeavesOutBothAndHoldsWhatAScreenGuards) {
  HostOptions options;
  options.plugins = {kPluginFolder, Fixture("second_red_flag_screen")};
  options.in_process = true;
  const std::unique_ptr<Host> host = OpenHost(options);
  const Outcome outcome = host->Consult(Runner());
  ASSERT_TRUE(outcome.consultation.has_value());
  const v1::Consultation& consultation = *outcome.consultation;
  std::vector<std::string> files;
  for (const v1::PluginFailure& failure : consultation.plugin_failures()) {
    EXPECT_EQ(failure.plugin_id(), "red_flag_screen");
    if (failure.kind() != v1::FAILURE_KIND_CONFLICT) continue;
    files.push_back(failure.file());
    EXPECT_THAT(failure.message(),
                AllOf(HasSubstr(Fixture("second_red_flag_screen")), HasSubstr("condyle_red_flag_screen.so")));
  }
  EXPECT_EQ(files.size(), 2u);
  EXPECT_EQ(FindAssessment(consultation, "red_flag_screen"), nullptr);
  EXPECT_EQ(consultation.assessments_size(), OfThePackAlone().assessments_size() - 1);
  for (const PluginFile& plugin : DiscoverPlugins({kPluginFolder}).plugins) {
    if (plugin.manifest.id() == "red_flag_screen") {
      EXPECT_THAT(UnheldGuards(consultation, plugin.manifest), IsEmpty());
    }
  }

  const RunResult run = Condyle({"assess", std::string(kCaseFolder) + "/v37_trail_runner_textbook_right.case.json",
                                 "--plugins", kPluginFolder, "--plugins", Fixture("second_red_flag_screen")});
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("red_flag_screen"), HasSubstr(Fixture("second_red_flag_screen"))));
}

TEST(Disagreement, NamesBothPlugins) {
  const PluginCatalog catalog = DiscoverPlugins({kPluginFolder, Fixture("disagrees")});
  ASSERT_EQ(catalog.failures.size(), 1u);
  EXPECT_EQ(catalog.failures[0].plugin_id(), "disagrees");
  const bool names_another = std::any_of(catalog.plugins.begin(), catalog.plugins.end(), [&](const PluginFile& plugin) {
    return catalog.failures[0].message().find(plugin.manifest.id()) != std::string::npos;
  });
  EXPECT_TRUE(names_another) << catalog.failures[0].message();
}

TEST(Disagreement, LeavesOutOneAndTheOthersAnswer) {
  HostOptions options;
  options.plugins = {kPluginFolder, Fixture("disagrees")};
  const Outcome outcome = OpenHost(options)->Consult(Runner());
  ASSERT_TRUE(outcome.consultation.has_value());
  ASSERT_EQ(outcome.consultation->plugin_failures_size(), 1);
  EXPECT_EQ(outcome.consultation->plugin_failures(0).plugin_id(), "disagrees");
  EXPECT_EQ(outcome.consultation->plugin_failures(0).kind(), v1::FAILURE_KIND_CONFLICT);
  EXPECT_EQ(outcome.consultation->assessments_size(), OfThePackAlone().assessments_size());
}

struct FileRow {
  std::string name;
  std::string bytes;
  std::vector<std::string> mentions;
};

void PrintTo(const FileRow& row, std::ostream* out) { *out << row.name; }

class BrokenFile : public ::testing::TestWithParam<FileRow> {};

TEST_P(BrokenFile, IsNamedAndTheOthersAnswer) {
  const TempFolder folder;
  const std::string plugin = folder.Write("broken.so", GetParam().bytes);
  const std::string runner = std::string(kCaseFolder) + "/v37_trail_runner_textbook_right.case.json";
  const RunResult run =
      Condyle({"assess", runner, "--format", "json", "--plugins", kPluginFolder, "--plugins", folder.Path("")});
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_EQ(LineCount(run.err), 1u) << run.err;
  EXPECT_THAT(run.err, HasSubstr("broken.so"));
  for (const std::string& word : GetParam().mentions) EXPECT_THAT(run.err, HasSubstr(word));
  v1::Consultation consultation;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(run.out, &consultation).ok());
  EXPECT_EQ(consultation.assessments_size(), OfThePackAlone().assessments_size());
  ASSERT_EQ(consultation.plugin_failures_size(), 1);
  EXPECT_EQ(consultation.plugin_failures(0).kind(), v1::FAILURE_KIND_MANIFEST);

  const RunResult list = Condyle({"plugins", "list", "--plugins", folder.Path("")});
  EXPECT_EQ(list.exit_code, 3);
  EXPECT_THAT(list.err, HasSubstr("broken.so"));
  const RunResult show = Condyle({"plugins", "show", plugin});
  EXPECT_EQ(show.exit_code, 3);
  EXPECT_THAT(show.out, IsEmpty());
  EXPECT_THAT(show.err, HasSubstr("broken.so"));
}

std::string FirstBytes(const std::string& file, size_t size) { return ReadFile(file).substr(0, size); }

INSTANTIATE_TEST_SUITE_P(Of, BrokenFile,
                         ::testing::Values(FileRow{"Empty", "", {}}, FileRow{"Text", "not a library\n", {"ELF"}},
                                           FileRow{"HeaderAlone", FirstBytes(kCondyleProgram, 64), {}},
                                           FileRow{"CutInHalf", FirstBytes(kWorkerProgram, 4096), {}},
                                           FileRow{"AProgram", ReadFile(kWorkerProgram), {}}),
                         [](const auto& row) { return row.param.name; });

// The manifest is read from the file: nothing of the plugin runs.
TEST(PluginsShow, WorksOnAPluginThatAbortsWhenItIsLoaded) {
  const RunResult show = Condyle({"plugins", "show", Fixture("aborts_at_load")});
  EXPECT_EQ(show.exit_code, 0) << show.err;
  EXPECT_THAT(show.out, AllOf(HasSubstr("aborts_at_load 1.0.0"), HasSubstr("fixture.misbehave")));
  const RunResult list = Condyle({"plugins", "list", "--plugins", Fixture("aborts_at_load")});
  EXPECT_EQ(list.exit_code, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("aborts_at_load"));
}

}  // namespace
}  // namespace condyle::tests
