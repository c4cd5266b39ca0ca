// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Could pain near the sacroiliac joint come from infection, or from axial spondyloarthritis? For adults with low-back
// or buttock pain; not for following known disease.
#include "condyle/sdk/plugin.h"
#include "plugins/pack/criteria/obstetric.h"
#include "plugins/pack/criteria/sides.h"
#include "plugins/sacroiliitis/axspa_path.h"
#include "plugins/sacroiliitis/infection_path.h"
#include "plugins/sacroiliitis/likelihood.h"
#include "plugins/sacroiliitis/pathway.h"
#include "plugins/sacroiliitis/tables.h"
#include "plugins/sacroiliitis/trace.h"
#include "sacroiliitis/manifest.h"

namespace condyle::sacroiliitis {
namespace {

v1::Status ToStatus(Truth truth) {
  return IsTrue(truth) ? v1::STATUS_POSITIVE : IsFalse(truth) ? v1::STATUS_NEGATIVE : v1::STATUS_INSUFFICIENT_DATA;
}

// The one side of pain; empty if both, neither or not said.
std::optional<Side> PainfulSide(const Findings& findings) {
  const auto hurts = [&](Side side) {
    return IsTrue(Or({findings.Is(input::pain::sij_region, side), findings.Is(input::pain::buttock, side)}));
  };
  if (hurts(Side::kLeft) == hurts(Side::kRight)) return std::nullopt;
  return hurts(Side::kLeft) ? Side::kLeft : Side::kRight;
}

void SetUrgency(const Findings& findings, const InfectionReading& infection, Answer& answer) {
  const bool no_pain = IsFalse(findings.Is(input::pain::present));
  answer.RaiseUrgency(no_pain ? v1::URGENCY_SELF_CARE : v1::URGENCY_ROUTINE);
  if (IsTrue(infection.met)) answer.RaiseUrgency(v1::URGENCY_EMERGENCY);
}

std::string_view Summary(const Findings& findings, const InfectionReading& infection, const AxspaReading& axspa) {
  if (IsFalse(findings.Is(input::pain::present))) {
    return "No current pain: neither the infection triggers nor the referral criteria for axial spondyloarthritis "
           "apply.";
  }
  if (IsTrue(infection.met)) return "An infection trigger is present: treat as possible infection of the joint now.";
  if (IsTrue(axspa.met)) {
    return IsFalse(infection.met)
               ? "Criteria for referral for suspected axial spondyloarthritis are met; the infection path is negative."
               : "Criteria for referral for suspected axial spondyloarthritis are met; infection questions are still "
                 "open.";
  }
  if (IsUnknown(infection.met)) {
    return "Infection of the joint cannot be judged yet: questions are open.";
  }
  if (IsFalse(infection.pain)) {
    return IsUnknown(axspa.met) ? "No pain over the joint or in the buttock is recorded; the referral criteria for "
                                  "axial spondyloarthritis are open."
                                : "No pain over the joint or in the buttock is recorded, and no referral criteria for "
                                  "axial spondyloarthritis are met.";
  }
  if (IsUnknown(axspa.met))
    return "No infection trigger was found; the referral criteria for axial spondyloarthritis are open.";
  return axspa.applies
             ? "No infection trigger was found, and the referral criteria for axial spondyloarthritis are not met."
             : "No infection trigger was found; axial spondyloarthritis is known already.";
}

void ConcludeInfection(const Findings& findings, const InfectionReading& infection, Answer& answer) {
  auto conclusion = answer.Conclude(condition::sij_infection, ToStatus(infection.met), {cite::B_2, cite::Hermet2012});
  conclusion.On(PainfulSide(findings)).Graded(v1::GRADE_COHORT);
  conclusion.Criterion("Pain over the sacroiliac joint or in the buttock, or its site not known", infection.pain,
                       v1::GRADE_COHORT, {cite::B_2, cite::Hermet2012});
  for (const auto& trigger : infection.triggers) {
    conclusion.Criterion(trigger.text, trigger.met, v1::GRADE_EXPERT_OPINION, {cite::B_2, cite::Hermet2012});
  }
}

void ConcludeAxspa(const Findings& findings, const AxspaReading& axspa, const AxspaProbability& probability,
                   Answer& answer) {
  auto conclusion =
      answer.Conclude(condition::axial_spondyloarthritis_suspected,
                      axspa.applies ? ToStatus(axspa.met) : v1::STATUS_NOT_APPLICABLE, {cite::NG65, cite::ASAS2009});
  conclusion.Graded(v1::GRADE_GUIDELINE);
  if (!axspa.applies) return;
  conclusion.On(PainfulSide(findings));
  if (probability.after) {
    const Share& after = *probability.after;
    conclusion.WithProbability({after.point, after.low, after.high, probability.text},
                               {cite::Rudwaleit2004, cite::RudwaleitFeldtkeller2006, cite::Sieper2005, cite::B_2});
  }
  const Count& items = axspa.nice_items;
  conclusion.Criterion("Entry: back pain of more than 3 months that began before age 45", axspa.nice_entry,
                       v1::GRADE_GUIDELINE, cite::NG65);
  conclusion.Criterion("4 of 9 items, or 3 with HLA-B27: " + std::to_string(items.met) + " met, " +
                           std::to_string(items.unknown) + " unknown",
                       axspa.nice, v1::GRADE_GUIDELINE, cite::NG65);
  conclusion.Criterion("HLA-B27 present", axspa.hla_b27, v1::GRADE_GUIDELINE, {cite::NG65, cite::ASAS2009});
  conclusion.Criterion("ASAS 2009 entry: back pain of at least 3 months that began before age 45", axspa.asas_entry,
                       v1::GRADE_GUIDELINE, cite::ASAS2009);
  conclusion.Criterion("ASAS 2009 imaging arm: sacroiliitis on imaging and 1 feature", axspa.imaging_arm,
                       v1::GRADE_GUIDELINE, cite::ASAS2009);
  conclusion.Criterion(
      "ASAS 2009 clinical arm: HLA-B27 and 2 other features (" + std::to_string(axspa.asas_features.met) + " met)",
      axspa.clinical_arm, v1::GRADE_GUIDELINE, cite::ASAS2009);
  conclusion.Criterion("Inflammatory back pain, ASAS experts, 4 of 5", axspa.asas_ibp, v1::GRADE_DIAGNOSTIC_STUDY,
                       cite::Sieper2009);
  conclusion.Criterion("Inflammatory back pain, Berlin, 2 of 4", axspa.berlin_ibp, v1::GRADE_DIAGNOSTIC_STUDY,
                       cite::Rudwaleit2006);
  conclusion.Criterion("Inflammatory back pain, Calin, 4 of 5", axspa.calin_ibp, v1::GRADE_DIAGNOSTIC_STUDY,
                       cite::Calin1977);
}

void ActOnInfection(const Findings& findings, const InfectionReading& infection, Answer& answer) {
  const Citations sources = {cite::B_2, cite::Hermet2012};
  if (IsUnknown(infection.met)) {
    answer.Hold("injection.steroid", "Infection triggers are not all answered: no steroid injection until they are",
                {cite::B_2, cite::K_34});
  }
  if (!IsTrue(infection.met)) return;

  const std::string found = "Infection trigger: " + MetTriggers(findings, infection);
  answer.Recommend(advice::ed_now, {found, std::nullopt, "now"});
  answer.Recommend(advice::blood_cultures_crp_esr, {found, std::nullopt, "same day"});
  answer.Recommend(advice::urgent_mri_pelvis_sacrum, {found, std::nullopt, "same day"});
  answer.Recommend(advice::exposure_history, {found});
  namespace mri = answer::imaging::mri_sacroiliac;
  for (const auto& [code, text] :
       {std::pair(mri::normal, "The first MRI was normal"),
        std::pair(mri::soft_tissue_oedema_only, "The first MRI showed soft tissue oedema only")}) {
    if (!IsTrue(findings.Is(input::imaging::mri_sacroiliac, code))) continue;
    answer.Recommend(advice::repeat_mri_if_suspicion, {std::string(text) + ", and an infection trigger is present"});
  }
  if (IsTrue(runner_sij::Pregnant(findings))) {
    answer.Recommend(advice::refer_obgyn, {"Pregnant, with an infection trigger"});
  }
  if (IsTrue(runner_sij::DeliveredWithin(findings, runner_sij::kSixMonthsDaysAtMost))) {
    answer.Recommend(advice::refer_obgyn, {"Gave birth within 183 days, with an infection trigger"});
  }
  for (std::string_view tag : {"load", "exercise", "manual", "self_care", "injection", "device.belt"}) {
    answer.Hold(tag, "Possible infection of the joint: this waits until it has been looked into", sources);
  }
}

void ActOnAxspa(const Findings& findings, const InfectionReading& infection, const AxspaReading& axspa,
                Answer& answer) {
  const Count& items = axspa.nice_items;
  if (IsTrue(axspa.met)) {
    std::string reason;
    if (IsTrue(axspa.nice)) {
      reason = std::to_string(items.met) + " of 9 items of NICE NG65" +
               (items.met < kNiceReferAtLeast ? ", with HLA-B27" : "");
    }
    if (IsTrue(axspa.asas)) {
      reason += std::string(reason.empty() ? "" : "; ") + "ASAS 2009 " +
                (IsTrue(axspa.imaging_arm) ? "imaging arm" : "clinical arm") + " met";
    }
    answer.Recommend(advice::refer_rheum, {reason, std::nullopt, "within weeks"});
    answer.Hold("exercise.pri", "Suspected axial spondyloarthritis: to be seen by rheumatology first", cite::B_2);
    answer.Hold("manual.manipulation",
                "Suspected axial spondyloarthritis: no manipulation before rheumatology has seen it",
                {cite::B_2, cite::X_4, cite::Ward2019});
  }
  if (axspa.applies && IsTrue(axspa.nice_entry) && items.met >= kNiceTestHlaB27At && IsUnknown(axspa.hla_b27)) {
    answer.Recommend(advice::order_hla_b27,
                     {std::to_string(items.met) + " of 9 items of NICE NG65 are met and HLA-B27 is not known"});
  }
  if (axspa.applies && !IsFalse(axspa.met) &&
      IsTrue(runner_sij::DeliveredWithin(findings, runner_sij::kSixMonthsDaysAtMost))) {
    answer.Recommend(advice::delay_sij_mri_postpartum,
                     {std::string("Gave birth within 183 days") +
                      (IsFalse(infection.met) ? "" : "; MRI for infection does not wait")});
  }
}

void ActOnContext(const Findings& findings, Answer& answer) {
  namespace mri = answer::imaging::mri_sacroiliac;
  if (IsTrue(findings.Is(input::imaging::mri_sacroiliac, mri::oedema_only))) {
    if (IsTrue(findings.Is(input::training::runner))) {
      answer.Recommend(advice::mri_oedema_caution, {"Marrow oedema without erosion, in a runner"});
    }
    if (IsTrue(runner_sij::DeliveredWithin(findings, kTwelveMonthsDaysAtMost))) {
      answer.Recommend(advice::mri_oedema_caution, {"Marrow oedema without erosion, within 12 months of birth"});
    }
  }
  if (IsTrue(findings.Is(input::medication::isotretinoin))) {
    answer.Recommend(advice::medication_review, {"Isotretinoin at, or in the 12 months before, the onset of pain"});
  }
  const Truth from_20_weeks = runner_sij::PregnantFromWeek(findings, runner_sij::kNsaidAvoidedWeeksAtLeast);
  if (IsTrue(runner_sij::Pregnant(findings)) && !IsFalse(from_20_weeks)) {
    answer.Recommend(advice::avoid_nsaid,
                     {IsTrue(from_20_weeks) ? "Pregnant, 20 weeks or more" : "Pregnant, the weeks are not known"});
  }
}

void ActOnStatus(const AxspaReading& axspa, Answer& answer) {
  if (answer.positive()) answer.Recommend(advice::safety_net, {"A path of this module is positive"});
  if (!answer.positive()) {
    answer.Recommend(advice::reassess_if_new_features,
                     {"The criteria can be met later: new features change the answer"});
  } else if (IsTrue(axspa.met)) {
    answer.Recommend(advice::reassess_if_new_features,
                     {"While the referral is pending, new features change its urgency"});
  }
}

void AskMissing(const Findings& findings, const InfectionReading& infection, const AxspaReading& axspa,
                Answer& answer) {
  if (IsTrue(infection.met)) return;
  AskInfection(findings, infection, answer);
  AskAxspa(findings, axspa, answer);
  if (answer.status() != v1::STATUS_INSUFFICIENT_DATA) return;
  const bool severe_after_birth = IsTrue(And({infection.birth_window, infection.severe}));
  std::string reason = IsUnknown(infection.met) ? "Open: infection triggers" : "";
  if (IsUnknown(axspa.met)) {
    reason += std::string(reason.empty() ? "Open: " : "; ") + "referral criteria for axial spondyloarthritis";
  }
  if (severe_after_birth) reason += "; severe pain soon after a birth or loss: temperature and CRP are needed today";
  answer.Recommend(advice::ask_missing, {reason, std::nullopt, severe_after_birth ? "same day" : ""});
}

void AddCaveats(const Findings& findings, const InfectionReading& infection, const AxspaReading& axspa,
                Answer& answer) {
  if (IsFalse(findings.Is(input::pain::present))) return;
  answer.Caveat(
      "Several infection limits are expert opinion and have not been validated: CRP of 50 mg/L, pain of 7 of 10 after "
      "a "
      "birth or loss, and 38.0 degrees Celsius where the series used more than 37.8.");
  if (IsFalse(infection.met)) {
    if (const std::string elsewhere = MetTriggers(findings, infection); !elsewhere.empty()) {
      answer.Caveat(
          "Not read as infection of this joint, since no pain is recorded there, and still in need of an answer: " +
          elsewhere + ".");
    }
    answer.Caveat(
        "Absence of triggers never excludes infection: fewer than half of the adults in one series had a fever.");
  }
  if (!axspa.applies) return;
  answer.Caveat(
      "NICE NG65 says whom to refer and ASAS 2009 classifies; neither is a diagnosis. The likelihood ratios come from "
      "rheumatology clinics, are lower in primary care and are not independent, so they are not multiplied.");
  if (IsTrue(axspa.met)) {
    answer.Caveat(
        "Criteria of axial disease leave infection open: 69 of 135 infections of the joint met those of ASAS (Wang "
        "2024).");
  }
  if (IsTrue(axspa.asas) && !IsTrue(axspa.nice)) {
    answer.Caveat("The sources differ here: ASAS 2009 is met and NICE NG65 is not; the referral follows ASAS 2009.");
  }
  const Truth all = And({axspa.asas_ibp, axspa.berlin_ibp, axspa.calin_ibp});
  const Truth any = Or({axspa.asas_ibp, axspa.berlin_ibp, axspa.calin_ibp});
  if (IsFalse(all) && IsTrue(any)) {
    answer.Caveat(
        "The sets for inflammatory back pain differ here (ASAS experts, Berlin, Calin); only that of the ASAS experts "
        "counts.");
  }
  if (PainfulSide(findings) && !IsFalse(axspa.met)) {
    answer.Caveat(
        "Sources differ on the sides (X-11): sacroiliitis typically on both (K-55), or acute pain with fever, which is "
        "infection and mostly on one side (K-20, printed beside another heading). Followed: pain on one side with "
        "signs "
        "of illness is handled as infection first, and one side never counts against sacroiliitis.");
  }
}

}  // namespace

void Assess(const Findings& findings, const Call&, Answer& answer) {
  const InfectionReading infection = ReadInfection(findings);
  const AxspaReading axspa = ReadAxspa(findings);
  answer.SetStatus(Or({infection.met, axspa.met}));
  SetUrgency(findings, infection, answer);
  answer.SetSummary(Summary(findings, infection, axspa));
  ConcludeInfection(findings, infection, answer);
  const AxspaProbability probability = ReadProbability(findings, infection, axspa);
  ConcludeAxspa(findings, axspa, probability, answer);
  TraceInfection(findings, infection, answer);
  TraceAxspa(findings, axspa, answer);
  AddPathway(findings, infection, axspa, answer);
  ActOnInfection(findings, infection, answer);
  ActOnAxspa(findings, infection, axspa, answer);
  ActOnContext(findings, answer);
  ActOnStatus(axspa, answer);
  AskMissing(findings, infection, axspa, answer);
  AddCaveats(findings, infection, axspa, answer);
  if (!probability.after && !probability.text.empty()) answer.Caveat(probability.text);
}

}  // namespace condyle::sacroiliitis

CONDYLE_PLUGIN(condyle::sacroiliitis::Assess, condyle::sacroiliitis::kPluginId, condyle::sacroiliitis::kPluginVersion);
