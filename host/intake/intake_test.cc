// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The door: choice of format, limits, and hostile bytes.
#include "host/intake/intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "host/intake/intake_test_support.h"

namespace condyle::intake {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string Nested(size_t depth) {
  return R"({"id": )" + std::string(depth - 1, '[') + "1" + std::string(depth - 1, ']') + "}";
}

// A checked case, or a refusal that says something.
bool IsAnswer(const IntakeResult& result) {
  const auto* refusal = std::get_if<Refusal>(&result);
  return refusal == nullptr || !refusal->message.empty();
}

struct Row {
  const char* name;
  std::string bytes;
  const char* refusal;
};

class BadBytes : public ::testing::TestWithParam<Row> {};

TEST_P(BadBytes, AreRefusedWithTheReason) {
  EXPECT_THAT(RefusalText(Read(GetParam().bytes)), HasSubstr(GetParam().refusal));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadBytes,
    ::testing::Values(
        Row{"Empty", "", "the input is empty; send a FHIR R4 Bundle"}, Row{"Blank", " \n\t", "the input is empty"},
        Row{"OnlyAByteOrderMark", "\xEF\xBB\xBF", "the input is empty"},
        Row{"Array", "[]", "JSON array, not an object"}, Row{"Number", "17", "the format is not known"},
        Row{"String", "\"x\"", "the format is not known"}, Row{"Xml", "<Bundle/>", "XML is not read"},
        Row{"Nul", std::string("{}\0", 3), "byte 2 is NUL"},
        Row{"NulInside", std::string("{\"id\": \"a\0b\"}", 13), "NUL"},
        Row{"MemberThatSteersATerminal",
            "{\"patient\": {\"\xC2\x9B"
            "2J\": 1}}",
            R"(/patient/\xc2\x9b2J)"},
        Row{"EscapedMemberThatSteersATerminal", R"({"\u001b[2J": 1})", R"(/\x1b[2J)"},
        Row{"MemberWithoutEnd", "{\"" + std::string(100000, 'x') + "\": 1}", "xxx...: "},
        Row{"KeyThatSteersATerminal", R"({"findings": [{"key": "\u001b[2J", "present": true, "code": "x"}]})",
            R"(\x1b[2J: the finding has more than one of)"},
        Row{"TextWithAControlCharacter", "patient \x7f", R"(found "\x7f")"},
        Row{"Latin1", "{\"id\": \"M\xFCller\"}", "not valid UTF-8"}, Row{"Utf16", std::string("{\0}\0", 4), "NUL"},
        Row{"Truncated", R"({"id": "a", "findings": [{)", "1:27: not valid JSON: the text ends where a member name"},
        Row{"TruncatedString", R"({"id": "a)", "the text ends inside a string"},
        Row{"TrailingText", "{} {}", "1:4: not valid JSON: text after the end"},
        Row{"TrailingComma", "{\"id\": \"a\",\n}", "2:1: not valid JSON: a member name in double quotes"},
        Row{"MissingColon", "{\"id\" \"a\"}", "1:7: not valid JSON: a colon"},
        Row{"MissingComma", "{\"id\": \"a\" \"b\"}", "a comma or }"},
        Row{"SingleQuotes", "{'id': 1}", "a member name in double quotes"},
        Row{"Comment", "{// no\n}", "a member name in double quotes"},
        Row{"NotALiteral", R"({"id": nul})", "\"nul\" is not a value in JSON"},
        Row{"NumberTooLarge", R"({"id": 1e999})", "\"1e999\" is not a number in JSON, or is out of range"},
        Row{"NumberWithLeadingZero", R"({"id": 01})", "\"01\" is not a number"},
        Row{"BadEscape", R"({"id": "\x"})", "an escape"},
        Row{"BadUnicodeEscape", R"({"id": "\u12G4"})", "four hexadecimal digits"},
        Row{"ControlCharacter", "{\"id\": \"a\nb\"}", "control character"},
        Row{"TooDeep", Nested(65), "nested more than 64 deep"},
        Row{"FarTooDeep", Nested(100000), "nested more than 64 deep"},
        Row{"UnclosedDeep", "{\"id\": " + std::string(100000, '['), "nested more than 64 deep"},
        Row{"DeepEnough", Nested(64), "/id: expected a string, found an array"}),
    [](const ::testing::TestParamInfo<Row>& row) { return std::string(row.param.name); });

TEST(Limits, SizeIsCheckedBeforeReading) {
  IntakeOptions options = TestOptions();
  options.max_bytes = 10;
  EXPECT_THAT(RefusalText(Read("{        }", options)), "accepted");
  EXPECT_THAT(RefusalText(Read("{         }", options)), HasSubstr("11 bytes; at most 10"));
  EXPECT_THAT(RefusalText(Read(std::string(100u << 20, ' '), TestOptions())),
              HasSubstr("104857600 bytes; at most 16777216"));
}

TEST(Limits, DepthIsTheCallers) {
  IntakeOptions options = TestOptions();
  options.max_depth = 3;
  EXPECT_THAT(RefusalText(Read(Nested(3), options)), HasSubstr("expected a string"));
  EXPECT_THAT(RefusalText(Read(Nested(4), options)), HasSubstr("nested more than 3 deep"));
  // And again with the usual depth, on the same thread.
  EXPECT_THAT(RefusalText(Read(Nested(64))), HasSubstr("expected a string"));
}

TEST(Limits, ALargeInputIsReadAndTheNextSmallOneToo) {
  std::string large = R"({"findings": [)";
  while (large.size() < (3u << 20)) large += R"({"key": "no.such", "present": true}, )";
  large += R"({"key": "pain.present", "present": true}]})";
  EXPECT_THAT(FindingsText(Read(large)), HasSubstr("pain.present"));
  EXPECT_EQ(RefusalText(Read("{}")), "accepted");
}

constexpr char kWhole[] =
    R"({"resourceType": "Bundle", "type": "collection", "timestamp": "2026-05-01T09:00:00Z", "entry": [
  {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1999-05-01"}},
  {"resource": {"resourceType": "Observation", "status": "final", "subject": {"reference": "urn:uuid:1"},
    "code": {"coding": [{"system": "urn:test", "code": "pain.buttock"}]}, "effectiveDateTime": "2026-04-30",
    "bodySite": {"coding": [{"system": "http://snomed.info/sct", "code": "24028007"}]}, "valueBoolean": true}},
  {"resource": {"resourceType": "Observation", "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]}, "performer": [{"reference": "Practitioner/1"}],
    "valueQuantity": {"value": 98.6, "unit": "\u00b0F", "system": "http://unitsofmeasure.org", "code": "[degF]"}}},
  {"resource": {"resourceType": "Condition", "code": {"coding": [{"system": "http://snomed.info/sct", "code": "34000006"}]}}},
  {"resource": {"resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2026-05-01",
    "item": [{"linkId": "exam.aslr:left", "answer": [{"valueQuantity": {"value": 2, "code": "{score}"}}]}]}}]})";

TEST(HostileBytes, EveryTruncationIsRefused) {
  const std::string whole = kWhole;
  ASSERT_EQ(RefusalText(Read(whole)), "accepted");
  for (size_t size = 0; size < whole.size(); ++size) {
    // A copy of exactly this size, so that a sanitizer sees any read beyond it.
    const std::vector<char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(RefusalText(Read(std::string_view(part.data(), part.size()))), "accepted") << size;
  }
}

TEST(HostileBytes, EveryReplacedByteGivesAnAnswer) {
  const std::string whole = kWhole;
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const char replacement : {'"', '{', ']', '0', ',', '\\', '\xFF', '-'}) {
      std::string changed = whole;
      changed[at] = replacement;
      const IntakeResult result = Read(changed);
      EXPECT_TRUE(IsAnswer(result)) << at << replacement;
    }
  }
}

