// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Candidates in the shadow: what they answer differently is told, and nothing else of the consultation is different,
// whatever they do.
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

#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Plugin(const std::string& id) { return std::string(kPluginFolder) + "/condyle_" + id + ".so"; }

// One that misbehaves as a candidate if it is told to.
v1::Case Runner() {
  for (WorkedCase& one : ReadWorkedCases(kCaseFolder)) {
    if (one.name != "v37_trail_runner_textbook_right") continue;
    v1::Finding* finding = one.value.add_findings();
    finding->set_key("fixture.misbehave");
    finding->set_present(true);
    return one.value;
  }
  throw std::runtime_error("the textbook runner is missing");
}

// Current plugins that know the finding on which the fixtures misbehave, and behave themselves.
HostOptions CurrentOptions() {
  HostOptions options;
  options.plugins = PluginFiles({"red_flag_screen"});
  options.plugins.push_back(Fixture("second_red_flag_screen"));
  return options;
}

v1::Consultation Consult(HostOptions options, const std::vector<std::string>& shadow, const v1::Case& patient) {
  options.shadow = shadow;
  ConsultOptions how;
  how.question_budget = std::chrono::milliseconds(0);  // how far ranking gets in its time is not the question here
  Outcome outcome = OpenHost(options)->Consult(patient, how);
  if (!outcome.consultation) throw std::runtime_error(outcome.refusal->path + ": " + outcome.refusal->message);
  return *std::move(outcome.consultation);
}

std::string WithoutShadow(v1::Consultation consultation) {
  consultation.clear_shadow();
  return consultation.SerializeAsString();
}

std::vector<std::string> Paths(const v1::ShadowRun& run) {
  std::vector<std::string> paths;
  for (const v1::Difference& difference : run.differences()) paths.push_back(difference.path());
  return paths;
}

