// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Could this pain be a bone stress injury of sacrum, pelvis or femoral neck, so that impact must stop until it has been
// looked for? Asked before any running advice. A negative answer lowers the suspicion, no more.
#include <string>
#include <string_view>

#include "condyle/sdk/plugin.h"
#include "plugins/pack/criteria/obstetric.h"
#include "plugins/stress_fracture_screen/evidence.h"
#include "plugins/stress_fracture_screen/reading.h"
#include "plugins/stress_fracture_screen/tables.h"
#include "plugins/stress_fracture_screen/triad.h"

namespace condyle::stress_fracture_screen {
namespace {

constexpr v1::Grade kOpinion = v1::GRADE_EXPERT_OPINION;

v1::Status ToStatus(Truth truth) {
  return IsTrue(truth) ? v1::STATUS_POSITIVE : IsFalse(truth) ? v1::STATUS_NEGATIVE : v1::STATUS_INSUFFICIENT_DATA;
}

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

void ConcludeInjury(const Reading& reading, Answer& answer) {
  const Citations rule{cite::B_4};
  Condition condition{.text = "Possible bone stress injury of sacrum, pelvis or femoral neck"};
  if (reading.site != nullptr) {
    condition = {.text = "Bone stress injury on MRI", .system = kIcd10Cm, .code = reading.site->icd_10_cm};
    if (reading.femoral_neck_on_mri && reading.groin_side) {
      condition.code = *reading.groin_side == Side::kLeft ? kFemurLeft : kFemurRight;
    }
  }
  ConclusionBuilder conclusion =
      answer.Conclude(condition, ToStatus(reading.screen), {cite::B_4, cite::Fredericson2003}).Graded(kOpinion);
  if (reading.femoral_neck_on_mri) conclusion.On(reading.groin_side);
  conclusion.Criterion("Pain brought on by load and eased off it", reading.load_related, kOpinion, rule)
      .Criterion("Pain on hop, on one leg or on walking", reading.loading, v1::GRADE_CASE_REPORT,
                 {cite::Kahanov2011, cite::Noakes1985})
      .Criterion("Bony tenderness of sacrum or pubic ramus", reading.tenderness, v1::GRADE_CASE_REPORT,
                 {cite::Noakes1985, cite::B_4})
      .Criterion("Risk factors: " + std::to_string(reading.factor_count.met) + " of 7 met, " +
                     std::to_string(reading.factor_count.unknown) + " unknown; 2 are needed",
                 reading.risk, kOpinion, rule);
  for (const RiskFactor& factor : reading.factors) {
    conclusion.Criterion("Risk factor: " + std::string(factor.name), factor.present, kOpinion, rule);
  }
  if (reading.mri_positive) {
    conclusion.Criterion("Stress reaction or fracture line on MRI", Truth::kTrue, v1::GRADE_DIAGNOSTIC_STUDY,
                         {cite::Wright2016});
  }
  if (reading.fracture_on_other_imaging) {
    conclusion.Criterion("Fracture on radiograph or CT", Truth::kTrue, v1::GRADE_DIAGNOSTIC_STUDY, {cite::Wright2016});
  }
}

void ConcludeFemoralNeck(const Findings& findings, const Reading& reading, Answer& answer) {
  const Citations rule{cite::B_4, cite::B_6};
  const SidedTruth rotation = findings.Sided(input::exam::hip_rotation_painful);
  answer
      .Conclude({.text = "Femoral neck path: bone stress injury of the femoral neck is possible"},
                ToStatus(reading.femoral_neck), rule)
      .On(reading.groin_side)
      .Graded(kOpinion)
      .Criterion("Groin or front-of-hip pain", reading.groin, kOpinion, rule)
      .Criterion("Pain brought on by load and eased off it", reading.load_related, kOpinion, rule)
      .Criterion("Pain on hop, on one leg or on walking is not known to be absent",
                 IsUnknown(reading.loading) ? Truth::kTrue : reading.loading, kOpinion, rule)
      .Criterion("Femoral neck as the site on MRI",
                 reading.femoral_neck_on_mri ? Truth::kTrue
                 : reading.mri_positive      ? Truth::kFalse
                                             : Truth::kUnknown,
                 v1::GRADE_COHORT, {cite::Hoenig2023})
      .Criterion("Emergency: limp", findings.Is(input::exam::limp), kOpinion, rule)
      .Criterion("Emergency: painful hip rotation", Or({rotation.left, rotation.right, rotation.unsaid}), kOpinion,
                 rule)
      .Criterion("Emergency: pain at rest", findings.Is(input::pain::at_rest), kOpinion, rule)
      .Criterion("Emergency: unable to bear weight", findings.Is(input::red_flag::unable_to_bear_weight), kOpinion,
                 rule);
}

// Two axes, two conclusions: a site can be low on one and high on the other.
void ConcludeRisks(const Reading& reading, Answer& answer) {
  const Citations healing{cite::Hoenig2023};
  const Citations health{cite::Mountjoy2023, cite::DeSouza2014};
  ConclusionBuilder complication =
      answer.Conclude({.text = "complication_risk: trouble with healing, by site"}, v1::STATUS_POSITIVE, healing)
          .Graded(v1::GRADE_COHORT);
  for (const Site& site : kSites) {
    if (reading.site != nullptr && reading.site != &site) continue;
    const Truth state = reading.site == &site ? Truth::kTrue : Truth::kUnknown;
    complication.Criterion(
        "If " + std::string(site.name) + ": complication risk " + std::string(site.complication_risk), state,
        v1::GRADE_COHORT, healing);
  }
  ConclusionBuilder bone_health =
      answer
          .Conclude({.text = "bone_health_risk: what the injury says of bone health, by site"}, v1::STATUS_POSITIVE,
                    health)
          .Graded(v1::GRADE_GUIDELINE);
  for (const Site& site : kSites) {
    if (reading.site != nullptr && reading.site != &site) continue;
    const Truth state = reading.site == &site ? Truth::kTrue : Truth::kUnknown;
    bone_health.Criterion("If " + std::string(site.name) + ": bone-health risk " + std::string(site.bone_health_risk),
                          state, v1::GRADE_GUIDELINE, health);
  }
}

std::string PointsText(const TriadItem& item) {
  const std::string points = item.points.settled()
                                 ? std::to_string(item.points.low)
                                 : std::to_string(item.points.low) + " to " + std::to_string(item.points.high);
  return std::string(item.name) + ": " + points +
         (item.points.settled() && item.points.low == 1 ? " point" : " points");
}

void ConcludeTriad(const TriadReading& triad, Answer& answer) {
  const Citations citations{cite::DeSouza2014, cite::Koltun2020};
  const v1::Status status = triad.low >= kTriadMiddleBandAtLeast ? v1::STATUS_POSITIVE
                            : triad.band == TriadBand::kLow      ? v1::STATUS_NEGATIVE
                                                                 : v1::STATUS_INSUFFICIENT_DATA;
  const std::string text = "Female Athlete Triad cumulative risk: total " + triad.Range();
  ConclusionBuilder conclusion = answer.Conclude({.text = text}, status, citations).Graded(v1::GRADE_GUIDELINE);
  for (const TriadItem* item : triad.items()) {
    const Truth scores = item->points.low > 0 ? Truth::kTrue : item->points.high == 0 ? Truth::kFalse : Truth::kUnknown;
    conclusion.Criterion(PointsText(*item), scores, v1::GRADE_GUIDELINE, citations);
  }
}

std::string MissingTriadItems(const TriadReading& triad) {
  std::string names;
  for (const TriadItem* item : triad.items()) {
    if (!item->points.settled()) Append(&names, item->name);
  }
  return names;
}

void RecommendByTriad(const Findings& findings, const TriadReading& triad, Answer& answer) {
  if (!triad.for_this_patient) return;
  const std::string missing = MissingTriadItems(triad);
  for (const TriadItem* item : triad.items()) {
    if (item->points.settled() || (item == &triad.menses && triad.menses_not_scored)) continue;
    const bool only_site = item == &triad.prior_injury && findings.Value(input::history::prior_bsi_count);
    answer.Ask(only_site ? static_cast<const InputKey&>(input::history::prior_bsi_high_risk_site) : item->input,
               "A Triad item: it narrows the range of the total.", true);
  }
  if (!missing.empty()) answer.Recommend(advice::ask_missing, {.reason = "Triad items missing: " + missing});
  if (!triad.restricted_by.empty()) {
    answer.Recommend(advice::triad_restricted_clearance, {.reason = triad.restricted_by});
  }
  if (!triad.any_known) return;
  ConcludeTriad(triad, answer);
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
  answer.Recommend(advice::return_to_running_criteria,
                   {.reason = days ? "walking free of pain for " + Number(*days) +
                                         (*days >= kPainFreeWalkingDaysAtLeast ? " days; the other criteria are open"
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

// Asks what the answer really turns on; collects the names for ask_missing.
class Questions {
 public:
  Questions(const Findings& findings, Answer& answer) : findings_(findings), answer_(answer) {}

  void Boolean(const BooleanInput& input, std::string_view name, std::string_view why) {
    if (IsUnknown(findings_.Is(input))) Any(input, name, why);
  }
  void Value(const QuantityInput& input, std::string_view name, std::string_view why) {
    if (!findings_.Value(input)) Any(input, name, why);
  }
  void Any(const InputKey& input, std::string_view name, std::string_view why) {
    answer_.Ask(input, why, true);
    Append(&names_, name);
  }
  void OfPatient(std::string_view key, std::string_view name, std::string_view why) {
    answer_.AskOfPatient(key, why, true);
    Append(&names_, name);
  }
  const std::string& names() const { return names_; }

 private:
  const Findings& findings_;
  Answer& answer_;
  std::string names_;
};

void AskRiskFactors(const Findings& findings, const Reading& reading, Questions& ask) {
  constexpr std::string_view kWhy = "A risk factor; two of seven count as much as an examination finding.";
  const auto open = [&](int factor) { return IsUnknown(reading.factors[static_cast<size_t>(factor)].present); };
  if (open(0)) {
    ask.Value(input::training::weekly_volume_increase, "rise in weekly distance", kWhy);
    ask.Boolean(input::training::new_surface_or_intensity, "new surface or intensity", kWhy);
  }
  if (open(1)) ask.Value(input::history::prior_bsi_count, "earlier bone stress injuries", kWhy);
  if (open(2)) {
    if (!findings.Code(input::energy::dietary_restriction)) {
      ask.Any(input::energy::dietary_restriction, "dietary restriction", kWhy);
    }
    if (!reading.triad.weight.points.settled()) {
      const bool adult = !IsFalse(AtLeast(findings.age_years(), kBmiAgeYearsAtLeast));
      if (adult) {
        ask.Value(input::exam::bmi, "body mass index", kWhy);
      } else {
        ask.Value(input::exam::percent_expected_weight, "weight against the expected", kWhy);
      }
    }
    if (findings.sex() == v1::SEX_MALE) {
      ask.Boolean(input::energy::low_libido, "libido", kWhy);
    } else if (findings.sex() == v1::SEX_FEMALE) {
      ask.Value(input::energy::menarche_age, "age at first period", kWhy);
      if (!reading.triad.menses_not_scored) {
        ask.Value(input::energy::menses_last_12_months, "periods in 12 months", kWhy);
      }
    }
  }
  if (open(3)) {
    ask.Value(input::obstetric::days_since_delivery, "days since delivery", kWhy);
    ask.Boolean(input::obstetric::lactating, "breastfeeding", kWhy);
  }
  if (open(4)) {
    ask.Boolean(input::medication::systemic_corticosteroid, "systemic corticosteroid", kWhy);
    ask.Boolean(input::medication::heparin_or_antiepileptic, "heparin or antiepileptic", kWhy);
  }
  if (open(5)) ask.Value(input::lab::vitamin_d_25oh, "vitamin D", kWhy);
  if (open(6)) {
    ask.Boolean(input::history::osteoporosis, "osteoporosis", kWhy);
    if (findings.sex() != v1::SEX_MALE) ask.Boolean(input::history::postmenopausal, "postmenopausal", kWhy);
  }
  if (findings.sex() == v1::SEX_UNSPECIFIED && (open(2) || open(3) || open(6))) {
    ask.OfPatient("patient.sex", "sex", kWhy);
  }
  if (!findings.age_years() && (open(2) || open(6))) ask.OfPatient("patient.age", "age", kWhy);
}

void AskWhatDecides(const Findings& findings, const Reading& reading, Questions& ask) {
  constexpr std::string_view kRule = "Part of the bone stress injury rule.";
  ask.Boolean(input::pain::present, "whether there is pain", kRule);
  ask.Boolean(input::pain::load_related, "whether the pain is load related", "Without it the rule cannot be met.");
  if (IsUnknown(reading.groin)) {
    ask.Any(input::pain::groin, "groin pain", "With loading it opens the femoral neck path.");
  }
  ask.Boolean(input::pain::with_walking, "pain on walking", kRule);
  if (IsUnknown(reading.loading)) {
    if (IsUnknown(reading.stance) && !reading.hop_unsafe) {
      ask.Any(input::exam::single_leg_stance, "standing on one leg", kRule);
    }
    // The hop comes last and only where nothing speaks for an injury of the femoral neck.
    if (!reading.hop_unsafe && IsFalse(reading.walking)) ask.Any(input::exam::single_leg_hop, "hop", kRule);
  }
  if (IsUnknown(reading.tenderness)) {
    if (IsUnknown(reading.sacral_tenderness)) ask.Any(input::exam::sacral_tenderness, "sacral tenderness", kRule);
    if (reading.ramus_needed && IsUnknown(reading.ramus_tenderness)) {
      ask.Any(input::exam::pubic_ramus_tenderness, "pubic ramus tenderness", kRule);
    }
  }
  if (IsUnknown(reading.risk)) AskRiskFactors(findings, reading, ask);
}

// Answers that could open the femoral neck path, or make it an emergency.
void AskWhatCouldRaise(const Reading& reading, Questions& ask, const Findings& findings) {
  if (IsFalse(reading.femoral_neck) || IsTrue(reading.femoral_neck_emergency)) return;
  constexpr std::string_view kWhy = "With load-related groin pain this would be an emergency.";
  if (IsUnknown(reading.groin) && !IsTrue(reading.femoral_neck)) {
    ask.Any(input::pain::groin, "groin pain", "With loading it opens the femoral neck path.");
  }
  if (!IsTrue(reading.femoral_neck)) return;
  ask.Boolean(input::exam::limp, "limp", kWhy);
  ask.Boolean(input::pain::at_rest, "pain at rest", kWhy);
  ask.Boolean(input::red_flag::unable_to_bear_weight, "unable to bear weight", kWhy);
  const SidedTruth rotation = findings.Sided(input::exam::hip_rotation_painful);
  if (IsUnknown(And({rotation.left, rotation.right}))) {
    ask.Any(input::exam::hip_rotation_painful, "hip rotation", kWhy);
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
    Questions raise(findings, answer);
    AskWhatCouldRaise(reading, raise, findings);
  }
  if (IsTrue(reading.screen)) {
    ConcludeRisks(reading, answer);
    RecommendWhenPositive(findings, reading, why, answer);
    RecommendByTriad(findings, reading.triad, answer);
  } else if (IsUnknown(reading.screen)) {
    Questions ask(findings, answer);
    AskWhatDecides(findings, reading, ask);
    answer.Recommend(advice::ask_missing, {.reason = "still open: " + ask.names()});
  }
}

}  // namespace condyle::stress_fracture_screen

CONDYLE_PLUGIN(condyle::stress_fracture_screen::Assess, condyle::stress_fracture_screen::kPluginId,
               condyle::stress_fracture_screen::kPluginVersion);
