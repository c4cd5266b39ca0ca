// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Labels, links and marks that several sections use.
#include "host/report/html_parts.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "host/report/words.h"

namespace condyle {

HtmlReport::HtmlReport(const v1::Consultation& consultation, const HtmlOptions& html_options)
    : c(consultation), options(html_options) {
  for (int i = 0; i < c.citations_size(); ++i) sources.emplace(c.citations(i).key(), i + 1);
}

std::string NameOfPlugin(const HtmlReport& report, const std::string& plugin_id) {
  if (plugin_id == "condyle") return "Condyle itself";
  auto title = report.options.titles.find(plugin_id);
  return title == report.options.titles.end() || title->second.empty() ? NameOfId(plugin_id) : title->second;
}

const char* StatusClass(v1::Status status) {
  switch (status) {
    case v1::STATUS_POSITIVE:
      return "positive";
    case v1::STATUS_NEGATIVE:
      return "negative";
    case v1::STATUS_INSUFFICIENT_DATA:
      return "open";
    default:
      return "none";
  }
}

const char* SideInWords(v1::Side side) {
  return side == v1::SIDE_LEFT ? "left side" : side == v1::SIDE_RIGHT ? "right side" : "";
}

void Heading(HtmlReport& report, std::string_view heading_tag, std::string_view text, std::string_view id) {
  report.out.Element(heading_tag, text, {{"id", id}});
}

void Chip(HtmlReport& report, std::string_view text, std::string_view kind) {
  report.out.Element("span", text, {{"class", kind.empty() ? "chip" : "chip " + std::string(kind)}});
  report.out.Text(" ");
}

void GradeChip(HtmlReport& report, v1::Grade grade) {
  if (grade == v1::GRADE_UNSPECIFIED) return;
  Chip(report, InWords(grade), grade == v1::GRADE_EXPERT_OPINION ? "opinion" : "");
}

void CitedSources(HtmlReport& report, const CitationKeys& keys) {
  if (keys.empty()) return;
  HtmlWriter& out = report.out;
  auto span = out.In("span", {{"class", "cited"}});
  out.Text(keys.size() == 1 ? "Source: " : "Sources: ");
  for (int i = 0; i < keys.size(); ++i) {
    if (i > 0) out.Text(", ");
    auto at = report.sources.find(keys[i]);
    if (at == report.sources.end()) {
      out.Text(keys[i]);
    } else {
      out.Element("a", keys[i], {{"href", absl::StrCat("#source-", at->second)}});
    }
  }
}

namespace {

HtmlWriter::Scope OpenSvg(HtmlReport& report, std::string_view css_class, std::string_view box,
                          std::string_view height) {
  const std::string id = absl::StrCat("picture-", ++report.ids);
  return report.out.In("svg", {{"class", css_class},
                               {"viewBox", box},
                               {"width", "100%"},
                               {"height", height},
                               {"role", "img"},
                               {"aria-labelledby", absl::StrCat(id, "-title ", id, "-desc")}});
}

}  // namespace

Picture::Picture(HtmlReport& report, std::string_view css_class, std::string_view box, std::string_view height,
                 std::string_view title, std::string_view description)
    : svg_(OpenSvg(report, css_class, box, height)) {
  report.out.Element("title", title, {{"id", absl::StrCat("picture-", report.ids, "-title")}});
  report.out.Element("desc", description, {{"id", absl::StrCat("picture-", report.ids, "-desc")}});
}

void StatusMark(HtmlReport& report, v1::Status status) {
  HtmlWriter& out = report.out;
  auto svg = out.In("svg", {{"class", "mark"}, {"width", "18"}, {"height", "18"}, {"aria-hidden", "true"}});
  switch (status) {
    case v1::STATUS_POSITIVE:
      out.Markup(R"(<circle cx="9" cy="9" r="8.5" class="solid" /><path d="M5 9.5l3 3 5-6.5" class="cut" />)");
      break;
    case v1::STATUS_INSUFFICIENT_DATA:
      out.Markup(R"(<circle cx="9" cy="9" r="7.6" class="dashed" />)"
                 R"(<text x="9" y="13.4" class="sign">?</text>)");
      break;
    case v1::STATUS_NEGATIVE:
      out.Markup(R"(<circle cx="9" cy="9" r="7.6" class="ring" />)");
      break;
    default:
      out.Markup(R"(<path d="M4 9h10" class="ring" />)");
  }
}

std::string AxisPlace(double share) {
  const double percent = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) * 100 : 0;
  return absl::StrCat(std::round(percent * 10) / 10, "%");
}

std::string AdviceAnchor(int index) { return absl::StrCat("advice-", index + 1); }

}  // namespace condyle
