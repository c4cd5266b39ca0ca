// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What must hold of intake, whatever it is given.
#ifndef CONDYLE_TESTS_FUZZ_SUPPORT_INTAKE_RULES_H_
#define CONDYLE_TESTS_FUZZ_SUPPORT_INTAKE_RULES_H_

#include <string_view>

#include "host/intake/intake.h"

namespace condyle::fuzz {

// Reads the bytes with the inputs of the tree and requires: a refusal and every notice say something that can be shown;
// a case that was accepted names known inputs only, has a moment and finite numbers, and is accepted again and found
// equal when it is written as Case JSON, and as text format.
IntakeResult RequireSoundIntake(std::string_view bytes);

}  // namespace condyle::fuzz

#endif  // CONDYLE_TESTS_FUZZ_SUPPORT_INTAKE_RULES_H_
