// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Looks for the patient in input that intake has read already.
#include "host/fhir/input.h"

#include <simdjson.h>

#include <algorithm>
#include <string>

namespace condyle {
namespace {

using simdjson::dom::element;

std::string_view TextAt(const element& object, std::string_view member) {
  std::string_view text;
  return object[member].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

constexpr size_t kLongestId = 64;

bool IsId(std::string_view id) {
  return !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

// "Patient/12", "https://ehr.example/Patient/12"; not "#12" and not a UUID.
bool IsReference(std::string_view reference, std::string_view type) {
  const size_t slash = reference.rfind('/');
  if (slash == reference.npos || !IsId(reference.substr(slash + 1))) return false;
  const std::string_view before = reference.substr(0, slash);
  return before == type ||
         ((before.rfind("https://", 0) == 0 || before.rfind("http://", 0) == 0) && before.size() > type.size() &&
          before[before.size() - type.size() - 1] == '/' && before.substr(before.size() - type.size()) == type &&
          std::none_of(before.begin(), before.end(),
                       [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '"'; }));
}

std::string ReferenceAt(const element& object, std::string_view member, std::string_view type) {
  element target;
  if (object[member].get(target) != simdjson::SUCCESS) return {};
  const std::string_view reference = TextAt(target, "reference");
  return IsReference(reference, type) ? std::string(reference) : std::string();
}

std::string OfPatient(const element& entry, const element& resource) {
  if (const std::string_view id = TextAt(resource, "id"); IsId(id)) return "Patient/" + std::string(id);
  const std::string_view url = TextAt(entry, "fullUrl");
  return IsReference(url, "Patient") ? std::string(url) : std::string();
}

FhirContext ContextOf(const element& root) {
  FhirContext context;
  const std::string_view type = TextAt(root, "resourceType");
  if (type == "QuestionnaireResponse") {
    context.patient = ReferenceAt(root, "subject", "Patient");
    context.encounter = ReferenceAt(root, "encounter", "Encounter");
    return context;
  }
  simdjson::dom::array entries;
  if (type != "Bundle" || root["entry"].get(entries) != simdjson::SUCCESS) return context;
  for (const element entry : entries) {
    element resource;
    if (entry["resource"].get(resource) != simdjson::SUCCESS || TextAt(resource, "resourceType") != "Patient") continue;
    context.patient = OfPatient(entry, resource);
    return context;
  }
  return context;
}

constexpr int kBadRequest = 400;

FhirInput Bad(std::string why) {
  FhirInput input;
  input.status = kBadRequest;
  input.error = std::move(why);
  return input;
}

// A string or a reference, whichever value[x] it is.
std::string ReferenceOf(const element& parameter, std::string_view type) {
  const std::string_view text = TextAt(parameter, "valueString");
  if (IsReference(text, type)) return std::string(text);
  return ReferenceAt(parameter, "valueReference", type);
}

FhirInput FromParameters(const element& root) {
  simdjson::dom::array parameters;
  if (root["parameter"].get(parameters) != simdjson::SUCCESS) return Bad("Parameters.parameter is missing");
  FhirInput input;
  input.in_parameters = true;
  FhirContext given;
  for (const element parameter : parameters) {
    const std::string_view name = TextAt(parameter, "name");
    if (name == "data") {
      if (!input.type.empty()) return Bad("Parameters has more than one \"data\"; put what is known into one Bundle");
      element resource;
      if (parameter["resource"].get(resource) != simdjson::SUCCESS)
        return Bad("the parameter \"data\" has no resource");
      input.type = TextAt(resource, "resourceType");
      input.data = simdjson::minify(resource);
      input.context = ContextOf(resource);
    } else if (name == "subject") {
      given.patient = ReferenceOf(parameter, "Patient");
      if (given.patient.empty()) return Bad("the parameter \"subject\" is no reference to a Patient: Patient/ID");
    } else if (name == "encounter") {
      given.encounter = ReferenceOf(parameter, "Encounter");
      if (given.encounter.empty())
        return Bad("the parameter \"encounter\" is no reference to an Encounter: Encounter/ID");
    } else if (name == "asOf") {
      input.as_of = TextAt(parameter, "valueDateTime");
      if (input.as_of.empty()) return Bad("the parameter \"asOf\" has no valueDateTime");
    }
  }
  if (input.type.empty()) {
    return Bad("Parameters has no \"data\": a Bundle with one Patient and what is known, or a QuestionnaireResponse");
  }
  if (!given.patient.empty()) input.context.patient = std::move(given.patient);
  if (!given.encounter.empty()) input.context.encounter = std::move(given.encounter);
  return input;
}

}  // namespace

FhirContext FhirContextOf(std::string_view bytes) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(bytes.data(), bytes.size()).get(root) != simdjson::SUCCESS) return {};
  return ContextOf(root);
}

FhirInput ReadFhirInput(std::string_view body) {
  simdjson::dom::parser parser;
  element root;
  simdjson::dom::object object;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS || root.get(object) != simdjson::SUCCESS) {
    return Bad("the body is no JSON object, or is cut off; send a FHIR R4 resource as UTF-8 JSON");
  }
  FhirInput input;
  input.type = TextAt(root, "resourceType");
  if (input.type == "Parameters") input = FromParameters(root);
  if (input.status != 200) return input;
  if (input.type != "Bundle" && input.type != "QuestionnaireResponse") {
    return Bad(input.in_parameters ? "the parameter \"data\" is neither a Bundle nor a QuestionnaireResponse"
                                   : "the body is no Bundle, QuestionnaireResponse or Parameters of FHIR R4");
  }
  if (!input.in_parameters) input.context = ContextOf(root);
  return input;
}

FhirNames FhirNamesOf(std::string_view json) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) return {};
  return {std::string(TextAt(root, "id")), std::string(TextAt(root, "url"))};
}

}  // namespace condyle
