// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Derives services from manifests.
#include "host/cds_hooks/services.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/intake/json.h"
#include "host/questionnaire/json_writer.h"

namespace condyle::cds {
namespace {

// Some servers and proxies refuse URLs of more than 2,048 bytes; the base URL and the values of tokens come on top.
constexpr size_t kMostQueryBytes = 1800;
constexpr char kPatientToken[] = "{{context.patientId}}";
constexpr char kEncounterToken[] = "{{context.encounterId}}";

struct HookRow {
  const char* hook;
  // Of the title, after the pack's name.
  const char* title;
  const char* says;
  Context context;
  bool needs_encounter;
  bool for_patients;
};
constexpr HookRow kHooks[] = {
    {"patient-view", "when a patient's record is opened",
     "Says what the recorded answers call for: how urgent it is, what to do, what is on hold and why, and what was not "
     "screened. Silent for patients of whom nobody has recorded such a complaint.",
     Context::kPatient, false, true},
    {"encounter-start", "when an encounter begins",
     "Says what the recorded answers call for: how urgent it is, what to do, what is on hold and why, and what was not "
     "screened. Silent for patients of whom nobody has recorded such a complaint.",
     Context::kPatient, true, false},
    {"appointment-book", "when an appointment is booked",
     "Says if the recorded answers call for being seen sooner than an appointment: now, or within days. Silent "
     "otherwise.",
     Context::kAppointments, false, true},
    {"order-select", "when an order is chosen",
     "Compares the orders just chosen with what the plugins forbid or hold for this patient. Names orders whose codes "
     "it "
     "does not know: they were not checked.",
     Context::kOrders, false, false},
    {"order-sign", "when orders are signed",
     "Compares all draft orders with what the plugins forbid or hold for this patient. Names orders whose codes it "
     "does "
     "not know: they were not checked.",
     Context::kOrders, false, false},
};

// Letters, digits, "-", "_" and "."; anything else becomes "-".
std::string AsId(std::string_view text) {
  std::string id;
  for (const char c : text) {
    const bool fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    id += fine ? c : '-';
  }
  return id;
}

std::vector<std::string> CodeSystemsOf(const std::vector<v1::PluginManifest>& manifests) {
  std::vector<std::string> systems;
  for (const v1::PluginManifest& manifest : manifests) {
    const std::string& system = manifest.code_system();
    if (!system.empty() && std::find(systems.begin(), systems.end(), system) == systems.end())
      systems.push_back(system);
  }
  return systems;
}

std::string PrefixOf(const std::vector<v1::PluginManifest>& manifests, const CdsOptions& options) {
  if (!options.service_prefix.empty()) return options.service_prefix;
  const std::vector<std::string> systems = CodeSystemsOf(manifests);
  if (systems.size() != 1) return "condyle";
  return AsId(std::string_view(systems[0]).substr(systems[0].find_last_of(":/") + 1));
}

std::string PercentEncoded(std::string_view text) {
  constexpr std::string_view kPlain = "-._~:/|,*";
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kPlain.find(c) != kPlain.npos;
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4], kHex[byte & 0xF]};
  }
  return out;
}

// Codes of one resource type, as "system|code", each once, in the order they came.
class Codes {
 public:
  void Add(const std::string& system, const std::string& code) {
    // A comma divides codes; one inside would need an escape that not every server knows.
    if (system.find(',') != system.npos || code.find(',') != code.npos) return;
    std::string token = PercentEncoded(system) + "|" + PercentEncoded(code);
    if (seen_.insert(token).second) tokens_.push_back(std::move(token));
  }

  // "observations", "observations2", ...: as many as are needed to keep each short.
  void Split(const std::string& key, const std::string& begin, const std::string& end, const std::string& text,
             std::vector<PrefetchTemplate>* out) const {
    std::string list;
    int number = 0;
    const auto flush = [&] {
      if (list.empty()) return;
      ++number;
      out->push_back({number == 1 ? key : key + std::to_string(number), begin + list + end, text});
      list.clear();
    };
    for (const std::string& token : tokens_) {
      if (begin.size() + list.size() + token.size() + end.size() > kMostQueryBytes) flush();
      list += (list.empty() ? "" : ",") + token;
    }
    flush();
  }

 private:
  std::set<std::string> seen_;
  std::vector<std::string> tokens_;
};

std::string Titles(const std::vector<v1::PluginManifest>& manifests) {
  std::string text;
  for (const v1::PluginManifest& manifest : manifests) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", manifest.title());
  }
  return text;
}

}  // namespace

