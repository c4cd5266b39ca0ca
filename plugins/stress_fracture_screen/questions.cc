// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The questions.
#include "plugins/stress_fracture_screen/questions.h"

#include <string_view>

namespace condyle::stress_fracture_screen {
namespace {

// Asks what the answer really turns on; collects the names for ask_missing.
class Questions {
 public:
  Questions(const Findings& findings, Answer& answer) : findings_(findings), answer_(answer) {}

  void Boolean(const BooleanInput& input, std::string_view name, std::string_view why) {
    if (IsUnknown(findings_.Is(input))) Any(input, name, why);
  }
  void Value(const QuantityInput& input, std::string_view name, std::string_view why) {
    if (!findings_.Value(input)) Any(input, name, why);
  }
  void Any(const InputKey& input, std::string_view name, std::string_view why) {
    answer_.Ask(input, why, true);
    if (!names_.empty()) names_ += ", ";
    names_ += name;
  }
  void OfPatient(std::string_view key, std::string_view name, std::string_view why) {
    answer_.AskOfPatient(key, why, true);
    if (!names_.empty()) names_ += ", ";
    names_ += name;
  }
  const std::string& names() const { return names_; }

 private:
  const Findings& findings_;
  Answer& answer_;
  std::string names_;
};

void AskRiskFactors(const Findings& findings, const Reading& reading, Questions& ask) {
  constexpr std::string_view kWhy = "A risk factor; two of seven count as much as an examination finding.";
  const auto open = [&](int factor) { return IsUnknown(reading.factors[static_cast<size_t>(factor)].present); };
  if (open(0)) {
    ask.Value(input::training::weekly_volume_increase, "rise in weekly distance", kWhy);
    ask.Boolean(input::training::new_surface_or_intensity, "new surface or intensity", kWhy);
  }
  if (open(1)) ask.Value(input::history::prior_bsi_count, "earlier bone stress injuries", kWhy);
  if (open(2)) {
    if (!findings.Code(input::energy::dietary_restriction)) {
      ask.Any(input::energy::dietary_restriction, "dietary restriction", kWhy);
    }
    if (!reading.triad.weight.points.settled()) {
      const bool adult = !IsFalse(AtLeast(findings.age_years(), kBmiAgeYearsAtLeast));
      if (adult) {
        ask.Value(input::exam::bmi, "body mass index", kWhy);
      } else {
        ask.Value(input::exam::percent_expected_weight, "weight against the expected", kWhy);
      }
    }
    if (findings.sex() == v1::SEX_MALE) {
      ask.Boolean(input::energy::low_libido, "libido", kWhy);
    } else if (findings.sex() == v1::SEX_FEMALE) {
      ask.Value(input::energy::menarche_age, "age at first period", kWhy);
      if (!reading.triad.menses_not_scored) {
        ask.Value(input::energy::menses_last_12_months, "periods in 12 months", kWhy);
      }
    }
  }
  if (open(3)) {
    ask.Value(input::obstetric::days_since_delivery, "days since delivery", kWhy);
    ask.Boolean(input::obstetric::lactating, "breastfeeding", kWhy);
  }
  if (open(4)) {
    ask.Boolean(input::medication::systemic_corticosteroid, "systemic corticosteroid", kWhy);
    ask.Boolean(input::medication::heparin_or_antiepileptic, "heparin or antiepileptic", kWhy);
  }
  if (open(5)) ask.Value(input::lab::vitamin_d_25oh, "vitamin D", kWhy);
  if (open(6)) {
    ask.Boolean(input::history::osteoporosis, "osteoporosis", kWhy);
    if (findings.sex() != v1::SEX_MALE) ask.Boolean(input::history::postmenopausal, "postmenopausal", kWhy);
  }
  if (findings.sex() == v1::SEX_UNSPECIFIED && (open(2) || open(3) || open(6))) {
    ask.OfPatient("patient.sex", "sex", kWhy);
  }
  if (!findings.age_years() && (open(2) || open(6))) ask.OfPatient("patient.age", "age", kWhy);
}

}  // namespace

std::string AskWhatDecides(const Findings& findings, const Reading& reading, Answer& answer) {
  Questions ask(findings, answer);
  constexpr std::string_view kRule = "Part of the bone stress injury rule.";
  ask.Boolean(input::pain::present, "whether there is pain", kRule);
  ask.Boolean(input::pain::load_related, "whether the pain is load related", "Without it the rule cannot be met.");
  if (IsUnknown(reading.groin)) {
    ask.Any(input::pain::groin, "groin pain", "With loading it opens the femoral neck path.");
  }
  ask.Boolean(input::pain::with_walking, "pain on walking", kRule);
  if (IsUnknown(reading.loading)) {
    if (IsUnknown(reading.stance) && !reading.hop_unsafe) {
      ask.Any(input::exam::single_leg_stance, "standing on one leg", kRule);
    }
    // The hop comes last and only where nothing speaks for an injury of the femoral neck.
    if (!reading.hop_unsafe && IsFalse(reading.walking)) ask.Any(input::exam::single_leg_hop, "hop", kRule);
  }
  if (IsUnknown(reading.tenderness)) {
    if (IsUnknown(reading.sacral_tenderness)) ask.Any(input::exam::sacral_tenderness, "sacral tenderness", kRule);
    if (reading.ramus_needed && IsUnknown(reading.ramus_tenderness)) {
      ask.Any(input::exam::pubic_ramus_tenderness, "pubic ramus tenderness", kRule);
    }
  }
  if (IsUnknown(reading.risk)) AskRiskFactors(findings, reading, ask);
  return ask.names();
}

void AskWhatCouldRaise(const Findings& findings, const Reading& reading, Answer& answer) {
  Questions ask(findings, answer);
  if (IsFalse(reading.femoral_neck) || IsTrue(reading.femoral_neck_emergency)) return;
  constexpr std::string_view kWhy = "With load-related groin pain this would be an emergency.";
  if (IsUnknown(reading.groin) && !IsTrue(reading.femoral_neck)) {
    ask.Any(input::pain::groin, "groin pain", "With loading it opens the femoral neck path.");
  }
  if (!IsTrue(reading.femoral_neck)) return;
  ask.Boolean(input::exam::limp, "limp", kWhy);
  ask.Boolean(input::pain::at_rest, "pain at rest", kWhy);
  ask.Boolean(input::red_flag::unable_to_bear_weight, "unable to bear weight", kWhy);
  const SidedTruth rotation = findings.Sided(input::exam::hip_rotation_painful);
  if (IsUnknown(And({rotation.left, rotation.right}))) {
    ask.Any(input::exam::hip_rotation_painful, "hip rotation", kWhy);
  }
}

}  // namespace condyle::stress_fracture_screen
