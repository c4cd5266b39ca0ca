// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Disks that are full, fail, are read-only, or lose their power: nothing that was acknowledged is lost, and the store
// can be read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/audit/faulty_disk_for_test.h"
#include "host/audit/store_for_test.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Of several pages.
std::string Body(int number) { return absl::StrCat(number, std::string(20000, 'x')); }

// Every entry that was acknowledged is there, as it was acknowledged.
std::string Missing(AuditStore& store, const std::vector<AuditMark>& acknowledged) {
  std::map<uint64_t, std::string> expected;
  for (const AuditMark& mark : acknowledged) expected[mark.sequence] = mark.hash;
  return Verify(store, expected);
}

struct Fault {
  const char* name;
  int code;
  absl::StatusCode status;
  const char* words;
};

class FailingDisk : public ::testing::TestWithParam<Fault> {};

// The disk fails at the first, second, third, ... write or sync of an append, until one gets through whole.
TEST_P(FailingDisk, LosesNothingAcknowledgedAndGoesOnOnceItIsWell) {
  FaultyDisk disk;
  const AuditFolder folder;
  const auto store = MustOpen(folder.Url());
  std::vector<AuditMark> acknowledged = {AppendOne(*store, Body(0)).value()};
  int failures = 0;
  for (int operations = 0;; ++operations) {
    disk.FailAfter(operations, GetParam().code);
    const auto mark = AppendOne(*store, Body(operations));
    const bool was_tried_whole = disk.operations() <= operations;
    if (mark.ok()) {
      acknowledged.push_back(*mark);
    } else {
      ++failures;
      EXPECT_EQ(mark.status().code(), GetParam().status) << mark.status();
      EXPECT_THAT(std::string(mark.status().message()), HasSubstr(GetParam().words));
      EXPECT_THAT(std::string(mark.status().message()), HasSubstr(folder.File()));
      ASSERT_THAT(Missing(*store, acknowledged), IsEmpty()) << "while the disk fails at operation " << operations;
    }
    disk.Heal();
    if (was_tried_whole) break;
    const auto after = AppendOne(*store, "after");
    ASSERT_TRUE(after.ok()) << after.status();
    acknowledged.push_back(*after);
    ASSERT_THAT(Missing(*store, acknowledged), IsEmpty()) << "after the disk failed at operation " << operations;
  }
  EXPECT_GT(failures, 5);
  EXPECT_THAT(Missing(*MustOpenToRead(folder.Url()), acknowledged), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FailingDisk,
    ::testing::Values(Fault{"Full", SQLITE_FULL, absl::StatusCode::kResourceExhausted, "no space left"},
                      Fault{"Broken", SQLITE_IOERR_WRITE, absl::StatusCode::kInternal, "the device fails"}),
    [](const auto& row) { return std::string(row.param.name); });

// Several threads at once: what one is told of a failure holds for what it gave, and no other.
TEST(FailingDisk, TellsEveryThreadWhatBecameOfItsOwn) {
  FaultyDisk disk;
  const AuditFolder folder;
  const auto store = MustOpen(folder.Url());
  std::vector<std::vector<AuditMark>> marks(4);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < marks.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 60; ++j) {
        if (i == 0 && j % 3 == 0) disk.FailAfter(j % 7, SQLITE_FULL);
        if (i == 0 && j % 3 == 1) disk.Heal();
        const auto mark = AppendOne(*store, absl::StrCat(i, ",", j));
        if (mark.ok()) marks[i].push_back(*mark);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  disk.Heal();
  std::vector<AuditMark> acknowledged;
  for (const auto& some : marks) acknowledged.insert(acknowledged.end(), some.begin(), some.end());
  EXPECT_THAT(Missing(*store, acknowledged), IsEmpty());
  const std::vector<v1::AuditEntry> entries = ReadAll(*store);
  EXPECT_EQ(entries.size(), acknowledged.size() + 1) << "what failed is not there";
}

// What is left after each append if all that was not synced is lost.
TEST(PowerCut, LeavesWhatWasAcknowledged) {
  FaultyDisk disk;
  const AuditFolder folder;
  const auto store = MustOpen(folder.Url());
  std::vector<AuditMark> acknowledged;
  for (int i = 0; i < 60; ++i) {  // more pages than the log keeps before they are moved to the file
    acknowledged.push_back(AppendOne(*store, Body(4 * i)).value());
    std::vector<std::thread> threads;
    std::vector<AuditMark> more(3);
    for (size_t j = 0; j < more.size(); ++j) {
      threads.emplace_back([&, j] { more[j] = AppendOne(*store, Body(4 * i + static_cast<int>(j))).value(); });
    }
    for (std::thread& thread : threads) thread.join();
    acknowledged.insert(acknowledged.end(), more.begin(), more.end());
    if (i % 6 != 0) continue;
    const AuditFolder after;
    disk.WriteDurable(folder.path(), after.path());
    const auto left = MustOpen(after.Url());
    ASSERT_NE(left, nullptr);
    ASSERT_THAT(Missing(*left, acknowledged), IsEmpty()) << i;
    ASSERT_TRUE(AppendOne(*left, "after").ok());
  }
}

// Whenever the disk fails while the store is being made: there is none afterwards, or a whole one.
TEST(FailingDisk, LeavesNoHalfStore) {
  int failures = 0;
  for (int operations = 0;; ++operations) {
    FaultyDisk disk;
    const AuditFolder folder;
    disk.FailAfter(operations, SQLITE_FULL);
    const absl::Status made = OpenAuditStore(folder.Url()).status();
    if (!made.ok()) {
      ++failures;
      EXPECT_EQ(made.code(), absl::StatusCode::kResourceExhausted) << made;
      if (std::filesystem::exists(folder.File())) {
        EXPECT_THAT(Verify(*MustOpenToRead(folder.Url())), IsEmpty());
      }
    }
    disk.Heal();
    const auto store = MustOpen(folder.Url());
    ASSERT_NE(store, nullptr) << operations;
    EXPECT_TRUE(AppendOne(*store, "x").ok());
    EXPECT_THAT(Verify(*store), IsEmpty());
    if (made.ok()) break;
  }
  EXPECT_GT(failures, 4);
}

// Runs in a child, so that limits and mounts end with it. True if it holds there.
bool HoldsInAChild(const std::function<bool()>& what) {
  const pid_t child = fork();
  if (child == 0) _exit(what() && !::testing::Test::HasFailure() ? 0 : 1);
  int status = -1;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

// Appends until the disk is full; then the store can be read, and appended to once there is room.
bool FillsUpAndGoesOn(const std::string& url, const std::function<void()>& make_room) {
  const auto store = MustOpen(url);
  std::vector<AuditMark> acknowledged;
  absl::Status full;
  for (int i = 0; full.ok() && i < 5000; ++i) {
    const auto mark = AppendOne(*store, Body(i));
    if (mark.ok()) acknowledged.push_back(*mark);
    full = mark.status();
  }
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted) << full;
  EXPECT_GT(acknowledged.size(), 5u);
  EXPECT_EQ(AppendOne(*store, Body(0)).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Missing(*store, acknowledged), IsEmpty());
  EXPECT_THAT(Missing(*MustOpenToRead(url), acknowledged), IsEmpty());
  make_room();
  const auto mark = AppendOne(*store, "after");
  EXPECT_TRUE(mark.ok()) << mark.status();
  if (mark.ok()) acknowledged.push_back(*mark);
  EXPECT_THAT(Missing(*store, acknowledged), IsEmpty());
  return !::testing::Test::HasFailure();
}

TEST(FullDisk, ByALimitOfFileSizes) {
  const AuditFolder folder;
  EXPECT_TRUE(HoldsInAChild([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1 << 20, RLIM_INFINITY}, none{RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &small);
    return FillsUpAndGoesOn(folder.Url(), [&] { setrlimit(RLIMIT_FSIZE, &none); });
  }));
}

