// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Each way in which a token is refused, and the good ones beside it.
#include "host/jwt/verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "host/jwt/signer_for_test.h"

namespace condyle {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int64_t kNow = 1'800'000'000;
constexpr char kIss[] = "https://ehr.example";
constexpr char kJku[] = "https://ehr.example/jwks.json";
constexpr char kCalled[] = "https://cds.example/cds-services/runner";

// Key pairs take long to make: once for all tests.
struct Keys {
  TestSigner ec = TestSigner::Ec("ec");
  TestSigner rsa = TestSigner::Rsa("rsa");
  TestSigner p256 = TestSigner::Ec("p256", "P-256");
  TestSigner p521 = TestSigner::Ec("p521", "P-521");
  TestSigner attacker = TestSigner::Ec("ec");
  TestSigner weak = TestSigner::Rsa("weak", 1024);
  TestSigner local = TestSigner::Ec("local");
};
const Keys& TheKeys() {
  static const Keys keys;
  return keys;
}

// One JWK set per URL.
class FakeKeys : public KeySource {
 public:
  std::map<std::string, JwkSet> sets;
  std::vector<std::string> asked;
  bool unavailable = false;

  KeyLookup Find(const std::string& url, bool named, std::string_view kid) override {
    asked.push_back(absl::StrCat(url, named ? " named" : " by prefix"));
    KeyLookup lookup;
    lookup.problem = "no such key there";
    if (unavailable) return lookup;
    const auto [begin, end] = sets[url].keys.equal_range(kid);
    for (auto at = begin; at != end; ++at) lookup.keys.push_back(at->second);
    lookup.state = lookup.keys.empty() ? KeyLookup::State::kNoSuchKey : KeyLookup::State::kFound;
    return lookup;
  }
};

struct Claims {
  std::string iss = kIss;
  std::string aud = absl::StrCat("\"", kCalled, "\"");
  std::string exp = std::to_string(kNow + 240);
  std::string iat = std::to_string(kNow - 10);
  std::string jti = "\"1\"";
  std::string more;

  std::string Json() const {
    return absl::StrCat(R"({"iss":")", iss, R"(","aud":)", aud, R"(,"exp":)", exp, R"(,"iat":)", iat, R"(,"jti":)", jti,
                        more, "}");
  }
};

std::string Header(const std::string& alg, const std::string& kid, const std::string& more = "") {
  return absl::StrCat(R"({"alg":")", alg, R"(","kid":")", kid, R"(","typ":"JWT","jku":")", kJku, "\"", more, "}");
}

std::string Good() { return TheKeys().ec.Sign(Header("ES384", "ec"), Claims().Json(), "ES384"); }

class VerifierTest : public testing::Test {
 protected:
  VerifierTest() {
    const Keys& keys = TheKeys();
    trust_.issuers.push_back({kIss, {kJku}, {"https://ehr.example/tenants/"}, {}, {}, absl::Minutes(5), false});
    trust_.issuers.push_back({"https://pinned.example", {}, {}, {}, {"north", "south"}, absl::Minutes(5), false});
    trust_.issuers[1].keys = *ParseJwks(TestJwks(keys.local.Jwk()));
    source_.sets[kJku] = *ParseJwks(TestJwks(absl::StrCat(keys.ec.Jwk(), ",", keys.rsa.Jwk(), ",", keys.p256.Jwk(), ",",
                                                          keys.p521.Jwk(), ",", keys.weak.Jwk())));
  }

  std::variant<Caller, JwtRefusal> Verify(const std::string& authorization, const std::string& url = kCalled,
                                          int64_t now = kNow) {
    JwtVerifier verifier(trust_, source_, used_);
    return verifier.Verify(authorization, url, absl::FromUnixSeconds(now));
  }
  // "ok", or the refusal's code.
  std::string Verdict(const std::string& token, const std::string& url = kCalled, int64_t now = kNow) {
    const std::variant<Caller, JwtRefusal> verdict = Verify("Bearer " + token, url, now);
    const auto* refusal = std::get_if<JwtRefusal>(&verdict);
    if (refusal == nullptr) return "ok";
    EXPECT_THAT(refusal->Challenge(), Not(HasSubstr(token.substr(0, 20))));
    return refusal->Code();
  }

