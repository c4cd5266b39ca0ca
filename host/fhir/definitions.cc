// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Definitions from manifests.
#include "host/fhir/definitions.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "host/report/words.h"

namespace condyle::fhir {
namespace {

constexpr char kWhatAnAnswerIs[] =
    "The answer is a Bundle of proposals for a clinician to check: GuidanceResponse, CarePlan, ServiceRequest "
    "(drafts), "
    "RiskAssessment, DetectedIssue, Flag, Observation, Provenance. All plugins are asked, whichever of them is "
    "applied, "
    "so that what a safety screen holds is held.";

bool IsDay(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00";
  return text.size() == kForm.size() && std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
           return form == '-' ? c == '-' : c >= '0' && c <= '9';
         });
}

// Head of a definition: url to publisher.
void Head(Writer& out, const Vocabulary& vocabulary, std::string_view type, std::string_view id,
          std::string_view version, std::string_view title) {
  out.Code("resourceType", type);
  out.Code("id", FhirIdOf(id));
  out.Uri("url", vocabulary.Canonical(type, id));
  out.Text("version", version);
  out.Text("name", absl::StrCat("Condyle_", std::string(id)));
  out.Text("title", title);
}

void TypeConcept(Writer& out, std::string_view system, std::string_view code) {
  const Writer::Scope type = out.Object("type");
  Writer::List codings(out, "coding");
  const Writer::Scope coding = codings.Element();
  out.CodingParts(system, code, "");
}

void Dated(Writer& out, const v1::SourceAttributes& source) {
  const std::string& day = source.revision_date().empty() ? source.release_date() : source.revision_date();
  if (IsDay(day)) out.Code("date", day);
  out.Text("publisher", source.developer());
}

std::string Lines(std::initializer_list<std::pair<const char*, const std::string&>> parts) {
  std::string text;
  for (const auto& [name, part] : parts) {
    if (!part.empty()) absl::StrAppend(&text, text.empty() ? "" : "\n\n", name, part);
  }
  return text;
}

void Citations(Writer& out, const v1::PluginManifest& manifest) {
  Writer::List artifacts(out, "relatedArtifact");
  for (const v1::Citation& citation : manifest.citations()) {
    const Writer::Scope artifact = artifacts.Element();
    out.Code("type", "citation");
    out.Text("label", citation.key());
    out.Text("display", citation.title());
    out.Text("citation",
             citation.locator().empty() ? citation.title() : absl::StrCat(citation.title(), ", ", citation.locator()));
    out.Uri("url", citation.url());
  }
}

// Every source attribute by its name, as the manifest gives it.
std::string SourceAttributesText(const v1::SourceAttributes& source) {
  std::string text;
  const google::protobuf::Descriptor* type = source.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const std::string value = source.GetReflection()->GetString(source, type->field(i));
    if (!value.empty()) absl::StrAppend(&text, "- ", NameOfId(type->field(i)->name()), ": ", value, "\n");
  }
  return text;
}

void InputRequirement(Writer::List& requirements, Writer& out, const Vocabulary& vocabulary, const v1::Input& input) {
  const Writer::Scope requirement = requirements.Element();
  {
    Writer::List extensions(out, "extension");
    extensions.TextExtension("question", input.question());
  }
  out.Code("type", "Observation");
  Writer::List filters(out, "codeFilter");
  const Writer::Scope filter = filters.Element();
  out.Text("path", "code");
  vocabulary.InputCodings(out, "code", input.key());
}

void PatientRequirement(Writer::List& requirements, Writer& out, bool age, bool sex) {
  if (!age && !sex) return;
  const Writer::Scope requirement = requirements.Element();
  out.Code("type", "Patient");
  Writer::List elements(out, "mustSupport");
  if (age) elements.Text("birthDate");
  if (sex) elements.Text("gender");
}

void Interactions(Writer::List& resources, Writer& out, std::string_view type, bool applied) {
  const Writer::Scope resource = resources.Element();
  out.Code("type", type);
  {
    Writer::List interactions(out, "interaction");
    for (const char* code : {"read", "search-type"}) {
      const Writer::Scope interaction = interactions.Element();
      out.Code("code", code);
    }
  }
  {
    Writer::List parameters(out, "searchParam");
    const Writer::Scope parameter = parameters.Element();
    out.Text("name", "url");
    out.Code("type", "uri");
  }
  if (!applied) return;
  Writer::List operations(out, "operation");
  const Writer::Scope operation = operations.Element();
  out.Text("name", "apply");
  out.Uri("definition", "http://hl7.org/fhir/OperationDefinition/PlanDefinition-apply");
  out.Text("documentation", kWhatAnAnswerIs);
}

}  // namespace

std::string PlanDefinitionOf(const v1::PluginManifest& manifest, const Vocabulary& vocabulary) {
  const v1::SourceAttributes& source = manifest.source_attributes();
  Writer out;
  {
    const Writer::Scope resource = out.Object();
    Head(out, vocabulary, "PlanDefinition", manifest.id(), manifest.version(), manifest.title());
    TypeConcept(out, "http://terminology.hl7.org/CodeSystem/plan-definition-type", "eca-rule");
    out.Code("status", "active");
    Dated(out, source);
    out.Text("description", Lines({{"", manifest.intended_use()}, {"Output: ", source.output_description()}}));
    out.Text("purpose", Lines({{"Decision role: ", source.decision_role()},
                               {"Population: ", source.intended_population()},
                               {"Users: ", source.intended_users()}}));
    out.Text("usage",
             Lines({{"Caution: ", manifest.cautioned_use()}, {"Known limitations: ", source.known_limitations()}}));
    out.Text("copyright", manifest.licence());
    Citations(out, manifest);
    {
      Writer::List libraries(out, "library");
      libraries.Text(absl::StrCat(vocabulary.Canonical("Library", manifest.id()), "|", manifest.version()));
    }
    Writer::List actions(out, "action");
    for (const std::string& id : manifest.emits()) {
      const Writer::Scope action = actions.Element();
      out.Text("title", NameOfId(id));
      Writer::List codes(out, "code");
      codes.Concept(NameOfId(id), {"advice", id});
    }
  }
  return out.Take();
}

