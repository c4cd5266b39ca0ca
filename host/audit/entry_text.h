// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Entries of the audit trail as text: for export, and for people.
#ifndef CONDYLE_HOST_AUDIT_ENTRY_TEXT_H_
#define CONDYLE_HOST_AUDIT_ENTRY_TEXT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "condyle/v1/audit.pb.h"

namespace condyle {

// Canonical proto3 JSON on one line, without a line break: complete, so that the chain can be verified without the
// store.
std::string EntryToJson(const v1::AuditEntry& entry);
// What EntryToJson wrote. The error quotes nothing of it.
absl::StatusOr<v1::AuditEntry> EntryFromJson(std::string_view line);

// For reading. Without a body if that is not what its kind says.
v1::AuditListing::Line ToLine(const v1::AuditEntry& entry);
// What happened, in some words: "routine, 7 plugins, 1 without an answer".
std::string Summary(const v1::AuditListing::Line& line);

// "accepted", "overridden"; "?" of what is not known.
std::string FeedbackOutcomeName(v1::FeedbackOutcome outcome);

// "consultation", "refusal", "plugin-failure", "override", "delivery", "feedback", "store-created"; "?" of what is not
// known.
std::string AuditKindName(v1::AuditKind kind);
std::optional<v1::AuditKind> ParseAuditKind(std::string_view name);
std::vector<std::string> AuditKindNames();

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_ENTRY_TEXT_H_
