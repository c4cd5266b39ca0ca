// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// FHIR output of messages made by hand: what is proposed how urgently, what is flagged, and what is left out.
#include "host/fhir/fhir.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>
#include <vector>

#include "host/fhir/uuid.h"

namespace condyle {
namespace {

using simdjson::dom::element;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<v1::PluginManifest> Manifests() {
  v1::PluginManifest screen;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(id: "bone_screen" title: "Bone screen" role: PLUGIN_ROLE_SAFETY_SCREEN code_system: "urn:x"
         inputs { key: "exam.hop" type: INPUT_TYPE_BOOLEAN codings { system: "http://loinc.org" code: "1-8" } }
         side_codings { side: SIDE_LEFT coding { system: "http://snomed.info/sct" code: "7771000" } })",
      &screen));
  v1::PluginManifest joint;
  joint.set_id("joint");
  joint.set_role(v1::PLUGIN_ROLE_CONDITION);
  return {screen, joint};
}

v1::Consultation Parsed(const std::string& text) {
  v1::Consultation c;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString("as_of: '2026-05-01T09:00:00Z' " + text, &c));
  return c;
}

// The resources of one type in a Bundle, each as JSON on one line.
std::vector<std::string> Of(const std::string& type, const v1::Consultation& c, const FhirContext& context = {}) {
  simdjson::dom::parser parser;
  std::vector<std::string> found;
  const std::string json = FhirFormat(Manifests(), {}).Bundle(c, context);
  for (const element entry : simdjson::dom::array(parser.parse(json)["entry"])) {
    if (std::string_view(entry["resource"]["resourceType"]) == type)
      found.push_back(simdjson::minify(entry["resource"]));
  }
  return found;
}

TEST(Fhir, PriorityFollowsTheUrgencyOfWhoGaveTheAdvice) {
  struct Row {
    const char* name;
    const char* category;
    const char* urgency;
    const char* priority;
  };
  for (const Row& row :
       {Row{"emergency advice", "emergency", "URGENCY_ROUTINE", "stat"},
        Row{"of an emergency", "imaging", "URGENCY_EMERGENCY", "stat"},
        Row{"urgent", "imaging", "URGENCY_URGENT", "urgent"}, Row{"routine", "referral", "URGENCY_ROUTINE", "routine"},
        Row{"self-care", "lab", "URGENCY_SELF_CARE", "routine"}}) {
    const v1::Consultation c = Parsed(std::string("assessments { plugin_id: 'joint' urgency: ") + row.urgency +
                                      " } assessments { plugin_id: 'other' urgency: URGENCY_EMERGENCY } "
                                      "recommendations { id: 'r' text: 'Do it.' plugin_ids: 'joint' category: '" +
                                      row.category + "' }");
    EXPECT_THAT(Of("ServiceRequest", c), ElementsAre(HasSubstr(std::string("\"priority\":\"") + row.priority + "\"")))
        << row.name;
  }
}

TEST(Fhir, WhatIsNoOrderIsAnActivityOfThePlan) {
  for (const char* category : {"activity", "exercise", "medication", "education", "safety_net", "data", "", "new"}) {
    const v1::Consultation c =
        Parsed(std::string("recommendations { id: 'r' text: 'Do it.' dose: 'daily' category: '") + category + "' }");
    EXPECT_THAT(Of("ServiceRequest", c), IsEmpty()) << category;
    EXPECT_THAT(Of("CarePlan", c), ElementsAre(HasSubstr("\"scheduledString\":\"daily\""))) << category;
  }
}