TEST(HostileBytes, EveryTruncationOfTextFormatGivesAnAnswer) {
  const std::string whole =
      "id: \"a\" patient { age_years: 27 sex: SEX_FEMALE }\n"
      "findings { key: \"pain.duration\" quantity { value: 4 unit: \"wk\" } observed_at: \"2026-04-30\" }";
  ASSERT_EQ(RefusalText(Read(whole)), "accepted");
  for (size_t size = 0; size < whole.size(); ++size) {
    const IntakeResult result = Read(whole.substr(0, size));
    EXPECT_TRUE(IsAnswer(result)) << size;
  }
}

TEST(Threads, DoNotDisturbOneAnother) {
  const std::string expected = CaseText(Read(kWhole));
  ASSERT_THAT(expected, HasSubstr("exam.temperature"));
  std::vector<std::string> results(4);
  std::vector<std::thread> threads;
  for (std::string& result : results) {
    threads.emplace_back([&result, &expected] {
      for (int i = 0; i < 200; ++i) {
        result = CaseText(Read(kWhole));
        if (result != expected) return;
        Read("{\"broken\"");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& result : results) EXPECT_EQ(result, expected);
}

TEST(Formats, AreToldFromTheContent) {
  EXPECT_THAT(CaseText(Read("id: \"text\"")), StartsWith("id: \"text\""));
  EXPECT_THAT(CaseText(Read("\n  # comment\n id: \"text\"")), StartsWith("id: \"text\""));
  EXPECT_THAT(CaseText(Read(" \n{\"id\": \"json\"}")), StartsWith("id: \"json\""));
  EXPECT_THAT(CaseText(Read(
                  R"({"id": "fhir", "entry": [{"resource": {"resourceType": "Patient"}}], "resourceType": "Bundle"})")),
              StartsWith("id: \"fhir\""));
}

TEST(Intake, NoticesOfAKeyThatSteersATerminalCanBeShown) {
  for (const char* bytes : {R"({"findings": [{"key": "\u001b[2J", "quantity": {"unit": "d"}}]})",
                            R"(findings { key: "\033[2J" quantity { unit: "d" } })"}) {
    const std::string notices = NoticesText(Read(bytes));
    EXPECT_THAT(notices, HasSubstr(R"(\x1b[2J: the quantity has no value)"));
    EXPECT_THAT(notices, Not(HasSubstr("\x1b")));
  }
}

}  // namespace
}  // namespace condyle::intake
