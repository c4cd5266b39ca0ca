// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes OperationOutcomes.
#include "host/fhir/operation_outcome.h"

#include <algorithm>
#include <array>

#include "host/questionnaire/json_writer.h"

namespace condyle {
namespace {

constexpr std::array<std::string_view, 4> kSeverities = {"fatal", "error", "warning", "information"};
constexpr std::array<std::string_view, 18> kTypes = {
    "invalid",       "structure", "required",   "value",      "login",     "forbidden",
    "not-supported", "not-found", "too-long",   "processing", "conflict",  "business-rule",
    "exception",     "timeout",   "incomplete", "transient",  "throttled", "informational"};
static_assert(kTypes.size() == static_cast<size_t>(IssueType::kInformational) + 1);

struct StatusRow {
  int status;
  IssueType type;
};
constexpr std::array kStatuses = {
    StatusRow{400, IssueType::kInvalid},      StatusRow{401, IssueType::kLogin},
    StatusRow{403, IssueType::kForbidden},    StatusRow{404, IssueType::kNotFound},
    StatusRow{405, IssueType::kNotSupported}, StatusRow{406, IssueType::kNotSupported},
    StatusRow{408, IssueType::kTimeout},      StatusRow{409, IssueType::kConflict},
    StatusRow{412, IssueType::kRequired},     StatusRow{413, IssueType::kTooLong},
    StatusRow{414, IssueType::kTooLong},      StatusRow{415, IssueType::kNotSupported},
    StatusRow{429, IssueType::kThrottled},    StatusRow{431, IssueType::kTooLong},
    StatusRow{500, IssueType::kException},    StatusRow{501, IssueType::kNotSupported},
    StatusRow{503, IssueType::kTransient},    StatusRow{504, IssueType::kTimeout},
};

bool IsName(std::string_view step) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !step.empty() && letter(step.front()) &&
         std::all_of(step.begin(), step.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool IsIndex(std::string_view step) {
  return !step.empty() && std::all_of(step.begin(), step.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string FhirText(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) c = ' ';
  }
  return out;
}

std::string OperationOutcomeJson(const std::vector<Issue>& issues) {
  static const std::vector<Issue> kAllIsWell = {
      {IssueSeverity::kInformation, IssueType::kInformational, "Nothing to report."}};
  JsonWriter out(JsonLayout::kCompact);
  out.BeginObject();
  out.Member("resourceType", "OperationOutcome");
  out.Key("issue");
  out.BeginArray();
  for (const Issue& issue : issues.empty() ? kAllIsWell : issues) {
    const std::string_view type = kTypes[static_cast<size_t>(issue.type)];
    out.BeginObject();
    out.Member("severity", kSeverities[static_cast<size_t>(issue.severity)]);
    out.Member("code", type);
    const std::string text = FhirText(issue.diagnostics);
    out.Member("diagnostics", text.find_first_not_of(" \t\r\n") == std::string::npos ? type : text);
    if (!issue.expression.empty()) {
      out.Key("expression");
      out.BeginArray();
      out.String(issue.expression);
      out.EndArray();
    }
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
  return out.Take();
}

std::string OperationOutcomeJson(int http_status, std::string_view diagnostics) {
  return OperationOutcomeJson({{IssueSeverity::kError, IssueTypeOf(http_status), std::string(diagnostics)}});
}

IssueType IssueTypeOf(int http_status) {
  for (const StatusRow& row : kStatuses) {
    if (row.status == http_status) return row.type;
  }
  return http_status >= 500 ? IssueType::kException : IssueType::kProcessing;
}

std::string FhirPathOf(std::string_view resource_type, std::string_view json_pointer) {
  std::string path(resource_type);
  if (!IsName(resource_type)) return {};
  while (!json_pointer.empty()) {
    if (json_pointer.front() != '/') return {};
    json_pointer.remove_prefix(1);
    const std::string_view step = json_pointer.substr(0, json_pointer.find('/'));
    json_pointer.remove_prefix(step.size());
    if (IsIndex(step)) {
      path.append("[").append(step).append("]");
    } else if (IsName(step)) {
      path.append(".").append(step);
    } else {
      return {};
    }
  }
  return path;
}

}  // namespace condyle
