// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What it costs to verify a client's token: whole, and its signature alone.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <variant>

#include "absl/strings/str_cat.h"
#include "host/jwt/key_cache.h"
#include "host/jwt/signer_for_test.h"
#include "host/jwt/verifier.h"

namespace condyle {
namespace {

constexpr int64_t kNow = 1'800'000'000;
constexpr char kJku[] = "https://ehr.example/jwks.json";
constexpr char kCalled[] = "https://cds.example/cds-services/runner";

class AlwaysNew : public UsedTokens {
 public:
  absl::StatusOr<bool> FirstUse(std::string_view, std::string_view, absl::Time) override { return true; }
};

TestSigner SignerFor(std::string_view algorithm) {
  return algorithm.front() == 'E' ? TestSigner::Ec("k", algorithm == "ES256" ? "P-256" : "P-384")
                                  : TestSigner::Rsa("k");
}

std::string TokenOf(const TestSigner& signer, const std::string& algorithm) {
  return signer.Sign(absl::StrCat(R"({"alg":")", algorithm, R"(","kid":"k","typ":"JWT","jku":")", kJku, "\"}"),
                     absl::StrCat(R"({"iss":"https://ehr.example","aud":")", kCalled, R"(","iat":)", kNow, R"(,"exp":)",
                                  kNow + 300, R"(,"jti":"d8f2f4a0-0000-4000-8000-000000000001"})"),
                     algorithm);
}

void Verify(benchmark::State& state, const std::string& algorithm) {
  const TestSigner signer = SignerFor(algorithm);
  JwtTrust trust;
  trust.issuers.push_back({"https://ehr.example", {kJku}, {}, {}, {}, absl::Minutes(5), false});
  trust.algorithms = {algorithm};
  KeyCache keys([&](const std::string&) -> absl::StatusOr<std::string> { return TestJwks(signer.Jwk()); });
  AlwaysNew used;
  JwtVerifier verifier(trust, keys, used);
  const std::string authorization = "Bearer " + TokenOf(signer, algorithm);
  for (auto _ : state) {
    const std::variant<Caller, JwtRefusal> verdict =
        verifier.Verify(authorization, kCalled, absl::FromUnixSeconds(kNow));
    if (std::holds_alternative<JwtRefusal>(verdict)) return state.SkipWithError("refused");
  }
}

void VerifySignature(benchmark::State& state, const std::string& algorithm) {
  const TestSigner signer = SignerFor(algorithm);
  const absl::StatusOr<JwkSet> set = ParseJwks(TestJwks(signer.Jwk()));
  const std::string token = TokenOf(signer, algorithm);
  const size_t dot = token.rfind('.');
  std::string signature;
  if (!DecodeBase64Url(std::string_view(token).substr(dot + 1), &signature)) return state.SkipWithError("no signature");
  for (auto _ : state) {
    if (!set->keys.begin()->second->Verifies(*FindJwtAlgorithm(algorithm), std::string_view(token).substr(0, dot),
                                             signature)) {
      return state.SkipWithError("refused");
    }
  }
}

void RefuseUnknownIssuer(benchmark::State& state) {
  const TestSigner signer = SignerFor("ES384");
  KeyCache keys([](const std::string&) -> absl::StatusOr<std::string> { return ""; });
  AlwaysNew used;
  JwtVerifier verifier(JwtTrust(), keys, used);
  const std::string authorization = "Bearer " + TokenOf(signer, "ES384");
  for (auto _ : state) {
    benchmark::DoNotOptimize(verifier.Verify(authorization, kCalled, absl::FromUnixSeconds(kNow)));
  }
}

void RememberId(benchmark::State& state) {
  MemoryUsedTokens used(10'000'000);
  const absl::Time expires = absl::Now() + absl::Hours(1);
  int64_t id = 0;
  for (auto _ : state) benchmark::DoNotOptimize(used.FirstUse("https://ehr.example", absl::StrCat(id++), expires));
}

BENCHMARK_CAPTURE(Verify, ES384, std::string("ES384"))->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Verify, ES256, std::string("ES256"))->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Verify, RS384, std::string("RS384"))->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(VerifySignature, ES384, std::string("ES384"))->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(VerifySignature, ES256, std::string("ES256"))->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(VerifySignature, RS384, std::string("RS384"))->Unit(benchmark::kMicrosecond);
BENCHMARK(RefuseUnknownIssuer)->Unit(benchmark::kMicrosecond);
BENCHMARK(RememberId)->Unit(benchmark::kMicrosecond)->Iterations(100'000);

}  // namespace
}  // namespace condyle

BENCHMARK_MAIN();
