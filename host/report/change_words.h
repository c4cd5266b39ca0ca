// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// How an outcome would differ, in words.
#ifndef CONDYLE_HOST_REPORT_CHANGE_WORDS_H_
#define CONDYLE_HOST_REPORT_CHANGE_WORDS_H_

#include <functional>
#include <string>
#include <vector>

#include "condyle/v1/consultation.pb.h"

namespace condyle {

// A line for each thing that would be different, the weightiest first: urgency, statuses, probabilities, advice. At
// most `advice_named` ids of advice are named in each line before the rest is counted. name: what a plugin is called,
// by id. Empty if nothing would be.
std::vector<std::string> LinesOf(
    const v1::OutcomeChange& change, int advice_named,
    const std::function<std::string(const std::string&)>& name = [](const std::string& id) { return id; });

}  // namespace condyle

#endif  // CONDYLE_HOST_REPORT_CHANGE_WORDS_H_
