// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/trust/text_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>

#include "absl/status/status.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;

struct Row {
  std::string name;
  std::string text;
  std::string problem;  // empty: none
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class Fields : public ::testing::TestWithParam<Row> {};

TEST_P(Fields, AreReadStrictly) {
  const auto fields = ReadFields(GetParam().text, "title 1", {"a", "b"});
  if (GetParam().problem.empty()) {
    ASSERT_TRUE(fields.ok()) << fields.status();
    EXPECT_EQ(fields->at("a"), "1 = 2");
    EXPECT_EQ(fields->at("b"), "");
  } else {
    EXPECT_THAT(std::string(fields.status().message()), HasSubstr(GetParam().problem));
  }
}

const Row kRows[] = {
    {"good", "title 1\na = 1 = 2\nb = \n", ""},
    {"good_in_another_order_before_pem", "title 1\n\nb = \na = 1 = 2\n-----BEGIN X\nc = 4", ""},
    {"other_title", "title 2\na = 1\nb = 2\n", "line 1"},
    {"repeated", "title 1\na = 1\nb = 2\na = 1\n", "line 4: a is there twice"},
    {"missing", "title 1\na = 1\n", "\"b = ...\""},
    {"unknown", "title 1\na = 1\nb = 2\nc = 3\n", "line 4: \"c\" is not known here"},
    {"no_equals_sign", "title 1\na: 1\n", "line 2: is not of the form"},
    {"control_character", "title 1\na = 1\x1b[2J\nb = 2\n", "line 2: its value"},
    {"carriage_return", "title 1\r\na = 1\nb = 2\n", "line 1"},
    {"too_long", "title 1\na = " + std::string(201, 'x') + "\n", "line 2: its value"},
};
INSTANTIATE_TEST_SUITE_P(Of, Fields, ::testing::ValuesIn(kRows), [](const auto& row) { return row.param.name; });

TEST(Utc, IsOneFormAndNoOther) {
  EXPECT_EQ(*ParseUtc("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(*ParseUtc("2027-01-15T08:00:00Z"), 1'800'000'000);
  EXPECT_EQ(FormatUtc(1'800'000'000), "2027-01-15T08:00:00Z");
  for (const char* text :
       {"", "2027-01-15", "2027-01-15T08:00:00", "2027-01-15T08:00:00+00:00", " 2027-01-15T08:00:00Z",
        "2027-1-15T08:00:00Z", "2027-02-30T08:00:00Z", "2027-01-15T08:00:60Z"}) {
    EXPECT_FALSE(ParseUtc(text).ok()) << text;
  }
}

TEST(Hex, GoesBothWays) {
  const std::string bytes("\x00\x7f\x80\xff", 4);
  EXPECT_EQ(ToHex(bytes), "007f80ff");
  EXPECT_EQ(FromHex("007f80ff"), bytes);
  EXPECT_TRUE(IsHex("007f80ff", 8));
  EXPECT_FALSE(IsHex("007f80ff", 7));
  EXPECT_FALSE(IsHex("007F80FF", 8));
}

TEST(TrustFile, IsARegularFileOfLimitedSize) {
  char name[] = "/tmp/condyle_trust_XXXXXX";
  const std::string folder = mkdtemp(name);
  const std::string fifo = folder + "/fifo", none = folder + "/none", large = folder + "/large";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsNotFound(ReadTrustFile(none).status()));
  EXPECT_THAT(std::string(ReadTrustFile(fifo).status().message()), HasSubstr("regular"));
  std::ofstream(large).close();
  std::filesystem::resize_file(large, kMaxTrustFileBytes);
  EXPECT_EQ(ReadTrustFile(large)->size(), kMaxTrustFileBytes);
  std::filesystem::resize_file(large, kMaxTrustFileBytes + 1);
  EXPECT_THAT(std::string(ReadTrustFile(large).status().message()), HasSubstr("more than"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace condyle
