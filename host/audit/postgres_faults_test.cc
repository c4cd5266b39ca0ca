// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Servers that restart, crash and are gone, connections that are cut over a commit, processes that are killed: what was
// acknowledged is there, once. CONDYLE_AUDIT_KILLS sets how often a process is killed; 50 if not given.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "host/audit/cutting_proxy_for_test.h"
#include "host/audit/postgres_for_test.h"
#include "host/audit/store_for_test.h"
#include "host/audit/token_store.h"

namespace condyle {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Clock = std::chrono::steady_clock;

// Threads that append until they are told to end.
class Load {
 public:
  Load(AuditStore& store, int threads, const std::string& name) {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this, &store, body = absl::StrCat(name, ",", i, ",")] {
        for (int j = 0; !ends_; ++j) Append(store, absl::StrCat(body, j));
      });
    }
  }
  ~Load() { End(); }

  void End() {
    ends_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  size_t acknowledged() {
    const std::lock_guard lock(mutex_);
    return marks_.size();
  }
  // Waits until so many more were acknowledged. False if that takes too long.
  bool Proceeds(size_t more) {
    const size_t enough = acknowledged() + more;
    const auto until = Clock::now() + std::chrono::seconds(60);
    while (acknowledged() < enough && Clock::now() < until) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return acknowledged() >= enough;
  }
  const std::map<uint64_t, std::string>& marks() const { return marks_; }
  const std::set<std::string>& bodies() const { return bodies_; }
  const std::vector<absl::Status>& errors() const { return errors_; }

 private:
  void Append(AuditStore& store, const std::string& body) {
    const auto mark = AppendOne(store, body);
    const std::lock_guard lock(mutex_);
    if (mark.ok()) {
      EXPECT_TRUE(marks_.emplace(mark->sequence, mark->hash).second) << "two were told the same place";
      bodies_.insert(body);
    } else {
      errors_.push_back(mark.status());
    }
  }

  std::atomic<bool> ends_ = false;
  std::mutex mutex_;
  std::map<uint64_t, std::string> marks_;
  std::set<std::string> bodies_;
  std::vector<absl::Status> errors_;
  std::vector<std::thread> threads_;
};

// All that was acknowledged is in the store, nothing is in it twice, and the chain is whole.
void ExpectKept(const std::string& url, const std::vector<Load*>& loads) {
  const auto store = MustOpenToRead(url);
  std::map<uint64_t, std::string> expected;
  for (const Load* load : loads) expected.insert(load->marks().begin(), load->marks().end());
  EXPECT_THAT(Verify(*store, expected), IsEmpty());
  std::multiset<std::string> stored;
  for (const v1::AuditEntry& entry : ReadAll(*store)) stored.insert(entry.body());
  EXPECT_EQ(stored.size(), std::set<std::string>(stored.begin(), stored.end()).size()) << "something is there twice";
  for (const Load* load : loads) {
    for (const std::string& body : load->bodies()) EXPECT_EQ(stored.count(body), 1u) << body;
    for (const absl::Status& error : load->errors()) {
      EXPECT_EQ(error.code(), absl::StatusCode::kUnavailable) << error;
    }
  }
}

TEST(PostgresFaults, LoseAndDoubleNothingWhileTheServerRestartsUnderLoad) {
  PostgresServer& server = TestServer();
  const std::string url = server.url(server.NewDatabase());
  const auto one = MustOpen(url), two = MustOpen(url);
  Load first(*one, 8, "first"), second(*two, 8, "second");
  for (int round = 0; round < 4; ++round) {
    ASSERT_TRUE(first.Proceeds(50) && second.Proceeds(50)) << round;
    server.Restart();
    ASSERT_TRUE(first.Proceeds(50) && second.Proceeds(50)) << round;
    server.KillHard();
    server.Start();
    ASSERT_TRUE(first.Proceeds(50) && second.Proceeds(50)) << round;
    server.Disconnect();
  }
  first.End();
  second.End();
  EXPECT_THAT(first.errors(), IsEmpty()) << "a restart takes less than the patience";
  ExpectKept(url, {&first, &second});
}

TEST(PostgresFaults, FailInBoundedTimeWhileTheServerIsGoneAndGoOnAfterwards) {
  PostgresServer& server = TestServer();
  const std::string url = server.url(server.NewDatabase());
  AuditStoreOptions options;
  options.patience = std::chrono::milliseconds(300);
  const auto store = MustOpen(url, options);
  Load load(*store, 4, "load");
  ASSERT_TRUE(load.Proceeds(20));
  server.Stop();
  for (int i = 0; i < 3; ++i) {
    const auto begin = Clock::now();
    const auto refused = AppendOne(*store, "x");
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable) << refused.status();
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr(ShownAuditUrl(url)));
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds(8));
    EXPECT_EQ(store->Count().status().code(), absl::StatusCode::kUnavailable);
  }
  server.Start();
  EXPECT_TRUE(load.Proceeds(20));
  load.End();
  EXPECT_TRUE(AppendOne(*store, "x").ok());
  EXPECT_TRUE(store->Count().ok());
  ExpectKept(url, {&load});
}

