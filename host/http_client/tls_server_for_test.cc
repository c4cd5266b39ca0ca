// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Certificates by OpenSSL, sockets by Asio, blocking: it is easiest to follow.
#include "host/http_client/tls_server_for_test.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <list>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr long kDay = 24 * 60 * 60;

void Need(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "tls_server_for_test: %s failed\n", what);
  std::abort();
}

template <typename Object>
std::string Pem(int (*write)(BIO*, Object*), Object* object) {
  BIO* memory = BIO_new(BIO_s_mem());
  Need(write(memory, object) == 1, "PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<size_t>(size));
  BIO_free(memory);
  return pem;
}

int WriteCertificate(BIO* out, X509* certificate) { return PEM_write_bio_X509(out, certificate); }
int WriteKey(BIO* out, EVP_PKEY* key) {
  return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
}

void Extend(X509* certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  Need(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "an extension");
  X509_EXTENSION_free(extension);
}

X509* NewCertificate(EVP_PKEY* key, const char* name, long serial, int days) {
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), days < 0 ? 2 * days * kDay : -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), days * kDay);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

}  // namespace

struct TestAuthority::Keys {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = nullptr;
  mutable long serial = 1;
};

TestAuthority::TestAuthority() : keys_(std::make_unique<Keys>()) {
  keys_->certificate = NewCertificate(keys_->key, "Test authority", keys_->serial++, 1);
  X509_set_issuer_name(keys_->certificate, X509_get_subject_name(keys_->certificate));
  Extend(keys_->certificate, keys_->certificate, NID_basic_constraints, "critical,CA:TRUE");
  Extend(keys_->certificate, keys_->certificate, NID_key_usage, "critical,keyCertSign");
  Extend(keys_->certificate, keys_->certificate, NID_subject_key_identifier, "hash");
  Need(X509_sign(keys_->certificate, keys_->key, EVP_sha256()) != 0, "signing");
  const char* folder = std::getenv("TMPDIR");
  file_ = absl::StrCat(folder != nullptr ? folder : "/tmp", "/condyle-ca-XXXXXX");
  const int descriptor = mkstemp(file_.data());
  Need(descriptor >= 0, "a temporary file");
  close(descriptor);
  std::ofstream(file_) << Pem(WriteCertificate, keys_->certificate);
}

TestAuthority::~TestAuthority() {
  X509_free(keys_->certificate);
  EVP_PKEY_free(keys_->key);
  unlink(file_.c_str());
}

TestAuthority::Issued TestAuthority::Issue(const std::string& names, int days) const {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = NewCertificate(key, "Test server", keys_->serial++, days);
  X509_set_issuer_name(certificate, X509_get_subject_name(keys_->certificate));
  Extend(certificate, keys_->certificate, NID_subject_alt_name, names);
  Need(X509_sign(certificate, keys_->key, EVP_sha256()) != 0, "signing");
  Issued issued{Pem(WriteCertificate, certificate), Pem(WriteKey, key)};
  X509_free(certificate);
  EVP_PKEY_free(key);
  return issued;
}

