// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The SIJ cluster.
#include "plugins/pack/criteria/sij_cluster.h"

#include <gtest/gtest.h>

#include <string>

#include "condyle/testing/patient.h"
#include "runner_sij/pack.h"

namespace condyle::runner_sij {
namespace {

using condyle::testing::Patient;
constexpr Truth kT = Truth::kTrue, kF = Truth::kFalse, kU = Truth::kUnknown;

// '+' positive, '-' negative, anything else not done, in the order of SijTests(); FABER: '+' posterior, 'g' groin, 's'
// positive with the site open.
Patient& Examine(Patient& patient, Side side, const std::string& tests) {
  for (size_t i = 0; i < tests.size(); ++i) {
    const SidedBooleanInput& test = SijTests()[i];
    const bool faber = i == 5;
    if (tests[i] == '-') patient.No(test, side);
    if (tests[i] == '+' || tests[i] == 'g' || tests[i] == 's') patient.Yes(test, side);
    if (faber && tests[i] == '+') {
      patient.Is(input::exam::faber_pain_site, side, answer::exam::faber_pain_site::posterior);
    }
    if (faber && tests[i] == 'g') patient.Is(input::exam::faber_pain_site, side, answer::exam::faber_pain_site::groin);
  }
  return patient;
}

Patient& Quieten(Patient& patient, Side side) {
  return patient.No(input::pain::sij_region, side).No(input::pain::buttock, side);
}

struct ClusterRow {
  std::string name;
  std::string tests;
  Truth cluster;
};

class Cluster : public ::testing::TestWithParam<ClusterRow> {};

TEST_P(Cluster, IsThreeOfSixAndNeverNegativeOnFewerThanFive) {
  for (Side side : kBothSides) {
    Patient patient;
    Examine(patient.Yes(input::pain::present).Yes(input::pain::sij_region, side), side, GetParam().tests);
    Quieten(patient, Opposite(side));
    const SijReading reading = ReadSij(Findings(patient.request()));
    EXPECT_EQ(reading.on(side).cluster, GetParam().cluster);
    EXPECT_EQ(reading.on(side).met, GetParam().cluster);
    EXPECT_EQ(reading.met, GetParam().cluster);
    EXPECT_TRUE(reading.on(Opposite(side)).quiet);
    EXPECT_EQ(reading.on(Opposite(side)).met, kF);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sij, Cluster,
    ::testing::Values(ClusterRow{"NothingDone", "      ", kU}, ClusterRow{"ThreeDoneAllPositive", "+++   ", kT},
                      ClusterRow{"ThreeOfSix", "+++---", kT}, ClusterRow{"TwoOfSix", "++----", kF},
                      ClusterRow{"ThreeWithFaber", "++---+", kT}, ClusterRow{"FaberInTheGroin", "++---g", kF},
                      ClusterRow{"FaberSiteOpenDecides", "++---s", kU},
                      ClusterRow{"FaberSiteOpenCannotDecide", "+----s", kF}, ClusterRow{"TwoOfFive", "++--- ", kU},
                      ClusterRow{"OneOfFive", "+---- ", kF}, ClusterRow{"NoneOfFour", "----  ", kU},
                      ClusterRow{"NoneOfFive", " -----", kF}, ClusterRow{"NoneOfSix", "------", kF},
                      ClusterRow{"SixOfSix", "++++++", kT}, ClusterRow{"FaberWithGroinIsDone", "---- g", kF},
                      ClusterRow{"FaberSiteOpenIsNotDone", "---- s", kU}),
    [](const auto& p) { return p.param.name; });

TEST(Sij, TestsOnTwoSidesDoNotAddUp) {
  Patient patient;
  patient.Yes(input::pain::sij_region, Side::kLeft).Yes(input::pain::sij_region, Side::kRight);
  Examine(Examine(patient, Side::kLeft, "++----"), Side::kRight, "--++--");
  EXPECT_EQ(ReadSij(Findings(patient.request())).met, kF);
}

TEST(Sij, NeedsPainOverTheJointOnTheSideOfTheTests) {
  Patient patient;
  Examine(patient, Side::kLeft, "+++---");
  EXPECT_EQ(ReadSij(Findings(patient.request())).met, kU);
  EXPECT_EQ(ReadSij(Findings(Patient(patient).Yes(input::pain::sij_region, Side::kLeft).request())).met, kT);
  EXPECT_EQ(ReadSij(Findings(Patient(patient).YesSomewhere(input::pain::sij_region).request())).met, kU);
  Patient right = patient;
  right.No(input::pain::sij_region, Side::kLeft).Yes(input::pain::sij_region, Side::kRight);
  EXPECT_EQ(ReadSij(Findings(right.request())).met, kU);
  Examine(right, Side::kRight, "------");
  EXPECT_EQ(ReadSij(Findings(right.request())).met, kF);
}

TEST(Sij, OneSideMetIsEnough) {
  Patient patient;
  Examine(patient.Yes(input::pain::sij_region, Side::kRight), Side::kRight, "+++---");
  const SijReading reading = ReadSij(Findings(patient.request()));
  EXPECT_EQ(reading.left.met, kU);
  EXPECT_EQ(reading.met, kT);
}

TEST(Sij, OneSideNotMetLeavesTheOtherOpen) {
  Patient patient;
  Examine(patient.Yes(input::pain::sij_region, Side::kRight), Side::kRight, "------");
  EXPECT_EQ(ReadSij(Findings(patient.request())).met, kU);
  EXPECT_EQ(ReadSij(Findings(Patient(patient).No(input::pain::sij_region, Side::kLeft).request())).met, kF);
}

struct BlockRow {
  std::string name;
  Truth present, centralisation, met;
};

class Block : public ::testing::TestWithParam<BlockRow> {};

TEST_P(Block, CentralisationAndAbsentPainOutweighTheTests) {
  Patient patient;
  Examine(patient.Yes(input::pain::sij_region, Side::kLeft), Side::kLeft, "++++++");
  const auto set = [&](const BooleanInput& key, Truth value) {
    if (IsTrue(value)) patient.Yes(key);
    if (IsFalse(value)) patient.No(key);
  };
  set(input::pain::present, GetParam().present);
  set(input::exam::centralisation, GetParam().centralisation);
  EXPECT_EQ(ReadSij(Findings(patient.request())).met, GetParam().met);
}

INSTANTIATE_TEST_SUITE_P(Sij, Block,
                         ::testing::Values(BlockRow{"NothingAsked", kU, kU, kT},
                                           BlockRow{"NoCentralisation", kT, kF, kT},
                                           BlockRow{"Centralises", kT, kT, kF},
                                           BlockRow{"CentralisationOpen", kT, kU, kT}, BlockRow{"NoPain", kF, kF, kF}),
                         [](const auto& p) { return p.param.name; });

TEST(Sij, CentralisationMakesAnOpenClusterNegative) {
  const Patient patient = Patient().Yes(input::pain::present).Yes(input::exam::centralisation);
  EXPECT_EQ(ReadSij(Findings(patient.request())).met, kF);
}

}  // namespace
}  // namespace condyle::runner_sij