struct CutRow {
  const char* name;
  CuttingProxy::Cut cut;
};

class PostgresCut : public ::testing::TestWithParam<CutRow> {};

TEST_P(PostgresCut, OverACommitIsFoundOut) {
  PostgresServer& server = TestServer();
  const std::string database = server.NewDatabase();
  CuttingProxy proxy(server.port());
  AuditStoreOptions options;
  options.patience = std::chrono::milliseconds(3000);
  const auto store = MustOpen(absl::StrCat("postgresql://condyle@127.0.0.1:", proxy.port(), "/", database,
                                           "?sslmode=disable&gssencmode=disable"),
                              options);
  std::map<uint64_t, std::string> marks;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(AppendOne(*store, absl::StrCat("before ", i)).ok());
    proxy.CutNext(GetParam().cut);
    const auto mark = AppendOne(*store, absl::StrCat("cut ", i));
    ASSERT_TRUE(mark.ok()) << mark.status();
    marks[mark->sequence] = mark->hash;
  }
  EXPECT_EQ(proxy.cuts(), 3);
  const auto reader = MustOpenToRead(server.url(database));
  EXPECT_THAT(Verify(*reader, marks), IsEmpty());
  EXPECT_THAT(ReadAll(*reader), SizeIs(7)) << "nothing is there twice";
}

INSTANTIATE_TEST_SUITE_P(Moments, PostgresCut,
                         ::testing::Values(CutRow{"BeforeTheServerSawIt", CuttingProxy::Cut::kLosesRequest},
                                           CutRow{"BeforeTheAnswer", CuttingProxy::Cut::kLosesAnswer},
                                           CutRow{"SilentlyBeforeTheServerSawIt", CuttingProxy::Cut::kHangs}),
                         [](const auto& row) { return std::string(row.param.name); });

// Two processes append the very same bodies in the same millisecond: a lost commit must not be taken for the other's.
TEST(PostgresFaults, KnowTheirOwnEntriesFromEqualOnes) {
  PostgresServer& server = TestServer();
  const std::string database = server.NewDatabase();
  CuttingProxy proxy(server.port());
  AuditStoreOptions options;
  options.clock = [] { return absl::FromUnixMillis(1777626000000); };
  const auto cut = MustOpen(absl::StrCat("postgresql://condyle@127.0.0.1:", proxy.port(), "/", database,
                                         "?sslmode=disable&gssencmode=disable"),
                            options);
  const auto other = MustOpen(server.url(database), options);
  proxy.CutNext(CuttingProxy::Cut::kLosesRequest);
  std::thread thread([&] {
    while (proxy.cuts() == 0) std::this_thread::yield();
    EXPECT_TRUE(AppendOne(*other, "the same").ok());
  });
  const auto mark = AppendOne(*cut, "the same");
  thread.join();
  ASSERT_TRUE(mark.ok()) << mark.status();
  const auto reader = MustOpenToRead(server.url(database));
  EXPECT_THAT(Verify(*reader, {{mark->sequence, mark->hash}}), IsEmpty());
  EXPECT_THAT(ReadAll(*reader), SizeIs(3)) << "each has its own";
}

TEST(PostgresFaults, SayThatNobodyKnowsIfTheServerIsGoneForGoodOverACommit) {
  PostgresServer& server = TestServer();
  const std::string database = server.NewDatabase();
  AuditStoreOptions options;
  options.patience = std::chrono::milliseconds(200);
  std::unique_ptr<AuditStore> store;
  {
    CuttingProxy proxy(server.port());
    store = MustOpen(absl::StrCat("postgresql://condyle@127.0.0.1:", proxy.port(), "/", database,
                                  "?sslmode=disable&gssencmode=disable"),
                     options);
    proxy.CutNext(CuttingProxy::Cut::kLosesAnswer);
    std::thread gone([&] {
      while (proxy.cuts() == 0) std::this_thread::yield();
      server.KillHard();
    });
    const auto mark = AppendOne(*store, "x");
    gone.join();
    EXPECT_EQ(mark.status().code(), absl::StatusCode::kUnavailable) << mark.status();
    EXPECT_THAT(std::string(mark.status().message()), HasSubstr("may be in the audit trail, or not"));
  }
  server.Start();
  const auto reader = MustOpenToRead(server.url(database));
  EXPECT_THAT(Verify(*reader), IsEmpty());
  EXPECT_THAT(ReadAll(*reader).size(), AnyOf(1u, 2u));
}

