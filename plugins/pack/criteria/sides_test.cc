// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Criteria that are asked left and right.
#include "plugins/pack/criteria/sides.h"

#include <gtest/gtest.h>

#include <string>

#include "condyle/testing/patient.h"
#include "runner_sij/pack.h"

namespace condyle::runner_sij {
namespace {

using condyle::testing::Patient;
constexpr Truth kT = Truth::kTrue, kF = Truth::kFalse, kU = Truth::kUnknown;

// Nothing hurts on this side.
Patient& Quieten(Patient& patient, Side side) {
  return patient.No(input::pain::sij_region, side).No(input::pain::buttock, side);
}

struct QuietRow {
  std::string name;
  Truth sij_region, buttock, groin;
  bool quiet;
};

class QuietSide : public ::testing::TestWithParam<QuietRow> {};

TEST_P(QuietSide, NeedsBothSitesFalseAndNoGroinPain) {
  const QuietRow& row = GetParam();
  for (Side side : kBothSides) {
    Patient patient;
    const auto set = [&](const SidedBooleanInput& key, Truth value) {
      if (IsTrue(value)) patient.Yes(key, side);
      if (IsFalse(value)) patient.No(key, side);
    };
    set(input::pain::sij_region, row.sij_region);
    set(input::pain::buttock, row.buttock);
    set(input::pain::groin, row.groin);
    const Findings findings(patient.request());
    EXPECT_EQ(Quiet(findings, side), row.quiet);
    EXPECT_FALSE(Quiet(findings, Opposite(side)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sides, QuietSide,
    ::testing::Values(QuietRow{"NothingRecorded", kU, kU, kU, false}, QuietRow{"BothFalse", kF, kF, kU, true},
                      QuietRow{"BothFalseGroinFalse", kF, kF, kF, true}, QuietRow{"GroinPain", kF, kF, kT, false},
                      QuietRow{"ButtockNotAsked", kF, kU, kU, false}, QuietRow{"JointNotAsked", kU, kF, kU, false},
                      QuietRow{"ButtockPain", kF, kT, kU, false}, QuietRow{"JointPain", kT, kF, kU, false}),
    [](const auto& p) { return p.param.name; });

struct AnywhereRow {
  std::string name;
  Truth left, right, unsaid;
  bool left_quiet, right_quiet;
  Truth expected;
};

class AnywhereOf : public ::testing::TestWithParam<AnywhereRow> {};

TEST_P(AnywhereOf, SidesBecomeOneAnswerAndSwapping) {
  const AnywhereRow& row = GetParam();
  for (bool swapped : {false, true}) {
    Patient patient;
    if (row.left_quiet) Quieten(patient, swapped ? Side::kRight : Side::kLeft);
    if (row.right_quiet) Quieten(patient, swapped ? Side::kLeft : Side::kRight);
    const Findings findings(patient.request());
    const SidedTruth sided = {
        .left = swapped ? row.right : row.left, .right = swapped ? row.left : row.right, .unsaid = row.unsaid};
    EXPECT_EQ(Anywhere(findings, sided), row.expected) << "swapped: " << swapped;
  }
}

INSTANTIATE_TEST_SUITE_P(Sides, AnywhereOf,
                         ::testing::Values(AnywhereRow{"NothingRecorded", kU, kU, kU, false, false, kU},
                                           AnywhereRow{"NothingRecordedAndQuiet", kU, kU, kU, true, true, kU},
                                           AnywhereRow{"TrueOnOne", kT, kU, kU, false, false, kT},
                                           AnywhereRow{"TrueOnOneFalseOnOther", kT, kF, kU, false, false, kT},
                                           AnywhereRow{"TrueOnAQuietSide", kT, kF, kU, true, false, kT},
                                           AnywhereRow{"TrueOnNoSaidSide", kU, kU, kT, false, false, kT},
                                           AnywhereRow{"FalseOnBoth", kF, kF, kU, false, false, kF},
                                           AnywhereRow{"FalseOnOneOtherOpen", kF, kU, kU, false, false, kU},
                                           AnywhereRow{"FalseOnOneOtherQuiet", kF, kU, kU, false, true, kF},
                                           AnywhereRow{"FalseOnTheQuietOne", kF, kU, kU, true, false, kU},
                                           AnywhereRow{"FalseWithoutSide", kU, kU, kF, false, false, kU},
                                           AnywhereRow{"FalseWithoutSideOneQuiet", kU, kU, kF, true, false, kU},
                                           AnywhereRow{"FalseWithoutSideBothQuiet", kU, kU, kF, true, true, kF}),
                         [](const auto& p) { return p.param.name; });

TEST(AnywhereOf, CodedInputIsTrueForTheAnswerAsked) {
  Patient patient;
  patient.Is(input::exam::slr, Side::kLeft, answer::exam::slr::positive)
      .Is(input::exam::slr, Side::kRight, answer::exam::slr::negative);
  const Findings findings(patient.request());
  EXPECT_EQ(Anywhere(findings, input::exam::slr, answer::exam::slr::positive), kT);
  EXPECT_EQ(Anywhere(findings, input::exam::slr, answer::exam::slr::equivocal), kF);
}

struct FaberRow {
  std::string name;
  Truth test;
  std::string site;
  Truth expected;
};

class Faber : public ::testing::TestWithParam<FaberRow> {};

TEST_P(Faber, CountsOnlyWithPosteriorPain) {
  const FaberRow& row = GetParam();
  for (Side side : kBothSides) {
    Patient patient;
    if (IsTrue(row.test)) patient.Yes(input::exam::faber, side);
    if (IsFalse(row.test)) patient.No(input::exam::faber, side);
    if (!row.site.empty()) patient.Is(input::exam::faber_pain_site, side, AnswerCode{row.site});
    const Findings findings(patient.request());
    EXPECT_EQ(FaberPosterior(findings, side), row.expected);
    EXPECT_EQ(FaberPosterior(findings).on(side), row.expected);
    EXPECT_EQ(FaberPosterior(findings, Opposite(side)), kU);
  }
}

INSTANTIATE_TEST_SUITE_P(Sides, Faber,
                         ::testing::Values(FaberRow{"Posterior", kT, "posterior", kT},
                                           FaberRow{"Groin", kT, "groin", kF}, FaberRow{"Lateral", kT, "lateral", kF},
                                           FaberRow{"SiteOpen", kT, "", kU}, FaberRow{"Negative", kF, "", kF},
                                           FaberRow{"NotDone", kU, "", kU}, FaberRow{"OnlyASite", kU, "posterior", kU}),
                         [](const auto& p) { return p.param.name; });

TEST(SijOrButtockPain, IsFalseOnlyWhenBothAreFalse) {
  Patient patient;
  EXPECT_EQ(SijOrButtockPain(Findings(patient.request())), kU);
  Quieten(Quieten(patient, Side::kLeft), Side::kRight);
  EXPECT_EQ(SijOrButtockPain(Findings(patient.request())), kF);
  EXPECT_EQ(SijOrButtockPain(Findings(Patient(patient).Yes(input::pain::buttock, Side::kLeft).request())), kT);
  EXPECT_EQ(SijOrButtockPain(Findings(Patient(patient).Yes(input::pain::sij_region, Side::kRight).request())), kT);
  EXPECT_EQ(SijOrButtockPain(Findings(Patient().YesSomewhere(input::pain::buttock).request())), kT);
}

}  // namespace
}  // namespace condyle::runner_sij
