// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Entries made of outcomes: with patient data all that is needed to ask again, without it hashes and names of parts.
#include "host/library/audit_trail.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <array>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/archive/receipt.h"
#include "host/library/feedback.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

// What intake reads, in the words of its formats.
constexpr std::array<std::string_view, 75> kFormatWords = {"ageYears",
                                                           "age_years",
                                                           "answer",
                                                           "asOf",
                                                           "as_of",
                                                           "asserter",
                                                           "author",
                                                           "authored",
                                                           "birthDate",
                                                           "birth_date",
                                                           "bodySite",
                                                           "category",
                                                           "clinicalStatus",
                                                           "code",
                                                           "coding",
                                                           "comparator",
                                                           "component",
                                                           "dataAbsentReason",
                                                           "effectiveDateTime",
                                                           "effectiveInstant",
                                                           "effectivePeriod",
                                                           "end",
                                                           "entry",
                                                           "extension",
                                                           "findings",
                                                           "fullUrl",
                                                           "gender",
                                                           "id",
                                                           "implicitRules",
                                                           "interpretation",
                                                           "item",
                                                           "key",
                                                           "link",
                                                           "linkId",
                                                           "meta",
                                                           "modifierExtension",
                                                           "observedAt",
                                                           "observed_at",
                                                           "onsetDateTime",
                                                           "patient",
                                                           "performer",
                                                           "present",
                                                           "quantity",
                                                           "questionnaire",
                                                           "recordedDate",
                                                           "reference",
                                                           "resource",
                                                           "resourceType",
                                                           "sex",
                                                           "side",
                                                           "source",
                                                           "start",
                                                           "status",
                                                           "subject",
                                                           "system",
                                                           "text",
                                                           "timestamp",
                                                           "total",
                                                           "type",
                                                           "unit",
                                                           "url",
                                                           "value",
                                                           "valueBoolean",
                                                           "valueCode",
                                                           "valueCodeableConcept",
                                                           "valueCoding",
                                                           "valueDate",
                                                           "valueDateTime",
                                                           "valueDecimal",
                                                           "valueInteger",
                                                           "valueQuantity",
                                                           "valueReference",
                                                           "valueString",
                                                           "valueTime",
                                                           "verificationStatus"};

bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Line and column: "12:7".
bool IsPosition(std::string_view text) {
  const size_t colon = text.find(':');
  return colon != std::string_view::npos && IsNumber(text.substr(0, colon)) && IsNumber(text.substr(colon + 1));
}

std::string FindFault(const AdviceOverride& advice) {
  std::string fault = CheckCode("AdviceOverride::advice_id", advice.advice_id, /*may_be_empty=*/false);
  if (fault.empty()) fault = CheckCode("AdviceOverride::reason_code", advice.reason_code, /*may_be_empty=*/false);
  if (fault.empty()) fault = CheckFreeText("AdviceOverride::text", advice.text);
  return fault;
}

template <typename List>
auto FindById(const List& list, const std::string& plugin_id) -> decltype(&*list.begin()) {
  const auto at = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.plugin_id() == plugin_id; });
  return at == list.end() ? nullptr : &*at;
}

v1::AuditPlugin PluginOf(const v1::PluginRun& run, const v1::Consultation& consultation) {
  v1::AuditPlugin plugin;
  plugin.set_plugin_id(run.plugin_id());
  plugin.set_plugin_version(run.plugin_version());
  plugin.set_file_sha256(run.file_sha256());
  if (const auto* answer = FindById(consultation.assessments(), run.plugin_id())) plugin.set_status(answer->status());
  if (const auto* failure = FindById(consultation.plugin_failures(), run.plugin_id())) {
    plugin.set_failure(failure->kind());
  }
  return plugin;
}

