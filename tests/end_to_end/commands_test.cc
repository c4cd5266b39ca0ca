// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The commands of the real program: exit codes, what goes to standard output and what does not.
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "host/catalog/plugin_catalog.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using google::protobuf::util::JsonStringToMessage;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kRunner[] = "v37_trail_runner_textbook_right";

std::string CaseFile(const std::string& name) { return std::string(kCaseFolder) + "/" + name + ".case.json"; }

TEST(Assess, PrintsOneConsultationAsJsonAndNothingElse) {
  const RunResult run = Condyle({"assess", CaseFile(kRunner), "--format", "json"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, IsEmpty());
  const v1::Consultation consultation = ParseConsultation(run.out);
  EXPECT_EQ(consultation.case_id(), kRunner);
  EXPECT_EQ(consultation.as_of(), "2026-05-01T09:00:00Z");
  EXPECT_EQ(consultation.assessments_size(), static_cast<int>(PluginFiles().size()));
  EXPECT_EQ(consultation.urgency(), v1::URGENCY_ROUTINE);
}

// Milliseconds that suffice on any machine: what is compared must not depend on its speed.
constexpr char kAmple[] = "60000";

TEST(Assess, ReadsStandardInput) {
  RunOptions options;
  options.stdin_bytes = ReadFile(CaseFile(kRunner));
  const RunResult from_pipe = Condyle({"assess", "-", "--format", "json", "--question-budget", kAmple}, options);
  EXPECT_EQ(from_pipe.exit_code, 0) << from_pipe.err;
  EXPECT_EQ(from_pipe.out, Condyle({"assess", CaseFile(kRunner), "--format", "json", "--question-budget", kAmple}).out);
}

TEST(Assess, AnswersTheSameInWorkersAndInProcess) {
  const RunResult workers = Condyle({"assess", CaseFile(kRunner), "--format", "json", "--question-budget", kAmple});
  const RunResult in_process =
      Condyle({"assess", CaseFile(kRunner), "--format", "json", "--question-budget", kAmple, "--in-process"});
  EXPECT_EQ(in_process.exit_code, 0) << in_process.err;
  v1::Consultation a = ParseConsultation(workers.out), b = ParseConsultation(in_process.out);
  for (const v1::PluginRun& run : a.receipt().plugins()) EXPECT_EQ(run.isolation(), "worker");
  for (v1::PluginRun& run : *b.mutable_receipt()->mutable_plugins()) {
    EXPECT_EQ(run.isolation(), "in-process");
    run.set_isolation("worker");
    run.set_sandbox(a.receipt().plugins(0).sandbox());
  }
  EXPECT_EQ(a.SerializeAsString(), b.SerializeAsString());
}

TEST(WhatIf, PrintsOneMessageAsJsonOrText) {
  const RunResult json = Condyle({"whatif", CaseFile(kRunner), "--format", "json", "--in-process", "--budget", kAmple});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  v1::WhatIf what_if;
  ASSERT_TRUE(JsonStringToMessage(json.out, &what_if).ok()) << json.out.substr(0, 300);
  EXPECT_EQ(what_if.urgency(), v1::URGENCY_ROUTINE);
  EXPECT_TRUE(what_if.inquiry().complete());
  EXPECT_GT(what_if.counterfactuals_size(), 10);
  EXPECT_GT(what_if.contributions_size(), 10);
  EXPECT_THAT(what_if.disclaimer(), Not(IsEmpty()));
  const RunResult text = Condyle({"whatif", CaseFile(kRunner), "--in-process", "--budget", kAmple});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("FOR ANOTHER URGENCY"), HasSubstr("WITHOUT EACH FINDING")));
}

