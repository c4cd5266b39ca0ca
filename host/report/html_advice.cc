// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What to do, and, in a block that cannot be taken for it, what is on hold.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/report/html_parts.h"
#include "host/report/words.h"

namespace condyle {
namespace {

constexpr std::string_view kStop = "stop";

struct GroupHeading {
  std::string_view group, heading;
};
// In this order; other categories follow in the order in which they come.
constexpr std::array kGroups = {
    GroupHeading{"emergency", "Now"},         GroupHeading{kStop, "Do not, for now"},
    GroupHeading{"referral", "Refer"},        GroupHeading{"imaging", "Imaging"},
    GroupHeading{"lab", "Laboratory"},        GroupHeading{"medication", "Treat"},
    GroupHeading{"activity", "Activity"},     GroupHeading{"exercise", "Exercise"},
    GroupHeading{"safety_net", "Safety net"}, GroupHeading{"education", "Explain"},
    GroupHeading{"data", "Find out"},
};

std::string GroupOf(const v1::Recommendation& r) {
  if (r.category() != "emergency" && SaysWhatToStop(r)) return std::string(kStop);
  return r.category();
}

struct AdviceGroup {
  std::string group, heading;
  std::vector<int> indices;
};

std::vector<AdviceGroup> GroupsOf(const v1::Consultation& c) {
  std::vector<AdviceGroup> groups;
  for (const GroupHeading& g : kGroups) groups.push_back({std::string(g.group), std::string(g.heading), {}});
  for (int i = 0; i < c.recommendations_size(); ++i) {
    const std::string group = GroupOf(c.recommendations(i));
    auto at = std::find_if(groups.begin(), groups.end(), [&](const AdviceGroup& g) { return g.group == group; });
    if (at == groups.end()) {
      groups.push_back({group, NameOfGroup(group), {}});
      at = groups.end() - 1;
    }
    at->indices.push_back(i);
  }
  groups.erase(std::remove_if(groups.begin(), groups.end(), [](const AdviceGroup& g) { return g.indices.empty(); }),
               groups.end());
  return groups;
}

std::string Plugins(const HtmlReport& report, const v1::Recommendation& r) {
  std::vector<std::string> names;
  for (const std::string& id : r.plugin_ids()) names.push_back(NameOfPlugin(report, id));
  return Joined(names, "; ");
}

void Line(HtmlReport& report, const char* label, const std::string& text) {
  if (text.empty()) return;
  auto line = report.out.In("p", {{"class", "small"}});
  report.out.Element("b", label);
  report.out.Text(" " + Sentence(text));
}

void Item(HtmlReport& report, int index) {
  const v1::Recommendation& r = report.c.recommendations(index);
  HtmlWriter& out = report.out;
  auto item = out.In("li", {{"id", AdviceAnchor(index)}});
  {
    auto text = out.In("p", {{"class", "advice"}});
    if (!r.timeframe().empty()) Chip(report, r.timeframe(), "time");
    out.Text(absl::StrCat(r.text(), SideMark(r.side()), " "));
    GradeChip(report, r.grade());
  }
  Line(report, "Dose:", r.dose());
  Line(report, "Why:", Joined(r.reasons(), "; "));
  Line(report, "Sources differ:", r.sources_differ());
  auto line = out.In("p", {{"class", "small"}});
  if (!r.phase().empty()) out.Text(absl::StrCat("Stage: ", NameOfId(r.phase()), ". "));
  if (!r.plugin_ids().empty()) out.Text(absl::StrCat("From: ", Sentence(Plugins(report, r)), " "));
  CitedSources(report, r.citations());
}

bool SameHold(const v1::Hold& hold, const v1::Withheld& w) {
  return hold.by() == w.by() && hold.reason() == w.reason();
}

std::vector<std::string> OtherAuthors(const HtmlReport& report, const v1::Withheld& w) {
  std::vector<std::string> others;
  for (const v1::Hold& hold : w.holds()) {
    if (hold.by() == w.by() && hold.reason() == w.reason()) continue;
    const std::string name = NameOfPlugin(report, hold.by());
    const bool again = std::find(others.begin(), others.end(), name) != others.end();
    if (hold.by() != w.by() && !again) others.push_back(name);
  }
  return others;
}

void StoppedItem(HtmlReport& report, const v1::Withheld& w) {
  HtmlWriter& out = report.out;
  auto item = out.In("li");
  Chip(report, "On hold", "held");
  out.Element("q", w.recommendation().text() + SideMark(w.recommendation().side()));
  out.Text(" ");
  GradeChip(report, w.recommendation().grade());
  const std::vector<std::string> others = OtherAuthors(report, w);
  if (!others.empty())
    out.Element("span", absl::StrCat("Also stopped by: ", Joined(others, "; "), "."), {{"class", "faint"}});
}

template <typename Belongs>
void StoppedList(HtmlReport& report, Belongs&& belongs) {
  std::vector<const v1::Withheld*> stopped;
  for (const v1::Withheld& w : report.c.withheld()) {
    if (belongs(w)) stopped.push_back(&w);
  }
  if (stopped.empty()) return;
  HtmlWriter& out = report.out;
  out.Element("p", "Given by a plugin and stopped", {{"class", "label"}});
  auto list = out.In("ul");
  for (const v1::Withheld* w : stopped) StoppedItem(report, *w);
}

void HoldBlock(HtmlReport& report, const HoldGroup& group) {
  const v1::Hold& hold = *group.first;
  HtmlWriter& out = report.out;
  auto block = out.In("div", {{"class", "group"}});
  Heading(report, "h3",
          absl::StrCat(hold.effect() == v1::EFFECT_FORBID ? "Not for this patient: " : "On hold: ",
                       Joined(group.tags, ", ")));
  {
    auto why = out.In("p");
    out.Element("b", "Because:");
    out.Text(absl::StrCat(" ", Sentence(hold.reason()), " "));
    out.Element("span", absl::StrCat("Set by: ", Sentence(NameOfPlugin(report, hold.by())), " "), {{"class", "faint"}});
    CitedSources(report, hold.citations());
  }
  // Held for different effects with one reason: listed under the first.
  StoppedList(report, [&](const v1::Withheld& w) {
    if (!SameHold(hold, w)) return false;
    auto first = std::find_if(report.c.holds().begin(), report.c.holds().end(),
                              [&](const v1::Hold& h) { return SameHold(h, w); });
    return &*first == &hold;
  });
}

}  // namespace

void WriteAdvice(HtmlReport& report) {
  HtmlWriter& out = report.out;
  auto section = out.In("section", {{"aria-labelledby", "do"}});
  Heading(report, "h2", "What to do", "do");
  if (report.c.recommendations().empty()) {
    out.Element("p", "No advice is active. See what is on hold and what to ask.");
  }
  for (const AdviceGroup& group : GroupsOf(report.c)) {
    auto block = out.In("div", {{"class", "group"}});
    Heading(report, "h3", group.heading);
    auto list = out.In("ul", {{"class", group.group == kStop ? "advice-list stop-list" : "advice-list"}});
    for (int index : group.indices) Item(report, index);
  }
}

void WriteOnHold(HtmlReport& report) {
  const v1::Consultation& c = report.c;
  if (c.holds().empty() && c.withheld().empty()) return;
  HtmlWriter& out = report.out;
  auto section = out.In("section", {{"class", "on-hold"}, {"aria-labelledby", "hold"}});
  Heading(report, "h2", "On hold: this is not advice", "hold");
  out.Element("p", "Shown so that nobody wonders where it is. Nothing in this block is to be done.",
              {{"class", "lead"}});
  for (const HoldGroup& group : Grouped(c)) HoldBlock(report, group);
  StoppedList(report, [&](const v1::Withheld& w) {
    return std::none_of(c.holds().begin(), c.holds().end(), [&](const v1::Hold& hold) { return SameHold(hold, w); });
  });
}

}  // namespace condyle
