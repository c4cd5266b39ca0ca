// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Walks the resources of a Bundle once, by member, and turns what the catalogue knows into findings.
#include "host/intake/fhir.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "host/intake/fhir_value.h"

namespace condyle::intake {
namespace {

using Steps = std::vector<JsonPath::Step>;

// Texts that may carry a suggestion: each costs a comparison with every key.
constexpr size_t kMostSuggestions = 50;

constexpr std::string_view kFromPatient = "patient";
constexpr std::string_view kFromClinician = "clinician";

// Where a finding came from.
struct Origin {
  // Range of FhirPlaces::steps.
  size_t begin = 0;
  size_t end = 0;
  // Members below it; may hold a slash.
  std::string_view value;
  std::string_view unit;
  std::string_view time;
  std::string_view key;
};

class FhirPlaces final : public Places {
 public:
  std::string OfFinding(size_t index, Part part) const override {
    const Origin& origin = origins[index];
    const std::string base = JsonPath::ToString(steps.data() + origin.begin, steps.data() + origin.end);
    std::string_view member;
    switch (part) {
      case Part::kFinding:
        break;
      case Part::kKey:
        member = origin.key;
        break;
      case Part::kSide:
        member = origin.key == "linkId" ? origin.key : "bodySite";
        break;
      case Part::kValue:
        member = origin.value;
        break;
      case Part::kUnit:
        member = origin.unit;
        break;
      case Part::kObservedAt:
        member = origin.time;
        break;
    }
    return member.empty() ? base : base + "/" + std::string(member);
  }

  std::string OfPatient(PatientPart part) const override {
    switch (part) {
      case PatientPart::kBirthDate:
      case PatientPart::kAge:
        return patient + "/birthDate";
      case PatientPart::kSex:
        return patient + "/gender";
      default:
        return patient;
    }
  }

  std::string OfAsOf() const override { return as_of; }

  Steps steps;
  std::vector<Origin> origins;
  std::string patient;
  std::string as_of;
};

// Members of Observation and of its components. The most frequent come first; those only skipped are there to be found
// fast.
enum ObservationMember {
  kResourceType,
  kId,
  kStatus,
  kCode,
  kSubject,
  kEffectiveDateTime,
  kBodySite,
  kMeta,
  kText,
  kCategory,
  kDataAbsentReason,
  kInterpretation,
  kComponent,
  kPerformer,
  kIssued,
  kEffectiveInstant,
  kEffectivePeriod,
  kModifierExtension,
  kImplicitRules,
  kFirstValue,
  kObservationMembers = kFirstValue + static_cast<int>(kValueMembers.size())
};
constexpr std::array<std::string_view, kFirstValue> kObservationOthers = {"resourceType",
                                                                          "id",
                                                                          "status",
                                                                          "code",
                                                                          "subject",
                                                                          "effectiveDateTime",
                                                                          "bodySite",
                                                                          "meta",
                                                                          "text",
                                                                          "category",
                                                                          "dataAbsentReason",
                                                                          "interpretation",
                                                                          "component",
                                                                          "performer",
                                                                          "issued",
                                                                          "effectiveInstant",
                                                                          "effectivePeriod",
                                                                          "modifierExtension",
                                                                          "implicitRules"};
constexpr std::array<std::string_view, kObservationMembers> kObservationNames = [] {
  std::array<std::string_view, kObservationMembers> names{};
  for (size_t i = 0; i < kObservationOthers.size(); ++i) names[i] = kObservationOthers[i];
  for (size_t i = 0; i < kValueMembers.size(); ++i) names[kFirstValue + i] = kValueMembers[i].name;
  return names;
}();
using ObservationValues = std::array<std::optional<Json>, kObservationMembers>;

constexpr std::array<std::string_view, kValueMembers.size()> kAnswerNames = [] {
  std::array<std::string_view, kValueMembers.size()> names{};
  for (size_t i = 0; i < kValueMembers.size(); ++i) names[i] = kValueMembers[i].name;
  return names;
}();

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Without "/_history/2".
std::string_view WithoutVersion(std::string_view reference) {
  return reference.substr(0, reference.find("/_history/"));
}

class FhirReader {
 public:
  FhirReader(const InputCatalog& inputs, Draft* draft, FhirPlaces* places)
      : inputs_(inputs), draft_(*draft), places_(*places) {}

  Problem Read(const JsonObject& root) {
    const JsonPath path;
    std::string_view type;
    Json type_json;
    if (root["resourceType"].get(type_json) != simdjson::SUCCESS) return Refuse("/resourceType", "is missing");
    if (Problem problem = ReadString(type_json, JsonPath(path, "resourceType"), &type)) return problem;
    draft_.newest_wins = true;
    Problem problem;
    if (type == "Bundle") {
      problem = ReadBundle(root, path);
    } else if (type == "QuestionnaireResponse") {
      places_.as_of = "/authored";
      problem = ReadResponse(root, path, true);
    } else {
      problem = Refuse("/resourceType", Quote(type) + " is not read; send a FHIR R4 Bundle or QuestionnaireResponse");
    }
    if (!problem) NoticeWhatWasLeftOut();
    return problem;
  }

 private:
  struct Entry {
    size_t index;
    std::string_view type;
    JsonObject resource;
  };

