// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The Bundle: its head, and the resources in their order.
#include "host/fhir/composer.h"

#include <algorithm>

#include "host/fhir/uuid.h"
#include "host/report/words.h"

namespace condyle::fhir {
namespace {

// Everything that makes one consultation another, by the hashes of its receipt.
std::string SeedOf(const v1::Consultation& c, const FhirContext& context) {
  const v1::Receipt& receipt = c.receipt();
  std::string seed = absl::StrCat(c.case_id(), "\n", c.as_of(), "\n", context.patient, "\n", context.encounter, "\n",
                                  context.request_id, "\n", receipt.host_version(), "\n", receipt.host_sha256(), "\n",
                                  receipt.case_sha256(), "\n", c.inquiry().hypotheses(), "\n");
  for (const v1::PluginRun& run : receipt.plugins()) {
    absl::StrAppend(&seed, run.plugin_id(), " ", run.response_sha256(), "\n");
  }
  for (const v1::PluginFailure& failure : c.plugin_failures()) {
    absl::StrAppend(&seed, failure.plugin_id(), " ", failure.kind(), "\n");
  }
  return UuidOf(seed);
}

}  // namespace

Composer::Composer(const v1::Consultation& consultation, const FhirContext& context, const FhirOptions& options,
                   const Vocabulary& vocabulary)
    : c_(consultation),
      context_(context),
      options_(options),
      vocabulary_(vocabulary),
      seed_(SeedOf(consultation, context)) {
  for (const v1::Citation& citation : c_.citations()) citations_.emplace(citation.key(), &citation);
}

std::string Composer::Uuid(std::string_view name) const { return UuidOf(absl::StrCat(seed_, "/", std::string(name))); }

std::string Composer::UrlOf(std::string_view name) const { return "urn:uuid:" + Uuid(name); }

std::string Composer::DeviceOf(std::string_view plugin_id) const {
  return UrlOf(Name("device/", std::string(plugin_id)));
}

void Composer::Note(std::string_view plugin_id, std::string_view name) {
  auto at = std::find_if(made_.begin(), made_.end(), [&](const Made& made) { return made.plugin_id == plugin_id; });
  if (at == made_.end()) at = made_.insert(made_.end(), Made{std::string(plugin_id), {}});
  at->names.emplace_back(name);
}

Composer::Entry::Entry(Composer* composer, std::string_view type, std::string_view name)
    : entry_(composer->entries_->Element()), resource_([&] {
        const std::string uuid = composer->Uuid(name);
        composer->out_.Uri("fullUrl", "urn:uuid:" + uuid);
        return composer->out_.Object("resource");
      }()) {
  Writer& out = composer->out_;
  out.Code("resourceType", type);
  out.Code("id", composer->Uuid(name));
  if (!composer->options_.ai_label) return;
  const Writer::Scope meta = out.Object("meta");
  Writer::List labels(out, "security");
  const Writer::Scope label = labels.Element();
  out.CodingParts("http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "AIAST",
                  "Artificial Intelligence asserted");
}

std::string Composer::Compose() {
  WriteBundle();
  return out_.Take();
}

void Composer::WriteBundle() {
  const Writer::Scope bundle = out_.Object();
  out_.Code("resourceType", "Bundle");
  out_.Code("id", Uuid("bundle"));
  out_.Identifier("identifier", "urn:ietf:rfc:3986", UrlOf("bundle"));
  out_.Code("type", "collection");
  out_.Code("timestamp", c_.as_of());
  Writer::List entries(out_, "entry");
  entries_ = &entries;
  if (context_.plan_first) Plan();
  Guidance();
  if (!context_.plan_first) Plan();
  Flags();
  for (const v1::Assessment& a : c_.assessments()) {
    for (int i = 0; i < a.conclusions_size(); ++i) {
      if (vocabulary_.IsSafetyScreen(a.plugin_id()) && a.conclusions(i).status() == v1::STATUS_POSITIVE) Warning(a, i);
    }
  }
  Holds();
  for (int i = 0; i < c_.withheld_size(); ++i) Withheld(i);
  for (int i = 0; i < c_.recommendations_size(); ++i) {
    if (IsServiceRequest(c_.recommendations(i))) Request(i);
  }
  for (const v1::Assessment& a : c_.assessments()) {
    GuidanceOf(a);
    for (int i = 0; i < a.conclusions_size(); ++i) Conclusion(a, i);
    Evidence(a);
    for (int i = 0; i < a.risks_size(); ++i) GradedRisk(a, i);
    for (int i = 0; i < a.scores_size(); ++i) Score(a, i);
    for (int i = 0; i < a.pathway_size(); ++i) Stage(a, i);
    Pathway(a);
  }
  for (const v1::PluginFailure& failure : c_.plugin_failures()) GuidanceOfFailed(failure);
  Messages();
  Devices();
  Provenances();
}

void Composer::Subject(std::string_view key) {
  const Writer::Scope subject = out_.Object(key);
  out_.Uri("reference", context_.patient);
  out_.Code("type", "Patient");
  if (!context_.patient.empty()) return;
  out_.Text("display", c_.case_id().empty() ? std::string("The patient of the case that was assessed")
                                            : absl::StrCat("The patient of case ", c_.case_id()));
}

void Composer::Encounter() { out_.Reference("encounter", context_.encounter); }

void Composer::Sources(Writer::List& extensions, const Keys& keys, bool whole) {
  for (const std::string& key : keys) {
    const Writer::Scope extension = extensions.Element();
    out_.Uri("url", "urn:condyle:extension:source");
    const Writer::Scope artifact = out_.Object("valueRelatedArtifact");
    out_.Code("type", "citation");
    out_.Text("label", key);
    const v1::Citation* source = Find(key);
    if (source == nullptr) continue;
    out_.Text("display", source->title());
    if (!whole) continue;
    out_.Text("citation",
              source->locator().empty() ? source->title() : absl::StrCat(source->title(), ", ", source->locator()));
    out_.Uri("url", source->url());
  }
}

const v1::Citation* Composer::Find(const std::string& key) const {
  const auto at = citations_.find(key);
  return at == citations_.end() ? nullptr : at->second;
}

void Composer::SideList(std::string_view key, v1::Side side) {
  if (side == v1::SIDE_UNSPECIFIED) return;
  Writer::List sites(out_, key);
  const Writer::Scope site = sites.Element();
  vocabulary_.SideConcept(out_, side);
}

std::string Composer::Cited(const Keys& keys) const { return Joined(keys, ", "); }

v1::Urgency Composer::UrgencyOf(const v1::Recommendation& r) const {
  v1::Urgency most = v1::URGENCY_UNSPECIFIED;
  for (const v1::Assessment& a : c_.assessments()) {
    const bool gave = std::find(r.plugin_ids().begin(), r.plugin_ids().end(), a.plugin_id()) != r.plugin_ids().end();
    if (gave) most = std::max(most, a.urgency());
  }
  return most;
}

}  // namespace condyle::fhir

namespace condyle {

FhirFormat::FhirFormat(const std::vector<v1::PluginManifest>& manifests, FhirOptions options)
    : options_(std::move(options)), vocabulary_(manifests, options_.canonical_base) {}

std::string FhirFormat::Bundle(const v1::Consultation& consultation, const FhirContext& context) const {
  return fhir::Composer(consultation, context, options_, vocabulary_).Compose();
}

}  // namespace condyle
