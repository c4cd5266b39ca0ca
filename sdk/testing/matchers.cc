// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Names for failure messages.
#include "condyle/testing/matchers.h"

namespace condyle::testing {

std::string Name(v1::Status status) {
  switch (status) {
    case v1::STATUS_POSITIVE:
      return "POSITIVE";
    case v1::STATUS_NEGATIVE:
      return "NEGATIVE";
    case v1::STATUS_INSUFFICIENT_DATA:
      return "INSUFFICIENT_DATA";
    case v1::STATUS_NOT_APPLICABLE:
      return "NOT_APPLICABLE";
    default:
      return "unspecified (" + std::to_string(status) + ")";
  }
}

std::string Name(v1::Urgency urgency) {
  switch (urgency) {
    case v1::URGENCY_SELF_CARE:
      return "SELF_CARE";
    case v1::URGENCY_ROUTINE:
      return "ROUTINE";
    case v1::URGENCY_URGENT:
      return "URGENT";
    case v1::URGENCY_EMERGENCY:
      return "EMERGENCY";
    default:
      return "unspecified (" + std::to_string(urgency) + ")";
  }
}

v1::Stage StageOf(const v1::Assessment& assessment, const std::string& phase) {
  for (const v1::Stage& stage : assessment.pathway()) {
    if (stage.phase() == phase) return stage;
  }
  return v1::Stage::default_instance();
}

v1::CriterionState StateOf(const google::protobuf::RepeatedPtrField<v1::Criterion>& criteria, const std::string& part) {
  for (const v1::Criterion& criterion : criteria) {
    if (criterion.text().find(part) != std::string::npos) return criterion.state();
  }
  return v1::CRITERION_STATE_UNSPECIFIED;
}

}  // namespace condyle::testing