  // What an observation hands down to its components.
  struct Common {
    std::string_view observed_at;
    Moment time;
    std::string_view time_member;
    std::string_view source;
    std::vector<CodeRef> body_sites;
  };

  // ---- Bundle ----

  Problem ReadBundle(const JsonObject& bundle, const JsonPath& path) {
    static constexpr std::array<std::string_view, 7> kNames = {"type", "timestamp",         "entry",        "id",
                                                               "link", "modifierExtension", "implicitRules"};
    std::array<std::optional<Json>, kNames.size()> values;
    if (Problem problem = ReadMembers(bundle, kNames, path, &values, IgnoreUnknown)) return problem;
    if (values[5] || values[6]) return RefuseModified(path, values[5] ? kNames[5] : kNames[6]);
    if (values[0]) {
      const JsonPath type_path(path, kNames[0]);
      std::string_view type;
      if (Problem problem = ReadString(*values[0], type_path, &type)) return problem;
      if (type == "history") {
        return Refuse(type_path.ToString(),
                      "a Bundle of type history also holds superseded and deleted resources; "
                      "send the current ones, for example as a collection");
      }
    }
    places_.as_of = "/timestamp";
    if (values[1]) {
      if (Problem problem = CopyText(*values[1], JsonPath(path, kNames[1]), draft_.value.mutable_as_of()))
        return problem;
    }
    if (values[3]) {
      if (Problem problem = CopyText(*values[3], JsonPath(path, kNames[3]), draft_.value.mutable_id())) return problem;
    }
    if (values[4]) {
      if (Problem problem = NoticeFurtherPages(*values[4], JsonPath(path, kNames[4]))) return problem;
    }
    const JsonPath entries_path(path, kNames[2]);
    std::vector<Entry> entries;
    if (values[2]) {
      if (Problem problem = CollectEntries(*values[2], entries_path, &entries)) return problem;
    }
    if (patients_ != 1) {
      return Refuse(entries_path.ToString(),
                    "the Bundle has " + std::to_string(patients_) + " Patient resources; it must have exactly one");
    }
    Reserve(entries.size());
    for (const Entry& entry : entries) {
      const JsonPath entry_path(entries_path, entry.index);
      const JsonPath resource_path(entry_path, "resource");
      Problem problem;
      if (entry.type == "Observation") {
        problem = ReadObservation(entry.resource, resource_path);
      } else if (entry.type == "Condition") {
        problem = ReadCondition(entry.resource, resource_path);
      } else if (entry.type == "QuestionnaireResponse") {
        problem = ReadResponse(entry.resource, resource_path, false);
      } else if (entry.type != "Patient") {
        LeaveOut("resources of type " + Quote(entry.type) + " are not read", resource_path);
      }
      if (problem) return problem;
    }
    return std::nullopt;
  }

  Problem NoticeFurtherPages(const Json& json, const JsonPath& path) {
    JsonArray links;
    if (Problem problem = ReadArray(json, path, &links)) return problem;
    for (const Json& link : links) {
      std::string_view relation;
      if (link["relation"].get(relation) == simdjson::SUCCESS && relation == "next") {
        draft_.notices.Add(path.ToString(),
                           "the Bundle is one page of a search with further pages, which were not read");
      }
    }
    return std::nullopt;
  }

  // Finds the patient, to whom the other resources are compared, and the types of the rest.
  Problem CollectEntries(const Json& json, const JsonPath& path, std::vector<Entry>* entries) {
    static constexpr std::array<std::string_view, 2> kNames = {"resource", "fullUrl"};
    JsonArray array;
    if (Problem problem = ReadArray(json, path, &array)) return problem;
    size_t index = 0;
    for (const Json& element : array) {
      const JsonPath entry_path(path, index);
      JsonObject object;
      if (Problem problem = ReadObject(element, entry_path, &object)) return problem;
      std::array<std::optional<Json>, kNames.size()> values;
      if (Problem problem = ReadMembers(object, kNames, entry_path, &values, IgnoreUnknown)) return problem;
      const size_t at = index++;
      if (!values[0]) continue;
      const JsonPath resource_path(entry_path, kNames[0]);
      Entry entry{at, {}, {}};
      if (Problem problem = ReadObject(*values[0], resource_path, &entry.resource)) return problem;
      Json type;
      if (entry.resource["resourceType"].get(type) != simdjson::SUCCESS) {
        return Refuse(resource_path.ToString(), "the resource has no resourceType");
      }
      if (Problem problem = ReadString(type, JsonPath(resource_path, "resourceType"), &entry.type)) return problem;
      if (entry.type == "Patient") {
        std::string_view full_url;
        if (values[1]) {
          if (Problem problem = ReadString(*values[1], JsonPath(entry_path, kNames[1]), &full_url)) return problem;
        }
        if (Problem problem = ReadPatient(entry.resource, resource_path, full_url)) return problem;
      }
      entries->push_back(entry);
    }
    return std::nullopt;
  }

