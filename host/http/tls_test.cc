// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The server over TLS.
#include "host/http/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "host/http/certificate_for_test.h"
#include "host/http/server_for_test.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;

HttpServerOptions With(const TestCertificate& certificate) {
  HttpServerOptions options;
  options.listen = {{"127.0.0.1", 0, true}};
  options.tls = TlsFiles{certificate.certificate_file, certificate.key_file, ""};
  return options;
}

std::string NameOfServer(const TestClient& client) {
  X509* const certificate = SSL_get1_peer_certificate(client.ssl());
  std::array<char, 64> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
  X509_free(certificate);
  return name.data();
}

TEST(TlsTest, ServesAsOverPlainSockets) {
  const TestCertificate certificate("server");
  const auto trust = certificate.Client();
  TestServer server(With(certificate));
  TestClient client(server.http->port(), trust.get());
  ASSERT_TRUE(client.connected());
  const std::string large(size_t{1} << 20, 'b');
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.Ask(Get("/static")).value_or(TestReply{}).body, "static");
    EXPECT_TRUE(client.Ask(Post("/echo", large)).value_or(TestReply{}).body == large);
    EXPECT_EQ(client.Ask(Get("/large")).value_or(TestReply{}).body.size(), size_t{8} << 20);
  }
  ASSERT_TRUE(client.Send(Get("/static") + Get("/pool") + Get("/static", "Connection: close\r\n")));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.Receive().value_or(TestReply{}).status, 200);
  EXPECT_TRUE(client.Ends());
  // With close_notify: what was cut off on the way would be noticed.
  EXPECT_EQ(SSL_get_shutdown(client.ssl()) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
}

TEST(TlsTest, FaultsAreAnsweredOverTlsToo) {
  const TestCertificate certificate("server");
  const auto trust = certificate.Client();
  HttpServerOptions options = With(certificate);
  options.limits.body_bytes = 10;
  TestServer server(options);
  EXPECT_EQ(TestClient(server.http->port(), trust.get()).Ask("nonsense\r\n\r\n").value_or(TestReply{}).status, 400);
  EXPECT_EQ(TestClient(server.http->port(), trust.get()).Ask(Post("/echo", "eleven byte")).value_or(TestReply{}).status,
            413);
}

TEST(TlsTest, WhoSpeaksNoTlsIsClosed) {
  const TestCertificate certificate("server");
  const auto trust = certificate.Client();
  TestServer server(With(certificate));
  TestClient plain(server.http->port());
  EXPECT_FALSE(plain.Ask(Get("/static")).has_value());
  EXPECT_EQ(TestClient(server.http->port(), trust.get()).Ask(Get("/static")).value_or(TestReply{}).status, 200);
  EXPECT_TRUE(server.MetricIs("condyle_http_refused_total{reason=\"tls\"} 1"));
}

TEST(TlsTest, AHandshakeThatHangsIsClosed) {
  const TestCertificate certificate("server");
  HttpServerOptions options = With(certificate);
  options.limits.header = std::chrono::milliseconds(40);
  TestServer server(options);
  TestClient silent(server.http->port());
  EXPECT_TRUE(silent.Ends());
}

TEST(TlsTest, OnlyNewVersionsAreSpoken) {
  const TestCertificate certificate("server");
  TestServer server(With(certificate));
  struct Case {
    int version;
    bool spoken;
  };
  for (const Case& c : {Case{TLS1_1_VERSION, false}, Case{TLS1_2_VERSION, true}, Case{TLS1_3_VERSION, true}}) {
    SCOPED_TRACE(c.version);
    const auto trust = certificate.Client();
    SSL_CTX_set_security_level(trust.get(), 0);
    SSL_CTX_set_min_proto_version(trust.get(), c.version);
    SSL_CTX_set_max_proto_version(trust.get(), c.version);
    EXPECT_EQ(TestClient(server.http->port(), trust.get()).connected(), c.spoken);
  }
}

TEST(TlsTest, AgreesOnHttp11) {
  const TestCertificate certificate("server");
  const auto trust = certificate.Client();
  static constexpr unsigned char kOffer[] = "\x02h2\x08http/1.1";
  SSL_CTX_set_alpn_protos(trust.get(), kOffer, sizeof kOffer - 1);
  TestServer server(With(certificate));
  const TestClient client(server.http->port(), trust.get());
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(client.ssl(), &chosen, &size);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(chosen), size), "http/1.1");
}

