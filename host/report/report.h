// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Renders a Consultation for people and programs.
#ifndef CONDYLE_HOST_REPORT_REPORT_H_
#define CONDYLE_HOST_REPORT_REPORT_H_

#include <google/protobuf/message.h>

#include <string>

#include "condyle/v1/consultation.pb.h"

namespace condyle {

// Canonical proto3 JSON of any message of package condyle.v1 (no maps, no Any, no well-known types), the same bytes
// that protobuf's own printer gives with default options save for which characters of strings are escaped. Many times
// faster. Thread-safe.
std::string ToJson(const google::protobuf::Message& message);

struct TextOptions {
  // ANSI colours.
  bool colour = false;
  // Columns.
  int width = 80;
  // Criteria, evidence and citations after the first screen.
  bool basis = true;
};

// The consultation as a clinician reads it: urgency first, in one screen what matters, then the basis. Thread-safe.
std::string ToText(const v1::Consultation& consultation, const TextOptions& options);

}  // namespace condyle

#endif  // CONDYLE_HOST_REPORT_REPORT_H_