  JwtTrust trust_;
  FakeKeys source_;
  MemoryUsedTokens used_{1000, [] { return absl::FromUnixSeconds(kNow); }};
};

TEST_F(VerifierTest, AGoodTokenSaysWhoCalls) {
  Claims claims;
  claims.more = R"(,"tenant":"north","sub":"Practitioner/1","nbf":1799999990)";
  for (const auto& [signer, alg] : {std::pair(&TheKeys().ec, "ES384"), std::pair(&TheKeys().rsa, "RS384")}) {
    claims.jti = absl::StrCat("\"", alg, "\"");
    const std::string token = signer->Sign(Header(alg, signer->kid()), claims.Json(), alg);
    const std::variant<Caller, JwtRefusal> verdict = Verify("bearer " + token);
    ASSERT_TRUE(std::holds_alternative<Caller>(verdict)) << std::get<JwtRefusal>(verdict).Code();
    const Caller& caller = std::get<Caller>(verdict);
    EXPECT_EQ(caller.issuer, kIss);
    EXPECT_EQ(caller.tenant, "north");
    EXPECT_EQ(caller.subject, "Practitioner/1");
    EXPECT_EQ(caller.jti, alg);
    EXPECT_EQ(absl::ToUnixSeconds(caller.expires), kNow + 240);
  }
}

TEST_F(VerifierTest, MoreAlgorithmsAreGoodOnceTheyAreAllowed) {
  const struct {
    const char* alg;
    const TestSigner& signer;
  } rows[] = {{"ES256", TheKeys().p256}, {"ES512", TheKeys().p521}, {"RS256", TheKeys().rsa}, {"RS512", TheKeys().rsa},
              {"PS256", TheKeys().rsa},  {"PS384", TheKeys().rsa},  {"PS512", TheKeys().rsa}};
  for (const auto& row : rows) {
    Claims claims;
    claims.jti = absl::StrCat("\"", row.alg, "\"");
    const std::string token = row.signer.Sign(Header(row.alg, row.signer.kid()), claims.Json(), row.alg);
    trust_.algorithms = {"ES384", "RS384"};
    EXPECT_EQ(Verdict(token), "algorithm_not_allowed") << row.alg;
    trust_.algorithms = {row.alg};
    EXPECT_EQ(Verdict(token), "ok") << row.alg;
    EXPECT_EQ(Verdict(Good()), "algorithm_not_allowed") << row.alg;
  }
}

TEST_F(VerifierTest, WhatIsNoTokenIsRefused) {
  const std::string good = Good();
  const size_t dot = good.rfind('.');
  const struct {
    const char* name;
    std::string authorization;
    const char* code;
  } rows[] = {
      {"no header", "", "no_token"},
      {"another scheme", "Basic YTpi", "no_token"},
      {"the scheme alone", "Bearer ", "no_token"},
      {"the token alone", good, "no_token"},
      {"8193 bytes", "Bearer " + std::string(8193, 'a'), "too_long"},
      {"8192 bytes of nonsense", "Bearer " + std::string(8192, 'a'), "malformed"},
      {"two parts", "Bearer " + good.substr(0, dot), "malformed"},
      {"four parts", "Bearer " + good + ".AAAA", "malformed"},
      {"five parts, encrypted", "Bearer a.b.c.d.e", "malformed"},
      {"a blank before it", "Bearer  " + good, "malformed"},
      {"a blank after it", "Bearer " + good + " ", "malformed"},
      {"padding", "Bearer " + good + "=", "malformed"},
      {"the alphabet of base64", "Bearer +/" + good.substr(2), "malformed"},
      {"no header part", "Bearer ." + good.substr(good.find('.') + 1), "malformed"},
      {"a header that is no JSON", "Bearer " + Base64Url("{") + good.substr(good.find('.')), "bad_header"},
      {"a header that is an array", "Bearer " + Base64Url("[]") + good.substr(good.find('.')), "bad_header"},
  };
  for (const auto& row : rows) {
    const std::variant<Caller, JwtRefusal> verdict = Verify(row.authorization);
    ASSERT_TRUE(std::holds_alternative<JwtRefusal>(verdict)) << row.name;
    EXPECT_STREQ(std::get<JwtRefusal>(verdict).Code(), row.code) << row.name;
    EXPECT_EQ(std::get<JwtRefusal>(verdict).HttpStatus(), 401) << row.name;
  }
}

