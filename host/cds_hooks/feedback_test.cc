// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/cds_hooks/cds_hooks_test_support.h"

namespace condyle::cds {
namespace {

class CdsFeedbackTest : public CdsHooksTest {};

constexpr char kCard[] = "4e0a3a1e-3283-4575-ab82-028d55fe2719";

std::string FeedbackOf(const std::string& rest) {
  return std::string(R"({"feedback":[{"card":")") + kCard + R"(",)" + rest +
         R"("outcomeTimestamp":"2026-05-01T09:05:00Z"}]})";
}

TEST_F(CdsFeedbackTest, FeedbackIsHandedOnWithServiceAndUser) {
  const std::string body = FeedbackOf(R"("outcome":"accepted","acceptedSuggestions":[{"id":"s1"}],)");
  const std::string both = absl::StrReplaceAll(
      body,
      {{"]}", std::string(R"(,{"card":")") + kCard +
                  R"(","outcome":"overridden","overrideReason":{"reason":{"code":"c","system":"s","display":"d"},)"
                  R"("userComment":"because"},"outcomeTimestamp":"2026-05-01T09:06:00+02:00"}]})"}});
  for (int again = 0; again < 2; ++again) {  // repeats are legal
    const CdsReply reply = Hooks().Feedback("knee-pack-patient-view",
                                            FeedbackOf(R"("outcome":"accepted","acceptedSuggestions":[{"id":"s1"}],)"),
                                            {.organisation = "o"});
    ASSERT_EQ(reply.status, 200) << reply.body;
    ASSERT_THAT(host_.feedback, SizeIs(1));
    EXPECT_EQ(host_.feedback[0].service_id, "knee-pack-patient-view");
    EXPECT_EQ(host_.feedback[0].user, "") << "the one who got the card";
    EXPECT_EQ(host_.feedback[0].organisation, "o");
    EXPECT_EQ(host_.feedback[0].feedback.card_uuid(), kCard);
    EXPECT_EQ(host_.feedback[0].feedback.outcome(), v1::FEEDBACK_OUTCOME_ACCEPTED);
    EXPECT_THAT(host_.feedback[0].feedback.accepted_suggestions(), ElementsAre("s1"));
  }
  const CdsReply overridden = Hooks().Feedback(
      "knee-pack-patient-view",
      FeedbackOf(R"("outcome":"overridden","overrideReason":{"reason":{"code":"c","system":"s","display":"d"},)"
                 R"("userComment":"because"},)"),
      {});
  ASSERT_EQ(overridden.status, 200) << overridden.body;
  EXPECT_EQ(host_.feedback[0].feedback.reason_code(), "c");
  EXPECT_EQ(host_.feedback[0].feedback.comment(), "because");
  EXPECT_EQ(Hooks().Feedback("knee-pack-patient-view", FeedbackOf(R"("outcome":"overridden",)"), {}).status, 200);
}

TEST_F(CdsFeedbackTest, FeedbackIsRefusedByItsPlace) {
  struct Row {
    std::string body;
    const char* says;
  };
  for (const Row& row : {
           Row{"{", "not valid JSON"},
           Row{"{}", "/feedback: is missing"},
           Row{R"({"feedback":[]})", "/feedback: is empty"},
           Row{R"({"feedback":[1]})", "/feedback/0: expected an object"},
           Row{R"({"feedback":[{"outcome":"accepted"}]})", "/feedback/0/card: is missing"},
           Row{R"({"feedback":[{"card":"x","outcome":"accepted"}]})", "/feedback/0/card: is no UUID"},
           Row{FeedbackOf(""), "/feedback/0/outcome: is missing"},
           Row{FeedbackOf(R"("outcome":"ignored",)"), "is not one of accepted, overridden"},
           Row{FeedbackOf(R"("outcome":"accepted",)"), "/feedback/0/acceptedSuggestions: is missing"},
           Row{FeedbackOf(R"("outcome":"accepted","acceptedSuggestions":[{}],)"),
               "/feedback/0/acceptedSuggestions/0/id"},
           Row{FeedbackOf(R"("outcome":"overridden","acceptedSuggestions":[],)"), "/feedback/0/acceptedSuggestions"},
           Row{FeedbackOf(R"("outcome":"overridden","overrideReason":{},)"), "has neither reason nor userComment"},
           Row{FeedbackOf(R"("outcome":"overridden","overrideReason":{"reason":{"system":"s"}},)"),
               "reason/code: is missing"},
           Row{absl::StrReplaceAll(FeedbackOf(R"("outcome":"overridden",)"), {{"2026-05-01T09:05:00Z", "today"}}),
               "/feedback/0/outcomeTimestamp: is no moment"},
       }) {
    const CdsReply reply = Hooks().Feedback("knee-pack-patient-view", row.body, {});
    EXPECT_EQ(reply.status, 400) << row.body;
    EXPECT_THAT(reply.body, HasSubstr(row.says)) << row.body;
  }
  EXPECT_THAT(host_.feedback, IsEmpty());
}

TEST_F(CdsFeedbackTest, FeedbackThatCannotBeRecordedSaysWhy) {
  struct Row {
    absl::Status status;
    int expected;
  };
  for (const Row& row : {Row{absl::NotFoundError("no such card"), 404}, Row{absl::InvalidArgumentError("comment"), 400},
                         Row{absl::FailedPreconditionError("none"), 501}, Row{absl::UnimplementedError("none"), 501},
                         Row{absl::UnavailableError("disk"), 503}}) {
    host_.recorded = row.status;
    EXPECT_EQ(Hooks().Feedback("knee-pack-patient-view", FeedbackOf(R"("outcome":"overridden",)"), {}).status,
              row.expected);
  }
}

}  // namespace
}  // namespace condyle::cds
