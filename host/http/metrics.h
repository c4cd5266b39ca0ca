// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the server counts, for Prometheus.
#ifndef CONDYLE_HOST_HTTP_METRICS_H_
#define CONDYLE_HOST_HTTP_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "host/http/router.h"

namespace condyle {

// Why the server gave no handler a request, or took no connection.
enum class HttpRefusal { kConnections, kQueue, kExpired, kMalformed, kTooLarge, kTimeout, kTls };

// Bounds in seconds, from 0.25 ms to 10 s; for any duration of a request or of a part of one.
const prometheus::Histogram::BucketBoundaries& DurationBuckets();

// The registry in the text format 0.0.4. Thread-safe.
std::string PrometheusText(const prometheus::Registry& registry);

// The answer of /metrics.
HttpResponse MetricsResponse(const prometheus::Registry& registry);

// The server's own. Thread-safe; the registry must outlive it. No label holds what a client chose: paths appear as the
// patterns of routes.
class HttpMetrics {
 public:
  HttpMetrics(prometheus::Registry* registry, const Router& router);

  // route: null if none was found. seconds: from the first byte of the request to the last of the answer.
  void Answered(const HttpRoute* route, int status, double seconds);
  void Refused(HttpRefusal reason) { refused_.at(static_cast<size_t>(reason))->Increment(); }

  prometheus::Gauge& connections() { return *connections_; }
  // Requests that a handler has or waits for.
  prometheus::Gauge& in_flight() { return *in_flight_; }
  prometheus::Gauge& queued() { return *queued_; }

 private:
  static constexpr size_t kStatuses = 600;
  static constexpr size_t kRefusals = 7;
  struct PerRoute {
    std::string method;
    std::string pattern;
    // Made when a status first occurs.
    std::array<std::atomic<prometheus::Counter*>, kStatuses> by_status{};
    prometheus::Histogram* duration = nullptr;
  };
  PerRoute* MakeRoute(std::string method, std::string pattern);

  prometheus::Family<prometheus::Counter>* requests_;
  prometheus::Family<prometheus::Histogram>* durations_;
  prometheus::Gauge* connections_;
  prometheus::Gauge* in_flight_;
  prometheus::Gauge* queued_;
  std::array<prometheus::Counter*, kRefusals> refused_{};
  // By HttpRoute::index; the last is for requests without a route.
  std::vector<std::unique_ptr<PerRoute>> routes_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_METRICS_H_