struct Row {
  std::string name;
  std::string file;
  // FAILURE_KIND_UNSPECIFIED: it answers.
  v1::FailureKind kind;
  bool in_process_too = true;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class Candidate : public ::testing::TestWithParam<Row> {};

TEST_P(Candidate, ChangesNothingButTheShadow) {
  const Row& row = GetParam();
  for (const bool in_process : {false, true}) {
    if (in_process && !row.in_process_too) continue;
    HostOptions options = CurrentOptions();
    options.in_process = in_process;
    options.deadline = std::chrono::milliseconds(row.kind == v1::FAILURE_KIND_DEADLINE ? 1000 : 30000);
    const v1::Consultation plain = Consult(options, {}, Runner());
    const v1::Consultation shadowed = Consult(options, {row.file}, Runner());
    EXPECT_THAT(plain.shadow(), IsEmpty());
    EXPECT_EQ(WithoutShadow(shadowed), plain.SerializeAsString());
    EXPECT_THAT(shadowed.plugin_failures(), IsEmpty()) << "a candidate's failure is its own";
    ASSERT_EQ(shadowed.shadow_size(), 1);
    const v1::ShadowRun& run = shadowed.shadow(0);
    EXPECT_EQ(v1::FailureKind_Name(run.failure().kind()), v1::FailureKind_Name(row.kind)) << run.failure().message();
    EXPECT_EQ(run.file(), row.file);
    if (row.kind != v1::FAILURE_KIND_UNSPECIFIED) {
      EXPECT_THAT(run.differences(), IsEmpty());
      EXPECT_THAT(run.failure().message(), Not(IsEmpty()));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, Candidate,
    ::testing::Values(Row{"same", Plugin("sij_dysfunction"), v1::FAILURE_KIND_UNSPECIFIED},
                      Row{"other_version", Plugin("red_flag_screen"), v1::FAILURE_KIND_UNSPECIFIED},
                      Row{"crashes", Fixture("crashes"), v1::FAILURE_KIND_CRASHED, false},
                      Row{"hangs", Fixture("hangs"), v1::FAILURE_KIND_DEADLINE, false},
                      Row{"aborts_at_load", Fixture("aborts_at_load"), v1::FAILURE_KIND_LOAD, false},
                      Row{"throws", Fixture("throws"), v1::FAILURE_KIND_REPORTED},
                      Row{"floods", Fixture("floods"), v1::FAILURE_KIND_BAD_ANSWER},
                      Row{"answers_garbage", Fixture("answers_garbage"), v1::FAILURE_KIND_BAD_ANSWER},
                      Row{"answers_as_another", Fixture("answers_as_another"), v1::FAILURE_KIND_BAD_ANSWER},
                      Row{"answers_without_status", Fixture("answers_without_status"), v1::FAILURE_KIND_BAD_ANSWER},
                      Row{"no_manifest", Fixture("no_manifest"), v1::FAILURE_KIND_MANIFEST},
                      Row{"disagrees", Fixture("disagrees"), v1::FAILURE_KIND_CONFLICT},
                      Row{"missing", "/nonexistent/candidates", v1::FAILURE_KIND_LOAD}),
    [](const auto& row) { return row.param.name; });

TEST(Shadow, HasNoDifferencesForTheSamePlugins) {
  HostOptions options;
  options.plugins = {kPluginFolder};
  v1::Case patient = Runner();
  patient.mutable_findings()->RemoveLast();
  const v1::Consultation consultation = Consult(options, {kPluginFolder}, patient);
  ASSERT_EQ(consultation.shadow_size(), static_cast<int>(PluginFiles().size()));
  for (const v1::ShadowRun& run : consultation.shadow()) {
    EXPECT_THAT(run.differences(), IsEmpty()) << run.plugin_id();
    EXPECT_FALSE(run.has_failure());
    EXPECT_EQ(run.current_version(), run.candidate_version());
    EXPECT_EQ(run.file_sha256().size(), 64u);
  }
}

TEST(Shadow, NamesWhatAnotherVersionAnswersDifferently) {
  HostOptions options;
  options.plugins = {kPluginFolder};
  v1::Case patient = Runner();
  patient.mutable_findings()->RemoveLast();
  const v1::Consultation consultation = Consult(options, {Fixture("second_red_flag_screen")}, patient);
  ASSERT_EQ(consultation.shadow_size(), 1);
  const v1::ShadowRun& run = consultation.shadow(0);
  EXPECT_EQ(run.plugin_id(), "red_flag_screen");
  EXPECT_EQ(run.candidate_version(), "99.0.0");
  EXPECT_NE(run.current_version(), run.candidate_version());
  EXPECT_THAT(Paths(run), AllOf(Contains("summary"), Contains(testing::StartsWith("recommendations[")),
                                Not(Contains("pluginVersion"))));
  for (const v1::Difference& difference : run.differences()) {
    if (difference.path() != "summary") continue;
    EXPECT_EQ(difference.candidate(), "The fixture behaves.");
  }
}

TEST(Shadow, TakesACandidateThatHasNoCurrentOne) {
  HostOptions options;
  options.plugins = PluginFiles({"sacroiliitis"});
  v1::Case patient = Runner();
  patient.mutable_findings()->RemoveLast();
  const v1::Consultation consultation = Consult(options, {Plugin("sacroiliitis")}, patient);
  EXPECT_EQ(WithoutShadow(consultation), Consult(options, {}, patient).SerializeAsString());
  ASSERT_EQ(consultation.shadow_size(), 1);
  EXPECT_THAT(consultation.shadow(0).current_version(), IsEmpty());
  EXPECT_THAT(Paths(consultation.shadow(0)), AllOf(Contains("status"), Not(Contains("pluginId"))));
}

// The key is unknown to the current plugins: it stays unknown to the candidate that declares it.
TEST(Shadow, KeepsInputsThatOnlyTheCandidateDeclaresUnknown) {
  HostOptions options;
  options.plugins = {kPluginFolder};
  const v1::Consultation consultation = Consult(options, {Fixture("throws")}, Runner());
  ASSERT_EQ(consultation.shadow_size(), 1);
  EXPECT_FALSE(consultation.shadow(0).has_failure()) << consultation.shadow(0).failure().message();
  EXPECT_EQ(consultation.notices_size(), 1) << "as without the candidate";
}

TEST(Shadow, ExplainsAnInputThatItWouldReadInAnotherUnit) {
  const v1::Consultation consultation = Consult(CurrentOptions(), {Fixture("disagrees")}, Runner());
  EXPECT_THAT(consultation.shadow(0).failure().message(), AllOf(HasSubstr("pain.duration"), HasSubstr("unit")));
}

TEST(ShadowOption, IsToldApartAndDoesNotChangeTheExitCode) {
  const TempFolder folder;
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(Runner(), &json).ok());
  const std::string file = folder.Write("runner.json", json);
  const RunResult plain = Condyle({"assess", file});
  EXPECT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_THAT(plain.out, Not(HasSubstr("Shadow")));
  const RunResult shadowed =
      Condyle({"assess", file, "--shadow", Fixture("second_red_flag_screen"), "--shadow", Fixture("aborts_at_load")});
  EXPECT_EQ(shadowed.exit_code, 0) << shadowed.err;
  EXPECT_THAT(shadowed.err, IsEmpty());
  const size_t at = shadowed.out.find("Shadow (not advice)");
  ASSERT_NE(at, std::string::npos);
  EXPECT_THAT(shadowed.out.substr(at), AllOf(HasSubstr("red_flag_screen 99.0.0"), HasSubstr("aborts_at_load 1.0.0")));
  EXPECT_THAT(shadowed.out, Not(HasSubstr("The fixture behaves.")));
}

}  // namespace
}  // namespace condyle::tests