// Appends from four threads, and tells of each through a pipe.
[[noreturn]] void AppendForEver(const std::string& url, int out) {
  auto store = OpenAuditStore(url);
  if (!store.ok()) _exit(1);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0;; ++j) {
        const auto mark = AppendOne(**store, absl::StrCat(getpid(), ",", i, ",", j));
        if (!mark.ok()) _exit(1);
        const std::string line = MarkToText(*mark) + "\n";
        if (write(out, line.data(), line.size()) < 0) _exit(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  _exit(1);
}

std::string ReadUntilKilled(pid_t child, int in, std::chrono::microseconds time) {
  std::string said;
  char buffer[4096];
  bool killed = false;
  auto until = Clock::time_point::max();  // begins with the first word
  for (;;) {
    pollfd polled{in, POLLIN, 0};
    if (!killed && Clock::now() >= until) {
      killed = true;
      kill(child, SIGKILL);
    }
    if (poll(&polled, 1, 1) <= 0) continue;
    const ssize_t got = read(in, buffer, sizeof(buffer));
    if (got <= 0) break;
    if (said.empty()) until = Clock::now() + time;
    said.append(buffer, static_cast<size_t>(got));
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it ended by itself";
  return said;
}

TEST(PostgresFaults, LoseNothingAcknowledgedToProcessesThatAreKilled) {
  PostgresServer& server = TestServer();
  const std::string url = server.url(server.NewDatabase());
  MustOpen(url);
  const char* given = std::getenv("CONDYLE_AUDIT_KILLS");
  const int kills = given == nullptr ? 50 : std::atoi(given);
  std::mt19937 random(7);
  std::map<uint64_t, std::string> acknowledged;
  for (int i = 0; i < kills; ++i) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      AppendForEver(url, ends[1]);
    }
    close(ends[1]);
    const std::string said = ReadUntilKilled(child, ends[0], std::chrono::microseconds(random() % 40000));
    close(ends[0]);
    for (size_t begin = 0, end; (end = said.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const AuditMark mark = MarkFromText(said.substr(begin, end - begin)).value();
      EXPECT_TRUE(acknowledged.emplace(mark.sequence, mark.hash).second);
    }
  }
  EXPECT_GE(acknowledged.size(), static_cast<size_t>(kills));
  const auto store = MustOpen(url);
  EXPECT_THAT(Verify(*store, acknowledged), IsEmpty());
  std::set<std::string> bodies;
  const auto entries = ReadAll(*store);
  for (const v1::AuditEntry& entry : entries) bodies.insert(entry.body());
  EXPECT_EQ(bodies.size(), entries.size()) << "something is there twice";
  EXPECT_TRUE(AppendOne(*store, "after").ok());
}

// A used token is told so whatever happens to the connection, and to the first that used it that it is the first.
TEST(PostgresFaults, LoseNoUsedToken) {
  PostgresServer& server = TestServer();
  const std::string database = server.NewDatabase();
  CuttingProxy proxy(server.port());
  const auto cut = OpenTokenStore(absl::StrCat("postgresql://condyle@127.0.0.1:", proxy.port(), "/", database,
                                               "?sslmode=disable&gssencmode=disable"));
  const auto other = OpenTokenStore(server.url(database));
  ASSERT_TRUE(cut.ok() && other.ok()) << cut.status() << other.status();
  const absl::Time later = absl::Now() + absl::Hours(1);
  int token = 0;
  const auto expect_good_once = [&](const char* what) {
    const std::string jti = absl::StrCat(++token);
    const auto first = (*cut)->FirstUse("i", jti, later);
    ASSERT_TRUE(first.ok()) << what << first.status();
    EXPECT_TRUE(*first) << what;
    EXPECT_FALSE(*(*cut)->FirstUse("i", jti, later)) << what;
    EXPECT_FALSE((*other)->FirstUse("i", jti, later).value_or(true)) << what;
  };
  expect_good_once("nothing happens");
  proxy.CutNext(CuttingProxy::Cut::kLosesRequest);
  expect_good_once("the request is lost");
  proxy.CutNext(CuttingProxy::Cut::kLosesAnswer);
  expect_good_once("the answer is lost");
  EXPECT_EQ(proxy.cuts(), 2);
  server.Restart();
  expect_good_once("the server restarts");
  server.KillHard();
  const absl::StatusOr<bool> refused = (*other)->FirstUse("i", "gone", later);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable) << "what cannot be noted is not good";
  server.Start();
  expect_good_once("the server crashes");
  EXPECT_EQ(server.Execute("SELECT count(*) FROM condyle_tokens.used WHERE id !~ '^[0-9a-f]{64}$'", database), "0");
}

}  // namespace
}  // namespace condyle
