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

std::string OfPatient(const element& entry, const element& resource) {
  if (const std::string_view id = TextAt(resource, "id"); IsId(id)) return "Patient/" + std::string(id);
  const std::string_view url = TextAt(entry, "fullUrl");
  return IsReference(url, "Patient") ? std::string(url) : std::string();
}

}  // namespace

FhirContext FhirContextOf(std::string_view bytes) {
  FhirContext context;
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(bytes.data(), bytes.size()).get(root) != simdjson::SUCCESS) return context;
  const std::string_view type = TextAt(root, "resourceType");
  if (type == "QuestionnaireResponse") {
    element subject;
    element encounter;
    if (root["subject"].get(subject) == simdjson::SUCCESS) {
      const std::string_view reference = TextAt(subject, "reference");
      if (IsReference(reference, "Patient")) context.patient = reference;
    }
    if (root["encounter"].get(encounter) == simdjson::SUCCESS) {
      const std::string_view reference = TextAt(encounter, "reference");
      if (IsReference(reference, "Encounter")) context.encounter = reference;
    }
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

}  // namespace condyle
