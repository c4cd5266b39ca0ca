// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the audit commands share.
#ifndef CONDYLE_HOST_CLI_AUDIT_H_
#define CONDYLE_HOST_CLI_AUDIT_H_

#include "host/cli/commands.h"

namespace condyle::cli {

// Checks an option's value: the URL of a store.
CLI::Validator AuditUrl();

// Adds verify to "audit".
void AddAuditVerify(CLI::App& audit, Run& run);
// Adds feedback to "audit".
void AddAuditFeedback(CLI::App& audit, Run& run);

}  // namespace condyle::cli

#endif  // CONDYLE_HOST_CLI_AUDIT_H_
