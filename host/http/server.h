// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// An HTTP/1.1 server: sockets, TLS, limits, back-pressure, an orderly end. It knows nothing of what it serves.
#ifndef CONDYLE_HOST_HTTP_SERVER_H_
#define CONDYLE_HOST_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "host/http/message.h"
#include "host/http/router.h"

namespace prometheus {
class Registry;
}  // namespace prometheus

namespace condyle {

class Logger;

struct HttpEndpoint {
  // "127.0.0.1", "::1", "0.0.0.0", "::".
  std::string address = "127.0.0.1";
  // 0: any that is free; HttpServer::port tells.
  uint16_t port = 0;
  // With the certificate of HttpServerOptions::tls.
  bool tls = false;
};

// PEM files. TLS 1.2 and 1.3.
struct TlsFiles {
  std::string certificate_chain;
  std::string private_key;
  // Not empty: clients must show a certificate that one of these signed.
  std::string client_ca;
};

struct HttpLimits {
  // Open at once; those beyond are answered 503 and closed.
  size_t connections = 1024;
  // Bytes of request line and headers.
  size_t header_bytes = size_t{16} << 10;
  // Bytes of a request's body, where the route says nothing else.
  size_t body_bytes = size_t{4} << 20;
  // Requests that wait for a thread; those beyond are answered 503 with Retry-After.
  size_t queue = 256;
  // After so many a connection is closed, so that clients spread over replicas anew. 0: never.
  size_t requests_per_connection = 100000;
  // From the opening of a connection to the first byte; and from the first byte of a request to the end of its headers.
  std::chrono::milliseconds header{10'000};
  // From the end of the headers to the end of the body.
  std::chrono::milliseconds body{30'000};
  // Between requests.
  std::chrono::milliseconds idle{60'000};
  // For taking the whole answer.
  std::chrono::milliseconds write{30'000};
  // HttpRequest::deadline. A request that has waited so long for a thread is answered 503.
  std::chrono::milliseconds handler{10'000};
  // A handler that is not back so long after its deadline is told to stop, and the client gets 504.
  std::chrono::milliseconds handler_grace{1000};
};

struct HttpServerOptions {
  std::vector<HttpEndpoint> listen = {HttpEndpoint{}};
  // Needed if an endpoint has TLS.
  std::optional<TlsFiles> tls;
  HttpLimits limits;
  // Threads for sockets. One moves more than most handlers can answer.
  size_t io_threads = 1;
  // Threads for handlers.
  size_t pool_threads = 2;
  // Cors: exact origins, or {"*"}.
  std::vector<std::string> cors_origins;
  // Seconds, in answers with 503.
  int retry_after = 1;
  // None: a line of plain text.
  HttpErrorRenderer render_error;
};

// Thread-safe.
class HttpServer {
 public:
  // Listens and serves. logger and registry may be null, and must outlive the server. Errors name the option, address
  // or file.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(HttpServerOptions options, Router router, Logger* logger,
                                                           prometheus::Registry* registry);
  // Drain(0).
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Of the endpoint at this place in the options.
  uint16_t port(size_t endpoint = 0) const;

  // Reads the files of TLS again; connections from now on use them. On an error, which names the file, all stays as it
  // was.
  absl::Status ReloadCertificates();

  // Takes no more connections, answers what has been accepted, closes, and returns when all is closed, or after
  // `at_most`; then what is left is cut off and its handlers are told to stop. Returns when no handler runs any more,
  // and gives the number of requests that were cut off. May be called again; not by a handler.
  size_t Drain(std::chrono::milliseconds at_most);

  // Since Drain began.
  bool draining() const;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_SERVER_H_
