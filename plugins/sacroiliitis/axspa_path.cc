// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The path for axial spondyloarthritis.
#include "plugins/sacroiliitis/axspa_path.h"

#include "plugins/pack/criteria/obstetric.h"
#include "plugins/pack/criteria/sides.h"
#include "plugins/sacroiliitis/tables.h"
#include "sacroiliitis/manifest.h"

namespace condyle::sacroiliitis {
namespace {

namespace family = answer::history::family_spa;
namespace mri = answer::imaging::mri_sacroiliac;

std::optional<double> OnsetYears(const Findings& findings) {
  if (const auto recorded = findings.Value(input::pain::onset_age)) return recorded;
  const auto duration_days = findings.Value(input::pain::duration);
  if (!findings.age_years() || !duration_days) return std::nullopt;
  return *findings.age_years() - *duration_days / kDaysPerYear;
}

// Oedema alone counts only in someone known not to run and not to have given birth within 183 days.
Truth SacroiliitisOnImaging(const Findings& findings) {
  const Truth oedema_counts = And({Not(findings.Is(input::training::runner)),
                                   Not(runner_sij::DeliveredWithin(findings, runner_sij::kSixMonthsDaysAtMost))});
  return Or({findings.Is(input::imaging::mri_sacroiliac, mri::oedema_with_structural_lesion),
             findings.Is(input::imaging::pelvic_xray, answer::imaging::pelvic_xray::sacroiliitis_mny),
             And({findings.Is(input::imaging::mri_sacroiliac, mri::oedema_only), oedema_counts})});
}

Count NiceItems(const Findings& findings, std::optional<double> onset_years) {
  Count items;
  items.Add(Below(onset_years, kNiceOnsetYearsBelow));
  items.Add(runner_sij::Anywhere(findings, input::pain::buttock));
  items.Add(findings.Is(input::history::family_spa, family::first_degree));
  for (const Feature& feature : kFeatures) {
    if (feature.nice_item) items.Add(findings.Is(feature.input));
  }
  return items;
}

// Four refer; three refer with HLA-B27, and are too few without it.
Truth Nice(const Count& items, Truth hla_b27) {
  if (items.met >= kNiceReferAtLeast) return Truth::kTrue;
  if (items.met == kNiceTestHlaB27At && IsTrue(hla_b27)) return Truth::kTrue;
  const int possible = items.met + items.unknown;
  if (possible < kNiceTestHlaB27At) return Truth::kFalse;
  if (possible == kNiceTestHlaB27At && IsFalse(hla_b27)) return Truth::kFalse;
  return Truth::kUnknown;
}

Truth AsasInflammatoryBackPain(const Findings& findings, std::optional<double> onset_years) {
  Count items;
  items.Add(Below(onset_years, kIbpOnsetYearsBelow));
  items.Add(findings.Is(input::pain::insidious_onset));
  items.Add(findings.Is(input::pain::improves_with_movement));
  items.Add(Not(findings.Is(input::pain::improves_with_rest)));
  items.Add(findings.Is(input::pain::night_pain_improves_on_rising));
  return items.AtLeast(kAsasIbpAtLeast);
}

Truth BerlinInflammatoryBackPain(const Findings& findings) {
  Count items;
  items.Add(Above(findings.Value(input::pain::morning_stiffness), kMorningStiffnessMinutesAbove));
  items.Add(And({findings.Is(input::pain::improves_with_movement), Not(findings.Is(input::pain::improves_with_rest))}));
  items.Add(findings.Is(input::pain::second_half_night_waking));
  items.Add(findings.Is(input::pain::alternating_buttock));
  return items.AtLeast(kBerlinAtLeast);
}

// Morning stiffness counts at any length here, other than none.
Truth CalinInflammatoryBackPain(const Findings& findings, std::optional<double> onset_years) {
  Count items;
  items.Add(Below(onset_years, kIbpOnsetYearsBelow));
  items.Add(Above(findings.Value(input::pain::duration), kThreeMonthsDays));
  items.Add(findings.Is(input::pain::insidious_onset));
  items.Add(Above(findings.Value(input::pain::morning_stiffness), 0));
  items.Add(findings.Is(input::pain::improves_with_movement));
  return items.AtLeast(kCalinAtLeast);
}

// Without HLA-B27, which counts beside imaging and not beside itself.
Count AsasFeatures(const Findings& findings, Truth ibp) {
  Count features;
  features.Add(ibp);
  features.Add(Or({findings.Is(input::history::family_spa, family::first_degree),
                   findings.Is(input::history::family_spa, family::second_degree)}));
  features.Add(Above(findings.Value(input::lab::crp), kNormalCrpMgPerLAtMost));
  for (const Feature& feature : kFeatures) {
    if (feature.asas_feature) features.Add(findings.Is(feature.input));
  }
  return features;
}

void AskEntry(const Findings& findings, Answer& answer) {
  constexpr std::string_view kWhy = "the referral criteria ask for pain of more than 3 months that began before 45";
  const auto duration_days = findings.Value(input::pain::duration);
  const auto age_years = findings.age_years();
  if (!duration_days) answer.Ask(input::pain::duration, kWhy);
  const bool age_decides = age_years && (duration_days || *age_years < kEntryOnsetYearsBelow);
  if (!findings.Value(input::pain::onset_age) && !age_decides) answer.Ask(input::pain::onset_age, kWhy);
}

void AskFeatures(const Findings& findings, Answer& answer) {
  constexpr std::string_view kWhy = "a feature of axial spondyloarthritis beside HLA-B27 or imaging (ASAS 2009)";
  for (const Feature& feature : kFeatures) {
    if (feature.asas_feature && IsUnknown(findings.Is(feature.input))) answer.Ask(feature.input, kWhy);
  }
  for (const BooleanInput& item :
       {input::pain::insidious_onset, input::pain::improves_with_rest, input::pain::night_pain_improves_on_rising}) {
    if (IsUnknown(findings.Is(item))) answer.Ask(item, kWhy);
  }
  if (!findings.Value(input::lab::crp)) answer.Ask(input::lab::crp, kWhy);
}

}  // namespace

AxspaReading ReadAxspa(const Findings& findings) {
  AxspaReading result;
  result.applies = !IsTrue(findings.Is(input::history::known_axspa));
  result.onset_years = OnsetYears(findings);
  result.hla_b27 = findings.Is(input::lab::hla_b27, answer::lab::hla_b27::positive);
  const auto duration_days = findings.Value(input::pain::duration);
  const Truth onset = Below(result.onset_years, kEntryOnsetYearsBelow);
  const Truth pain = Not(ToTruth(IsFalse(findings.Is(input::pain::present))));

  result.nice_entry = And({pain, Above(duration_days, kThreeMonthsDays), onset});
  result.nice_items = NiceItems(findings, result.onset_years);
  // An open entry leaves the path open, whatever the items.
  result.nice = IsTrue(result.nice_entry) ? Nice(result.nice_items, result.hla_b27) : result.nice_entry;

  const Truth chronic = And({pain, AtLeast(duration_days, kThreeMonthsDays)});
  result.asas_entry = And({chronic, onset});
  result.asas_ibp = And({chronic, AsasInflammatoryBackPain(findings, result.onset_years)});
  result.berlin_ibp = And({chronic, BerlinInflammatoryBackPain(findings)});
  result.calin_ibp = And({chronic, CalinInflammatoryBackPain(findings, result.onset_years)});
  result.imaging = SacroiliitisOnImaging(findings);
  result.asas_features = AsasFeatures(findings, result.asas_ibp);
  Count with_hla_b27 = result.asas_features;
  with_hla_b27.Add(result.hla_b27);
  result.imaging_arm = And({result.imaging, with_hla_b27.AtLeast(kAsasFeaturesWithImagingAtLeast)});
  result.clinical_arm = And({result.hla_b27, result.asas_features.AtLeast(kAsasFeaturesWithHlaB27AtLeast)});
  result.asas = And({result.asas_entry, Or({result.imaging_arm, result.clinical_arm})});

  result.met = !result.applies ? Truth::kFalse : IsTrue(result.asas) ? Truth::kTrue : result.nice;
  return result;
}

void AskAxspa(const Findings& findings, const AxspaReading& axspa, Answer& answer) {
  if (!IsUnknown(axspa.met)) return;
  if (!IsTrue(axspa.nice_entry)) {
    AskEntry(findings, answer);
    return;
  }
  constexpr std::string_view kWhy = "one of the nine items of NICE NG65";
  if (!axspa.onset_years) answer.Ask(input::pain::onset_age, kWhy);
  if (IsUnknown(runner_sij::Anywhere(findings, input::pain::buttock))) {
    for (Side side : kBothSides) {
      if (IsUnknown(findings.Is(input::pain::buttock, side))) {
        answer.Ask(input::pain::buttock, kWhy, /*safety=*/false, side);
      }
    }
  }
  for (const Feature& feature : kFeatures) {
    if (feature.nice_item && IsUnknown(findings.Is(feature.input))) answer.Ask(feature.input, kWhy);
  }
  if (!findings.Code(input::history::family_spa)) answer.Ask(input::history::family_spa, kWhy);
  if (IsUnknown(axspa.hla_b27))
    answer.Ask(input::lab::hla_b27, "decides where exactly three of the nine items are met");
  // Beside HLA-B27 or sacroiliitis on imaging the features of ASAS 2009 can make the path positive.
  if (IsTrue(axspa.hla_b27) || IsTrue(axspa.imaging)) AskFeatures(findings, answer);
  if (findings.Is(input::imaging::mri_sacroiliac, mri::oedema_only) == Truth::kTrue && IsUnknown(axspa.imaging) &&
      IsUnknown(findings.Is(input::training::runner))) {
    answer.Ask(input::training::runner, "marrow oedema alone counts only in someone who does not run");
  }
  if (IsUnknown(findings.Is(input::red_flag::acute_red_painful_eye))) {
    answer.Ask(input::red_flag::acute_red_painful_eye,
               "a red painful eye may be uveitis, and needs an eye assessment the same day",
               /*safety=*/true);
  }
}

}  // namespace condyle::sacroiliitis
