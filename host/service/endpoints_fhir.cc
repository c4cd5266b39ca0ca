// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// /fhir: definitions, $evaluate, $apply.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/http/conditional.h"
#include "host/http/target.h"
#include "host/service/endpoints.h"

namespace condyle::service {
namespace {

constexpr char kTag[] = "FHIR R4";

// Decoded; empty if it is not there, or no text.
std::string QueryValue(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const size_t equals = pair.find('=');
    std::string value;
    if (equals == name.size() && pair.substr(0, equals) == name && PercentDecode(pair.substr(equals + 1), &value)) {
      return value;
    }
  }
  return {};
}

}  // namespace

HttpResponse Endpoints::Finish(const HttpRequest& request, FhirReply reply) {
  if (const std::optional<Outcome>& outcome = reply.outcome) {
    parts_.figures.Count(*outcome);
    // What is answered although it could not be recorded, as the options may allow, is no refusal.
    const bool refused_by_store = !outcome->consultation && !outcome->refusal;
    NoteStore(!refused_by_store);
    if (outcome->refusal) LogRefusal(request, "fhir", "patient-data", reply.status);
    if (refused_by_store) LogRefusal(request, "fhir", "audit", reply.status);
    if (outcome->consultation) {
      for (const v1::PluginFailure& failure : outcome->consultation->plugin_failures()) {
        LogPluginFailure(request, failure.plugin_id());
      }
    }
  }
  HttpResponse response{reply.status, kFhirJson, std::move(reply.body), {}};
  if (reply.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

Endpoint Endpoints::FhirRead(std::string pattern, std::string id, std::string summary,
                             std::function<FhirReply(const HttpRequest&)> read) {
  return {.method = "GET",
          .pattern = std::move(pattern),
          .handler =
              [read = std::move(read)](const HttpRequest& request) {
                FhirReply reply = read(request);
                HttpResponse response{reply.status, kFhirJson, std::move(reply.body), {}};
                response.headers.emplace_back("ETag", ETagOf(response.body));
                return response;
              },
          .options = {.cors = true, .compress = true},
          .tag = kTag,
          .id = std::move(id),
          .summary = std::move(summary),
          .answers = {{200, kFhirJson, "The resource."}, {404, kFhirJson, "There is none."}}};
}

Endpoint Endpoints::FhirOperation(const char* pattern, const char* id, const char* summary,
                                  std::function<FhirReply(const HttpRequest&, ConsultOptions)> run) {
  return {
      .method = "POST",
      .pattern = pattern,
      .handler = Guarded([this, run = std::move(run)](const HttpRequest& request, const Identity& who) {
        ConsultOptions options;
        options.user = who.user;
        options.organisation = who.organisation;
        options.cancel = request.cancel;
        options.question_budget = parts_.config.question_budget;
        return Finish(request, run(request, std::move(options)));
      }),
      .options = {.content_types = {kFhirJson, kJson}, .cors = true},
      .tag = kTag,
      .id = id,
      .summary = summary,
      .body_words = "A Bundle, a QuestionnaireResponse, or Parameters with one of them as data.",
      .answers = WithErrors({{200, kFhirJson, "A Bundle whose first resource is the GuidanceResponse of the whole."},
                             {422, kFhirJson, "The patient's data are impossible or contradict each other."}}),
      .guarded = true};
}

void Endpoints::AddFhir() {
  FhirService& fhir = parts_.fhir;
  list_.push_back(FhirRead("/fhir/metadata", "capabilities", "What this FHIR server can do",
                           [&fhir](const HttpRequest&) { return fhir.Metadata(); }));
  for (const char* type : {"Questionnaire", "PlanDefinition", "Library", "OperationDefinition"}) {
    const std::string path = absl::StrCat("/fhir/", type);
    list_.push_back(FhirRead(
        path, absl::StrCat("search", type), absl::StrCat("All of type ", type, ", or the one with ?url="),
        [&fhir, type](const HttpRequest& request) { return fhir.Search(type, QueryValue(request.query, "url")); }));
    list_.push_back(
        FhirRead(path + "/{id}", absl::StrCat("read", type), absl::StrCat("One ", type),
                 [&fhir, type](const HttpRequest& request) { return fhir.Read(type, request.parameters[0]); }));
    list_.back().parameter_words = {"Id, as the search gives it."};
  }
  list_.push_back(FhirOperation("/fhir/$evaluate", "evaluate", "Assesses one patient",
                                [&fhir](const HttpRequest& request, ConsultOptions options) {
                                  return fhir.Evaluate(request.body, std::move(options),
                                                       request.Header("x-request-id"));
                                }));
  list_.push_back(FhirOperation("/fhir/PlanDefinition/{id}/$apply", "apply", "The same, with the CarePlan first",
                                [&fhir](const HttpRequest& request, ConsultOptions options) {
                                  return fhir.Apply(request.parameters[0], request.body, std::move(options),
                                                    request.Header("x-request-id"));
                                }));
  list_.back().parameter_words = {"Id of the PlanDefinition."};
}

}  // namespace condyle::service
