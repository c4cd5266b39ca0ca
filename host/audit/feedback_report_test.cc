// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One line for each intervention that a report is about, rates by intervention, and cells that no spreadsheet runs.
#include "host/audit/feedback_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/audit/store_for_test.h"

namespace condyle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

v1::AuditAdvice Advice(const std::string& plugin, const std::string& id) {
  v1::AuditAdvice advice;
  advice.set_plugin_id(plugin);
  advice.set_plugin_version("1.0");
  advice.set_advice_id(id);
  return advice;
}

// A store whose clock stands at 09:00 and goes on by a minute with each append.
class FeedbackReports : public ::testing::Test {
 protected:
  FeedbackReports() {
    AuditStoreOptions options;
    options.clock = [this] { return absl::FromUnixSeconds(1777626000) + absl::Minutes(minute_++); };
    store_ = MustOpen(folder_.Url(), options);
  }

  // A card with one advice, and two suggestions of which the second advises something else; and one that only reports.
  // Consultation 1, 3, 5, ...; its delivery follows.
  void Deliver(const std::string& uuid) {
    v1::AuditDelivery delivery;
    delivery.set_service_id("service");
    delivery.set_hook("patient-view");
    delivery.set_location("Location/1");
    v1::AuditCard* card = delivery.add_cards();
    card->set_uuid(uuid);
    *card->add_advice() = Advice("p", "rest");
    card->add_suggestions()->set_uuid(uuid + "-s1");
    v1::AuditSuggestion* second = card->add_suggestions();
    second->set_uuid(uuid + "-s2");
    *second->add_advice() = Advice("p", "walk");
    v1::AuditCard* report = delivery.add_cards();
    report->set_uuid(uuid + "-plain");
    *report->add_advice() = Advice("q", "");
    AuditDraft draft = Draft(delivery.SerializeAsString(), v1::AUDIT_KIND_DELIVERY);
    draft.user = "Practitioner/1";
    draft.organisation = "org";
    draft.about_first = true;
    const auto marks = store_->Append({Draft("", v1::AUDIT_KIND_CONSULTATION), draft});
    deliveries_[uuid] = marks->at(1).sequence;
  }

  void Report(const std::string& of, const std::string& card, v1::FeedbackOutcome outcome,
              const std::vector<std::string>& accepted = {}, const std::string& comment = "") {
    v1::AuditFeedback feedback;
    feedback.set_card_uuid(card);
    feedback.set_outcome(outcome);
    feedback.set_outcome_timestamp("2026-05-01T11:11:11Z");
    for (const std::string& uuid : accepted) feedback.add_accepted_suggestions(uuid);
    feedback.set_comment(comment);
    AuditDraft draft = Draft(feedback.SerializeAsString(), v1::AUDIT_KIND_FEEDBACK);
    draft.user = "Practitioner/2";
    draft.about = deliveries_[of];
    ASSERT_TRUE(store_->Append({draft}).ok());
  }
  void Accept(const std::string& card, const std::vector<std::string>& suggestions = {}) {
    Report(card, card, v1::FEEDBACK_OUTCOME_ACCEPTED, suggestions);
  }
  void Override(const std::string& card, const std::string& comment = "") {
    Report(card, card, v1::FEEDBACK_OUTCOME_OVERRIDDEN, {}, comment);
  }

  FeedbackReport Make(const FeedbackQuery& query = {}) {
    auto report = MakeFeedbackReport(*store_, query);
    EXPECT_TRUE(report.ok()) << report.status();
    return *std::move(report);
  }

  // "plugin/advice action card suggestion".
  static std::vector<std::string> Lines(const FeedbackReport& report) {
    std::vector<std::string> lines;
    for (const FeedbackRow& row : report.rows) {
      lines.push_back(absl::StrCat(row.intervention.plugin_id(), "/", row.intervention.advice_id(), " ", row.action,
                                   " ", row.card_uuid, " ", row.suggestion_uuid));
    }
    return lines;
  }
  // "plugin/advice given accepted overridden unanswered".
  static std::vector<std::string> Rates(const FeedbackReport& report) {
    std::vector<std::string> lines;
    for (const FeedbackRate& rate : report.rates) {
      lines.push_back(absl::StrCat(rate.plugin_id, "/", rate.advice_id, " ", rate.given, " ", rate.accepted, " ",
                                   rate.overridden, " ", rate.unanswered()));
    }
    return lines;
  }