  Problem ReadPatient(const JsonObject& object, const JsonPath& path, std::string_view full_url) {
    static constexpr std::array<std::string_view, 5> kNames = {"id", "gender", "birthDate", "modifierExtension",
                                                               "implicitRules"};
    if (++patients_ > 1) return std::nullopt;  // refused when all are counted
    std::array<std::optional<Json>, kNames.size()> values;
    if (Problem problem = ReadMembers(object, kNames, path, &values, IgnoreUnknown)) return problem;
    if (values[3] || values[4]) return RefuseModified(path, values[3] ? kNames[3] : kNames[4]);
    places_.patient = path.ToString();
    patient_url_ = full_url;
    v1::Patient& patient = *draft_.value.mutable_patient();
    if (values[0]) {
      if (Problem problem = ReadString(*values[0], JsonPath(path, kNames[0]), &patient_id_)) return problem;
    }
    if (values[1]) {
      const JsonPath gender_path(path, kNames[1]);
      std::string_view gender;
      if (Problem problem = ReadString(*values[1], gender_path, &gender)) return problem;
      if (gender == "female") {
        patient.set_sex(v1::SEX_FEMALE);
      } else if (gender == "male") {
        patient.set_sex(v1::SEX_MALE);
      } else if (gender == "other" || gender == "unknown") {
        draft_.notices.Add(gender_path.ToString(),
                           "gender is " + std::string(gender) + ": the sex counts as not recorded");
      } else {
        return Refuse(gender_path.ToString(), Quote(gender) + " is not one of male, female, other, unknown");
      }
    }
    if (values[2]) {
      draft_.partial_birth_date = true;
      if (Problem problem = CopyText(*values[2], JsonPath(path, kNames[2]), patient.mutable_birth_date()))
        return problem;
    }
    return std::nullopt;
  }

  // ---- Observation ----

  Problem ReadObservation(const JsonObject& object, const JsonPath& path) {
    ObservationValues values;
    if (Problem problem = ReadMembers(object, kObservationNames, path, &values, IgnoreUnknown)) return problem;
    bool skip = false;
    if (Problem problem = CheckObservationStatus(values[kStatus], path, &skip)) return problem;
    if (skip) return std::nullopt;
    if (Problem problem = CheckSubject(values[kSubject], path)) return problem;
    if (values[kModifierExtension] || values[kImplicitRules]) {
      LeaveOut("Observations with a modifierExtension or implicitRules are not used, as their meaning may be changed",
               path);
      return std::nullopt;
    }
    Common common;
    if (Problem problem = ReadEffective(values, path, &common)) return problem;
    common.source = kFromClinician;
    if (values[kPerformer]) {
      if (Problem problem = ReadPerformers(*values[kPerformer], JsonPath(path, "performer"), &common.source))
        return problem;
    }
    if (values[kBodySite]) {
      if (Problem problem = ReadConcept(*values[kBodySite], JsonPath(path, "bodySite"), &common.body_sites))
        return problem;
    }
    std::vector<CodeRef>& codes = codes_;
    codes.clear();
    bool known = false;
    if (Problem problem = AddObservation(values, path, common, &codes, &known)) return problem;
    if (values[kComponent]) {
      const JsonPath components_path(path, "component");
      JsonArray components;
      if (Problem problem = ReadArray(*values[kComponent], components_path, &components)) return problem;
      size_t index = 0;
      for (const Json& element : components) {
        const JsonPath component_path(components_path, index++);
        JsonObject component;
        if (Problem problem = ReadObject(element, component_path, &component)) return problem;
        ObservationValues parts;
        if (Problem problem = ReadMembers(component, kObservationNames, component_path, &parts, IgnoreUnknown))
          return problem;
        if (parts[kModifierExtension]) {
          LeaveOut("components with a modifierExtension are not used, as their meaning may be changed", component_path);
          known = true;
          continue;
        }
        parts[kComponent].reset();
        if (Problem problem = AddObservation(parts, component_path, common, &codes, &known)) return problem;
      }
    }
    if (!known) NoticeUnknownCode("Observation", codes, path);
    return std::nullopt;
  }

  Problem CheckObservationStatus(const std::optional<Json>& json, const JsonPath& path, bool* skip) {
    const JsonPath status_path(path, "status");
    if (!json) {
      LeaveOut("Observations without a status are used as if they were final", path);
      return std::nullopt;
    }
    std::string_view status;
    if (Problem problem = ReadString(*json, status_path, &status)) return problem;
    if (status == "final" || status == "amended" || status == "corrected") return std::nullopt;
    if (status == "entered-in-error" || status == "cancelled" || status == "registered") {
      LeaveOut("Observations with the status " + std::string(status) + " are not used", path);
      *skip = true;
      return std::nullopt;
    }
    if (status == "preliminary" || status == "unknown") {
      LeaveOut("Observations with the status " + std::string(status) + " are used, but may still change", path);
      return std::nullopt;
    }
    return Refuse(status_path.ToString(), Quote(status) +
                                              " is not one of final, amended, corrected, preliminary, unknown, "
                                              "registered, cancelled, entered-in-error");
  }

  Problem ReadEffective(const ObservationValues& values, const JsonPath& path, Common* common) {
    static constexpr std::array<std::string_view, 2> kPeriodNames = {"start", "end"};
    const std::optional<Json>* json = nullptr;
    for (const int member : {kEffectiveDateTime, kEffectiveInstant, kIssued}) {
      const size_t at = static_cast<size_t>(member);
      if (member == kIssued && values[kEffectivePeriod]) break;
      if (!values[at]) continue;
      json = &values[at];
      common->time_member = kObservationNames[at];
      break;
    }
    std::array<std::optional<Json>, 2> period;
    if (json == nullptr && values[kEffectivePeriod]) {
      const JsonPath period_path(path, "effectivePeriod");
      JsonObject object;
      if (Problem problem = ReadObject(*values[kEffectivePeriod], period_path, &object)) return problem;
      if (Problem problem = ReadMembers(object, kPeriodNames, period_path, &period, IgnoreUnknown)) return problem;
      common->time_member = period[1] ? "effectivePeriod/end" : "effectivePeriod/start";
      json = period[1] ? &period[1] : &period[0];
      if (!*json) return std::nullopt;
    }
    if (json == nullptr) return std::nullopt;
    return ReadTime(**json, JsonPath(path, common->time_member.substr(0, common->time_member.find('/'))), common);
  }

