// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Accepts connections.
#include "host/http/listener.h"

#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/trust/quote.h"

namespace condyle {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

constexpr int kBacklog = 1024;
constexpr std::chrono::milliseconds kPause{50};

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(const HttpEndpoint& endpoint, IoThread* io, Taken taken) {
  error_code error;
  const asio::ip::address address = asio::ip::make_address(endpoint.address, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("listen: ", Quote(endpoint.address), " is no IP address, such as 127.0.0.1, 0.0.0.0 or ::"));
  }
  std::unique_ptr<Listener> listener(new Listener(io, std::move(taken)));
  const Tcp::endpoint local(address, endpoint.port);
  Acceptor& acceptor = listener->acceptor_;
  acceptor.open(local.protocol(), error);
  if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(local, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (!error) acceptor.non_blocking(true, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("listen: ", endpoint.address, " port ", endpoint.port, ": ", error.message()));
  }
  listener->port_ = acceptor.local_endpoint().port();
  return listener;
}

void Listener::Accept() {
  acceptor_.async_wait(Acceptor::wait_read, [this](error_code error) {
    if (error || !acceptor_.is_open()) return;
    if (TakeAll()) return Accept();
    pause_.expires_after(kPause);
    pause_.async_wait([this](error_code) {
      if (acceptor_.is_open()) Accept();
    });
  });
}

bool Listener::TakeAll() {
  for (;;) {
    Tcp::endpoint peer;
    socklen_t size = peer.capacity();
    // Not through Asio: its socket would belong to this thread, and the connection may go to another.
    const int fd = accept4(acceptor_.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      peer.resize(size);
      taken_(fd, peer);
      continue;
    }
    switch (errno) {
      case EAGAIN:
        return true;
      // The connection has failed before it was taken (accept(2)).
      case ECONNABORTED:
      case EINTR:
      case EPERM:
      case EPROTO:
      case ENETDOWN:
      case ENETUNREACH:
      case EHOSTDOWN:
      case EHOSTUNREACH:
        continue;
      default:  // no descriptors, no memory
        return false;
    }
  }
}

void Listener::Close() {
  if (!acceptor_.is_open()) return;
  TakeAll();
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

}  // namespace condyle