// Adds the archive to a serialised AuditConsultation without one, of which it is the last field: as if it had been
// copied into the message, which would cost more than the rest.
void AppendArchive(const v1::ArchivedReceipt& archive, std::string* body) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::StringOutputStream stream(body);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.WriteTag(
      WireFormatLite::MakeTag(v1::AuditConsultation::kArchiveFieldNumber, WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
  out.WriteVarint64(archive.ByteSizeLong());
  archive.SerializeWithCachedSizes(&out);
}
static_assert(v1::AuditConsultation::kArchiveFieldNumber == 8);

std::string ConsultationBody(const v1::Consultation& consultation, const v1::ArchivedReceipt* archive,
                             const std::string& input_sha256) {
  v1::AuditConsultation body;
  body.set_consultation_sha256(archive == nullptr ? ConsultationSha256(consultation) : archive->consultation_sha256());
  body.set_case_sha256(consultation.receipt().case_sha256());
  body.set_input_sha256(input_sha256);
  body.set_urgency(consultation.urgency());
  body.set_host_version(consultation.receipt().host_version());
  body.set_host_sha256(consultation.receipt().host_sha256());
  for (const v1::PluginRun& run : consultation.receipt().plugins()) *body.add_plugins() = PluginOf(run, consultation);
  for (const v1::PluginFailure& failure : consultation.plugin_failures()) {
    if (FindById(consultation.receipt().plugins(), failure.plugin_id()) != nullptr) continue;
    v1::AuditPlugin* plugin = body.add_plugins();
    plugin->set_plugin_id(failure.plugin_id());
    plugin->set_failure(failure.kind());
  }
  std::string bytes = body.SerializeAsString();
  if (archive != nullptr) AppendArchive(*archive, &bytes);
  return bytes;
}

std::string RefusalBody(const InputRefusal& refusal, const std::string& input_sha256, bool without_phi) {
  v1::AuditRefusal body;
  body.set_input_sha256(input_sha256);
  body.set_path(without_phi ? SchemaPath(refusal.path) : refusal.path);
  if (!without_phi) body.set_message(refusal.message);
  body.set_host_version(HostVersion());
  return body.SerializePartialAsString();
}

std::string FailureBody(const v1::PluginFailure& failure, const v1::Receipt& receipt, bool without_phi) {
  v1::AuditPluginFailure body;
  body.set_plugin_id(failure.plugin_id());
  if (const auto* run = FindById(receipt.plugins(), failure.plugin_id())) {
    body.set_plugin_version(run->plugin_version());
    body.set_file_sha256(run->file_sha256());
  }
  body.set_kind(failure.kind());
  if (!without_phi) body.set_message(failure.message());
  return body.SerializeAsString();
}

AuditDraft Draft(v1::AuditKind kind, const ConsultOptions& options, std::string body) {
  AuditDraft draft;
  draft.kind = kind;
  draft.user = options.user;
  draft.organisation = options.organisation;
  draft.body = std::move(body);
  return draft;
}

}  // namespace

std::string SchemaPath(std::string_view path) {
  if (path.empty() || IsPosition(path)) return std::string(path);
  std::string kept;
  bool after_word = false;
  size_t begin = 0;
  for (;;) {
    const size_t end = path.find('/', begin);
    const std::string_view part = path.substr(begin, end == std::string_view::npos ? end : end - begin);
    const bool is_word = std::find(kFormatWords.begin(), kFormatWords.end(), part) != kFormatWords.end();
    const bool is_place = after_word && IsNumber(part);
    const bool is_root = begin == 0 && part.empty() && end != std::string_view::npos;
    kept.append(is_word || is_place || is_root ? part : "*");
    after_word = is_word;
    if (end == std::string_view::npos) return kept;
    kept += '/';
    begin = end + 1;
  }
}

absl::StatusOr<std::unique_ptr<AuditTrail>> AuditTrail::Open(const HostOptions& options) {
  if (options.audit.empty()) return std::unique_ptr<AuditTrail>();
  AuditStoreOptions how;
  how.without_phi = options.audit_without_phi;
  how.patience = options.audit_patience;
  absl::StatusOr<std::unique_ptr<AuditStore>> store = OpenAuditStore(options.audit, how);
  if (!store.ok()) {
    return absl::Status(store.status().code(),
                        absl::StrCat("the audit trail cannot be used: ", std::string(store.status().message())));
  }
  return std::make_unique<AuditTrail>(*std::move(store), options.answer_unrecorded);
}