  // A FHIR dateTime; one without a day orders nothing and is not passed on, but may not lie in the future.
  Problem ReadTime(const Json& json, const JsonPath& path, Common* common) {
    std::string_view text;
    if (Problem problem = ReadString(json, path, &text)) return problem;
    const std::optional<Moment> moment = ParseFhirDateTime(text);
    if (!moment)
      return Refuse(path.ToString(), Quote(text) + " is not a FHIR date-time, for example 2026-05-01T09:00:00Z");
    common->time = *moment;
    if (moment->precision >= Precision::kDay) common->observed_at = text;
    return std::nullopt;
  }

  Problem ReadPerformers(const Json& json, const JsonPath& path, std::string_view* source) {
    JsonArray performers;
    if (Problem problem = ReadArray(json, path, &performers)) return problem;
    size_t index = 0;
    size_t lay = 0;
    for (const Json& performer : performers) {
      std::string_view reference;
      std::string_view type;
      if (Problem problem = ReadReference(performer, JsonPath(path, index++), &reference, &type)) return problem;
      if (IsLayPerson(reference, type)) ++lay;
    }
    if (index > 0 && lay == index) *source = kFromPatient;
    return std::nullopt;
  }

  // Adds the finding of an observation or component, if its code is known.
  Problem AddObservation(const ObservationValues& values, const JsonPath& path, const Common& common,
                         std::vector<CodeRef>* all_codes, bool* known) {
    if (!values[kCode]) return std::nullopt;
    const JsonPath code_path(path, "code");
    const size_t before = all_codes->size();
    if (Problem problem = ReadConcept(*values[kCode], code_path, all_codes)) return problem;
    const CatalogInput* entry = nullptr;
    bool own_code = false;
    for (size_t i = before; i < all_codes->size(); ++i) {
      const CodeRef& code = (*all_codes)[i];
      const CatalogInput* found = inputs_.FindByCoding(code.system, code.code);
      if (found == nullptr) continue;
      if (entry != nullptr && entry != found) {
        return Refuse(code_path.ToString(), "the codes " + CodesText(*all_codes) + " stand for two inputs, " +
                                                entry->input.key() + " and " + found->input.key() +
                                                "; give one of them");
      }
      entry = found;
      own_code = own_code || code.code == found->input.key();
    }
    if (entry == nullptr) return std::nullopt;
    *known = true;
    const v1::Input& input = entry->input;
    const ValueContext context{input, inputs_.code_systems(), false, own_code, values[kInterpretation]};
    v1::Finding finding;
    ValueOutcome outcome;
    const FhirValue* value = nullptr;
    FhirValue found_value;
    for (size_t i = 0; i < kValueMembers.size(); ++i) {
      const std::optional<Json>& json = values[kFirstValue + i];
      if (!json) continue;
      if (value != nullptr) {
        const JsonPath second(path, kValueMembers[i].name);
        return Refuse(second.ToString(), input.key() + ": there are two values, " + std::string(found_value.member) +
                                             " and " + std::string(kValueMembers[i].name) + "; give one");
      }
      found_value = {kValueMembers[i].type, kValueMembers[i].name, *json};
      value = &found_value;
    }
    if (value != nullptr) {
      if (Problem problem = ReadValue(*value, path, context, &finding, &outcome)) return problem;
    } else {
      if (Problem problem = ReadInterpretation(path, context, &finding, &outcome.used)) return problem;
      if (values[kDataAbsentReason]) {
        outcome.used = false;
        outcome.why_not = "dataAbsentReason says that there is no value";
      } else if (!outcome.used) {
        if (values[kComponent]) return std::nullopt;
        outcome.why_not = "there is no value";
      }
    }
    if (!outcome.used) {
      draft_.notices.Add(path.ToString(), input.key() + ": " + outcome.why_not + "; counted as not known");
      return std::nullopt;
    }
    if (Problem problem = SetSide(common.body_sites, input, own_code, path, &finding)) return problem;
    finding.set_key(input.key());
    finding.set_source(std::string(common.source));
    finding.set_observed_at(std::string(common.observed_at));
    FindingNote note;
    note.input = entry;
    note.time = common.time;
    Add(std::move(finding), note, path, {0, 0, outcome.value_member, outcome.unit_member, common.time_member, "code"});
    return std::nullopt;
  }

