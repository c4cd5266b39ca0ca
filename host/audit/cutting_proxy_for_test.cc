// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One thread for each connection.
#include "host/audit/cutting_proxy_for_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace condyle {
namespace {

constexpr int kLookMilliseconds = 20;
constexpr int kPatienceMilliseconds = 10000;

sockaddr_in Local(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

bool SendAll(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(int server_port) : server_port_(server_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Local(0);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { Accept(); });
}

CuttingProxy::~CuttingProxy() {
  ends_ = true;
  accepting_.join();
  for (std::thread& thread : forwarding_) thread.join();
  close(listener_);
}

void CuttingProxy::Accept() {
  while (!ends_) {
    pollfd polled{listener_, POLLIN, 0};
    if (poll(&polled, 1, kLookMilliseconds) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = Local(server_port_);
    if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      close(client);
      close(server);
      continue;
    }
    forwarding_.emplace_back([this, client, server] {
      Forward(client, server);
      close(client);
      close(server);
    });
  }
}

void CuttingProxy::Forward(int client, int server) {
  std::array<char, 65536> buffer;
  while (!ends_) {
    std::array<pollfd, 2> polled = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    if (poll(polled.data(), polled.size(), kLookMilliseconds) <= 0) continue;
    for (const bool from_client : {true, false}) {
      if (polled[from_client ? 0 : 1].revents == 0) continue;
      const ssize_t got = recv(from_client ? client : server, buffer.data(), buffer.size(), 0);
      if (got <= 0) return;
      const std::string_view bytes(buffer.data(), static_cast<size_t>(got));
      const bool commits = from_client && bytes.find("COMMIT") != std::string_view::npos;
      const Cut cut = commits ? cut_.exchange(Cut::kNone) : Cut::kNone;
      if (cut != Cut::kNone) ++cuts_;
      if (cut == Cut::kLosesRequest) return;
      if (cut == Cut::kHangs) {
        // Both ends stay open, as they do where a cable was pulled.
        while (!ends_ && recv(client, buffer.data(), buffer.size(), 0) > 0) {
        }
        pollfd ended{server, POLLIN, 0};
        poll(&ended, 1, kPatienceMilliseconds);
        return;
      }
      if (!SendAll(from_client ? server : client, bytes)) return;
      if (cut == Cut::kLosesAnswer) {
        pollfd answered{server, POLLIN, 0};
        poll(&answered, 1, kPatienceMilliseconds);
        return;
      }
    }
  }
}

}  // namespace condyle
