// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The form of all inputs, as a FHIR R4 Questionnaire that intake reads back.
#ifndef CONDYLE_HOST_QUESTIONNAIRE_QUESTIONNAIRE_H_
#define CONDYLE_HOST_QUESTIONNAIRE_QUESTIONNAIRE_H_

#include <string>

#include "host/catalog/input_catalog.h"

namespace condyle {

// JSON. One group per section; a sided input is a group of two questions, linkIds "KEY:left" and "KEY:right"; any other
// linkId is the key. Thread-safe.
std::string FhirQuestionnaire(const InputCatalog& inputs);

}  // namespace condyle

#endif  // CONDYLE_HOST_QUESTIONNAIRE_QUESTIONNAIRE_H_
