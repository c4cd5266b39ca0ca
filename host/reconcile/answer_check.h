// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether a plugin's answer can be used at all: what the host checks before it believes a line of it.
#ifndef CONDYLE_HOST_RECONCILE_ANSWER_CHECK_H_
#define CONDYLE_HOST_RECONCILE_ANSWER_CHECK_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "condyle/v1/assessment.pb.h"

namespace condyle {

// Citation key -> number of the source. Keys point into the manifests.
using CitationNumbers = absl::flat_hash_map<absl::string_view, int>;

// Returns an empty string, or what is wrong with the answer: the field's path and what is allowed. It carries no text
// of the answer but citation keys and tags. Appends to `cited` the number of every source that the answer cites, with
// repeats.
std::string FindFault(const v1::Assessment& answer, const std::string& plugin_id, const CitationNumbers& citations,
                      std::vector<int>& cited);

// Whether one message in an answer is sound: the rules of FindFault, which finds words for what is wrong. field: the
// number of its field in Assessment; the message is of that field's type. Appends to `cited` likewise.
bool IsSoundPart(int field, const google::protobuf::Message& part, const CitationNumbers& citations,
                 std::vector<int>& cited);

// The rules of FindFault for what lies outside of those messages. Empty, or what is wrong.
std::string FindTopFault(const v1::Assessment& answer, const std::string& plugin_id);

}  // namespace condyle

#endif  // CONDYLE_HOST_RECONCILE_ANSWER_CHECK_H_
