// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Checks feedback field by field.
#include "host/cds_hooks/feedback.h"

#include <array>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "host/cds_hooks/card_text.h"
#include "host/intake/json.h"
#include "host/trust/quote.h"

namespace condyle::cds {
namespace {

using intake::IgnoreUnknown;
using intake::Json;
using intake::JsonArray;
using intake::JsonObject;
using intake::JsonPath;
using intake::Problem;

constexpr size_t kMostDepth = 32;

std::optional<Fault> Wrong(const JsonPath& path, std::string message) {
  return Fault{400, "feedback", path.ToString(), std::move(message)};
}
std::optional<Fault> Wrong(const Problem& problem) { return Fault{400, "feedback", problem->path, problem->message}; }

std::optional<Fault> ReadNeeded(const std::optional<Json>& json, const JsonPath& path, std::string_view* text) {
  if (!json) return Wrong(path, "is missing");
  if (const Problem problem = ReadString(*json, path, text)) return Wrong(problem);
  if (text->empty()) return Wrong(path, "is missing: the string is empty");
  return std::nullopt;
}

std::optional<Fault> ReadAccepted(const std::optional<Json>& json, const JsonPath& path, v1::AuditFeedback* feedback) {
  if (!json) return Wrong(path, "is missing, and the outcome is \"accepted\"");
  JsonArray array;
  if (const Problem problem = ReadArray(*json, path, &array)) return Wrong(problem);
  size_t index = 0;
  for (const Json element : array) {
    static constexpr std::array<std::string_view, 1> kNames = {"id"};
    const JsonPath element_path(path, index++);
    JsonObject object;
    if (const Problem problem = ReadObject(element, element_path, &object)) return Wrong(problem);
    std::array<std::optional<Json>, 1> values;
    if (const Problem problem = ReadMembers(object, kNames, element_path, &values, IgnoreUnknown))
      return Wrong(problem);
    std::string_view id;
    if (auto fault = ReadNeeded(values[0], JsonPath(element_path, kNames[0]), &id)) return fault;
    feedback->add_accepted_suggestions(PlainUuid(id));
  }
  return std::nullopt;
}

std::optional<Fault> ReadOverride(const Json& json, const JsonPath& path, v1::AuditFeedback* feedback) {
  static constexpr std::array<std::string_view, 2> kNames = {"reason", "userComment"};
  static constexpr std::array<std::string_view, 3> kCoding = {"system", "code", "display"};
  JsonObject object;
  if (const Problem problem = ReadObject(json, path, &object)) return Wrong(problem);
  std::array<std::optional<Json>, 2> values;
  if (const Problem problem = ReadMembers(object, kNames, path, &values, IgnoreUnknown)) return Wrong(problem);
  if (!values[0] && !values[1]) return Wrong(path, "has neither reason nor userComment");
  if (values[0]) {
    const JsonPath reason_path(path, kNames[0]);
    JsonObject reason;
    if (const Problem problem = ReadObject(*values[0], reason_path, &reason)) return Wrong(problem);
    std::array<std::optional<Json>, 3> parts;
    if (const Problem problem = ReadMembers(reason, kCoding, reason_path, &parts, IgnoreUnknown)) return Wrong(problem);
    std::array<std::string_view, 3> texts;
    for (size_t i = 0; i < parts.size(); ++i) {
      const JsonPath part_path(reason_path, kCoding[i]);
      if (!parts[i]) continue;
      if (const Problem problem = ReadString(*parts[i], part_path, &texts[i])) return Wrong(problem);
    }
    if (texts[1].empty()) {
      const JsonPath code_path(reason_path, kCoding[1]);
      return Wrong(code_path, "is missing");
    }
    feedback->set_reason_system(std::string(texts[0]));
    feedback->set_reason_code(std::string(texts[1]));
    feedback->set_reason_display(std::string(texts[2]));
  }
  if (values[1]) {
    std::string_view comment;
    const JsonPath comment_path(path, kNames[1]);
    if (const Problem problem = ReadString(*values[1], comment_path, &comment)) return Wrong(problem);
    feedback->set_comment(std::string(comment));
  }
  return std::nullopt;
}

std::optional<Fault> ReadOne(const Json& json, const JsonPath& path, v1::AuditFeedback* feedback) {
  enum { kCard, kOutcome, kAccepted, kReason, kMoment, kMembers };
  static constexpr std::array<std::string_view, kMembers> kNames = {"card", "outcome", "acceptedSuggestions",
                                                                    "overrideReason", "outcomeTimestamp"};
  JsonObject object;
  if (const Problem problem = ReadObject(json, path, &object)) return Wrong(problem);
  std::array<std::optional<Json>, kMembers> values;
  if (const Problem problem = ReadMembers(object, kNames, path, &values, IgnoreUnknown)) return Wrong(problem);
  std::string_view card, outcome, moment;
  const JsonPath card_path(path, kNames[kCard]);
  if (auto fault = ReadNeeded(values[kCard], card_path, &card)) return fault;
  if (!IsUuid(card)) return Wrong(card_path, "is no UUID");
  feedback->set_card_uuid(PlainUuid(card));
  const JsonPath outcome_path(path, kNames[kOutcome]);
  if (auto fault = ReadNeeded(values[kOutcome], outcome_path, &outcome)) return fault;
  const JsonPath accepted_path(path, kNames[kAccepted]);
  const JsonPath reason_path(path, kNames[kReason]);
  if (outcome == "accepted") {
    feedback->set_outcome(v1::FEEDBACK_OUTCOME_ACCEPTED);
    if (auto fault = ReadAccepted(values[kAccepted], accepted_path, feedback)) return fault;
    if (values[kReason]) return Wrong(reason_path, "is given, and the outcome is \"accepted\"");
  } else if (outcome == "overridden") {
    feedback->set_outcome(v1::FEEDBACK_OUTCOME_OVERRIDDEN);
    if (values[kAccepted]) return Wrong(accepted_path, "is given, and the outcome is \"overridden\"");
    if (values[kReason]) {
      if (auto fault = ReadOverride(*values[kReason], reason_path, feedback)) return fault;
    }
  } else {
    return Wrong(outcome_path, Quote(outcome) + " is not one of accepted, overridden");
  }
  const JsonPath moment_path(path, kNames[kMoment]);
  if (auto fault = ReadNeeded(values[kMoment], moment_path, &moment)) return fault;
  absl::Time parsed;
  if (!absl::ParseTime(absl::RFC3339_full, std::string(moment), &parsed, nullptr)) {
    return Wrong(moment_path, "is no moment of RFC 3339, for example 2026-05-01T09:00:00Z");
  }
  feedback->set_outcome_timestamp(std::string(moment));
  return std::nullopt;
}

}  // namespace

std::optional<Fault> ReadFeedback(std::string_view body, std::vector<CardFeedback>* reports) {
  static constexpr std::array<std::string_view, 1> kNames = {"feedback"};
  Json json;
  if (const Problem problem = intake::ParseJson(body, kMostDepth, &json)) return Wrong(problem);
  const JsonPath root;
  JsonObject object;
  if (const Problem problem = ReadObject(json, root, &object)) return Wrong(problem);
  std::array<std::optional<Json>, 1> value;
  if (const Problem problem = ReadMembers(object, kNames, root, &value, IgnoreUnknown)) return Wrong(problem);
  const JsonPath path(root, kNames[0]);
  if (!value[0]) return Wrong(path, "is missing");
  JsonArray array;
  if (const Problem problem = ReadArray(*value[0], path, &array)) return Wrong(problem);
  size_t index = 0;
  for (const Json element : array) {
    if (auto fault = ReadOne(element, JsonPath(path, index++), &reports->emplace_back().feedback)) return fault;
  }
  if (reports->empty()) return Wrong(path, "is empty");
  return std::nullopt;
}

}  // namespace condyle::cds
