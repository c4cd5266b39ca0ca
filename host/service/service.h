// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The service for EHRs: CDS Hooks, FHIR R4 and what its operator needs, over HTTP.
#ifndef CONDYLE_HOST_SERVICE_SERVICE_H_
#define CONDYLE_HOST_SERVICE_SERVICE_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "condyle/host/host.h"
#include "host/service/config.h"

namespace condyle::service {

// Runs it until SIGTERM or SIGINT, then lets what is under way end; SIGHUP reads certificates and clients again. To be
// called while the program has no other thread. store: as HostOptions::audit; token ids that were used are kept there
// too. open_host is called once. Returns 0, or 1 after a message on standard error if it cannot start, or if requests
// had to be broken off at the end.
int Run(const Config& config, const std::string& store,
        const std::function<absl::StatusOr<std::unique_ptr<Host>>()>& open_host);

}  // namespace condyle::service

#endif  // CONDYLE_HOST_SERVICE_SERVICE_H_
