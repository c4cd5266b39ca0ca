// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// FHIR R4 from outside, through the whole of intake.
#include <string>

#include "tests/fuzz/support/intake_rules.h"
#include "tests/fuzz/support/rules.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  condyle::fuzz::RequireSoundIntake(condyle::fuzz::AsText(data, size));
  return 0;
}
