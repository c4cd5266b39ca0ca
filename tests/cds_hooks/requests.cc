// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes a Case as an EHR would hold it.
#include "tests/cds_hooks/requests.h"

#include "absl/time/time.h"
#include "host/questionnaire/json_writer.h"

namespace condyle::tests {
namespace {

constexpr char kMoment[] = "2026-05-01T09:00:00Z";
constexpr double kDaysOfAYear = 365.25;

void WriteCoding(JsonWriter& out, const std::string& system, const std::string& code, const std::string& display = {}) {
  out.BeginObject();
  out.Key("coding");
  out.BeginArray();
  out.BeginObject();
  out.Member("system", system);
  out.Member("code", code);
  if (!display.empty()) out.Member("display", display);
  out.EndObject();
  out.EndArray();
  if (!display.empty()) out.Member("text", display);
  out.EndObject();
}

void WriteReference(JsonWriter& out, const char* member, const char* reference) {
  out.Key(member);
  out.BeginObject();
  out.Member("reference", reference);
  out.EndObject();
}

std::string BirthDate(const v1::Case& patient_case) {
  const v1::Patient& patient = patient_case.patient();
  if (patient.has_birth_date()) return patient.birth_date();
  const absl::Time born =
      absl::FromChrono(MomentOf(patient_case)) - absl::Hours(24 * kDaysOfAYear * patient.age_years());
  return absl::FormatTime("%Y-%m-%d", born, absl::UTCTimeZone());
}

void WriteObservation(JsonWriter& out, const v1::Finding& finding, const v1::PluginManifest& pack,
                      const std::string& as_of) {
  out.BeginObject();
  out.Member("resourceType", "Observation");
  out.Member("status", "final");
  WriteReference(out, "subject", "Patient/p1");
  out.Key("code");
  WriteCoding(out, pack.code_system(), finding.key());
  for (const v1::SideCoding& side : pack.side_codings()) {
    if (finding.side() == v1::SIDE_UNSPECIFIED || side.side() != finding.side()) continue;
    out.Key("bodySite");
    WriteCoding(out, side.coding().system(), side.coding().code());
    break;
  }
  out.Member("effectiveDateTime", finding.observed_at().empty() ? as_of : finding.observed_at());
  if (finding.source() == "patient") {
    out.Key("performer");
    out.BeginArray();
    out.BeginObject();
    out.Member("reference", "Patient/p1");
    out.EndObject();
    out.EndArray();
  }
  switch (finding.value_case()) {
    case v1::Finding::kPresent:
      out.Key("valueBoolean");
      out.Bool(finding.present());
      break;
    case v1::Finding::kQuantity:
      out.Key("valueQuantity");
      out.BeginObject();
      out.Key("value");
      out.Number(finding.quantity().value());
      out.Member("system", "http://unitsofmeasure.org");
      out.Member("code", finding.quantity().unit());
      out.EndObject();
      break;
    case v1::Finding::kCode:
      out.Key("valueCodeableConcept");
      WriteCoding(out, pack.code_system(), finding.code());
      break;
    case v1::Finding::kText:
      out.Member("valueDateTime", finding.text());
      break;
    default:
      break;
  }
  out.EndObject();
}

void WritePrefetch(JsonWriter& out, const v1::Case& patient_case, const v1::PluginManifest& pack,
                   const std::string& hook) {
  const std::string as_of = patient_case.as_of().empty() ? kMoment : patient_case.as_of();
  out.BeginObject();
  out.Key("patient");
  out.BeginObject();
  out.Member("resourceType", "Patient");
  out.Member("id", "p1");
  if (patient_case.patient().sex() != v1::SEX_UNSPECIFIED) {
    out.Member("gender", patient_case.patient().sex() == v1::SEX_FEMALE ? "female" : "male");
  }
  if (patient_case.patient().age_case() != v1::Patient::AGE_NOT_SET) out.Member("birthDate", BirthDate(patient_case));
  out.EndObject();
  out.Key("observations");
  out.BeginObject();
  out.Member("resourceType", "Bundle");
  out.Member("type", "searchset");
  if (!patient_case.findings().empty()) {
    out.Key("entry");
    out.BeginArray();
    for (const v1::Finding& finding : patient_case.findings()) {
      out.BeginObject();
      out.Key("resource");
      WriteObservation(out, finding, pack, as_of);
      out.EndObject();
    }
    out.EndArray();
  }
  out.EndObject();
  if (hook == "encounter-start") {
    out.Key("encounter");
    out.BeginObject();
    out.Member("resourceType", "Encounter");
    out.Member("id", "e1");
    out.EndObject();
  }
  out.EndObject();
}

void WriteOrders(JsonWriter& out, const std::vector<Order>& orders) {
  out.Key("draftOrders");
  out.BeginObject();
  out.Member("resourceType", "Bundle");
  out.Member("type", "collection");
  if (!orders.empty()) {
    out.Key("entry");
    out.BeginArray();
    for (const Order& order : orders) {
      out.BeginObject();
      out.Key("resource");
      out.BeginObject();
      out.Member("resourceType", order.type);
      out.Member("id", order.id);
      out.Member("status", "draft");
      out.Member("intent", "order");
      WriteReference(out, "subject", "Patient/p1");
      out.Key(order.type == "MedicationRequest" ? "medicationCodeableConcept" : "code");
      WriteCoding(out, order.system, order.code, order.display);
      out.EndObject();
      out.EndObject();
    }
    out.EndArray();
  }
  out.EndObject();
}

}  // namespace

std::chrono::system_clock::time_point MomentOf(const v1::Case& patient_case) {
  absl::Time moment;
  const std::string& text = patient_case.as_of().empty() ? std::string(kMoment) : patient_case.as_of();
  if (!absl::ParseTime(absl::RFC3339_full, text, &moment, nullptr) &&
      !absl::ParseTime("%Y-%m-%d", text, &moment, nullptr)) {
    return {};
  }
  return absl::ToChronoTime(moment);
}

std::string CdsCall(const v1::Case& patient_case, const std::vector<v1::PluginManifest>& manifests,
                    const std::string& hook, const std::vector<Order>& orders) {
  JsonWriter out;
  out.BeginObject();
  out.Member("hook", hook);
  out.Member("hookInstance", "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea");
  out.Key("context");
  out.BeginObject();
  out.Member("userId", "Practitioner/u1");
  out.Member("patientId", "p1");
  out.Member("encounterId", "e1");
  if (hook == "appointment-book") {
    out.Key("appointments");
    out.BeginObject();
    out.Member("resourceType", "Bundle");
    out.Member("type", "collection");
    out.EndObject();
  }
  if (hook == "order-select") {
    out.Key("selections");
    out.BeginArray();
    for (const Order& order : orders) out.String(order.type + "/" + order.id);
    out.EndArray();
  }
  if (hook == "order-select" || hook == "order-sign") WriteOrders(out, orders);
  out.EndObject();
  out.Key("prefetch");
  WritePrefetch(out, patient_case, manifests.front(), hook);
  out.EndObject();
  return out.Take();
}

}  // namespace condyle::tests
