// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What output takes over from FHIR input: whom it is about.
#ifndef CONDYLE_HOST_FHIR_INPUT_H_
#define CONDYLE_HOST_FHIR_INPUT_H_

#include <string_view>

#include "host/fhir/fhir.h"

namespace condyle {

// Patient of a Bundle ("Patient/ID" by its id, else its fullUrl if that is a URL), or subject and encounter of a
// QuestionnaireResponse. Empty for any other input, and for what is no reference as FHIR has it: a patient named only
// by a UUID of the Bundle cannot be referred to from outside. Thread-safe.
FhirContext FhirContextOf(std::string_view bytes);

}  // namespace condyle

#endif  // CONDYLE_HOST_FHIR_INPUT_H_