  // Side that the codes name. A side on an input that has none is refused only where the sender speaks of our own
  // input.
  Problem SetSide(const std::vector<CodeRef>& codes, const v1::Input& input, bool own_code, const JsonPath& path,
                  v1::Finding* finding) {
    v1::Side side = v1::SIDE_UNSPECIFIED;
    for (const CodeRef& code : codes) {
      const v1::Side found = inputs_.FindSide(code.system, code.code);
      if (found == v1::SIDE_UNSPECIFIED) continue;
      if (side != v1::SIDE_UNSPECIFIED && side != found) {
        const JsonPath site_path(path, "bodySite");
        return Refuse(site_path.ToString(),
                      input.key() + ": bodySite names both sides; send one resource for each side");
      }
      side = found;
    }
    if (input.sided() && side == v1::SIDE_UNSPECIFIED && !codes.empty()) {
      draft_.notices.Add(path.ToString(), input.key() + ": bodySite (" + CodesText(codes) +
                                              ") names no side that is known; the side counts as not known");
    }
    if (input.sided() || own_code) finding->set_side(side);
    return std::nullopt;
  }

  // ---- Condition ----

  Problem ReadCondition(const JsonObject& object, const JsonPath& path) {
    enum { kName, kWho, kClinical, kVerification, kSites, kRecorded, kAsserter, kModified, kImplicit, kMembers };
    static constexpr std::array<std::string_view, kMembers> kNames = {
        "code",         "subject",  "clinicalStatus",    "verificationStatus", "bodySite",
        "recordedDate", "asserter", "modifierExtension", "implicitRules"};
    std::array<std::optional<Json>, kMembers> values;
    if (Problem problem = ReadMembers(object, kNames, path, &values, IgnoreUnknown)) return problem;
    std::vector<CodeRef> verification;
    if (values[kVerification]) {
      if (Problem problem = ReadConcept(*values[kVerification], JsonPath(path, kNames[kVerification]), &verification)) {
        return problem;
      }
    }
    if (HasCode(verification, "entered-in-error")) {
      LeaveOut("Conditions that were entered in error are not used", path);
      return std::nullopt;
    }
    if (Problem problem = CheckSubject(values[kWho], path)) return problem;
    if (values[kModified] || values[kImplicit]) {
      LeaveOut("Conditions with a modifierExtension or implicitRules are not used, as their meaning may be changed",
               path);
      return std::nullopt;
    }
    std::vector<CodeRef> codes;
    if (values[kName]) {
      if (Problem problem = ReadConcept(*values[kName], JsonPath(path, kNames[kName]), &codes)) return problem;
    }
    const CatalogInput* entry = nullptr;
    bool own_code = false;
    for (const CodeRef& code : codes) {
      const CatalogInput* found = inputs_.FindByConditionCoding(code.system, code.code);
      const bool own = found == nullptr;
      if (own) found = inputs_.FindByCoding(code.system, code.code);
      if (found == nullptr || found->input.type() != v1::INPUT_TYPE_BOOLEAN) continue;
      if (entry != nullptr && entry != found) {
        const JsonPath code_path(path, "code");
        return Refuse(code_path.ToString(), "the codes " + CodesText(codes) + " stand for two inputs, " +
                                                entry->input.key() + " and " + found->input.key() +
                                                "; give one of them");
      }
      entry = found;
      own_code = own_code || own;
    }
    if (entry == nullptr) {
      NoticeUnknownCode("Condition", codes, path);
      return std::nullopt;
    }
    const v1::Input& input = entry->input;
    const auto not_used = [&](const std::string& why) {
      draft_.notices.Add(path.ToString(), input.key() + ": the Condition is not used: " + why);
      return std::nullopt;
    };
    v1::Finding finding;
    if (HasCode(verification, "refuted")) {
      // That one disease is ruled out does not rule out the others that the input stands for.
      if (!own_code) return not_used("it is refuted, which does not answer the whole question");
      finding.set_present(false);
    } else if (!verification.empty() && !HasCode(verification, "confirmed")) {
      return not_used("its verificationStatus is not confirmed (" + CodesText(verification) + ")");
    } else {
      std::vector<CodeRef> clinical;
      if (values[kClinical]) {
        if (Problem problem = ReadConcept(*values[kClinical], JsonPath(path, kNames[kClinical]), &clinical))
          return problem;
      }
      const bool over =
          HasCode(clinical, "inactive") || HasCode(clinical, "remission") || HasCode(clinical, "resolved");
      if (over && input.section() != "history") return not_used("it is no longer active (" + CodesText(clinical) + ")");
      finding.set_present(true);
    }
    if (values[kSites]) {
      const JsonPath sites_path(path, kNames[kSites]);
      JsonArray sites;
      if (Problem problem = ReadArray(*values[kSites], sites_path, &sites)) return problem;
      std::vector<CodeRef> site_codes;
      size_t index = 0;
      for (const Json& site : sites) {
        if (Problem problem = ReadConcept(site, JsonPath(sites_path, index++), &site_codes)) return problem;
      }
      if (Problem problem = SetSide(site_codes, input, own_code, path, &finding)) return problem;
    }
    Common common;
    if (values[kRecorded]) {
      if (Problem problem = ReadTime(*values[kRecorded], JsonPath(path, kNames[kRecorded]), &common)) return problem;
    }
    std::string_view source = kFromClinician;
    if (values[kAsserter]) {
      std::string_view reference;
      std::string_view type;
      if (Problem problem = ReadReference(*values[kAsserter], JsonPath(path, kNames[kAsserter]), &reference, &type)) {
        return problem;
      }
      if (IsLayPerson(reference, type)) source = kFromPatient;
    }
    finding.set_key(input.key());
    finding.set_source(std::string(source));
    finding.set_observed_at(std::string(common.observed_at));
    FindingNote note;
    note.input = entry;
    note.lasting = true;
    Add(std::move(finding), note, path, {0, 0, "code", "code", kNames[kRecorded], "code"});
    return std::nullopt;
  }

