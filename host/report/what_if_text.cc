// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A what-if as a clinician reads it: what would lead elsewhere, then what each finding contributes.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/report/change_words.h"
#include "host/report/report.h"
#include "host/report/text_layout.h"
#include "host/report/words.h"

namespace condyle {
namespace {

// Ids of advice in one line before the rest is counted.
constexpr int kAdviceNamed = 5;

std::string Heading(const v1::Counterfactual& c) {
  switch (c.kind()) {
    case v1::TARGET_KIND_URGENCY:
      return absl::StrCat("Urgency would be ", InWords(c.urgency()));
    case v1::TARGET_KIND_STATUS:
      return absl::StrCat(c.plugin_id(), " would be ", InWords(c.status()));
    case v1::TARGET_KIND_ADVICE_ADDED:
      return absl::StrCat(c.advice_id(), " would become active");
    case v1::TARGET_KIND_ADVICE_REMOVED:
      return absl::StrCat(c.advice_id(), " would no longer be active");
    default:
      return "The outcome would be another";
  }
}

std::string HowMany(const v1::Counterfactual& c) {
  const int size = c.sets_size() > 0 ? c.sets(0).changes_size() : 0;
  std::string text = size == 1 ? "one change" : absl::StrCat(size, " changes together");
  if (!c.smallest()) absl::StrAppend(&text, "; none of them can be left out, though fewer others might do");
  if (c.sets_found() > c.sets_size()) {
    absl::StrAppend(&text, "; ", c.sets_size(), " of ", c.sets_found(), " ways shown");
  }
  return text;
}

void Ways(const v1::Counterfactual& c, TextPage& page) {
  page.Paragraph("  ", absl::StrCat(Heading(c), " (", HowMany(c), "):"), TextStyle::kBold);
  for (const v1::ChangeSet& set : c.sets()) {
    std::vector<std::string> changes;
    for (const v1::ChangedFinding& change : set.changes()) changes.push_back(change.text());
    page.Paragraph("    - ", Sentence(Joined(changes, "; and ")));
  }
}

void Section(const v1::WhatIf& w, const char* title, std::initializer_list<v1::TargetKind> kinds, TextPage& page) {
  bool any = false;
  for (const v1::Counterfactual& c : w.counterfactuals()) {
    if (std::find(kinds.begin(), kinds.end(), c.kind()) == kinds.end()) continue;
    if (!any) page.Heading(title);
    any = true;
    Ways(c, page);
  }
}

void Contributions(const v1::WhatIf& w, TextPage& page) {
  if (w.contributions().empty()) return;
  page.Heading("WITHOUT EACH FINDING");
  int idle = 0;
  for (const v1::Contribution& one : w.contributions()) {
    const std::vector<std::string> lines = LinesOf(one.change(), kAdviceNamed);
    if (lines.empty()) {
      ++idle;
      continue;
    }
    page.Paragraph("  - ", absl::StrCat(one.text(), ". Without it: ", Sentence(Joined(lines, "; "))));
  }
  if (idle > 0) {
    page.Paragraph("  ", absl::StrCat("Without any other finding alone (", idle,
                                      ") the outcome would be the same; together they may matter."));
  }
}

}  // namespace

std::string ToText(const v1::WhatIf& w, const TextOptions& options) {
  TextPage page(options.width, options.colour);
  page.Paragraph("", absl::StrCat("What if", w.case_id().empty() ? "" : ", case " + w.case_id(), ", as of ", w.as_of()),
                 TextStyle::kFaint);
  page.Paragraph("", absl::StrCat("As it is: ", InWords(w.urgency())), TextStyle::kBold);
  std::vector<std::string> statuses;
  for (const v1::PluginStatus& status : w.statuses()) {
    statuses.push_back(absl::StrCat(status.plugin_id(), " ", InWords(status.status())));
  }
  page.Paragraph("  ", Sentence(Joined(statuses, "; ")));
  page.Paragraph("  ",
                 absl::StrCat(w.advice_size(), w.advice_size() == 1 ? " piece" : " pieces", " of advice active."));
  for (const v1::PluginFailure& failure : w.plugin_failures()) {
    page.Paragraph("  ! ", absl::StrCat(failure.plugin_id(), " gave no answer and is left out: ", failure.message()),
                   TextStyle::kWarning);
  }
  if (!w.inquiry().complete()) {
    page.Paragraph("  ! ",
                   absl::StrCat("The time of ", w.inquiry().budget_ms(),
                                " ms ran out: what is listed holds, and more may be found with more time."),
                   TextStyle::kWarning);
  }
  Section(w, "FOR ANOTHER URGENCY", {v1::TARGET_KIND_URGENCY}, page);
  Section(w, "FOR ANOTHER STATUS", {v1::TARGET_KIND_STATUS}, page);
  if (options.basis) {
    Section(w, "FOR OTHER ADVICE", {v1::TARGET_KIND_ADVICE_ADDED, v1::TARGET_KIND_ADVICE_REMOVED}, page);
  }
  Contributions(w, page);
  page.Blank();
  page.Paragraph("",
                 absl::StrCat(w.inquiry().hypotheses(), " other cases tried, ", w.inquiry().plugin_calls(),
                              " answers of plugins."),
                 TextStyle::kFaint);
  page.Paragraph(
      "", "A finding is never to be recorded otherwise than it is: this page explains the answer. " + w.disclaimer(),
      TextStyle::kFaint);
  return page.text();
}

}  // namespace condyle
