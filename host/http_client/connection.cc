// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Connecting, TLS and one exchange, by Asio, OpenSSL and Beast.
#include "host/http_client/connection.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "host/http_client/address.h"
#include "host/http_client/url.h"

namespace condyle {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Outcome = HttpResult::Outcome;

// What a read may bring beyond the header.
constexpr size_t kReadAhead = 64 * 1024;

HttpResult ReadFailure(const HttpPeer& peer, const ErrorCode& error) {
  if (error == http::error::body_limit) return HttpFailure(Outcome::kTooLarge, peer, "sends more than the limit");
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return HttpFailure(Outcome::kTooLarge, peer, "sends a header longer than the limit");
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message ||
      error.category() != http::make_error_code(http::error::end_of_stream).category()) {
    return HttpFailure(Outcome::kUnreachable, peer, "closed the connection before its answer was whole");
  }
  return HttpFailure(Outcome::kMalformed, peer, absl::StrCat("does not answer in HTTP: ", error.message()));
}

// A name for people, or an address: which of the two decides what must stand in the certificate.
bool VerifyName(SSL* tls, const std::string& host) {
  X509_VERIFY_PARAM* rules = SSL_get0_param(tls);
  ErrorCode no_address;
  asio::ip::make_address(host, no_address);
  if (!no_address) return X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1 &&
         SSL_set_tlsext_host_name(tls, host.c_str()) == 1;
}

}  // namespace

std::string NameOf(const HttpPeer& peer) {
  HttpUrl url;
  url.https = peer.https;
  url.host = peer.host;
  url.port = peer.port;
  return url.Origin();
}

HttpResult HttpFailure(Outcome outcome, const HttpPeer& peer, const std::string& what) {
  HttpResult result;
  result.outcome = outcome;
  result.error = absl::StrCat(NameOf(peer), " ", what);
  return result;
}

asio::awaitable<HttpResult> HttpConnection::Open(const HttpPeer& peer) {
  ErrorCode error;
  tcp::resolver resolver(stream_.get_executor());
  const tcp::resolver::results_type found = co_await resolver.async_resolve(
      peer.host, std::to_string(peer.port), asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return HttpFailure(Outcome::kUnreachable, peer, "has no address that can be found");
  // What is checked is what is connected to: the name is not looked up again.
  std::string why = "has no address";
  Outcome outcome = Outcome::kUnreachable;
  tcp::socket& socket = stream_.next_layer();
  for (const auto& entry : found) {
    const tcp::endpoint endpoint = entry.endpoint();
    if (!peer.private_addresses && !IsPublicAddress(endpoint.address())) {
      outcome = Outcome::kNotAllowed;
      why = "has an address of this machine or of a private network, which is not allowed for it";
      continue;
    }
    ErrorCode ignored;
    socket.close(ignored);
    co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      socket.set_option(tcp::no_delay(true), ignored);
      if (https_) co_return co_await Handshake(peer);
      HttpResult connected;
      connected.outcome = Outcome::kReplied;
      co_return connected;
    }
    outcome = Outcome::kUnreachable;
    why = "does not accept connections: " + error.message();
  }
  co_return HttpFailure(outcome, peer, why);
}

asio::awaitable<HttpResult> HttpConnection::Handshake(const HttpPeer& peer) {
  if (!VerifyName(stream_.native_handle(), peer.host)) {
    co_return HttpFailure(Outcome::kUntrusted, peer, "has a name that no certificate can have");
  }
  ErrorCode error;
  co_await stream_.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, error));
  HttpResult result;
  result.outcome = Outcome::kReplied;
  if (!error) co_return result;
  const long verdict = SSL_get_verify_result(stream_.native_handle());
  if (verdict != X509_V_OK) {
    co_return HttpFailure(Outcome::kUntrusted, peer,
                          absl::StrCat("has no certificate to trust: ", X509_verify_cert_error_string(verdict)));
  }
  if (error.category() == asio::error::get_ssl_category()) {
    co_return HttpFailure(Outcome::kUntrusted, peer, absl::StrCat("does not agree on TLS: ", error.message()));
  }
  co_return HttpFailure(Outcome::kUnreachable, peer, "closed the connection before TLS was agreed");
}

asio::awaitable<HttpResult> HttpConnection::Exchange(const HttpPeer& peer, const std::string& target,
                                                     const HttpHeaders& headers, const HttpClientOptions& limits,
                                                     bool* untouched) {
  reusable_ = false;
  if (https_) co_return co_await ExchangeOver(stream_, peer, target, headers, limits, untouched);
  co_return co_await ExchangeOver(stream_.next_layer(), peer, target, headers, limits, untouched);
}

template <typename Stream>
asio::awaitable<HttpResult> HttpConnection::ExchangeOver(Stream& stream, const HttpPeer& peer,
                                                         const std::string& target, const HttpHeaders& headers,
                                                         const HttpClientOptions& limits, bool* untouched) {
  http::request<http::empty_body> request(http::verb::get, target, 11);
  const std::string origin = NameOf(peer);
  request.set(http::field::host, origin.substr(origin.find("//") + 2));
  request.set(http::field::user_agent, "Condyle");
  request.set(http::field::accept_encoding, "identity");
  for (const auto& [name, value] : headers) request.set(name, value);

  ErrorCode error;
  *untouched = true;
  co_await http::async_write(stream, request, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return HttpFailure(Outcome::kUnreachable, peer, "closed the connection before it was asked");

  http::response_parser<http::string_body> parser;
  parser.header_limit(static_cast<uint32_t>(limits.max_header_bytes));
  parser.body_limit(limits.max_body_bytes);
  buffer_.max_size(limits.max_header_bytes + kReadAhead);
  co_await http::async_read_header(stream, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
  *untouched = !parser.got_some() && buffer_.size() == 0;
  if (error) co_return ReadFailure(peer, error);
  const http::response<http::string_body>& reply = parser.get();
  const unsigned status = reply.result_int();
  if (status >= 300 && status < 400) {
    co_return HttpFailure(Outcome::kRedirected, peer,
                          absl::StrCat("redirects (", status, "), which is not followed; configure where it leads"));
  }
  if (status < 200) co_return HttpFailure(Outcome::kMalformed, peer, absl::StrCat("answers with status ", status));
  const auto encoding = reply[http::field::content_encoding];
  if (!encoding.empty() && !boost::beast::iequals(encoding, "identity")) {
    co_return HttpFailure(Outcome::kMalformed, peer, "compresses its answer although that was not asked for");
  }
  co_await http::async_read(stream, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return ReadFailure(peer, error);

  reusable_ = parser.keep_alive() && buffer_.size() == 0;
  HttpResult result;
  result.outcome = Outcome::kReplied;
  result.status = static_cast<int>(status);
  for (const auto& field : reply) {
    result.headers.emplace_back(absl::AsciiStrToLower(std::string(field.name_string())), std::string(field.value()));
  }
  result.body = std::move(parser.get().body());
  co_return result;
}

void HttpConnection::Close() {
  ErrorCode ignored;
  stream_.next_layer().close(ignored);
}

}  // namespace condyle
