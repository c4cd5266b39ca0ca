// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A service over a fake host, and the requests of a client.
#ifndef CONDYLE_HOST_CDS_HOOKS_CDS_HOOKS_TEST_SUPPORT_H_
#define CONDYLE_HOST_CDS_HOOKS_CDS_HOOKS_TEST_SUPPORT_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <memory>
#include <string>

#include "absl/strings/str_replace.h"
#include "host/cds_hooks/cds_hooks.h"
#include "host/cds_hooks/fakes_for_test.h"

namespace condyle::cds {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

inline constexpr char kManifest[] = R"pb(
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

inline constexpr char kConsultation[] = R"pb(
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

inline constexpr char kInstance[] = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea";
inline constexpr char kPatient[] = R"({"resourceType":"Patient","id":"p1","gender":"female","birthDate":"1999-02-14"})";
inline constexpr char kOwnObservation[] =
    R"({"resourceType":"Observation","id":"o1","status":"final","subject":{"reference":"Patient/p1"},)"
    R"("code":{"coding":[{"system":"urn:condyle:knee-pack","code":"knee.locked"}]},)"
    R"("effectiveDateTime":"2026-04-30T08:00:00Z","valueBoolean":true})";

inline std::string Searchset(const std::string& entries, const std::string& link = "") {
  return R"({"resourceType":"Bundle","type":"searchset",)" + link + R"("entry":[)" + entries + "]}";
}

inline std::string FullPrefetch() {
  return std::string(R"({"patient":)") + kPatient + R"(,"conditions":null,"observations":)" +
         Searchset(std::string(R"({"fullUrl":"https://ehr/Observation/o1","resource":)") + kOwnObservation + "}") +
         R"(,"answers":null})";
}

inline std::string Request(const std::string& hook, const std::string& prefetch, const std::string& context = "",
                           const std::string& more = "") {
  return R"({"hook":")" + hook + R"(","hookInstance":")" + kInstance + R"(",)" + more +
         R"("context":{"userId":"Practitioner/u1","patientId":"p1")" + context + "}" +
         (prefetch.empty() ? "" : R"(,"prefetch":)" + prefetch) + "}";
}

inline constexpr char kAccess[] =
    R"("fhirServer":"https://ehr.example/fhir/","fhirAuthorization":{"access_token":"t0ken",)"
    R"("token_type":"Bearer","expires_in":300,"scope":"patient/*.read","subject":"svc"},)";

inline std::string Orders(const std::string& resources) {
  return R"(,"draftOrders":{"resourceType":"Bundle","type":"collection","entry":[)" + resources + "]}";
}
inline constexpr char kIbuprofen[] =
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
    return Hooks().Call(id, body, {.organisation = "clinic-1"});
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

}  // namespace condyle::cds

#endif  // CONDYLE_HOST_CDS_HOOKS_CDS_HOOKS_TEST_SUPPORT_H_
