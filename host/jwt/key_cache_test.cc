// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// When keys are read again, and when they are not.
#include "host/jwt/key_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/http_client/tls_server_for_test.h"
#include "host/jwt/signer_for_test.h"

namespace condyle {
namespace {

using testing::HasSubstr;
using State = KeyLookup::State;

constexpr char kUrl[] = "https://ehr.example/jwks.json";

const std::string& KeyA() {
  static const std::string jwks = TestJwks(TestSigner::Ec("a").Jwk());
  return jwks;
}
const std::string& KeyB() {
  static const std::string jwks = TestJwks(TestSigner::Ec("b").Jwk());
  return jwks;
}

class KeyCacheTest : public testing::Test {
 protected:
  State Find(std::string_view kid, const std::string& url = kUrl, bool named = true) {
    const KeyLookup lookup = cache_.Find(url, named, kid);
    problem_ = lookup.problem;
    EXPECT_EQ(lookup.keys.empty(), lookup.state != State::kFound);
    EXPECT_EQ(lookup.problem.empty(), lookup.state == State::kFound);
    return lookup.state;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  absl::StatusOr<std::string> published_ = KeyA();
  int fetches_ = 0;
  std::string problem_;
  KeyCache cache_{[this](const std::string&) {
                    ++fetches_;
                    return published_;
                  },
                  KeyCacheOptions(), [this] { return now_; }};
};

TEST_F(KeyCacheTest, ASetIsReadOnceInItsTime) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Find("a"), State::kFound);
  now_ += absl::Minutes(10) - absl::Nanoseconds(1);
  EXPECT_EQ(Find("a"), State::kFound);
  EXPECT_EQ(fetches_, 1);
  now_ += absl::Nanoseconds(1);
  EXPECT_EQ(Find("a"), State::kFound);
  EXPECT_EQ(fetches_, 2);
}

TEST_F(KeyCacheTest, AKeyThatWasWithdrawnIsGoneAfterTheSetsTime) {
  EXPECT_EQ(Find("a"), State::kFound);
  published_ = KeyB();
  now_ += absl::Minutes(10);
  EXPECT_EQ(Find("a"), State::kNoSuchKey);
  EXPECT_EQ(Find("b"), State::kFound);
}

TEST_F(KeyCacheTest, ANewKeyIsFoundByReadingAgain) {
  EXPECT_EQ(Find("a"), State::kFound);
  published_ = KeyB();
  now_ += absl::Seconds(30);
  EXPECT_EQ(Find("b"), State::kFound);
  EXPECT_EQ(fetches_, 2);
}

TEST_F(KeyCacheTest, InventedKeyIdsDoNotMakeItAskMoreOften) {
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(Find(absl::StrCat("invented-", i)), State::kNoSuchKey);
  EXPECT_EQ(fetches_, 1);
  now_ += absl::Seconds(30) - absl::Nanoseconds(1);
  EXPECT_EQ(Find("invented"), State::kNoSuchKey);
  EXPECT_EQ(fetches_, 1);
  now_ += absl::Nanoseconds(1);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(Find(absl::StrCat("invented-", i)), State::kNoSuchKey);
  EXPECT_EQ(fetches_, 2);
  EXPECT_EQ(Find("a"), State::kFound);
}

TEST_F(KeyCacheTest, AFailureIsRememberedForAWhile) {
  published_ = absl::UnavailableError("https://ehr.example did not answer in time");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Find("a"), State::kUnavailable);
  EXPECT_EQ(fetches_, 1);
  EXPECT_THAT(problem_, HasSubstr("did not answer in time"));
  published_ = KeyA();
  now_ += absl::Seconds(10) - absl::Nanoseconds(1);
  EXPECT_EQ(Find("a"), State::kUnavailable);
  now_ += absl::Nanoseconds(1);
  EXPECT_EQ(Find("a"), State::kFound);
  EXPECT_EQ(fetches_, 2);
}

TEST_F(KeyCacheTest, WhatIsNoJwkSetIsAFailure) {
  published_ = "<html>";
  EXPECT_EQ(Find("a"), State::kUnavailable);
  EXPECT_THAT(problem_, HasSubstr("not valid JSON"));
}

TEST_F(KeyCacheTest, OldKeysServeForAWhileWhenTheyCannotBeReadAgain) {
  EXPECT_EQ(Find("a"), State::kFound);
  published_ = absl::UnavailableError("down");
  now_ += absl::Minutes(10);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Find("a"), State::kFound);
  EXPECT_EQ(fetches_, 2);
  now_ += absl::Hours(1) - absl::Nanoseconds(1);
  EXPECT_EQ(Find("a"), State::kFound);
  now_ += absl::Nanoseconds(1);
  EXPECT_EQ(Find("a"), State::kUnavailable);
  published_ = KeyA();
  now_ += absl::Seconds(10);
  EXPECT_EQ(Find("a"), State::kFound);
}

TEST_F(KeyCacheTest, AFailureAfterAnInventedKeyIdDoesNotSpoilTheOthers) {
  EXPECT_EQ(Find("a"), State::kFound);
  published_ = absl::UnavailableError("down");
  now_ += absl::Seconds(30);
  EXPECT_EQ(Find("invented"), State::kNoSuchKey);
  EXPECT_EQ(Find("a"), State::kFound);
  EXPECT_EQ(fetches_, 2);
}

