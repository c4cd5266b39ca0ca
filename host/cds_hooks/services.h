// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The services of a host: which hooks, which names, which data they ask for. All from the plugins' manifests.
#ifndef CONDYLE_HOST_CDS_HOOKS_SERVICES_H_
#define CONDYLE_HOST_CDS_HOOKS_SERVICES_H_

#include <string>
#include <string_view>
#include <vector>

#include "condyle/host/host.h"
#include "host/cds_hooks/cds_hooks.h"

namespace condyle::cds {

inline constexpr std::string_view kPatientKey = "patient";
inline constexpr std::string_view kEncounterKey = "encounter";

// A query that a client makes before it calls.
struct PrefetchTemplate {
  std::string key;
  // With tokens: "Patient/{{context.patientId}}".
  std::string query;
  // For people: "observations".
  std::string text;
};

enum class Context { kPatient, kOrders, kAppointments };

struct Service {
  std::string hook;
  std::string id;
  std::string title;
  std::string description;
  std::string usage_requirements;
  std::vector<PrefetchTemplate> prefetch;
  Context context = Context::kPatient;
  bool needs_encounter = false;
  // Users may also be patients and their relatives.
  bool for_patients = false;
};

// Templates for the inputs of these plugins: the patient, and then conditions, observations and the answered form, in
// queries that are not longer than some 1,800 bytes. questionnaire: its canonical URL; empty: the form is not asked
// for.
std::vector<PrefetchTemplate> PrefetchOf(const std::vector<v1::PluginManifest>& manifests,
                                         const std::string& questionnaire);

// Canonical URL of a Questionnaire in JSON; empty if it has none.
std::string UrlOfQuestionnaire(std::string_view json);

// In the order of CdsHookNames().
std::vector<Service> ServicesOf(const Host& host, const CdsOptions& options);

// The body of GET /cds-services.
std::string DiscoveryJson(const std::vector<Service>& services);

// The query with its tokens replaced, percent-encoded; empty if it needs a value that is not there.
std::string Filled(const std::string& query, std::string_view patient_id, std::string_view encounter_id);

}  // namespace condyle::cds

#endif  // CONDYLE_HOST_CDS_HOOKS_SERVICES_H_
