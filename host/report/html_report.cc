// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The page: what stands where, and the first block, which says how urgent it is.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/report/html.h"
#include "host/report/html_page.h"
#include "host/report/html_parts.h"
#include "host/report/report.h"
#include "host/report/words.h"

namespace condyle {
namespace {

const char* UrgencyClass(v1::Urgency urgency) {
  switch (urgency) {
    case v1::URGENCY_EMERGENCY:
      return "banner emergency";
    case v1::URGENCY_URGENT:
      return "banner urgent";
    case v1::URGENCY_SELF_CARE:
      return "banner self-care";
    default:
      return "banner routine";
  }
}

void Head(HtmlReport& report) {
  const std::string& id = report.c.case_id();
  WriteHead(absl::StrCat(id.empty() ? "Consultation" : id, ": ", InWords(report.c.urgency()), ", Condyle"),
            HtmlStyle(report.c), report.out);
}

void Reasons(HtmlReport& report) {
  const v1::Consultation& c = report.c;
  HtmlWriter& out = report.out;
  std::vector<const v1::Assessment*> because;
  for (const v1::Assessment& a : c.assessments()) {
    if (a.urgency() == c.urgency() && !a.summary().empty() && a.status() != v1::STATUS_NOT_APPLICABLE &&
        a.status() != v1::STATUS_NEGATIVE) {
      because.push_back(&a);
    }
  }
  const bool failed = c.urgency() <= v1::URGENCY_ROUTINE && !c.plugin_failures().empty();
  if (failed) {
    out.Element("p", "Not every plugin has answered; what they would have found could make it more urgent.");
  } else if (because.empty() && c.urgency() > v1::URGENCY_SELF_CARE) {
    out.Element("p", "Not every question could be decided, so it is not left to self-care.");
  }
  if (because.empty()) return;
  out.Element("p", "Why", {{"class", "label"}});
  auto list = out.In("ul");
  for (const v1::Assessment* a : because) {
    auto item = out.In("li");
    out.Text(a->summary());
    out.Element("span", absl::StrCat(" (", NameOfPlugin(report, a->plugin_id()), ")"), {{"class", "faint"}});
  }
}

// Advice with a time, or to go for care, stands in the first block too.
void First(HtmlReport& report) {
  HtmlWriter& out = report.out;
  std::vector<int> first;
  for (int i = 0; i < report.c.recommendations_size(); ++i) {
    const v1::Recommendation& r = report.c.recommendations(i);
    if (!r.timeframe().empty() || r.category() == "emergency") first.push_back(i);
  }
  if (first.empty()) return;
  out.Element("p", "First", {{"class", "label"}});
  auto list = out.In("ol", {{"class", "first"}});
  for (int i : first) {
    const v1::Recommendation& r = report.c.recommendations(i);
    auto item = out.In("li");
    if (!r.timeframe().empty()) Chip(report, r.timeframe(), "time");
    out.Element("a", r.text() + SideMark(r.side()), {{"href", "#" + AdviceAnchor(i)}});
    if (!r.reasons().empty()) {
      out.Element("span", absl::StrCat(" Because of: ", Sentence(Joined(r.reasons(), "; "))), {{"class", "faint"}});
    }
  }
}

void Contents(HtmlReport& report) {
  struct Entry {
    bool there;
    std::string_view id, name;
  };
  const v1::Consultation& c = report.c;
  const std::array entries = {
      Entry{!c.differential().empty(), "could-be", "What it could be"},
      Entry{true, "do", "What to do"},
      Entry{!c.holds().empty() || !c.withheld().empty(), "hold", "On hold"},
      Entry{!c.next_questions().empty(), "ask", "Ask next"},
      Entry{!c.assessments().empty(), "basis", "Basis"},
      Entry{!c.citations().empty(), "sources", "Sources"},
      Entry{true, "handout", "Sheet for the patient"},
  };
  HtmlWriter& out = report.out;
  auto nav = out.In("nav", {{"aria-label", "Contents"}});
  for (const Entry& entry : entries) {
    if (!entry.there) continue;
    out.Element("a", entry.name, {{"href", absl::StrCat("#", std::string(entry.id))}});
    out.Text(" ");
  }
}

}  // namespace

void WriteBanner(HtmlReport& report) {
  const v1::Consultation& c = report.c;
  HtmlWriter& out = report.out;
  auto header = out.In("header", {{"class", UrgencyClass(c.urgency())}});
  {
    auto about = out.In("p", {{"class", "about"}});
    out.Element("span", "Condyle consultation");
    if (!c.case_id().empty()) {
      auto shown = out.In("span");
      out.Text("Case ");
      out.Element("bdi", c.case_id());
    }
    if (!c.as_of().empty()) {
      auto shown = out.In("span");
      out.Text("As of ");
      out.Element("bdi", c.as_of());
    }
  }
  {
    auto title = out.In("h1");
    out.Element("span", InWords(c.urgency()), {{"class", "word"}});
    const std::string_view meaning = MeaningOf(c.urgency());
    if (meaning.size() > 2) {
      out.Text(": ");
      out.Element("span", meaning.substr(2), {{"class", "means"}});
    }
  }
  Reasons(report);
  First(report);
}

std::string ToHtml(const v1::Consultation& consultation, const HtmlOptions& options) {
  HtmlReport report(consultation, options);
  HtmlWriter& out = report.out;
  out.Markup("<!DOCTYPE html>\n");
  {
    auto html = out.In("html", {{"lang", "en"}, {"xmlns", "http://www.w3.org/1999/xhtml"}});
    Head(report);
    auto body = out.In("body");
    {
      auto page = out.In("div", {{"class", "sheet"}});
      WriteBanner(report);
      if (!consultation.disclaimer().empty()) out.Element("p", consultation.disclaimer(), {{"class", "disclaimer"}});
      Contents(report);
      auto main = out.In("main");
      WriteUnanswered(report);
      WriteDifferential(report);
      WritePelvis(report);
      WriteAdvice(report);
      WriteOnHold(report);
      WriteQuestions(report);
      WritePathway(report);
      WriteRisks(report);
      WriteAssessments(report);
      WriteSources(report);
      WriteNotices(report);
      WriteReceipt(report);
      WriteShadow(report);
    }
    WriteHandout(report);
  }
  return out.Take();
}

}  // namespace condyle
