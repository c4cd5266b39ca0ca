// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What clients and their servers send beside cases: tokens, keys, FHIR answers, URLs; and the trust file. One input is
// given to every reader.
#include <string>
#include <variant>

#include "host/fhir_client/fhir_body.h"
#include "host/fhir_client/fhir_url.h"
#include "host/http_client/url.h"
#include "host/intake/json.h"
#include "host/jwt/verifier.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

class NoKeys : public KeySource {
 public:
  KeyLookup Find(const std::string& url, bool, std::string_view) override {
    Require(ParseHttpUrl(url).ok() && url.rfind("https://ehr.example/", 0) == 0, "keys are sought where they may be",
            url);
    return {};
  }
};

JwtTrust SomeTrust() {
  JwtTrust trust;
  trust.issuers.push_back({"https://ehr.example",
                           {"https://ehr.example/jwks.json"},
                           {"https://ehr.example/t/"},
                           {},
                           {},
                           absl::Minutes(5),
                           false});
  return trust;
}

void ReadAsToken(std::string_view text) {
  NoKeys keys;
  MemoryUsedTokens used(1);
  static const JwtTrust trust = SomeTrust();
  JwtVerifier verifier(trust, keys, used);
  for (const std::string& authorization : {std::string(text), "Bearer " + std::string(text)}) {
    const std::variant<Caller, JwtRefusal> verdict =
        verifier.Verify(authorization, "https://cds.example/", absl::UnixEpoch());
    const auto* refusal = std::get_if<JwtRefusal>(&verdict);
    Require(refusal != nullptr && used.size() == 0, "nobody gets in without a key", text);
    Require(IsShowable(refusal->detail), "what the log is told is showable", text);
  }
  JwtHeader header;
  JwtClaims claims;
  if (!ReadHeader(text, &header)) Require(!header.algorithm.empty() && !header.kid.empty(), "a header is whole", text);
  if (!ReadClaims(text, &claims))
    Require(!claims.iss.empty() && !claims.jti.empty() && !claims.aud.empty(), "claims are whole", text);
}

void ReadAsKeys(std::string_view text) {
  const absl::StatusOr<JwkSet> set = ParseJwks(text);
  if (!set.ok()) {
    RequireMessage(std::string(set.status().message()), "a refused JWK set");
    return;
  }
  for (const std::string& why : set->unusable) RequireMessage(why, "a key of no use");
  for (const auto& [kid, key] : set->keys) {
    Require(!kid.empty() && !key->Verifies(*FindJwtAlgorithm("ES384"), "x", std::string(96, 'x')),
            "a key verifies nothing made up", text);
  }
}

void ReadAsTrust(std::string_view text) {
  const absl::StatusOr<JwtTrust> trust = ParseJwtTrust(text, "trust.json");
  if (!trust.ok()) {
    RequireMessage(std::string(trust.status().message()), "a refused trust file");
    return;
  }
  Require(!trust->issuers.empty() && !trust->algorithms.empty(), "a trust file trusts somebody", text);
}

void ReadAsFhir(std::string_view text) {
  const FhirBody body = ReadFhirBody(text, "Observation");
  if (!body.problem.empty()) RequireMessage(body.problem, "an answer of no use");
  Require(body.problem.empty() || body.resources.empty(), "what is of no use gives nothing", text);
  for (const std::string& resource : body.resources) {
    intake::Json json;
    Require(text.find(resource) != text.npos, "a resource is handed on as it came", text);
    Require(!intake::ParseJson(resource, 64, &json), "a resource is JSON by itself", text);
  }
}

void ReadAsUrl(std::string_view text) {
  static const HttpUrl base = *ParseFhirBase("https://ehr.example/fhir");
  if (const absl::StatusOr<HttpUrl> url = ParseHttpUrl(text); url.ok()) {
    const absl::StatusOr<HttpUrl> again = ParseHttpUrl(url->ToString());
    Require(again.ok() && again->ToString() == url->ToString(), "a URL that is written is read as it was", text);
  }
  if (const absl::StatusOr<HttpUrl> url = FhirQueryUrl(base, text); url.ok()) {
    const absl::StatusOr<HttpUrl> again = ParseHttpUrl(url->ToString());
    Require(again.ok() && again->SameOrigin(base) && again->path.rfind("/fhir/", 0) == 0,
            "a query stays below its base", text);
  }
  if (const absl::StatusOr<HttpUrl> url = NextPageUrl(base, text); url.ok()) {
    Require(url->SameOrigin(base) && ParseHttpUrl(url->ToString()).ok(), "a page stays on its server", text);
  }
}

}  // namespace
}  // namespace condyle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = condyle::fuzz::AsText(data, size);
  condyle::fuzz::ReadAsToken(text);
  condyle::fuzz::ReadAsKeys(text);
  condyle::fuzz::ReadAsTrust(text);
  condyle::fuzz::ReadAsFhir(text);
  condyle::fuzz::ReadAsUrl(text);
  return 0;
}
