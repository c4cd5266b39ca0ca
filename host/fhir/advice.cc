// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Advice: ServiceRequests and CarePlans, all of them drafts of proposals.
#include <algorithm>
#include <array>

#include "host/fhir/composer.h"
#include "host/report/words.h"

namespace condyle::fhir {
namespace {

// Recommendation.category of what is ordered from somebody else.
constexpr std::array<std::string_view, 4> kOrdered = {"emergency", "referral", "imaging", "lab"};

const char* PriorityOf(const v1::Recommendation& r, v1::Urgency urgency) {
  if (r.category() == "emergency" || urgency == v1::URGENCY_EMERGENCY) return "stat";
  return urgency == v1::URGENCY_URGENT ? "urgent" : "routine";
}

// Drafts of a machine: nobody has decided anything yet.
void Draft(Writer& out) {
  out.Code("status", "draft");
  out.Code("intent", "proposal");
}

// What CarePlan and ServiceRequest have no element for.
void AdviceExtensions(Writer::List& extensions, const v1::Recommendation& r) {
  extensions.GradeExtension(r.grade());
  extensions.SideExtension(r.side());
  extensions.CodeExtension("phase", r.phase());
  for (const std::string& tag : r.tags()) extensions.CodeExtension("tag", tag);
  extensions.TextExtension("sources-differ", r.sources_differ());
}

void Plugins(Writer& out, const Vocabulary& vocabulary, const v1::Recommendation& r) {
  Writer::List plugins(out, "instantiatesCanonical");
  for (const std::string& plugin : r.plugin_ids()) plugins.Text(vocabulary.Canonical("PlanDefinition", plugin));
}

}  // namespace

bool IsServiceRequest(const v1::Recommendation& r) {
  return std::find(kOrdered.begin(), kOrdered.end(), r.category()) != kOrdered.end();
}

std::string AdviceLine(const v1::Recommendation& r) {
  std::string line = absl::StrCat(r.text(), SideMark(r.side()));
  if (!r.timeframe().empty()) absl::StrAppend(&line, " Timing: ", Sentence(r.timeframe()));
  if (!r.dose().empty()) absl::StrAppend(&line, " Dose: ", Sentence(r.dose()));
  if (!r.reasons().empty()) absl::StrAppend(&line, " Because of: ", Sentence(Joined(r.reasons(), "; ")));
  absl::StrAppend(&line, " Evidence: ", InWords(r.grade()), ".");
  if (!r.sources_differ().empty()) absl::StrAppend(&line, " Sources differ: ", Sentence(r.sources_differ()));
  return line;
}

void Composer::Plan() {
  const Entry entry(this, "CarePlan", "plan");
  Note("", "plan");
  std::vector<std::string> lines = {absl::StrCat(InWords(c_.urgency()), MeaningOf(c_.urgency()))};
  for (const v1::Recommendation& r : c_.recommendations()) lines.push_back(AdviceLine(r));
  if (int n = c_.withheld_size(); n > 0) {
    lines.push_back(absl::StrCat(n, n == 1 ? " piece" : " pieces", " of advice withheld: see the DetectedIssues."));
  }
  lines.push_back(c_.disclaimer());
  out_.Narrative(lines);
  {
    Writer::List extensions(out_, "extension");
    extensions.CodeExtension("urgency", CodeOf(c_.urgency()));
  }
  {
    Writer::List plans(out_, "instantiatesCanonical");
    plans.Text(vocabulary_.Canonical("PlanDefinition", "condyle"));
  }
  Draft(out_);
  out_.Text("title", "Proposal of Condyle");
  out_.Text("description", "Proposals of a decision support system, for a clinician to accept, change or reject.");
  Subject("subject");
  Encounter();
  out_.Code("created", c_.as_of());
  out_.Reference("author", DeviceOf(""), "Condyle");
  PlanSupport();
  {
    Writer::List activities(out_, "activity");
    for (int i = 0; i < c_.recommendations_size(); ++i) Activity(activities, i);
  }
  Writer::List notes(out_, "note");
  notes.Note(c_.disclaimer());
}

void Composer::PlanSupport() {
  Writer::List support(out_, "supportingInfo");
  for (const v1::Assessment& a : c_.assessments())
    support.Reference(UrlOf(Name("guidance/", a.plugin_id())), a.plugin_id());
  for (const v1::Differential& line : c_.differential()) {
    // The same conclusion, by its place in its assessment.
    for (const v1::Assessment& a : c_.assessments()) {
      if (a.plugin_id() != line.plugin_id()) continue;
      for (int i = 0; i < a.conclusions_size(); ++i) {
        const v1::Conclusion& conclusion = a.conclusions(i);
        if (conclusion.text() != line.conclusion().text() || conclusion.side() != line.conclusion().side()) continue;
        support.Reference(UrlOf(Name("conclusion/", a.plugin_id(), "/", i)),
                          conclusion.text() + SideMark(conclusion.side()));
        break;
      }
    }
  }
}

void Composer::Activity(Writer::List& activities, int index) {
  const v1::Recommendation& r = c_.recommendations(index);
  const Writer::Scope activity = activities.Element();
  if (IsServiceRequest(r)) {
    out_.Reference("reference", UrlOf(Name("request/", index)), r.text());
    return;
  }
  const Writer::Scope detail = out_.Object("detail");
  {
    Writer::List extensions(out_, "extension");
    AdviceExtensions(extensions, r);
    extensions.CodeExtension("category", r.category());
    extensions.TextExtension("timeframe", r.timeframe());
    extensions.TextExtension("patient-text", r.patient_text());
    Sources(extensions, r.citations());
  }
  Plugins(out_, vocabulary_, r);
  out_.NamedConcept("code", r.text() + SideMark(r.side()), {"advice", r.id()});
  {
    Writer::List reasons(out_, "reasonCode");
    for (const std::string& reason : r.reasons()) reasons.Concept(reason);
  }
  out_.Code("status", "not-started");
  out_.Text("scheduledString", r.dose());
  out_.Text("description", AdviceLine(r));
}

void Composer::Request(int index) {
  const v1::Recommendation& r = c_.recommendations(index);
  const std::string name = Name("request/", index);
  const Entry entry(this, "ServiceRequest", name);
  Note("", name);
  for (const std::string& plugin : r.plugin_ids()) Note(plugin, name);
  out_.Narrative({"Draft of a decision support system; not an order.", AdviceLine(r), c_.disclaimer()});
  {
    Writer::List extensions(out_, "extension");
    AdviceExtensions(extensions, r);
    Sources(extensions, r.citations());
  }
  Plugins(out_, vocabulary_, r);
  Draft(out_);
  {
    Writer::List categories(out_, "category");
    categories.Concept(NameOfGroup(r.category()), {"category", r.category()});
  }
  out_.Code("priority", PriorityOf(r, UrgencyOf(r)));
  out_.NamedConcept("code", r.text() + SideMark(r.side()), {"advice", r.id()});
  Subject("subject");
  Encounter();
  if (!r.timeframe().empty()) {
    const Writer::Scope timing = out_.Object("occurrenceTiming");
    out_.NamedConcept("code", r.timeframe());
  }
  out_.Code("authoredOn", c_.as_of());
  out_.Reference("requester", DeviceOf(""), "Condyle");
  {
    Writer::List reasons(out_, "reasonCode");
    for (const std::string& reason : r.reasons()) reasons.Concept(reason);
  }
  {
    Writer::List support(out_, "supportingInfo");
    for (const v1::Assessment& a : c_.assessments()) {
      if (std::find(r.plugin_ids().begin(), r.plugin_ids().end(), a.plugin_id()) == r.plugin_ids().end()) continue;
      support.Reference(UrlOf(Name("guidance/", a.plugin_id())), a.plugin_id());
      for (int i = 0; i < a.conclusions_size(); ++i) {
        if (a.conclusions(i).status() != v1::STATUS_POSITIVE) continue;
        support.Reference(UrlOf(Name("conclusion/", a.plugin_id(), "/", i)), a.conclusions(i).text());
      }
    }
  }
  SideList("bodySite", r.side());
  {
    Writer::List notes(out_, "note");
    if (!r.dose().empty()) notes.Note(absl::StrCat("Dose: ", r.dose()));
    if (!r.sources_differ().empty()) notes.Note(absl::StrCat("Sources differ: ", r.sources_differ()));
    notes.Note(c_.disclaimer());
  }
  out_.Text("patientInstruction", r.patient_text());
}

void Composer::Pathway(const v1::Assessment& a) {
  if (a.pathway().empty()) return;
  const std::string name = Name("pathway/", a.plugin_id());
  const Entry entry(this, "CarePlan", name);
  Note(a.plugin_id(), name);
  const auto line = [](const v1::Stage& stage) {
    return absl::StrCat(stage.title(), " (", InWords(stage.state()), "): ", Sentence(stage.position()),
                        stage.course().empty() ? "" : absl::StrCat(" Published course: ", Sentence(stage.course())));
  };
  std::vector<std::string> lines;
  for (const v1::Stage& stage : a.pathway()) lines.push_back(line(stage));
  lines.push_back("A stage is entered by its criteria, never by a date. Advice on hold stays on hold.");
  lines.push_back(c_.disclaimer());
  out_.Narrative(lines);
  {
    Writer::List plans(out_, "instantiatesCanonical");
    plans.Text(vocabulary_.Canonical("PlanDefinition", a.plugin_id()));
  }
  {
    Writer::List whole(out_, "partOf");
    whole.Reference(UrlOf("plan"));
  }
  Draft(out_);
  out_.Text("title", absl::StrCat("Stages of care: ", std::string(vocabulary_.TitleOf(a.plugin_id()))));
  Subject("subject");
  Encounter();
  out_.Code("created", c_.as_of());
  out_.Reference("author", DeviceOf(a.plugin_id()), a.plugin_id());
  {
    Writer::List support(out_, "supportingInfo");
    for (int i = 0; i < a.pathway_size(); ++i) {
      if (a.pathway(i).leave_when().empty() && a.pathway(i).escalate_when().empty()) continue;
      support.Reference(UrlOf(Name("stage/", a.plugin_id(), "/", i)), a.pathway(i).title());
    }
  }
  Writer::List activities(out_, "activity");
  for (const v1::Stage& stage : a.pathway()) {
    const Writer::Scope activity = activities.Element();
    const Writer::Scope detail = out_.Object("detail");
    {
      Writer::List extensions(out_, "extension");
      extensions.CodeExtension("phase", stage.phase());
      extensions.CodeExtension("stage-state", CodeOf(stage.state()));
      Sources(extensions, stage.citations());
    }
    out_.NamedConcept("code", stage.title(), {"phase", stage.phase()});
    out_.Code("status", "not-started");
    out_.Text("description", line(stage));
  }
}

}  // namespace condyle::fhir
