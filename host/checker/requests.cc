// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Through the host's own intake and request builder, with a catalogue of one plugin.
#include "host/checker/requests.h"

#include <limits>
#include <random>
#include <utility>
#include <variant>

#include "absl/time/time.h"
#include "condyle/v1/assessment_request.pb.h"
#include "host/checker/patients.h"
#include "host/inquiry/possible_answers.h"
#include "host/intake/intake.h"

namespace condyle::checker {
namespace {

absl::Time Moment() {
  absl::Time moment;
  std::string error;
  absl::ParseTime(absl::RFC3339_full, kMoment, &moment, &error);
  return moment;
}

v1::Case Nobody() {
  v1::Case patient;
  patient.set_as_of(kMoment);
  return patient;
}

v1::Finding& AddFinding(v1::AssessmentRequest* request, const std::string& key) {
  v1::Finding* finding = request->add_findings();
  finding->set_key(key);
  return *finding;
}

}  // namespace

RequestSource::RequestSource(const v1::PluginManifest& manifest) : manifest_(manifest) {
  PluginFile file;
  file.manifest = manifest;
  catalog_.inputs.Add(manifest);
  catalog_.plugins.push_back(std::move(file));
  builder_ = std::make_unique<RequestBuilder>(catalog_);
}

std::optional<Request> RequestSource::Of(const v1::Case& patient) const {
  const IntakeResult result = CheckCase(patient, catalog_.inputs, {});
  const CheckedCase* checked = std::get_if<CheckedCase>(&result);
  if (checked == nullptr) return std::nullopt;
  const std::optional<int64_t> as_of = UnixNanoseconds(checked->value.as_of());
  if (!as_of) return std::nullopt;
  return Request{builder_->Build(checked->value).at(0), *as_of};
}

// As much as goes together: what contradicts is left out.
v1::Case RequestSource::Everything() const {
  v1::Case patient = Nobody();
  const auto keep_if_possible = [&](v1::Case tried) {
    if (Of(tried)) patient = std::move(tried);
  };
  v1::Case tried = patient;
  tried.mutable_patient()->set_age_years(35);
  tried.mutable_patient()->set_sex(v1::SEX_FEMALE);
  keep_if_possible(tried);
  for (const v1::Input& input : manifest_.inputs()) {
    for (const v1::Side side : SidesOf(input)) {
      const auto answers = inquiry::PossibleAnswers(input, side, Moment());
      if (answers.empty()) continue;
      tried = patient;
      Put(answers.front().finding, &tried);
      keep_if_possible(tried);
    }
  }
  return patient;
}

std::vector<v1::Case> RequestSource::Patients(size_t count, const std::vector<v1::Case>& worked, uint32_t seed) const {
  std::vector<v1::Case> patients;
  const auto add = [&](const v1::Case& patient) {
    if (patients.size() < count && Of(patient)) patients.push_back(patient);
  };
  add(Nobody());
  add(Everything());
  // First values of all inputs, then second ones: so that few requests touch as many inputs as they can.
  bool more = true;
  for (size_t value = 0; more && patients.size() < count / 3; ++value) {
    more = false;
    for (const v1::Input& input : manifest_.inputs()) {
      const auto answers = inquiry::PossibleAnswers(input, SidesOf(input).front(), Moment());
      if (value >= answers.size() || patients.size() >= count / 3) continue;
      more = true;
      v1::Case one = Nobody();
      Put(answers[value].finding, &one);
      add(one);
    }
  }
  for (size_t i = 0; i < worked.size() && patients.size() < count * 2 / 3; ++i) add(worked[i]);
  PatientGenerator generator({manifest_.inputs().begin(), manifest_.inputs().end()}, worked, seed);
  for (size_t tries = 0; manifest_.inputs_size() > 0 && patients.size() < count && tries < count * 10; ++tries) {
    add(generator.Next());
  }
  return patients;
}

std::vector<std::string> RequestSource::Absurd() const {
  constexpr int kMany = 5000;
  std::vector<v1::AssessmentRequest> requests(7);
  for (v1::AssessmentRequest& request : requests) {
    request.set_locale("en");
    request.set_as_of(kMoment);
  }
  const std::vector<double> numbers = {std::numeric_limits<double>::quiet_NaN(),
                                       std::numeric_limits<double>::infinity(), -1e300, 1e-320};
  std::vector<std::string> keys = {"no.such_input", "", "%s%n", std::string(100'000, 'k')};
  for (const v1::Input& input : manifest_.inputs()) keys.push_back(input.key());
  for (const std::string& key : keys) {
    AddFinding(&requests[0], key);  // without a value
    for (const double number : numbers) AddFinding(&requests[1], key).mutable_quantity()->set_value(number);
    AddFinding(&requests[2], key).set_code("no such code");
    AddFinding(&requests[2], key).set_text("2026-02-31");
    AddFinding(&requests[3], key).set_present(true);
    AddFinding(&requests[3], key).set_present(false);  // both
    requests[3].mutable_findings()->rbegin()->set_side(static_cast<v1::Side>(77));
  }
  for (int i = 0; i < kMany; ++i)
    AddFinding(&requests[4], keys[static_cast<size_t>(i) % keys.size()].substr(0, 100)).set_present(i % 2 == 0);
  requests[5].set_as_of("the day after tomorrow");
  requests[5].mutable_patient()->set_age_years(-1e9);
  requests[5].mutable_patient()->set_sex(static_cast<v1::Sex>(-5));
  requests[6].set_as_of(std::string(1u << 20, '9'));
  requests[6].set_locale(std::string(1u << 20, 'x'));
  requests[6].mutable_patient()->set_birth_date("0000-00-00");
  std::vector<std::string> bytes;
  for (const v1::AssessmentRequest& request : requests) bytes.push_back(request.SerializeAsString());
  return bytes;
}

std::string RequestSource::Long(size_t bytes) const {
  const std::optional<Request> everything = Of(Everything());
  std::string text;
  if (!everything || everything->bytes.empty()) return text;
  while (text.size() < bytes) text += everything->bytes;  // repeated fields add up
  return text;
}

}  // namespace condyle::checker