TEST_F(VerifierTest, EachBadHeaderIsRefused) {
  const struct {
    const char* name;
    std::string header;
    const char* code;
  } rows[] = {
      {"no alg", R"({"kid":"ec","typ":"JWT"})", "bad_header"},
      {"alg no string", R"({"alg":1,"kid":"ec","typ":"JWT"})", "bad_header"},
      {"alg twice", R"({"alg":"ES384","alg":"none","kid":"ec","typ":"JWT"})", "bad_header"},
      {"no kid", R"({"alg":"ES384","typ":"JWT"})", "bad_header"},
      {"empty kid", R"({"alg":"ES384","kid":"","typ":"JWT"})", "bad_header"},
      {"kid of 513 bytes", Header("ES384", std::string(513, 'k')), "bad_header"},
      {"no typ", R"({"alg":"ES384","kid":"ec"})", "bad_header"},
      {"another typ", R"({"alg":"ES384","kid":"ec","typ":"JWE"})", "bad_header"},
      {"jku no string", R"({"alg":"ES384","kid":"ec","typ":"JWT","jku":1})", "bad_header"},
      {"empty jku", R"({"alg":"ES384","kid":"ec","typ":"JWT","jku":""})", "bad_header"},
      {"HS384", Header("HS384", "ec"), "symmetric"},
      {"an algorithm that nobody knows", Header("ES385", "ec"), "algorithm_not_allowed"},
      {"the name in lower case", Header("es384", "ec"), "algorithm_not_allowed"},
      {"crit", Header("ES384", "ec", R"(,"crit":["exp"])"), "critical"},
      {"crit null", Header("ES384", "ec", R"(,"crit":null)"), "critical"},
      {"b64", Header("ES384", "ec", R"(,"b64":false)"), "critical"},
      {"a jku of somebody else", absl::StrReplaceAll(Header("ES384", "ec"), {{"ehr.example", "evil.example"}}),
       "untrusted_jku"},
      {"the trusted jku with a query", absl::StrReplaceAll(Header("ES384", "ec"), {{"jwks.json", "jwks.json?a"}}),
       "untrusted_jku"},
      {"the jku without TLS", absl::StrReplaceAll(Header("ES384", "ec"), {{"https", "http"}}), "untrusted_jku"},
      {"another kid", Header("ES384", "other"), "unknown_key"},
      {"the kid of a key of 1024 bits", Header("RS384", "weak"), "unknown_key"},
      {"the kid of an RSA key", Header("ES384", "rsa"), "wrong_key_type"},
      {"the kid of another curve", Header("ES384", "p256"), "wrong_key_type"},
      {"RS384 with an EC key", Header("RS384", "ec"), "wrong_key_type"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Verdict(TheKeys().ec.Sign(row.header, Claims().Json(), "ES384")), row.code) << row.name;
  }
  EXPECT_EQ(used_.size(), 0u);
  EXPECT_EQ(Verdict(Good()), "ok");
}

