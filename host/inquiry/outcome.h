// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The outcome of a consultation, reduced to what can be compared. Follows the rules of host/reconcile.
#ifndef CONDYLE_HOST_INQUIRY_OUTCOME_H_
#define CONDYLE_HOST_INQUIRY_OUTCOME_H_

#include <cstdint>
#include <string>
#include <vector>

#include "condyle/v1/consultation.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "host/inquiry/outline.h"
#include "host/reconcile/screens.h"

namespace condyle::inquiry {

struct Outcome {
  v1::Urgency urgency = v1::URGENCY_UNSPECIFIED;
  // Of each plugin of the catalogue; STATUS_UNSPECIFIED if it failed.
  std::vector<v1::Status> statuses;
  // Numbers of the vocabulary; active advice only. Ascending.
  std::vector<uint32_t> advice;
  // What each plugin concluded; valid as long as the outlines.
  std::vector<const Outline*> outlines;
};

// Puts outcomes together from outlines. The catalogue, the screens and the vocabulary must outlive it.
class OutcomeRules {
 public:
  OutcomeRules(const PluginCatalog& catalog, const Screens& screens, Vocabulary& vocabulary);

  // outlines: one per plugin of the catalogue, in its order.
  Outcome Unite(std::vector<const Outline*> outlines) const;

  // Empty message if they are the same. Advice is told by id, each once.
  v1::OutcomeChange Compare(const Outcome& before, const Outcome& after) const;

 private:
  const PluginCatalog& catalog_;
  const Screens& screens_;
  Vocabulary& vocabulary_;
  std::vector<std::vector<uint32_t>> guards_;  // tags of each screen
};

// Nothing would be different.
bool IsEmpty(const v1::OutcomeChange& change);

}  // namespace condyle::inquiry

#endif  // CONDYLE_HOST_INQUIRY_OUTCOME_H_
