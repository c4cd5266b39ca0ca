// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Triad points.
#include "plugins/stress_fracture_screen/triad.h"

#include <algorithm>
#include <optional>

#include "plugins/pack/criteria/obstetric.h"

namespace condyle::stress_fracture_screen {
namespace {

constexpr Points Exactly(int points) { return {points, points}; }

Points Energy(const Findings& findings) {
  namespace restriction = answer::energy::dietary_restriction;
  const auto code = findings.Code(input::energy::dietary_restriction);
  if (!code) return {};
  if (*code == restriction::eating_disorder.code) return Exactly(2);
  return Exactly(*code == restriction::some.code ? 1 : 0);
}

// The worst of what is known. A known body mass index or share of the expected weight settles the item unless a loss
// of weight scores more; without either, a loss alone gives only the lower end.
Points Weight(const Findings& findings) {
  Points result;
  bool settled = false;
  const auto count = [&](int points) { result.low = std::max(result.low, points); };
  const auto bmi = findings.Value(input::exam::bmi);
  if (bmi && IsTrue(AtLeast(findings.age_years(), kBmiAgeYearsAtLeast))) {
    settled = true;
    count(*bmi >= triad::kBmi0AtLeast ? 0 : *bmi > triad::kBmi2AtMost ? 1 : 2);
  }
  if (const auto percent = findings.Value(input::exam::percent_expected_weight)) {
    settled = true;
    count(*percent >= triad::kExpectedWeight0AtLeast ? 0 : *percent >= triad::kExpectedWeight2Below ? 1 : 2);
  }
  if (const auto loss = findings.Value(input::energy::weight_loss_one_month)) {
    count(*loss < triad::kWeightLoss1AtLeast ? 0 : *loss < triad::kWeightLoss2AtLeast ? 1 : 2);
  }
  if (settled) result.high = result.low;
  return result;
}

Points Menarche(const Findings& findings) {
  const auto age = findings.Value(input::energy::menarche_age);
  if (!age) return {};
  return Exactly(*age < triad::kMenarche1AtLeast ? 0 : *age < triad::kMenarche2AtLeast ? 1 : 2);
}

Points Menses(const Findings& findings) {
  const auto count = findings.Value(input::energy::menses_last_12_months);
  if (!count) return {};
  return Exactly(*count > triad::kMenses0Above ? 0 : *count >= triad::kMenses2Below ? 1 : 2);
}

Points BoneDensity(const Findings& findings) {
  const auto z = findings.Value(input::imaging::dxa_z_score);
  if (!z) return {};
  return Exactly(*z >= triad::kZScore0AtLeast ? 0 : *z > triad::kZScore2AtMost ? 1 : 2);
}

Points PriorInjury(const Findings& findings) {
  const Truth high_risk_site = findings.Is(input::history::prior_bsi_high_risk_site);
  if (IsTrue(high_risk_site)) return Exactly(2);
  const auto count = findings.Value(input::history::prior_bsi_count);
  if (!count) return {};
  if (*count >= triad::kPriorInjuries2AtLeast) return Exactly(2);
  if (*count < triad::kPriorInjuries1AtLeast) return Exactly(0);
  return IsFalse(high_risk_site) ? Exactly(1) : Points{1, 2};
}

std::string RestrictedBy(const Findings& findings) {
  namespace restriction = answer::energy::dietary_restriction;
  const auto purging = findings.Value(input::energy::purging_per_week);
  if (IsTrue(Above(purging, kRestrictedPurgingPerWeekAbove))) {
    return "purging " + Number(*purging) + " times a week, more than 4";
  }
  const auto bmi = findings.Value(input::exam::bmi);
  if (IsTrue(And({Below(bmi, kRestrictedBmiKgPerM2Below),
                  findings.Is(input::energy::dietary_restriction, restriction::eating_disorder)}))) {
    return "body mass index " + Number(*bmi) + ", below 16, with an eating disorder";
  }
  return "";
}

}  // namespace

std::string TriadReading::Range() const {
  return (low == high ? std::to_string(low) : std::to_string(low) + " to " + std::to_string(high)) + " of " +
         std::to_string(kTriadPointsAtMost);
}

TriadReading ReadTriad(const Findings& findings) {
  TriadReading result;
  result.energy.points = Energy(findings);
  result.weight.points = Weight(findings);
  result.menarche.points = Menarche(findings);
  result.menses_not_scored =
      IsTrue(Or({runner_sij::Pregnant(findings), findings.Is(input::obstetric::lactating),
                 findings.Is(input::energy::hormonal_contraception), findings.Is(input::history::postmenopausal)}));
  if (!result.menses_not_scored) result.menses.points = Menses(findings);
  result.bone_density.points = BoneDensity(findings);
  result.prior_injury.points = PriorInjury(findings);
  // One injury, its site not known: the site is what is missing.
  if (findings.Value(input::history::prior_bsi_count)) {
    result.prior_injury.input = input::history::prior_bsi_high_risk_site;
  }

  result.for_this_patient = findings.sex() == v1::SEX_FEMALE && !IsTrue(findings.Is(input::history::postmenopausal));
  result.low = result.high = 0;
  for (const TriadItem* item : result.items()) {
    result.low += item->points.low;
    result.high += item->points.high;
    result.any_known = result.any_known || item->points.known();
  }
  if (result.low >= kTriadHighBandAtLeast) {
    result.band = TriadBand::kHigh;
  } else if (result.low >= kTriadMiddleBandAtLeast && result.high < kTriadHighBandAtLeast) {
    result.band = TriadBand::kMiddle;
  } else if (result.high < kTriadMiddleBandAtLeast) {
    result.band = TriadBand::kLow;
  }
  result.restricted_by = RestrictedBy(findings);
  return result;
}

}  // namespace condyle::stress_fracture_screen
