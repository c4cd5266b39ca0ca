// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/cds_hooks/cds_hooks_test_support.h"

namespace condyle::cds {
namespace {

class CdsCardTest : public CdsHooksTest {};

TEST_F(CdsCardTest, ACardSaysWhatWhyAndOnWhatBasis) {
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
        "(guideline)", "- locked (Knee): Run on.", "Is it swollen? (could decide)", "Not validated.",
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

TEST_F(CdsCardTest, AnAbsoluteLinkHasNoAppContext) {
  std::string body = Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).body;
  EXPECT_EQ(At(body, "/cards/0/links/0/appContext"), kInstance);
  options_.intake_by_smart = false;
  hooks_.reset();
  body = Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).body;
  EXPECT_EQ(At(body, "/cards/0/links/0/type"), "absolute");
  EXPECT_EQ(At(body, "/cards/0/links/0/appContext"), "(nothing)");
  options_.intake_url.clear();
  hooks_.reset();
  EXPECT_EQ(At(Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).body, "/cards/0/links"),
            "(nothing)");
}

TEST_F(CdsCardTest, WhatWasNotScreenedHasACardOfItsOwn) {
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

TEST_F(CdsCardTest, UrgencySetsTheIndicator) {
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

TEST_F(CdsCardTest, PatientsOfWhomNobodyRecordedTheComplaintGetNoCard) {
  const std::string lab = absl::StrReplaceAll(FullPrefetch(), {{"urn:condyle:knee-pack", "http://loinc.org"}});
  EXPECT_EQ(At(Call("knee-pack-patient-view", Request("patient-view", lab)).body, "/cards"), "[]");
  // Nor those of whom somebody has recorded that there is none.
  const std::string no = absl::StrReplaceAll(FullPrefetch(), {{"\"valueBoolean\":true", "\"valueBoolean\":false"}});
  EXPECT_EQ(At(Call("knee-pack-patient-view", Request("patient-view", no)).body, "/cards"), "[]");
  // Nor those of whom somebody did long ago: 90 days and one more.
  const std::string old = absl::StrReplaceAll(FullPrefetch(), {{"2026-04-30", "2026-01-30"}});
  EXPECT_EQ(At(Call("knee-pack-patient-view", Request("patient-view", old)).body, "/cards"), "[]");
  const std::string recent = absl::StrReplaceAll(FullPrefetch(), {{"2026-04-30", "2026-01-31"}});
  EXPECT_NE(At(Call("knee-pack-patient-view", Request("patient-view", recent)).body, "/cards"), "[]");
}

TEST_F(CdsCardTest, TheAnsweredFormMakesATopicToo) {
  struct Row {
    const char* item;
    bool topic;
  };
  for (const Row& row :
       {Row{R"({"linkId":"knee.locked","answer":[{"valueBoolean":true}]})", true},
        Row{R"({"linkId":"knee.locked:left","answer":[{"valueDecimal":1}]})", true},
        Row{R"({"linkId":"g","item":[{"linkId":"knee.locked","answer":[{"valueBoolean":true}]}]})", true},
        Row{R"({"linkId":"knee.locked","answer":[{"valueBoolean":false}]})", false},
        Row{R"({"linkId":"elbow.locked","answer":[{"valueBoolean":true}]})", false},
        Row{R"({"linkId":"knee.locked"})", false}}) {
    const std::string prefetch =
        std::string(R"({"patient":)") + kPatient + R"(,"answers":)" +
        Searchset(R"({"resource":{"resourceType":"QuestionnaireResponse","status":"completed",)"
                  R"("authored":"2026-04-30","item":[)" +
                  std::string(row.item) + "]}}") +
        "}";
    const std::string body = Call("knee-pack-patient-view", Request("patient-view", prefetch)).body;
    EXPECT_EQ(At(body, "/cards") != "[]", row.topic) << row.item;
  }
}

TEST_F(CdsCardTest, NothingToSayIsAnEmptyArray) {
  host_.consultation = Parse<v1::Consultation>(
      "assessments { plugin_id: 'knee' status: STATUS_NEGATIVE urgency: URGENCY_SELF_CARE } disclaimer: 'x'");
  const CdsReply reply = Call("knee-pack-patient-view", Request("patient-view", FullPrefetch()));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(At(reply.body, "/cards"), "[]");
}

TEST_F(CdsCardTest, AppointmentsAreInterruptedOnlyForWhatCannotWait) {
  const std::string context = R"(,"appointments":[])";
  std::string body = Call("knee-pack-appointment-book", Request("appointment-book", FullPrefetch(), context)).body;
  EXPECT_EQ(Json(body)["cards"].get_array().size(), 1u);
  host_.consultation.mutable_assessments(0)->set_urgency(v1::URGENCY_ROUTINE);
  body = Call("knee-pack-appointment-book", Request("appointment-book", FullPrefetch(), context)).body;
  EXPECT_EQ(At(body, "/cards"), "[]");
}

TEST_F(CdsCardTest, PatientsAreToldOnlyWhatCannotWaitAndInPlainWords) {
  host_.consultation.mutable_recommendations(1)->set_patient_text("Rest your leg.");
  const std::string body =
      absl::StrReplaceAll(Request("patient-view", FullPrefetch()), {{"Practitioner/u1", "Patient/p1"}});
  const std::string reply = Call("knee-pack-patient-view", body).body;
  ASSERT_EQ(Json(reply)["cards"].get_array().size(), 1u);
  EXPECT_EQ(At(reply, "/cards/0/summary"), "Rest your leg.");
  EXPECT_EQ(At(reply, "/cards/0/suggestions"), "(nothing)");
  EXPECT_THAT(At(reply, "/cards/0/detail"), Not(HasSubstr("MRI")));
  host_.consultation.set_urgency(v1::URGENCY_ROUTINE);
  EXPECT_EQ(At(Call("knee-pack-patient-view", body).body, "/cards"), "[]");
}

TEST_F(CdsCardTest, NoMoreCardsThanAreWantedButNoEmergencyIsDropped) {
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

TEST_F(CdsCardTest, WhatIsGivenIsWhatIsRecorded) {
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

TEST_F(CdsCardTest, WithoutAnAuditTrailCardsAreMadeAllTheSame) {
  host_.audited = false;
  EXPECT_EQ(
      Json(Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).body)["cards"].get_array().size(),
      2u);
}

TEST_F(CdsCardTest, WhatCannotBeAnsweredSaysSo) {
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

}  // namespace
}  // namespace condyle::cds
