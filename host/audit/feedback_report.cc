// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reports first, which are few; then the deliveries that they are about, one at a time.
#include "host/audit/feedback_report.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/audit/entry_text.h"

namespace condyle {
namespace {

struct Report {
  v1::AuditEntry entry;
  v1::AuditFeedback feedback;
};

bool IsWithin(const FeedbackQuery& query, const std::string& moment) {
  return (query.since.empty() || moment >= query.since) && (query.until.empty() || moment < query.until);
}

absl::Status Unreadable(const v1::AuditEntry& entry) {
  return absl::DataLossError(
      absl::StrCat("entry ", entry.sequence(), " cannot be read, or is about no card; see condyle audit verify"));
}

using RateKey = std::tuple<std::string, std::string, std::string>;

class Maker {
 public:
  Maker(AuditStore& store, const FeedbackQuery& query) : store_(store), query_(query) {}

  absl::StatusOr<FeedbackReport> Make() {
    absl::Status status = ReadAll(v1::AUDIT_KIND_FEEDBACK, [this](const v1::AuditEntry& e) { return TakeReport(e); });
    if (status.ok()) {
      status = ReadAll(v1::AUDIT_KIND_DELIVERY, [this](const v1::AuditEntry& e) { return TakeDelivery(e); });
    }
    if (!status.ok()) return status;
    if (!reports_.empty()) return Unreadable(reports_.begin()->second.front().entry);
    std::stable_sort(report_.rows.begin(), report_.rows.end(), [](const FeedbackRow& a, const FeedbackRow& b) {
      return std::pair(a.report == 0, a.report) < std::pair(b.report == 0, b.report);
    });
    for (auto& [key, rate] : rates_) report_.rates.push_back(std::move(rate));
    return std::move(report_);
  }

 private:
  absl::Status ReadAll(v1::AuditKind kind, const std::function<absl::Status(const v1::AuditEntry&)>& take) {
    AuditFilter filter;
    filter.kinds = {kind};
    absl::Status taken;
    const absl::Status read = store_.Read(filter, [&](const v1::AuditEntry& entry) {
      taken = take(entry);
      return taken.ok();
    });
    return taken.ok() ? read : taken;
  }

  absl::Status TakeReport(const v1::AuditEntry& entry) {
    Report report{entry, {}};
    if (!report.feedback.ParseFromString(entry.body())) return Unreadable(entry);
    report.entry.clear_body();
    reports_[entry.about()].push_back(std::move(report));
    return absl::OkStatus();
  }

  absl::Status TakeDelivery(const v1::AuditEntry& entry) {
    v1::AuditDelivery delivery;
    if (!delivery.ParseFromString(entry.body())) return Unreadable(entry);
    std::vector<Report> about;
    if (const auto found = reports_.find(entry.sequence()); found != reports_.end()) {
      about = std::move(found->second);
      reports_.erase(found);
    }
    for (const Report& report : about) {
      const auto card = std::find_if(delivery.cards().begin(), delivery.cards().end(), [&](const v1::AuditCard& one) {
        return one.uuid() == report.feedback.card_uuid();
      });
      if (card == delivery.cards().end()) return Unreadable(report.entry);
      if (IsWithin(query_, report.entry.moment())) AddRows(entry, delivery, *card, report);
    }
    if (!IsWithin(query_, entry.moment())) return absl::OkStatus();
    for (const v1::AuditCard& card : delivery.cards()) CountCard(entry, delivery, card, about);
    return absl::OkStatus();
  }

  FeedbackRow RowOf(const v1::AuditEntry& entry, const v1::AuditDelivery& delivery, const v1::AuditCard& card) const {
    FeedbackRow row;
    row.action = "none";
    row.user = entry.user();
    row.organisation = entry.organisation();
    row.location = delivery.location();
    row.recorded = entry.moment();
    row.service_id = delivery.service_id();
    row.hook = delivery.hook();
    row.card_uuid = card.uuid();
    row.delivery = entry.sequence();
    row.consultation = entry.about();
    return row;
  }

  // What of the card was reported: what the accepted suggestions advise, else all that the card does.
  void AddRows(const v1::AuditEntry& entry, const v1::AuditDelivery& delivery, const v1::AuditCard& card,
               const Report& report) {
    FeedbackRow row = RowOf(entry, delivery, card);
    row.action = FeedbackOutcomeName(report.feedback.outcome());
    row.feedback = report.feedback;
    row.user = report.entry.user();
    row.organisation = report.entry.organisation();
    row.date = report.feedback.outcome_timestamp();
    row.recorded = report.entry.moment();
    row.report = report.entry.sequence();
    bool has_rows = false;
    for (const v1::AuditSuggestion& suggestion : card.suggestions()) {
      const auto& accepted = report.feedback.accepted_suggestions();
      if (std::find(accepted.begin(), accepted.end(), suggestion.uuid()) == accepted.end()) continue;
      row.suggestion_uuid = suggestion.uuid();
      for (const v1::AuditAdvice& advice : suggestion.advice().empty() ? card.advice() : suggestion.advice()) {
        AddRow(row, advice);
        has_rows = true;
      }
    }
    row.suggestion_uuid.clear();
    for (const v1::AuditAdvice& advice : card.advice()) {
      if (!has_rows) AddRow(row, advice);
    }
  }

  void AddRow(FeedbackRow row, const v1::AuditAdvice& advice) {
    row.intervention = advice;
    report_.rows.push_back(std::move(row));
  }

  void CountCard(const v1::AuditEntry& entry, const v1::AuditDelivery& delivery, const v1::AuditCard& card,
                 const std::vector<Report>& about) {
    const Report* last = nullptr;
    for (const Report& report : about) {
      if (report.feedback.card_uuid() == card.uuid()) last = &report;
    }
    // One card counts once for an intervention, however often it stands on it (both sides).
    std::set<RateKey> counted;
    for (const v1::AuditAdvice& advice : card.advice()) {
      const RateKey key(advice.plugin_id(), advice.plugin_version(), advice.advice_id());
      if (counted.insert(key).second) Count(key, last);
      if (last == nullptr && query_.unanswered) AddRow(RowOf(entry, delivery, card), advice);
    }
  }

  void Count(const RateKey& key, const Report* last) {
    FeedbackRate& rate = rates_[key];
    std::tie(rate.plugin_id, rate.plugin_version, rate.advice_id) = key;
    ++rate.given;
    if (last == nullptr) return;
    ++(last->feedback.outcome() == v1::FEEDBACK_OUTCOME_ACCEPTED ? rate.accepted : rate.overridden);
  }

  AuditStore& store_;
  const FeedbackQuery& query_;
  // By the delivery that they are about; those whose delivery has not been read yet.
  std::map<uint64_t, std::vector<Report>> reports_;
  std::map<RateKey, FeedbackRate> rates_;
  FeedbackReport report_;
};

}  // namespace

double FeedbackRate::override_rate() const {
  const uint64_t answered = accepted + overridden;
  return answered == 0 ? 0 : static_cast<double>(overridden) / static_cast<double>(answered);
}

absl::StatusOr<FeedbackReport> MakeFeedbackReport(AuditStore& store, const FeedbackQuery& query) {
  return Maker(store, query).Make();
}

}  // namespace condyle
