// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads FHIR over the HTTP client: pages, refusals, limits.
#ifndef CONDYLE_HOST_FHIR_CLIENT_HTTP_FHIR_READER_H_
#define CONDYLE_HOST_FHIR_CLIENT_HTTP_FHIR_READER_H_

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "host/fhir_client/fhir_reader.h"
#include "host/http_client/client.h"

namespace condyle {

// Of one query, over all its pages. Beyond them it fails: a part must not pass for the whole.
struct FhirReadLimits {
  size_t pages = 20;
  size_t resources = 2000;
  size_t bytes = 32 * 1024 * 1024;
};

class HttpFhirReader : public FhirReader {
 public:
  // The client must outlive the reader. Its peers are the FHIR servers that may be read, and its connections_per_peer
  // is how many queries one of them gets at the same time.
  explicit HttpFhirReader(HttpClient& client, FhirReadLimits limits = {}) : client_(client), limits_(limits) {}

  std::vector<FhirAnswer> Read(const FhirAccess& access, const std::vector<std::string>& queries,
                               std::chrono::steady_clock::time_point deadline, std::stop_token cancel) override;

 private:
  HttpClient& client_;
  const FhirReadLimits limits_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_FHIR_CLIENT_HTTP_FHIR_READER_H_
