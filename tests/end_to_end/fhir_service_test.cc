// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The FHIR service on the plugins of this build: what it says of itself, its operations, and how it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <memory>
#include <string>
#include <vector>

#include "host/fhir/input.h"
#include "host/fhir/service.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using simdjson::dom::element;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kBase[] = "https://cds.example/fhir";

Host& TheHost() {
  static Host* const host = OpenHost(true).release();
  return *host;
}

FhirService& Service() {
  static FhirService* const service = new FhirService(TheHost(), {kBase, false});
  return *service;
}

std::string Example() { return ReadFile(std::string(kSourceFolder) + "/docs/examples/runner.bundle.json"); }

std::string Text(const element& object, std::string_view member) {
  std::string_view text;
  return object[member].get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

std::vector<std::string> Types(const std::string& bundle) {
  simdjson::dom::parser parser;
  std::vector<std::string> types;
  for (const element entry : simdjson::dom::array(parser.parse(bundle)["entry"])) {
    types.push_back(Text(entry["resource"].value(), "resourceType"));
  }
  return types;
}

TEST(FhirService, SaysWhatItIs) {
  simdjson::dom::parser parser;
  const FhirReply reply = Service().Metadata();
  const element statement = parser.parse(reply.body).value();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(Text(statement, "fhirVersion"), "4.0.1");
  EXPECT_EQ(Text(statement["software"].value(), "version"), HostVersion());
  EXPECT_EQ(Text(statement["implementation"].value(), "url"), kBase);
  EXPECT_THAT(reply.body, HasSubstr("https://cds.example/fhir/OperationDefinition/evaluate"));
}

TEST(FhirService, EveryPluginHasADefinitionThatCanBeReadByItsCanonicalUrl) {
  for (const v1::PluginManifest& manifest : TheHost().Manifests()) {
    for (const std::string type : {"PlanDefinition", "Library"}) {
      const std::string id = fhir::FhirIdOf(manifest.id());
      const FhirReply reply = Service().Read(type, id);
      ASSERT_EQ(reply.status, 200) << id;
      EXPECT_THAT(reply.body, HasSubstr(std::string("\"url\":\"") + kBase + "/" + type + "/" + id + "\""));
      EXPECT_THAT(reply.body, HasSubstr("\"version\":\"" + manifest.version() + "\""));
    }
    const FhirReply plan = Service().Read("PlanDefinition", fhir::FhirIdOf(manifest.id()));
    for (const std::string& id : manifest.emits()) EXPECT_THAT(plan.body, HasSubstr("\"" + id + "\""));
    const FhirReply library = Service().Read("Library", fhir::FhirIdOf(manifest.id()));
    for (const v1::Input& input : manifest.inputs()) EXPECT_THAT(library.body, HasSubstr("\"" + input.key() + "\""));
    EXPECT_THAT(library.body, HasSubstr("Use of race: "));
  }
}

TEST(FhirService, SearchesByUrl) {
  EXPECT_EQ(Types(Service().Search("PlanDefinition").body).size(), TheHost().Manifests().size() + 1);
  const std::string one =
      Service().Search("PlanDefinition", std::string(kBase) + "/PlanDefinition/red-flag-screen").body;
  EXPECT_THAT(Types(one), ::testing::ElementsAre("PlanDefinition"));
  EXPECT_THAT(Service().Search("PlanDefinition", "https://elsewhere").body, HasSubstr("\"total\":0}"));
  EXPECT_THAT(Types(Service().Search("Questionnaire").body), ::testing::ElementsAre("Questionnaire"));
  EXPECT_EQ(Service().Search("Patient").status, 404);
}

TEST(FhirService, AnswersABundleAndAForm) {
  const FhirReply reply = Service().Evaluate(Example(), {}, "request-1");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(Types(reply.body).front(), "GuidanceResponse");
  EXPECT_THAT(reply.body, HasSubstr("\"value\":\"request-1\""));
  const FhirReply form = Service().Evaluate(
      R"({"resourceType":"QuestionnaireResponse","status":"completed","authored":"2026-05-01T09:00:00Z",)"
      R"("subject":{"reference":"Patient/7"},"encounter":{"reference":"Encounter/8"},)"
      R"("item":[{"linkId":"pain.present","answer":[{"valueBoolean":true}]}]})",
      {});
  ASSERT_EQ(form.status, 200) << form.body;
  EXPECT_THAT(form.body, HasSubstr("\"reference\":\"Patient/7\""));
  EXPECT_THAT(form.body, HasSubstr("\"reference\":\"Encounter/8\""));
}

TEST(FhirService, ApplyOfOnePluginGivesThePlanFirstAndAsksTheScreensToo) {
  const FhirReply reply = Service().Apply("sij-dysfunction", Example(), {});
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(Types(reply.body).front(), "CarePlan");
  EXPECT_THAT(reply.body, HasSubstr("PlanDefinition/red-flag-screen|"));
  EXPECT_EQ(Service().Apply("sij_dysfunction", Example(), {}).status, 404);
  EXPECT_EQ(Service().Apply("", Example(), {}).status, 404);
}

TEST(FhirService, ParametersGiveWhoAndWhen) {
  const FhirReply reply = Service().Evaluate(
      R"({"resourceType":"Parameters","parameter":[{"name":"subject","valueString":"Patient/12"},)"
      R"({"name":"encounter","valueReference":{"reference":"Encounter/3"}},)"
      R"({"name":"asOf","valueDateTime":"2026-06-01T10:00:00Z"},{"name":"practitioner","valueString":"x"},)"
      R"({"name":"data","resource":)" +
          Example() + "}]}",
      {});
  ASSERT_EQ(reply.status, 200) << reply.body;
  for (const char* text :
       {"\"reference\":\"Patient/12\"", "\"reference\":\"Encounter/3\"", "\"timestamp\":\"2026-06-01T10:00:00Z\""}) {
    EXPECT_THAT(reply.body, HasSubstr(text));
  }
}

TEST(FhirService, RefusesWithAnOperationOutcome) {
  struct Row {
    const char* name;
    std::string body;
    int status;
    const char* says;
  };
  const std::string parameters = R"({"resourceType":"Parameters","parameter":[)";
  const std::vector<Row> rows = {
      {"nothing", "", 400, "no JSON object"},
      {"cut off", R"({"resourceType":"Bundle")", 400, "no JSON object"},
      {"an array", "[]", 400, "no JSON object"},
      {"no resource", "{}", 400, "no Bundle"},
      {"a Case is no FHIR", R"({"patient":{}})", 400, "no Bundle"},
      {"another type", R"({"resourceType":"Patient"})", 400, "no Bundle"},
      {"type is no text", R"({"resourceType":7})", 400, "no Bundle"},
      {"no parameters", R"({"resourceType":"Parameters"})", 400, "Parameters.parameter is missing"},
      {"no data", parameters + "]}", 400, "has no \\\"data\\\""},
      {"data without resource", parameters + R"({"name":"data"}]})", 400, "has no resource"},
      {"data of another type", parameters + R"({"name":"data","resource":{"resourceType":"Patient"}}]})", 400,
       "neither a Bundle"},
      {"data twice",
       parameters + R"({"name":"data","resource":{"resourceType":"Bundle"}},{"name":"data","resource":{}}]})", 400,
       "more than one"},
      {"subject is no patient", parameters + R"({"name":"subject","valueString":"Group/1"}]})", 400, "Patient/ID"},
      {"subject with a script", parameters + R"({"name":"subject","valueString":"Patient/<b>"}]})", 400, "Patient/ID"},
      {"asOf is no dateTime", parameters + R"({"name":"asOf","valueString":"now"}]})", 400, "valueDateTime"},
      {"no patient", R"({"resourceType":"Bundle","type":"collection"})", 422, "\"expression\":[\"Bundle.entry\"]"},
      {"impossible value",
       R"({"resourceType":"QuestionnaireResponse","status":"completed","item":[{"linkId":"pain.intensity",)"
       R"("answer":[{"valueQuantity":{"value":77,"system":"http://unitsofmeasure.org","code":"{score}"}}]}]})",
       422, "QuestionnaireResponse.item[0].answer[0].valueQuantity.value"}};
  for (const Row& row : rows) {
    const FhirReply reply = Service().Evaluate(row.body, {});
    EXPECT_EQ(reply.status, row.status) << row.name << reply.body;
    EXPECT_THAT(reply.body, HasSubstr("\"resourceType\":\"OperationOutcome\"")) << row.name;
    EXPECT_THAT(reply.body, HasSubstr(row.says)) << row.name;
  }
}

TEST(FhirService, LabelsWhatAnAlgorithmAssertedIfItIsToldTo) {
  FhirService labelled(TheHost(), {"", true});
  EXPECT_THAT(labelled.Evaluate(Example(), {}).body, HasSubstr("\"code\":\"AIAST\""));
  EXPECT_THAT(Service().Evaluate(Example(), {}).body, Not(HasSubstr("AIAST")));
}

TEST(FhirContext, NamesThePatientOnlyAsFhirCan) {
  struct Row {
    const char* name;
    const char* entry;
    const char* patient;
  };
  const std::vector<Row> rows = {
      {"by id", R"({"resource":{"resourceType":"Patient","id":"p-1.2"}})", "Patient/p-1.2"},
      {"id before url", R"({"fullUrl":"https://e/Patient/1","resource":{"resourceType":"Patient","id":"2"}})",
       "Patient/2"},
      {"by url", R"({"fullUrl":"https://e/fhir/Patient/1","resource":{"resourceType":"Patient"}})",
       "https://e/fhir/Patient/1"},
      {"by UUID of the Bundle",
       R"({"fullUrl":"urn:uuid:6b1f7e0a-1111-4a6e-9a55-0c7a4a3f0001","resource":{"resourceType":"Patient"}})", ""},
      {"url of something else", R"({"fullUrl":"https://e/Group/1","resource":{"resourceType":"Patient"}})", ""},
      {"url that is none", R"({"fullUrl":"javascript:x/Patient/1","resource":{"resourceType":"Patient"}})", ""},
      {"url with a blank", R"({"fullUrl":"https://e x/Patient/1","resource":{"resourceType":"Patient"}})", ""},
      {"id that is none", R"({"resource":{"resourceType":"Patient","id":"a/b"}})", ""},
      {"no patient", R"({"resource":{"resourceType":"Group","id":"1"}})", ""}};
  for (const Row& row : rows) {
    EXPECT_EQ(FhirContextOf(std::string(R"({"resourceType":"Bundle","entry":[)") + row.entry + "]}").patient,
              row.patient)
        << row.name;
  }
  for (const char* other : {"", "{", "[]", R"({"resourceType":"Bundle"})", "case_id: 1"}) {
    EXPECT_EQ(FhirContextOf(other).patient, "") << other;
  }
}

}  // namespace
}  // namespace condyle::tests
