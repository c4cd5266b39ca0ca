// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes the least that R4 asks for, and what a clinician needs to judge it.
#include "host/cds_hooks/draft_resource.h"

#include <string>
#include <vector>

namespace condyle::cds {
namespace {

constexpr char kConditionStatus[] = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
constexpr char kConditionClinical[] = "http://terminology.hl7.org/CodeSystem/condition-clinical";

void WriteReference(JsonWriter& out, const char* member, const std::string& reference) {
  out.Key(member);
  out.BeginObject();
  out.Member("reference", reference);
  out.EndObject();
}

void WriteConcept(JsonWriter& out, const char* member, const std::vector<v1::Coding>& codings,
                  const std::string& text) {
  out.Key(member);
  out.BeginObject();
  if (!codings.empty()) {
    out.Key("coding");
    out.BeginArray();
    for (const v1::Coding& coding : codings) WriteCoding(out, coding.system(), coding.code(), coding.display());
    out.EndArray();
  }
  if (!text.empty()) out.Member("text", text);
  out.EndObject();
}

void WriteConcepts(JsonWriter& out, const char* member, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out.Key(member);
  out.BeginArray();
  for (const std::string& text : texts) {
    out.BeginObject();
    out.Member("text", text);
    out.EndObject();
  }
  out.EndArray();
}

void WriteSubject(JsonWriter& out, const CdsRequest& request) {
  WriteReference(out, "subject", "Patient/" + request.patient_id);
  if (!request.encounter_id.empty()) WriteReference(out, "encounter", "Encounter/" + request.encounter_id);
}

}  // namespace

void WriteCoding(JsonWriter& out, std::string_view system, std::string_view code, std::string_view display) {
  out.BeginObject();
  out.Member("system", system);
  out.Member("code", code);
  if (!display.empty()) out.Member("display", display);
  out.EndObject();
}

void WriteResource(JsonWriter& out, const Draft& draft, const CdsRequest& request) {
  out.BeginObject();
  switch (draft.kind) {
    case DraftKind::kServiceRequest:
      out.Member("resourceType", "ServiceRequest");
      out.Member("status", "draft");
      out.Member("intent", "proposal");
      if (!draft.priority.empty()) out.Member("priority", draft.priority);
      WriteConcept(out, "code", {}, draft.text);
      WriteSubject(out, request);
      WriteConcepts(out, "reasonCode", draft.reasons);
      break;
    case DraftKind::kCarePlan:
      out.Member("resourceType", "CarePlan");
      out.Member("status", "draft");
      out.Member("intent", "proposal");
      WriteSubject(out, request);
      out.Key("activity");
      out.BeginArray();
      out.BeginObject();
      out.Key("detail");
      out.BeginObject();
      WriteConcepts(out, "reasonCode", draft.reasons);
      out.Member("status", "not-started");
      out.Member("description", draft.text);
      out.EndObject();
      out.EndObject();
      out.EndArray();
      break;
    case DraftKind::kCondition: {
      v1::Coding active, provisional;
      active.set_system(kConditionClinical);
      active.set_code("active");
      provisional.set_system(kConditionStatus);
      provisional.set_code("provisional");
      out.Member("resourceType", "Condition");
      WriteConcept(out, "clinicalStatus", {active}, "");
      WriteConcept(out, "verificationStatus", {provisional}, "");
      WriteConcept(out, "code", draft.codings, draft.text);
      if (draft.side != v1::SIDE_UNSPECIFIED) {
        WriteConcepts(out, "bodySite", {draft.side == v1::SIDE_LEFT ? "left" : "right"});
      }
      WriteSubject(out, request);
      break;
    }
    case DraftKind::kDelete:
      break;
  }
  out.EndObject();
}

}  // namespace condyle::cds
