// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What to ask next, and what each answer would change.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/report/change_words.h"
#include "host/report/html_parts.h"
#include "host/report/words.h"

namespace condyle {
namespace {

// Shown in full; the others in one line each.
constexpr int kInFull = 10;
// Ids of advice that an answer would add or end, named before the rest is counted.
constexpr int kAdviceNamed = 5;

void Question(HtmlReport& report, const v1::NextQuestion& q) {
  HtmlWriter& out = report.out;
  if (q.safety()) Chip(report, "Safety", "solid");
  out.Element("strong", q.question() + SideMark(q.side()));
  out.Text(" ");
  Chip(report, q.by_examiner() ? "examine" : "ask");
}

void InFull(HtmlReport& report, const v1::NextQuestion& q) {
  HtmlWriter& out = report.out;
  auto item = out.In("li");
  {
    auto line = out.In("p");
    Question(report, q);
  }
  if (!q.why().empty()) out.Element("p", Sentence(q.why()), {{"class", "small"}});
  if (q.effects().empty()) return;
  auto list = out.In("ul", {{"class", "effects"}});
  for (const v1::AnswerEffect& effect : q.effects()) {
    auto line = out.In("li");
    out.Element("b", absl::StrCat("If ", effect.text(), ":"));
    const std::vector<std::string> lines =
        LinesOf(effect.change(), kAdviceNamed, [&](const std::string& id) { return NameOfPlugin(report, id); });
    out.Text(lines.empty() ? " nothing else changes." : " " + Sentence(Joined(lines, "; ")));
  }
}

void Ranking(HtmlReport& report) {
  if (!report.c.has_inquiry()) return;
  const v1::Inquiry& inquiry = report.c.inquiry();
  report.out.Element(
      "p",
      absl::StrCat("Ranked by asking the plugins again with ", inquiry.hypotheses(),
                   " hypothetical answers, each alone, all else as it is.",
                   inquiry.complete() ? "" : " Time ran out: what was not tried stands unranked at the end."),
      {{"class", "small"}});
}

}  // namespace

void WriteQuestions(HtmlReport& report) {
  const auto& questions = report.c.next_questions();
  if (questions.empty()) return;
  HtmlWriter& out = report.out;
  auto section = out.In("section", {{"aria-labelledby", "ask"}});
  Heading(report, "h2", "Ask next", "ask");
  Ranking(report);
  const int in_full = std::min(kInFull, questions.size());
  {
    auto list = out.In("ol", {{"class", "questions"}});
    for (int i = 0; i < in_full; ++i) InFull(report, questions[i]);
  }
  if (questions.size() == in_full) return;
  Heading(report, "h3", absl::StrCat("And ", questions.size() - in_full, " more"));
  auto list = out.In("ul", {{"class", "columns small"}});
  for (int i = in_full; i < questions.size(); ++i) {
    auto item = out.In("li");
    if (questions[i].safety()) Chip(report, "Safety", "solid");
    out.Text(questions[i].question() + SideMark(questions[i].side()));
    if (questions[i].by_examiner()) out.Text(" (examine)");
  }
}

}  // namespace condyle
