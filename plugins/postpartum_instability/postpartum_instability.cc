// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Is this pelvic girdle pain of pregnancy or after birth, and what does pregnancy or birth hold back? For patients who
// are pregnant or gave birth within 24 months; its precautions and alarms stand whatever the answer.
#include "condyle/sdk/plugin.h"
#include "plugins/pack/criteria/obstetric.h"
#include "plugins/postpartum_instability/pathway.h"
#include "plugins/postpartum_instability/reading.h"
#include "plugins/postpartum_instability/tables.h"
#include "plugins/postpartum_instability/trace.h"
#include "postpartum_instability/manifest.h"

namespace condyle::postpartum_instability {
namespace {

const Condition& InTrimester(const ByTrimester& conditions, std::optional<double> weeks) {
  if (!weeks) return conditions.unspecified;
  if (*weeks < kSecondTrimesterWeeksAtLeast) return conditions.first;
  return *weeks < kThirdTrimesterWeeksAtLeast ? conditions.second : conditions.third;
}

bool InPuerperium(const Reading& reading) {
  return reading.days_since_delivery && *reading.days_since_delivery <= kPuerperiumCodeDaysAtMost;
}

Condition GirdlePain(const Reading& reading) {
  if (IsTrue(reading.pregnant)) return InTrimester(kPelvicGirdlePainInPregnancy, reading.gestational_weeks);
  if (!reading.after_birth) return condition::pelvic_girdle_pain_unspecified;
  return InPuerperium(reading) ? condition::pelvic_girdle_pain_puerperium
                               : condition::pelvic_girdle_pain_unspecified.As("Pelvic girdle pain after birth");
}

Condition SymphysisDiastasis(const Reading& reading) {
  if (IsTrue(reading.pregnant)) return InTrimester(kSymphysisInPregnancy, reading.gestational_weeks);
  return InPuerperium(reading) ? condition::symphysis_diastasis_puerperium : condition::symphysis_diastasis;
}

void SetUrgency(const Reading& reading, Answer& answer) {
  const bool calm =
      reading.status == v1::STATUS_NOT_APPLICABLE || (reading.status == v1::STATUS_NEGATIVE && reading.no_pain);
  answer.RaiseUrgency(calm ? v1::URGENCY_SELF_CARE : v1::URGENCY_ROUTINE);
  if (IsTrue(reading.diastasis) || reading.height_loss) answer.RaiseUrgency(v1::URGENCY_URGENT);
  if (reading.alarm) answer.RaiseUrgency(v1::URGENCY_EMERGENCY);
}

std::string_view Summary(const Reading& reading) {
  if (reading.alarm) return "An obstetric alarm sign is present: this goes first, whatever the pelvic pain means.";
  if (IsTrue(reading.diastasis)) return "Findings of a wide symphysis (diastasis): to be seen within days.";
  if (reading.height_loss)
    return "Loss of height or new vertebral pain around pregnancy or lactation: to be seen within days.";
  switch (reading.status) {
    case v1::STATUS_NOT_APPLICABLE:
      return "Neither pregnant nor within 24 months of a birth: the question does not arise.";
    case v1::STATUS_POSITIVE:
      return "At least 2 of 7 tests support pregnancy-related pelvic girdle pain.";
    case v1::STATUS_NEGATIVE:
      return reading.no_pain ? "No current pain."
                             : "Fewer than 2 of 7 tests can be met: pelvic girdle pain is less likely.";
    default:
      if (IsUnknown(reading.applies)) return "Not known whether pregnancy or a recent birth is in question.";
      return reading.dates_unclear
                 ? "Pregnant, with a delivery recorded: the weeks of gestation are needed to tell the two apart."
                 : "Too few of the 7 tests are done to say.";
  }
}

void ConcludeGirdle(const Reading& reading, Answer& answer) {
  if (reading.status == v1::STATUS_NOT_APPLICABLE) return;
  const bool decided_by_items = IsTrue(reading.applies) && !reading.no_pain && !reading.dates_unclear;
  const v1::Status items_status = IsTrue(reading.items.met)    ? v1::STATUS_POSITIVE
                                  : IsFalse(reading.items.met) ? v1::STATUS_NEGATIVE
                                                               : v1::STATUS_INSUFFICIENT_DATA;
  const v1::Status status = decided_by_items                            ? items_status
                            : reading.dates_unclear && !reading.no_pain ? v1::STATUS_INSUFFICIENT_DATA
                                                                        : reading.status;
  auto conclusion = answer.Conclude(GirdlePain(reading), status, {cite::Vleeming2008, cite::Simonds2022});
  conclusion.Graded(v1::GRADE_EXPERT_OPINION);
  const runner_sij::PelvicGirdleReading& items = reading.items;
  const Citations guidelines = {cite::Vleeming2008, cite::Simonds2022};
  conclusion.Criterion("At least 2 of 7 tests: " + std::to_string(items.count.met) + " met, " +
                           std::to_string(items.count.unknown) + " unknown",
                       items.met, v1::GRADE_EXPERT_OPINION, {cite::B_3, cite::Simonds2022});
  conclusion.Criterion("Thigh thrust", items.thigh_thrust, v1::GRADE_GUIDELINE, guidelines);
  conclusion.Criterion("FABER with posterior pain", items.faber_posterior, v1::GRADE_GUIDELINE, guidelines);
  conclusion.Criterion("Gaenslen test", items.gaenslen, v1::GRADE_GUIDELINE, guidelines);
  conclusion.Criterion("Active straight leg raise, a leg at 1 or more", items.aslr, v1::GRADE_GUIDELINE,
                       {cite::Mens2001, cite::Vleeming2008});
  conclusion.Criterion("Long dorsal sacroiliac ligament tender", items.long_dorsal_ligament, v1::GRADE_GUIDELINE,
                       guidelines);
  conclusion.Criterion("Symphysis tender", items.symphysis_tenderness, v1::GRADE_GUIDELINE, guidelines);
  conclusion.Criterion("Modified Trendelenburg test", items.modified_trendelenburg, v1::GRADE_GUIDELINE, guidelines);
}

void ConcludeSymphysis(const Findings& findings, const Reading& reading, Answer& answer) {
  const auto gap = findings.Value(input::imaging::symphysis_gap);
  const Truth felt = findings.Is(input::exam::symphysis_gap);
  if (!gap && IsUnknown(felt)) return;
  auto conclusion = answer.Conclude(SymphysisDiastasis(reading),
                                    IsTrue(reading.diastasis)    ? v1::STATUS_POSITIVE
                                    : IsFalse(reading.diastasis) ? v1::STATUS_NEGATIVE
                                                                 : v1::STATUS_INSUFFICIENT_DATA,
                                    {cite::Cambridge2025, cite::B_3});
  conclusion.Graded(v1::GRADE_EXPERT_OPINION);
  conclusion.Criterion("More than 10 mm on imaging", Above(gap, kDiastasisMmAbove), v1::GRADE_EXPERT_OPINION,
                       {cite::Cambridge2025, cite::B_3});
  conclusion.Criterion("A gap felt, and unable to bear weight",
                       And({felt, findings.Is(input::red_flag::unable_to_bear_weight)}), v1::GRADE_EXPERT_OPINION,
                       {cite::Cambridge2025, cite::B_3});
}

std::string PregnancyReason(const Reading& reading) {
  const std::string who = IsTrue(reading.pregnant) ? "Pregnant" : "Possibly pregnant (positive test or weeks recorded)";
  return who + (reading.gestational_weeks
                    ? ", week " + std::to_string(static_cast<int>(*reading.gestational_weeks)) + " completed"
                    : std::string(", weeks not known"));
}

void ConstrainInPregnancy(const Reading& reading, Answer& answer) {
  if (!reading.as_if_pregnant) return;
  const std::string reason = PregnancyReason(reading);
  if (IsTrue(AtLeast(reading.gestational_weeks, kNsaidNeverWeeksAtLeast))) {
    answer.Forbid("drug.nsaid", reason + ": no NSAID at 30 weeks or later", {cite::FDA2020, cite::B_5});
  } else if (IsTrue(AtLeast(reading.gestational_weeks, runner_sij::kNsaidAvoidedWeeksAtLeast))) {
    answer.Forbid("drug.nsaid", reason + ": no NSAID from 20 weeks, unless a clinician advises one",
                  {cite::FDA2020, cite::B_5});
  } else {
    answer.Hold("drug.nsaid", reason + ": an NSAID only after a clinician has weighed it", {cite::FDA2020, cite::B_5});
  }
  answer.Hold("exercise.pri", reason + ": these exercises are not for pregnancy", cite::B_7);
  answer.Hold("manual.manipulation", reason + ": not without a clinician trained in obstetric care",
              {cite::X_4, cite::Vleeming2008});
  answer.Hold("imaging.ionising", reason + ": ultrasound or MRI first", cite::ACOG723);
}

void ConstrainAfterBirth(const Findings& findings, const Reading& reading, Answer& answer) {
  const Citations positions = {cite::Goom2019, cite::Delphi2024, cite::B_3};
  std::string running;
  if (const auto days = reading.days_since_delivery) {
    const std::string when = Number(*days) + " days after birth";
    if (*days < kRunningByCriteriaDaysAtLeast) {
      running = when + (*days < kNoRunningDaysBelow ? ": no running before 21 days"
                                                    : ": until 84 days only after individual assessment");
    }
    if (*days < kPriAfterBirthDaysAtLeast) answer.Hold("exercise.pri", when + ": not before 42 days", cite::B_7);
  } else if (reading.after_birth) {
    // Not known to be past the limit.
    running = "Gave birth within 24 months, the date is not known: until it is known to be 84 days ago";
    answer.Hold("exercise.pri",
                "Gave birth within 24 months, the date is not known: until it is known to be 42 days ago", cite::B_7);
  }
  if (IsTrue(findings.Is(input::obstetric::pelvic_floor_symptoms))) {
    running += std::string(running.empty() ? "" : "; ") + "pelvic floor symptoms: while they are present";
  }
  if (running.empty()) return;
  answer.Hold("load.running", running, positions);
  answer.Hold("load.impact", running, positions);
}

void ConstrainDiastasis(const Reading& reading, Answer& answer) {
  if (!IsTrue(reading.diastasis)) return;
  for (std::string_view tag : {"load", "exercise", "self_care"}) {
    answer.Hold(tag, "Diastasis of the symphysis: waits until it has been seen", {cite::Cambridge2025, cite::B_3});
  }
}

void ActOnAlarm(const Findings& findings, const Reading& reading, Answer& answer) {
  const bool obstetric = reading.as_if_pregnant ||
                         IsTrue(runner_sij::DeliveredWithin(findings, runner_sij::kSixMonthsDaysAtMost)) ||
                         IsTrue(And({findings.Is(input::obstetric::reduced_fetal_movement),
                                     Not(ToTruth(IsFalse(runner_sij::Pregnant(findings))))}));
  for (const AlarmSign& sign : kAlarmSigns) {
    if (!IsTrue(findings.Is(sign.input))) continue;
    answer.Recommend(advice::ed_now, {std::string(sign.text), std::nullopt, "now"});
    if (obstetric) answer.Recommend(advice::refer_obgyn, {std::string(sign.text)});
  }
}

void ActOnSymphysis(const Findings& findings, const Reading& reading, Answer& answer) {
  const bool unable = IsTrue(findings.Is(input::red_flag::unable_to_bear_weight));
  const bool felt = IsTrue(findings.Is(input::exam::symphysis_gap));
  const auto gap = findings.Value(input::imaging::symphysis_gap);
  if (IsTrue(reading.diastasis)) {
    std::string reason = "Diastasis of the symphysis:";
    if (gap && *gap > kDiastasisMmAbove) reason += " " + Number(*gap) + " mm on imaging";
    if (felt && unable) reason += " a gap felt and no weight bearing";
    const std::string_view timeframe = unable ? "same day" : "within 7 days";
    answer.Recommend(advice::urgent_clinician_review, {reason, std::nullopt, timeframe});
    answer.Recommend(advice::refer_ortho_sports, {reason, std::nullopt, timeframe});
    if (findings.sex() != v1::SEX_MALE) answer.Recommend(advice::refer_obgyn, {reason});
  }
  if (!gap && (felt || (unable && IsTrue(reading.delivered)))) {
    answer.Recommend(advice::symphysis_imaging,
                     {felt ? "A gap is felt at the symphysis" : "Unable to walk after delivery"});
  }
}

void ActOnPregnancy(const Findings& findings, const Reading& reading, Answer& answer) {
  if (reading.dates_unclear) {
    answer.Recommend(advice::confirm_dates, {"Pregnant, and " + Number(*reading.days_since_delivery) +
                                             " days since a delivery, without weeks of gestation"});
  }
  if (reading.pregnancy_possible) {
    answer.Recommend(advice::no_ionising_unless_needed,
                     {reading.as_if_pregnant ? PregnancyReason(reading) : "Pregnancy is not known to be absent"});
  }
  const Truth from_20 = AtLeast(reading.gestational_weeks, runner_sij::kNsaidAvoidedWeeksAtLeast);
  if (!reading.as_if_pregnant || IsFalse(from_20)) return;
  const bool taking = IsTrue(findings.Is(input::medication::nsaid_current));
  const std::string reason = PregnancyReason(reading) + (taking ? "; takes an NSAID now" : "");
  answer.Recommend(advice::avoid_nsaid, {reason});
  answer.Recommend(advice::acetaminophen_ok, {reason});
}

std::string RunTimingReason(const Findings& findings, const Reading& reading) {
  std::string reason = "The date of the birth is not known: none until it is";
  if (const auto days = reading.days_since_delivery) {
    const std::string when = Number(*days) + " days after birth: ";
    if (*days < kNoRunningDaysBelow) {
      reason = when + "none for now; both positions agree";
    } else if (*days < kRunningByCriteriaDaysAtLeast) {
      reason = when + "the positions differ; followed here: only after individual assessment";
    } else {
      reason = when + "by criteria";
      if (IsTrue(findings.Is(input::training::load_checks_passed))) reason += "; load checks passed";
      if (IsFalse(findings.Is(input::training::load_checks_passed))) reason += "; load checks not passed yet";
    }
  }
  if (IsTrue(findings.Is(input::obstetric::pelvic_floor_symptoms)))
    reason += "; pelvic floor symptoms: none while present";
  return reason;
}

// What a positive answer brings, before any constraint.
void ActOnGirdlePain(const Reading& reading, Answer& answer) {
  const std::string found = IsTrue(reading.items.met)
                                ? std::to_string(reading.items.count.met) + " of 7 pelvic girdle tests are met"
                                : "Diastasis of the symphysis";
  if (!IsTrue(reading.diastasis)) answer.Recommend(advice::refer_pelvic_health_pt, {found});
  answer.Recommend(advice::graded_rehab, {found});
  answer.Recommend(advice::belt_short_term, {found});
  answer.Recommend(advice::avoid_provoking_loads, {found});
  answer.Recommend(advice::pgp_course, {std::string(kPublishedCourse)});
  answer.Recommend(advice::about_the_joint, {found});
  answer.Recommend(advice::return_to_running_criteria, {found});
  answer.Recommend(advice::safety_net, {found});
  if (reading.after_birth) {
    answer.Recommend(advice::cross_train, {found});
    answer.Recommend(advice::stationary_bike, {found});
    answer.Recommend(advice::water_exercise, {found});
  }
  if (IsTrue(reading.delivered)) {
    const bool late = IsTrue(AtLeast(reading.days_since_delivery, kReassessDaysAtLeast));
    answer.Recommend(advice::reassess_at_12_weeks, {late ? Number(*reading.days_since_delivery) +
                                                               " days after birth: the 12 weeks have passed, look now"
                                                         : found});
  }
}

void Act(const Findings& findings, const Reading& reading, Answer& answer) {
  ActOnAlarm(findings, reading, answer);
  ActOnSymphysis(findings, reading, answer);
  if (reading.height_loss) {
    answer.Recommend(
        advice::urgent_clinician_review,
        {"Loss of height, or new pain over a vertebra, around pregnancy or lactation", std::nullopt, "within 7 days"});
  }
  ActOnPregnancy(findings, reading, answer);
  if (answer.positive()) ActOnGirdlePain(reading, answer);
  const bool runner = IsTrue(findings.Is(input::training::runner));
  if (IsTrue(reading.delivered) && (runner || (answer.positive() && reading.after_birth))) {
    answer.Recommend(advice::postpartum_run_timing, {RunTimingReason(findings, reading)});
  }
  if (reading.status == v1::STATUS_NEGATIVE) {
    answer.Recommend(advice::reassure_explain,
                     {reading.no_pain ? "No current pain" : "Fewer than 2 of 7 pelvic girdle tests can be met"});
  }
  if (reading.status == v1::STATUS_INSUFFICIENT_DATA) {
    answer.Recommend(advice::ask_missing,
                     {IsUnknown(reading.applies) ? "Open: pregnancy, birth or sex"
                      : reading.dates_unclear    ? "Open: weeks of gestation"
                                                 : "Open: the 7 pelvic girdle tests, of which " +
                                                    std::to_string(reading.items.count.unknown) + " are not done"});
  }
}

void AddCaveats(const Reading& reading, Answer& answer) {
  if (reading.status == v1::STATUS_NOT_APPLICABLE) return;
  answer.Caveat(
      "The 2 of 7 rule is expert opinion and has not been validated; the tests themselves are those of the "
      "guidelines.");
  if (reading.status == v1::STATUS_NEGATIVE && !reading.no_pain) {
    answer.Caveat(
        "The straight leg raise and the thigh thrust miss pain of the symphysis, low back or coccyx alone (Mens "
        "2012).");
  }
  if (reading.status == v1::STATUS_POSITIVE) {
    answer.Caveat(
        "No cause is named: in a review, three of four good studies found no link with relaxin (Aldabe 2012).");
    answer.Caveat(
        "For this pain the European guideline does not recommend palpating mobility, radiographs, CT, scintigraphy, a "
        "diagnostic injection or external fixation (Vleeming 2008).");
  }
  if (IsTrue(reading.delivered)) {
    answer.Caveat(
        "The sources differ on running after birth: Goom 2019 waits 3 months, Delphi 2024 at least 3 weeks and then "
        "decides one "
        "by one. What is followed here is expert opinion.");
  }
  if (reading.as_if_pregnant) {
    answer.Caveat(
        "On NSAIDs in pregnancy: aspirin of 81 mg that was prescribed is exempt, and acetaminophen comes first.");
  }
  if (IsTrue(reading.diastasis)) {
    answer.Caveat(
        "The sources differ on what follows from the width of the symphysis; beyond 10 mm no limit is encoded.");
  }
}

}  // namespace

void Assess(const Findings& findings, const Call&, Answer& answer) {
  const Reading reading = Read(findings);
  answer.SetStatus(reading.status);
  SetUrgency(reading, answer);
  answer.SetSummary(Summary(reading));
  ConcludeGirdle(reading, answer);
  ConcludeSymphysis(findings, reading, answer);
  Trace(findings, reading, answer);
  ConstrainInPregnancy(reading, answer);
  ConstrainAfterBirth(findings, reading, answer);
  ConstrainDiastasis(reading, answer);
  AddPathway(findings, reading, answer);
  if (!IsFalse(reading.applies)) AddLegRaiseScore(findings, answer);
  Act(findings, reading, answer);
  AskMissing(findings, reading, answer);
  AddCaveats(reading, answer);
}

}  // namespace condyle::postpartum_instability

CONDYLE_PLUGIN(condyle::postpartum_instability::Assess, condyle::postpartum_instability::kPluginId,
               condyle::postpartum_instability::kPluginVersion);
