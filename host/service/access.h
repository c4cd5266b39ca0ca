// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Whom the service answers.
#ifndef CONDYLE_HOST_SERVICE_ACCESS_H_
#define CONDYLE_HOST_SERVICE_ACCESS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "host/http/message.h"
#include "host/http_client/client.h"
#include "host/jwt/key_cache.h"
#include "host/jwt/verifier.h"
#include "host/service/config.h"

namespace condyle::service {

// Who a request comes from; empty where nobody is asked.
struct Identity {
  std::string user;
  std::string organisation;
};

// Thread-safe.
class Access {
 public:
  // public_url: what clients' tokens name as their audience, before the path. used must outlive it. Errors name the
  // file of clients, or the option.
  static absl::StatusOr<std::unique_ptr<Access>> Make(const Config& config, std::string public_url, UsedTokens& used);

  // Who it is, or why it is refused. Without clients everybody is let in.
  std::variant<Identity, JwtRefusal> Check(const HttpRequest& request);

  // Reads the file of clients again. On an error all stays as it was.
  absl::Status Reload();

  // Whether a token is asked for.
  bool guarded() const { return !file_.empty(); }
  uint64_t refused(JwtReason reason) const { return refused_.at(static_cast<size_t>(reason)); }

 private:
  // What one reading of the file made; requests that use an older one keep it until they are done.
  struct State {
    std::unique_ptr<HttpClient> client;
    std::unique_ptr<KeyCache> keys;
    std::unique_ptr<JwtVerifier> verifier;
  };
  Access(std::string file, std::string ca, std::string public_url, UsedTokens& used)
      : file_(std::move(file)), ca_(std::move(ca)), public_url_(std::move(public_url)), used_(used) {}
  std::shared_ptr<State> Now();

  const std::string file_;
  const std::string ca_;
  const std::string public_url_;
  UsedTokens& used_;
  std::mutex mutex_;
  std::shared_ptr<State> state_;
  std::array<std::atomic<uint64_t>, kJwtReasons> refused_{};
};

}  // namespace condyle::service

#endif  // CONDYLE_HOST_SERVICE_ACCESS_H_
