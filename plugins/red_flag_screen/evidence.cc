// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The trace.
#include "plugins/red_flag_screen/evidence.h"

#include <cctype>
#include <cmath>
#include <optional>
#include <string_view>

#include "plugins/pack/criteria/infection.h"

namespace condyle::red_flag_screen {
namespace {

constexpr v1::Direction kFor = v1::DIRECTION_FOR;
constexpr v1::Direction kAgainst = v1::DIRECTION_AGAINST;
constexpr v1::Direction kNeutral = v1::DIRECTION_NEUTRAL;

// Likelihood ratio of cancer in the past. Source: Deyo-Henschke.
constexpr Ratio kCancerHistory{.point = 15};

const FlagSet& Set(SetId id) { return kSets[static_cast<size_t>(id)]; }

v1::Direction DirectionOf(const Question& question, Truth answer, const FlagReading& reading) {
  if (question.role == Role::kContext) return IsTrue(answer) && IsTrue(reading[question.set].met) ? kFor : kNeutral;
  return IsTrue(answer) ? kFor : kAgainst;
}

void WriteQuestions(const Findings& findings, const FlagReading& reading, Answer& answer) {
  std::string statement;
  for (const Question& question : kQuestions) {
    const Truth said = findings.Is(question.input);
    if (IsUnknown(said)) continue;
    statement = question.text;
    statement[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(statement[0])));
    statement += IsTrue(said) ? ": yes." : ": no.";
    const FlagSet& set = Set(question.set);
    if (IsTrue(said) && question.input.key == input::red_flag::cancer_history.key) {
      answer.Evidence(question.input, std::nullopt, kFor, statement, set.grade, {cite::Deyo_Henschke, cite::B_6},
                      kCancerHistory);
    } else {
      answer.Evidence(question.input, std::nullopt, DirectionOf(question, said, reading), statement, set.grade,
                      set.citations);
    }
  }
}

void WriteLegs(const Findings& findings, Answer& answer) {
  struct Sign {
    SidedBooleanInput input;
    std::string_view text;
  };
  constexpr std::array kSigns = {
      Sign{input::pain::leg_numbness, "Numbness or tingling in the leg"},
      Sign{input::pain::below_knee, "Pain below the knee"},
      Sign{input::exam::sensory_loss, "Reduced sensation on examination"},
      Sign{input::exam::reflex_loss, "Reduced or absent reflex"},
  };
  const FlagSet& set = Set(SetId::kCaudaEquina);
  for (const Sign& sign : kSigns) {
    const SidedTruth said = findings.Sided(sign.input);
    const auto write = [&](Truth there, std::optional<Side> side) {
      if (IsUnknown(there)) return;
      answer.Evidence(sign.input, side, IsTrue(there) ? kNeutral : kAgainst,
                      std::string(sign.text) + (IsTrue(there) ? ": yes; in both legs it is a warning sign." : ": no."),
                      set.grade, set.citations);
    };
    write(said.left, Side::kLeft);
    write(said.right, Side::kRight);
    write(said.unsaid, std::nullopt);
  }
  for (Side side : kBothSides) {
    const std::optional<std::string_view> code = findings.Code(input::exam::motor_weakness, side);
    if (!code) continue;
    const bool none = *code == answer::exam::motor_weakness::none.code;
    answer.Evidence(input::exam::motor_weakness, side, none ? kAgainst : kFor,
                    "Weakness on examination: " + std::string(*code) + ".", v1::GRADE_GUIDELINE,
                    {cite::IFOMPT2020, cite::B_6});
  }
}

void WriteValue(const Findings& findings, const QuantityInput& input, std::string_view name, Truth met,
                std::string_view threshold, const Citations& citations, v1::Grade grade, Answer& answer) {
  const std::optional<double> value = findings.Value(input);
  if (!value) return;
  answer.Evidence(
      input, std::nullopt,
      IsTrue(met)    ? kFor
      : IsFalse(met) ? kAgainst
                     : kNeutral,
      std::string(name) + " " + Number(*value) + " " + std::string(input.unit) + "; " + std::string(threshold) + ".",
      grade, citations);
}

void WriteValues(const Findings& findings, Answer& answer) {
  namespace exam = input::exam;
  const Citations reds{cite::Mountjoy2023, cite::B_4};
  const Truth adult = Not(Below(findings.age_years(), kUnder18AgeYearsBelow));
  const auto rate = findings.Value(exam::heart_rate);
  WriteValue(findings, exam::temperature, "Temperature",
             AtLeast(findings.Value(exam::temperature), runner_sij::kFeverCelsiusAtLeast),
             "fever from 38 Cel; a lower one does not exclude infection", {cite::Hermet2012, cite::B_2},
             v1::GRADE_EXPERT_OPINION, answer);
  WriteValue(findings, exam::heart_rate, "Heart rate",
             Or({AtMost(rate, kHeartRatePerMinAtMost), And({Not(adult), AtMost(rate, kUnder18HeartRatePerMinAtMost)})}),
             "serious at 30 or less, under 18 at 45 or less", reds, v1::GRADE_GUIDELINE, answer);
  WriteValue(findings, exam::systolic_bp, "Systolic pressure",
             AtMost(findings.Value(exam::systolic_bp), kSystolicMmhgAtMost), "serious at 90 or less", reds,
             v1::GRADE_GUIDELINE, answer);
  WriteValue(findings, exam::diastolic_bp, "Diastolic pressure",
             AtMost(findings.Value(exam::diastolic_bp), kDiastolicMmhgAtMost), "serious at 45 or less", reds,
             v1::GRADE_GUIDELINE, answer);
  WriteValue(findings, exam::orthostatic_systolic_drop, "Fall in systolic pressure on standing",
             Above(findings.Value(exam::orthostatic_systolic_drop), kOrthostaticDropMmhgAbove), "serious above 20",
             reds, v1::GRADE_GUIDELINE, answer);
  WriteValue(findings, exam::percent_expected_weight, "Weight against the expected",
             AtMost(findings.Value(exam::percent_expected_weight), kExpectedWeightPercentAtMost),
             "serious at 75 or less", reds, v1::GRADE_GUIDELINE, answer);
  const auto residual = findings.Value(exam::post_void_residual);
  WriteValue(findings, exam::post_void_residual, "Post-void residual",
             IsTrue(AtLeast(residual, kPostVoidResidualMlAtLeast)) ? Truth::kTrue : Truth::kUnknown,
             "200 or more supports cauda equina compression, less clears nothing", {cite::BMJBP_CES},
             v1::GRADE_GUIDELINE, answer);
  WriteValue(findings, exam::respiratory_rate, "Respiratory rate", Truth::kUnknown, "shown, no threshold is used",
             {cite::B_6}, v1::GRADE_EXPERT_OPINION, answer);
  WriteValue(findings, input::pain::duration, "Duration of the pain", Truth::kUnknown,
             "shown; improvement or a short course excludes nothing", {cite::B_6}, v1::GRADE_EXPERT_OPINION, answer);
}

void WriteReports(const Findings& findings, const FlagReading& reading, Answer& answer) {
  namespace spine = answer::imaging::spine_xray;
  namespace lumbar = answer::imaging::mri_lumbar;
  namespace neuro = answer::exam::neuro_screen;
  if (const auto code = findings.Code(input::imaging::spine_xray)) {
    const bool telling = *code == spine::fracture.code || (*code == spine::ankylosis.code && IsTrue(reading.trauma));
    answer.Evidence(input::imaging::spine_xray, std::nullopt, telling ? kFor : kNeutral,
                    "Spine radiograph: " + std::string(*code) +
                        "; a normal one never clears an ankylosed spine after "
                        "trauma.",
                    v1::GRADE_COHORT, {cite::AS_fracture, cite::BMC_EM_2022});
  }
  if (const auto code = findings.Code(input::imaging::mri_lumbar)) {
    answer.Evidence(input::imaging::mri_lumbar, std::nullopt,
                    *code == lumbar::cauda_equina_compression.code ? kFor : kNeutral,
                    "MRI of the lumbar spine: " + std::string(*code) + ".", v1::GRADE_GUIDELINE, {cite::BMJBP_CES});
  }
  if (const auto code = findings.Code(input::exam::neuro_screen)) {
    const bool normal = *code == neuro::normal.code;
    answer.Evidence(input::exam::neuro_screen, std::nullopt, normal ? kAgainst : kNeutral,
                    "Neurological screen of the legs: " + std::string(*code) + ".", v1::GRADE_GUIDELINE,
                    {cite::IFOMPT2020});
  }
}

void WriteContext(const Findings& findings, Answer& answer) {
  const Citations citations{cite::IFOMPT2020, cite::B_6};
  if (const auto age = findings.age_years()) {
    const bool older = *age > kCancerAgeYearsAbove;
    answer.EvidenceOfPatient("patient.age", older ? kFor : kNeutral,
                             "Age " + Number(std::floor(*age)) +
                                 "; above 50 is a cancer item, from 70 minor trauma counts, under "
                                 "18 some signs weigh more.",
                             v1::GRADE_GUIDELINE, citations);
  }
  if (findings.sex() == v1::SEX_MALE) {
    answer.EvidenceOfPatient("patient.sex", kNeutral, "Male: the questions of pregnancy and birth do not apply.",
                             v1::GRADE_EXPERT_OPINION, {cite::B_6});
  }
  const Truth pain = findings.Is(input::pain::present);
  if (!IsUnknown(pain)) {
    answer.Evidence(input::pain::present, std::nullopt, kNeutral,
                    IsTrue(pain) ? "Pain present." : "No pain; the warning signs are read all the same.",
                    v1::GRADE_EXPERT_OPINION, {cite::B_6});
  }
  const Truth pregnant = findings.Is(input::obstetric::pregnant);
  if (!IsUnknown(pregnant)) {
    answer.Evidence(input::obstetric::pregnant, std::nullopt, kNeutral,
                    IsTrue(pregnant) ? "Pregnant." : "Not pregnant.", v1::GRADE_EXPERT_OPINION, {cite::B_3});
  }
  const Truth delivered = findings.Is(input::obstetric::delivered_last_24_months);
  if (!IsUnknown(delivered)) {
    answer.Evidence(input::obstetric::delivered_last_24_months, std::nullopt, kNeutral,
                    IsTrue(delivered) ? "Gave birth in the last 24 months." : "No birth in the last 24 months.",
                    v1::GRADE_EXPERT_OPINION, {cite::B_3});
  }
  WriteValue(findings, input::obstetric::days_since_delivery, "Since the last birth", Truth::kUnknown,
             "the questions around birth are core up to 42 d", {cite::B_3}, v1::GRADE_EXPERT_OPINION, answer);
}

}  // namespace

void WriteEvidence(const Findings& findings, const FlagReading& reading, Answer& answer) {
  WriteQuestions(findings, reading, answer);
  WriteLegs(findings, answer);
  WriteValues(findings, answer);
  WriteReports(findings, reading, answer);
  WriteContext(findings, answer);
}

std::string CancerItem(const Findings& findings) {
  for (const Question& question : kQuestions) {
    if (question.role == Role::kCounted && IsTrue(findings.Is(question.input))) return std::string(question.text);
  }
  if (IsTrue(Above(findings.age_years(), kCancerAgeYearsAbove))) return "age above 50";
  if (IsTrue(And({findings.Is(input::history::smoker), findings.Is(input::pain::thoracolumbar)}))) {
    return "a smoker with thoracolumbar pain";
  }
  return "";
}

}  // namespace condyle::red_flag_screen
