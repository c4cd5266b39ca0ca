// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The infection triggers.
#include "plugins/pack/criteria/infection.h"

#include "runner_sij/pack.h"

namespace condyle::runner_sij {

Truth Fever(const Findings& findings) {
  return Or({AtLeast(findings.Value(input::exam::temperature), kFeverCelsiusAtLeast),
             findings.Is(input::red_flag::fever_rigors)});
}

std::array<InfectionTrigger, 9> ReadInfectionTriggers(const Findings& findings) {
  namespace flag = input::red_flag;
  return {{
      {input::exam::temperature, "temperature of 38.0 degrees Celsius or more",
       AtLeast(findings.Value(input::exam::temperature), kFeverCelsiusAtLeast)},
      {flag::fever_rigors, "fever, chills or rigors", findings.Is(flag::fever_rigors)},
      {flag::unable_to_bear_weight, "unable to bear weight while generally ill or febrile",
       And({findings.Is(flag::unable_to_bear_weight), Or({findings.Is(flag::systemically_unwell), Fever(findings)})})},
      {flag::iv_drug_use, "injects drugs", findings.Is(flag::iv_drug_use)},
      {flag::immunosuppression, "weakened immunity", findings.Is(flag::immunosuppression)},
      {flag::recent_infection, "an infection in the last 3 months", findings.Is(flag::recent_infection)},
      {flag::recent_procedure, "an injection, block, epidural or operation in the last 3 months",
       findings.Is(flag::recent_procedure)},
      {input::history::raw_dairy_or_livestock, "unpasteurised dairy or work with livestock (brucellosis)",
       findings.Is(input::history::raw_dairy_or_livestock)},
      {input::history::tb_contact, "contact with tuberculosis and night sweats",
       And({findings.Is(input::history::tb_contact), findings.Is(flag::night_sweats)})},
  }};
}

}  // namespace condyle::runner_sij
