// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Escaping, and elements that always close.
#include "host/report/html.h"

#include <gtest/gtest.h>

#include <string>

namespace condyle {
namespace {

struct Escape {
  const char* name;
  const char* text;
  const char* html;
  const char* css;
};
class Escapes : public testing::TestWithParam<Escape> {};

TEST_P(Escapes, LeaveNothingThatHasAMeaning) {
  EXPECT_EQ(EscapedHtml(GetParam().text), GetParam().html);
  EXPECT_EQ(EscapedCss(GetParam().text), GetParam().css);
}

INSTANTIATE_TEST_SUITE_P(
    All, Escapes,
    testing::Values(Escape{"Plain", "Case 7, left.", "Case 7, left.", "Case 7, left."},
                    Escape{"Tag", "</style><b>", "&lt;/style&gt;&lt;b&gt;", "\\3c \\2f style\\3e \\3c b\\3e "},
                    Escape{"Quotes", "\"'", "&quot;&#39;", "\\22 \\27 "},
                    Escape{"Ampersand", "a&lt;", "a&amp;lt;", "a\\26 lt;"}, Escape{"Backslash", "\\", "\\", "\\5c "},
                    Escape{"Braces", "}{", "}{", "\\7d \\7b "}, Escape{"Utf8", "\xce\xb1", "\xce\xb1", "\xce\xb1"},
                    Escape{"LineBreak", "a\nb", "a b", "a b"},
                    Escape{"DirectionOverride",
                           "a\xe2\x80\xae"
                           "b",
                           "a b", "a b"}),
    [](const auto& row) { return row.param.name; });

TEST(HtmlWriter, ClosesInTheOrderOfOpening) {
  HtmlWriter out;
  {
    auto outer = out.In("em", {{"class", "a \"b\""}, {"id", ""}});
    out.Element("b", "x<y");
    out.Void("br");
  }
  EXPECT_EQ(out.Take(), "<em class=\"a &quot;b&quot;\"><b>x&lt;y</b><br /></em>");
}

}  // namespace
}  // namespace condyle
