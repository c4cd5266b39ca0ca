// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The consultation as a clinician reads it. One screen says what matters; the basis of every line follows.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/report/report.h"
#include "host/report/text_layout.h"

namespace condyle {
namespace {

// Questions on the first screen.
constexpr int kQuestionsShown = 6;

// What the commonly held tags are called. Others are spelled out from their parts.
struct TagName {
  std::string_view tag;
  std::string_view name;
};
constexpr std::array kTagNames = {
    TagName{"load", "loading of every kind"},
    TagName{"load.running", "running"},
    TagName{"load.impact", "impact"},
    TagName{"load.single_leg", "single-leg loading"},
    TagName{"exercise", "exercises"},
    TagName{"exercise.pri", "PRI exercises"},
    TagName{"manual", "hands-on therapy"},
    TagName{"manual.manipulation", "manipulation"},
    TagName{"self_care", "self-care"},
    TagName{"injection", "injections"},
    TagName{"injection.steroid", "steroid injection"},
    TagName{"drug.nsaid", "NSAIDs"},
    TagName{"device.belt", "belt"},
    TagName{"imaging.ionising", "imaging with ionising radiation"},
};

std::string NameOfTag(const std::string& tag) {
  for (const TagName& row : kTagNames) {
    if (row.tag == tag) return std::string(row.name);
  }
  std::string name = tag;
  std::replace(name.begin(), name.end(), '_', ' ');
  size_t dot = name.rfind('.');
  return dot == std::string::npos ? name : absl::StrCat(name.substr(dot + 1), " (", name.substr(0, dot), ")");
}

struct GroupName {
  std::string_view category;
  std::string_view name;
};
constexpr std::array kGroupNames = {
    GroupName{"emergency", "Now"},         GroupName{"referral", "Refer"},    GroupName{"imaging", "Imaging"},
    GroupName{"lab", "Laboratory"},        GroupName{"medication", "Treat"},  GroupName{"activity", "Activity"},
    GroupName{"exercise", "Exercise"},     GroupName{"education", "Explain"}, GroupName{"data", "Find out"},
    GroupName{"safety_net", "Safety net"},
};

std::string NameOfGroup(const std::string& category) {
  for (const GroupName& row : kGroupNames) {
    if (row.category == category) return std::string(row.name);
  }
  return category.empty() ? "Other" : category;
}

const char* InWords(v1::Grade grade) {
  switch (grade) {
    case v1::GRADE_META_ANALYSIS:
      return "meta-analysis";
    case v1::GRADE_GUIDELINE:
      return "guideline";
    case v1::GRADE_DIAGNOSTIC_STUDY:
      return "diagnostic study";
    case v1::GRADE_COHORT:
      return "cohort";
    case v1::GRADE_CASE_REPORT:
      return "case reports";
    case v1::GRADE_EXPERT_OPINION:
      return "expert opinion, not validated";
    default:
      return "grade not given";
  }
}

// " [cohort]", or nothing where a message carries no grade.
std::string Mark(v1::Grade grade) {
  return grade == v1::GRADE_UNSPECIFIED ? std::string() : absl::StrCat(" [", InWords(grade), "]");
}

const char* InWords(v1::Status status) {
  switch (status) {
    case v1::STATUS_POSITIVE:
      return "POSITIVE (criteria met)";
    case v1::STATUS_NEGATIVE:
      return "negative (criteria not met; this excludes nothing)";
    case v1::STATUS_INSUFFICIENT_DATA:
      return "UNDECIDED (findings are missing)";
    case v1::STATUS_NOT_APPLICABLE:
      return "does not apply to this patient";
    default:
      return "status not given";
  }
}

const char* InWords(v1::Urgency urgency) {
  switch (urgency) {
    case v1::URGENCY_EMERGENCY:
      return "EMERGENCY";
    case v1::URGENCY_URGENT:
      return "URGENT";
    case v1::URGENCY_ROUTINE:
      return "ROUTINE";
    case v1::URGENCY_SELF_CARE:
      return "SELF-CARE";
    default:
      return "NO URGENCY GIVEN";
  }
}

const char* MeaningOf(v1::Urgency urgency) {
  switch (urgency) {
    case v1::URGENCY_EMERGENCY:
      return ": go now. Emergency department, without delay.";
    case v1::URGENCY_URGENT:
      return ": to be seen the same day or within 7 days, as the advice below says.";
    case v1::URGENCY_ROUTINE:
      return ": to be seen within weeks.";
    case v1::URGENCY_SELF_CARE:
      return ": nothing that was asked calls for an appointment; a change does.";
    default:
      return ".";
  }
}

const char* InWords(v1::FailureKind kind) {
  switch (kind) {
    case v1::FAILURE_KIND_LOAD:
      return "could not be loaded";
    case v1::FAILURE_KIND_MANIFEST:
      return "bad manifest";
    case v1::FAILURE_KIND_CONFLICT:
      return "conflict";
    case v1::FAILURE_KIND_MISSING:
      return "missing";
    case v1::FAILURE_KIND_CRASHED:
      return "crashed";
    case v1::FAILURE_KIND_DEADLINE:
      return "out of time";
    case v1::FAILURE_KIND_BAD_ANSWER:
      return "bad answer";
    case v1::FAILURE_KIND_REPORTED:
      return "reported a failure";
    default:
      return "failed";
  }
}

// The same, for the lines of the basis.
std::string ShortMark(v1::Grade grade) {
  return grade == v1::GRADE_EXPERT_OPINION ? std::string(" [expert opinion]") : Mark(grade);
}

std::string SideMark(v1::Side side) {
  return side == v1::SIDE_LEFT ? " (left)" : side == v1::SIDE_RIGHT ? " (right)" : "";
}

template <typename List>
std::string Joined(const List& parts, std::string_view separator) {
  std::string out;
  for (const auto& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

// " [K-12, Laslett2005]"
template <typename Keys>
std::string Cited(const Keys& keys) {
  return keys.empty() ? std::string() : absl::StrCat(" [", Joined(keys, ", "), "]");
}

// The text as a sentence's beginning of a longer line: one full stop at its end.
std::string Sentence(const std::string& text) {
  if (text.empty() || text.back() == '.' || text.back() == '!' || text.back() == '?') return text;
  return text + ".";
}

// A share in words: 0.35 -> "about 1 in 3". Within 8 per cent of the value, or in hundredths.
std::string InWords(double probability) {
  if (probability > 0 && probability <= 0.5) {
    double n = std::round(1 / probability);
    if (n <= 1000 && std::abs(1 / n - probability) <= 0.08 * probability) {
      return absl::StrCat("about 1 in ", static_cast<int>(n));
    }
  }
  double tenths = std::round(probability * 10);
  if (tenths >= 1 && tenths <= 9 && std::abs(tenths / 10 - probability) < 0.005) {
    return absl::StrCat("about ", static_cast<int>(tenths), " in 10");
  }
  double hundredths = std::round(probability * 100);
  if (hundredths == 0 && probability > 0) return "less than 1 in 1000";
  return absl::StrCat("about ", static_cast<int>(hundredths), " in 100");
}

// Percent, whole from 1 on, else one decimal.
std::string Percent(double probability) {
  double percent = probability * 100;
  return absl::StrCat(percent >= 1 || percent == 0 ? std::round(percent) : std::round(percent * 10) / 10);
}

std::string InWords(const v1::Probability& p) {
  std::string low = Percent(p.low()), high = Percent(p.high());
  return absl::StrCat(InWords(p.point()), " (", low, low == high ? "" : "-" + high, " %)");
}

std::string InWords(const v1::LikelihoodRatio& lr) {
  std::string out = absl::StrCat("LR ", lr.point());
  if (lr.high() > 0) absl::StrAppend(&out, " (", lr.low(), "-", lr.high(), ")");
  return out;
}

bool Under(const std::string& tag, std::string_view root) {
  return tag.compare(0, root.size(), root) == 0 && (tag.size() == root.size() || tag[root.size()] == '.');
}

bool SaysWhatToStop(const v1::Recommendation& r) {
  return std::any_of(r.tags().begin(), r.tags().end(), [](const std::string& tag) { return Under(tag, "protect"); });
}

// Advice to go for care; what asks for it has to be said with it.
bool SaysToGo(const v1::Recommendation& r) {
  return std::any_of(r.tags().begin(), r.tags().end(), [](const std::string& tag) { return Under(tag, "care"); });
}

std::string Advice(const v1::Recommendation& r) {
  std::string line = absl::StrCat(r.text(), SideMark(r.side()));
  if (!r.timeframe().empty()) absl::StrAppend(&line, " Timing: ", r.timeframe(), ".");
  if (SaysToGo(r) && !r.reasons().empty()) absl::StrAppend(&line, " Because of: ", Sentence(Joined(r.reasons(), "; ")));
  if (!r.dose().empty()) absl::StrAppend(&line, " Dose: ", Sentence(r.dose()));
  return line + Mark(r.grade());
}

// Holds with the same author, effect and reason are one line.
struct HoldGroup {
  const v1::Hold* first;
  std::vector<std::string> tags;
};

std::vector<HoldGroup> Grouped(const v1::Consultation& c) {
  std::vector<HoldGroup> groups;
  for (const v1::Hold& hold : c.holds()) {
    auto same = std::find_if(groups.begin(), groups.end(), [&](const HoldGroup& g) {
      return g.first->by() == hold.by() && g.first->effect() == hold.effect() && g.first->reason() == hold.reason();
    });
    if (same == groups.end()) {
      groups.push_back({&hold, {}});
      same = groups.end() - 1;
    }
    same->tags.push_back(NameOfTag(hold.tag()));
  }
  return groups;
}

TextStyle StyleOf(v1::Urgency urgency) {
  return urgency == v1::URGENCY_EMERGENCY ? TextStyle::kAlarm
         : urgency == v1::URGENCY_URGENT  ? TextStyle::kWarning
                                          : TextStyle::kBold;
}

void About(const v1::Consultation& c, TextPage& page) {
  std::string about = absl::StrCat("As of ", c.as_of());
  if (!c.case_id().empty()) about = absl::StrCat("Case ", c.case_id(), ", as of ", c.as_of());
  page.Paragraph("", about, TextStyle::kFaint);
}

void Headline(const v1::Consultation& c, TextPage& page) {
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

void Failures(const v1::Consultation& c, TextPage& page) {
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

void Stop(const v1::Consultation& c, TextPage& page) {
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

void AdviceList(const v1::Consultation& c, bool can_wait, const char* heading, TextPage& page) {
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
void CouldBe(const v1::Consultation& c, TextPage& page) {
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

void AskNext(const v1::Consultation& c, TextPage& page) {
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

void Criteria(const v1::Conclusion& conclusion, TextPage& page) {
  for (const v1::Criterion& c : conclusion.criteria()) {
    const char* mark = c.state() == v1::CRITERION_STATE_MET       ? "      met      "
                       : c.state() == v1::CRITERION_STATE_NOT_MET ? "      not met  "
                                                                  : "      unknown  ";
    page.Paragraph(mark, absl::StrCat(c.text(), SideMark(c.side()), ShortMark(c.grade()), Cited(c.citations())));
  }
}

void Block(const v1::Assessment& a, TextPage& page) {
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
    Criteria(c, page);
  }
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

void AdviceBasis(const v1::Consultation& c, TextPage& page) {
  if (c.recommendations().empty()) return;
  page.Heading("Why this advice");
  for (const v1::Recommendation& r : c.recommendations()) {
    std::string line =
        absl::StrCat(r.id(), SideMark(r.side()), ShortMark(r.grade()), " by ", Joined(r.plugin_ids(), ", "));
    if (!r.phase().empty()) absl::StrAppend(&line, "; phase: ", r.phase());
    if (!r.reasons().empty()) absl::StrAppend(&line, ": ", Joined(r.reasons(), "; "));
    page.Paragraph("  ", line + Cited(r.citations()));
  }
}

void WithheldAdvice(const v1::Consultation& c, TextPage& page) {
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

void Basis(const v1::Consultation& c, TextPage& page) {
  page.Heading("BASIS");
  page.Paragraph("", "Expert opinion is not validated. Brackets name the grade and the sources, listed below.");
  for (const v1::Assessment& a : c.assessments()) Block(a, page);
  AdviceBasis(c, page);
  WithheldAdvice(c, page);
  if (!c.next_questions().empty()) {
    page.Heading("What each open question could change");
    for (const v1::NextQuestion& q : c.next_questions()) {
      page.Paragraph(q.safety() ? "  ! " : "  * ",
                     absl::StrCat(Question(q), " (", q.key(), ", for ", Joined(q.asked_by(), ", "), ")",
                                  q.why().empty() ? "" : ": " + q.why()));
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
      runs.push_back(absl::StrCat(run.plugin_id(), " ", run.plugin_version(), " (", run.isolation(), ")"));
    }
    page.Heading("Versions");
    page.Paragraph("  ",
                   absl::StrCat("condyle ", c.receipt().host_version(), runs.empty() ? "" : "; ", Joined(runs, ", ")));
  }
}

}  // namespace

std::string ToText(const v1::Consultation& c, const TextOptions& options) {
  TextPage page(options.width, options.colour);
  Failures(c, page);
  if (!c.plugin_failures().empty()) page.Blank();
  Headline(c, page);
  CouldBe(c, page);
  Stop(c, page);
  AdviceList(c, /*can_wait=*/false, "DO", page);
  AskNext(c, page);
  AdviceList(c, /*can_wait=*/true, "ALSO", page);
  if (options.basis) Basis(c, page);
  page.Blank();
  page.Paragraph("", c.disclaimer(), TextStyle::kFaint);
  return page.text();
}

}  // namespace condyle
