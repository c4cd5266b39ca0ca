// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The rule, item by item.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "condyle/testing/matchers.h"
#include "condyle/testing/patient.h"
#include "ottawa_ankle/manifest.h"

namespace condyle::ottawa_ankle {
namespace {

using ::condyle::testing::AsksFor;
using ::condyle::testing::HasStatus;
using ::condyle::testing::HasUrgency;
using ::condyle::testing::Holds;
using ::condyle::testing::Patient;
using ::condyle::testing::Recommends;
using ::testing::AllOf;
using ::testing::Not;

// An adult with pain at the malleolus and nothing else: every item is known, and the rule is not met.
Patient Sprain() {
  return Patient()
      .Age(34)
      .Yes(input::injury::ankle)
      .Yes(input::injury::walked_at_once)
      .Yes(input::ankle::malleolar_pain)
      .No(input::ankle::lateral_tender)
      .No(input::ankle::medial_tender)
      .Yes(input::ankle::walks_now);
}

struct Row {
  std::string name;
  Patient patient;
  v1::Status status;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class OttawaAnkleRule : public ::testing::TestWithParam<Row> {};

TEST_P(OttawaAnkleRule, HasTheStatus) { EXPECT_THAT(Ask(GetParam().patient), HasStatus(GetParam().status)); }

INSTANTIATE_TEST_SUITE_P(
    Patients, OttawaAnkleRule,
    ::testing::Values(
        Row{"Sprain", Sprain(), v1::STATUS_NEGATIVE},
        Row{"LateralTenderness", Sprain().Yes(input::ankle::lateral_tender), v1::STATUS_POSITIVE},
        Row{"MedialTenderness", Sprain().Yes(input::ankle::medial_tender), v1::STATUS_POSITIVE},
        Row{"NoStepsAtEitherTime", Sprain().No(input::injury::walked_at_once).No(input::ankle::walks_now),
            v1::STATUS_POSITIVE},
        Row{"NoStepsNowOnly", Sprain().No(input::ankle::walks_now), v1::STATUS_NEGATIVE},
        Row{"NoStepsAtOnceOnly", Sprain().No(input::injury::walked_at_once), v1::STATUS_NEGATIVE},
        Row{"TendernessWithoutPain", Sprain().No(input::ankle::malleolar_pain).Yes(input::ankle::lateral_tender),
            v1::STATUS_NEGATIVE},
        Row{"PainNotAsked", Sprain().Without(input::ankle::malleolar_pain), v1::STATUS_NEGATIVE},
        Row{"PainNotAskedAndTender", Sprain().Without(input::ankle::malleolar_pain).Yes(input::ankle::medial_tender),
            v1::STATUS_INSUFFICIENT_DATA},
        Row{"LateralNotExamined", Sprain().Without(input::ankle::lateral_tender), v1::STATUS_INSUFFICIENT_DATA},
        Row{"LateralNotExaminedButMedialTender",
            Sprain().Without(input::ankle::lateral_tender).Yes(input::ankle::medial_tender), v1::STATUS_POSITIVE},
        Row{"OneTimeOfWalkingIsEnoughForNo", Sprain().Without(input::ankle::walks_now), v1::STATUS_NEGATIVE},
        Row{"JustAdult", Sprain().Age(18), v1::STATUS_NEGATIVE},
        Row{"NotYetAdult", Sprain().Age(17.99), v1::STATUS_NOT_APPLICABLE},
        Row{"NoInjury", Sprain().No(input::injury::ankle), v1::STATUS_NOT_APPLICABLE},
        Row{"InjuryNotAsked", Sprain().Without(input::injury::ankle), v1::STATUS_INSUFFICIENT_DATA},
        Row{"NothingKnown", Patient(), v1::STATUS_INSUFFICIENT_DATA}),
    [](const auto& row) { return row.param.name; });

TEST(OttawaAnkle, SendsForAnXrayTodayAndHoldsLoadUntilThen) {
  EXPECT_THAT(Ask(Sprain().Yes(input::ankle::lateral_tender)),
              AllOf(HasUrgency(v1::URGENCY_URGENT), Recommends("ankle_xray"), Holds("load")));
}

TEST(OttawaAnkle, GivesNoXrayAndNoHoldWithoutTheRule) {
  EXPECT_THAT(Ask(Sprain()), AllOf(HasUrgency(v1::URGENCY_ROUTINE), Not(Recommends("ankle_xray")), Not(Holds("load"))));
}

TEST(OttawaAnkle, AsksOnlyWhatCanStillChangeTheAnswer) {
  const v1::Assessment open = Ask(Sprain().Without(input::ankle::lateral_tender).Without(input::ankle::walks_now));
  EXPECT_THAT(open, AllOf(AsksFor(input::ankle::lateral_tender), Not(AsksFor(input::ankle::walks_now)),
                          Recommends("complete_ankle_examination")));
  EXPECT_THAT(Ask(Sprain().Without(input::ankle::lateral_tender).Yes(input::ankle::medial_tender)),
              Not(AsksFor(input::ankle::lateral_tender)));
}

// Bachmann 2003, abstract: less than 1.4 per cent at a prevalence of 15 per cent.
TEST(OttawaAnkle, GivesThePublishedProbabilityWhenNotMet) {
  const v1::Assessment sprain = Ask(Sprain());
  ASSERT_EQ(sprain.conclusions_size(), 1);
  const v1::Probability& probability = sprain.conclusions(0).probability();
  EXPECT_LT(probability.point(), 0.014);
  EXPECT_GT(probability.point(), 0.013);
  EXPECT_LT(probability.low(), probability.point());
  EXPECT_GT(probability.high(), probability.point());
}

}  // namespace
}  // namespace condyle::ottawa_ankle
