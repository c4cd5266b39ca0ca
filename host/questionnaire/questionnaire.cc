// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes the form: a group for each section, in the order of the catalogue.
#include "host/questionnaire/questionnaire.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "host/questionnaire/json_writer.h"

namespace condyle {
namespace {

constexpr std::string_view kUcum = "http://unitsofmeasure.org";
constexpr std::string_view kUnitExtension = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit";
constexpr std::string_view kUnitOptionExtension = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption";
constexpr std::string_view kMinValueExtension = "http://hl7.org/fhir/StructureDefinition/minValue";
constexpr std::string_view kMaxValueExtension = "http://hl7.org/fhir/StructureDefinition/maxValue";
constexpr std::string_view kMinQuantityExtension =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-minQuantity";
constexpr std::string_view kMaxQuantityExtension =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity";
constexpr std::string_view kByExaminerExtension = "urn:condyle:extension:by-examiner";

// "red_flag" is "Red flag"; a section of up to three letters is an abbreviation.
std::string SectionTitle(const std::string& section) {
  if (section.empty()) return "Other";
  if (section == "exam") return "Examination";
  if (section == "lab" || section == "labs") return "Laboratory";
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  std::string title = section;
  std::replace(title.begin(), title.end(), '_', ' ');
  std::transform(title.begin(), title.size() <= 3 ? title.end() : title.begin() + 1, title.begin(), upper);
  return title;
}

std::string_view ItemType(v1::InputType type) {
  switch (type) {
    case v1::INPUT_TYPE_BOOLEAN:
      return "boolean";
    case v1::INPUT_TYPE_QUANTITY:
      return "quantity";
    case v1::INPUT_TYPE_CODED:
      return "choice";
    case v1::INPUT_TYPE_DATE:
      return "date";
    default:
      return "";  // of a newer version: not asked
  }
}

class FormWriter {
 public:
  explicit FormWriter(const InputCatalog& inputs) : inputs_(inputs) {}

  std::string Write() {
    out_.BeginObject();
    out_.Member("resourceType", "Questionnaire");
    out_.Member("id", "condyle-inputs");
    out_.Member("url", inputs_.form_url());
    out_.Member("version", inputs_.form_version());
    out_.Member("name", "CondyleInputs");
    out_.Member("title", "Findings for Condyle");
    out_.Member("status", "active");
    out_.Member("publisher", "Condyle");
    out_.Member(
        "description",
        "Everything that the plugins of this service can read. Any question may be left unanswered: what is not "
        "known stays not known.");
    out_.Key("subjectType");
    out_.BeginArray();
    out_.String("Patient");
    out_.EndArray();
    std::vector<std::string> sections;
    for (const CatalogInput& entry : inputs_.inputs()) {
      if (ItemType(entry.input.type()).empty()) continue;
      const std::string& section = entry.input.section();
      if (std::find(sections.begin(), sections.end(), section) == sections.end()) sections.push_back(section);
    }
    if (!sections.empty()) {  // FHIR has no empty arrays
      out_.Key("item");
      out_.BeginArray();
      for (const std::string& section : sections) WriteSection(section);
      out_.EndArray();
    }
    out_.EndObject();
    return out_.Take();
  }

 private:
  void WriteSection(const std::string& section) {
    out_.BeginObject();
    out_.Member("linkId", "section:" + (section.empty() ? "other" : section));
    out_.Member("text", SectionTitle(section));
    out_.Member("type", "group");
    out_.Key("item");
    out_.BeginArray();
    for (const CatalogInput& entry : inputs_.inputs()) {
      const v1::Input& input = entry.input;
      if (input.section() != section || ItemType(input.type()).empty()) continue;
      const std::string& text = input.question().empty() ? input.key() : input.question();
      if (!input.sided()) {
        WriteQuestion(entry, input.key(), text, "");
        continue;
      }
      out_.BeginObject();
      out_.Member("linkId", input.key());
      out_.Member("text", text);
      out_.Member("type", "group");
      out_.Key("item");
      out_.BeginArray();
      WriteQuestion(entry, input.key() + ":left", "Left", ":left");
      WriteQuestion(entry, input.key() + ":right", "Right", ":right");
      out_.EndArray();
      out_.EndObject();
    }
    out_.EndArray();
    out_.EndObject();
  }

  // side: ":left", ":right" or empty.
  void WriteQuestion(const CatalogInput& entry, const std::string& link_id, const std::string& text,
                     const std::string& side) {
    const v1::Input& input = entry.input;
    out_.BeginObject();
    WriteExtensions(input);
    out_.Member("linkId", link_id);
    WriteCodes(entry);
    out_.Member("text", text);
    out_.Member("type", ItemType(input.type()));
    WriteEnableWhen(input, side);
    out_.Key("required");
    out_.Bool(false);
    if (input.type() == v1::INPUT_TYPE_CODED && !input.answers().empty()) {
      out_.Key("answerOption");
      out_.BeginArray();
      for (const v1::Answer& answer : input.answers()) {
        out_.BeginObject();
        out_.Key("valueCoding");
        WriteCoding(CodeSystemOf(entry), answer.code(), answer.text());
        out_.EndObject();
      }
      out_.EndArray();
    }
    out_.EndObject();
  }

