// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads the concepts of orders and looks up their codes.
#include "host/cds_hooks/orders.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace condyle::cds {
namespace {

using intake::Json;
using intake::JsonArray;
using intake::JsonObject;
using intake::JsonPath;
using intake::Problem;

// Where a resource of this type says what is ordered: members of the type CodeableConcept.
struct OrderType {
  std::string_view type;
  std::string_view concept_member;
};
constexpr std::array kOrderTypes = {
    OrderType{"MedicationRequest", "medicationCodeableConcept"},
    OrderType{"ServiceRequest", "code"},
    OrderType{"DeviceRequest", "codeCodeableConcept"},
};

std::string_view Text(const Json& object, std::string_view member) {
  std::string_view text;
  return object[member].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

void ReadConcept(const Json& value, DraftOrder* order) {
  if (order->display.empty()) order->display = Text(value, "text");
  JsonArray codings;
  if (value["coding"].get(codings) != simdjson::SUCCESS) return;
  for (const Json coding : codings) {
    const std::string_view code = Text(coding, "code");
    if (order->display.empty()) order->display = Text(coding, "display");
    if (!code.empty()) order->codes.push_back({std::string(Text(coding, "system")), std::string(code)});
  }
}

// What is made of several things counts as each of them.
void ReadMedication(const Json& medication, DraftOrder* order) {
  Json value;
  if (medication["code"].get(value) == simdjson::SUCCESS) ReadConcept(value, order);
  JsonArray ingredients;
  if (medication["ingredient"].get(ingredients) != simdjson::SUCCESS) return;
  for (const Json ingredient : ingredients) {
    if (ingredient["itemCodeableConcept"].get(value) == simdjson::SUCCESS) ReadConcept(value, order);
  }
}

// The Medication that a reference names: "#id" in `contained`, else by "Type/id" or fullUrl in the Bundle.
bool FindMedication(const Json& resource, const JsonArray& entries, std::string_view reference, Json* found) {
  if (reference.empty()) return false;
  if (reference.front() == '#') {
    JsonArray contained;
    if (resource["contained"].get(contained) != simdjson::SUCCESS) return false;
    for (const Json one : contained) {
      if (Text(one, "id") != reference.substr(1)) continue;
      *found = one;
      return true;
    }
    return false;
  }
  for (const Json entry : entries) {
    Json one;
    if (entry["resource"].get(one) != simdjson::SUCCESS || Text(one, "resourceType") != "Medication") continue;
    const std::string own = absl::StrCat("Medication/", std::string(Text(one, "id")));
    const bool same = reference == own || (reference.size() > own.size() &&
                                           reference.substr(reference.size() - own.size() - 1) == "/" + own);
    if (!same && Text(entry, "fullUrl") != reference) continue;
    *found = one;
    return true;
  }
  return false;
}

void ReadOrder(const Json& resource, std::string_view type, const JsonArray& entries, DraftOrder* order) {
  const auto known =
      std::find_if(kOrderTypes.begin(), kOrderTypes.end(), [&](const OrderType& t) { return t.type == type; });
  if (known == kOrderTypes.end()) {
    order->unreadable = absl::StrCat("orders of the type ", std::string(type), " are not read");
    return;
  }
  Json value;
  if (resource[known->concept_member].get(value) == simdjson::SUCCESS) ReadConcept(value, order);
  Json reference;
  if (resource["medicationReference"].get(reference) == simdjson::SUCCESS) {
    if (order->display.empty()) order->display = Text(reference, "display");
    Json medication;
    if (FindMedication(resource, entries, Text(reference, "reference"), &medication)) {
      ReadMedication(medication, order);
    } else if (order->codes.empty()) {
      order->unreadable = "its medicationReference names no Medication of the request";
    }
  }
  if (order->codes.empty() && order->unreadable.empty()) order->unreadable = "it has no code";
  if (order->display.empty()) order->display = order->codes.empty() ? order->reference : order->codes[0].code;
}

bool IsSelected(const DraftOrder& order, std::string_view id, const std::vector<std::string_view>& selections) {
  return std::any_of(selections.begin(), selections.end(), [&](std::string_view selection) {
    return selection == order.reference || (!id.empty() && selection == id);
  });
}

}  // namespace

std::optional<Fault> ReadDraftOrders(const Json& bundle, const JsonPath& path,
                                     const std::vector<std::string_view>& selections, std::vector<DraftOrder>* orders) {
  const auto refuse = [](const JsonPath& at, std::string message) {
    return Fault{400, "context", at.ToString(), std::move(message)};
  };
  JsonObject object;
  if (const Problem problem = ReadObject(bundle, path, &object)) {
    return Fault{400, "context", problem->path, problem->message};
  }
  if (Text(bundle, "resourceType") != "Bundle") {
    return refuse(JsonPath(path, "resourceType"), "is missing or not \"Bundle\"");
  }
  const JsonPath entries_path(path, "entry");
  Json entry_json;
  JsonArray entries;
  if (object["entry"].get(entry_json) != simdjson::SUCCESS) return std::nullopt;  // no draft orders
  if (const Problem problem = ReadArray(entry_json, entries_path, &entries)) {
    return Fault{400, "context", problem->path, problem->message};
  }
  std::vector<DraftOrder> selected;
  size_t matched = 0;
  size_t index = 0;
  for (const Json entry : entries) {
    const JsonPath entry_path(entries_path, index++);
    const JsonPath resource_path(entry_path, "resource");
    Json resource;
    if (entry["resource"].get(resource) != simdjson::SUCCESS) return refuse(resource_path, "is missing");
    const std::string_view type = Text(resource, "resourceType");
    if (type.empty()) return refuse(JsonPath(resource_path, "resourceType"), "is missing or no string");
    if (type == "Medication") continue;  // ordered by those that refer to it
    bool not_to_do = false;
    if (resource["doNotPerform"].get(not_to_do) == simdjson::SUCCESS && not_to_do) continue;
    const std::string_view id = Text(resource, "id");
    DraftOrder order;
    order.path = resource_path.ToString();
    order.has_id = !id.empty();
    order.reference = order.has_id ? absl::StrCat(std::string(type), "/", std::string(id)) : std::string(type);
    ReadOrder(resource, type, entries, &order);
    if (IsSelected(order, id, selections)) {
      ++matched;
      selected.push_back(order);
    }
    orders->push_back(std::move(order));
  }
  if (!selections.empty() && matched >= selections.size()) *orders = std::move(selected);
  return std::nullopt;
}

void OrderTable::Add(const v1::OrderTag& order) {
  const auto same =
      std::find_if(tags_.begin(), tags_.end(), [&](const Tag& known) { return known.tag == order.tag(); });
  const auto number = static_cast<size_t>(same - tags_.begin());
  if (same == tags_.end()) tags_.push_back({order.tag(), order.text()});
  for (const v1::Coding& coding : order.codings()) {
    const std::string& code = coding.code();
    if (!code.empty() && code.back() == '*') {
      const OrderCode prefix{coding.system(), code.substr(0, code.size() - 1)};
      const bool known = std::any_of(prefixes_.begin(), prefixes_.end(), [&](const auto& one) {
        return one.second == number && one.first.system == prefix.system && one.first.code == prefix.code;
      });
      if (!known) prefixes_.emplace_back(prefix, number);
      continue;
    }
    std::vector<size_t>& numbers = exact_[absl::StrCat(coding.system(), "|", code)];
    if (std::find(numbers.begin(), numbers.end(), number) == numbers.end()) numbers.push_back(number);
  }
}

std::vector<const OrderTable::Tag*> OrderTable::TagsOf(const DraftOrder& order) const {
  std::vector<size_t> numbers;
  for (const OrderCode& code : order.codes) {
    const auto exact = exact_.find(absl::StrCat(code.system, "|", code.code));
    if (exact != exact_.end()) numbers.insert(numbers.end(), exact->second.begin(), exact->second.end());
    for (const auto& [prefix, number] : prefixes_) {
      if (code.system == prefix.system && code.code.rfind(prefix.code, 0) == 0) numbers.push_back(number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::vector<const Tag*> tags;
  for (const size_t number : numbers) tags.push_back(&tags_[number]);
  return tags;
}

}  // namespace condyle::cds
