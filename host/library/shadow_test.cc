// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Which declarations of an input keep a candidate from being given findings that were read by the current ones.
#include "host/library/shadow.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace condyle {
namespace {

v1::PluginManifest Manifest(const std::string& input) {
  v1::PluginManifest manifest;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(id: "p" inputs { )" + input + " }", &manifest));
  return manifest;
}

struct Row {
  const char* name;
  const char* current;
  const char* candidate;
  // Empty: it can be asked.
  const char* field;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class Misreading : public ::testing::TestWithParam<Row> {};

TEST_P(Misreading, IsNamedByItsField) {
  InputCatalog current;
  ASSERT_EQ(current.Add(Manifest(GetParam().current)), "");
  const std::string found = FindMisreading(Manifest(GetParam().candidate), current);
  if (*GetParam().field == '\0') {
    EXPECT_EQ(found, "");
  } else {
    EXPECT_THAT(found, testing::HasSubstr("input k: it declares another " + std::string(GetParam().field)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Inputs, Misreading,
    ::testing::Values(Row{"Same", R"(key: "k" type: INPUT_TYPE_BOOLEAN)", R"(key: "k" type: INPUT_TYPE_BOOLEAN)", ""},
                      Row{"Another", R"(key: "k" type: INPUT_TYPE_BOOLEAN)", R"(key: "new" type: INPUT_TYPE_DATE)", ""},
                      Row{"OtherWords", R"(key: "k" question: "Old?" section: "a")",
                          R"(key: "k" question: "New?" cutoffs: 1)", ""},
                      Row{"Type", R"(key: "k" type: INPUT_TYPE_BOOLEAN)", R"(key: "k" type: INPUT_TYPE_DATE)", "type"},
                      Row{"Unit", R"(key: "k" unit: "d")", R"(key: "k" unit: "h")", "unit"},
                      Row{"Least", R"(key: "k" min: 0 max: 9)", R"(key: "k" min: 1 max: 9)", "min, max"},
                      Row{"Most", R"(key: "k" min: 0 max: 9)", R"(key: "k" min: 0 max: 8)", "min, max"},
                      Row{"Sided", R"(key: "k")", R"(key: "k" sided: true)", "sided"},
                      Row{"NoLongerSided", R"(key: "k" sided: true)", R"(key: "k")", "sided"},
                      Row{"ByExaminer", R"(key: "k")", R"(key: "k" by_examiner: true)", "by_examiner"},
                      // The patient's word was left out for the current ones already.
                      Row{"NoLongerByExaminer", R"(key: "k" by_examiner: true)", R"(key: "k")", ""},
                      Row{"AnswerAdded", R"(key: "k" answers { code: "a" })",
                          R"(key: "k" answers { code: "a" } answers { code: "b" })", ""},
                      Row{"AnswerGone", R"(key: "k" answers { code: "a" } answers { code: "b" })",
                          R"(key: "k" answers { code: "a" })", "answers (it lacks b)"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace condyle
