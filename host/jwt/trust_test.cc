// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The trust file: what it says, and every fault with its place.
#include "host/jwt/trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/jwt/signer_for_test.h"

namespace condyle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Write(const std::string& name, const std::string& text) {
  const std::string path = (std::filesystem::path(testing::TempDir()) / name).string();
  std::ofstream(path) << text;
  return path;
}

TEST(Trust, SaysWhoIsTrustedAndHow) {
  Write("condyle_trust_keys.json", TestJwks(TestSigner::Ec("k").Jwk()));
  const std::string path = Write("condyle_trust.json", R"({
    "algorithms": ["ES384", "ES256"], "clock_leeway_seconds": 5,
    "issuers": [
      {"iss": "https://a.example", "jwks_urls": ["https://a.example/jwks.json", "https://A.example:443/t/*"]},
      {"iss": "b", "jwks_file": "condyle_trust_keys.json", "tenants": ["n", "s"], "longest_life_seconds": 60},
      {"iss": "c", "private_addresses": true, "jwks_urls": ["http://localhost:1/jwks"], "jwks": )" +
                                                           TestJwks(TestSigner::Rsa("r").Jwk()) + "}]}");
  const absl::StatusOr<JwtTrust> trust = ReadJwtTrust(path);
  ASSERT_TRUE(trust.ok()) << trust.status();
  EXPECT_THAT(trust->algorithms, ElementsAre("ES384", "ES256"));
  EXPECT_EQ(trust->clock_leeway, absl::Seconds(5));
  ASSERT_EQ(trust->issuers.size(), 3u);
  EXPECT_THAT(trust->issuers[0].jwks_urls, ElementsAre("https://a.example/jwks.json"));
  EXPECT_THAT(trust->issuers[0].jwks_prefixes, ElementsAre("https://a.example/t/"));
  EXPECT_EQ(trust->issuers[0].longest_life, absl::Minutes(5));
  EXPECT_EQ(trust->issuers[1].keys.keys.count("k"), 1u);
  EXPECT_THAT(trust->issuers[1].tenants, ElementsAre("n", "s"));
  EXPECT_EQ(trust->issuers[1].longest_life, absl::Minutes(1));
  EXPECT_EQ(trust->issuers[2].keys.keys.count("r"), 1u);
  const std::vector<HttpPeer> peers = JwksPeers(*trust);
  ASSERT_EQ(peers.size(), 3u);
  EXPECT_EQ(peers[0].host, "a.example");
  EXPECT_FALSE(peers[0].private_addresses);
  EXPECT_FALSE(peers[2].https);
  EXPECT_TRUE(peers[2].private_addresses);
}

TEST(Trust, WithoutFurtherWordsItIsWhatCdsHooksRecommends) {
  const absl::StatusOr<JwtTrust> trust =
      ParseJwtTrust(R"({"issuers": [{"iss": "a", "jwks_urls": ["https://a.example/"]}]})", "t");
  ASSERT_TRUE(trust.ok()) << trust.status();
  EXPECT_THAT(trust->algorithms, ElementsAre("ES384", "RS384"));
  EXPECT_EQ(trust->clock_leeway, absl::Seconds(60));
}

std::string Issuer(const std::string& members) { return absl::StrCat(R"({"issuers": [{"iss": "a", )", members, "}]}"); }

TEST(Trust, EachFaultIsNamedWithItsPlace) {
  const TestSigner weak = TestSigner::Rsa("weak", 1024);
  const struct {
    const char* name;
    std::string text;
    const char* message;
  } rows[] = {
      {"no JSON", "issuers:", "not valid JSON"},
      {"an array", "[]", "expected an object"},
      {"no issuers", "{}", "/issuers: is missing"},
      {"none of them", R"({"issuers": []})", "/issuers: must not be empty"},
      {"a slip of the pen", R"({"issuer": []})", "/issuer: no such setting; allowed are issuers, algorithms"},
      {"no iss", R"({"issuers": [{"jwks_urls": ["https://a.example/"]}]})", "/issuers/0/iss: is missing"},
      {"an empty iss", R"({"issuers": [{"iss": "", "jwks_urls": ["https://a.example/"]}]})",
       "/issuers/0/iss: must have 1"},
      {"iss no string", R"({"issuers": [{"iss": 1}]})", "/issuers/0/iss: expected a string"},
      {"an issuer twice",
       R"({"issuers": [{"iss": "a", "jwks_urls": ["https://a.example/"]}, {"iss": "a", "jwks_urls": ["https://b.example/"]}]})",
       "/issuers/1/iss: the issuer \"a\" is there twice"},
      {"no keys", R"({"issuers": [{"iss": "a"}]})", "/issuers/0: has no keys: give jwks_urls, jwks_file or jwks"},
      {"no such setting", Issuer(R"("jku": "https://a.example/")"),
       "/issuers/0/jku: no such setting; allowed are iss, jwks_urls"},
      {"a setting twice", Issuer(R"("tenants": ["a"], "tenants": ["b"])"), "/issuers/0/tenants"},
      {"no TLS", Issuer(R"("jwks_urls": ["http://a.example/"])"), "/issuers/0/jwks_urls/0: must be https://"},
      {"no TLS on this machine", Issuer(R"("jwks_urls": ["http://localhost/"])"), "with \"private_addresses\": true"},
      {"no TLS on another machine", Issuer(R"("private_addresses": true, "jwks_urls": ["http://10.0.0.1/"])"),
       "/issuers/0/jwks_urls/0: must be https://"},
      {"no URL", Issuer(R"("jwks_urls": ["https://a.example/", "a.example"])"),
       "/issuers/0/jwks_urls/1: the URL is no absolute"},
      {"a URL that goes up", Issuer(R"("jwks_urls": ["https://a.example/../x"])"), "'..'"},
      {"a prefix of a host", Issuer(R"("jwks_urls": ["https://a.example*"])"), "a prefix must end in /*"},
      {"a prefix of a name", Issuer(R"("jwks_urls": ["https://a.example/x*"])"), "a prefix must end in /*"},
      {"a prefix of a query", Issuer(R"("jwks_urls": ["https://a.example/?x=/*"])"), "a prefix must end in /*"},
      {"any host", Issuer(R"("jwks_urls": ["https://*"])"), "/issuers/0/jwks_urls/0"},
      {"no URLs", Issuer(R"("jwks_urls": [])"), "/issuers/0/jwks_urls: must not be empty"},
      {"none", R"({"issuers": [{"iss": "a", "jwks_urls": ["https://a.example/"]}], "algorithms": ["none"]})",
       "/algorithms/0: no such algorithm; allowed are ES256"},
      {"HS256", R"({"issuers": [{"iss": "a", "jwks_urls": ["https://a.example/"]}], "algorithms": ["ES384", "HS256"]})",
       "/algorithms/1: no such algorithm"},
      {"no algorithms", R"({"issuers": [], "algorithms": []})", "/algorithms: must not be empty"},
      {"too much leeway", R"({"issuers": [], "clock_leeway_seconds": 301})",
       "/clock_leeway_seconds: must be whole seconds, 0 to 300"},
      {"half a second", R"({"issuers": [], "clock_leeway_seconds": 0.5})", "/clock_leeway_seconds"},
      {"too long a life", Issuer(R"("jwks_urls": ["https://a.example/"], "longest_life_seconds": 3601)"),
       "/issuers/0/longest_life_seconds: must be whole seconds, 0 to 3600"},
      {"no tenants", Issuer(R"("tenants": [])"), "/issuers/0/tenants: must not be empty; leave it out"},
      {"a file that is not there", Issuer(R"("jwks_file": "nowhere.json")"), "folder/nowhere.json: cannot be read"},
      {"keys twice", Issuer(R"("jwks_file": "a", "jwks": {"keys": []})"), "/issuers/0/jwks: give jwks or jwks_file"},
      {"no key", Issuer(R"("jwks": {"keys": []})"), "/issuers/0/jwks: /keys: holds no key"},
      {"a key of no use", Issuer(absl::StrCat("\"jwks\": ", TestJwks(weak.Jwk()))),
       "/issuers/0/jwks: /keys/0 (kid \"weak\"): RSA of 1024 bits"},
      {"a secret", Issuer(R"("jwks": {"keys": [{"kty": "oct", "kid": "k", "k": "c2VjcmV0"}]})"), "neither EC nor RSA"},
  };
  for (const auto& row : rows) {
    const absl::StatusOr<JwtTrust> trust = ParseJwtTrust(row.text, "folder/trust.json");
    ASSERT_FALSE(trust.ok()) << row.name;
    EXPECT_THAT(std::string(trust.status().message()), HasSubstr("folder/")) << row.name;
    EXPECT_THAT(std::string(trust.status().message()), HasSubstr(row.message)) << row.name;
  }
  EXPECT_TRUE(absl::IsNotFound(ReadJwtTrust("/nowhere/trust.json").status()));
}

TEST(Trust, AJkuMustBeOnTheListOrBelowAPrefix) {
  TrustedIssuer issuer;
  issuer.jwks_urls = {"https://a.example/jwks.json"};
  issuer.jwks_prefixes = {"https://a.example/t/"};
  const struct {
    const char* jku;
    const char* found;  // null: not trusted
  } rows[] = {
      {"https://a.example/jwks.json", "https://a.example/jwks.json named"},
      {"https://a.example/t/north.json", "https://a.example/t/north.json"},
      {"https://a.example/t/north/jwks", "https://a.example/t/north/jwks"},
      {"HTTPS://A.EXAMPLE:443/t/north", "https://a.example/t/north"},
      {"https://a.example/t/", nullptr},
      {"https://a.example/t", nullptr},
      {"https://a.example/T/north", nullptr},
      {"https://a.example/jwks.json?x", nullptr},
      {"https://a.example/jwks.json/", nullptr},
      {"https://a.example/t/north?x", nullptr},
      {"https://a.example/t/north#x", nullptr},
      {"https://a.example/t/../evil", nullptr},
      {"https://a.example/t/%2e%2e/evil", nullptr},
      {"https://a.example/t/..%2fevil", nullptr},
      {"https://a.example/t/..%5cevil", nullptr},
      {"https://a.example/t/\\..\\evil", nullptr},
      {"https://a.example.evil/t/north", nullptr},
      {"https://a.example@evil/t/north", nullptr},
      {"https://a.example:444/t/north", nullptr},
      {"http://a.example/t/north", nullptr},
      {"", nullptr},
  };
  for (const auto& row : rows) {
    const std::optional<TrustedJku> found = FindJku(issuer, row.jku);
    ASSERT_EQ(found.has_value(), row.found != nullptr) << row.jku;
    EXPECT_EQ(found ? found->url + (found->named ? " named" : "") : "", found ? row.found : "") << row.jku;
  }
}

}  // namespace
}  // namespace condyle
