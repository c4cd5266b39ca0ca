// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Options of every size, and with every mistake.
#include "host/embedding/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>

namespace condyle::embedding {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// As a caller of a later version has it.
struct NewerOptions {
  cndh_options known;
  uint64_t unknown;
};

TEST(Options, AreTheDefaultsWithoutAny) {
  HostOptions options;
  EXPECT_EQ(Read(static_cast<const cndh_options*>(nullptr), &options).status, CNDH_OK);
  const HostOptions defaults;
  EXPECT_EQ(options.deadline, defaults.deadline);
  EXPECT_EQ(options.supervision.open_after, defaults.supervision.open_after);
  EXPECT_TRUE(options.supervision.ask_again);
  EXPECT_EQ(options.parallel, 1);
  EXPECT_EQ(options.worker_memory_bytes, defaults.worker_memory_bytes);
  EXPECT_FALSE(options.in_process);
}

TEST(Options, AreTheDefaultsWhereAllIsZero) {
  cndh_options given{};
  given.struct_size = sizeof given;
  HostOptions options;
  EXPECT_EQ(Read(&given, &options).status, CNDH_OK);
  EXPECT_EQ(options.deadline, HostOptions().deadline);
  EXPECT_EQ(options.max_input_bytes, HostOptions().max_input_bytes);
}

TEST(Options, AreAllRead) {
  const std::array plugins = {"p1", "p2"};
  const std::array shadow = {"s"};
  const std::array trust = {"t"};
  cndh_options given{};
  given.struct_size = sizeof given;
  given.flags = CNDH_IN_PROCESS | CNDH_AUDIT_WITHOUT_PHI | CNDH_ANSWER_UNRECORDED | CNDH_ASK_ONCE;
  given.plugins = plugins.data();
  given.plugin_count = plugins.size();
  given.worker = "w";
  given.deadline_ms = 11;
  given.consultation_deadline_ms = 12;
  given.failures_before_suspension = -1;
  given.parallel = 13;
  given.first_suspension_ms = 14;
  given.longest_suspension_ms = 15;
  given.max_input_bytes = 16;
  given.worker_memory_bytes = UINT64_MAX;
  given.require_sandbox = "strict";
  given.shadow = shadow.data();
  given.shadow_count = 1;
  given.signatures = CNDH_SIGNATURES_REQUIRE;
  given.trust = trust.data();
  given.trust_count = 1;
  given.audit = "sqlite:a";
  HostOptions options;
  ASSERT_EQ(Read(&given, &options).status, CNDH_OK);
  EXPECT_THAT(options.plugins, ElementsAre("p1", "p2"));
  EXPECT_EQ(options.worker, "w");
  EXPECT_TRUE(options.in_process && options.audit_without_phi && options.answer_unrecorded);
  EXPECT_FALSE(options.supervision.ask_again);
  EXPECT_EQ(options.deadline.count(), 11);
  EXPECT_EQ(options.consultation_deadline.count(), 12);
  EXPECT_EQ(options.supervision.open_after, 0);
  EXPECT_EQ(options.parallel, 13);
  EXPECT_EQ(options.supervision.first_suspension.count(), 14);
  EXPECT_EQ(options.supervision.longest_suspension.count(), 15);
  EXPECT_EQ(options.max_input_bytes, 16u);
  EXPECT_EQ(options.worker_memory_bytes, 0u);
  EXPECT_EQ(options.require_sandbox, "strict");
  EXPECT_THAT(options.shadow, ElementsAre("s"));
  EXPECT_EQ(options.signatures, HostOptions::SignaturePolicy::kRequire);
  EXPECT_THAT(options.trust, ElementsAre("t"));
  EXPECT_EQ(options.audit, "sqlite:a");
}

struct Mistake {
  const char* name;
  std::function<void(cndh_options&)> make;
  cndh_status status;
  const char* says;
};
class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreNamed) {
  cndh_options given{};
  given.struct_size = sizeof given;
  GetParam().make(given);
  HostOptions options;
  const OptionProblem problem = Read(&given, &options);
  EXPECT_EQ(problem.status, GetParam().status);
  EXPECT_THAT(problem.what, HasSubstr(GetParam().says));
}

const char* const kWithNull[] = {"a", nullptr};

