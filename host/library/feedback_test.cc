// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Cards are recorded with the consultation that they were made of, and reports only about cards that were given.
#include "host/library/feedback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "host/audit/store_for_test.h"
#include "host/library/audit_trail.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::AuditDelivery TwoCards() {
  v1::AuditDelivery delivery;
  delivery.set_service_id("service");
  delivery.set_hook("patient-view");
  delivery.set_hook_instance("call-1");
  delivery.set_location("Location/12");
  for (const char* uuid : {"card-1", "card-2"}) {
    v1::AuditCard* card = delivery.add_cards();
    card->set_uuid(uuid);
    card->add_advice()->set_plugin_id("p");
    card->add_suggestions()->set_uuid(std::string(uuid) + "-suggestion");
  }
  return delivery;
}

Outcome Answer() {
  Outcome outcome;
  outcome.consultation.emplace().set_case_id("c");
  v1::PluginFailure* failure = outcome.consultation.Mutable().add_plugin_failures();
  failure->set_plugin_id("p");
  failure->set_kind(v1::FAILURE_KIND_CRASHED);
  return outcome;
}

struct Trail {
  explicit Trail(bool without_phi = false) {
    HostOptions options;
    options.audit = folder.Url();
    options.audit_without_phi = without_phi;
    trail = *AuditTrail::Open(options);
  }

  Outcome Deliver(const v1::AuditDelivery& delivery) const {
    ConsultOptions options;
    options.user = "Practitioner/1";
    options.organisation = "org";
    options.deliver = [&](const v1::Consultation& consultation) {
      EXPECT_EQ(consultation.case_id(), "c");
      return delivery;
    };
    Outcome outcome = Answer();
    trail->Record("input", options, &outcome);
    EXPECT_TRUE(outcome.failure.ok()) << outcome.failure;
    return outcome;
  }

  std::vector<v1::AuditEntry> Entries() const { return ReadAll(*MustOpenToRead(folder.Url())); }

  AuditFolder folder;
  std::unique_ptr<AuditTrail> trail;
};

CardFeedback Accepted(const std::string& card = "card-1") {
  CardFeedback report;
  report.feedback.set_card_uuid(card);
  report.feedback.set_outcome(v1::FEEDBACK_OUTCOME_ACCEPTED);
  report.feedback.set_outcome_timestamp("2026-05-01T09:00:00Z");
  report.feedback.add_accepted_suggestions(card + "-suggestion");
  report.service_id = "service";
  return report;
}

CardFeedback Overridden(const std::string& card = "card-1") {
  CardFeedback report = Accepted(card);
  report.feedback.clear_accepted_suggestions();
  report.feedback.set_outcome(v1::FEEDBACK_OUTCOME_OVERRIDDEN);
  report.feedback.set_reason_system("https://example.org/reasons");
  report.feedback.set_reason_code("seen");
  report.feedback.set_reason_display("Seen by Quixote");
  report.feedback.set_comment("Quixote was\nseen on Monday");
  return report;
}

TEST(Delivery, IsRecordedWithItsConsultationInOneStep) {
  const Trail trail;
  const Outcome outcome = trail.Deliver(TwoCards());
  const std::vector<v1::AuditEntry> entries = trail.Entries();
  ASSERT_THAT(entries, SizeIs(4));
  EXPECT_EQ(outcome.audit->sequence, 1u);
  EXPECT_EQ(entries[2].kind(), v1::AUDIT_KIND_PLUGIN_FAILURE);
  EXPECT_EQ(entries[3].kind(), v1::AUDIT_KIND_DELIVERY);
  EXPECT_EQ(entries[3].about(), 1u);
  EXPECT_EQ(entries[3].user(), "Practitioner/1");
  EXPECT_EQ(entries[3].organisation(), "org");
  EXPECT_EQ(entries[3].moment(), entries[1].moment());
  EXPECT_EQ(entries[3].body(), TwoCards().SerializeAsString());
}

TEST(Delivery, IsNotRecordedWithoutACard) {
  const Trail trail;
  v1::AuditDelivery none = TwoCards();
  none.clear_cards();
  trail.Deliver(none);
  EXPECT_THAT(trail.Entries(), SizeIs(3));
}

