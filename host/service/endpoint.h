// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the service answers at, with the words that describe it: routes and their OpenAPI description are one list.
#ifndef CONDYLE_HOST_SERVICE_ENDPOINT_H_
#define CONDYLE_HOST_SERVICE_ENDPOINT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "host/http/message.h"
#include "host/http/router.h"

namespace condyle::service {

// An answer that clients may get.
struct Answer {
  int status;
  // Media type; empty: no body.
  std::string type;
  std::string words;
};

struct Endpoint {
  std::string method;
  // "/cds-services/{id}"; names of parameters are in parameter_words, in their order.
  std::string pattern;
  HttpHandler handler;
  RouteOptions options;

  // For OpenAPI.
  std::string tag;
  std::string id;
  std::string summary;
  std::string words;
  std::vector<std::string> parameter_words;
  // What the body is; its media types are those of the options. Empty: no body.
  std::string body_words;
  std::vector<Answer> answers;
  // Only for clients that the service trusts.
  bool guarded = false;
};

absl::StatusOr<Router> MakeRouter(const std::vector<Endpoint>& endpoints);

// OpenAPI 3.0.3, JSON. guarded: whether guarded endpoints ask for a token here.
std::string OpenApi(const std::vector<Endpoint>& endpoints, const std::string& public_url, bool guarded);

}  // namespace condyle::service

#endif  // CONDYLE_HOST_SERVICE_ENDPOINT_H_
