// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// All that the service answers.
#ifndef CONDYLE_HOST_SERVICE_ENDPOINTS_H_
#define CONDYLE_HOST_SERVICE_ENDPOINTS_H_

#include <prometheus/registry.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
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
  void AddOperation();
  void AddCdsHooks();
  void AddFhir();
  void AddPages();

  // Only for those whom the service trusts.
  HttpHandler Guarded(std::function<HttpResponse(const HttpRequest&, const Identity&)> handler);
  HttpResponse Discovery(const HttpRequest& request);
  HttpResponse Ready();
  HttpResponse Finish(const HttpRequest& request, CdsReply reply);
  // A GET of FHIR that anybody may make.
  Endpoint FhirRead(const char* pattern, const char* id, const char* summary,
                    std::function<FhirReply(const HttpRequest&)> read);
  // Notes whether the store could record.
  void NoteStore(bool recorded);

  Parts parts_;
  std::vector<Endpoint> list_;
  std::string openapi_;
  // Since the steady clock's beginning; 0: the store has taken all.
  std::atomic<int64_t> store_failed_at_{0};
};

// An OperationOutcome.
HttpResponse ErrorResponse(int status, std::string_view message);

}  // namespace condyle::service

#endif  // CONDYLE_HOST_SERVICE_ENDPOINTS_H_
