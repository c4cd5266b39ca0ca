// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One feature at a time.
#include "plugins/sacroiliitis/likelihood.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "plugins/pack/criteria/obstetric.h"
#include "plugins/sacroiliitis/tables.h"
#include "sacroiliitis/manifest.h"

namespace condyle::sacroiliitis {
namespace {

namespace mri = answer::imaging::mri_sacroiliac;

struct Present {
  std::string_view name;
  FeatureRatio ratio;
};

FeatureRatio RatioOf(const Feature& feature) {
  // Some are known from primary care only.
  if (feature.present_ratio == 0) return {{feature.primary_care_ratio}, feature.primary_care_ratio};
  return {{feature.present_ratio}, feature.primary_care_ratio};
}

std::vector<Present> PresentFeatures(const Findings& findings, const AxspaReading& axspa) {
  std::vector<Present> present;
  const auto add = [&](Truth state, std::string_view name, const FeatureRatio& ratio) {
    if (IsTrue(state)) present.push_back({name, ratio});
  };
  for (const Feature& feature : kFeatures) add(findings.Is(feature.input), feature.text, RatioOf(feature));
  namespace family = answer::history::family_spa;
  add(Or({findings.Is(input::history::family_spa, family::first_degree),
          findings.Is(input::history::family_spa, family::second_degree)}),
      "family history", {kFamilyPresent});
  add(axspa.asas_ibp, "inflammatory back pain (ASAS experts)", {kAsasIbpMet});
  add(Above(findings.Value(input::lab::crp), kNormalCrpMgPerLAtMost), "raised CRP", {kCrpRaised});
  add(axspa.hla_b27, "HLA-B27", HlaB27Ratio(findings, /*positive=*/true));
  add(findings.Is(input::imaging::pelvic_xray, answer::imaging::pelvic_xray::sacroiliitis_mny),
      "sacroiliitis on a radiograph", {kXraySacroiliitis});
  // Oedema alone only where it counts as sacroiliitis.
  const Truth seen = Or({And({findings.Is(input::imaging::mri_sacroiliac, mri::oedema_only), axspa.imaging}),
                         findings.Is(input::imaging::mri_sacroiliac, mri::oedema_with_structural_lesion)});
  if (const auto ratio = MriRatio(findings)) add(seen, "marrow oedema on MRI", {*ratio});
  return present;
}

// Ratio of oedema by the time since birth. Between two measurements the range spans both and the point is the lower
// one. Empty if there was no birth within 24 months, or none is known.
std::optional<Ratio> AfterBirthRatio(const Findings& findings) {
  const auto days = findings.Value(input::obstetric::days_since_delivery);
  if (findings.sex() == v1::SEX_MALE || !days || *days > runner_sij::kAfterBirthDaysAtMost) return std::nullopt;
  if (*days <= kVeryEarlyAfterBirthDaysAtMost) return kMriOedemaVeryEarlyAfterBirth;
  if (*days <= runner_sij::kSixMonthsDaysAtMost) return kMriOedemaToSixMonthsAfterBirth;
  return *days <= kTwelveMonthsDaysAtMost ? kMriOedemaToTwelveMonthsAfterBirth : kMriOedemaTwelveMonthsAfterBirth;
}

std::optional<Ratio> OedemaRatio(const Findings& findings) {
  const Truth runner = findings.Is(input::training::runner);
  const std::optional<Ratio> birth = AfterBirthRatio(findings);
  if (IsTrue(runner) && birth) {
    const Ratio& run = kMriOedemaInRunner;
    return Ratio{std::min(run.point, birth->point), std::min(run.low, birth->low), std::min(run.high, birth->high)};
  }
  if (IsTrue(runner)) return kMriOedemaInRunner;
  if (birth) return birth;
  const bool corrections_known =
      IsFalse(runner) && IsFalse(runner_sij::DeliveredWithin(findings, runner_sij::kSixMonthsDaysAtMost));
  return corrections_known ? std::optional(kMriSacroiliitis) : std::nullopt;
}

std::optional<Ratio> StructuralRatio(const Findings& findings) {
  if (IsTrue(runner_sij::DeliveredWithin(findings, kTwelveMonthsDaysAtMost))) return kMriDeepLesionAfterBirth;
  // Seen in no runner of the study: no finite ratio.
  if (IsTrue(findings.Is(input::training::runner))) return std::nullopt;
  return kMriSacroiliitis;
}

std::string InPercent(double probability) { return std::to_string(Percent(probability)); }

}  // namespace

Share AfterOne(const FeatureRatio& ratio) {
  const Ratio& clinic = ratio.clinic;
  const double point = AfterTest(kAxspaBefore, clinic.point);
  const bool interval = clinic.high > 0;
  const double weaker = AfterTest(kAxspaBefore, ratio.primary_care > 0 ? ratio.primary_care
                                                : interval             ? clinic.low
                                                                       : 1);
  const double stronger = interval ? AfterTest(kAxspaBefore, clinic.high) : point;
  return {.point = point, .low = std::min({point, weaker, stronger}), .high = std::max({point, weaker, stronger})};
}

std::string AloneInWords(const FeatureRatio& ratio) {
  std::string text = "; alone, from " + InPercent(kAxspaBefore) + " per cent before: ";
  const Ratio& clinic = ratio.clinic;
  if (clinic.high > clinic.low) {
    return text + InPercent(AfterTest(kAxspaBefore, clinic.low)) + " to " +
           InPercent(AfterTest(kAxspaBefore, clinic.high)) + " per cent";
  }
  text += InPercent(AfterTest(kAxspaBefore, clinic.point)) + " per cent";
  if (ratio.primary_care > 0 && ratio.primary_care != clinic.point) {
    text += " (" + InPercent(AfterTest(kAxspaBefore, ratio.primary_care)) + " in primary care)";
  }
  return text;
}

FeatureRatio HlaB27Ratio(const Findings& findings, bool positive) {
  const bool lower = IsTrue(Or({findings.Is(input::history::psoriasis), findings.Is(input::history::ibd)}));
  if (!positive) return {lower ? kHlaB27NegativeWithPsoriasisOrIbd : kHlaB27Negative};
  return {lower ? kHlaB27PositiveWithPsoriasisOrIbd : kHlaB27Positive, kHlaB27PositiveInPrimaryCare};
}

std::optional<Ratio> MriRatio(const Findings& findings) {
  if (IsTrue(findings.Is(input::imaging::mri_sacroiliac, mri::oedema_with_structural_lesion))) {
    return StructuralRatio(findings);
  }
  if (IsTrue(findings.Is(input::imaging::mri_sacroiliac, mri::oedema_only))) return OedemaRatio(findings);
  const bool valid = IsFalse(findings.Is(input::training::runner)) &&
                     IsFalse(runner_sij::DeliveredWithin(findings, runner_sij::kSixMonthsDaysAtMost));
  const bool normal = IsTrue(findings.Is(input::imaging::mri_sacroiliac, mri::normal));
  return normal && valid ? std::optional(kMriNormal) : std::nullopt;
}

AxspaProbability ReadProbability(const Findings& findings, const InfectionReading& infection,
                                 const AxspaReading& axspa) {
  if (!axspa.applies || !IsTrue(axspa.nice_entry)) return {};
  const std::string none = "No probability of axial spondyloarthritis is given: ";
  if (IsTrue(infection.met)) {
    return {std::nullopt, none + "an infection trigger is present, and the figures are of people without infection."};
  }
  const std::vector<Present> present = PresentFeatures(findings, axspa);
  if (present.empty()) {
    return {std::nullopt, none + "no feature with a published likelihood ratio is known to be present."};
  }
  if (IsFalse(axspa.hla_b27) || IsTrue(findings.Is(input::imaging::mri_sacroiliac, mri::normal))) {
    return {std::nullopt,
            none +
                "HLA-B27 or MRI speaks against it beside features that speak for it, and no source gives them "
                "together."};
  }
  const auto strongest = std::max_element(present.begin(), present.end(), [](const Present& a, const Present& b) {
    return a.ratio.clinic.point < b.ratio.clinic.point;
  });
  const FeatureRatio& ratio = strongest->ratio;
  const Share after = AfterOne(ratio);
  std::string basis = InPercent(kAxspaBefore) + " per cent before (chronic low back pain, Rudwaleit 2004), and one " +
                      "feature alone, the strongest present: " + std::string(strongest->name) + " (LR " +
                      Number(ratio.clinic.point);
  if (ratio.clinic.high > ratio.clinic.low) {
    basis += ", " + Number(ratio.clinic.low) + " to " + Number(ratio.clinic.high);
  }
  basis += ratio.primary_care == ratio.clinic.point ? " in primary care)." : ").";
  basis += ratio.primary_care > 0 && ratio.primary_care != ratio.clinic.point
               ? " Low end: LR " + Number(ratio.primary_care) + " of primary care."
           : ratio.clinic.high > 0 ? ""
                                   : " No ratio of primary care is known, so the low end is the 5 per cent before.";
  basis += " Features are not independent: there is no product, and " + std::to_string(present.size() - 1) +
           (present.size() == 2 ? " further feature is" : " further features are") +
           " not part of the figure. The referral follows the criteria, not this figure.";
  return {after, basis};
}

}  // namespace condyle::sacroiliitis
