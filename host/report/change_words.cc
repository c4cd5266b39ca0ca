// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Words for differences between outcomes.
#include "host/report/change_words.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "host/report/words.h"

namespace condyle {
namespace {

template <typename Ids>
std::string Named(const Ids& ids, int most) {
  const int named = std::min(most, ids.size());
  const std::vector<std::string> first(ids.begin(), ids.begin() + named);
  const int rest = ids.size() - named;
  return absl::StrCat(Joined(first, ", "), rest > 0 ? absl::StrCat(named > 0 ? " and " : "", rest, " more") : "");
}

std::string Share(double probability) { return probability < 0 ? "none" : absl::StrCat(Percent(probability), " %"); }

}  // namespace

std::vector<std::string> LinesOf(const v1::OutcomeChange& change, int advice_named,
                                 const std::function<std::string(const std::string&)>& name) {
  std::vector<std::string> lines;
  if (change.urgency() != v1::URGENCY_UNSPECIFIED) {
    lines.push_back(absl::StrCat("urgency becomes ", InWords(change.urgency())));
  }
  for (const v1::StatusChange& s : change.statuses()) {
    lines.push_back(absl::StrCat(name(s.plugin_id()), " from ", ShortStatus(s.from()), " to ", ShortStatus(s.to())));
  }
  for (const v1::ProbabilityChange& p : change.probabilities()) {
    lines.push_back(absl::StrCat("probability of ", p.conclusion(), SideMark(p.side()), " from ", Share(p.from()),
                                 " to ", Share(p.to())));
  }
  if (!change.advice_added().empty()) {
    lines.push_back("advice becomes active: " + Named(change.advice_added(), advice_named));
  }
  if (!change.advice_removed().empty()) {
    lines.push_back("advice is no longer active: " + Named(change.advice_removed(), advice_named));
  }
  return lines;
}

}  // namespace condyle
