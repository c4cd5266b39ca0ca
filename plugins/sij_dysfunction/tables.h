// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Every number of sij_dysfunction beside its source.
#ifndef CONDYLE_PLUGINS_SIJ_DYSFUNCTION_TABLES_H_
#define CONDYLE_PLUGINS_SIJ_DYSFUNCTION_TABLES_H_

#include <array>
#include <string_view>

#include "condyle/sdk/answer.h"
#include "plugins/pack/criteria/sij_cluster.h"
#include "sij_dysfunction/manifest.h"

namespace condyle::sij_dysfunction {

// Accuracy of the single tests against anaesthetic block; n = 48, point estimates only. 0: no ratio is shown.
// Source: Laslett 2005, single tests. FABER: Dreyfuss 1996 (LR+ 0.8) and Broadhurst 1998 (specificity near 1) disagree
// so far that neither is used.
struct SingleTest {
  std::string_view name;
  double left_positive_ratio, left_negative_ratio;
  double right_positive_ratio, right_negative_ratio;
};
// In the order of runner_sij::SijTests().
inline constexpr std::array kSingleTests = {
    SingleTest{"Distraction", 3.20, 0.49, 3.20, 0.49}, SingleTest{"Thigh thrust", 2.80, 0.18, 2.80, 0.18},
    SingleTest{"Compression", 2.20, 0.46, 2.20, 0.46}, SingleTest{"Sacral thrust", 2.50, 0.50, 2.50, 0.50},
    SingleTest{"Gaenslen", 2.21, 0.65, 1.84, 0.66},    SingleTest{"FABER", 0, 0, 0, 0},
};
static_assert(kSingleTests.size() == runner_sij::SijSide{}.tests.size());
inline constexpr size_t kFaber = 5;

// Share of the joint among chronic low back pain below L5, as Saueressig 2021 takes it; block studies give 0.15 to 0.30
// (Schwarzer 1995, Maigne 1996, Simopoulos 2012). None is of runners.
inline constexpr double kPriorProbability = 0.20;

// Meta-analysis of clusters, 5 studies, GRADE very low. Source: Saueressig 2021, summary.
inline constexpr double kClusterPositiveRatio = 2.13;
inline constexpr double kClusterNegativeRatio = 0.33;
inline constexpr ProbabilityRange kAfterPositive = {
    0.35, 0.32, 0.37,
    "20 per cent before, positive cluster (LR+ 2.13, 1.2 to 3.9). Meta-analysis of 5 studies, certainty very low; the "
    "range is the published one. Not studied in runners."};
inline constexpr ProbabilityRange kAfterNegative = {0.08, 0.06, 0.10,
                                                    "20 per cent before, negative cluster (LR- 0.33, 0.11 to 0.72). "
                                                    "Meta-analysis of 5 studies, certainty very low; the "
                                                    "range is the published one. Not studied in runners."};

// The same rule in the cohort that it comes from, n = 48: more optimistic. Shown, never used. The LR- of 0.80 that some
// pages print for it is a misprint of 0.08, which is (1 - 0.94) / 0.78. Source: Laslett 2005, 3 or more of 6.
inline constexpr double kLaslettPositiveRatio = 4.29;
inline constexpr double kLaslettNegativeRatio = 0.08;
inline constexpr int kLaslettAfterPositivePercent = 52;
inline constexpr int kLaslettAfterNegativePercent = 2;

// Bayes on odds.
constexpr double AfterTest(double before_probability, double ratio) {
  const double odds = before_probability / (1 - before_probability) * ratio;
  return odds / (1 + odds);
}
constexpr int Percent(double probability) { return static_cast<int>(probability * 100 + 0.5); }
static_assert(Percent(AfterTest(kPriorProbability, kClusterPositiveRatio)) == Percent(kAfterPositive.point));
static_assert(Percent(AfterTest(kPriorProbability, kClusterNegativeRatio)) == Percent(kAfterNegative.point));
static_assert(Percent(AfterTest(kPriorProbability, kLaslettPositiveRatio)) == kLaslettAfterPositivePercent);
static_assert(Percent(AfterTest(kPriorProbability, kLaslettNegativeRatio)) == kLaslettAfterNegativePercent);

// 6 months of 30.4375 d. Refractory pain, for a specialist to see. Source: X-6; expert opinion.
inline constexpr double kRefractoryDaysAbove = 182.625;
// Ice, then heat. Source: K-113; no evidence for the switch.
inline constexpr double kIceDaysAtMost = 7;
// Days of walking without pain before running; published courses ask for 5 to 7. Source: Fredericson 2003.
inline constexpr double kPainFreeWalkingDaysAtLeast = 5;

// Sacrococcygeal disorders not elsewhere classified, which includes pain of the joint. Carries no side. In force in US
// fiscal years 2025 and 2026; later years have not been checked.
inline constexpr std::string_view kIcd10Cm = "http://hl7.org/fhir/sid/icd-10-cm";
inline constexpr Condition kSijPain = {"Possible SIJ-related pain", kIcd10Cm, "M53.3"};

}  // namespace condyle::sij_dysfunction

#endif  // CONDYLE_PLUGINS_SIJ_DYSFUNCTION_TABLES_H_