TEST(WhatIf, RefusesWhatAssessRefuses) {
  RunOptions input;
  input.stdin_bytes = R"({"findings":[{"key":"exam.temperature","quantity":{"value":38}}]})";
  const RunResult refused = Condyle({"whatif", "-"}, input);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("standard input: /findings/0"), HasSubstr("exam.temperature")));
  EXPECT_EQ(refused.err, Condyle({"assess", "-"}, input).err);
  EXPECT_EQ(Condyle({"whatif", "no_such_file"}).exit_code, 64);
  EXPECT_EQ(Condyle({"whatif", CaseFile(kRunner), "--budget", "0"}).exit_code, 64);
}

TEST(Assess, TakesTheMomentFromTheCommandLine) {
  for (const char* moment : {"2026-06-02", "2026-06-02T00:00:00Z"}) {
    const RunResult run = Condyle({"assess", CaseFile(kRunner), "--format", "json", "--as-of", moment});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(ParseConsultation(run.out).as_of(), StartsWith("2026-06-02T00:00:00")) << moment;
  }
}

TEST(Assess, ReadsTheTextFormatOfACase) {
  const RunResult run = Condyle({"assess", "-", "--format", "json"},
                                {R"(id: "text" as_of: "2026-05-01T09:00:00Z" patient { age_years: 31 }
                                     findings { key: "pain.present" present: true })",
                                 "",
                                 {}});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(ParseConsultation(run.out).case_id(), "text");
}

TEST(Assess, ReportsInTextWithUrgencyFirst) {
  const RunResult run = Condyle({"assess", CaseFile("v26_saddle_numbness")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, IsEmpty());
  EXPECT_THAT(run.out, StartsWith("EMERGENCY"));
  EXPECT_THAT(run.out, AllOf(HasSubstr("v26_saddle_numbness"), HasSubstr("ASK NEXT"), HasSubstr("BASIS"),
                             HasSubstr("red_flag_screen"), HasSubstr("Decision support")));
  EXPECT_THAT(run.out, Not(HasSubstr("\x1b["))) << "colours in a pipe";
  // What is on hold is told before what to do and before the basis.
  const size_t holds = run.out.find("ON HOLD"), basis = run.out.find("BASIS");
  ASSERT_NE(holds, std::string::npos);
  EXPECT_LT(holds, basis);
}

// The first screen of 80 columns shows every emergency's advice.
TEST(Assess, TellsTheEmergencyOnTheFirstScreen) {
  const RunResult text = Condyle({"assess", CaseFile("v26_saddle_numbness")});
  const RunResult json = Condyle({"assess", CaseFile("v26_saddle_numbness"), "--format", "json"});
  const v1::Consultation consultation = ParseConsultation(json.out);
  ASSERT_FALSE(consultation.recommendations().empty());
  EXPECT_EQ(consultation.recommendations(0).id(), "ed_now");
  const std::string advice = consultation.recommendations(0).text();
  const std::string start = advice.substr(0, std::min<size_t>(advice.size(), 30));
  size_t end = 0;
  for (int line = 0; line < 40 && end != std::string::npos; ++line) end = text.out.find('\n', end + 1);
  EXPECT_THAT(text.out.substr(0, end), HasSubstr(start));
}

TEST(Assess, NamesAnUnknownKeyAndAnswersAllTheSame) {
  RunOptions options;
  options.stdin_bytes =
      R"({"asOf":"2026-05-01T09:00:00Z","findings":[{"key":"pain.present","present":true},{"key":"pain.colour","code":"blue"}]})";
  const RunResult json = Condyle({"assess", "-", "--format", "json"}, options);
  EXPECT_EQ(json.exit_code, 0) << json.err;
  const v1::Consultation consultation = ParseConsultation(json.out);
  ASSERT_EQ(consultation.notices_size(), 1);
  EXPECT_THAT(consultation.notices(0).path(), HasSubstr("/findings/1"));
  EXPECT_THAT(consultation.notices(0).message(), HasSubstr("pain.colour"));
  const RunResult text = Condyle({"assess", "-"}, options);
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("pain.colour"));
}

