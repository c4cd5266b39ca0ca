// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Converts a quantity to the unit of its input.
#ifndef CONDYLE_HOST_INTAKE_UNITS_H_
#define CONDYLE_HOST_INTAKE_UNITS_H_

#include <optional>
#include <string>
#include <string_view>

#include "condyle/v1/manifest.pb.h"

namespace condyle::intake {

// Value in input.unit(); nothing if the unit cannot be converted. Accepted are the input's own unit, its
// accepted_units, and what UCUM defines as the same for every input: annotations in braces carry no meaning ("{score}"
// is "1"), "10^" is "10*", "l" is "L", a leading "/" is "1/"; and any unit of time (s, min, h, d, wk, mo, a) for an
// input in a unit of time, with 1 mo = 30.4375 d and 1 a = 365.25 d. A converted value is rounded to 9 significant
// digits of its largest term, so that 100.4 [degF] is 38.0 Cel and not just below it.
std::optional<double> ToOwnUnit(const v1::Input& input, double value, std::string_view unit);

// The UCUM unit is a pure number, so that a bare integer can be read in it: "1", "{score}", "{count}".
bool IsDimensionless(std::string_view unit);

// For people: every unit that ToOwnUnit takes, the input's own first.
std::string AcceptedUnits(const v1::Input& input);

}  // namespace condyle::intake

#endif  // CONDYLE_HOST_INTAKE_UNITS_H_
