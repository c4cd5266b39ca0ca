// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// FHIR data types as JSON.
#include "host/fhir/writer.h"

#include <algorithm>
#include <utility>

#include "host/fhir/operation_outcome.h"
#include "host/report/html.h"
#include "host/report/words.h"

namespace condyle::fhir {
namespace {

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

bool IsGap(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; }

// Codes and URIs have no gaps.
std::string WithoutGaps(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), IsGap, '-');
  return out;
}

std::string Own(std::string_view name) { return std::string(kOwn).append(name); }

}  // namespace

std::string EnumCode(std::string_view name, std::string_view prefix) {
  if (name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
  std::string code(name.empty() ? std::string_view("UNSPECIFIED") : name);
  for (char& c : code) c = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return code;
}

std::string CodeOf(v1::Status status) { return EnumCode(v1::Status_Name(status), "STATUS_"); }
std::string CodeOf(v1::Urgency urgency) { return EnumCode(v1::Urgency_Name(urgency), "URGENCY_"); }
std::string CodeOf(v1::Grade grade) { return EnumCode(v1::Grade_Name(grade), "GRADE_"); }
std::string CodeOf(v1::RiskLevel level) { return EnumCode(v1::RiskLevel_Name(level), "RISK_LEVEL_"); }
std::string CodeOf(v1::StageState state) { return EnumCode(v1::StageState_Name(state), "STAGE_STATE_"); }
std::string CodeOf(v1::Direction direction) { return EnumCode(v1::Direction_Name(direction), "DIRECTION_"); }
std::string CodeOf(v1::CriterionState state) { return EnumCode(v1::CriterionState_Name(state), "CRITERION_STATE_"); }
std::string CodeOf(v1::Effect effect) { return EnumCode(v1::Effect_Name(effect), "EFFECT_"); }
std::string CodeOf(v1::FailureKind kind) { return EnumCode(v1::FailureKind_Name(kind), "FAILURE_KIND_"); }

std::string_view SideWord(v1::Side side) {
  return side == v1::SIDE_LEFT ? "left" : side == v1::SIDE_RIGHT ? "right" : "";
}

Writer::Scope Writer::Object() {
  json_.BeginObject();
  return {this, true};
}

Writer::Scope Writer::Object(std::string_view key) {
  json_.Key(key);
  return Object();
}

void Writer::Text(std::string_view key, std::string_view text) {
  if (!IsBlank(text)) json_.Member(key, FhirText(text));
}

void Writer::Code(std::string_view key, std::string_view code) {
  if (!code.empty()) json_.Member(key, WithoutGaps(code));
}

void Writer::Uri(std::string_view key, std::string_view uri) { Code(key, uri); }

void Writer::Number(std::string_view key, double number) {
  json_.Key(key);
  json_.Number(number);
}

void Writer::Bool(std::string_view key, bool value) {
  json_.Key(key);
  json_.Bool(value);
}

void Writer::CodingParts(std::string_view system, std::string_view code, std::string_view display) {
  Uri("system", system);
  Code("code", code);
  Text("display", display);
}

void Writer::Concept(std::string_view key, std::string_view text, const OwnCode& code) {
  if (IsBlank(text) && code.code.empty()) return;
  const Scope element = Object(key);
  if (!code.code.empty()) {
    List codings(*this, "coding");
    const Scope coding = codings.Element();
    CodingParts(Own(code.system), code.code, {});
  }
  Text("text", text);
}

void Writer::NamedConcept(std::string_view key, std::string_view text, const OwnCode& code) {
  Concept(key, IsBlank(text) && code.code.empty() ? "not named" : text, code);
}

void Writer::Reference(std::string_view key, std::string_view reference, std::string_view display) {
  if (reference.empty() && IsBlank(display)) return;
  const Scope element = Object(key);
  Uri("reference", reference);
  Text("display", display);
}

void Writer::Identifier(std::string_view key, std::string_view system, std::string_view value) {
  if (IsBlank(value)) return;
  const Scope element = Object(key);
  Uri("system", system);
  Text("value", value);
}

void Writer::Quantity(std::string_view key, double value, std::string_view unit) {
  const Scope element = Object(key);
  Number("value", value);
  Text("unit", unit);
  Uri("system", kUcum);
  Code("code", unit);
}

void Writer::Range(std::string_view key, double low, double high, std::string_view unit) {
  const Scope element = Object(key);
  Quantity("low", low, unit);
  Quantity("high", high, unit);
}

void Writer::Narrative(const std::vector<std::string>& lines) {
  HtmlWriter html;
  {
    const HtmlWriter::Scope div = html.In("div", {{"xmlns", "http://www.w3.org/1999/xhtml"}});
    for (const std::string& line : lines) {
      if (!IsBlank(line)) html.Element("p", line);
    }
  }
  NarrativeDiv(html.Take());
}

void Writer::NarrativeDiv(std::string_view div) {
  const Scope text = Object("text");
  json_.Member("status", "generated");
  json_.Member("div", div);
}

void Writer::List::Open() {
  if (open_) return;
  open_ = true;
  out_.json_.Key(key_);
  out_.json_.BeginArray();
}

Writer::Scope Writer::List::Element() {
  Open();
  return out_.Object();
}

void Writer::List::Text(std::string_view text) {
  if (IsBlank(text)) return;
  Open();
  out_.json_.String(FhirText(text));
}

void Writer::List::Reference(std::string_view reference, std::string_view display) {
  const Scope element = Element();
  out_.Uri("reference", reference);
  out_.Text("display", display);
}

void Writer::List::Note(std::string_view text) {
  if (IsBlank(text)) return;
  const Scope element = Element();
  out_.Text("text", text);
}

void Writer::List::Concept(std::string_view text, const OwnCode& code) {
  if (IsBlank(text) && code.code.empty()) return;
  const Scope element = Element();
  if (!code.code.empty()) {
    List codings(out_, "coding");
    const Scope coding = codings.Element();
    out_.CodingParts(Own(code.system), code.code, {});
  }
  out_.Text("text", text);
}

Writer::Scope Writer::List::Extension(std::string_view name) {
  Open();
  out_.json_.BeginObject();
  out_.Uri("url", Own("extension:" + std::string(name)));
  return {&out_, true};
}

void Writer::List::CodeExtension(std::string_view name, std::string_view code) {
  if (code.empty()) return;
  const Scope extension = Extension(name);
  out_.Code("valueCode", code);
}

void Writer::List::TextExtension(std::string_view name, std::string_view text) {
  if (IsBlank(text)) return;
  const Scope extension = Extension(name);
  out_.Text("valueString", text);
}

void Writer::List::NumberExtension(std::string_view name, double number) {
  const Scope extension = Extension(name);
  out_.Number("valueDecimal", number);
}

void Writer::List::BoolExtension(std::string_view name, bool value) {
  const Scope extension = Extension(name);
  out_.Bool("valueBoolean", value);
}

void Writer::List::GradeExtension(v1::Grade grade) {
  if (grade == v1::GRADE_UNSPECIFIED) return;
  const Scope extension = Extension("grade");
  out_.Concept("valueCodeableConcept", InWords(grade), {"grade", CodeOf(grade)});
}

void Writer::List::SideExtension(v1::Side side) { CodeExtension("side", SideWord(side)); }

}  // namespace condyle::fhir
