// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What holds of every page that Condyle writes.
#ifndef CONDYLE_TESTS_END_TO_END_SUPPORT_PAGE_RULES_H_
#define CONDYLE_TESTS_END_TO_END_SUPPORT_PAGE_RULES_H_

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace condyle::tests {

// Expects links to lead to a place of the page or out of it by HTTP, and headings (their levels, in order) to skip
// none.
template <typename Texts>
void ExpectSoundOutline(const std::set<std::string>& ids, const Texts& targets, const std::vector<int>& headings) {
  for (const std::string& target : targets) {
    if (target[0] == '#') {
      EXPECT_EQ(ids.count(target.substr(1)), 1u) << target;
    } else {
      EXPECT_EQ(target.rfind("http", 0), 0u) << target;
    }
  }
  for (size_t i = 0; i < headings.size(); ++i) {
    EXPECT_LE(headings[i], i == 0 ? 1 : headings[i - 1] + 1) << "heading " << i << " skips a level";
  }
}

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_END_TO_END_SUPPORT_PAGE_RULES_H_
