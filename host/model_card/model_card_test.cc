// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a card holds, and what becomes of hostile manifests.
#include "host/model_card/model_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>
#include <string>

#include "host/model_card/attributes.h"

namespace condyle {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

v1::PluginManifest Manifest() {
  v1::PluginManifest m;
  m.set_id("fever");
  m.set_version("1.2.0");
  m.set_role(v1::PLUGIN_ROLE_SAFETY_SCREEN);
  m.set_title("Fever");
  m.set_licence("Apache-2.0");
  m.set_intended_use("Shows fever.");
  m.set_cautioned_use("Not for infants.");
  m.set_uses_sex(true);
  m.add_guards("load.running");
  m.add_emits("look_again");
  v1::SourceAttributes& a = *m.mutable_source_attributes();
  a.set_bibliographic_citation("Somebody 2020");
  a.set_developer("The authors");
  a.set_funding_source("none");
  a.set_release_date("2026-01-02");
  a.set_revision_date("2026-03-04");
  a.set_use_of_sex("used: reference range");
  a.set_use_of_race("not used");
  a.set_intended_users("clinicians");
  a.set_known_limitations("Not validated.");
  v1::Input& temperature = *m.add_inputs();
  temperature.set_key("exam.temperature");
  temperature.set_type(v1::INPUT_TYPE_QUANTITY);
  temperature.set_unit("Cel");
  temperature.set_min(25);
  temperature.set_max(45);
  temperature.add_accepted_units()->set_unit("[degF]");
  temperature.set_question("Temperature?");
  temperature.set_section("exam");
  temperature.add_codings()->set_system("http://loinc.org");
  temperature.mutable_codings(0)->set_code("8310-5");
  v1::Citation& citation = *m.add_citations();
  citation.set_key("Somebody2020");
  citation.set_title("Somebody et al 2020");
  citation.set_url("https://doi.org/10.1/x");
  return m;
}

PluginOrigin Origin() { return {"/srv/plugins/fever.so", "f11e", "a0b1", "good, by somebody"}; }

boost::property_tree::ptree Read(const std::string& html) {
  std::istringstream in(html);
  boost::property_tree::ptree tree;
  boost::property_tree::read_xml(in, tree);
  return tree;
}

TEST(ModelCard, HasTheThirteenAttributesInTheirOrder) {
  const v1::ModelCard card = MakeModelCard(Manifest(), Origin());
  ASSERT_EQ(card.source_attributes_size(), 13);
  for (int i = 0; i < 13; ++i) EXPECT_EQ(card.source_attributes(i).number(), i + 1);
  EXPECT_EQ(card.source_attributes(0).value(), "Somebody 2020");
  EXPECT_EQ(card.source_attributes(3).value(), "released 2026-01-02, revised 2026-03-04");
  EXPECT_THAT(card.source_attributes(4).name(), HasSubstr("race"));
  EXPECT_THAT(card.source_attributes(9).name(), HasSubstr("Use of sex"));
  EXPECT_EQ(card.source_attributes(9).value(), "used: reference range");
  EXPECT_THAT(card.source_attributes(9).reads(), testing::ElementsAre("the patient's sex"));
  EXPECT_THAT(card.source_attributes(12).name(), HasSubstr("health status assessments"));
}

TEST(ModelCard, NamesTheFileWithoutItsDirectory) {
  const v1::ModelCard card = MakeModelCard(Manifest(), Origin());
  EXPECT_EQ(card.file_name(), "fever.so");
  EXPECT_EQ(card.file_sha256(), "f11e");
  EXPECT_EQ(card.signature(), "good, by somebody");
  EXPECT_THAT(ToHtml(card), Not(HasSubstr("/srv/plugins")));
}

struct Dated {
  const char* name;
  const char* released;
  const char* revised;
  const char* value;
};
class Dates : public testing::TestWithParam<Dated> {};

TEST_P(Dates, AreShownAsFarAsStated) {
  v1::PluginManifest m = Manifest();
  m.mutable_source_attributes()->set_release_date(GetParam().released);
  m.mutable_source_attributes()->set_revision_date(GetParam().revised);
  EXPECT_EQ(MakeModelCard(m, {}).source_attributes(3).value(), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    All, Dates,
    testing::Values(Dated{"Both", "2026-01-02", "2026-03-04", "released 2026-01-02, revised 2026-03-04"},
                    Dated{"ReleasedOnly", "2026-01-02", "", "released 2026-01-02"},
                    Dated{"RevisedOnly", "", "2026-03-04", "revised 2026-03-04"}, Dated{"None", "", "", ""}),
    [](const auto& row) { return row.param.name; });

TEST(ModelCard, SaysWhyPredictiveAttributesAreMissing) {
  EXPECT_THAT(MakeModelCard(Manifest(), {}).predictive_attributes(),
              AllOf(HasSubstr("Not applicable"), HasSubstr("authored, not fitted to training data")));
  v1::PluginManifest bare = Manifest();
  bare.clear_source_attributes();
  EXPECT_THAT(MakeModelCard(bare, {}).predictive_attributes(),
              AllOf(HasSubstr("Not stated"), Not(HasSubstr("Not applicable"))));
}

TEST(PredictiveAttributes, AreThirtyOne) {
  size_t count = 0;
  for (const PredictiveGroup& group : PredictiveGroups()) count += group.names.size();
  EXPECT_EQ(count, 31u);
}

TEST(ModelCardPage, ShowsWhatTheManifestSays) {
  const std::string html = ToHtml(MakeModelCard(Manifest(), Origin()));
  ASSERT_NO_THROW(Read(html));
  for (const char* said : {"Fever",
                           "version 1.2.0",
                           "safety screen",
                           "Apache-2.0",
                           "Shows fever.",
                           "Not for infants.",
                           "Not validated.",
                           "clinicians",
                           "1. Bibliographic citation",
                           "13. Use of health status",
                           "used: reference range",
                           "the patient&#39;s sex",
                           "quantity in Cel, 25 to 45 (also accepted: [degF])",
                           "LOINC",
                           "8310-5",
                           "look_again",
                           "load.running",
                           "href=\"https://doi.org/10.1/x\"",
                           "f11e",
                           "a0b1",
                           "good, by somebody",
                           "not stated",
                           "no statement of compliance"}) {
    EXPECT_THAT(html, HasSubstr(said));
  }
  EXPECT_THAT(html, Not(HasSubstr("Contradiction")));
}

TEST(ModelCardPage, ShowsAContradiction) {
  v1::PluginManifest m = Manifest();
  m.mutable_source_attributes()->set_use_of_sex("not used");
  const v1::ModelCard card = MakeModelCard(m, {});
  EXPECT_THAT(ToHtml(card), AllOf(HasSubstr("contradicts itself in 1 source attribute:"),
                                  HasSubstr("Contradiction: it says that this is not used")));
  EXPECT_THAT(ToText(card, {}), HasSubstr("Contradiction: it says"));
}

// Every text is from a stranger: it stays text.
TEST(ModelCardPage, EscapesEverything) {
  v1::PluginManifest m = Manifest();
  const std::string attack = "</style><script>alert(1)</script><img src=x onerror=\"y\">&\"'";
  std::vector<google::protobuf::Message*> messages = {&m, m.mutable_source_attributes(), m.mutable_inputs(0),
                                                      m.mutable_citations(0), m.mutable_inputs(0)->mutable_codings(0)};
  for (google::protobuf::Message* message : messages) {
    const auto* type = message->GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const auto* field = type->field(i);
      if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) continue;
      if (field->is_repeated()) {
        message->GetReflection()->AddString(message, field, attack);
      } else {
        message->GetReflection()->SetString(message, field, attack);
      }
    }
  }
  m.add_expected_screens()->set_plugin_id(attack);
  v1::ModelCard card = MakeModelCard(m, {attack, attack, attack, attack});
  v1::ModelCards cards;
  *cards.add_cards() = card;
  for (const std::string& html : {ToHtml(card), ToHtml(cards), ToHtmlIndex(cards, "/plugins/")}) {
    EXPECT_NO_THROW(Read(html));
    EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")), Not(HasSubstr("alert(1)</script>"))));
  }
  m.mutable_citations(0)->set_url("javascript:alert(1)");
  EXPECT_THAT(ToHtml(MakeModelCard(m, {})), Not(HasSubstr("href=\"javascript")));
}

