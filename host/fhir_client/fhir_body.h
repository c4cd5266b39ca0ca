// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a FHIR server sent: one resource, a page of a search, or its reasons why not.
#ifndef CONDYLE_HOST_FHIR_CLIENT_FHIR_BODY_H_
#define CONDYLE_HOST_FHIR_CLIENT_FHIR_BODY_H_

#include <string>
#include <string_view>
#include <vector>

namespace condyle {

struct FhirBody {
  // Resources as they were sent, digit by digit: numbers keep their precision.
  std::vector<std::string> resources;
  // Link to the next page; empty on the last.
  std::string next;
  // Why it is of no use, following "the server ": nothing of what it sent but FHIR's own codes. Empty if it is.
  std::string problem;
};

// wanted: the type that was asked for, "Observation". Of a Bundle of type searchset the entries are taken out, those
// included with them too; outcomes that are no errors are passed over.
FhirBody ReadFhirBody(std::string_view body, std::string_view wanted);

// "error invalid" from an OperationOutcome; empty if it is none.
std::string OutcomeCodes(std::string_view body);

}  // namespace condyle

#endif  // CONDYLE_HOST_FHIR_CLIENT_FHIR_BODY_H_
