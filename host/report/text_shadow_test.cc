// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The section on candidates: last, brief, and without their words.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "host/report/report.h"

namespace condyle {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Text(const std::string& consultation_text) {
  v1::Consultation consultation;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(consultation_text, &consultation));
  TextOptions wide;
  wide.width = 1000;
  return ToText(consultation, wide);
}

TEST(Shadow, IsNotMentionedWithoutCandidates) { EXPECT_THAT(Text(""), Not(HasSubstr("Shadow"))); }

TEST(Shadow, NamesFieldsAndNotTheCandidatesWords) {
  const std::string text = Text(R"(
    disclaimer: "The disclaimer."
    shadow {
      plugin_id: "screen" current_version: "1.0.0" candidate_version: "1.1.0"
      differences { path: "status" current: "STATUS_NEGATIVE" candidate: "STATUS_POSITIVE" }
      differences { path: "recommendations[run_now].text" candidate: "Run a marathon now." }
    })");
  EXPECT_THAT(text, HasSubstr("Shadow (not advice)"));
  EXPECT_THAT(text, HasSubstr("screen 1.1.0 (current: 1.0.0): 2 differences: status STATUS_NEGATIVE -> "
                              "STATUS_POSITIVE; recommendations[run_now].text"));
  EXPECT_THAT(text, Not(HasSubstr("marathon")));
  EXPECT_LT(text.find("Shadow (not advice)"), text.find("The disclaimer."));
}

TEST(Shadow, TellsSameNewFailedAndManyApart) {
  std::string many = R"(shadow { plugin_id: "many" current_version: "1" candidate_version: "2" )";
  for (int i = 0; i < 10; ++i) many += "differences { path: \"caveats[" + std::to_string(i) + "]\" } ";
  const std::string text = Text(R"(
    shadow { plugin_id: "same" current_version: "1" candidate_version: "2" }
    shadow { plugin_id: "new" candidate_version: "2" differences { path: "summary" } }
    shadow { plugin_id: "bad" current_version: "1" failure { kind: FAILURE_KIND_CRASHED message: "It crashed." } }
    )" + many + "}");
  EXPECT_THAT(text, AllOf(HasSubstr("same 2 (current: 1): the same answer"),
                          HasSubstr("new 2 (no current one): 1 difference: summary"), HasSubstr("It crashed."),
                          HasSubstr("10 differences: caveats[0]; "), HasSubstr("caveats[7]; and 2 more")));
  EXPECT_THAT(text, Not(HasSubstr("caveats[8]")));
}

}  // namespace
}  // namespace condyle
