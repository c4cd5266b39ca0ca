// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The audit trail in a PostgreSQL database, for several hosts.
#ifndef CONDYLE_HOST_AUDIT_POSTGRES_STORE_H_
#define CONDYLE_HOST_AUDIT_POSTGRES_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "host/audit/audit_store.h"

namespace condyle {

// As OpenAuditStore. One database holds one store, in a schema of its own.
absl::StatusOr<std::unique_ptr<AuditStore>> OpenPostgresStore(const std::string& url, const AuditStoreOptions& options);

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_POSTGRES_STORE_H_