class TestServer::Impl {
 public:
  Impl(const TestAuthority::Issued* tls, Handler handler, int newest_tls)
      : handler_(std::move(handler)), acceptor_(io_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)) {
    if (tls != nullptr) {
      tls_ = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
      tls_->use_certificate_chain(asio::buffer(tls->certificate));
      tls_->use_private_key(asio::buffer(tls->key), asio::ssl::context::pem);
      SSL_CTX_set_security_level(tls_->native_handle(), 0);  // or it would not offer old versions
      if (newest_tls != 0) SSL_CTX_set_max_proto_version(tls_->native_handle(), newest_tls);
    }
    accepting_ = std::thread([this] { Accept(); });
  }

  ~Impl() {
    ending_ = true;
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    accepting_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
  }

  uint16_t port() const { return acceptor_.local_endpoint().port(); }
  bool is_tls() const { return tls_ != nullptr; }

  std::atomic<int> connections{0};
  std::atomic<int> requests{0};
  std::atomic<int> at_once{0};
  std::atomic<int> most_at_once{0};

 private:
  template <typename Stream>
  class ExchangeOver : public Exchange {
   public:
    ExchangeOver(Stream& stream, std::string head, int number, int socket)
        : stream_(stream), head_(std::move(head)), number_(number), socket_(socket) {}
    std::string target() const override {
      const size_t begin = head_.find(' ') + 1;
      return head_.substr(begin, head_.find(' ', begin) - begin);
    }
    std::string header(const std::string& name) const override {
      const std::string lower = absl::AsciiStrToLower(head_);
      const size_t at = lower.find("\r\n" + name + ": ");
      if (at == lower.npos) return "";
      const size_t begin = at + name.size() + 4;
      return head_.substr(begin, head_.find("\r\n", begin) - begin);
    }
    int number() const override { return number_; }
    bool Write(std::string_view bytes) override {
      ErrorCode error;
      asio::write(stream_, asio::buffer(bytes.data(), bytes.size()), error);
      return !error;
    }
    bool Reply(std::string_view body, std::string_view content_type, int status) override {
      return Write(absl::StrCat("HTTP/1.1 ", status, " Status\r\nContent-Type: ", std::string(content_type),
                                "\r\nContent-Length: ", body.size(), "\r\n\r\n", std::string(body)));
    }
    void Hang() override {
      pollfd one{socket_, POLLRDHUP, 0};
      poll(&one, 1, 60'000);
    }

   private:
    Stream& stream_;
    const std::string head_;
    const int number_;
    const int socket_;
  };

  void Accept() {
    while (!ending_) {
      auto socket = std::make_shared<tcp::socket>(io_);
      ErrorCode error;
      acceptor_.accept(*socket, error);
      if (error) continue;
      const std::lock_guard lock(mutex_);
      sockets_.insert(socket->native_handle());
      threads_.emplace_back([this, socket, number = ++connections] { Serve(*socket, number); });
    }
  }

  void Serve(tcp::socket& socket, int number) {
    const int descriptor = socket.native_handle();
    if (tls_) {
      asio::ssl::stream<tcp::socket&> stream(socket, *tls_);
      ErrorCode error;
      stream.handshake(asio::ssl::stream_base::server, error);
      if (!error) Answer(stream, number, descriptor);
      if (!error) stream.shutdown(error);
    } else {
      Answer(socket, number, descriptor);
    }
    ::shutdown(descriptor, SHUT_RDWR);  // closed with the socket, when nobody looks at its number any more
  }

  template <typename Stream>
  void Answer(Stream& stream, int number, int descriptor) {
    std::string text;
    while (!ending_) {
      ErrorCode error;
      const size_t size = asio::read_until(stream, asio::dynamic_buffer(text), "\r\n\r\n", error);
      if (error) return;
      ++requests;
      const int now = ++at_once;
      for (int most = most_at_once; now > most && !most_at_once.compare_exchange_weak(most, now);) {
      }
      ExchangeOver<Stream> exchange(stream, text.substr(0, size), number, descriptor);
      text.erase(0, size);
      const bool stays = handler_(exchange);
      --at_once;
      if (!stays) return;
    }
  }

  const Handler handler_;
  asio::io_context io_;
  std::unique_ptr<asio::ssl::context> tls_;
  tcp::acceptor acceptor_;
  std::atomic<bool> ending_{false};
  std::mutex mutex_;
  std::set<int> sockets_;
  std::list<std::thread> threads_;
  std::thread accepting_;
};

TestServer::TestServer(const TestAuthority::Issued* tls, Handler handler, int newest_tls)
    : impl_(std::make_unique<Impl>(tls, std::move(handler), newest_tls)) {}
TestServer::~TestServer() = default;

uint16_t TestServer::port() const { return impl_->port(); }
std::string TestServer::Origin(const std::string& host) const {
  return absl::StrCat(impl_->is_tls() ? "https://" : "http://", host, ":", port());
}
int TestServer::connections() const { return impl_->connections; }
int TestServer::requests() const { return impl_->requests; }
int TestServer::most_at_once() const { return impl_->most_at_once; }

}  // namespace condyle
