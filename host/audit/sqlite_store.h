// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The audit trail in one SQLite file.
#ifndef CONDYLE_HOST_AUDIT_SQLITE_STORE_H_
#define CONDYLE_HOST_AUDIT_SQLITE_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "host/audit/audit_store.h"

namespace condyle {

// As OpenAuditStore. A new file can be read by its owner only.
absl::StatusOr<std::unique_ptr<AuditStore>> OpenSqliteStore(const std::string& path, const AuditStoreOptions& options);

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_SQLITE_STORE_H_
