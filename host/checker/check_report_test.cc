// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Text, JSON and SARIF of a report.
#include "host/checker/check_report.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>

#include "host/checker/rules.h"
#include "host/report/report.h"

namespace condyle::checker {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::CheckReport Report() {
  v1::CheckReport report;
  report.set_file("/a folder/example.so");
  report.set_file_sha256(std::string(64, 'a'));
  report.set_plugin_id("example");
  report.set_plugin_version("1.0.0");
  report.set_level(3);
  report.set_seed(7);
  report.set_warnings(1);
  *report.add_findings() = Finding("build", v1::CHECK_SEVERITY_NOTE, "3 functions run", "DT_INIT_ARRAY");
  *report.add_findings() =
      Finding("capabilities", v1::CHECK_SEVERITY_WARNING, "it imports functions for clocks", "time");
  v1::CheckOutcome* outcome = report.add_checks();
  outcome->set_check("capabilities");
  outcome->set_result(v1::CHECK_RESULT_WARNED);
  outcome = report.add_checks();
  outcome->set_check("loads");
  outcome->set_result(v1::CHECK_RESULT_NOT_RUN);
  outcome->set_reason("no host would load this file");
  report.set_milliseconds(12.5);
  return report;
}

TEST(Text, SaysWhatWhyHowAndSumsUp) {
  const std::string text = ToText(Report(), {200, false, false});
  EXPECT_THAT(text, HasSubstr("warning: capabilities: it imports functions for clocks [time]\n"));
  EXPECT_THAT(text, HasSubstr(std::string("why: ") + FindRule("capabilities")->why));
  EXPECT_THAT(text, HasSubstr(std::string("fix: ") + FindRule("capabilities")->fix));
  EXPECT_THAT(text, HasSubstr("not run  loads: no host would load this file"));
  EXPECT_THAT(text, HasSubstr("passed at level 3: 0 errors, 1 warning, 2 checks, seed 7, 12.5 ms\n"));
  EXPECT_LT(text.find("warning:"), text.find("note:"));
}

TEST(Text, FailsForWarningsOnlyIfStrict) {
  EXPECT_THAT(ToText(Report(), {200, false, true}), HasSubstr("FAILED at level 3"));
  v1::CheckReport report = Report();
  report.set_errors(1);
  EXPECT_THAT(ToText(report, {200, false, false}), HasSubstr("FAILED at level 3: 1 error, 1 warning"));
}

TEST(Findings, CannotSteerATerminalOrBreakJson) {
  v1::CheckReport report = Report();
  *report.add_findings() = Finding("exports", v1::CHECK_SEVERITY_ERROR, "it exports", "\x1b[2J\xff\n\"");
  EXPECT_THAT(ToText(report, {200, false, false}), Not(HasSubstr("\x1b")));
  v1::CheckReport back;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(ToJson(report), &back).ok());
  EXPECT_EQ(back.findings(2).where(), "?[2J??\"");
}

class Sarif : public ::testing::Test {
 protected:
  static google::protobuf::Struct Parse(const std::string& text) {
    google::protobuf::Struct json;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &json).ok()) << text;
    return json;
  }
  static const google::protobuf::Struct& RunOf(const google::protobuf::Struct& log) {
    return log.fields().at("runs").list_value().values(0).struct_value();
  }
};

TEST_F(Sarif, HasARuleForEachCheckAndAResultForEachFinding) {
  const google::protobuf::Struct log = Parse(ToSarif(Report()));
  EXPECT_EQ(log.fields().at("version").string_value(), "2.1.0");
  const auto& run = RunOf(log);
  const auto& driver = run.fields().at("tool").struct_value().fields().at("driver").struct_value();
  const auto& rules = driver.fields().at("rules").list_value();
  ASSERT_EQ(static_cast<size_t>(rules.values_size()), Rules().size());
  const auto& results = run.fields().at("results").list_value();
  ASSERT_EQ(results.values_size(), 2);
  const auto& warning = results.values(1).struct_value().fields();
  EXPECT_EQ(warning.at("ruleId").string_value(), "capabilities");
  EXPECT_EQ(warning.at("level").string_value(), "warning");
  const auto index = static_cast<int>(warning.at("ruleIndex").number_value());
  EXPECT_EQ(rules.values(index).struct_value().fields().at("id").string_value(), "capabilities");
  EXPECT_EQ(results.values(0).struct_value().fields().at("level").string_value(), "note");
}

TEST_F(Sarif, NamesTheFileWithoutItsFolderAsAUri) {
  v1::CheckReport report = Report();
  report.set_file("/some where/my plugin%1.so");
  const std::string text = ToSarif(report);
  EXPECT_THAT(text, HasSubstr("\"my%20plugin%251.so\""));
  EXPECT_THAT(text, Not(HasSubstr("some where")));
}

TEST_F(Sarif, FingerprintsDependOnTheFindingAlone) {
  const auto fingerprint = [](const v1::CheckReport& report, int result) {
    const google::protobuf::Struct log = Parse(ToSarif(report));
    const auto& results = RunOf(log).fields().at("results").list_value();
    return results.values(result)
        .struct_value()
        .fields()
        .at("partialFingerprints")
        .struct_value()
        .fields()
        .at("condyle/v1")
        .string_value();
  };
  v1::CheckReport other = Report();
  other.set_file("/elsewhere/example.so");
  other.set_milliseconds(99);
  other.mutable_findings()->DeleteSubrange(0, 1);
  EXPECT_EQ(fingerprint(Report(), 1), fingerprint(other, 0));
  EXPECT_NE(fingerprint(Report(), 1), fingerprint(Report(), 0));
}

}  // namespace
}  // namespace condyle::checker
