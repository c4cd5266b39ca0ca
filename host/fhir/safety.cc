// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What must not be overlooked: Flags of what gave no answer, DetectedIssues of warnings, holds and withheld advice.
#include <algorithm>

#include "host/fhir/composer.h"
#include "host/report/words.h"

namespace condyle::fhir {
namespace {

const char* SeverityOf(v1::Urgency urgency) {
  return urgency >= v1::URGENCY_URGENT ? "high" : urgency == v1::URGENCY_ROUTINE ? "moderate" : "low";
}

std::string HoldLine(const v1::Hold& hold, const std::vector<std::string>& tags) {
  return absl::StrCat(hold.effect() == v1::EFFECT_FORBID ? "Not for this patient: " : "On hold: ", Joined(tags, ", "),
                      " - by ", hold.by(), ": ", hold.reason());
}

}  // namespace

void Composer::Flags() {
  const auto flag = [&](const std::string& name, std::string_view plugin_id, const std::string& text) {
    const Entry entry(this, "Flag", name);
    Note("", name);
    out_.Narrative({text});
    out_.Code("status", "active");
    {
      Writer::List categories(out_, "category");
      const Writer::Scope category = categories.Element();
      Writer::List codings(out_, "coding");
      const Writer::Scope coding = codings.Element();
      out_.CodingParts("http://terminology.hl7.org/CodeSystem/flag-category", "safety", "Safety");
    }
    out_.NamedConcept("code", text, {"unanswered", std::string(plugin_id)});
    Subject("subject");
    {
      const Writer::Scope period = out_.Object("period");
      out_.Code("start", c_.as_of());
    }
    Encounter();
    out_.Reference("author", DeviceOf(""), "Condyle");
  };
  for (int i = 0; i < c_.plugin_failures_size(); ++i) {
    const v1::PluginFailure& failure = c_.plugin_failures(i);
    flag(Name("flag/failure/", i), failure.plugin_id(),
         absl::StrCat(failure.plugin_id(), " gave NO ANSWER (", InWords(failure.kind()),
                      "): ", Sentence(failure.message()), " Its question is open, which is not a negative answer."));
  }
  for (const v1::Assessment& a : c_.assessments()) {
    if (!vocabulary_.IsSafetyScreen(a.plugin_id()) || a.status() != v1::STATUS_INSUFFICIENT_DATA) continue;
    flag(Name("flag/undecided/", a.plugin_id()), a.plugin_id(),
         absl::StrCat("Safety screen UNDECIDED: ", std::string(vocabulary_.TitleOf(a.plugin_id())), " (", a.plugin_id(),
                      "). ", a.summary()));
  }
}

void Composer::Warning(const v1::Assessment& a, int index) {
  const v1::Conclusion& conclusion = a.conclusions(index);
  const std::string name = Name("warning/", a.plugin_id(), "/", index);
  const Entry entry(this, "DetectedIssue", name);
  Note(a.plugin_id(), name);
  const std::string title = conclusion.text() + SideMark(conclusion.side());
  out_.Narrative({absl::StrCat(title, ": ", InWords(conclusion.status()), "; urgency ", InWords(a.urgency()), "."),
                  a.summary(), c_.disclaimer()});
  {
    Writer::List extensions(out_, "extension");
    extensions.CodeExtension("urgency", CodeOf(a.urgency()));
    extensions.SideExtension(conclusion.side());
    extensions.GradeExtension(conclusion.grade());
    Sources(extensions, conclusion.citations());
  }
  out_.Code("status", "preliminary");
  out_.NamedConcept("code", title, {"issue", "warning"});
  out_.Code("severity", SeverityOf(a.urgency()));
  Subject("patient");
  out_.Code("identifiedDateTime", c_.as_of());
  out_.Reference("author", DeviceOf(a.plugin_id()), a.plugin_id());
  {
    Writer::List evidence(out_, "evidence");
    const Writer::Scope element = evidence.Element();
    Writer::List details(out_, "detail");
    details.Reference(UrlOf(Name("conclusion/", a.plugin_id(), "/", index)), title);
    if (!conclusion.criteria().empty())
      details.Reference(UrlOf(Name("criteria/", a.plugin_id(), "/", index)), "Criteria");
  }
  out_.Text("detail", a.summary());
  Writer::List mitigations(out_, "mitigation");
  for (const v1::Recommendation& r : c_.recommendations()) {
    const auto& ids = r.plugin_ids();
    if (std::find(ids.begin(), ids.end(), a.plugin_id()) == ids.end()) continue;
    if (!IsServiceRequest(r) && !SaysWhatToStop(r)) continue;
    const Writer::Scope mitigation = mitigations.Element();
    out_.Concept("action", absl::StrCat("Proposed: ", r.text(), SideMark(r.side())), {"advice", r.id()});
  }
}

void Composer::Holds() {
  const std::vector<HoldGroup> groups = Grouped(c_);
  for (size_t i = 0; i < groups.size(); ++i) {
    const v1::Hold& first = *groups[i].first;
    const std::string name = Name("hold/", i);
    const Entry entry(this, "DetectedIssue", name);
    Note("", name);
    const std::string line = HoldLine(first, groups[i].tags);
    const bool forbid = first.effect() == v1::EFFECT_FORBID;
    out_.Narrative({line, first.citations().empty() ? "" : absl::StrCat("Sources: ", Cited(first.citations()))});
    {
      Writer::List extensions(out_, "extension");
      extensions.CodeExtension("by", first.by());
      Sources(extensions, first.citations());
    }
    out_.Code("status", forbid ? "final" : "preliminary");
    out_.NamedConcept("code", forbid ? "Not for this patient" : "On hold until something is settled",
                      {"issue", CodeOf(first.effect())});
    out_.Code("severity", forbid ? "high" : "moderate");
    Subject("patient");
    out_.Code("identifiedDateTime", c_.as_of());
    // The host is "condyle" among those who hold.
    const bool host = std::none_of(c_.assessments().begin(), c_.assessments().end(),
                                   [&](const v1::Assessment& a) { return a.plugin_id() == first.by(); });
    out_.Reference("author", DeviceOf(host ? std::string() : first.by()), first.by());
    {
      Writer::List evidence(out_, "evidence");
      const Writer::Scope element = evidence.Element();
      Writer::List tags(out_, "code");
      for (const v1::Hold& hold : c_.holds()) {
        if (hold.by() != first.by() || hold.effect() != first.effect() || hold.reason() != first.reason()) continue;
        tags.Concept(hold.tag().empty() ? "not named" : NameOfTag(hold.tag()), {"tag", hold.tag()});
      }
    }
    out_.Text("detail", line);
  }
}

void Composer::Withheld(int index) {
  const v1::Withheld& w = c_.withheld(index);
  const v1::Recommendation& r = w.recommendation();
  const std::string name = Name("withheld/", index);
  const Entry entry(this, "DetectedIssue", name);
  Note("", name);
  const std::string line =
      absl::StrCat("Not now: \"", r.text(), "\"", SideMark(r.side()), ", stopped by ", w.by(), ": ", w.reason());
  out_.Narrative({line});
  {
    Writer::List extensions(out_, "extension");
    extensions.CodeExtension("by", w.by());
    extensions.SideExtension(r.side());
    extensions.GradeExtension(r.grade());
    for (const std::string& plugin : r.plugin_ids()) extensions.CodeExtension("given-by", plugin);
    for (const std::string& tag : r.tags()) extensions.CodeExtension("tag", tag);
    extensions.CodeExtension("category", r.category());
    extensions.CodeExtension("phase", r.phase());
    for (const std::string& reason : r.reasons()) extensions.TextExtension("reason", reason);
    extensions.TextExtension("sources-differ", r.sources_differ());
    Sources(extensions, r.citations());
  }
  out_.Code("status", "preliminary");
  out_.NamedConcept("code", "Advice withheld; not advice", {"issue", "withheld"});
  out_.Code("severity", "moderate");
  Subject("patient");
  out_.Code("identifiedDateTime", c_.as_of());
  out_.Reference("author", DeviceOf(""), "Condyle");
  {
    Writer::List implicated(out_, "implicated");
    const std::vector<HoldGroup> groups = Grouped(c_);
    for (size_t i = 0; i < groups.size(); ++i) {
      const bool stops = std::any_of(w.holds().begin(), w.holds().end(), [&](const v1::Hold& hold) {
        const v1::Hold& first = *groups[i].first;
        return hold.by() == first.by() && hold.effect() == first.effect() && hold.reason() == first.reason();
      });
      if (stops) implicated.Reference(UrlOf(Name("hold/", i)), groups[i].first->by());
    }
  }
  {
    Writer::List evidence(out_, "evidence");
    const Writer::Scope element = evidence.Element();
    Writer::List codes(out_, "code");
    codes.Concept(absl::StrCat("Withheld: ", r.text()), {"advice", r.id()});
  }
  out_.Text("detail", line);
}

}  // namespace condyle::fhir
