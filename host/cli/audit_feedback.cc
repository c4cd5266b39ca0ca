// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle audit feedback: what became of the advice that was given, and how often each was overridden.
#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "host/audit/audit_store.h"
#include "host/audit/feedback_report.h"
#include "host/cli/audit.h"
#include "host/report/text_layout.h"

namespace condyle::cli {
namespace {

struct FeedbackOptions {
  std::string store;
  std::string since;
  std::string until;
  std::string format = "text";
  bool unanswered = false;
  bool rates = false;
};

std::string InterventionOf(const std::string& plugin, const std::string& version, const std::string& advice) {
  return absl::StrCat(plugin, " ", version, advice.empty() ? "" : ": ", advice);
}

// Shown in one line, whatever the user typed.
std::string WordsOf(const v1::AuditFeedback& feedback) {
  std::string words = feedback.reason_display().empty() ? feedback.reason_code() : feedback.reason_display();
  if (!feedback.comment().empty()) absl::StrAppend(&words, words.empty() ? "" : "; ", feedback.comment());
  std::replace(words.begin(), words.end(), '\n', ' ');
  return words;
}

std::string TextOf(const FeedbackRow& row) {
  const std::string words = WordsOf(row.feedback);
  return Printable(absl::StrCat(Padded(row.date.empty() ? row.recorded : row.date, 24), "  ", Padded(row.action, 10),
                                "  ", Padded(row.user, 20), "  ", Padded(row.location, 16), "  ",
                                InterventionOf(row.intervention.plugin_id(), row.intervention.plugin_version(),
                                               row.intervention.advice_id()),
                                words.empty() ? "" : "  (", words, words.empty() ? "" : ")", "  card ", row.card_uuid,
                                ", consultation ", row.consultation)) +
         "\n";
}

std::string TextOf(const FeedbackRate& rate) {
  char share[16] = "-";
  if (rate.accepted + rate.overridden > 0) std::snprintf(share, sizeof(share), "%.0f%%", 100 * rate.override_rate());
  const auto number = [](uint64_t value) { return Padded(absl::StrCat(value), 10); };
  return Printable(absl::StrCat(number(rate.given), "  ", number(rate.accepted), "  ", number(rate.overridden), "  ",
                                number(rate.unanswered()), "  ", Padded(share, 8), "  ",
                                InterventionOf(rate.plugin_id, rate.plugin_version, rate.advice_id))) +
         "\n";
}

std::string Text(const FeedbackReport& report, bool rates) {
  std::string text;
  if (rates) {
    text = "GIVEN       ACCEPTED    OVERRIDDEN  UNANSWERED  OVERRIDE  INTERVENTION\n";
    for (const FeedbackRate& rate : report.rates) text += TextOf(rate);
  } else {
    text = "DATE                      ACTION      USER                  LOCATION          INTERVENTION\n";
    for (const FeedbackRow& row : report.rows) text += TextOf(row);
  }
  return text;
}

int Feedback(const FeedbackOptions& options) {
  AuditStoreOptions how;
  how.read_only = true;
  const absl::StatusOr<std::unique_ptr<AuditStore>> store = OpenAuditStore(options.store, how);
  FeedbackQuery query;
  if (!options.since.empty()) query.since = FormatMoment(*ParseMoment(options.since));
  if (!options.until.empty()) query.until = FormatMoment(*ParseMoment(options.until));
  query.unanswered = options.unanswered;
  const absl::StatusOr<FeedbackReport> report =
      store.ok() ? MakeFeedbackReport(**store, query) : absl::StatusOr<FeedbackReport>(store.status());
  if (!report.ok()) {
    Complain(std::string(report.status().message()));
    return kFailed;
  }
  if (options.format == "json") return Print(FeedbackJson(*report), kComplete);
  if (options.format == "csv") {
    return Print(options.rates ? RatesCsv(report->rates) : FeedbackCsv(report->rows), kComplete);
  }
  return Print(Text(*report, options.rates), kComplete);
}

}  // namespace

void AddAuditFeedback(CLI::App& audit, Run& run) {
  auto options = std::make_shared<FeedbackOptions>();
  CLI::App* feedback = audit.add_subcommand(
      "feedback",
      "What became of the cards that were given: of each intervention action, reason, user, date, location");
  feedback->add_option("--store", options->store, "The store: sqlite:FILE or postgresql://USER@HOST/DATABASE")
      ->required()
      ->check(AuditUrl())
      ->option_text("URL");
  feedback
      ->add_option("--since", options->since,
                   "Reports, and cards that are counted, not before this moment; a date is its midnight in UTC")
      ->check(Moment())
      ->option_text("MOMENT");
  feedback->add_option("--until", options->until, "Before this moment; a date is its midnight in UTC")
      ->check(Moment())
      ->option_text("MOMENT");
  feedback->add_flag("--unanswered", options->unanswered, "Also cards about which nothing was reported");
  feedback->add_flag("--rates", options->rates,
                     "Instead: of each intervention how often it was given, accepted and overridden; the last report "
                     "about a card counts. json always has both");
  feedback->add_option("--format", options->format, "text (default), csv, or json")
      ->check(OneOf({"text", "csv", "json"}))
      ->option_text("text|csv|json");
  feedback->footer(
      "An intervention is a plugin, its version and the id of its advice; one line for each that a report is about.\n"
      "What users wrote can name a patient. In CSV a cell that a spreadsheet would run as a formula begins with '.\n"
      "Examples:\n"
      "  condyle audit feedback --store sqlite:audit.db --format csv > feedback.csv\n"
      "  condyle audit feedback --store sqlite:audit.db --since 2026-05-01 --rates\n"
      "Exit codes: 0 complete; 1 the store cannot be used or read whole; 64 usage");
  feedback->callback([options, &run] { run = [options] { return Feedback(*options); }; });
}

}  // namespace condyle::cli
