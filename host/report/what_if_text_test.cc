// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a clinician reads of a what-if, and of a difference between outcomes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/report/change_words.h"
#include "host/report/report.h"

namespace condyle {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

v1::OutcomeChange Change() {
  v1::OutcomeChange change;
  v1::ProbabilityChange* probability = change.add_probabilities();
  probability->set_conclusion("Joint pain");
  probability->set_side(v1::SIDE_RIGHT);
  probability->set_from(0.35);
  probability->set_to(-1);
  for (const char* id : {"walk", "swim", "rest"}) change.add_advice_added(id);
  change.add_advice_removed("run");
  v1::StatusChange* status = change.add_statuses();
  status->set_plugin_id("joint");
  status->set_from(v1::STATUS_INSUFFICIENT_DATA);
  status->set_to(v1::STATUS_POSITIVE);
  change.set_urgency(v1::URGENCY_URGENT);
  return change;
}

TEST(ChangeWords, SayTheWeightiestFirst) {
  EXPECT_THAT(LinesOf(Change(), 2),
              ElementsAre("urgency becomes URGENT", "joint from Undecided to Criteria met",
                          "probability of Joint pain (right) from 35 % to none",
                          "advice becomes active: walk, swim and 1 more", "advice is no longer active: run"));
  EXPECT_THAT(LinesOf(Change(), 3)[3], "advice becomes active: walk, swim, rest");
  EXPECT_THAT(LinesOf(Change(), 3, [](const std::string&) { return "The joint"; })[1], HasSubstr("The joint from"));
  EXPECT_THAT(LinesOf(v1::OutcomeChange(), 5), IsEmpty());
}

v1::WhatIf Example() {
  v1::WhatIf w;
  w.set_case_id("runner-7");
  w.set_urgency(v1::URGENCY_ROUTINE);
  v1::Counterfactual* urgent = w.add_counterfactuals();
  urgent->set_kind(v1::TARGET_KIND_URGENCY);
  urgent->set_urgency(v1::URGENCY_URGENT);
  urgent->set_sets_found(9);
  urgent->set_smallest(true);
  urgent->add_sets()->add_changes()->set_text("Hop test? yes instead of no");
  v1::Counterfactual* advice = w.add_counterfactuals();
  advice->set_kind(v1::TARGET_KIND_ADVICE_ADDED);
  advice->set_advice_id("walk");
  advice->set_sets_found(1);
  v1::ChangeSet* three = advice->add_sets();
  for (const char* text : {"A? no", "B? no", "C? no"}) three->add_changes()->set_text(text);
  v1::Contribution* matters = w.add_contributions();
  matters->set_text("Hop test? no");
  *matters->mutable_change() = Change();
  w.add_contributions()->set_text("Smoker? no");
  w.mutable_inquiry()->set_complete(true);
  w.mutable_inquiry()->set_budget_ms(1000);
  w.set_disclaimer("Check the basis.");
  return w;
}

TEST(WhatIfText, ShowsWaysWhatFindingsContributeAndTheDisclaimer) {
  const std::string text = ToText(Example(), {.width = 200});
  EXPECT_THAT(text, AllOf(HasSubstr("Urgency would be URGENT"), HasSubstr("one change; 1 of 9 ways shown"),
                          HasSubstr("Hop test? yes instead of no."), HasSubstr("A? no; and B? no; and C? no."),
                          HasSubstr("none of them can be left out, though fewer others might do"),
                          HasSubstr("Hop test? no. Without it: urgency becomes URGENT"),
                          HasSubstr("Without any other finding alone (1)"), HasSubstr("Check the basis."),
                          Not(HasSubstr("ran out"))));
}

TEST(WhatIfText, SaysWhatIsMissing) {
  v1::WhatIf w = Example();
  w.mutable_inquiry()->set_complete(false);
  v1::PluginFailure* failure = w.add_plugin_failures();
  failure->set_plugin_id("bone_screen");
  failure->set_message("it crashed");
  const std::string text = ToText(w, {.width = 200});
  EXPECT_THAT(text, AllOf(HasSubstr("The time of 1000 ms ran out"), HasSubstr("bone_screen gave no answer"),
                          HasSubstr("it crashed")));
}

TEST(WhatIfText, LeavesOutAdviceWithoutTheBasis) {
  EXPECT_THAT(ToText(Example(), {.width = 200, .basis = false}),
              AllOf(HasSubstr("Urgency would be"), Not(HasSubstr("walk would become active"))));
}

}  // namespace
}  // namespace condyle
