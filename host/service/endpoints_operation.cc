// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What those need who run the service: /healthz, /readyz, /metrics, /openapi.json.
#include <chrono>
#include <string>

#include "host/http/metrics.h"
#include "host/questionnaire/json_writer.h"
#include "host/service/endpoints.h"

namespace condyle::service {
namespace {

constexpr char kTag[] = "Operation";
constexpr char kText[] = "text/plain";
// How long the service calls itself not ready after the store failed.
constexpr std::chrono::seconds kStoreDoubt{2};

const char* WordOf(const PluginHealth& health) {
  if (health.circuit == "closed") return "answers";
  return health.circuit == "open" ? "suspended" : "is tried";
}

}  // namespace

HttpResponse Endpoints::Ready() {
  using Clock = std::chrono::steady_clock;
  const int64_t failed = store_failed_at_;
  const bool store_in_doubt =
      failed != 0 && Clock::now().time_since_epoch() - Clock::duration(failed) < Clock::duration(kStoreDoubt);
  JsonWriter json(JsonLayout::kCompact);
  json.BeginObject();
  json.Member("status", parts_.draining ? "draining" : store_in_doubt ? "the store cannot record" : "ready");
  json.Key("plugins");
  json.BeginObject();
  for (const PluginHealth& health : parts_.host.Health()) json.Member(health.plugin_id, WordOf(health));
  json.EndObject();
  json.Key("left_out");
  json.BeginArray();
  for (const v1::PluginFailure& failure : parts_.host.LoadFailures()) json.String(failure.plugin_id());
  json.EndArray();
  json.EndObject();
  return {parts_.draining || store_in_doubt ? 503 : 200, kJson, json.Take(), {}};
}

void Endpoints::AddOperation() {
  list_.push_back({.method = "GET",
                   .pattern = "/healthz",
                   .handler =
                       [](const HttpRequest&) {
                         return HttpResponse{200, kText, "ok\n", {}};
                       },
                   .options = {.light = true},
                   .tag = kTag,
                   .id = "health",
                   .summary = "Whether the process lives",
                   .answers = {{200, kText, "It does."}}});
  list_.push_back(
      {.method = "GET",
       .pattern = "/readyz",
       .handler = [this](const HttpRequest&) { return Ready(); },
       .options = {.light = true},
       .tag = kTag,
       .id = "ready",
       .summary = "Whether requests should be sent here",
       .words = "With the state of each plugin: what a suspended screen guards is held, and the rest is answered.",
       .answers = {{200, kJson, "Yes."}, {503, kJson, "No: it is ending, or the store cannot record."}}});
  list_.push_back({.method = "GET",
                   .pattern = "/metrics",
                   .handler =
                       [this](const HttpRequest&) {
                         HttpResponse response = MetricsResponse(parts_.registry);
                         response.body += Figures::HealthText(parts_.host);
                         return response;
                       },
                   .tag = kTag,
                   .id = "metrics",
                   .summary = "Figures for Prometheus",
                   .answers = {{200, kText, "Text format 0.0.4."}}});
  list_.push_back({.method = "GET",
                   .pattern = "/openapi.json",
                   .handler =
                       [this](const HttpRequest&) {
                         return HttpResponse{200, kJson, openapi_, {}};
                       },
                   .options = {.cors = true},
                   .tag = kTag,
                   .id = "description",
                   .summary = "This description",
                   .answers = {{200, kJson, "OpenAPI 3.0.3."}}});
}

}  // namespace condyle::service
