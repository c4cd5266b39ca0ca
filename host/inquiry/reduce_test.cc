// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What is left holds, and nothing of it can be left out.
#include "host/inquiry/reduce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace condyle::inquiry {
namespace {

using testing::ElementsAre;

Changes UpTo(int count) {
  Changes changes;
  for (int i = 0; i < count; ++i) changes.push_back({i, 0});
  return changes;
}

bool Has(const Changes& changes, int slot) {
  return std::any_of(changes.begin(), changes.end(), [&](const Change& change) { return change.slot == slot; });
}

const auto kGoOn = [] { return false; };

TEST(Reduce, FindsTheOneThatMatters) {
  for (const int size : {1, 2, 3, 7, 64, 101}) {
    for (const int matters : {0, size / 2, size - 1}) {
      EXPECT_THAT(Reduce(
                      UpTo(size), [&](const Changes& c) { return Has(c, matters); }, kGoOn),
                  ElementsAre(Change{matters, 0}))
          << size;
    }
  }
}

TEST(Reduce, FindsAllThatAreNeededTogether) {
  EXPECT_THAT(Reduce(
                  UpTo(50), [](const Changes& c) { return Has(c, 3) && Has(c, 4) && Has(c, 49); }, kGoOn),
              ElementsAre(Change{3, 0}, Change{4, 0}, Change{49, 0}));
}

TEST(Reduce, LeavesNothingThatCanBeLeftOut) {
  // 3 of these 6 suffice; any 3 will do.
  const auto holds = [](const Changes& c) {
    return std::count_if(c.begin(), c.end(), [](const Change& change) { return change.slot % 7 == 0; }) >= 3;
  };
  const Changes left = Reduce(UpTo(42), holds, kGoOn);
  EXPECT_EQ(left.size(), 3u);
  EXPECT_TRUE(holds(left));
}

TEST(Reduce, StopsWhenItIsToldTo) {
  EXPECT_EQ(Reduce(
                UpTo(10), [](const Changes&) { return true; }, [] { return true; })
                .size(),
            10u);
}

}  // namespace
}  // namespace condyle::inquiry
