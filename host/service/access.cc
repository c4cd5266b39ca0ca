// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Tokens of clients, over what host/jwt checks.
#include "host/service/access.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "host/jwt/trust.h"
#include "host/trust/sha256.h"

namespace condyle::service {
namespace {

// As the audit trail takes them: what it cannot hold as it is, by its hash, so that no two become one.
std::string Opaque(const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  return plain && text.size() <= 200 ? text : absl::StrCat("sha256:", Sha256Hex(text));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Access>> Access::Make(const Config& config, std::string public_url, UsedTokens& used) {
  std::unique_ptr<Access> access(new Access(config.clients, config.outgoing_ca, std::move(public_url), used));
  if (access->guarded()) {
    if (absl::Status read = access->Reload(); !read.ok()) return read;
  }
  return access;
}

absl::Status Access::Reload() {
  if (!guarded()) return absl::OkStatus();
  absl::StatusOr<JwtTrust> trust = ReadJwtTrust(file_);
  if (!trust.ok()) return trust.status();
  HttpClientOptions options;
  options.peers = JwksPeers(*trust);
  options.ca_file = ca_;
  absl::StatusOr<std::unique_ptr<HttpClient>> client = HttpClient::Create(std::move(options));
  if (!client.ok()) return client.status();
  auto state = std::make_shared<State>();
  state->client = *std::move(client);
  state->keys = std::make_unique<KeyCache>(FetchOver(*state->client));
  state->verifier = std::make_unique<JwtVerifier>(*std::move(trust), *state->keys, used_);
  std::lock_guard lock(mutex_);
  state_ = std::move(state);
  return absl::OkStatus();
}

std::shared_ptr<Access::State> Access::Now() {
  std::lock_guard lock(mutex_);
  return state_;
}

std::variant<Identity, JwtRefusal> Access::Check(const HttpRequest& request) {
  if (!guarded()) return Identity{};
  const std::string url = absl::StrCat(public_url_, request.path, request.query.empty() ? "" : "?", request.query);
  const std::shared_ptr<State> state = Now();
  std::variant<Caller, JwtRefusal> verdict = state->verifier->Verify(request.Header("authorization"), url, absl::Now());
  if (JwtRefusal* refusal = std::get_if<JwtRefusal>(&verdict)) {
    ++refused_.at(static_cast<size_t>(refusal->reason));
    return std::move(*refusal);
  }
  const Caller& caller = std::get<Caller>(verdict);
  return Identity{Opaque(caller.subject.empty() ? caller.issuer : caller.subject),
                  Opaque(caller.tenant.empty() ? caller.issuer : caller.tenant)};
}

}  // namespace condyle::service
