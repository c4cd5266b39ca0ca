// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the keys that a client publishes come from.
#ifndef CONDYLE_HOST_JWT_KEY_SOURCE_H_
#define CONDYLE_HOST_JWT_KEY_SOURCE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/jwt/public_key.h"

namespace condyle {

struct KeyLookup {
  enum class State { kFound, kNoSuchKey, kUnavailable };
  State state = State::kUnavailable;
  std::vector<std::shared_ptr<const JwtKey>> keys;
  // For the operator, if there are none.
  std::string problem;
};

// Thread-safe.
class KeySource {
 public:
  virtual ~KeySource() = default;

  // The keys of this id in the JWK set at a URL that is trusted. named: by its whole URL; otherwise its end was chosen
  // by whoever sent the token, who may be anybody.
  virtual KeyLookup Find(const std::string& url, bool named, std::string_view kid) = 0;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_JWT_KEY_SOURCE_H_
