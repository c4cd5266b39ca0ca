// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/trust/sealed_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>

namespace condyle {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SealedFileTest : public ::testing::Test {
 protected:
  SealedFileTest() : source_(std::tmpfile()) {}
  ~SealedFileTest() override { std::fclose(source_); }

  std::shared_ptr<const SealedFile> Copy(const std::string& bytes, uint64_t max_bytes, std::string* error) {
    EXPECT_EQ(ftruncate(fileno(source_), 0), 0);
    EXPECT_EQ(pwrite(fileno(source_), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    lseek(fileno(source_), 0, SEEK_SET);
    return SealedFile::CopyOf(fileno(source_), "test", max_bytes, error);
  }

  std::FILE* const source_;
};

TEST_F(SealedFileTest, HoldsWhatTheSourceHeldWhateverBecomesOfIt) {
  const std::string bytes = std::string(3'000'000, 'x') + "end";
  std::string error, read;
  const auto file = Copy(bytes, bytes.size(), &error);
  ASSERT_NE(file, nullptr) << error;
  EXPECT_EQ(pwrite(fileno(source_), "CHANGED", 7, 0), 7);
  EXPECT_TRUE(file->Read(&read, &error)) << error;
  EXPECT_EQ(read, bytes);
}

TEST_F(SealedFileTest, CannotBeWrittenGrownShrunkOrUnsealed) {
  std::string error;
  const auto file = Copy("plugin", 100, &error);
  ASSERT_NE(file, nullptr) << error;
  EXPECT_EQ(fcntl(file->fd(), F_GET_SEALS), F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  const auto fails = [](long result) { return result < 0 && errno == EPERM; };
  EXPECT_TRUE(fails(pwrite(file->fd(), "P", 1, 0)));
  EXPECT_TRUE(fails(pwrite(file->fd(), "more", 4, 6)));
  EXPECT_TRUE(fails(ftruncate(file->fd(), 3)));
  EXPECT_TRUE(fails(ftruncate(file->fd(), 300)));
  EXPECT_TRUE(fails(fcntl(file->fd(), F_ADD_SEALS, 0)));
  EXPECT_EQ(mmap(nullptr, 6, PROT_READ | PROT_WRITE, MAP_SHARED, file->fd(), 0), MAP_FAILED);
  EXPECT_EQ(errno, EPERM);
  // Nor through another descriptor of it.
  const std::string place = "/proc/self/fd/" + std::to_string(file->fd());
  const int again = open(place.c_str(), O_RDWR | O_CLOEXEC);
  if (again >= 0) {
    EXPECT_TRUE(fails(pwrite(again, "P", 1, 0)));
    close(again);
  }
  std::string read;
  EXPECT_TRUE(file->Read(&read, &error));
  EXPECT_EQ(read, "plugin");
}

TEST_F(SealedFileTest, IsNotInheritedAndLeavesLowNumbersFree) {
  std::string error;
  const auto file = Copy("plugin", 100, &error);
  ASSERT_NE(file, nullptr) << error;
  EXPECT_GT(file->fd(), 15);
  EXPECT_EQ(fcntl(file->fd(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

TEST_F(SealedFileTest, IsClosedWithItsLastOwner) {
  std::string error;
  auto file = Copy("plugin", 100, &error);
  ASSERT_NE(file, nullptr) << error;
  const int fd = file->fd();
  file.reset();
  EXPECT_EQ(fcntl(fd, F_GETFD), -1);
}

TEST_F(SealedFileTest, TakesAsMuchAsIsAllowedAndNoMore) {
  std::string error;
  EXPECT_NE(Copy("1234567890", 10, &error), nullptr);
  EXPECT_THAT(error, IsEmpty());
  EXPECT_EQ(Copy("12345678901", 10, &error), nullptr);
  EXPECT_THAT(error, HasSubstr("more than the 10 bytes"));
}

TEST_F(SealedFileTest, OfWhatCannotBeReadIsNone) {
  std::string error;
  EXPECT_EQ(SealedFile::CopyOf(-1, "test", 10, &error), nullptr);
  EXPECT_THAT(error, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace condyle
