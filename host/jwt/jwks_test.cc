// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Which published keys are of use, and why others are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "host/jwt/public_key.h"
#include "host/jwt/signer_for_test.h"

namespace condyle {
namespace {

using testing::HasSubstr;

const TestSigner& Ec() {
  static const TestSigner signer = TestSigner::Ec("k");
  return signer;
}
const TestSigner& Rsa() {
  static const TestSigner signer = TestSigner::Rsa("k");
  return signer;
}

TEST(Jwks, KeysOfUseAreTaken) {
  const struct {
    const char* name;
    std::string key;
  } rows[] = {
      {"EC", Ec().Jwk()},
      {"RSA", Rsa().Jwk()},
      {"for signatures", Ec().Jwk(R"(,"use":"sig","alg":"ES384")")},
      {"for verifying", Ec().Jwk(R"(,"key_ops":["verify"])")},
      {"with members that nobody knows", Ec().Jwk(R"(,"x5t":"AAAA","issued":{"by":"me"})")},
  };
  for (const auto& row : rows) {
    const absl::StatusOr<JwkSet> set = ParseJwks(TestJwks(row.key));
    ASSERT_TRUE(set.ok()) << row.name << set.status();
    EXPECT_EQ(set->keys.count("k"), 1u) << row.name << (set->unusable.empty() ? "" : set->unusable[0]);
  }
}

TEST(Jwks, KeysOfNoUseAreNamed) {
  const std::string ec = Ec().Jwk();
  const std::string x = ec.substr(ec.find("\"x\":\"") + 5, 64);
  const struct {
    const char* name;
    std::string key;
    const char* why;
  } rows[] = {
      {"symmetric", R"({"kty":"oct","kid":"k","k":"c2VjcmV0"})", "neither EC nor RSA"},
      {"Ed25519", R"({"kty":"OKP","kid":"k","crv":"Ed25519","x":"AAAA"})", "neither EC nor RSA"},
      {"no kty", R"({"kid":"k"})", "neither EC nor RSA"},
      {"no kid", absl::StrReplaceAll(ec, {{R"("kid":"k",)", ""}}), "no kid"},
      {"a kid that is a number", absl::StrReplaceAll(ec, {{R"("kid":"k")", R"("kid":1)"}}), "no kid"},
      {"for encryption", Ec().Jwk(R"(,"use":"enc")"), "use is not sig"},
      {"for signing only", Ec().Jwk(R"(,"key_ops":["sign"])"), "lack verify"},
      {"an algorithm that nobody knows", Ec().Jwk(R"(,"alg":"ES385")"), "alg is none of ES256"},
      {"a symmetric algorithm", Rsa().Jwk(R"(,"alg":"HS256")"), "alg is none of ES256"},
      {"with its private half", Ec().Jwk(R"(,"d":"AAAA")"), "make a new pair"},
      {"another curve", absl::StrReplaceAll(ec, {{"P-384", "secp256k1"}}), "crv must be"},
      {"the size of another curve", absl::StrReplaceAll(ec, {{"P-384", "P-256"}}), "32 bytes each"},
      {"a point beside the curve", absl::StrReplaceAll(ec, {{x, Base64Url(std::string(48, '\x01'))}}), "no point"},
      {"no y", absl::StrReplaceAll(ec, {{"\"y\"", "\"z\""}}), "48 bytes each"},
      {"RSA of 1024 bits", TestSigner::Rsa("k", 1024).Jwk(), "RSA of 1024 bits"},
      {"RSA without n", absl::StrReplaceAll(Rsa().Jwk(), {{"\"n\"", "\"m\""}}), "n and e must be base64url"},
      {"an exponent of 1", absl::StrReplaceAll(Rsa().Jwk(), {{"AQAB", "AQ"}}), "odd number from 3"},
      {"an even exponent", absl::StrReplaceAll(Rsa().Jwk(), {{"AQAB", "AQAA"}}), "odd number from 3"},
      {"an exponent of 9 bytes", absl::StrReplaceAll(Rsa().Jwk(), {{"AQAB", Base64Url(std::string(9, '\x01'))}}),
       "odd number from 3"},
  };
  for (const auto& row : rows) {
    const absl::StatusOr<JwkSet> set = ParseJwks(TestJwks(row.key));
    ASSERT_TRUE(set.ok()) << row.name << set.status();
    EXPECT_TRUE(set->keys.empty()) << row.name;
    ASSERT_EQ(set->unusable.size(), 1u) << row.name;
    EXPECT_THAT(set->unusable[0], HasSubstr("/keys/0")) << row.name;
    EXPECT_THAT(set->unusable[0], HasSubstr(row.why)) << row.name;
  }
}

TEST(Jwks, WhatIsNoSetIsAnErrorWithItsPlace) {
  const struct {
    const char* name;
    std::string text;
    const char* message;
  } rows[] = {
      {"nothing", "", "not valid JSON"},
      {"no JSON", "<html>", "not valid JSON"},
      {"an array", "[]", "expected an object"},
      {"no keys", R"({"key":[]})", "/keys"},
      {"keys no array", R"({"keys":{}})", "/keys: expected an array"},
      {"a key that is text", R"({"keys":["k"]})", "/keys/0: expected an object"},
      {"a member twice", R"({"keys":[{"kid":"a","kid":"b"}]})", "/keys/0/kid"},
      {"more than 256 KiB", R"({"keys":[],"x":")" + std::string(256 * 1024, 'x') + "\"}", "256 KiB"},
      {"201 keys",
       [] {
         std::string keys = "{}";
         for (int i = 0; i < 200; ++i) keys += ",{}";
         return TestJwks(keys);
       }(),
       "at most 200"},
  };
  for (const auto& row : rows) {
    const absl::Status status = ParseJwks(row.text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << row.name;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.message)) << row.name;
  }
}

TEST(Jwks, AKeyForOneAlgorithmServesNoOther) {
  const absl::StatusOr<JwkSet> set = ParseJwks(TestJwks(Rsa().Jwk(R"(,"alg":"RS384")")));
  ASSERT_TRUE(set.ok() && set->keys.size() == 1);
  const JwtKey& key = *set->keys.begin()->second;
  EXPECT_TRUE(key.Fits(*FindJwtAlgorithm("RS384")));
  EXPECT_FALSE(key.Fits(*FindJwtAlgorithm("RS256")));
  EXPECT_FALSE(key.Fits(*FindJwtAlgorithm("PS384")));
}

TEST(JwtAlgorithms, NoneAndSymmetricOnesAreNotKnown) {
  for (const char* name : {"none", "None", "HS256", "HS384", "HS512", "dir", "A128KW", "EdDSA", "ES256K", ""}) {
    EXPECT_EQ(FindJwtAlgorithm(name), nullptr) << name;
  }
}

TEST(Base64Url, HasOneForm) {
  std::string bytes;
  EXPECT_TRUE(DecodeBase64Url("-_8", &bytes));
  EXPECT_EQ(bytes, "\xfb\xff");
  for (const char* bad : {"-_9", "-_8=", "+/8", "-_ 8", "-_8\n", "A", "A=", "AAAAA"}) {
    EXPECT_FALSE(DecodeBase64Url(bad, &bytes)) << bad;
  }
}

}  // namespace
}  // namespace condyle
