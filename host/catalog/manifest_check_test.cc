// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/catalog/manifest_check.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace condyle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kSound = R"(
  id: "knee_screen" version: "1.2.3" role: PLUGIN_ROLE_SAFETY_SCREEN title: "Knee" licence: "Apache-2.0"
  intended_use: "Tests" guards: "load" guards: "load.running"
  inputs { key: "knee.locked" type: INPUT_TYPE_BOOLEAN question: "Locked?" true_codings { system: "s" code: "yes" }
           false_codings { system: "s" code: "no" } condition_codings { system: "s" code: "c" } }
  inputs { key: "knee.age_days" type: INPUT_TYPE_QUANTITY unit: "d" min: 0 max: 10 question: "Days?"
           accepted_units { unit: "wk" factor: 7 } codings { system: "http://loinc.org" code: "1-8" } }
  inputs { key: "knee.kind" type: INPUT_TYPE_CODED question: "Kind?" answers { code: "a" } answers { code: "b" } }
  inputs { key: "knee.since" type: INPUT_TYPE_DATE question: "Since?" ask_unless { key: "knee.locked" present: false } }
  expected_screens { plugin_id: "other_screen" guards: "load" }
  contradictions { id: "c1" all { key: "patient.sex" code: "SEX_MALE" } all { key: "obstetric.*" recorded: true }
                   reason: "cannot be" }
  citations { key: "A" title: "Title" }
  emits: "see_somebody"
  side_codings { side: SIDE_LEFT coding { system: "s" code: "l" } }
  order_tags { tag: "drug.nsaid" text: "NSAIDs" codings { system: "s" code: "M01AE*" } codings { system: "s" code: "5640" } }
  request_message: "condyle.v1.AssessmentRequest" response_message: "condyle.v1.Assessment")";

v1::PluginManifest Sound() {
  v1::PluginManifest manifest;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kSound, &manifest));
  return manifest;
}

TEST(ManifestCheck, FindsNoFaultInASoundManifest) { EXPECT_THAT(CheckManifest(Sound()), IsEmpty()); }

TEST(ManifestCheck, NamesEveryFaultOfAnEmptyManifest) {
  EXPECT_THAT(CheckManifest({}),
              ElementsAre(HasSubstr("id is \"\"; allowed: a lower-case letter"), HasSubstr("version is \"\""),
                          HasSubstr("role is number 0; allowed: PLUGIN_ROLE_CONDITION"), HasSubstr("title is empty"),
                          HasSubstr("licence is empty"), HasSubstr("intended_use is empty"),
                          HasSubstr("request_message is \"\"; allowed: condyle.v1.AssessmentRequest"),
                          HasSubstr("response_message is \"\"; allowed: condyle.v1.Assessment")));
}

using Break = void (*)(v1::PluginManifest*);

struct Fault {
  std::string name;
  Break breakage;
  std::string expected;  // part of the one fault
};

void PrintTo(const Fault& fault, std::ostream* os) { *os << fault.name; }

class ManifestFault : public ::testing::TestWithParam<Fault> {};

TEST_P(ManifestFault, IsNamedAlone) {
  v1::PluginManifest manifest = Sound();
  GetParam().breakage(&manifest);
  EXPECT_THAT(CheckManifest(manifest), ElementsAre(HasSubstr(GetParam().expected)));
}

using M = v1::PluginManifest;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

