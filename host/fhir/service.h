// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A FHIR R4 service as functions: bodies in, status and bodies out. What is under which path: docs/ehr/fhir.md.
#ifndef CONDYLE_HOST_FHIR_SERVICE_H_
#define CONDYLE_HOST_FHIR_SERVICE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "condyle/host/host.h"
#include "host/fhir/fhir.h"

namespace condyle {

inline constexpr char kFhirJson[] = "application/fhir+json";

// Body: one resource, JSON, of content type kFhirJson; an OperationOutcome from status 400 on.
struct FhirReply {
  int status = 200;
  std::string body;
  // Of operations that came to a consultation: what came of it, for figures and logs.
  std::optional<Outcome> outcome = std::nullopt;
};

// Thread-safe. The host must outlive it.
class FhirService {
 public:
  // canonical_base is the public URL of this service. Definitions are made once, here.
  FhirService(Host& host, FhirOptions options);

  // GET /fhir/metadata
  FhirReply Metadata() const;
  // GET /fhir/TYPE/ID; TYPE is Library, OperationDefinition, PlanDefinition or Questionnaire.
  FhirReply Read(std::string_view type, std::string_view id) const;
  // GET /fhir/TYPE, GET /fhir/TYPE?url=URL: a Bundle of type searchset. url: percent-decoded; empty: all.
  FhirReply Search(std::string_view type, std::string_view url = {}) const;
  // POST /fhir/$evaluate. Body: Bundle, QuestionnaireResponse, or Parameters with one of them as "data". options: as_of
  // gives way to that of the Parameters. request_id comes back as GuidanceResponse.requestIdentifier.
  FhirReply Evaluate(std::string_view body, ConsultOptions options, std::string_view request_id = {});
  // POST /fhir/PlanDefinition/{id}/$apply, the same with the CarePlan first.
  FhirReply Apply(std::string_view id, std::string_view body, ConsultOptions options, std::string_view request_id = {});

  const FhirFormat& format() const { return format_; }

 private:
  struct Definition {
    std::string url;
    std::string json;
  };
  FhirReply Consult(std::string_view body, ConsultOptions options, FhirContext context);

  Host& host_;
  FhirFormat format_;
  std::string metadata_;
  // By type, then id.
  std::map<std::string, std::map<std::string, Definition, std::less<>>, std::less<>> definitions_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_FHIR_SERVICE_H_
