// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One listening socket.
#ifndef CONDYLE_HOST_HTTP_LISTENER_H_
#define CONDYLE_HOST_HTTP_LISTENER_H_

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "host/http/server_core.h"

namespace condyle {

// Belongs to one thread; made before that runs.
class Listener {
 public:
  // taken: gets each connection's descriptor, which is then its own, and the address of the other side.
  using Taken = std::function<void(int fd, boost::asio::ip::tcp::endpoint peer)>;

  // Errors name the address and port.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(const HttpEndpoint& endpoint, IoThread* io, Taken taken);

  uint16_t port() const { return port_; }
  void Accept();
  // Takes what has connected already, and then closes.
  void Close();

 private:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, IoExecutor>;
  Listener(IoThread* io, Taken taken)
      : acceptor_(io->context.get_executor()), pause_(io->context.get_executor()), taken_(std::move(taken)) {}
  // False: the process has no more descriptors.
  bool TakeAll();

  Acceptor acceptor_;
  IoTimer pause_;
  const Taken taken_;
  uint16_t port_ = 0;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_LISTENER_H_
