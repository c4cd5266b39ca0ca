// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// JSON by protobuf, summaries by kind.
#include "host/audit/entry_text.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/report/report.h"

namespace condyle {
namespace {

constexpr std::array kKinds = {std::pair(v1::AUDIT_KIND_CONSULTATION, "consultation"),
                               std::pair(v1::AUDIT_KIND_REFUSAL, "refusal"),
                               std::pair(v1::AUDIT_KIND_PLUGIN_FAILURE, "plugin-failure"),
                               std::pair(v1::AUDIT_KIND_OVERRIDE, "override"),
                               std::pair(v1::AUDIT_KIND_DELIVERY, "delivery"),
                               std::pair(v1::AUDIT_KIND_FEEDBACK, "feedback"),
                               std::pair(v1::AUDIT_KIND_STORE_CREATED, "store-created")};

// "URGENCY_SELF_CARE" -> "self care".
std::string InWords(std::string name, std::string_view prefix) {
  if (name.empty()) return "?";
  if (name.compare(0, prefix.size(), prefix) == 0) name.erase(0, prefix.size());
  for (char& c : name) c = c == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

std::string Words(const v1::AuditStoreCreated& created) {
  return absl::StrCat("store ", created.store_id(), created.without_phi() ? ", without patient data" : "");
}

std::string Words(const v1::AuditConsultation& consultation, const std::string& case_id) {
  const auto failed = std::count_if(consultation.plugins().begin(), consultation.plugins().end(),
                                    [](const v1::AuditPlugin& plugin) { return plugin.failure() != 0; });
  std::string words = absl::StrCat(InWords(v1::Urgency_Name(consultation.urgency()), "URGENCY_"), ", ",
                                   consultation.plugins_size(), " plugins");
  if (failed > 0) absl::StrAppend(&words, ", ", failed, " without an answer");
  if (!case_id.empty()) absl::StrAppend(&words, ", case ", case_id);
  return words;
}

std::string Words(const v1::AuditRefusal& refusal) {
  if (refusal.message().empty()) return refusal.path();
  return absl::StrCat(refusal.path(), refusal.path().empty() ? "" : ": ", refusal.message());
}

std::string Words(const v1::AuditPluginFailure& failure) {
  return absl::StrCat(failure.plugin_id(), failure.plugin_version().empty() ? "" : " ", failure.plugin_version(), ": ",
                      InWords(v1::FailureKind_Name(failure.kind()), "FAILURE_KIND_"),
                      failure.message().empty() ? "" : ": ", failure.message());
}

std::string Words(const v1::AuditOverride& override_) {
  return absl::StrCat(override_.advice_id(), ": ", override_.reason_code(), override_.text().empty() ? "" : ": ",
                      override_.text());
}

std::string Words(const v1::AuditDelivery& delivery) {
  std::string words =
      absl::StrCat(delivery.service_id(), ": ", delivery.cards_size(), delivery.cards_size() == 1 ? " card" : " cards");
  if (!delivery.location().empty()) absl::StrAppend(&words, ", ", delivery.location());
  return words;
}

std::string Words(const v1::AuditFeedback& feedback) {
  std::string words = absl::StrCat(FeedbackOutcomeName(feedback.outcome()), ", card ", feedback.card_uuid());
  if (!feedback.reason_code().empty()) absl::StrAppend(&words, ", reason ", feedback.reason_code());
  if (!feedback.comment().empty()) absl::StrAppend(&words, ": ", feedback.comment());
  return words;
}

}  // namespace

std::string FeedbackOutcomeName(v1::FeedbackOutcome outcome) {
  return InWords(v1::FeedbackOutcome_Name(outcome), "FEEDBACK_OUTCOME_");
}

std::string EntryToJson(const v1::AuditEntry& entry) { return ToJson(entry); }

absl::StatusOr<v1::AuditEntry> EntryFromJson(std::string_view line) {
  v1::AuditEntry entry;
  const google::protobuf::StringPiece text(line.data(), line.size());
  if (google::protobuf::util::JsonStringToMessage(text, &entry).ok()) return entry;
  return absl::InvalidArgumentError("is no JSON of a condyle.v1.AuditEntry as condyle audit export writes it");
}

v1::AuditListing::Line ToLine(const v1::AuditEntry& entry) {
  v1::AuditListing::Line line;
  line.set_sequence(entry.sequence());
  line.set_moment(entry.moment());
  line.set_kind(entry.kind());
  line.set_user(entry.user());
  line.set_organisation(entry.organisation());
  line.set_about(entry.about());
  line.set_hash(entry.hash());
  bool sound = true;
  switch (entry.kind()) {
    case v1::AUDIT_KIND_STORE_CREATED:
      sound = line.mutable_store_created()->ParseFromString(entry.body());
      break;
    case v1::AUDIT_KIND_CONSULTATION:
      sound = line.mutable_consultation()->ParseFromString(entry.body());
      line.set_case_id(line.consultation().archive().case_id());
      line.mutable_consultation()->clear_archive();
      break;
    case v1::AUDIT_KIND_REFUSAL:
      sound = line.mutable_refusal()->ParseFromString(entry.body());
      break;
    case v1::AUDIT_KIND_PLUGIN_FAILURE:
      sound = line.mutable_plugin_failure()->ParseFromString(entry.body());
      break;
    case v1::AUDIT_KIND_OVERRIDE:
      sound = line.mutable_override()->ParseFromString(entry.body());
      break;
    case v1::AUDIT_KIND_DELIVERY:
      sound = line.mutable_delivery()->ParseFromString(entry.body());
      break;
    case v1::AUDIT_KIND_FEEDBACK:
      sound = line.mutable_feedback()->ParseFromString(entry.body());
      break;
    default:
      break;
  }
  if (!sound) line.clear_body();
  return line;
}

std::string Summary(const v1::AuditListing::Line& line) {
  std::string words;
  switch (line.body_case()) {
    case v1::AuditListing::Line::kStoreCreated:
      words = Words(line.store_created());
      break;
    case v1::AuditListing::Line::kConsultation:
      words = Words(line.consultation(), line.case_id());
      break;
    case v1::AuditListing::Line::kRefusal:
      words = Words(line.refusal());
      break;
    case v1::AuditListing::Line::kPluginFailure:
      words = Words(line.plugin_failure());
      break;
    case v1::AuditListing::Line::kOverride:
      words = Words(line.override());
      break;
    case v1::AuditListing::Line::kDelivery:
      words = Words(line.delivery());
      break;
    case v1::AuditListing::Line::kFeedback:
      words = Words(line.feedback());
      break;
    default:
      words = "(its body cannot be read)";
  }
  return line.about() == 0 ? words : absl::StrCat("of ", line.about(), ": ", words);
}

std::string AuditKindName(v1::AuditKind kind) {
  for (const auto& [known, name] : kKinds) {
    if (known == kind) return name;
  }
  return "?";
}

std::optional<v1::AuditKind> ParseAuditKind(std::string_view name) {
  for (const auto& [kind, known] : kKinds) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

std::vector<std::string> AuditKindNames() {
  std::vector<std::string> names;
  for (const auto& [kind, name] : kKinds) names.emplace_back(name);
  return names;
}

}  // namespace condyle
