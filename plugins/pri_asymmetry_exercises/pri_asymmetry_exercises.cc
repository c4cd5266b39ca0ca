// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Which of two published exercise sets goes with the painful side, for patients whose SIJ tests or pelvic girdle tests
// are positive and who have one asymmetry pattern. Never without its evidence notice; never where something blocks it.
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "condyle/sdk/plugin.h"
#include "plugins/pack/criteria/obstetric.h"
#include "plugins/pack/criteria/pelvic_girdle.h"
#include "plugins/pack/criteria/sides.h"
#include "plugins/pack/criteria/sij_cluster.h"
#include "plugins/pri_asymmetry_exercises/tables.h"

namespace condyle::pri_asymmetry_exercises {
namespace {

using runner_sij::PelvicGirdleReading;
using runner_sij::SijReading;

constexpr v1::Grade kOpinion = v1::GRADE_EXPERT_OPINION;
constexpr v1::Grade kCase = v1::GRADE_CASE_REPORT;

struct Block {
  InputKey input;
  std::string_view name;
  Truth present;
};

// Painful at the SIJ or in the buttock, side by side.
enum class PainSide { kLeft, kRight, kBoth, kNotKnown };
enum class Pattern { kLeftOnly, kRightOnly, kBoth, kNeither, kNotKnown };

struct Reading {
  Truth pain;
  std::array<Block, 7> blocks;
  Truth blocked = Truth::kFalse;
  SijReading sij;
  PelvicGirdleReading girdle;
  Truth girdle_applies;
  Truth base;  // SIJ tests or pelvic girdle tests positive
  PainSide pain_side = PainSide::kNotKnown;
  Truth drop_left;
  Truth drop_right;
  Pattern pattern = Pattern::kNotKnown;
  Truth result = Truth::kUnknown;

