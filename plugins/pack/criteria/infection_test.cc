// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The infection triggers, each at both sides of its limit.
#include "plugins/pack/criteria/infection.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "condyle/testing/patient.h"
#include "runner_sij/pack.h"

namespace condyle::runner_sij {
namespace {

using ::condyle::testing::Patient;
namespace flag = input::red_flag;

struct Row {
  std::string name;
  std::function<void(Patient&)> given;
  InputKey trigger;
  Truth met;
};

class InfectionTriggers : public ::testing::TestWithParam<Row> {};

TEST_P(InfectionTriggers, AreReadAsTheRulesSay) {
  Patient patient;
  GetParam().given(patient);
  const Findings findings(patient.request());
  const auto triggers = ReadInfectionTriggers(findings);
  int named = 0;
  for (const InfectionTrigger& trigger : triggers) {
    if (trigger.input.key != GetParam().trigger.key) continue;
    EXPECT_EQ(trigger.met, GetParam().met) << trigger.text;
    EXPECT_FALSE(trigger.text.empty());
    ++named;
  }
  EXPECT_EQ(named, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, InfectionTriggers,
    ::testing::Values(
        Row{"TemperatureNotTaken", [](Patient&) {}, input::exam::temperature, Truth::kUnknown},
        Row{"TemperatureJustBelow", [](Patient& p) { p.Is(input::exam::temperature, 37.99); }, input::exam::temperature,
            Truth::kFalse},
        Row{"TemperatureAtLimit", [](Patient& p) { p.Is(input::exam::temperature, 38.0); }, input::exam::temperature,
            Truth::kTrue},
        Row{"Rigors", [](Patient& p) { p.Yes(flag::fever_rigors); }, flag::fever_rigors, Truth::kTrue},
        Row{"NoRigors", [](Patient& p) { p.No(flag::fever_rigors); }, flag::fever_rigors, Truth::kFalse},
        Row{"Injecting", [](Patient& p) { p.Yes(flag::iv_drug_use); }, flag::iv_drug_use, Truth::kTrue},
        Row{"Immunosuppression", [](Patient& p) { p.Yes(flag::immunosuppression); }, flag::immunosuppression,
            Truth::kTrue},
        Row{"RecentInfection", [](Patient& p) { p.Yes(flag::recent_infection); }, flag::recent_infection, Truth::kTrue},
        Row{"RecentProcedure", [](Patient& p) { p.Yes(flag::recent_procedure); }, flag::recent_procedure, Truth::kTrue},
        Row{"RawDairy", [](Patient& p) { p.Yes(input::history::raw_dairy_or_livestock); },
            input::history::raw_dairy_or_livestock, Truth::kTrue},
        Row{"NoWeightBearingAlone", [](Patient& p) { p.Yes(flag::unable_to_bear_weight); }, flag::unable_to_bear_weight,
            Truth::kUnknown},
        Row{"NoWeightBearingAndIll",
            [](Patient& p) { p.Yes(flag::unable_to_bear_weight).Yes(flag::systemically_unwell); },
            flag::unable_to_bear_weight, Truth::kTrue},
        Row{"NoWeightBearingAndFebrile",
            [](Patient& p) { p.Yes(flag::unable_to_bear_weight).Is(input::exam::temperature, 38.4); },
            flag::unable_to_bear_weight, Truth::kTrue},
        Row{"NoWeightBearingAndWell",
            [](Patient& p) {
              p.Yes(flag::unable_to_bear_weight)
                  .No({flag::systemically_unwell, flag::fever_rigors})
                  .Is(input::exam::temperature, 36.8);
            },
            flag::unable_to_bear_weight, Truth::kFalse},
        Row{"IllButBearingWeight", [](Patient& p) { p.Yes(flag::systemically_unwell).No(flag::unable_to_bear_weight); },
            flag::unable_to_bear_weight, Truth::kFalse},
        Row{"TuberculosisContactAlone", [](Patient& p) { p.Yes(input::history::tb_contact); },
            input::history::tb_contact, Truth::kUnknown},
        Row{"TuberculosisContactAndNightSweats",
            [](Patient& p) { p.Yes(input::history::tb_contact).Yes(flag::night_sweats); }, input::history::tb_contact,
            Truth::kTrue},
        Row{"NightSweatsWithoutContact", [](Patient& p) { p.No(input::history::tb_contact).Yes(flag::night_sweats); },
            input::history::tb_contact, Truth::kFalse}),
    [](const auto& row) { return row.param.name; });

TEST(Fever, IsKnownAbsentOnlyWithBothAnswers) {
  Patient patient;
  EXPECT_EQ(Fever(Findings(patient.request())), Truth::kUnknown);
  patient.Is(input::exam::temperature, 36.9);
  EXPECT_EQ(Fever(Findings(patient.request())), Truth::kUnknown);
  patient.No(flag::fever_rigors);
  EXPECT_EQ(Fever(Findings(patient.request())), Truth::kFalse);
  patient.Yes(flag::fever_rigors);
  EXPECT_EQ(Fever(Findings(patient.request())), Truth::kTrue);
}

}  // namespace
}  // namespace condyle::runner_sij
