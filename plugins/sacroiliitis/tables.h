// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Every number of this plugin beside its source. Limits are named inclusive (AtLeast, AtMost) or exclusive (Above,
// Below).
#ifndef CONDYLE_PLUGINS_SACROILIITIS_TABLES_H_
#define CONDYLE_PLUGINS_SACROILIITIS_TABLES_H_

#include <array>
#include <string_view>

#include "condyle/sdk/answer.h"
#include "condyle/sdk/citation.h"
#include "condyle/sdk/input.h"
#include "condyle/sdk/likelihood.h"
#include "sacroiliitis/manifest.h"

namespace condyle::sacroiliitis {

// Infection. Expert opinion: the series reports a mean CRP of 150 mg/L. Sources: Hermet 2012; criteria B.2.
inline constexpr double kVeryHighCrpMgPerLAtLeast = 50;
// Upper limit of normal, 10^9 per litre. Source: criteria B.2.
inline constexpr double kWhiteCellsPerNlAbove = 11;
// Severe pain soon after a birth or loss, 0 to 10. Expert opinion. Source: criteria B.2.
inline constexpr double kSeverePainAtLeast = 7;
// mg/L. Above it, CRP is raised for ASAS; up to it, normal after birth. Source: ASAS 2009 (upper limit of normal).
inline constexpr double kNormalCrpMgPerLAtMost = 10;

// Three months of 30.4375 days. NICE asks for longer than that, ASAS for at least that.
inline constexpr double kThreeMonthsDays = 91.3125;
static_assert(kThreeMonthsDays == 3 * 30.4375);
inline constexpr double kDaysPerYear = 365.25;
// Entry of NG65 and of ASAS 2009, years at onset.
inline constexpr double kEntryOnsetYearsBelow = 45;
// First of the nine items of NG65, years at onset.
inline constexpr double kNiceOnsetYearsBelow = 35;
// Source: NG65, recommendations on referral: refer at four, test HLA-B27 at exactly three.
inline constexpr int kNiceReferAtLeast = 4;
inline constexpr int kNiceTestHlaB27At = 3;
static_assert(kNiceTestHlaB27At + 1 == kNiceReferAtLeast);

// ASAS 2009, figure 1: features beside sacroiliitis on imaging, and other features beside HLA-B27.
inline constexpr int kAsasFeaturesWithImagingAtLeast = 1;
inline constexpr int kAsasFeaturesWithHlaB27AtLeast = 2;

// Inflammatory back pain, chronic back pain only. Source: Sieper 2009: 4 of 5; onset before 40.
inline constexpr int kAsasIbpAtLeast = 4;
inline constexpr double kIbpOnsetYearsBelow = 40;
// Validation sample: sensitivity 79.6, specificity 72.4 per cent.
inline constexpr Ratio kAsasIbpMet = {2.9};
inline constexpr Ratio kAsasIbpNotMet = {0.28};
// Source: Rudwaleit 2006 (Berlin): 2 of 4; stiffness of more than 30 minutes, never less.
inline constexpr int kBerlinAtLeast = 2;
inline constexpr double kMorningStiffnessMinutesAbove = 30;
// Source: Calin 1977: 4 of 5.
inline constexpr int kCalinAtLeast = 4;

// Months after birth in which marrow oedema on MRI is read with caution. Source: Renson (oedema up to 12 months).
inline constexpr double kTwelveMonthsDaysAtMost = 365.25;
// MRI after birth: false positives 60 per cent within 10 days. Source: Renson; criteria B.2 (derived ratio).
inline constexpr double kVeryEarlyAfterBirthDaysAtMost = 10;

// A feature of axial spondyloarthritis with its likelihood ratios: from rheumatology clinics, and from a primary-care
// cohort where one gives it. Zero: no figure, or (absence) to be ignored in early disease, as the source's footnote
// says.
struct Feature {
  BooleanInput input;
  std::string_view text;
  bool nice_item;
  bool asas_feature;
  double present_ratio;
  double absent_ratio;
  double primary_care_ratio;
  Citation source;
};
// Sources: RudwaleitFeldtkeller 2006, table; Sieper 2005, table; primary care: criteria B.2, correction 2.
inline constexpr std::array<Feature, 10> kFeatures = {{
    {input::pain::second_half_night_waking, "waking in the second half of the night", true, false, 0, 0, 1.7,
     cite::NG65},
    {input::pain::improves_with_movement, "better with movement", true, false, 0, 0, 1.3, cite::NG65},
    {input::pain::nsaid_response_48h, "good response to an NSAID within 48 hours", true, true, 5.1, 0.27, 1.8,
     cite::RudwaleitFeldtkeller2006},
    {input::history::arthritis, "arthritis", true, true, 4.0, 0, 0, cite::RudwaleitFeldtkeller2006},
    {input::history::enthesitis, "enthesitis", true, true, 3.4, 0, 0, cite::RudwaleitFeldtkeller2006},
    {input::history::psoriasis, "psoriasis", true, true, 2.5, 0, 0, cite::RudwaleitFeldtkeller2006},
    {input::history::uveitis, "anterior uveitis", false, true, 7.3, 0, 0, cite::RudwaleitFeldtkeller2006},
    {input::history::dactylitis, "dactylitis", false, true, 4.5, 0, 0, cite::RudwaleitFeldtkeller2006},
    {input::history::ibd, "inflammatory bowel disease", false, true, 4.0, 0, 0, cite::RudwaleitFeldtkeller2006},
    {input::pain::alternating_buttock, "buttock pain that changes sides", false, false, 0, 0, 2.2, cite::Rudwaleit2006},
}};

// Family history in either degree; raised CRP; HLA-B27 (lower with psoriasis or bowel disease); imaging. Sources:
// RudwaleitFeldtkeller 2006; Sieper 2005.
inline constexpr Ratio kFamilyPresent = {6.4};
inline constexpr Ratio kFamilyAbsent = {0.72};
inline constexpr Ratio kCrpRaised = {2.5};
inline constexpr Ratio kCrpNormal = {0.63};
inline constexpr Ratio kHlaB27Positive = {9.0};
inline constexpr Ratio kHlaB27Negative = {0.11};
inline constexpr Ratio kHlaB27PositiveWithPsoriasisOrIbd = {5.0};
inline constexpr Ratio kHlaB27NegativeWithPsoriasisOrIbd = {0.56};
// In a primary-care cohort. Source: criteria B.2, correction 2.
inline constexpr double kHlaB27PositiveInPrimaryCare = 3.9;
inline constexpr Ratio kMriSacroiliitis = {9.0};
inline constexpr Ratio kMriNormal = {0.11};

// Marrow oedema as it reads in runners and after birth: sensitivity as above, false positives as observed. The ratios
// are derived (criteria B.2, correction 1).
inline constexpr double kMriSensitivity = 0.90;                // Sieper 2005
inline constexpr double kOedemaInRunnersAtLeast = 0.125;       // de Winter 2018
inline constexpr double kOedemaInRunnersAtMost = 0.35;         // Weber 2018, n = 20; 0.30 to 0.35
inline constexpr double kOedemaWithin10DaysOfBirth = 0.60;     // Renson, n = 35
inline constexpr double kOedemaSixMonthsAfterBirth = 0.15;     // Renson
inline constexpr double kOedemaTwelveMonthsAfterBirth = 0.12;  // Renson
// Deep lesions: among people with the disease, and after birth; in no runner. Source: de Winter 2018.
inline constexpr double kDeepLesionInDisease = 0.894;
inline constexpr double kDeepLesionAfterBirth = 0.143;

constexpr double OedemaRatio(double false_positives) {
  return Rounded(PositiveRatio(kMriSensitivity, false_positives), 1);
}
// Point: the cautious end of what was observed.
constexpr Ratio OedemaBetween(double most_false_positives, double fewest_false_positives) {
  const double low = OedemaRatio(most_false_positives);
  return {.point = low, .low = low, .high = OedemaRatio(fewest_false_positives)};
}
inline constexpr Ratio kMriOedemaInRunner = OedemaBetween(kOedemaInRunnersAtMost, kOedemaInRunnersAtLeast);
inline constexpr Ratio kMriOedemaVeryEarlyAfterBirth = {OedemaRatio(kOedemaWithin10DaysOfBirth)};
inline constexpr Ratio kMriOedemaToSixMonthsAfterBirth =
    OedemaBetween(kOedemaWithin10DaysOfBirth, kOedemaSixMonthsAfterBirth);
inline constexpr Ratio kMriOedemaToTwelveMonthsAfterBirth =
    OedemaBetween(kOedemaSixMonthsAfterBirth, kOedemaTwelveMonthsAfterBirth);
inline constexpr Ratio kMriOedemaTwelveMonthsAfterBirth = {OedemaRatio(kOedemaTwelveMonthsAfterBirth)};
inline constexpr Ratio kMriDeepLesionAfterBirth = {
    Rounded(PositiveRatio(kDeepLesionInDisease, kDeepLesionAfterBirth), 1)};
static_assert(kMriOedemaInRunner.low == 2.6 && kMriOedemaInRunner.high == 7.2);
static_assert(kMriOedemaVeryEarlyAfterBirth.point == 1.5);
static_assert(kMriOedemaToSixMonthsAfterBirth.high == 6.0 && kMriOedemaTwelveMonthsAfterBirth.point == 7.5);

// Share of axial spondyloarthritis among chronic low back pain. Source: Rudwaleit 2004.
inline constexpr double kAxspaBefore = 0.05;
static_assert(Percent(AfterTest(kAxspaBefore, 3.1)) == 14);  // as printed there for inflammatory back pain alone

inline constexpr Ratio kXraySacroiliitis = {4};
inline constexpr Ratio kXrayNormal = {0.25};

consteval int CountNiceItems() {
  int items = 0;
  for (const Feature& feature : kFeatures) items += feature.nice_item ? 1 : 0;
  return items;
}
// Beside onset age, buttock pain and family history.
static_assert(CountNiceItems() + 3 == 9, "NG65 has nine items");

}  // namespace condyle::sacroiliitis

#endif  // CONDYLE_PLUGINS_SACROILIITIS_TABLES_H_
