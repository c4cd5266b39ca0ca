// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// GuidanceResponse: of the whole and of each plugin; what is still to be found out; messages.
#include <algorithm>

#include "host/fhir/composer.h"
#include "host/fhir/operation_outcome.h"
#include "host/report/change_words.h"
#include "host/report/report.h"
#include "host/report/words.h"

namespace condyle::fhir {
namespace {

// Advice ids that a question's effect names.
constexpr int kAdviceNamed = 3;

const char* StatusOf(v1::Status status, bool questions) {
  return status == v1::STATUS_INSUFFICIENT_DATA ? "data-required" : questions ? "data-requested" : "success";
}

}  // namespace

void Composer::Guidance() {
  const Entry entry(this, "GuidanceResponse", "guidance");
  Note("", "guidance");
  out_.NarrativeDiv(ToXhtml(c_));
  {
    Writer::List extensions(out_, "extension");
    extensions.CodeExtension("urgency", CodeOf(c_.urgency()));
    if (c_.has_inquiry()) {
      extensions.TextExtension(
          "ranking", absl::StrCat("Ranked by trying ", c_.inquiry().hypotheses(), " possible answers one at a time; ",
                                  c_.inquiry().complete() ? "all were tried" : "time ran out"));
    }
    Keys keys;
    for (const v1::Citation& citation : c_.citations()) *keys.Add() = citation.key();
    Sources(extensions, keys, /*whole=*/true);
  }
  out_.Identifier("requestIdentifier", "urn:condyle:request", context_.request_id);
  {
    Writer::List identifiers(out_, "identifier");
    if (!c_.case_id().empty()) {
      const Writer::Scope identifier = identifiers.Element();
      out_.Uri("system", "urn:condyle:case");
      out_.Text("value", c_.case_id());
    }
  }
  out_.Uri("moduleCanonical",
           absl::StrCat(vocabulary_.Canonical("PlanDefinition", "condyle"), "|", c_.receipt().host_version()));
  // A plugin that gave no answer leaves its question open, like one that lacks data.
  const bool undecided = !c_.plugin_failures().empty() ||
                         std::any_of(c_.assessments().begin(), c_.assessments().end(), [](const v1::Assessment& a) {
                           return a.status() == v1::STATUS_INSUFFICIENT_DATA;
                         });
  out_.Code("status", undecided ? "data-required" : c_.next_questions().empty() ? "success" : "data-requested");
  Subject("subject");
  Encounter();
  out_.Code("occurrenceDateTime", c_.as_of());
  out_.Reference("performer", DeviceOf(""), "Condyle");
  {
    Writer::List notes(out_, "note");
    notes.Note(absl::StrCat(InWords(c_.urgency()), MeaningOf(c_.urgency())));
    notes.Note(c_.disclaimer());
  }
  {
    Writer::List messages(out_, "evaluationMessage");
    messages.Reference(UrlOf("messages"));
  }
  out_.Reference("result", UrlOf("plan"));
  Questions();
}

void Composer::Questions() {
  Writer::List requirements(out_, "dataRequirement");
  for (const v1::NextQuestion& q : c_.next_questions()) {
    const Writer::Scope requirement = requirements.Element();
    {
      Writer::List extensions(out_, "extension");
      extensions.TextExtension("question", q.question() + SideMark(q.side()));
      extensions.TextExtension("why", q.why());
      extensions.BoolExtension("safety", q.safety());
      extensions.BoolExtension("by-examiner", q.by_examiner());
      extensions.CodeExtension("section", q.section());
      for (const std::string& plugin : q.asked_by()) extensions.CodeExtension("asked-by", plugin);
      for (const v1::AnswerEffect& effect : q.effects()) {
        extensions.TextExtension(
            "effect", absl::StrCat(effect.text(), ": ", Joined(LinesOf(effect.change(), kAdviceNamed), "; ")));
      }
    }
    out_.Code("type", "Observation");
    Writer::List filters(out_, "codeFilter");
    InputFilter(filters, q.key(), q.side());
  }
}

void Composer::InputFilter(Writer::List& filters, const std::string& key, v1::Side side) {
  if (vocabulary_.IsInput(key)) {
    const Writer::Scope filter = filters.Element();
    out_.Text("path", "code");
    vocabulary_.InputCodings(out_, "code", key);
  }
  if (side == v1::SIDE_UNSPECIFIED) return;
  const Writer::Scope filter = filters.Element();
  {
    Writer::List extensions(out_, "extension");
    extensions.SideExtension(side);
  }
  out_.Text("path", "bodySite");
  Writer::List codes(out_, "code");
  vocabulary_.SideCodings(codes, out_, side);
}

void Composer::MissingInputs(const v1::Assessment& a) {
  Writer::List requirements(out_, "dataRequirement");
  for (const v1::MissingInput& missing : a.missing_inputs()) {
    const Writer::Scope requirement = requirements.Element();
    {
      Writer::List extensions(out_, "extension");
      extensions.CodeExtension("key", missing.key());
      extensions.SideExtension(missing.side());
      extensions.TextExtension("why", missing.why());
      extensions.BoolExtension("safety", missing.safety());
    }
    // Age and sex are elements of the Patient and no inputs.
    out_.Code("type", vocabulary_.IsInput(missing.key()) ? "Observation" : "Patient");
    Writer::List filters(out_, "codeFilter");
    InputFilter(filters, missing.key(), missing.side());
  }
}

void Composer::GuidanceOf(const v1::Assessment& a) {
  const std::string name = Name("guidance/", a.plugin_id());
  const Entry entry(this, "GuidanceResponse", name);
  Note(a.plugin_id(), name);
  out_.Narrative({absl::StrCat(std::string(vocabulary_.TitleOf(a.plugin_id())), ": ", InWords(a.status()), "; urgency ",
                               InWords(a.urgency()), "."),
                  a.summary(), Joined(a.caveats(), " "), c_.disclaimer()});
  {
    Writer::List extensions(out_, "extension");
    extensions.CodeExtension("urgency", CodeOf(a.urgency()));
    extensions.CodeExtension("status", CodeOf(a.status()));
  }
  out_.Uri("moduleCanonical",
           absl::StrCat(vocabulary_.Canonical("PlanDefinition", a.plugin_id()), "|", a.plugin_version()));
  out_.Code("status", StatusOf(a.status(), !a.missing_inputs().empty()));
  Subject("subject");
  Encounter();
  out_.Code("occurrenceDateTime", c_.as_of());
  out_.Reference("performer", DeviceOf(a.plugin_id()), a.plugin_id());
  {
    Writer::List notes(out_, "note");
    notes.Note(a.summary());
    for (const std::string& caveat : a.caveats()) notes.Note(caveat);
  }
  if (!a.pathway().empty()) out_.Reference("result", UrlOf(Name("pathway/", a.plugin_id())));
  MissingInputs(a);
}

void Composer::GuidanceOfFailed(const v1::PluginFailure& failure) {
  const std::string name = Name("failed/", failure.plugin_id(), "/", failure.kind());
  if (!failed_.insert(name).second) return;
  const Entry entry(this, "GuidanceResponse", name);
  Note("", name);
  const std::string what =
      absl::StrCat(failure.plugin_id(), " gave NO ANSWER (", InWords(failure.kind()), "): ", failure.message());
  out_.Narrative({what});
  out_.Uri("moduleCanonical", vocabulary_.Canonical("PlanDefinition", failure.plugin_id()));
  out_.Code("status", "failure");
  Subject("subject");
  Encounter();
  out_.Code("occurrenceDateTime", c_.as_of());
  Writer::List notes(out_, "note");
  notes.Note(what);
}

void Composer::Messages() {
  std::vector<Issue> issues;
  for (const v1::PluginFailure& failure : c_.plugin_failures()) {
    issues.push_back(
        {IssueSeverity::kError, IssueType::kIncomplete,
         absl::StrCat(failure.plugin_id(), " gave NO ANSWER (", InWords(failure.kind()), "): ", failure.message())});
  }
  for (const v1::Notice& notice : c_.notices()) {
    issues.push_back({IssueSeverity::kInformation, IssueType::kInformational,
                      notice.path().empty() ? notice.message() : absl::StrCat(notice.path(), ": ", notice.message()),
                      FhirPathOf("Bundle", notice.path().substr(0, 7) == "/entry/" ? notice.path() : "-")});
  }
  for (const v1::ShadowRun& run : c_.shadow()) {
    std::string text = absl::StrCat("Candidate, not advice: ", run.plugin_id(), " ", run.candidate_version());
    if (run.has_failure()) {
      absl::StrAppend(&text, " gave no answer (", InWords(run.failure().kind()), "): ", run.failure().message());
    } else {
      std::vector<std::string> paths;
      for (const v1::Difference& difference : run.differences()) paths.push_back(difference.path());
      absl::StrAppend(&text, paths.empty() ? " answers the same" : " answers differently in: ", Joined(paths, "; "));
    }
    issues.push_back({IssueSeverity::kInformation, IssueType::kInformational, std::move(text)});
  }
  const Writer::Scope entry = entries_->Element();
  out_.Uri("fullUrl", UrlOf("messages"));
  out_.json().Key("resource");
  out_.json().Raw(OperationOutcomeJson(issues));
}

}  // namespace condyle::fhir
