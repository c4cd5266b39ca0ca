// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The text report as a FHIR narrative: headings and paragraphs, nothing else.
#include <algorithm>

#include "host/report/html.h"
#include "host/report/report.h"
#include "host/report/text_report.h"

namespace condyle {
namespace {

class XhtmlPage final : public ReportPage {
 public:
  void Paragraph(std::string_view first, std::string_view text, TextStyle style) override {
    const size_t mark = std::min(first.find_first_not_of(' '), first.size());
    // Blanks become a margin; further in than this it would be hard to read on a narrow screen.
    const HtmlWriter::Scope p = out_.In("p", {{"style", mark == 0   ? ""
                                                        : mark <= 2 ? "margin-left:1em"
                                                                    : "margin-left:2em"}});
    out_.Text(first.substr(mark));
    if (style == TextStyle::kPlain || style == TextStyle::kFaint) {
      out_.Text(text);
    } else {
      out_.Element("b", text);
    }
  }
  void Blank() override {}
  void Heading(std::string_view text, TextStyle) override { out_.Element("h3", text); }

  std::string Take() { return out_.Take(); }

 private:
  HtmlWriter out_;
};

}  // namespace

std::string ToXhtml(const v1::Consultation& consultation) {
  XhtmlPage page;
  WriteReport(consultation, /*basis=*/true, page);
  return "<div xmlns=\"http://www.w3.org/1999/xhtml\">" + page.Take() + "</div>";
}

}  // namespace condyle
