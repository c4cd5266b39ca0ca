// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Does the buttock pain of a runner fit something other than the SIJ: the lumbar disc, a pars stress injury, the deep
// gluteal region, or the menstrual cycle? Expert opinion; no pattern is a diagnosis, and they are not all causes.
#include <array>
#include <optional>
#include <string>

#include "buttock_pain_mimics/manifest.h"
#include "condyle/sdk/plugin.h"
#include "plugins/buttock_pain_mimics/advice.h"
#include "plugins/buttock_pain_mimics/pathway.h"
#include "plugins/buttock_pain_mimics/patterns.h"
#include "plugins/buttock_pain_mimics/tables.h"
#include "plugins/pack/criteria/activity.h"
#include "plugins/pack/criteria/sides.h"

namespace condyle::buttock_pain_mimics {
namespace {

using runner_sij::RunningGrade;
using runner_sij::RunningReading;

constexpr v1::Grade kOpinion = v1::GRADE_EXPERT_OPINION;
constexpr v1::Direction kFor = v1::DIRECTION_FOR;
constexpr v1::Direction kAgainst = v1::DIRECTION_AGAINST;
constexpr v1::Direction kNeutral = v1::DIRECTION_NEUTRAL;

v1::Status StatusOf(Truth truth) {
  return IsTrue(truth) ? v1::STATUS_POSITIVE : IsFalse(truth) ? v1::STATUS_NEGATIVE : v1::STATUS_INSUFFICIENT_DATA;
}

// The patterns that are met, in words.
std::string Met(const Patterns& p) {
  std::string met;
  const auto add = [&](Truth truth, const char* name) {
    if (IsTrue(truth)) met += (met.empty() ? "" : ", ") + std::string(name);
  };
  add(p.disc, "disc-related pattern");
  add(p.pars, "pars stress pattern");
  add(p.deep_gluteal, "deep gluteal pattern");
  add(p.cyclical, "pain with each menstrual period");
  return met;
}

std::string Summary(const Patterns& p) {
  if (IsFalse(p.present)) return "No current pain is recorded, so no pattern of another source is met.";
  if (IsTrue(p.any)) return "The findings fit another source than the SIJ: " + Met(p) + ". No pattern is a diagnosis.";
  if (IsFalse(p.any)) {
    return "None of the four patterns asked about is met; other sources of buttock pain are not covered.";
  }
  return "Whether the pain fits another source than the SIJ is open: findings that could decide are not recorded.";
}

void AddConclusions(const Patterns& p, Answer& answer) {
  const bool pain = !IsFalse(p.present);
  const auto status = [&](Truth truth) { return pain ? StatusOf(truth) : v1::STATUS_NEGATIVE; };

  ConclusionBuilder disc =
      answer.Conclude({.text = "Disc-related pattern"}, status(p.disc), {cite::Laslett2003, cite::K_19, cite::B_6});
  disc.Graded(kOpinion)
      .Criterion("The pain centralises on repeated movements", p.centralisation, v1::GRADE_DIAGNOSTIC_STUDY,
                 cite::Laslett2003)
      .Criterion("Straight leg raise positive", p.slr, kOpinion, cite::K_19)
      .Criterion("with pain below the knee, numbness or a deficit", Or({p.below_knee, p.numbness, p.deficit}), kOpinion,
                 cite::K_19);
  if (p.mri_contact)
    disc.Criterion("MRI: a nerve root or the cauda equina is touched", Truth::kTrue, kOpinion, cite::K_19);

  ConclusionBuilder pars = answer.Conclude(condition::pars_stress_pattern, status(p.pars), {cite::K_20, cite::B_6});
  pars.Graded(kOpinion)
      .Criterion("Bending backwards reproduces the pain", p.extension, kOpinion, {cite::K_20, cite::K_109})
      .Criterion("Sport with repeated back extension", p.extension_sport, kOpinion, cite::K_20)
      .Criterion("Age below 25", p.young, kOpinion, cite::K_20);
  if (p.mri_pars) pars.Criterion("MRI: pars stress reaction or defect", Truth::kTrue, kOpinion, cite::K_20);

  const bool left = IsTrue(p.fair_on.left), right = IsTrue(p.fair_on.right);
  const Condition& gluteal = left && right ? condition::deep_gluteal_pattern_both
                             : left        ? condition::deep_gluteal_pattern_left
                             : right       ? condition::deep_gluteal_pattern_right
                                           : condition::deep_gluteal_pattern_unspecified;
  answer.Conclude(gluteal, status(p.deep_gluteal), {cite::K_24, cite::B_6})
      .On(left == right ? std::nullopt : std::optional(left ? Side::kLeft : Side::kRight))
      .Graded(kOpinion)
      .Criterion("Hip flexion, adduction and internal rotation reproduce the pain", p.fair, kOpinion, cite::K_24)
      .Criterion("Worse with prolonged sitting", p.with_sitting, kOpinion, cite::K_24)
      .Criterion("The pain does not centralise", Not(p.centralisation), kOpinion, cite::K_24)
      .Criterion("Straight leg raise negative", Not(p.slr), kOpinion, cite::K_24);

  answer.Conclude({.text = "Pain that follows the menstrual cycle"}, status(p.cyclical), cite::Sciatic_endometriosis)
      .Graded(v1::GRADE_CASE_REPORT)
      .Criterion("The pain comes with each menstrual period", p.cyclical, v1::GRADE_CASE_REPORT,
                 cite::Sciatic_endometriosis);
}

// How a yes is read; a no speaks against, unless the line is neutral.
template <typename Input>
struct Line {
  Input input;
  v1::Direction if_true;
  std::string_view true_text;
  std::string_view false_text;
  v1::Grade grade;
  Citations citations;
};

constexpr std::array kLines = {
    Line<BooleanInput>{input::pain::present, kNeutral, "Pain is present", "No current pain: no pattern applies",
                       kOpinion, cite::B_6},
    Line<BooleanInput>{input::pain::above_l5, kNeutral, "Main pain at or above L5: the low back itself is likelier",
                       "Main pain is not at or above L5", v1::GRADE_DIAGNOSTIC_STUDY, cite::Young2003},
    Line<BooleanInput>{input::pain::with_sitting, kFor,
                       "Worse with prolonged sitting: part of the deep gluteal pattern",
                       "Not worse with prolonged sitting", kOpinion, cite::K_24},
    Line<BooleanInput>{input::pain::with_lumbar_extension,
                       kFor,
                       "Bending backwards reproduces the pain: part of the pars pattern",
                       "Bending backwards does not reproduce the pain",
                       kOpinion,
                       {cite::K_20, cite::K_109}},
    Line<BooleanInput>{input::history::extension_sport, kFor,
                       "Sport with repeated back extension: part of the pars pattern",
                       "No sport with repeated back extension", kOpinion, cite::K_20},
    Line<BooleanInput>{input::pain::cyclical_with_menses, kFor, "The pain comes with each menstrual period",
                       "The pain does not follow the menstrual cycle", v1::GRADE_CASE_REPORT,
                       cite::Sciatic_endometriosis},
    Line<BooleanInput>{input::exam::centralisation,
                       kFor,
                       "The pain centralises on repeated movements: points to the disc",
                       "The pain does not centralise",
                       v1::GRADE_DIAGNOSTIC_STUDY,
                       {cite::Laslett2003, cite::B_1}},
    Line<BooleanInput>{input::red_flag::no_improvement_4_weeks, kNeutral,
                       "No improvement in 4 weeks: calls for another look", "Has improved within 4 weeks", kOpinion,
                       cite::B_6},
    Line<BooleanInput>{input::training::load_checks_passed, kNeutral, "Load checks passed: a criterion of return",
                       "Load checks not passed: running waits for them", kOpinion, cite::K_38},
    Line<BooleanInput>{input::pain::with_walking, kNeutral, "Walking brings on the pain: running stops",
                       "Walking does not bring on the pain", kOpinion, cite::X_2},
    Line<BooleanInput>{input::exam::limp, kNeutral, "A limp: running stops", "No limp", kOpinion, cite::X_2},
    Line<BooleanInput>{input::red_flag::unremitting_night_pain, kNeutral,
                       "Night pain that nothing relieves: running stops", "No unremitting night pain", kOpinion,
                       cite::X_2},
};

constexpr std::array kSidedLines = {
    Line<SidedBooleanInput>{input::pain::sij_region, kNeutral, "Pain over the SIJ", "No pain over the SIJ", kOpinion,
                            cite::B_1},
    Line<SidedBooleanInput>{input::pain::buttock, kNeutral, "Pain in the buttock", "No pain in the buttock", kOpinion,
                            cite::B_1},
    Line<SidedBooleanInput>{input::pain::groin, kNeutral, "Pain in the groin: the hip is not covered here",
                            "No pain in the groin", kOpinion, cite::B_6},
    Line<SidedBooleanInput>{input::pain::posterior_thigh, kNeutral, "Spreads to the back of the thigh",
                            "Does not spread to the back of the thigh", kOpinion, cite::K_19},
    Line<SidedBooleanInput>{input::pain::below_knee,
                            kFor,
                            "Spreads below the knee: favours a nerve root",
                            "Does not spread below the knee",
                            kOpinion,
                            {cite::K_19, cite::K_107}},
    Line<SidedBooleanInput>{input::pain::leg_numbness,
                            kFor,
                            "Numbness or tingling in the leg: favours a nerve root",
                            "No numbness or tingling in the leg",
                            kOpinion,
                            {cite::K_19, cite::K_106}},
    Line<SidedBooleanInput>{input::exam::sensory_loss, kFor, "Sensation is reduced in the leg", "Sensation is kept",
                            kOpinion, cite::K_19},
    Line<SidedBooleanInput>{input::exam::reflex_loss, kFor, "A reflex is reduced or absent", "Reflexes are kept",
                            kOpinion, cite::K_19},
    Line<SidedBooleanInput>{
        input::exam::fair_test, kFor,
        "Hip flexion, adduction and internal rotation reproduce the pain: part of the deep gluteal pattern",
        "Hip flexion, adduction and internal rotation do not reproduce the pain", kOpinion, cite::K_24},
};

template <typename Input>
void Add(const Line<Input>& line, Truth truth, std::optional<Side> side, Answer& answer) {
  if (IsUnknown(truth)) return;
  const v1::Direction if_false = line.if_true == kFor ? kAgainst : kNeutral;
  answer.Evidence(line.input, side, IsTrue(truth) ? line.if_true : if_false,
                  IsTrue(truth) ? line.true_text : line.false_text, line.grade, line.citations);
}

void AddCode(const InputKey& input, std::optional<Side> side, std::optional<std::string_view> code,
             std::string_view against, std::string_view neutral, std::string_view name, const Citations& citations,
             Answer& answer) {
  if (!code) return;
  const v1::Direction direction = *code == against ? kAgainst : *code == neutral ? kNeutral : kFor;
  answer.Evidence(input, side, direction, std::string(name) + ": " + std::string(*code), kOpinion, citations);
}

void AddEvidence(const Findings& findings, const Patterns& p, Answer& answer) {
  for (const auto& line : kSidedLines) {
    const SidedTruth sided = findings.Sided(line.input);
    for (Side side : kBothSides) Add(line, sided.on(side), side, answer);
    Add(line, sided.unsaid, std::nullopt, answer);
  }
  for (Side side : kBothSides) {
    AddCode(input::exam::slr, side, findings.Code(input::exam::slr, side), answer::exam::slr::negative.code,
            answer::exam::slr::equivocal.code, "Straight leg raise", cite::K_19, answer);
    AddCode(input::exam::motor_weakness, side, findings.Code(input::exam::motor_weakness, side),
            answer::exam::motor_weakness::none.code, "", "Weakness of the leg", {cite::K_19, cite::IFOMPT2020}, answer);
  }
  AddCode(input::exam::neuro_screen, std::nullopt, findings.Code(input::exam::neuro_screen),
          answer::exam::neuro_screen::normal.code, answer::exam::neuro_screen::not_done.code, "Neurological screen",
          {cite::K_19, cite::IFOMPT2020}, answer);
  AddCode(input::imaging::mri_lumbar, std::nullopt, findings.Code(input::imaging::mri_lumbar), "",
          answer::imaging::mri_lumbar::normal.code, "MRI of the lumbar spine", cite::K_19, answer);
  for (const auto& line : kLines) Add(line, findings.Is(line.input), std::nullopt, answer);
  if (const auto age = findings.age_years()) {
    answer.EvidenceOfPatient(
        "patient.age", IsTrue(p.young) ? kFor : kAgainst,
        IsTrue(p.young) ? "Age below 25: part of the pars pattern" : "Age 25 or more: no pars pattern", kOpinion,
        cite::K_20);
  }
  const auto add_value = [&](const QuantityInput& input, const char* before, const char* after,
                             const Citations& citations) {
    if (const auto value = findings.Value(input)) {
      answer.Evidence(input, std::nullopt, kNeutral, before + Number(*value) + after, kOpinion, citations);
    }
  };
  add_value(input::pain::duration, "Pain for ", " days; imaging is thought of after 42", {cite::K_19, cite::B_6});
  add_value(input::training::pain_free_walking_days, "Walking without pain for ",
            " days; return asks for at least 5 to 7", {cite::B_4, cite::K_38});
  add_value(input::pain::during_running, "Pain during running ", " of 10; 3 or less, 4 to 5 and above 5 are read apart",
            cite::X_2);
  add_value(input::pain::after_running_24h, "Pain in the 24 hours after running ",
            " of 10; 3 or less, 4 to 5 and above 5 are read apart", cite::X_2);
}

// Asks, and keeps a list for the recommendation.
class Questions {
 public:
  Questions(const Findings& findings, Answer& answer) : findings_(findings), answer_(answer) {}

