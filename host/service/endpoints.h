// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// All that the service answers. Each area has a file of its own: endpoints_AREA.cc.
#ifndef CONDYLE_HOST_SERVICE_ENDPOINTS_H_
#define CONDYLE_HOST_SERVICE_ENDPOINTS_H_

#include <prometheus/registry.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "condyle/host/host.h"
#include "host/cds_hooks/cds_hooks.h"
#include "host/fhir/service.h"
#include "host/http/log.h"
#include "host/service/access.h"
#include "host/service/config.h"
#include "host/service/endpoint.h"
#include "host/service/figures.h"

namespace condyle::service {

inline constexpr char kJson[] = "application/json";

// What the endpoints work with. All of it must outlive them.
struct Parts {
  const Config& config;
  std::string public_url;
  Host& host;
  CdsHooks& cds;
  FhirService& fhir;
  Access& access;
  prometheus::Registry& registry;
  Figures& figures;
  Logger& log;
  // Set when the end begins, so that proxies send nothing new here.
  const std::atomic<bool>& draining;
};

// Thread-safe.
class Endpoints {
 public:
  explicit Endpoints(Parts parts);

  const std::vector<Endpoint>& list() const { return list_; }

 private:
  using GuardedHandler = std::function<HttpResponse(const HttpRequest&, const Identity&)>;

  void AddOperation();
  void AddCdsHooks();
  void AddFhir();
  void AddPages();

  // Only for those whom the service trusts.
  HttpHandler Guarded(GuardedHandler handler);
  void NoteStore(bool recorded);
  // asked: the hook, or "fhir".
  void LogRefusal(const HttpRequest& request, std::string_view asked, std::string_view reason, int status);
  void LogPluginFailure(const HttpRequest& request, const std::string& plugin_id);

  HttpResponse Ready();
  // Counts, logs, and makes the response.
  HttpResponse Finish(const HttpRequest& request, CdsReply reply);
  HttpResponse Finish(const HttpRequest& request, FhirReply reply);
  Endpoint CdsCall(const char* pattern, const char* id, const char* summary, const char* body_words,
                   std::vector<Answer> answers,
                   CdsReply (CdsHooks::*call)(std::string_view id, std::string_view body, const CdsCaller& caller));
  // A GET that anybody may make.
  Endpoint FhirRead(std::string pattern, std::string id, std::string summary,
                    std::function<FhirReply(const HttpRequest&)> read);
  Endpoint FhirOperation(const char* pattern, const char* id, const char* summary,
                         std::function<FhirReply(const HttpRequest&, ConsultOptions)> run);

  Parts parts_;
  std::vector<Endpoint> list_;
  std::string openapi_;
  // By the steady clock; 0: the store took the last that it got.
  std::atomic<int64_t> store_failed_at_{0};
};

// An OperationOutcome.
HttpResponse ErrorResponse(int status, std::string_view message);

// `answers`, and what every guarded endpoint may answer besides.
std::vector<Answer> WithErrors(std::vector<Answer> answers);

}  // namespace condyle::service

#endif  // CONDYLE_HOST_SERVICE_ENDPOINTS_H_
