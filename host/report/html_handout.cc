// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The sheet for the patient: one page, active advice only, the safety net first.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/reconcile/tags.h"
#include "host/report/html_parts.h"
#include "host/report/words.h"

namespace condyle {
namespace {

// Lines of text that fit on the page beside headings and blanks, and characters of a line, both with room to spare.
constexpr int kLinesOfPage = 33;
constexpr int kCharactersOfLine = 78;

bool HasTag(const v1::Recommendation& r, std::string_view root) {
  return std::any_of(r.tags().begin(), r.tags().end(), [&](const std::string& tag) { return TagCovers(root, tag); });
}

bool Moves(const v1::Recommendation& r) { return r.category() == "activity" || r.category() == "exercise"; }

// Care that comes after today's, as the pathway says or, without one, by the usual names of its stages.
bool ComesLater(const v1::Consultation& c, const std::string& phase) {
  for (const v1::Assessment& a : c.assessments()) {
    for (const v1::Stage& stage : a.pathway()) {
      if (stage.phase() == phase) return stage.state() == v1::STAGE_STATE_LATER;
    }
  }
  return phase == "return" || phase == "prevention";
}

struct Sheet {
  std::vector<std::string> safety_net, stop, now, know, later;
};

// Counts the lines that are left on the page.
class Room {
 public:
  // Adds the text if it is new and fits.
  void Put(const std::string& text, std::vector<std::string>& list) {
    if (std::find(taken_.begin(), taken_.end(), text) != taken_.end()) return;
    const int lines = 1 + static_cast<int>(text.size()) / kCharactersOfLine;
    if (lines > lines_) {
      full_ = true;
      return;
    }
    lines_ -= lines;
    taken_.push_back(text);
    list.push_back(text);
  }
  bool full() const { return full_; }