TEST(Delivery, IsNotMadeOfARefusal) {
  const Trail trail;
  Outcome refused;
  refused.refusal = InputRefusal{"/", "no"};
  ConsultOptions options;
  options.deliver = [](const v1::Consultation&) {
    ADD_FAILURE() << "there is no consultation";
    return TwoCards();
  };
  trail.trail->Record("input", options, &refused);
  EXPECT_THAT(trail.Entries(), SizeIs(2));
}

TEST(Delivery, LeavesOutWhatAClientNamedInOddWays) {
  const Trail trail;
  v1::AuditDelivery odd = TwoCards();
  odd.set_hook_instance(std::string(201, 'x'));
  odd.set_location("Location/1\n");
  trail.Deliver(odd);
  v1::AuditDelivery recorded;
  ASSERT_TRUE(recorded.ParseFromString(trail.Entries().at(3).body()));
  EXPECT_THAT(recorded.hook_instance(), IsEmpty());
  EXPECT_THAT(recorded.location(), IsEmpty());
  EXPECT_EQ(recorded.cards_size(), 2);
}

TEST(Feedback, IsRecordedAboutTheDeliveryOfItsCard) {
  const Trail trail;
  trail.Deliver(TwoCards());
  CardFeedback by_another = Accepted("card-2");
  by_another.user = "Practitioner/2";
  const auto records = trail.trail->RecordFeedback({Overridden(), by_another});
  ASSERT_TRUE(records.ok()) << records.status();
  const std::vector<v1::AuditEntry> entries = trail.Entries();
  ASSERT_THAT(entries, SizeIs(6));
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(entries[4 + i].kind(), v1::AUDIT_KIND_FEEDBACK);
    EXPECT_EQ(entries[4 + i].about(), 3u);
    EXPECT_EQ(entries[4 + i].organisation(), "org");
    EXPECT_EQ(entries[4 + i].hash(), records->at(i).hash);
  }
  EXPECT_EQ(entries[4].user(), "Practitioner/1") << "who got the card";
  EXPECT_EQ(entries[5].user(), "Practitioner/2");
  EXPECT_EQ(entries[4].body(), Overridden().feedback.SerializeAsString());
}

TEST(Feedback, MayComeAgainAndIsRecordedAgain) {
  const Trail trail;
  trail.Deliver(TwoCards());
  ASSERT_TRUE(trail.trail->RecordFeedback({Overridden()}).ok());
  ASSERT_TRUE(trail.trail->RecordFeedback({Accepted()}).ok());
  EXPECT_THAT(trail.Entries(), SizeIs(6));
  EXPECT_THAT(*trail.trail->RecordFeedback({}), IsEmpty());
}

TEST(Feedback, LeavesOutWordsInAStoreWithoutPatientData) {
  const Trail trail(/*without_phi=*/true);
  trail.Deliver(TwoCards());
  ASSERT_TRUE(trail.trail->RecordFeedback({Overridden()}).ok());
  const std::string body = trail.Entries().back().body();
  EXPECT_THAT(body, HasSubstr("seen"));
  EXPECT_THAT(body, HasSubstr("https://example.org/reasons"));
  EXPECT_THAT(body, HasSubstr("card-1"));
  EXPECT_EQ(body.find("Quixote"), std::string::npos);
}

struct BadReport {
  const char* name;
  std::function<void(CardFeedback&)> with;
  absl::StatusCode code;
  const char* words;
};

class FeedbackRefuses : public ::testing::TestWithParam<BadReport> {};

TEST_P(FeedbackRefuses, AllOfThemIfOneIsWrong) {
  const Trail trail;
  trail.Deliver(TwoCards());
  CardFeedback bad = Accepted();
  GetParam().with(bad);
  const auto records = trail.trail->RecordFeedback({Overridden("card-2"), bad});
  EXPECT_EQ(records.status().code(), GetParam().code) << records.status();
  EXPECT_THAT(std::string(records.status().message()), HasSubstr(GetParam().words));
  EXPECT_THAT(trail.Entries(), SizeIs(4)) << "all or none";
}

