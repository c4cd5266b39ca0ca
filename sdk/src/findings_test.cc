// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
#include "condyle/sdk/findings.h"

#include <gtest/gtest.h>

#include <string>

#include "condyle/testing/patient.h"

namespace condyle {
namespace {

using testing::Patient;

constexpr BooleanInput kPain{"pain.present"};
constexpr SidedBooleanInput kThrust{"exam.thigh_thrust"};
constexpr QuantityInput kDuration{"pain.duration", "d"};
constexpr SidedQuantityInput kAslr{"exam.aslr", "{score}"};
constexpr CodedInput kCulture{"lab.blood_culture"};
constexpr SidedCodedInput kHop{"exam.single_leg_hop"};
constexpr DateInput kPeriod{"obstetric.last_menstrual_period"};
constexpr AnswerCode kPositive{"positive"}, kNegative{"negative"};

TEST(Findings, ReadsWhatWasNotGivenAsUnknown) {
  const Patient nobody;
  const Findings findings(nobody.request());
  EXPECT_EQ(findings.Is(kPain), Truth::kUnknown);
  EXPECT_EQ(findings.Is(kThrust, Side::kLeft), Truth::kUnknown);
  EXPECT_EQ(findings.Is(kHop, Side::kLeft, kPositive), Truth::kUnknown);
  EXPECT_FALSE(findings.Value(kDuration));
  EXPECT_FALSE(findings.Value(kAslr, Side::kRight));
  EXPECT_FALSE(findings.Code(kCulture));
  EXPECT_FALSE(findings.Date(kPeriod));
  EXPECT_FALSE(findings.age_years());
  EXPECT_EQ(findings.sex(), v1::SEX_UNSPECIFIED);
}

TEST(Findings, ReadsEveryType) {
  Patient patient;
  patient.Age(31).Female().Yes(kPain).Is(kDuration, 35).Is(kCulture, kNegative).Is(kPeriod, "2026-01-02");
  const Findings findings(patient.request());
  EXPECT_EQ(findings.Is(kPain), Truth::kTrue);
  EXPECT_EQ(findings.Value(kDuration), 35);
  EXPECT_EQ(findings.Code(kCulture), "negative");
  EXPECT_EQ(findings.Is(kCulture, kPositive), Truth::kFalse);
  EXPECT_EQ(findings.Date(kPeriod), "2026-01-02");
  EXPECT_EQ(findings.age_years(), 31);
  EXPECT_EQ(findings.sex(), v1::SEX_FEMALE);
  EXPECT_EQ(findings.as_of(), "2026-05-01T09:00:00Z");
}

TEST(Findings, KeepsTheSidesApart) {
  Patient patient;
  patient.Yes(kThrust, Side::kLeft)
      .No(kThrust, Side::kRight)
      .Is(kAslr, Side::kRight, 2)
      .Is(kHop, Side::kLeft, kPositive);
  const Findings findings(patient.request());
  EXPECT_EQ(findings.Is(kThrust, Side::kLeft), Truth::kTrue);
  EXPECT_EQ(findings.Is(kThrust, Side::kRight), Truth::kFalse);
  EXPECT_FALSE(findings.Value(kAslr, Side::kLeft));
  EXPECT_EQ(findings.Value(kAslr, Side::kRight), 2);
  EXPECT_EQ(findings.Is(kHop, Side::kLeft, kPositive), Truth::kTrue);
  EXPECT_EQ(findings.Is(kHop, Side::kRight, kPositive), Truth::kUnknown);
}

TEST(Findings, LeavesBothSidesUnknownWhenTheSideWasNotSaid) {
  Patient patient;
  patient.YesSomewhere(kThrust);
  const SidedTruth thrust = Findings(patient.request()).Sided(kThrust);
  EXPECT_EQ(thrust.left, Truth::kUnknown);
  EXPECT_EQ(thrust.right, Truth::kUnknown);
  EXPECT_EQ(thrust.unsaid, Truth::kTrue);
}

TEST(Findings, ReadsAValueOfAnotherTypeAsUnknown) {
  v1::AssessmentRequest request;
  v1::Finding* finding = request.add_findings();
  finding->set_key("pain.present");
  finding->set_code("yes");
  EXPECT_EQ(Findings(request).Is(kPain), Truth::kUnknown);
}

TEST(Findings, FindsEachOfManyKeys) {
  v1::AssessmentRequest request;
  for (int i = 0; i < 500; ++i) {
    v1::Finding* finding = request.add_findings();
    finding->set_key("key" + std::to_string(i));
    finding->mutable_quantity()->set_value(i);
  }
  const Findings findings(request);
  for (int i = 0; i < 500; ++i) {
    const std::string key = "key" + std::to_string(i);
    EXPECT_EQ(findings.Value(QuantityInput(key, "1")), i);
  }
  EXPECT_FALSE(findings.Value(QuantityInput("key500", "1")));
}

}  // namespace
}  // namespace condyle
