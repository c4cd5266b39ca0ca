// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Ranks the questions of a consultation by what their answers would change.
#ifndef CONDYLE_HOST_INQUIRY_NEXT_QUESTIONS_H_
#define CONDYLE_HOST_INQUIRY_NEXT_QUESTIONS_H_

#include "condyle/v1/consultation.pb.h"
#include "host/inquiry/hypotheses.h"
#include "host/reconcile/questions.h"

namespace condyle::inquiry {

// Tries each possible answer of each unknown input, one at a time, and writes what it would change into
// `next_questions`. Adds questions that no plugin asks and of which some answer would change the urgency or a status.
//
// Order: what keeps a safety screen open; then safety questions (asked as such, or with an answer that would raise the
// urgency or change a screen's status); then the rest. What a plugin asks for comes before what only trying found: the
// plugin may know that it does not arise. Within each by the mean over the possible answers of the change
// in urgency, then of statuses that change, of advice that comes or goes, of probabilities. All answers count alike: no
// prevalence is claimed. Ties keep the order of the plugins' own words.
//
// Questions that the budget leaves untried stay behind those that were tried within their group, and
// consultation.inquiry says that it is not complete.
void RankQuestions(Hypotheses& hypotheses, const PluginCatalog& catalog, const QuestionWords& words,
                   v1::Consultation& consultation);

}  // namespace condyle::inquiry

#endif  // CONDYLE_HOST_INQUIRY_NEXT_QUESTIONS_H_
