// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Renders a Consultation as FHIR R4. What is where: docs/ehr/fhir.md.
#ifndef CONDYLE_HOST_FHIR_FHIR_H_
#define CONDYLE_HOST_FHIR_FHIR_H_

#include <string>
#include <vector>

#include "condyle/v1/consultation.pb.h"
#include "condyle/v1/manifest.pb.h"
#include "host/fhir/vocabulary.h"

namespace condyle {

struct FhirOptions {
  // URL under which this service's definitions can be read: "https://cds.example/fhir". Empty: they are named by URNs.
  std::string canonical_base;
  // Labels every resource as asserted by an algorithm: meta.security AIAST.
  bool ai_label = false;
};

// What the caller knows of one consultation.
struct FhirContext {
  // Reference to the patient: "Patient/12". Empty: resources say only that they are about the patient of the case.
  std::string patient;
  // "Encounter/3"; may be empty.
  std::string encounter;
  // The caller's id of the request; may be empty.
  std::string request_id;
  // The CarePlan comes before the GuidanceResponse, as callers of $apply expect it.
  bool plan_first = false;
};

// Thread-safe.
class FhirFormat {
 public:
  FhirFormat(const std::vector<v1::PluginManifest>& manifests, FhirOptions options);

  // One Bundle of type collection, JSON on one line. Its first resource is the GuidanceResponse of the whole, with the
  // whole report as its narrative. Equal bytes for equal input.
  std::string Bundle(const v1::Consultation& consultation, const FhirContext& context = {}) const;

  const fhir::Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  FhirOptions options_;
  fhir::Vocabulary vocabulary_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_FHIR_FHIR_H_
