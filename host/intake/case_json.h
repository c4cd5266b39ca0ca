// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads a Case in JSON.
#ifndef CONDYLE_HOST_INTAKE_CASE_JSON_H_
#define CONDYLE_HOST_INTAKE_CASE_JSON_H_

#include <memory>

#include "host/intake/json.h"

namespace condyle::intake {

// The canonical proto3 JSON mapping of condyle.v1.Case: member names in camelCase or as in the .proto file, enum values
// by name or number, numbers also as strings, null as absent. Unknown and repeated members are refused.
Problem ReadCaseJson(const JsonObject& root, Draft* draft, std::unique_ptr<Places>* places);

// JSON pointers into the canonical JSON of the case, which must outlive the result.
std::unique_ptr<Places> PlacesInCase(const v1::Case& value);

}  // namespace condyle::intake

#endif  // CONDYLE_HOST_INTAKE_CASE_JSON_H_
