// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// RiskAssessments of conclusions, and Observations of what they rest on: criteria, evidence, graded risks, scores and
// stages.
#include "host/fhir/composer.h"
#include "host/report/words.h"

namespace condyle::fhir {
namespace {

constexpr double kPercent = 100;

void Unknown(Writer& out) {
  const Writer::Scope concept_scope = out.Object("dataAbsentReason");
  Writer::List codings(out, "coding");
  const Writer::Scope coding = codings.Element();
  out.CodingParts("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown", "Unknown");
}

void ValueOrRange(Writer& out, double low, double high) {
  if (low == high) {
    out.Quantity("valueQuantity", low, "{score}");
  } else {
    out.Range("valueRange", low, high, "{score}");
  }
}

}  // namespace

void Composer::Conclusion(const v1::Assessment& a, int index) {
  const v1::Conclusion& conclusion = a.conclusions(index);
  const std::string name = Name("conclusion/", a.plugin_id(), "/", index);
  const std::string title = conclusion.text() + SideMark(conclusion.side());
  const std::string criteria = Name("criteria/", a.plugin_id(), "/", index);
  const bool open = conclusion.status() == v1::STATUS_INSUFFICIENT_DATA;
  if (!conclusion.criteria().empty()) {
    Criteria(criteria, absl::StrCat("Criteria: ", title), conclusion.side(), open ? "preliminary" : "final",
             conclusion.criteria());
    Note(a.plugin_id(), criteria);
  }
  const Entry entry(this, "RiskAssessment", name);
  Note(a.plugin_id(), name);
  const v1::Probability& p = conclusion.probability();
  const std::string rationale =
      conclusion.has_probability()
          ? absl::StrCat("Probability: ", InWords(p), p.basis().empty() ? "." : ". " + Sentence(p.basis()),
                         p.citations().empty() ? "" : absl::StrCat(" Sources: ", Cited(p.citations()), "."))
          : std::string();
  out_.Narrative(
      {absl::StrCat(title, ": ", InWords(conclusion.status()), "."), rationale,
       conclusion.grade() == v1::GRADE_UNSPECIFIED ? "" : absl::StrCat("Evidence: ", InWords(conclusion.grade())),
       conclusion.citations().empty() ? "" : absl::StrCat("Sources: ", Cited(conclusion.citations())),
       c_.disclaimer()});
  {
    Writer::List extensions(out_, "extension");
    extensions.CodeExtension("status", CodeOf(conclusion.status()));
    extensions.SideExtension(conclusion.side());
    extensions.GradeExtension(conclusion.grade());
    Sources(extensions, conclusion.citations());
  }
  out_.Code("status", open ? "preliminary" : "final");
  out_.Concept("method", absl::StrCat(std::string(vocabulary_.TitleOf(a.plugin_id())), " (", a.plugin_id(), " ",
                                      a.plugin_version(), ")"));
  out_.NamedConcept("code", absl::StrCat("Criteria for: ", conclusion.text()));
  Subject("subject");
  Encounter();
  out_.Code("occurrenceDateTime", c_.as_of());
  out_.Reference("performer", DeviceOf(a.plugin_id()), a.plugin_id());
  {
    Writer::List basis(out_, "basis");
    if (!conclusion.criteria().empty()) basis.Reference(UrlOf(criteria), "Criteria");
    if (!a.evidence().empty()) basis.Reference(UrlOf(Name("evidence/", a.plugin_id())), "How the findings were read");
  }
  Writer::List predictions(out_, "prediction");
  const Writer::Scope prediction = predictions.Element();
  if (conclusion.has_probability()) {
    Writer::List extensions(out_, "extension");
    extensions.NumberExtension("probability-percent", p.point() * kPercent);
    Sources(extensions, p.citations());
  }
  {
    const Writer::Scope outcome = out_.Object("outcome");
    {
      Writer::List codings(out_, "coding");
      const auto write = [&](const v1::Coding& coding) {
        const Writer::Scope element = codings.Element();
        out_.CodingParts(coding.system(), coding.code(), coding.display());
      };
      if (conclusion.has_condition()) write(conclusion.condition());
      for (const v1::Coding& coding : conclusion.codings()) write(coding);
    }
    out_.Text("text", title);
  }
  if (!conclusion.has_probability()) {
    // Said instead of left out: FHIR's invariant ras-2 is not met, strictly read, where there is none at all.
    const Writer::Scope range = out_.Object("probabilityRange");
    Writer::List extensions(out_, "extension");
    const Writer::Scope reason = extensions.Element();
    out_.Uri("url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
    out_.Code("valueCode", "unknown");
  } else if (p.low() == p.high()) {
    out_.Number("probabilityDecimal", p.point() * kPercent);
  } else {
    out_.Range("probabilityRange", p.low() * kPercent, p.high() * kPercent, "%");
  }
  out_.Concept("qualitativeRisk", ShortStatus(conclusion.status()), {"status", CodeOf(conclusion.status())});
  out_.Text("rationale", rationale);
}

void Composer::ObservationHead(const v1::Assessment& a, bool final) {
  out_.Code("status", final ? "final" : "preliminary");
  Subject("subject");
  Encounter();
  out_.Code("effectiveDateTime", c_.as_of());
  out_.Reference("device", DeviceOf(a.plugin_id()), a.plugin_id());
}

void Composer::CriterionComponents(Writer::List& components,
                                   const google::protobuf::RepeatedPtrField<v1::Criterion>& criteria,
                                   std::string_view kind) {
  for (const v1::Criterion& criterion : criteria) {
    const Writer::Scope component = components.Element();
    {
      Writer::List extensions(out_, "extension");
      extensions.CodeExtension("kind", kind);
      extensions.SideExtension(criterion.side());
      if (criterion.grade() != v1::GRADE_UNSPECIFIED) extensions.CodeExtension("grade", CodeOf(criterion.grade()));
      extensions.TextExtension("sources", Cited(criterion.citations()));
    }
    out_.NamedConcept("code", criterion.text() + SideMark(criterion.side()));
    switch (criterion.state()) {
      case v1::CRITERION_STATE_MET:
        out_.Concept("valueCodeableConcept", "met", {"criterion", CodeOf(criterion.state())});
        break;
      case v1::CRITERION_STATE_NOT_MET:
        out_.Concept("valueCodeableConcept", "not met", {"criterion", CodeOf(criterion.state())});
        break;
      default:
        Unknown(out_);
    }
  }
}

void Composer::Criteria(std::string_view name, const std::string& title, v1::Side side, std::string_view status,
                        const google::protobuf::RepeatedPtrField<v1::Criterion>& criteria) {
  const Entry entry(this, "Observation", name);
  out_.Code("status", status);
  out_.NamedConcept("code", title, {"observation", "criteria"});
  Subject("subject");
  Encounter();
  out_.Code("effectiveDateTime", c_.as_of());
  if (side != v1::SIDE_UNSPECIFIED) {
    const Writer::Scope site = out_.Object("bodySite");
    vocabulary_.SideConcept(out_, side);
  }
  Writer::List components(out_, "component");
  CriterionComponents(components, criteria, "criterion");
}

void Composer::Evidence(const v1::Assessment& a) {
  if (a.evidence().empty()) return;
  const std::string name = Name("evidence/", a.plugin_id());
  const Entry entry(this, "Observation", name);
  Note(a.plugin_id(), name);
  out_.NamedConcept("code",
                    absl::StrCat("How the findings were read: ", std::string(vocabulary_.TitleOf(a.plugin_id()))),
                    {"observation", "evidence"});
  ObservationHead(a, true);
  Writer::List components(out_, "component");
  for (const v1::Evidence& evidence : a.evidence()) {
    const Writer::Scope component = components.Element();
    {
      Writer::List extensions(out_, "extension");
      extensions.CodeExtension("key", evidence.key());
      extensions.SideExtension(evidence.side());
      if (evidence.grade() != v1::GRADE_UNSPECIFIED) extensions.CodeExtension("grade", CodeOf(evidence.grade()));
      extensions.TextExtension("sources", Cited(evidence.citations()));
      if (evidence.has_likelihood_ratio()) {
        const v1::LikelihoodRatio& ratio = evidence.likelihood_ratio();
        extensions.NumberExtension("likelihood-ratio", ratio.point());
        if (ratio.high() > 0) {
          extensions.NumberExtension("likelihood-ratio-low", ratio.low());
          extensions.NumberExtension("likelihood-ratio-high", ratio.high());
        }
      }
    }
    {
      const Writer::Scope code = out_.Object("code");
      vocabulary_.InputCodings(out_, "coding", evidence.key());
      out_.Text(
          "text",
          absl::StrCat(evidence.statement().empty() ? "not named" : evidence.statement(), SideMark(evidence.side()),
                       evidence.has_likelihood_ratio() ? "; " + InWords(evidence.likelihood_ratio()) : ""));
    }
    const std::string direction = CodeOf(evidence.direction());
    out_.Concept("valueCodeableConcept", direction, {"direction", direction});
  }
}

void Composer::GradedRisk(const v1::Assessment& a, int index) {
  const v1::Risk& risk = a.risks(index);
  const std::string name = Name("graded-risk/", a.plugin_id(), "/", index);
  const Entry entry(this, "Observation", name);
  Note(a.plugin_id(), name);
  out_.Narrative({absl::StrCat(risk.text(), ": ", InWords(risk)), Joined(risk.basis(), "; "), c_.disclaimer()});
  {
    Writer::List extensions(out_, "extension");
    extensions.GradeExtension(risk.grade());
    Sources(extensions, risk.citations());
  }
  out_.NamedConcept("code", risk.text(), {"risk", risk.id()});
  const bool decided = risk.lowest() == risk.highest();
  ObservationHead(a, decided);
  if (decided) {
    out_.Concept("valueCodeableConcept", InWords(risk), {"risk-level", CodeOf(risk.highest())});
  } else {
    out_.Text("valueString", InWords(risk));
  }
  {
    Writer::List notes(out_, "note");
    for (const std::string& basis : risk.basis()) notes.Note(basis);
  }
  if (decided) return;
  Writer::List components(out_, "component");
  for (const auto& [text, level] : {std::pair{"lowest", risk.lowest()}, std::pair{"highest", risk.highest()}}) {
    const Writer::Scope component = components.Element();
    out_.NamedConcept("code", text);
    out_.Concept("valueCodeableConcept", InWords(level), {"risk-level", CodeOf(level)});
  }
}

void Composer::Score(const v1::Assessment& a, int index) {
  const v1::Score& score = a.scores(index);
  const std::string name = Name("score/", a.plugin_id(), "/", index);
  const Entry entry(this, "Observation", name);
  Note(a.plugin_id(), name);
  out_.Narrative({absl::StrCat(score.text(), ": ", InWords(score)), c_.disclaimer()});
  {
    Writer::List extensions(out_, "extension");
    extensions.GradeExtension(score.grade());
    Sources(extensions, score.citations());
  }
  out_.NamedConcept("code", score.text(), {"score", score.id()});
  ObservationHead(a, score.low() == score.high());
  ValueOrRange(out_, score.low(), score.high());
  {
    Writer::List interpretations(out_, "interpretation");
    interpretations.Concept(score.band());
  }
  {
    Writer::List ranges(out_, "referenceRange");
    const Writer::Scope range = ranges.Element();
    out_.Text("text", absl::StrCat("highest total: ", score.maximum()));
  }
  Writer::List components(out_, "component");
  for (const v1::ScoreItem& item : score.items()) {
    const Writer::Scope component = components.Element();
    {
      Writer::List extensions(out_, "extension");
      extensions.CodeExtension("missing", item.missing_key());
    }
    out_.NamedConcept("code", item.text());
    ValueOrRange(out_, item.low(), item.high());
  }
}

void Composer::Stage(const v1::Assessment& a, int index) {
  const v1::Stage& stage = a.pathway(index);
  if (stage.leave_when().empty() && stage.escalate_when().empty()) return;
  const std::string name = Name("stage/", a.plugin_id(), "/", index);
  const Entry entry(this, "Observation", name);
  Note(a.plugin_id(), name);
  out_.NamedConcept("code", absl::StrCat("Stage of care: ", stage.title()), {"observation", "stage"});
  ObservationHead(a, true);
  out_.Concept("valueCodeableConcept", InWords(stage.state()), {"stage-state", CodeOf(stage.state())});
  Writer::List components(out_, "component");
  CriterionComponents(components, stage.leave_when(), "leave-when");
  CriterionComponents(components, stage.escalate_when(), "escalate-when");
}

}  // namespace condyle::fhir