 private:
  int lines_ = kLinesOfPage;
  bool full_ = false;
  std::vector<std::string> taken_;
};

// Advice in words for the patient. What must not be missed is given even where it has none of its own; else nothing.
const std::string& WordsFor(const v1::Recommendation& r) {
  const bool vital = r.category() == "safety_net" || r.category() == "emergency" || HasTag(r, "care");
  return r.patient_text().empty() && vital ? r.text() : r.patient_text();
}

// Active advice that is worded for the patient and that nothing on hold shares its wording with.
template <typename Use>
void ForEachAdvice(const v1::Consultation& c, Use&& use) {
  for (const v1::Recommendation& r : c.recommendations()) {
    const bool held = std::any_of(c.withheld().begin(), c.withheld().end(),
                                  [&](const v1::Withheld& w) { return w.recommendation().text() == r.text(); });
    if (held || WordsFor(r).empty()) continue;
    std::string text = WordsFor(r) + SideMark(r.side());
    // No dose of a drug.
    if (!r.dose().empty() && r.category() == "exercise") text = absl::StrCat(Sentence(text), " ", Sentence(r.dose()));
    use(r, text);
  }
}

Sheet Fill(const v1::Consultation& c, Room& room) {
  Sheet sheet;
  const bool urgent = c.urgency() >= v1::URGENCY_URGENT;
  // What must not be left out takes its room first.
  ForEachAdvice(c, [&](const v1::Recommendation& r, const std::string& text) {
    if (r.category() == "safety_net") room.Put(text, sheet.safety_net);
  });
  ForEachAdvice(c, [&](const v1::Recommendation& r, const std::string& text) {
    if (Moves(r) && HasTag(r, "protect")) room.Put(text, sheet.stop);
  });
  if (urgent) return sheet;
  ForEachAdvice(c, [&](const v1::Recommendation& r, const std::string& text) {
    const bool self_care = HasTag(r, "self_care") && !HasTag(r, "drug") && r.category() != "education";
    if (HasTag(r, "protect") || (!Moves(r) && !self_care)) return;
    room.Put(text, ComesLater(c, r.phase()) ? sheet.later : sheet.now);
  });
  ForEachAdvice(c, [&](const v1::Recommendation& r, const std::string& text) {
    if (r.category() == "education") room.Put(text, ComesLater(c, r.phase()) ? sheet.later : sheet.know);
  });
  return sheet;
}

void List(HtmlReport& report, const char* heading, const std::vector<std::string>& lines, const char* css_class) {
  if (lines.empty()) return;
  HtmlWriter& out = report.out;
  auto block = out.In("div", {{"class", css_class}});
  Heading(report, "h3", heading);
  auto list = out.In("ul");
  for (const std::string& line : lines) out.Element("li", line);
}

// What an urgent or emergent answer asks for, with the reasons to hand over.
void GoNow(HtmlReport& report) {
  const v1::Consultation& c = report.c;
  const bool emergency = c.urgency() == v1::URGENCY_EMERGENCY;
  HtmlWriter& out = report.out;
  auto box = out.In("div", {{"class", "go"}});
  out.Element("p", emergency ? "Go to an emergency department now." : "You need to be seen by a clinician soon.",
              {{"class", "go-word"}});
  if (!emergency) out.Element("p", "The time is given here: the same day, or within 7 days at the latest.");
  auto list = out.In("ul");
  for (const v1::Recommendation& r : c.recommendations()) {
    const bool pressing = r.category() == "emergency" || (r.category() == "referral" && !r.timeframe().empty());
    if (!pressing || WordsFor(r).empty()) continue;
    auto item = out.In("li");
    if (!r.timeframe().empty()) out.Element("strong", Sentence("Time: " + r.timeframe()) + " ");
    out.Text(WordsFor(r));
    if (!r.reasons().empty()) out.Text(absl::StrCat(" Reasons: ", Sentence(Joined(r.reasons(), "; "))));
  }
}

void Blanks(HtmlReport& report) {
  HtmlWriter& out = report.out;
  auto blanks = out.In("div", {{"class", "blanks"}});
  for (const char* label : {"Name", "Date", "Clinician", "Telephone"}) {
    auto line = out.In("p");
    out.Element("span", label);
    out.Element("span", "", {{"class", "blank"}});
  }
}

bool AnythingOpen(const v1::Consultation& c) { return !c.plugin_failures().empty() || !c.holds().empty(); }

}  // namespace

void WriteHandout(HtmlReport& report) {
  const v1::Consultation& c = report.c;
  HtmlWriter& out = report.out;
  Room room;
  const Sheet sheet = Fill(c, room);
  const bool urgent = c.urgency() >= v1::URGENCY_URGENT;
  auto section = out.In("section", {{"class", "sheet handout"}, {"aria-labelledby", "handout"}});
  Heading(report, "h2", "For you to take home", "handout");
  Blanks(report);
  if (urgent) GoNow(report);
  // With an emergency there is nothing to wait for.
  if (c.urgency() != v1::URGENCY_EMERGENCY) {
    List(report, urgent ? "While you wait: get help at once" : "When to get help", sheet.safety_net, "net");
  }
  List(report, urgent ? "Until you are seen" : "For now, leave out", sheet.stop, "block");
  List(report, "What you can do now", sheet.now, "block");
  List(report, "Good to know", sheet.know, "block");
  List(report, "Later, when your clinician says so", sheet.later, "block");
  {
    auto more = out.In("p", {{"class", "small"}});
    if (!urgent && AnythingOpen(c)) {
      out.Text(
          "Some questions are still open. Do no more than this sheet says until your clinician has settled them. ");
    }
    if (room.full()) out.Text("There is more advice than fits here: ask your clinician for it. ");
    out.Text("Ask your clinician or pharmacist before you take a medicine for this.");
  }
  if (!c.disclaimer().empty()) out.Element("p", c.disclaimer(), {{"class", "disclaimer"}});
}

}  // namespace condyle
