// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A client for tests that sends any bytes, also such as no library would, and reads answers strictly.
#ifndef CONDYLE_HOST_HTTP_CLIENT_FOR_TEST_H_
#define CONDYLE_HOST_HTTP_CLIENT_FOR_TEST_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "host/http/message.h"

namespace condyle {

struct TestReply {
  int status = 0;
  // Names in lower case.
  HttpHeaders headers;
  std::string body;

  std::string_view Header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

// One connection to 127.0.0.1. Users link OpenSSL::SSL.
class TestClient {
 public:
  // tls: null for a plain connection; else what certificates are checked against, or offered. Not owned.
  explicit TestClient(uint16_t port, SSL_CTX* tls = nullptr) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!connected_ || tls == nullptr) return;
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL.
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, fd_);
    connected_ = SSL_connect(ssl_) == 1;
  }
  ~TestClient() { Close(); }
  TestClient(TestClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        ssl_(std::exchange(other.ssl_, nullptr)),
        connected_(other.connected_),
        pending_(std::move(other.pending_)) {}
  TestClient& operator=(TestClient&&) = delete;

  bool connected() const { return connected_; }
  int fd() const { return fd_; }
  SSL* ssl() const { return ssl_; }

  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                           : send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  void EndSending() {
    if (ssl_ != nullptr) SSL_shutdown(ssl_);
    shutdown(fd_, SHUT_WR);
  }
  // With a reset instead of an orderly end, as of a client that was killed with data unread.
  void Reset() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    Close();
  }
  void Close() {
    if (ssl_ != nullptr) SSL_free(ssl_);
    ssl_ = nullptr;
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  // The next answer; none if the connection ends before, or it is no well-formed one. to_head: of a request with HEAD.
  // Interim answers (100) are answers too.
  std::optional<TestReply> Receive(bool to_head = false) {
    size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!More()) return std::nullopt;
    }
    TestReply reply;
    if (!ParseHead(std::string_view(pending_).substr(0, end + 2), &reply)) return std::nullopt;
    pending_.erase(0, end + 4);
    const bool bodiless = to_head || reply.status < 200 || reply.status == 204 || reply.status == 304;
    size_t length = 0;
    if (!bodiless && !ParseNumber(reply.Header("content-length"), &length)) return std::nullopt;
    while (pending_.size() < length) {
      if (!More()) return std::nullopt;
    }
    reply.body = pending_.substr(0, length);
    pending_.erase(0, length);
    return reply;
  }
  std::optional<TestReply> Ask(std::string_view request) { return Send(request) ? Receive() : std::nullopt; }
  // Whether the connection ends and nothing comes before.
  bool Ends() { return pending_.empty() && !More() && !timed_out_; }
  // What has come and is no answer yet.
  const std::string& pending() const { return pending_; }

 private:
  // False: the end, or nothing for long. Tests that wait so long have failed.
  bool More() {
    constexpr int kMostMillis = 20'000;
    if (ssl_ == nullptr || SSL_pending(ssl_) == 0) {
      pollfd ready{fd_, POLLIN, 0};
      timed_out_ = poll(&ready, 1, kMostMillis) == 0;
      if (timed_out_) return false;
    }
    std::array<char, 65536> bytes{};
    const ssize_t got = ssl_ != nullptr ? SSL_read(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                        : recv(fd_, bytes.data(), bytes.size(), 0);
    if (got <= 0) return false;
    pending_.append(bytes.data(), static_cast<size_t>(got));
    return true;
  }
  static bool ParseNumber(std::string_view text, size_t* number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
    return error == std::errc() && !text.empty() && end == text.data() + text.size();
  }
  // head: lines, each with its end.
  static bool ParseHead(std::string_view head, TestReply* reply) {
    size_t status = 0;
    if (head.substr(0, 9) != "HTTP/1.1 " || !ParseNumber(head.substr(9, 3), &status) || head.substr(12, 1) != " ")
      return false;
    reply->status = static_cast<int>(status);
    head.remove_prefix(head.find("\r\n") + 2);
    while (!head.empty()) {
      const size_t end = head.find("\r\n");
      const size_t colon = head.find(": ");
      if (colon == 0 || colon > end) return false;
      std::string name(head.substr(0, colon));
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      std::string value(head.substr(colon + 2, end - colon - 2));
      for (const char c : value) {
        if (static_cast<unsigned char>(c) < ' ') return false;
      }
      reply->headers.emplace_back(std::move(name), std::move(value));
      head.remove_prefix(end + 2);
    }
    return true;
  }

  int fd_ = -1;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
  bool timed_out_ = false;
  std::string pending_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_CLIENT_FOR_TEST_H_