  void Ask(const InputKey& input, std::string_view why, bool safety = false, std::optional<Side> side = std::nullopt) {
    answer_.Ask(input, why, safety, side);
    Name(std::string(input.key) + (side ? " (" + std::string(ToText(*side)) + ")" : ""));
  }
  void Ask(const BooleanInput& input, Truth known, std::string_view why) {
    if (IsUnknown(known)) Ask(input, why);
  }
  // Each side that hurts, or both.
  void AskSides(const InputKey& input, const std::array<bool, 2>& recorded, std::string_view why, bool safety = false) {
    const bool all_quiet = runner_sij::Quiet(findings_, Side::kLeft) && runner_sij::Quiet(findings_, Side::kRight);
    for (Side side : kBothSides) {
      if (!recorded[static_cast<size_t>(side)] && (all_quiet || !runner_sij::Quiet(findings_, side))) {
        Ask(input, why, safety, side);
      }
    }
  }
  void AskSides(const SidedBooleanInput& input, std::string_view why, bool safety = false) {
    const SidedTruth sided = findings_.Sided(input);
    AskSides(input, {!IsUnknown(sided.left), !IsUnknown(sided.right)}, why, safety);
  }
  void AskSides(const SidedCodedInput& input, std::string_view why, bool safety = false) {
    AskSides(input, {findings_.Code(input, Side::kLeft).has_value(), findings_.Code(input, Side::kRight).has_value()},
             why, safety);
  }
  void AskAge(std::string_view why) {
    answer_.AskOfPatient("patient.age", why);
    Name("patient.age");
  }
  void Name(const std::string& name) { names_ += (names_.empty() ? "" : ", ") + name; }
  const std::string& names() const { return names_; }

