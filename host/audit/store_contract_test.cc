// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What every kind of store does, whatever it is kept in: what comes back is what was given, from several threads and
// processes too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/audit/store_for_test.h"

namespace condyle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

INSTANTIATE_TEST_SUITE_P(Stores, AuditStoreContract, ::testing::Values(KindOfThisProgram()),
                         [](const auto& row) { return std::string(row.param.name); });

absl::Status OpenStatus(const std::string& url, const AuditStoreOptions& options = {}) {
  return OpenAuditStore(url, options).status();
}

TEST_P(AuditStoreContract, GivesBackWhatItWasGiven) {
  AuditStoreOptions options;
  options.clock = [] { return absl::FromUnixMillis(1777626000123); };
  const auto store = MustOpen(Url(), options);
  AuditDraft draft = Draft(std::string("a\0b\xff", 4), v1::AUDIT_KIND_OVERRIDE);
  draft.user = "u-1";
  draft.organisation = "o-1";
  const auto marks = store->Append({Draft(""), draft});
  ASSERT_TRUE(marks.ok()) << marks.status();
  const std::vector<v1::AuditEntry> entries = ReadAll(*store);
  ASSERT_THAT(entries, SizeIs(3));
  EXPECT_EQ(entries[0].kind(), v1::AUDIT_KIND_STORE_CREATED);
  EXPECT_EQ(entries[1].body(), "");
  EXPECT_EQ(entries[2].body(), std::string("a\0b\xff", 4));
  EXPECT_EQ(entries[2].user(), "u-1");
  EXPECT_EQ(entries[2].organisation(), "o-1");
  EXPECT_EQ(entries[2].kind(), v1::AUDIT_KIND_OVERRIDE);
  EXPECT_EQ(entries[2].moment(), "2026-05-01T09:00:00.123Z");
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(marks->at(i).sequence, i + 1);
    EXPECT_EQ(marks->at(i).hash, entries[i + 1].hash());
  }
  EXPECT_THAT(Verify(*store), IsEmpty());
  EXPECT_EQ(store->Count().value_or(0), 3u);
  EXPECT_THAT(store->Oddities(), IsEmpty());
}

TEST_P(AuditStoreContract, TellsTheOthersOfABatchWhatTheFirstIs) {
  const auto store = MustOpen(Url());
  ASSERT_TRUE(AppendOne(*store, "before").ok());
  AuditDraft failure = Draft("failure", v1::AUDIT_KIND_PLUGIN_FAILURE);
  failure.about_first = true;
  ASSERT_TRUE(store->Append({Draft("consultation", v1::AUDIT_KIND_CONSULTATION), failure, failure}).ok());
  std::vector<uint64_t> about;
  for (const v1::AuditEntry& entry : ReadAll(*store)) about.push_back(entry.about());
  EXPECT_THAT(about, ElementsAre(0, 0, 0, 2, 2));
}

TEST_P(AuditStoreContract, GoesOnWhereItEnded) {
  std::string first;
  {
    const auto store = MustOpen(Url());
    ASSERT_TRUE(AppendOne(*store, "one").ok());
    first = ReadAll(*store)[0].hash();
  }
  const auto store = MustOpen(Url());
  EXPECT_EQ(AppendOne(*store, "two")->sequence, 2u);
  EXPECT_EQ(ReadAll(*store)[0].hash(), first);
  EXPECT_THAT(Verify(*store), IsEmpty());
}

TEST_P(AuditStoreContract, KeepsTwoStoresApart) {
  const auto one = MustOpen(Url("one")), two = MustOpen(Url("two"));
  EXPECT_NE(ReadAll(*one)[0].hash(), ReadAll(*two)[0].hash());
}