TEST(Cases, PassOnTheWorkedPatients) {
  const RunResult run = Condyle({"cases", kCaseFolder, "--never-say", std::string(kPackFolder) + "/never_say.tsv"});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, StartsWith("PASS "));
  EXPECT_EQ(LineCount(run.out), 1u);
}

TEST(Cases, NameWhatDoesNotHold) {
  const TempFolder folder;
  folder.Write("a.case.json", ReadFile(CaseFile(kRunner)));
  folder.Write("a.expect.json", R"({"urgency": "URGENCY_EMERGENCY", "mustRecommend": ["no_such_advice"]})");
  const RunResult run = Condyle({"cases", folder.Path("")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.out, AllOf(StartsWith("FAIL a: "), HasSubstr("URGENCY_ROUTINE"), HasSubstr("URGENCY_EMERGENCY"),
                             HasSubstr("no_such_advice"), HasSubstr("PASS 0 of 1 cases")));
}

TEST(Plugins, AreListedWithIdVersionAndFile) {
  const RunResult run = Condyle({"plugins", "list"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, IsEmpty());
  const PluginCatalog catalog = DiscoverPlugins({kPluginFolder});
  EXPECT_EQ(LineCount(run.out), catalog.plugins.size() + 3);
  EXPECT_THAT(run.out, HasSubstr("\nSandbox of a worker on this machine: "));
  for (const PluginFile& plugin : catalog.plugins) {
    EXPECT_THAT(run.out,
                AllOf(HasSubstr(plugin.manifest.id()), HasSubstr(plugin.manifest.version()),
                      HasSubstr(plugin.manifest.title()), HasSubstr("condyle_" + plugin.manifest.id() + ".so")));
  }
}

TEST(Plugins, ShowTheirManifest) {
  for (const PluginFile& plugin : DiscoverPlugins({kPluginFolder}).plugins) {
    const RunResult json = Condyle({"plugins", "show", plugin.manifest.id(), "--format", "json"});
    EXPECT_EQ(json.exit_code, 0) << json.err;
    v1::PluginManifest manifest;
    ASSERT_TRUE(JsonStringToMessage(json.out, &manifest).ok()) << plugin.path;
    EXPECT_EQ(manifest.SerializeAsString(), plugin.manifest.SerializeAsString());

    const RunResult by_file = Condyle({"plugins", "show", plugin.path, "--format", "json"});
    EXPECT_EQ(by_file.exit_code, 0) << by_file.err;
    EXPECT_EQ(by_file.out, json.out);

    const RunResult text = Condyle({"plugins", "show", plugin.manifest.id()});
    EXPECT_EQ(text.exit_code, 0) << text.err;
    EXPECT_THAT(text.out, AllOf(HasSubstr(plugin.manifest.id()), HasSubstr("Source attributes"),
                                HasSubstr(plugin.manifest.source_attributes().developer())));
    for (const v1::Input& input : plugin.manifest.inputs()) EXPECT_THAT(text.out, HasSubstr(input.key()));
  }
}

TEST(Plugins, ShowSaysWhichThereAre) {
  const RunResult run = Condyle({"plugins", "show", "no_such_plugin"});
  EXPECT_EQ(run.exit_code, 64);
  EXPECT_THAT(run.out, IsEmpty());
  EXPECT_THAT(run.err, AllOf(HasSubstr("no_such_plugin"), HasSubstr("red_flag_screen")));
}

void CollectLinkIds(const google::protobuf::Struct& node, std::set<std::string>* link_ids) {
  for (const auto& [name, value] : node.fields()) {
    if (name == "linkId") link_ids->insert(value.string_value());
    if (name != "item") continue;
    for (const auto& item : value.list_value().values()) CollectLinkIds(item.struct_value(), link_ids);
  }
}

TEST(Questionnaire, HasEveryInputOfEveryPlugin) {
  const RunResult run = Condyle({"questionnaire"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, IsEmpty());
  google::protobuf::Struct form;
  ASSERT_TRUE(JsonStringToMessage(run.out, &form).ok());
  EXPECT_EQ(form.fields().at("resourceType").string_value(), "Questionnaire");
  std::set<std::string> link_ids;
  CollectLinkIds(form, &link_ids);
  const PluginCatalog catalog = DiscoverPlugins({kPluginFolder});
  size_t inputs = 0;
  for (const CatalogInput& input : catalog.inputs.inputs()) {
    ++inputs;
    if (input.input.sided()) {
      EXPECT_EQ(link_ids.count(input.input.key() + ":left"), 1u) << input.input.key();
      EXPECT_EQ(link_ids.count(input.input.key() + ":right"), 1u) << input.input.key();
    } else {
      EXPECT_EQ(link_ids.count(input.input.key()), 1u) << input.input.key();
    }
  }
  EXPECT_GT(inputs, 100u);
}

TEST(Program, TellsItsVersion) {
  const RunResult run = Condyle({"--version"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.out, std::string("condyle ") + HostVersion() + "\n");
}

TEST(Program, HelpsWithEachCommand) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {}, {"assess"}, {"cases"}, {"questionnaire"}, {"plugins"}, {"plugins", "list"}, {"plugins", "show"}}) {
    std::vector<std::string> arguments = command;
    arguments.push_back("--help");
    const RunResult run = Condyle(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.err, IsEmpty());
    EXPECT_THAT(run.out, HasSubstr("--help"));
  }
}

struct UsageRow {
  std::string name;
  std::vector<std::string> arguments;
  // Words that the one line on standard error has.
  std::vector<std::string> mentions;
};

void PrintTo(const UsageRow& row, std::ostream* out) { *out << row.name; }

class Usage : public ::testing::TestWithParam<UsageRow> {};

TEST_P(Usage, IsAnsweredWith64) {
  const RunResult run = Condyle(GetParam().arguments);
  EXPECT_EQ(run.exit_code, 64);
  EXPECT_THAT(run.out, IsEmpty());
  EXPECT_EQ(LineCount(run.err), 1u) << run.err;
  for (const std::string& word : GetParam().mentions) EXPECT_THAT(run.err, HasSubstr(word));
}

INSTANTIATE_TEST_SUITE_P(
    Wrong, Usage,
    ::testing::Values(UsageRow{"NoCommand", {}, {"--help"}}, UsageRow{"UnknownCommand", {"diagnose"}, {"diagnose"}},
                      UsageRow{"NoFile", {"assess"}, {"FILE"}},
                      UsageRow{"UnknownOption", {"assess", "-", "--loud"}, {"--loud"}},
                      UsageRow{"UnknownFormat", {"assess", "-", "--format", "yaml"}, {"yaml", "text", "json"}},
                      UsageRow{"BadDate", {"assess", "-", "--as-of", "yesterday"}, {"yesterday", "YYYY-MM-DD"}},
                      UsageRow{"NoSuchDay", {"assess", "-", "--as-of", "2026-02-30"}, {"2026-02-30"}},
                      UsageRow{"FileIsMissing", {"assess", "/no/such/case.json"}, {"/no/such/case.json"}},
                      UsageRow{"FileIsAFolder", {"assess", kCaseFolder}, {kCaseFolder, "directory"}},
                      UsageRow{"NoSuchCases", {"cases", "/no/such/folder"}, {"/no/such/folder"}},
                      UsageRow{"PluginsWithoutVerb", {"plugins"}, {"--help"}},
                      UsageRow{"ShowWithoutId", {"plugins", "show"}, {"ID"}}),
    [](const auto& row) { return row.param.name; });

TEST(Program, WithoutAnyPluginSaysWhereItLooked) {
  const TempFolder empty;
  const RunResult run = Condyle({"assess", CaseFile(kRunner), "--plugins", empty.Path("")});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.out, IsEmpty());
  EXPECT_THAT(run.err, HasSubstr(empty.Path("")));
}

}  // namespace
}  // namespace condyle::tests