std::string PlanDefinitionOfAll(const std::vector<v1::PluginManifest>& manifests, const Vocabulary& vocabulary,
                                std::string_view version) {
  Writer out;
  {
    const Writer::Scope resource = out.Object();
    Head(out, vocabulary, "PlanDefinition", "condyle", version, "All plugins of this service");
    TypeConcept(out, "http://terminology.hl7.org/CodeSystem/plan-definition-type", "eca-rule");
    out.Code("status", "active");
    out.Text("description", kWhatAnAnswerIs);
    Writer::List actions(out, "action");
    for (const v1::PluginManifest& manifest : manifests) {
      const Writer::Scope action = actions.Element();
      out.Text("title", manifest.title());
      out.Text("description", manifest.intended_use());
      out.Uri("definitionCanonical",
              absl::StrCat(vocabulary.Canonical("PlanDefinition", manifest.id()), "|", manifest.version()));
    }
  }
  return out.Take();
}

std::string LibraryOf(const v1::PluginManifest& manifest, const Vocabulary& vocabulary) {
  Writer out;
  {
    const Writer::Scope resource = out.Object();
    Head(out, vocabulary, "Library", manifest.id(), manifest.version(), manifest.title());
    TypeConcept(out, "http://terminology.hl7.org/CodeSystem/library-type", "logic-library");
    out.Code("status", "active");
    Dated(out, manifest.source_attributes());
    out.Text("description", SourceAttributesText(manifest.source_attributes()));
    out.Text("purpose", manifest.intended_use());
    out.Text("usage", manifest.cautioned_use());
    out.Text("copyright", manifest.licence());
    Writer::List requirements(out, "dataRequirement");
    PatientRequirement(requirements, out, manifest.uses_age(), manifest.uses_sex());
    for (const v1::Input& input : manifest.inputs()) InputRequirement(requirements, out, vocabulary, input);
  }
  return out.Take();
}

std::string EvaluateDefinition(const Vocabulary& vocabulary) {
  struct Parameter {
    const char* name;
    const char* use;
    int min;
    const char* documentation;
    const char* type;
  };
  Writer out;
  {
    const Writer::Scope resource = out.Object();
    out.Code("resourceType", "OperationDefinition");
    out.Code("id", "evaluate");
    out.Uri("url", vocabulary.Canonical("OperationDefinition", "evaluate"));
    out.Text("name", "Evaluate");
    out.Text("title", "Assess one patient");
    out.Code("status", "active");
    out.Code("kind", "operation");
    out.Text("description", kWhatAnAnswerIs);
    out.Bool("affectsState", false);
    out.Code("code", "evaluate");
    out.Bool("system", true);
    out.Bool("type", false);
    out.Bool("instance", false);
    Writer::List parameters(out, "parameter");
    for (const Parameter& p :
         {Parameter{"data", "in", 1, "A Bundle with one Patient and what is known, or a QuestionnaireResponse.",
                    "Resource"},
          Parameter{"subject", "in", 0, "The patient as the answer is to refer to it: Patient/ID. Else that of data.",
                    "string"},
          Parameter{"encounter", "in", 0, "The encounter as the answer is to refer to it: Encounter/ID.", "string"},
          Parameter{"asOf", "in", 0, "The moment of the assessment. Else that of data.", "dateTime"},
          Parameter{"return", "out", 1, "The Bundle.", "Bundle"}}) {
      const Writer::Scope parameter = parameters.Element();
      out.Code("name", p.name);
      out.Code("use", p.use);
      out.Number("min", p.min);
      out.Text("max", "1");
      out.Text("documentation", p.documentation);
      out.Code("type", p.type);
    }
  }
  return out.Take();
}

std::string CapabilityStatementOf(const Vocabulary& vocabulary, std::string_view version, std::string_view date) {
  Writer out;
  {
    const Writer::Scope resource = out.Object();
    out.Code("resourceType", "CapabilityStatement");
    out.Text("name", "Condyle");
    out.Text("title", "Condyle, clinical decision support");
    out.Code("status", "active");
    out.Code("date", date);
    out.Code("kind", "instance");
    {
      const Writer::Scope software = out.Object("software");
      out.Text("name", "Condyle");
      out.Text("version", version);
    }
    {
      const Writer::Scope implementation = out.Object("implementation");
      out.Text("description", "Clinical decision support. Stores no resource and answers from what it is sent.");
      out.Uri("url", vocabulary.canonical_base());
    }
    out.Code("fhirVersion", "4.0.1");
    {
      Writer::List formats(out, "format");
      formats.Text("json");
    }
    Writer::List rests(out, "rest");
    const Writer::Scope rest = rests.Element();
    out.Code("mode", "server");
    {
      Writer::List resources(out, "resource");
      Interactions(resources, out, "Library", false);
      Interactions(resources, out, "OperationDefinition", false);
      Interactions(resources, out, "PlanDefinition", true);
      Interactions(resources, out, "Questionnaire", false);
    }
    Writer::List operations(out, "operation");
    const Writer::Scope operation = operations.Element();
    out.Text("name", "evaluate");
    out.Uri("definition", vocabulary.Canonical("OperationDefinition", "evaluate"));
    out.Text("documentation", kWhatAnAnswerIs);
  }
  return out.Take();
}

}  // namespace condyle::fhir