  // ---- QuestionnaireResponse ----

  Problem ReadResponse(const JsonObject& object, const JsonPath& path, bool alone) {
    enum { kState, kItems, kAuthored, kSource, kAuthor, kWho, kName, kModified, kImplicit, kForm, kMembers };
    static constexpr std::array<std::string_view, kMembers> kNames = {
        "status",  "item", "authored",          "source",        "author",
        "subject", "id",   "modifierExtension", "implicitRules", "questionnaire"};
    std::array<std::optional<Json>, kMembers> values;
    if (Problem problem = ReadMembers(object, kNames, path, &values, IgnoreUnknown)) return problem;
    std::string_view status;
    const JsonPath status_path(path, kNames[kState]);
    if (values[kState]) {
      if (Problem problem = ReadString(*values[kState], status_path, &status)) return problem;
    }
    if (status == "entered-in-error") {
      if (alone) return Refuse(status_path.ToString(), "the QuestionnaireResponse was entered in error");
      LeaveOut("QuestionnaireResponses that were entered in error are not used", path);
      return std::nullopt;
    }
    if (!alone) {
      if (Problem problem = CheckSubject(values[kWho], path)) return problem;
    }
    if (values[kModified] || values[kImplicit]) {
      if (alone) return RefuseModified(path, kNames[values[kModified] ? kModified : kImplicit]);
      LeaveOut(
          "QuestionnaireResponses with a modifierExtension or implicitRules are not used, as their meaning may be "
          "changed",
          path);
      return std::nullopt;
    }
    if (status == "in-progress" || status == "stopped" || status.empty()) {
      draft_.notices.Add(path.ToString(), status.empty() ? "the form has no status: its answers may still change"
                                                         : "the form is " + std::string(status) +
                                                               ": its answers are used, but it is not complete");
    } else if (status != "completed" && status != "amended") {
      return Refuse(status_path.ToString(), Quote(status) +
                                                " is not one of completed, amended, in-progress, stopped, "
                                                "entered-in-error");
    }
    if (values[kForm]) {
      if (Problem problem = CheckForm(*values[kForm], JsonPath(path, kNames[kForm]))) return problem;
    }
    Common common;
    common.time_member = kNames[kAuthored];
    if (values[kAuthored]) {
      if (Problem problem = ReadTime(*values[kAuthored], JsonPath(path, kNames[kAuthored]), &common)) return problem;
      if (alone) draft_.value.set_as_of(std::string(common.observed_at));
    }
    if (alone && values[kName]) {
      if (Problem problem = CopyText(*values[kName], JsonPath(path, kNames[kName]), draft_.value.mutable_id()))
        return problem;
    }
    // Who answered; if that is not said, who wrote it down.
    for (const int member : {kSource, kAuthor}) {
      const size_t at = static_cast<size_t>(member);
      if (!values[at]) continue;
      std::string_view reference;
      std::string_view type;
      if (Problem problem = ReadReference(*values[at], JsonPath(path, kNames[at]), &reference, &type)) return problem;
      common.source = IsLayPerson(reference, type) ? kFromPatient : kFromClinician;
      break;
    }
    return values[kItems] ? ReadItems(*values[kItems], JsonPath(path, kNames[kItems]), path, common) : std::nullopt;
  }

  // An answer means what its question said: another form, or another version of ours, may have asked something else.
  Problem CheckForm(const Json& json, const JsonPath& path) {
    std::string_view form;
    if (Problem problem = ReadString(json, path, &form)) return problem;
    const std::string url = inputs_.form_url();
    const std::string ours = "; this service's is " + url + "|" + inputs_.form_version();
    const size_t bar = form.rfind('|');
    if (form.substr(0, bar) != url) {
      draft_.notices.Add(path.ToString(), "the form answers another Questionnaire, " + Quote(form) +
                                              ": its answers are read by their linkIds as if it were this one" + ours);
    } else if (bar != form.npos && form.substr(bar + 1) != inputs_.form_version()) {
      draft_.notices.Add(path.ToString(), "the form answers another version of the Questionnaire, " +
                                              Quote(form.substr(bar + 1)) +
                                              ": check that its questions still mean the same" + ours);
    }
    return std::nullopt;
  }

  // Depth is bounded by that of the JSON.
  Problem ReadItems(const Json& json, const JsonPath& path, const JsonPath& response, const Common& common) {
    static constexpr std::array<std::string_view, 3> kNames = {"linkId", "answer", "item"};
    JsonArray items;
    if (Problem problem = ReadArray(json, path, &items)) return problem;
    size_t index = 0;
    for (const Json& element : items) {
      const JsonPath item_path(path, index++);
      JsonObject item;
      if (Problem problem = ReadObject(element, item_path, &item)) return problem;
      std::array<std::optional<Json>, kNames.size()> values;
      if (Problem problem = ReadMembers(item, kNames, item_path, &values, IgnoreUnknown)) return problem;
      std::string_view link_id;
      if (values[0]) {
        if (Problem problem = ReadString(*values[0], JsonPath(item_path, kNames[0]), &link_id)) return problem;
      }
      if (values[1]) {
        if (Problem problem = ReadAnswers(*values[1], item_path, link_id, response, common)) return problem;
      }
      if (values[2]) {
        if (Problem problem = ReadItems(*values[2], JsonPath(item_path, kNames[2]), response, common)) return problem;
      }
    }
    return std::nullopt;
  }

