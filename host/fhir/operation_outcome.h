// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// FHIR R4 OperationOutcome: how a service says in FHIR that and why it cannot.
#ifndef CONDYLE_HOST_FHIR_OPERATION_OUTCOME_H_
#define CONDYLE_HOST_FHIR_OPERATION_OUTCOME_H_

#include <string>
#include <string_view>
#include <vector>

namespace condyle {

enum class IssueSeverity { kFatal, kError, kWarning, kInformation };

// Of the codes of http://hl7.org/fhir/issue-type those that Condyle has use for.
enum class IssueType {
  kInvalid,
  kStructure,
  kRequired,
  kValue,
  kLogin,
  kForbidden,
  kNotSupported,
  kNotFound,
  kTooLong,
  kProcessing,
  kConflict,
  kBusinessRule,
  kException,
  kTimeout,
  kIncomplete,
  kTransient,
  kThrottled,
  kInformational,
};

struct Issue {
  IssueSeverity severity = IssueSeverity::kError;
  IssueType type = IssueType::kProcessing;
  // For people: what was wrong and what to do. Control characters become blanks; empty text becomes the type.
  std::string diagnostics;
  // FHIRPath of the element; empty if there is none.
  std::string expression = {};
};

// One resource, JSON on one line. Without issues it says that all is well.
std::string OperationOutcomeJson(const std::vector<Issue>& issues);

// What goes into the body of an HTTP error.
std::string OperationOutcomeJson(int http_status, std::string_view diagnostics);

// The type that fits an HTTP status of 400 and above.
IssueType IssueTypeOf(int http_status);

// The JSON pointer of an element as FHIRPath: "/entry/3/resource/code" of a Bundle is "Bundle.entry[3].resource.code".
// Empty if it is none that FHIRPath can name.
std::string FhirPathOf(std::string_view resource_type, std::string_view json_pointer);

// Text as FHIR allows it in a string: control characters but tab and line breaks become blanks.
std::string FhirText(std::string_view text);

}  // namespace condyle

#endif  // CONDYLE_HOST_FHIR_OPERATION_OUTCOME_H_
