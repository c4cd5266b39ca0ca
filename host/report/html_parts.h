// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the sections of the HTML report share, and the sections, each in a file of its own.
#ifndef CONDYLE_HOST_REPORT_HTML_PARTS_H_
#define CONDYLE_HOST_REPORT_HTML_PARTS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "condyle/v1/consultation.pb.h"
#include "host/report/html.h"
#include "host/report/report.h"

namespace condyle {

// The page while it is written.
struct HtmlReport {
  HtmlReport(const v1::Consultation& consultation, const HtmlOptions& html_options);

  const v1::Consultation& c;
  const HtmlOptions& options;
  HtmlWriter out;
  // Number in the list of sources, from 1, by key.
  std::map<std::string, int> sources;
  // Makes ids unique.
  int ids = 0;
};

using CitationKeys = google::protobuf::RepeatedPtrField<std::string>;

// Title of the plugin; without one its id in words. "condyle" is the host itself.
std::string NameOfPlugin(const HtmlReport& report, const std::string& plugin_id);

// For class names: "positive", "negative", "open", "none".
const char* StatusClass(v1::Status status);

// "right side", "left side", or empty.
const char* SideInWords(v1::Side side);

// Opens section or article with a heading; heading_tag is "h2" or "h3".
void Heading(HtmlReport& report, std::string_view heading_tag, std::string_view text, std::string_view id = {});

// A small framed label. kind is a class name, empty for the plain one.
void Chip(HtmlReport& report, std::string_view text, std::string_view kind = {});
// The grade as a label; nothing where there is none. Expert opinion looks different and says so.
void GradeChip(HtmlReport& report, v1::Grade grade);
// "met", "not met" or "unknown", each in another shape.
void CriterionChip(HtmlReport& report, v1::CriterionState state);
// Links to the sources: "Sources: A, B". Nothing without keys.
void CitedSources(HtmlReport& report, const CitationKeys& keys);

// A picture with a name and a description for those who do not see it. `box` is its viewBox, empty where it stretches
// with the page.
class Picture {
 public:
  Picture(HtmlReport& report, std::string_view css_class, std::string_view box, std::string_view height,
          std::string_view title, std::string_view description);

 private:
  HtmlWriter::Scope svg_;
};

// A mark by shape, so that it needs no colour: filled tick, dashed question mark, empty ring, dash.
void StatusMark(HtmlReport& report, v1::Status status);

// "35%": a place on an axis from 0 to 1, in steps of a tenth of a per cent.
std::string AxisPlace(double share);

// Index of the recommendation's anchor, "advice-3".
std::string AdviceAnchor(int index);

// Sections. Those with nothing to say write nothing.
std::string HtmlStyle(const v1::Consultation& consultation);
void WriteBanner(HtmlReport& report);
void WriteUnanswered(HtmlReport& report);
void WriteDifferential(HtmlReport& report);
void WritePelvis(HtmlReport& report);
void WritePathway(HtmlReport& report);
void WriteAdvice(HtmlReport& report);
void WriteOnHold(HtmlReport& report);
void WriteRisks(HtmlReport& report);
void WriteQuestions(HtmlReport& report);
void WriteAssessments(HtmlReport& report);
void WriteSources(HtmlReport& report);
void WriteNotices(HtmlReport& report);
void WriteReceipt(HtmlReport& report);
void WriteShadow(HtmlReport& report);
void WriteHandout(HtmlReport& report);

}  // namespace condyle

#endif  // CONDYLE_HOST_REPORT_HTML_PARTS_H_
