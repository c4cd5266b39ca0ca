// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the areas share: who may ask, and what is noted of what was answered.
#include "host/service/endpoints.h"

#include <utility>

#include "host/fhir/operation_outcome.h"

namespace condyle::service {
namespace {

HttpResponse Refused(const JwtRefusal& refusal) {
  HttpResponse response = ErrorResponse(refusal.HttpStatus(), refusal.Message());
  if (const std::string challenge = refusal.Challenge(); !challenge.empty()) {
    response.headers.emplace_back("WWW-Authenticate", challenge);
  } else {
    response.headers.emplace_back("Retry-After", "1");
  }
  return response;
}

}  // namespace

HttpResponse ErrorResponse(int status, std::string_view message) {
  return {status, kFhirJson, OperationOutcomeJson(status, message), {}};
}

std::vector<Answer> WithErrors(std::vector<Answer> answers) {
  answers.insert(answers.end(),
                 {{400, kFhirJson, "The request is malformed; the issue says where."},
                  {401, kFhirJson, "There is no token, or it is not good."},
                  {413, kFhirJson, "The body is too long."},
                  {415, kFhirJson, "The body is of another type."},
                  {503, kFhirJson, "Too much to do, or the store cannot record. Retry-After says when to try again."}});
  return answers;
}

Endpoints::Endpoints(Parts parts) : parts_(std::move(parts)) {
  AddCdsHooks();
  AddFhir();
  AddPages();
  AddOperation();
  openapi_ = OpenApi(list_, parts_.public_url, parts_.access.guarded());
}

HttpHandler Endpoints::Guarded(GuardedHandler handler) {
  return [this, handler = std::move(handler)](const HttpRequest& request) {
    std::variant<Identity, JwtRefusal> who = parts_.access.Check(request);
    if (const JwtRefusal* refusal = std::get_if<JwtRefusal>(&who)) {
      parts_.figures.CountRefused(*refusal);
      parts_.log.Log(LogLevel::kWarning, "token refused",
                     {{"trace_id", request.trace_id}, {"reason", refusal->Code()}, {"detail", refusal->detail}});
      return Refused(*refusal);
    }
    const Identity& identity = std::get<Identity>(who);
    HttpResponse response = handler(request, identity);
    response.log_user = identity.user;
    return response;
  };
}

void Endpoints::NoteStore(bool recorded) {
  store_failed_at_ = recorded ? 0 : std::chrono::steady_clock::now().time_since_epoch().count();
}

void Endpoints::LogRefusal(const HttpRequest& request, std::string_view asked, std::string_view reason, int status) {
  parts_.log.Log(status >= 500 ? LogLevel::kError : LogLevel::kWarning, "request refused",
                 {{"trace_id", request.trace_id},
                  {"asked", std::string(asked)},
                  {"reason", std::string(reason)},
                  {"status", int64_t{status}}});
}

void Endpoints::LogPluginFailure(const HttpRequest& request, const std::string& plugin_id) {
  parts_.log.Log(LogLevel::kError, "a plugin gave no answer; what it guards is held",
                 {{"trace_id", request.trace_id}, {"plugin", plugin_id}});
}

}  // namespace condyle::service
