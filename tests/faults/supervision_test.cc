// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Supervision as whoever embeds the host sees it, and whoever runs the program.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A worked patient; for a fixture it says whether to misbehave.
v1::Case Patient(std::optional<bool> misbehave) {
  v1::Case patient = ReadWorkedCases(kCaseFolder).front().value;
  if (misbehave) {
    v1::Finding* finding = patient.add_findings();
    finding->set_key("fixture.misbehave");
    finding->set_present(*misbehave);
  }
  return patient;
}

HostOptions With(const std::string& fixture) {
  HostOptions options;
  options.plugins = {kPluginFolder, Fixture(fixture)};
  options.deadline = options.consultation_deadline = std::chrono::minutes(1);
  return options;
}

PluginHealth HealthOf(const Host& host, const std::string& id) {
  for (const PluginHealth& one : host.Health()) {
    if (one.plugin_id == id) return one;
  }
  return {};
}

// Everybody but this plugin has answered as in `whole`, and the rules hold.
void ExpectTheOthers(const v1::Consultation& got, const v1::Consultation& whole, const std::string& without,
                     const Host& host) {
  EXPECT_EQ(got.plugin_failures_size(), 1) << got.ShortDebugString();
  EXPECT_NE(FindFailure(got, without), nullptr);
  for (const v1::Assessment& answer : whole.assessments()) {
    if (answer.plugin_id() == without) continue;
    const v1::Assessment* other = FindAssessment(got, answer.plugin_id());
    ASSERT_NE(other, nullptr) << answer.plugin_id();
    EXPECT_EQ(other->SerializeAsString(), answer.SerializeAsString());
  }
  EXPECT_THAT(BrokenRules(got, host.Manifests()), IsEmpty());
}

TEST(Suspension, HoldsWhatTheScreenGuardsAndEndsWithAGoodAnswer) {
  HostOptions options = With("crashes");
  options.supervision.first_suspension = milliseconds(500);
  const std::unique_ptr<Host> host = OpenHost(options);
  const v1::Consultation whole = *host->Consult(Patient(false)).consultation;
  EXPECT_THAT(whole.plugin_failures(), IsEmpty());
  EXPECT_EQ(HealthOf(*host, "crashes").circuit, "closed");
  for (int i = 0; i < 5; ++i) {
    const v1::Consultation crashed = *host->Consult(Patient(true)).consultation;
    ASSERT_NE(FindFailure(crashed, "crashes"), nullptr);
    EXPECT_EQ(FindFailure(crashed, "crashes")->kind(), v1::FAILURE_KIND_CRASHED);
  }
  EXPECT_EQ(HealthOf(*host, "crashes").circuit, "open");
  EXPECT_EQ(HealthOf(*host, "crashes").failures_in_row, 5);
  EXPECT_GT(HealthOf(*host, "crashes").retry_in, milliseconds(0));

  const v1::Consultation suspended = *host->Consult(Patient(false)).consultation;
  ExpectTheOthers(suspended, whole, "crashes", *host);
  const v1::PluginFailure* failure = FindFailure(suspended, "crashes");
  ASSERT_NE(failure, nullptr);
  EXPECT_EQ(failure->kind(), v1::FAILURE_KIND_SUSPENDED);
  EXPECT_THAT(failure->message(), AllOf(HasSubstr("failed 5 times in a row"), HasSubstr("is tried again in")));
  EXPECT_GE(suspended.urgency(), v1::URGENCY_ROUTINE);
  bool held = false;
  for (const v1::Hold& hold : suspended.holds()) {
    held |= hold.by() == "condyle" && hold.tag() == "education" &&
            hold.reason().find("it failed too often in a row and was not asked") != std::string::npos;
  }
  EXPECT_TRUE(held);

  while (HealthOf(*host, "crashes").circuit == "open") std::this_thread::yield();
  EXPECT_EQ(HealthOf(*host, "crashes").circuit, "half-open");
  EXPECT_EQ(host->Consult(Patient(false)).consultation->SerializeAsString(), whole.SerializeAsString());
  EXPECT_EQ(HealthOf(*host, "crashes").circuit, "closed");
}

TEST(Cancelling, GivesTheOthersAnswersAndHoldsTheRest) {
  const std::unique_ptr<Host> host = OpenHost(With("hangs"));
  const v1::Consultation whole = *host->Consult(Patient(false)).consultation;
  std::stop_source stop;
  ConsultOptions how;
  how.cancel = stop.get_token();
  how.question_budget = std::chrono::minutes(1);
  auto asking = std::async(std::launch::async, [&] { return host->Consult(Patient(true), how); });
  const auto until = steady_clock::now() + milliseconds(500);  // ample for the seven that do not hang
  while (steady_clock::now() < until) std::this_thread::yield();
  stop.request_stop();
  const auto since = steady_clock::now();
  const Outcome outcome = asking.get();
  EXPECT_LT(steady_clock::now() - since, std::chrono::seconds(20)) << "neither deadline nor budget were waited for";
  EXPECT_TRUE(outcome.cancelled);
  ASSERT_TRUE(outcome.consultation.has_value());
  ExpectTheOthers(*outcome.consultation, whole, "hangs", *host);
  EXPECT_EQ(FindFailure(*outcome.consultation, "hangs")->kind(), v1::FAILURE_KIND_CANCELLED);
  EXPECT_EQ(HealthOf(*host, "hangs").failures_in_row, 0);
  const Outcome next = host->Consult(Patient(false));
  EXPECT_FALSE(next.cancelled);
  EXPECT_EQ(next.consultation->SerializeAsString(), whole.SerializeAsString());
}

