// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Certificates made on the spot, and a server that says what a test wants, over real sockets.
#ifndef CONDYLE_HOST_HTTP_CLIENT_TLS_SERVER_FOR_TEST_H_
#define CONDYLE_HOST_HTTP_CLIENT_TLS_SERVER_FOR_TEST_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace condyle {

// A certificate authority of its own; its certificate is a file as long as it lives.
class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();
  const std::string& file() const { return file_; }

  struct Issued {
    std::string certificate;  // PEM
    std::string key;
  };
  // names: as OpenSSL's subjectAltName: "DNS:localhost,IP:127.0.0.1". days: from now; below 0 it has expired.
  Issued Issue(const std::string& names, int days = 1) const;

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string file_;
};

// On a free port of 127.0.0.1, a thread per connection. The destructor ends all of them.
class TestServer {
 public:
  // Of a request: its lines up to the empty one.
  class Exchange {
   public:
    virtual ~Exchange() = default;
    // "/path?query".
    virtual std::string target() const = 0;
    // The header's value; empty if there is none. name: in lower case.
    virtual std::string header(const std::string& name) const = 0;
    // Of the connection, from 1.
    virtual int number() const = 0;
    // False if nobody listens any more.
    virtual bool Write(std::string_view bytes) = 0;
    // Answers with status 200 or another and a length.
    virtual bool Reply(std::string_view body, std::string_view content_type = "text/plain", int status = 200) = 0;
    // Until the server ends or the other side closes.
    virtual void Hang() = 0;
  };
  // Whether the connection stays open.
  using Handler = std::function<bool(Exchange&)>;

  // tls: null for plain HTTP. newest_tls: as OpenSSL numbers versions; 0 for any.
  TestServer(const TestAuthority::Issued* tls, Handler handler, int newest_tls = 0);
  ~TestServer();

  uint16_t port() const;
  // "https://localhost:1234".
  std::string Origin(const std::string& host = "localhost") const;
  int connections() const;
  int requests() const;
  // The most that were being answered at the same time.
  int most_at_once() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_CLIENT_TLS_SERVER_FOR_TEST_H_
