// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Brings together what is known of a patient: what the client prefetched, and what is read from its FHIR server.
#ifndef CONDYLE_HOST_CDS_HOOKS_PATIENT_DATA_H_
#define CONDYLE_HOST_CDS_HOOKS_PATIENT_DATA_H_

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "host/cds_hooks/request.h"
#include "host/fhir_client/fhir_reader.h"

namespace condyle::cds {

struct PatientData {
  // Of all resources, as they came: JSON texts, and where each stood in the request (empty if it was read).
  std::vector<std::string> texts;
  std::vector<std::string> paths;
  // Data that could not be had, for people: missing, and never negative.
  std::vector<std::string> not_available;
  // The encounter's location.
  std::string location;
  // Day of the newest answer in the plugins' own vocabulary, YYYY-MM-DD; `own_answers` without a day: of no known day.
  bool own_answers = false;
  std::string newest_day;
  bool undated_answers = false;
  int reads = 0;
  int failed_reads = 0;

  // A FHIR Bundle of all. timestamp: RFC 3339. id: opaque.
  std::string Bundle(const std::string& timestamp, const std::string& id) const;
  // A pointer into that Bundle as one into the request.
  std::string PathInRequest(const std::string& pointer) const;
};

struct ReadLimits {
  // Null: nothing is read.
  FhirReader* reader = nullptr;
  std::chrono::steady_clock::time_point deadline;
  std::stop_token cancel;
  // 412 for whatever is missing, not only the patient.
  bool need_all = false;
};

// Refuses with 412 if data that is needed is not there and cannot be read, with 400 if it is another patient's.
std::optional<Fault> CollectData(const CdsRequest& request, const Service& service, const Vocabulary& vocabulary,
                                 const ReadLimits& limits, PatientData* data);

}  // namespace condyle::cds

#endif  // CONDYLE_HOST_CDS_HOOKS_PATIENT_DATA_H_
