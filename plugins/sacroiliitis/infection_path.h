// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether pain near the sacroiliac joint carries a trigger for infection. Source: criteria B.2.
#ifndef CONDYLE_PLUGINS_SACROILIITIS_INFECTION_PATH_H_
#define CONDYLE_PLUGINS_SACROILIITIS_INFECTION_PATH_H_

#include <array>
#include <string>
#include <vector>

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "condyle/sdk/truth.h"
#include "plugins/pack/criteria/infection.h"

namespace condyle::sacroiliitis {

struct InfectionReading {
  // Pain over the SIJ or in the buttock; unknown if its site is.
  Truth pain = Truth::kUnknown;
  // Fourteen: the nine of the pack, then CRP, white cells, blood culture, MRI, and severe pain after birth or loss.
  std::vector<runner_sij::InfectionTrigger> triggers;
  // The last of them, and its parts.
  Truth after_birth = Truth::kUnknown;
  Truth birth_window = Truth::kUnknown;
  Truth severe = Truth::kUnknown;
  Truth afebrile_with_normal_crp = Truth::kUnknown;
  // All five questions that a negative answer needs are answered no.
  bool core_denied = false;
  Truth met = Truth::kUnknown;
};

// The five questions without whose "no" the path is never negative.
const std::array<BooleanInput, 5>& CoreQuestions();

InfectionReading ReadInfection(const Findings& findings);

// The triggers that are met, with values, joined by commas.
std::string MetTriggers(const Findings& findings, const InfectionReading& infection);

// Asks for every unknown input that could settle the path or trigger it.
void AskInfection(const Findings& findings, const InfectionReading& infection, Answer& answer);

}  // namespace condyle::sacroiliitis

#endif  // CONDYLE_PLUGINS_SACROILIITIS_INFECTION_PATH_H_
