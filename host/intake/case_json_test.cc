// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Case JSON: what the proto3 mapping allows, and where each fault is.
#include "host/intake/case_json.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>

#include "host/intake/intake_test_support.h"

namespace condyle::intake {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string WithFinding(const std::string& finding) {
  return R"({"asOf": "2026-05-01T09:00:00Z", "findings": [)" + finding + "]}";
}

TEST(CaseJson, ReadsAllFields) {
  EXPECT_EQ(
      CaseText(Read(R"({
    "id": "a", "asOf": "2026-05-01T09:00:00Z", "patient": {"birthDate": "1999-05-01", "sex": "SEX_FEMALE"},
    "findings": [
      {"key": "pain.buttock", "side": "SIDE_RIGHT", "present": true, "observedAt": "2026-04-30", "source": "patient"},
      {"key": "pain.duration", "quantity": {"value": 4, "unit": "wk"}},
      {"key": "exam.slr", "side": "SIDE_LEFT", "code": "negative"},
      {"key": "obstetric.last_menstrual_period", "text": "2026-04-10"}]})")),
      R"(id: "a" as_of: "2026-05-01T09:00:00Z" patient { age_years: 27 sex: SEX_FEMALE } )"
      R"(findings { key: "pain.buttock" side: SIDE_RIGHT present: true observed_at: "2026-04-30" source: "patient" } )"
      R"(findings { key: "pain.duration" quantity { value: 28 unit: "d" } } )"
      R"(findings { key: "exam.slr" side: SIDE_LEFT code: "negative" } )"
      R"(findings { key: "obstetric.last_menstrual_period" text: "2026-04-10" })");
}

TEST(CaseJson, ReadsTheOtherSpellingsOfTheMapping) {
  EXPECT_EQ(CaseText(Read(R"({
    "as_of": "2026-05-01T09:00:00Z", "id": null, "patient": {"age_years": "27.5", "sex": 1},
    "findings": [
      {"key": "pain.buttock", "side": 2, "present": true, "observed_at": "2026-04-30", "quantity": null},
      {"key": "pain.duration", "quantity": {"value": "4e1", "unit": "d"}}]})")),
            R"(as_of: "2026-05-01T09:00:00Z" patient { age_years: 27.5 sex: SEX_FEMALE } )"
            R"(findings { key: "pain.buttock" side: SIDE_RIGHT present: true observed_at: "2026-04-30" } )"
            R"(findings { key: "pain.duration" quantity { value: 40 unit: "d" } })");
}

TEST(CaseJson, AgreesWithProtobufsOwnMapping) {
  v1::Case original;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(id: "a" as_of: "2026-05-01T09:00:00Z" patient { age_years: 31 sex: SEX_MALE }
         findings { key: "pain.intensity" quantity { value: 0 unit: "{score}" } }
         findings { key: "pain.buttock" side: SIDE_LEFT present: false source: "\"quoted\" \303\244" })",
      &original));
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(original, &json).ok());
  const IntakeResult result = Read(json);
  EXPECT_EQ(CaseText(result), original.ShortDebugString());
  // The canonical form leaves a value of 0 out; a reader should know that it was read so.
  EXPECT_THAT(NoticesText(result), HasSubstr("/findings/0/quantity: pain.intensity: the quantity has no value"));
}

TEST(CaseJson, AcceptsTheEmptyCase) { EXPECT_EQ(CaseText(Read("{}")), std::string("as_of: \"") + kNow + "\""); }

TEST(CaseJson, AcceptsAnEscapedBackslashBeforeFourZeros) {
  EXPECT_THAT(CaseText(Read(R"({"id": "\\u0000"})")), StartsWith(R"(id: "\\u0000")"));
}

TEST(CaseJson, AcceptsAByteOrderMark) { EXPECT_EQ(RefusalText(Read("\xEF\xBB\xBF{}")), "accepted"); }

struct Row {
  const char* name;
  std::string json;
  const char* path;
  const char* message;
};

class CaseJsonRefusal : public ::testing::TestWithParam<Row> {};

