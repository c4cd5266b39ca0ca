// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The four states of prefetched data, and what is made of each.
#include "host/cds_hooks/patient_data.h"

#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"

namespace condyle::cds {
namespace {

constexpr char kBundleEntry[] = "/entry/";
constexpr char kResource[] = "/resource";

class Collector {
 public:
  Collector(const CdsRequest& request, const Service& service, const Vocabulary& vocabulary, const ReadLimits& limits,
            PatientData* data)
      : request_(request), service_(service), vocabulary_(vocabulary), limits_(limits), data_(*data) {}

  std::optional<Fault> Collect() {
    for (size_t i = 0; i < request_.prefetch.size(); ++i) {
      const Prefetched& given = request_.prefetch[i];
      switch (given.state) {
        case PrefetchState::kNoData:
          if (given.key == kPatientKey) return NoPatient("/prefetch/patient", "is null, and the patient is needed");
          break;
        case PrefetchState::kGiven:
          if (auto fault = Take(given)) return fault;
          break;
        case PrefetchState::kFirstPage:  // what is here is used if the rest cannot be read
        case PrefetchState::kAbsent:
        case PrefetchState::kFailed:
          wanting_.push_back(i);
          break;
      }
    }
    if (auto fault = ReadRest()) return fault;
    if (!has_patient_) return NoPatient("/prefetch/patient", "holds no Patient");
    return std::nullopt;
  }

 private:
  std::optional<Fault> NoPatient(const std::string& path, const std::string& message) const {
    return Fault{412, "prefetch", path, message};
  }

  std::optional<Fault> Take(const Prefetched& given) {
    bool failed_in_part = false;
    for (const Resource& resource : given.resources) {
      if (resource.facts.type == "OperationOutcome") {
        failed_in_part = true;
        continue;
      }
      if (auto fault = Add(resource.facts, std::string(resource.text), resource.path)) return fault;
    }
    if (failed_in_part) {
      data_.not_available.push_back(absl::StrCat(TextOf(given.key), ": the record system could not give all of them"));
    }
    return std::nullopt;
  }

  std::optional<Fault> Add(const ResourceFacts& facts, std::string text, std::string path) {
    if (facts.type == "Patient") {
      const std::string id_path = absl::StrCat(path.empty() ? "/context/patientId" : path + "/id");
      if (facts.id.empty()) return Fault{400, "prefetch", id_path, "is missing: it must be that of context.patientId"};
      if (facts.id != request_.patient_id) {
        return Fault{400, "prefetch", id_path, "is not context.patientId: the data is another patient's"};
      }
      if (has_patient_) return std::nullopt;  // included in a search
      has_patient_ = true;
    }
    if (facts.type == "Encounter") {
      if (!facts.location.empty()) data_.location = facts.location;
      return std::nullopt;  // nobody reads more of it
    }
    if (facts.own_answers) {
      data_.own_answers = true;
      data_.undated_answers |= facts.day.empty();
      if (facts.day > data_.newest_day) data_.newest_day = facts.day;
    }
    data_.texts.push_back(std::move(text));
    data_.paths.push_back(std::move(path));
    return std::nullopt;
  }

  std::string TextOf(const std::string& key) const {
    for (const PrefetchTemplate& wanted : service_.prefetch) {
      if (wanted.key == key) return wanted.text;
    }
    return key;
  }

  bool IsNeeded(const Prefetched& given) const { return limits_.need_all || given.key == kPatientKey; }

  std::optional<Fault> ReadRest() {
    const bool may_read = limits_.reader != nullptr && !request_.fhir_server.empty() && !request_.token.empty();
    std::vector<std::string> queries;
    std::vector<size_t> asked;
    for (const size_t i : wanting_) {
      const std::string query =
          may_read ? Filled(service_.prefetch[i].query, request_.patient_id, request_.encounter_id) : std::string();
      if (query.empty()) {
        if (auto fault = GoWithout(request_.prefetch[i], WhyNot(request_.prefetch[i], may_read))) return fault;
        continue;
      }
      queries.push_back(query);
      asked.push_back(i);
    }
    // Nobody prefetches the encounter where a hook may come without one; its location is for the audit trail alone.
    const bool wants_location = may_read && !request_.encounter_id.empty() && data_.location.empty() &&
                                !service_.needs_encounter && !queries.empty();
    if (wants_location) queries.push_back("Encounter/" + request_.encounter_id);
    if (queries.empty()) return std::nullopt;
    const std::vector<FhirAnswer> answers =
        limits_.reader->Read({request_.fhir_server, request_.token}, queries, limits_.deadline, limits_.cancel);
    data_.reads = static_cast<int>(queries.size());
    for (size_t n = 0; n < queries.size(); ++n) {
      const bool failed = n >= answers.size() || answers[n].state == FhirAnswer::State::kFailed;
      data_.failed_reads += failed ? 1 : 0;
      const Prefetched* given = n < asked.size() ? &request_.prefetch[asked[n]] : nullptr;
      if (failed) {
        if (given == nullptr) continue;
        const std::string why = n < answers.size() && !answers[n].error.empty() ? answers[n].error : "reading failed";
        if (auto fault = GoWithout(*given, why)) return fault;
        continue;
      }
      if (answers[n].state == FhirAnswer::State::kAbsent && given != nullptr && IsNeeded(*given)) {
        return NoPatient("/context/patientId", "the FHIR server has no such " + TextOf(given->key));
      }
      for (const std::string& text : answers[n].resources) {
        if (auto fault = AddRead(text)) return fault;
      }
    }
    return std::nullopt;
  }