INSTANTIATE_TEST_SUITE_P(
    Table, ManifestFault,
    ::testing::Values(
        Fault{"AskedUnlessItself",
              [](M* m) {
                m->mutable_inputs(1)->mutable_ask_unless()->set_key("knee.age_days");
                m->mutable_inputs(1)->mutable_ask_unless()->set_present(false);
              },
              R"(inputs[1] (knee.age_days).ask_unless.key is "knee.age_days"; allowed: the key of another input)"},
        Fault{"AskedUnlessSeveral",
              [](M* m) {
                m->mutable_inputs(1)->mutable_ask_unless()->set_key("knee.*");
                m->mutable_inputs(1)->mutable_ask_unless()->set_present(false);
              },
              R"(ask_unless.key is "knee.*")"},
        Fault{"AskedUnlessANumber",
              [](M* m) {
                m->mutable_inputs(0)->mutable_ask_unless()->set_key("knee.age_days");
                m->mutable_inputs(0)->mutable_ask_unless()->set_above(3);
              },
              "inputs[0] (knee.locked).ask_unless.test is empty; allowed: present or code"},
        Fault{"BlankTitle", [](M* m) { m->set_title(" \n"); }, "title is empty"},
        Fault{"TitleThatSteersATerminal", [](M* m) { m->set_title("\x1b[2JKnee"); },
              R"(title is "\x1b[2JKnee"; allowed: UTF-8 without control characters)"},
        Fault{"UnitWithAC1Control",
              [](M* m) { m->mutable_inputs(1)->mutable_accepted_units(0)->set_unit("wk\xC2\x9B"); },
              R"(inputs[1].accepted_units[0].unit is "wk\xc2\x9b"; allowed)"},
        Fault{"EmitsALineBreak", [](M* m) { m->set_emits(0, "see\nsomebody"); }, R"(emits[0] is "see\x0asomebody")"},
        Fault{"GuardThatSteersATerminal", [](M* m) { m->set_guards(1, "load\x1b"); }, R"(guards[1] is "load\x1b")"},
        Fault{"UnknownRole",
              [](M* m) {
                m->set_role(static_cast<v1::PluginRole>(77));
                m->clear_guards();
              },
              "role is number 77"},
        Fault{"OtherRequest", [](M* m) { m->set_request_message("condyle.v2.AssessmentRequest"); },
              "request_message is \"condyle.v2.AssessmentRequest\""},
        Fault{"OtherResponse", [](M* m) { m->set_response_message("Assessment"); }, "response_message"},
        Fault{"ScreenWithoutGuards", [](M* m) { m->clear_guards(); },
              "guards is empty; allowed: at least one tag, because the role is PLUGIN_ROLE_SAFETY_SCREEN"},
        Fault{"GuardsOfACondition", [](M* m) { m->set_role(v1::PLUGIN_ROLE_CONDITION); },
              "guards is \"load\"; allowed: none"},
        Fault{"GuardNoTag", [](M* m) { m->set_guards(1, "load..running"); }, "guards[1] is \"load..running\""},
        Fault{"GuardTwice", [](M* m) { m->set_guards(1, "load"); }, "guards[1] is \"load\" for the second time"},
        Fault{"InputNoKey", [](M* m) { m->mutable_inputs(0)->set_key("Knee"); }, "inputs[0].key is \"Knee\""},
        Fault{"InputTwice", [](M* m) { m->mutable_inputs(3)->set_key("knee.kind"); },
              "inputs[3].key is \"knee.kind\" for the second time"},
        Fault{"InputNoType", [](M* m) { m->mutable_inputs(3)->clear_type(); },
              "inputs[3] (knee.since).type is number 0"},
        Fault{"InputNoQuestion", [](M* m) { m->mutable_inputs(3)->clear_question(); },
              "inputs[3] (knee.since).question is empty"},
        Fault{"QuantityNoUnit", [](M* m) { m->mutable_inputs(1)->clear_unit(); },
              "inputs[1] (knee.age_days).unit is empty"},
        Fault{"QuantityUpsideDown", [](M* m) { m->mutable_inputs(1)->set_min(11); },
              "inputs[1] (knee.age_days).min is 11 with max 10; allowed: finite numbers with min <= max"},
        Fault{"QuantityNan", [](M* m) { m->mutable_inputs(1)->set_max(kNan); }, "min is 0 with max nan"},
        Fault{"QuantityInfinite", [](M* m) { m->mutable_inputs(1)->set_max(kInfinity); }, "min is 0 with max inf"},
        Fault{"ConversionByZero", [](M* m) { m->mutable_inputs(1)->mutable_accepted_units(0)->set_factor(0); },
              "accepted_units[0].factor is 0"},
        Fault{"ConversionOffsetNan", [](M* m) { m->mutable_inputs(1)->mutable_accepted_units(0)->set_offset(kNan); },
              "accepted_units[0].offset is nan"},
        Fault{"ConversionOfOwnUnit", [](M* m) { m->mutable_inputs(1)->mutable_accepted_units(0)->set_unit("d"); },
              "accepted_units[0].unit is \"d\" for the second time"},
        Fault{"UnitOfABoolean", [](M* m) { m->mutable_inputs(0)->set_unit("d"); },
              "inputs[0] (knee.locked).unit is \"d\""},
        Fault{"RangeOfADate", [](M* m) { m->mutable_inputs(3)->set_max(3); }, "inputs[3] (knee.since).max is 3"},
        Fault{"CutoffsOfABoolean", [](M* m) { m->mutable_inputs(0)->add_cutoffs(1); },
              "inputs[0] (knee.locked).cutoffs is 1 long; allowed: nothing"},
        Fault{"CutoffBelowTheRange", [](M* m) { m->mutable_inputs(1)->add_cutoffs(-0.5); },
              "inputs[1] (knee.age_days).cutoffs[0] is -0.5; allowed: numbers from min to max"},
        Fault{"CutoffAboveTheRange",
              [](M* m) {
                m->mutable_inputs(1)->add_cutoffs(10);  // the end itself is one
                m->mutable_inputs(1)->add_cutoffs(10.5);
              },
              "cutoffs[1] is 10.5"},
        Fault{"CutoffTwice",
              [](M* m) {
                m->mutable_inputs(1)->add_cutoffs(4);
                m->mutable_inputs(1)->add_cutoffs(4);
              },
              "cutoffs[1] is 4; allowed: numbers from min to max, each above the one before it"},
        Fault{"CutoffNan", [](M* m) { m->mutable_inputs(1)->add_cutoffs(kNan); }, "cutoffs[0] is nan"},
        Fault{"CodeFromNoDay", [](M* m) { m->mutable_inputs(1)->mutable_codings(0)->set_valid_from("1 October 2025"); },
              "codings[0].valid_from is \"1 October 2025\"; allowed: a day, YYYY-MM-DD"},
        Fault{"CodeEndsBeforeItBegins",
              [](M* m) {
                m->mutable_inputs(1)->mutable_codings(0)->set_valid_from("2025-10-01");
                m->mutable_inputs(1)->mutable_codings(0)->set_valid_to("2025-09-30");
              },
              "codings[0].valid_to is \"2025-09-30\"; allowed: a day that is not before valid_from"},
        Fault{"CodedNoAnswers", [](M* m) { m->mutable_inputs(2)->clear_answers(); },
              "inputs[2] (knee.kind).answers is empty"},
        Fault{"AnswerNoCode", [](M* m) { m->mutable_inputs(2)->mutable_answers(0)->clear_code(); },
              "answers[0].code is empty"},
        Fault{"AnswerTwice", [](M* m) { m->mutable_inputs(2)->mutable_answers(1)->set_code("a"); },
              "answers[1].code is \"a\" for the second time"},
        Fault{"AnswersOfABoolean", [](M* m) { m->mutable_inputs(0)->add_answers()->set_code("x"); },
              "inputs[0] (knee.locked).answers is 1 long; allowed: none"},
        Fault{"ConditionOfAQuantity",
              [](M* m) { *m->mutable_inputs(1)->add_condition_codings() = m->inputs(0).condition_codings(0); },
              "condition_codings is 1 long; allowed: none"},
        Fault{"CodingNoSystem", [](M* m) { m->mutable_inputs(1)->mutable_codings(0)->clear_system(); },
              "codings[0].system is empty"},
        Fault{"CodingNoCode", [](M* m) { m->mutable_inputs(1)->mutable_codings(0)->clear_code(); },
              "codings[0].code is empty"},
        Fault{"ScreenNoId", [](M* m) { m->mutable_expected_screens(0)->set_plugin_id("Other"); },
              "expected_screens[0].plugin_id is \"Other\""},
        Fault{"ExpectedScreenNoGuards", [](M* m) { m->mutable_expected_screens(0)->clear_guards(); },
              "expected_screens[0].guards is empty"},
        Fault{"ContradictionNoId", [](M* m) { m->mutable_contradictions(0)->clear_id(); },
              "contradictions[0].id is empty"},
        Fault{"ContradictionTwice", [](M* m) { *m->add_contradictions() = m->contradictions(0); },
              "contradictions[1].id is \"c1\" for the second time"},
        Fault{"ContradictionOfOne", [](M* m) { m->mutable_contradictions(0)->mutable_all()->RemoveLast(); },
              "contradictions[0].all is 1 long; allowed: at least 2"},
        Fault{"ContradictionNoReason", [](M* m) { m->mutable_contradictions(0)->clear_reason(); },
              "contradictions[0].reason is empty"},
        Fault{"PredicateNoKey", [](M* m) { m->mutable_contradictions(0)->mutable_all(1)->set_key(".*"); },
              "contradictions[0].all[1].key is \".*\""},
        Fault{"PredicateNoTest", [](M* m) { m->mutable_contradictions(0)->mutable_all(1)->clear_test(); },
              "contradictions[0].all[1].test is empty"},
        Fault{"CitationNoKey", [](M* m) { m->mutable_citations(0)->clear_key(); }, "citations[0].key is empty"},
        Fault{"CitationNoTitle", [](M* m) { m->mutable_citations(0)->clear_title(); }, "citations[0].title is empty"},
        Fault{"CitationTwice", [](M* m) { *m->add_citations() = m->citations(0); },
              "citations[1].key is \"A\" for the second time"},
        Fault{"EmitsNothing", [](M* m) { m->set_emits(0, ""); }, "emits[0] is empty"},
        Fault{"EmitsTwice", [](M* m) { m->add_emits("see_somebody"); }, "emits[1] is \"see_somebody\" for the second"},
        Fault{"OrderTagNoTag", [](M* m) { m->mutable_order_tags(0)->set_tag("Drug NSAID"); },
              "order_tags[0].tag is \"Drug NSAID\"; allowed: a tag"},
        Fault{"OrderTagNoText", [](M* m) { m->mutable_order_tags(0)->set_text(" "); }, "order_tags[0].text is empty"},
        Fault{"OrderTagNoCodes", [](M* m) { m->mutable_order_tags(0)->clear_codings(); },
              "order_tags[0].codings is empty"},
        Fault{"OrderTagNoSystem", [](M* m) { m->mutable_order_tags(0)->mutable_codings(1)->clear_system(); },
              "order_tags[0].codings[1].system is empty"},
        Fault{"OrderTagNoCode", [](M* m) { m->mutable_order_tags(0)->mutable_codings(1)->clear_code(); },
              "order_tags[0].codings[1].code is empty"},
        Fault{"OrderTagStarAlone", [](M* m) { m->mutable_order_tags(0)->mutable_codings(0)->set_code("*"); },
              "order_tags[0].codings[0].code is \"*\"; allowed: a code, or the beginning"},
        Fault{"OrderTagStarInside", [](M* m) { m->mutable_order_tags(0)->mutable_codings(0)->set_code("M*1"); },
              "order_tags[0].codings[0].code is \"M*1\""},
        Fault{"SideUnknown", [](M* m) { m->mutable_side_codings(0)->clear_side(); },
              "side_codings[0].side is SIDE_UNSPECIFIED"}),
    [](const auto& row) { return row.param.name; });

TEST(ManifestCheck, TakesARangeOfOneValue) {
  v1::PluginManifest manifest = Sound();
  manifest.mutable_inputs(1)->set_min(10);
  EXPECT_THAT(CheckManifest(manifest), IsEmpty());
}

TEST(PluginId, IsLowerCaseWordsFromALetterOn) {
  for (const char* good : {"a", "a1", "sij_dysfunction", "a_", "z9_9"}) EXPECT_TRUE(IsPluginId(good)) << good;
  for (const char* bad : {"", "A", "1a", "_a", "a-b", "a.b", "a b", "\xC3\xA4", "aB", "a\n"}) {
    EXPECT_FALSE(IsPluginId(bad)) << bad;
  }
  EXPECT_TRUE(IsPluginId(std::string(64, 'a')));
  EXPECT_FALSE(IsPluginId(std::string(65, 'a')));
}

TEST(SemanticVersion, FollowsTheSpecification) {
  // The examples of semver.org's own test list that differ in kind.
  for (const char* good : {"0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.1.2+meta", "1.0.0-alpha",
                           "1.0.0-alpha.beta.1", "1.0.0-alpha0.valid", "1.0.0-rc.1+build.123", "1.2.3-SNAPSHOT-123",
                           "1.0.0+0.build.1-rc.10000aaa-kk-0.1", "1.0.0-0A.is.legal", "1.2.3----R-S.12.9.1--.12",
                           "99999999999999999999999.999999999999999999.99999999999999999", "1.0.0+001"}) {
    EXPECT_TRUE(IsSemanticVersion(good)) << good;
  }
  for (const char* bad : {"",
                          "1",
                          "1.2",
                          "1.2.3-",
                          "1.2.3+",
                          "1.2.3-0123",
                          "1.2.3-0123.0123",
                          "01.1.1",
                          "1.01.1",
                          "1.1.01",
                          "1.2.3.DEV",
                          "1.2-SNAPSHOT",
                          "alpha",
                          "+invalid",
                          "-1.0.3",
                          "1.1.2+.123",
                          "1.0.0-alpha_beta",
                          "1.0.0-alpha..1",
                          "1.2.3.4",
                          "v1.2.3",
                          " 1.2.3",
                          "1.2.3 ",
                          "1..3"}) {
    EXPECT_FALSE(IsSemanticVersion(bad)) << bad;
  }
}

}  // namespace
}  // namespace condyle
