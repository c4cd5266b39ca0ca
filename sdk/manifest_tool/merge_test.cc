// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
#include "sdk/manifest_tool/merge.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "condyle/plugin.h"
#include "sdk/manifest_tool/emit.h"

namespace condyle::manifest_tool {
namespace {

using ::testing::HasSubstr;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

constexpr char kPack[] = R"pb(
  code_system: "urn:demo"
  inputs { key: "pain.present" type: INPUT_TYPE_BOOLEAN question: "Pain?" }
  inputs {
    key: "exam.hop"
    type: INPUT_TYPE_CODED
    sided: true
    question: "Hop?"
    answers { code: "negative" }
  }
  inputs { key: "lab.crp" type: INPUT_TYPE_QUANTITY unit: "mg/L" max: 500 cutoffs: 0 cutoffs: 10 question: "CRP?" }
  citations { key: "A-1" title: "Alpha" }
  citations { key: "B2" title: "Beta" }
  screens { plugin_id: "screen" guards: "load" }
  contradictions {
    id: "no_pain_hop"
    all { key: "pain.present" present: false }
    all { key: "exam.*" recorded: true }
  }
  recommendations {
    id: "rest"
    category: "activity"
    tags: "load"
    tags: "self_care"
    grade: GRADE_COHORT
    text: "Say \"rest\""
    citations: "A-1"
  }
  conditions {
    id: "sprain"
    text: "A \"sprain\""
    codings { system: "icd" code: "S1" display: "Sprain" valid_to: "2025-09-30" }
    codings { system: "icd" code: "S1.0" valid_from: "2025-10-01" checked_to: "2026-09-30" }
  }
  conditions { id: "uncoded" text: "Pain" }
)pb";

v1::Pack GoodPack() { return MergePacks({Parse<v1::Pack>(kPack)}).value; }

TEST(MergePacks, AddsCodingsOfASecondMention) {
  auto merged = MergePacks({Parse<v1::Pack>(kPack), Parse<v1::Pack>(R"pb(
                              inputs {
                                key: "exam.hop"
                                codings { system: "s" code: "1" }
                                answers {
                                  code: "negative"
                                  codings { system: "s" code: "2" }
                                }
                              })pb")});
  ASSERT_TRUE(merged.ok()) << merged.error;
  EXPECT_EQ(merged.value.inputs_size(), 3);
  EXPECT_EQ(merged.value.inputs(1).codings(0).code(), "1");
  EXPECT_EQ(merged.value.inputs(1).answers(0).codings(0).code(), "2");
}

TEST(MergePacks, AppendsCodesOfAConditionWithoutText) {
  const v1::Pack licensed = Parse<v1::Pack>(R"pb(
    conditions {
      id: "sprain"
      codings { system: "sct" code: "77" }
    }
    conditions {
      id: "uncoded"
      codings { system: "sct" code: "78" }
    })pb");
  // In either order of the parts, the codes of the part with the text come first.
  for (const auto& parts : {std::vector{Parse<v1::Pack>(kPack), licensed}, {licensed, Parse<v1::Pack>(kPack)}}) {
    auto merged = MergePacks(parts);
    ASSERT_TRUE(merged.ok()) << merged.error;
    ASSERT_EQ(merged.value.conditions_size(), 2);
    ASSERT_EQ(merged.value.conditions(0).codings_size(), 3);
    EXPECT_EQ(merged.value.conditions(0).text(), "A \"sprain\"");
    EXPECT_EQ(merged.value.conditions(0).codings(0).code(), "S1");
    EXPECT_EQ(merged.value.conditions(0).codings(2).code(), "77");
    EXPECT_EQ(merged.value.conditions(1).codings(0).code(), "78");
  }
}

TEST(MergePacks, UnitesTheCodesOfAnOrderTag) {
  const v1::Pack orders =
      Parse<v1::Pack>("order_tags { tag: 'drug.nsaid' text: 'NSAIDs' codings { system: 'atc' code: 'M01AE*' } }");
  const v1::Pack licensed = Parse<v1::Pack>("order_tags { tag: 'drug.nsaid' codings { system: 'sct' code: '77' } }");
  for (const auto& parts : {std::vector{orders, licensed}, {licensed, orders}}) {
    auto merged = MergePacks(parts);
    ASSERT_TRUE(merged.ok()) << merged.error;
    ASSERT_EQ(merged.value.order_tags_size(), 1);
    EXPECT_EQ(merged.value.order_tags(0).text(), "NSAIDs");
    EXPECT_EQ(merged.value.order_tags(0).codings_size(), 2);
  }
}

TEST(MergePlugin, GetsTheOrderTagsOfThePackBesideItsOwn) {
  v1::Pack pack = GoodPack();
  pack.MergeFrom(
      Parse<v1::Pack>("order_tags { tag: 'drug.nsaid' text: 'NSAIDs' codings { system: 'atc' code: 'M' } }"));
  const auto merged =
      MergePlugin(Parse<v1::ManifestSource>("plugin { id: 'demo' order_tags { tag: 'drug.opioid' text: 'opioids' "
                                            "codings { system: 'atc' code: 'N02A*' } } }"),
                  pack);
  ASSERT_TRUE(merged.ok()) << merged.error;
  ASSERT_EQ(merged.value.manifest.order_tags_size(), 2);
  EXPECT_EQ(merged.value.manifest.order_tags(0).tag(), "drug.opioid");
  EXPECT_EQ(merged.value.manifest.order_tags(1).tag(), "drug.nsaid");
  EXPECT_THAT(
      MergePlugin(Parse<v1::ManifestSource>("plugin { id: 'demo' order_tags { tag: 'drug.opioid' } }"), pack).error,
      HasSubstr("order tag \"drug.opioid\" has no code"));
}

TEST(MergePacks, RefusesWhatIsTwiceOrMissing) {
  struct Row {
    const char* second;
    const char* expected;
  };
  for (const Row& row : {
           Row{"inputs { key: 'pain.present' type: INPUT_TYPE_BOOLEAN question: 'x' }",
               "\"pain.present\" is defined twice"},
           Row{"inputs { key: 'nowhere' codings { code: '1' } }", "\"nowhere\", which is not defined"},
           Row{"citations { key: 'B2' title: 'again' }", "\"B2\" is defined twice"},
           Row{"citations { key: 'C3' }", "\"C3\" has no title"},
           Row{"screens { plugin_id: 'other' }", "guards nothing"},
           Row{"code_system: 'urn:else'", "two code systems"},
           Row{"contradictions { id: 'no_pain_hop' }", "\"no_pain_hop\" is defined twice"},
           Row{"recommendations { id: 'x' category: 'c' tags: 't' grade: GRADE_COHORT text: 't' citations: 'Z' }",
               "cites \"Z\""},
           Row{"recommendations { id: 'x' category: 'c' tags: 't' grade: GRADE_COHORT text: 't' }", "cites nothing"},
           Row{"recommendations { id: 'x' category: 'c' tags: 't' text: 't' citations: 'B2' }", "no grade"},
           Row{"recommendations { id: 'x' category: 'c' grade: GRADE_COHORT text: 't' citations: 'B2' }", "no tag"},
           Row{"conditions { id: 'sprain' text: 'Another' }", "condition \"sprain\" is defined twice"},
           Row{"conditions { text: 'Nameless' }", "a condition has no id"},
           Row{"conditions { id: 'strain' codings { system: 's' code: '1' } }", "\"strain\", which is not defined"},
           Row{"conditions { id: 'sprain' codings { system: 'icd' code: 'S1' } }", "code \"S1\" is listed twice"},
           Row{"conditions { id: 'sprain' codings { code: '1' } }", "code \"1\" has no system"},
           Row{"conditions { id: 'sprain' codings { system: 's' } }", "a code of s is empty"},
           Row{"conditions { id: 'sprain' codings { system: 's' code: '1' valid_from: '2025-02-29' } }",
               "\"2025-02-29\" is no day"},
           Row{"conditions { id: 'sprain' codings { system: 's' code: '1' checked_to: 'today' } }",
               "\"today\" is no day"},
           Row{"conditions { id: 'sprain' codings { system: 's' code: '1' valid_from: '2025-10-02' valid_to: "
               "'2025-10-01' } }",
               "valid to 2025-10-01, before it is valid from 2025-10-02"},
           Row{"order_tags { text: 'x' codings { system: 's' code: '1' } }", "an order tag has no tag"},
           Row{"order_tags { tag: 'x' codings { system: 's' code: '1' } }", "order tag \"x\" has no text"},
           Row{"order_tags { tag: 'x' text: 'x' }", "order tag \"x\" has no code"},
           Row{"order_tags { tag: 'x' text: 'x' codings { code: '1' } }", "code \"1\" has no system"},
           Row{"order_tags { tag: 'x' text: 'x' codings { system: 's' code: '1' } codings { system: 's' code: '1' } }",
               "code \"1\" is listed twice"},
           Row{"inputs { key: 'q' type: INPUT_TYPE_BOOLEAN question: 'x' cutoffs: 1 }", "is no quantity"},
           Row{"inputs { key: 'q' type: INPUT_TYPE_QUANTITY max: 9 question: 'x' cutoffs: 9 cutoffs: 9.5 }",
               "cutoff 9.500000 lies outside"},
           Row{"inputs { key: 'q' type: INPUT_TYPE_QUANTITY max: 9 question: 'x' cutoffs: nan }", "lies outside"},
           Row{"inputs { key: 'q' type: INPUT_TYPE_QUANTITY max: 9 question: 'x' cutoffs: 3 cutoffs: 3 }",
               "cutoff 3.000000 is not above"},
       }) {
    EXPECT_THAT(MergePacks({Parse<v1::Pack>(kPack), Parse<v1::Pack>(row.second)}).error, HasSubstr(row.expected));
  }
}

TEST(MergePlugin, TakesWhatTheSourceNames) {
  auto merged = MergePlugin(
      Parse<v1::ManifestSource>("plugin { id: 'demo' emits: 'rest' } uses: 'exam.hop' cites: 'B2'"), GoodPack());
  ASSERT_TRUE(merged.ok()) << merged.error;
  const v1::PluginManifest& manifest = merged.value.manifest;
  ASSERT_EQ(manifest.inputs_size(), 1);
  EXPECT_EQ(manifest.inputs(0).question(), "Hop?");
  EXPECT_EQ(manifest.citations_size(), 2);
  ASSERT_EQ(manifest.contradictions_size(), 1) << "its wildcard touches exam.hop";
  EXPECT_EQ(manifest.expected_screens(0).plugin_id(), "screen");
  EXPECT_EQ(manifest.code_system(), "urn:demo");
  EXPECT_EQ(manifest.request_message(), "condyle.v1.AssessmentRequest");
  EXPECT_EQ(merged.value.recommendations.size(), 1u);
}

TEST(MergePlugin, LeavesOutContradictionsThatTouchNothingItUses) {
  auto merged = MergePlugin(Parse<v1::ManifestSource>("plugin { id: 'demo' } uses: 'lab.crp'"), GoodPack());
  ASSERT_TRUE(merged.ok());
  EXPECT_EQ(merged.value.manifest.contradictions_size(), 0);
}

TEST(MergePlugin, GivesAScreenItsGuards) {
  auto merged = MergePlugin(Parse<v1::ManifestSource>("plugin { id: 'screen' }"), GoodPack());
  ASSERT_TRUE(merged.ok());
  EXPECT_EQ(merged.value.manifest.guards(0), "load");
  EXPECT_TRUE(merged.value.manifest.expected_screens().empty());
}

TEST(MergePlugin, NamesWhatIsNotInThePack) {
  struct Row {
    const char* source;
    const char* expected;
  };
  for (const Row& row :
       {Row{"plugin { id: 'demo' } uses: 'exam.hopp'", "\"exam.hopp\""},
        Row{"plugin { id: 'demo' } uses: 'exam.hop' uses: 'exam.hop'", "twice"},
        Row{"plugin { id: 'demo' emits: 'run' }", "\"run\""}, Row{"plugin { id: 'demo' } cites: 'C'", "\"C\""},
        Row{"plugin { id: 'screen' guards: 'x' }", "guards"}, Row{"uses: 'exam.hop'", "plugin.id"}}) {
    EXPECT_THAT(MergePlugin(Parse<v1::ManifestSource>(row.source), GoodPack()).error, HasSubstr(row.expected));
  }
}

TEST(EmitHeader, DeclaresTypedConstants) {
  const v1::Pack pack = GoodPack();
  std::string error;
  const std::string header =
      EmitHeader({.name_space = "condyle::demo",
                  .id = "demo",
                  .version = "1.0.0",
                  .inputs = {pack.inputs().begin(), pack.inputs().end()},
                  .citations = {pack.citations().begin(), pack.citations().end()},
                  .recommendations = {pack.recommendations().begin(), pack.recommendations().end()},
                  .conditions = {pack.conditions().begin(), pack.conditions().end()}},
                 &error);
  EXPECT_EQ(error, "");
  EXPECT_THAT(header, HasSubstr("namespace exam { inline constexpr ::condyle::SidedCodedInput hop{\"exam.hop\"}; }"));
  EXPECT_THAT(header, HasSubstr("QuantityInput crp{\"lab.crp\", \"mg/L\"};"));
  EXPECT_THAT(header, HasSubstr("AnswerCode negative{\"negative\"};"));
  EXPECT_THAT(header, HasSubstr("Citation A_1{\"A-1\"};"));
  EXPECT_THAT(header, HasSubstr("\"load;self_care\", ::condyle::v1::GRADE_COHORT"));
  EXPECT_THAT(header, HasSubstr("\"Say \\\"rest\\\"\""));
  EXPECT_THAT(header, HasSubstr("ConditionCode sprain[] = {\n"
                                "    {\"icd\", \"S1\", \"Sprain\", \"\", \"2025-09-30\", \"\"},\n"
                                "    {\"icd\", \"S1.0\", \"\", \"2025-10-01\", \"\", \"2026-09-30\"},\n"));
  EXPECT_THAT(header, HasSubstr("Condition sprain{\"A \\\"sprain\\\"\", codes::sprain};"));
  EXPECT_THAT(header, HasSubstr("Condition uncoded{\"Pain\"};"));
}

TEST(EmitHeader, RefusesKeysThatAreNoNames) {
  for (const char* key : {"exam.new", "exam.3d", "exam.a b", "exam.", ""}) {
    v1::Input input;
    input.set_key(key);
    std::string error;
    EmitHeader({.name_space = "n", .inputs = {input}}, &error);
    EXPECT_NE(error, "") << key;
  }
}

TEST(EmitHeader, RefusesConditionsThatAreNoNames) {
  for (const char* id : {"new", "3d", "codes", ""}) {
    v1::ConditionSpec spec;
    spec.set_id(id);
    std::string error;
    EmitHeader({.name_space = "n", .conditions = {spec}}, &error);
    EXPECT_NE(error, "") << id;
  }
}

TEST(MergePlugin, RefusesCutoffsOfItsOwnThatAreOutOfOrder) {
  EXPECT_THAT(MergePlugin(Parse<v1::ManifestSource>("plugin { id: 'demo' inputs { key: 'q' type: INPUT_TYPE_QUANTITY "
                                                    "max: 9 question: 'x' cutoffs: 3 cutoffs: 2 } }"),
                          GoodPack())
                  .error,
              HasSubstr("plugin \"demo\": input \"q\": cutoff 2.000000 is not above"));
}

TEST(EmitNote, CarriesLengthOwnerAndType) {
  v1::PluginManifest manifest;
  manifest.set_id("ab");  // 0x0A 0x02 'a' 'b'
  const std::string note = EmitNote(manifest);
  EXPECT_THAT(note, HasSubstr("8, 4, " + std::to_string(CND_NOTE_MANIFEST) + "u, \"Condyle\""));
  EXPECT_THAT(note, HasSubstr("10,2,97,98,"));
  EXPECT_THAT(note, HasSubstr(".note.condyle"));
}

}  // namespace
}  // namespace condyle::manifest_tool
