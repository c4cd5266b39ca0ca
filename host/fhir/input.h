// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What output takes over from FHIR input: whom it is about.
#ifndef CONDYLE_HOST_FHIR_INPUT_H_
#define CONDYLE_HOST_FHIR_INPUT_H_

#include <string>
#include <string_view>

#include "host/fhir/fhir.h"

namespace condyle {

// Patient of a Bundle ("Patient/ID" by its id, else its fullUrl if that is a URL), or subject and encounter of a
// QuestionnaireResponse. Empty for any other input, and for what is no reference as FHIR has it: a patient named only
// by a UUID of the Bundle cannot be referred to from outside. Thread-safe.
FhirContext FhirContextOf(std::string_view bytes);

// The body of an operation.
struct FhirInput {
  // 200, or 400 and what is wrong with it.
  int status = 200;
  std::string error;
  // Of the data: "Bundle" or "QuestionnaireResponse".
  std::string type;
  // The data was a parameter, and is this; else it is the body itself.
  bool in_parameters = false;
  std::string data;
  FhirContext context;
  // Of the parameters; empty if they do not say.
  std::string as_of;
};

// Takes the data out of Parameters. Whether the data can be used is for intake to say. Thread-safe.
FhirInput ReadFhirInput(std::string_view body);

// Id and url of a resource in JSON; empty where there is none.
struct FhirNames {
  std::string id;
  std::string url;
};
FhirNames FhirNamesOf(std::string_view json);

}  // namespace condyle

#endif  // CONDYLE_HOST_FHIR_INPUT_H_