INSTANTIATE_TEST_SUITE_P(
    Reports, FeedbackRefuses,
    ::testing::Values(
        BadReport{"UnknownCard", [](auto& r) { r.feedback.set_card_uuid("card-3"); }, absl::StatusCode::kNotFound,
                  "feedback[1]: card_uuid: the service \"service\" gave no card \"card-3\""},
        BadReport{"CardOfAnotherService", [](auto& r) { r.service_id = "other"; }, absl::StatusCode::kNotFound,
                  "feedback[1]: card_uuid: the service \"other\" gave no card"},
        BadReport{"NoCard", [](auto& r) { r.feedback.clear_card_uuid(); }, absl::StatusCode::kInvalidArgument,
                  "feedback[1]: card_uuid must be"},
        BadReport{"SuggestionOfAnotherCard",
                  [](auto& r) { r.feedback.set_accepted_suggestions(0, "card-2-suggestion"); },
                  absl::StatusCode::kInvalidArgument,
                  "feedback[1]: accepted_suggestions[0]: the card has no suggestion \"card-2-suggestion\""},
        BadReport{"NoOutcome", [](auto& r) { r.feedback.clear_outcome(); }, absl::StatusCode::kInvalidArgument,
                  "feedback[1]: outcome must be accepted or overridden"},
        BadReport{"OutcomeOfALaterVersion",
                  [](auto& r) { r.feedback.set_outcome(static_cast<v1::FeedbackOutcome>(3)); },
                  absl::StatusCode::kInvalidArgument, "feedback[1]: outcome must be"},
        BadReport{"NoMoment", [](auto& r) { r.feedback.clear_outcome_timestamp(); }, absl::StatusCode::kInvalidArgument,
                  "feedback[1]: outcome_timestamp must be"},
        BadReport{"MomentWithoutOffset", [](auto& r) { r.feedback.set_outcome_timestamp("2026-05-01T09:00:00"); },
                  absl::StatusCode::kInvalidArgument, "feedback[1]: outcome_timestamp must be"},
        BadReport{"LongReason", [](auto& r) { r.feedback.set_reason_code(std::string(201, 'x')); },
                  absl::StatusCode::kInvalidArgument, "feedback[1]: reason_code must be"},
        BadReport{"ReasonSystemOfControlCharacters", [](auto& r) { r.feedback.set_reason_system("\x1b[2J"); },
                  absl::StatusCode::kInvalidArgument, "feedback[1]: reason_system must be"},
        BadReport{"LongComment", [](auto& r) { r.feedback.set_comment(std::string(4001, 'x')); },
                  absl::StatusCode::kInvalidArgument, "feedback[1]: comment must be"},
        BadReport{"CommentThatIsNoText", [](auto& r) { r.feedback.set_comment("\xff"); },
                  absl::StatusCode::kInvalidArgument, "feedback[1]: comment must be"},
        BadReport{"DisplayThatSteersATerminal", [](auto& r) { r.feedback.set_reason_display("\x1b[2J"); },
                  absl::StatusCode::kInvalidArgument, "feedback[1]: reason_display must be"},
        BadReport{"LongUser", [](auto& r) { r.user = std::string(201, 'x'); }, absl::StatusCode::kInvalidArgument,
                  "user must be"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Feedback, TakesWhatIsJustAllowed) {
  const Trail trail;
  trail.Deliver(TwoCards());
  CardFeedback longest = Overridden();
  longest.feedback.set_reason_code(std::string(200, 'x'));
  longest.feedback.set_comment(std::string(3999, 'x') + "\n");
  longest.feedback.set_outcome_timestamp("2026-05-01T09:00:00.123+02:00");
  EXPECT_TRUE(trail.trail->RecordFeedback({longest}).ok());
}

// A name lies outside of the chain: if somebody bends it to another entry, that entry does not bear it out.
TEST(Feedback, TrustsNoNameThatItsDeliveryDoesNotBearOut) {
  const Trail trail;
  trail.Deliver(TwoCards());
  {
    const auto store = MustOpen(trail.folder.Url());
    AuditDraft bent = Draft(TwoCards().SerializeAsString());
    bent.names = {"card-1"};
    AuditDraft no_such_card = Draft(TwoCards().SerializeAsString(), v1::AUDIT_KIND_DELIVERY);
    no_such_card.names = {"card-9"};
    ASSERT_TRUE(store->Append({bent, no_such_card}).ok());
  }
  EXPECT_EQ(trail.trail->RecordFeedback({Accepted("card-1")}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(trail.trail->RecordFeedback({Accepted("card-9")}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(trail.trail->RecordFeedback({Accepted("card-2")}).ok());
}

}  // namespace
}  // namespace condyle
