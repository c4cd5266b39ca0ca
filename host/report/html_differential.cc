// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What did not answer, and what it could be: a row for each condition, a bar where a source gives a probability.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/report/html_parts.h"
#include "host/report/words.h"

namespace condyle {
namespace {

bool HeldByHost(const v1::Consultation& c, const std::string& plugin_id) {
  return std::any_of(c.holds().begin(), c.holds().end(), [&](const v1::Hold& hold) {
    return hold.by() == "condyle" &&
           absl::StrCat(" ", hold.reason()).find(absl::StrCat(" ", plugin_id, " ")) != std::string::npos;
  });
}

std::vector<const v1::Assessment*> UndecidedScreens(const v1::Consultation& c) {
  std::set<std::string> screens;
  for (const v1::Differential& line : c.differential()) {
    if (line.role() == v1::PLUGIN_ROLE_SAFETY_SCREEN) screens.insert(line.plugin_id());
  }
  std::vector<const v1::Assessment*> undecided;
  for (const v1::Assessment& a : c.assessments()) {
    if (a.status() == v1::STATUS_INSUFFICIENT_DATA && screens.count(a.plugin_id()) != 0) undecided.push_back(&a);
  }
  return undecided;
}

// The axis from 0 to 100 per cent, the range as a band, the point as a ring.
void Bar(HtmlReport& report, const v1::Conclusion& conclusion) {
  const v1::Probability& p = conclusion.probability();
  HtmlWriter& out = report.out;
  Picture picture(report, "bar", "", "38",
                  absl::StrCat("Probability of: ", conclusion.text(), SideMark(conclusion.side())),
                  absl::StrCat("On an axis from 0 to 100 per cent: ", Percent(p.point()), " per cent, range ",
                               Percent(p.low()), " to ", Percent(p.high()), " per cent."));
  out.Markup(R"(<rect class="track" x="0" y="7" width="100%" height="10" />)");
  for (const auto& [at, anchor] : {std::pair{"0", "start"}, std::pair{"25", "middle"}, std::pair{"50", "middle"},
                                   std::pair{"75", "middle"}, std::pair{"100", "end"}}) {
    const std::string x = absl::StrCat(at, "%");
    out.Void("line", {{"class", "tick"}, {"x1", x}, {"x2", x}, {"y1", "4"}, {"y2", "22"}});
    out.Element("text", absl::StrCat(at, " %"), {{"x", x}, {"y", "35"}, {"text-anchor", anchor}});
  }
  const double low = std::clamp(p.low(), 0.0, 1.0), high = std::clamp(p.high(), low, 1.0);
  out.Void("rect",
           {{"class", "range"}, {"x", AxisPlace(low)}, {"y", "6"}, {"width", AxisPlace(high - low)}, {"height", "12"}});
  for (double end : {low, high}) {
    out.Void("line", {{"class", "end"}, {"x1", AxisPlace(end)}, {"x2", AxisPlace(end)}, {"y1", "3"}, {"y2", "21"}});
  }
  out.Void("circle", {{"class", "point"}, {"cx", AxisPlace(p.point())}, {"cy", "12"}, {"r", "6"}});
}

void WriteProbability(HtmlReport& report, const v1::Conclusion& conclusion) {
  HtmlWriter& out = report.out;
  if (!conclusion.has_probability()) {
    out.Element("p", "No probability: no source gives one.", {{"class", "no-number"}});
    return;
  }
  const v1::Probability& p = conclusion.probability();
  {
    auto line = out.In("p", {{"class", "number"}});
    out.Element("strong", absl::StrCat(Percent(p.point()), " %"));
    out.Text(absl::StrCat(", range ", Percent(p.low()), " to ", Percent(p.high()), " % (", InWords(p.point()), ")"));
  }
  Bar(report, conclusion);
  auto basis = out.In("p", {{"class", "small"}});
  if (!p.basis().empty()) out.Text(absl::StrCat("Prior and basis: ", Sentence(p.basis()), " "));
  CitedSources(report, p.citations());
}

void Row(HtmlReport& report, const v1::Differential& line) {
  const v1::Conclusion& conclusion = line.conclusion();
  HtmlWriter& out = report.out;
  auto item = out.In("li", {{"class", absl::StrCat("row ", StatusClass(conclusion.status()))}});
  {
    auto name = out.In("div", {{"class", "name"}});
    StatusMark(report, conclusion.status());
    auto words = out.In("div");
    auto first = out.In("p");
    out.Element("strong", conclusion.text());
    if (*SideInWords(conclusion.side()) != '\0') out.Text(absl::StrCat(", ", SideInWords(conclusion.side())));
  }
  const bool numbered = conclusion.has_probability();
  {
    auto status = out.In("p", {{"class", "status"}});
    out.Text(ShortStatus(conclusion.status()));
    out.Text(conclusion.status() == v1::STATUS_INSUFFICIENT_DATA ? ": findings are missing. " : ". ");
    if (!numbered && conclusion.status() != v1::STATUS_POSITIVE) out.Text("No probability given.");
    if (conclusion.status() == v1::STATUS_POSITIVE) {
      if (line.urgency() >= v1::URGENCY_URGENT) Chip(report, InWords(line.urgency()), "time");
      GradeChip(report, conclusion.grade());
    }
  }
  if (!numbered && conclusion.status() != v1::STATUS_POSITIVE) return;
  auto probability = out.In("div", {{"class", "probability"}});
  WriteProbability(report, conclusion);
}

}  // namespace

void WriteUnanswered(HtmlReport& report) {
  const v1::Consultation& c = report.c;
  HtmlWriter& out = report.out;
  const std::vector<const v1::Assessment*> undecided = UndecidedScreens(c);
  if (c.plugin_failures().empty() && undecided.empty()) return;
  auto section = out.In("section", {{"class", "alarm"}, {"aria-labelledby", "unanswered"}});
  Heading(report, "h2", "Not answered", "unanswered");
  out.Element("p", "An open question is not a negative one. What it guards stays on hold.", {{"class", "lead"}});
  auto list = out.In("ul");
  for (const v1::PluginFailure& f : c.plugin_failures()) {
    auto item = out.In("li");
    out.Element("strong", absl::StrCat(NameOfPlugin(report, f.plugin_id()), ": NO ANSWER (", InWords(f.kind()), "). "));
    out.Text(absl::StrCat(Sentence(f.message()), HeldByHost(c, f.plugin_id()) ? " Everything it guards is on hold."
                                                                              : " Its question is open."));
  }
  for (const v1::Assessment* a : undecided) {
    auto item = out.In("li");
    out.Element("strong",
                absl::StrCat("Safety screen undecided: ", Sentence(NameOfPlugin(report, a->plugin_id())), " "));
    out.Text(a->summary());
  }
}

void WriteDifferential(HtmlReport& report) {
  const v1::Consultation& c = report.c;
  if (c.differential().empty()) return;
  struct Group {
    v1::Status status;
    const char* heading;
  };
  constexpr std::array kGroups = {
      Group{v1::STATUS_POSITIVE, "Criteria met"},
      Group{v1::STATUS_INSUFFICIENT_DATA, "Undecided: findings are missing"},
      Group{v1::STATUS_NEGATIVE, "Criteria not met: lowers suspicion, excludes nothing"},
      Group{v1::STATUS_NOT_APPLICABLE, "The question does not arise for this patient"},
      Group{v1::STATUS_UNSPECIFIED, "Status not given"},
  };
  HtmlWriter& out = report.out;
  auto section = out.In("section", {{"aria-labelledby", "could-be"}});
  Heading(report, "h2", "What it could be", "could-be");
  for (const Group& group : kGroups) {
    std::vector<const v1::Differential*> lines;
    for (const v1::Differential& line : c.differential()) {
      if (line.conclusion().status() == group.status) lines.push_back(&line);
    }
    if (lines.empty()) continue;
    auto block = out.In("div", {{"class", "group rows-group"}});
    Heading(report, "h3", group.heading);
    auto list = out.In("ul", {{"class", absl::StrCat("rows ", StatusClass(group.status))}});
    for (const v1::Differential* line : lines) Row(report, *line);
  }
  out.Element("p",
              "The bar shows a probability with its range where a source gives one. A row without a bar has none in "
              "its sources; "
              "that does not make it unlikely.",
              {{"class", "small"}});
}

}  // namespace condyle
