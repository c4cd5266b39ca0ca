// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// GoogleMock matchers on Assessments.
//
//   EXPECT_THAT(Ask(runner), AllOf(HasStatus(v1::STATUS_POSITIVE), Recommends("graded_rehab"), Holds("load")));
#ifndef CONDYLE_TESTING_MATCHERS_H_
#define CONDYLE_TESTING_MATCHERS_H_

#include <gmock/gmock.h>

#include <string>

#include "condyle/v1/assessment.pb.h"

namespace condyle::testing {

// Names of enum values for messages: lite code has none.
std::string Name(v1::Status status);
std::string Name(v1::Urgency urgency);

MATCHER_P(HasStatus, status, "status " + Name(status)) {
  *result_listener << "status " << Name(arg.status());
  return arg.status() == status;
}

MATCHER_P(HasUrgency, urgency, "urgency " + Name(urgency)) {
  *result_listener << "urgency " << Name(arg.urgency());
  return arg.urgency() == urgency;
}

// A recommendation of this id, with the constraints of no plugin applied.
MATCHER_P(Recommends, id, std::string(negation ? "does not recommend " : "recommends ") + id) {
  *result_listener << "recommends";
  bool found = false;
  for (const v1::Recommendation& recommendation : arg.recommendations()) {
    *result_listener << " " << recommendation.id();
    found = found || recommendation.id() == id;
  }
  return found;
}

namespace internal {

inline bool Constrains(const v1::Assessment& assessment, const std::string& tag, v1::Effect effect) {
  for (const v1::Constraint& constraint : assessment.constraints()) {
    if (constraint.tag() == tag && constraint.effect() == effect) return true;
  }
  return false;
}

}  // namespace internal

// Exactly this tag, not one above it.
MATCHER_P(Holds, tag, std::string(negation ? "does not hold " : "holds ") + tag) {
  return internal::Constrains(arg, tag, v1::EFFECT_HOLD);
}
MATCHER_P(Forbids, tag, std::string(negation ? "does not forbid " : "forbids ") + tag) {
  return internal::Constrains(arg, tag, v1::EFFECT_FORBID);
}

// Lists the input among those that could change the answer.
MATCHER_P(AsksFor, input, std::string(negation ? "does not ask for " : "asks for ") + std::string(input.key)) {
  *result_listener << "asks for";
  bool found = false;
  for (const v1::MissingInput& missing : arg.missing_inputs()) {
    *result_listener << " " << missing.key();
    found = found || missing.key() == input.key;
  }
  return found;
}

// The stage of this phase, or an empty one: then its title is empty.
v1::Stage StageOf(const v1::Assessment& assessment, const std::string& phase);
// State of the first criterion whose text contains `part`; unspecified if there is none.
v1::CriterionState StateOf(const google::protobuf::RepeatedPtrField<v1::Criterion>& criteria, const std::string& part);

// A stage of this phase in this state.
MATCHER_P2(HasStage, phase, state, std::string(negation ? "has not the stage " : "has the stage ") + phase) {
  for (const v1::Stage& stage : arg.pathway()) {
    if (stage.phase() != phase) continue;
    *result_listener << "state " << stage.state();
    return stage.state() == state;
  }
  *result_listener << "no such stage";
  return false;
}

}  // namespace condyle::testing

#endif  // CONDYLE_TESTING_MATCHERS_H_
