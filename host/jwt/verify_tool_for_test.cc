// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Verifies tokens that another program signed. usage: verify_tool_for_test TRUST-FILE
// Each line of stdin is the URL that was called, a tab, and the Authorization header; each line of stdout the verdict:
// "ok ISSUER TENANT SUBJECT", "-" for what the token does not say, or "refused CODE STATUS".
#include <iostream>
#include <memory>
#include <string>
#include <variant>

#include "absl/time/clock.h"
#include "host/jwt/key_cache.h"
#include "host/jwt/verifier.h"

namespace {

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: verify_tool_for_test TRUST-FILE\n";
    return 2;
  }
  absl::StatusOr<condyle::JwtTrust> trust = condyle::ReadJwtTrust(argv[1]);
  if (!trust.ok()) {
    std::cerr << trust.status() << "\n";
    return 1;
  }
  condyle::HttpClientOptions options;
  options.peers = condyle::JwksPeers(*trust);
  absl::StatusOr<std::unique_ptr<condyle::HttpClient>> client = condyle::HttpClient::Create(options);
  if (!client.ok()) {
    std::cerr << client.status() << "\n";
    return 1;
  }
  condyle::KeyCache keys(condyle::FetchOver(**client));
  condyle::MemoryUsedTokens used;
  condyle::JwtVerifier verifier(*std::move(trust), keys, used);
  for (std::string line; std::getline(std::cin, line);) {
    const size_t tab = line.find('\t');
    const std::string authorization = tab == line.npos ? "" : line.substr(tab + 1);
    const std::variant<condyle::Caller, condyle::JwtRefusal> verdict =
        verifier.Verify(authorization, line.substr(0, tab), absl::Now());
    if (const auto* caller = std::get_if<condyle::Caller>(&verdict)) {
      std::cout << "ok " << caller->issuer << " " << OrDash(caller->tenant) << " " << OrDash(caller->subject)
                << std::endl;
    } else {
      const auto& refusal = std::get<condyle::JwtRefusal>(verdict);
      if (!refusal.detail.empty()) std::cerr << refusal.Code() << ": " << refusal.detail << "\n";
      std::cout << "refused " << refusal.Code() << " " << refusal.HttpStatus() << std::endl;
    }
  }
  return 0;
}
