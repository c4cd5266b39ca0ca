// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// No token is good twice, in whichever store, thread or host. Compiled into the tests of each kind of store.
#include "host/audit/token_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/audit/store_for_test.h"

namespace condyle {
namespace {

const absl::Time kLater = absl::Now() + absl::Hours(1);

class UsedTokensContract : public AuditStoreContract {};

std::unique_ptr<UsedTokens> MustOpenTokens(const std::string& url, const TokenStoreOptions& options = {}) {
  auto tokens = OpenTokenStore(url, options);
  EXPECT_TRUE(tokens.ok()) << tokens.status();
  return *std::move(tokens);
}

bool IsFirst(UsedTokens& tokens, const std::string& issuer, const std::string& jti, absl::Time expires = kLater) {
  const absl::StatusOr<bool> first = tokens.FirstUse(issuer, jti, expires);
  EXPECT_TRUE(first.ok()) << first.status();
  return first.value_or(false);
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Tokens, UsedTokensContract, ::testing::Values(KindOfThisProgram()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(UsedTokensContract, ATokenIsGoodOnce) {
  const auto tokens = MustOpenTokens(Url());
  EXPECT_TRUE(IsFirst(*tokens, "issuer", "1"));
  EXPECT_FALSE(IsFirst(*tokens, "issuer", "1"));
  EXPECT_TRUE(IsFirst(*tokens, "issuer", "2"));
  EXPECT_TRUE(IsFirst(*tokens, "other", "1"));
  EXPECT_TRUE(IsFirst(*tokens, "a", "bc"));
  EXPECT_TRUE(IsFirst(*tokens, "ab", "c")) << "whatever the parts";
  EXPECT_TRUE(IsFirst(*tokens, "", ""));
  EXPECT_FALSE(IsFirst(*tokens, "", ""));
  const std::string odd("'; \0\xff", 5);
  EXPECT_TRUE(IsFirst(*tokens, odd, odd, absl::InfiniteFuture()));
  EXPECT_FALSE(IsFirst(*tokens, odd, odd));
}

TEST_P(UsedTokensContract, ATokenIsGoodOnceAfterARestartToo) {
  EXPECT_TRUE(IsFirst(*MustOpenTokens(Url()), "issuer", "1"));
  EXPECT_FALSE(IsFirst(*MustOpenTokens(Url()), "issuer", "1"));
}

TEST_P(UsedTokensContract, OneOfManyCallsInSeveralHostsIsTheFirst) {
  constexpr int kTokens = 100, kThreads = 8;
  const auto one = MustOpenTokens(Url()), two = MustOpenTokens(Url());
  std::vector<std::atomic<int>> firsts(kTokens);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < kTokens; ++j) {
        // Half of them the other way round: hosts must not wait for each other for ever.
        const int token = i % 4 < 2 ? j : kTokens - 1 - j;
        if (IsFirst(i % 2 == 0 ? *one : *two, "issuer", absl::StrCat(token))) ++firsts[static_cast<size_t>(token)];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int j = 0; j < kTokens; ++j) EXPECT_EQ(firsts[static_cast<size_t>(j)], 1) << j;
}

// Both sides of what is kept: expired five minutes ago, by the clock of the host that deletes.
TEST_P(UsedTokensContract, WhatExpiredLongAgoIsForgotten) {
  TokenStoreOptions options;
  absl::Time now = absl::FromUnixSeconds(1777626000);
  options.clock = [&] { return now; };
  const auto tokens = MustOpenTokens(Url(), options);
  const absl::Time begin = now;
  EXPECT_TRUE(IsFirst(*tokens, "i", "old", begin));
  EXPECT_TRUE(IsFirst(*tokens, "i", "newer", begin + absl::Milliseconds(1)));
  now = begin + absl::Minutes(5) + absl::Milliseconds(1);
  EXPECT_TRUE(IsFirst(*tokens, "i", "sweeps", begin + absl::Hours(1)));
  EXPECT_TRUE(IsFirst(*tokens, "i", "old", begin + absl::Hours(1))) << "was forgotten";
  EXPECT_FALSE(IsFirst(*tokens, "i", "newer")) << "is still there";
}

TEST_P(UsedTokensContract, MayLieBesideAnAuditTrailOfTheSameName) {
  const auto store = MustOpen(Url());
  const auto tokens = OpenTokenStore(Url());
  if (Url().rfind("sqlite:", 0) == 0) {
    EXPECT_EQ(tokens.status().code(), absl::StatusCode::kFailedPrecondition) << tokens.status();
    EXPECT_THAT(std::string(tokens.status().message()), ::testing::HasSubstr("name a file of its own"));
  } else {
    ASSERT_TRUE(tokens.ok()) << tokens.status();
    EXPECT_TRUE(IsFirst(**tokens, "issuer", "1"));
  }
  EXPECT_TRUE(AppendOne(*store, "x").ok());
  EXPECT_EQ(Verify(*store), "");
}

TEST(OpenTokenStore, RefusesUrlsThatItDoesNotKnow) {
  EXPECT_EQ(OpenTokenStore("tokens.db").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(OpenTokenStore("sqlite:/no/such/directory/tokens").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenTokenStore("postgresql://127.0.0.1:1/x").status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace condyle