  // The pack's system in which the key is a code; empty if it has none.
  std::string_view CodeSystemOf(const CatalogInput& entry) const {
    for (const std::string& system : inputs_.code_systems()) {
      if (inputs_.FindByCoding(system, entry.input.key()) == &entry) return system;
    }
    return "";
  }

  void WriteCodes(const CatalogInput& entry) {
    const std::string_view own = CodeSystemOf(entry);
    if (own.empty() && entry.input.codings().empty()) return;
    out_.Key("code");
    out_.BeginArray();
    if (!own.empty()) WriteCoding(own, entry.input.key(), "");
    for (const v1::Coding& coding : entry.input.codings())
      WriteCoding(coding.system(), coding.code(), coding.display());
    out_.EndArray();
  }

  void WriteCoding(std::string_view system, std::string_view code, std::string_view display) {
    out_.BeginObject();
    if (!system.empty()) out_.Member("system", system);
    out_.Member("code", code);
    if (!display.empty()) out_.Member("display", display);
    out_.EndObject();
  }

  // Asked while the other question is unanswered or has another answer. Written so, and not as one comparison, because
  // programs differ in what they make of comparing with no answer.
  void WriteEnableWhen(const v1::Input& input, const std::string& side) {
    if (!input.has_ask_unless()) return;
    const v1::Predicate& unless = input.ask_unless();
    const CatalogInput* other = inputs_.Find(unless.key());
    // One side's answer says nothing of the whole.
    if (other == nullptr || (other->input.sided() && side.empty())) return;
    const bool coded = unless.test_case() == v1::Predicate::kCode;
    if (other->input.type() != (coded ? v1::INPUT_TYPE_CODED : v1::INPUT_TYPE_BOOLEAN)) return;
    const std::string question = unless.key() + (other->input.sided() ? side : "");
    out_.Key("enableWhen");
    out_.BeginArray();
    BeginCondition(question, "exists");
    out_.Key("answerBoolean");
    out_.Bool(false);
    out_.EndObject();
    BeginCondition(question, coded ? "!=" : "=");
    if (coded) {
      out_.Key("answerCoding");
      WriteCoding(CodeSystemOf(*other), unless.code(), "");
    } else {
      out_.Key("answerBoolean");
      out_.Bool(!unless.present());
    }
    out_.EndObject();
    out_.EndArray();
    out_.Member("enableBehavior", "any");
  }

  void BeginCondition(const std::string& question, const char* comparison) {
    out_.BeginObject();
    out_.Member("question", question);
    out_.Member("operator", comparison);
  }

  void WriteExtensions(const v1::Input& input) {
    const bool quantity = input.type() == v1::INPUT_TYPE_QUANTITY;
    if (!quantity && !input.by_examiner()) return;
    out_.Key("extension");
    out_.BeginArray();
    if (quantity) WriteUnitAndRange(input);
    if (input.by_examiner()) {
      out_.BeginObject();
      out_.Member("url", kByExaminerExtension);
      out_.Key("valueBoolean");
      out_.Bool(true);
      out_.EndObject();
    }
    out_.EndArray();
  }

  void WriteUnitAndRange(const v1::Input& input) {
    WriteUnit(kUnitExtension, input.unit());
    WriteUnit(kUnitOptionExtension, input.unit());
    for (const v1::UnitConversion& accepted : input.accepted_units()) WriteUnit(kUnitOptionExtension, accepted.unit());
    if (input.min() == 0 && input.max() == 0) return;
    WriteBoundWithUnit(kMinQuantityExtension, input.min(), input.unit());
    WriteBoundWithUnit(kMaxQuantityExtension, input.max(), input.unit());
    // For programs that know no other. It has no unit, so it cannot be stated where there is a choice of units.
    if (!input.accepted_units().empty()) return;
    WriteBound(kMinValueExtension, input.min());
    WriteBound(kMaxValueExtension, input.max());
  }

  void WriteBoundWithUnit(std::string_view extension, double bound, std::string_view unit) {
    out_.BeginObject();
    out_.Member("url", extension);
    out_.Key("valueQuantity");
    out_.BeginObject();
    out_.Key("value");
    out_.Number(bound);
    out_.Member("unit", unit);
    out_.Member("system", kUcum);
    out_.Member("code", unit);
    out_.EndObject();
    out_.EndObject();
  }

  void WriteUnit(std::string_view extension, std::string_view unit) {
    out_.BeginObject();
    out_.Member("url", extension);
    out_.Key("valueCoding");
    WriteCoding(kUcum, unit, unit);
    out_.EndObject();
  }

  void WriteBound(std::string_view extension, double bound) {
    out_.BeginObject();
    out_.Member("url", extension);
    out_.Key("valueDecimal");
    out_.Number(bound);
    out_.EndObject();
  }

  const InputCatalog& inputs_;
  JsonWriter out_;
};

}  // namespace

std::string FhirQuestionnaire(const InputCatalog& inputs) { return FormWriter(inputs).Write(); }

}  // namespace condyle
