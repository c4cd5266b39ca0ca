// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The list as a router, and as OpenAPI.
#include "host/service/endpoint.h"

#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "condyle/host/host.h"
#include "host/questionnaire/json_writer.h"

namespace condyle::service {
namespace {

// Names of the parameters in a pattern, in their order.
std::vector<std::string> ParametersOf(const std::string& pattern) {
  std::vector<std::string> names;
  for (size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1)) {
    names.push_back(pattern.substr(at + 1, pattern.find('}', at) - at - 1));
  }
  return names;
}

void WriteContent(JsonWriter& json, const std::vector<std::string>& types) {
  json.Key("content");
  json.BeginObject();
  for (const std::string& type : types) {
    json.Key(type);
    json.BeginObject();
    json.Key("schema");
    json.BeginObject();
    // What the standards define is not repeated: their own schemas are better.
    json.Member("type", type.find("json") != std::string::npos ? "object" : "string");
    json.EndObject();
    json.EndObject();
  }
  json.EndObject();
}

void WriteParameters(JsonWriter& json, const Endpoint& endpoint) {
  const std::vector<std::string> names = ParametersOf(endpoint.pattern);
  if (names.empty()) return;
  json.Key("parameters");
  json.BeginArray();
  for (size_t i = 0; i < names.size(); ++i) {
    json.BeginObject();
    json.Member("name", names[i]);
    json.Member("in", "path");
    json.Key("required");
    json.Bool(true);
    if (i < endpoint.parameter_words.size()) json.Member("description", endpoint.parameter_words[i]);
    json.Key("schema");
    json.BeginObject();
    json.Member("type", "string");
    json.EndObject();
    json.EndObject();
  }
  json.EndArray();
}

void WriteAnswers(JsonWriter& json, const Endpoint& endpoint) {
  // Several types of one status are one answer.
  std::map<int, std::pair<std::string, std::vector<std::string>>> by_status;
  for (const Answer& answer : endpoint.answers) {
    auto& [words, types] = by_status[answer.status];
    if (words.empty()) words = answer.words;
    if (!answer.type.empty()) types.push_back(answer.type);
  }
  json.Key("responses");
  json.BeginObject();
  for (const auto& [status, what] : by_status) {
    json.Key(std::to_string(status));
    json.BeginObject();
    json.Member("description", what.first);
    if (!what.second.empty()) WriteContent(json, what.second);
    json.EndObject();
  }
  json.EndObject();
}

void WriteOperation(JsonWriter& json, const Endpoint& endpoint, bool guarded) {
  json.Key(absl::AsciiStrToLower(endpoint.method));
  json.BeginObject();
  json.Key("tags");
  json.BeginArray();
  json.String(endpoint.tag);
  json.EndArray();
  json.Member("operationId", endpoint.id);
  json.Member("summary", endpoint.summary);
  if (!endpoint.words.empty()) json.Member("description", endpoint.words);
  WriteParameters(json, endpoint);
  if (!endpoint.body_words.empty()) {
    json.Key("requestBody");
    json.BeginObject();
    json.Member("description", endpoint.body_words);
    json.Key("required");
    json.Bool(true);
    WriteContent(json, endpoint.options.content_types);
    json.EndObject();
  }
  WriteAnswers(json, endpoint);
  if (endpoint.guarded && guarded) {
    json.Key("security");
    json.BeginArray();
    json.BeginObject();
    json.Key("cdsClient");
    json.BeginArray();
    json.EndArray();
    json.EndObject();
    json.EndArray();
  }
  json.EndObject();
}

}  // namespace

absl::StatusOr<Router> MakeRouter(const std::vector<Endpoint>& endpoints) {
  Router router;
  for (const Endpoint& endpoint : endpoints) {
    absl::Status added = router.Add(endpoint.method, endpoint.pattern, endpoint.handler, endpoint.options);
    if (!added.ok()) return added;
  }
  return router;
}

std::string OpenApi(const std::vector<Endpoint>& endpoints, const std::string& public_url, bool guarded) {
  JsonWriter json;
  json.BeginObject();
  json.Member("openapi", "3.0.3");
  json.Key("info");
  json.BeginObject();
  json.Member("title", "Condyle");
  json.Member("version", HostVersion());
  json.Member(
      "description",
      "Decision support for clinicians who check the basis of each line: CDS Hooks 2.0.1 and FHIR R4. Errors are "
      "FHIR OperationOutcomes.");
  json.EndObject();
  json.Key("servers");
  json.BeginArray();
  json.BeginObject();
  json.Member("url", public_url);
  json.EndObject();
  json.EndArray();
  json.Key("paths");
  json.BeginObject();
  std::map<std::string, std::vector<const Endpoint*>> by_path;
  for (const Endpoint& endpoint : endpoints) by_path[endpoint.pattern].push_back(&endpoint);
  for (const auto& [path, operations] : by_path) {
    json.Key(path);
    json.BeginObject();
    for (const Endpoint* operation : operations) WriteOperation(json, *operation, guarded);
    json.EndObject();
  }
  json.EndObject();
  if (guarded) {
    json.Key("components");
    json.BeginObject();
    json.Key("securitySchemes");
    json.BeginObject();
    json.Key("cdsClient");
    json.BeginObject();
    json.Member("type", "http");
    json.Member("scheme", "bearer");
    json.Member("bearerFormat", "JWT");
    json.Member("description", "A token that the CDS client signed for this very address (CDS Hooks 2.0.1, Security).");
    json.EndObject();
    json.EndObject();
    json.EndObject();
  }
  json.EndObject();
  return json.Take();
}

}  // namespace condyle::service
