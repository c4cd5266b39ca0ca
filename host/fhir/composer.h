// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The Bundle while it is written: what all resources share.
#ifndef CONDYLE_HOST_FHIR_COMPOSER_H_
#define CONDYLE_HOST_FHIR_COMPOSER_H_

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "condyle/v1/consultation.pb.h"
#include "host/fhir/fhir.h"
#include "host/fhir/vocabulary.h"
#include "host/fhir/writer.h"

namespace condyle::fhir {

using Keys = google::protobuf::RepeatedPtrField<std::string>;

class Composer {
 public:
  Composer(const v1::Consultation& consultation, const FhirContext& context, const FhirOptions& options,
           const Vocabulary& vocabulary);

  // Once.
  std::string Compose();

 private:
  // An entry and its resource, open until its end.
  class Entry {
   public:
    Entry(Composer* composer, std::string_view type, std::string_view name);

   private:
    Writer::Scope entry_;
    Writer::Scope resource_;
  };

  // Name of a resource within this Bundle, of which its UUID is made.
  template <typename... Parts>
  static std::string Name(const Parts&... parts) {
    return absl::StrCat(parts...);
  }
  std::string Uuid(std::string_view name) const;
  std::string UrlOf(std::string_view name) const;
  std::string DeviceOf(std::string_view plugin_id) const;

  void WriteBundle();
  // Guidance: guidance.cc
  void Guidance();
  void GuidanceOf(const v1::Assessment& assessment);
  void GuidanceOfFailed(const v1::PluginFailure& failure);
  void Questions();
  void MissingInputs(const v1::Assessment& assessment);
  void InputFilter(Writer::List& filters, const std::string& key, v1::Side side);
  void Messages();
  // Advice: advice.cc
  void Plan();
  void PlanSupport();
  void Activity(Writer::List& activities, int index);
  void Request(int index);
  void Pathway(const v1::Assessment& assessment);
  // What must not be overlooked: safety.cc
  void Flags();
  void Warning(const v1::Assessment& assessment, int index);
  void Holds();
  void Withheld(int index);
  // What was found: findings.cc
  void Conclusion(const v1::Assessment& assessment, int index);
  void Criteria(std::string_view name, const std::string& title, v1::Side side, std::string_view status,
                const google::protobuf::RepeatedPtrField<v1::Criterion>& criteria);
  void CriterionComponents(Writer::List& components, const google::protobuf::RepeatedPtrField<v1::Criterion>& criteria,
                           std::string_view kind);
  void Evidence(const v1::Assessment& assessment);
  void GradedRisk(const v1::Assessment& assessment, int index);
  void Score(const v1::Assessment& assessment, int index);
  void Stage(const v1::Assessment& assessment, int index);
  // Who made it: record.cc
  void Devices();
  void DeviceOfPlugin(const std::string& id, const std::string& version, const v1::PluginRun& run);
  void Provenances();
  void ProvenanceEntities(const std::string& plugin_id);

  // subject or patient, of whatever is known of the patient.
  void Subject(std::string_view key);
  void Encounter();
  void ObservationHead(const v1::Assessment& assessment, bool final);
  void Sources(Writer::List& extensions, const Keys& keys, bool whole = false);
  void SideList(std::string_view key, v1::Side side);
  std::string Cited(const Keys& keys) const;
  // The highest urgency of the plugins that gave it.
  v1::Urgency UrgencyOf(const v1::Recommendation& recommendation) const;
  const v1::Citation* Find(const std::string& key) const;

  const v1::Consultation& c_;
  const FhirContext& context_;
  const FhirOptions& options_;
  const Vocabulary& vocabulary_;
  Writer out_;
  std::string seed_;
  std::unordered_map<std::string_view, const v1::Citation*> citations_;
  // What each plugin's Provenance is about, and the host's own (""), by name.
  struct Made {
    std::string plugin_id;
    std::vector<std::string> names;
  };
  std::vector<Made> made_;
  void Note(std::string_view plugin_id, std::string_view name);
  // GuidanceResponses of failures, by name: one plugin can fail in two ways.
  std::set<std::string> failed_;
  Writer::List* entries_ = nullptr;
};

// Orders for a service; everything else is an activity of the plan.
bool IsServiceRequest(const v1::Recommendation& recommendation);

// The piece of advice in one line: text, side, time, dose, grade, sources.
std::string AdviceLine(const v1::Recommendation& recommendation);

}  // namespace condyle::fhir

#endif  // CONDYLE_HOST_FHIR_COMPOSER_H_
