// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Is there a finding that asks for help now, or within days? Asked of everybody, with or without pain. It names no
// cause, and a negative answer excludes none.
#include <string>
#include <string_view>

#include "condyle/sdk/plugin.h"
#include "plugins/pack/criteria/obstetric.h"
#include "plugins/red_flag_screen/evidence.h"
#include "plugins/red_flag_screen/flags.h"
#include "plugins/red_flag_screen/tables.h"

namespace condyle::red_flag_screen {
namespace {

namespace flag = input::red_flag;

bool Met(const FlagReading& reading, SetId id) { return IsTrue(reading[id].met); }

v1::Status ToStatus(Truth truth) {
  return IsTrue(truth) ? v1::STATUS_POSITIVE : IsFalse(truth) ? v1::STATUS_NEGATIVE : v1::STATUS_INSUFFICIENT_DATA;
}

// No code: a suspicion is coded by its signs.
void Conclude(const FlagReading& reading, Answer& answer) {
  for (const FlagSet& set : kSets) {
    const SetReading& read = reading[set.id];
    if (read.triggers.empty()) continue;
    ConclusionBuilder conclusion =
        answer.Conclude({.text = set.text}, ToStatus(read.met), set.citations).Graded(set.grade);
    for (const Trigger& trigger : read.triggers) {
      conclusion.Criterion(trigger.text, trigger.met, set.grade, set.citations);
    }
    if (set.id != SetId::kMalignancy) continue;
    conclusion.Criterion("Cancer items met: " + std::to_string(reading.cancer.met) + " of 5, unknown " +
                             std::to_string(reading.cancer.unknown) + "; 2 are needed",
                         reading.cancer.AtLeast(kCancerItemsAtLeast), v1::GRADE_EXPERT_OPINION,
                         {cite::IFOMPT2020, cite::B_6});
  }
}

void Urge(const FlagReading& reading, const Findings& findings, Answer& answer) {
  const bool painless = IsFalse(findings.Is(input::pain::present));
  answer.RaiseUrgency(IsFalse(reading.screen) && painless ? v1::URGENCY_SELF_CARE : v1::URGENCY_ROUTINE);
  for (const FlagSet& set : kSets) {
    if (!Met(reading, set.id)) continue;
    answer.RaiseUrgency(set.urgency);
    const For patient{.reason = std::string(set.text) + ": " + reading[set.id].Names(), .timeframe = set.timeframe};
    answer.Recommend(set.urgency == v1::URGENCY_EMERGENCY ? advice::ed_now : advice::urgent_clinician_review, patient);
  }
}

void HoldTreatment(const FlagReading& reading, Answer& answer) {
  std::string names;
  for (const FlagSet& set : kSets) {
    if (Met(reading, set.id)) names += (names.empty() ? "" : "; ") + std::string(set.text);
  }
  for (std::string_view tag : {"load", "exercise", "manual", "self_care", "injection"}) {
    answer.Hold(tag, "Held until this has been looked into: " + names, {cite::IFOMPT2020, cite::B_0});
  }
}

void RecommendImaging(const FlagReading& reading, const Findings& findings, Answer& answer) {
  const SetReading& cauda_equina = reading[SetId::kCaudaEquina];
  for (const Trigger& trigger : cauda_equina.triggers) {
    if (IsTrue(trigger.met) && trigger.input.key != input::imaging::mri_lumbar.key) {
      answer.Recommend(advice::emergency_mri_spine, {.reason = cauda_equina.Names(), .timeframe = "within 4 hours"});
      break;
    }
  }
  for (const Trigger& trigger : reading[SetId::kNeurologicalMarked].triggers) {
    if (IsTrue(trigger.met) && trigger.input.key == input::exam::motor_weakness.key) {
      answer.Recommend(advice::emergency_mri_spine, {.reason = trigger.text, .timeframe = "within 4 hours"});
    }
  }
  if (IsTrue(And({reading.trauma, reading.ankylosed}))) {
    answer.Recommend(
        advice::ct_spine,
        {.reason = "trauma or a fracture seen, with axial spondyloarthritis or a fused spine", .timeframe = kNow});
  }
  // Nothing to show on a scan of the pelvis of someone without pain.
  if (IsFalse(findings.Is(input::pain::present))) return;
  if (Met(reading, SetId::kInfection)) {
    answer.Recommend(advice::urgent_mri_pelvis_sacrum,
                     {.reason = reading[SetId::kInfection].Names(), .timeframe = kSameDay});
  }
  if (Met(reading, SetId::kMalignancy)) {
    answer.Recommend(advice::urgent_mri_pelvis_sacrum,
                     {.reason = reading[SetId::kMalignancy].Names(), .timeframe = kWithin7Days});
  }
  if (Met(reading, SetId::kUnder18) && IsTrue(findings.Is(flag::unremitting_night_pain))) {
    answer.Recommend(advice::urgent_mri_pelvis_sacrum,
                     {.reason = "under 18 with night pain that nothing relieves", .timeframe = kWithin7Days});
  }
}

void RecommendReferral(const FlagReading& reading, const Findings& findings, Answer& answer) {
  for (SetId id : {SetId::kFractureEmergency, SetId::kFracture}) {
    if (!Met(reading, id)) continue;
    answer.Recommend(advice::refer_ortho_sports, {.reason = reading[id].Names(), .timeframe = kSameDay});
  }
  if (Met(reading, SetId::kMalignancy)) {
    answer.Recommend(advice::refer_oncology_pathway,
                     {.reason = reading[SetId::kMalignancy].Names(), .timeframe = kWithin7Days});
  }
  if (Met(reading, SetId::kUnder18)) {
    answer.Recommend(advice::refer_oncology_pathway,
                     {.reason = reading[SetId::kUnder18].Names(), .timeframe = kSameDay});
  }
  if (Met(reading, SetId::kEye)) {
    answer.Recommend(advice::refer_ophthalmology, {.reason = reading[SetId::kEye].Names(), .timeframe = kSameDay});
  }
  const Truth around_birth =
      Or({reading.pregnant, runner_sij::DeliveredWithin(findings, runner_sij::kSixMonthsDaysAtMost)});
  if (Met(reading, SetId::kObstetric) && !IsFalse(around_birth)) {
    answer.Recommend(advice::refer_obgyn,
                     {.reason = reading[SetId::kObstetric].Names() +
                                (IsTrue(around_birth) ? ", in pregnancy or within 183 days of a birth"
                                                      : ", and pregnancy or a recent birth is possible"),
                      .timeframe = kNow});
  }
}

void RecommendExamination(const FlagReading& reading, const Findings& findings, Answer& answer) {
  namespace screen = answer::exam::neuro_screen;
  const auto examine = [&](std::string reason) { answer.Recommend(advice::neuro_exam, {.reason = std::move(reason)}); };
  for (SetId id : {SetId::kCaudaEquina, SetId::kNeurologicalMarked, SetId::kNeurologicalMild}) {
    if (Met(reading, id)) examine(reading[id].Names());
  }
  bool spinal_fracture = Met(reading, SetId::kFractureEmergency);
  for (const Trigger& trigger : reading[SetId::kFracture].triggers) {
    spinal_fracture = spinal_fracture || (IsTrue(trigger.met) && trigger.input.key != flag::unable_to_bear_weight.key);
  }
  if (spinal_fracture) examine("possible fracture of the spine after trauma or with weak bone");
  if (IsTrue(findings.Is(flag::recent_procedure))) examine("a recent injection, block, epidural or operation");
  if (IsTrue(findings.Is(input::exam::neuro_screen, screen::not_done))) examine("neurological screen not done");
  if (IsTrue(findings.Is(input::exam::neuro_screen, screen::abnormal))) examine("neurological screen abnormal");
  const SidedTruth below_knee = findings.Sided(input::pain::below_knee);
  if (IsTrue(Or({below_knee.left, below_knee.right, below_knee.unsaid}))) examine("pain below the knee");
}

// Answers that could turn an urgent finding into an emergency, or a finding into a flag.
void AskWhatCouldRaise(const FlagReading& reading, const Findings& findings, Answer& answer) {
  const auto ask = [&](const BooleanInput& input, std::string_view why) {
    if (IsUnknown(findings.Is(input))) answer.Ask(input, why, true);
  };
  if (IsTrue(reading.trauma) && !IsTrue(reading.ankylosed)) {
    ask(input::history::known_axspa, "With trauma this would be an emergency.");
    ask(input::history::spinal_fusion, "With trauma this would be an emergency.");
  }
  if (IsTrue(findings.Is(flag::minor_trauma)) && !Met(reading, SetId::kFracture)) {
    ask(input::history::osteoporosis, "With minor trauma this would be a warning sign of fracture.");
    ask(input::medication::systemic_corticosteroid, "With minor trauma this would be a warning sign of fracture.");
  }
  if (IsTrue(findings.Is(flag::unable_to_bear_weight)) && !Met(reading, SetId::kInfection)) {
    ask(flag::systemically_unwell, "With no weight bearing this would be a warning sign of infection.");
    if (!findings.Value(input::exam::temperature)) {
      answer.Ask(input::exam::temperature, "A fever would be a warning sign of infection.", true);
    }
  }
  if (IsTrue(findings.Is(flag::night_sweats))) {
    ask(input::history::tb_contact, "With night sweats this would be a warning sign of infection.");
  }
  if (IsTrue(findings.Is(input::history::tb_contact))) {
    ask(flag::night_sweats, "With contact with tuberculosis this would be a warning sign of infection.");
  }
  if (IsTrue(findings.Is(flag::leg_weakness)) && !findings.Code(input::exam::motor_weakness, Side::kLeft) &&
      !findings.Code(input::exam::motor_weakness, Side::kRight)) {
    answer.Ask(input::exam::motor_weakness, "Marked weakness on examination would be an emergency.", true);
  }
}

void AskWhatDecides(const FlagReading& reading, const Findings& findings, Answer& answer) {
  constexpr std::string_view kCoreWhy = "Core question: while it is open the screen cannot be negative.";
  for (const Question& question : kQuestions) {
    if (Needed(question, reading) && IsUnknown(findings.Is(question.input))) answer.Ask(question.input, kCoreWhy, true);
  }
  if (IsUnknown(reading.pregnant)) {
    answer.Ask(input::obstetric::pregnant, "Decides which questions are core.", true);
    if (findings.sex() == v1::SEX_UNSPECIFIED) answer.AskOfPatient("patient.sex", "Decides which questions are core.");
  }
  if (IsFalse(reading.pregnant) && IsUnknown(reading.pregnant_or_just_delivered)) {
    answer.Ask(input::obstetric::days_since_delivery, "Decides which questions are core.", true);
  }
  const bool cancer_open =
      IsUnknown(reading.cancer.AtLeast(kCancerItemsAtLeast)) && !IsTrue(findings.Is(flag::cancer_history));
  if (!findings.age_years() && (cancer_open || reading.age_decides)) {
    answer.AskOfPatient("patient.age", "Some warning signs depend on the age.", true);
  }
  if (!cancer_open) return;
  constexpr std::string_view kCancerWhy = "One of the five items of which two make a warning sign of malignancy.";
  const Truth smoker = findings.Is(input::history::smoker);
  const Truth thoracolumbar = findings.Is(input::pain::thoracolumbar);
  if (IsUnknown(findings.Is(flag::no_improvement_4_weeks))) answer.Ask(flag::no_improvement_4_weeks, kCancerWhy, true);
  if (IsUnknown(smoker) && !IsFalse(thoracolumbar)) answer.Ask(input::history::smoker, kCancerWhy, true);
  if (IsUnknown(thoracolumbar) && !IsFalse(smoker)) answer.Ask(input::pain::thoracolumbar, kCancerWhy, true);
}

std::string MissingNames(const FlagReading& reading, const Findings& findings) {
  std::string names;
  const auto add = [&](std::string_view name) { names += (names.empty() ? "" : "; ") + std::string(name); };
  for (const Question& question : kQuestions) {
    if (Needed(question, reading) && IsUnknown(findings.Is(question.input))) add(question.text);
  }
  if (IsUnknown(reading.pregnant)) add("pregnant or not");
  if (reading.age_decides) add("age");
  if (IsUnknown(reading[SetId::kMalignancy].met) && IsUnknown(reading.cancer.AtLeast(kCancerItemsAtLeast))) {
    add("the five cancer items");
  }
  return names;
}

void Summarise(const FlagReading& reading, Answer& answer) {
  if (IsTrue(reading.screen)) {
    std::string names;
    for (const FlagSet& set : kSets) {
      if (Met(reading, set.id)) names += (names.empty() ? "" : "; ") + std::string(set.text);
    }
    answer.SetSummary("Warning signs to act on: " + names + ". They raise concern and name no cause.");
  } else if (IsFalse(reading.screen)) {
    answer.SetSummary(
        "None of the warning signs asked about is present; their absence never excludes a serious cause.");
  } else {
    answer.SetSummary("Warning-sign questions are still open, so this screen holds exercise and running advice.");
  }
  answer.Caveat(
      "Most warning signs have weak evidence (IFOMPT 2020): they raise concern and are no diagnosis, and their absence "
      "never excludes: spread of cancer has been reported with none of them (Mabry).");
  if (reading.cancer.met > 0) {
    answer.Caveat(
        "Counting 2 of 5 cancer items is this pack's reading of \"no single sign is enough\"; it has not been "
        "validated.");
  }
}

}  // namespace

void Assess(const Findings& findings, const Call&, Answer& answer) {
  const FlagReading reading = ReadFlags(findings);
  answer.SetStatus(reading.screen);
  Summarise(reading, answer);
  Urge(reading, findings, answer);
  Conclude(reading, answer);
  WriteEvidence(findings, reading, answer);
  if (answer.positive()) HoldTreatment(reading, answer);

  RecommendImaging(reading, findings, answer);
  RecommendReferral(reading, findings, answer);
  if (Met(reading, SetId::kInfection)) {
    answer.Recommend(advice::blood_cultures_crp_esr, {.reason = reading[SetId::kInfection].Names(), .timeframe = kNow});
  }
  RecommendExamination(reading, findings, answer);
  answer.Recommend(advice::safety_net, {.reason = "said at every visit, whatever was found"});
  if (IsFalse(reading.screen) && reading.cancer.met == 1) {
    answer.Recommend(advice::reassess_if_new_features, {.reason = "one cancer item: " + CancerItem(findings)});
  }
  if (answer.urgency() < v1::URGENCY_EMERGENCY) {
    AskWhatCouldRaise(reading, findings, answer);
    if (!IsFalse(reading.screen)) AskWhatDecides(reading, findings, answer);
  }
  if (IsUnknown(reading.screen)) {
    answer.Recommend(advice::ask_missing, {.reason = "still open: " + MissingNames(reading, findings)});
  }
}

}  // namespace condyle::red_flag_screen

CONDYLE_PLUGIN(condyle::red_flag_screen::Assess, condyle::red_flag_screen::kPluginId,
               condyle::red_flag_screen::kPluginVersion);