TEST(Fhir, ProbabilityIsARangeANumberOrSaidToBeUnknown) {
  const auto assessment = [](const std::string& probability) {
    return Parsed("assessments { plugin_id: 'joint' conclusions { text: 'It' status: STATUS_POSITIVE " + probability +
                  " } }");
  };
  EXPECT_THAT(Of("RiskAssessment", assessment("probability { point: 0.35 low: 0.17 high: 0.63 }")),
              ElementsAre(HasSubstr(R"("probabilityRange":{"low":{"value":17,"unit":"%")")));
  EXPECT_THAT(Of("RiskAssessment", assessment("probability { point: 0.5 low: 0.5 high: 0.5 }")),
              ElementsAre(HasSubstr(R"("probabilityDecimal":50)")));
  EXPECT_THAT(Of("RiskAssessment", assessment("")),
              ElementsAre(HasSubstr(R"(data-absent-reason","valueCode":"unknown")")));
}

TEST(Fhir, SideIsInTextAndInCodesWhereThereAreSome) {
  const auto side = [](const std::string& name) {
    return Parsed("assessments { plugin_id: 'joint' conclusions { text: 'It' side: " + name +
                  " criteria { text: 'hop' state: CRITERION_STATE_UNKNOWN } } }");
  };
  EXPECT_THAT(Of("RiskAssessment", side("SIDE_LEFT")), ElementsAre(HasSubstr("It (left)")));
  EXPECT_THAT(Of("Observation", side("SIDE_LEFT")), ElementsAre(HasSubstr(R"("code":"7771000")")));
  EXPECT_THAT(Of("Observation", side("SIDE_RIGHT")), ElementsAre(HasSubstr(R"("bodySite":{"text":"right"})")));
  EXPECT_THAT(Of("Observation", side("SIDE_UNSPECIFIED")), ElementsAre(Not(HasSubstr("bodySite"))));
}

TEST(Fhir, OnlyAPositiveConclusionOfASafetyScreenIsAWarning) {
  struct Row {
    const char* plugin;
    const char* status;
    size_t warnings;
  };
  for (const Row& row : {Row{"bone_screen", "STATUS_POSITIVE", 1}, Row{"bone_screen", "STATUS_NEGATIVE", 0},
                         Row{"bone_screen", "STATUS_INSUFFICIENT_DATA", 0}, Row{"joint", "STATUS_POSITIVE", 0}}) {
    const v1::Consultation c = Parsed(std::string("assessments { plugin_id: '") + row.plugin +
                                      "' urgency: URGENCY_URGENT status: " + row.status +
                                      " conclusions { text: 'It' status: " + row.status + " } }");
    EXPECT_EQ(Of("DetectedIssue", c).size(), row.warnings) << row.plugin << row.status;
    for (const std::string& issue : Of("DetectedIssue", c)) EXPECT_THAT(issue, HasSubstr(R"("severity":"high")"));
  }
}

TEST(Fhir, WhatGaveNoAnswerIsFlagged) {
  struct Row {
    const char* name;
    const char* text;
    size_t flags;
  };
  for (const Row& row :
       {Row{"crashed", "plugin_failures { plugin_id: 'joint' kind: FAILURE_KIND_CRASHED }", 1},
        Row{"missing", "plugin_failures { plugin_id: 'bone_screen' kind: FAILURE_KIND_MISSING }", 1},
        Row{"undecided screen", "assessments { plugin_id: 'bone_screen' status: STATUS_INSUFFICIENT_DATA }", 1},
        Row{"undecided condition", "assessments { plugin_id: 'joint' status: STATUS_INSUFFICIENT_DATA }", 0},
        Row{"negative screen", "assessments { plugin_id: 'bone_screen' status: STATUS_NEGATIVE }", 0}}) {
    EXPECT_EQ(Of("Flag", Parsed(row.text)).size(), row.flags) << row.name;
  }
}

TEST(Fhir, StatusOfTheWholeIsThatOfTheLeastDecided) {
  struct Row {
    const char* text;
    const char* status;
  };
  for (const Row& row :
       {Row{"assessments { status: STATUS_NEGATIVE }", "success"},
        Row{"assessments { status: STATUS_NEGATIVE } next_questions { key: 'exam.hop' }", "data-requested"},
        Row{"assessments { status: STATUS_INSUFFICIENT_DATA }", "data-required"},
        Row{"plugin_failures { plugin_id: 'joint' }", "data-required"}}) {
    EXPECT_THAT(Of("GuidanceResponse", Parsed(row.text)).front(),
                HasSubstr(std::string("\"status\":\"") + row.status + "\",\"subject\""))
        << row.text;
  }
}

TEST(Fhir, QuestionsCarryTheCodesUnderWhichAnEhrHoldsTheAnswer) {
  const std::string whole =
      Of("GuidanceResponse", Parsed("next_questions { key: 'exam.hop' side: SIDE_LEFT question: 'Hop?' }")).front();
  EXPECT_THAT(whole, HasSubstr(R"("path":"code","code":[{"system":"urn:x","code":"exam.hop"},)"
                               R"({"system":"http://loinc.org","code":"1-8"}])"));
  EXPECT_THAT(whole, HasSubstr(R"("path":"bodySite","code":[{"system":"http://snomed.info/sct","code":"7771000"}])"));
  EXPECT_THAT(whole, HasSubstr("\"valueString\":\"Hop? (left)\""));
}

TEST(Uuid, OfANameIsVersionFiveAndStaysTheSame) {
  const std::string uuid = UuidOf("a");
  EXPECT_EQ(uuid, UuidOf("a"));
  EXPECT_NE(uuid, UuidOf("b"));
  EXPECT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '5');
  EXPECT_THAT(std::string("89ab"), HasSubstr(std::string(1, uuid[19])));
}

}  // namespace
}  // namespace condyle
