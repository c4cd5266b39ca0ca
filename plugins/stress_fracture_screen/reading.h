// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads the criteria for bone stress injury. Source: criteria B.4 (expert opinion built on the cited series).
#ifndef CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_READING_H_
#define CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_READING_H_

#include <array>
#include <optional>
#include <string_view>

#include "condyle/sdk/findings.h"
#include "plugins/stress_fracture_screen/tables.h"
#include "plugins/stress_fracture_screen/triad.h"

namespace condyle::stress_fracture_screen {

struct RiskFactor {
  std::string_view name;
  Truth present = Truth::kUnknown;
};

struct Reading {
  Truth pain = Truth::kUnknown;
  Truth load_related = Truth::kUnknown;
  Truth groin = Truth::kUnknown;
  Truth hop = Truth::kUnknown;  // positive, or not done because unsafe
  Truth stance = Truth::kUnknown;
  Truth walking = Truth::kUnknown;
  Truth loading = Truth::kUnknown;  // B1: pain on hop, on one leg or on walking
  Truth sacral_tenderness = Truth::kUnknown;
  Truth ramus_tenderness = Truth::kUnknown;
  bool ramus_needed = false;           // groin or pubic pain: the ramus must be examined too
  Truth tenderness = Truth::kUnknown;  // B2
  std::array<RiskFactor, kRiskFactors> factors;
  Count factor_count;
  Truth risk = Truth::kUnknown;  // B3
  TriadReading triad;
  bool mri_positive = false;
  bool fracture_on_other_imaging = false;
  const Site* site = nullptr;  // as MRI reports it
  bool femoral_neck_on_mri = false;
  Truth femoral_neck = Truth::kUnknown;  // the path
  Truth femoral_neck_emergency = Truth::kUnknown;
  std::optional<Side> groin_side;  // if it is one side only
  Truth screen = Truth::kUnknown;

  // A hop could do harm, or would tell nothing.
  bool hop_unsafe = true;
};

Reading Read(const Findings& findings);

}  // namespace condyle::stress_fracture_screen

#endif  // CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_READING_H_