TEST_P(AuditStoreContract, FiltersByKindMomentAndNumber) {
  AuditStoreOptions options;
  int64_t now = 1777626000000;
  options.clock = [&] { return absl::FromUnixMillis(now); };
  const auto store = MustOpen(Url(), options);
  for (const v1::AuditKind kind :
       {v1::AUDIT_KIND_CONSULTATION, v1::AUDIT_KIND_REFUSAL, v1::AUDIT_KIND_CONSULTATION, v1::AUDIT_KIND_OVERRIDE}) {
    now += 1000;
    ASSERT_TRUE(store->Append({Draft("x", kind)}).ok());
  }
  const auto sequences = [&](AuditFilter filter) {
    std::vector<uint64_t> found;
    for (const v1::AuditEntry& entry : ReadAll(*store, filter)) found.push_back(entry.sequence());
    return found;
  };
  AuditFilter kinds, since, until, limit, both, one;
  kinds.kinds = {v1::AUDIT_KIND_CONSULTATION, v1::AUDIT_KIND_OVERRIDE};
  since.since = "2026-05-01T09:00:02.000Z";
  until.until = "2026-05-01T09:00:02.000Z";
  limit.limit = 2;
  both.kinds = {v1::AUDIT_KIND_CONSULTATION};
  both.limit = 1;
  both.until = "2026-05-01T09:00:03.000Z";
  one.sequence = 3;
  EXPECT_THAT(sequences({}), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(sequences(kinds), ElementsAre(1, 3, 4));
  EXPECT_THAT(sequences(since), ElementsAre(2, 3, 4));
  EXPECT_THAT(sequences(until), ElementsAre(0, 1));
  EXPECT_THAT(sequences(limit), ElementsAre(3, 4));
  EXPECT_THAT(sequences(both), ElementsAre(1));
  EXPECT_THAT(sequences(one), ElementsAre(3));
  both.since = "2027-01-01T00:00:00.000Z";
  EXPECT_THAT(sequences(both), IsEmpty());
}

TEST_P(AuditStoreContract, AppendsFromManyThreads) {
  constexpr int kThreads = 8, kEach = 50;
  const auto store = MustOpen(Url());
  std::vector<std::vector<AuditMark>> marks(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < kEach; ++j) {
        const auto mark = AppendOne(*store, absl::StrCat(i, ",", j));
        ASSERT_TRUE(mark.ok()) << mark.status();
        marks[static_cast<size_t>(i)].push_back(*mark);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(Verify(*store), IsEmpty());
  const std::vector<v1::AuditEntry> entries = ReadAll(*store);
  ASSERT_THAT(entries, SizeIs(1 + kThreads * kEach));
  for (int i = 0; i < kThreads; ++i) {
    for (int j = 0; j < kEach; ++j) {
      const AuditMark& mark = marks[static_cast<size_t>(i)][static_cast<size_t>(j)];
      EXPECT_EQ(entries[mark.sequence].hash(), mark.hash);
      EXPECT_EQ(entries[mark.sequence].body(), absl::StrCat(i, ",", j));
    }
  }
}

// Opens, too, at the same time: one of them makes the store.
TEST_P(AuditStoreContract, AppendsFromManyProcesses) {
  constexpr int kProcesses = 4, kEach = 50;
  const std::string url = Url();
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto store = OpenAuditStore(url);
      bool good = store.ok();
      for (int j = 0; good && j < kEach; ++j) good = AppendOne(**store, absl::StrCat(i, ",", j)).ok();
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  const auto store = MustOpenToRead(url);
  EXPECT_THAT(Verify(*store), IsEmpty());
  std::set<std::string> bodies;
  for (const v1::AuditEntry& entry : ReadAll(*store)) bodies.insert(entry.body());
  EXPECT_THAT(bodies, SizeIs(1 + kProcesses * kEach));
}

TEST_P(AuditStoreContract, ReadsWhileAnotherProcessAppends) {
  const auto writer = MustOpen(Url());
  const auto reader = MustOpenToRead(Url());
  ASSERT_TRUE(AppendOne(*writer, "one").ok());
  EXPECT_THAT(ReadAll(*reader), SizeIs(2));
  uint64_t seen = 0;
  const absl::Status status = reader->Read({}, [&](const v1::AuditEntry&) {
    EXPECT_TRUE(AppendOne(*writer, "while it reads").ok());
    return ++seen < 100;
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(seen, 2u) << "a reader sees one moment";
  EXPECT_THAT(Verify(*reader), IsEmpty());
}

TEST_P(AuditStoreContract, RefusesDraftsThatBreakTheirRules) {
  const auto store = MustOpen(Url());
  AuditDraft longest = Draft("x"), too_long = Draft("x"), control = Draft("x"), foreign = Draft("x");
  longest.user = std::string(200, 'u');
  too_long.user = std::string(201, 'u');
  control.organisation = "a\nb";
  foreign.user = "m\xc3\xbcller";
  EXPECT_TRUE(store->Append({longest}).ok());
  for (const AuditDraft& draft :
       {too_long, control, foreign, Draft("x", v1::AUDIT_KIND_UNSPECIFIED), Draft("x", v1::AUDIT_KIND_STORE_CREATED)}) {
    EXPECT_EQ(store->Append({Draft("good"), draft}).status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_THAT(ReadAll(*store), SizeIs(2)) << "all or nothing";
}

TEST_P(AuditStoreContract, KeepsItsPromiseAboutPatientData) {
  AuditStoreOptions without, read_only;
  without.without_phi = true;
  read_only.read_only = true;
  EXPECT_TRUE(MustOpen(Url("without"), without)->without_phi());
  EXPECT_FALSE(MustOpen(Url("with"))->without_phi());
  const absl::Status with_into_without = OpenStatus(Url("without"));
  EXPECT_EQ(with_into_without.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(with_into_without.message()), HasSubstr("made to hold no patient data"));
  EXPECT_EQ(OpenStatus(Url("with"), without).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(OpenStatus(Url("without"), read_only).ok());
  EXPECT_TRUE(MustOpen(Url("without"), without)->without_phi());
}

AuditDraft Named(const std::string& body, std::vector<std::string> names) {
  AuditDraft draft = Draft(body);
  draft.names = std::move(names);
  return draft;
}

TEST_P(AuditStoreContract, FindsAnEntryByEachOfItsNames) {
  const auto store = MustOpen(Url());
  ASSERT_TRUE(store->Append({Draft("none"), Named("two", {"a", "b", "b"}), Named("one", {"c"})}).ok());
  const auto reader = MustOpenToRead(Url());
  for (AuditStore* which : {store.get(), reader.get()}) {
    for (const auto& [name, body] : {std::pair("a", "two"), std::pair("b", "two"), std::pair("c", "one")}) {
      const auto found = which->Find(name);
      ASSERT_TRUE(found.ok()) << found.status();
      ASSERT_TRUE(found->has_value()) << name;
      EXPECT_EQ((*found)->body(), body);
      EXPECT_EQ((*found)->SerializeAsString(), ReadAll(*store).at((*found)->sequence()).SerializeAsString());
    }
    for (const std::string& name : {std::string("A"), std::string("d"), std::string(), std::string("a' OR '1'='1"),
                                    std::string("a\0b", 3), std::string("\xff")}) {
      const auto found = which->Find(name);
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_FALSE(found->has_value()) << name;
    }
  }
}

TEST_P(AuditStoreContract, FindsTheLastOfSeveralWithOneName) {
  const auto store = MustOpen(Url());
  ASSERT_TRUE(store->Append({Named("first", {"a"}), Named("second", {"a"})}).ok());
  ASSERT_TRUE(AppendOne(*store, "other").ok());
  EXPECT_EQ((*store->Find("a"))->body(), "second");
  ASSERT_TRUE(store->Append({Named("third", {"a"})}).ok());
  EXPECT_EQ((*store->Find("a"))->body(), "third");
}

TEST_P(AuditStoreContract, RefusesNamesThatAreNoIdentifiers) {
  const auto store = MustOpen(Url());
  EXPECT_TRUE(store->Append({Named("x", {std::string(200, 'n')})}).ok());
  for (const std::string& name : {std::string(), std::string(201, 'n'), std::string("a\nb"), std::string("\xc3\xbc")}) {
    EXPECT_EQ(store->Append({Named("x", {"good", name})}).status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_FALSE((*store->Find("good")).has_value()) << "all or nothing";
}

TEST_P(AuditStoreContract, TakesNothingWellAndBodiesOfAnySize) {
  const auto store = MustOpen(Url());
  EXPECT_THAT(*store->Append({}), IsEmpty());
  const std::string large(3 << 20, 'x');
  ASSERT_TRUE(store->Append({Draft(large), Draft("")}).ok());
  const auto entries = ReadAll(*store);
  ASSERT_THAT(entries, SizeIs(3));
  EXPECT_EQ(entries[1].body(), large);
  EXPECT_THAT(Verify(*store), IsEmpty());
}

TEST_P(AuditStoreContract, ReadsManyInOrderUntilItIsToldToStop) {
  const auto store = MustOpen(Url());
  std::vector<AuditDraft> drafts;
  for (int i = 1; i <= 1000; ++i) drafts.push_back(Draft(absl::StrCat(i)));
  ASSERT_TRUE(store->Append(drafts).ok());
  uint64_t next = 0;
  const absl::Status read = store->Read({}, [&](const v1::AuditEntry& entry) {
    EXPECT_EQ(entry.sequence(), next++);
    return next < 700;
  });
  EXPECT_TRUE(read.ok()) << read;
  EXPECT_EQ(next, 700u);
  EXPECT_THAT(ReadAll(*store), SizeIs(1001));
  EXPECT_EQ(store->Count().value_or(0), 1001u);
}

TEST_P(AuditStoreContract, AppendsNothingWhereItOnlyReads) {
  MustOpen(Url());
  const auto reader = MustOpenToRead(Url());
  EXPECT_EQ(AppendOne(*reader, "x").status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(ReadAll(*reader), SizeIs(1));
}

TEST_P(AuditStoreContract, IsNotMadeByReading) {
  AuditStoreOptions options;
  options.read_only = true;
  EXPECT_EQ(OpenStatus(Url(), options).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenStatus(Url(), options).code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace condyle
