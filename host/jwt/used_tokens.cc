// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Used tokens in memory: a table of ids, and their order of expiry.
#include "host/jwt/used_tokens.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

// Unambiguous whatever the two contain.
std::string KeyOf(std::string_view issuer, std::string_view jti) {
  std::string key = absl::StrCat(issuer.size(), ":");
  key.reserve(key.size() + issuer.size() + jti.size());
  key.append(issuer).append(jti);
  return key;
}

}  // namespace

absl::StatusOr<bool> MemoryUsedTokens::FirstUse(std::string_view issuer, std::string_view jti, absl::Time expires) {
  std::string key = KeyOf(issuer, jti);
  const absl::Time now = clock_();
  const std::lock_guard lock(mutex_);
  while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) {
    seen_.erase(by_expiry_.begin()->second);
    by_expiry_.erase(by_expiry_.begin());
  }
  if (seen_.contains(key)) return false;
  if (seen_.size() >= most_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the list of used tokens holds ", most_,
                     " that have not expired; shorten the tokens' life or raise the limit"));
  }
  const Seen::const_iterator at = seen_.emplace(std::move(key), expires).first;
  by_expiry_.emplace(expires, at);
  return true;
}

size_t MemoryUsedTokens::size() const {
  const std::lock_guard lock(mutex_);
  return seen_.size();
}

}  // namespace condyle
