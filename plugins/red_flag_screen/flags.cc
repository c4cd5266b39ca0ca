// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The sets of warning signs.
#include "plugins/red_flag_screen/flags.h"

#include <optional>
#include <utility>

#include "plugins/pack/criteria/infection.h"
#include "plugins/pack/criteria/obstetric.h"

namespace condyle::red_flag_screen {
namespace {

namespace flag = input::red_flag;
namespace weakness = answer::exam::motor_weakness;
using runner_sij::DeliveredWithin;
using runner_sij::Fever;
using runner_sij::Pregnant;

Truth AnySide(const SidedTruth& sided) { return Or({sided.left, sided.right, sided.unsaid}); }

// A symptom or sign of this leg, of which one in each leg counts as symptoms of both legs.
Truth LegSymptom(const Findings& findings, Side side) {
  return Or({findings.Is(input::pain::leg_numbness, side), findings.Is(input::pain::below_knee, side),
             findings.Is(input::exam::sensory_loss, side),
             findings.Is(input::exam::motor_weakness, side, weakness::mild),
             findings.Is(input::exam::motor_weakness, side, weakness::marked)});
}

void ReadQuestions(const Findings& findings, FlagReading* reading) {
  for (const Question& question : kQuestions) {
    // The infection triggers are shared with another plugin and read below.
    if (question.role != Role::kAlone || question.set == SetId::kInfection) continue;
    (*reading)[question.set].Add(question.input, std::string(question.text), findings.Is(question.input),
                                 Needed(question, *reading));
  }
}

void ReadNeurology(const Findings& findings, FlagReading* reading) {
  SetReading& cauda_equina = (*reading)[SetId::kCaudaEquina];
  cauda_equina.Add(flag::bilateral_leg_symptoms, "numbness, pain below the knee or weakness recorded in each leg",
                   And({LegSymptom(findings, Side::kLeft), LegSymptom(findings, Side::kRight)}), false);
  cauda_equina.Add(input::imaging::mri_lumbar, "compression of the cauda equina on MRI",
                   findings.Is(input::imaging::mri_lumbar, answer::imaging::mri_lumbar::cauda_equina_compression),
                   false);
  (*reading)[SetId::kNeurologicalMarked].Add(
      input::exam::motor_weakness, "weakness of grade 3 or less, or foot drop, on examination",
      AnySide(findings.Sided(input::exam::motor_weakness, weakness::marked)), false);
  (*reading)[SetId::kNeurologicalMild].Add(input::exam::motor_weakness, "weakness of grade 4 on examination",
                                           AnySide(findings.Sided(input::exam::motor_weakness, weakness::mild)), false);
}

void ReadInfection(const Findings& findings, FlagReading* reading) {
  for (const runner_sij::InfectionTrigger& trigger : runner_sij::ReadInfectionTriggers(findings)) {
    bool needed = false;
    for (const Question& question : kQuestions) {
      needed = needed || (question.role == Role::kAlone && question.need == Need::kCore &&
                          question.set == SetId::kInfection && question.input.key == trigger.input.key);
    }
    (*reading)[SetId::kInfection].Add(trigger.input, std::string(trigger.text), trigger.met, needed);
  }
}

void ReadFracture(const Findings& findings, FlagReading* reading) {
  namespace spine = answer::imaging::spine_xray;
  const Truth minor = findings.Is(flag::minor_trauma);
  const Truth fracture_seen = findings.Is(input::imaging::spine_xray, spine::fracture);
  const Truth no_weight_bearing = findings.Is(flag::unable_to_bear_weight);
  reading->trauma = Or({findings.Is(flag::significant_trauma), minor, fracture_seen});
  reading->ankylosed = Or({findings.Is(input::history::known_axspa), findings.Is(input::history::spinal_fusion),
                           findings.Is(input::imaging::spine_xray, spine::ankylosis)});

  SetReading& urgent = (*reading)[SetId::kFracture];
  const Truth at_70 = AtLeast(findings.age_years(), kMinorTraumaAgeYearsAtLeast);
  urgent.Add(flag::minor_trauma, "minor trauma at age 70 or more", And({minor, at_70}), false);
  urgent.Add(flag::minor_trauma, "minor trauma on systemic corticosteroid",
             And({minor, findings.Is(input::medication::systemic_corticosteroid)}), false);
  urgent.Add(flag::minor_trauma, "minor trauma with osteoporosis or an earlier low-trauma fracture",
             And({minor, findings.Is(input::history::osteoporosis)}), false);
  urgent.Add(input::imaging::spine_xray, "fracture on the spine radiograph", fracture_seen, false);
  if (IsUnknown(minor)) urgent.Add(flag::minor_trauma, "minor trauma", minor, true);

  const auto met = [&](SetId id) { return ToTruth(IsTrue((*reading)[id].met)); };
  SetReading& emergency = (*reading)[SetId::kFractureEmergency];
  emergency.Add(flag::significant_trauma, "trauma or a fracture seen, with a neurological warning sign",
                And({reading->trauma,
                     Or({met(SetId::kCaudaEquina), met(SetId::kNeurologicalMarked), met(SetId::kNeurologicalMild)})}),
                false);
  emergency.Add(flag::unable_to_bear_weight, "trauma or a fracture seen, and unable to bear weight",
                And({reading->trauma, no_weight_bearing}), false);
  emergency.Add(input::history::known_axspa, "trauma or a fracture seen, with axial spondyloarthritis or a fused spine",
                And({reading->trauma, reading->ankylosed}), false);
}

void ReadMalignancy(const Findings& findings, FlagReading* reading) {
  Count& count = reading->cancer;
  std::string names;
  const auto add = [&](std::string_view text, Truth met) {
    count.Add(met);
    if (IsTrue(met)) names += (names.empty() ? "" : " and ") + std::string(text);
  };
  for (const Question& question : kQuestions) {
    if (question.role == Role::kCounted) add(question.text, findings.Is(question.input));
  }
  add("age above 50", Above(findings.age_years(), kCancerAgeYearsAbove));
  add("a smoker with thoracolumbar pain",
      And({findings.Is(input::history::smoker), findings.Is(input::pain::thoracolumbar)}));
  const Truth enough = count.AtLeast(kCancerItemsAtLeast);
  (*reading)[SetId::kMalignancy].Add(
      flag::unexplained_weight_loss,
      IsTrue(enough) ? names
                     : std::string("2 of 5: weight loss, night pain, no improvement, age above 50, smoker with "
                                   "thoracolumbar pain"),
      enough, true);
}

void ReadUnder18(const Findings& findings, FlagReading* reading) {
  const Truth young = Below(findings.age_years(), kUnder18AgeYearsBelow);
  SetReading& set = (*reading)[SetId::kUnder18];
  if (IsFalse(young)) return;
  const auto add = [&](const InputKey& input, const char* text, Truth sign) {
    set.Add(input, text, And({young, sign}), false);
  };
  add(flag::fever_rigors, "under 18 with fever", Fever(findings));
  add(flag::unexplained_weight_loss, "under 18 with weight loss", findings.Is(flag::unexplained_weight_loss));
  add(flag::night_sweats, "under 18 with night sweats", findings.Is(flag::night_sweats));
  add(flag::unremitting_night_pain, "under 18 with night pain that nothing relieves",
      findings.Is(flag::unremitting_night_pain));
  add(flag::systemically_unwell, "under 18 and generally ill", findings.Is(flag::systemically_unwell));
}

void ReadReds(const Findings& findings, FlagReading* reading) {
  SetReading& set = (*reading)[SetId::kReds];
  const auto add = [&](const QuantityInput& input, const char* name, Truth met) {
    const std::optional<double> value = findings.Value(input);
    if (value) set.Add(input, std::string(name) + " " + Number(*value) + " " + std::string(input.unit), met, false);
  };
  const std::optional<double> rate = findings.Value(input::exam::heart_rate);
  const Truth slow =
      Or({AtMost(rate, kHeartRatePerMinAtMost),
          And({Below(findings.age_years(), kUnder18AgeYearsBelow), AtMost(rate, kUnder18HeartRatePerMinAtMost)})});
  add(input::exam::heart_rate, "heart rate", slow);
  add(input::exam::systolic_bp, "systolic pressure",
      AtMost(findings.Value(input::exam::systolic_bp), kSystolicMmhgAtMost));
  add(input::exam::diastolic_bp, "diastolic pressure",
      AtMost(findings.Value(input::exam::diastolic_bp), kDiastolicMmhgAtMost));
  add(input::exam::orthostatic_systolic_drop, "fall in systolic pressure on standing",
      Above(findings.Value(input::exam::orthostatic_systolic_drop), kOrthostaticDropMmhgAbove));
  add(input::exam::percent_expected_weight, "weight against the expected",
      AtMost(findings.Value(input::exam::percent_expected_weight), kExpectedWeightPercentAtMost));
}

// Rationale: age is no question, yet a set that only the missing age leaves open must not read as negative.
bool AgeDecides(const Findings& findings) {
  if (findings.age_years()) return false;
  if (IsTrue(findings.Is(flag::minor_trauma))) return true;
  const std::optional<double> rate = findings.Value(input::exam::heart_rate);
  if (IsTrue(And({Above(rate, kHeartRatePerMinAtMost), AtMost(rate, kUnder18HeartRatePerMinAtMost)}))) return true;
  return IsTrue(Or({Fever(findings), findings.Is(flag::unexplained_weight_loss), findings.Is(flag::night_sweats),
                    findings.Is(flag::unremitting_night_pain), findings.Is(flag::systemically_unwell)}));
}

}  // namespace

void SetReading::Add(const InputKey& input, std::string text, Truth met_now, bool needed) {
  if (IsUnknown(met_now) && !needed) return;
  met = Or({met, met_now});
  triggers.push_back({input, std::move(text), met_now});
}

std::string SetReading::Names() const {
  std::string names;
  for (const Trigger& trigger : triggers) {
    if (!IsTrue(trigger.met)) continue;
    if (!names.empty()) names += ", ";
    names += trigger.text;
  }
  return names;
}

bool Needed(const Question& question, const FlagReading& reading) {
  switch (question.need) {
    case Need::kCore:
      return true;
    case Need::kAroundBirth:
      return !IsFalse(reading.pregnant_or_just_delivered);
    case Need::kPregnancy:
      return IsTrue(reading.pregnant);
    case Need::kOptional:
      break;
  }
  return false;
}

FlagReading ReadFlags(const Findings& findings) {
  FlagReading reading;
  reading.pregnant = Pregnant(findings);
  reading.pregnant_or_just_delivered =
      Or({reading.pregnant, DeliveredWithin(findings, runner_sij::kPuerperiumDaysAtMost)});
  ReadQuestions(findings, &reading);
  ReadNeurology(findings, &reading);
  ReadInfection(findings, &reading);
  ReadFracture(findings, &reading);
  ReadMalignancy(findings, &reading);
  ReadUnder18(findings, &reading);
  ReadReds(findings, &reading);
  reading.age_decides = AgeDecides(findings);

  bool open = reading.age_decides || IsUnknown(reading.pregnant);
  for (const Question& question : kQuestions) {
    open = open || (Needed(question, reading) && IsUnknown(findings.Is(question.input)));
  }
  reading.screen = open ? Truth::kUnknown : Truth::kFalse;
  for (const SetReading& set : reading.sets) reading.screen = Or({reading.screen, set.met});
  return reading;
}

}  // namespace condyle::red_flag_screen
