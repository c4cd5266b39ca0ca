// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The checks that every Case passes, whatever its format was.
#ifndef CONDYLE_HOST_INTAKE_CHECK_H_
#define CONDYLE_HOST_INTAKE_CHECK_H_

#include "host/intake/draft.h"

namespace condyle::intake {

// Brings draft->value into the form that CheckedCase promises, adding notices, or says why it is refused (draft->value
// is then of no use). Order: as_of, patient, each finding, duplicates, contradictions.
Problem CheckDraft(const InputCatalog& inputs, const IntakeOptions& options, const Places& places, Draft* draft);

}  // namespace condyle::intake

#endif  // CONDYLE_HOST_INTAKE_CHECK_H_
