// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/cds_hooks/card_text.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace condyle::cds {
namespace {

std::string Times(size_t count, const std::string& text) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(OneLine, KeepsWhatIsShortEnoughAndCutsAtAWord) {
  struct Row {
    const char* name;
    std::string text;
    std::string expected;
  };
  const std::string words = Times(27, "word ");  // 135
  for (const Row& row : {
           Row{"Short", "Pain.", "Pain."},
           Row{"139", Times(139, "x"), Times(139, "x")},
           Row{"140IsTooLong", Times(140, "x"), Times(138, "x") + "…"},
           Row{"CutAtAWord", words + "abcde", Times(26, "word ") + "word…"},
           Row{"139OfTwoBytes", Times(139, "ä"), Times(139, "ä")},
           Row{"140OfTwoBytes", Times(140, "ä"), Times(138, "ä") + "…"},
           Row{"AstralCountsTwice", Times(69, "🦴") + "x", Times(69, "🦴") + "x"},
           Row{"AstralTooLong", Times(70, "🦴"), Times(69, "🦴") + "…"},
           Row{"LinesAndBlanks", " a\n\n b\t c ", "a b c"},
           Row{"NoCommaBeforeTheCut", Times(130, "x") + ", " + Times(20, "y"), Times(130, "x") + "…"},
       }) {
    EXPECT_EQ(OneLine(row.text), row.expected) << row.name;
  }
}

TEST(Markdown, LeavesNothingThatIsMarkup) {
  struct Row {
    const char* text;
    const char* expected;
  };
  for (const Row& row : {
           Row{"CRP 200 mg/L, above 50", "CRP 200 mg/L, above 50"},
           Row{"*bold* _it_ `code` [a](b)", "\\*bold\\* \\_it\\_ \\`code\\` \\[a\\](b)"},
           Row{"<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"},
           Row{"- item", "\\- item"},
           Row{"1. item", "1\\. item"},
           Row{"# heading", "\\# heading"},
           Row{"a | b", "a \\| b"},
           Row{"see https://evil.example or www.evil.example", "see https\\://evil.example or www\\.evil.example"},
           Row{"a@b.example", "a\\@b.example"},
           Row{"two\nlines", "two lines"},
       }) {
    EXPECT_EQ(Markdown(row.text), row.expected);
  }
}

TEST(CardUuid, IsRandomAndOfVersion4) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string uuid = NewUuid();
    EXPECT_TRUE(IsUuid(uuid)) << uuid;
    EXPECT_EQ(uuid[14], '4');
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
    EXPECT_TRUE(seen.insert(uuid).second);
  }
}

TEST(CardUuid, IsComparedInOneForm) {
  EXPECT_EQ(PlainUuid("urn:uuid:D1577C69-DFBE-44AD-BA6D-3E05E953B2EA"), "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea");
  EXPECT_EQ(PlainUuid("d1577c69"), "d1577c69");
}

TEST(CardUuid, TakesBothFormsAndNothingElse) {
  EXPECT_TRUE(IsUuid("d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"));
  EXPECT_TRUE(IsUuid("urn:uuid:D1577C69-DFBE-44AD-BA6D-3E05E953B2EA"));
  for (const char* text : {"", "1", "d1577c69dfbe44adba6d3e05e953b2ea", "d1577c69-dfbe-44ad-ba6d-3e05e953b2eg",
                           "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea1", "urn:uuid:"}) {
    EXPECT_FALSE(IsUuid(text)) << text;
  }
}

}  // namespace
}  // namespace condyle::cds
