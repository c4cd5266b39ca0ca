// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The file of this test's own code.
#include "host/trust/own_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace condyle {
namespace {

TEST(OwnFile, IsTheProgramWhereTheCodeIsLinkedIntoIt) {
  EXPECT_FALSE(FindOwnFile().is_library);
  EXPECT_EQ(FindOwnFile().path, std::filesystem::read_symlink("/proc/self/exe").string());
}

TEST(OwnFile, IsOpenedForReading) {
  const int file = OpenOwnFile();
  ASSERT_GE(file, 0);
  struct stat opened {
  }, program{};
  EXPECT_EQ(fstat(file, &opened), 0);
  EXPECT_EQ(stat("/proc/self/exe", &program), 0);
  EXPECT_EQ(opened.st_ino, program.st_ino);
  close(file);
}

}  // namespace
}  // namespace condyle
