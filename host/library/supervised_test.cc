// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Options that cannot be used, and what consultations tell of runs.
#include "host/library/supervised.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace condyle {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(FindUnusable, NamesTheOptionAndWhatIsAllowed) {
  EXPECT_EQ(FindUnusable({}), "");
  const struct {
    std::function<void(HostOptions&)> good;
    std::function<void(HostOptions&)> bad;
    std::string mentions;
  } rows[] = {
      {[](HostOptions& o) { o.deadline = milliseconds(1); }, [](HostOptions& o) { o.deadline = milliseconds(0); },
       "deadline must be longer"},
      {[](HostOptions& o) { o.consultation_deadline = milliseconds(0); },
       [](HostOptions& o) { o.consultation_deadline = milliseconds(-1); }, "consultation_deadline"},
      {[](HostOptions& o) { o.parallel = 1; }, [](HostOptions& o) { o.parallel = 0; }, "parallel"},
      {[](HostOptions& o) { o.supervision.open_after = 0; }, [](HostOptions& o) { o.supervision.open_after = -1; },
       "open_after"},
      {[](HostOptions& o) { o.supervision.first_suspension = milliseconds(1); },
       [](HostOptions& o) { o.supervision.first_suspension = milliseconds(0); }, "first_suspension"},
      {[](HostOptions& o) { o.supervision.longest_suspension = milliseconds(1000); },
       [](HostOptions& o) { o.supervision.longest_suspension = milliseconds(999); }, "longest_suspension"},
  };
  for (const auto& row : rows) {
    HostOptions good;
    row.good(good);
    EXPECT_EQ(FindUnusable(good), "") << row.mentions;
    HostOptions bad;
    row.bad(bad);
    EXPECT_THAT(FindUnusable(bad), HasSubstr(row.mentions));
  }
}

TEST(DeadlinesOf, AConsultationHasTwiceTheTimeOfOneAnswerUnlessToldOtherwise) {
  HostOptions options;
  EXPECT_EQ(DeadlinesOf(options).call, milliseconds(5000));
  EXPECT_EQ(DeadlinesOf(options).consultation, milliseconds(10000));
  options.deadline = milliseconds(700);
  EXPECT_EQ(DeadlinesOf(options).consultation, milliseconds(1400));
  options.consultation_deadline = milliseconds(1);
  EXPECT_EQ(DeadlinesOf(options).consultation, milliseconds(1));
}

class NoteRunsTest : public ::testing::Test {
 protected:
  NoteRunsTest() : replies_(2) {
    for (const char* id : {"hip", "knee"}) {
      catalog_.plugins.emplace_back().manifest.set_id(id);
      consultation_.mutable_receipt()->add_plugins()->set_plugin_id(id);
    }
  }

  PluginCatalog catalog_;
  std::vector<Reply> replies_;
  v1::Consultation consultation_;
};

TEST_F(NoteRunsTest, SaysNothingOfWhatIsAsUsual) {
  const std::string before = consultation_.SerializeAsString();
  NoteRuns(catalog_, replies_, &consultation_);
  EXPECT_EQ(consultation_.SerializeAsString(), before);
}

TEST_F(NoteRunsTest, PutsSandboxAndRestartsIntoTheReceipt) {
  replies_[1].sandbox = "strict";
  replies_[1].restarts = 1;
  NoteRuns(catalog_, replies_, &consultation_);
  EXPECT_EQ(consultation_.receipt().plugins(0).restarts(), 0);
  EXPECT_EQ(consultation_.receipt().plugins(1).restarts(), 1);
  EXPECT_EQ(consultation_.receipt().plugins(1).sandbox(), "strict");
  EXPECT_THAT(consultation_.notices(), IsEmpty());
}

TEST_F(NoteRunsTest, NoticesWhatAPluginWroteToStandardError) {
  replies_[0].stderr_bytes = 12;
  replies_[0].stderr_line = "table reread";
  replies_[1].stderr_bytes = 1;
  NoteRuns(catalog_, replies_, &consultation_);
  ASSERT_EQ(consultation_.notices_size(), 2);
  EXPECT_EQ(consultation_.notices(0).path(), "hip");
  EXPECT_EQ(consultation_.notices(0).message(),
            "While it answered, the plugin wrote 12 bytes to standard error, which are no part of its answer. The last "
            "line: table reread");
  EXPECT_THAT(consultation_.notices(1).message(), HasSubstr("1 bytes to standard error"));
  EXPECT_THAT(consultation_.notices(1).message(), HasSubstr("(blank)"));
}

TEST_F(NoteRunsTest, TimesAreOfThoseThatWereAskedInWholeMicroseconds) {
  replies_[1].time = std::chrono::nanoseconds(1500);
  const std::vector<PluginTime> times = TimesOf(catalog_, replies_);
  ASSERT_EQ(times.size(), 1u);
  EXPECT_EQ(times[0].plugin_id, catalog_.plugins[1].manifest.id());
  EXPECT_EQ(times[0].time, std::chrono::microseconds(2));
}

TEST(WasCancelled, OnlyIfSomebodyWasNotHeard) {
  std::vector<Reply> replies(2);
  EXPECT_FALSE(WasCancelled(replies));
  replies[1].failure.emplace().set_kind(v1::FAILURE_KIND_CRASHED);
  EXPECT_FALSE(WasCancelled(replies));
  replies[0].failure.emplace().set_kind(v1::FAILURE_KIND_CANCELLED);
  EXPECT_TRUE(WasCancelled(replies));
}

}  // namespace
}  // namespace condyle
