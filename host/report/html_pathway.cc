// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The course of care: a line of stages, and for each what takes the patient on and what calls for another look.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/report/html_parts.h"
#include "host/report/words.h"

namespace condyle {
namespace {

const char* ClassOf(v1::StageState state) {
  switch (state) {
    case v1::STAGE_STATE_CURRENT:
      return "current";
    case v1::STAGE_STATE_PAST:
      return "past";
    default:
      return "later";
  }
}

std::string NameOfStage(const v1::Stage& stage) {
  return stage.phase().empty() ? stage.title() : NameOfId(stage.phase());
}

// Numbers in the line, so that it stays readable on a narrow screen; names below where there is room.
void Timeline(HtmlReport& report, const v1::Assessment& a) {
  HtmlWriter& out = report.out;
  std::vector<std::string> words;
  for (const v1::Stage& stage : a.pathway()) {
    words.push_back(absl::StrCat(words.size() + 1, ", ", NameOfStage(stage), ": ", InWords(stage.state())));
  }
  Picture picture(report, "timeline", "", "82", absl::StrCat("Stages of care: ", NameOfPlugin(report, a.plugin_id())),
                  Joined(words, "; "));
  const int n = a.pathway_size();
  const auto x_of = [n](int i) { return AxisPlace((i + 0.5) / n); };
  for (int i = 0; i + 1 < n; ++i) {
    const bool done = a.pathway(i).state() == v1::STAGE_STATE_PAST;
    out.Void("line",
             {{"class", done ? "way done" : "way"}, {"x1", x_of(i)}, {"x2", x_of(i + 1)}, {"y1", "24"}, {"y2", "24"}});
  }
  for (int i = 0; i < n; ++i) {
    const v1::Stage& stage = a.pathway(i);
    const std::string x = x_of(i), kind = ClassOf(stage.state());
    out.Void("circle", {{"class", "stop " + kind}, {"cx", x}, {"cy", "24"}, {"r", kind == "current" ? "17" : "13"}});
    out.Element("text", absl::StrCat(i + 1), {{"class", "stop-number " + kind}, {"x", x}, {"y", "29.5"}});
    out.Element("text", InWords(stage.state()), {{"class", "stop-state " + kind}, {"x", x}, {"y", "58"}});
    out.Element("text", NameOfStage(stage), {{"class", "stop-name"}, {"x", x}, {"y", "75"}});
  }
}

void Criteria(HtmlReport& report, const char* label, const char* css_class,
              const google::protobuf::RepeatedPtrField<v1::Criterion>& criteria) {
  if (criteria.empty()) return;
  HtmlWriter& out = report.out;
  out.Element("p", label, {{"class", "label"}});
  auto list = out.In("ul", {{"class", css_class}});
  for (const v1::Criterion& criterion : criteria) {
    auto item = out.In("li");
    CriterionChip(report, criterion.state());
    out.Text(absl::StrCat(criterion.text(), SideMark(criterion.side()), " "));
    GradeChip(report, criterion.grade());
    CitedSources(report, criterion.citations());
  }
}

// Advice of the stage from this plugin, and from plugins that have no pathway of their own: what a screen says now
// holds on every path.
std::vector<int> AdviceOf(const v1::Consultation& c, const v1::Assessment& a, const std::string& phase) {
  std::set<std::string> with_pathway;
  for (const v1::Assessment& other : c.assessments()) {
    if (!other.pathway().empty()) with_pathway.insert(other.plugin_id());
  }
  std::vector<int> found;
  for (int i = 0; i < c.recommendations_size(); ++i) {
    const v1::Recommendation& r = c.recommendations(i);
    if (phase.empty() || r.phase() != phase) continue;
    const bool here = std::any_of(r.plugin_ids().begin(), r.plugin_ids().end(), [&](const std::string& id) {
      return id == a.plugin_id() || with_pathway.count(id) == 0;
    });
    if (here) found.push_back(i);
  }
  return found;
}

bool AdviceOnHold(const v1::Consultation& c, const v1::Assessment& a, const std::string& phase) {
  return std::any_of(c.withheld().begin(), c.withheld().end(), [&](const v1::Withheld& w) {
    const auto& ids = w.recommendation().plugin_ids();
    return w.recommendation().phase() == phase && std::find(ids.begin(), ids.end(), a.plugin_id()) != ids.end();
  });
}

std::string FirstSentence(const std::string& text) { return text.substr(0, text.find(". ")); }

void Advice(HtmlReport& report, const std::vector<int>& indices) {
  if (indices.empty()) return;
  HtmlWriter& out = report.out;
  out.Element("p", "Advice of this stage, in full below", {{"class", "label"}});
  auto list = out.In("ul", {{"class", "columns small"}});
  for (int i : indices) {
    auto item = out.In("li");
    const v1::Recommendation& r = report.c.recommendations(i);
    out.Element("a", FirstSentence(r.text()) + SideMark(r.side()), {{"href", "#" + AdviceAnchor(i)}});
  }
}

void StageBlock(HtmlReport& report, const v1::Assessment& a, int index) {
  const v1::Stage& stage = a.pathway(index);
  HtmlWriter& out = report.out;
  auto item = out.In("li", {{"class", absl::StrCat("stage ", ClassOf(stage.state()))}});
  {
    auto title = out.In("h4");
    out.Text(absl::StrCat(index + 1, ". ", stage.title().empty() ? NameOfStage(stage) : stage.title(), " "));
    Chip(report, InWords(stage.state()), stage.state() == v1::STAGE_STATE_CURRENT ? "solid" : "");
  }
  if (!stage.position().empty()) out.Element("p", stage.position());
  if (AdviceOnHold(report.c, a, stage.phase())) {
    out.Element("p", "Advice of this stage is on hold; see below what and why.", {{"class", "held-note"}});
  }
  Criteria(report, "Go on when", "checks", stage.leave_when());
  Criteria(report, "Look again instead if", "checks", stage.escalate_when());
  Advice(report, AdviceOf(report.c, a, stage.phase()));
  if (stage.course().empty() && stage.citations().empty()) return;
  auto course = out.In("p", {{"class", "small"}});
  if (!stage.course().empty()) out.Text(absl::StrCat("Published course, no promise: ", Sentence(stage.course()), " "));
  CitedSources(report, stage.citations());
}

}  // namespace

void WritePathway(HtmlReport& report) {
  const v1::Consultation& c = report.c;
  HtmlWriter& out = report.out;
  const bool any = std::any_of(c.assessments().begin(), c.assessments().end(),
                               [](const v1::Assessment& a) { return !a.pathway().empty(); });
  if (!any) return;
  auto section = out.In("section", {{"aria-labelledby", "pathway"}});
  Heading(report, "h2", "Pathway", "pathway");
  out.Element("p",
              "The next stage is entered by criteria, never by a date. A criterion that was not recorded is unknown.",
              {{"class", "lead"}});
  for (const v1::Assessment& a : c.assessments()) {
    if (a.pathway().empty()) continue;
    auto block = out.In("div", {{"class", "group"}});
    Heading(report, "h3", NameOfPlugin(report, a.plugin_id()));
    Timeline(report, a);
    auto stages = out.In("ol", {{"class", "stages"}});
    for (int i = 0; i < a.pathway_size(); ++i) StageBlock(report, a, i);
  }
}

}  // namespace condyle
