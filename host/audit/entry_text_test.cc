// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Entries as JSON and back, and as a reader sees them.
#include "host/audit/entry_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/audit/audit_store.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

v1::AuditEntry EntryOf(v1::AuditKind kind, const std::string& body, uint64_t about = 0) {
  v1::AuditEntry entry;
  entry.set_sequence(18446744073709551615u);
  entry.set_moment("2026-05-01T09:00:00.000Z");
  entry.set_kind(kind);
  entry.set_about(about);
  entry.set_body(body);
  entry.set_hash("h");
  return entry;
}

TEST(EntryJson, IsOneLineAndReadBackAsItWas) {
  v1::AuditEntry entry = EntryOf(v1::AUDIT_KIND_REFUSAL, std::string("a\0\n\xff\"", 5));
  entry.set_user("u \"1\"");
  const std::string json = EntryToJson(entry);
  EXPECT_THAT(json, Not(HasSubstr("\n")));
  EXPECT_THAT(json, HasSubstr("\"sequence\":\"18446744073709551615\""));
  const auto read = EntryFromJson(json);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->SerializeAsString(), entry.SerializeAsString());
}

TEST(EntryJson, RefusesWhatIsNoEntryAndQuotesNothing) {
  for (const char* line : {"", "secret", "{\"secret\":1}", "{\"sequence\":\"1\"", "{\"body\":\"secret!\"}", "[]"}) {
    const auto read = EntryFromJson(line);
    EXPECT_FALSE(read.ok()) << line;
    EXPECT_THAT(std::string(read.status().message()), Not(HasSubstr("secret")));
  }
}

TEST(Summary, SaysWhatHappenedByKind) {
  v1::AuditConsultation consultation;
  consultation.set_urgency(v1::URGENCY_SELF_CARE);
  consultation.add_plugins();
  EXPECT_EQ(Summary(ToLine(EntryOf(v1::AUDIT_KIND_CONSULTATION, consultation.SerializeAsString()))),
            "self care, 1 plugins");
  consultation.add_plugins()->set_failure(v1::FAILURE_KIND_CRASHED);
  consultation.mutable_archive()->set_case_id("c-1");
  const v1::AuditListing::Line line = ToLine(EntryOf(v1::AUDIT_KIND_CONSULTATION, consultation.SerializeAsString()));
  EXPECT_EQ(Summary(line), "self care, 2 plugins, 1 without an answer, case c-1");
  EXPECT_FALSE(line.consultation().has_archive());
  v1::AuditRefusal refusal;
  refusal.set_path("/findings/0");
  EXPECT_EQ(Summary(ToLine(EntryOf(v1::AUDIT_KIND_REFUSAL, refusal.SerializeAsString()))), "/findings/0");
  refusal.set_message("is odd");
  EXPECT_EQ(Summary(ToLine(EntryOf(v1::AUDIT_KIND_REFUSAL, refusal.SerializeAsString()))), "/findings/0: is odd");
  v1::AuditPluginFailure failure;
  failure.set_plugin_id("p");
  failure.set_kind(v1::FAILURE_KIND_BAD_ANSWER);
  EXPECT_EQ(Summary(ToLine(EntryOf(v1::AUDIT_KIND_PLUGIN_FAILURE, failure.SerializeAsString(), 7))),
            "of 7: p: bad answer");
  v1::AuditOverride override_;
  override_.set_advice_id("a");
  override_.set_reason_code("r");
  override_.set_text("t");
  EXPECT_EQ(Summary(ToLine(EntryOf(v1::AUDIT_KIND_OVERRIDE, override_.SerializeAsString(), 7))), "of 7: a: r: t");
  v1::AuditDelivery delivery;
  delivery.set_service_id("s");
  delivery.add_cards();
  EXPECT_EQ(Summary(ToLine(EntryOf(v1::AUDIT_KIND_DELIVERY, delivery.SerializeAsString(), 7))), "of 7: s: 1 card");
  delivery.add_cards();
  delivery.set_location("Location/1");
  EXPECT_EQ(Summary(ToLine(EntryOf(v1::AUDIT_KIND_DELIVERY, delivery.SerializeAsString(), 7))),
            "of 7: s: 2 cards, Location/1");
  v1::AuditFeedback feedback;
  feedback.set_card_uuid("c");
  feedback.set_outcome(v1::FEEDBACK_OUTCOME_ACCEPTED);
  EXPECT_EQ(Summary(ToLine(EntryOf(v1::AUDIT_KIND_FEEDBACK, feedback.SerializeAsString(), 8))),
            "of 8: accepted, card c");
  feedback.set_outcome(v1::FEEDBACK_OUTCOME_OVERRIDDEN);
  feedback.set_reason_code("r");
  feedback.set_comment("words");
  EXPECT_EQ(Summary(ToLine(EntryOf(v1::AUDIT_KIND_FEEDBACK, feedback.SerializeAsString(), 8))),
            "of 8: overridden, card c, reason r: words");
  EXPECT_THAT(Summary(ToLine(EntryOf(v1::AUDIT_KIND_STORE_CREATED, NewStoreDraft(true)->body))),
              HasSubstr(", without patient data"));
  EXPECT_EQ(Summary(ToLine(EntryOf(v1::AUDIT_KIND_CONSULTATION, "\xff"))), "(its body cannot be read)");
}

TEST(AuditKind, IsNamedAndReadBack) {
  for (const std::string& name : AuditKindNames()) EXPECT_EQ(AuditKindName(ParseAuditKind(name).value()), name);
  EXPECT_FALSE(ParseAuditKind("Consultation").has_value());
  EXPECT_EQ(AuditKindName(static_cast<v1::AuditKind>(99)), "?");
}

}  // namespace
}  // namespace condyle
