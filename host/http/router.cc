// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Routes: a hash of fixed paths, and a short list of those with parameters.
#include "host/http/router.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "host/trust/quote.h"

namespace condyle {
namespace {

constexpr std::array<std::string_view, 8> kMethods = {"GET",    "HEAD",    "POST",  "PUT",
                                                      "DELETE", "OPTIONS", "PATCH", "TRACE"};

// "/a/b" has two, "/" one that is empty.
std::vector<std::string> Segments(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    const size_t end = path.find('/', 1);
    segments.emplace_back(path.substr(1, end == std::string_view::npos ? end : end - 1));
    path = end == std::string_view::npos ? std::string_view() : path.substr(end);
  }
  return segments;
}

bool IsParameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool Fits(const std::vector<std::string>& pattern, std::string_view path, std::vector<std::string>* parameters) {
  parameters->clear();
  for (const std::string& segment : pattern) {
    if (path.empty()) return false;
    const size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view given = path.substr(1, end - 1);
    path = path.substr(end);
    if (!IsParameter(segment)) {
      if (given != segment) return false;
      continue;
    }
    if (given.empty()) return false;
    parameters->emplace_back(given);
  }
  return path.empty();
}

std::string Allowed(const std::vector<const HttpRoute*>& routes) {
  std::string allow;
  for (const HttpRoute* route : routes) {
    absl::StrAppend(&allow, allow.empty() ? "" : ", ", route->method, route->method == "GET" ? ", HEAD" : "");
  }
  absl::StrAppend(&allow, allow.empty() ? "" : ", ", "OPTIONS");
  return allow;
}

}  // namespace

absl::Status Router::Add(std::string method, std::string pattern, HttpHandler handler, RouteOptions options) {
  if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end() || method == "HEAD" ||
      method == "OPTIONS") {
    return absl::InvalidArgumentError(absl::StrCat("route ", pattern, ": method ", Quote(method), " cannot be routed"));
  }
  if (pattern.empty() || pattern.front() != '/') {
    return absl::InvalidArgumentError(absl::StrCat("route ", Quote(pattern), ": it must begin with /"));
  }
  std::vector<std::string> segments = Segments(pattern);
  const bool fixed = std::none_of(segments.begin(), segments.end(), IsParameter);
  Path* path = nullptr;
  if (fixed) {
    auto& entry = fixed_[pattern];
    if (entry == nullptr) entry = std::make_unique<Path>();
    path = entry.get();
  } else {
    auto entry = std::find_if(with_parameters_.begin(), with_parameters_.end(),
                              [&](const auto& one) { return one.first == pattern; });
    if (entry == with_parameters_.end()) {
      with_parameters_.emplace_back(pattern, std::make_unique<Path>());
      entry = std::prev(with_parameters_.end());
    }
    path = entry->second.get();
  }
  path->segments = std::move(segments);
  for (const HttpRoute* route : path->routes) {
    if (route->method == method) {
      return absl::InvalidArgumentError(absl::StrCat("route ", method, " ", pattern, " is there twice"));
    }
  }
  auto route = std::make_unique<HttpRoute>();
  route->method = std::move(method);
  route->pattern = std::move(pattern);
  route->handler = std::move(handler);
  route->options = std::move(options);
  route->index = routes_.size();
  path->routes.push_back(route.get());
  routes_.push_back(std::move(route));
  return absl::OkStatus();
}

const Router::Path* Router::FindPath(std::string_view path, std::vector<std::string>* parameters) const {
  if (const auto found = fixed_.find(path); found != fixed_.end()) return found->second.get();
  for (const auto& [pattern, entry] : with_parameters_) {
    if (Fits(entry->segments, path, parameters)) return entry.get();
  }
  return nullptr;
}

Router::Match Router::Find(std::string_view method, std::string_view path) const {
  Match match;
  if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
    match.status = 501;
    return match;
  }
  if (path == "*") {  // RFC 9110, 9.3.7: about the server as a whole
    match.status = 204;
    match.allow = "GET, HEAD, POST, OPTIONS";
    return match;
  }
  const Path* entry = FindPath(path, &match.parameters);
  if (entry == nullptr) return match;
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const HttpRoute* route : entry->routes) {
    match.cors = match.cors || route->options.cors;
    if (route->method == wanted) match.route = route;
  }
  if (match.route != nullptr) {
    match.status = 200;
    return match;
  }
  match.status = method == "OPTIONS" ? 204 : 405;
  match.allow = Allowed(entry->routes);
  return match;
}

}  // namespace condyle