INSTANTIATE_TEST_SUITE_P(
    All, Mistakes,
    testing::Values(
        Mistake{"NoSize", [](auto& o) { o.struct_size = 0; }, CNDH_MISUSE, "struct_size is 0"},
        Mistake{"SizeBelowTheSmallest", [](auto& o) { o.struct_size = 7; }, CNDH_MISUSE, "sizeof(cndh_options)"},
        Mistake{"SizeIsGarbage", [](auto& o) { o.struct_size = 4097; }, CNDH_MISUSE, "struct_size is 4097"},
        Mistake{"UnknownFlag", [](auto& o) { o.flags = 1u << 30; }, CNDH_UNSUPPORTED, "flags"},
        Mistake{"ListIsNull", [](auto& o) { o.plugin_count = 1; }, CNDH_MISUSE, "cndh_options.plugins is NULL"},
        Mistake{"ElementIsNull",
                [](auto& o) {
                  o.trust = kWithNull;
                  o.trust_count = 2;
                },
                CNDH_MISUSE, "cndh_options.trust[1]"},
        Mistake{"NegativeTime", [](auto& o) { o.deadline_ms = -1; }, CNDH_MISUSE, "deadline_ms is -1"},
        Mistake{"EndlessTime", [](auto& o) { o.first_suspension_ms = INT64_MAX; }, CNDH_MISUSE, "first_suspension_ms"},
        Mistake{"NegativeParallel", [](auto& o) { o.parallel = -1; }, CNDH_MISUSE, "parallel"},
        Mistake{"BelowNever", [](auto& o) { o.failures_before_suspension = -2; }, CNDH_MISUSE, "never"},
        Mistake{"UnknownPolicy", [](auto& o) { o.signatures = 3; }, CNDH_UNSUPPORTED, "signatures is 3"}),
    [](const auto& row) { return row.param.name; });

TEST(NewerCaller, IsServedAsLongAsItAsksForNothingNew) {
  NewerOptions given{};
  given.known.struct_size = sizeof given;
  given.known.parallel = 3;
  HostOptions options;
  EXPECT_EQ(Read(&given.known, &options).status, CNDH_OK);
  EXPECT_EQ(options.parallel, 3);
  given.unknown = 1;
  const OptionProblem problem = Read(&given.known, &options);
  EXPECT_EQ(problem.status, CNDH_UNSUPPORTED);
  EXPECT_THAT(problem.what, HasSubstr("later version"));
}

TEST(OlderCaller, GetsTheDefaultsOfWhatItDoesNotKnow) {
  cndh_options given{};
  given.struct_size = offsetof(cndh_options, plugins);
  given.flags = CNDH_IN_PROCESS;
  given.plugin_count = 5;  // behind the end: not read
  given.parallel = -7;
  HostOptions options;
  EXPECT_EQ(Read(&given, &options).status, CNDH_OK);
  EXPECT_TRUE(options.in_process);
  EXPECT_EQ(options.parallel, 1);
}

TEST(ConsultOptions, AreAllRead) {
  cndh_cancel cancel;
  cndh_consult_options given{};
  given.flags = CNDH_RECEIPT;
  given.as_of = "2026-05-01";
  given.question_budget_ms = 7;
  given.cancel = &cancel;
  given.user = "u";
  given.organisation = "o";
  condyle::ConsultOptions options;
  ASSERT_EQ(Read(given, &options).status, CNDH_OK);
  EXPECT_TRUE(options.archive);
  EXPECT_EQ(options.as_of, "2026-05-01");
  EXPECT_EQ(options.question_budget.count(), 7);
  EXPECT_EQ(options.user, "u");
  EXPECT_EQ(options.organisation, "o");
  EXPECT_FALSE(options.cancel.stop_requested());
  cancel.source.request_stop();
  EXPECT_TRUE(options.cancel.stop_requested());
  given.flags = 2;
  EXPECT_EQ(Read(given, &options).status, CNDH_UNSUPPORTED);
}

TEST(Override, NeedsASideThatThereIs) {
  cndh_override given{};
  given.struct_size = sizeof given;
  given.side = CNDH_SIDE_RIGHT;
  given.sequence = 4;
  given.hash = "h";
  given.advice_id = "a";
  AdviceOverride advice;
  ASSERT_EQ(Read(&given, &advice).status, CNDH_OK);
  EXPECT_EQ(advice.side, v1::SIDE_RIGHT);
  EXPECT_EQ(advice.consultation.sequence, 4u);
  EXPECT_EQ(advice.consultation.hash, "h");
  EXPECT_EQ(advice.reason_code, "");
  given.side = 3;
  EXPECT_EQ(Read(&given, &advice).status, CNDH_MISUSE);
  EXPECT_EQ(Read(static_cast<const cndh_override*>(nullptr), &advice).status, CNDH_MISUSE);
}

TEST(Feedback, IsReadFromJsonAndQuotesNothing) {
  const std::string good = R"({"cardUuid":"c","outcome":"FEEDBACK_OUTCOME_ACCEPTED","comment":"x"})";
  const std::string bad = R"({"cardUuid":"Jane Doe","outcom":1})";
  cndh_feedback given{};
  given.struct_size = sizeof given;
  given.service_id = "s";
  given.feedback = {reinterpret_cast<const uint8_t*>(good.data()), good.size()};
  CardFeedback report;
  ASSERT_EQ(Read(&given, &report).status, CNDH_OK);
  EXPECT_EQ(report.feedback.card_uuid(), "c");
  EXPECT_EQ(report.service_id, "s");
  given.feedback = {reinterpret_cast<const uint8_t*>(bad.data()), bad.size()};
  const OptionProblem problem = Read(&given, &report);
  EXPECT_EQ(problem.status, CNDH_MISUSE);
  EXPECT_THAT(problem.what, testing::Not(HasSubstr("Jane")));
}

}  // namespace
}  // namespace condyle::embedding
