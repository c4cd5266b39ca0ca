// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A small catalogue of its own kind for the tests of intake, and matchers for results.
#ifndef CONDYLE_HOST_INTAKE_INTAKE_TEST_SUPPORT_H_
#define CONDYLE_HOST_INTAKE_INTAKE_TEST_SUPPORT_H_

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

#include "host/intake/intake.h"

namespace condyle::intake {

inline constexpr char kTestManifest[] = R"pb(
  id: "test"
  code_system: "urn:test"
  inputs { key: "pain.present" type: INPUT_TYPE_BOOLEAN section: "pain" question: "Pain?" }
  inputs { key: "pain.buttock" type: INPUT_TYPE_BOOLEAN sided: true section: "pain" question: "Buttock pain?" }
  inputs { key: "pain.duration" type: INPUT_TYPE_QUANTITY unit: "d" min: 0 max: 36525 section: "pain" }
  inputs { key: "pain.onset_age" type: INPUT_TYPE_QUANTITY unit: "a" min: 0 max: 120 section: "pain" }
  inputs {
    key: "pain.intensity"
    type: INPUT_TYPE_QUANTITY
    unit: "{score}"
    min: 0
    max: 10
    section: "pain"
    codings { system: "http://loinc.org" code: "72514-3" }
  }
  inputs { key: "exam.thigh_thrust" type: INPUT_TYPE_BOOLEAN sided: true by_examiner: true section: "exam" }
  inputs { key: "exam.aslr" type: INPUT_TYPE_QUANTITY unit: "{score}" min: 0 max: 5 sided: true section: "exam" }
  inputs {
    key: "exam.slr"
    type: INPUT_TYPE_CODED
    sided: true
    section: "exam"
    answers { code: "negative" text: "no" }
    answers { code: "equivocal" text: "unclear" }
    answers {
      code: "positive"
      text: "yes"
      codings { system: "http://snomed.info/sct" code: "10828004" }
    }
  }
  inputs {
    key: "exam.neuro_screen"
    type: INPUT_TYPE_CODED
    section: "exam"
    answers { code: "normal" }
    answers { code: "abnormal" }
  }
  inputs {
    key: "exam.motor_weakness"
    type: INPUT_TYPE_CODED
    sided: true
    section: "exam"
    answers { code: "none" }
    answers { code: "mild" }
    answers { code: "marked" }
  }
  inputs {
    key: "exam.temperature"
    type: INPUT_TYPE_QUANTITY
    unit: "Cel"
    min: 25
    max: 45
    section: "exam"
    accepted_units { unit: "[degF]" factor: 0.5555555555555556 offset: -17.77777777777778 }
    accepted_units { unit: "K" factor: 1 offset: -273.15 }
    codings { system: "http://loinc.org" code: "8310-5" }
  }
  inputs {
    key: "exam.systolic_bp"
    type: INPUT_TYPE_QUANTITY
    unit: "mm[Hg]"
    min: 30
    max: 300
    section: "exam"
    codings { system: "http://loinc.org" code: "8480-6" }
  }
  inputs {
    key: "lab.crp"
    type: INPUT_TYPE_QUANTITY
    unit: "mg/L"
    min: 0
    max: 1000
    section: "labs"
    accepted_units { unit: "mg/dL" factor: 10 }
    codings { system: "http://loinc.org" code: "1988-5" }
    codings { system: "http://loinc.org" code: "30522-7" }
  }
  inputs {
    key: "lab.testosterone"
    type: INPUT_TYPE_CODED
    section: "labs"
    answers { code: "normal" }
    answers {
      code: "low"
      codings { system: "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation" code: "L" }
    }
    codings { system: "http://loinc.org" code: "2986-8" }
  }
  inputs {
    key: "obstetric.pregnant"
    type: INPUT_TYPE_BOOLEAN
    section: "obstetric"
    codings { system: "http://loinc.org" code: "82810-3" }
    true_codings { system: "http://loinc.org" code: "LA15173-0" }
    false_codings { system: "http://loinc.org" code: "LA26683-5" }
  }
  inputs { key: "obstetric.last_menstrual_period" type: INPUT_TYPE_DATE section: "obstetric" }
  inputs {
    key: "obstetric.days_since_delivery"
    type: INPUT_TYPE_QUANTITY
    unit: "d"
    min: 0
    max: 18262
    section: "obstetric"
  }
  inputs { key: "obstetric.delivered_last_24_months" type: INPUT_TYPE_BOOLEAN section: "obstetric" }
  inputs { key: "history.postmenopausal" type: INPUT_TYPE_BOOLEAN section: "history" }
  inputs {
    key: "history.ibd"
    type: INPUT_TYPE_BOOLEAN
    section: "history"
    condition_codings { system: "http://snomed.info/sct" code: "34000006" }
    condition_codings { system: "http://snomed.info/sct" code: "64766004" valid_to: "2001-01-01" }
  }
  inputs {
    key: "red_flag.fever"
    type: INPUT_TYPE_BOOLEAN
    section: "red_flag"
    condition_codings { system: "http://snomed.info/sct" code: "386661006" }
  }
  side_codings {
    side: SIDE_LEFT
    coding { system: "http://snomed.info/sct" code: "7771000" }
  }
  side_codings {
    side: SIDE_RIGHT
    coding { system: "http://snomed.info/sct" code: "24028007" }
  }
  contradictions {
    id: "male_obstetric"
    all { key: "patient.sex" code: "SEX_MALE" }
    all { key: "obstetric.*" recorded: true }
    reason: "a man is not pregnant."
  }
  contradictions {
    id: "delivery"
    all { key: "obstetric.delivered_last_24_months" present: false }
    all { key: "obstetric.days_since_delivery" at_most: 730 }
    reason: "delivery is recent."
  }
  contradictions {
    id: "no_pain_buttock"
    all { key: "pain.present" present: false }
    all { key: "pain.buttock" present: true }
    reason: "no pain."
  }
  contradictions {
    id: "no_pain_intensity"
    all { key: "pain.present" present: false }
    all { key: "pain.intensity" above: 0 }
    reason: "no pain."
  }
  contradictions {
    id: "onset"
    all { key: "pain.onset_age" above_key: "patient.age" }
    reason: "too early."
  }
  contradictions {
    id: "duration"
    all { key: "obstetric.days_since_delivery" above_key: "pain.onset_age" }
    all { key: "history.ibd" recorded: true }
    reason: "a test of units."
  }
  contradictions {
    id: "neuro"
    all { key: "exam.neuro_screen" code: "normal" }
    all { key: "exam.motor_weakness" code: "marked" }
    reason: "a deficit is there."
  }
  contradictions {
    id: "menopause"
    all { key: "history.postmenopausal" present: true }
    all { key: "obstetric.pregnant" present: true }
    reason: "not both."
  }
  contradictions {
    id: "child"
    all { key: "patient.age" below: 8 }
    all { key: "obstetric.pregnant" present: true }
    all { key: "patient.sex" recorded: true }
    reason: "a child."
  }
)pb";