  Problem ReadAnswers(const Json& json, const JsonPath& item_path, std::string_view link_id, const JsonPath& response,
                      const Common& common) {
    const JsonPath answers_path(item_path, "answer");
    JsonArray answers;
    if (Problem problem = ReadArray(json, answers_path, &answers)) return problem;
    std::string_view key = link_id;
    v1::Side side = v1::SIDE_UNSPECIFIED;
    for (const auto& [suffix, named] :
         {std::pair{std::string_view(":left"), v1::SIDE_LEFT}, std::pair{std::string_view(":right"), v1::SIDE_RIGHT}}) {
      if (!EndsWith(link_id, suffix)) continue;
      key = link_id.substr(0, link_id.size() - suffix.size());
      side = named;
    }
    const CatalogInput* entry = inputs_.Find(key);
    size_t given = 0;
    size_t index = 0;
    for (const Json& element : answers) {
      const JsonPath answer_path(answers_path, index++);
      JsonObject answer;
      if (Problem problem = ReadObject(element, answer_path, &answer)) return problem;
      Json nested;
      if (answer["item"].get(nested) == simdjson::SUCCESS) {
        if (Problem problem = ReadItems(nested, JsonPath(answer_path, "item"), response, common)) return problem;
      }
      std::array<std::optional<Json>, kAnswerNames.size()> values;
      if (Problem problem = ReadMembers(answer, kAnswerNames, answer_path, &values, IgnoreUnknown)) return problem;
      FhirValue value;
      size_t found = 0;
      for (size_t i = 0; i < values.size(); ++i) {
        if (!values[i]) continue;
        value = {kValueMembers[i].type, kValueMembers[i].name, *values[i]};
        ++found;
      }
      if (found == 0) continue;
      if (entry == nullptr) {
        NoticeUnknownLink(link_id, key, item_path);
        continue;
      }
      if (found > 1 || ++given > 1) {
        return Refuse(answers_path.ToString(), entry->input.key() + ": more than one answer; this question takes one");
      }
      if (Problem problem = AddAnswer(*entry, side, value, item_path, answer_path, common)) return problem;
    }
    return std::nullopt;
  }

  Problem AddAnswer(const CatalogInput& entry, v1::Side side, const FhirValue& value, const JsonPath& item_path,
                    const JsonPath& answer_path, const Common& common) {
    const v1::Input& input = entry.input;
    if (side != v1::SIDE_UNSPECIFIED && !input.sided()) {
      const JsonPath link_path(item_path, "linkId");
      return Refuse(link_path.ToString(), input.key() + ": a side is given, but this input has no side; leave it out");
    }
    v1::Finding finding;
    ValueOutcome outcome;
    const ValueContext context{input, inputs_.code_systems(), true, true, std::nullopt};
    if (Problem problem = ReadValue(value, answer_path, context, &finding, &outcome)) return problem;
    if (!outcome.used) {
      draft_.notices.Add(answer_path.ToString(), input.key() + ": " + outcome.why_not + "; counted as not known");
      return std::nullopt;
    }
    finding.set_key(input.key());
    finding.set_side(side);
    finding.set_source(std::string(common.source));
    finding.set_observed_at(std::string(common.observed_at));
    FindingNote note;
    note.input = &entry;
    note.time = common.time;
    Add(std::move(finding), note, answer_path, {0, 0, outcome.value_member, outcome.unit_member, {}, "linkId"});
    return std::nullopt;
  }

  void NoticeUnknownLink(std::string_view link_id, std::string_view key, const JsonPath& path) {
    std::string message = "the answer to " + Quote(link_id) + " is left out: no loaded plugin has this input";
    draft_.notices.Add(path.ToString(), message + Nearest(key));
  }

  // ---- What all share ----

  // For about as many findings.
  void Reserve(size_t findings) {
    constexpr size_t kUsualSteps = 4;
    places_.origins.reserve(findings);
    places_.steps.reserve(findings * kUsualSteps);
    draft_.notes.reserve(findings);
    draft_.value.mutable_findings()->Reserve(static_cast<int>(findings));
  }

  void Add(v1::Finding finding, const FindingNote& note, const JsonPath& path, Origin origin) {
    origin.begin = places_.steps.size();
    path.AppendTo(&places_.steps);
    origin.end = places_.steps.size();
    places_.origins.push_back(origin);
    draft_.notes.push_back(note);
    *draft_.value.add_findings() = std::move(finding);
  }

  static bool HasCode(const std::vector<CodeRef>& codes, std::string_view wanted) {
    return std::any_of(codes.begin(), codes.end(), [wanted](const CodeRef& code) { return code.code == wanted; });
  }

  static Problem CopyText(const Json& json, const JsonPath& path, std::string* text) {
    std::string_view view;
    if (Problem problem = ReadString(json, path, &view)) return problem;
    text->assign(view);
    return std::nullopt;
  }

  static Problem RefuseModified(const JsonPath& path, std::string_view member) {
    const JsonPath place(path, member);
    return Refuse(place.ToString(),
                  "may change the meaning of the resource in a way that is not known here; remove it");
  }

