// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Statements that agree with what the plugin is given, and those that do not.
#include "host/catalog/person_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace condyle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A manifest that uses nothing and says so.
v1::PluginManifest Silent() {
  v1::PluginManifest manifest;
  v1::SourceAttributes& attributes = *manifest.mutable_source_attributes();
  for (const char* field :
       {"use_of_race", "use_of_ethnicity", "use_of_language", "use_of_sexual_orientation", "use_of_gender_identity",
        "use_of_sex", "use_of_date_of_birth", "use_of_social_determinants", "use_of_health_status_assessments"}) {
    attributes.GetReflection()->SetString(&attributes, attributes.GetDescriptor()->FindFieldByName(field), "not used");
  }
  return manifest;
}

PersonDataUse Find(const v1::PluginManifest& manifest, const std::string& field) {
  for (const PersonDataUse& use : PersonDataUses(manifest)) {
    if (use.field == field) return use;
  }
  return {};
}

TEST(PersonData, AreTheNineOfTheRuleInItsOrder) {
  const std::vector<PersonDataUse> uses = PersonDataUses(Silent());
  ASSERT_EQ(uses.size(), 9u);
  for (size_t i = 0; i < uses.size(); ++i) {
    EXPECT_EQ(uses[i].number, static_cast<int>(i) + 5);
    EXPECT_EQ(uses[i].says, "not used");
    EXPECT_THAT(uses[i].reads, IsEmpty());
    EXPECT_EQ(uses[i].contradiction, "");
  }
  EXPECT_EQ(uses.front().field, "use_of_race");
  EXPECT_EQ(uses.back().field, "use_of_health_status_assessments");
}

struct Statement {
  const char* name;
  const char* field;
  std::function<void(v1::PluginManifest&)> change;
  // Part of it; empty: none.
  const char* contradiction;
};
class Statements : public testing::TestWithParam<Statement> {};

TEST_P(Statements, AreHeldAgainstWhatIsRead) {
  v1::PluginManifest manifest = Silent();
  GetParam().change(manifest);
  const std::string contradiction = Find(manifest, GetParam().field).contradiction;
  if (*GetParam().contradiction == '\0') {
    EXPECT_EQ(contradiction, "");
  } else {
    EXPECT_THAT(contradiction, HasSubstr(GetParam().contradiction));
  }
}

void Coded(v1::PluginManifest& m, const char* system, const char* code) {
  v1::Input* input = m.add_inputs();
  input->set_key("history.question");
  input->add_codings()->set_system(system);
  input->mutable_codings(0)->set_code(code);
}

INSTANTIATE_TEST_SUITE_P(
    All, Statements,
    testing::Values(
        Statement{"SexGivenAndDenied", "use_of_sex", [](auto& m) { m.set_uses_sex(true); }, "the patient's sex"},
        Statement{"SexGivenAndStated", "use_of_sex",
                  [](auto& m) {
                    m.set_uses_sex(true);
                    m.mutable_source_attributes()->set_use_of_sex("only so that men are not asked");
                  },
                  ""},
        Statement{"SexStatedAndNotGiven", "use_of_sex",
                  [](auto& m) { m.mutable_source_attributes()->set_use_of_sex("used for the reference range"); },
                  "gives the plugin nothing"},
        Statement{"SexNotStated", "use_of_sex",
                  [](auto& m) {
                    m.set_uses_sex(true);
                    m.mutable_source_attributes()->set_use_of_sex(" ");
                  },
                  ""},
        Statement{"SexByAnInput", "use_of_sex", [](auto& m) { Coded(m, "http://loinc.org", "76689-9"); },
                  "history.question"},
        Statement{"AgeGivenAndDenied", "use_of_date_of_birth", [](auto& m) { m.set_uses_age(true); },
                  "the patient's age"},
        Statement{"AgeIsNotSex", "use_of_sex", [](auto& m) { m.set_uses_age(true); }, ""},
        Statement{"AgeStatedAndNotGiven", "use_of_date_of_birth",
                  [](auto& m) { m.mutable_source_attributes()->set_use_of_date_of_birth("age above 50"); },
                  "gives the plugin nothing"},
        Statement{"RaceByItsKey", "use_of_race", [](auto& m) { m.add_inputs()->set_key("patient.race"); },
                  "patient.race"},
        Statement{"ARaceIsARun", "use_of_race", [](auto& m) { m.add_inputs()->set_key("training.race"); }, ""},
        Statement{"RaceByItsCode", "use_of_race", [](auto& m) { Coded(m, "http://loinc.org", "32624-9"); },
                  "history.question"},
        Statement{"SameCodeOfAnotherSystem", "use_of_race", [](auto& m) { Coded(m, "urn:x", "32624-9"); }, ""},
        Statement{"CodeThatIsEmpty", "use_of_race", [](auto& m) { Coded(m, "http://loinc.org", ""); }, ""},
        Statement{"DeniedInOtherWords", "use_of_language",
                  [](auto& m) { m.mutable_source_attributes()->set_use_of_language("None."); }, ""},
        Statement{"NothingIsNoDenial", "use_of_language",
                  [](auto& m) { m.mutable_source_attributes()->set_use_of_language("Nothing but English texts"); },
                  "gives the plugin nothing"},
        Statement{"SocialDeterminantsAreNotChecked", "use_of_social_determinants",
                  [](auto& m) { m.mutable_source_attributes()->set_use_of_social_determinants("smoking is asked"); },
                  ""}),
    [](const auto& row) { return row.param.name; });

TEST(PersonData, NameAllThatIsRead) {
  v1::PluginManifest manifest = Silent();
  manifest.set_uses_age(true);
  manifest.add_inputs()->set_key("person.birth_year");
  EXPECT_THAT(Find(manifest, "use_of_date_of_birth").reads, ElementsAre("the patient's age", "person.birth_year"));
}

}  // namespace
}  // namespace condyle