std::vector<PrefetchTemplate> PrefetchOf(const std::vector<v1::PluginManifest>& manifests,
                                         const std::string& questionnaire) {
  std::vector<PrefetchTemplate> templates = {
      {std::string(kPatientKey), absl::StrCat("Patient/", kPatientToken), "the patient"}};
  Codes conditions;
  Codes observations;
  for (const std::string& system : CodeSystemsOf(manifests)) {
    observations.Add(system, "");  // "system|": any code of it
    conditions.Add(system, "");
  }
  for (const v1::PluginManifest& manifest : manifests) {
    for (const v1::Input& input : manifest.inputs()) {
      for (const v1::Coding& coding : input.codings()) observations.Add(coding.system(), coding.code());
      for (const v1::Coding& coding : input.condition_codings()) conditions.Add(coding.system(), coding.code());
    }
  }
  conditions.Split("conditions", absl::StrCat("Condition?patient=", kPatientToken, "&code="), "", "conditions",
                   &templates);
  observations.Split("observations", absl::StrCat("Observation?patient=", kPatientToken, "&code="),
                     "&_sort=-date&_count=200", "observations", &templates);
  if (!questionnaire.empty()) {
    templates.push_back({"answers",
                         absl::StrCat("QuestionnaireResponse?patient=", kPatientToken,
                                      "&questionnaire=", PercentEncoded(questionnaire), "&_sort=-authored&_count=1"),
                         "the answered form"});
  }
  return templates;
}

std::string UrlOfQuestionnaire(std::string_view json) {
  constexpr size_t kDepth = 64;
  intake::Json root;
  std::string_view url;
  if (intake::ParseJson(json, kDepth, &root) || root["url"].get(url) != simdjson::SUCCESS) return "";
  return std::string(url);
}

std::vector<Service> ServicesOf(const Host& host, const CdsOptions& options) {
  const std::vector<v1::PluginManifest> manifests = host.Manifests();
  const std::string prefix = PrefixOf(manifests, options);
  const std::vector<PrefetchTemplate> prefetch = PrefetchOf(manifests, UrlOfQuestionnaire(host.Questionnaire()));
  std::vector<Service> services;
  for (const HookRow& row : kHooks) {
    if (!options.hooks.empty() &&
        std::find(options.hooks.begin(), options.hooks.end(), row.hook) == options.hooks.end()) {
      continue;
    }
    Service& service = services.emplace_back();
    service.hook = row.hook;
    service.id = absl::StrCat(prefix, options.shared_ids ? (row.context == Context::kOrders ? "-orders" : "-patient")
                                                         : absl::StrCat("-", row.hook));
    service.title =
        absl::StrCat(options.organisation, options.organisation.empty() ? "" : ": ", prefix, ", ", row.title);
    service.description = absl::StrCat(row.says, " Made of: ", Titles(manifests), ".");
    service.usage_requirements =
        "Decision support for clinicians; it informs and decides nothing. Needs the patient; all else improves the "
        "answer, "
        "and what is missing is named, never taken as negative. Clients that cannot prefetch can give a FHIR R4 server "
        "and "
        "a token that reads Patient, Condition, Observation, QuestionnaireResponse and Encounter.";
    service.prefetch = prefetch;
    if (row.needs_encounter) {
      service.prefetch.push_back(
          {std::string(kEncounterKey), absl::StrCat("Encounter/", kEncounterToken), "the encounter"});
    }
    service.context = row.context;
    service.needs_encounter = row.needs_encounter;
    service.for_patients = row.for_patients;
  }
  return services;
}

std::string DiscoveryJson(const std::vector<Service>& services) {
  JsonWriter out(JsonLayout::kCompact);
  out.BeginObject();
  out.Key("services");
  out.BeginArray();
  for (const Service& service : services) {
    out.BeginObject();
    out.Member("hook", service.hook);
    out.Member("id", service.id);
    out.Member("title", service.title);
    out.Member("description", service.description);
    out.Member("usageRequirements", service.usage_requirements);
    out.Member("version", "2.0.1");
    out.Key("prefetch");
    out.BeginObject();
    for (const PrefetchTemplate& prefetch : service.prefetch) out.Member(prefetch.key, prefetch.query);
    out.EndObject();
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
  return out.Take();
}

std::string Filled(const std::string& query, std::string_view patient_id, std::string_view encounter_id) {
  std::string out = query;
  for (const auto& [token, value] : {std::pair<std::string_view, std::string_view>(kPatientToken, patient_id),
                                     std::pair<std::string_view, std::string_view>(kEncounterToken, encounter_id)}) {
    const size_t at = out.find(token);
    if (at == out.npos) continue;
    if (value.empty()) return "";
    out.replace(at, token.size(), PercentEncoded(value));
  }
  return out;
}

}  // namespace condyle::cds

namespace condyle {

const std::vector<std::string>& CdsHookNames() {
  static const auto* const kNames =
      new std::vector<std::string>{"patient-view", "encounter-start", "appointment-book", "order-select", "order-sign"};
  return *kNames;
}

}  // namespace condyle
