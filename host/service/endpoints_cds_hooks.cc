// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// /cds-services: discovery, calls, feedback.
#include <string>
#include <utility>

#include "host/service/endpoints.h"

namespace condyle::service {

HttpResponse Endpoints::Finish(const HttpRequest& request, CdsReply reply) {
  parts_.figures.Count(reply.facts);
  if (reply.facts.refusal == "audit" || reply.status == 200) NoteStore(reply.status == 200);
  if (!reply.facts.refusal.empty()) LogRefusal(request, reply.facts.hook, reply.facts.refusal, reply.status);
  for (const std::string& plugin : reply.facts.failures) LogPluginFailure(request, plugin);
  HttpResponse response{reply.status, std::move(reply.content_type), std::move(reply.body), {}};
  if (reply.retry_after > 0) response.headers.emplace_back("Retry-After", std::to_string(reply.retry_after));
  return response;
}

Endpoint Endpoints::CdsCall(const char* pattern, const char* id, const char* summary, const char* body_words,
                            std::vector<Answer> answers,
                            CdsReply (CdsHooks::*call)(std::string_view, std::string_view, const CdsCaller&)) {
  return {.method = "POST",
          .pattern = pattern,
          .handler = Guarded([this, call](const HttpRequest& request, const Identity& who) {
            const CdsCaller caller{who.organisation, request.deadline, request.cancel};
            return Finish(request, (parts_.cds.*call)(request.parameters[0], request.body, caller));
          }),
          .options = {.content_types = {kJson}, .cors = true},
          .tag = "CDS Hooks",
          .id = id,
          .summary = summary,
          .parameter_words = {"Id of a service, as discovery gives it."},
          .body_words = body_words,
          .answers = WithErrors(std::move(answers)),
          .guarded = true};
}

void Endpoints::AddCdsHooks() {
  // What is offered is no secret; a client that sends a token here too need not have it checked.
  list_.push_back(
      {.method = "GET",
       .pattern = "/cds-services",
       .handler =
           [this](const HttpRequest&) {
             CdsReply reply = parts_.cds.Discovery();
             return HttpResponse{
                 reply.status, std::move(reply.content_type), std::move(reply.body), {{"ETag", std::move(reply.etag)}}};
           },
       .options = {.cors = true, .compress = true},
       .tag = "CDS Hooks",
       .id = "discovery",
       .summary = "The services that are offered",
       .words = "Made from the manifests of the plugins. The ETag changes when any of it does.",
       .answers = {{200, kJson, "The services, with their prefetch templates."},
                   {304, "", "Nothing has changed since the ETag that was sent."}}});
  list_.push_back(CdsCall("/cds-services/{id}", "callService", "Cards for a patient", "A CDS Hooks request.",
                          {{200, kJson, "Cards; none if there is nothing to say."},
                           {404, kFhirJson, "There is no such service."},
                           {412, kFhirJson, "The patient is not in the prefetch and cannot be read."}},
                          &CdsHooks::Call));
  list_.push_back(CdsCall(
      "/cds-services/{id}/feedback", "giveFeedback", "What became of cards",
      "CDS Hooks feedback: one report or more, repeats are allowed.",
      {{200, "", "All of it is recorded, and durable."}, {404, kFhirJson, "This service never gave such a card."}},
      &CdsHooks::Feedback));
}

}  // namespace condyle::service
