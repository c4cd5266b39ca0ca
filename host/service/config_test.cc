// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Which configurations start, and what the others are told.
#include "host/service/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace condyle::service {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Row {
  const char* name;
  std::function<void(Config&)> set;
  // Part of what is said; empty: it starts.
  const char* fault;
};

class ConfigCase : public ::testing::TestWithParam<Row> {};

TEST_P(ConfigCase, IsJudged) {
  Config config;
  GetParam().set(config);
  const std::string fault = FindFault(config);
  if (*GetParam().fault == '\0') {
    EXPECT_THAT(fault, IsEmpty());
  } else {
    EXPECT_THAT(fault, HasSubstr(GetParam().fault));
  }
}

void Open(Config& c) { c.listen = {"0.0.0.0:8443"}; }
void Tls(Config& c) {
  c.tls_certificate = "cert.pem";
  c.tls_key = "key.pem";
}

INSTANTIATE_TEST_SUITE_P(
    Configs, ConfigCase,
    ::testing::Values(
        Row{"defaults", [](Config&) {}, ""}, Row{"nowhere", [](Config& c) { c.listen.clear(); }, "--listen is missing"},
        Row{"ipv6_loopback", [](Config& c) { c.listen = {"[::1]:0"}; }, ""},
        Row{"no_port", [](Config& c) { c.listen = {"127.0.0.1"}; }, "ADDRESS:PORT"},
        Row{"empty_port", [](Config& c) { c.listen = {"127.0.0.1:"}; }, "ADDRESS:PORT"},
        Row{"highest_port", [](Config& c) { c.listen = {"127.0.0.1:65535"}; }, ""},
        Row{"port_too_high", [](Config& c) { c.listen = {"127.0.0.1:65536"}; }, "ADDRESS:PORT"},
        Row{"port_of_letters", [](Config& c) { c.listen = {"127.0.0.1:http"}; }, "ADDRESS:PORT"},
        Row{"host_name", [](Config& c) { c.listen = {"localhost:8080"}; }, "ADDRESS:PORT"},
        Row{"ipv6_without_brackets", [](Config& c) { c.listen = {"::1:8080"}; }, "ADDRESS:PORT"},
        Row{"one_of_two_is_open_and_plain",
            [](Config& c) {
              c.listen = {"127.0.0.1:1", "0.0.0.0:2"};
            },
            "clear text"},
        Row{"open_with_tls_for_whom", [](Config& c) { Open(c), Tls(c); }, "not said whom it answers"},
        Row{"open_with_tls_and_clients", [](Config& c) { Open(c), Tls(c), c.clients = "clients.json"; }, ""},
        Row{"open_with_tls_and_client_certificates", [](Config& c) { Open(c), Tls(c), c.tls_client_ca = "ca.pem"; },
            ""},
        Row{"open_for_all_on_purpose", [](Config& c) { Open(c), Tls(c), c.anonymous = true; }, ""},
        Row{"for_all_and_for_some", [](Config& c) { c.anonymous = true, c.clients = "clients.json"; }, "exclude each"},
        Row{"certificate_without_key", [](Config& c) { c.tls_certificate = "cert.pem"; }, "belong together"},
        Row{"key_without_certificate", [](Config& c) { c.tls_key = "key.pem"; }, "belong together"},
        Row{"client_certificates_without_tls", [](Config& c) { c.tls_client_ca = "ca.pem"; },
            "needs --tls-certificate"},
        Row{"behind_a_proxy",
            [](Config& c) {
              Open(c);
              c.behind_proxy = true;
              c.clients = "clients.json";
              c.public_url = "https://cds.example";
            },
            ""},
        Row{"behind_a_proxy_on_loopback_for_whom",
            [](Config& c) { c.behind_proxy = true, c.public_url = "https://cds.example"; }, "not said whom it answers"},
        Row{"behind_a_proxy_of_unknown_name", [](Config& c) { c.behind_proxy = true, c.anonymous = true; },
            "needs --public-url"},
        Row{"url_with_slash", [](Config& c) { c.public_url = "https://cds.example/"; }, "--public-url"},
        Row{"url_with_path", [](Config& c) { c.public_url = "https://cds.example/condyle"; }, ""},
        Row{"url_of_another_scheme", [](Config& c) { c.public_url = "ftp://cds.example"; }, "--public-url"},
        Row{"url_with_query", [](Config& c) { c.public_url = "https://cds.example?a=b"; }, "--public-url"},
        Row{"url_with_password", [](Config& c) { c.public_url = "https://a:b@cds.example"; }, "--public-url"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Config, PublicUrlIsTheOneGivenElseTheFirstAddress) {
  Config config;
  config.listen = {"127.0.0.1:4711", "127.0.0.1:4712"};
  EXPECT_EQ(PublicUrl(config), "http://127.0.0.1:4711");
  Tls(config);
  EXPECT_EQ(PublicUrl(config), "https://127.0.0.1:4711");
  config.listen = {"[::1]:4711"};
  EXPECT_EQ(PublicUrl(config), "https://[::1]:4711");
  config.public_url = "https://cds.example";
  EXPECT_EQ(PublicUrl(config), "https://cds.example");
}

TEST(Config, PortsThatAreGivenStayAndOthersAreChosen) {
  Config config;
  config.listen = {"127.0.0.1:4711", "127.0.0.1:0"};
  ASSERT_TRUE(ChoosePorts(&config).ok());
  EXPECT_EQ(config.listen[0], "127.0.0.1:4711");
  EXPECT_THAT(config.listen[1], ::testing::MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]+"));
}

TEST(Config, AnAddressOfAnotherMachineIsNamed) {
  Config config;
  config.listen = {"192.0.2.1:0"};  // for documentation, RFC 5737
  EXPECT_THAT(std::string(ChoosePorts(&config).message()), HasSubstr("192.0.2.1:0"));
}

}  // namespace
}  // namespace condyle::service