TEST_F(VerifierTest, UnsignedAndSymmetricTokensAreRefused) {
  const std::string claims = Claims().Json();
  for (const char* none : {"none", "None", "NONE", "nOnE"}) {
    const std::string text = absl::StrCat(Base64Url(Header(none, "ec")), ".", Base64Url(claims), ".");
    EXPECT_EQ(Verdict(text), "unsigned") << none;
    EXPECT_EQ(Verdict(text + Good().substr(Good().rfind('.') + 1)), "unsigned") << none;
  }
  // With what everybody knows as the secret, where a library would take the public key for one.
  for (const std::string& secret : {TheKeys().rsa.Pem(), TheKeys().rsa.Jwk(), std::string("secret")}) {
    EXPECT_EQ(Verdict(SignSymmetric(Header("HS256", "rsa"), claims, secret)), "symmetric");
    EXPECT_EQ(Verdict(SignSymmetric(Header("RS384", "rsa"), claims, secret)), "bad_signature");
  }
  EXPECT_EQ(Verdict(absl::StrCat(Base64Url(Header("ES384", "ec")), ".", Base64Url(claims), ".")), "bad_signature");
}

TEST_F(VerifierTest, ATokenCannotBringItsOwnKey) {
  const std::string own =
      absl::StrCat(",\"jwk\":", TheKeys().attacker.Jwk(), R"(,"x5c":["AAAA"],"x5u":"https://evil.example/")");
  EXPECT_EQ(Verdict(TheKeys().attacker.Sign(Header("ES384", "ec", own), Claims().Json(), "ES384")), "bad_signature");
  EXPECT_EQ(source_.asked, std::vector<std::string>{absl::StrCat(kJku, " named")});
}

TEST_F(VerifierTest, ASignatureMustBeOfTheseBytes) {
  const std::string good = Good();
  const size_t first = good.find('.');
  const size_t last = good.rfind('.');
  Claims others;
  others.more = R"(,"tenant":"north")";
  EXPECT_EQ(Verdict(absl::StrCat(good.substr(0, first + 1), Base64Url(others.Json()), good.substr(last))),
            "bad_signature");
  std::string raw;
  ASSERT_TRUE(DecodeBase64Url(std::string_view(good).substr(last + 1), &raw));
  ASSERT_EQ(raw.size(), 96u);
  const struct {
    const char* name;
    std::string signature;
  } rows[] = {
      {"one bit less", raw.substr(0, 95) + static_cast<char>(raw[95] ^ 1)},
      {"one byte less", raw.substr(0, 95)},
      {"one byte more", raw + '\0'},
      {"a zero before r and s",
       absl::StrCat(std::string(1, '\0'), raw.substr(0, 48), std::string(1, '\0'), raw.substr(48))},
      {"r and s of 0", std::string(96, '\0')},
      {"r and s of ones", std::string(96, '\xff')},
      {"r and s exchanged", raw.substr(48) + raw.substr(0, 48)},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Verdict(absl::StrCat(good.substr(0, last + 1), Base64Url(row.signature))), "bad_signature") << row.name;
  }
  // A signature of another kind altogether.
  EXPECT_EQ(Verdict(TheKeys().rsa.Sign(Header("ES384", "ec"), Claims().Json(), "RS384")), "bad_signature");
  EXPECT_EQ(Verdict(good), "ok");
}

