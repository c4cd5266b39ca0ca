// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes OperationOutcomes.
#include "host/cds_hooks/outcome.h"

#include "host/questionnaire/json_writer.h"

namespace condyle::cds {
namespace {

// Code of http://hl7.org/fhir/issue-type.
const char* IssueType(const Fault& fault) {
  switch (fault.status) {
    case 404:
      return "not-found";
    case 412:
      return "incomplete";
    case 422:
      return "business-rule";
    case 501:
      return "not-supported";
    case 503:
      return "transient";
    case 500:
      return "exception";
    default:
      return fault.message.rfind("is missing", 0) == 0 ? "required" : "invalid";
  }
}

}  // namespace

CdsReply Refused(const Fault& fault) {
  constexpr int kRetryAfterSeconds = 5;
  JsonWriter out(JsonLayout::kCompact);
  out.BeginObject();
  out.Member("resourceType", "OperationOutcome");
  out.Key("issue");
  out.BeginArray();
  out.BeginObject();
  out.Member("severity", "error");
  out.Member("code", IssueType(fault));
  out.Member("diagnostics", fault.path.empty() ? fault.message : fault.path + ": " + fault.message);
  out.EndObject();
  out.EndArray();
  out.EndObject();
  CdsReply reply;
  reply.status = fault.status;
  reply.content_type = "application/fhir+json";
  reply.body = out.Take();
  reply.retry_after = fault.status == 503 ? kRetryAfterSeconds : 0;
  reply.facts.refusal = fault.kind;
  return reply;
}

}  // namespace condyle::cds
