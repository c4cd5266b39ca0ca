// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The seven items of pelvic girdle pain.
#include "plugins/pack/criteria/pelvic_girdle.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "condyle/testing/patient.h"
#include "runner_sij/pack.h"

namespace condyle::runner_sij {
namespace {

using ::condyle::testing::Patient;
namespace exam = input::exam;
namespace faber_site = answer::exam::faber_pain_site;

constexpr Side kLeft = Side::kLeft;
constexpr Side kRight = Side::kRight;

PelvicGirdleReading Read(const Patient& patient) { return ReadPelvicGirdle(Findings(patient.request())); }

struct Row {
  std::string name;
  std::function<void(Patient&)> given;
  Truth PelvicGirdleReading::*item;
  Truth expected;
};

class PelvicGirdleItem : public ::testing::TestWithParam<Row> {};

TEST_P(PelvicGirdleItem, IsReadAsTheRulesSay) {
  Patient patient;
  GetParam().given(patient);
  EXPECT_EQ(Read(patient).*GetParam().item, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PelvicGirdleItem,
    ::testing::Values(
        Row{"ThighThrustLeft", [](Patient& p) { p.Yes(exam::thigh_thrust, kLeft); }, &PelvicGirdleReading::thigh_thrust,
            Truth::kTrue},
        Row{"ThighThrustRightOutranksLeftNo",
            [](Patient& p) { p.No(exam::thigh_thrust, kLeft).Yes(exam::thigh_thrust, kRight); },
            &PelvicGirdleReading::thigh_thrust, Truth::kTrue},
        Row{"ThighThrustOneSideNo", [](Patient& p) { p.No(exam::thigh_thrust, kLeft); },
            &PelvicGirdleReading::thigh_thrust, Truth::kUnknown},
        Row{"ThighThrustNoOnTheSideThatHurts",
            [](Patient& p) {
              p.No(exam::thigh_thrust, kLeft).No(input::pain::sij_region, kRight).No(input::pain::buttock, kRight);
            },
            &PelvicGirdleReading::thigh_thrust, Truth::kFalse},
        Row{"FaberWithoutSite", [](Patient& p) { p.Yes(exam::faber, kLeft); }, &PelvicGirdleReading::faber_posterior,
            Truth::kUnknown},
        Row{"FaberPosterior",
            [](Patient& p) { p.Yes(exam::faber, kLeft).Is(exam::faber_pain_site, kLeft, faber_site::posterior); },
            &PelvicGirdleReading::faber_posterior, Truth::kTrue},
        Row{"FaberGroin",
            [](Patient& p) {
              p.Yes(exam::faber, kLeft).Is(exam::faber_pain_site, kLeft, faber_site::groin).No(exam::faber, kRight);
            },
            &PelvicGirdleReading::faber_posterior, Truth::kFalse},
        Row{"AslrOneLegAtOne", [](Patient& p) { p.Is(exam::aslr, kRight, 1); }, &PelvicGirdleReading::aslr,
            Truth::kTrue},
        Row{"AslrOneLegAtZero", [](Patient& p) { p.Is(exam::aslr, kRight, 0); }, &PelvicGirdleReading::aslr,
            Truth::kUnknown},
        Row{"AslrBothLegsAtZero", [](Patient& p) { p.Is(exam::aslr, kRight, 0).Is(exam::aslr, kLeft, 0); },
            &PelvicGirdleReading::aslr, Truth::kFalse},
        Row{"AslrOnASideThatWasNotSaid", [](Patient& p) { p.IsSomewhere(exam::aslr, 1); }, &PelvicGirdleReading::aslr,
            Truth::kTrue},
        Row{"AslrAtZeroOnASideThatWasNotSaid",
            [](Patient& p) { p.IsSomewhere(exam::aslr, 0).Is(exam::aslr, kLeft, 0); }, &PelvicGirdleReading::aslr,
            Truth::kUnknown},
        Row{"AslrQuietSideIsStillNeeded",
            [](Patient& p) {
              p.Is(exam::aslr, kLeft, 0).No(input::pain::sij_region, kRight).No(input::pain::buttock, kRight);
            },
            &PelvicGirdleReading::aslr, Truth::kUnknown},
        Row{"Symphysis", [](Patient& p) { p.Yes(exam::symphysis_tenderness); },
            &PelvicGirdleReading::symphysis_tenderness, Truth::kTrue},
        Row{"Ligament", [](Patient& p) { p.Yes(exam::long_dorsal_ligament_tenderness, kRight); },
            &PelvicGirdleReading::long_dorsal_ligament, Truth::kTrue},
        Row{"Trendelenburg", [](Patient& p) { p.Yes(exam::modified_trendelenburg, kRight); },
            &PelvicGirdleReading::modified_trendelenburg, Truth::kTrue},
        Row{"GaenslenNowhere", [](Patient& p) { p.No(exam::gaenslen, kLeft).No(exam::gaenslen, kRight); },
            &PelvicGirdleReading::gaenslen, Truth::kFalse}),
    [](const auto& row) { return row.param.name; });

TEST(PelvicGirdle, NeedsTwoOfSeven) {
  Patient patient;
  EXPECT_EQ(Read(patient).met, Truth::kUnknown);
  EXPECT_EQ(Read(patient).count.total(), 7);
  patient.Yes(exam::symphysis_tenderness);
  EXPECT_EQ(Read(patient).met, Truth::kUnknown);
  patient.Is(exam::aslr, kLeft, 2);
  EXPECT_EQ(Read(patient).met, Truth::kTrue);
}

TEST(PelvicGirdle, CountsASideOnce) {
  const Patient patient = Patient().Yes(exam::thigh_thrust, kLeft).Yes(exam::thigh_thrust, kRight);
  EXPECT_EQ(Read(patient).count.met, 1);
}

TEST(PelvicGirdle, IsNotMetOnceTwoCannotBeReached) {
  Patient patient = Patient().No(exam::symphysis_tenderness).Is(exam::aslr, kLeft, 0).Is(exam::aslr, kRight, 0);
  for (Side side : kBothSides) {
    patient.No(exam::thigh_thrust, side).No(exam::faber, side).No(exam::gaenslen, side);
  }
  EXPECT_EQ(Read(patient).met, Truth::kUnknown) << "two items are open";
  patient.No(exam::long_dorsal_ligament_tenderness, kLeft).No(exam::long_dorsal_ligament_tenderness, kRight);
  EXPECT_EQ(Read(patient).met, Truth::kFalse) << "one item is open";
  patient.Yes(exam::symphysis_tenderness);
  EXPECT_EQ(Read(patient).met, Truth::kUnknown) << "one met and one open";
}

TEST(AslrTotal, NeedsBothLegs) {
  Patient patient = Patient().Is(exam::aslr, kLeft, 3);
  EXPECT_EQ(Read(patient).aslr_total, std::nullopt);
  patient.Is(exam::aslr, kRight, 1);
  EXPECT_EQ(Read(patient).aslr_total, 4);
}

}  // namespace
}  // namespace condyle::runner_sij
