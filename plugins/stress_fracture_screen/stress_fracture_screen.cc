// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Could this pain be a bone stress injury of sacrum, pelvis or femoral neck, so that impact must stop until it has been
// looked for? Asked before any running advice. A negative answer lowers the suspicion, no more.
#include <string>
#include <string_view>

#include "condyle/sdk/plugin.h"
#include "plugins/pack/criteria/course.h"
#include "plugins/pack/criteria/obstetric.h"
#include "plugins/stress_fracture_screen/conclusions.h"
#include "plugins/stress_fracture_screen/evidence.h"
#include "plugins/stress_fracture_screen/pathway.h"
#include "plugins/stress_fracture_screen/questions.h"
#include "plugins/stress_fracture_screen/reading.h"
#include "plugins/stress_fracture_screen/risks.h"
#include "plugins/stress_fracture_screen/tables.h"
#include "plugins/stress_fracture_screen/triad.h"

namespace condyle::stress_fracture_screen {
namespace {

void Append(std::string* list, std::string_view item) {
  if (!list->empty()) *list += ", ";
  *list += item;
}

// The findings that made the screen positive.
std::string Why(const Reading& reading) {
  std::string why;
  if (reading.mri_positive) {
    Append(&why, reading.site != nullptr ? "MRI shows bone stress at the " + std::string(reading.site->name)
                                         : std::string("MRI shows bone stress"));
  }
  if (reading.fracture_on_other_imaging) Append(&why, "a fracture on radiograph or CT");
  if (IsFalse(reading.pain) || !IsTrue(reading.load_related)) return why;
  Append(&why, "load-related pain");
  if (IsTrue(reading.groin)) Append(&why, "groin pain");
  if (IsTrue(reading.walking)) Append(&why, "pain on walking");
  if (IsTrue(reading.hop)) Append(&why, "hop painful or unsafe");
  if (IsTrue(reading.stance)) Append(&why, "pain on one leg");
  if (IsTrue(reading.sacral_tenderness)) Append(&why, "sacral bony tenderness");
  if (IsTrue(reading.ramus_tenderness)) Append(&why, "pubic ramus tenderness");
  for (const RiskFactor& factor : reading.factors) {
    if (IsTrue(factor.present)) Append(&why, factor.name);
  }
  return why;
}

std::string_view Timeframe(const Reading& reading) {
  return IsTrue(reading.femoral_neck) || reading.fracture_on_other_imaging ? kSameDay : kWithin7Days;
}

bool BoneOfPregnancyOrLactation(const Findings& findings) {
  return IsTrue(findings.Is(input::red_flag::height_loss)) && findings.sex() != v1::SEX_MALE &&
         IsTrue(Or({runner_sij::Pregnant(findings), findings.Is(input::obstetric::lactating),
                    runner_sij::DeliveredWithin(findings, runner_sij::kSixMonthsDaysAtMost)}));
}

void Urge(const Findings& findings, const Reading& reading, const std::string& why, Answer& answer) {
  if (IsFalse(reading.screen)) {
    answer.RaiseUrgency(IsFalse(reading.pain) ? v1::URGENCY_SELF_CARE : v1::URGENCY_ROUTINE);
    return;
  }
  answer.RaiseUrgency(v1::URGENCY_ROUTINE);
  if (IsTrue(reading.femoral_neck_emergency)) {
    std::string signs;
    if (IsTrue(findings.Is(input::exam::limp))) Append(&signs, "limp");
    const SidedTruth rotation = findings.Sided(input::exam::hip_rotation_painful);
    if (IsTrue(Or({rotation.left, rotation.right, rotation.unsaid}))) Append(&signs, "painful hip rotation");
    if (IsTrue(findings.Is(input::pain::at_rest))) Append(&signs, "pain at rest");
    if (IsTrue(findings.Is(input::red_flag::unable_to_bear_weight))) Append(&signs, "unable to bear weight");
    answer.RaiseUrgency(v1::URGENCY_EMERGENCY);
    answer.Recommend(
        advice::ed_now,
        {.reason = "possible bone stress injury of the femoral neck: " + why + "; with " + signs, .timeframe = "now"});
  } else if (IsTrue(reading.screen)) {
    answer.RaiseUrgency(v1::URGENCY_URGENT);
    answer.Recommend(advice::urgent_clinician_review,
                     {.reason = "possible bone stress injury: " + why, .timeframe = Timeframe(reading)});
  }
  if (BoneOfPregnancyOrLactation(findings)) {
    answer.RaiseUrgency(v1::URGENCY_URGENT);
    answer.Recommend(advice::urgent_clinician_review,
                     {.reason = "loss of height or vertebral pain in pregnancy, breastfeeding or within 183 days of a "
                                "birth: weak bone is possible",
                      .timeframe = kWithin7Days});
  }
}

std::string MissingTriadItems(const TriadReading& triad) {
  std::string names;
  for (const TriadItem* item : triad.items()) {
    if (!item->points.settled()) Append(&names, item->name);
  }
  return names;
}

void RecommendByTriad(const TriadReading& triad, Answer& answer) {
  if (!triad.for_this_patient) return;
  const std::string missing = MissingTriadItems(triad);
  for (const TriadItem* item : triad.items()) {
    if (item->points.settled() || (item == &triad.menses && triad.menses_not_scored)) continue;
    answer.Ask(item->input, "A Triad item: it narrows the range of the total.", true);
  }
  if (!missing.empty()) answer.Recommend(advice::ask_missing, {.reason = "Triad items missing: " + missing});
  if (!triad.restricted_by.empty()) {
    answer.Recommend(advice::triad_restricted_clearance, {.reason = triad.restricted_by});
  }
  if (!triad.any_known) return;
  AddTriadScore(triad, answer);
  const std::string range = "Triad total " + triad.Range();
  if (triad.band == TriadBand::kHigh) {
    answer.Recommend(advice::triad_restricted_clearance, {.reason = range});
  } else if (triad.band == TriadBand::kOpen) {
    answer.Recommend(advice::triad_complete_items, {.reason = range + "; missing: " + missing});
  } else if (triad.restricted_by.empty()) {
    answer.Recommend(
        triad.band == TriadBand::kMiddle ? advice::triad_provisional_clearance : advice::triad_full_clearance,
        {.reason = range});
  }
}

void RecommendWhenPositive(const Findings& findings, const Reading& reading, const std::string& why, Answer& answer) {
  const std::string_view timeframe = Timeframe(reading);
  const std::string reason = "possible bone stress injury: " + why;
  if (IsTrue(reading.femoral_neck)) {
    answer.Recommend(advice::non_weight_bearing,
                     {.reason = "femoral neck path: " + why, .side = reading.groin_side, .timeframe = "now"});
  }
  answer.Recommend(advice::urgent_mri_pelvis_sacrum,
                   {.reason = reading.mri_positive ? why + "; complete the scan if it did not cover sacrum, pelvis and "
                                                           "both femoral necks"
                                                   : reason,
                    .timeframe = timeframe});
  answer.Recommend(advice::refer_ortho_sports, {.reason = reason, .timeframe = timeframe});
  answer.Recommend(advice::nutrition_menses_bone_workup, {.reason = reason});
  answer.Recommend(advice::bsi_risk_explained, {.reason = reason});
  const auto days = findings.Value(input::training::pain_free_walking_days);
  answer.Recommend(
      advice::return_to_running_criteria,
      {.reason = days ? "walking free of pain for " + Number(*days) +
                            (*days >= runner_sij::kPainFreeWalkingDaysAtLeast ? " days; the other criteria are open"
                                                                              : " days; at least 5 to 7 are asked")
                      : std::string("published courses of sacral injury: 6 weeks to 8 months")});
  answer.Recommend(advice::safety_net, {.reason = reason});
  const Truth around_birth =
      Or({runner_sij::Pregnant(findings), runner_sij::DeliveredWithin(findings, runner_sij::kSixMonthsDaysAtMost)});
  if (IsTrue(around_birth)) {
    answer.Recommend(advice::refer_obgyn, {.reason = "possible bone stress injury in pregnancy or within 183 days of a "
                                                     "birth",
                                           .timeframe = timeframe});
  }
  for (std::string_view tag : {"load", "exercise", "manual", "self_care", "drug.nsaid", "injection.steroid"}) {
    answer.Hold(tag, "Held until bone stress injury has been looked for: " + why, {cite::B_4, cite::X_2});
  }
}

void RecommendDrugs(const Findings& findings, const Reading& reading, const std::string& why, Answer& answer) {
  const bool pregnant = IsTrue(runner_sij::Pregnant(findings));
  const bool weeks_ask =
      pregnant && !IsFalse(runner_sij::PregnantFromWeek(findings, runner_sij::kNsaidAvoidedWeeksAtLeast));
  const auto avoid = [&](const std::string& reason) {
    answer.Recommend(advice::avoid_nsaid, {.reason = reason});
    answer.Recommend(advice::acetaminophen_ok, {.reason = "in place of an NSAID"});
  };
  if (IsTrue(reading.screen)) {
    avoid("possible bone stress injury: " + why);
    if (IsTrue(findings.Is(input::medication::nsaid_current))) avoid("an NSAID is being taken now");
    if (IsTrue(findings.Is(input::history::nsaid_risk_condition))) avoid("a stomach, kidney or heart condition");
  }
  if (weeks_ask) {
    const auto weeks = findings.Value(input::obstetric::gestational_age);
    avoid(weeks ? Number(*weeks) + " weeks pregnant" : std::string("pregnant, weeks not known"));
  }
  if (IsTrue(findings.Is(input::medication::systemic_corticosteroid))) {
    answer.Recommend(advice::medication_review, {.reason = "systemic corticosteroid"});
  }
  if (IsTrue(findings.Is(input::medication::heparin_or_antiepileptic))) {
    answer.Recommend(advice::medication_review, {.reason = "heparin or an antiepileptic"});
  }
}

void RecommendAnyway(const Findings& findings, const Reading& reading, Answer& answer) {
  namespace screen = answer::exam::neuro_screen;
  const Truth pregnant = runner_sij::Pregnant(findings);
  if (IsTrue(pregnant)) {
    answer.Recommend(advice::no_ionising_unless_needed, {.reason = "pregnant"});
  } else if (IsUnknown(pregnant) && !IsFalse(reading.screen) && !IsTrue(findings.Is(input::history::postmenopausal))) {
    answer.Recommend(advice::no_ionising_unless_needed, {.reason = "pregnancy is not known to be absent"});
  }
  if (IsTrue(findings.Is(input::exam::neuro_screen, screen::not_done))) {
    answer.Recommend(advice::neuro_exam, {.reason = "neurological screen not done"});
  }
  if (IsTrue(findings.Is(input::energy::dietary_restriction, answer::energy::dietary_restriction::eating_disorder))) {
    answer.Recommend(advice::refer_eating_disorder_care, {.reason = "an eating disorder is recorded"});
  }
  const auto purging = findings.Value(input::energy::purging_per_week);
  if (IsTrue(Above(purging, kRestrictedPurgingPerWeekAbove))) {
    answer.Recommend(advice::refer_eating_disorder_care, {.reason = "purging " + Number(*purging) + " times a week"});
  }
}

void Summarise(const Findings& findings, const Reading& reading, Answer& answer) {
  if (IsTrue(reading.femoral_neck)) {
    answer.SetSummary(
        "A bone stress injury of the femoral neck is possible: no weight on the leg until imaging is read.");
  } else if (IsTrue(reading.screen)) {
    answer.SetSummary("A bone stress injury is possible: stop impact and look for it with MRI.");
  } else if (IsFalse(reading.screen)) {
    answer.SetSummary("The criteria for bone stress injury are not met; this lowers the suspicion, no more.");
  } else {
    answer.SetSummary(
        "Whether a bone stress injury is possible is undecided: no impact until the open items are known.");
  }
  answer.Caveat(
      "The rule, with its 2 of 7 risk factors, its rise in training from 30 per cent and vitamin D below 20 ng/mL, is "
      "expert opinion and has not been validated.");
  if (findings.Code(input::imaging::pelvic_xray)) {
    answer.Caveat("A normal radiograph does not lower the suspicion of bone stress injury.");
  }
  if (IsTrue(reading.screen)) {
    answer.Caveat(
        "NSAIDs and bone injury: the evidence is observational, and acetaminophen shows a similar association (Hughes "
        "2019), so confounding is large.");
    answer.Caveat(
        "Published times to full running after sacral injury differ: 6 weeks to 8 months (Fredericson 2003), 4 months "
        "(Klossner 2000), no high impact for 6 weeks or more (GJSM 2022).");
    answer.Caveat("REDs traffic-light colours are not given: their cut-offs could not be verified.");
  }
  if (IsTrue(findings.Is(input::red_flag::height_loss))) {
    answer.Caveat(
        "Loss of height or new vertebral pain asks for its own assessment; this screen does not cover the spine.");
  }
}

}  // namespace

void Assess(const Findings& findings, const Call&, Answer& answer) {
  const Reading reading = Read(findings);
  const std::string why = Why(reading);
  answer.SetStatus(reading.screen);
  Summarise(findings, reading, answer);
  Urge(findings, reading, why, answer);
  ConcludeInjury(reading, answer);
  ConcludeFemoralNeck(findings, reading, answer);
  WriteEvidence(findings, reading, answer);

  RecommendAnyway(findings, reading, answer);
  RecommendDrugs(findings, reading, why, answer);
  if (!IsFalse(reading.screen)) {
    answer.Recommend(advice::stop_impact,
                     {.reason = IsTrue(reading.screen) ? "possible bone stress injury: " + why
                                                       : std::string("bone stress injury is undecided")});
    AskWhatCouldRaise(findings, reading, answer);
  }
  if (IsTrue(reading.screen)) {
    AddRisks(reading, answer);
    AddPathway(findings, reading, answer);
    RecommendWhenPositive(findings, reading, why, answer);
    RecommendByTriad(reading.triad, answer);
  } else if (IsUnknown(reading.screen)) {
    answer.Recommend(advice::ask_missing, {.reason = "still open: " + AskWhatDecides(findings, reading, answer)});
  }
}

}  // namespace condyle::stress_fracture_screen

CONDYLE_PLUGIN(condyle::stress_fracture_screen::Assess, condyle::stress_fracture_screen::kPluginId,
               condyle::stress_fracture_screen::kPluginVersion);
