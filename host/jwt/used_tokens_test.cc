// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// No token id is good twice, and none is forgotten early.
#include "host/jwt/used_tokens.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

class UsedTokensTest : public testing::Test {
 protected:
  static constexpr size_t kMost = 3;

  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  MemoryUsedTokens used_{kMost, [this] { return now_; }};
};

TEST_F(UsedTokensTest, AnIdIsNewOnceUntilItExpires) {
  const absl::Time expires = now_ + absl::Minutes(5);
  EXPECT_EQ(*used_.FirstUse("https://ehr.example", "a", expires), true);
  EXPECT_EQ(*used_.FirstUse("https://ehr.example", "a", expires), false);
  now_ = expires - absl::Nanoseconds(1);
  EXPECT_EQ(*used_.FirstUse("https://ehr.example", "a", expires), false);
  now_ = expires;
  EXPECT_EQ(*used_.FirstUse("https://ehr.example", "a", expires + absl::Minutes(5)), true);
  EXPECT_EQ(used_.size(), 1u);
}

TEST_F(UsedTokensTest, TwoIssuersMayUseTheSameId) {
  const absl::Time expires = now_ + absl::Minutes(5);
  EXPECT_TRUE(*used_.FirstUse("https://a.example", "1", expires));
  EXPECT_TRUE(*used_.FirstUse("https://b.example", "1", expires));
  // What the two are joined to must not depend on where one ends.
  EXPECT_TRUE(*used_.FirstUse("https://b.example1", "", expires));
}

TEST_F(UsedTokensTest, WhenFullItRefusesRatherThanForgets) {
  for (const char* id : {"a", "b", "c"}) EXPECT_TRUE(*used_.FirstUse("i", id, now_ + absl::Minutes(5)));
  EXPECT_TRUE(absl::IsResourceExhausted(used_.FirstUse("i", "d", now_ + absl::Minutes(5)).status()));
  EXPECT_EQ(*used_.FirstUse("i", "a", now_ + absl::Minutes(5)), false);
  now_ += absl::Minutes(5);
  EXPECT_TRUE(*used_.FirstUse("i", "d", now_ + absl::Minutes(5)));
  EXPECT_EQ(used_.size(), 1u);
}

TEST(UsedTokens, OfManyAtOnceOneIsFirst) {
  MemoryUsedTokens used;
  const absl::Time expires = absl::Now() + absl::Hours(1);
  std::atomic<int> first{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) first += *used.FirstUse("i", absl::StrCat(i), expires);
    });
  }
  threads.clear();
  EXPECT_EQ(first, 1000);
}

}  // namespace
}  // namespace condyle
