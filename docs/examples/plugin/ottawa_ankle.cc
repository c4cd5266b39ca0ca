// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Does the Ottawa rule ask for an ankle X-ray? For adults with an acute ankle injury.
#include "condyle/sdk/plugin.h"
#include "ottawa_ankle/manifest.h"  // generated from manifest.textproto
#include "tables.h"

namespace condyle::ottawa_ankle {
namespace {

// One item of the rule as it stands with this patient.
struct Item {
  Truth met;
  const BooleanInput& input;
  std::string_view if_met;
  std::string_view if_not_met;
};

void Show(const Item& item, Answer& answer) {
  if (IsUnknown(item.met)) return;
  const bool met = IsTrue(item.met);
  answer.Evidence(item.input, std::nullopt, met ? v1::DIRECTION_FOR : v1::DIRECTION_AGAINST,
                  met ? item.if_met : item.if_not_met, v1::GRADE_DIAGNOSTIC_STUDY,
                  {cite::Stiell1992, cite::Stiell1994});
}

void AskIfUnknown(const Item& item, Answer& answer) {
  if (IsUnknown(item.met)) answer.Ask(item.input, "could decide the Ottawa ankle rule", /*safety=*/true);
}

void ShowBothReviews(Answer& answer) {
  answer.Caveat(
      "A rule that is not met does not exclude a fracture. Reviews differ: almost no fracture missed in Bachmann 2003; "
      "sensitivity 0.91 (0.89 to 0.92) in adults in the review of 2022.");
}

// The rule itself, three-valued: what was not asked stays open.
struct Rule {
  Item pain, lateral, medial, at_once, now;
  Truth cannot_walk;  // at neither time
  Truth one_of_three;
  Truth met;

  explicit Rule(const Findings& findings)
      : pain{findings.Is(input::ankle::malleolar_pain), input::ankle::malleolar_pain, "Pain near a malleolus",
             "No pain near either malleolus"},
        lateral{findings.Is(input::ankle::lateral_tender), input::ankle::lateral_tender,
                "Bone tenderness at the lateral malleolus", "No bone tenderness at the lateral malleolus"},
        medial{findings.Is(input::ankle::medial_tender), input::ankle::medial_tender,
               "Bone tenderness at the medial malleolus", "No bone tenderness at the medial malleolus"},
        at_once{Not(findings.Is(input::injury::walked_at_once)), input::injury::walked_at_once,
                "Could not take four steps after the injury", "Took four steps after the injury"},
        now{Not(findings.Is(input::ankle::walks_now)), input::ankle::walks_now,
            "Cannot take four steps at the examination", "Takes four steps at the examination"},
        cannot_walk(And({at_once.met, now.met})),
        one_of_three(Or({lateral.met, medial.met, cannot_walk})),
        met(And({pain.met, one_of_three})) {}
};

void ShowEvidence(const Rule& rule, Answer& answer) {
  for (const Item* item : {&rule.pain, &rule.lateral, &rule.medial, &rule.at_once, &rule.now}) Show(*item, answer);
}

void ShowConclusion(const Rule& rule, Answer& answer) {
  const Citations sources = {cite::Stiell1992, cite::Stiell1994};
  ConclusionBuilder conclusion =
      answer.Conclude({.text = "Fracture at the ankle"}, answer.status(),
                      {cite::Stiell1992, cite::Stiell1994, cite::Bachmann2003, cite::Review2022});
  conclusion.Graded(v1::GRADE_META_ANALYSIS)
      .Criterion("pain near a malleolus", rule.pain.met, v1::GRADE_DIAGNOSTIC_STUDY, sources)
      .Criterion("bone tenderness at the lateral malleolus", rule.lateral.met, v1::GRADE_DIAGNOSTIC_STUDY, sources)
      .Criterion("bone tenderness at the medial malleolus", rule.medial.met, v1::GRADE_DIAGNOSTIC_STUDY, sources)
      .Criterion("no four steps, neither after the injury nor now", rule.cannot_walk, v1::GRADE_DIAGNOSTIC_STUDY,
                 sources);
  if (answer.status() != v1::STATUS_NEGATIVE) return;
  conclusion.WithProbability({.point = AfterFinding(kPriorProbability, kNotMet.point),
                              .low = AfterFinding(kPriorProbability, kNotMet.low),
                              .high = AfterFinding(kPriorProbability, kNotMet.high),
                              .basis = "15 per cent before the examination, likelihood ratio 0.08 (0.03 to 0.18)"},
                             cite::Bachmann2003);
}

// Only what can still change the answer.
void AskWhatIsOpen(const Rule& rule, Answer& answer) {
  if (!IsUnknown(rule.met)) return;
  AskIfUnknown(rule.pain, answer);
  if (!IsUnknown(rule.one_of_three)) return;
  AskIfUnknown(rule.lateral, answer);
  AskIfUnknown(rule.medial, answer);
  if (!IsUnknown(rule.cannot_walk)) return;
  AskIfUnknown(rule.at_once, answer);
  AskIfUnknown(rule.now, answer);
}

void Assess(const Findings& findings, const Call&, Answer& answer) {
  const Truth injured = findings.Is(input::injury::ankle);
  const Truth adult = AtLeast(findings.age_years(), kAgeAtLeastYears);
  const Truth applies = And({injured, adult});
  if (IsFalse(applies)) {
    answer.SetStatus(v1::STATUS_NOT_APPLICABLE);
    answer.SetSummary("The Ottawa ankle rule is for adults with an ankle injury.");
    answer.RaiseUrgency(v1::URGENCY_SELF_CARE);
    return;
  }
  const Rule rule(findings);
  answer.SetStatus(IsTrue(applies) ? rule.met : Truth::kUnknown);
  answer.RaiseUrgency(v1::URGENCY_ROUTINE);
  ShowEvidence(rule, answer);
  ShowConclusion(rule, answer);

  if (answer.positive()) {
    answer.SetSummary("The Ottawa ankle rule is met: an X-ray is indicated.");
    answer.RaiseUrgency(v1::URGENCY_URGENT);
    answer.Recommend(advice::ankle_xray, {.reason = "All parts of the rule are met.", .timeframe = "same day"});
    answer.Hold("load", "The Ottawa ankle rule is met and no image has been read.", cite::OwnChoices);
  } else if (answer.status() == v1::STATUS_NEGATIVE) {
    answer.SetSummary("The Ottawa ankle rule is not met: it does not ask for an X-ray.");
    ShowBothReviews(answer);
  } else {
    answer.SetSummary("The Ottawa ankle rule is open: findings are missing.");
    answer.Recommend(advice::complete_ankle_examination, {.reason = "At least one item was not asked or examined."});
    if (IsUnknown(injured)) answer.Ask(input::injury::ankle, "the rule is for injuries only", /*safety=*/true);
    if (IsUnknown(adult)) answer.AskOfPatient("patient.age", "the rule is for adults only");
    AskWhatIsOpen(rule, answer);
  }
}

}  // namespace
}  // namespace condyle::ottawa_ankle

CONDYLE_PLUGIN(condyle::ottawa_ankle::Assess, condyle::ottawa_ankle::kPluginId, condyle::ottawa_ankle::kPluginVersion);
