// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Cross-origin requests.
#include "host/http/cors.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "host/trust/quote.h"

namespace condyle {

absl::Status Cors::Check() const {
  if (any()) return absl::OkStatus();
  for (const std::string& origin : origins_) {
    const size_t scheme = origin.find("://");
    const bool known = absl::StartsWith(origin, "https://") || absl::StartsWith(origin, "http://");
    if (known && origin.size() > scheme + 3 && origin.find_first_of("/?#*, ", scheme + 3) == std::string::npos)
      continue;
    return absl::InvalidArgumentError(
        absl::StrCat("origin ", Quote(origin),
                     ": an origin is https://HOST or https://HOST:PORT without a path; or "
                     "\"*\" alone for any"));
  }
  return absl::OkStatus();
}

bool Cors::Allows(std::string_view origin) const {
  return any() || std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

void Cors::AddTo(const HttpRequest& request, HttpResponse* response) const {
  if (origins_.empty()) return;
  // Also to those who are not allowed: a cache must not give one origin's answer to another.
  if (!any()) response->headers.emplace_back("Vary", "Origin");
  const std::string_view origin = request.Header("origin");
  if (origin.empty() || !Allows(origin)) return;
  response->headers.emplace_back("Access-Control-Allow-Origin", any() ? "*" : std::string(origin));
  response->headers.emplace_back("Access-Control-Expose-Headers", "ETag, Location, Retry-After, traceparent");
}

HttpResponse Cors::Options(const HttpRequest& request, std::string_view allow, bool cors) const {
  HttpResponse response;
  response.status = 204;
  response.headers.emplace_back("Allow", allow);
  if (!cors) return response;
  AddTo(request, &response);
  const std::string_view origin = request.Header("origin");
  if (origin.empty() || !Allows(origin) || request.Header("access-control-request-method").empty()) return response;
  response.headers.emplace_back("Access-Control-Allow-Methods", allow);
  response.headers.emplace_back("Access-Control-Allow-Headers",
                                "Accept, Authorization, Content-Type, If-None-Match, Prefer, traceparent, tracestate");
  response.headers.emplace_back("Access-Control-Max-Age", "600");
  return response;
}

}  // namespace condyle
