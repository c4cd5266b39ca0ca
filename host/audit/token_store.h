// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Used token ids that outlive the process, and that several hosts share.
#ifndef CONDYLE_HOST_AUDIT_TOKEN_STORE_H_
#define CONDYLE_HOST_AUDIT_TOKEN_STORE_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/jwt/used_tokens.h"

namespace condyle {

struct TokenStoreOptions {
  // How long to wait for other processes, and for a server that restarts. Then FirstUse is an error, and the token
  // refused.
  std::chrono::milliseconds patience{3000};
  // For tests. Null: the system's.
  std::function<absl::Time()> clock;
};

// Opens "sqlite:FILE", a file of its own for the processes of one machine, or "postgresql://USER@HOST/DATABASE", a
// schema of its own (condyle_tokens), which may stand in the database of the audit trail. Either is made if it is not
// there. Keeps SHA-256 of issuer and id, not their text; calls at the same time share one transaction; what has expired
// for some minutes is deleted now and then. Errors: as those of OpenAuditStore.
absl::StatusOr<std::unique_ptr<UsedTokens>> OpenTokenStore(const std::string& url,
                                                           const TokenStoreOptions& options = {});

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_TOKEN_STORE_H_
