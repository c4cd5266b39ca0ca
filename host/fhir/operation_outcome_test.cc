// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// OperationOutcomes: what is in them, and that nothing in a message can break them.
#include "host/fhir/operation_outcome.h"

#include <gtest/gtest.h>

#include <string>

namespace condyle {
namespace {

TEST(OperationOutcome, HoldsEveryIssue) {
  EXPECT_EQ(OperationOutcomeJson({{IssueSeverity::kError, IssueType::kValue, "37 is too low", "Bundle.entry[1]"},
                                  {IssueSeverity::kInformation, IssueType::kIncomplete, "left out"}}),
            "{\"resourceType\":\"OperationOutcome\",\"issue\":["
            "{\"severity\":\"error\",\"code\":\"value\",\"diagnostics\":\"37 is too low\","
            "\"expression\":[\"Bundle.entry[1]\"]},"
            "{\"severity\":\"information\",\"code\":\"incomplete\",\"diagnostics\":\"left out\"}]}");
}

TEST(OperationOutcome, IsNeverWithoutIssueOrText) {
  EXPECT_EQ(OperationOutcomeJson(std::vector<Issue>{}),
            "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"information\","
            "\"code\":\"informational\",\"diagnostics\":\"Nothing to report.\"}]}");
  EXPECT_EQ(OperationOutcomeJson(500, " \n"),
            "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"exception\","
            "\"diagnostics\":\"exception\"}]}");
}

TEST(OperationOutcome, NothingInATextBreaksIt) {
  const std::string json = OperationOutcomeJson(422, "a \"b\" \\ \x1b[2J \x7f\nc");
  EXPECT_NE(json.find("\"a \\\"b\\\" \\\\  [2J  \\u000ac\""), std::string::npos) << json;
}

TEST(OperationOutcome, TypeFollowsTheHttpStatus) {
  const std::vector<std::pair<int, IssueType>> rows = {
      {400, IssueType::kInvalid},    {401, IssueType::kLogin},      {404, IssueType::kNotFound},
      {412, IssueType::kRequired},   {413, IssueType::kTooLong},    {415, IssueType::kNotSupported},
      {418, IssueType::kProcessing}, {422, IssueType::kProcessing}, {429, IssueType::kThrottled},
      {500, IssueType::kException},  {503, IssueType::kTransient},  {599, IssueType::kException}};
  for (const auto& [status, type] : rows) EXPECT_EQ(IssueTypeOf(status), type) << status;
}

TEST(FhirPath, FollowsAJsonPointer) {
  EXPECT_EQ(FhirPathOf("Bundle", ""), "Bundle");
  EXPECT_EQ(FhirPathOf("Bundle", "/entry/3/resource/code"), "Bundle.entry[3].resource.code");
  EXPECT_EQ(FhirPathOf("QuestionnaireResponse", "/authored"), "QuestionnaireResponse.authored");
}

TEST(FhirPath, IsEmptyForWhatItCannotName) {
  for (const char* pointer : {"line 3, column 4", "pain.present", "/a~1b", "/entry//x", "/", "/_id'"}) {
    EXPECT_EQ(FhirPathOf("Bundle", pointer), "") << pointer;
  }
  EXPECT_EQ(FhirPathOf("", "/entry"), "");
}

}  // namespace
}  // namespace condyle
