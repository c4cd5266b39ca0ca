// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Entries of cards that were given, and of what became of them.
#ifndef CONDYLE_HOST_LIBRARY_FEEDBACK_H_
#define CONDYLE_HOST_LIBRARY_FEEDBACK_H_

#include <string>

#include "absl/status/statusor.h"
#include "condyle/host/host.h"
#include "condyle/v1/audit.pb.h"
#include "host/audit/audit_store.h"

namespace condyle {

// The entry that stands behind its consultation, found again by the uuids of its cards. What a client named its call
// and its place is left out where it is no identifier.
AuditDraft DeliveryDraft(v1::AuditDelivery delivery, const ConsultOptions& options);

// Looks up the card, and makes the entry of one report; path is put before what is wrong with it. Errors: those of
// Host::RecordFeedback.
absl::StatusOr<AuditDraft> FeedbackDraft(const CardFeedback& report, const std::string& path, AuditStore& store);

// What is wrong with a code, or with free text of a user; empty if nothing is. name: how the caller knows it.
std::string CheckCode(const std::string& name, const std::string& code, bool may_be_empty);
std::string CheckFreeText(const std::string& name, const std::string& text);

}  // namespace condyle

#endif  // CONDYLE_HOST_LIBRARY_FEEDBACK_H_
