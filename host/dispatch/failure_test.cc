// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/dispatch/failure.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "condyle/plugin.h"

namespace condyle {
namespace {

TEST(CleanText, KeepsWhatCanBeShownAndNothingElse) {
  struct Row {
    const char* name;
    std::string text;
    std::string clean;
  };
  for (const Row& row : std::vector<Row>{
           {"empty", "", ""},
           {"plain", "plain words", "plain words"},
           {"white space", " \t a \r\n\v b  ", "a b"},
           {"control", std::string("a\0b\x1b[31m\x7f", 9), "a?b?[31m?"},
           {"two bytes",
            "gr\xC3\xB6\xC3\x9F"
            "e",
            "gr\xC3\xB6\xC3\x9F"
            "e"},
           {"three and four bytes", "\xE2\x82\xAC\xF0\x9F\x98\x80", "\xE2\x82\xAC\xF0\x9F\x98\x80"},
           {"cut sequence", "a\xE2\x82", "a??"},
           {"lone continuation", "\x80z", "?z"},
           {"overlong", "\xC0\xAF\xE0\x80\xAF", "?????"},
           {"surrogate", "\xED\xA0\x80", "???"},
           {"beyond Unicode", "\xF4\x90\x80\x80", "????"},
           {"last code point", "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
           {"C1 control", "\xC2\x9B", "??"},
       }) {
    EXPECT_EQ(CleanText(row.text), row.clean) << row.name;
  }
}

TEST(CleanText, IsCutBetweenCharacters) {
  EXPECT_EQ(CleanText(std::string(500, 'x')), std::string(500, 'x'));
  EXPECT_EQ(CleanText(std::string(501, 'x')), std::string(500, 'x'));
  EXPECT_EQ(CleanText(std::string(499, 'x') + "\xE2\x82\xAC!"), std::string(499, 'x') + "\xE2\x82\xAC");
}

TEST(LastLine, IsTheLastThatIsNotBlank) {
  EXPECT_EQ(LastLine(""), "");
  EXPECT_EQ(LastLine("\n \n"), "");
  EXPECT_EQ(LastLine("one"), "one");
  EXPECT_EQ(LastLine("one\ntwo"), "two");
  EXPECT_EQ(LastLine("one\n two \n\n \n"), "two");
}

TEST(DeadlineAfter, IsBoundedOnBothSides) {
  EXPECT_EQ(DeadlineAfter(100, std::chrono::nanoseconds(5)), 105u);
  EXPECT_EQ(DeadlineAfter(100, std::chrono::nanoseconds(-5)), 100u);
  EXPECT_EQ(DeadlineAfter(100, std::chrono::nanoseconds::max()), 100u + 86400u * UINT64_C(1000000000));
}

TEST(StatusFailure, SaysWhichStatusAndWhy) {
  PluginFile file;
  file.path = "/plugins/knee.so";
  file.manifest.set_id("knee");
  const v1::PluginFailure failure = StatusFailure(file, CND_INVALID_INPUT, false, "no\nsense\xFF", 10);
  EXPECT_EQ(failure.plugin_id(), "knee");
  EXPECT_EQ(failure.file(), "/plugins/knee.so");
  EXPECT_EQ(failure.kind(), v1::FAILURE_KIND_REPORTED);
  EXPECT_EQ(failure.message(), "the plugin could not answer: it returned CND_INVALID_INPUT: no sense?");
  EXPECT_EQ(StatusFailure(file, CND_DEADLINE, false, "", 10).kind(), v1::FAILURE_KIND_DEADLINE);
  EXPECT_EQ(StatusFailure(file, CND_EXHAUSTED, false, "", 10).kind(), v1::FAILURE_KIND_REPORTED);
  EXPECT_EQ(StatusFailure(file, CND_EXHAUSTED, true, "", 10).kind(), v1::FAILURE_KIND_BAD_ANSWER);
}

}  // namespace
}  // namespace condyle
