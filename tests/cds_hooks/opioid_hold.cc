// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A plugin for tests: forbids under a tag of its own.
#include "condyle/sdk/plugin.h"
#include "opioid_hold/manifest.h"  // generated from opioid_hold.textproto

namespace condyle::opioid_hold {
namespace {

void Assess(const Findings& findings, const Call&, Answer& answer) {
  const Truth apnoea = findings.Is(input::opioid::sleep_apnoea);
  answer.SetStatus(apnoea);
  answer.SetSummary("Whether an opioid can be given.");
  answer.RaiseUrgency(v1::URGENCY_SELF_CARE);
  if (IsUnknown(apnoea)) answer.Ask(input::opioid::sleep_apnoea, "decides", /*safety=*/true);
  if (!IsTrue(apnoea)) return;
  answer.Evidence(input::opioid::sleep_apnoea, std::nullopt, v1::DIRECTION_FOR, "Sleep apnoea",
                  v1::GRADE_EXPERT_OPINION, cite::Test);
  answer.Forbid("drug.opioid", "Sleep apnoea: no opioid", cite::Test);
}

}  // namespace
}  // namespace condyle::opioid_hold

CONDYLE_PLUGIN(condyle::opioid_hold::Assess, condyle::opioid_hold::kPluginId, condyle::opioid_hold::kPluginVersion);
