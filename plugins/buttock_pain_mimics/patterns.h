// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The four patterns, as the findings meet them. Expert opinion.
#ifndef CONDYLE_PLUGINS_BUTTOCK_PAIN_MIMICS_PATTERNS_H_
#define CONDYLE_PLUGINS_BUTTOCK_PAIN_MIMICS_PATTERNS_H_

#include "condyle/sdk/findings.h"
#include "condyle/sdk/truth.h"

namespace condyle::buttock_pain_mimics {

struct Patterns {
  Truth present = Truth::kUnknown;  // current pain
  Truth centralisation = Truth::kUnknown;
  SidedTruth slr_on;  // positive; unclear is unknown
  Truth slr = Truth::kUnknown;
  bool slr_unclear = false;  // recorded as unclear on a side
  Truth below_knee = Truth::kUnknown;
  Truth numbness = Truth::kUnknown;
  Truth deficit = Truth::kUnknown;  // power, sensation or reflex
  bool weakness_mild = false;
  bool weakness_marked = false;
  bool mri_contact = false;  // herniation that touches the root, or compression of the cauda equina
  bool mri_cauda_equina = false;
  bool mri_pars = false;
  Truth extension = Truth::kUnknown;
  Truth extension_sport = Truth::kUnknown;
  Truth young = Truth::kUnknown;  // below kParsAgeBelow
  SidedTruth fair_on;
  Truth fair = Truth::kUnknown;
  Truth with_sitting = Truth::kUnknown;

  // False only as the criteria say: disc, if neither centralisation nor straight leg raise is positive. An MRI can only
  // make a pattern true, and one that was not done is not missing.
  Truth disc = Truth::kUnknown;
  Truth pars = Truth::kUnknown;
  Truth deep_gluteal = Truth::kUnknown;
  Truth cyclical = Truth::kUnknown;  // false for men who were not asked
  Truth any = Truth::kUnknown;       // the whole criterion; false without pain
};

Patterns ReadPatterns(const Findings& findings);

}  // namespace condyle::buttock_pain_mimics

#endif  // CONDYLE_PLUGINS_BUTTOCK_PAIN_MIMICS_PATTERNS_H_
