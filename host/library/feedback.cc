// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A report is recorded only about a card that was given, and only with what that card had.
#include "host/library/feedback.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "host/library/audit_trail.h"
#include "host/trust/quote.h"

namespace condyle {
namespace {

constexpr size_t kMostCodeBytes = 200;
constexpr size_t kMostTextBytes = 4000;
constexpr size_t kMostMomentBytes = 40;

bool IsMoment(const std::string& text) {
  absl::Time ignored;
  return text.size() <= kMostMomentBytes && absl::ParseTime(absl::RFC3339_full, text, &ignored, nullptr);
}

// What a report can get wrong without any look at the card.
std::string FindFault(const v1::AuditFeedback& feedback, const std::string& path) {
  std::string fault = CheckCode(path + "card_uuid", feedback.card_uuid(), /*may_be_empty=*/false);
  if (fault.empty() && feedback.outcome() != v1::FEEDBACK_OUTCOME_ACCEPTED &&
      feedback.outcome() != v1::FEEDBACK_OUTCOME_OVERRIDDEN) {
    fault = path + "outcome must be accepted or overridden";
  }
  if (fault.empty() && !IsMoment(feedback.outcome_timestamp())) {
    fault = path + "outcome_timestamp must be an RFC 3339 date-time with an offset, such as 2026-05-01T09:00:00Z";
  }
  if (fault.empty()) fault = CheckCode(path + "reason_system", feedback.reason_system(), /*may_be_empty=*/true);
  if (fault.empty()) fault = CheckCode(path + "reason_code", feedback.reason_code(), /*may_be_empty=*/true);
  if (fault.empty()) fault = CheckFreeText(path + "reason_display", feedback.reason_display());
  if (fault.empty()) fault = CheckFreeText(path + "comment", feedback.comment());
  return fault;
}

// Where a card was given, and the card.
struct Given {
  v1::AuditEntry entry;
  v1::AuditCard card;
};

absl::StatusOr<Given> FindCard(const CardFeedback& report, const std::string& path, AuditStore& store) {
  absl::StatusOr<std::optional<v1::AuditEntry>> entry = store.Find(report.feedback.card_uuid());
  if (!entry.ok()) return entry.status();
  v1::AuditDelivery delivery;
  // Names lie outside of the chain: what was found must bear them out.
  if (*entry && (*entry)->kind() == v1::AUDIT_KIND_DELIVERY && delivery.ParseFromString((*entry)->body()) &&
      delivery.service_id() == report.service_id) {
    for (v1::AuditCard& card : *delivery.mutable_cards()) {
      if (card.uuid() == report.feedback.card_uuid()) return Given{**std::move(entry), std::move(card)};
    }
  }
  return absl::NotFoundError(absl::StrCat(path, "card_uuid: the service ", Quote(report.service_id), " gave no card ",
                                          Quote(report.feedback.card_uuid())));
}

std::string FindUnknownSuggestion(const v1::AuditFeedback& feedback, const v1::AuditCard& card,
                                  const std::string& path) {
  for (int i = 0; i < feedback.accepted_suggestions_size(); ++i) {
    const std::string& uuid = feedback.accepted_suggestions(i);
    const bool known = std::any_of(card.suggestions().begin(), card.suggestions().end(),
                                   [&](const v1::AuditSuggestion& one) { return one.uuid() == uuid; });
    if (!known) {
      return absl::StrCat(path, "accepted_suggestions[", i, "]: the card has no suggestion ", Quote(uuid));
    }
  }
  return {};
}

}  // namespace

std::string CheckCode(const std::string& name, const std::string& code, bool may_be_empty) {
  const bool printable = std::all_of(code.begin(), code.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if ((may_be_empty || !code.empty()) && code.size() <= kMostCodeBytes && printable) return {};
  return absl::StrCat(name, " must be printable ASCII, ", may_be_empty ? 0 : 1, " to ", kMostCodeBytes, " bytes");
}

std::string CheckFreeText(const std::string& name, const std::string& text) {
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  const bool showable = std::all_of(lines.begin(), lines.end(), [](const auto& line) { return IsShowable(line); });
  if (text.size() <= kMostTextBytes && showable) return {};
  return absl::StrCat(name, " must be UTF-8 without control characters but line feeds, at most ", kMostTextBytes,
                      " bytes");
}

AuditDraft DeliveryDraft(v1::AuditDelivery delivery, const ConsultOptions& options) {
  for (std::string* text : {delivery.mutable_hook_instance(), delivery.mutable_location()}) {
    if (!CheckCode("", *text, /*may_be_empty=*/true).empty()) text->clear();
  }
  AuditDraft draft;
  draft.kind = v1::AUDIT_KIND_DELIVERY;
  draft.user = options.user;
  draft.organisation = options.organisation;
  draft.about_first = true;
  for (const v1::AuditCard& card : delivery.cards()) draft.names.push_back(card.uuid());
  draft.body = delivery.SerializeAsString();
  return draft;
}

absl::StatusOr<AuditDraft> FeedbackDraft(const CardFeedback& report, const std::string& path, AuditStore& store) {
  if (const std::string fault = FindFault(report.feedback, path); !fault.empty()) {
    return absl::InvalidArgumentError(fault);
  }
  const absl::StatusOr<Given> given = FindCard(report, path, store);
  if (!given.ok()) return given.status();
  if (const std::string fault = FindUnknownSuggestion(report.feedback, given->card, path); !fault.empty()) {
    return absl::InvalidArgumentError(fault);
  }
  v1::AuditFeedback body = report.feedback;
  if (store.without_phi()) {
    body.clear_reason_display();
    body.clear_comment();
  }
  AuditDraft draft;
  draft.kind = v1::AUDIT_KIND_FEEDBACK;
  draft.user = report.user.empty() ? given->entry.user() : report.user;
  draft.organisation = report.organisation.empty() ? given->entry.organisation() : report.organisation;
  draft.about = given->entry.sequence();
  draft.body = body.SerializeAsString();
  return draft;
}

absl::StatusOr<std::vector<AuditRecord>> AuditTrail::RecordFeedback(const std::vector<CardFeedback>& reports) {
  if (reports.empty()) return std::vector<AuditRecord>();
  std::vector<AuditDraft> drafts;
  for (size_t i = 0; i < reports.size(); ++i) {
    absl::StatusOr<AuditDraft> draft = FeedbackDraft(reports[i], absl::StrCat("feedback[", i, "]: "), *store_);
    if (!draft.ok()) return draft.status();
    drafts.push_back(*std::move(draft));
  }
  const absl::StatusOr<std::vector<AuditMark>> marks = store_->Append(std::move(drafts));
  if (!marks.ok()) return marks.status();
  std::vector<AuditRecord> records;
  for (const AuditMark& mark : *marks) records.push_back({mark.sequence, mark.hash});
  return records;
}

}  // namespace condyle
