// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Draws patients, and varies them.
#include "host/checker/patients.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace condyle::checker {
namespace {

constexpr char kAge[] = "patient.age";
constexpr char kSex[] = "patient.sex";

// A value of the possible range: its ends, whole numbers (as people write them) or anything between.
double AnyNumber(const v1::Input& input, std::mt19937& random) {
  const double part = static_cast<double>(random() % 1001) / 1000.0;
  switch (random() % 8) {
    case 0:
      return input.min();
    case 1:
      return input.max();
    // Ranges are of the possible; what is usual lies near their lower end, over orders of magnitude.
    case 2:
      return input.min() + (input.max() - input.min()) * part * part * part;
    case 3:
      return std::min(input.max(), input.min() + static_cast<double>(random() % 10));
    default:
      return static_cast<double>(static_cast<int64_t>(input.min() + (input.max() - input.min()) * part));
  }
}

std::string AnyDate(std::mt19937& random) {
  // Within the ten months before kMoment.
  const auto month = static_cast<unsigned>(1 + random() % 10), day = static_cast<unsigned>(1 + random() % 28);
  char text[16];
  std::snprintf(text, sizeof(text), "%04u-%02u-%02u", month > 4 ? 2025u : 2026u, month, day);
  return text;
}

}  // namespace

v1::Finding AnyFinding(const v1::Input& input, v1::Side side, const v1::Finding* current, std::mt19937& random) {
  v1::Finding finding;
  finding.set_key(input.key());
  finding.set_side(side);
  switch (input.type()) {
    case v1::INPUT_TYPE_BOOLEAN:
      finding.set_present(current != nullptr ? !current->present() : random() % 2 == 0);
      break;
    case v1::INPUT_TYPE_QUANTITY:
      finding.mutable_quantity()->set_unit(input.unit());
      do {
        finding.mutable_quantity()->set_value(AnyNumber(input, random));
      } while (current != nullptr && current->quantity().value() == finding.quantity().value());
      break;
    case v1::INPUT_TYPE_CODED:
      do {
        finding.set_code(
            input.answers(static_cast<int>(random() % static_cast<uint32_t>(input.answers_size()))).code());
      } while (current != nullptr && input.answers_size() > 1 && current->code() == finding.code());
      break;
    default:
      do {
        finding.set_text(AnyDate(random));
      } while (current != nullptr && current->text() == finding.text());
  }
  return finding;
}

void Put(const v1::Finding& finding, v1::Case* patient_case) {
  for (v1::Finding& present : *patient_case->mutable_findings()) {
    if (present.key() == finding.key() && present.side() == finding.side()) {
      present = finding;
      return;
    }
  }
  *patient_case->add_findings() = finding;
}

const v1::Finding* Find(const v1::Case& patient_case, const std::string& key, v1::Side side) {
  for (const v1::Finding& finding : patient_case.findings()) {
    if (finding.key() == key && finding.side() == side) return &finding;
  }
  return nullptr;
}

PatientGenerator::PatientGenerator(std::vector<v1::Input> inputs, std::vector<v1::Case> seeds, uint32_t random_seed)
    : inputs_(std::move(inputs)), seeds_(std::move(seeds)), random_(random_seed) {}

v1::Case PatientGenerator::Next() {
  v1::Case drawn;
  const uint32_t left_out_percent = Draw(3) * 15;
  if (!seeds_.empty() && Draw(8) != 0) {
    const v1::Case& seed = seeds_[Draw(static_cast<uint32_t>(seeds_.size()))];
    *drawn.mutable_patient() = seed.patient();
    for (const v1::Finding& finding : seed.findings()) {
      if (Draw(100) >= left_out_percent) *drawn.add_findings() = finding;
    }
  }
  drawn.set_as_of(kMoment);
  if (drawn.patient().age_case() == v1::Patient::AGE_NOT_SET || Draw(5) == 0) {
    drawn.mutable_patient()->set_age_years(12 + Draw(70));
  }
  if (Draw(6) == 0) drawn.mutable_patient()->set_sex(static_cast<v1::Sex>(Draw(3)));
  const uint32_t drawn_findings = Draw(4) == 0 ? Draw(60) : Draw(8);
  for (uint32_t i = 0; i < drawn_findings; ++i) {
    const v1::Input& input = inputs_[Draw(static_cast<uint32_t>(inputs_.size()))];
    const v1::Side side = input.sided() ? static_cast<v1::Side>(1 + Draw(2)) : v1::SIDE_UNSPECIFIED;
    Put(AnyFinding(input, side, nullptr, random_), &drawn);
  }
  return drawn;
}

std::vector<v1::Side> SidesOf(const v1::Input& input) {
  return input.sided() ? std::vector<v1::Side>{v1::SIDE_LEFT, v1::SIDE_RIGHT}
                       : std::vector<v1::Side>{v1::SIDE_UNSPECIFIED};
}

UnreadInputs::UnreadInputs(const v1::PluginManifest& manifest, uint32_t random_seed) : random_(random_seed) {
  for (const v1::Input& input : manifest.inputs()) {
    inputs_[input.key()] = input;
    left_.insert(input.key());
  }
  if (manifest.uses_age()) left_.insert(kAge);
  if (manifest.uses_sex()) left_.insert(kSex);
}

std::vector<v1::Case> UnreadInputs::Changed(const v1::Case& patient, const std::string& key) {
  std::vector<v1::Case> changes;
  if (key == kAge || key == kSex) {
    changes.push_back(patient);
    if (key == kAge) changes[0].mutable_patient()->set_age_years(12 + static_cast<double>(random_() % 70));
    if (key == kSex) changes[0].mutable_patient()->set_sex(static_cast<v1::Sex>(random_() % 3));
    return changes;
  }
  for (const v1::Side side : SidesOf(inputs_.at(key))) {
    changes.push_back(patient);
    Put(AnyFinding(inputs_.at(key), side, Find(patient, key, side), random_), &changes.back());
  }
  return changes;
}

void UnreadInputs::Try(const v1::Case& patient, const Ask& ask) {
  if (left_.empty()) return;
  const std::optional<std::string> before = ask(patient);
  if (!before) return;
  std::set<std::string> still;
  for (const std::string& key : left_) {
    bool read = false;
    for (const v1::Case& changed : Changed(patient, key)) {
      const std::optional<std::string> after = read ? std::nullopt : ask(changed);
      read = read || (after && *after != *before);
    }
    if (!read) still.insert(key);
  }
  left_ = std::move(still);
}

}  // namespace condyle::checker