 private:
  const Findings& findings_;
  Answer& answer_;
  std::string names_;
};

void AskDisc(const Findings& findings, const Patterns& p, Questions& questions) {
  questions.Ask(input::exam::centralisation, p.centralisation, "Pain that centralises points to the disc");
  if (IsUnknown(p.slr)) questions.AskSides(input::exam::slr, "Part of the disc-related and the deep gluteal pattern");
  if (p.slr_unclear) questions.Name("exam.slr is recorded as unclear: repeat it");
  if (!IsFalse(p.slr)) {
    if (IsUnknown(p.below_knee))
      questions.AskSides(input::pain::below_knee, "With a positive straight leg raise: the disc");
    if (IsUnknown(p.numbness)) {
      questions.AskSides(input::pain::leg_numbness,
                         "With a positive straight leg raise: the disc; in both legs: at once", true);
    }
    if (IsUnknown(p.deficit) && !findings.Code(input::exam::neuro_screen)) {
      questions.Ask(input::exam::neuro_screen, "A deficit would raise the urgency", /*safety=*/true);
    } else if (IsUnknown(p.deficit)) {
      questions.AskSides(input::exam::motor_weakness, "Weakness would raise the urgency", true);
      questions.AskSides(input::exam::sensory_loss, "With a positive straight leg raise: the disc", true);
      questions.AskSides(input::exam::reflex_loss, "With a positive straight leg raise: the disc", true);
    }
  }
  if (!findings.Code(input::imaging::mri_lumbar)) {
    questions.Ask(input::imaging::mri_lumbar, "Only if it has been done: its result could decide", /*safety=*/true);
  }
}

void AskWhatDecides(const Findings& findings, const Patterns& p, Answer& answer) {
  Questions questions(findings, answer);
  if (IsUnknown(p.disc)) AskDisc(findings, p, questions);
  if (IsUnknown(p.deep_gluteal)) {
    if (IsUnknown(p.fair)) questions.AskSides(input::exam::fair_test, "Part of the deep gluteal pattern");
    questions.Ask(input::pain::with_sitting, p.with_sitting, "Part of the deep gluteal pattern");
  }
  if (IsUnknown(p.pars)) {
    questions.Ask(input::pain::with_lumbar_extension, p.extension, "Part of the pars pattern");
    questions.Ask(input::history::extension_sport, p.extension_sport, "Part of the pars pattern");
    if (IsUnknown(p.young)) questions.AskAge("The pars pattern is one of people below 25");
  }
  questions.Ask(input::pain::cyclical_with_menses, p.cyclical, "Pain with each period may be gynaecological");
  questions.Ask(input::pain::present, p.present, "Without current pain no pattern applies");
  answer.Recommend(advice::ask_missing, {.reason = "Not recorded, and could decide: " + questions.names()});
}

// What could still raise the urgency of a positive answer, or stop running.
void AskWhatProtects(const Findings& findings, const Patterns& p, const RunningReading& running, Answer& answer) {
  Questions questions(findings, answer);
  if (IsTrue(p.disc) && IsUnknown(p.deficit)) {
    if (!findings.Code(input::exam::neuro_screen)) {
      questions.Ask(input::exam::neuro_screen, "A deficit would raise the urgency", /*safety=*/true);
    }
    questions.AskSides(input::exam::motor_weakness, "Weakness would raise the urgency", /*safety=*/true);
  }
  if (running.grade == RunningGrade::kStopAndBeSeen) return;
  const auto ask = [&](const BooleanInput& input, std::string_view why) {
    if (IsUnknown(findings.Is(input))) questions.Ask(input, why, /*safety=*/true);
  };
  ask(input::exam::limp, "A limp stops running");
  ask(input::pain::with_walking, "Pain on walking stops running");
  ask(input::red_flag::unremitting_night_pain, "Night pain that nothing relieves stops running");
  for (const QuantityInput& score : {input::pain::during_running, input::pain::after_running_24h}) {
    if (!findings.Value(score)) {
      questions.Ask(score, "Decides how much running the pain allows; above 5 stops it", /*safety=*/true);
    }
  }
}

void Assess(const Findings& findings, const Call&, Answer& answer) {
  const Patterns patterns = ReadPatterns(findings);
  const RunningReading running = runner_sij::GradeRunning(findings);

  answer.SetStatus(patterns.any);
  // Pain that comes with each period may be absent today, and is followed up all the same.
  const bool nothing = IsFalse(patterns.present) && !IsTrue(patterns.cyclical);
  answer.RaiseUrgency(nothing ? v1::URGENCY_SELF_CARE : v1::URGENCY_ROUTINE);
  answer.SetSummary(Summary(patterns));
  AddConclusions(patterns, answer);
  AddEvidence(findings, patterns, answer);
  AddAlarms(patterns, answer);
  AddPathway(findings, patterns, running, answer);
  AddAdvice(findings, patterns, running, Met(patterns), answer);
  if (IsUnknown(patterns.any)) AskWhatDecides(findings, patterns, answer);
  if (answer.status() == v1::STATUS_NEGATIVE && !IsFalse(patterns.present) && IsUnknown(patterns.cyclical)) {
    answer.Ask(input::pain::cyclical_with_menses, "Pain with each period may be gynaecological");
  }
  if (answer.positive()) AskWhatProtects(findings, patterns, running, answer);
  answer.Caveat(
      "The four patterns are expert opinion and have not been validated; other sources of buttock pain are not "
      "covered.");
  if (answer.positive() && running.grade != RunningGrade::kUnknown) {
    answer.Caveat("The pain cut-offs for running are expert opinion and have not been validated.");
  }
}

}  // namespace
}  // namespace condyle::buttock_pain_mimics

CONDYLE_PLUGIN(condyle::buttock_pain_mimics::Assess, condyle::buttock_pain_mimics::kPluginId,
               condyle::buttock_pain_mimics::kPluginVersion);
