// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Advice of all plugins, united, in order, and parted into what may be said now and what is withheld.
#ifndef CONDYLE_HOST_RECONCILE_ADVICE_H_
#define CONDYLE_HOST_RECONCILE_ADVICE_H_

#include <google/protobuf/arena.h>

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "host/reconcile/answer_parts.h"

namespace condyle {

// Collects recommendations. Equal advice of several plugins becomes one, with all their reasons and sources.
class AdviceList {
 public:
  // What is united is made in `arena`.
  explicit AdviceList(google::protobuf::Arena* arena) : arena_(arena) {}

  // Each names the plugin that gives it. They are shared, and must stay as long as the arena.
  void Take(const std::vector<const AnswerPart*>& given, const std::string& plugin_id);

  // Puts everything into `out`, which lies in the arena, most pressing first: to `withheld` what one of out's holds
  // covers, with all of them, the rest to `recommendations`.
  void Part(v1::Consultation& out);

 private:
  struct Entry {
    const v1::Recommendation* advice;
    // The same, if it is this consultation's own.
    v1::Recommendation* own;
    // The entry before it with this id; -1: none.
    int before;
  };

  v1::Recommendation* Own(Entry& entry);

  google::protobuf::Arena* const arena_;
  std::vector<Entry> all_;
  absl::flat_hash_map<absl::string_view, int> last_with_id_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_RECONCILE_ADVICE_H_
