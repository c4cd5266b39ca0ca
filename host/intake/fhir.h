// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads FHIR R4: a Bundle about one patient, or a QuestionnaireResponse.
#ifndef CONDYLE_HOST_INTAKE_FHIR_H_
#define CONDYLE_HOST_INTAKE_FHIR_H_

#include <memory>

#include "host/intake/json.h"

namespace condyle::intake {

// Reads what docs/ehr/input.md lists. Anything else is named in a notice, never silently dropped; what would be read
// wrongly is refused.
Problem ReadFhir(const JsonObject& root, const InputCatalog& inputs, Draft* draft, std::unique_ptr<Places>* places);

}  // namespace condyle::intake

#endif  // CONDYLE_HOST_INTAKE_FHIR_H_
