// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Candidates are told apart from everything else, and briefly: the whole is in the JSON.
#include "host/report/text_shadow.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/report/words.h"

namespace condyle {
namespace {

constexpr int kFieldsShown = 8;

std::string Outcome(const v1::ShadowRun& run) {
  if (run.has_failure()) return absl::StrCat(InWords(run.failure().kind()), ": ", run.failure().message());
  if (run.differences().empty()) return "the same answer";
  std::vector<std::string> fields;
  const int shown = std::min(run.differences_size(), kFieldsShown);
  for (int i = 0; i < shown; ++i) {
    const v1::Difference& difference = run.differences(i);
    // Enumerations only: they are no sentence that somebody could follow.
    const bool in_full = difference.path() == "status" || difference.path() == "urgency";
    fields.push_back(in_full
                         ? absl::StrCat(difference.path(), " ", difference.current(), " -> ", difference.candidate())
                         : difference.path());
  }
  if (run.differences_size() > shown) fields.push_back(absl::StrCat("and ", run.differences_size() - shown, " more"));
  return absl::StrCat(run.differences_size(),
                      run.differences_size() == 1 ? " difference: " : " differences: ", Joined(fields, "; "));
}

}  // namespace

void WriteShadow(const v1::Consultation& consultation, ReportPage& page) {
  if (consultation.shadow().empty()) return;
  page.Heading("Shadow (not advice)");
  page.Paragraph("  ", "Candidate plugins, asked beside the current ones. Nothing above is theirs.");
  for (const v1::ShadowRun& run : consultation.shadow()) {
    const std::string& current = run.current_version();
    page.Paragraph("  ", absl::StrCat(run.plugin_id(), " ", run.candidate_version(),
                                      current.empty() ? " (no current one)" : absl::StrCat(" (current: ", current, ")"),
                                      ": ", Outcome(run)));
  }
}

}  // namespace condyle
