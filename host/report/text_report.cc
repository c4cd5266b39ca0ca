// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The consultation as a clinician reads it. One screen says what matters; the basis of every line follows.
#include "host/report/text_report.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/reconcile/tags.h"
#include "host/report/change_words.h"
#include "host/report/report.h"
#include "host/report/text_layout.h"
#include "host/report/text_pathway.h"
#include "host/report/text_shadow.h"
#include "host/report/words.h"

namespace condyle {
namespace {

// Questions on the first screen.
constexpr int kQuestionsShown = 6;

// " [cohort]", or nothing where a message carries no grade.
std::string Mark(v1::Grade grade) {
  return grade == v1::GRADE_UNSPECIFIED ? std::string() : absl::StrCat(" [", InWords(grade), "]");
}

// The same, for the lines of the basis.
std::string ShortMark(v1::Grade grade) {
  return grade == v1::GRADE_EXPERT_OPINION ? std::string(" [expert opinion]") : Mark(grade);
}

// " [K-12, Laslett2005]"
template <typename Keys>
std::string Cited(const Keys& keys) {
  return keys.empty() ? std::string() : absl::StrCat(" [", Joined(keys, ", "), "]");
}

// Advice to go for care; what asks for it has to be said with it.
bool SaysToGo(const v1::Recommendation& r) {
  return std::any_of(r.tags().begin(), r.tags().end(), [](const std::string& tag) { return TagCovers("care", tag); });
}

std::string Advice(const v1::Recommendation& r) {
  std::string line = absl::StrCat(r.text(), SideMark(r.side()));
  if (!r.timeframe().empty()) absl::StrAppend(&line, " Timing: ", r.timeframe(), ".");
  if (SaysToGo(r) && !r.reasons().empty()) absl::StrAppend(&line, " Because of: ", Sentence(Joined(r.reasons(), "; ")));
  if (!r.dose().empty()) absl::StrAppend(&line, " Dose: ", Sentence(r.dose()));
  return line + Mark(r.grade());
}

TextStyle StyleOf(v1::Urgency urgency) {
  return urgency == v1::URGENCY_EMERGENCY ? TextStyle::kAlarm
         : urgency == v1::URGENCY_URGENT  ? TextStyle::kWarning
                                          : TextStyle::kBold;
}

void About(const v1::Consultation& c, ReportPage& page) {
  std::string about = absl::StrCat("As of ", c.as_of());
  if (!c.case_id().empty()) about = absl::StrCat("Case ", c.case_id(), ", as of ", c.as_of());
  page.Paragraph("", about, TextStyle::kFaint);
}

void Headline(const v1::Consultation& c, ReportPage& page) {
  page.Paragraph("", absl::StrCat(InWords(c.urgency()), MeaningOf(c.urgency())), StyleOf(c.urgency()));
  if (c.urgency() <= v1::URGENCY_ROUTINE && !c.plugin_failures().empty()) {
    page.Paragraph("Why: ", "Not every plugin has answered; what they would have found could make it more urgent.");
    return About(c, page);
  }
  auto reason = std::find_if(c.assessments().begin(), c.assessments().end(), [&](const v1::Assessment& a) {
    return a.urgency() == c.urgency() && !a.summary().empty();
  });
  if (reason != c.assessments().end()) {
    page.Paragraph("Why: ", absl::StrCat(reason->summary(), " (", reason->plugin_id(), ")"));
  } else {
    page.Paragraph("Why: ", "Not every question could be decided, so it is not left to self-care.");
  }
  About(c, page);
}

void Failures(const v1::Consultation& c, ReportPage& page) {
  for (const v1::PluginFailure& f : c.plugin_failures()) {
    bool holds = std::any_of(c.holds().begin(), c.holds().end(), [&](const v1::Hold& h) {
      return h.by() == "condyle" &&
             absl::StrCat(" ", h.reason()).find(absl::StrCat(" ", f.plugin_id(), " ")) != std::string::npos;
    });
    page.Paragraph("!! ",
                   absl::StrCat(f.plugin_id(), " gave NO ANSWER (", InWords(f.kind()), "): ", Sentence(f.message()),
                                holds ? " Everything it guards is on hold." : " Its question is open."),
                   TextStyle::kAlarm);
  }
}

void Stop(const v1::Consultation& c, ReportPage& page) {
  std::vector<HoldGroup> groups = Grouped(c);
  bool stops = std::any_of(c.recommendations().begin(), c.recommendations().end(), SaysWhatToStop);
  if (groups.empty() && !stops) return;
  page.Heading("DO NOT, AND ON HOLD", TextStyle::kAlarm);
  for (const v1::Recommendation& r : c.recommendations()) {
    if (SaysWhatToStop(r)) page.Paragraph("  x ", Advice(r));
  }
  for (const HoldGroup& group : groups) {
    page.Paragraph("  - ",
                   absl::StrCat(group.first->effect() == v1::EFFECT_FORBID ? "Not for this patient: " : "On hold: ",
                                Joined(group.tags, ", "), " - by ", group.first->by(), ": ", group.first->reason()));
  }
  if (int n = c.withheld_size(); n > 0) {
    page.Paragraph("  - ", absl::StrCat(n, n == 1 ? " piece" : " pieces",
                                        " of advice withheld for these reasons; see the basis."));
  }
}

// What can wait until the first screen is dealt with.
bool CanWait(const v1::Recommendation& r) { return r.category() == "education" || r.category() == "data"; }

void AdviceList(const v1::Consultation& c, bool can_wait, const char* heading, ReportPage& page) {
  bool any = false;
  for (const v1::Recommendation& r : c.recommendations()) {
    if (SaysWhatToStop(r) || CanWait(r) != can_wait) continue;
    if (!any) page.Heading(heading);
    any = true;
    page.Paragraph("  * ", absl::StrCat(NameOfGroup(r.category()), ": ", Advice(r)));
  }
  if (!any && !can_wait) page.Heading("DO: nothing beyond this; see what is on hold and what to ask.");
}

std::string Question(const v1::NextQuestion& q) {
  return absl::StrCat(q.question(), SideMark(q.side()), q.by_examiner() ? " (examiner)" : "");
}

// What met its criteria, a line each; what is open, in one.
void CouldBe(const v1::Consultation& c, ReportPage& page) {
  std::vector<std::string> open;
  bool any = false;
  const auto heading = [&] {
    if (!any) page.Heading("WHAT IT COULD BE");
    any = true;
  };
  for (const v1::Differential& line : c.differential()) {
    const v1::Conclusion& conclusion = line.conclusion();
    const std::string name = conclusion.text() + SideMark(conclusion.side());
    if (conclusion.status() == v1::STATUS_INSUFFICIENT_DATA) open.push_back(name);
    if (conclusion.status() != v1::STATUS_POSITIVE) continue;
    heading();
    page.Paragraph("  + ",
                   name + ": criteria met" +
                       (conclusion.has_probability() ? ", " + InWords(conclusion.probability()) : std::string()) +
                       Mark(conclusion.grade()));
  }
  if (open.empty()) return;
  heading();
  page.Paragraph("  ? ", "Undecided: " + Joined(open, "; "));
}

void AskNext(const v1::Consultation& c, ReportPage& page) {
  if (c.next_questions().empty()) return;
  page.Heading("ASK NEXT (! = safety)");
  int shown = std::min(kQuestionsShown, c.next_questions_size());
  for (int i = 0; i < shown; ++i) {
    page.Paragraph(c.next_questions(i).safety() ? "  ! " : "  * ", Question(c.next_questions(i)));
  }
  if (int rest = c.next_questions_size() - shown; rest > 0) {
    page.Paragraph(
        "  ", absl::StrCat("and ", rest, rest == 1 ? " more question" : " more questions", ", listed in the basis"));
  }
}

void Criteria(const v1::Conclusion& conclusion, ReportPage& page) {
  for (const v1::Criterion& c : conclusion.criteria()) {
    const char* mark = c.state() == v1::CRITERION_STATE_MET       ? "      met      "
                       : c.state() == v1::CRITERION_STATE_NOT_MET ? "      not met  "
                                                                  : "      unknown  ";
    page.Paragraph(mark, absl::StrCat(c.text(), SideMark(c.side()), ShortMark(c.grade()), Cited(c.citations())));
  }
}

// For a coder, the preferred one first.
void Codes(const v1::Conclusion& conclusion, ReportPage& page) {
  std::vector<std::string> codes;
  const auto add = [&](const v1::Coding& coding) {
    codes.push_back(absl::StrCat(coding.code(), coding.display().empty() ? "" : " " + coding.display(), " (",
                                 coding.system(), ")"));
  };
  if (conclusion.has_condition()) add(conclusion.condition());
  for (const v1::Coding& coding : conclusion.codings()) add(coding);
  if (!codes.empty()) page.Paragraph("    ", absl::StrCat("Codes to weigh: ", Joined(codes, "; ")));
}

void Block(const v1::Consultation& whole, const v1::Assessment& a, ReportPage& page) {
  std::string title = absl::StrCat(a.plugin_id(), a.plugin_version().empty() ? "" : " " + a.plugin_version(), ": ",
                                   InWords(a.status()));
  if (a.urgency() != v1::URGENCY_UNSPECIFIED) absl::StrAppend(&title, "; urgency ", InWords(a.urgency()));
  page.Heading(title);
  if (!a.summary().empty()) page.Paragraph("  ", a.summary());
  for (const v1::Conclusion& c : a.conclusions()) {
    std::string line = absl::StrCat(c.text(), SideMark(c.side()), ": ", InWords(c.status()), ShortMark(c.grade()));
    page.Paragraph("  = ", line + Cited(c.citations()));
    if (c.has_probability()) {
      const v1::Probability& p = c.probability();
      page.Paragraph("    ", absl::StrCat("Probability: ", InWords(p),
                                          p.basis().empty() ? "." : ". " + Sentence(p.basis()), Cited(p.citations())));
    }
    Codes(c, page);
    Criteria(c, page);
  }
  WriteDepth(whole, a, page);
  for (const v1::Evidence& e : a.evidence()) {
    const char* mark = e.direction() == v1::DIRECTION_FOR       ? "    for      "
                       : e.direction() == v1::DIRECTION_AGAINST ? "    against  "
                                                                : "    neutral  ";
    std::string line = absl::StrCat(e.statement(), SideMark(e.side()), " (", e.key(), ")");
    if (e.has_likelihood_ratio()) absl::StrAppend(&line, "; ", InWords(e.likelihood_ratio()));
    page.Paragraph(mark, absl::StrCat(line, ShortMark(e.grade()), Cited(e.citations())));
  }
  for (const std::string& caveat : a.caveats()) page.Paragraph("  Note: ", caveat);
}

void AdviceBasis(const v1::Consultation& c, ReportPage& page) {
  if (c.recommendations().empty()) return;
  page.Heading("Why this advice");
  for (const v1::Recommendation& r : c.recommendations()) {
    std::string line =
        absl::StrCat(r.id(), SideMark(r.side()), ShortMark(r.grade()), " by ", Joined(r.plugin_ids(), ", "));
    if (!r.phase().empty()) absl::StrAppend(&line, "; phase: ", r.phase());
    if (!r.reasons().empty()) absl::StrAppend(&line, ": ", Joined(r.reasons(), "; "));
    page.Paragraph("  ", line + Cited(r.citations()));
    if (!r.sources_differ().empty()) page.Paragraph("    Sources differ: ", r.sources_differ());
  }
}

void WithheldAdvice(const v1::Consultation& c, ReportPage& page) {
  if (c.withheld().empty()) return;
  page.Heading("Withheld: given by a plugin and stopped by a constraint. Not advice.");
  for (const v1::Withheld& w : c.withheld()) {
    std::vector<std::string> others;
    for (const v1::Hold& hold : w.holds()) {
      if (hold.by() != w.by() && std::find(others.begin(), others.end(), hold.by()) == others.end()) {
        others.push_back(hold.by());
      }
    }
    page.Paragraph(
        "  ~ ",
        absl::StrCat("Not now: \"", w.recommendation().text(), "\"", SideMark(w.recommendation().side()), " (",
                     w.recommendation().id(), ")", ShortMark(w.recommendation().grade()), ", stopped by ", w.by(), ": ",
                     w.reason(), others.empty() ? "" : absl::StrCat(" Also by ", Joined(others, ", "), ".")));
  }
}

void Basis(const v1::Consultation& c, ReportPage& page) {
  page.Heading("BASIS");
  page.Paragraph("", "Expert opinion is not validated. Brackets name the grade and the sources, listed below.");
  for (const v1::Assessment& a : c.assessments()) Block(c, a, page);
  AdviceBasis(c, page);
  WithheldAdvice(c, page);
  if (!c.next_questions().empty()) {
    page.Heading("What each open question could change");
    for (const v1::NextQuestion& q : c.next_questions()) {
      page.Paragraph(q.safety() ? "  ! " : "  * ",
                     absl::StrCat(Question(q), " (", q.key(), q.asked_by().empty() ? "" : ", for ",
                                  Joined(q.asked_by(), ", "), ")", q.why().empty() ? "" : ": " + q.why()));
      for (const v1::AnswerEffect& effect : q.effects()) {
        page.Paragraph("      ",
                       absl::StrCat(effect.text(), ": ", Sentence(Joined(LinesOf(effect.change(), 3), "; "))));
      }
    }
    if (c.has_inquiry()) {
      page.Paragraph("  ",
                     absl::StrCat("Ranked by trying ", c.inquiry().hypotheses(),
                                  " possible answers one at a time, all "
                                  "counted alike",
                                  c.inquiry().complete() ? "." : "; time ran out before all were tried."),
                     TextStyle::kFaint);
    }
  }
  if (!c.notices().empty()) {
    page.Heading("Notices on the input");
    for (const v1::Notice& n : c.notices())
      page.Paragraph("  - ", n.path().empty() ? n.message() : absl::StrCat(n.path(), ": ", n.message()));
  }
  if (!c.citations().empty()) {
    page.Heading("Sources");
    for (const v1::Citation& s : c.citations()) {
      std::string line = absl::StrCat("[", s.key(), "] ", s.title());
      for (const std::string* more : {&s.locator(), &s.url()}) {
        if (!more->empty()) absl::StrAppend(&line, ", ", *more);
      }
      page.Paragraph("  ", line);
    }
  }
  if (c.has_receipt()) {
    std::vector<std::string> runs;
    for (const v1::PluginRun& run : c.receipt().plugins()) {
      runs.push_back(absl::StrCat(run.plugin_id(), " ", run.plugin_version(), " (", run.isolation(),
                                  run.sandbox().empty() || run.sandbox() == "none" ? "" : ", sandbox ",
                                  run.sandbox() == "none" ? "" : run.sandbox(), ")"));
    }
    page.Heading("Versions");
    page.Paragraph("  ",
                   absl::StrCat("condyle ", c.receipt().host_version(), runs.empty() ? "" : "; ", Joined(runs, ", ")));
  }
}

}  // namespace

void WriteReport(const v1::Consultation& c, bool basis, ReportPage& page) {
  Failures(c, page);
  if (!c.plugin_failures().empty()) page.Blank();
  Headline(c, page);
  CouldBe(c, page);
  Stop(c, page);
  AdviceList(c, /*can_wait=*/false, "DO", page);
  AskNext(c, page);
  WriteWhereItStands(c, page);
  AdviceList(c, /*can_wait=*/true, "ALSO", page);
  if (basis) Basis(c, page);
  WriteShadow(c, page);
  page.Blank();
  page.Paragraph("", c.disclaimer(), TextStyle::kFaint);
}

std::string ToText(const v1::Consultation& c, const TextOptions& options) {
  TextPage page(options.width, options.colour);
  WriteReport(c, options.basis, page);
  return page.text();
}

}  // namespace condyle