  std::optional<Fault> AddRead(const std::string& text) {
    constexpr size_t kDepth = 64;
    intake::Json json;
    if (intake::ParseJson(text, kDepth, &json)) {
      data_.not_available.push_back("a resource that the FHIR server gave is no sound JSON");
      return std::nullopt;
    }
    const ResourceFacts facts = ReadResource(json, vocabulary_);
    if (facts.type == "OperationOutcome") {
      data_.not_available.push_back("the FHIR server could not give all that was asked for");
      return std::nullopt;
    }
    return Add(facts, text, "");
  }

  std::string WhyNot(const Prefetched& given, bool may_read) const {
    if (given.state == PrefetchState::kFirstPage)
      return "only the first page was sent, and the further ones cannot be read";
    const std::string what =
        given.state == PrefetchState::kFailed ? "the record system could not give them" : "they were not sent";
    if (may_read) return what;
    return what +
           (request_.token.empty() ? ", and no token to read them" : ", and nothing is read from FHIR servers here");
  }

  std::optional<Fault> GoWithout(const Prefetched& given, const std::string& why) {
    if (given.state == PrefetchState::kFirstPage) {
      if (auto fault = Take(given)) return fault;
    }
    if (given.key == kEncounterKey && !limits_.need_all) return std::nullopt;  // says nothing of the patient
    if (IsNeeded(given)) {
      return Fault{412, "prefetch", "/prefetch/" + given.key,
                   absl::StrCat(TextOf(given.key), ": ", why, ". Send it, or a fhirServer with fhirAuthorization")};
    }
    data_.not_available.push_back(absl::StrCat(TextOf(given.key), ": ", why));
    return std::nullopt;
  }

  const CdsRequest& request_;
  const Service& service_;
  const Vocabulary& vocabulary_;
  const ReadLimits& limits_;
  PatientData& data_;
  std::vector<size_t> wanting_;
  bool has_patient_ = false;
};

}  // namespace

std::string PatientData::Bundle(const std::string& timestamp, const std::string& id) const {
  constexpr size_t kAround = 16;
  size_t size = 200;
  for (const std::string& text : texts) size += text.size() + kAround;
  std::string out;
  out.reserve(size);
  // Both are of our own making: nothing in them needs an escape.
  absl::StrAppend(&out, R"({"resourceType":"Bundle","type":"collection","id":")", id, R"(","timestamp":")", timestamp,
                  R"(","entry":[)");
  for (size_t i = 0; i < texts.size(); ++i) {
    out += i == 0 ? R"({"resource":)" : R"(,{"resource":)";
    out += texts[i];
    out += '}';
  }
  out += "]}";
  return out;
}

std::string PatientData::PathInRequest(const std::string& pointer) const {
  constexpr size_t kBegin = sizeof(kBundleEntry) - 1;
  if (pointer.rfind(kBundleEntry, 0) != 0) return pointer;
  size_t index = 0;
  const char* const end = pointer.data() + pointer.size();
  const auto [rest, error] = std::from_chars(pointer.data() + kBegin, end, index);
  if (error != std::errc() || index >= paths.size()) return pointer;
  std::string tail(rest, end);
  if (tail.rfind(kResource, 0) == 0) tail.erase(0, sizeof(kResource) - 1);
  return (paths[index].empty() ? "(read from the FHIR server)" : paths[index]) + tail;
}

std::optional<Fault> CollectData(const CdsRequest& request, const Service& service, const Vocabulary& vocabulary,
                                 const ReadLimits& limits, PatientData* data) {
  return Collector(request, service, vocabulary, limits, data).Collect();
}

}  // namespace condyle::cds
