// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Risks, scores and stages of care as text.
#include "host/report/text_pathway.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/report/words.h"

namespace condyle {
namespace {

using Criteria = google::protobuf::RepeatedPtrField<v1::Criterion>;

std::string Cited(const google::protobuf::RepeatedPtrField<std::string>& keys) {
  return keys.empty() ? std::string() : absl::StrCat(" [", Joined(keys, ", "), "]");
}

std::string Mark(v1::Grade grade) {
  if (grade == v1::GRADE_UNSPECIFIED) return "";
  return grade == v1::GRADE_EXPERT_OPINION ? std::string(" [expert opinion]") : absl::StrCat(" [", InWords(grade), "]");
}

// Whether advice of this plugin for this stage is withheld: then the stage must not read as if it could be followed.
bool OnHold(const v1::Consultation& c, const v1::Assessment& a, const v1::Stage& stage) {
  return std::any_of(c.withheld().begin(), c.withheld().end(), [&](const v1::Withheld& w) {
    const auto& ids = w.recommendation().plugin_ids();
    return w.recommendation().phase() == stage.phase() && std::find(ids.begin(), ids.end(), a.plugin_id()) != ids.end();
  });
}

std::string Position(const v1::Consultation& c, const v1::Assessment& a, const v1::Stage& stage) {
  return absl::StrCat(stage.title(), ": ", Sentence(stage.position()),
                      OnHold(c, a, stage) ? " Advice of this stage is on hold." : "");
}

std::vector<std::string> InState(const Criteria& criteria, v1::CriterionState state) {
  std::vector<std::string> texts;
  for (const v1::Criterion& criterion : criteria) {
    if (criterion.state() == state) texts.push_back(criterion.text());
  }
  return texts;
}

void WriteCriteria(const char* heading, const Criteria& criteria, ReportPage& page) {
  if (criteria.empty()) return;
  page.Paragraph("      ", heading);
  for (const v1::Criterion& c : criteria) {
    const char* mark = c.state() == v1::CRITERION_STATE_MET       ? "        met      "
                       : c.state() == v1::CRITERION_STATE_NOT_MET ? "        not met  "
                                                                  : "        unknown  ";
    page.Paragraph(mark, absl::StrCat(c.text(), SideMark(c.side()), Mark(c.grade()), Cited(c.citations())));
  }
}

void WriteScore(const v1::Score& score, ReportPage& page) {
  page.Paragraph("  # ", absl::StrCat("Score: ", score.text(), ": ", InWords(score), Mark(score.grade()),
                                      Cited(score.citations())));
  for (const v1::ScoreItem& item : score.items()) {
    std::string points = absl::StrCat(item.low());
    if (item.low() != item.high()) absl::StrAppend(&points, " to ", item.high());
    if (!item.missing_key().empty()) absl::StrAppend(&points, " (not known: ", item.missing_key(), ")");
    page.Paragraph("      ", absl::StrCat(item.text(), ": ", points));
  }
}

}  // namespace

void WriteWhereItStands(const v1::Consultation& c, ReportPage& page) {
  bool any = false;
  const auto heading = [&] {
    if (!any) page.Heading("WHERE THIS STANDS");
    any = true;
  };
  for (const v1::Assessment& a : c.assessments()) {
    for (const v1::Risk& risk : a.risks()) {
      heading();
      page.Paragraph("  % ", absl::StrCat(risk.text(), ": ", InWords(risk)));
    }
    for (const v1::Stage& stage : a.pathway()) {
      if (stage.state() != v1::STAGE_STATE_CURRENT) continue;
      heading();
      page.Paragraph("  > ", absl::StrCat(Position(c, a, stage), " (", a.plugin_id(), ")"));
      if (auto due = InState(stage.escalate_when(), v1::CRITERION_STATE_MET); !due.empty()) {
        page.Paragraph("    ", absl::StrCat("Calls for another look now: ", Sentence(Joined(due, "; "))),
                       TextStyle::kWarning);
      }
      std::vector<std::string> open = InState(stage.leave_when(), v1::CRITERION_STATE_NOT_MET);
      for (std::string& text : InState(stage.leave_when(), v1::CRITERION_STATE_UNKNOWN)) {
        open.push_back(absl::StrCat(text, " (not known)"));
      }
      if (!open.empty()) page.Paragraph("    ", absl::StrCat("Before the next stage: ", Sentence(Joined(open, "; "))));
    }
  }
}

void WriteDepth(const v1::Consultation& c, const v1::Assessment& a, ReportPage& page) {
  for (const v1::Risk& risk : a.risks()) {
    page.Paragraph(
        "  % ", absl::StrCat("Risk: ", risk.text(), ": ", InWords(risk), Mark(risk.grade()), Cited(risk.citations())));
    for (const std::string& basis : risk.basis()) page.Paragraph("      ", basis);
  }
  for (const v1::Score& score : a.scores()) WriteScore(score, page);
  for (const v1::Stage& stage : a.pathway()) {
    page.Paragraph("  > ", absl::StrCat("Stage ", stage.phase(), " (", InWords(stage.state()), "). ",
                                        Position(c, a, stage), Cited(stage.citations())));
    if (!stage.course().empty()) page.Paragraph("      ", absl::StrCat("Published course: ", Sentence(stage.course())));
    WriteCriteria("Before the next stage:", stage.leave_when(), page);
    WriteCriteria("Calls for another look:", stage.escalate_when(), page);
  }
}

}  // namespace condyle
