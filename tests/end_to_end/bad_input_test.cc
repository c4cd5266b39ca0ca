// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Input that cannot be right: refused with exit 2 and one line that names file, place, what was wrong and what is
// allowed. Beside each limit stands the nearest value that is answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

struct Row {
  std::string name;
  std::string bytes;
  // Where it is: a JSON pointer, or its beginning; line and column. Empty: the whole input.
  std::string path;
  // What was wrong and what is allowed.
  std::vector<std::string> mentions;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

std::string Case(const std::string& patient, const std::string& findings,
                 const std::string& as_of = "2026-05-01T09:00:00Z") {
  return R"({"id":"bad","asOf":")" + as_of + R"(","patient":{)" + patient + R"(},"findings":[)" + findings + "]}";
}

// A woman of 31 with pain, and these findings.
std::string Woman(const std::string& findings) {
  return Case(R"("ageYears":31,"sex":"SEX_FEMALE")", R"({"key":"pain.present","present":true},)" + findings);
}
std::string Man(const std::string& findings) {
  return Case(R"("ageYears":31,"sex":"SEX_MALE")", R"({"key":"pain.present","present":true},)" + findings);
}
std::string Quantity(const std::string& key, const std::string& value, const std::string& unit) {
  return R"({"key":")" + key + R"(","quantity":{"value":)" + value + R"(,"unit":")" + unit + R"("}})";
}

std::string Bytes(const char* text, size_t size) { return std::string(text, size); }

std::string Bundle(const std::string& observation) {
  return R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","birthDate":"1995-01-01"}},)"
         R"({"resource":{"resourceType":"Observation","status":"final",)" +
         observation + "}}]}";
}

const std::vector<Row>& RefusedRows() {
  static const std::vector<Row> kRows = {
      // Not readable at all.
      {"Empty", "", "", {"empty"}},
      {"NoJson", "hello", "1:6", {"Case", "text format"}},
      {"Xml", "<Bundle/>", "", {"XML"}},
      {"CutShort", R"({"findings": [)", "", {"JSON"}},
      {"TrailingComma", R"({"findings": [],})", "", {"JSON"}},
      {"TwoDocuments", "{} {}", "", {}},
      {"Array", "[]", "", {"array", "object"}},
      {"NulByte", Bytes("{\"id\":\"a\0b\"}", 13), "", {"NUL"}},
      {"EscapedNul", R"({"id":"a\u0000b"})", "byte 8", {"NUL"}},
      {"InvalidUtf8", "{\"id\":\"\xff\xfe\"}", "", {"UTF-8"}},
      {"OverlongUtf8", "{\"id\":\"\xc0\xaf\"}", "", {"UTF-8"}},
      {"HalfASurrogatePair", R"({"id":"\ud800"})", "1:9", {"JSON", "surrogate"}},
      {"DeepArrays", R"({"findings":)" + std::string(100000, '['), "", {}},
      {"DeepObjects",
       [] {
         std::string text;
         for (int i = 0; i < 100000; ++i) text += R"({"a":)";
         return text;
       }(),
       "",
       {}},
      {"DeepAndClosed", R"({"findings":)" + std::string(1000, '[') + std::string(1000, ']') + "}", "", {}},
      {"BrokenTextFormat", R"(id: "a" findings { key: )", "", {}},

      // Wrong types.
      {"FindingsIsAnObject", R"({"findings":{}})", "/findings", {"array"}},
      {"FindingIsANumber", Woman("7"), "/findings/1", {"object"}},
      {"KeyIsANumber", Woman(R"({"key":7,"present":true})"), "/findings/1/key", {"string"}},
      {"PresentIsAText",
       Woman(R"({"key":"pain.buttock","side":"SIDE_LEFT","present":"yes"})"),
       "/findings/1/present",
       {"pain.buttock"}},
      {"ValueIsAText",
       Woman(R"({"key":"pain.duration","quantity":{"value":"long","unit":"d"}})"),
       "/findings/1/quantity/value",
       {"pain.duration", "number"}},
      {"QuantityForBoolean", Woman(Quantity("exam.limp", "1", "d")), "/findings/1", {"exam.limp", "present"}},
      {"BooleanForQuantity",
       Woman(R"({"key":"pain.duration","present":true})"),
       "/findings/1",
       {"pain.duration", "quantity"}},
      {"BooleanForCoded",
       Woman(R"({"key":"exam.neuro_screen","present":true})"),
       "/findings/1",
       {"exam.neuro_screen", "code"}},
      {"CodeForDate",
       Woman(R"({"key":"obstetric.last_menstrual_period","code":"may"})"),
       "/findings/1",
       {"obstetric.last_menstrual_period"}},
      {"TwoValues", Woman(R"({"key":"exam.limp","present":true,"code":"yes"})"), "/findings/1", {"exam.limp"}},
      {"NoValue", Woman(R"({"key":"exam.limp"})"), "/findings/1", {"exam.limp", "present"}},
      {"NoKey", Woman(R"({"present":true})"), "/findings/1", {"key"}},
      {"UnknownMember", R"({"colour":"blue"})", "/colour", {"colour"}},
      {"UnknownMemberOfAFinding",
       Woman(R"({"key":"exam.limp","present":true,"shade":1})"),
       "/findings/1/shade",
       {"shade"}},
      {"AsOfIsANumber", R"({"asOf":7})", "/asOf", {}},
      {"PatientIsAList", R"({"patient":[]})", "/patient", {"object"}},
      {"SexIsUnknown", Case(R"("sex":"F")", ""), "/patient/sex", {"SEX_FEMALE", "SEX_MALE"}},
      {"SideIsUnknown",
       Woman(R"({"key":"pain.buttock","side":"LEFT","present":true})"),
       "/findings/1/side",
       {"SIDE_LEFT", "SIDE_RIGHT"}},

      // Codes, sides, units, ranges.
      {"UnknownCode",
       Woman(R"({"key":"exam.neuro_screen","code":"odd"})"),
       "/findings/1/code",
       {"exam.neuro_screen", "odd", "normal"}},
      {"SideOnUnsidedInput",
       Woman(R"({"key":"exam.limp","side":"SIDE_LEFT","present":true})"),
       "/findings/1/side",
       {"exam.limp"}},
      {"NoUnit",
       Woman(R"({"key":"pain.duration","quantity":{"value":3}})"),
       "/findings/1",
       {"pain.duration", "unit", "wk"}},
      {"UnitOfAnotherKind",
       Woman(Quantity("pain.duration", "3", "kg")),
       "/findings/1/quantity/unit",
       {"pain.duration", "kg", "wk", "mo"}},
      {"UnknownUnit",
       Woman(Quantity("pain.duration", "3", "fortnight")),
       "/findings/1/quantity/unit",
       {"pain.duration", "fortnight", "wk"}},
      {"UnitsAreCaseSensitive", Woman(Quantity("pain.duration", "3", "WK")), "/findings/1/quantity/unit", {"WK", "wk"}},
      {"JustAboveTheRange",
       Woman(Quantity("exam.temperature", "45.1", "Cel")),
       "/findings/1/quantity/value",
       {"exam.temperature", "45.1", "25", "45"}},
      {"JustBelowTheRange",
       Woman(Quantity("exam.temperature", "24.9", "Cel")),
       "/findings/1/quantity/value",
       {"exam.temperature", "24.9", "25", "45"}},
      {"AboveTheRangeInAnotherUnit",
       Woman(Quantity("exam.temperature", "114", "[degF]")),
       "/findings/1/quantity/value",
       {"exam.temperature", "114"}},
      {"Infinite",
       Woman(R"({"key":"pain.duration","quantity":{"value":"Infinity","unit":"d"}})"),
       "/findings/1/quantity/value",
       {"pain.duration"}},
      {"NotANumber",
       Woman(R"({"key":"pain.duration","quantity":{"value":"NaN","unit":"d"}})"),
       "/findings/1/quantity/value",
       {"pain.duration"}},
      {"TooLargeForADouble", Woman(Quantity("pain.duration", "1e999", "d")), "", {}},
      {"AgeAboveRange", Case(R"("ageYears":130.5)", ""), "/patient/ageYears", {"0", "130"}},
      {"NegativeAge", Case(R"("ageYears":-1)", ""), "/patient/ageYears", {"0", "130"}},
      {"AgeAndBirthDate", Case(R"("ageYears":31,"birthDate":"1995-01-01")", ""), "/patient", {"age", "birth"}},

      // Dates.
      {"NoSuchMoment", Case("", "", "May 2026"), "/asOf", {"May 2026"}},
      {"NoSuchDay", Case("", "", "2026-02-30T00:00:00Z"), "/asOf", {"2026-02-30"}},
      {"BornAfterwards", Case(R"("birthDate":"2026-05-02")", ""), "/patient/birthDate", {"2026-05-02"}},
      {"DateAfterwards",
       Woman(R"({"key":"obstetric.last_menstrual_period","text":"2026-05-02"})"),
       "/findings/1/text",
       {"obstetric.last_menstrual_period", "2026-05-02"}},
      {"DateIsNone",
       Woman(R"({"key":"obstetric.last_menstrual_period","text":"2025-02-29"})"),
       "/findings/1/text",
       {"obstetric.last_menstrual_period", "YYYY-MM-DD"}},
      {"ObservedAfterwards",
       Woman(R"({"key":"exam.limp","present":true,"observedAt":"2026-05-02"})"),
       "/findings/1/observedAt",
       {"exam.limp"}},

      // Contradictions.
      {"TwoDifferentValues",
       Woman(R"({"key":"exam.limp","present":true},{"key":"exam.limp","present":false})"),
       "/findings/2",
       {"exam.limp"}},
      {"TwoValuesOnOneSide",
       Woman(
           R"({"key":"pain.buttock","side":"SIDE_LEFT","present":true},{"key":"pain.buttock","side":"SIDE_LEFT","present":false})"),
       "/findings/2",
       {"pain.buttock"}},
      {"PostpartumAndMale",
       Man(Quantity("obstetric.days_since_delivery", "84", "d")),
       "/findings/1",
       {"obstetric.days_since_delivery", "male"}},
      {"PregnantAndMale",
       Man(R"({"key":"obstetric.pregnant","present":true})"),
       "/findings/1",
       {"obstetric.pregnant", "male"}},
      {"MensesAndMale",
       Man(Quantity("energy.menses_last_12_months", "12", "{count}")),
       "/findings/1",
       {"energy.menses_last_12_months"}},
      {"MenarcheAndMale", Man(Quantity("energy.menarche_age", "13", "a")), "/findings/1", {"energy.menarche_age"}},
      {"DeliveryAndNoDelivery",
       Woman(R"({"key":"obstetric.delivered_last_24_months","present":false},)" +
             Quantity("obstetric.days_since_delivery", "730", "d")),
       "/findings/",
       {"obstetric.delivered_last_24_months", "730"}},
      {"NoPainInAPlace",
       Case("", R"({"key":"pain.present","present":false},{"key":"pain.buttock","side":"SIDE_LEFT","present":true})"),
       "/findings/",
       {"pain.present", "pain.buttock"}},
      {"NoPainOfIntensity",
       Case("", R"({"key":"pain.present","present":false},)" + Quantity("pain.intensity", "1", "{score}")),
       "/findings/",
       {"pain.present", "pain.intensity"}},
      {"PainOlderThanThePatient", Woman(Quantity("pain.onset_age", "31.5", "a")), "/findings/1", {"pain.onset_age"}},
      {"NormalNervesAndADeficit",
       Woman(
           R"({"key":"exam.neuro_screen","code":"normal"},{"key":"exam.sensory_loss","side":"SIDE_LEFT","present":true})"),
       "/findings/",
       {"exam.neuro_screen", "exam.sensory_loss"}},
      {"PostmenopausalAndPregnant",
       Woman(R"({"key":"history.postmenopausal","present":true},{"key":"obstetric.pregnant","present":true})"),
       "/findings/",
       {"history.postmenopausal", "obstetric.pregnant"}},

      // FHIR.
      {"FhirOfAnotherKind",
       R"({"resourceType":"Practitioner"})",
       "/resourceType",
       {"Practitioner", "Bundle", "QuestionnaireResponse"}},
      {"FhirUnit",
       Bundle(
           R"("code":{"coding":[{"system":"http://loinc.org","code":"8310-5"}]},"valueQuantity":{"value":37,"system":"http://unitsofmeasure.org","code":"kg"})"),
       "/entry/1/resource",
       {"exam.temperature", "kg", "Cel"}},
      {"FhirRange",
       Bundle(
           R"("code":{"coding":[{"system":"http://loinc.org","code":"8310-5"}]},"valueQuantity":{"value":370,"system":"http://unitsofmeasure.org","code":"Cel"})"),
       "/entry/1/resource",
       {"exam.temperature", "370", "45"}},
  };
  return kRows;
}

std::string NameOf(const ::testing::TestParamInfo<Row>& row) { return row.param.name; }

class Refused : public ::testing::TestWithParam<Row> {};

TEST_P(Refused, NamesFilePlaceAndWhatIsAllowed) {
  const Row& row = GetParam();
  const TempFolder folder;
  const std::string file = folder.Write("patient.json", row.bytes);
  const RunResult run = Condyle({"assess", file, "--format", "json", "--in-process"});
  EXPECT_EQ(run.exit_code, 2) << run.out.substr(0, 300) << run.err;
  EXPECT_THAT(run.out, IsEmpty());
  EXPECT_EQ(LineCount(run.err), 1u) << run.err;
  EXPECT_THAT(run.err, StartsWith("condyle: " + file + ": " + (row.path.empty() ? "" : row.path)));
  for (const std::string& word : row.mentions) EXPECT_THAT(run.err, HasSubstr(word));
  EXPECT_LT(run.err.size(), 1000u) << "an input can fill the terminal";
}

INSTANTIATE_TEST_SUITE_P(Input, Refused, ::testing::ValuesIn(RefusedRows()), NameOf);

class Accepted : public ::testing::TestWithParam<Row> {};

TEST_P(Accepted, IsAnswered) {
  RunOptions options;
  options.stdin_bytes = GetParam().bytes;
  const RunResult run = Condyle({"assess", "-", "--format", "json", "--in-process"}, options);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Input, Accepted,
    ::testing::ValuesIn(std::vector<Row>{
        {"NothingKnown", R"({"asOf":"2026-05-01T09:00:00Z"})", "", {}},
        {"TopOfTheRange", Woman(Quantity("exam.temperature", "45", "Cel")), "", {}},
        {"BottomOfTheRange", Woman(Quantity("exam.temperature", "25", "Cel")), "", {}},
        {"TopOfTheRangeInAnotherUnit", Woman(Quantity("exam.temperature", "113", "[degF]")), "", {}},
        {"AnAcceptedUnit", Woman(Quantity("pain.duration", "3", "wk")), "", {}},
        {"OldestAge", Case(R"("ageYears":130)", ""), "", {}},
        {"BornThatDay", Case(R"("birthDate":"2026-05-01")", ""), "", {}},
        {"TheSameTwice", Woman(R"({"key":"exam.limp","present":true},{"key":"exam.limp","present":true})"), "", {}},
        {"BothSides",
         Woman(
             R"({"key":"pain.buttock","side":"SIDE_LEFT","present":true},{"key":"pain.buttock","side":"SIDE_RIGHT","present":false})"),
         "",
         {}},
        {"MaleAndKnownNotPregnant", Man(R"({"key":"obstetric.pregnant","present":false})"), "", {}},
        {"DeliveryBefore24Months",
         Woman(R"({"key":"obstetric.delivered_last_24_months","present":false},)" +
               Quantity("obstetric.days_since_delivery", "731", "d")),
         "",
         {}},
        {"PregnantSoonAfterADelivery",
         Woman(R"({"key":"obstetric.pregnant","present":true},)" +
               Quantity("obstetric.days_since_delivery", "90", "d")),
         "",
         {}},
        {"NoPainOfNoIntensity",
         Case("", R"({"key":"pain.present","present":false},)" + Quantity("pain.intensity", "0", "{score}")),
         "",
         {}},
        {"PainAsOldAsThePatient", Woman(Quantity("pain.onset_age", "31", "a")), "", {}},
        {"DateOfThatDay", Woman(R"({"key":"obstetric.last_menstrual_period","text":"2026-05-01"})"), "", {}},
        {"LeapDay", Woman(R"({"key":"obstetric.last_menstrual_period","text":"2024-02-29"})"), "", {}},
        {"ByteOrderMark", "\xef\xbb\xbf" + Woman(R"({"key":"exam.limp","present":true})"), "", {}},
        {"EmojiInTheId", R"({"id":"\ud83c\udfc3","asOf":"2026-05-01T09:00:00Z"})", "", {}},
    }),
    NameOf);

constexpr size_t kHundredMegabytes = 100'000'000;

TEST(TooLarge, AFileOf100MegabytesIsRefusedUnread) {
  const TempFolder folder;
  const std::string file = folder.WriteSparse("huge.json", kHundredMegabytes);
  const RunResult run = Condyle({"assess", file});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.out, IsEmpty());
  EXPECT_EQ(LineCount(run.err), 1u) << run.err;
  EXPECT_THAT(run.err, HasSubstr(file));
  EXPECT_THAT(run.err, HasSubstr("100000000"));
  EXPECT_THAT(run.err, HasSubstr("16777216")) << "what is allowed";
}

TEST(TooLarge, StandardInputOf100MegabytesIsRefused) {
  const TempFolder folder;
  RunOptions options;
  options.stdin_file = folder.WriteSparse("huge.json", kHundredMegabytes);
  const RunResult run = Condyle({"assess", "-"}, options);
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(LineCount(run.err), 1u) << run.err;
  EXPECT_THAT(run.err, HasSubstr("standard input"));
}

// A pipe has no size: reading stops at the limit.
TEST(TooLarge, APipeThatDoesNotEndIsRefused) {
  RunOptions options;
  options.stdin_bytes = std::string(17u << 20, ' ');
  const RunResult run = Condyle({"assess", "-"}, options);
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(LineCount(run.err), 1u) << run.err;
  EXPECT_THAT(run.err, HasSubstr("16777216"));
}

TEST(Refusal, DoesNotRepeatControlCharacters) {
  const TempFolder folder;
  const std::string file =
      folder.Write("patient.json", Woman(R"({"key":"exam.neuro_screen","code":"\u001b[31mred\n\u0007"})"));
  const RunResult run = Condyle({"assess", file, "--in-process"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(LineCount(run.err), 1u) << run.err;
  EXPECT_THAT(run.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(run.err, Not(HasSubstr("\x07")));
}

}  // namespace
}  // namespace condyle::tests
