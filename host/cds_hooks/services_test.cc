// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/cds_hooks/cds_hooks_test_support.h"

namespace condyle::cds {
namespace {

class CdsDiscoveryTest : public CdsHooksTest {};

TEST_F(CdsDiscoveryTest, DiscoveryHasAServiceForEachHookFromTheManifests) {
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

TEST_F(CdsDiscoveryTest, PrefetchTokensAreRootFieldsOfTheContextInDoubleBraces) {
  const std::string body = Hooks().Discovery().body;
  size_t tokens = 0;
  for (size_t at = body.find("{{"); at != body.npos; at = body.find("{{", at + 2)) {
    ++tokens;
    const std::string token = body.substr(at, body.find("}}", at) + 2 - at);
    EXPECT_TRUE(token == "{{context.patientId}}" || token == "{{context.encounterId}}") << token;
  }
  EXPECT_EQ(tokens, 21u);
}

TEST_F(CdsDiscoveryTest, AHookThatIsNotServedIsNotInDiscovery) {
  options_.hooks = {"order-sign"};
  EXPECT_EQ(Json(Hooks().Discovery().body)["services"].get_array().size(), 1u);
  EXPECT_EQ(At(Hooks().Discovery().body, "/services/0/hook"), "order-sign");
  EXPECT_EQ(Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).status, 404);
}

TEST_F(CdsDiscoveryTest, EtagChangesWithTheServicesAndNotOtherwise) {
  const std::string first = Hooks().Discovery().etag;
  EXPECT_EQ(first.size(), 66u);
  EXPECT_EQ(Hooks().Discovery().etag, first);
  host_.manifests[0].set_title("Other knee");
  hooks_.reset();
  EXPECT_NE(Hooks().Discovery().etag, first);
}

TEST_F(CdsDiscoveryTest, LongCodeListsAreSplitIntoShortQueries) {
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

TEST_F(CdsDiscoveryTest, SharedIdsTellClientsToReplaceOlderGuidance) {
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

TEST_F(CdsDiscoveryTest, OptionsThatBreakARuleAreNamed) {
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