TEST(Cancelling, BeforeAnybodyIsAskedLeavesEverythingOpen) {
  for (const bool in_process : {true, false}) {
    const std::unique_ptr<Host> host = OpenHost(in_process);
    std::stop_source stop;
    stop.request_stop();
    ConsultOptions how;
    how.cancel = stop.get_token();
    const Outcome outcome = host->Consult(Patient({}), how);
    EXPECT_TRUE(outcome.cancelled);
    ASSERT_TRUE(outcome.consultation.has_value());
    EXPECT_EQ(outcome.consultation->plugin_failures_size(), static_cast<int>(host->Manifests().size()));
    EXPECT_EQ(outcome.consultation->urgency(), v1::URGENCY_ROUTINE);
    EXPECT_THAT(outcome.consultation->recommendations(), IsEmpty());
    EXPECT_THAT(BrokenRules(*outcome.consultation, host->Manifests()), IsEmpty());
    EXPECT_THAT(host->WorkerPids(), IsEmpty());
  }
}

TEST(Inquiry, OfAPluginThatCrashesOnAnAnswerDoesNotSuspendIt) {
  const std::unique_ptr<Host> host = OpenHost(With("crashes"));
  ConsultOptions how;
  how.question_budget = std::chrono::seconds(20);
  for (int i = 0; i < 3; ++i) {
    const Outcome outcome = host->Consult(Patient({}), how);
    ASSERT_TRUE(outcome.consultation.has_value());
    EXPECT_THAT(outcome.consultation->plugin_failures(), IsEmpty());
    EXPECT_TRUE(outcome.consultation->has_inquiry());
  }
  EXPECT_EQ(HealthOf(*host, "crashes").circuit, "closed");
  EXPECT_EQ(HealthOf(*host, "crashes").failures_in_row, 0);
  EXPECT_GT(HealthOf(*host, "crashes").worker_starts, 1U) << "it did crash";
}

TEST(Inquiry, OfAPluginThatHangsOnAnAnswerKeepsItsTimeAndClaimsNothing) {
  const std::unique_ptr<Host> host = OpenHost(With("hangs"));
  ConsultOptions how;
  how.question_budget = milliseconds(500);
  const auto since = steady_clock::now();
  const Outcome outcome = host->Consult(Patient({}), how);
  EXPECT_LT(steady_clock::now() - since, std::chrono::seconds(20));
  ASSERT_TRUE(outcome.consultation.has_value());
  EXPECT_THAT(outcome.consultation->plugin_failures(), IsEmpty());
  EXPECT_FALSE(outcome.consultation->inquiry().complete());
  for (const v1::NextQuestion& question : outcome.consultation->next_questions()) {
    EXPECT_NE(question.key(), "fixture.misbehave") << question.ShortDebugString();
  }
}

std::string HangingCase(const TempFolder& folder) {
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(Patient(true), &json).ok());
  return folder.Write("case.json", json);
}

TEST(Program, TellsWhichTimeWasOver) {
  const TempFolder folder;
  const std::string file = HangingCase(folder);
  const std::string hangs = Fixture("hangs");
  const struct {
    std::vector<std::string> options;
    std::string mentions;
  } rows[] = {
      {{"--plugin-deadline", "1500"}, "did not answer within 1500 ms,"},
      {{"--deadline", "1500"}, "did not answer within the 1500 ms that the whole consultation may take"},
  };
  for (const auto& row : rows) {
    std::vector<std::string> words = {kCondyleProgram, "assess",    file, "--question-budget", "0", "--plugins",
                                      kPluginFolder,   "--plugins", hangs};
    words.insert(words.end(), row.options.begin(), row.options.end());
    const RunResult result = RunProgram(words);
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_THAT(result.err, HasSubstr(row.mentions));
    EXPECT_THAT(result.out, HasSubstr("red_flag_screen"));
  }
}

TEST(Program, RefusesDeadlinesThatAreNone) {
  for (const char* option : {"--deadline", "--plugin-deadline"}) {
    for (const char* value : {"0", "3600001", "soon"}) {
      const RunResult result = Condyle({"assess", "-", option, value});
      EXPECT_EQ(result.exit_code, 64) << option << " " << value;
      EXPECT_THAT(result.err, HasSubstr(option));
    }
  }
}

}  // namespace
}  // namespace condyle::tests
