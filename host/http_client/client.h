// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads from servers that the configuration names, and from no other.
#ifndef CONDYLE_HOST_HTTP_CLIENT_CLIENT_H_
#define CONDYLE_HOST_HTTP_CLIENT_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "host/http/message.h"

namespace condyle {

// A server that may be asked: exactly this host and port.
struct HttpPeer {
  bool https = true;
  std::string host;
  uint16_t port = 443;
  // It may have an address of this machine or of a private network. Otherwise such an address is refused even where the
  // name is allowed, since a name means what its owner's DNS says at the moment.
  bool private_addresses = false;
};

// From "https://ehr.example" or "https://ehr.example:8443". localhost, 127.0.0.1 and [::1] may have http:// too, and
// get private_addresses. InvalidArgument, which says what is wrong and allowed, without the text.
absl::StatusOr<HttpPeer> ParseHttpPeer(std::string_view origin);

struct HttpClientOptions {
  std::vector<HttpPeer> peers;
  // PEM; trusted beside the system's certificate authorities. Empty: only these.
  std::string ca_file;
  // For name, connection and TLS together.
  std::chrono::milliseconds connect_timeout{2000};
  // For the whole, waiting for a free connection included.
  std::chrono::milliseconds total_timeout{5000};
  size_t max_header_bytes = 16 * 1024;
  size_t max_body_bytes = 8 * 1024 * 1024;
  // At the same time, to each peer. More requests wait.
  size_t connections_per_peer = 8;
  // A connection that was not used for so long is not used again.
  std::chrono::seconds idle_timeout{30};
};

struct HttpGet {
  std::string url;
  // Beyond Host, Connection, User-Agent and Accept-Encoding. Values may be secrets: they are in no message.
  HttpHeaders headers;
  // The earlier of this and the client's total_timeout counts.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::stop_token cancel;
};

struct HttpResult {
  enum class Outcome {
    kReplied,      // whatever the status, redirections apart
    kNotAllowed,   // no peer of the configuration, or not at an address that it may have; nothing was sent
    kUnreachable,  // no address, no connection, or closed before the answer was whole
    kUntrusted,    // TLS: certificate, name or version
    kRedirected,   // 3xx, which is not followed: it could lead anywhere
    kTooSlow,
    kTooLarge,   // header or body
    kMalformed,  // not HTTP, or compressed although that was not asked for
    kCancelled,
  };
  Outcome outcome = Outcome::kUnreachable;
  int status = 0;
  // Names in lower case.
  HttpHeaders headers;
  std::string body;
  // Empty if it replied. Names scheme, host and port; no path, query or header.
  std::string error;
};

// GET over HTTP/1.1 with kept connections and a thread of its own. Certificates and names are verified, TLS is 1.2 or
// newer. Thread-safe.
class HttpClient {
 public:
  // InvalidArgument if the CA file cannot be used or a limit is 0.
  static absl::StatusOr<std::unique_ptr<HttpClient>> Create(HttpClientOptions options);
  // What is under way ends as kCancelled.
  ~HttpClient();

  // Waits for the answer.
  HttpResult Get(HttpGet get);

  // Does not wait. `done` is called once, on the client's thread, which it must not hold up; it must not throw.
  void Start(HttpGet get, std::function<void(HttpResult)> done);

 private:
  class Impl;
  explicit HttpClient(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_CLIENT_CLIENT_H_
