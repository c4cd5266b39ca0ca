// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The fewest changed findings that would bring about another outcome, and what each finding contributes.
#ifndef CONDYLE_HOST_INQUIRY_WHAT_IF_H_
#define CONDYLE_HOST_INQUIRY_WHAT_IF_H_

#include "condyle/v1/consultation.pb.h"
#include "condyle/v1/whatif.pb.h"
#include "host/inquiry/hypotheses.h"
#include "host/reconcile/questions.h"

namespace condyle::inquiry {

// Fills in everything but receipt, notices, failures and disclaimer. `actual` is the consultation as it was given.
//
// 1. Each finding given is left out once.
// 2. Each possible answer of each input is tried alone.
// 3. Pairs: of answers that one plugin reads, to inputs that are given or that it asks for.
// 4. For outcomes not reached so far: many changes at once, drawn with a fixed seed, reduced until no change can be
// left
//    out.
// A recorded age or sex is left out in step 1 and never changed. Steps 2 to 4 skip patients that cannot be (findings
// that contradict each other). The same case and plugins give the same answer, unless the budget ends first.
v1::WhatIf FindWhatIf(Hypotheses& hypotheses, const PluginCatalog& catalog, const QuestionWords& words,
                      const v1::Consultation& actual, int sets_per_target);

}  // namespace condyle::inquiry

#endif  // CONDYLE_HOST_INQUIRY_WHAT_IF_H_
