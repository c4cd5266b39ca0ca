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
  // Upper case: "GET". Of a HEAD request, "HEAD", though the handler of GET answers it.
  std::string method;
  // Percent-decoded, without the query: "/cds-services". Valid UTF-8 without control characters.
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
  // 16 hexadecimal digits: this request as the parent of calls that the handler makes itself.
  std::string span_id;
  // A moment by which the answer should be there.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  // Stops when the client has gone, when its answer can no longer be sent, or when the server ends at once. Callbacks
  // registered on it run on a thread that serves sockets, and must not take time.
  std::stop_token cancel;
  // The pattern of the route: "/cds-services/{id}". For logs and metrics, where the path must not stand.
  std::string_view route;
  // What the path's parameters stand for, in the order of the route.
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
  // Beyond Content-Type, Content-Length, Date, Server, Connection, traceparent and those of CORS. With an ETag here,
  // the server itself answers If-None-Match of a GET with 304.
  HttpHeaders headers;
  // Who asked, for the log: the client that a token names. Never a patient.
  std::string log_user;
};

// Thread-safe; must not throw. Called on a thread of the server's pool, where it may take its time.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// The body of an answer that the server gives on its own: 400, 404, 413, 503 and others. `message` says in a sentence
// what was wrong; it never holds anything that was sent. Thread-safe; must not throw.
using HttpErrorRenderer = std::function<HttpResponse(int status, std::string_view message)>;

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_MESSAGE_H_
