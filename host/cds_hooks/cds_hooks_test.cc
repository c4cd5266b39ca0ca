// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/cds_hooks/cds_hooks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <memory>
#include <string>

#include "absl/strings/str_replace.h"
#include "host/cds_hooks/fakes_for_test.h"

namespace condyle::cds {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kManifest[] = R"pb(
  id: "knee"
  version: "1.2.0"
  title: "Knee"
  code_system: "urn:condyle:knee-pack"
  inputs {
    key: "knee.locked"
    codings { system: "http://loinc.org" code: "1-8" }
    condition_codings { system: "http://hl7.org/fhir/sid/icd-10-cm" code: "M23.9" }
  }
  order_tags {
    tag: "drug.nsaid"
    text: "NSAIDs"
    codings { system: "http://www.whocc.no/atc" code: "M01AE*" }
    codings { system: "http://www.nlm.nih.gov/research/umls/rxnorm" code: "5640" }
  }
)pb";

constexpr char kConsultation[] = R"pb(
  urgency: URGENCY_URGENT
  disclaimer: "Decision support."
  assessments {
    plugin_id: "knee"
    plugin_version: "1.2.0"
    status: STATUS_POSITIVE
    urgency: URGENCY_URGENT
    summary: "The knee is locked."
    evidence {
      key: "knee.locked"
      direction: DIRECTION_FOR
      statement: "Locked *now*"
      grade: GRADE_COHORT
      citations: "A1"
    }
    conclusions {
      text: "Locked knee"
      status: STATUS_POSITIVE
      side: SIDE_LEFT
      grade: GRADE_COHORT
      condition { system: "http://hl7.org/fhir/sid/icd-10-cm" code: "M23.9" display: "Internal derangement" }
    }
    missing_inputs { key: "knee.swollen" why: "could decide" }
    caveats: "Not validated."
  }
  assessments { plugin_id: "screen" status: STATUS_INSUFFICIENT_DATA urgency: URGENCY_ROUTINE summary: "Open." }
  recommendations {
    id: "mri"
    text: "Get an MRI of the knee."
    category: "imaging"
    tags: "imaging.mri"
    grade: GRADE_GUIDELINE
    timeframe: "within days"
    reasons: "it is locked"
    citations: "A1"
    plugin_ids: "knee"
  }
  recommendations {
    id: "rest"
    text: "Rest the leg."
    category: "activity"
    tags: "load.low"
    grade: GRADE_EXPERT_OPINION
    plugin_ids: "screen"
  }
  recommendations {
    id: "paracetamol"
    text: "Paracetamol."
    category: "medication"
    tags: "drug.paracetamol"
    grade: GRADE_GUIDELINE
    plugin_ids: "knee"
  }
  withheld {
    recommendation { id: "run" text: "Run on." plugin_ids: "screen" }
    by: "knee"
    reason: "locked"
  }
  holds { by: "knee" tag: "drug.nsaid" effect: EFFECT_FORBID reason: "Bleeding into the knee" citations: "A1" }
  holds {
    by: "condyle"
    tag: "load"
    effect: EFFECT_HOLD
    reason: "The safety screen screen has not answered its question yet"
  }
  next_questions { key: "knee.swollen" question: "Is it swollen?" safety: true }
  citations { key: "A1" title: "A study" locator: "p. 3" url: "https://doi.org/10.1/x" }
  receipt {
    host_version: "9"
    case_sha256: "c0ffee"
    plugins { plugin_id: "knee" plugin_version: "1.2.0" file_sha256: "f1" response_sha256: "r1" }
  }
)pb";

constexpr char kInstance[] = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea";
constexpr char kPatient[] = R"({"resourceType":"Patient","id":"p1","gender":"female","birthDate":"1999-02-14"})";
constexpr char kOwnObservation[] =
    R"({"resourceType":"Observation","id":"o1","status":"final","subject":{"reference":"Patient/p1"},)"
    R"("code":{"coding":[{"system":"urn:condyle:knee-pack","code":"knee.locked"}]},)"
    R"("effectiveDateTime":"2026-04-30T08:00:00Z","valueBoolean":true})";

std::string Searchset(const std::string& entries, const std::string& link = "") {
  return R"({"resourceType":"Bundle","type":"searchset",)" + link + R"("entry":[)" + entries + "]}";
}

