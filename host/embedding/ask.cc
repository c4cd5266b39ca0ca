// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Consultations, what-ifs, replays, and what is recorded of them later.
#include <google/protobuf/util/json_util.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "condyle/v1/embedding.pb.h"
#include "host/archive/receipt.h"
#include "host/embedding/handle.h"
#include "host/fhir/input.h"
#include "host/report/report.h"

namespace condyle::embedding {
namespace {

// Nothing, with the reason in `result`, if they cannot be bytes.
std::optional<std::string_view> ViewOf(cndh_bytes bytes, const char* what, Result& result) {
  if (bytes.data == nullptr && bytes.size > 0) {
    result.Fail(CNDH_MISUSE, absl::StrCat("the ", what, " has a size and no data"));
    return std::nullopt;
  }
  return std::string_view(reinterpret_cast<const char*>(bytes.data), bytes.data == nullptr ? 0 : bytes.size);
}

// Formats for people, of a consultation that the result holds.
void AddConsultation(const v1::Consultation& consultation, const cndh_host& host, FhirContext about, Result& result) {
  auto document = std::make_unique<v1::Consultation>(consultation);
  const v1::Consultation* shown = document.get();
  result.SetDocument(std::move(document));
  result.AddFormat("text", [shown] { return ToText(*shown, TextOptions{}); });
  result.AddFormat("html", [shown, titles = host.titles] { return ToHtml(*shown, *titles); });
  result.AddFormat("fhir", [shown, fhir = host.fhir, about = std::move(about)] { return fhir->Bundle(*shown, about); });
}

std::string TimesInJson(const std::vector<PluginTime>& times) {
  v1::PluginTimes message;
  for (const PluginTime& time : times) {
    v1::PluginTime* one = message.add_times();
    one->set_plugin_id(time.plugin_id);
    one->set_microseconds(time.time.count());
  }
  return ToJson(message);
}

// Has the caller say what it makes of the consultation. A callback in C has no way to fail but to set nothing.
v1::AuditDelivery Deliver(const cndh_consult_options& options, const cndh_host& host, std::string_view input,
                          const v1::Consultation& consultation) {
  cndh_result shown;
  AddConsultation(consultation, host, FhirContextOf(input), shown);
  cndh_delivery delivery;
  options.deliver(options.deliver_context, &shown, &delivery);
  return std::move(delivery.delivery);
}

cndh_status Consult(cndh_host& host, cndh_bytes input, const cndh_consult_options* given, Result& result) {
  cndh_consult_options copy;
  OptionProblem problem = Copy(given, "cndh_consult_options", &copy);
  ConsultOptions options;
  if (problem.status == CNDH_OK) problem = Read(copy, &options);
  if (problem.status != CNDH_OK) return FailWith(problem, result);
  const std::optional<std::string_view> bytes = ViewOf(input, "input", result);
  if (!bytes) return result.status();
  if (copy.deliver != nullptr) {
    options.deliver = [&](const v1::Consultation& consultation) { return Deliver(copy, host, *bytes, consultation); };
  }
  Outcome outcome = host.host->ConsultBytes(*bytes, options);
  result.SetCancelled(outcome.cancelled);
  if (outcome.audit) result.SetAudit(*outcome.audit);
  if (outcome.refusal) result.Refuse(*std::move(outcome.refusal));
  if (outcome.consultation) AddConsultation(*outcome.consultation, host, FhirContextOf(*bytes), result);
  if (outcome.archive) {
    auto archive = std::make_shared<const v1::ArchivedReceipt>(*std::move(outcome.archive));
    result.AddFormat("receipt", [archive] {
      absl::StatusOr<std::string> json = ArchiveToJson(*archive);
      if (!json.ok()) throw std::runtime_error("the receipt cannot be written");
      return *std::move(json);
    });
  }
  if (outcome.consultation) {
    result.AddFormat("times", [times = std::move(outcome.plugin_times)] { return TimesInJson(times); });
  }
  // Said last: it stands before a refusal, which is still told.
  if (!outcome.failure.ok()) return result.Fail(CNDH_UNRECORDED, std::string(outcome.failure.message()));
  return result.status();
}

cndh_status AskWhatIf(cndh_host& host, cndh_bytes input, const cndh_what_if_options* given, Result& result) {
  WhatIfOptions options;
  if (OptionProblem problem = Read(given, &options); problem.status != CNDH_OK) return FailWith(problem, result);
  const std::optional<std::string_view> bytes = ViewOf(input, "input", result);
  if (!bytes) return result.status();
  WhatIfOutcome outcome = host.host->WhatIfBytes(*bytes, options);
  if (outcome.refusal) return result.Refuse(*std::move(outcome.refusal));
  auto document = std::make_unique<v1::WhatIf>(*std::move(outcome.what_if));
  const v1::WhatIf* shown = document.get();
  result.SetDocument(std::move(document));
  result.AddFormat("text", [shown] { return ToText(*shown, TextOptions{}); });
  return result.status();
}

cndh_status Replay(cndh_host& host, cndh_bytes receipt, Result& result) {
  const std::optional<std::string_view> bytes = ViewOf(receipt, "receipt", result);
  if (!bytes) return result.status();
  ReadArchive read = ArchiveFromJson(*bytes);
  if (!read.refusal.empty()) return result.Refuse({"", std::move(read.refusal)});
  ReplayOutcome outcome = host.host->Replay(read.archive);
  if (!outcome.refusal.empty()) return result.Refuse({"", std::move(outcome.refusal)});
  auto report = std::make_unique<v1::ReplayReport>();
  report->set_identical(outcome.identical);
  for (std::string& difference : outcome.differences) report->add_differences(std::move(difference));
  for (std::string& remark : outcome.remarks) report->add_remarks(std::move(remark));
  result.SetDocument(std::move(report));
  return result.status();
}

// The entries that were made.
cndh_status Recorded(const absl::StatusOr<std::vector<AuditRecord>>& records, Result& result) {
  if (!records.ok()) return result.Fail(records.status());
  auto document = std::make_unique<v1::AuditRecords>();
  for (const AuditRecord& record : *records) {
    v1::AuditPlace* place = document->add_records();
    place->set_sequence(record.sequence);
    place->set_hash(record.hash);
  }
  if (!records->empty()) result.SetAudit(records->front());
  result.SetDocument(std::move(document));
  return result.status();
}

cndh_status RecordOverride(cndh_host& host, const cndh_override* given, Result& result) {
  AdviceOverride advice;
  if (OptionProblem problem = Read(given, &advice); problem.status != CNDH_OK) return FailWith(problem, result);
  absl::StatusOr<AuditRecord> record = host.host->RecordOverride(advice);
  if (!record.ok()) return result.Fail(record.status());
  return Recorded(std::vector<AuditRecord>{*std::move(record)}, result);
}

cndh_status RecordFeedback(cndh_host& host, const cndh_feedback* const* given, uint64_t count, Result& result) {
  if (given == nullptr && count > 0) return result.Fail(CNDH_MISUSE, "reports is NULL and count is not 0");
  std::vector<CardFeedback> reports;
  for (uint64_t i = 0; i < count; ++i) {
    OptionProblem problem = Read(given[i], &reports.emplace_back());
    if (problem.status != CNDH_OK) {
      return result.Fail(problem.status, absl::StrCat("report ", i, ": ", problem.what));
    }
  }
  return Recorded(host.host->RecordFeedback(reports), result);
}

}  // namespace
}  // namespace condyle::embedding

