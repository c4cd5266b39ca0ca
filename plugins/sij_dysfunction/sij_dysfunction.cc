// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Does the examination of a runner meet the provocation test criteria for SIJ-related pain, and how likely is that
// then? Not for answers of the patient alone: the tests are an examiner's. Sources: Laslett 2005 (rule), Saueressig
// 2021 (probability).
#include <optional>
#include <string>

#include "condyle/sdk/plugin.h"
#include "plugins/pack/criteria/activity.h"
#include "plugins/pack/criteria/obstetric.h"
#include "plugins/pack/criteria/sij_cluster.h"
#include "plugins/sij_dysfunction/advice.h"
#include "plugins/sij_dysfunction/evidence.h"
#include "plugins/sij_dysfunction/pathway.h"
#include "plugins/sij_dysfunction/tables.h"
#include "sij_dysfunction/manifest.h"

namespace condyle::sij_dysfunction {
namespace {

using runner_sij::RunningGrade;
using runner_sij::RunningReading;
using runner_sij::SijReading;
using runner_sij::SijSide;

// What the status rests on.
enum class Basis {
  kCluster,         // POSITIVE, or NEGATIVE on a side that hurts
  kNoPain,          // no current pain at all
  kCentralisation,  // the pain centralises
  kNoSijPain,       // no pain over the joint
  kOpen,
};

Basis BasisOf(const Findings& findings, const SijReading& sij) {
  if (IsTrue(sij.met)) return Basis::kCluster;
  if (IsUnknown(sij.met)) return Basis::kOpen;
  if (IsFalse(findings.Is(input::pain::present))) return Basis::kNoPain;
  if (IsTrue(sij.centralisation)) return Basis::kCentralisation;
  for (Side side : kBothSides) {
    const SijSide& here = sij.on(side);
    if (!here.quiet && !IsFalse(here.pain) && IsFalse(here.cluster)) return Basis::kCluster;
  }
  return Basis::kNoSijPain;
}

std::string Tests(const SijSide& side) {
  return std::to_string(side.count.met) + " of 6 provocation tests positive on the " + std::string(ToText(side.side));
}

// Why the status is what it is, for reasons and the summary.
std::string Why(const SijReading& sij, Basis basis) {
  switch (basis) {
    case Basis::kNoPain:
      return "No current pain is recorded";
    case Basis::kCentralisation:
      return "The pain centralises on repeated movements";
    case Basis::kNoSijPain:
      return "No pain over the SIJ on either side";
    default:
      break;
  }
  std::string why;
  for (Side side : kBothSides) {
    const SijSide& here = sij.on(side);
    const bool counts = IsTrue(sij.met) ? IsTrue(here.met) : !here.quiet && !IsFalse(here.pain);
    if (counts) why += (why.empty() ? "" : ", ") + Tests(here);
  }
  return why;
}

std::string Summary(const std::string& why, Basis basis, v1::Status status) {
  if (status == v1::STATUS_POSITIVE) {
    return "Possible SIJ-related pain: " + why + ". About 1 in 3 such patients have the joint as the source.";
  }
  if (status == v1::STATUS_INSUFFICIENT_DATA) {
    return "Whether the criteria for SIJ-related pain are met is open: pain sites or tests that could decide are not "
           "recorded.";
  }
  if (basis == Basis::kCluster) {
    return why +
           ": the criteria for SIJ-related pain are not met. About 8 in 100 such patients have the joint as the "
           "source.";
  }
  return why + ": the criteria for SIJ-related pain are not met.";
}

void AddCriteria(const SijSide& side, ConclusionBuilder& conclusion) {
  const std::string on = " on the " + std::string(ToText(side.side));
  conclusion.Criterion("Pain below L5 over the joint" + on, side.pain, v1::GRADE_DIAGNOSTIC_STUDY, cite::B_1,
                       side.side);
  conclusion.Criterion("At least 3 of 6 tests reproduce the familiar pain" + on + ": " +
                           std::to_string(side.count.met) + " do, " + std::to_string(side.count.not_met) + " do not, " +
                           std::to_string(side.count.unknown) +
                           " not known; at least 5 known before it counts as not met",
                       side.cluster, v1::GRADE_DIAGNOSTIC_STUDY, {cite::Laslett2005, cite::B_1}, side.side);
}

// The side that hurts, if it is one.
std::optional<Side> OneSide(const SijReading& sij) {
  if (sij.left.quiet != sij.right.quiet) return sij.left.quiet ? Side::kRight : Side::kLeft;
  if (IsTrue(sij.left.pain) != IsTrue(sij.right.pain)) return IsTrue(sij.left.pain) ? Side::kLeft : Side::kRight;
  return std::nullopt;
}

void ConcludeOn(const Findings& findings, const SijReading& sij, std::optional<Side> side, Basis basis,
                Answer& answer) {
  const Condition& pain = condition::sij_related_pain;
  ConclusionBuilder conclusion = answer.Conclude(IsTrue(sij.met) ? pain.As("Possible SIJ-related pain") : pain,
                                                 answer.status(), {cite::Laslett2005, cite::Saueressig2021, cite::B_1});
  conclusion.On(side).Graded(v1::GRADE_DIAGNOSTIC_STUDY);
  if (basis == Basis::kCluster) {
    conclusion.WithProbability(IsTrue(sij.met) ? kAfterPositive : kAfterNegative,
                               {cite::Saueressig2021, cite::Schwarzer1995, cite::Maigne1996, cite::Simopoulos2012});
  }
  if (basis == Basis::kNoPain) {
    conclusion.Criterion("Current pain", findings.Is(input::pain::present), v1::GRADE_EXPERT_OPINION, cite::B_1);
    return;
  }
  for (Side here : kBothSides) {
    if (!side || *side == here) AddCriteria(sij.on(here), conclusion);
  }
  conclusion.Criterion("The pain does not centralise on repeated movements", Not(sij.centralisation),
                       v1::GRADE_DIAGNOSTIC_STUDY, {cite::Laslett2003, cite::B_1});
}

void AddConclusions(const Findings& findings, const SijReading& sij, Basis basis, Answer& answer) {
  if (!IsTrue(sij.met)) return ConcludeOn(findings, sij, OneSide(sij), basis, answer);
  for (Side side : kBothSides) {
    if (IsTrue(sij.on(side).met)) ConcludeOn(findings, sij, side, basis, answer);
  }
}

// Asks, and keeps a list for the recommendation.
class Questions {
 public:
  explicit Questions(Answer& answer) : answer_(answer) {}
  void Decides(const InputKey& input, std::string_view why, std::optional<Side> side = std::nullopt) {
    answer_.Ask(input, why, /*safety=*/false, side);
    names_ += (names_.empty() ? "" : ", ") + std::string(input.key);
    if (side) names_ += " (" + std::string(ToText(*side)) + ")";
  }
  const std::string& names() const { return names_; }