  AuditFolder folder_;
  int minute_ = 0;
  std::unique_ptr<AuditStore> store_;
  std::map<std::string, uint64_t> deliveries_;
};

TEST_F(FeedbackReports, SaysWhatWasDoneByWhomWhenAndWhere) {
  Deliver("a");
  Override("a", "seen on Monday");
  const FeedbackReport report = Make();
  ASSERT_THAT(report.rows, SizeIs(1));
  const FeedbackRow& row = report.rows[0];
  EXPECT_EQ(row.intervention.SerializeAsString(), Advice("p", "rest").SerializeAsString());
  EXPECT_EQ(row.action, "overridden");
  EXPECT_EQ(row.feedback.comment(), "seen on Monday");
  EXPECT_EQ(row.user, "Practitioner/2");
  EXPECT_EQ(row.date, "2026-05-01T11:11:11Z");
  EXPECT_EQ(row.recorded, "2026-05-01T09:02:00.000Z");
  EXPECT_EQ(row.location, "Location/1");
  EXPECT_EQ(row.service_id, "service");
  EXPECT_EQ(row.hook, "patient-view");
  EXPECT_EQ(row.consultation, 1u);
  EXPECT_EQ(row.delivery, 2u);
  EXPECT_EQ(row.report, 3u);
}

TEST_F(FeedbackReports, NamesWhatTheAcceptedSuggestionsAdviseElseWhatTheCardDoes) {
  Deliver("a");
  Accept("a", {"a-s1"});
  Accept("a", {"a-s2"});
  Accept("a", {"a-s2", "a-s1"});
  Accept("a");
  EXPECT_THAT(Lines(Make()), ElementsAre("p/rest accepted a a-s1", "p/walk accepted a a-s2", "p/rest accepted a a-s1",
                                         "p/walk accepted a a-s2", "p/rest accepted a "));
}

TEST_F(FeedbackReports, TellsOfCardsWithoutReportsIfAsked) {
  Deliver("a");
  Deliver("b");
  Override("b");
  Report("a", "a-plain", v1::FEEDBACK_OUTCOME_ACCEPTED);
  EXPECT_THAT(Lines(Make()), ElementsAre("p/rest overridden b ", "q/ accepted a-plain "));
  FeedbackQuery query;
  query.unanswered = true;
  const FeedbackReport report = Make(query);
  EXPECT_THAT(Lines(report),
              ElementsAre("p/rest overridden b ", "q/ accepted a-plain ", "p/rest none a ", "q/ none b-plain "));
  EXPECT_EQ(report.rows[2].user, "Practitioner/1") << "who got it";
  EXPECT_THAT(report.rows[2].date, IsEmpty());
  EXPECT_EQ(report.rows[2].recorded, "2026-05-01T09:01:00.000Z") << "when it was given";
}