inline const InputCatalog& TestInputs() {
  static const InputCatalog* const catalog = [] {
    v1::PluginManifest manifest;
    auto* built = new InputCatalog;
    if (!google::protobuf::TextFormat::ParseFromString(kTestManifest, &manifest)) ADD_FAILURE() << "bad test manifest";
    EXPECT_EQ(built->Add(manifest), "");
    return built;
  }();
  return *catalog;
}

inline constexpr char kNow[] = "2026-05-01T09:00:00Z";

inline IntakeOptions TestOptions() {
  IntakeOptions options;
  options.now = kNow;
  return options;
}

inline IntakeResult Read(std::string_view bytes, const IntakeOptions& options = TestOptions()) {
  return ReadCase(bytes, TestInputs(), options);
}

// "path: message", or what stands there instead.
inline std::string RefusalText(const IntakeResult& result) {
  if (const auto* refusal = std::get_if<Refusal>(&result)) return refusal->path + ": " + refusal->message;
  return "accepted";
}

// The checked case in text format on one line, or the refusal.
inline std::string CaseText(const IntakeResult& result) {
  if (const auto* checked = std::get_if<CheckedCase>(&result)) return checked->value.ShortDebugString();
  return "refused: " + RefusalText(result);
}

// The findings only.
inline std::string FindingsText(const IntakeResult& result) {
  const auto* checked = std::get_if<CheckedCase>(&result);
  if (checked == nullptr) return "refused: " + RefusalText(result);
  v1::Case findings;
  *findings.mutable_findings() = checked->value.findings();
  std::string text = findings.ShortDebugString();
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

// All notices, one on a line.
inline std::string NoticesText(const IntakeResult& result) {
  std::string text;
  if (const auto* checked = std::get_if<CheckedCase>(&result)) {
    for (const v1::Notice& notice : checked->notices) text += notice.path() + ": " + notice.message() + "\n";
  }
  return text;
}

}  // namespace condyle::intake

#endif  // CONDYLE_HOST_INTAKE_INTAKE_TEST_SUPPORT_H_
