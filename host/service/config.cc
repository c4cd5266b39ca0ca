// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What must not be started by mistake: patient data in clear text on a network, or for anybody who asks.
#include "host/service/config.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "absl/strings/str_cat.h"
#include "host/http_client/url.h"

namespace condyle::service {
namespace {

namespace ip = boost::asio::ip;

struct Endpoint {
  bool valid = false;
  ip::address address;
  int port = 0;
};

Endpoint ParseEndpoint(const std::string& text) {
  Endpoint endpoint;
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size() || text.size() - colon > 6) return endpoint;
  const std::string port = text.substr(colon + 1);
  if (port.find_first_not_of("0123456789") != std::string::npos) return endpoint;
  endpoint.port = std::stoi(port);
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return endpoint;
  }
  boost::system::error_code error;
  endpoint.address = ip::make_address(host, error);
  endpoint.valid = !error && endpoint.port <= 65535;
  return endpoint;
}

// "https://host:port/path", without anything behind it.
std::string FindUrlFault(const char* option, const std::string& text) {
  if (text.empty()) return {};
  const absl::StatusOr<HttpUrl> url = ParseHttpUrl(text);
  if (url.ok() && url->query.empty() && text.back() != '/' && text.back() != '?') return {};
  return absl::StrCat(option, " is \"", text,
                      "\"; allowed: https://HOST[:PORT][/PATH] or http://, without a slash at the end");
}

}  // namespace

bool IsLoopback(const std::string& listen) {
  const Endpoint endpoint = ParseEndpoint(listen);
  return endpoint.valid && endpoint.address.is_loopback();
}

std::string FindFault(const Config& config) {
  if (config.listen.empty()) return "--listen is missing: ADDRESS:PORT";
  bool open = false;
  for (const std::string& listen : config.listen) {
    if (!ParseEndpoint(listen).valid) {
      return absl::StrCat("--listen is \"", listen,
                          "\"; allowed: ADDRESS:PORT with a numeric address, as 127.0.0.1:8080 or [::]:8443");
    }
    open = open || !IsLoopback(listen);
  }
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    return "--tls-certificate and --tls-key belong together: give both, or neither";
  }
  if (config.tls_certificate.empty() && !config.tls_client_ca.empty()) {
    return "--tls-client-ca needs --tls-certificate and --tls-key: without TLS clients show no certificate";
  }
  if (open && config.tls_certificate.empty() && !config.behind_proxy) {
    return "--listen names an address that others can reach, and there is no TLS: patient data would cross the network "
           "in clear text. Give --tls-certificate and --tls-key, listen on 127.0.0.1, or say --behind-proxy if a proxy "
           "before it ends TLS";
  }
  if ((open || config.behind_proxy) && config.clients.empty() && config.tls_client_ca.empty() && !config.anonymous) {
    return "others can reach the service, and it is not said whom it answers. Give --clients FILE with the trusted CDS "
           "clients, or --tls-client-ca; --anonymous answers whoever asks";
  }
  if (config.anonymous && !config.clients.empty()) {
    return "--anonymous and --clients exclude each other: give one of the two";
  }
  if (std::string fault = FindUrlFault("--public-url", config.public_url); !fault.empty()) return fault;
  if (config.behind_proxy && config.public_url.empty()) {
    return "--behind-proxy needs --public-url: the address by which clients reach the proxy stands in their tokens and "
           "in links";
  }
  return {};
}

absl::Status ChoosePorts(Config* config) {
  for (std::string& listen : config->listen) {
    const Endpoint endpoint = ParseEndpoint(listen);
    if (!endpoint.valid || endpoint.port != 0) continue;
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor probe(io);
    boost::system::error_code error;
    const boost::asio::ip::tcp::endpoint wanted(endpoint.address, 0);
    probe.open(wanted.protocol(), error);
    if (!error) probe.bind(wanted, error);
    if (error) return absl::InvalidArgumentError(absl::StrCat("--listen ", listen, ": ", error.message()));
    absl::StrAppend(&listen.erase(listen.rfind(':') + 1), probe.local_endpoint().port());
  }
  return absl::OkStatus();
}

std::string PublicUrl(const Config& config) {
  if (!config.public_url.empty()) return config.public_url;
  return absl::StrCat(config.tls_certificate.empty() ? "http://" : "https://", config.listen.front());
}

}  // namespace condyle::service
