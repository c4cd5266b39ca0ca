// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What became of the advice that was given: of each intervention the action taken, the user's words, who, when and
// where.
#ifndef CONDYLE_HOST_AUDIT_FEEDBACK_REPORT_H_
#define CONDYLE_HOST_AUDIT_FEEDBACK_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "condyle/v1/audit.pb.h"
#include "host/audit/audit_store.h"

namespace condyle {

// One intervention of one card, and what became of it.
struct FeedbackRow {
  // Plugin, version and advice; the latter empty on a card that reports without advising.
  v1::AuditAdvice intervention;
  // "accepted", "overridden"; "none" of a card about which nothing was reported.
  std::string action;
  v1::AuditFeedback feedback;
  // Who reported, or else got the card, and where.
  std::string user;
  std::string organisation;
  std::string location;
  // RFC 3339: when the user acted, as the client says, and when it was recorded. Of a card without a report the first
  // is empty and the second when it was given.
  std::string date;
  std::string recorded;
  std::string service_id;
  std::string hook;
  std::string card_uuid;
  // Empty unless a suggestion was accepted.
  std::string suggestion_uuid;
  // Sequences: of the report (0: none), of its delivery and of the consultation.
  uint64_t report = 0;
  uint64_t delivery = 0;
  uint64_t consultation = 0;
};

// Of one intervention: on how many cards it was given, and what was reported of these; of several reports about one
// card the last counts.
struct FeedbackRate {
  std::string plugin_id;
  std::string plugin_version;
  std::string advice_id;
  uint64_t given = 0;
  uint64_t accepted = 0;
  uint64_t overridden = 0;
  uint64_t unanswered() const { return given - accepted - overridden; }
  // Of those that were answered; 0 if none was.
  double override_rate() const;
};

struct FeedbackReport {
  // Of reports in the order of their entries; then of cards without.
  std::vector<FeedbackRow> rows;
  // By plugin, version and advice.
  std::vector<FeedbackRate> rates;
};

struct FeedbackQuery {
  // As in AuditFilter. Rows are of reports recorded in that time, rates (and rows without a report) of cards given in
  // it.
  std::string since;
  std::string until;
  // Also rows of cards about which nothing was reported, up to now.
  bool unanswered = false;
};

// Reads the store twice. Errors: as AuditStore::Read; DataLoss if an entry cannot be read, or a report is about no
// card.
absl::StatusOr<FeedbackReport> MakeFeedbackReport(AuditStore& store, const FeedbackQuery& query);

// With a line of names, RFC 4180; no cell is taken for a formula by a spreadsheet.
std::string FeedbackCsv(const std::vector<FeedbackRow>& rows);
std::string RatesCsv(const std::vector<FeedbackRate>& rates);
// Both as one JSON object.
std::string FeedbackJson(const FeedbackReport& report);

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_FEEDBACK_REPORT_H_
