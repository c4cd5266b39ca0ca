// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Merges the inputs of several manifests and finds the first field in which two of them disagree.
#include "host/catalog/input_catalog.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "host/trust/quote.h"

namespace condyle {
namespace {

// One field of a message as text, for example "unit: \"d\"", or that it is not set.
std::string FieldText(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field) {
  std::unique_ptr<google::protobuf::Message> only(message.New());
  only->CopyFrom(message);
  const auto* reflection = only->GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> set;
  reflection->ListFields(*only, &set);
  for (const auto* other : set) {
    if (other != field) reflection->ClearField(only.get(), other);
  }
  std::string text = only->ShortDebugString();
  while (!text.empty() && text.back() == ' ') text.pop_back();
  constexpr size_t kMostBytes = 200;
  if (text.size() > kMostBytes) text = text.substr(0, kMostBytes) + "...";  // ASCII, the rest is escaped
  return text.empty() ? "not set" : text;
}

// Name and both values of the first field that differs; empty if none does.
std::string FirstDifference(const google::protobuf::Message& earlier, const google::protobuf::Message& later) {
  const google::protobuf::Descriptor* descriptor = earlier.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const google::protobuf::FieldDescriptor* field = descriptor->field(i);
    google::protobuf::util::MessageDifferencer differencer;
    if (!differencer.CompareWithFields(earlier, later, {field}, {field})) {
      return "field " + field->name() + " (" + FieldText(earlier, field) + " against " + FieldText(later, field) + ")";
    }
  }
  return "";
}

std::string Join(const std::vector<std::string>& parts) {
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : ", ") + part;
  return joined;
}

std::string CodingText(std::string_view system, std::string_view code) {
  return Showable(system) + "|" + Showable(code);
}

}  // namespace

std::string InputCatalog::Add(const v1::PluginManifest& manifest) {
  InputCatalog merged = *this;
  std::string problem = merged.Merge(manifest);
  if (!problem.empty()) return problem;
  merged.form_version_ = FormVersion(merged.inputs_);
  *this = std::move(merged);
  return "";
}

// FNV-1a.
std::string InputCatalog::FormVersion(const std::vector<CatalogInput>& inputs) {
  constexpr char kHex[] = "0123456789abcdef";
  constexpr uint64_t kOffset = 14695981039346656037u;
  constexpr uint64_t kPrime = 1099511628211u;
  uint64_t hash = kOffset;
  for (const CatalogInput& entry : inputs) {
    for (const char c : entry.input.SerializeAsString()) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  }
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kHex[(hash >> shift) % 16];
  return text;
}

std::string InputCatalog::form_url() const {
  const std::string system = code_systems_.empty() ? "urn:condyle" : code_systems_.front();
  return system + (system.rfind("urn:", 0) == 0 ? ":questionnaire" : "/questionnaire");
}

std::string InputCatalog::Merge(const v1::PluginManifest& manifest) {
  for (const v1::Input& input : manifest.inputs()) {
    std::string problem = MergeInput(input, manifest);
    if (!problem.empty()) return problem;
  }
  for (const v1::Contradiction& contradiction : manifest.contradictions()) {
    const auto same_id = std::find_if(contradictions_.begin(), contradictions_.end(),
                                      [&](const v1::Contradiction& known) { return known.id() == contradiction.id(); });
    if (same_id == contradictions_.end()) {
      contradictions_.push_back(contradiction);
      contradiction_owners_.push_back(manifest.id());
      continue;
    }
    const std::string difference = FirstDifference(*same_id, contradiction);
    if (!difference.empty()) {
      return "contradiction " + Showable(contradiction.id()) + ": plugins " +
             contradiction_owners_[static_cast<size_t>(same_id - contradictions_.begin())] + " and " + manifest.id() +
             " define it differently in " + difference + "; build both against the same pack";
    }
  }
  for (const v1::SideCoding& side_coding : manifest.side_codings()) {
    const auto same_coding = std::find_if(side_codings_.begin(), side_codings_.end(), [&](const v1::SideCoding& known) {
      return known.coding().system() == side_coding.coding().system() &&
             known.coding().code() == side_coding.coding().code();
    });
    if (same_coding == side_codings_.end()) {
      side_codings_.push_back(side_coding);
      side_coding_owners_.push_back(manifest.id());
    } else if (same_coding->side() != side_coding.side()) {
      return "side coding " + CodingText(side_coding.coding().system(), side_coding.coding().code()) + ": plugins " +
             side_coding_owners_[static_cast<size_t>(same_coding - side_codings_.begin())] + " and " + manifest.id() +
             " differ in field side (" + v1::Side_Name(same_coding->side()) + " against " +
             v1::Side_Name(side_coding.side()) + ")";
    }
  }
  if (!manifest.code_system().empty() &&
      std::find(code_systems_.begin(), code_systems_.end(), manifest.code_system()) == code_systems_.end()) {
    code_systems_.push_back(manifest.code_system());
  }
  return "";
}