  Problem ReadReference(const Json& json, const JsonPath& path, std::string_view* reference, std::string_view* type) {
    static constexpr std::array<std::string_view, 2> kNames = {"reference", "type"};
    JsonObject object;
    if (Problem problem = ReadObject(json, path, &object)) return problem;
    std::array<std::optional<Json>, 2> values;
    if (Problem problem = ReadMembers(object, kNames, path, &values, IgnoreUnknown)) return problem;
    if (values[0]) {
      if (Problem problem = ReadString(*values[0], JsonPath(path, kNames[0]), reference)) return problem;
    }
    if (values[1]) return ReadString(*values[1], JsonPath(path, kNames[1]), type);
    return std::nullopt;
  }

  bool IsThePatient(std::string_view reference) const {
    if (!reference.empty() && reference == patient_url_) return true;
    reference = WithoutVersion(reference);
    const std::string_view url = WithoutVersion(patient_url_);
    if (!url.empty() && reference == url) return true;
    const bool both_absolute = reference.find("://") != reference.npos && url.find("://") != url.npos;
    if (patient_id_.empty() || both_absolute || !EndsWith(reference, patient_id_)) return false;
    reference.remove_suffix(patient_id_.size());
    return reference == "Patient/" || EndsWith(reference, "/Patient/");
  }

  // The patient, or a relative or friend who answers for the patient.
  bool IsLayPerson(std::string_view reference, std::string_view type) const {
    if (IsThePatient(reference)) return true;
    const auto is = [&](std::string_view name, std::string_view in_path) {
      // "Patient", "Patient/1", "https://ehr/Patient/1"
      return type == name || reference.substr(0, in_path.size() - 1) == in_path.substr(1) ||
             reference.find(in_path) != reference.npos;
    };
    return is("Patient", "/Patient/") || is("RelatedPerson", "/RelatedPerson/");
  }

  Problem CheckSubject(const std::optional<Json>& json, const JsonPath& path) {
    if (!json) return std::nullopt;
    const JsonPath subject_path(path, "subject");
    std::string_view reference;
    std::string_view type;
    if (Problem problem = ReadReference(*json, subject_path, &reference, &type)) return problem;
    if (reference.empty()) {
      LeaveOut("resources whose subject has no reference are taken to be about the patient of the Bundle", path);
      return std::nullopt;
    }
    if (IsThePatient(reference)) return std::nullopt;
    const JsonPath reference_path(subject_path, "reference");
    return Refuse(reference_path.ToString(), Quote(reference) + " is not the Patient of this Bundle (" +
                                                 (patient_url_.empty() && patient_id_.empty()
                                                      ? "which has neither fullUrl nor id"
                                                      : Quote(patient_url_.empty() ? patient_id_ : patient_url_)) +
                                                 "); send one patient's data at a time");
  }

  std::string Nearest(std::string_view key) const {
    if (!draft_.notices.roomy()) return "";
    NearestName nearest(key);
    for (const CatalogInput& known : inputs_.inputs()) nearest.Offer(known.input.key());
    return nearest.best().empty() ? "" : "; the nearest known key is " + nearest.best();
  }

  void NoticeUnknownCode(const std::string& type, const std::vector<CodeRef>& codes, const JsonPath& path) {
    if (codes.empty()) {
      LeaveOut(type + "s without a code are left out", path);
      return;
    }
    std::string message = type + " " + CodesText(codes) + " is left out: it is no input of the loaded plugins";
    for (const CodeRef& code : codes) {
      const auto& own = inputs_.code_systems();
      if (std::find(own.begin(), own.end(), code.system) != own.end() && draft_.notices.roomy() &&
          left_out_.size() < kMostSuggestions) {
        message += Nearest(code.code);
      }
    }
    LeaveOut(std::move(message), path);
  }

  // One notice for each text, at the first place, with the number of places.
  void LeaveOut(std::string text, const JsonPath& path) {
    auto [found, is_new] = left_out_.try_emplace(std::move(text), left_out_order_.size());
    if (is_new) {
      left_out_order_.push_back({path.ToString(), &found->first, 0});
    }
    ++left_out_order_[found->second].count;
  }

  void NoticeWhatWasLeftOut() {
    for (const LeftOut& left_out : left_out_order_) {
      draft_.notices.Add(left_out.path, *left_out.text + (left_out.count == 1 ? std::string()
                                                                              : " (" + std::to_string(left_out.count) +
                                                                                    " times; this is the first)"));
    }
  }

  struct LeftOut {
    std::string path;
    const std::string* text;
    size_t count;
  };

  const InputCatalog& inputs_;
  Draft& draft_;
  FhirPlaces& places_;
  size_t patients_ = 0;
  // Codes of the observation at hand; kept for its memory.
  std::vector<CodeRef> codes_;
  std::string_view patient_url_;
  std::string_view patient_id_;
  std::map<std::string, size_t> left_out_;
  std::vector<LeftOut> left_out_order_;
};

}  // namespace

Problem ReadFhir(const JsonObject& root, const InputCatalog& inputs, Draft* draft, std::unique_ptr<Places>* places) {
  auto fhir_places = std::make_unique<FhirPlaces>();
  Problem problem = FhirReader(inputs, draft, fhir_places.get()).Read(root);
  *places = std::move(fhir_places);
  return problem;
}

}  // namespace condyle::intake
