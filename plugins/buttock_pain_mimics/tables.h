// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Every number of buttock_pain_mimics beside its source. The patterns are expert opinion.
#ifndef CONDYLE_PLUGINS_BUTTOCK_PAIN_MIMICS_TABLES_H_
#define CONDYLE_PLUGINS_BUTTOCK_PAIN_MIMICS_TABLES_H_

#include <array>
#include <string_view>

#include "buttock_pain_mimics/manifest.h"
#include "condyle/sdk/answer.h"

namespace condyle::buttock_pain_mimics {

// Years. Pars stress injury is one of young athletes. Expert opinion; see K-20 for what the seed text got wrong.
inline constexpr double kParsAgeBelow = 25;
// Six weeks: then imaging of pain that persists. Expert opinion.
inline constexpr double kPersistentDaysAbove = 42;

// What a compressed cauda equina stops: all that red_flag_screen guards. No other plugin reads the lumbar MRI.
inline constexpr std::array<std::string_view, 5> kHeldInEmergency = {"load", "exercise", "manual", "self_care",
                                                                     "injection"};

}  // namespace condyle::buttock_pain_mimics

#endif  // CONDYLE_PLUGINS_BUTTOCK_PAIN_MIMICS_TABLES_H_
