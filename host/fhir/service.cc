// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The service: definitions made once, and consultations.
#include "host/fhir/service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "host/fhir/definitions.h"
#include "host/fhir/input.h"
#include "host/fhir/operation_outcome.h"

namespace condyle {
namespace {

FhirReply Failed(int status, std::string_view why) { return {status, OperationOutcomeJson(status, why)}; }

FhirReply Refused(const FhirInput& input, const InputRefusal& refusal) {
  const std::string expression = FhirPathOf(input.type, refusal.path);
  constexpr int kUnprocessable = 422;
  return {kUnprocessable,
          OperationOutcomeJson({{IssueSeverity::kError, IssueType::kProcessing,
                                 refusal.path.empty() ? refusal.message
                                                      : absl::StrCat(input.in_parameters ? "data, at " : "",
                                                                     refusal.path, ": ", refusal.message),
                                 refusal.path.empty() ? std::string() : expression}})};
}

}  // namespace

FhirService::FhirService(Host& host, FhirOptions options) : host_(host), format_(host.Manifests(), std::move(options)) {
  const fhir::Vocabulary& vocabulary = format_.vocabulary();
  const std::vector<v1::PluginManifest> manifests = host.Manifests();
  const auto add = [&](std::string_view type, std::string_view plugin_id, std::string json) {
    definitions_[std::string(type)][fhir::FhirIdOf(plugin_id)] = {vocabulary.Canonical(type, plugin_id),
                                                                  std::move(json)};
  };
  add("PlanDefinition", "condyle", fhir::PlanDefinitionOfAll(manifests, vocabulary, HostVersion()));
  for (const v1::PluginManifest& manifest : manifests) {
    add("PlanDefinition", manifest.id(), fhir::PlanDefinitionOf(manifest, vocabulary));
    add("Library", manifest.id(), fhir::LibraryOf(manifest, vocabulary));
  }
  add("OperationDefinition", "evaluate", fhir::EvaluateDefinition(vocabulary));
  std::string form = host.Questionnaire();
  const FhirNames names = FhirNamesOf(form);
  definitions_["Questionnaire"][names.id] = {names.url, std::move(form)};
  metadata_ = fhir::CapabilityStatementOf(vocabulary, HostVersion(),
                                          absl::FormatTime("%E4Y-%m-%d", absl::Now(), absl::UTCTimeZone()));
}

FhirReply FhirService::Metadata() const { return {200, metadata_}; }

FhirReply FhirService::Read(std::string_view type, std::string_view id) const {
  const auto of_type = definitions_.find(type);
  if (of_type == definitions_.end()) {
    return Failed(404,
                  "there are no resources of this type; there are Library, OperationDefinition, PlanDefinition and "
                  "Questionnaire");
  }
  const auto at = of_type->second.find(id);
  if (at == of_type->second.end()) return Failed(404, "there is no resource of this type with this id");
  return {200, at->second.json};
}

FhirReply FhirService::Search(std::string_view type, std::string_view url) const {
  const auto of_type = definitions_.find(type);
  if (of_type == definitions_.end()) return Read(type, {});
  fhir::Writer out;
  {
    const fhir::Writer::Scope bundle = out.Object();
    out.Code("resourceType", "Bundle");
    out.Code("type", "searchset");
    std::vector<std::pair<const std::string*, const Definition*>> found;
    for (const auto& [id, definition] : of_type->second) {
      if (url.empty() || url == definition.url) found.emplace_back(&id, &definition);
    }
    out.Number("total", static_cast<double>(found.size()));
    fhir::Writer::List entries(out, "entry");
    for (const auto& [id, definition] : found) {
      const fhir::Writer::Scope entry = entries.Element();
      const std::string& base = format_.vocabulary().canonical_base();
      out.Uri("fullUrl", base.empty() ? definition->url : absl::StrCat(base, "/", std::string(type), "/", *id));
      out.json().Key("resource");
      out.json().Raw(definition->json);
    }
  }
  return {200, out.Take()};
}

FhirReply FhirService::Evaluate(std::string_view body, ConsultOptions options, std::string_view request_id) {
  FhirContext context;
  context.request_id = request_id;
  return Consult(body, std::move(options), std::move(context));
}

FhirReply FhirService::Apply(std::string_view id, std::string_view body, ConsultOptions options,
                             std::string_view request_id) {
  if (FhirReply plan = Read("PlanDefinition", id); plan.status != 200) return plan;
  FhirContext context;
  context.request_id = request_id;
  context.plan_first = true;
  return Consult(body, std::move(options), std::move(context));
}

FhirReply FhirService::Consult(std::string_view body, ConsultOptions options, FhirContext context) {
  FhirInput input = ReadFhirInput(body);
  if (input.status != 200) return {input.status, OperationOutcomeJson(input.status, input.error)};
  if (!input.as_of.empty()) options.as_of = input.as_of;
  context.patient = std::move(input.context.patient);
  context.encounter = std::move(input.context.encounter);
  Outcome outcome = host_.ConsultBytes(input.in_parameters ? std::string_view(input.data) : body, options);
  FhirReply reply;
  if (outcome.refusal) {
    reply = Refused(input, *outcome.refusal);
  } else if (!outcome.consultation) {
    reply = Failed(503, absl::StrCat("no answer is given: ", std::string(outcome.failure.message())));
  } else {
    reply.body = format_.Bundle(*outcome.consultation, context);
  }
  reply.outcome = std::move(outcome);
  return reply;
}

}  // namespace condyle
