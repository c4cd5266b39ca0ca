// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The form: its shape in FHIR R4, and that intake reads back what it asks.
#include "host/questionnaire/questionnaire.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host/intake/intake_test_support.h"
#include "host/questionnaire/json_writer.h"

namespace condyle {
namespace {

using simdjson::dom::element;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Text(const element& object, std::string_view member) {
  std::string_view text;
  return object[member].get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

class Form : public ::testing::Test {
 protected:
  Form() : json_(FhirQuestionnaire(intake::TestInputs())) {
    if (parser_.parse(json_).get(root_) != simdjson::SUCCESS) ADD_FAILURE() << "not JSON: " << json_;
    Collect(root_);
  }

  void Collect(const element& parent) {
    simdjson::dom::array items;
    if (parent["item"].get(items) != simdjson::SUCCESS) return;
    for (const element item : items) {
      items_.push_back(item);
      Collect(item);
    }
  }

  element Item(std::string_view link_id) const {
    for (const element& item : items_) {
      if (Text(item, "linkId") == link_id) return item;
    }
    ADD_FAILURE() << "no item " << link_id;
    return root_;
  }

  // The value[x] of an extension, in JSON; several are joined by blanks.
  static std::string Extension(const element& item, std::string_view url) {
    std::string found;
    simdjson::dom::array extensions;
    if (item["extension"].get(extensions) != simdjson::SUCCESS) return "";
    for (const element extension : extensions) {
      if (Text(extension, "url") != url) continue;
      element value;
      if (extension["valueCoding"]["code"].get(value) != simdjson::SUCCESS &&
          extension["valueQuantity"].get(value) != simdjson::SUCCESS &&
          extension["valueBoolean"].get(value) != simdjson::SUCCESS) {
        value = extension["valueDecimal"].value();
      }
      found += (found.empty() ? "" : " ") + std::string(simdjson::minify(value));
    }
    return found;
  }

  std::string json_;
  simdjson::dom::parser parser_;
  element root_;
  std::vector<element> items_;
};

TEST_F(Form, HasTheHeadOfAnActiveQuestionnaire) {
  EXPECT_EQ(Text(root_, "resourceType"), "Questionnaire");
  EXPECT_EQ(Text(root_, "url"), "urn:test:questionnaire");
  EXPECT_EQ(Text(root_, "version").size(), 16u);
  EXPECT_EQ(Text(root_, "name"), "CondyleInputs");
  EXPECT_EQ(Text(root_, "status"), "active");
  EXPECT_EQ(std::string_view(root_["subjectType"].at(0)), "Patient");
}

TEST_F(Form, VersionFollowsTheQuestions) {
  EXPECT_EQ(FhirQuestionnaire(intake::TestInputs()), json_);
  v1::PluginManifest manifest;
  manifest.add_inputs()->set_key("another");
  InputCatalog more = intake::TestInputs();
  ASSERT_EQ(more.Add(manifest), "");
  simdjson::dom::parser parser;
  EXPECT_NE(Text(parser.parse(FhirQuestionnaire(more)).value(), "version"), Text(root_, "version"));
}

TEST_F(Form, EveryItemHasAUniqueLinkIdTextAndType) {
  const std::set<std::string> types = {"group", "boolean", "choice", "quantity", "date"};
  std::set<std::string> link_ids;
  for (const element& item : items_) {
    EXPECT_TRUE(link_ids.insert(Text(item, "linkId")).second) << Text(item, "linkId");
    EXPECT_NE(Text(item, "text"), "") << Text(item, "linkId");
    EXPECT_TRUE(types.count(Text(item, "type"))) << Text(item, "type");
    const bool group = Text(item, "type") == "group";
    EXPECT_EQ(item["item"].error() == simdjson::SUCCESS, group) << Text(item, "linkId");
    EXPECT_EQ(item["answerOption"].error() == simdjson::SUCCESS, Text(item, "type") == "choice");
    EXPECT_EQ(item["required"].error() == simdjson::SUCCESS && !bool(item["required"]), !group);
  }
}

TEST_F(Form, GroupsBySectionWithTitles) {
  std::vector<std::string> titles;
  for (const element section : simdjson::dom::array(root_["item"])) titles.push_back(Text(section, "text"));
  EXPECT_THAT(titles, ElementsAre("Pain", "Examination", "Laboratory", "Obstetric", "History", "Red flag"));
}

TEST_F(Form, AsksSidedInputsForEachSide) {
  EXPECT_EQ(Text(Item("pain.buttock"), "type"), "group");
  EXPECT_EQ(Text(Item("pain.buttock"), "text"), "Buttock pain?");
  EXPECT_EQ(Text(Item("pain.buttock:left"), "type"), "boolean");
  EXPECT_EQ(Text(Item("pain.buttock:right"), "text"), "Right");
}

TEST_F(Form, GivesUnitsAndRange) {
  const element crp = Item("lab.crp");
  EXPECT_EQ(Extension(crp, "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"), "\"mg/L\"");
  EXPECT_EQ(Extension(crp, "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"), "\"mg/L\" \"mg/dL\"");
  // With a choice of units a range in one of them would be wrong for the other.
  EXPECT_EQ(Extension(crp, "http://hl7.org/fhir/StructureDefinition/minValue"), "");
  const element pressure = Item("exam.systolic_bp");
  EXPECT_EQ(Extension(pressure, "http://hl7.org/fhir/StructureDefinition/minValue"), "30");
  EXPECT_EQ(Extension(pressure, "http://hl7.org/fhir/StructureDefinition/maxValue"), "300");
  EXPECT_EQ(Extension(pressure, "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity"),
            R"({"value":300,"unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"})");
  // With its unit the range can be stated beside others.
  EXPECT_THAT(Extension(crp, "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-minQuantity"),
              HasSubstr(R"("code":"mg/L")"));
}

TEST_F(Form, SaysWhatOnlyAnExaminerCanAnswer) {
  constexpr char kUrl[] = "urn:condyle:extension:by-examiner";
  size_t marked = 0;
  for (const CatalogInput& entry : intake::TestInputs().inputs()) {
    const std::string link_id = entry.input.key() + (entry.input.sided() ? ":left" : "");
    EXPECT_EQ(Extension(Item(link_id), kUrl), entry.input.by_examiner() ? "true" : "") << link_id;
    marked += entry.input.by_examiner() ? 1 : 0;
  }
  EXPECT_GT(marked, 0u);
}

TEST_F(Form, CodesItemsAndAnswers) {
  const element crp = Item("lab.crp");
  EXPECT_EQ(Text(crp["code"].at(0).value(), "system"), "urn:test");
  EXPECT_EQ(Text(crp["code"].at(0).value(), "code"), "lab.crp");
  EXPECT_EQ(Text(crp["code"].at(1).value(), "system"), "http://loinc.org");
  const element option = Item("exam.slr:left")["answerOption"].at(2)["valueCoding"].value();
  EXPECT_EQ(Text(option, "system"), "urn:test");
  EXPECT_EQ(Text(option, "code"), "positive");
  EXPECT_EQ(Text(option, "display"), "yes");
}

// An answer to the question as a form filler would give it, from nothing but the form.
std::string Answer(const element& item) {
  JsonWriter out;
  out.BeginObject();
  out.Member("resourceType", "QuestionnaireResponse");
  out.Member("status", "completed");
  out.Member("authored", "2026-05-01T09:00:00Z");
  out.Key("item");
  out.BeginArray();
  out.BeginObject();
  out.Member("linkId", Text(item, "linkId"));
  out.Key("answer");
  out.BeginArray();
  out.BeginObject();
  const std::string type = Text(item, "type");
  if (type == "boolean") {
    out.Key("valueBoolean");
    out.Bool(true);
  } else if (type == "choice") {
    const element coding = item["answerOption"].at(0)["valueCoding"].value();
    out.Key("valueCoding");
    out.BeginObject();
    out.Member("system", Text(coding, "system"));
    out.Member("code", Text(coding, "code"));
    out.EndObject();
  } else if (type == "date") {
    out.Member("valueDate", "2026-04-01");
  } else {
    const element unit = item["extension"].at(0)["valueCoding"].value();
    double number = 30;  // possible wherever the form gives no bounds
    for (const element extension : simdjson::dom::array(item["extension"])) {
      double bound = 0;
      if (extension["valueDecimal"].get(bound) == simdjson::SUCCESS) number = bound;
    }
    out.Key("valueQuantity");
    out.BeginObject();
    out.Key("value");
    out.Number(number);
    out.Member("system", Text(unit, "system"));
    out.Member("code", Text(unit, "code"));
    out.EndObject();
  }
  out.EndObject();
  out.EndArray();
  out.EndObject();
  out.EndArray();
  out.EndObject();
  return out.Take();
}

TEST_F(Form, TheAnswerToEachQuestionIsReadBack) {
  std::set<std::string> keys;
  for (const element& item : items_) {
    if (Text(item, "type") == "group") continue;
    const std::string link_id = Text(item, "linkId");
    const IntakeResult result = intake::Read(Answer(item));
    ASSERT_TRUE(std::holds_alternative<CheckedCase>(result)) << intake::RefusalText(result);
    EXPECT_THAT(intake::NoticesText(result), IsEmpty());
    const v1::Case& value = std::get<CheckedCase>(result).value;
    ASSERT_EQ(value.findings_size(), 1) << link_id;
    const v1::Finding& finding = value.findings(0);
    const char* const side = finding.side() == v1::SIDE_LEFT    ? ":left"
                             : finding.side() == v1::SIDE_RIGHT ? ":right"
                                                                : "";
    EXPECT_EQ(finding.key() + side, link_id);
    keys.insert(finding.key());
  }
  EXPECT_EQ(keys.size(), intake::TestInputs().inputs().size());
}

// enableWhen of an input "b" that is left out while `key` has the answer; "none" without.
std::string EnabledWhen(const std::string& ask_unless, bool a_sided, bool b_sided) {
  v1::PluginManifest manifest;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(code_system: "urn:x"
         inputs { key: "a.yes" type: INPUT_TYPE_BOOLEAN question: "A?" }
         inputs { key: "a.code" type: INPUT_TYPE_CODED question: "A?" answers { code: "no" } }
         inputs { key: "b" type: INPUT_TYPE_BOOLEAN question: "B?" ask_unless { )" +
          ask_unless + " } }",
      &manifest));
  for (v1::Input& input : *manifest.mutable_inputs()) input.set_sided(input.key() == "b" ? b_sided : a_sided);
  InputCatalog catalog;
  EXPECT_EQ(catalog.Add(manifest), "");
  simdjson::dom::parser parser;
  const std::string json = FhirQuestionnaire(catalog);
  element b = parser.parse(json)["item"].at(0)["item"].at(2).value();
  if (b_sided) b = b["item"].at(1).value();  // the right
  element conditions;
  if (b["enableWhen"].get(conditions) != simdjson::SUCCESS) return "none";
  EXPECT_EQ(Text(b, "enableBehavior"), "any");
  return simdjson::minify(conditions);
}

TEST(FormConditions, HideOnlyWhatAnAnswerMakesNeedless) {
  EXPECT_EQ(EnabledWhen("key: 'a.yes' present: false", false, false),
            R"([{"question":"a.yes","operator":"exists","answerBoolean":false},)"
            R"({"question":"a.yes","operator":"=","answerBoolean":true}])");
  EXPECT_EQ(EnabledWhen("key: 'a.yes' present: true", true, true),
            R"([{"question":"a.yes:right","operator":"exists","answerBoolean":false},)"
            R"({"question":"a.yes:right","operator":"=","answerBoolean":false}])");
  EXPECT_THAT(EnabledWhen("key: 'a.yes' present: false", false, true), HasSubstr(R"("question":"a.yes",)"));
  EXPECT_EQ(EnabledWhen("key: 'a.code' code: 'no'", false, false),
            R"([{"question":"a.code","operator":"exists","answerBoolean":false},)"
            R"({"question":"a.code","operator":"!=","answerCoding":{"system":"urn:x","code":"no"}}])");
}

TEST(FormConditions, AreLeftOutWhereTheyCouldHideTooMuch) {
  EXPECT_EQ(EnabledWhen("key: 'a.yes' present: false", true, false), "none") << "of one side, for the whole";
  EXPECT_EQ(EnabledWhen("key: 'c' present: false", false, false), "none") << "not in the form";
  EXPECT_EQ(EnabledWhen("key: 'a.yes' code: 'no'", false, false), "none") << "of another type";
  EXPECT_EQ(EnabledWhen("key: 'a.code' present: false", false, false), "none") << "of another type";
}

TEST(EmptyForm, HasNoEmptyArrays) {
  EXPECT_THAT(FhirQuestionnaire(InputCatalog()), ::testing::Not(HasSubstr("[]")));
  EXPECT_THAT(FhirQuestionnaire(InputCatalog()), HasSubstr("urn:condyle:questionnaire"));
}

TEST(FormTexts, AreEscaped) {
  v1::PluginManifest manifest;
  v1::Input* input = manifest.add_inputs();
  input->set_key("a");
  input->set_type(v1::INPUT_TYPE_BOOLEAN);
  input->set_question("\"Quoted\"\n\\?");
  InputCatalog catalog;
  ASSERT_EQ(catalog.Add(manifest), "");
  simdjson::dom::parser parser;
  element root;
  const std::string json = FhirQuestionnaire(catalog);
  ASSERT_EQ(parser.parse(json).get(root), simdjson::SUCCESS) << json;
  EXPECT_EQ(Text(root["item"].at(0).value(), "text"), "Other");
  EXPECT_EQ(Text(root["item"].at(0)["item"].at(0).value(), "text"), "\"Quoted\"\n\\?");
}

}  // namespace
}  // namespace condyle
