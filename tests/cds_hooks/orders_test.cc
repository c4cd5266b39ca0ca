// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Orders against the plugins of this tree, and against one that the host has never heard of.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "condyle/host/host.h"
#include "host/cds_hooks/cds_hooks.h"
#include "tests/cds_hooks/paths.h"
#include "tests/cds_hooks/requests.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"

namespace condyle::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const Order kIbuprofen{"MedicationRequest", "m1", "http://www.nlm.nih.gov/research/umls/rxnorm", "197805",
                       "Ibuprofen 400 MG Oral Tablet"};
const Order kNaproxenByAtc{"MedicationRequest", "m2", "http://www.whocc.no/atc", "M01AE02", "Naproxen"};
const Order kGlucosamine{"MedicationRequest", "m3", "http://www.whocc.no/atc", "M01AX05", "Glucosamine"};
const Order kParacetamol{"MedicationRequest", "m4", "http://www.whocc.no/atc", "N02BE01", "Paracetamol"};
const Order kJointInjection{"ServiceRequest", "s1", "http://loinc.org", "24901-1",
                            "CT guided injection, sacroiliac joint"};
const Order kTriamcinolone{"MedicationRequest", "m5", "http://www.whocc.no/atc", "H02AB08", "Triamcinolone"};
const Order kPelvisXray{"ServiceRequest", "s2", "http://loinc.org", "28561-9", "XR Pelvis Views"};
const Order kPelvisMri{"ServiceRequest", "s3", "http://loinc.org", "24867-4", "MR Pelvis"};

struct Reply {
  CdsReply raw;
  std::vector<std::string> indicators;
  std::vector<std::string> summaries;
  std::vector<std::string> details;
};

class OrdersTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { host_ = OpenHost(/*in_process=*/true); }
  static void TearDownTestSuite() { host_.reset(); }

  static Reply Ask(Host& host, const std::string& findings, const std::vector<Order>& orders,
                   const std::string& hook = "order-sign") {
    v1::Case patient;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        "as_of: '2026-05-01T09:00:00Z' patient { age_years: 30 sex: SEX_FEMALE } " + findings, &patient));
    CdsOptions options;
    options.service_prefix = "sij";
    options.now = [moment = MomentOf(patient)] { return moment; };
    auto hooks = CdsHooks::Make(host, options);
    EXPECT_TRUE(hooks.ok()) << hooks.status();
    Reply reply;
    reply.raw = (*hooks)->Call("sij-" + hook, CdsCall(patient, host.Manifests(), hook, orders), {});
    EXPECT_EQ(reply.raw.status, 200) << reply.raw.body;
    simdjson::dom::parser parser;
    simdjson::dom::array cards;
    if (parser.parse(reply.raw.body)["cards"].get(cards) != simdjson::SUCCESS) return reply;
    for (const simdjson::dom::element card : cards) {
      reply.indicators.emplace_back(std::string_view(card["indicator"].get_string()));
      reply.summaries.emplace_back(std::string_view(card["summary"].get_string()));
      reply.details.emplace_back(std::string_view(card["detail"].get_string()));
    }
    return reply;
  }

  static std::unique_ptr<Host> host_;
};
std::unique_ptr<Host> OrdersTest::host_;

constexpr char kPain[] =
    "findings { key: 'pain.present' present: true } findings { key: 'pain.sij_region' side: SIDE_LEFT present: true } ";

std::string Pregnant(double weeks) {
  return "findings { key: 'obstetric.pregnant' present: true } findings { key: 'obstetric.gestational_age' quantity { "
         "value: " +
         std::to_string(weeks) + " unit: 'wk' } } ";
}

