// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Cards and feedback through the host library into each kind of store, and out again with the real program; no command
// gives a password away.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "condyle/host/host.h"
#include "host/audit/postgres_for_test.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kPassword[] = "s3cret";

struct Kind {
  const char* name;
  bool is_postgres;
};

class AuditFeedback : public ::testing::TestWithParam<Kind> {
 protected:
  AuditFeedback() {
    if (!GetParam().is_postgres) return;
    url_ = TestServer().url(TestServer().NewDatabase());
    url_.insert(url_.find('@'), std::string(":") + kPassword);
  }

  std::unique_ptr<Host> OpenAudited(bool without_phi = false) const {
    HostOptions options;
    options.in_process = true;
    options.audit = url_;
    options.audit_without_phi = without_phi;
    return OpenHost(options);
  }

  RunResult Audit(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "audit");
    arguments.insert(arguments.end(), {"--store", url_});
    RunResult run = Condyle(arguments);
    EXPECT_THAT(run.out + run.err, Not(HasSubstr(kPassword)));
    return run;
  }

  const TempFolder folder_;
  std::string url_ = "sqlite:" + folder_.Path("audit.db");
};

// One card with the first recommendation of the consultation.
Outcome ConsultWithACard(Host& host, const std::string& uuid, v1::AuditAdvice* advised) {
  ConsultOptions options;
  options.user = "Practitioner/7";
  options.deliver = [&](const v1::Consultation& consultation) {
    v1::AuditDelivery delivery;
    delivery.set_service_id("red-flags");
    delivery.set_hook("patient-view");
    delivery.set_location("Location/12");
    v1::AuditCard* card = delivery.add_cards();
    card->set_uuid(uuid);
    const v1::PluginRun& run = consultation.receipt().plugins(0);
    v1::AuditAdvice* advice = card->add_advice();
    advice->set_plugin_id(run.plugin_id());
    advice->set_plugin_version(run.plugin_version());
    advice->set_advice_id("see_today");
    *advised = *advice;
    return delivery;
  };
  return host.ConsultBytes(ReadFile(std::string(kSourceFolder) + "/docs/examples/runner.bundle.json"), options);
}

CardFeedback Overridden(const std::string& uuid) {
  CardFeedback report;
  report.service_id = "red-flags";
  report.feedback.set_card_uuid(uuid);
  report.feedback.set_outcome(v1::FEEDBACK_OUTCOME_OVERRIDDEN);
  report.feedback.set_outcome_timestamp("2026-05-01T09:00:00Z");
  report.feedback.set_reason_code("seen");
  report.feedback.set_comment("=cmd|' /C calc'!A0");
  return report;
}

TEST_P(AuditFeedback, ComesOutAsItWentIn) {
  const auto host = OpenAudited();
  v1::AuditAdvice advice;
  const Outcome outcome = ConsultWithACard(*host, "card-1", &advice);
  ASSERT_TRUE(outcome.audit.has_value()) << outcome.failure;
  ASSERT_TRUE(ConsultWithACard(*host, "card-2", &advice).audit.has_value());
  const auto records = host->RecordFeedback({Overridden("card-1")});
  ASSERT_TRUE(records.ok()) << records.status();
  EXPECT_EQ(host->RecordFeedback({Overridden("card-3")}).status().code(), absl::StatusCode::kNotFound);

  const RunResult csv = Audit({"feedback", "--format", "csv"});
  EXPECT_EQ(csv.exit_code, 0) << csv.err;
  EXPECT_EQ(LineCount(csv.out), 2u) << csv.out;
  EXPECT_THAT(csv.out, HasSubstr("\"" + advice.plugin_id() + "\",\"" + advice.plugin_version() +
                                 "\",\"see_today\",\"\",\"overridden\",\"\",\"seen\",\"\",\"'=cmd|' /C calc'!A0\","
                                 "\"Practitioner/7\",\"2026-05-01T09:00:00Z\",\"Location/12\""));
  const RunResult all = Audit({"feedback", "--unanswered"});
  EXPECT_EQ(LineCount(all.out), 3u) << all.out;
  EXPECT_THAT(all.out, AllOf(HasSubstr("overridden"), HasSubstr("card card-2, consultation 3")));
  EXPECT_THAT(Audit({"feedback", "--rates"}).out, AllOf(HasSubstr("100%"), HasSubstr("see_today")));
  EXPECT_THAT(Audit({"feedback", "--format", "json"}).out, HasSubstr("\"overrideRate\": \"1.0000\""));
  EXPECT_EQ(LineCount(Audit({"feedback", "--since", "2999-01-01"}).out), 1u);

  const RunResult list = Audit({"list", "--kind", "delivery", "--kind", "feedback"});
  EXPECT_EQ(LineCount(list.out), 4u) << list.out;
  EXPECT_THAT(list.out, AllOf(HasSubstr("of 1: red-flags: 1 card, Location/12"), HasSubstr("of 2: overridden, card")));
  const RunResult verified = Audit({"verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("intact:  6 entries, 0 to 5"));
  RunOptions input;
  input.stdin_bytes = Audit({"export"}).out;
  EXPECT_EQ(Condyle({"audit", "verify", "--file", "-"}, input).out, verified.out);
}

TEST_P(AuditFeedback, LeavesWordsOutOfAStoreWithoutPatientData) {
  const auto host = OpenAudited(/*without_phi=*/true);
  v1::AuditAdvice advice;
  ASSERT_TRUE(ConsultWithACard(*host, "card-1", &advice).audit.has_value());
  ASSERT_TRUE(host->RecordFeedback({Overridden("card-1")}).ok());
  const std::string csv = Audit({"feedback", "--format", "csv"}).out;
  EXPECT_THAT(csv, AllOf(HasSubstr("\"seen\""), Not(HasSubstr("calc"))));
}

TEST_P(AuditFeedback, NamesTheStoreThatIsNotThere) {
  for (const char* command : {"feedback", "list", "export", "verify"}) {
    const RunResult run = Audit({command});
    EXPECT_EQ(run.exit_code, 1) << command;
    EXPECT_THAT(run.out, IsEmpty());
    EXPECT_THAT(run.err, HasSubstr(GetParam().is_postgres ? "there is no audit store in this database" : "audit.db"));
  }
}

TEST(AuditOnPostgres, FailsWithoutAPasswordInItsWords) {
  for (const char* url : {"postgresql://u:s3cret@127.0.0.1:1/db", "postgresql://u:s3cret@host:port/db"}) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"audit", "verify", "--store", url},
          {"audit", "feedback", "--store", url},
          {"assess", std::string(kSourceFolder) + "/docs/examples/runner.bundle.json", "--audit", url}}) {
      const RunResult run = Condyle(arguments);
      EXPECT_THAT(run.exit_code, ::testing::AnyOf(1, 64));
      EXPECT_THAT(run.err, AllOf(HasSubstr("postgresql://"), Not(HasSubstr(kPassword))));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, AuditFeedback, ::testing::Values(Kind{"Sqlite", false}, Kind{"Postgresql", true}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace condyle::tests
