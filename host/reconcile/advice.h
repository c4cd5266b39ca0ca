// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Advice of all plugins, united, in order, and parted into what may be said now and what is withheld.
#ifndef CONDYLE_HOST_RECONCILE_ADVICE_H_
#define CONDYLE_HOST_RECONCILE_ADVICE_H_

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/consultation.pb.h"

namespace condyle {

// Collects recommendations. Equal advice of several plugins becomes one, with all their reasons and sources.
class AdviceList {
 public:
  // Moves the recommendations out of `answer`.
  void Take(v1::Assessment& answer, const std::string& plugin_id);

  // Moves everything into `out`, most pressing first: to `withheld` what one of out's holds covers, with all of them,
  // the rest to `recommendations`.
  void Part(v1::Consultation& out);

 private:
  std::vector<std::unique_ptr<v1::Recommendation>> all_;
  std::unordered_multimap<std::string_view, v1::Recommendation*> by_id_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_RECONCILE_ADVICE_H_
