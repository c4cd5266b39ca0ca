// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The triggers of the infection gate that need no laboratory, imaging or obstetric value. Source: criteria B.2.
#ifndef CONDYLE_PLUGINS_PACK_CRITERIA_INFECTION_H_
#define CONDYLE_PLUGINS_PACK_CRITERIA_INFECTION_H_

#include <array>
#include <string_view>

#include "condyle/sdk/findings.h"
#include "condyle/sdk/input.h"
#include "condyle/sdk/truth.h"

namespace condyle::runner_sij {

// Degrees Celsius. Expert reading of the series (it used > 37.8). Source: Hermet 2012; criteria B.2.
inline constexpr double kFeverCelsiusAtLeast = 38.0;

struct InfectionTrigger {
  InputKey input;         // the one that names it
  std::string_view text;  // what it says when met
  Truth met;
};

// Temperature at or above 38.0 Cel, or fever or rigors reported.
Truth Fever(const Findings& findings);

// Nine: temperature, fever or rigors, no weight bearing with illness or fever, injecting, immunosuppression, recent
// infection, recent procedure, raw dairy or livestock, tuberculosis contact with night sweats.
std::array<InfectionTrigger, 9> ReadInfectionTriggers(const Findings& findings);

}  // namespace condyle::runner_sij

#endif  // CONDYLE_PLUGINS_PACK_CRITERIA_INFECTION_H_