TEST(TlsTest, ClientsShowACertificateWhereOneIsAskedFor) {
  const TestCertificate certificate("server");
  const TestCertificate ehr("ehr");
  const TestCertificate stranger("stranger");
  HttpServerOptions options = With(certificate);
  options.tls->client_ca = ehr.certificate_file;
  TestServer server(options);
  struct Case {
    const char* name;
    const TestCertificate* shown;
    bool served;
  };
  for (const Case& c :
       {Case{"the right one", &ehr, true}, Case{"another", &stranger, false}, Case{"none", nullptr, false}}) {
    SCOPED_TRACE(c.name);
    const auto trust = certificate.Client();
    if (c.shown != nullptr) c.shown->ShowBy(trust.get());
    // With TLS 1.3 a client learns only by reading that it was refused.
    EXPECT_EQ(TestClient(server.http->port(), trust.get()).Ask(Get("/static")).has_value(), c.served);
  }
}

TEST(TlsTest, NewCertificatesAreReadWhileItServes) {
  const TestCertificate old_one("old");
  const TestCertificate new_one("new");
  const HttpServerOptions options = With(old_one);
  TestServer server(options);
  const auto trust_old = old_one.Client();
  const auto trust_new = new_one.Client();
  TestClient open(server.http->port(), trust_old.get());
  EXPECT_EQ(NameOfServer(open), "old");

  // Halfway through a change the files do not fit, and the old ones stay.
  const auto over = std::filesystem::copy_options::overwrite_existing;
  std::filesystem::copy_file(new_one.certificate_file, old_one.certificate_file, over);
  const absl::Status mixed = server.http->ReloadCertificates();
  EXPECT_FALSE(mixed.ok());
  EXPECT_EQ(NameOfServer(TestClient(server.http->port(), trust_old.get())), "old");

  std::filesystem::copy_file(new_one.key_file, old_one.key_file, over);
  ASSERT_TRUE(server.http->ReloadCertificates().ok());
  EXPECT_EQ(NameOfServer(TestClient(server.http->port(), trust_new.get())), "new");
  EXPECT_EQ(open.Ask(Get("/static")).value_or(TestReply{}).status, 200);
}

TEST(TlsTest, ErrorsNameTheFile) {
  const TestCertificate good("good");
  const TestCertificate other("other");
  const std::string text = good.key_file + ".txt";
  std::ofstream(text) << "no PEM\n";
  struct Case {
    const char* name;
    TlsFiles files;
    std::string says;
  };
  for (const Case& c : {
           Case{"no certificate", {"/nowhere.crt", good.key_file, ""}, "certificate_chain /nowhere.crt"},
           Case{"no key", {good.certificate_file, "/nowhere.key", ""}, "private_key /nowhere.key"},
           Case{"certificate that is none", {text, good.key_file, ""}, "certificate_chain " + text},
           Case{"key of another", {good.certificate_file, other.key_file, ""}, other.key_file},
           Case{"no client CA", {good.certificate_file, good.key_file, "/nowhere.ca"}, "client_ca /nowhere.ca"},
       }) {
    SCOPED_TRACE(c.name);
    const auto context = LoadTls(c.files);
    ASSERT_FALSE(context.ok());
    EXPECT_THAT(std::string(context.status().message()), HasSubstr(c.says));
  }
  EXPECT_TRUE(LoadTls({good.certificate_file, good.key_file, good.certificate_file}).ok());
}

TEST(TlsTest, AClientThatGoesAwayStopsItsHandlerAndDrainEnds) {
  const TestCertificate certificate("server");
  const auto trust = certificate.Client();
  TestServer server(With(certificate));
  TestClient client(server.http->port(), trust.get());
  ASSERT_TRUE(client.Send(Get("/wait")));
  ASSERT_TRUE(server.gate.WaitInside(1));
  client.Close();
  EXPECT_TRUE(server.gate.WaitGaveUp(1));
  TestClient other(server.http->port(), trust.get());
  ASSERT_TRUE(other.Send(Get("/wait")));
  ASSERT_TRUE(server.gate.WaitInside(2));
  size_t cut = 1;
  std::thread drain([&] { cut = server.http->Drain(std::chrono::seconds(30)); });
  while (!server.http->draining()) std::this_thread::yield();
  server.gate.Open();
  const auto reply = other.Receive();
  EXPECT_EQ(reply.value_or(TestReply{}).body, "waited");
  EXPECT_TRUE(other.Ends());
  other.Close();
  drain.join();
  EXPECT_EQ(cut, 0u);
}

}  // namespace
}  // namespace condyle
