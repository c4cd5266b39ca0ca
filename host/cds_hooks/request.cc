// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Two passes over one text: simdjson's DOM, which knows that it is sound, for what is read; and its on-demand parser
// for where resources begin and end, so that they are handed on as they came.
#include "host/cds_hooks/request.h"

#include <algorithm>
#include <array>

#include "host/cds_hooks/card_text.h"
#include "host/trust/quote.h"

namespace condyle::cds {
namespace {

using intake::IgnoreUnknown;
using intake::Json;
using intake::JsonArray;
using intake::JsonObject;
using intake::JsonPath;
using intake::Problem;
namespace ondemand = simdjson::ondemand;

constexpr size_t kMostDepth = 64;

std::optional<Fault> Wrong(const char* kind, const Problem& problem) {
  return Fault{400, kind, problem->path, problem->message};
}

std::optional<Fault> Wrong(const char* kind, const JsonPath& path, std::string message) {
  return Fault{400, kind, path.ToString(), std::move(message)};
}

// FHIR's id: goes into URLs.
bool IsFhirId(std::string_view text) {
  constexpr size_t kMost = 64;
  return !text.empty() && text.size() <= kMost && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

std::string_view Text(const Json& object, std::string_view member) {
  std::string_view text;
  return object[member].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

// A string that must be there and say something.
std::optional<Fault> ReadNeeded(const char* kind, const std::optional<Json>& json, const JsonPath& path,
                                std::string_view* text) {
  if (!json) return Wrong(kind, path, "is missing");
  if (const Problem problem = ReadString(*json, path, text)) return Wrong(kind, problem);
  if (text->find_first_not_of(" \t\r\n") == text->npos) return Wrong(kind, path, "is missing: the string is empty");
  return std::nullopt;
}

std::optional<Fault> ReadId(const std::optional<Json>& json, const JsonPath& path, std::string* id) {
  std::string_view text;
  if (auto fault = ReadNeeded("context", json, path, &text)) return fault;
  if (!IsFhirId(text)) return Wrong("context", path, "is no id of FHIR: 1 to 64 letters, digits, \"-\" and \".\"");
  *id = text;
  return std::nullopt;
}

bool HasNextPage(const Json& bundle) {
  JsonArray links;
  if (bundle["link"].get(links) != simdjson::SUCCESS) return false;
  return std::any_of(links.begin(), links.end(), [](const Json& link) { return Text(link, "relation") == "next"; });
}

}  // namespace

RequestBody::RequestBody(std::string_view bytes) : text_(bytes) {}
RequestBody::~RequestBody() = default;

class RequestBody::Reader {
 public:
  Reader(const simdjson::padded_string& text, const Vocabulary& vocabulary, CdsRequest* request)
      : text_(text), vocabulary_(vocabulary), request_(*request) {}

  std::optional<Fault> Read(const std::vector<const Service*>& services, const Service** service) {
    enum { kHook, kInstance, kServer, kAuthorization, kContext, kPrefetch, kMembers };
    static constexpr std::array<std::string_view, kMembers> kNames = {
        "hook", "hookInstance", "fhirServer", "fhirAuthorization", "context", "prefetch"};
    const std::string_view bytes(text_.data(), text_.size());
    Json json;
    if (const Problem problem = intake::ParseJson(bytes, kMostDepth, &json)) return Wrong("body", problem);
    const JsonPath root;
    JsonObject object;
    if (const Problem problem = ReadObject(json, root, &object)) return Wrong("body", problem);
    std::array<std::optional<Json>, kMembers> values;
    if (const Problem problem = ReadMembers(object, kNames, root, &values, IgnoreUnknown))
      return Wrong("body", problem);

    std::string_view hook;
    const JsonPath hook_path(root, kNames[kHook]);
    if (auto fault = ReadNeeded("hook", values[kHook], hook_path, &hook)) return fault;
    const auto named =
        std::find_if(services.begin(), services.end(), [&](const Service* one) { return one->hook == hook; });
    if (named == services.end()) {
      std::string known;
      for (const Service* one : services) known += (known.empty() ? "" : ", ") + one->hook;
      return Wrong("hook", hook_path, Quote(hook) + " is not what this service is called by: " + known);
    }
    *service = *named;
    request_.hook = hook;
    std::string_view instance;
    const JsonPath instance_path(root, kNames[kInstance]);
    if (auto fault = ReadNeeded("body", values[kInstance], instance_path, &instance)) return fault;
    if (!IsUuid(instance)) return Wrong("body", instance_path, "is no UUID");
    request_.hook_instance = instance;
    if (auto fault = ReadAccess(values[kServer], values[kAuthorization], root)) return fault;
    const JsonPath context_path(root, kNames[kContext]);
    if (!values[kContext]) return Wrong("context", context_path, "is missing");
    if (auto fault = ReadContext(*values[kContext], context_path, **service)) return fault;
    return values[kPrefetch] ? ReadPrefetch(*values[kPrefetch], JsonPath(root, kNames[kPrefetch]), **service)
                             : NothingPrefetched(**service);
  }

 private:
  std::optional<Fault> ReadAccess(const std::optional<Json>& server, const std::optional<Json>& authorization,
                                  const JsonPath& root) {
    enum { kToken, kType, kExpires, kScope, kSubject, kMembers };
    static constexpr std::array<std::string_view, kMembers> kNames = {"access_token", "token_type", "expires_in",
                                                                      "scope", "subject"};
    const JsonPath server_path(root, "fhirServer");
    if (server) {
      std::string_view url;
      if (auto fault = ReadNeeded("fhir", server, server_path, &url)) return fault;
      if (url.rfind("https://", 0) != 0 && url.rfind("http://", 0) != 0) {
        return Wrong("fhir", server_path, "is no absolute URL, for example https://ehr.example/fhir");
      }
      request_.fhir_server = url;
      while (request_.fhir_server.back() == '/') request_.fhir_server.pop_back();
    }
    if (!authorization) return std::nullopt;
    if (!server) return Wrong("fhir", server_path, "is missing, and fhirAuthorization is given");
    const JsonPath path(root, "fhirAuthorization");
    JsonObject object;
    if (const Problem problem = ReadObject(*authorization, path, &object)) return Wrong("fhir", problem);
    std::array<std::optional<Json>, kMembers> values;
    if (const Problem problem = ReadMembers(object, kNames, path, &values, IgnoreUnknown))
      return Wrong("fhir", problem);
    for (const int member : {kToken, kType, kScope, kSubject}) {
      const auto at = static_cast<size_t>(member);
      const JsonPath member_path(path, kNames[at]);
      std::string_view text;
      if (auto fault = ReadNeeded("fhir", values[at], member_path, &text)) return fault;
      if (member == kToken) request_.token = text;
      if (member == kType && text != "Bearer") return Wrong("fhir", member_path, "is not \"Bearer\"");
    }
    const JsonPath expires_path(path, kNames[kExpires]);
    if (!values[kExpires]) return Wrong("fhir", expires_path, "is missing");
    int64_t seconds = 0;
    if (values[kExpires]->get(seconds) != simdjson::SUCCESS) {
      return Wrong("fhir", expires_path, "is no whole number of seconds");
    }
    return std::nullopt;
  }

  std::optional<Fault> ReadContext(const Json& json, const JsonPath& path, const Service& service) {
    enum { kUser, kPatient, kEncounter, kSelections, kOrders, kAppointments, kMembers };
    static constexpr std::array<std::string_view, kMembers> kNames = {"userId",     "patientId",   "encounterId",
                                                                      "selections", "draftOrders", "appointments"};
    JsonObject object;
    if (const Problem problem = ReadObject(json, path, &object)) return Wrong("context", problem);
    std::array<std::optional<Json>, kMembers> values;
    if (const Problem problem = ReadMembers(object, kNames, path, &values, IgnoreUnknown))
      return Wrong("context", problem);
    if (auto fault = ReadUser(values[kUser], JsonPath(path, kNames[kUser]), service)) return fault;
    if (auto fault = ReadId(values[kPatient], JsonPath(path, kNames[kPatient]), &request_.patient_id)) return fault;
    if (values[kEncounter] || service.needs_encounter) {
      if (auto fault = ReadId(values[kEncounter], JsonPath(path, kNames[kEncounter]), &request_.encounter_id))
        return fault;
    }
    if (service.context == Context::kAppointments) {
      return CheckAppointments(values[kAppointments], JsonPath(path, kNames[kAppointments]));
    }
    if (service.context != Context::kOrders) return std::nullopt;
    std::vector<std::string_view> selections;
    if (service.hook == "order-select") {
      const JsonPath selections_path(path, kNames[kSelections]);
      if (!values[kSelections]) return Wrong("context", selections_path, "is missing");
      JsonArray array;
      if (const Problem problem = ReadArray(*values[kSelections], selections_path, &array))
        return Wrong("context", problem);
      size_t index = 0;
      for (const Json element : array) {
        std::string_view text;
        if (const Problem problem = ReadString(element, JsonPath(selections_path, index++), &text)) {
          return Wrong("context", problem);
        }
        selections.push_back(text);
      }
    }
    const JsonPath orders_path(path, kNames[kOrders]);
    if (!values[kOrders]) return Wrong("context", orders_path, "is missing");
    return ReadDraftOrders(*values[kOrders], orders_path, selections, &request_.orders);
  }

  std::optional<Fault> ReadUser(const std::optional<Json>& json, const JsonPath& path, const Service& service) {
    std::string_view text;
    if (auto fault = ReadNeeded("context", json, path, &text)) return fault;
    const size_t slash = text.find('/');
    const std::string_view type = text.substr(0, slash);
    bool known = type == "Practitioner" || type == "PractitionerRole";
    if (service.for_patients) known = known || type == "Patient" || type == "RelatedPerson";
    if (slash == text.npos || !known || !IsFhirId(text.substr(slash + 1))) {
      return Wrong("context", path,
                   std::string("is not of the form Type/id with a type of Practitioner, PractitionerRole") +
                       (service.for_patients ? ", Patient, RelatedPerson" : ""));
    }
    request_.user_id = text;
    return std::nullopt;
  }

  // A Bundle, or (as the specification's own example has it) an array.
  static std::optional<Fault> CheckAppointments(const std::optional<Json>& json, const JsonPath& path) {
    if (!json) return Wrong("context", path, "is missing");
    if (json->is_array()) return std::nullopt;
    JsonObject object;
    if (const Problem problem = ReadObject(*json, path, &object)) return Wrong("context", problem);
    const JsonPath type_path(path, "resourceType");
    if (Text(*json, "resourceType") != "Bundle") return Wrong("context", type_path, "is not \"Bundle\"");
    return std::nullopt;
  }

  std::optional<Fault> NothingPrefetched(const Service& service) {
    for (const PrefetchTemplate& wanted : service.prefetch)
      request_.prefetch.push_back({wanted.key, PrefetchState::kAbsent, {}});
    return std::nullopt;
  }

  std::optional<Fault> ReadPrefetch(const Json& json, const JsonPath& path, const Service& service) {
    JsonObject object;
    if (const Problem problem = ReadObject(json, path, &object)) return Wrong("prefetch", problem);
    NothingPrefetched(service);
    std::vector<bool> seen(request_.prefetch.size());
    for (const auto& [key, value] : object) {
      const auto wanted = std::find_if(request_.prefetch.begin(), request_.prefetch.end(),
                                       [name = key](const Prefetched& one) { return one.key == name; });
      if (wanted == request_.prefetch.end()) continue;
      const auto number = static_cast<size_t>(wanted - request_.prefetch.begin());
      if (seen[number]) return Wrong("prefetch", RefuseDuplicateMember(path, key));
      seen[number] = true;
      if (auto fault = ReadData(value, JsonPath(path, key), &*wanted)) return fault;
    }
    return CutOut();
  }

  // What it is, without its text.
  std::optional<Fault> ReadData(const Json& json, const JsonPath& path, Prefetched* data) {
    if (json.is_null()) {
      data->state = PrefetchState::kNoData;
      return std::nullopt;
    }
    JsonObject object;
    if (const Problem problem = ReadObject(json, path, &object)) return Wrong("prefetch", problem);
    const std::string_view type = Text(json, "resourceType");
    if (type.empty()) {
      const JsonPath type_path(path, "resourceType");
      return Wrong("prefetch", type_path, "is missing or no string");
    }
    if (type == "OperationOutcome") {
      data->state = PrefetchState::kFailed;
      return std::nullopt;
    }
    data->state = PrefetchState::kGiven;
    if (type != "Bundle") {
      data->resources.push_back({{}, path.ToString(), ReadResource(json, vocabulary_)});
      return std::nullopt;
    }
    if (HasNextPage(json)) data->state = PrefetchState::kFirstPage;
    return ReadEntries(object, path, data);
  }

  std::optional<Fault> ReadEntries(const JsonObject& bundle, const JsonPath& path, Prefetched* data) {
    static constexpr std::array<std::string_view, 1> kEntry = {"entry"};
    static constexpr std::array<std::string_view, 1> kResource = {"resource"};
    std::array<std::optional<Json>, 1> value;
    if (const Problem problem = ReadMembers(bundle, kEntry, path, &value, IgnoreUnknown))
      return Wrong("prefetch", problem);
    if (!value[0]) return std::nullopt;
    const JsonPath entries_path(path, kEntry[0]);
    JsonArray entries;
    if (const Problem problem = ReadArray(*value[0], entries_path, &entries)) return Wrong("prefetch", problem);
    size_t index = 0;
    for (const Json element : entries) {
      const JsonPath entry_path(entries_path, index++);
      JsonObject entry;
      if (const Problem problem = ReadObject(element, entry_path, &entry)) return Wrong("prefetch", problem);
      value[0].reset();
      if (const Problem problem = ReadMembers(entry, kResource, entry_path, &value, IgnoreUnknown)) {
        return Wrong("prefetch", problem);
      }
      const JsonPath resource_path(entry_path, kResource[0]);
      if (!value[0]) return Wrong("prefetch", resource_path, "is missing");
      JsonObject resource;
      if (const Problem problem = ReadObject(*value[0], resource_path, &resource)) return Wrong("prefetch", problem);
      data->resources.push_back({{}, resource_path.ToString(), ReadResource(*value[0], vocabulary_)});
    }
    return std::nullopt;
  }

  // Second pass: the texts, in the same order. The first has found that all is there and of the right type.
  std::optional<Fault> CutOut() {
    // What a large request needs is given back at once.
    constexpr size_t kKeptBytes = 1u << 20;
    thread_local ondemand::parser kept;
    ondemand::parser large;
    ondemand::parser& parser = text_.size() > kKeptBytes ? large : kept;
    ondemand::document document;
    ondemand::object prefetch;
    if (parser.iterate(text_).get(document) || document["prefetch"].get_object().get(prefetch)) return Torn();
    for (auto field : prefetch) {
      std::string_view key;
      if (field.unescaped_key().get(key)) return Torn();
      const auto wanted = std::find_if(request_.prefetch.begin(), request_.prefetch.end(),
                                       [&](const Prefetched& one) { return one.key == key; });
      if (wanted == request_.prefetch.end() || wanted->resources.empty()) continue;
      ondemand::value value;
      ondemand::object object;
      if (field.value().get(value) || value.get_object().get(object)) return Torn();
      if (wanted->resources[0].path == "/prefetch/" + std::string(key)) {
        if (object.raw_json().get(wanted->resources[0].text)) return Torn();
        continue;
      }
      ondemand::array entries;
      if (object.find_field_unordered("entry").get_array().get(entries)) return Torn();
      size_t number = 0;
      for (auto entry : entries) {
        ondemand::object resource;
        if (entry.find_field_unordered("resource").get_object().get(resource)) return Torn();
        if (number == wanted->resources.size() || resource.raw_json().get(wanted->resources[number++].text))
          return Torn();
      }
    }
    for (const Prefetched& data : request_.prefetch) {
      for (const Resource& resource : data.resources) {
        if (resource.text.empty()) return Torn();
      }
    }
    return std::nullopt;
  }

  static std::optional<Fault> Torn() { return Fault{400, "body", "", "the prefetched data cannot be taken apart"}; }

  const simdjson::padded_string& text_;
  const Vocabulary& vocabulary_;
  CdsRequest& request_;
};

std::optional<Fault> RequestBody::Read(const std::vector<const Service*>& services, const Vocabulary& vocabulary,
                                       const Service** service, CdsRequest* request) {
  return Reader(text_, vocabulary, request).Read(services, service);
}

}  // namespace condyle::cds
