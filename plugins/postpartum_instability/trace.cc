// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Evidence.
#include "plugins/postpartum_instability/trace.h"

#include <string>

#include "plugins/postpartum_instability/tables.h"
#include "postpartum_instability/manifest.h"

namespace condyle::postpartum_instability {
namespace {

constexpr v1::Direction kFor = v1::DIRECTION_FOR;
constexpr v1::Direction kAgainst = v1::DIRECTION_AGAINST;
constexpr v1::Direction kNeutral = v1::DIRECTION_NEUTRAL;

// The recorded answers of a sided question, with their side; the side may not have been said.
struct Recorded {
  std::optional<Side> side;
  Truth state;
};
std::array<Recorded, 3> Answers(const SidedTruth& sided) {
  return {{{Side::kLeft, sided.left}, {Side::kRight, sided.right}, {std::nullopt, sided.unsaid}}};
}

void TraceItems(const Findings& findings, const Reading& reading, Answer& answer) {
  for (const SidedItem& item : kSidedItems) {
    for (const Recorded& recorded : Answers(findings.Sided(item.input))) {
      if (IsUnknown(recorded.state)) continue;
      const bool met = IsTrue(recorded.state);
      answer.Evidence(item.input, recorded.side, met ? kFor : kAgainst,
                      std::string(item.name) + ": " + std::string(met ? item.met : item.not_met),
                      v1::GRADE_DIAGNOSTIC_STUDY, {item.source, cite::Simonds2022});
    }
  }
  for (const Recorded& recorded : Answers(findings.Sided(input::exam::faber))) {
    if (IsUnknown(recorded.state)) continue;
    std::string statement = "FABER: does not reproduce the familiar pain";
    v1::Direction direction = kAgainst;
    if (IsTrue(recorded.state)) {
      const auto site = recorded.side ? findings.Code(input::exam::faber_pain_site, *recorded.side) : std::nullopt;
      const bool posterior = site == answer::exam::faber_pain_site::posterior.code;
      direction = posterior ? kFor : kNeutral;
      statement = posterior ? "FABER: posterior pain"
                  : !site   ? "FABER: painful, the site is not recorded; not counted yet"
                            : "FABER: pain elsewhere (" + std::string(*site) + "); not counted";
    }
    answer.Evidence(input::exam::faber, recorded.side, direction, statement, v1::GRADE_GUIDELINE,
                    {cite::Vleeming2008, cite::Simonds2022});
  }
  for (Side side : kBothSides) {
    const auto score = findings.Value(input::exam::aslr, side);
    if (!score) continue;
    const bool met = *score >= runner_sij::kAslrAtLeast;
    const bool show_ratio = met && reading.after_birth;
    std::string statement = "Active straight leg raise " + Number(*score) + " of 5; 1 or more counts";
    if (show_ratio) statement += "; the likelihood ratio is that of the test, once for both legs";
    if (reading.items.aslr_total) statement += "; both legs " + Number(*reading.items.aslr_total) + " of 10";
    answer.Evidence(input::exam::aslr, side, met ? kFor : kAgainst, statement, v1::GRADE_DIAGNOSTIC_STUDY,
                    {cite::Mens2001, cite::Mens2002, cite::Mens2012},
                    show_ratio ? std::optional(kAslrAfterBirthMet) : std::nullopt);
  }
  if (const Truth tender = reading.items.symphysis_tenderness; !IsUnknown(tender)) {
    answer.Evidence(input::exam::symphysis_tenderness, std::nullopt, IsTrue(tender) ? kFor : kAgainst,
                    IsTrue(tender) ? "Symphysis tender to pressure" : "Symphysis not tender", v1::GRADE_GUIDELINE,
                    {cite::Vleeming2008, cite::Simonds2022});
  }
}

void TraceSymphysis(const Findings& findings, const Reading& reading, Answer& answer) {
  if (const auto gap = findings.Value(input::imaging::symphysis_gap)) {
    const bool wide = *gap > kDiastasisMmAbove;
    answer.Evidence(input::imaging::symphysis_gap, std::nullopt, wide ? kFor : kAgainst,
                    "Symphysis " + Number(*gap) + " mm wide; " +
                        (wide ? "more than 10: diastasis" : "not more than 10; 7 to 9 is usual in pregnancy"),
                    v1::GRADE_EXPERT_OPINION, {cite::Cambridge2025, cite::B_3});
  }
  if (const Truth gap = findings.Is(input::exam::symphysis_gap); !IsUnknown(gap)) {
    answer.Evidence(input::exam::symphysis_gap, std::nullopt, IsTrue(gap) ? kFor : kAgainst,
                    IsTrue(gap) ? "A gap is felt at the symphysis; with no weight bearing it means diastasis"
                                : "No gap is felt at the symphysis",
                    v1::GRADE_EXPERT_OPINION, {cite::Cambridge2025, cite::B_3});
  }
  if (const Truth unable = findings.Is(input::red_flag::unable_to_bear_weight); !IsUnknown(unable)) {
    answer.Evidence(input::red_flag::unable_to_bear_weight, std::nullopt,
                    IsTrue(unable) && IsTrue(reading.diastasis) ? kFor : kNeutral,
                    IsTrue(unable) ? "Unable to bear weight" : "Able to bear weight", v1::GRADE_EXPERT_OPINION,
                    cite::B_3);
  }
}

void TracePain(const Findings& findings, Answer& answer) {
  struct Site {
    SidedBooleanInput input;
    std::string_view text;
    bool in_definition;
  };
  constexpr std::array<Site, 3> kSites = {{
      {input::pain::sij_region, "Pain over the sacroiliac joint", true},
      {input::pain::buttock, "Pain in the buttock", true},
      {input::pain::groin, "Pain in the groin, which may have another source", false},
  }};
  for (const Site& site : kSites) {
    for (const Recorded& recorded : Answers(findings.Sided(site.input))) {
      if (!IsTrue(recorded.state)) continue;
      answer.Evidence(site.input, recorded.side, site.in_definition ? kFor : kNeutral,
                      std::string(site.text) + (site.in_definition ? "; within the definition, not counted" : ""),
                      v1::GRADE_GUIDELINE, cite::Vleeming2008);
    }
  }
  if (IsTrue(findings.Is(input::pain::pubic_symphysis))) {
    answer.Evidence(input::pain::pubic_symphysis, std::nullopt, kFor,
                    "Pain at the symphysis; within the definition, not counted", v1::GRADE_GUIDELINE,
                    cite::Vleeming2008);
  }
  if (const Truth turning = findings.Is(input::pain::turning_in_bed); !IsUnknown(turning)) {
    answer.Evidence(input::pain::turning_in_bed, std::nullopt, kNeutral,
                    IsTrue(turning) ? "Turning over in bed hurts; shows function, not counted"
                                    : "Turning over in bed does not hurt",
                    v1::GRADE_GUIDELINE, cite::Vleeming2008);
  }
  if (const auto days = findings.Value(input::pain::duration)) {
    answer.Evidence(input::pain::duration, std::nullopt, kNeutral,
                    "Pain for " + Number(*days) + " days; shown for the course", v1::GRADE_COHORT, cite::Albert2001);
  }
}

void TraceTime(const Findings& findings, const Reading& reading, Answer& answer) {
  if (!IsUnknown(reading.pregnant) && findings.sex() != v1::SEX_MALE) {
    std::string statement = IsTrue(reading.pregnant) ? "Pregnant" : "Not pregnant";
    if (IsTrue(reading.pregnant)) {
      statement += reading.gestational_weeks
                       ? ", week " + Number(static_cast<int>(*reading.gestational_weeks)) + " completed"
                       : std::string(", weeks not known");
    }
    answer.Evidence(input::obstetric::pregnant, std::nullopt, kNeutral, statement, v1::GRADE_GUIDELINE,
                    {cite::Vleeming2008, cite::B_3, cite::K_137});
  }
  if (reading.days_since_delivery) {
    answer.Evidence(
        input::obstetric::days_since_delivery, std::nullopt, kNeutral,
        Number(*reading.days_since_delivery) + " days since delivery; the question stays open for 24 months",
        v1::GRADE_GUIDELINE, cite::Simonds2022);
  }
  if (const auto result = findings.Code(input::lab::pregnancy_test); result && findings.sex() != v1::SEX_MALE) {
    answer.Evidence(input::lab::pregnancy_test, std::nullopt, kNeutral,
                    "Pregnancy test " + std::string(*result) + "; it decides on precautions only",
                    v1::GRADE_EXPERT_OPINION, cite::B_5);
  }
  if (IsTrue(findings.Is(input::obstetric::lactating))) {
    answer.Evidence(input::obstetric::lactating, std::nullopt, kNeutral,
                    "Breastfeeding: bone health is to be seen in this light; ibuprofen counts as compatible with it "
                    "(LactMed), and every other reason against an NSAID goes first",
                    v1::GRADE_EXPERT_OPINION, {cite::B_3, cite::B_5, cite::LactMed});
  }
}

void TraceRunning(const Findings& findings, Answer& answer) {
  if (const Truth floor = findings.Is(input::obstetric::pelvic_floor_symptoms); !IsUnknown(floor)) {
    answer.Evidence(input::obstetric::pelvic_floor_symptoms, std::nullopt, kNeutral,
                    IsTrue(floor) ? "Leakage, heaviness or dragging: running waits while present"
                                  : "No leakage, heaviness or dragging",
                    v1::GRADE_EXPERT_OPINION, cite::Goom2019);
  }
  if (const auto days = findings.Value(input::training::pain_free_walking_days)) {
    answer.Evidence(input::training::pain_free_walking_days, std::nullopt, kNeutral,
                    Number(*days) + " days of walking without pain; a criterion for running again",
                    v1::GRADE_EXPERT_OPINION, cite::Goom2019);
  }
  if (const Truth passed = findings.Is(input::training::load_checks_passed); !IsUnknown(passed)) {
    answer.Evidence(input::training::load_checks_passed, std::nullopt, kNeutral,
                    IsTrue(passed) ? "Load checks passed; a criterion for running again" : "Load checks not passed",
                    v1::GRADE_EXPERT_OPINION, cite::Goom2019);
  }
}

void TraceAlarm(const Findings& findings, Answer& answer) {
  for (const AlarmSign& sign : kAlarmSigns) {
    const Truth state = findings.Is(sign.input);
    if (IsUnknown(state)) continue;
    answer.Evidence(sign.input, std::nullopt, kNeutral,
                    std::string(sign.text) + (IsTrue(state) ? ": present, an emergency" : ": not reported"),
                    v1::GRADE_EXPERT_OPINION, {cite::B_3, cite::B_6});
  }
  if (IsTrue(findings.Is(input::red_flag::height_loss))) {
    answer.Evidence(input::red_flag::height_loss, std::nullopt, kNeutral,
                    "Loss of height, or new pain over a vertebra: think of osteoporosis of pregnancy or lactation",
                    v1::GRADE_EXPERT_OPINION, cite::B_3);
  }
}

}  // namespace

void Trace(const Findings& findings, const Reading& reading, Answer& answer) {
  TraceAlarm(findings, answer);
  TraceTime(findings, reading, answer);
  TraceSymphysis(findings, reading, answer);
  if (IsFalse(reading.applies)) return;
  TraceItems(findings, reading, answer);
  TracePain(findings, answer);
  TraceRunning(findings, answer);
}

}  // namespace condyle::postpartum_instability
