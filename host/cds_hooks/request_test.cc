// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <random>

#include "host/cds_hooks/cds_hooks_test_support.h"

namespace condyle::cds {
namespace {

class CdsRequestTest : public CdsHooksTest {};

TEST_F(CdsRequestTest, RefusesWhatIsMissingOrWrongByItsPlace) {
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

TEST_F(CdsRequestTest, AnUnknownServiceIsNotFound) {
  const CdsReply reply = Call("elbow-patient-view", Request("patient-view", FullPrefetch()));
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, HasSubstr("knee-pack-order-sign"));
  EXPECT_EQ(Hooks().Feedback("elbow", "{}", {}).status, 404);
}

TEST_F(CdsRequestTest, AppointmentsMayBeABundleOrAnArray) {
  for (const char* appointments : {R"(,"appointments":{"resourceType":"Bundle"})", R"(,"appointments":[])"}) {
    EXPECT_EQ(Call("knee-pack-appointment-book", Request("appointment-book", FullPrefetch(), appointments)).status,
              200);
  }
}

// Whatever is sent: an answer or a refusal, both sound JSON.
TEST_F(CdsRequestTest, TenThousandMutationsAreAnsweredOrRefused) {
  const std::vector<std::string> originals = {
      Request("patient-view", FullPrefetch(), R"(,"encounterId":"e1")", kAccess),
      Request("order-select", FullPrefetch(), R"(,"selections":["MedicationRequest/m1"])" + Orders(kIbuprofen))};
  std::mt19937 random(20260501);
  const auto below = [&](size_t limit) { return std::uniform_int_distribution<size_t>(0, limit - 1)(random); };
  constexpr std::string_view kBytes = "{}[]\",:\\0x\xC3\x80\xFF\n ";
  std::map<int, int> statuses;
  for (int i = 0; i < 10000; ++i) {
    std::string body = originals[below(originals.size())];
    for (size_t n = 1 + below(3); n > 0 && !body.empty(); --n) {
      const size_t at = below(body.size());
      switch (below(5)) {
        case 0:
          body[at] = kBytes[below(kBytes.size())];
          break;
        case 1:
          body.insert(at, 1, kBytes[below(kBytes.size())]);
          break;
        case 2:
          body.erase(at, 1 + below(20));
          break;
        case 3:
          body.insert(at, body.substr(below(body.size()), below(80)));
          break;
        default:
          body.resize(at + 1);
      }
    }
    const CdsReply reply = Call(i % 2 == 0 ? "knee-pack-patient-view" : "knee-pack-order-select", body);
    ++statuses[reply.status];
    ASSERT_TRUE(reply.status == 200 || reply.status == 400 || reply.status == 412) << reply.status << body;
    ASSERT_EQ(parser_.parse(reply.body).error(), simdjson::SUCCESS) << body;
  }
  EXPECT_GT(statuses[200], 50);
  EXPECT_GT(statuses[400], 1000);
}

}  // namespace
}  // namespace condyle::cds
