// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading of the four patterns.
#include "plugins/buttock_pain_mimics/patterns.h"

#include "buttock_pain_mimics/manifest.h"
#include "plugins/buttock_pain_mimics/tables.h"
#include "plugins/pack/criteria/sides.h"

namespace condyle::buttock_pain_mimics {
namespace {

using runner_sij::Anywhere;

// An answer that is neither yes nor no decides nothing.
Truth Except(Truth positive, Truth unclear) { return IsTrue(unclear) ? Truth::kUnknown : positive; }

void ReadStraightLegRaise(const Findings& findings, Patterns& p) {
  const SidedTruth positive = findings.Sided(input::exam::slr, answer::exam::slr::positive);
  const SidedTruth unclear = findings.Sided(input::exam::slr, answer::exam::slr::equivocal);
  p.slr_on = {.left = Except(positive.left, unclear.left),
              .right = Except(positive.right, unclear.right),
              .unsaid = Except(positive.unsaid, unclear.unsaid)};
  p.slr = Anywhere(findings, p.slr_on);
  p.slr_unclear = IsTrue(Or({unclear.left, unclear.right, unclear.unsaid}));
}

void ReadDeficit(const Findings& findings, Patterns& p) {
  const Truth mild = Anywhere(findings, input::exam::motor_weakness, answer::exam::motor_weakness::mild);
  const Truth marked = Anywhere(findings, input::exam::motor_weakness, answer::exam::motor_weakness::marked);
  p.weakness_mild = IsTrue(mild);
  p.weakness_marked = IsTrue(marked);
  p.deficit =
      Or({mild, marked, Anywhere(findings, input::exam::sensory_loss), Anywhere(findings, input::exam::reflex_loss)});
  // The screen answers for all three, unless it was not done.
  if (IsTrue(findings.Is(input::exam::neuro_screen, answer::exam::neuro_screen::abnormal))) p.deficit = Truth::kTrue;
  if (IsTrue(findings.Is(input::exam::neuro_screen, answer::exam::neuro_screen::normal)) && !IsTrue(p.deficit)) {
    p.deficit = Truth::kFalse;
  }
}

void ReadMri(const Findings& findings, Patterns& p) {
  namespace mri = answer::imaging::mri_lumbar;
  const auto is = [&](AnswerCode code) { return IsTrue(findings.Is(input::imaging::mri_lumbar, code)); };
  p.mri_cauda_equina = is(mri::cauda_equina_compression);
  p.mri_contact = is(mri::disc_herniation_nerve_contact) || p.mri_cauda_equina;
  p.mri_pars = is(mri::pars_stress);
}

Truth Disc(const Patterns& p) {
  if (p.mri_contact) return Truth::kTrue;
  const Truth root_signs = Or({p.below_knee, p.numbness, p.deficit});
  if (IsTrue(p.centralisation) || IsTrue(And({p.slr, root_signs}))) return Truth::kTrue;
  return IsFalse(p.centralisation) && IsFalse(p.slr) ? Truth::kFalse : Truth::kUnknown;
}

}  // namespace

Patterns ReadPatterns(const Findings& findings) {
  Patterns p;
  p.present = findings.Is(input::pain::present);
  p.centralisation = findings.Is(input::exam::centralisation);
  ReadStraightLegRaise(findings, p);
  p.below_knee = Anywhere(findings, input::pain::below_knee);
  p.numbness = Anywhere(findings, input::pain::leg_numbness);
  ReadDeficit(findings, p);
  ReadMri(findings, p);
  p.extension = findings.Is(input::pain::with_lumbar_extension);
  p.extension_sport = findings.Is(input::history::extension_sport);
  p.young = Below(findings.age_years(), kParsAgeBelow);
  p.fair_on = findings.Sided(input::exam::fair_test);
  p.fair = Anywhere(findings, p.fair_on);
  p.with_sitting = findings.Is(input::pain::with_sitting);

  p.disc = Disc(p);
  p.pars = p.mri_pars ? Truth::kTrue : And({p.extension, p.extension_sport, p.young});
  p.deep_gluteal = And({p.fair, p.with_sitting, Not(p.centralisation), Not(p.slr)});
  p.cyclical = findings.Is(input::pain::cyclical_with_menses);
  if (IsUnknown(p.cyclical) && findings.sex() == v1::SEX_MALE) p.cyclical = Truth::kFalse;
  // A cycle that was not asked about leaves the other three to decide; the question is put all the same.
  p.any = IsFalse(p.present) ? Truth::kFalse : Or({p.disc, p.pars, p.deep_gluteal, ToTruth(IsTrue(p.cyclical))});
  return p;
}

}  // namespace condyle::buttock_pain_mimics
