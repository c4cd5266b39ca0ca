// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Turns bytes from outside into a checked Case, or refuses them by name and path.
#ifndef CONDYLE_HOST_INTAKE_INTAKE_H_
#define CONDYLE_HOST_INTAKE_INTAKE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "condyle/v1/case.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "host/catalog/input_catalog.h"

namespace condyle {

// Why an input was refused. One problem: the first that was found.
struct Refusal {
  // Where: a JSON pointer into the input ("/findings/3/quantity/unit"), a line and column of text format, or a key.
  std::string path;
  // What was wrong and what is allowed, naming the key.
  std::string message;
};

// A Case that has passed every check: quantities in their input's own unit, sides and codes valid, patient age in
// age_years, as_of set. Findings of inputs that need an examiner but come from the patient have been taken out.
struct CheckedCase {
  v1::Case value;
  // What was odd but not wrong: unknown keys, older duplicates, readings that were left out.
  std::vector<v1::Notice> notices;
};

using IntakeResult = std::variant<CheckedCase, Refusal>;

struct IntakeOptions {
  // Overrides the moment of assessment; RFC 3339 date-time or YYYY-MM-DD (midnight UTC). Empty: the input's own, else
  // `now`.
  std::string as_of;
  // RFC 3339; used (with a notice) only when neither as_of nor the input gives a moment. Empty: refuse then.
  std::string now;
  // Larger inputs are refused unread.
  size_t max_bytes = size_t{16} * 1024 * 1024;
  // Nesting of JSON objects and arrays.
  size_t max_depth = 64;
};

// Reads and checks. The format is told from the content: a FHIR R4 Bundle or QuestionnaireResponse (JSON with
// resourceType), a Case in JSON, or a Case in protobuf text format. Thread-safe.
IntakeResult ReadCase(std::string_view bytes, const InputCatalog& inputs, const IntakeOptions& options);

// Checks a Case that a caller built itself, in the same way. Thread-safe.
IntakeResult CheckCase(const v1::Case& unchecked, const InputCatalog& inputs, const IntakeOptions& options);

}  // namespace condyle

#endif  // CONDYLE_HOST_INTAKE_INTAKE_H_
