// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the readers of the formats hand to the check: a Case as it was read, and where each part of it stood.
#ifndef CONDYLE_HOST_INTAKE_DRAFT_H_
#define CONDYLE_HOST_INTAKE_DRAFT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/intake/dates.h"
#include "host/intake/intake.h"
#include "host/intake/text.h"

namespace condyle::intake {

// Nothing, or why the input is refused.
using Problem = std::optional<Refusal>;

inline Problem Refuse(std::string path, std::string message) { return Refusal{std::move(path), std::move(message)}; }

enum class Part { kFinding, kKey, kSide, kValue, kUnit, kObservedAt };
enum class PatientPart { kPatient, kBirthDate, kAge, kSex };

// Says where a part of the draft stands in the input, in the terms of its format. Asked only when there is something to
// say.
class Places {
 public:
  virtual ~Places() = default;
  virtual std::string OfFinding(size_t index, Part part) const = 0;
  virtual std::string OfPatient(PatientPart part) const = 0;
  virtual std::string OfAsOf() const = 0;
};

// What a reader knows of a finding beyond the message.
struct FindingNote {
  // Null if the reader did not look the key up.
  const CatalogInput* input = nullptr;
  // When it was observed, as precise as it was given.
  Moment time;
  // Holds whatever its date (a diagnosis): a newer value of another kind does not supersede it.
  bool lasting = false;
};

struct Draft {
  v1::Case value;
  // Empty, or one for each finding.
  std::vector<FindingNote> notes;
  // A record that grows: of several values of one input the newest counts. Otherwise different values are refused.
  bool newest_wins = false;
  // birth_date may be YYYY or YYYY-MM.
  bool partial_birth_date = false;
  NoticeList notices;
};

}  // namespace condyle::intake

#endif  // CONDYLE_HOST_INTAKE_DRAFT_H_
