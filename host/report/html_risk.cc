// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Risks, each in a field of its own, and scores as ranges.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/report/html_parts.h"
#include "host/report/words.h"

namespace condyle {
namespace {

// Three fields; those that are possible are filled and framed.
void Levels(HtmlReport& report, const v1::Risk& risk) {
  HtmlWriter& out = report.out;
  Picture picture(report, "levels", "", "30", NameOfId(risk.id()), InWords(risk));
  constexpr std::array kLevels = {v1::RISK_LEVEL_LOW, v1::RISK_LEVEL_MODERATE, v1::RISK_LEVEL_HIGH};
  for (size_t i = 0; i < kLevels.size(); ++i) {
    const bool possible = kLevels[i] >= risk.lowest() && kLevels[i] <= risk.highest();
    const double left = static_cast<double>(i) / kLevels.size();
    out.Void("rect", {{"class", possible ? "level on" : "level"},
                      {"x", AxisPlace(left + 0.002)},
                      {"y", "2"},
                      {"width", AxisPlace(1.0 / kLevels.size() - 0.012)},
                      {"height", "26"}});
    out.Element("text", InWords(kLevels[i]),
                {{"class", possible ? "level-name on" : "level-name"},
                 {"x", AxisPlace(left + 0.5 / kLevels.size())},
                 {"y", "20"}});
  }
}

void RiskBlock(HtmlReport& report, const v1::Risk& risk) {
  HtmlWriter& out = report.out;
  auto block = out.In("article", {{"class", "panel"}});
  Heading(report, "h3", NameOfId(risk.id()));
  {
    auto level = out.In("p", {{"class", "number"}});
    out.Element("strong", InWords(risk));
    out.Text(" ");
    GradeChip(report, risk.grade());
  }
  Levels(report, risk);
  if (!risk.text().empty()) out.Element("p", risk.text());
  if (!risk.basis().empty()) {
    auto list = out.In("ul", {{"class", "small"}});
    for (const std::string& line : risk.basis()) out.Element("li", line);
  }
  auto line = out.In("p", {{"class", "small"}});
  CitedSources(report, risk.citations());
}

std::string Points(double low, double high) {
  return low == high ? absl::StrCat(low) : absl::StrCat(low, " to ", high);
}

void Total(HtmlReport& report, const v1::Score& score) {
  if (!(score.maximum() > 0)) return;
  HtmlWriter& out = report.out;
  Picture picture(report, "bar", "", "34", absl::StrCat("Total of: ", score.text()),
                  absl::StrCat(Points(score.low(), score.high()), " of at most ", score.maximum()));
  out.Markup(R"(<rect class="track" x="0" y="5" width="100%" height="10" />)");
  const double low = std::clamp(score.low() / score.maximum(), 0.0, 1.0);
  const double high = std::clamp(score.high() / score.maximum(), low, 1.0);
  out.Void("rect",
           {{"class", "range"}, {"x", AxisPlace(low)}, {"y", "4"}, {"width", AxisPlace(high - low)}, {"height", "12"}});
  for (double end : {low, high}) {
    out.Void("line", {{"class", "end"}, {"x1", AxisPlace(end)}, {"x2", AxisPlace(end)}, {"y1", "1"}, {"y2", "19"}});
  }
  out.Element("text", "0", {{"x", "0"}, {"y", "32"}, {"text-anchor", "start"}});
  out.Element("text", absl::StrCat(score.maximum()), {{"x", "100%"}, {"y", "32"}, {"text-anchor", "end"}});
}

void ScoreBlock(HtmlReport& report, const v1::Score& score) {
  HtmlWriter& out = report.out;
  auto block = out.In("article", {{"class", "panel wide"}});
  Heading(report, "h3", score.text().empty() ? NameOfId(score.id()) : score.text());
  {
    auto total = out.In("p", {{"class", "number"}});
    out.Element("strong", Points(score.low(), score.high()));
    if (score.maximum() > 0) out.Text(absl::StrCat(" of at most ", score.maximum()));
    if (score.low() != score.high()) out.Text(": items are missing, so it is a range");
    out.Text(" ");
    if (!score.band().empty()) Chip(report, score.band());
    GradeChip(report, score.grade());
  }
  Total(report, score);
  if (!score.items().empty()) {
    auto table = out.In("table");
    {
      auto head = out.In("thead");
      auto row = out.In("tr");
      out.Element("th", "Item", {{"scope", "col"}});
      out.Element("th", "Points", {{"scope", "col"}, {"class", "narrow"}});
    }
    auto body = out.In("tbody");
    for (const v1::ScoreItem& item : score.items()) {
      auto row = out.In("tr");
      {
        auto cell = out.In("th", {{"scope", "row"}});
        out.Text(item.text() + " ");
        if (!item.missing_key().empty()) Chip(report, "missing", "open");
      }
      out.Element("td", Points(item.low(), item.high()));
    }
  }
  auto line = out.In("p", {{"class", "small"}});
  CitedSources(report, score.citations());
}

}  // namespace

void WriteRisks(HtmlReport& report) {
  const v1::Consultation& c = report.c;
  const bool any = std::any_of(c.assessments().begin(), c.assessments().end(),
                               [](const v1::Assessment& a) { return !a.risks().empty() || !a.scores().empty(); });
  if (!any) return;
  HtmlWriter& out = report.out;
  auto section = out.In("section", {{"aria-labelledby", "risk"}});
  Heading(report, "h2", "Risks and scores", "risk");
  out.Element("p", "Each risk stands alone: one being low says nothing of another.", {{"class", "lead"}});
  auto panels = out.In("div", {{"class", "panels"}});
  for (const v1::Assessment& a : c.assessments()) {
    for (const v1::Risk& risk : a.risks()) RiskBlock(report, risk);
  }
  for (const v1::Assessment& a : c.assessments()) {
    for (const v1::Score& score : a.scores()) ScoreBlock(report, score);
  }
}

}  // namespace condyle