TEST_P(CaseJsonRefusal, NamesPlaceAndReason) {
  EXPECT_THAT(RefusalText(Read(GetParam().json)),
              AllOf(StartsWith(std::string(GetParam().path) + ": "), HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    All, CaseJsonRefusal,
    ::testing::Values(
        Row{"UnknownMember", R"({"finding": []})", "/finding", R"(no member "finding"; "findings" may be meant)"},
        Row{"UnknownMemberOfFinding", WithFinding(R"({"key": "pain.present", "presnt": true})"), "/findings/0/presnt",
            R"("present" may be meant)"},
        Row{"UnknownMemberOfPatient", R"({"patient": {"age": 3}})", "/patient/age", "patient has no member"},
        Row{"UnknownMemberOfQuantity", WithFinding(R"({"key": "lab.crp", "quantity": {"value": 1, "units": "mg/L"}})"),
            "/findings/0/quantity/units", R"("unit" may be meant)"},
        Row{"PointerIsEscaped", R"({"a/b~c": 1})", "/a~1b~0c", "no member"},
        Row{"DuplicateMember", R"({"id": "a", "id": "b"})", "/id", "given twice"},
        Row{"DuplicateMemberInTwoSpellings", R"({"asOf": "2026-05-01", "as_of": "2026-05-01"})", "/as_of",
            "given twice"},
        Row{"DuplicateKeyOfAFinding", WithFinding(R"({"key": "pain.present", "present": true, "present": true})"),
            "/findings/0/present", "given twice"},
        Row{"TwoValues", WithFinding(R"({"key": "pain.present", "present": true, "code": "yes"})"), "/findings/0",
            "pain.present: the finding has more than one of"},
        Row{"TwoAges", R"({"patient": {"ageYears": 3, "birthDate": "2020-01-01"}})", "/patient", "both"},
        Row{"StringForBool", WithFinding(R"({"key": "pain.present", "present": "true"})"), "/findings/0/present",
            "pain.present: expected true or false, found a string"},
        Row{"NumberForBool", WithFinding(R"({"key": "pain.present", "present": 1})"), "/findings/0/present",
            "found a number"},
        Row{"BoolForNumber", WithFinding(R"({"key": "lab.crp", "quantity": {"value": true, "unit": "mg/L"}})"),
            "/findings/0/quantity/value", "expected a number"},
        Row{"WordForNumber", WithFinding(R"({"key": "lab.crp", "quantity": {"value": "high", "unit": "mg/L"}})"),
            "/findings/0/quantity/value", "\"high\" is not a number"},
        Row{"SpaceInNumber", WithFinding(R"({"key": "lab.crp", "quantity": {"value": "5 ", "unit": "mg/L"}})"),
            "/findings/0/quantity/value", "is not a number"},
        Row{"NanText", WithFinding(R"({"key": "lab.crp", "quantity": {"value": "NaN", "unit": "mg/L"}})"),
            "/findings/0/quantity/value", "lab.crp: the value is not a finite number"},
        Row{"InfinityText", WithFinding(R"({"key": "lab.crp", "quantity": {"value": "-Infinity", "unit": "mg/L"}})"),
            "/findings/0/quantity/value", "not a finite number"},
        Row{"LowerCaseInf", WithFinding(R"({"key": "lab.crp", "quantity": {"value": "inf", "unit": "mg/L"}})"),
            "/findings/0/quantity/value", "is not a number"},
        Row{"NumberForUnit", WithFinding(R"({"key": "lab.crp", "quantity": {"value": 5, "unit": 1}})"),
            "/findings/0/quantity/unit", "lab.crp: expected a string"},
        Row{"BareNumberForQuantity", WithFinding(R"({"key": "lab.crp", "quantity": 5})"), "/findings/0/quantity",
            "lab.crp: expected an object"},
        Row{"UnknownSide", WithFinding(R"({"key": "pain.buttock", "side": "LEFT", "present": true})"),
            "/findings/0/side", "pain.buttock: \"LEFT\" is not one of SIDE_UNSPECIFIED, SIDE_LEFT, SIDE_RIGHT"},
        Row{"UnknownSideNumber", WithFinding(R"({"key": "pain.buttock", "side": 3, "present": true})"),
            "/findings/0/side", "3 is not one of"},
        Row{"UnknownSex", R"({"patient": {"sex": "female"}})", "/patient/sex", "SEX_FEMALE"},
        Row{"FractionalEnum", R"({"patient": {"sex": 1.5}})", "/patient/sex", "expected a string"},
        Row{"FindingsIsAnObject", R"({"findings": {}})", "/findings", "expected an array, found an object"},
        Row{"FindingIsNull", R"({"findings": [null]})", "/findings/0", "expected an object, found null"},
        Row{"SnakePathIsKept", R"({"findings": [{"key": "pain.present", "present": true, "observed_at": "x"}]})",
            "/findings/0/observed_at", "observed_at"},
        Row{"SnakeAsOf", R"({"as_of": "x"})", "/as_of", "\"x\" is not"},
        Row{"SnakeBirthDate", R"({"patient": {"birth_date": "x"}})", "/patient/birth_date", "\"x\" is not"},
        Row{"EscapedNul", R"({"id": "a\u0000b"})", "", "byte 9 escapes a NUL character"},
        Row{"HalfASurrogatePair", R"({"id": "\udc00"})", "1:10", "surrogate"},
        Row{"LaterFinding",
            WithFinding(R"({"key": "pain.present", "present": true}, {"key": "exam.slr", "code": "x"})"),
            "/findings/1/code", "exam.slr"}),
    [](const ::testing::TestParamInfo<Row>& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace condyle::intake
