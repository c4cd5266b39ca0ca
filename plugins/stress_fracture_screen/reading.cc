// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The criteria.
#include "plugins/stress_fracture_screen/reading.h"

#include "plugins/pack/criteria/obstetric.h"
#include "plugins/pack/criteria/sides.h"

namespace condyle::stress_fracture_screen {
namespace {

using runner_sij::Anywhere;
using runner_sij::DeliveredWithin;

bool Male(const Findings& findings) { return findings.sex() == v1::SEX_MALE; }

// Positive, or not done because unsafe; false where it was done and painless.
Truth Hop(const Findings& findings) {
  namespace hop = answer::exam::single_leg_hop;
  const SidedTruth positive = findings.Sided(input::exam::single_leg_hop, hop::positive);
  const SidedTruth unsafe = findings.Sided(input::exam::single_leg_hop, hop::not_done_unsafe);
  return Anywhere(findings, SidedTruth{.left = Or({positive.left, unsafe.left}),
                                       .right = Or({positive.right, unsafe.right}),
                                       .unsaid = Or({positive.unsaid, unsafe.unsaid})});
}

// False only if the hop is negative and none of the others is true; those need not have been asked.
Truth Loading(const Reading& reading) {
  if (IsTrue(Or({reading.hop, reading.stance, reading.walking}))) return Truth::kTrue;
  return reading.hop;
}

Truth Tenderness(const Reading& reading) {
  if (IsTrue(Or({reading.sacral_tenderness, reading.ramus_tenderness}))) return Truth::kTrue;
  if (!reading.ramus_needed) return reading.sacral_tenderness;
  return Or({reading.sacral_tenderness, reading.ramus_tenderness});
}

Truth PriorInjury(const Findings& findings) {
  const Truth high_risk_site = findings.Is(input::history::prior_bsi_high_risk_site);
  if (IsTrue(high_risk_site)) return Truth::kTrue;
  return AtLeast(findings.Value(input::history::prior_bsi_count), triad::kPriorInjuries1AtLeast);
}

// True if any Triad item but the earlier injury (a factor of its own) scores, or purging restricts, or in men libido or
// testosterone is low. False if every question scores nothing: energy intake, weight, and in men libido, in women
// menarche and menses (where menses cannot be scored, energy intake stands in for them). Bone density and testosterone
// are investigations: they count when there, and are not needed for a false.
Truth EnergyItem(const Findings& findings, const TriadReading& triad) {
  const bool female = findings.sex() == v1::SEX_FEMALE;
  const Truth low_libido = findings.Is(input::energy::low_libido);
  const bool scores = triad.energy.points.low > 0 || triad.weight.points.low > 0 || triad.menarche.points.low > 0 ||
                      triad.menses.points.low > 0 || triad.bone_density.points.low > 0;
  if (scores) return Truth::kTrue;
  if (IsTrue(Above(findings.Value(input::energy::purging_per_week), kRestrictedPurgingPerWeekAbove))) {
    return Truth::kTrue;
  }
  if (!female && IsTrue(Or({low_libido, findings.Is(input::lab::testosterone, answer::lab::testosterone::low)}))) {
    return Truth::kTrue;
  }
  const bool eats_and_weighs_enough = triad.energy.points.high == 0 && triad.weight.points.high == 0;
  if (!eats_and_weighs_enough) return Truth::kUnknown;
  if (Male(findings)) return IsFalse(low_libido) ? Truth::kFalse : Truth::kUnknown;
  const bool cycles = triad.menarche.points.high == 0 && (triad.menses.points.high == 0 || triad.menses_not_scored);
  return female && cycles ? Truth::kFalse : Truth::kUnknown;
}

// Breastfeeding not asked counts as no where there was no birth within 24 months.
Truth AfterBirth(const Findings& findings) {
  if (Male(findings)) return Truth::kFalse;
  Truth lactating = findings.Is(input::obstetric::lactating);
  if (IsUnknown(lactating) && IsFalse(DeliveredWithin(findings, runner_sij::kAfterBirthDaysAtMost))) {
    lactating = Truth::kFalse;
  }
  return Or({DeliveredWithin(findings, runner_sij::kSixMonthsDaysAtMost), lactating});
}

// Age 50 or more with osteoporosis; or postmenopausal without a normal bone density. Below 50 a menopause that was not
// asked for is not presumed.
Truth OlderBone(const Findings& findings) {
  const Truth older = AtLeast(findings.age_years(), kOlderAgeYearsAtLeast);
  const Truth normal = ToTruth(IsTrue(AtLeast(findings.Value(input::imaging::dxa_z_score), kNormalZScoreAtLeast)));
  Truth postmenopausal = Male(findings) ? Truth::kFalse : findings.Is(input::history::postmenopausal);
  if (IsUnknown(postmenopausal) && (IsFalse(older) || IsTrue(runner_sij::Pregnant(findings)))) {
    postmenopausal = Truth::kFalse;
  }
  return Or({And({older, findings.Is(input::history::osteoporosis)}), And({postmenopausal, Not(normal)})});
}

void ReadRisk(const Findings& findings, Reading* reading) {
  namespace training = input::training;
  reading->factors = {{
      {"rise in training", Or({AtLeast(findings.Value(training::weekly_volume_increase), kVolumeIncreasePercentAtLeast),
                               findings.Is(training::new_surface_or_intensity)})},
      {"earlier bone stress injury", PriorInjury(findings)},
      {"low energy item", EnergyItem(findings, reading->triad)},
      {"within 183 days of a birth, or breastfeeding", AfterBirth(findings)},
      {"corticosteroid, heparin or antiepileptic", Or({findings.Is(input::medication::systemic_corticosteroid),
                                                       findings.Is(input::medication::heparin_or_antiepileptic)})},
      {"low vitamin D", Below(findings.Value(input::lab::vitamin_d_25oh), kVitaminDNgPerMlBelow)},
      {"age 50 or more with osteoporosis, or postmenopausal without a normal bone density", OlderBone(findings)},
  }};
  for (const RiskFactor& factor : reading->factors) reading->factor_count.Add(factor.present);
  reading->risk = reading->factor_count.AtLeast(kRiskFactorsAtLeast);
}

void ReadImaging(const Findings& findings, Reading* reading) {
  namespace mri = answer::imaging::mri_bone_stress;
  const auto report = findings.Code(input::imaging::mri_bone_stress);
  const auto site = findings.Code(input::imaging::mri_bone_stress_site);
  // A site without a report is the site of an injury: the question asks for nothing else.
  reading->mri_positive =
      report ? *report == mri::stress_reaction.code || *report == mri::fracture_line.code : site.has_value();
  if (reading->mri_positive && site) {
    for (const Site& known : kSites) {
      if (known.code.code == *site) reading->site = &known;
    }
  }
  reading->femoral_neck_on_mri =
      reading->site != nullptr && reading->site->code.code == answer::imaging::mri_bone_stress_site::femoral_neck.code;
  reading->fracture_on_other_imaging =
      IsTrue(Or({findings.Is(input::imaging::pelvic_xray, answer::imaging::pelvic_xray::fracture),
                 findings.Is(input::imaging::ct_pelvis, answer::imaging::ct_pelvis::fracture)}));
}

void ReadFemoralNeck(const Findings& findings, Reading* reading) {
  const SidedTruth groin = findings.Sided(input::pain::groin);
  if (IsTrue(groin.left) != IsTrue(groin.right)) {
    reading->groin_side = IsTrue(groin.left) ? Side::kLeft : Side::kRight;
  }
  Truth by_pain = And({reading->groin, reading->load_related});
  if (IsFalse(reading->loading) || IsFalse(reading->pain)) by_pain = Truth::kFalse;
  reading->femoral_neck = reading->femoral_neck_on_mri ? Truth::kTrue : by_pain;
  reading->femoral_neck_emergency =
      And({reading->femoral_neck,
           Or({findings.Is(input::exam::limp), Anywhere(findings, input::exam::hip_rotation_painful),
               findings.Is(input::pain::at_rest), findings.Is(input::red_flag::unable_to_bear_weight)})});
}

}  // namespace

Reading Read(const Findings& findings) {
  Reading reading;
  reading.triad = ReadTriad(findings);
  reading.pain = findings.Is(input::pain::present);
  reading.load_related = findings.Is(input::pain::load_related);
  reading.groin = Anywhere(findings, input::pain::groin);

  reading.hop = Hop(findings);
  reading.stance = Anywhere(findings, input::exam::single_leg_stance);
  reading.walking = findings.Is(input::pain::with_walking);
  reading.loading = Loading(reading);

  reading.sacral_tenderness = Anywhere(findings, input::exam::sacral_tenderness);
  reading.ramus_tenderness = Anywhere(findings, input::exam::pubic_ramus_tenderness);
  reading.ramus_needed = IsTrue(Or({reading.groin, findings.Is(input::pain::pubic_symphysis)}));
  reading.tenderness = Tenderness(reading);

  ReadRisk(findings, &reading);
  ReadImaging(findings, &reading);
  ReadFemoralNeck(findings, &reading);

  // Imaging speaks for itself: an injury that is seen stays one on a day without pain.
  const Truth clinical = IsFalse(reading.pain)
                             ? Truth::kFalse
                             : And({reading.load_related, Or({reading.loading, reading.tenderness, reading.risk})});
  reading.screen =
      Or({ToTruth(reading.mri_positive || reading.fracture_on_other_imaging), reading.femoral_neck, clinical});
  reading.hop_unsafe = !IsFalse(reading.groin) || IsTrue(reading.screen) ||
                       IsTrue(Or({reading.walking, findings.Is(input::exam::limp), findings.Is(input::pain::at_rest),
                                  findings.Is(input::red_flag::unable_to_bear_weight),
                                  Anywhere(findings, input::exam::hip_rotation_painful)}));
  return reading;
}

}  // namespace condyle::stress_fracture_screen
