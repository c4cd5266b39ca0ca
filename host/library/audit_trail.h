// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a host records of its consultations in the audit trail.
#ifndef CONDYLE_HOST_LIBRARY_AUDIT_TRAIL_H_
#define CONDYLE_HOST_LIBRARY_AUDIT_TRAIL_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "condyle/host/host.h"
#include "condyle/v1/audit.pb.h"
#include "host/audit/audit_store.h"

namespace condyle {

// Thread-safe, as the store is.
class AuditTrail {
 public:
  // Opens the store that the options name; null if they name none.
  static absl::StatusOr<std::unique_ptr<AuditTrail>> Open(const HostOptions& options);

  AuditTrail(std::unique_ptr<AuditStore> store, bool answer_unrecorded)
      : store_(std::move(store)), answer_unrecorded_(answer_unrecorded) {}

  // Whether Record needs Outcome::archive of a consultation.
  bool needs_archive() const { return !store_->without_phi(); }

  // Records what came of this input, and returns when it is durable. Sets outcome->audit; or, if it cannot be recorded,
  // outcome->failure, and takes the answer away unless unrecorded answers are wanted. Takes the archive away unless the
  // caller asked for it.
  void Record(std::string_view input, const ConsultOptions& options, Outcome* outcome);
  void Record(const v1::Case& input, const ConsultOptions& options, Outcome* outcome);

  // As Host::RecordOverride.
  absl::StatusOr<AuditRecord> RecordOverride(const AdviceOverride& advice);
  // As Host::RecordFeedback.
  absl::StatusOr<std::vector<AuditRecord>> RecordFeedback(const std::vector<CardFeedback>& reports);

 private:
  std::vector<AuditDraft> DraftsOf(std::string_view input, const ConsultOptions& options, const Outcome& outcome) const;
  void Fail(const absl::Status& status, Outcome* outcome) const;

  const std::unique_ptr<AuditStore> store_;
  const bool answer_unrecorded_;
};

// Of a path into an input, the parts that are words of its format, and places in lists after them; "*" for each other,
// which may be the patient's data: "/entry/3/resource/*".
std::string SchemaPath(std::string_view path);

}  // namespace condyle

#endif  // CONDYLE_HOST_LIBRARY_AUDIT_TRAIL_H_
