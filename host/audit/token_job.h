// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the stores of used tokens share: one call on its way through the queue, and when to tidy up.
#ifndef CONDYLE_HOST_AUDIT_TOKEN_JOB_H_
#define CONDYLE_HOST_AUDIT_TOKEN_JOB_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "host/audit/token_store.h"

namespace condyle {

// Of one transaction.
inline constexpr size_t kMostTokenJobs = 256;

struct TokenJob {
  // Hash of issuer and id.
  std::string id;
  // Random: tells this call from another with the same id, also after a connection was lost.
  std::string use;
  int64_t expires_ms = 0;
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
  absl::StatusOr<bool> result = absl::UnknownError("not noted");
};

absl::StatusOr<TokenJob> MakeTokenJob(std::string_view issuer, std::string_view jti, absl::Time expires);

// For one thread at a time.
class TokenSweep {
 public:
  explicit TokenSweep(std::function<absl::Time()> clock) : clock_(clock ? std::move(clock) : absl::Now) {}

  // Once a minute: what expired before this moment, in milliseconds, may be deleted. Clocks of hosts may differ.
  std::optional<int64_t> Due() {
    const absl::Time now = clock_();
    if (now < next_) return std::nullopt;
    next_ = now + absl::Minutes(1);
    return absl::ToUnixMillis(now - absl::Minutes(5));
  }

 private:
  const std::function<absl::Time()> clock_;
  absl::Time next_ = absl::InfinitePast();
};

// Opens and makes them.
absl::StatusOr<std::unique_ptr<UsedTokens>> OpenSqliteTokens(const std::string& path, const TokenStoreOptions& options);
absl::StatusOr<std::unique_ptr<UsedTokens>> OpenPostgresTokens(const std::string& url,
                                                               const TokenStoreOptions& options);

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_TOKEN_JOB_H_