TEST(ModelCardPage, OfAllHasEachOnce) {
  v1::ModelCards cards;
  *cards.add_cards() = MakeModelCard(Manifest(), {});
  v1::PluginManifest other = Manifest();
  other.set_id("cough");
  *cards.add_cards() = MakeModelCard(other, {});
  const std::string html = ToHtml(cards);
  EXPECT_THAT(html, AllOf(HasSubstr("href=\"#fever\""), HasSubstr("href=\"#cough\""), HasSubstr("id=\"fever\""),
                          HasSubstr("id=\"cough\""), HasSubstr("id=\"cough-inputs\"")));
  EXPECT_THAT(ToHtmlIndex(cards, "/plugins/"), AllOf(HasSubstr("href=\"/plugins/cough\""), Not(HasSubstr("#cough"))));
}

TEST(ModelCardText, HasTheSame) {
  TextOptions options;
  options.width = 200;
  const std::string text = ToText(MakeModelCard(Manifest(), Origin()), options);
  for (const char* said : {"fever 1.2.0: Fever", "safety screen", "1. Bibliographic citation", "Somebody 2020",
                           "exam.temperature: quantity in Cel", "[Somebody2020]", "authored, not fitted", "f11e"}) {
    EXPECT_THAT(text, HasSubstr(said));
  }
  options.basis = false;
  EXPECT_THAT(ToText(MakeModelCard(Manifest(), Origin()), options), Not(HasSubstr("exam.temperature")));
}

TEST(ModelCard, InJsonHasTheManifest) {
  const std::string json = ToJson(MakeModelCard(Manifest(), Origin()));
  EXPECT_THAT(json,
              AllOf(HasSubstr("\"sourceAttributes\":[{\"number\":1,"), HasSubstr("\"manifest\":{\"id\":\"fever\"")));
}

}  // namespace
}  // namespace condyle