 private:
  Answer& answer_;
  std::string names_;
};

// What a side still needs. Nothing, if it is decided.
void AskSide(const Findings& findings, const SijSide& side, Questions& questions) {
  if (!IsUnknown(side.met)) return;
  if (IsUnknown(side.pain)) {
    questions.Decides(input::pain::sij_region, "Without pain over the joint this side cannot meet the criteria",
                      side.side);
  }
  if (!IsUnknown(side.cluster)) return;
  for (size_t i = 0; i < side.tests.size(); ++i) {
    if (!IsUnknown(side.tests[i])) continue;
    if (i != kFaber || IsUnknown(findings.Is(input::exam::faber, side.side))) {
      questions.Decides(runner_sij::SijTests()[i], "One of the six tests: 3 decide for, and 5 must be known against",
                        side.side);
    }
    if (i == kFaber && !findings.Code(input::exam::faber_pain_site, side.side)) {
      questions.Decides(input::exam::faber_pain_site, "FABER counts only with posterior pain", side.side);
    }
  }
}

void AskWhatDecides(const Findings& findings, const SijReading& sij, Answer& answer) {
  Questions questions(answer);
  if (IsUnknown(findings.Is(input::pain::present)) && !IsTrue(sij.left.pain) && !IsTrue(sij.right.pain)) {
    questions.Decides(input::pain::present, "Without current pain the criteria are not met");
  }
  for (Side side : kBothSides) AskSide(findings, sij.on(side), questions);
  if (IsUnknown(sij.centralisation)) {
    questions.Decides(input::exam::centralisation, "Pain that centralises does not meet the criteria");
  }
  answer.Recommend(advice::ask_missing, {.reason = "Not recorded, and could decide: " + questions.names()});
}

// What could still stop running, or a drug.
void AskWhatProtects(const Findings& findings, const RunningReading& running, Answer& answer) {
  const auto ask = [&](const BooleanInput& input, std::string_view why) {
    if (IsUnknown(findings.Is(input))) answer.Ask(input, why, /*safety=*/true);
  };
  if (running.grade != RunningGrade::kStopAndBeSeen) {
    ask(input::exam::limp, "A limp stops running");
    ask(input::pain::with_walking, "Pain on walking stops running");
    ask(input::red_flag::unremitting_night_pain, "Night pain that nothing relieves stops running");
    if (!IsFalse(findings.Is(input::training::runner))) {
      for (const QuantityInput& score : {input::pain::during_running, input::pain::after_running_24h}) {
        if (!findings.Value(score))
          answer.Ask(score, "Decides how much running the pain allows; above 5 stops it", true);
      }
    }
  }
  if (!answer.positive()) return;
  ask(input::history::nsaid_risk_condition, "Would hold NSAIDs");
  ask(input::medication::anticoagulant, "Would hold NSAIDs and forbid manipulation");
  if (IsUnknown(runner_sij::Pregnant(findings))) ask(input::obstetric::pregnant, "No NSAID is suggested in pregnancy");
}

// What could change a positive answer besides.
void AskWhatRefines(const Findings& findings, const SijReading& sij, Answer& answer) {
  if (IsUnknown(sij.centralisation)) {
    answer.Ask(input::exam::centralisation, "Pain that centralises would make this answer negative");
  }
  const auto days = findings.Value(input::pain::duration);
  if (!days) answer.Ask(input::pain::duration, "Pain for more than 6 months may be for a specialist");
  if (!IsFalse(Above(days, kRefractoryDaysAbove)) && IsUnknown(findings.Is(input::red_flag::no_improvement_4_weeks))) {
    answer.Ask(input::red_flag::no_improvement_4_weeks, "Pain that has not settled may be for a specialist", true);
  }
}

void AddCaveats(const RunningReading& running, Basis basis, Answer& answer) {
  if (basis == Basis::kCluster && answer.positive()) {
    answer.Caveat(
        "The sources disagree on what a positive cluster is worth: 35 per cent (Saueressig 2021, 5 studies, used "
        "here), "
        "50 per cent (van der Wurff 2006, 3 of 5 tests, LR+ 4.02, n = 60) or 52 per cent (Laslett 2005, LR+ 4.29, n = "
        "48). All start from 20 per cent. None is a diagnosis.");
  } else if (basis == Basis::kCluster) {
    answer.Caveat(
        "The sources disagree on what a negative cluster is worth: 8 per cent (Saueressig 2021, 5 studies, used here), "
        "5 per cent (van der Wurff 2006, LR- 0.19, n = 60) or 2 per cent (Laslett 2005, LR- 0.08, n = 48). All start "
        "from 20 per cent. None excludes the joint.");
  }
  if (basis == Basis::kCluster) {
    answer.Caveat(
        "The ratios of single tests come from the same 48 patients; they are shown one by one and never multiplied. "
        "Their intervals are derived from the published shares.");
    answer.Caveat(
        "The tests were studied in patients aged 42 to 58 on average, referred for injection; they have not been "
        "validated in runners.");
    answer.Caveat("A fracture of the sacrum can make these tests painful too (Caglar 2026): they leave it open.");
  }
  answer.Caveat(
      "That 5 of the 6 tests must be known before the cluster counts as not met is expert opinion and has not "
      "been validated.");
  if (running.grade != RunningGrade::kUnknown) {
    answer.Caveat("The pain cut-offs for running are expert opinion and have not been validated.");
  }
}

void Assess(const Findings& findings, const Call&, Answer& answer) {
  const SijReading sij = runner_sij::ReadSij(findings);
  const RunningReading running = runner_sij::GradeRunning(findings);
  const Basis basis = BasisOf(findings, sij);
  const std::string why = Why(sij, basis);

  answer.SetStatus(sij.met);
  answer.RaiseUrgency(basis == Basis::kNoPain ? v1::URGENCY_SELF_CARE : v1::URGENCY_ROUTINE);
  answer.SetSummary(Summary(why, basis, answer.status()));
  AddConclusions(findings, sij, basis, answer);
  AddEvidence(findings, sij, answer);
  AddConstraints(findings, answer);
  AddPathway(findings, running, answer);
  AddAdvice(findings, running, why, answer);
  if (basis == Basis::kOpen) AskWhatDecides(findings, sij, answer);
  if (answer.positive()) AskWhatRefines(findings, sij, answer);
  if (basis == Basis::kOpen || answer.positive()) AskWhatProtects(findings, running, answer);
  AddCaveats(running, basis, answer);
}

}  // namespace
}  // namespace condyle::sij_dysfunction

CONDYLE_PLUGIN(condyle::sij_dysfunction::Assess, condyle::sij_dysfunction::kPluginId,
               condyle::sij_dysfunction::kPluginVersion);
