// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Which handler answers a method and a path.
#ifndef CONDYLE_HOST_HTTP_ROUTER_H_
#define CONDYLE_HOST_HTTP_ROUTER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "host/http/message.h"

namespace condyle {

struct RouteOptions {
  // Bytes of a request's body; none: the server's limit.
  std::optional<size_t> max_body;
  // Media types that a body may have, without parameters, in lower case: "application/json". Empty: any.
  std::vector<std::string> content_types;
  // The handler only looks something up, and runs on the thread that serves sockets: it holds up others.
  bool light = false;
  // Pages of the configured origins may call it.
  bool cors = false;
  // Long answers may be compressed. Not for what holds a patient's data beside text that a stranger chooses: its length
  // would tell of the data.
  bool compress = false;
};

struct HttpRoute {
  std::string method;
  std::string pattern;
  HttpHandler handler;
  RouteOptions options;
  // Counts from 0 over the whole router.
  size_t index = 0;
};

class Router {
 public:
  // pattern: "/a/{id}/b"; a parameter takes one whole segment that is not empty. GET answers HEAD too; OPTIONS is the
  // server's own. Error: the pattern is malformed, or method and pattern are there already.
  absl::Status Add(std::string method, std::string pattern, HttpHandler handler, RouteOptions options = {});

  struct Match {
    // 200; 404: no such path; 405: not with this method; 501: a method that nobody knows; 204: OPTIONS.
    int status = 404;
    // Only with 200.
    const HttpRoute* route = nullptr;
    // With 204 and 405: what the path allows, for the header of that name.
    std::string allow;
    // With 204: whether any route of the path is for other origins.
    bool cors = false;
    std::vector<std::string> parameters;
  };
  // Fixed segments go before parameters. Thread-safe as long as nobody adds.
  Match Find(std::string_view method, std::string_view path) const;

  const std::vector<std::unique_ptr<HttpRoute>>& routes() const { return routes_; }

 private:
  struct Path {
    std::vector<std::string> segments;
    std::vector<const HttpRoute*> routes;
  };
  // Finds text without making a string of it.
  struct ViewHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  const Path* FindPath(std::string_view path, std::vector<std::string>* parameters) const;

  std::vector<std::unique_ptr<HttpRoute>> routes_;
  // By pattern: those without parameters are found at once.
  std::unordered_map<std::string, std::unique_ptr<Path>, ViewHash, std::equal_to<>> fixed_;
  std::vector<std::pair<std::string, std::unique_ptr<Path>>> with_parameters_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_ROUTER_H_
