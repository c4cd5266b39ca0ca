// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Bundles by simdjson: a tree to understand them, and the text as it came to hand on.
#include "host/fhir_client/fhir_body.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/intake/json.h"

namespace condyle {
namespace {

using intake::Json;
using intake::JsonArray;
using intake::JsonObject;
using intake::JsonPath;

constexpr size_t kDepth = 64;
constexpr size_t kLongestCode = 32;

// The named members; false if it is no object or has one of them twice.
template <size_t N>
bool Members(const Json& value, const std::array<std::string_view, N>& names,
             std::array<std::optional<Json>, N>* members) {
  JsonObject object;
  const JsonPath top;
  return value.get(object) == simdjson::SUCCESS &&
         !intake::ReadMembers(object, names, top, members, intake::IgnoreUnknown);
}

std::string_view Text(const std::optional<Json>& value) {
  std::string_view text;
  if (!value || value->get(text) != simdjson::SUCCESS) return {};
  return text;
}

std::string_view TextOf(const Json& object, std::string_view name) {
  std::array<std::optional<Json>, 1> value;
  return Members<1>(object, {name}, &value) ? Text(value[0]) : std::string_view();
}

// Only what looks like one of FHIR's codes is repeated.
std::string Code(std::string_view text) {
  const bool is_code = text.size() <= kLongestCode &&
                       std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
  return is_code ? std::string(text) : "";
}

std::string CodesOf(const Json& outcome, bool* is_error) {
  std::array<std::optional<Json>, 1> issue;
  JsonArray issues;
  *is_error = true;
  if (!Members<1>(outcome, {"issue"}, &issue) || !issue[0] || issue[0]->get(issues) != simdjson::SUCCESS) return {};
  std::string codes;
  *is_error = false;
  for (const Json one : issues) {
    const std::string severity = Code(TextOf(one, "severity"));
    const bool harmless = severity == "warning" || severity == "information";
    if (codes.empty() || (!harmless && !*is_error)) codes = absl::StrCat(severity, " ", Code(TextOf(one, "code")));
    *is_error = *is_error || !harmless;
  }
  return codes;
}

std::string ReadLinks(const Json& links, std::string* next) {
  JsonArray array;
  if (links.get(array) != simdjson::SUCCESS) return "sent a Bundle whose link is no array";
  for (const Json link : array) {
    if (TextOf(link, "relation") != "next") continue;
    if (!next->empty()) return "sent a Bundle with two next pages";
    *next = std::string(TextOf(link, "url"));
    if (next->empty()) return "sent a Bundle whose next page has no URL";
  }
  return {};
}

// Which entries hold a resource that was found.
std::string ReadEntries(const JsonArray& entries, std::vector<bool>* found) {
  for (const Json entry : entries) {
    std::array<std::optional<Json>, 2> members;
    if (!Members<2>(entry, {"resource", "search"}, &members)) return "sent a Bundle with an entry that is no object";
    if (!members[0]) return "sent a Bundle with an entry that holds no resource";
    const std::string_view type = TextOf(*members[0], "resourceType");
    if (type.empty()) return "sent a Bundle with a resource that has no resourceType";
    const bool is_outcome = type == "OperationOutcome" || (members[1] && TextOf(*members[1], "mode") == "outcome");
    bool is_error = false;
    const std::string codes = is_outcome ? CodesOf(*members[0], &is_error) : "";
    if (is_error) return absl::StrCat("found only a part, says the OperationOutcome in its Bundle: ", codes);
    found->push_back(!is_outcome);
  }
  return {};
}

// The texts of the entries' resources.
std::string TakeEntries(std::string_view body, const std::vector<bool>& found, std::vector<std::string>* resources) {
  constexpr char kWrong[] = "sent a Bundle whose entries cannot be taken apart";
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(body);
  simdjson::ondemand::document document;
  simdjson::ondemand::array entries;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document["entry"].get_array().get(entries) != simdjson::SUCCESS) {
    return kWrong;
  }
  size_t index = 0;
  for (auto entry : entries) {
    simdjson::ondemand::object resource;
    std::string_view text;
    if (index >= found.size()) return kWrong;
    if (!found[index++]) continue;
    if (entry["resource"].get_object().get(resource) != simdjson::SUCCESS ||
        resource.raw_json().get(text) != simdjson::SUCCESS) {
      return kWrong;
    }
    resources->emplace_back(text);
  }
  return index == found.size() ? "" : kWrong;
}

FhirBody Problem(std::string what) {
  FhirBody body;
  body.problem = std::move(what);
  return body;
}

FhirBody ReadSearchset(std::string_view text, const std::optional<Json>& links, const std::optional<Json>& entry) {
  FhirBody body;
  if (links) body.problem = ReadLinks(*links, &body.next);
  if (!body.problem.empty() || !entry) return body;
  JsonArray entries;
  if (entry->get(entries) != simdjson::SUCCESS) return Problem("sent a Bundle whose entry is no array");
  std::vector<bool> found;
  body.problem = ReadEntries(entries, &found);
  if (body.problem.empty()) body.problem = TakeEntries(text, found, &body.resources);
  return body;
}

}  // namespace

FhirBody ReadFhirBody(std::string_view text, std::string_view wanted) {
  Json root;
  if (intake::ParseJson(text, kDepth, &root)) return Problem("sent what is no JSON");
  enum { kResourceType, kType, kLink, kEntry, kCount };
  std::array<std::optional<Json>, kCount> members;
  if (!Members<kCount>(root, {"resourceType", "type", "link", "entry"}, &members)) {
    return Problem("sent JSON that is no FHIR resource");
  }
  const std::string_view type = Text(members[kResourceType]);
  if (type.empty()) return Problem("sent JSON that is no FHIR resource");
  if (type == "OperationOutcome" && wanted != type) {
    bool is_error = false;
    return Problem(absl::StrCat("answered with an OperationOutcome: ", CodesOf(root, &is_error)));
  }
  if (type == "Bundle" && wanted != "Bundle") {
    if (Text(members[kType]) != "searchset") return Problem("sent a Bundle that is no searchset");
    return ReadSearchset(text, members[kLink], members[kEntry]);
  }
  if (type != wanted) return Problem("sent a resource of another type than was asked for");
  FhirBody body;
  body.resources.emplace_back(text);
  return body;
}

std::string OutcomeCodes(std::string_view body) {
  Json root;
  if (intake::ParseJson(body, kDepth, &root) || TextOf(root, "resourceType") != "OperationOutcome") return {};
  bool is_error = false;
  return CodesOf(root, &is_error);
}

}  // namespace condyle
