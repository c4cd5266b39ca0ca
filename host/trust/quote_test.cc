// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/trust/quote.h"

#include <gtest/gtest.h>

namespace condyle {
namespace {

struct Row {
  const char* name;
  std::string text;
  std::string quoted;
};

class QuoteTest : public ::testing::TestWithParam<Row> {};

TEST_P(QuoteTest, EscapesWhatCannotBeShown) {
  EXPECT_EQ(Quote(GetParam().text), GetParam().quoted);
  EXPECT_TRUE(IsShowable(Quote(GetParam().text)));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, QuoteTest,
    ::testing::Values(
        Row{"Empty", "", "\"\""}, Row{"Plain", "load.running", "\"load.running\""},
        Row{"Letters", "\xC2\xB5g/L \xE2\x80\x93 \xF0\x9F\x98\x80", "\"\xC2\xB5g/L \xE2\x80\x93 \xF0\x9F\x98\x80\""},
        Row{"QuotationMark", "a\"b\\c", R"("a\"b\\c")"}, Row{"Escape", "\x1b[2J", R"("\x1b[2J")"},
        Row{"LineBreak", "a\nb", R"("a\x0ab")"}, Row{"Delete", "a\x7F", R"("a\x7f")"},
        Row{"LastBeforeDelete", "~", R"("~")"},
        Row{"C1",
            "\xC2\x9B"
            "1m",
            R"("\xc2\x9b1m")"},
        Row{"FirstAfterC1", "\xC2\xA0", "\"\xC2\xA0\""}, Row{"LoneByte", "\xFF", R"("\xff")"},
        Row{"Continuation", "\x80", R"("\x80")"}, Row{"CutOff", "\xE2\x80", R"("\xe2\x80")"},
        Row{"Overlong", "\xC0\xAF", R"("\xc0\xaf")"}, Row{"Overlong3", "\xE0\x80\xAF", R"("\xe0\x80\xaf")"},
        Row{"Surrogate", "\xED\xA0\x80", R"("\xed\xa0\x80")"},
        Row{"TooHigh", "\xF4\x90\x80\x80", R"("\xf4\x90\x80\x80")"},
        Row{"AsLongAsAllowed", std::string(60, 'x'), "\"" + std::string(60, 'x') + "\""},
        Row{"TooLong", std::string(61, 'x'), "\"" + std::string(60, 'x') + "...\""},
        Row{"CutBeforeACharacter", std::string(59, 'x') + "\xC2\xB5", "\"" + std::string(59, 'x') + "...\""}),
    [](const ::testing::TestParamInfo<Row>& row) { return std::string(row.param.name); });

TEST(Showable, LeavesQuotationMarksAndCutsWhereItIsTold) {
  EXPECT_EQ(Showable("found \"\x1b\" \\"), "found \"\\x1b\" \\");
  EXPECT_EQ(Showable("12345", 5), "12345");
  EXPECT_EQ(Showable("123456", 5), "12345...");
  EXPECT_EQ(Showable(std::string(61, 'x')), std::string(60, 'x') + "...");
}

}  // namespace
}  // namespace condyle