TEST_F(OrdersTest, AnsweredByThePluginsConstraints) {
  const std::string bone = std::string(kPain) +
                           "findings { key: 'pain.load_related' present: true } "
                           "findings { key: 'lab.vitamin_d_25oh' quantity { value: 19 unit: 'ng/mL' } } "
                           "findings { key: 'training.weekly_volume_increase' quantity { value: 30 unit: '%' } } ";
  struct Row {
    const char* name;
    std::string findings;
    Order order;
    const char* indicator;  // empty: no card
    const char* says;
  };
  for (const Row& row : {
           Row{"NsaidWithASuspectedBoneStressInjury", bone, kIbuprofen, "warning",
               "until bone stress injury has been looked for"},
           Row{"NsaidAtTwentyWeeks", Pregnant(20), kIbuprofen, "critical", "no NSAID from 20 weeks"},
           Row{"NsaidByAtcAtTwentyWeeks", Pregnant(20), kNaproxenByAtc, "critical", "no NSAID from 20 weeks"},
           Row{"NsaidBeforeTwentyWeeks", Pregnant(19.5), kIbuprofen, "warning",
               "only after a clinician has weighed it"},
           Row{"NsaidAtThirtyWeeks", Pregnant(30), kIbuprofen, "critical", "no NSAID at 30 weeks or later"},
           Row{"GlucosamineIsNoNsaid", Pregnant(20), kGlucosamine, "", ""},
           Row{"ParacetamolAtTwentyWeeks", Pregnant(20), kParacetamol, "", ""},
           Row{"XrayInPregnancy", Pregnant(12), kPelvisXray, "warning", "ultrasound or MRI first"},
           Row{"MriInPregnancy", Pregnant(12), kPelvisMri, "", ""},
           Row{"XrayOfAnybodyElse", kPain, kPelvisXray, "", ""},
           Row{"JointInjectionBeforeInfectionIsExcluded", kPain, kJointInjection, "warning",
               "no steroid injection until"},
           Row{"TriamcinoloneBeforeInfectionIsExcluded", kPain, kTriamcinolone, "warning",
               "no steroid injection until"},
           Row{"TriamcinoloneForAnotherReason", "", kTriamcinolone, "", ""},
           Row{"SteroidWithAnInfectionTrigger",
               std::string(kPain) + "findings { key: 'lab.crp' quantity { value: 80 unit: 'mg/L' } }", kTriamcinolone,
               "warning", "Possible infection of the joint"},
           Row{"NsaidOfAnybodyElse", kPain, kIbuprofen, "", ""},
           Row{"NsaidWithoutAnyRecord", "", kIbuprofen, "", ""},
           Row{"NsaidOnAnAnticoagulant",
               std::string(kPain) + "findings { key: 'medication.anticoagulant' present: true }", kIbuprofen, "warning",
               "anticoagulant"},
       }) {
    for (const char* hook : {"order-sign", "order-select"}) {
      const Reply reply = Ask(*host_, row.findings, {row.order}, hook);
      if (*row.indicator == '\0') {
        EXPECT_TRUE(reply.indicators.empty()) << row.name << reply.raw.body;
        continue;
      }
      ASSERT_EQ(reply.indicators.size(), 1u) << row.name << reply.raw.body;
      EXPECT_EQ(reply.indicators[0], row.indicator) << row.name;
      EXPECT_THAT(reply.details[0], HasSubstr(row.says)) << row.name;
      EXPECT_THAT(reply.details[0], HasSubstr("**Sources**")) << row.name << ": the citation";
      EXPECT_THAT(reply.summaries[0], StartsWith(row.order.display.substr(0, 10))) << row.name;
    }
  }
}

TEST_F(OrdersTest, SeveralOrdersAreToldApart) {
  const Reply reply = Ask(*host_, Pregnant(22), {kPelvisXray, kParacetamol, kIbuprofen});
  ASSERT_EQ(reply.indicators.size(), 2u);
  EXPECT_EQ(reply.indicators[0], "critical");
  EXPECT_EQ(reply.indicators[1], "warning");
  EXPECT_THAT(reply.details[0], HasSubstr("Acetaminophen"));
  EXPECT_THAT(reply.raw.body, HasSubstr("ordersNotChecked")) << "paracetamol is in no table";
}

// docs/ehr/cds-hooks.md shows this request and its answer.
TEST_F(OrdersTest, TheExampleOfTheDocumentationIsAnsweredAsItSays) {
  std::ifstream file(std::string(kSourceFolder) + "/docs/examples/order-sign.request.json", std::ios::binary);
  const std::string body{std::istreambuf_iterator<char>(file), {}};
  auto hooks = CdsHooks::Make(*host_, {});
  ASSERT_TRUE(hooks.ok());
  const CdsReply reply = (*hooks)->Call("runner-sij-order-sign", body, {});
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body,
              HasSubstr("\"summary\":\"Ibuprofen 400 mg: Pregnant, week 22 completed: no NSAID from 20 weeks, "
                        "unless a clinician advises one\""));
  EXPECT_THAT(reply.body, HasSubstr("\"resourceId\":\"MedicationRequest/m1\""));
  EXPECT_EQ(reply.facts.critical, 1);
}

// tests/cds_hooks/opioid_hold.cc: a plugin with a tag and codes of its own.
TEST_F(OrdersTest, ANewPluginWithANewTagWorksWithoutAChangeOfTheHost) {
  auto host = Host::Open({.plugins = {kOpioidHoldPlugin}, .in_process = true});
  ASSERT_TRUE(host.ok()) << host.status();
  const Order oxycodone{"MedicationRequest", "m1", "http://www.whocc.no/atc", "N02AA05", "Oxycodone"};
  const Reply reply = Ask(**host, "findings { key: 'opioid.sleep_apnoea' present: true }", {oxycodone, kIbuprofen});
  ASSERT_EQ(reply.indicators.size(), 1u) << reply.raw.body;
  EXPECT_EQ(reply.indicators[0], "critical");
  EXPECT_EQ(reply.summaries[0], "Oxycodone: Sleep apnoea: no opioid");
  EXPECT_TRUE(Ask(**host, "findings { key: 'opioid.sleep_apnoea' present: false }", {oxycodone}).indicators.empty());
}

}  // namespace
}  // namespace condyle::tests
