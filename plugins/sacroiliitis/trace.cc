// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Evidence of both paths.
#include "plugins/sacroiliitis/trace.h"

#include <string>

#include "plugins/pack/criteria/obstetric.h"
#include "plugins/sacroiliitis/likelihood.h"
#include "plugins/sacroiliitis/tables.h"
#include "sacroiliitis/manifest.h"

namespace condyle::sacroiliitis {
namespace {

namespace flag = input::red_flag;
namespace mri = answer::imaging::mri_sacroiliac;

constexpr v1::Direction kFor = v1::DIRECTION_FOR;
constexpr v1::Direction kAgainst = v1::DIRECTION_AGAINST;
constexpr v1::Direction kNeutral = v1::DIRECTION_NEUTRAL;

struct Question {
  BooleanInput input;
  std::string_view present;
  std::string_view absent;
  v1::Direction present_is;
  v1::Direction absent_is;
};

// The five core questions count against when denied; of the others a "no" carries no weight.
constexpr std::array<Question, 10> kInfectionQuestions = {{
    {flag::fever_rigors, "Fever, chills or rigors: infection trigger",
     "No fever, chills or rigors reported; absence never excludes infection", kFor, kAgainst},
    {flag::iv_drug_use, "Injects drugs: infection trigger", "Does not inject drugs", kFor, kAgainst},
    {flag::immunosuppression, "Weakened immunity: infection trigger", "Immunity not known to be weakened", kFor,
     kAgainst},
    {flag::recent_infection, "Infection in the last 3 months: infection trigger", "No infection in the last 3 months",
     kFor, kAgainst},
    {flag::recent_procedure, "Injection, block, epidural or operation in the last 3 months: infection trigger",
     "No injection, block, epidural or operation in the last 3 months", kFor, kAgainst},
    {flag::unable_to_bear_weight, "Unable to bear weight: infection trigger with illness or fever",
     "Able to bear weight", kNeutral, kNeutral},
    {flag::systemically_unwell, "Generally ill: infection trigger together with being unable to bear weight",
     "Not generally ill", kNeutral, kNeutral},
    {input::history::raw_dairy_or_livestock,
     "Unpasteurised dairy or work with livestock: infection trigger (brucellosis)",
     "No unpasteurised dairy or work with livestock", kFor, kNeutral},
    {input::history::tb_contact, "Contact with tuberculosis: infection trigger with night sweats",
     "No contact with tuberculosis", kNeutral, kNeutral},
    {flag::night_sweats, "Night sweats: infection trigger with contact with tuberculosis", "No night sweats", kNeutral,
     kNeutral},
}};

void TraceLaboratory(const Findings& findings, Answer& answer) {
  if (const auto celsius = findings.Value(input::exam::temperature)) {
    const bool fever = *celsius >= runner_sij::kFeverCelsiusAtLeast;
    answer.Evidence(input::exam::temperature, std::nullopt, fever ? kFor : kNeutral,
                    "Temperature " + Number(*celsius) + " degrees Celsius; " +
                        (fever ? "at least 38.0: infection trigger" : "below 38.0, which never excludes infection"),
                    v1::GRADE_EXPERT_OPINION, {cite::Hermet2012, cite::B_2});
  }
  if (const auto crp = findings.Value(input::lab::crp)) {
    const bool high = *crp >= kVeryHighCrpMgPerLAtLeast;
    answer.Evidence(
        input::lab::crp, std::nullopt, high ? kFor : kNeutral,
        "CRP " + Number(*crp) + " mg/L; " +
            (high ? "at least 50: infection trigger" : "below 50; CRP alone never makes the infection path negative"),
        v1::GRADE_EXPERT_OPINION, {cite::Hermet2012, cite::B_2});
  }
  if (const auto cells = findings.Value(input::lab::wbc)) {
    const bool high = *cells > kWhiteCellsPerNlAbove;
    answer.Evidence(input::lab::wbc, std::nullopt, high ? kFor : kNeutral,
                    "White cells " + Number(*cells) + " x 10^9/L; " +
                        (high ? "above 11: infection trigger, if nothing else explains it"
                              : "not above 11, which never excludes infection"),
                    v1::GRADE_CASE_REPORT, {cite::Hindawi2013, cite::B_2});
  }
  if (const auto esr = findings.Value(input::lab::esr)) {
    answer.Evidence(input::lab::esr, std::nullopt, kNeutral,
                    "ESR " + Number(*esr) + " mm/h; shown for the reader, no limit is applied",
                    v1::GRADE_EXPERT_OPINION, cite::B_2);
  }
  if (const auto culture = findings.Code(input::lab::blood_culture)) {
    const bool growth = *culture == answer::lab::blood_culture::positive.code;
    answer.Evidence(
        input::lab::blood_culture, std::nullopt, growth ? kFor : kNeutral,
        "Blood culture " + std::string(*culture) + (growth ? ": infection trigger" : "; never excludes infection"),
        v1::GRADE_COHORT, {cite::Hermet2012, cite::B_2});
  }
  if (IsTrue(findings.Is(input::imaging::mri_sacroiliac, mri::infection_features))) {
    answer.Evidence(input::imaging::mri_sacroiliac, std::nullopt, kFor,
                    "MRI with effusion, abscess or septic features: infection trigger", v1::GRADE_COHORT,
                    {cite::Hermet2012, cite::B_2});
  } else if (IsTrue(Or({findings.Is(input::imaging::mri_sacroiliac, mri::normal),
                        findings.Is(input::imaging::mri_sacroiliac, mri::soft_tissue_oedema_only)}))) {
    answer.Evidence(input::imaging::mri_sacroiliac, std::nullopt, kNeutral,
                    "MRI without septic features; an early scan can look bland in infection", v1::GRADE_CASE_REPORT,
                    {cite::Guin2026, cite::B_2});
  }
}

void TraceBirth(const Findings& findings, const InfectionReading& infection, Answer& answer) {
  const auto days = findings.Value(input::obstetric::days_since_delivery);
  if (days && findings.sex() != v1::SEX_MALE) {
    answer.Evidence(input::obstetric::days_since_delivery, std::nullopt, kNeutral,
                    Number(*days) + " days since delivery; up to 42, severe pain is an infection trigger",
                    v1::GRADE_EXPERT_OPINION, cite::B_2);
  }
  if (IsTrue(findings.Is(input::obstetric::loss_or_abortion_last_6_weeks))) {
    answer.Evidence(input::obstetric::loss_or_abortion_last_6_weeks, std::nullopt, kNeutral,
                    "Miscarriage or abortion in the last 6 weeks; severe pain is then an infection trigger",
                    v1::GRADE_EXPERT_OPINION, cite::B_2);
  }
  if (const auto intensity = findings.Value(input::pain::intensity)) {
    answer.Evidence(
        input::pain::intensity, std::nullopt, IsTrue(infection.after_birth) ? kFor : kNeutral,
        "Pain " + Number(*intensity) + " of 10; " +
            (IsTrue(infection.severe) ? "severe (7 or more)" : "not severe (below 7)") +
            (IsTrue(infection.after_birth) ? ", soon after a birth or loss with fever or a raised CRP" : ""),
        v1::GRADE_EXPERT_OPINION, cite::B_2);
  }
}

// What the finding alone makes of the probability; only where the figure before applies.
std::string Alone(const AxspaReading& axspa, const std::optional<Ratio>& ratio, double primary_care = 0) {
  return ratio && IsTrue(axspa.nice_entry) ? AloneInWords({*ratio, primary_care}) : std::string();
}

// Names the criteria it counts in; the ratio of rheumatology clinics is on the line itself, that of primary care in
// words.
std::string Statement(const Feature& feature, bool present) {
  std::string text = std::string(feature.text) + (present ? ": present" : ": absent");
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  if (feature.nice_item) text += "; item of NICE NG65";
  if (feature.asas_feature) text += "; feature of ASAS 2009";
  if (present && feature.primary_care_ratio > 0) {
    text += "; likelihood ratio in primary care " + Number(feature.primary_care_ratio);
  }
  if (!present && feature.asas_feature && feature.absent_ratio == 0) text += "; its absence carries no weight";
  return text;
}

void TraceFeatures(const Findings& findings, const AxspaReading& axspa, Answer& answer) {
  for (const Feature& feature : kFeatures) {
    const Truth state = findings.Is(feature.input);
    if (IsUnknown(state)) continue;
    const bool present = IsTrue(state);
    const bool no_weight = !present && feature.absent_ratio == 0 && feature.asas_feature;
    std::optional<Ratio> ratio;
    if (present && feature.present_ratio > 0) ratio = Ratio{feature.present_ratio};
    if (present && feature.present_ratio == 0) ratio = Ratio{feature.primary_care_ratio};
    if (!present && feature.absent_ratio > 0) ratio = Ratio{feature.absent_ratio};
    const double primary_care = present ? feature.primary_care_ratio : 0;
    answer.Evidence(feature.input, std::nullopt,
                    present     ? kFor
                    : no_weight ? kNeutral
                                : kAgainst,
                    Statement(feature, present) + Alone(axspa, ratio, primary_care), v1::GRADE_COHORT,
                    {feature.source, cite::Rudwaleit2004, cite::B_2}, ratio);
  }
  namespace family = answer::history::family_spa;
  if (const auto relative = findings.Code(input::history::family_spa)) {
    const bool none = *relative == family::none.code;
    const bool second = *relative == family::second_degree.code;
    answer.Evidence(input::history::family_spa, std::nullopt, none ? kAgainst : kFor,
                    std::string(none     ? "No relative with a disease of this family"
                                : second ? "Second-degree relative affected; ASAS 2009 counts it, NICE NG65 does not"
                                         : "First-degree relative affected; NICE NG65 and ASAS 2009 count it") +
                        Alone(axspa, none ? kFamilyAbsent : kFamilyPresent),
                    v1::GRADE_COHORT, {cite::RudwaleitFeldtkeller2006, cite::NG65, cite::ASAS2009},
                    none ? kFamilyAbsent : kFamilyPresent);
  }
}

void TraceEntry(const Findings& findings, const AxspaReading& axspa, Answer& answer) {
  if (const auto days = findings.Value(input::pain::duration)) {
    const bool chronic = *days > kThreeMonthsDays;
    answer.Evidence(input::pain::duration, std::nullopt, chronic ? kFor : kAgainst,
                    "Pain for " + Number(*days) +
                        " days; NICE NG65 asks for more than 3 months (91.3 days), ASAS 2009 for at least that",
                    v1::GRADE_GUIDELINE, {cite::NG65, cite::ASAS2009});
  }
  if (!axspa.onset_years) return;
  const double years = *axspa.onset_years;
  const bool recorded = findings.Value(input::pain::onset_age).has_value();
  const std::string statement = "Onset at age " + Number(static_cast<int>(years * 10) / 10.0) +
                                (recorded ? "" : " (age less duration)") +
                                "; entry below 45, item of NICE NG65 below 35";
  const v1::Direction direction = years < kEntryOnsetYearsBelow ? kFor : kAgainst;
  if (recorded) {
    answer.Evidence(input::pain::onset_age, std::nullopt, direction, statement, v1::GRADE_GUIDELINE,
                    {cite::NG65, cite::ASAS2009});
  } else {
    answer.EvidenceOfPatient("patient.age", direction, statement, v1::GRADE_GUIDELINE, {cite::NG65, cite::ASAS2009});
  }
}

void TraceInflammatoryPattern(const Findings& findings, const AxspaReading& axspa, Answer& answer) {
  if (!IsUnknown(axspa.asas_ibp)) {
    answer.Evidence(
        input::pain::duration, std::nullopt, IsTrue(axspa.asas_ibp) ? kFor : kAgainst,
        std::string("Inflammatory back pain by the ASAS experts' set (4 of 5, back pain of at least 3 months): ") +
            (IsTrue(axspa.asas_ibp) ? "met" : "not met") + "; a pattern of pain, no diagnosis",
        v1::GRADE_DIAGNOSTIC_STUDY, cite::Sieper2009,
        IsTrue(axspa.asas_ibp)                                      ? std::optional(kAsasIbpMet)
        : findings.Value(input::pain::duration) >= kThreeMonthsDays ? std::optional(kAsasIbpNotMet)
                                                                    : std::nullopt);
  }
  struct Item {
    BooleanInput input;
    std::string_view text;
    bool counts_when;
  };
  constexpr std::array<Item, 3> kItems = {{
      {input::pain::insidious_onset, "gradual onset", true},
      {input::pain::improves_with_rest, "better with rest", false},
      {input::pain::night_pain_improves_on_rising, "night pain better on getting up", true},
  }};
  for (const Item& item : kItems) {
    const Truth state = findings.Is(item.input);
    if (IsUnknown(state)) continue;
    const bool counts = IsTrue(state) == item.counts_when;
    answer.Evidence(
        item.input, std::nullopt, counts ? kFor : kAgainst,
        "Item of inflammatory back pain (ASAS experts): " + std::string(item.text) + (IsTrue(state) ? ", yes" : ", no"),
        v1::GRADE_DIAGNOSTIC_STUDY, cite::Sieper2009);
  }
  if (const auto minutes = findings.Value(input::pain::morning_stiffness)) {
    const bool long_enough = *minutes > kMorningStiffnessMinutesAbove;
    answer.Evidence(input::pain::morning_stiffness, std::nullopt, long_enough ? kFor : kAgainst,
                    "Morning stiffness " + Number(*minutes) + " min; " +
                        (long_enough ? "more than 30: Berlin criterion met; likelihood ratio in primary care 1.1"
                                     : "not more than 30: Berlin criterion not met") +
                        ". Source texts print less than 30 (K-22) or no time (K-55); followed: the published sign, "
                        "more than 30",
                    v1::GRADE_DIAGNOSTIC_STUDY,
                    {cite::Rudwaleit2006, cite::B_2, cite::X_12, cite::K_22, cite::K_55, cite::K_129});
  }
}

void TraceTests(const Findings& findings, const AxspaReading& axspa, Answer& answer) {
  if (const auto crp = findings.Value(input::lab::crp)) {
    const bool raised = *crp > kNormalCrpMgPerLAtMost;
    answer.Evidence(input::lab::crp, std::nullopt, raised ? kFor : kAgainst,
                    "CRP " + Number(*crp) + " mg/L; " +
                        (raised ? "above 10: feature of ASAS 2009 if nothing else explains it" : "not above 10") +
                        Alone(axspa, raised ? kCrpRaised : kCrpNormal),
                    v1::GRADE_COHORT, {cite::RudwaleitFeldtkeller2006, cite::ASAS2009, cite::Rudwaleit2004},
                    raised ? kCrpRaised : kCrpNormal);
  }
  if (!IsUnknown(axspa.hla_b27)) {
    const bool positive = IsTrue(axspa.hla_b27);
    const FeatureRatio ratio = HlaB27Ratio(findings, positive);
    answer.Evidence(input::lab::hla_b27, std::nullopt, positive ? kFor : kAgainst,
                    std::string("HLA-B27 ") + (positive ? "present" : "absent") +
                        (positive ? "; likelihood ratio in primary care 3.9; most carriers never fall ill"
                                  : "; does not settle the question on its own") +
                        Alone(axspa, ratio.clinic, ratio.primary_care),
                    v1::GRADE_COHORT, {cite::Sieper2005, cite::Reveille2012, cite::Rudwaleit2004, cite::B_2},
                    ratio.clinic);
  }
  if (const auto film = findings.Code(input::imaging::pelvic_xray)) {
    const bool sacroiliitis = *film == answer::imaging::pelvic_xray::sacroiliitis_mny.code;
    const bool normal = *film == answer::imaging::pelvic_xray::normal.code;
    if (sacroiliitis || normal) {
      answer.Evidence(input::imaging::pelvic_xray, std::nullopt, sacroiliitis ? kFor : kAgainst,
                      sacroiliitis ? "Radiograph: sacroiliitis by the modified New York grades"
                                   : "Radiograph normal; early disease does not show on it",
                      v1::GRADE_COHORT, {cite::vanderLinden1984, cite::RudwaleitFeldtkeller2006},
                      sacroiliitis ? kXraySacroiliitis : kXrayNormal);
    }
  }
  for (const auto& [input, text] :
       {std::pair(input::exam::lumbar_motion_limited, "Lumbar motion limited in both planes"),
        std::pair(input::exam::chest_expansion_reduced, "Chest expansion reduced")}) {
    const Truth state = findings.Is(input);
    if (IsUnknown(state)) continue;
    answer.Evidence(
        input, std::nullopt, IsTrue(state) ? kFor : kNeutral,
        std::string(text) + (IsTrue(state) ? ": yes" : ": no") + "; clinical item of the modified New York criteria",
        v1::GRADE_COHORT, cite::vanderLinden1984);
  }
}

void TraceMri(const Findings& findings, const AxspaReading& axspa, Answer& answer) {
  const auto scan = findings.Code(input::imaging::mri_sacroiliac);
  if (!scan) return;
  const Truth runner = findings.Is(input::training::runner);
  const Truth after_birth = runner_sij::DeliveredWithin(findings, runner_sij::kSixMonthsDaysAtMost);
  const Citations sources = {cite::Sieper2005, cite::deWinter2018, cite::Weber2018, cite::Renson, cite::B_2};
  const std::optional<Ratio> ratio = MriRatio(findings);
  const std::string alone = Alone(axspa, ratio);
  if (*scan == mri::oedema_with_structural_lesion.code) {
    answer.Evidence(input::imaging::mri_sacroiliac, std::nullopt, kFor,
                    "MRI: marrow oedema with erosion, or deep oedema; counts as sacroiliitis (ASAS 2009)" +
                        (ratio ? alone : std::string("; deep lesions were seen in no runner, so no ratio is given")),
                    v1::GRADE_COHORT, sources, ratio);
  } else if (*scan == mri::oedema_only.code) {
    const bool counts = IsFalse(runner) && IsFalse(after_birth);
    const bool corrected = ratio && ratio->point != kMriSacroiliitis.point;
    answer.Evidence(
        input::imaging::mri_sacroiliac, std::nullopt, counts ? kFor : kNeutral,
        std::string(
            counts ? "MRI: marrow oedema alone, in someone who does not run and gave no birth within 183 days; counts"
                   : "MRI: marrow oedema alone; not counted in a runner, within 183 days of birth, or while either is "
                     "unknown") +
            (corrected ? "; the ratio is derived from how often runners and women after birth have it" : "") + alone,
        v1::GRADE_COHORT, sources, ratio);
  } else if (*scan == mri::normal.code) {
    answer.Evidence(input::imaging::mri_sacroiliac, std::nullopt, kAgainst,
                    "MRI of the sacroiliac joints normal; for axial spondyloarthritis only, and not on its own" + alone,
                    v1::GRADE_COHORT, sources, ratio);
  }
}

// What else can look like it.
void TraceMimics(const Findings& findings, Answer& answer) {
  const auto parity = findings.Value(input::obstetric::parity);
  if (const auto ct = findings.Code(input::imaging::ct_pelvis)) {
    if (*ct == answer::imaging::ct_pelvis::iliac_sclerosis_joint_space_kept.code) {
      answer.Evidence(
          input::imaging::ct_pelvis, std::nullopt, kAgainst,
          "CT: triangular iliac sclerosis with the joint space kept, the pattern of osteitis condensans ilii" +
              (parity ? " (births: " + Number(*parity) + ")" : std::string()),
          v1::GRADE_CASE_REPORT, cite::StatPearls_OCI);
    } else if (*ct == answer::imaging::ct_pelvis::erosion.code) {
      answer.Evidence(input::imaging::ct_pelvis, std::nullopt, kFor,
                      "CT: erosion of the joint; not part of the ASAS 2009 imaging arm", v1::GRADE_EXPERT_OPINION,
                      cite::B_2);
    }
  }
  if (parity) {
    answer.Evidence(input::obstetric::parity, std::nullopt, kNeutral,
                    Number(*parity) + " births; osteitis condensans ilii is seen after several", v1::GRADE_CASE_REPORT,
                    cite::StatPearls_OCI);
  }
  if (IsTrue(findings.Is(input::medication::isotretinoin))) {
    answer.Evidence(input::medication::isotretinoin, std::nullopt, kAgainst,
                    "Isotretinoin at, or in the 12 months before, the onset: it can cause sacroiliitis by itself",
                    v1::GRADE_CASE_REPORT, {cite::Mulkoglu2020, cite::Karadag2019});
  }
  if (IsTrue(findings.Is(input::history::preceding_urethritis_or_diarrhoea))) {
    answer.Evidence(input::history::preceding_urethritis_or_diarrhoea, std::nullopt, kFor,
                    "Urethritis, cervicitis or diarrhoea in the month before: think of reactive arthritis; not counted",
                    v1::GRADE_EXPERT_OPINION, {cite::B_2, cite::K_54});
  }
  if (IsTrue(findings.Is(flag::acute_red_painful_eye))) {
    answer.Evidence(flag::acute_red_painful_eye, std::nullopt, kFor,
                    "Red painful eye or visual change: possible uveitis, counted once an eye clinician has seen it",
                    v1::GRADE_GUIDELINE, {cite::B_6, cite::ASAS2009});
  }
}

}  // namespace

void TraceInfection(const Findings& findings, const InfectionReading& infection, Answer& answer) {
  for (const Question& question : kInfectionQuestions) {
    const Truth state = findings.Is(question.input);
    if (IsUnknown(state)) continue;
    answer.Evidence(question.input, std::nullopt, IsTrue(state) ? question.present_is : question.absent_is,
                    IsTrue(state) ? question.present : question.absent, v1::GRADE_COHORT,
                    {cite::Hermet2012, cite::B_2});
  }
  TraceLaboratory(findings, answer);
  TraceBirth(findings, infection, answer);
}

void TraceAxspa(const Findings& findings, const AxspaReading& axspa, Answer& answer) {
  if (!axspa.applies) {
    answer.Evidence(input::history::known_axspa, std::nullopt, kNeutral,
                    "Axial spondyloarthritis is known already: the referral criteria are not asked",
                    v1::GRADE_EXPERT_OPINION, cite::B_2);
    return;
  }
  TraceEntry(findings, axspa, answer);
  TraceFeatures(findings, axspa, answer);
  TraceInflammatoryPattern(findings, axspa, answer);
  TraceTests(findings, axspa, answer);
  TraceMri(findings, axspa, answer);
  TraceMimics(findings, answer);
}

}  // namespace condyle::sacroiliitis
