// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
#include "condyle/sdk/truth.h"

#include <gtest/gtest.h>

namespace condyle {
namespace {

constexpr Truth F = Truth::kFalse, U = Truth::kUnknown, T = Truth::kTrue;

TEST(Truth, CombinesByKleeneTables) {
  struct Row {
    Truth a, b, both, either;
  };
  for (const Row& row : {Row{F, F, F, F}, Row{F, U, F, U}, Row{F, T, F, T}, Row{U, F, F, U}, Row{U, U, U, U},
                         Row{U, T, U, T}, Row{T, F, F, T}, Row{T, U, U, T}, Row{T, T, T, T}}) {
    EXPECT_EQ(And({row.a, row.b}), row.both);
    EXPECT_EQ(Or({row.a, row.b}), row.either);
  }
  EXPECT_EQ(Not(F), T);
  EXPECT_EQ(Not(U), U);
  EXPECT_EQ(Not(T), F);
}

TEST(Truth, ReadsNoPartsAsTheNeutralElement) {
  EXPECT_EQ(And({}), T);
  EXPECT_EQ(Or({}), F);
}

TEST(Count, DecidesOnlyWhenTheUnknownCannotChangeIt) {
  struct Row {
    const char* name;
    int met, not_met, unknown, k;
    Truth expected;
  };
  for (const Row& row :
       {Row{"enough met", 3, 0, 3, 3, T}, Row{"more than enough", 5, 1, 0, 3, T},
        Row{"one short, one open", 2, 3, 1, 3, U}, Row{"one short, none open", 2, 4, 0, 3, F},
        Row{"all open", 0, 0, 6, 3, U}, Row{"too few open", 0, 4, 2, 3, F}, Row{"nothing needed", 0, 6, 0, 0, T}}) {
    EXPECT_EQ((Count{row.met, row.not_met, row.unknown}).AtLeast(row.k), row.expected) << row.name;
  }
}

TEST(Count, AddsEachStateToItsOwnTally) {
  Count count;
  for (Truth t : {T, T, U, F, F, F}) count.Add(t);
  EXPECT_EQ(count.met, 2);
  EXPECT_EQ(count.unknown, 1);
  EXPECT_EQ(count.not_met, 3);
  EXPECT_EQ(count.total(), 6);
}

TEST(Comparison, KnowsWhichEndIsInclusive) {
  EXPECT_EQ(AtLeast(38.0, 38.0), T);
  EXPECT_EQ(AtLeast(37.9, 38.0), F);
  EXPECT_EQ(Above(38.0, 38.0), F);
  EXPECT_EQ(Above(38.1, 38.0), T);
  EXPECT_EQ(AtMost(38.0, 38.0), T);
  EXPECT_EQ(AtMost(38.1, 38.0), F);
  EXPECT_EQ(Below(38.0, 38.0), F);
  EXPECT_EQ(Below(37.9, 38.0), T);
}

TEST(Comparison, IsUnknownWithoutAValue) {
  for (Truth t : {AtLeast(std::nullopt, 1), Above(std::nullopt, 1), AtMost(std::nullopt, 1), Below(std::nullopt, 1)}) {
    EXPECT_EQ(t, U);
  }
}

}  // namespace
}  // namespace condyle