TEST_F(KeyCacheTest, AKeyOfNoUseIsExplained) {
  published_ = TestJwks(TestSigner::Rsa("weak", 1024).Jwk());
  EXPECT_EQ(Find("weak"), State::kNoSuchKey);
  EXPECT_THAT(problem_, HasSubstr("RSA of 1024 bits"));
}

TEST_F(KeyCacheTest, UrlsByPrefixAreRationedAndThoseByNameAreNot) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Find("a", absl::StrCat("https://ehr.example/", i), false), i < 20 ? State::kFound : State::kUnavailable);
  }
  EXPECT_EQ(fetches_, 20);
  EXPECT_EQ(Find("a", "https://ehr.example/0", false), State::kFound);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(Find("a", absl::StrCat("https://named.example/", i)), State::kFound);
  now_ += absl::Minutes(1);
  EXPECT_EQ(Find("a", "https://ehr.example/99", false), State::kFound);
}

TEST_F(KeyCacheTest, OfUrlsByPrefixThoseWantedLastAreKept) {
  for (int i = 0; i < 220; ++i) {
    if (i % 20 == 0) now_ += absl::Minutes(1);
    Find("a", absl::StrCat("https://ehr.example/", i), false);
    Find("a", "https://ehr.example/0", false);  // is wanted all the time
    Find("a");                                  // has a name
  }
  now_ += absl::Minutes(1);
  fetches_ = 0;
  published_ = absl::UnavailableError("down");
  EXPECT_EQ(Find("a", "https://ehr.example/0", false), State::kFound);
  EXPECT_EQ(Find("a"), State::kFound);
  EXPECT_EQ(Find("a", "https://ehr.example/1", false), State::kUnavailable);
}

TEST(KeyCache, ManyAtOnceMakeOneFetch) {
  constexpr int kMany = 8;
  std::latch asked(1);
  std::latch answer(1);
  std::atomic<int> fetches{0};
  KeyCacheOptions options;
  options.most_waiting = kMany;
  KeyCache cache(
      [&](const std::string&) -> absl::StatusOr<std::string> {
        ++fetches;
        asked.count_down();
        answer.wait();
        return KeyA();
      },
      options);
  std::atomic<int> found{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < kMany; ++i) {
    threads.emplace_back([&] { found += cache.Find(kUrl, true, "a").state == State::kFound; });
  }
  asked.wait();
  answer.count_down();
  threads.clear();
  EXPECT_EQ(found, kMany);
  EXPECT_EQ(fetches, 1);
}

TEST(KeyCache, ASlowFetchHoldsUpFewOfThoseWhoNeedIt) {
  std::latch asked(1);
  std::latch answer(1);
  KeyCacheOptions options;
  options.most_waiting = 0;
  KeyCache cache(
      [&](const std::string&) -> absl::StatusOr<std::string> {
        asked.count_down();
        answer.wait();
        return KeyA();
      },
      options);
  std::jthread first([&] { EXPECT_EQ(cache.Find(kUrl, true, "a").state, State::kFound); });
  asked.wait();
  EXPECT_EQ(cache.Find(kUrl, true, "a").state, State::kUnavailable);
  answer.count_down();
}

TEST(KeyCache, WhileASetIsReadAgainTheOldOneServes) {
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  std::latch asked(1);
  std::latch answer(1);
  std::atomic<int> fetches{0};
  KeyCache cache(
      [&](const std::string&) -> absl::StatusOr<std::string> {
        if (++fetches > 1) {
          asked.count_down();
          answer.wait();
        }
        return KeyA();
      },
      KeyCacheOptions(), [&] { return now; });
  EXPECT_EQ(cache.Find(kUrl, true, "a").state, State::kFound);
  now += absl::Minutes(10);
  std::jthread reader([&] { EXPECT_EQ(cache.Find(kUrl, true, "a").state, State::kFound); });
  asked.wait();
  EXPECT_EQ(cache.Find(kUrl, true, "a").state, State::kFound);  // does not wait: the answer comes only after it
  answer.count_down();
}

TEST(KeyCache, ReadsOverTheHttpClient) {
  const TestAuthority authority;
  const TestAuthority::Issued certificate = authority.Issue("DNS:localhost");
  TestServer server(&certificate, [](TestServer::Exchange& exchange) {
    if (exchange.target() == "/moved") {
      return exchange.Write("HTTP/1.1 302 Go\r\nLocation: /jwks.json\r\nContent-Length: 0\r\n\r\n");
    }
    return exchange.Reply(KeyA(), "application/json", exchange.target() == "/jwks.json" ? 200 : 404);
  });
  HttpClientOptions options;
  options.ca_file = authority.file();
  options.peers = {*ParseHttpPeer(server.Origin())};
  const absl::StatusOr<std::unique_ptr<HttpClient>> client = HttpClient::Create(options);
  ASSERT_TRUE(client.ok()) << client.status();
  KeyCache cache(FetchOver(**client));
  EXPECT_EQ(cache.Find(server.Origin() + "/jwks.json", true, "a").state, State::kFound);
  EXPECT_THAT(cache.Find(server.Origin() + "/other.json", true, "a").problem, HasSubstr("status 404"));
  EXPECT_THAT(cache.Find(server.Origin() + "/moved", true, "a").problem, HasSubstr("redirects (302)"));
  EXPECT_THAT(cache.Find("https://ehr.example/", true, "a").problem, HasSubstr("allow it in the configuration"));
}

}  // namespace
}  // namespace condyle