std::string FullPrefetch() {
  return std::string(R"({"patient":)") + kPatient + R"(,"conditions":null,"observations":)" +
         Searchset(std::string(R"({"fullUrl":"https://ehr/Observation/o1","resource":)") + kOwnObservation + "}") +
         R"(,"answers":null})";
}

std::string Request(const std::string& hook, const std::string& prefetch, const std::string& context = "",
                    const std::string& more = "") {
  return R"({"hook":")" + hook + R"(","hookInstance":")" + kInstance + R"(",)" + more +
         R"("context":{"userId":"Practitioner/u1","patientId":"p1")" + context + "}" +
         (prefetch.empty() ? "" : R"(,"prefetch":)" + prefetch) + "}";
}

constexpr char kAccess[] = R"("fhirServer":"https://ehr.example/fhir/","fhirAuthorization":{"access_token":"t0ken",)"
                           R"("token_type":"Bearer","expires_in":300,"scope":"patient/*.read","subject":"svc"},)";

std::string Orders(const std::string& resources) {
  return R"(,"draftOrders":{"resourceType":"Bundle","type":"collection","entry":[)" + resources + "]}";
}
constexpr char kIbuprofen[] =
    R"({"resource":{"resourceType":"MedicationRequest","id":"m1","status":"draft","intent":"order",)"
    R"("subject":{"reference":"Patient/p1"},"medicationCodeableConcept":{"text":"Ibuprofen 400 mg","coding":[)"
    R"({"system":"http://www.whocc.no/atc","code":"M01AE01"}]}}})";

class CdsHooksTest : public ::testing::Test {
 protected:
  CdsHooksTest() {
    host_.manifests.push_back(Parse<v1::PluginManifest>(kManifest));
    host_.consultation = Parse<v1::Consultation>(kConsultation);
    options_.now = [] { return std::chrono::sys_days(std::chrono::year(2026) / 5 / 1) + std::chrono::hours(9); };
    options_.intake_url = "https://condyle.example/intake?service={service}&call={hookInstance}";
  }

  CdsHooks& Hooks() {
    if (!hooks_) {
      auto made = CdsHooks::Make(host_, options_, with_reader_ ? &reader_ : nullptr);
      EXPECT_TRUE(made.ok()) << made.status();
      hooks_ = *std::move(made);
    }
    return *hooks_;
  }
  CdsReply Call(const std::string& id, const std::string& body) {
    return Hooks().Call(id, body, {.user = "https://ehr.example", .organisation = "clinic-1"});
  }
  simdjson::dom::element Json(const std::string& text) {
    auto parsed = parser_.parse(text);
    EXPECT_EQ(parsed.error(), simdjson::SUCCESS) << text;
    return parsed.value_unsafe();
  }
  std::string At(const std::string& text, const std::string& pointer) {
    simdjson::dom::element value;
    if (Json(text).at_pointer(pointer).get(value) != simdjson::SUCCESS) return "(nothing)";
    std::string_view string;
    return value.get(string) == simdjson::SUCCESS ? std::string(string) : simdjson::minify(value);
  }

  FakeHost host_;
  FakeReader reader_;
  bool with_reader_ = false;
  CdsOptions options_;
  std::unique_ptr<CdsHooks> hooks_;
  simdjson::dom::parser parser_;
};

// ---- Discovery

TEST_F(CdsHooksTest, DiscoveryHasAServiceForEachHookFromTheManifests) {
  const CdsReply reply = Hooks().Discovery();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "application/json");
  ASSERT_EQ(Json(reply.body)["services"].get_array().size(), 5u);
  for (size_t i = 0; i < 5; ++i) {
    const std::string at = "/services/" + std::to_string(i);
    EXPECT_EQ(At(reply.body, at + "/hook"), CdsHookNames()[i]);
    EXPECT_EQ(At(reply.body, at + "/id"), "knee-pack-" + CdsHookNames()[i]);
    EXPECT_THAT(At(reply.body, at + "/description"), HasSubstr("Made of: Knee."));
    EXPECT_THAT(At(reply.body, at + "/usageRequirements"), HasSubstr("never taken as negative"));
    EXPECT_EQ(At(reply.body, at + "/version"), "2.0.1");
    EXPECT_EQ(At(reply.body, at + "/prefetch/patient"), "Patient/{{context.patientId}}");
  }
  EXPECT_EQ(At(reply.body, "/services/0/prefetch/observations"),
            "Observation?patient={{context.patientId}}&code=urn:condyle:knee-pack|,http://loinc.org|1-8"
            "&_sort=-date&_count=200");
  EXPECT_EQ(
      At(reply.body, "/services/0/prefetch/conditions"),
      "Condition?patient={{context.patientId}}&code=urn:condyle:knee-pack|,http://hl7.org/fhir/sid/icd-10-cm|M23.9");
  EXPECT_EQ(At(reply.body, "/services/0/prefetch/answers"),
            "QuestionnaireResponse?patient={{context.patientId}}&questionnaire=urn:knee:questionnaire"
            "&_sort=-authored&_count=1");
  EXPECT_EQ(At(reply.body, "/services/0/prefetch/encounter"), "(nothing)") << "encounterId is optional there";
  EXPECT_EQ(At(reply.body, "/services/1/prefetch/encounter"), "Encounter/{{context.encounterId}}");
}

TEST_F(CdsHooksTest, PrefetchTokensAreRootFieldsOfTheContextInDoubleBraces) {
  const std::string body = Hooks().Discovery().body;
  size_t tokens = 0;
  for (size_t at = body.find("{{"); at != body.npos; at = body.find("{{", at + 2)) {
    ++tokens;
    const std::string token = body.substr(at, body.find("}}", at) + 2 - at);
    EXPECT_TRUE(token == "{{context.patientId}}" || token == "{{context.encounterId}}") << token;
  }
  EXPECT_EQ(tokens, 21u);
}

TEST_F(CdsHooksTest, DiscoveryIsEmptyIfNoHookIsServed) {
  options_.hooks = {"order-sign"};
  EXPECT_EQ(Json(Hooks().Discovery().body)["services"].get_array().size(), 1u);
}

TEST_F(CdsHooksTest, EtagChangesWithTheServicesAndNotOtherwise) {
  const std::string first = Hooks().Discovery().etag;
  EXPECT_EQ(first.size(), 66u);
  EXPECT_EQ(Hooks().Discovery().etag, first);
  host_.manifests[0].set_title("Other knee");
  hooks_.reset();
  EXPECT_NE(Hooks().Discovery().etag, first);
}

TEST_F(CdsHooksTest, LongCodeListsAreSplitIntoShortQueries) {
  for (int i = 0; i < 200; ++i) {
    v1::Coding* coding = host_.manifests[0].mutable_inputs(0)->add_codings();
    coding->set_system("http://loinc.org");
    coding->set_code(std::to_string(10000 + i) + "-1");
  }
  const std::string body = Hooks().Discovery().body;
  int observations = 0;
  size_t codes = 0;
  for (const auto& [key, value] : Json(body).at_pointer("/services/0/prefetch").get_object()) {
    const std::string query(std::string_view(value.get_string()));
    EXPECT_LE(query.size(), 1800u) << key;
    if (key.substr(0, 12) != "observations") continue;
    ++observations;
    for (size_t at = query.find("loinc"); at != query.npos; at = query.find("loinc", at + 1)) ++codes;
  }
  EXPECT_GT(observations, 1);
  EXPECT_EQ(codes, 201u);
}

TEST_F(CdsHooksTest, SharedIdsTellClientsToReplaceOlderGuidance) {
  options_.shared_ids = true;
  const std::string body = Hooks().Discovery().body;
  EXPECT_EQ(At(body, "/services/0/id"), "knee-pack-patient");
  EXPECT_EQ(At(body, "/services/1/id"), "knee-pack-patient");
  EXPECT_EQ(At(body, "/services/4/id"), "knee-pack-orders");
  // The hook tells which of them is meant.
  EXPECT_EQ(Call("knee-pack-patient", Request("patient-view", FullPrefetch())).status, 200);
  EXPECT_EQ(Call("knee-pack-patient", Request("encounter-start", FullPrefetch())).status, 400) << "no encounterId";
  EXPECT_EQ(Call("knee-pack-patient", Request("encounter-start", FullPrefetch(), R"(,"encounterId":"e1")")).status,
            200);
}

// ---- Requests

TEST_F(CdsHooksTest, RefusesWhatIsMissingOrWrongByItsPlace) {
  struct Row {
    const char* name;
    const char* hook;
    std::string body;
    int status;
    const char* says;
  };
  const std::string good = Request("patient-view", FullPrefetch());
  const auto changed = [&](const std::string& from, const std::string& to) {
    return absl::StrReplaceAll(good, {{from, to}});
  };
  const auto access = [&](const std::string& from, const std::string& to) {
    return Request("patient-view", FullPrefetch(), "", absl::StrReplaceAll(kAccess, {{from, to}}));
  };
  for (const Row& row : std::vector<Row>{
           {"NotJson", "patient-view", "{", 400, "not valid JSON"},
           {"Empty", "patient-view", "", 400, "not valid JSON"},
           {"Array", "patient-view", "[]", 400, "expected an object"},
           {"NoHook", "patient-view", changed("\"hook\":\"patient-view\",", ""), 400, "/hook: is missing"},
           {"OtherHook", "patient-view", changed("patient-view", "order-sign"), 400,
            "/hook: \\\"order-sign\\\" is not"},
           {"NoInstance", "patient-view", changed("hookInstance", "x"), 400, "/hookInstance: is missing"},
           {"InstanceNoUuid", "patient-view", changed(kInstance, "1"), 400, "/hookInstance: is no UUID"},
           {"NoContext", "patient-view", changed("\"context\"", "\"x\""), 400, "/context: is missing"},
           {"ContextArray", "patient-view", changed("{\"userId\":\"Practitioner/u1\",\"patientId\":\"p1\"}", "[]"), 400,
            "/context: expected an object"},
           {"NoUser", "patient-view", changed("userId", "x"), 400, "/context/userId: is missing"},
           {"UserWithoutType", "patient-view", changed("Practitioner/u1", "u1"), 400,
            "/context/userId: is not of the form"},
           {"UserIsADevice", "patient-view", changed("Practitioner/u1", "Device/u1"), 400, "/context/userId"},
           {"NoPatient", "patient-view", changed("patientId", "x"), 400, "/context/patientId: is missing"},
           {"PatientNull", "patient-view", changed("\"patientId\":\"p1\"", "\"patientId\":null"), 400,
            "/context/patientId: is missing"},
           {"PatientIsAPath", "patient-view", changed("\"patientId\":\"p1\"", "\"patientId\":\"../p1\""), 400,
            "/context/patientId: is no id"},
           {"HookTwice", "patient-view", changed("{\"hook\"", "{\"hook\":\"x\",\"hook\""), 400, "given twice"},
           {"PrefetchIsNoObject", "patient-view", Request("patient-view", "[]"), 400, "/prefetch: expected an object"},
           {"PrefetchIsNoResource", "patient-view", Request("patient-view", R"({"patient":{}})"), 400,
            "/prefetch/patient/resourceType: is missing"},
           {"EntryWithoutResource", "patient-view", changed("\"resource\":", "\"x\":"), 400,
            "/prefetch/observations/entry/0/resource: is missing"},
           {"AnotherPatient", "patient-view", changed("\"id\":\"p1\"", "\"id\":\"p2\""), 400,
            "/prefetch/patient/id: is not context.patientId"},
           {"PatientWithoutId", "patient-view", changed("\"id\":\"p1\",", ""), 400, "/prefetch/patient/id: is missing"},
           {"AuthorizationWithoutServer", "patient-view", access("\"fhirServer\":\"https://ehr.example/fhir/\",", ""),
            400, "/fhirServer: is missing, and fhirAuthorization is given"},
           {"ServerIsNoUrl", "patient-view", access("https://ehr.example/fhir/", "ehr"), 400,
            "/fhirServer: is no absolute URL"},
           {"NoToken", "patient-view", access("access_token", "x"), 400, "/fhirAuthorization/access_token: is missing"},
           {"NoTokenType", "patient-view", access("token_type", "x"), 400, "/fhirAuthorization/token_type: is missing"},
           {"TokenTypeMac", "patient-view", access("Bearer", "MAC"), 400, "/fhirAuthorization/token_type: is not"},
           {"NoExpiry", "patient-view", access("expires_in", "x"), 400, "/fhirAuthorization/expires_in: is missing"},
           {"ExpiryIsText", "patient-view", access("300", "\\\"300\\\""), 400, ""},
           {"NoScope", "patient-view", access("scope", "x"), 400, "/fhirAuthorization/scope: is missing"},
           {"NoSubject", "patient-view", access("subject", "x"), 400, "/fhirAuthorization/subject: is missing"},
           {"NoEncounter", "encounter-start", Request("encounter-start", FullPrefetch()), 400,
            "/context/encounterId: is missing"},
           {"NoAppointments", "appointment-book", Request("appointment-book", FullPrefetch()), 400,
            "/context/appointments: is missing"},
           {"AppointmentsAreText", "appointment-book",
            Request("appointment-book", FullPrefetch(), R"(,"appointments":"x")"), 400,
            "/context/appointments: expected an object"},
           {"NoOrders", "order-sign", Request("order-sign", FullPrefetch()), 400, "/context/draftOrders: is missing"},
           {"OrdersAreNoBundle", "order-sign", Request("order-sign", FullPrefetch(), R"(,"draftOrders":{})"), 400,
            "/context/draftOrders/resourceType: is missing"},
           {"OrderWithoutType", "order-sign", Request("order-sign", FullPrefetch(), Orders(R"({"resource":{}})")), 400,
            "/context/draftOrders/entry/0/resource/resourceType: is missing"},
           {"NoSelections", "order-select", Request("order-select", FullPrefetch(), Orders(kIbuprofen)), 400,
            "/context/selections: is missing"},
           {"PatientsDoNotSign", "order-sign",
            absl::StrReplaceAll(Request("order-sign", FullPrefetch(), Orders(kIbuprofen)),
                                {{"Practitioner/u1", "Patient/p1"}}),
            400, "/context/userId"},
       }) {
    const CdsReply reply = Call(std::string("knee-pack-") + row.hook, row.body);
    EXPECT_EQ(reply.status, row.status) << row.name << reply.body;
    EXPECT_EQ(reply.content_type, "application/fhir+json") << row.name;
    EXPECT_EQ(At(reply.body, "/resourceType"), "OperationOutcome") << row.name;
    EXPECT_EQ(At(reply.body, "/issue/0/severity"), "error") << row.name;
    EXPECT_THAT(reply.body, HasSubstr(row.says)) << row.name;
    EXPECT_FALSE(reply.facts.refusal.empty()) << row.name;
  }
  EXPECT_EQ(host_.consultations, 0);
}

TEST_F(CdsHooksTest, AnUnknownServiceIsNotFound) {
  const CdsReply reply = Call("elbow-patient-view", Request("patient-view", FullPrefetch()));
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, HasSubstr("knee-pack-order-sign"));
  EXPECT_EQ(Hooks().Feedback("elbow", "{}", {}).status, 404);
}

TEST_F(CdsHooksTest, AppointmentsMayBeABundleOrAnArray) {
  for (const char* appointments : {R"(,"appointments":{"resourceType":"Bundle"})", R"(,"appointments":[])"}) {
    EXPECT_EQ(Call("knee-pack-appointment-book", Request("appointment-book", FullPrefetch(), appointments)).status,
              200);
  }
}

// ---- Prefetch

TEST_F(CdsHooksTest, HandsTheResourcesOnAsTheyCame) {
  ASSERT_EQ(Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).status, 200);
  EXPECT_EQ(host_.bytes, std::string(R"({"resourceType":"Bundle","type":"collection","id":")") + kInstance +
                             R"(","timestamp":"2026-05-01T09:00:02Z","entry":[{"resource":)" + kPatient +
                             R"(},{"resource":)" + kOwnObservation + "}]}");
  EXPECT_EQ(host_.asked.as_of, "2026-05-01T09:00:02Z") << "the present moment, with the allowance for clocks";
  EXPECT_EQ(host_.asked.user, "https://ehr.example");
  EXPECT_EQ(host_.asked.organisation, "clinic-1");
}

TEST_F(CdsHooksTest, TellsTheFourStatesOfPrefetchedDataApart) {
  const std::string next = R"("link":[{"relation":"next","url":"https://ehr/page2"}],)";
  const std::string outcome = R"({"resourceType":"OperationOutcome","issue":[]})";
  const std::string observation = std::string(R"({"resource":)") + kOwnObservation + "}";
  struct Row {
    const char* name;
    std::string observations;  // with its key; empty: absent
    const char* note;          // nullptr: none
    bool used;
  };
  for (const Row& row : {
           Row{"NullIsNoData", R"("observations":null,)", nullptr, false},
           Row{"Given", R"("observations":)" + Searchset(observation) + ",", nullptr, true},
           Row{"Empty", R"("observations":{"resourceType":"Bundle","type":"searchset"},)", nullptr, false},
           Row{"Absent", "", "observations: they were not sent", false},
           Row{"Failed", R"("observations":)" + outcome + ",", "observations: the record system could not give them",
               false},
           Row{"FirstPage", R"("observations":)" + Searchset(observation, next) + ",",
               "observations: only the first page was sent", true},
           Row{"FailedInPart", R"("observations":)" + Searchset(observation + R"(,{"resource":)" + outcome + "}") + ",",
               "observations: the record system could not give all of them", true},
       }) {
    const CdsReply reply =
        Call("knee-pack-patient-view", Request("patient-view", std::string("{") + row.observations + R"("patient":)" +
                                                                   kPatient + R"(,"conditions":null,"answers":null})"));
    ASSERT_EQ(reply.status, 200) << row.name << reply.body;
    EXPECT_EQ(host_.bytes.find("\"o1\"") != std::string::npos, row.used) << row.name;
    EXPECT_EQ(host_.bytes.find("OperationOutcome"), std::string::npos) << row.name;
    if (row.note == nullptr) {
      EXPECT_THAT(reply.body, Not(HasSubstr("dataNotAvailable"))) << row.name;
    } else {
      EXPECT_THAT(reply.body, HasSubstr(row.note)) << row.name;
    }
  }
}

TEST_F(CdsHooksTest, WithoutThePatientAndAWayToReadItThereIsNoAnswer) {
  for (const char* prefetch : {"", "{}", R"({"patient":null})", R"({"patient":{"resourceType":"OperationOutcome"}})"}) {
    const CdsReply reply = Call("knee-pack-patient-view", Request("patient-view", prefetch));
    EXPECT_EQ(reply.status, 412) << prefetch;
    EXPECT_EQ(At(reply.body, "/issue/0/code"), "incomplete") << prefetch;
  }
  // A token alone is of no use where nothing is read.
  EXPECT_EQ(Call("knee-pack-patient-view", Request("patient-view", "", "", kAccess)).status, 412);
  options_.require_all_prefetch = true;
  hooks_.reset();
  EXPECT_EQ(
      Call("knee-pack-patient-view", Request("patient-view", std::string(R"({"patient":)") + kPatient + "}")).status,
      412);
}

TEST_F(CdsHooksTest, ReadsWithTheTokenWhatWasNotSent) {
  with_reader_ = true;
  reader_.answers["Patient/p1"] = {FhirAnswer::State::kRead, {kPatient}, ""};
  reader_.answers["Observation?patient=p1&code=urn:condyle:knee-pack|,http://loinc.org|1-8&_sort=-date&_count=200"] = {
      FhirAnswer::State::kRead, {kOwnObservation}, ""};
  reader_.answers["Encounter/e1"] = {
      FhirAnswer::State::kRead,
      {R"({"resourceType":"Encounter","location":[{"location":{"reference":"Location/9"}}]})"},
      ""};
  const CdsReply reply = Call("knee-pack-patient-view", Request("patient-view", "", R"(,"encounterId":"e1")", kAccess));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reader_.access.server, "https://ehr.example/fhir");
  EXPECT_EQ(reader_.access.bearer_token, "t0ken");
  EXPECT_THAT(reader_.queries, SizeIs(5));
  EXPECT_THAT(host_.bytes, HasSubstr(kOwnObservation));
  EXPECT_EQ(host_.delivery.location(), "Location/9");
  EXPECT_EQ(reply.facts.reads, 5);
  EXPECT_EQ(reply.facts.failed_reads, 2);
  EXPECT_THAT(reply.body, HasSubstr("conditions: the server did not answer"));
  EXPECT_THAT(reply.body, Not(HasSubstr("t0ken")));
}

TEST_F(CdsHooksTest, RefusesAPatientThatCannotBeReadOrIsAnother) {
  with_reader_ = true;
  const std::string body = Request("patient-view", "", "", kAccess);
  EXPECT_EQ(Call("knee-pack-patient-view", body).status, 412) << "reading failed";
  reader_.answers["Patient/p1"] = {FhirAnswer::State::kAbsent, {}, ""};
  EXPECT_EQ(Call("knee-pack-patient-view", body).status, 412) << "no such patient";
  reader_.answers["Patient/p1"] = {FhirAnswer::State::kRead, {R"({"resourceType":"Patient","id":"p2"})"}, ""};
  EXPECT_EQ(Call("knee-pack-patient-view", body).status, 400) << "another patient";
}

TEST_F(CdsHooksTest, WithoutATokenNothingIsRead) {
  with_reader_ = true;
  EXPECT_EQ(
      Call("knee-pack-patient-view", Request("patient-view", "", "", R"("fhirServer":"https://ehr.example",)")).status,
      412);
  EXPECT_THAT(reader_.queries, IsEmpty());
}

// ---- Cards

TEST_F(CdsHooksTest, ACardSaysWhatWhyAndOnWhatBasis) {
  const CdsReply reply =
      Call("knee-pack-patient-view", Request("patient-view", FullPrefetch(), R"(,"encounterId":"e1")"));
  ASSERT_EQ(Json(reply.body)["cards"].get_array().size(), 2u) << reply.body;
  EXPECT_EQ(At(reply.body, "/cards/0/summary"), "URGENT: The knee is locked.");
  EXPECT_EQ(At(reply.body, "/cards/0/indicator"), "warning");
  EXPECT_EQ(At(reply.body, "/cards/0/source/label"), "Condyle decision support");
  EXPECT_EQ(At(reply.body, "/cards/0/source/topic"),
            R"({"system":"urn:condyle:knee-pack","code":"knee","display":"Knee"})");
  const std::string detail = At(reply.body, "/cards/0/detail");
  for (const char* part :
       {"for: Locked \\*now\\* (cohort) \\[A1\\]", "Get an MRI of the knee. _within days_ Why: it is locked.",
        "(guideline)", "Run on. Held by Knee: locked", "Is it swollen? (could decide)", "Not validated.",
        "\\[A1\\] A study, p. 3 <https://doi.org/10.1/x>", "_Decision support._"}) {
    EXPECT_THAT(detail, HasSubstr(part));
  }
  EXPECT_EQ(At(reply.body, "/cards/0/selectionBehavior"), "any");
  EXPECT_EQ(At(reply.body, "/cards/0/suggestions/0/isRecommended"), "true");
  const std::string request = At(reply.body, "/cards/0/suggestions/0/actions/0");
  EXPECT_EQ(At(request, "/type"), "create");
  EXPECT_EQ(At(request, "/resource/status"), "draft");
  EXPECT_EQ(At(request, "/resource/intent"), "proposal");
  EXPECT_EQ(At(request, "/resource/subject/reference"), "Patient/p1");
  EXPECT_EQ(At(request, "/resource/encounter/reference"), "Encounter/e1");
  EXPECT_EQ(At(request, "/resource/priority"), "urgent");
  const std::string condition = At(reply.body, "/cards/0/suggestions/1/actions/0/resource");
  EXPECT_EQ(At(condition, "/resourceType"), "Condition");
  EXPECT_EQ(At(condition, "/verificationStatus/coding/0/code"), "provisional");
  EXPECT_EQ(At(reply.body, "/cards/0/links/0/url"),
            std::string("https://condyle.example/intake?service=knee-pack-patient-view&call=") + kInstance);
  EXPECT_EQ(At(reply.body, "/cards/0/links/0/type"), "smart");
  const std::string own = At(reply.body, "/cards/0/extension/org.condyle.decision-support");
  EXPECT_EQ(At(own, "/inputSha256"), "c0ffee");
  EXPECT_EQ(At(own, "/asOf"), "2026-05-01T09:00:02Z");
  EXPECT_EQ(At(own, "/validUntil"), "2026-05-02T09:00:02Z");
  EXPECT_EQ(At(own, "/advice/0/advice"), "mri");
  EXPECT_EQ(At(own, "/notChecked/0"), "knee: 1 findings not known");
  EXPECT_EQ(At(reply.body, "/extension/org.condyle.decision-support/receipt/plugins/0/responseSha256"), "r1");
  EXPECT_EQ(At(reply.body, "/systemActions"), "(nothing)");
  EXPECT_EQ(reply.facts.warning, 1);
  EXPECT_EQ(reply.facts.info, 1);
  EXPECT_THAT(reply.facts.plugin_times, SizeIs(1));
}

TEST_F(CdsHooksTest, WhatWasNotScreenedHasACardOfItsOwn) {
  const std::string body = Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).body;
  EXPECT_EQ(At(body, "/cards/1/summary"), "Not yet screened, 1 questions are open: Screen");
  EXPECT_EQ(At(body, "/cards/1/indicator"), "info");
  EXPECT_THAT(At(body, "/cards/1/detail"), HasSubstr("What is open is not negative"));
  EXPECT_THAT(At(body, "/cards/1/detail"), HasSubstr("Is it swollen? **must not be missed**"));
  EXPECT_THAT(At(body, "/cards/1/detail"), HasSubstr("Rest the leg."));
  EXPECT_EQ(At(body, "/cards/1/suggestions/0/actions/0/resource/resourceType"), "CarePlan");
  v1::PluginFailure* failure = host_.consultation.add_plugin_failures();
  failure->set_plugin_id("screen2");
  failure->set_kind(v1::FAILURE_KIND_CRASHED);
  const std::string failed = Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).body;
  EXPECT_EQ(At(failed, "/cards/1/summary"), "Not screened, a check failed: Screen2");
  EXPECT_EQ(At(failed, "/cards/1/indicator"), "warning");
}

TEST_F(CdsHooksTest, UrgencySetsTheIndicator) {
  struct Row {
    v1::Urgency urgency;
    const char* indicator;
  };
  for (const Row& row : {Row{v1::URGENCY_EMERGENCY, "critical"}, Row{v1::URGENCY_URGENT, "warning"},
                         Row{v1::URGENCY_ROUTINE, "info"}, Row{v1::URGENCY_SELF_CARE, "info"}}) {
    host_.consultation.mutable_assessments(0)->set_urgency(row.urgency);
    const std::string body = Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).body;
    EXPECT_EQ(At(body, "/cards/0/indicator"), row.indicator);
  }
}

TEST_F(CdsHooksTest, PatientsOfWhomNobodyRecordedTheComplaintGetNoCard) {
  const std::string lab = absl::StrReplaceAll(FullPrefetch(), {{"urn:condyle:knee-pack", "http://loinc.org"}});
  EXPECT_EQ(At(Call("knee-pack-patient-view", Request("patient-view", lab)).body, "/cards"), "[]");
  // Nor those of whom somebody did long ago: 90 days and one more.
  const std::string old = absl::StrReplaceAll(FullPrefetch(), {{"2026-04-30", "2026-01-30"}});
  EXPECT_EQ(At(Call("knee-pack-patient-view", Request("patient-view", old)).body, "/cards"), "[]");
  const std::string recent = absl::StrReplaceAll(FullPrefetch(), {{"2026-04-30", "2026-01-31"}});
  EXPECT_NE(At(Call("knee-pack-patient-view", Request("patient-view", recent)).body, "/cards"), "[]");
}

TEST_F(CdsHooksTest, NothingToSayIsAnEmptyArray) {
  host_.consultation = Parse<v1::Consultation>(
      "assessments { plugin_id: 'knee' status: STATUS_NEGATIVE urgency: URGENCY_SELF_CARE } disclaimer: 'x'");
  const CdsReply reply = Call("knee-pack-patient-view", Request("patient-view", FullPrefetch()));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(At(reply.body, "/cards"), "[]");
}

TEST_F(CdsHooksTest, AppointmentsAreInterruptedOnlyForWhatCannotWait) {
  const std::string context = R"(,"appointments":[])";
  std::string body = Call("knee-pack-appointment-book", Request("appointment-book", FullPrefetch(), context)).body;
  EXPECT_EQ(Json(body)["cards"].get_array().size(), 1u);
  host_.consultation.mutable_assessments(0)->set_urgency(v1::URGENCY_ROUTINE);
  body = Call("knee-pack-appointment-book", Request("appointment-book", FullPrefetch(), context)).body;
  EXPECT_EQ(At(body, "/cards"), "[]");
}

TEST_F(CdsHooksTest, NoMoreCardsThanAreWantedButNoEmergencyIsDropped) {
  options_.max_cards = 1;
  const std::string body = Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).body;
  ASSERT_EQ(Json(body)["cards"].get_array().size(), 1u);
  EXPECT_THAT(At(body, "/cards/0/detail"), HasSubstr("Not yet screened, 1 questions"));
  v1::Assessment emergency = host_.consultation.assessments(0);
  emergency.set_urgency(v1::URGENCY_EMERGENCY);
  *host_.consultation.mutable_assessments(0) = emergency;
  emergency.set_plugin_id("other");
  *host_.consultation.add_assessments() = emergency;
  const std::string two = Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).body;
  EXPECT_EQ(Json(two)["cards"].get_array().size(), 2u);
}

TEST_F(CdsHooksTest, WhatIsGivenIsWhatIsRecorded) {
  const CdsReply reply = Call(
      "knee-pack-encounter-start",
      Request("encounter-start",
              absl::StrReplaceAll(FullPrefetch(), {{R"({"patient")", R"({"encounter":{"resourceType":"Encounter",)"
                                                                     R"("location":[{"status":"active","location":)"
                                                                     R"({"reference":"Location/12"}}]},"patient")"}}),
              R"(,"encounterId":"e1")"));
  ASSERT_EQ(reply.status, 200) << reply.body;
  const v1::AuditDelivery& delivery = host_.delivery;
  EXPECT_EQ(delivery.service_id(), "knee-pack-encounter-start");
  EXPECT_EQ(delivery.hook(), "encounter-start");
  EXPECT_EQ(delivery.hook_instance(), kInstance);
  EXPECT_EQ(delivery.location(), "Location/12");
  ASSERT_EQ(delivery.cards_size(), 2);
  EXPECT_EQ(delivery.cards(0).uuid(), At(reply.body, "/cards/0/uuid"));
  EXPECT_EQ(delivery.cards(0).suggestions(0).uuid(), At(reply.body, "/cards/0/suggestions/0/uuid"));
  EXPECT_EQ(delivery.cards(0).suggestions(0).advice(0).advice_id(), "mri");
  for (const v1::AuditCard& card : delivery.cards()) EXPECT_GT(card.advice_size(), 0);
}

TEST_F(CdsHooksTest, WithoutAnAuditTrailCardsAreMadeAllTheSame) {
  host_.audited = false;
  EXPECT_EQ(
      Json(Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).body)["cards"].get_array().size(),
      2u);
}

TEST_F(CdsHooksTest, WhatCannotBeAnsweredSaysSo) {
  const std::string body = Request("patient-view", FullPrefetch());
  host_.failure = absl::UnavailableError("disk full");
  CdsReply reply = Call("knee-pack-patient-view", body);
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.facts.refusal, "audit");
  EXPECT_GT(reply.retry_after, 0);
  host_.failure = absl::OkStatus();
  host_.cancelled = true;
  EXPECT_EQ(Call("knee-pack-patient-view", body).facts.refusal, "cancelled");
  host_.cancelled = false;
  host_.consultation.clear_assessments();
  EXPECT_EQ(Call("knee-pack-patient-view", body).facts.refusal, "plugins");
  host_.refusal = InputRefusal{"/entry/1/resource/valueQuantity/unit", "knee.size: the unit is missing"};
  reply = Call("knee-pack-patient-view", body);
  EXPECT_EQ(reply.status, 422);
  EXPECT_THAT(reply.body, HasSubstr("/prefetch/observations/entry/0/resource/valueQuantity/unit: knee.size"));
}

// ---- Orders

TEST_F(CdsHooksTest, AForbiddenOrderIsCriticalWithReasonSourceAndWayOut) {
  const CdsReply reply = Call("knee-pack-order-sign", Request("order-sign", FullPrefetch(), Orders(kIbuprofen)));
  ASSERT_EQ(Json(reply.body)["cards"].get_array().size(), 1u) << reply.body;
  EXPECT_EQ(At(reply.body, "/cards/0/summary"), "Ibuprofen 400 mg: Bleeding into the knee");
  EXPECT_EQ(At(reply.body, "/cards/0/indicator"), "critical");
  EXPECT_THAT(At(reply.body, "/cards/0/detail"),
              HasSubstr("not for this patient: Bleeding into the knee (Knee) \\[A1\\]"));
  EXPECT_THAT(At(reply.body, "/cards/0/detail"), HasSubstr("**Instead**\n\n- Paracetamol."));
  EXPECT_THAT(At(reply.body, "/cards/0/detail"), HasSubstr("A study, p. 3"));
  const std::string action = At(reply.body, "/cards/0/suggestions/0/actions/0");
  EXPECT_EQ(At(action, "/type"), "delete");
  EXPECT_EQ(At(action, "/resourceId"), "MedicationRequest/m1");
  EXPECT_EQ(At(action, "/resource"), "(nothing)");
  EXPECT_EQ(reply.facts.critical, 1);
  EXPECT_EQ(reply.facts.orders_checked, 1);
  EXPECT_EQ(reply.facts.orders_unknown, 0);
}

TEST_F(CdsHooksTest, WhatAPluginHoldsIsAWarning) {
  host_.consultation.mutable_holds(0)->set_effect(v1::EFFECT_HOLD);
  EXPECT_EQ(At(Call("knee-pack-order-sign", Request("order-sign", FullPrefetch(), Orders(kIbuprofen))).body,
               "/cards/0/indicator"),
            "warning");
}

TEST_F(CdsHooksTest, WithoutATopicOnlyWhatRestsOnAFindingSpeaks) {
  const std::string lab = absl::StrReplaceAll(FullPrefetch(), {{"urn:condyle:knee-pack", "http://loinc.org"}});
  const std::string body = Request("order-sign", lab, Orders(kIbuprofen));
  EXPECT_EQ(Json(Call("knee-pack-order-sign", body).body)["cards"].get_array().size(), 1u) << "rests on knee.locked";
  host_.consultation.mutable_assessments(0)->clear_evidence();
  const std::string silent = Call("knee-pack-order-sign", body).body;
  EXPECT_EQ(At(silent, "/cards"), "[]");
  EXPECT_THAT(silent, HasSubstr("ordersNotChecked")) << "not safe either";
  host_.consultation.mutable_assessments(0)->set_status(v1::STATUS_NOT_APPLICABLE);
  EXPECT_EQ(At(Call("knee-pack-order-sign", body).body, "/cards"), "[]");
}

TEST_F(CdsHooksTest, AScreenThatIsOpenInformsAndOneThatFailedWarns) {
  options_.order_tags.push_back(
      Parse<v1::OrderTag>("tag: 'load.running' text: 'running' codings { system: 's' code: '1' }"));
  const std::string order = Orders(R"({"resource":{"resourceType":"ServiceRequest","id":"s1","code":{"coding":[)"
                                   R"({"system":"s","code":"1","display":"Running"}]}}})");
  std::string body = Call("knee-pack-order-sign", Request("order-sign", FullPrefetch(), order)).body;
  EXPECT_EQ(At(body, "/cards/0/indicator"), "info");
  const std::string lab = absl::StrReplaceAll(FullPrefetch(), {{"urn:condyle:knee-pack", "http://loinc.org"}});
  body = Call("knee-pack-order-sign", Request("order-sign", lab, order)).body;
  EXPECT_EQ(At(body, "/cards"), "[]");
  EXPECT_THAT(body, HasSubstr("has not answered its question yet"));
  host_.consultation.add_plugin_failures()->set_plugin_id("screen");
  body = Call("knee-pack-order-sign", Request("order-sign", lab, order)).body;
  EXPECT_EQ(At(body, "/cards/0/indicator"), "warning");
}

TEST_F(CdsHooksTest, AnOrderWithAnUnknownCodeIsNotCalledSafe) {
  const std::string orders = Orders(
      R"({"resource":{"resourceType":"ServiceRequest","id":"s1","code":{"text":"Gait lab","coding":[{"system":"x","code":"y"}]}}},)"
      R"({"resource":{"resourceType":"NutritionOrder","id":"n1"}},)"
      R"({"resource":{"resourceType":"ServiceRequest","id":"s2","doNotPerform":true,"code":{"text":"No CT"}}})");
  const CdsReply reply = Call("knee-pack-order-sign", Request("order-sign", FullPrefetch(), orders));
  EXPECT_EQ(At(reply.body, "/cards"), "[]");
  const std::string open = At(reply.body, "/extension/org.condyle.decision-support/ordersNotChecked");
  EXPECT_EQ(At(open, "/0/order"), "ServiceRequest/s1");
  EXPECT_EQ(At(open, "/0/display"), "Gait lab");
  EXPECT_THAT(At(open, "/0/reason"), HasSubstr("none of its codes is known"));
  EXPECT_THAT(At(open, "/1/reason"), HasSubstr("NutritionOrder are not read"));
  EXPECT_EQ(At(open, "/2"), "(nothing)");
  EXPECT_EQ(host_.consultations, 0) << "there is nothing to compare";
  EXPECT_EQ(reply.facts.orders_unknown, 2);
}

TEST_F(CdsHooksTest, OrdersAreKnownByAnyOfTheirCodesWhereverTheyStand) {
  struct Row {
    const char* name;
    const char* order;
    bool known;
  };
  for (
      const Row& row : {
          Row{"RxNorm",
              R"("medicationCodeableConcept":{"coding":[{"system":"x","code":"1"},)"
              R"({"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"5640"}]})",
              true},
          Row{"CodeOfAnotherSystem", R"("medicationCodeableConcept":{"coding":[{"system":"x","code":"5640"}]})", false},
          Row{"AtcOfAnotherGroup",
              R"("medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc","code":"M01AB05"}]})",
              false},
          Row{"Contained",
              R"("contained":[{"resourceType":"Medication","id":"med","code":{"coding":[)"
              R"({"system":"http://www.whocc.no/atc","code":"M01AE02"}]}}],"medicationReference":{"reference":"#med"})",
              true},
          Row{"Ingredient",
              R"("contained":[{"resourceType":"Medication","id":"med","ingredient":[{"itemCodeableConcept":{"coding":[)"
              R"({"system":"http://www.whocc.no/atc","code":"M01AE02"}]}}]}],)"
              R"("medicationReference":{"reference":"#med"})",
              true},
          Row{"InTheBundle", R"("medicationReference":{"reference":"Medication/b1"})", true},
          Row{"Nowhere", R"("medicationReference":{"reference":"Medication/b2","display":"Something"})", false},
      }) {
    const std::string orders =
        Orders(std::string(R"({"resource":{"resourceType":"MedicationRequest","id":"m1",)") + row.order + "}}," +
               R"({"resource":{"resourceType":"Medication","id":"b1","code":{"coding":[)"
               R"({"system":"http://www.whocc.no/atc","code":"M01AE01"}]}}})");
    const std::string body = Call("knee-pack-order-sign", Request("order-sign", FullPrefetch(), orders)).body;
    EXPECT_EQ(At(body, "/cards") != "[]", row.known) << row.name << body;
  }
}

TEST_F(CdsHooksTest, OrderSelectLooksAtWhatWasSelected) {
  const std::string other = absl::StrReplaceAll(kIbuprofen, {{"m1", "m2"}});
  const auto cards = [&](const char* selections) {
    const std::string context =
        std::string(R"(,"selections":)") + selections + Orders(kIbuprofen + std::string(",") + other);
    return Json(Call("knee-pack-order-select", Request("order-select", FullPrefetch(), context)).body)["cards"]
        .get_array()
        .size();
  };
  EXPECT_EQ(cards(R"(["MedicationRequest/m2"])"), 1u);
  EXPECT_EQ(cards(R"(["m2"])"), 1u);
  EXPECT_EQ(cards(R"(["MedicationRequest/m1","MedicationRequest/m2"])"), 2u);
  EXPECT_EQ(cards(R"(["MedicationRequest/lost"])"), 2u) << "rather too many than none";
}

TEST_F(CdsHooksTest, AnOrderIsNotSilentlyPassedIfTheRecordIsRefused) {
  host_.refusal = InputRefusal{"/entry/0/resource/gender", "contradicts"};
  const CdsReply reply = Call("knee-pack-order-sign", Request("order-sign", FullPrefetch(), Orders(kIbuprofen)));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(At(reply.body, "/cards/0/summary"), "Not checked: Ibuprofen 400 mg. The record could not be read.");
  EXPECT_EQ(At(reply.body, "/cards/0/indicator"), "warning");
  EXPECT_THAT(At(reply.body, "/cards/0/detail"), HasSubstr("/prefetch/patient/gender"));
  EXPECT_EQ(reply.facts.refusal, "patient-data");
}

TEST_F(CdsHooksTest, ATagThatOnlyAPluginKnowsNeedsNothingOfTheHost) {
  *host_.manifests[0].add_order_tags() =
      Parse<v1::OrderTag>("tag: 'device.knee_brace' text: 'braces' codings { system: 's' code: 'B*' }");
  *host_.consultation.add_holds() =
      Parse<v1::Hold>("by: 'knee' tag: 'device' effect: EFFECT_HOLD reason: 'not on a locked knee'");
  const std::string order =
      Orders(R"({"resource":{"resourceType":"DeviceRequest","id":"d1","codeCodeableConcept":{"coding":[)"
             R"({"system":"s","code":"B7","display":"Brace"}]}}})");
  EXPECT_EQ(At(Call("knee-pack-order-sign", Request("order-sign", FullPrefetch(), order)).body, "/cards/0/summary"),
            "Brace: not on a locked knee");
}

// ---- Feedback

constexpr char kCard[] = "4e0a3a1e-3283-4575-ab82-028d55fe2719";

std::string FeedbackOf(const std::string& rest) {
  return std::string(R"({"feedback":[{"card":")") + kCard + R"(",)" + rest +
         R"("outcomeTimestamp":"2026-05-01T09:05:00Z"}]})";
}

TEST_F(CdsHooksTest, FeedbackIsHandedOnWithServiceAndUser) {
  const std::string body = FeedbackOf(R"("outcome":"accepted","acceptedSuggestions":[{"id":"s1"}],)");
  const std::string both = absl::StrReplaceAll(
      body,
      {{"]}", std::string(R"(,{"card":")") + kCard +
                  R"(","outcome":"overridden","overrideReason":{"reason":{"code":"c","system":"s","display":"d"},)"
                  R"("userComment":"because"},"outcomeTimestamp":"2026-05-01T09:06:00+02:00"}]})"}});
  for (int again = 0; again < 2; ++again) {  // repeats are legal
    const CdsReply reply = Hooks().Feedback("knee-pack-patient-view",
                                            FeedbackOf(R"("outcome":"accepted","acceptedSuggestions":[{"id":"s1"}],)"),
                                            {.user = "u", .organisation = "o"});
    ASSERT_EQ(reply.status, 200) << reply.body;
    ASSERT_THAT(host_.feedback, SizeIs(1));
    EXPECT_EQ(host_.feedback[0].service_id, "knee-pack-patient-view");
    EXPECT_EQ(host_.feedback[0].user, "u");
    EXPECT_EQ(host_.feedback[0].organisation, "o");
    EXPECT_EQ(host_.feedback[0].feedback.card_uuid(), kCard);
    EXPECT_EQ(host_.feedback[0].feedback.outcome(), v1::FEEDBACK_OUTCOME_ACCEPTED);
    EXPECT_THAT(host_.feedback[0].feedback.accepted_suggestions(), ElementsAre("s1"));
  }
  const CdsReply overridden = Hooks().Feedback(
      "knee-pack-patient-view",
      FeedbackOf(R"("outcome":"overridden","overrideReason":{"reason":{"code":"c","system":"s","display":"d"},)"
                 R"("userComment":"because"},)"),
      {});
  ASSERT_EQ(overridden.status, 200) << overridden.body;
  EXPECT_EQ(host_.feedback[0].feedback.reason_code(), "c");
  EXPECT_EQ(host_.feedback[0].feedback.comment(), "because");
  EXPECT_EQ(Hooks().Feedback("knee-pack-patient-view", FeedbackOf(R"("outcome":"overridden",)"), {}).status, 200);
}

TEST_F(CdsHooksTest, FeedbackIsRefusedByItsPlace) {
  struct Row {
    std::string body;
    const char* says;
  };
  for (const Row& row : {
           Row{"{", "not valid JSON"},
           Row{"{}", "/feedback: is missing"},
           Row{R"({"feedback":[]})", "/feedback: is empty"},
           Row{R"({"feedback":[1]})", "/feedback/0: expected an object"},
           Row{R"({"feedback":[{"outcome":"accepted"}]})", "/feedback/0/card: is missing"},
           Row{R"({"feedback":[{"card":"x","outcome":"accepted"}]})", "/feedback/0/card: is no UUID"},
           Row{FeedbackOf(""), "/feedback/0/outcome: is missing"},
           Row{FeedbackOf(R"("outcome":"ignored",)"), "is not one of accepted, overridden"},
           Row{FeedbackOf(R"("outcome":"accepted",)"), "/feedback/0/acceptedSuggestions: is missing"},
           Row{FeedbackOf(R"("outcome":"accepted","acceptedSuggestions":[{}],)"),
               "/feedback/0/acceptedSuggestions/0/id"},
           Row{FeedbackOf(R"("outcome":"overridden","acceptedSuggestions":[],)"), "/feedback/0/acceptedSuggestions"},
           Row{FeedbackOf(R"("outcome":"overridden","overrideReason":{},)"), "has neither reason nor userComment"},
           Row{FeedbackOf(R"("outcome":"overridden","overrideReason":{"reason":{"system":"s"}},)"),
               "reason/code: is missing"},
           Row{absl::StrReplaceAll(FeedbackOf(R"("outcome":"overridden",)"), {{"2026-05-01T09:05:00Z", "today"}}),
               "/feedback/0/outcomeTimestamp: is no moment"},
       }) {
    const CdsReply reply = Hooks().Feedback("knee-pack-patient-view", row.body, {});
    EXPECT_EQ(reply.status, 400) << row.body;
    EXPECT_THAT(reply.body, HasSubstr(row.says)) << row.body;
  }
  EXPECT_THAT(host_.feedback, IsEmpty());
}

TEST_F(CdsHooksTest, FeedbackThatCannotBeRecordedSaysWhy) {
  struct Row {
    absl::Status status;
    int expected;
  };
  for (const Row& row : {Row{absl::NotFoundError("no such card"), 404}, Row{absl::InvalidArgumentError("comment"), 400},
                         Row{absl::FailedPreconditionError("none"), 501}, Row{absl::UnimplementedError("none"), 501},
                         Row{absl::UnavailableError("disk"), 503}}) {
    host_.recorded = row.status;
    EXPECT_EQ(Hooks().Feedback("knee-pack-patient-view", FeedbackOf(R"("outcome":"overridden",)"), {}).status,
              row.expected);
  }
}

// ---- Options

TEST_F(CdsHooksTest, OptionsThatBreakARuleAreNamed) {
  struct Row {
    const char* says;
    void (*set)(CdsOptions*);
  };
  for (const Row& row : {
           Row{"service_prefix is \"a b\"", [](CdsOptions* o) { o->service_prefix = "a b"; }},
           Row{"hooks is \"order-dispatch\"", [](CdsOptions* o) { o->hooks = {"order-dispatch"}; }},
           Row{"source_label is empty", [](CdsOptions* o) { o->source_label.clear(); }},
           Row{"source_url is \"/about\"", [](CdsOptions* o) { o->source_url = "/about"; }},
           Row{"source_icon is", [](CdsOptions* o) { o->source_icon = "icon.png"; }},
           Row{"intake_url is", [](CdsOptions* o) { o->intake_url = "intake"; }},
           Row{"extension_name is \"condyle\"", [](CdsOptions* o) { o->extension_name = "condyle"; }},
           Row{"max_cards is 0", [](CdsOptions* o) { o->max_cards = 0; }},
           Row{"order_tags: tag is", [](CdsOptions* o) { o->order_tags.emplace_back(); }},
           Row{"override_reasons is", [](CdsOptions* o) { o->override_reasons.emplace_back(); }},
       }) {
    CdsOptions options;
    row.set(&options);
    const auto made = CdsHooks::Make(host_, options);
    EXPECT_EQ(made.status().code(), absl::StatusCode::kInvalidArgument) << row.says;
    EXPECT_THAT(std::string(made.status().message()), HasSubstr(row.says));
  }
}

}  // namespace
}  // namespace condyle::cds
