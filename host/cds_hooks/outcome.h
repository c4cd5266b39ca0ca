// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Replies that are no answer: an HTTP status with a FHIR OperationOutcome.
#ifndef CONDYLE_HOST_CDS_HOOKS_OUTCOME_H_
#define CONDYLE_HOST_CDS_HOOKS_OUTCOME_H_

#include <string>

#include "host/cds_hooks/cds_hooks.h"

namespace condyle::cds {

// What is wrong with a request.
struct Fault {
  int status = 400;
  // As CdsFacts::refusal.
  std::string kind;
  // Where, as a JSON pointer into the request, or empty.
  std::string path;
  // What was wrong and what is allowed.
  std::string message;
};

CdsReply Refused(const Fault& fault);

}  // namespace condyle::cds

#endif  // CONDYLE_HOST_CDS_HOOKS_OUTCOME_H_