std::vector<AuditDraft> AuditTrail::DraftsOf(std::string_view input, const ConsultOptions& options,
                                             const Outcome& outcome) const {
  const bool without_phi = store_->without_phi();
  const std::string input_sha256 = Sha256Hex(input);
  if (outcome.refusal) {
    return {Draft(v1::AUDIT_KIND_REFUSAL, options, RefusalBody(*outcome.refusal, input_sha256, without_phi))};
  }
  const v1::Consultation& consultation = *outcome.consultation;
  const v1::ArchivedReceipt* archive = without_phi || !outcome.archive ? nullptr : &*outcome.archive;
  std::vector<AuditDraft> drafts = {
      Draft(v1::AUDIT_KIND_CONSULTATION, options, ConsultationBody(consultation, archive, input_sha256))};
  for (const v1::PluginFailure& failure : consultation.plugin_failures()) {
    drafts.push_back(
        Draft(v1::AUDIT_KIND_PLUGIN_FAILURE, options, FailureBody(failure, consultation.receipt(), without_phi)));
    drafts.back().about_first = true;
  }
  if (options.deliver) {
    v1::AuditDelivery delivery = options.deliver(consultation);
    // That nothing was shown is what a consultation without a delivery says.
    if (delivery.cards_size() > 0) drafts.push_back(DeliveryDraft(std::move(delivery), options));
  }
  return drafts;
}

void AuditTrail::Record(std::string_view input, const ConsultOptions& options, Outcome* outcome) {
  const absl::StatusOr<std::vector<AuditMark>> marks = store_->Append(DraftsOf(input, options, *outcome));
  if (!options.archive) outcome->archive.reset();
  if (marks.ok()) {
    outcome->audit = AuditRecord{marks->front().sequence, marks->front().hash};
  } else {
    Fail(marks.status(), outcome);
  }
}

void AuditTrail::Record(const v1::Case& input, const ConsultOptions& options, Outcome* outcome) {
  Record(std::string_view(input.SerializePartialAsString()), options, outcome);
}

void AuditTrail::Fail(const absl::Status& status, Outcome* outcome) const {
  outcome->failure = absl::Status(
      status.code(), absl::StrCat("it could not be recorded in the audit trail: ", std::string(status.message())));
  if (!answer_unrecorded_) {
    outcome->consultation.reset();
    outcome->refusal.reset();
    outcome->archive.reset();
  } else if (outcome->consultation) {
    v1::Notice* notice = outcome->consultation.Mutable().add_notices();
    notice->set_path("audit");
    notice->set_message("This consultation is not in the audit trail: it could not be recorded");
  }
}

absl::StatusOr<AuditRecord> AuditTrail::RecordOverride(const AdviceOverride& advice) {
  if (const std::string fault = FindFault(advice); !fault.empty()) return absl::InvalidArgumentError(fault);
  AuditFilter one;
  one.sequence = advice.consultation.sequence;
  std::optional<v1::AuditEntry> found;
  const absl::Status read = store_->Read(one, [&](const v1::AuditEntry& entry) {
    found = entry;
    return false;
  });
  if (!read.ok()) return read;
  if (!found || found->kind() != v1::AUDIT_KIND_CONSULTATION || found->hash() != advice.consultation.hash) {
    return absl::NotFoundError(absl::StrCat("the audit trail has no consultation ", advice.consultation.sequence,
                                            " with this hash: what is overridden must be as Outcome::audit gave it"));
  }
  v1::AuditOverride body;
  body.set_advice_id(advice.advice_id);
  body.set_side(advice.side);
  body.set_reason_code(advice.reason_code);
  if (!store_->without_phi()) body.set_text(advice.text);
  AuditDraft draft;
  draft.kind = v1::AUDIT_KIND_OVERRIDE;
  draft.user = advice.user;
  draft.organisation = advice.organisation;
  draft.about = advice.consultation.sequence;
  draft.body = body.SerializeAsString();
  const absl::StatusOr<std::vector<AuditMark>> marks = store_->Append({std::move(draft)});
  if (!marks.ok()) return marks.status();
  return AuditRecord{marks->front().sequence, marks->front().hash};
}

}  // namespace condyle
