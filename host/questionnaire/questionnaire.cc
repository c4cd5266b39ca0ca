// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes the form: a group for each section, in the order of the catalogue.
#include "host/questionnaire/questionnaire.h"

#include <algorithm>
#include <cstdint>
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

// Changes with the questions: answers can be traced to the form that they answer. FNV-1a.
std::string Version(const InputCatalog& inputs) {
  constexpr char kHex[] = "0123456789abcdef";
  constexpr uint64_t kOffset = 14695981039346656037u;
  constexpr uint64_t kPrime = 1099511628211u;
  uint64_t hash = kOffset;
  for (const CatalogInput& entry : inputs.inputs()) {
    for (const char c : entry.input.SerializeAsString()) {
      hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
    }
  }
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kHex[(hash >> shift) % 16];
  return text;
}

class FormWriter {
 public:
  explicit FormWriter(const InputCatalog& inputs) : inputs_(inputs) {}

  std::string Write() {
    const std::string system = inputs_.code_systems().empty() ? "urn:condyle" : inputs_.code_systems().front();
    out_.BeginObject();
    out_.Member("resourceType", "Questionnaire");
    out_.Member("id", "condyle-inputs");
    out_.Member("url", system + (system.rfind("urn:", 0) == 0 ? ":questionnaire" : "/questionnaire"));
    out_.Member("version", Version(inputs_));
    out_.Member("name", "CondyleInputs");
    out_.Member("title", "Findings for Condyle");
    out_.Member("status", "active");
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
        WriteQuestion(entry, input.key(), text);
        continue;
      }
      out_.BeginObject();
      out_.Member("linkId", input.key());
      out_.Member("text", text);
      out_.Member("type", "group");
      out_.Key("item");
      out_.BeginArray();
      WriteQuestion(entry, input.key() + ":left", "Left");
      WriteQuestion(entry, input.key() + ":right", "Right");
      out_.EndArray();
      out_.EndObject();
    }
    out_.EndArray();
    out_.EndObject();
  }

  void WriteQuestion(const CatalogInput& entry, const std::string& link_id, const std::string& text) {
    const v1::Input& input = entry.input;
    out_.BeginObject();
    if (input.type() == v1::INPUT_TYPE_QUANTITY) WriteUnitAndRange(input);
    out_.Member("linkId", link_id);
    WriteCodes(entry);
    out_.Member("text", text);
    out_.Member("type", ItemType(input.type()));
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

  void WriteUnitAndRange(const v1::Input& input) {
    out_.Key("extension");
    out_.BeginArray();
    WriteUnit(kUnitExtension, input.unit());
    WriteUnit(kUnitOptionExtension, input.unit());
    for (const v1::UnitConversion& accepted : input.accepted_units()) WriteUnit(kUnitOptionExtension, accepted.unit());
    // The range is that of the input's own unit; it cannot be stated beside others.
    if (input.accepted_units().empty() && (input.min() != 0 || input.max() != 0)) {
      WriteBound(kMinValueExtension, input.min());
      WriteBound(kMaxValueExtension, input.max());
    }
    out_.EndArray();
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
