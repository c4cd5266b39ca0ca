// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The trace.
#include "plugins/stress_fracture_screen/evidence.h"

#include <cmath>
#include <optional>
#include <string>
#include <string_view>

namespace condyle::stress_fracture_screen {
namespace {

constexpr v1::Direction kFor = v1::DIRECTION_FOR;
constexpr v1::Direction kAgainst = v1::DIRECTION_AGAINST;
constexpr v1::Direction kNeutral = v1::DIRECTION_NEUTRAL;
constexpr v1::Grade kOpinion = v1::GRADE_EXPERT_OPINION;
constexpr v1::Grade kCase = v1::GRADE_CASE_REPORT;
constexpr v1::Grade kGuideline = v1::GRADE_GUIDELINE;

class Trace {
 public:
  Trace(const Findings& findings, Answer& answer) : findings_(findings), answer_(answer) {}

  void YesNo(const BooleanInput& input, std::string_view text, v1::Direction yes, v1::Direction no, v1::Grade grade,
             const Citations& citations) {
    Line(input, std::nullopt, findings_.Is(input), text, yes, no, grade, citations);
  }

  void YesNo(const SidedBooleanInput& input, std::string_view text, v1::Direction yes, v1::Direction no,
             v1::Grade grade, const Citations& citations) {
    const SidedTruth said = findings_.Sided(input);
    Line(input, Side::kLeft, said.left, text, yes, no, grade, citations);
    Line(input, Side::kRight, said.right, text, yes, no, grade, citations);
    Line(input, std::nullopt, said.unsaid, text, yes, no, grade, citations);
  }

  // For if met, against if not, neutral if the value carries no weight.
  void Value(const QuantityInput& input, std::string_view name, Truth met, std::string_view threshold, v1::Grade grade,
             const Citations& citations) {
    const std::optional<double> value = findings_.Value(input);
    if (!value) return;
    answer_.Evidence(
        input, std::nullopt,
        IsTrue(met)    ? kFor
        : IsFalse(met) ? kAgainst
                       : kNeutral,
        std::string(name) + " " + Number(*value) + " " + std::string(input.unit) + "; " + std::string(threshold) + ".",
        grade, citations);
  }

  void Report(const CodedInput& input, std::string_view name, v1::Direction direction, std::string_view remark,
              v1::Grade grade, const Citations& citations) {
    const std::optional<std::string_view> code = findings_.Code(input);
    if (!code) return;
    answer_.Evidence(input, std::nullopt, direction,
                     std::string(name) + ": " + std::string(*code) + std::string(remark) + ".", grade, citations);
  }

 private:
  void Line(const InputKey& input, std::optional<Side> side, Truth said, std::string_view text, v1::Direction yes,
            v1::Direction no, v1::Grade grade, const Citations& citations) {
    if (IsUnknown(said)) return;
    answer_.Evidence(input, side, IsTrue(said) ? yes : no, std::string(text) + (IsTrue(said) ? ": yes." : ": no."),
                     grade, citations);
  }

