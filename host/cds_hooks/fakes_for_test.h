// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A host and a FHIR server that say what a test wants, and remember what they were asked.
#ifndef CONDYLE_HOST_CDS_HOOKS_FAKES_FOR_TEST_H_
#define CONDYLE_HOST_CDS_HOOKS_FAKES_FOR_TEST_H_

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "condyle/host/host.h"
#include "host/cds_hooks/cds_hooks.h"
#include "host/fhir_client/fhir_reader.h"

namespace condyle::cds {

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

class FakeHost final : public Host {
 public:
  std::vector<v1::PluginManifest> manifests;
  v1::Consultation consultation;
  std::optional<InputRefusal> refusal;
  bool cancelled = false;
  bool audited = true;
  // Set: the consultation is not given back.
  absl::Status failure;
  absl::StatusOr<std::vector<AuditRecord>> recorded = std::vector<AuditRecord>(1);

  // What it was asked.
  std::string bytes;
  ConsultOptions asked;
  int consultations = 0;
  v1::AuditDelivery delivery;
  std::vector<CardFeedback> feedback;

  Outcome ConsultBytes(std::string_view input, const ConsultOptions& options) override {
    bytes = input;
    asked = options;
    ++consultations;
    Outcome outcome;
    if (refusal) {
      outcome.refusal = refusal;
      return outcome;
    }
    consultation.set_as_of(options.as_of);
    if (audited && options.deliver) delivery = options.deliver(consultation);
    outcome.failure = failure;
    if (failure.ok()) outcome.consultation.emplace() = consultation;
    outcome.cancelled = cancelled;
    outcome.plugin_times = {{"screen", std::chrono::microseconds(1500)}};
    return outcome;
  }
  Outcome Consult(const v1::Case&, const ConsultOptions&) override { return {}; }
  WhatIfOutcome WhatIfBytes(std::string_view, const WhatIfOptions&) override { return {}; }
  WhatIfOutcome WhatIf(const v1::Case&, const WhatIfOptions&) override { return {}; }
  ReplayOutcome Replay(const v1::ArchivedReceipt&) override { return {}; }
  absl::StatusOr<AuditRecord> RecordOverride(const AdviceOverride&) override {
    return absl::UnimplementedError("not here");
  }
  absl::StatusOr<std::vector<AuditRecord>> RecordFeedback(const std::vector<CardFeedback>& reports) override {
    feedback = reports;
    if (!recorded.ok()) return recorded.status();
    return std::vector<AuditRecord>(reports.size());
  }
  std::vector<v1::PluginManifest> Manifests() const override { return manifests; }
  const std::vector<v1::PluginFailure>& LoadFailures() const override { return none_; }
  const std::vector<v1::PluginFailure>& SignatureWarnings() const override { return none_; }
  std::string Questionnaire() const override {
    return R"({"resourceType":"Questionnaire","url":"urn:knee:questionnaire"})";
  }
  std::vector<pid_t> WorkerPids() const override { return {}; }
  std::vector<PluginHealth> Health() const override { return {}; }
  std::vector<PluginOrigin> Origins() const override { return {}; }
  std::string SandboxWarning() const override { return {}; }

 private:
  std::vector<v1::PluginFailure> none_;
};

class FakeReader final : public FhirReader {
 public:
  // By query. One that is not here fails.
  std::map<std::string, FhirAnswer> answers;
  FhirAccess access;
  std::vector<std::string> queries;

  std::vector<FhirAnswer> Read(const FhirAccess& server, const std::vector<std::string>& asked,
                               std::chrono::steady_clock::time_point, std::stop_token) override {
    access = server;
    queries = asked;
    std::vector<FhirAnswer> given;
    for (const std::string& query : asked) {
      const auto found = answers.find(query);
      given.push_back(found == answers.end() ? FhirAnswer{FhirAnswer::State::kFailed, {}, "the server did not answer"}
                                             : found->second);
    }
    return given;
  }
};

}  // namespace condyle::cds

#endif  // CONDYLE_HOST_CDS_HOOKS_FAKES_FOR_TEST_H_
