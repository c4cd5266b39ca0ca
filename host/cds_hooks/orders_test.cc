// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/cds_hooks/cds_hooks_test_support.h"

namespace condyle::cds {
namespace {

class CdsOrderTest : public CdsHooksTest {};

TEST_F(CdsOrderTest, AForbiddenOrderIsCriticalWithReasonSourceAndWayOut) {
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

TEST_F(CdsOrderTest, WhatAPluginHoldsIsAWarning) {
  host_.consultation.mutable_holds(0)->set_effect(v1::EFFECT_HOLD);
  EXPECT_EQ(At(Call("knee-pack-order-sign", Request("order-sign", FullPrefetch(), Orders(kIbuprofen))).body,
               "/cards/0/indicator"),
            "warning");
}

TEST_F(CdsOrderTest, WithoutATopicOnlyWhatRestsOnAFindingSpeaks) {
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

TEST_F(CdsOrderTest, AScreenThatIsOpenInformsAndOneThatFailedWarns) {
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

TEST_F(CdsOrderTest, AnOrderWithAnUnknownCodeIsNotCalledSafe) {
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

TEST_F(CdsOrderTest, OrdersAreKnownByAnyOfTheirCodesWhereverTheyStand) {
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

TEST_F(CdsOrderTest, OrderSelectLooksAtWhatWasSelected) {
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

TEST_F(CdsOrderTest, AnOrderIsNotSilentlyPassedIfTheRecordIsRefused) {
  host_.refusal = InputRefusal{"/entry/0/resource/gender", "contradicts"};
  const CdsReply reply = Call("knee-pack-order-sign", Request("order-sign", FullPrefetch(), Orders(kIbuprofen)));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(At(reply.body, "/cards/0/summary"), "Not checked: Ibuprofen 400 mg. The record could not be read.");
  EXPECT_EQ(At(reply.body, "/cards/0/indicator"), "warning");
  EXPECT_THAT(At(reply.body, "/cards/0/detail"), HasSubstr("/prefetch/patient/gender"));
  EXPECT_EQ(reply.facts.refusal, "patient-data");
}

TEST_F(CdsOrderTest, ATagThatOnlyAPluginKnowsNeedsNothingOfTheHost) {
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

}  // namespace
}  // namespace condyle::cds
