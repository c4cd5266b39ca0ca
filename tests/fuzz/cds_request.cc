// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Bodies of CDS Hooks requests, up to the Bundle that intake gets: reading, orders, prefetch, no server to ask.
#include <string>
#include <string_view>
#include <vector>

#include "host/cds_hooks/patient_data.h"
#include "host/cds_hooks/request.h"
#include "host/cds_hooks/services.h"
#include "host/intake/json.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

using cds::Context;
using cds::Service;

constexpr int kDepth = 200;

std::vector<Service> SomeServices() {
  Service view;
  view.hook = "patient-view";
  view.id = "knee";
  view.prefetch = {{"patient", "Patient/{{context.patientId}}", "the patient"},
                   {"observations", "Observation?patient={{context.patientId}}", "observations"}};
  Service start = view;
  start.hook = "encounter-start";
  start.prefetch.push_back({"encounter", "Encounter/{{context.encounterId}}", "the encounter"});
  start.needs_encounter = true;
  Service sign = view;
  sign.hook = "order-sign";
  sign.context = Context::kOrders;
  Service select = sign;
  select.hook = "order-select";
  Service book = view;
  book.hook = "appointment-book";
  book.context = Context::kAppointments;
  book.for_patients = true;
  return {view, start, sign, select, book};
}

void RequireSaid(const cds::Fault& fault, std::string_view body) {
  Require(fault.status >= 400 && fault.status < 500, "a bad request is the client's", body);
  Require(!fault.kind.empty(), "a refusal is counted", body);
  RequireMessage(fault.message, "a refused CDS Hooks request");
  const CdsReply reply = cds::Refused(fault);
  intake::Json json;
  Require(!intake::ParseJson(reply.body, kDepth, &json), "a refusal is JSON", body);
  Require(reply.body.find("\"OperationOutcome\"") != reply.body.npos, "a refusal is an OperationOutcome", body);
}

void RequireSoundRequest(std::string_view bytes) {
  static const std::vector<Service> services = SomeServices();
  static const std::vector<const Service*> offered = [] {
    std::vector<const Service*> all;
    for (const Service& service : services) all.push_back(&service);
    return all;
  }();
  static const cds::Vocabulary vocabulary = {{"urn:condyle:knee-pack"}, {"knee.locked"}};

  cds::RequestBody body(bytes);
  const Service* service = nullptr;
  cds::CdsRequest request;
  if (const auto fault = body.Read(offered, vocabulary, &service, &request)) return RequireSaid(*fault, bytes);
  Require(service != nullptr && request.hook == service->hook, "the hook picks the service", bytes);
  Require(!request.hook_instance.empty() && !request.user_id.empty() && !request.patient_id.empty(),
          "an accepted request says whom it is about, and who asks", bytes);
  Require(request.prefetch.size() <= service->prefetch.size(), "what was not asked for is left out", bytes);
  for (const cds::Prefetched& prefetched : request.prefetch) {
    for (const cds::Resource& resource : prefetched.resources) {
      intake::Json json;
      Require(!intake::ParseJson(resource.text, kDepth, &json), "a resource is JSON by itself", bytes);
      Require(bytes.find(resource.text) != bytes.npos, "a resource is handed on as it came", bytes);
    }
  }
  for (const cds::DraftOrder& order : request.orders) {
    Require(!order.unreadable.empty() || !order.codes.empty(), "an order has a code, or says why it has none", bytes);
  }

  cds::PatientData data;
  if (const auto fault = cds::CollectData(request, *service, vocabulary, {}, &data)) return RequireSaid(*fault, bytes);
  Require(data.reads == 0 && data.texts.size() == data.paths.size(), "nothing is read where nobody may be asked",
          bytes);
  const std::string bundle = data.Bundle("2026-01-01T00:00:00Z", "x");
  intake::Json json;
  Require(!intake::ParseJson(bundle, kDepth, &json), "the Bundle of all is JSON", bytes);
}

}  // namespace
}  // namespace condyle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  condyle::fuzz::RequireSoundRequest(condyle::fuzz::AsText(data, size));
  return 0;
}
