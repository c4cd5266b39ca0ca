// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Looks at a resource just far enough to know whose words it is in, and of which day.
#include <algorithm>
#include <array>

#include "host/cds_hooks/request.h"

namespace condyle::cds {
namespace {

using intake::Json;
using intake::JsonArray;

std::string_view Text(const Json& object, std::string_view member) {
  std::string_view text;
  return object[member].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

bool IsOwnKey(std::string_view link_id, const Vocabulary& vocabulary) {
  const std::string_view key = link_id.substr(0, link_id.find(':'));
  return std::binary_search(vocabulary.keys.begin(), vocabulary.keys.end(), key,
                            [](std::string_view a, std::string_view b) { return a < b; });
}

// Not a plain "no": that somebody has no pain makes pain no topic.
bool SaysMoreThanNo(const Json& value) {
  bool answer = true;
  return value["valueBoolean"].get(answer) != simdjson::SUCCESS || answer;
}

// Depth is bounded by that of the JSON.
bool HasOwnItem(const Json& parent, const Vocabulary& vocabulary) {
  JsonArray items;
  if (parent["item"].get(items) != simdjson::SUCCESS) return false;
  for (const Json item : items) {
    JsonArray answers;
    if (IsOwnKey(Text(item, "linkId"), vocabulary) && item["answer"].get(answers) == simdjson::SUCCESS &&
        std::any_of(answers.begin(), answers.end(), SaysMoreThanNo)) {
      return true;
    }
    if (HasOwnItem(item, vocabulary)) return true;
  }
  return false;
}

bool HasOwnCode(const Json& resource, const Vocabulary& vocabulary) {
  JsonArray codings;
  Json concept_json;
  if (resource["code"].get(concept_json) != simdjson::SUCCESS ||
      concept_json["coding"].get(codings) != simdjson::SUCCESS) {
    return false;
  }
  return std::any_of(codings.begin(), codings.end(), [&](const Json& coding) {
    const std::string_view system = Text(coding, "system");
    return std::find(vocabulary.code_systems.begin(), vocabulary.code_systems.end(), system) !=
           vocabulary.code_systems.end();
  });
}

// Of where the patient is now; else the last one that is named.
std::string LocationOf(const Json& encounter) {
  JsonArray locations;
  if (encounter["location"].get(locations) != simdjson::SUCCESS) return "";
  std::string found;
  bool is_active = false;
  for (const Json one : locations) {
    Json location;
    if (one["location"].get(location) != simdjson::SUCCESS) continue;
    const std::string_view reference = Text(location, "reference");
    const bool active = Text(one, "status") == "active";
    if (reference.empty() || (is_active && !active)) continue;
    found = reference;
    is_active = active;
  }
  return found;
}

}  // namespace

Vocabulary VocabularyOf(const std::vector<v1::PluginManifest>& manifests) {
  Vocabulary vocabulary;
  for (const v1::PluginManifest& manifest : manifests) {
    if (!manifest.code_system().empty()) vocabulary.code_systems.push_back(manifest.code_system());
    for (const v1::Input& input : manifest.inputs()) vocabulary.keys.push_back(input.key());
  }
  for (std::vector<std::string>* list : {&vocabulary.code_systems, &vocabulary.keys}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  return vocabulary;
}

ResourceFacts ReadResource(const Json& resource, const Vocabulary& vocabulary) {
  constexpr size_t kDayLength = 10;
  ResourceFacts facts;
  facts.type = Text(resource, "resourceType");
  facts.id = Text(resource, "id");
  if (facts.type == "Encounter") facts.location = LocationOf(resource);
  if (facts.type == "QuestionnaireResponse") {
    facts.own_answers = HasOwnItem(resource, vocabulary);
  } else if (facts.type == "Observation" || facts.type == "Condition") {
    facts.own_answers = SaysMoreThanNo(resource) && HasOwnCode(resource, vocabulary);
  }
  if (facts.own_answers) {
    for (const char* member : {"effectiveDateTime", "effectiveInstant", "issued", "authored", "recordedDate"}) {
      const std::string_view moment = Text(resource, member);
      if (moment.empty()) continue;
      facts.day = moment.substr(0, kDayLength);
      break;
    }
  }
  return facts;
}

}  // namespace condyle::cds