using condyle::embedding::OnHost;

extern "C" {

cndh_status cndh_consult(cndh_host* host, cndh_bytes input, const cndh_consult_options* options,
                         cndh_result** result) noexcept {
  return OnHost(host, result, [&](cndh_host& opened, cndh_result& made) {
    return condyle::embedding::Consult(opened, input, options, made);
  });
}

cndh_status cndh_delivery_set(cndh_delivery* delivery, cndh_bytes json) noexcept {
  if (delivery == nullptr || json.data == nullptr) return CNDH_MISUSE;
  return condyle::embedding::NothingThrown([&] {
    condyle::v1::AuditDelivery read;
    const auto status = google::protobuf::util::JsonStringToMessage(
        {reinterpret_cast<const char*>(json.data), static_cast<size_t>(json.size)}, &read);
    if (!status.ok()) return CNDH_MISUSE;
    delivery->delivery = std::move(read);
    return CNDH_OK;
  });
}

cndh_status cndh_what_if(cndh_host* host, cndh_bytes input, const cndh_what_if_options* options,
                         cndh_result** result) noexcept {
  return OnHost(host, result, [&](cndh_host& opened, cndh_result& made) {
    return condyle::embedding::AskWhatIf(opened, input, options, made);
  });
}

cndh_status cndh_replay(cndh_host* host, cndh_bytes receipt, cndh_result** result) noexcept {
  return OnHost(host, result, [&](cndh_host& opened, cndh_result& made) {
    return condyle::embedding::Replay(opened, receipt, made);
  });
}

cndh_status cndh_record_override(cndh_host* host, const cndh_override* override_, cndh_result** result) noexcept {
  return OnHost(host, result, [&](cndh_host& opened, cndh_result& made) {
    return condyle::embedding::RecordOverride(opened, override_, made);
  });
}

cndh_status cndh_record_feedback(cndh_host* host, const cndh_feedback* const* reports, uint64_t count,
                                 cndh_result** result) noexcept {
  return OnHost(host, result, [&](cndh_host& opened, cndh_result& made) {
    return condyle::embedding::RecordFeedback(opened, reports, count, made);
  });
}

}  // extern "C"
