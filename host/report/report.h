// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Renders a Consultation for people and programs.
#ifndef CONDYLE_HOST_REPORT_REPORT_H_
#define CONDYLE_HOST_REPORT_REPORT_H_

#include <google/protobuf/message.h>

#include <map>
#include <string>

#include "condyle/v1/consultation.pb.h"
#include "condyle/v1/whatif.pb.h"

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

// A what-if as a clinician reads it. Without `basis` what would change advice alone is left out. Thread-safe.
std::string ToText(const v1::WhatIf& what_if, const TextOptions& options);

// The same as a FHIR narrative (Narrative.div): one XHTML element, every text escaped. Thread-safe.
std::string ToXhtml(const v1::Consultation& consultation);

struct HtmlOptions {
  // Titles of plugins by id, as their manifests give them. Without one a plugin is called by its id.
  std::map<std::string, std::string> titles;
};

// The same as one page that loads nothing and runs nothing, for the screen, the telephone and paper, with a sheet for
// the patient at its end. HTML that is well-formed XML; every text is escaped. Equal bytes for equal input.
// Thread-safe. What each block is: docs/report.md.
std::string ToHtml(const v1::Consultation& consultation, const HtmlOptions& options = {});

}  // namespace condyle

#endif  // CONDYLE_HOST_REPORT_REPORT_H_