  const Findings& findings_;
  Answer& answer_;
};

v1::Direction Weigh(bool met) { return met ? kFor : kNeutral; }

void WritePain(const Reading& reading, Trace& trace) {
  namespace pain = input::pain;
  const Citations rule{cite::B_4};
  const Citations history{cite::K_23, cite::K_95, cite::Fredericson2003, cite::B_4};
  trace.YesNo(pain::present, "Pain now", kNeutral, kAgainst, kOpinion, rule);
  trace.YesNo(pain::load_related, "Brought on by load and eased off it", kFor, kAgainst, kCase, history);
  trace.YesNo(pain::with_walking, "Brought on by walking", kFor, kAgainst, kCase, history);
  trace.YesNo(pain::at_rest, "Persists off load", Weigh(IsTrue(reading.femoral_neck)), kNeutral, kOpinion,
              {cite::B_4, cite::B_6});
  trace.YesNo(pain::groin, "Groin or front-of-hip pain", Weigh(IsTrue(reading.load_related)), kNeutral, kOpinion,
              {cite::B_4, cite::B_6});
  trace.YesNo(pain::pubic_symphysis, "Pain at the pubic symphysis", kNeutral, kNeutral, kCase, {cite::Noakes1985});
  trace.YesNo(pain::buttock, "Buttock pain", kNeutral, kNeutral, kCase, history);
  trace.YesNo(pain::sij_region, "Pain over the sacroiliac joint", kNeutral, kNeutral, kCase, history);
  trace.Value(pain::duration, "Duration", Truth::kUnknown, "shown, no threshold is used", kOpinion, rule);
  trace.Value(pain::during_running, "Pain in running", Truth::kUnknown, "shown, graded by other plugins", kOpinion,
              {cite::X_2});
  trace.Value(pain::after_running_24h, "Pain in the 24 hours after running", Truth::kUnknown,
              "shown, graded by other plugins", kOpinion, {cite::X_2});
}

void WriteExamination(const Findings& findings, const Reading& reading, Trace& trace, Answer& answer) {
  namespace exam = input::exam;
  namespace hop = answer::exam::single_leg_hop;
  for (Side side : kBothSides) {
    const auto code = findings.Code(exam::single_leg_hop, side);
    if (!code) continue;
    answer.Evidence(exam::single_leg_hop, side, *code == hop::negative.code ? kAgainst : kFor,
                    "Single-leg hop: " + std::string(*code) + "; no accuracy is published for the sacrum.", kCase,
                    {cite::Kahanov2011, cite::B_4});
  }
  trace.YesNo(exam::single_leg_stance, "Pain on standing on one leg", kFor, kNeutral, kCase,
              {cite::Noakes1985, cite::B_4});
  trace.YesNo(exam::sacral_tenderness, "Bony tenderness over the sacral ala", kFor, kAgainst, kCase,
              {cite::Fredericson2003, cite::B_4});
  trace.YesNo(exam::pubic_ramus_tenderness, "Bony tenderness over the pubic ramus", kFor, kAgainst, kCase,
              {cite::Noakes1985, cite::B_4});
  const v1::Direction hip = Weigh(IsTrue(reading.femoral_neck));
  trace.YesNo(exam::hip_rotation_painful, "Hip rotation painful or restricted", hip, kNeutral, kOpinion,
              {cite::B_4, cite::B_6});
  trace.YesNo(exam::limp, "Limp", hip, kNeutral, kOpinion, {cite::B_4, cite::B_6});
  trace.YesNo(input::red_flag::unable_to_bear_weight, "Unable to stand or walk because of the pain", hip, kNeutral,
              kOpinion, {cite::B_4, cite::B_6});
  trace.YesNo(input::red_flag::height_loss, "Loss of height or new pain over a vertebra", kFor, kNeutral, kCase,
              {cite::B_3});
  trace.Report(exam::neuro_screen, "Neurological screen of the legs", kNeutral,
               "; usually normal in bone stress injury", kCase, {cite::B_4});
}

void WriteImaging(const Reading& reading, Trace& trace) {
  namespace imaging = input::imaging;
  trace.Report(imaging::mri_bone_stress, "MRI for bone stress injury", reading.mri_positive ? kFor : kAgainst,
               reading.mri_positive ? "" : "; lowers the suspicion, no more", v1::GRADE_DIAGNOSTIC_STUDY,
               {cite::Wright2016, cite::B_4});
  trace.Report(imaging::mri_bone_stress_site, "Site on MRI", reading.mri_positive ? kFor : kNeutral, "",
               v1::GRADE_COHORT, {cite::Hoenig2023, cite::Mountjoy2023});
  constexpr std::string_view kXray =
      "; radiographs find 12 to 56 per cent of these injuries, so a normal one changes "
      "nothing";
  trace.Report(imaging::pelvic_xray, "Pelvic radiograph", Weigh(reading.fracture_on_other_imaging), kXray,
               v1::GRADE_DIAGNOSTIC_STUDY, {cite::Wright2016, cite::B_4});
  trace.Report(imaging::ct_pelvis, "CT of the pelvis", Weigh(reading.fracture_on_other_imaging),
               "; only a fracture counts here", kOpinion, {cite::B_4});
}

void WriteTraining(const Reading& reading, Trace& trace) {
  namespace training = input::training;
  const Citations load{cite::K_23, cite::K_39, cite::B_4};
  const Truth spike = reading.factors[0].present;
  trace.YesNo(training::runner, "Runs regularly", kNeutral, kNeutral, kOpinion, {cite::K_18});
  trace.Value(training::weekly_distance, "Weekly distance", Truth::kUnknown, "shown, no threshold is used", kOpinion,
              load);
  trace.Value(training::weekly_volume_increase, "Rise in weekly distance", spike, "a spike from 30", kOpinion, load);
  trace.YesNo(training::new_surface_or_intensity, "New surface, hills or intensity", kFor, kAgainst, kOpinion, load);
  trace.Value(training::pain_free_walking_days, "Walking free of pain", Truth::kUnknown,
              "at least 5 to 7 before running", kOpinion, {cite::B_4});
}

void WriteHealth(const Findings& findings, const Reading& reading, Trace& trace) {
  const Citations triad{cite::DeSouza2014, cite::B_4};
  const Citations rule{cite::B_4};
  const TriadReading& points = reading.triad;
  const auto scored = [](const Points& item) { return ToTruth(item.low > 0); };
  trace.Report(input::energy::dietary_restriction, "Dietary restriction",
               points.energy.points.low > 0 ? kFor : kAgainst, "", kGuideline, triad);
  trace.Value(input::exam::bmi, "Body mass index", scored(points.weight.points),
              "scored from age 18: 0 from 18.5, 2 at 17.5 or less", kGuideline, triad);
  trace.Value(input::exam::percent_expected_weight, "Weight against the expected", scored(points.weight.points),
              "0 points from 90, 2 below 85", kGuideline, triad);
  trace.Value(input::energy::weight_loss_one_month, "Weight lost in a month", scored(points.weight.points),
              "1 point from 5, 2 from 10", kGuideline, triad);
  trace.Value(input::energy::menarche_age, "First period at", scored(points.menarche.points),
              "1 point from 15, 2 from 16", kGuideline, triad);
  trace.Value(input::energy::menses_last_12_months, "Periods in 12 months",
              points.menses_not_scored ? Truth::kUnknown : scored(points.menses.points),
              points.menses_not_scored ? "not scored in pregnancy, breastfeeding, on hormonal contraception or after "
                                         "the menopause"
                                       : "0 points above 9, 2 below 6",
              kGuideline, triad);
  trace.Value(input::imaging::dxa_z_score, "Bone density Z-score", scored(points.bone_density.points),
              "0 points from -1.0, 2 at -2.0 or less", kGuideline, triad);
  trace.Value(input::history::prior_bsi_count, "Earlier bone stress injuries", scored(points.prior_injury.points),
              "1 point for one, 2 for two or more", kGuideline, triad);
  trace.YesNo(input::history::prior_bsi_high_risk_site, "Earlier injury of femoral neck, sacrum or pelvis", kFor,
              kNeutral, kGuideline, triad);
  trace.Value(input::energy::purging_per_week, "Purging",
              Above(findings.Value(input::energy::purging_per_week), kRestrictedPurgingPerWeekAbove),
              "above 4 a week restricts whatever the total", kGuideline, triad);
  const bool female = findings.sex() == v1::SEX_FEMALE;
  trace.YesNo(input::energy::low_libido, "Reduced libido", female ? kNeutral : kFor, female ? kNeutral : kAgainst,
              kGuideline, {cite::Fredericson2021, cite::B_4});
  trace.Report(input::lab::testosterone, "Testosterone",
               Weigh(!female && IsTrue(findings.Is(input::lab::testosterone, answer::lab::testosterone::low))), "",
               kGuideline, {cite::Fredericson2021, cite::Mountjoy2023});
  trace.YesNo(input::energy::hormonal_contraception, "Hormonal contraception", kNeutral, kNeutral, kGuideline,
              {cite::Koltun2020});
  trace.Value(input::lab::vitamin_d_25oh, "Vitamin D", reading.factors[5].present, "low below 20", kOpinion, rule);
  trace.YesNo(input::medication::systemic_corticosteroid, "Systemic corticosteroid", kFor, kAgainst, kOpinion, rule);
  trace.YesNo(input::medication::heparin_or_antiepileptic, "Heparin or an antiepileptic", kFor, kAgainst, kOpinion,
              rule);
  trace.YesNo(input::medication::nsaid_current, "Taking an NSAID", kNeutral, kNeutral, v1::GRADE_COHORT,
              {cite::Hughes2019, cite::MSMR2020});
  trace.YesNo(input::history::nsaid_risk_condition, "A condition that makes NSAIDs riskier", kNeutral, kNeutral,
              kOpinion, {cite::K_33});
  trace.YesNo(input::history::osteoporosis, "Known osteoporosis", Weigh(IsTrue(reading.factors[6].present)), kAgainst,
              kOpinion, rule);
  trace.YesNo(input::history::postmenopausal, "Postmenopausal", Weigh(IsTrue(reading.factors[6].present)), kAgainst,
              kOpinion, rule);
}

void WriteObstetric(const Findings& findings, const Reading& reading, Trace& trace, Answer& answer) {
  namespace obstetric = input::obstetric;
  const Citations birth{cite::Wu_review, cite::B_3, cite::B_4};
  trace.YesNo(obstetric::pregnant, "Pregnant", kNeutral, kNeutral, kCase, birth);
  trace.Value(obstetric::gestational_age, "Gestation", Truth::kUnknown, "NSAIDs are avoided from 20", kGuideline,
              {cite::FDA2020});
  trace.Value(obstetric::days_since_delivery, "Since the last birth", reading.factors[3].present,
              "a risk factor up to 183 d", kCase, birth);
  trace.YesNo(obstetric::delivered_last_24_months, "Birth in the last 24 months", kNeutral, kAgainst, kCase, birth);
  trace.YesNo(obstetric::lactating, "Breastfeeding", kFor, kAgainst, kCase, birth);
  if (const auto date = findings.Date(obstetric::last_menstrual_period)) {
    answer.Evidence(obstetric::last_menstrual_period, std::nullopt, kNeutral,
                    "Last menstrual period " + std::string(*date) + ": shown, not scored.", kOpinion, {cite::B_4});
  }
  if (const auto age = findings.age_years()) {
    answer.EvidenceOfPatient(
        "patient.age", Weigh(IsTrue(reading.factors[6].present)),
        "Age " + Number(std::floor(*age)) + "; from 50 osteoporosis counts, from 18 body mass index is scored.",
        kOpinion, {cite::B_4});
  }
  if (findings.sex() != v1::SEX_UNSPECIFIED) {
    answer.EvidenceOfPatient("patient.sex", kNeutral,
                             findings.sex() == v1::SEX_MALE ? "Male: the Triad total is not given."
                                                            : "Female: the Triad total applies before the menopause.",
                             kGuideline, {cite::DeSouza2014, cite::Fredericson2021});
  }
}

}  // namespace

void WriteEvidence(const Findings& findings, const Reading& reading, Answer& answer) {
  Trace trace(findings, answer);
  WritePain(reading, trace);
  WriteExamination(findings, reading, trace, answer);
  WriteImaging(reading, trace);
  WriteTraining(reading, trace);
  WriteHealth(findings, reading, trace);
  WriteObstetric(findings, reading, trace, answer);
}

}  // namespace condyle::stress_fracture_screen