bool MountsSmallDisk(const std::string& path) {
  return unshare(CLONE_NEWNS) == 0 && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         mount("none", path.c_str(), "tmpfs", 0, "size=2m") == 0;
}

TEST(FullDisk, ByASmallFileSystem) {
  const AuditFolder folder;
  if (!HoldsInAChild([&] { return MountsSmallDisk(folder.path()); })) {
    GTEST_SKIP() << "this needs the right to mount; the other tests fill disks without";
  }
  EXPECT_TRUE(HoldsInAChild([&] {
    if (!MountsSmallDisk(folder.path())) return false;
    return FillsUpAndGoesOn(folder.Url(),
                            [&] { mount("none", folder.path().c_str(), "tmpfs", MS_REMOUNT, "size=8m"); });
  }));
}

// Another user than root, who may write everything.
bool BecomesNobody() { return geteuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0); }

TEST(ReadOnlyDisk, IsReadAndNotAppendedTo) {
  const AuditFolder folder;
  std::vector<AuditMark> acknowledged;
  {
    const auto store = MustOpen(folder.Url());
    acknowledged.push_back(AppendOne(*store, "x").value());
  }
  chmod(folder.File().c_str(), 0444);
  chmod(folder.path().c_str(), 0555);
  EXPECT_TRUE(HoldsInAChild([&] {
    if (!BecomesNobody()) return false;
    EXPECT_THAT(Missing(*MustOpenToRead(folder.Url()), acknowledged), IsEmpty());
    const absl::Status status = OpenAuditStore(folder.Url()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("check the rights of file and directory"));
    EXPECT_EQ(AppendOne(*MustOpenToRead(folder.Url()), "x").status().code(), absl::StatusCode::kPermissionDenied);
    return true;
  }));
  chmod(folder.path().c_str(), 0755);
}

}  // namespace
}  // namespace condyle
