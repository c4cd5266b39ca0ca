// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads from the FHIR server that a CDS Hooks client named, with the token that it gave.
#ifndef CONDYLE_HOST_FHIR_CLIENT_FHIR_READER_H_
#define CONDYLE_HOST_FHIR_CLIENT_FHIR_READER_H_

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

namespace condyle {

// Where and as whom. The token is a secret: it is in no message and no log.
struct FhirAccess {
  // Base URL: "https://ehr.example/fhir".
  std::string server;
  std::string bearer_token;
};

// What came of one query.
struct FhirAnswer {
  enum class State {
    // `resources`: what was found, over all pages; none is an answer too.
    kRead,
    // There is no such resource (404, 410).
    kAbsent,
    // `error`: server not allowed, not reached, refused, too slow, too large, no FHIR.
    kFailed,
  };
  State state = State::kFailed;
  // JSON texts of single resources, entries of searches taken out of their Bundles.
  std::vector<std::string> resources;
  // No patient data, no token.
  std::string error;
};

// Thread-safe.
class FhirReader {
 public:
  virtual ~FhirReader() = default;

  // Reads relative queries ("Patient/12", "Observation?patient=12&code=..."), all at the same time as far as its limits
  // allow. One answer for each, in their order, at the latest at the deadline.
  virtual std::vector<FhirAnswer> Read(const FhirAccess& access, const std::vector<std::string>& queries,
                                       std::chrono::steady_clock::time_point deadline, std::stop_token cancel) = 0;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_FHIR_CLIENT_FHIR_READER_H_
