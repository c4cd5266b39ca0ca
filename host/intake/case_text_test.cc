// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A Case in text format, with line and column of each fault.
#include "host/intake/case_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/intake/intake_test_support.h"

namespace condyle::intake {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(CaseTextFormat, ReadsACaseWithComments) {
  EXPECT_EQ(CaseText(Read("# a comment first\nas_of: \"2026-05-01T09:00:00Z\"\npatient { age_years: 27 }\n"
                          "findings { key: \"pain.duration\" quantity { value: 4 unit: \"wk\" } }\n")),
            R"(as_of: "2026-05-01T09:00:00Z" patient { age_years: 27 } )"
            R"(findings { key: "pain.duration" quantity { value: 28 unit: "d" } })");
}

TEST(CaseTextFormat, SaysWhereAMissingValueReadsAsZero) {
  EXPECT_THAT(NoticesText(Read("findings { key: \"pain.intensity\" quantity { unit: \"{score}\" } }")),
              HasSubstr("1:34: pain.intensity: the quantity has no value"));
  EXPECT_EQ(NoticesText(Read(
                "as_of: \"2026-05-01\" findings { key: \"pain.intensity\" quantity { value: 0 unit: \"{score}\" } }")),
            "");
}

struct Row {
  const char* name;
  const char* text;
  const char* path;
  const char* message;
};

class CaseTextRefusal : public ::testing::TestWithParam<Row> {};

// For what protobuf itself refuses the place is that of the next token: it looks one ahead.
TEST_P(CaseTextRefusal, NamesLineAndColumn) {
  EXPECT_THAT(RefusalText(Read(GetParam().text)),
              AllOf(StartsWith(std::string(GetParam().path) + ": "), HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    All, CaseTextRefusal,
    ::testing::Values(
        Row{"UnknownField", "id: \"a\"\n  nme: \"b\"", "2:6", "nme"},
        Row{"RepeatedField", "id: \"a\"\nid: \"b\"", "2:3", "id"},
        Row{"TwoValues", "findings { key: \"pain.present\" present: true code: \"x\" }", "1:50", "value"},
        Row{"UnknownSide", "findings {\n  side: LEFT\n}", "3:1", "LEFT"},
        Row{"Syntax", "findings {", "1:11", "not a valid Case in text format"},
        Row{"NotACaseAtAll", "hello there", "1:7", "hello"},
        Row{"WrongType", "findings {\n  key: \"lab.crp\"\n  present: true\n}", "3:3", "lab.crp"},
        Row{"Unit", "findings {\n  key: \"lab.crp\"\n  quantity { value: 1\n    unit: \"g\" }\n}", "4:5",
            "lab.crp: the unit \"g\""},
        Row{"NoUnit", "findings {\n  key: \"lab.crp\"\n  quantity { value: 1 }\n}", "3:3", "no unit"},
        Row{"Value", "findings {\n  key: \"lab.crp\"\n  quantity { unit: \"mg/L\"\n    value: -1 }\n}", "4:5",
            "not possible"},
        Row{"Side", "findings { key: \"pain.present\" present: true\n side: SIDE_LEFT }", "2:2", "no side"},
        Row{"NoValue", "\nfindings { key: \"pain.present\" }", "2:1", "no value"},
        Row{"ObservedAt", "findings { key: \"pain.present\" present: true\nobserved_at: \"x\" }", "2:1", "observed_at"},
        Row{"AsOf", "as_of: \"never\"", "1:1", "never"}, Row{"Age", "patient {\n age_years: -1 }", "2:2", "age"},
        Row{"BirthDate", "patient {\n birth_date: \"x\" }", "2:2", "birth_date"},
        Row{"Contradiction", "patient { sex: SEX_MALE }\nfindings { key: \"obstetric.pregnant\" present: true }", "2:1",
            "obstetric.pregnant, patient.sex"}),
    [](const ::testing::TestParamInfo<Row>& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace condyle::intake