TEST_F(FeedbackReports, CountsTheLastReportAboutEachCard) {
  for (const char* card : {"a", "b", "c", "d"}) Deliver(card);
  Override("a");
  Override("b");
  Override("b");
  Accept("c", {"c-s2"});
  Override("c");
  Accept("c", {"c-s2"});
  const FeedbackReport report = Make();
  EXPECT_THAT(Rates(report), ElementsAre("p/rest 4 1 2 1", "q/ 4 0 0 4"));
  EXPECT_DOUBLE_EQ(report.rates[0].override_rate(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(report.rates[1].override_rate(), 0);
}

TEST_F(FeedbackReports, AreOfTheReportsAndTheCardsOfATime) {
  Deliver("a");   // 09:01
  Deliver("b");   // 09:02
  Override("a");  // 09:03
  Override("b");  // 09:04
  FeedbackQuery since, until;
  since.since = "2026-05-01T09:02:00.000Z";
  EXPECT_THAT(Lines(Make(since)), SizeIs(2));
  EXPECT_THAT(Rates(Make(since)), ElementsAre("p/rest 1 0 1 0", "q/ 1 0 0 1"));
  since.since = "2026-05-01T09:03:00.001Z";
  EXPECT_THAT(Lines(Make(since)), ElementsAre("p/rest overridden b "));
  EXPECT_THAT(Rates(Make(since)), IsEmpty());
  until.until = "2026-05-01T09:04:00.000Z";
  EXPECT_THAT(Lines(Make(until)), ElementsAre("p/rest overridden a "));
  EXPECT_THAT(Rates(Make(until)), ElementsAre("p/rest 2 0 2 0", "q/ 2 0 0 2"));
  until.until = "2026-05-01T09:02:00.000Z";
  until.unanswered = true;
  EXPECT_THAT(Lines(Make(until)), ElementsAre("q/ none a-plain ")) << "what was reported later was reported";
}

TEST_F(FeedbackReports, DoNotPassOverWhatCannotBeRead) {
  Deliver("a");
  Report("a", "no such card", v1::FEEDBACK_OUTCOME_OVERRIDDEN);
  EXPECT_EQ(MakeFeedbackReport(*store_, {}).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(FeedbackReports, DoNotPassOverAReportAboutNoDelivery) {
  Report("never delivered", "a", v1::FEEDBACK_OUTCOME_OVERRIDDEN);
  const absl::Status status = MakeFeedbackReport(*store_, {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("entry 1 cannot be read, or is about no card"));
}

TEST_F(FeedbackReports, AsCsvRunNoFormula) {
  const std::pair<const char*, const char*> rows[] = {{"plain", "\"plain\""},
                                                      {"a=b+c@d-e", "\"a=b+c@d-e\""},
                                                      {"=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""},
                                                      {"+1", "\"'+1\""},
                                                      {"-1", "\"'-1\""},
                                                      {"@SUM(A1)", "\"'@SUM(A1)\""},
                                                      {"  =1", "\"'  =1\""},
                                                      {"\n=1", "\"'\n=1\""},
                                                      {"say \"no\", then", "\"say \"\"no\"\", then\""},
                                                      {"two\nlines", "\"two\nlines\""}};
  for (const auto& [comment, cell] : rows) {
    FeedbackRow row;
    row.feedback.set_comment(comment);
    EXPECT_THAT(FeedbackCsv({row}), HasSubstr(absl::StrCat(",", cell, ","))) << comment;
  }
}

TEST_F(FeedbackReports, HaveOneLineForEachRowWithItsColumns) {
  Deliver("a");
  Override("a");
  const FeedbackReport report = Make();
  EXPECT_EQ(FeedbackCsv(report.rows),
            "\"pluginId\",\"pluginVersion\",\"adviceId\",\"side\",\"action\",\"reasonSystem\",\"reasonCode\","
            "\"reasonDisplay\",\"comment\",\"user\",\"date\",\"location\",\"organisation\",\"recorded\",\"service\","
            "\"hook\",\"cardUuid\",\"suggestionUuid\",\"consultation\",\"delivery\",\"report\"\r\n"
            "\"p\",\"1.0\",\"rest\",\"\",\"overridden\",\"\",\"\",\"\",\"\",\"Practitioner/2\","
            "\"2026-05-01T11:11:11Z\",\"Location/1\",\"\",\"2026-05-01T09:02:00.000Z\",\"service\",\"patient-view\","
            "\"a\",\"\",\"1\",\"2\",\"3\"\r\n");
  EXPECT_EQ(RatesCsv(report.rates),
            "\"pluginId\",\"pluginVersion\",\"adviceId\",\"given\",\"accepted\",\"overridden\",\"unanswered\","
            "\"overrideRate\"\r\n\"p\",\"1.0\",\"rest\",\"1\",\"0\",\"1\",\"0\",\"1.0000\"\r\n"
            "\"q\",\"1.0\",\"\",\"1\",\"0\",\"0\",\"1\",\"\"\r\n");
  EXPECT_THAT(FeedbackJson(report), StartsWith("{"));
  EXPECT_THAT(FeedbackJson(report), HasSubstr("\"adviceId\": \"rest\""));
  EXPECT_THAT(FeedbackJson(report), HasSubstr("\"overrideRate\": \"1.0000\""));
}

}  // namespace
}  // namespace condyle
