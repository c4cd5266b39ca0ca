// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The tests for pregnancy-related pelvic girdle pain. Sources: Vleeming 2008, Simonds 2022 (which tests); 2 of 7 is
// expert opinion.
#ifndef CONDYLE_PLUGINS_PACK_CRITERIA_PELVIC_GIRDLE_H_
#define CONDYLE_PLUGINS_PACK_CRITERIA_PELVIC_GIRDLE_H_

#include <optional>

#include "condyle/sdk/findings.h"
#include "condyle/sdk/truth.h"

namespace condyle::runner_sij {

// Of seven. Expert opinion.
inline constexpr int kPelvicGirdleItemsAtLeast = 2;
// Either leg. Source: Mens 2001 (cut-off 1 of 10 for the total).
inline constexpr double kAslrAtLeast = 1;

// Either side counts once.
struct PelvicGirdleReading {
  Truth thigh_thrust = Truth::kUnknown;
  Truth faber_posterior = Truth::kUnknown;
  Truth gaenslen = Truth::kUnknown;
  Truth aslr = Truth::kUnknown;  // a leg at 1 or more; false only if both legs are at 0
  Truth long_dorsal_ligament = Truth::kUnknown;
  Truth symphysis_tenderness = Truth::kUnknown;
  Truth modified_trendelenburg = Truth::kUnknown;
  Count count;
  Truth met = Truth::kUnknown;
  // 0 to 10; empty unless both legs were scored.
  std::optional<double> aslr_total;
};

PelvicGirdleReading ReadPelvicGirdle(const Findings& findings);

}  // namespace condyle::runner_sij

#endif  // CONDYLE_PLUGINS_PACK_CRITERIA_PELVIC_GIRDLE_H_
