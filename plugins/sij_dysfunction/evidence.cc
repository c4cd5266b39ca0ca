// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The trace of sij_dysfunction.
#include "plugins/sij_dysfunction/evidence.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/pack/criteria/activity.h"
#include "plugins/sij_dysfunction/tables.h"
#include "sij_dysfunction/manifest.h"

namespace condyle::sij_dysfunction {
namespace {

using runner_sij::SijReading;
using runner_sij::SijSide;
using runner_sij::SijTests;

constexpr v1::Direction kFor = v1::DIRECTION_FOR;
constexpr v1::Direction kAgainst = v1::DIRECTION_AGAINST;
constexpr v1::Direction kNeutral = v1::DIRECTION_NEUTRAL;

// How a yes and a no are read.
template <typename Input>
struct Line {
  Input input;
  v1::Direction if_true;
  std::string_view true_text;
  v1::Direction if_false;
  std::string_view false_text;
  v1::Grade grade;
  Citations citations;
};

constexpr std::array kLines = {
    Line<BooleanInput>{input::pain::present, kNeutral, "Pain is present", kAgainst,
                       "No current pain: the criteria need it", v1::GRADE_EXPERT_OPINION, cite::B_1},
    Line<BooleanInput>{
        input::exam::centralisation,
        kAgainst,
        "The pain centralises on repeated movements: this points to the disc, and the criteria are not met",
        kNeutral,
        "The pain does not centralise: the criteria stay open",
        v1::GRADE_DIAGNOSTIC_STUDY,
        {cite::Laslett2003, cite::B_1}},
    Line<BooleanInput>{input::pain::above_l5,
                       kAgainst,
                       "Main pain at or above L5: argues against the SIJ",
                       kNeutral,
                       "Main pain is not at or above L5",
                       v1::GRADE_DIAGNOSTIC_STUDY,
                       {cite::Dreyfuss1996, cite::Young2003}},
    Line<BooleanInput>{input::pain::rising_from_sitting,
                       kFor,
                       "Worse on rising from a chair: supports weakly",
                       kNeutral,
                       "Not worse on rising from a chair",
                       v1::GRADE_DIAGNOSTIC_STUDY,
                       {cite::Young2003, cite::K_15, cite::K_128}},
    Line<BooleanInput>{input::pain::stairs_hills_or_squats,
                       kFor,
                       "Worse on stairs, hills, lunges or squats: supports weakly, and says what to leave out",
                       kNeutral,
                       "Not worse on stairs, hills, lunges or squats",
                       v1::GRADE_EXPERT_OPINION,
                       {cite::K_15, cite::K_16, cite::K_153}},
    Line<BooleanInput>{
        input::pain::with_lumbar_extension, kNeutral,
        "Bending backwards brings on the pain: also fits facet and pars pain, so it does not discriminate", kNeutral,
        "Bending backwards does not bring on the pain", v1::GRADE_EXPERT_OPINION, cite::K_109},
    Line<BooleanInput>{input::pain::load_related,
                       kNeutral,
                       "Impact or weight bearing brings on the pain: also the history of bone stress injury",
                       kNeutral,
                       "Impact and weight bearing do not bring on the pain",
                       v1::GRADE_EXPERT_OPINION,
                       {cite::K_18, cite::B_4}},
    Line<BooleanInput>{input::pain::with_walking,
                       kNeutral,
                       "Walking brings on the pain: running stops, and bone stress injury has to be looked for",
                       kNeutral,
                       "Walking does not bring on the pain",
                       v1::GRADE_EXPERT_OPINION,
                       {cite::X_2, cite::K_108}},
    Line<BooleanInput>{input::exam::limp, kNeutral, "A limp: running stops", kNeutral, "No limp",
                       v1::GRADE_EXPERT_OPINION, cite::X_2},
    Line<BooleanInput>{input::red_flag::unremitting_night_pain, kNeutral,
                       "Night pain that nothing relieves: running stops", kNeutral, "No unremitting night pain",
                       v1::GRADE_EXPERT_OPINION, cite::X_2},
    Line<BooleanInput>{input::red_flag::no_improvement_4_weeks, kNeutral,
                       "No improvement in 4 weeks: counts towards pain that has not settled", kNeutral,
                       "Improved within 4 weeks", v1::GRADE_EXPERT_OPINION, cite::X_6},
    Line<BooleanInput>{input::history::mechanical_trigger,
                       kFor,
                       "A misstep, downhill running, overstriding or a leg length difference: supports weakly",
                       kNeutral,
                       "No mechanical trigger reported; often there is none",
                       v1::GRADE_EXPERT_OPINION,
                       {cite::K_102, cite::K_103, cite::K_133, cite::K_134}},
    Line<BooleanInput>{input::training::runner,
                       kNeutral,
                       "Runs regularly: the tests have not been validated in runners",
                       kNeutral,
                       "Does not run regularly",
                       v1::GRADE_EXPERT_OPINION,
                       {cite::B_1, cite::X_5}},
    Line<BooleanInput>{input::training::load_checks_passed, kNeutral, "Load checks passed: one of the return criteria",
                       kNeutral, "Load checks not passed: a return criterion is open", v1::GRADE_EXPERT_OPINION,
                       cite::Goom2019},
    Line<BooleanInput>{input::obstetric::pregnant, kNeutral, "Pregnant: no NSAID is suggested here", kNeutral,
                       "Not pregnant", v1::GRADE_EXPERT_OPINION, cite::K_33},
    Line<BooleanInput>{input::history::nsaid_risk_condition, kNeutral,
                       "A condition that makes NSAIDs risky: they are held", kNeutral,
                       "No condition recorded that makes NSAIDs risky", v1::GRADE_EXPERT_OPINION, cite::K_33},
    Line<BooleanInput>{input::medication::anticoagulant,
                       kNeutral,
                       "Takes an anticoagulant: no manipulation, and NSAIDs are held",
                       kNeutral,
                       "Takes no anticoagulant",
                       v1::GRADE_EXPERT_OPINION,
                       {cite::X_4, cite::K_33}},
    Line<BooleanInput>{input::history::known_axspa,
                       kNeutral,
                       "Known axial spondyloarthritis: no manipulation",
                       kNeutral,
                       "No known axial spondyloarthritis",
                       v1::GRADE_GUIDELINE,
                       {cite::Ward2019, cite::K_58}},
    Line<BooleanInput>{input::history::spinal_fusion,
                       kNeutral,
                       "Part of the spine is fused: no manipulation",
                       kNeutral,
                       "No part of the spine is fused",
                       v1::GRADE_GUIDELINE,
                       {cite::Ward2019, cite::K_58}},
    Line<BooleanInput>{input::history::osteoporosis,
                       kNeutral,
                       "Osteoporosis or a low-trauma fracture: no manipulation",
                       kNeutral,
                       "No known osteoporosis",
                       v1::GRADE_GUIDELINE,
                       {cite::Ward2019, cite::K_58}},
};

constexpr std::array kSidedLines = {
    Line<SidedBooleanInput>{input::pain::sij_region,
                            kFor,
                            "Pain below L5 over the joint: the entry criterion is met",
                            kAgainst,
                            "No pain over the joint",
                            v1::GRADE_DIAGNOSTIC_STUDY,
                            {cite::Laslett2005, cite::B_1}},
    Line<SidedBooleanInput>{input::pain::buttock, kNeutral, "Pain in the buttock", kNeutral, "No pain in the buttock",
                            v1::GRADE_EXPERT_OPINION, cite::K_14},
    Line<SidedBooleanInput>{
        input::pain::groin,
        kNeutral,
        "Pain in the groin: may spread from the SIJ, and is also that of the hip and the femoral neck",
        kNeutral,
        "No pain in the groin",
        v1::GRADE_EXPERT_OPINION,
        {cite::K_14, cite::B_4}},
    Line<SidedBooleanInput>{input::pain::posterior_thigh, kNeutral,
                            "Spreads to the back of the thigh: does not discriminate", kNeutral,
                            "Does not spread to the back of the thigh", v1::GRADE_EXPERT_OPINION, cite::K_14},
    Line<SidedBooleanInput>{input::pain::below_knee, kAgainst,
                            "Spreads below the knee: favours a nerve root and does not exclude the SIJ", kNeutral,
                            "Does not spread below the knee", v1::GRADE_EXPERT_OPINION, cite::K_107},
    Line<SidedBooleanInput>{input::exam::sacral_tenderness,
                            kNeutral,
                            "Bony tenderness over the sacrum: for the bone stress screen; running waits while present",
                            kNeutral,
                            "No bony tenderness over the sacrum: one of the criteria of return",
                            v1::GRADE_EXPERT_OPINION,
                            {cite::B_4, cite::K_38}},
    Line<SidedBooleanInput>{
        input::exam::fortin_finger,
        kFor,
        "Points with one finger to the joint line: supportive only, its accuracy was never measured",
        kNeutral,
        "Does not point to the joint line",
        v1::GRADE_CASE_REPORT,
        {cite::Fortin, cite::K_13}},
};

void Add(const Line<BooleanInput>& line, Truth truth, Answer& answer) {
  if (IsUnknown(truth)) return;
  answer.Evidence(line.input, std::nullopt, IsTrue(truth) ? line.if_true : line.if_false,
                  IsTrue(truth) ? line.true_text : line.false_text, line.grade, line.citations);
}

void Add(const Line<SidedBooleanInput>& line, const Findings& findings, Answer& answer) {
  const SidedTruth sided = findings.Sided(line.input);
  const auto add = [&](Truth truth, std::optional<Side> side, std::string_view suffix) {
    if (IsUnknown(truth)) return;
    answer.Evidence(line.input, side, IsTrue(truth) ? line.if_true : line.if_false,
                    std::string(IsTrue(truth) ? line.true_text : line.false_text).append(suffix), line.grade,
                    line.citations);
  };
  for (Side side : kBothSides) add(sided.on(side), side, "");
  add(sided.unsaid, std::nullopt, "; the side was not recorded, so it counts on neither");
}

void AddTest(size_t i, const SijSide& side, Answer& answer) {
  if (IsUnknown(side.tests[i])) return;
  const SingleTest& test = kSingleTests[i];
  const bool met = IsTrue(side.tests[i]);
  const Accuracy& accuracy = side.side == Side::kLeft ? test.left : test.right;
  std::string statement(test.name);
  statement += met ? " reproduces the familiar pain: one of the 3 of 6" : " does not reproduce the familiar pain";
  answer.Evidence(SijTests()[i], side.side, met ? kFor : kAgainst, statement, v1::GRADE_DIAGNOSTIC_STUDY,
                  cite::Laslett2005, met ? accuracy.positive() : accuracy.negative());
}

// FABER says little alone, and only with posterior pain anything of this joint.
void AddFaber(const Findings& findings, const SijSide& side, Answer& answer) {
  const Truth test = findings.Is(input::exam::faber, side.side);
  const auto site = findings.Code(input::exam::faber_pain_site, side.side);
  const Truth read = side.tests[kFaber];
  const Citations citations = {cite::Dreyfuss1996, cite::Broadhurst1998, cite::B_1};
  if (!IsUnknown(test)) {
    answer.Evidence(input::exam::faber, side.side,
                    IsTrue(read)    ? kFor
                    : IsFalse(read) ? kAgainst
                                    : kNeutral,
                    IsTrue(read)
                        ? "FABER with posterior pain: one of the 3 of 6; the studies of the test alone disagree"
                    : IsFalse(test) ? "FABER does not reproduce the familiar pain"
                    : IsFalse(read) ? "FABER is positive with pain elsewhere than posterior: not counted"
                                    : "FABER is positive, and where it hurt is not recorded: not counted either way",
                    v1::GRADE_DIAGNOSTIC_STUDY, citations);
  }
  if (!site) return;
  const bool posterior = *site == answer::exam::faber_pain_site::posterior.code;
  std::string statement = "FABER pain site: " + std::string(*site);
  statement += posterior ? ", so the test may count" : ", which points to the hip: the test does not count";
  answer.Evidence(input::exam::faber_pain_site, side.side, posterior ? kNeutral : kAgainst, statement,
                  v1::GRADE_EXPERT_OPINION, cite::B_1);
}

void AddValue(const Findings& findings, const QuantityInput& input, std::string_view before, std::string_view after,
              const Citations& citations, Answer& answer) {
  const auto value = findings.Value(input);
  if (!value) return;
  std::string statement(before);
  statement += Number(*value);
  statement += after;
  answer.Evidence(input, std::nullopt, kNeutral, statement, v1::GRADE_EXPERT_OPINION, citations);
}

}  // namespace

void AddEvidence(const Findings& findings, const SijReading& sij, Answer& answer) {
  for (const auto& line : kSidedLines) Add(line, findings, answer);
  for (Side side : kBothSides) {
    for (size_t i = 0; i < kFaber; ++i) AddTest(i, sij.on(side), answer);
    AddFaber(findings, sij.on(side), answer);
  }
  for (const auto& line : kLines) Add(line, findings.Is(line.input), answer);
  AddValue(findings, input::pain::duration, "Pain for ", " days", {cite::X_6, cite::K_113}, answer);
  AddValue(findings, input::pain::intensity, "Pain now ", " of 10", cite::K_37, answer);
  AddValue(findings, input::pain::during_running, "Pain during running ",
           " of 10; 3 or less, 4 to 5 and above 5 are read apart", cite::X_2, answer);
  AddValue(findings, input::pain::after_running_24h, "Pain in the 24 hours after running ",
           " of 10; 3 or less, 4 to 5 and above 5 are read apart", cite::X_2, answer);
  AddValue(findings, input::training::pain_free_walking_days, "Walking without pain for ",
           " days; return asks for at least 5 to 7", cite::Fredericson2003, answer);
  AddValue(findings, input::history::sij_block_relief, "Pain less after an image-guided anaesthetic block, by ",
           " %: shown, not counted; a single block can mislead", {cite::K_26, cite::B_1}, answer);
}

}  // namespace condyle::sij_dysfunction
