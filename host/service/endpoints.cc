// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Handlers, and the words that describe them.
#include "host/service/endpoints.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/fhir/operation_outcome.h"
#include "host/http/conditional.h"
#include "host/http/metrics.h"
#include "host/http/target.h"
#include "host/model_card/model_card.h"
#include "host/questionnaire/json_writer.h"
#include "host/report/report.h"

namespace condyle::service {
namespace {

constexpr char kJson[] = "application/json";
// How long the service calls itself not ready after the store failed.
constexpr std::chrono::seconds kStoreDoubt{2};

int64_t Now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

std::vector<Answer> Plus(std::vector<Answer> answers, std::initializer_list<Answer> more) {
  answers.insert(answers.end(), more);
  return answers;
}

// What every guarded endpoint may answer besides.
std::vector<Answer> WithErrors(std::vector<Answer> answers) {
  return Plus(std::move(answers),
              {{400, kFhirJson, "The request is malformed; the issue says where."},
               {401, kFhirJson, "There is no token, or it is not good."},
               {413, kFhirJson, "The body is too long."},
               {415, kFhirJson, "The body is of another type."},
               {503, kFhirJson, "Too much to do, or the store cannot record. Retry-After says when to try again."}});
}

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

bool WantsJson(const HttpRequest& request) {
  const std::string_view accept = request.Header("accept");
  return accept.find("json") != std::string_view::npos && accept.find("text/html") == std::string_view::npos;
}

HttpResponse Page(std::string type, std::string body) {
  HttpResponse response;
  response.content_type = std::move(type);
  response.body = std::move(body);
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

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
  HttpResponse response;
  response.status = status;
  response.content_type = kFhirJson;
  response.body = OperationOutcomeJson(status, message);
  return response;
}

Endpoints::Endpoints(Parts parts) : parts_(std::move(parts)) {
  AddCdsHooks();
  AddFhir();
  AddPages();
  AddOperation();
  openapi_ = OpenApi(list_, parts_.public_url, parts_.access.guarded());
}

HttpHandler Endpoints::Guarded(std::function<HttpResponse(const HttpRequest&, const Identity&)> handler) {
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

void Endpoints::NoteStore(bool recorded) { store_failed_at_ = recorded ? 0 : Now(); }

HttpResponse Endpoints::Finish(const HttpRequest& request, CdsReply reply) {
  parts_.figures.Count(reply.facts);
  if (reply.facts.refusal == "audit" || reply.status == 200) NoteStore(reply.status == 200);
  if (!reply.facts.refusal.empty()) {
    parts_.log.Log(reply.status >= 500 ? LogLevel::kError : LogLevel::kWarning, "request refused",
                   {{"trace_id", request.trace_id},
                    {"hook", reply.facts.hook},
                    {"reason", reply.facts.refusal},
                    {"status", int64_t{reply.status}}});
  }
  for (const std::string& plugin : reply.facts.failures) {
    parts_.log.Log(LogLevel::kError, "a plugin gave no answer; what it guards is held",
                   {{"trace_id", request.trace_id}, {"plugin", plugin}});
  }
  HttpResponse response;
  response.status = reply.status;
  response.content_type = std::move(reply.content_type);
  response.body = std::move(reply.body);
  if (reply.retry_after > 0) response.headers.emplace_back("Retry-After", std::to_string(reply.retry_after));
  return response;
}

HttpResponse Endpoints::Discovery(const HttpRequest& request) {
  CdsReply reply = parts_.cds.Discovery();
  HttpResponse response;
  response.content_type = std::move(reply.content_type);
  response.body = std::move(reply.body);
  response.headers.emplace_back("ETag", reply.etag);
  AnswerIfNoneMatch(request, &response);
  return response;
}

void Endpoints::AddCdsHooks() {
  RouteOptions json;
  json.content_types = {kJson};
  json.cors = true;

  Endpoint discovery;
  discovery.method = "GET";
  discovery.pattern = "/cds-services";
  discovery.tag = "CDS Hooks";
  discovery.id = "discovery";
  discovery.summary = "The services that are offered";
  discovery.words = "Made from the manifests of the plugins. The ETag changes when any of it does.";
  discovery.options.cors = true;
  discovery.options.compress = true;
  discovery.answers = {{200, kJson, "The services, with their prefetch templates."},
                       {304, "", "Nothing has changed since the ETag that was sent."}};
  // What is offered is no secret; a client that sends a token here too need not have it checked.
  discovery.handler = [this](const HttpRequest& request) { return Discovery(request); };
  list_.push_back(discovery);

  Endpoint call;
  call.method = "POST";
  call.pattern = "/cds-services/{id}";
  call.tag = "CDS Hooks";
  call.id = "callService";
  call.summary = "Cards for a patient";
  call.parameter_words = {"Id of a service, as discovery gives it."};
  call.body_words = "A CDS Hooks request.";
  call.options = json;
  call.guarded = true;
  call.answers = WithErrors({{200, kJson, "Cards; none if there is nothing to say."},
                             {404, kFhirJson, "There is no such service."},
                             {412, kFhirJson, "The patient is not in the prefetch and cannot be read."}});
  call.handler = Guarded([this](const HttpRequest& request, const Identity& who) {
    CdsCaller caller{who.organisation, request.deadline, request.cancel};
    return Finish(request, parts_.cds.Call(request.parameters[0], request.body, caller));
  });
  list_.push_back(call);

  Endpoint feedback = call;
  feedback.pattern = "/cds-services/{id}/feedback";
  feedback.id = "giveFeedback";
  feedback.summary = "What became of cards";
  feedback.body_words = "CDS Hooks feedback: one report or more, repeats are allowed.";
  feedback.answers = WithErrors(
      {{200, "", "All of it is recorded, and durable."}, {404, kFhirJson, "This service never gave such a card."}});
  feedback.handler = Guarded([this](const HttpRequest& request, const Identity& who) {
    CdsCaller caller{who.organisation, request.deadline, request.cancel};
    return Finish(request, parts_.cds.Feedback(request.parameters[0], request.body, caller));
  });
  list_.push_back(feedback);
}

HttpResponse Endpoints::Ready() {
  const int64_t failed = store_failed_at_;
  const bool store_in_doubt = failed != 0 && std::chrono::steady_clock::duration(Now() - failed) <
                                                 std::chrono::steady_clock::duration(kStoreDoubt);
  const bool ready = !parts_.draining && !store_in_doubt;
  JsonWriter json(JsonLayout::kCompact);
  json.BeginObject();
  json.Member("status", parts_.draining ? "draining" : store_in_doubt ? "the store cannot record" : "ready");
  json.Key("plugins");
  json.BeginObject();
  for (const PluginHealth& health : parts_.host.Health()) {
    json.Member(health.plugin_id, health.circuit == "closed" ? "answers"
                                  : health.circuit == "open" ? "suspended"
                                                             : "is tried");
  }
  json.EndObject();
  json.Key("left_out");
  json.BeginArray();
  for (const v1::PluginFailure& failure : parts_.host.LoadFailures()) json.String(failure.plugin_id());
  json.EndArray();
  json.EndObject();
  HttpResponse response;
  response.status = ready ? 200 : 503;
  response.content_type = kJson;
  response.body = json.Take();
  return response;
}

void Endpoints::AddOperation() {
  Endpoint health;
  health.method = "GET";
  health.pattern = "/healthz";
  health.tag = "Operation";
  health.id = "health";
  health.summary = "Whether the process lives";
  health.options.light = true;
  health.answers = {{200, "text/plain", "It does."}};
  health.handler = [](const HttpRequest&) {
    HttpResponse response;
    response.content_type = "text/plain";
    response.body = "ok\n";
    return response;
  };
  list_.push_back(health);

  Endpoint ready = health;
  ready.pattern = "/readyz";
  ready.id = "ready";
  ready.summary = "Whether requests should be sent here";
  ready.words = "With the state of each plugin: what a suspended screen guards is held, and the rest is answered.";
  ready.answers = {{200, kJson, "Yes."}, {503, kJson, "No: it is ending, or the store cannot record."}};
  ready.handler = [this](const HttpRequest&) { return Ready(); };
  list_.push_back(ready);

  Endpoint metrics = health;
  metrics.pattern = "/metrics";
  metrics.id = "metrics";
  metrics.summary = "Figures for Prometheus";
  metrics.options.light = false;
  metrics.answers = {{200, "text/plain", "Text format 0.0.4."}};
  metrics.handler = [this](const HttpRequest&) {
    HttpResponse response = MetricsResponse(parts_.registry);
    response.body += Figures::HealthText(parts_.host);
    return response;
  };
  list_.push_back(metrics);

  Endpoint description = health;
  description.pattern = "/openapi.json";
  description.id = "description";
  description.summary = "This description";
  description.options.cors = true;
  description.answers = {{200, kJson, "OpenAPI 3.0.3."}};
  description.handler = [this](const HttpRequest&) {
    HttpResponse response;
    response.content_type = kJson;
    response.body = openapi_;
    return response;
  };
  list_.push_back(description);
}

Endpoint Endpoints::FhirRead(const char* pattern, const char* id, const char* summary,
                             std::function<FhirReply(const HttpRequest&)> read) {
  Endpoint endpoint;
  endpoint.method = "GET";
  endpoint.pattern = pattern;
  endpoint.tag = "FHIR R4";
  endpoint.id = id;
  endpoint.summary = summary;
  endpoint.options.cors = true;
  endpoint.options.compress = true;
  endpoint.answers = {{200, kFhirJson, "The resource."}, {404, kFhirJson, "There is none."}};
  endpoint.handler = [read = std::move(read)](const HttpRequest& request) {
    FhirReply reply = read(request);
    HttpResponse response{reply.status, kFhirJson, std::move(reply.body), {}};
    response.headers.emplace_back("ETag", ETagOf(response.body));
    AnswerIfNoneMatch(request, &response);
    return response;
  };
  return endpoint;
}

void Endpoints::AddFhir() {
  FhirService& fhir = parts_.fhir;
  list_.push_back(FhirRead("/fhir/metadata", "capabilities", "What this FHIR server can do",
                           [&fhir](const HttpRequest&) { return fhir.Metadata(); }));
  for (const char* type : {"Questionnaire", "PlanDefinition", "Library", "OperationDefinition"}) {
    list_.push_back(FhirRead(
        (std::string("/fhir/") + type).c_str(), (std::string("search") + type).c_str(),
        (std::string("All of type ") + type + ", or the one with ?url=").c_str(),
        [&fhir, type](const HttpRequest& request) { return fhir.Search(type, QueryValue(request.query, "url")); }));
    list_.push_back(FhirRead((std::string("/fhir/") + type + "/{id}").c_str(), (std::string("read") + type).c_str(),
                             (std::string("One ") + type).c_str(), [&fhir, type](const HttpRequest& request) {
                               return fhir.Read(type, request.parameters[0]);
                             }));
    list_.back().parameter_words = {"Id, as the search gives it."};
  }

  Endpoint evaluate;
  evaluate.method = "POST";
  evaluate.pattern = "/fhir/$evaluate";
  evaluate.tag = "FHIR R4";
  evaluate.id = "evaluate";
  evaluate.summary = "Assesses one patient";
  evaluate.body_words = "A Bundle, a QuestionnaireResponse, or Parameters with one of them as data.";
  evaluate.options.content_types = {kFhirJson, kJson};
  evaluate.options.cors = true;
  evaluate.guarded = true;
  evaluate.answers =
      WithErrors({{200, kFhirJson, "A Bundle whose first resource is the GuidanceResponse of the whole."},
                  {422, kFhirJson, "The patient's data are impossible or contradict each other."}});
  const auto run = [this](const HttpRequest& request, const Identity& who, auto&& ask) {
    ConsultOptions options;
    options.user = who.user;
    options.organisation = who.organisation;
    options.cancel = request.cancel;
    options.question_budget = parts_.config.question_budget;
    FhirReply reply = ask(std::move(options));
    if (reply.status == 200 || reply.status >= 500) NoteStore(reply.status == 200);
    HttpResponse response{reply.status, kFhirJson, std::move(reply.body), {}};
    if (reply.status == 503) response.headers.emplace_back("Retry-After", "1");
    return response;
  };
  evaluate.handler = Guarded([this, run](const HttpRequest& request, const Identity& who) {
    return run(request, who, [&](ConsultOptions options) {
      return parts_.fhir.Evaluate(request.body, std::move(options), request.Header("x-request-id"));
    });
  });
  list_.push_back(evaluate);

  Endpoint apply = evaluate;
  apply.pattern = "/fhir/PlanDefinition/{id}/$apply";
  apply.id = "apply";
  apply.summary = "The same, with the CarePlan first";
  apply.parameter_words = {"Id of the PlanDefinition."};
  apply.handler = Guarded([this, run](const HttpRequest& request, const Identity& who) {
    return run(request, who, [&](ConsultOptions options) {
      return parts_.fhir.Apply(request.parameters[0], request.body, std::move(options), request.Header("x-request-id"));
    });
  });
  list_.push_back(apply);
}

void Endpoints::AddPages() {
  Endpoint cards;
  cards.method = "GET";
  cards.pattern = "/plugins";
  cards.tag = "Model cards";
  cards.id = "modelCards";
  cards.summary = "What each plugin is, for whom, and on what basis";
  cards.words = "A page, or JSON if the client asks for application/json.";
  cards.options.compress = true;
  cards.answers = {{200, "text/html", "The cards."}, {200, kJson, ""}};
  cards.handler = [this](const HttpRequest& request) {
    const v1::ModelCards all = MakeModelCards(parts_.host);
    return WantsJson(request) ? Page(kJson, ToJson(all))
                              : Page("text/html; charset=utf-8", ToHtmlIndex(all, "/plugins/"));
  };
  list_.push_back(cards);

  Endpoint card = cards;
  card.pattern = "/plugins/{id}";
  card.id = "modelCard";
  card.summary = "The model card of one plugin";
  card.parameter_words = {"Id of the plugin."};
  card.answers = {{200, "text/html", "The card."}, {200, kJson, ""}, {404, kFhirJson, "There is no such plugin."}};
  card.handler = [this](const HttpRequest& request) {
    const std::optional<v1::ModelCard> one = FindModelCard(parts_.host, request.parameters[0]);
    if (!one) return ErrorResponse(404, "There is no plugin of this id. GET /plugins lists them");
    return WantsJson(request) ? Page(kJson, ToJson(*one)) : Page("text/html; charset=utf-8", ToHtml(*one));
  };
  list_.push_back(card);
}

}  // namespace condyle::service