std::string InputCatalog::MergeInput(const v1::Input& input, const v1::PluginManifest& manifest) {
  size_t position = inputs_.size();
  const auto known = by_key_.find(std::string_view(input.key()));
  if (known != by_key_.end()) {
    position = known->second;
    CatalogInput& entry = inputs_[position];
    const std::string difference = FirstDifference(entry.input, input);
    if (!difference.empty()) {
      return "input " + Showable(input.key()) + ": plugins " + Join(entry.plugin_ids) + " and " + manifest.id() +
             " define it differently in " + difference + "; build both against the same pack";
    }
    const auto place = std::lower_bound(entry.plugin_ids.begin(), entry.plugin_ids.end(), manifest.id());
    if (place == entry.plugin_ids.end() || *place != manifest.id()) entry.plugin_ids.insert(place, manifest.id());
  } else {
    inputs_.push_back({input, {manifest.id()}});
    by_key_.emplace(input.key(), position);
  }
  std::string problem;
  if (!manifest.code_system().empty()) {
    problem = Claim(&by_coding_, manifest.code_system(), input.key(), position, "key", manifest.id());
  }
  for (const v1::Coding& coding : input.codings()) {
    if (!problem.empty()) break;
    problem = Claim(&by_coding_, coding.system(), coding.code(), position, "codings", manifest.id());
  }
  for (const v1::Coding& coding : input.condition_codings()) {
    if (!problem.empty()) break;
    problem =
        Claim(&by_condition_coding_, coding.system(), coding.code(), position, "condition_codings", manifest.id());
  }
  return problem;
}

std::string InputCatalog::Claim(CodingIndex* index, std::string_view system, std::string_view code, size_t position,
                                const std::string& field, const std::string& plugin_id) {
  const auto known = index->find(CodingView(system, code));
  if (known == index->end()) {
    index->emplace(CodingKey{std::string(system), std::string(code)}, position);
    return "";
  }
  if (known->second == position) return "";
  const CatalogInput& other = inputs_[known->second];
  return "input " + Showable(inputs_[position].input.key()) + ": field " + field + " of plugin " + plugin_id +
         " gives the code " + CodingText(system, code) + ", which already stands for the input " +
         Showable(other.input.key()) + " of " + Join(other.plugin_ids) + "; a code can name one input only";
}

const CatalogInput* InputCatalog::Find(std::string_view key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &inputs_[found->second];
}

const CatalogInput* InputCatalog::FindByCoding(std::string_view system, std::string_view code) const {
  const auto found = by_coding_.find(CodingView(system, code));
  return found == by_coding_.end() ? nullptr : &inputs_[found->second];
}

const CatalogInput* InputCatalog::FindByConditionCoding(std::string_view system, std::string_view code) const {
  const auto found = by_condition_coding_.find(CodingView(system, code));
  return found == by_condition_coding_.end() ? nullptr : &inputs_[found->second];
}

v1::Side InputCatalog::FindSide(std::string_view system, std::string_view code) const {
  for (const v1::SideCoding& known : side_codings_) {
    if (known.coding().code() == code && known.coding().system() == system) return known.side();
  }
  return v1::SIDE_UNSPECIFIED;
}

}  // namespace condyle
