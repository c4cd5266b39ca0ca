// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Remembers the ids of tokens that were used, so that none is good twice.
#ifndef CONDYLE_HOST_JWT_USED_TOKENS_H_
#define CONDYLE_HOST_JWT_USED_TOKENS_H_

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace condyle {

// Thread-safe. Replicas of one service must share one store: what one has seen, none may accept.
class UsedTokens {
 public:
  virtual ~UsedTokens() = default;

  // Notes the id (claim "jti") of a token of this issuer. True if it was not noted before: of any number of calls at
  // the same time exactly one gets true. It must be kept until `expires`; afterwards it may be forgotten, since the
  // token itself is refused by then. An error if that cannot be told or kept: then the token must be refused.
  virtual absl::StatusOr<bool> FirstUse(std::string_view issuer, std::string_view jti, absl::Time expires) = 0;
};

// In the memory of this process: gone when it ends, so a token can be used once more after a restart, within its life.
class MemoryUsedTokens : public UsedTokens {
 public:
  using Clock = std::function<absl::Time()>;

  // Keeps at most so many ids that have not expired; beyond them FirstUse is ResourceExhausted rather than forgetting
  // one. About 300 bytes each.
  explicit MemoryUsedTokens(size_t most = 200'000, Clock clock = absl::Now) : most_(most), clock_(std::move(clock)) {}

  absl::StatusOr<bool> FirstUse(std::string_view issuer, std::string_view jti, absl::Time expires) override;

  // Not yet forgotten.
  size_t size() const;

 private:
  using Seen = std::unordered_map<std::string, absl::Time>;

  const size_t most_;
  const Clock clock_;
  mutable std::mutex mutex_;
  Seen seen_;
  std::multimap<absl::Time, Seen::const_iterator> by_expiry_;  // nodes stay where they are when the table grows
};

}  // namespace condyle

#endif  // CONDYLE_HOST_JWT_USED_TOKENS_H_
