// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// An HTTP request and its response, as handlers see them: without sockets.
#ifndef CONDYLE_HOST_HTTP_MESSAGE_H_
#define CONDYLE_HOST_HTTP_MESSAGE_H_

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace condyle {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  // Upper case: "GET".
  std::string method;
  // Percent-decoded, without the query: "/cds-services".
  std::string path;
  // Without "?", as it was sent.
  std::string query;
  // Names in lower case, values without surrounding blanks, in the order they came.
  HttpHeaders headers;
  std::string body;
  // Address of the other side of the connection, without the port.
  std::string peer;
  // 32 hexadecimal digits: of the traceparent header (W3C Trace Context), else made anew. In every line of the log.
  std::string trace_id;
  // A moment by which the answer should be there.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  // Stops when the client has gone or the server ends at once.
  std::stop_token cancel;
  // What the path's parameters stand for, in the order of the route: "/cds-services/{id}".
  std::vector<std::string> parameters;

  // The first header of this name (in lower case); empty if there is none.
  std::string_view Header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

struct HttpResponse {
  int status = 200;
  // Empty: there is no body.
  std::string content_type;
  std::string body;
  // Beyond Content-Type, Content-Length, Date, Server, Connection.
  HttpHeaders headers;
};

// Thread-safe; must not throw. Called on a thread of the server's pool, where it may take its time.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_MESSAGE_H_
