// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Which kind of store, and what is kept of a token.
#include "host/audit/token_store.h"

#include <openssl/rand.h>

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/audit/audit_store.h"
#include "host/audit/token_job.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

constexpr std::string_view kSqlite = "sqlite:";
constexpr size_t kUseBytes = 16;

}  // namespace

absl::StatusOr<TokenJob> MakeTokenJob(std::string_view issuer, std::string_view jti, absl::Time expires) {
  TokenJob job;
  // Unambiguous whatever the two contain.
  std::string key = absl::StrCat("condyle.token.v1:", issuer.size(), ":");
  key.append(issuer).append(jti);
  job.id = Sha256Hex(key);
  job.use.resize(kUseBytes);
  if (job.id.empty() || RAND_bytes(reinterpret_cast<unsigned char*>(job.use.data()), kUseBytes) != 1) {
    return absl::InternalError("OpenSSL gives no hash or no random bytes to note a token with");
  }
  job.expires_ms = absl::ToUnixMillis(expires);
  return job;
}

absl::StatusOr<std::unique_ptr<UsedTokens>> OpenTokenStore(const std::string& url, const TokenStoreOptions& options) {
  if (absl::Status status = CheckAuditUrl(url); !status.ok()) return status;
  if (url.compare(0, kSqlite.size(), kSqlite) != 0) return OpenPostgresTokens(url, options);
  return OpenSqliteTokens(url.substr(kSqlite.size()), options);
}

}  // namespace condyle
