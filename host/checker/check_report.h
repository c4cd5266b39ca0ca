// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A CheckReport for people, and for tools that read SARIF. (For JSON: ToJson of host/report.)
#ifndef CONDYLE_HOST_CHECKER_CHECK_REPORT_H_
#define CONDYLE_HOST_CHECKER_CHECK_REPORT_H_

#include <string>

#include "condyle/v1/check.pb.h"

namespace condyle::checker {

struct CheckTextOptions {
  int width = 80;
  bool colour = false;
  // The words of the summary: warnings fail too.
  bool strict = false;
};

// Findings first, worst first; then the checks; a summary and the time taken last.
std::string ToText(const v1::CheckReport& report, const CheckTextOptions& options);

// SARIF 2.1.0: one run, a rule for each check. Fingerprints depend on file name, check, text and place, and not on the
// directory, the time or other findings.
std::string ToSarif(const v1::CheckReport& report);

}  // namespace condyle::checker

#endif  // CONDYLE_HOST_CHECKER_CHECK_REPORT_H_