  std::optional<Side> side() const {
    if (pain_side == PainSide::kLeft) return Side::kLeft;
    if (pain_side == PainSide::kRight) return Side::kRight;
    return std::nullopt;
  }
};

// Strictly fewer than 42 days, where the days are known.
Truth JustDelivered(const Findings& findings) {
  if (findings.sex() != v1::SEX_MALE) {
    if (const auto days = findings.Value(input::obstetric::days_since_delivery)) {
      return ToTruth(*days < kBlockedAfterBirthDaysBelow);
    }
  }
  return runner_sij::DeliveredWithin(findings, kBlockedAfterBirthDaysBelow);
}

std::array<Block, 7> ReadBlocks(const Findings& findings) {
  namespace exam = input::exam;
  namespace history = input::history;
  return {{
      {input::obstetric::pregnant, "pregnancy", runner_sij::Pregnant(findings)},
      {input::obstetric::days_since_delivery, "fewer than 42 days since a birth", JustDelivered(findings)},
      {input::pain::pubic_symphysis, "pain at the pubic symphysis", findings.Is(input::pain::pubic_symphysis)},
      {exam::symphysis_tenderness, "a tender pubic symphysis", findings.Is(exam::symphysis_tenderness)},
      {exam::symphysis_gap, "a gap felt at the symphysis", findings.Is(exam::symphysis_gap)},
      {history::hip_labral_problem, "a labral problem of the hip", findings.Is(history::hip_labral_problem)},
      {history::uncontrolled_hypertension, "blood pressure not under control",
       findings.Is(history::uncontrolled_hypertension)},
  }};
}

PainSide ReadPainSide(const Findings& findings) {
  const auto pain = [&](Side side) {
    return Or({findings.Is(input::pain::sij_region, side), findings.Is(input::pain::buttock, side)});
  };
  const Truth left = pain(Side::kLeft);
  const Truth right = pain(Side::kRight);
  if (IsTrue(left) && IsTrue(right)) return PainSide::kBoth;
  if (IsTrue(left) && IsFalse(right)) return PainSide::kLeft;
  if (IsTrue(right) && IsFalse(left)) return PainSide::kRight;
  return PainSide::kNotKnown;
}

Pattern ReadPattern(Truth left, Truth right) {
  if (IsUnknown(left) || IsUnknown(right)) return Pattern::kNotKnown;
  if (IsTrue(left)) return IsTrue(right) ? Pattern::kBoth : Pattern::kLeftOnly;
  return IsTrue(right) ? Pattern::kRightOnly : Pattern::kNeither;
}

Reading Read(const Findings& findings) {
  Reading reading{.pain = findings.Is(input::pain::present),
                  .blocks = ReadBlocks(findings),
                  .sij = runner_sij::ReadSij(findings),
                  .girdle = runner_sij::ReadPelvicGirdle(findings),
                  .girdle_applies = runner_sij::PelvicGirdleApplies(findings),
                  .drop_left = findings.Is(input::pri::adduction_drop, Side::kLeft),
                  .drop_right = findings.Is(input::pri::adduction_drop, Side::kRight)};
  for (const Block& block : reading.blocks) {
    if (IsTrue(block.present)) reading.blocked = Truth::kTrue;
  }
  reading.base = Or({reading.sij.met, And({reading.girdle_applies, reading.girdle.met})});
  reading.pain_side = ReadPainSide(findings);
  reading.pattern = ReadPattern(reading.drop_left, reading.drop_right);
  if (IsTrue(reading.blocked) || IsFalse(reading.pain) || IsFalse(reading.base)) {
    reading.result = Truth::kFalse;
  } else if (IsTrue(reading.base) && reading.side() && reading.pattern == Pattern::kLeftOnly) {
    reading.result = Truth::kTrue;
  }
  return reading;
}

void Append(std::string* list, std::string_view item) {
  if (!list->empty()) *list += ", ";
  *list += item;
}

std::string BlockNames(const Reading& reading) {
  std::string names;
  for (const Block& block : reading.blocks) {
    if (IsTrue(block.present)) Append(&names, block.name);
  }
  return names;
}

// What stands between this patient and a set, where nothing blocks.
std::string OpenNames(const Reading& reading) {
  std::string names;
  if (IsUnknown(reading.base)) Append(&names, "SIJ tests or pelvic girdle tests undecided");
  if (reading.pain_side == PainSide::kBoth) Append(&names, "pain on both sides, for which there is no set");
  if (reading.pain_side == PainSide::kNotKnown) Append(&names, "the painful side is not known on both sides");
  if (reading.pattern == Pattern::kNotKnown) Append(&names, "adduction drop test missing on a side");
  if (reading.pattern == Pattern::kBoth)
    Append(&names, "adduction drop positive on both sides, for which there is no set");
  if (reading.pattern == Pattern::kNeither)
    Append(&names, "adduction drop negative on both sides, for which there is no set");
  if (reading.pattern == Pattern::kRightOnly)
    Append(&names, "adduction drop positive on the right only, for which there is no set");
  return names;
}

void Summarise(const Reading& reading, Answer& answer) {
  if (IsTrue(reading.result)) {
    answer.SetSummary(
        "A side-specific exercise set could be tried on very low evidence, unless a safety screen holds it.");
  } else if (IsTrue(reading.blocked)) {
    answer.SetSummary("No side-specific exercise set: blocked by " + BlockNames(reading) + ".");
  } else if (IsFalse(reading.result)) {
    answer.SetSummary(IsFalse(reading.pain) ? "No side-specific exercise set: there is no pain."
                                            : "No side-specific exercise set: neither the SIJ tests nor the pelvic "
                                              "girdle tests are positive.");
  } else {
    answer.SetSummary("No side-specific exercise set can be chosen: " + OpenNames(reading) + ".");
  }
  answer.Caveat(
      "Very low evidence: case reports and the typical patterns of one clinic; no trial in SIJ pain or in runners was "
      "found. Which pattern goes with which set, the order and the blocks are expert opinion and have not been "
      "validated.");
  answer.Caveat(
      "Sources differ: one clinic gives a set for left-sided pain; the Postural Restoration Institute's own note ties "
      "left-sided pain to a left hip problem first. The sets are not mirror images.");
}

void Conclude(const Reading& reading, Answer& answer) {
  const Citations rule{cite::B_7, cite::K_79};
  ConclusionBuilder conclusion = answer
                                     .Conclude({.text = "Side-specific exercise set"},
                                               IsTrue(reading.result)    ? v1::STATUS_POSITIVE
                                               : IsFalse(reading.result) ? v1::STATUS_NEGATIVE
                                                                         : v1::STATUS_INSUFFICIENT_DATA,
                                               {cite::B_7, cite::Boyle2011})
                                     .On(IsTrue(reading.result) ? reading.side() : std::nullopt)
                                     .Graded(kCase);
  conclusion.Criterion("SIJ pain with 3 of 6 provocation tests on one side, and no centralisation", reading.sij.met,
                       v1::GRADE_DIAGNOSTIC_STUDY, {cite::Laslett2005, cite::Laslett2003});
  conclusion.Criterion("Pregnant or within 24 months of a birth, with 2 of 7 pelvic girdle tests",
                       And({reading.girdle_applies, reading.girdle.met}), kOpinion,
                       {cite::Vleeming2008, cite::Simonds2022});
  conclusion.Criterion("Pain on one side, the other side known to be free",
                       reading.pain_side == PainSide::kNotKnown ? Truth::kUnknown : ToTruth(reading.side().has_value()),
                       kOpinion, rule, reading.side());
  conclusion.Criterion("Adduction drop positive on the left and negative on the right",
                       And({reading.drop_left, Not(reading.drop_right)}), kCase, rule);
  for (const Block& block : reading.blocks) {
    conclusion.Criterion("Blocks the sets: " + std::string(block.name), block.present, kOpinion, {cite::B_7});
  }
}

void WriteSided(const Findings& findings, const SidedBooleanInput& input, std::string_view text, v1::Direction yes,
                v1::Direction no, v1::Grade grade, const Citations& citations, Answer& answer) {
  const SidedTruth said = findings.Sided(input);
  const auto write = [&](Truth there, std::optional<Side> side) {
    if (IsUnknown(there)) return;
    answer.Evidence(input, side, IsTrue(there) ? yes : no, std::string(text) + (IsTrue(there) ? ": yes." : ": no."),
                    grade, citations);
  };
  write(said.left, Side::kLeft);
  write(said.right, Side::kRight);
  write(said.unsaid, std::nullopt);
}

void WriteEvidence(const Findings& findings, const Reading& reading, Answer& answer) {
  constexpr v1::Direction kFor = v1::DIRECTION_FOR;
  constexpr v1::Direction kAgainst = v1::DIRECTION_AGAINST;
  constexpr v1::Direction kNeutral = v1::DIRECTION_NEUTRAL;
  const Citations rule{cite::B_7};
  namespace exam = input::exam;

  if (!IsUnknown(reading.pain)) {
    answer.Evidence(input::pain::present, std::nullopt, IsTrue(reading.pain) ? kNeutral : kAgainst,
                    IsTrue(reading.pain) ? "Pain present." : "No pain.", kOpinion, rule);
  }
  WriteSided(findings, input::pain::sij_region, "Pain over the sacroiliac joint", kFor, kNeutral, kOpinion, rule,
             answer);
  WriteSided(findings, input::pain::buttock, "Buttock pain", kFor, kNeutral, kOpinion, rule, answer);
  WriteSided(findings, input::pain::groin, "Groin pain", kNeutral, kNeutral, kOpinion, rule, answer);
  const std::array<std::string_view, 6> names = {"Distraction",   "Thigh thrust", "Compression",
                                                 "Sacral thrust", "Gaenslen",     "FABER"};
  for (size_t i = 0; i < names.size(); ++i) {
    WriteSided(findings, runner_sij::SijTests()[i], std::string(names[i]) + " reproduces the familiar pain", kFor,
               kAgainst, v1::GRADE_DIAGNOSTIC_STUDY, {cite::Laslett2005}, answer);
  }
  for (Side side : kBothSides) {
    if (const auto site = findings.Code(exam::faber_pain_site, side)) {
      answer.Evidence(exam::faber_pain_site, side, kNeutral,
                      "FABER pain is " + std::string(*site) + "; only posterior pain counts.",
                      v1::GRADE_DIAGNOSTIC_STUDY, {cite::B_1});
    }
    if (const auto score = findings.Value(exam::aslr, side)) {
      answer.Evidence(exam::aslr, side, *score >= runner_sij::kAslrAtLeast ? kFor : kAgainst,
                      "Active straight leg raise " + Number(*score) + " of 5; counts from 1.", v1::GRADE_COHORT,
                      {cite::Mens2001});
    }
    if (const auto score = findings.Value(input::pri::adduction_lift, side)) {
      answer.Evidence(input::pri::adduction_lift, side, kNeutral,
                      "Adduction lift " + Number(*score) + " of 5: shown, does not choose the set.", kCase, rule);
    }
  }
  const Truth centralisation = findings.Is(exam::centralisation);
  if (!IsUnknown(centralisation)) {
    answer.Evidence(
        exam::centralisation, std::nullopt, IsTrue(centralisation) ? kAgainst : kNeutral,
        IsTrue(centralisation) ? "Repeated movements centralise the pain." : "The pain does not centralise.",
        v1::GRADE_DIAGNOSTIC_STUDY, {cite::Laslett2003});
  }
  WriteSided(findings, exam::long_dorsal_ligament_tenderness, "Long dorsal ligament tender", kFor, kAgainst,
             v1::GRADE_COHORT, {cite::Vleeming2008}, answer);
  WriteSided(findings, exam::modified_trendelenburg, "Modified Trendelenburg provokes symphysis pain", kFor, kAgainst,
             v1::GRADE_GUIDELINE, {cite::Vleeming2008}, answer);
  WriteSided(findings, input::pri::adduction_drop, "Adduction drop test positive (the leg does not drop)", kNeutral,
             kNeutral, kCase, rule, answer);
  WriteSided(findings, input::pri::extension_drop, "Extension drop test positive (shown, does not choose the set)",
             kNeutral, kNeutral, kCase, rule, answer);
  WriteSided(findings, input::pri::trunk_rotation_limited, "Trunk rotation limited (shown, does not choose the set)",
             kNeutral, kNeutral, kCase, rule, answer);
  for (const Block& block : reading.blocks) {
    if (IsUnknown(block.present)) continue;
    answer.Evidence(
        block.input, std::nullopt, IsTrue(block.present) ? kAgainst : kNeutral,
        std::string("Blocks the sets: ") + std::string(block.name) + (IsTrue(block.present) ? ": yes." : ": no."),
        kOpinion, rule);
  }
  const Truth delivered = findings.Is(input::obstetric::delivered_last_24_months);
  if (!IsUnknown(delivered)) {
    answer.Evidence(input::obstetric::delivered_last_24_months, std::nullopt, kNeutral,
                    IsTrue(delivered) ? "Gave birth in the last 24 months." : "No birth in the last 24 months.",
                    v1::GRADE_GUIDELINE, {cite::Simonds2022});
  }
}

void RecommendSet(const Reading& reading, Side side, Answer& answer) {
  const std::string reason = std::string(ToText(side)) + "-sided pain, adduction drop positive on the left only, " +
                             (IsTrue(reading.sij.met) ? "SIJ tests positive" : "pelvic girdle tests positive");
  answer.Recommend(side == Side::kRight ? advice::pri_set_right : advice::pri_set_left,
                   {.reason = reason, .side = side});
  for (const Advice* member : side == Side::kRight ? kRightSet : kLeftSet) {
    answer.Recommend(*member, {.reason = reason, .side = side});
  }
  answer.Recommend(advice::low_evidence_notice, {.reason = "goes with every such set"});
  answer.Recommend(advice::pri_stop_rule, {.reason = "goes with every such set"});
  answer.Recommend(advice::movement_expert_review, {.reason = "typical patterns of one clinic, no protocol"});
}

void AskBlocks(const Findings& findings, const Reading& reading, Answer& answer) {
  for (const Block& block : reading.blocks) {
    if (IsUnknown(block.present)) answer.Ask(block.input, "If present it blocks the exercise sets.");
  }
  if (IsUnknown(runner_sij::Pregnant(findings)) && findings.sex() == v1::SEX_UNSPECIFIED) {
    answer.AskOfPatient("patient.sex", "Decides whether pregnancy and birth are asked about.");
  }
}

void AskTests(const Findings& findings, const Reading& reading, Answer& answer) {
  constexpr std::string_view kWhy = "Part of the tests without which no set is offered.";
  for (const runner_sij::SijSide* side : {&reading.sij.left, &reading.sij.right}) {
    if (!IsUnknown(side->met)) continue;
    for (size_t i = 0; i < side->tests.size(); ++i) {
      const SidedBooleanInput& test = runner_sij::SijTests()[i];
      if (IsUnknown(findings.Is(test, side->side))) {
        answer.Ask(test, kWhy, false, side->side);
      } else if (IsUnknown(side->tests[i])) {
        answer.Ask(input::exam::faber_pain_site, kWhy, false, side->side);
      }
    }
  }
  if (IsUnknown(reading.sij.met) && IsUnknown(reading.sij.centralisation)) {
    answer.Ask(input::exam::centralisation, "Centralisation speaks against the SIJ.");
  }
  if (IsFalse(reading.girdle_applies) || !IsUnknown(reading.girdle.met)) return;
  const auto ask = [&](const InputKey& input, Truth item) {
    if (IsUnknown(item)) answer.Ask(input, kWhy);
  };
  ask(input::exam::aslr, reading.girdle.aslr);
  ask(input::exam::long_dorsal_ligament_tenderness, reading.girdle.long_dorsal_ligament);
  ask(input::exam::modified_trendelenburg, reading.girdle.modified_trendelenburg);
  if (IsUnknown(reading.girdle_applies) && !findings.Value(input::obstetric::days_since_delivery)) {
    answer.Ask(input::obstetric::delivered_last_24_months, "Decides whether the pelvic girdle tests apply.");
  }
}

void AskSides(const Findings& findings, const Reading& reading, Answer& answer) {
  for (Side side : kBothSides) {
    if (reading.pain_side == PainSide::kNotKnown) {
      const Truth sij = findings.Is(input::pain::sij_region, side);
      const Truth buttock = findings.Is(input::pain::buttock, side);
      if (IsUnknown(Or({sij, buttock}))) {
        if (IsUnknown(sij)) answer.Ask(input::pain::sij_region, "The set depends on the painful side.", false, side);
        if (IsUnknown(buttock)) answer.Ask(input::pain::buttock, "The set depends on the painful side.", false, side);
      }
    }
    if (IsUnknown(findings.Is(input::pri::adduction_drop, side))) {
      answer.Ask(input::pri::adduction_drop, "No set is offered without this test on both sides.", false, side);
    }
  }
}

}  // namespace

void Assess(const Findings& findings, const Call&, Answer& answer) {
  const Reading reading = Read(findings);
  answer.SetStatus(reading.result);
  answer.RaiseUrgency(IsFalse(reading.pain) ? v1::URGENCY_SELF_CARE : v1::URGENCY_ROUTINE);
  Summarise(reading, answer);
  Conclude(reading, answer);
  WriteEvidence(findings, reading, answer);
  if (IsFalse(reading.result)) return;
  AskBlocks(findings, reading, answer);
  if (IsTrue(reading.result)) {
    RecommendSet(reading, *reading.side(), answer);
    return;
  }
  if (IsUnknown(reading.pain)) answer.Ask(input::pain::present, "Without pain no set is offered.");
  if (IsUnknown(reading.base)) AskTests(findings, reading, answer);
  AskSides(findings, reading, answer);
  answer.Recommend(advice::ask_missing, {.reason = OpenNames(reading)});
}

}  // namespace condyle::pri_asymmetry_exercises

CONDYLE_PLUGIN(condyle::pri_asymmetry_exercises::Assess, condyle::pri_asymmetry_exercises::kPluginId,
               condyle::pri_asymmetry_exercises::kPluginVersion);