TEST_F(VerifierTest, EachBadClaimIsRefused) {
  using Change = std::function<void(Claims*)>;
  const auto at = [](int64_t offset) { return std::to_string(kNow + offset); };
  const struct {
    const char* name;
    Change change;
    const char* code;
  } rows[] = {
      {"no iss", [](Claims* c) { c->iss = ""; }, "bad_claims"},
      {"iss twice", [](Claims* c) { c->more = R"(,"iss":"https://ehr.example")"; }, "bad_claims"},
      {"an issuer that nobody knows", [](Claims* c) { c->iss = "https://evil.example"; }, "unknown_issuer"},
      {"the issuer with a slash", [](Claims* c) { c->iss += "/"; }, "unknown_issuer"},
      {"the issuer in capitals", [](Claims* c) { c->iss = "HTTPS://EHR.EXAMPLE"; }, "unknown_issuer"},
      {"aud null", [](Claims* c) { c->aud = "null"; }, "bad_claims"},
      {"aud a number", [](Claims* c) { c->aud = "1"; }, "bad_claims"},
      {"aud empty", [](Claims* c) { c->aud = "[]"; }, "bad_claims"},
      {"aud with a number", [](Claims* c) { c->aud = absl::StrCat("[", c->aud, ",1]"); }, "bad_claims"},
      {"aud a list with it", [](Claims* c) { c->aud = absl::StrCat(R"(["https://a.example",)", c->aud, "]"); }, "ok"},
      {"aud a list without it", [](Claims* c) { c->aud = R"(["https://a.example"])"; }, "wrong_audience"},
      {"aud the service's base", [](Claims* c) { c->aud = R"("https://cds.example")"; }, "wrong_audience"},
      {"exp a string", [](Claims* c) { c->exp = "\"1800000240\""; }, "bad_claims"},
      {"exp null", [](Claims* c) { c->exp = "null"; }, "bad_claims"},
      {"exp below zero", [](Claims* c) { c->exp = "-1"; }, "bad_claims"},
      {"exp in milliseconds", [](Claims* c) { c->exp = "1800000240000"; }, "bad_claims"},
      {"exp a fraction", [](Claims* c) { c->exp = "1800000240.5"; }, "ok"},
      {"expired, within the leeway",
       [&](Claims* c) {
         c->exp = at(-59);
         c->iat = at(-100);
       },
       "ok"},
      {"expired",
       [&](Claims* c) {
         c->exp = at(-60);
         c->iat = at(-100);
       },
       "expired"},
      {"iat null", [](Claims* c) { c->iat = "null"; }, "bad_claims"},
      {"iat in the future, within the leeway", [&](Claims* c) { c->iat = at(60); }, "ok"},
      {"iat in the future", [&](Claims* c) { c->iat = at(61); }, "issued_in_future"},
      {"nbf in the future, within the leeway", [&](Claims* c) { c->more = ",\"nbf\":" + at(60); }, "ok"},
      {"nbf in the future", [&](Claims* c) { c->more = ",\"nbf\":" + at(61); }, "not_yet_valid"},
      {"nbf a string", [](Claims* c) { c->more = R"(,"nbf":"now")"; }, "bad_claims"},
      {"300 seconds of life", [&](Claims* c) { c->exp = at(290); }, "ok"},
      {"301 seconds of life", [&](Claims* c) { c->exp = at(291); }, "lives_too_long"},
      {"no life", [&](Claims* c) { c->exp = c->iat; }, "lives_too_long"},
      {"no jti", [](Claims* c) { c->jti = "null"; }, "bad_claims"},
      {"jti a number", [](Claims* c) { c->jti = "1"; }, "bad_claims"},
      {"jti empty", [](Claims* c) { c->jti = "\"\""; }, "bad_claims"},
      {"jti of 512 bytes", [](Claims* c) { c->jti = absl::StrCat("\"", std::string(512, 'j'), "\""); }, "ok"},
      {"jti of 513 bytes", [](Claims* c) { c->jti = absl::StrCat("\"", std::string(513, 'j'), "\""); }, "bad_claims"},
      {"any tenant where none is asked for", [](Claims* c) { c->more = R"(,"tenant":"east")"; }, "ok"},
      {"tenant a number", [](Claims* c) { c->more = R"(,"tenant":1)"; }, "bad_claims"},
  };
  int id = 0;
  for (const auto& row : rows) {
    Claims claims;
    claims.jti = absl::StrCat("\"", id++, "\"");
    row.change(&claims);
    EXPECT_EQ(Verdict(TheKeys().ec.Sign(Header("ES384", "ec"), claims.Json(), "ES384")), row.code) << row.name;
  }
}

TEST_F(VerifierTest, TheAudienceIsTheUrlThatIsCalled) {
  const struct {
    const char* name;
    const char* audience;
    const char* called;
    bool meant;
  } rows[] = {
      {"the same", "https://a.example/x", "https://a.example/x", true},
      {"a slash more", "https://a.example/x/", "https://a.example/x", true},
      {"a slash less", "https://a.example/x", "https://a.example/x/", true},
      {"two slashes more", "https://a.example/x//", "https://a.example/x", false},
      {"no path and a slash", "https://a.example", "https://a.example/", true},
      {"host and scheme in capitals", "HTTPS://A.Example/x", "https://a.example/x", true},
      {"path in capitals", "https://a.example/X", "https://a.example/x", false},
      {"the usual port written out", "https://a.example:443/x", "https://a.example/x", true},
      {"another port", "https://a.example:444/x", "https://a.example/x", false},
      {"another scheme", "http://a.example/x", "https://a.example/x", false},
      {"another host", "https://b.example/x", "https://a.example/x", false},
      {"a longer host", "https://a.example.evil/x", "https://a.example/x", false},
      {"the folder above", "https://a.example/x", "https://a.example/x/y", false},
      {"a service below", "https://a.example/x/y", "https://a.example/x", false},
      {"called with a query", "https://a.example/x", "https://a.example/x?v=1", true},
      {"the same query", "https://a.example/x?v=1", "https://a.example/x?v=1", true},
      {"another query", "https://a.example/x?v=2", "https://a.example/x?v=1", false},
      {"a query of its own", "https://a.example/x?v=1", "https://a.example/x", false},
      {"dots", "https://a.example/y/../x", "https://a.example/x", false},
      {"percent-encoded", "https://a.example/%78", "https://a.example/x", false},
      {"with a user", "https://u@a.example/x", "https://a.example/x", false},
      {"no URL", "runner", "https://a.example/x", false},
  };
  for (const auto& row : rows) EXPECT_EQ(IsAudience(row.audience, row.called), row.meant) << row.name;
}

TEST_F(VerifierTest, ATokenIsGoodOnce) {
  const std::string good = Good();
  EXPECT_EQ(Verdict(good), "ok");
  EXPECT_EQ(Verdict(good), "replayed");
  EXPECT_EQ(Verdict(good, kCalled, kNow + 299), "replayed");  // till the end of the leeway
  EXPECT_EQ(Verdict(good, kCalled, kNow + 300), "expired");
  // Signed anew with the same id is a replay too.
  EXPECT_EQ(Verdict(TheKeys().rsa.Sign(Header("RS384", "rsa"), Claims().Json(), "RS384")), "replayed");
}

TEST_F(VerifierTest, ARefusedTokenDoesNotUseUpAnId) {
  EXPECT_EQ(Verdict(Good(), "https://cds.example/cds-services/other"), "wrong_audience");
  EXPECT_EQ(Verdict(TheKeys().attacker.Sign(Header("ES384", "ec"), Claims().Json(), "ES384")), "bad_signature");
  EXPECT_EQ(used_.size(), 0u);
  EXPECT_EQ(Verdict(Good()), "ok");
}

TEST_F(VerifierTest, WhereReplayCannotBeToldTheTokenIsRefused) {
  MemoryUsedTokens full(0);
  JwtVerifier verifier(trust_, source_, full);
  const std::variant<Caller, JwtRefusal> verdict =
      verifier.Verify("Bearer " + Good(), kCalled, absl::FromUnixSeconds(kNow));
  ASSERT_TRUE(std::holds_alternative<JwtRefusal>(verdict));
  EXPECT_STREQ(std::get<JwtRefusal>(verdict).Code(), "replay_unknown");
  EXPECT_EQ(std::get<JwtRefusal>(verdict).HttpStatus(), 503);
  EXPECT_THAT(std::get<JwtRefusal>(verdict).detail, HasSubstr("raise the limit"));
}

TEST_F(VerifierTest, WhereKeysCannotBeReadItIsNotTheClientsFault) {
  source_.unavailable = true;
  const std::variant<Caller, JwtRefusal> verdict = Verify("Bearer " + Good());
  ASSERT_TRUE(std::holds_alternative<JwtRefusal>(verdict));
  EXPECT_STREQ(std::get<JwtRefusal>(verdict).Code(), "keys_unavailable");
  EXPECT_EQ(std::get<JwtRefusal>(verdict).HttpStatus(), 503);
  EXPECT_EQ(std::get<JwtRefusal>(verdict).Challenge(), "");
}

TEST_F(VerifierTest, WithoutJkuTheIssuersOwnKeysCount) {
  const std::string header = R"({"alg":"ES384","kid":"ec","typ":"JWT"})";
  EXPECT_EQ(Verdict(TheKeys().ec.Sign(header, Claims().Json(), "ES384")), "ok");
  EXPECT_EQ(source_.asked, std::vector<std::string>{absl::StrCat(kJku, " named")});
  Claims pinned;
  pinned.iss = "https://pinned.example";
  pinned.more = R"(,"tenant":"north")";
  const std::string local = R"({"alg":"ES384","kid":"local","typ":"JWT"})";
  EXPECT_EQ(Verdict(TheKeys().local.Sign(local, pinned.Json(), "ES384")), "ok");
  // One issuer's keys are not another's.
  EXPECT_EQ(Verdict(TheKeys().local.Sign(local, Claims().Json(), "ES384")), "unknown_key");
  EXPECT_EQ(Verdict(TheKeys().ec.Sign(header, pinned.Json(), "ES384")), "unknown_key");
  EXPECT_EQ(Verdict(TheKeys().ec.Sign(Header("ES384", "ec"), pinned.Json(), "ES384")), "untrusted_jku");
}

TEST_F(VerifierTest, AListOfTenantsIsHeld) {
  const struct {
    const char* name;
    const char* tenant;
    const char* code;
  } rows[] = {{"on the list", R"(,"tenant":"south")", "ok"},
              {"not on it", R"(,"tenant":"east")", "unknown_tenant"},
              {"none", "", "unknown_tenant"}};
  for (const auto& row : rows) {
    Claims claims;
    claims.iss = "https://pinned.example";
    claims.more = row.tenant;
    const std::string header = R"({"alg":"ES384","kid":"local","typ":"JWT"})";
    EXPECT_EQ(Verdict(TheKeys().local.Sign(header, claims.Json(), "ES384")), row.code) << row.name;
  }
  EXPECT_EQ((JwtRefusal{JwtReason::kUnknownTenant, ""}.HttpStatus()), 403);
}

TEST_F(VerifierTest, AJkuByPrefixIsMarkedAsSuch) {
  const std::string url = "https://ehr.example/tenants/north.json";
  source_.sets[url] = *ParseJwks(TestJwks(TheKeys().ec.Jwk()));
  const std::string header = absl::StrReplaceAll(Header("ES384", "ec"), {{"jwks.json", "tenants/north.json"}});
  EXPECT_EQ(Verdict(TheKeys().ec.Sign(header, Claims().Json(), "ES384")), "ok");
  EXPECT_EQ(source_.asked, std::vector<std::string>{url + " by prefix"});
}

TEST(JwtRefusal, EachHasACodeOfItsOwnAndAHeaderThatHoldsItsWords) {
  std::set<std::string> codes;
  for (size_t i = 0; i < kJwtReasons; ++i) {
    const JwtRefusal refusal{static_cast<JwtReason>(i), "detail"};
    EXPECT_TRUE(codes.insert(refusal.Code()).second) << refusal.Code();
    EXPECT_THAT(refusal.Message(), Not(HasSubstr("\""))) << refusal.Code();
    EXPECT_THAT(refusal.Challenge(), Not(HasSubstr("detail")));
    EXPECT_EQ(refusal.Challenge().empty(), refusal.HttpStatus() == 503);
  }
}

}  // namespace
}  // namespace condyle
