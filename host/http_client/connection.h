// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One connection of the HTTP client: TLS or plain, and one exchange at a time on it.
#ifndef CONDYLE_HOST_HTTP_CLIENT_CONNECTION_H_
#define CONDYLE_HOST_HTTP_CLIENT_CONNECTION_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <string>

#include "host/http_client/client.h"

namespace condyle {

// One thread at a time. Close makes whatever is under way end with an error.
class HttpConnection {
 public:
  HttpConnection(boost::asio::io_context& io, boost::asio::ssl::context& tls, bool https)
      : stream_(io, tls), https_(https) {}

  // Connects to the first of the peer's addresses that is allowed and answers, and shakes hands. What comes back is no
  // reply but the reason why not, or kReplied for "connected".
  boost::asio::awaitable<HttpResult> Open(const HttpPeer& peer);

  // Sends one request and reads its answer. `*untouched`: not a byte of an answer came, so it may be asked again.
  boost::asio::awaitable<HttpResult> Exchange(const HttpPeer& peer, const std::string& target,
                                              const HttpHeaders& headers, const HttpClientOptions& limits,
                                              bool* untouched);

  // Whether another request may follow.
  bool reusable() const { return reusable_; }
  void Close();

  std::chrono::steady_clock::time_point idle_since;

 private:
  boost::asio::awaitable<HttpResult> Handshake(const HttpPeer& peer);
  template <typename Stream>
  boost::asio::awaitable<HttpResult> ExchangeOver(Stream& stream, const HttpPeer& peer, const std::string& target,
                                                  const HttpHeaders& headers, const HttpClientOptions& limits,
                                                  bool* untouched);

  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream_;  // plain HTTP uses its lower layer alone
  const bool https_;
  boost::beast::flat_buffer buffer_;
  bool reusable_ = false;
};

// "https://ehr.example:8443", for messages.
std::string NameOf(const HttpPeer& peer);

HttpResult HttpFailure(HttpResult::Outcome outcome, const HttpPeer& peer, const std::string& what);

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_CLIENT_CONNECTION_H_
