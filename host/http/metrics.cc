// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Names and labels of the server's metrics.
#include "host/http/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <string_view>

namespace condyle {
namespace {

// In the order of HttpRefusal.
constexpr std::array<const char*, 7> kReasons = {"connections", "queue",   "expired", "malformed",
                                                 "too_large",   "timeout", "tls"};

prometheus::Gauge* Gauge(prometheus::Registry* registry, const char* name, const char* help) {
  return &prometheus::BuildGauge().Name(name).Help(help).Register(*registry).Add({});
}

}  // namespace

const prometheus::Histogram::BucketBoundaries& DurationBuckets() {
  static const prometheus::Histogram::BucketBoundaries buckets = {
      0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return buckets;
}

std::string PrometheusText(const prometheus::Registry& registry) {
  return prometheus::TextSerializer().Serialize(registry.Collect());
}

HttpResponse MetricsResponse(const prometheus::Registry& registry) {
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = PrometheusText(registry);
  return response;
}

HttpMetrics::HttpMetrics(prometheus::Registry* registry, const Router& router)
    : requests_(&prometheus::BuildCounter()
                     .Name("condyle_http_requests_total")
                     .Help("Requests answered, by route, method and status.")
                     .Register(*registry)),
      durations_(&prometheus::BuildHistogram()
                      .Name("condyle_http_request_duration_seconds")
                      .Help("From the first byte of a request to the last of its answer.")
                      .Register(*registry)),
      connections_(Gauge(registry, "condyle_http_connections", "Open connections.")),
      in_flight_(Gauge(registry, "condyle_http_requests_in_flight", "Requests with a handler or waiting for one.")),
      queued_(Gauge(registry, "condyle_http_queue_depth", "Requests that wait for a thread.")) {
  auto& refused = prometheus::BuildCounter()
                      .Name("condyle_http_refused_total")
                      .Help("Requests and connections that reached no handler, by reason.")
                      .Register(*registry);
  for (size_t i = 0; i < kRefusals; ++i) refused_.at(i) = &refused.Add({{"reason", kReasons.at(i)}});
  for (const auto& route : router.routes()) MakeRoute(route->method, route->pattern);
  MakeRoute("", "");
}

HttpMetrics::PerRoute* HttpMetrics::MakeRoute(std::string method, std::string pattern) {
  auto route = std::make_unique<PerRoute>();
  route->method = method.empty() ? "other" : std::move(method);
  route->pattern = pattern.empty() ? "none" : std::move(pattern);
  route->duration = &durations_->Add({{"method", route->method}, {"route", route->pattern}}, DurationBuckets());
  routes_.push_back(std::move(route));
  return routes_.back().get();
}

void HttpMetrics::Answered(const HttpRoute* route, int status, double seconds) {
  PerRoute& counted = *routes_.at(route == nullptr ? routes_.size() - 1 : route->index);
  auto& slot = counted.by_status.at(static_cast<size_t>(std::clamp(status, 0, static_cast<int>(kStatuses) - 1)));
  prometheus::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    // Two threads may both come here: the family gives both the same counter.
    counter =
        &requests_->Add({{"method", counted.method}, {"route", counted.pattern}, {"status", std::to_string(status)}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Increment();
  counted.duration->Observe(seconds);
}

}  // namespace condyle
