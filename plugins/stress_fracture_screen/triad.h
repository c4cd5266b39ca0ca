// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The Female Athlete Triad cumulative risk assessment as a range. Source: DeSouza2014, criteria B.4.
#ifndef CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_TRIAD_H_
#define CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_TRIAD_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "condyle/sdk/findings.h"
#include "plugins/stress_fracture_screen/tables.h"

namespace condyle::stress_fracture_screen {

// Points of one item. Nothing known: 0 to 2.
struct Points {
  int low = 0;
  int high = kTriadPointsPerItemAtMost;

  constexpr bool settled() const { return low == high; }
  constexpr bool known() const { return low > 0 || high < kTriadPointsPerItemAtMost; }
};

struct TriadItem {
  InputKey input;  // the one to ask for
  std::string_view name;
  Points points;
};

enum class TriadBand : uint8_t { kOpen, kLow, kMiddle, kHigh };

struct TriadReading {
  TriadItem energy{input::energy::dietary_restriction, "energy intake", {}};
  TriadItem weight{input::exam::bmi, "weight", {}};
  TriadItem menarche{input::energy::menarche_age, "age at first period", {}};
  TriadItem menses{input::energy::menses_last_12_months, "periods in 12 months", {}};
  TriadItem bone_density{input::imaging::dxa_z_score, "bone density", {}};
  TriadItem prior_injury{input::history::prior_bsi_count, "earlier bone stress injury", {}};
  // Pregnant, breastfeeding, on hormonal contraception or after the menopause: periods say nothing about energy.
  bool menses_not_scored = false;
  bool for_this_patient = false;  // a woman, not known to be postmenopausal
  bool any_known = false;
  int low = 0;
  int high = kTriadPointsAtMost;
  TriadBand band = TriadBand::kOpen;
  // BMI below 16 with an eating disorder, or purging more than 4 times a week: restricted whatever the total.
  std::string restricted_by;

  std::array<const TriadItem*, kTriadItems> items() const {
    return {&energy, &weight, &menarche, &menses, &bone_density, &prior_injury};
  }
  // "5 to 7 of 12", or "3 of 12".
  std::string Range() const;
};

// Scores what is known of anybody; only for_this_patient says whether the total may be shown.
TriadReading ReadTriad(const Findings& findings);

}  // namespace condyle::stress_fracture_screen

#endif  // CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_TRIAD_H_
