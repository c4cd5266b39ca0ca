// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What stands behind the handle cndh_host.
#ifndef CONDYLE_HOST_EMBEDDING_HANDLE_H_
#define CONDYLE_HOST_EMBEDDING_HANDLE_H_

#include <memory>

#include "condyle/host.h"
#include "condyle/host/host.h"
#include "host/embedding/guard.h"
#include "host/fhir/fhir.h"
#include "host/report/report.h"

struct cndh_host {
  std::unique_ptr<condyle::Host> host;
  // Of the plugins. Results use it after the host is closed.
  std::shared_ptr<const condyle::HtmlOptions> titles;
  std::shared_ptr<const condyle::FhirFormat> fhir;
};

// What the handle points to: one call's delivery.
struct cndh_delivery {
  condyle::v1::AuditDelivery delivery;
};

namespace condyle::embedding {

// As WithResult, for calls on a host: body(Host&, Result&).
template <typename Body>
cndh_status OnHost(cndh_host* host, cndh_result** out, Body&& body) noexcept {
  return WithResult(out, /*optional=*/false, [&](cndh_result& result) {
    if (host == nullptr) return result.Fail(CNDH_MISUSE, "the host is NULL");
    return body(*host, result);
  });
}

}  // namespace condyle::embedding

#endif  // CONDYLE_HOST_EMBEDDING_HANDLE_H_
