// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Differences between messages: which fields, by which path.
#include "host/archive/compare.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "condyle/v1/archive.pb.h"
#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/assessment_request.pb.h"

namespace condyle {
namespace {

using google::protobuf::TextFormat;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

template <typename Message>
std::vector<std::string> Lines(const std::string& current, const std::string& candidate) {
  std::vector<std::string> lines;
  for (const v1::Difference& d : Compare(Parse<Message>(current), Parse<Message>(candidate))) {
    lines.push_back(d.path() + " | " + d.current() + " | " + d.candidate());
  }
  return lines;
}

struct Row {
  const char* name;
  std::string current;
  std::string candidate;
  std::vector<std::string> lines;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class OfAssessments : public ::testing::TestWithParam<Row> {};

TEST_P(OfAssessments, AreNamedByField) {
  const Row& row = GetParam();
  EXPECT_THAT(Lines<v1::Assessment>(row.current, row.candidate), ElementsAreArray(row.lines));
  EXPECT_THAT(Lines<v1::Assessment>(row.current, row.current), IsEmpty());
  EXPECT_THAT(Lines<v1::Assessment>(row.candidate, row.candidate), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Differences, OfAssessments,
    ::testing::Values(
        Row{"Nothing", R"(plugin_id: "a" status: STATUS_POSITIVE)", R"(plugin_id: "a" status: STATUS_POSITIVE)", {}},
        Row{"Enumeration",
            "status: STATUS_NEGATIVE urgency: URGENCY_ROUTINE",
            "status: STATUS_POSITIVE urgency: URGENCY_ROUTINE",
            {"status | STATUS_NEGATIVE | STATUS_POSITIVE"}},
        Row{"UnknownEnumerator", "status: 1", "status: 99", {"status | STATUS_POSITIVE | 99"}},
        Row{"TextOfAnElementByItsId",
            R"(recommendations { id: "a" text: "x" } recommendations { id: "safety_net" text: "old" })",
            R"(recommendations { id: "a" text: "x" } recommendations { id: "safety_net" text: "new" })",
            {"recommendations[safety_net].text | old | new"}},
        Row{"ElementAdded",
            R"(recommendations { id: "b" text: "B" })",
            R"(recommendations { id: "a" text: "A" } recommendations { id: "b" text: "B" })",
            {"recommendations[a] |  | A"}},
        Row{"ElementRemoved",
            R"(missing_inputs { key: "k" side: SIDE_LEFT why: "because" })",
            "",
            {"missingInputs[k, left] | because | "}},
        Row{"SidesAreTwoThings",
            R"(evidence { key: "k" side: SIDE_LEFT statement: "l" } evidence { key: "k" side: SIDE_RIGHT statement: "r" })",
            R"(evidence { key: "k" side: SIDE_LEFT statement: "l" } evidence { key: "k" side: SIDE_RIGHT statement: "R" })",
            {"evidence[k, right].statement | r | R"}},
        Row{"OtherOrder",
            R"(constraints { tag: "load" } constraints { tag: "exercise" })",
            R"(constraints { tag: "exercise" } constraints { tag: "load" })",
            {"constraints (order) | load; exercise | exercise; load"}},
        Row{"RepeatedNames",
            R"(evidence { key: "k" statement: "1" } evidence { key: "k" statement: "2" })",
            R"(evidence { key: "k" statement: "1" } evidence { key: "k" statement: "3" })",
            {"evidence[k #2].statement | 2 | 3"}},
        Row{"ConclusionByItsCode",
            R"(conclusions { condition { code: "M53.3" } probability { point: 0.5 low: 0.25 high: 0.75 } })",
            R"(conclusions { condition { code: "M53.3" } probability { point: 0.5 low: 0.3 high: 0.75 } })",
            {"conclusions[M53.3].probability.low | 0.25 | 0.3"}},
        Row{"MessageThatOnlyOneHas",
            R"(conclusions { text: "c" })",
            R"(conclusions { text: "c" probability { basis: "b" } })",
            {R"(conclusions[0].probability |  | {"basis":"b"})"}},
        Row{"ElementsWithoutANameByTheirWords",
            R"(conclusions { text: "c" criteria { text: "one" } criteria { text: "two" state: CRITERION_STATE_MET } })",
            R"(conclusions { text: "c" criteria { text: "two" state: CRITERION_STATE_NOT_MET } })",
            {"conclusions[0].criteria[0] | one | ",
             "conclusions[0].criteria[1].state | CRITERION_STATE_MET | CRITERION_STATE_NOT_MET"}},
        Row{"PlainLists",
            R"(caveats: "a" caveats: "b" caveats: "b")",
            R"(caveats: "b" caveats: "c")",
            {"caveats[0] | a | ", "caveats[2] | b | ", "caveats[1] |  | c"}},
        Row{"OrderOfAPlainList",
            R"(caveats: "a" caveats: "b")",
            R"(caveats: "b" caveats: "a")",
            {"caveats (order) | a; b | b; a"}},
        Row{"NumbersByTheirBits",
            R"(scores { id: "s" low: 0.1 high: 0 })",
            R"(scores { id: "s" low: 0.10000000000000002 high: -0 })",
            {"scores[s].low | 0.1 | 0.10000000000000002", "scores[s].high | 0 | -0"}}),
    [](const auto& row) { return row.param.name; });

TEST(Compare, TellsAFindingThatSaysNoFromOneThatIsAbsent) {
  EXPECT_THAT(Lines<v1::AssessmentRequest>(R"(findings { key: "k" present: false })", R"(findings { key: "k" })"),
              ElementsAreArray({"findings[k].present | false | "}));
  EXPECT_THAT(Lines<v1::AssessmentRequest>(R"(patient { age_years: 0 })", R"(patient {})"),
              ElementsAreArray({"patient.ageYears | 0 | "}));
}

TEST(Compare, TellsBytesOfOneLengthApart) {
  EXPECT_EQ(Lines<v1::ArchivedCall>(R"(request: "a")", R"(request: "b")").size(), 1u);
}

TEST(Compare, NoticesFieldsThatItDoesNotKnow) {
  v1::Assessment current = Parse<v1::Assessment>(R"(plugin_id: "a")"), candidate = current;
  candidate.GetReflection()->MutableUnknownFields(&candidate)->AddVarint(1000, 1);
  const std::vector<v1::Difference> differences = Compare(current, candidate);
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].path(), "(fields that this version does not know)");
}

}  // namespace
}  // namespace condyle
