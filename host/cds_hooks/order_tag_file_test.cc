// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "host/cds_hooks/cds_hooks.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;

std::string Written(const std::string& text) {
  const std::string path = ::testing::TempDir() + "/orders.textproto";
  std::ofstream(path) << text;
  return path;
}

TEST(ReadOrderTags, ReadsASitesOwnCodes) {
  const auto tags = ReadOrderTags(
      Written("order_tags { tag: 'imaging.ionising' text: 'X-rays' codings { system: 'urn:site' code: 'XR*' } }"));
  ASSERT_TRUE(tags.ok()) << tags.status();
  ASSERT_EQ(tags->size(), 1u);
  EXPECT_EQ(tags->at(0).codings(0).code(), "XR*");
}

TEST(ReadOrderTags, NamesTheFaultAndTheFile) {
  struct Row {
    const char* text;
    const char* says;
  };
  for (const Row& row :
       {Row{"order_tags {", "orders.textproto:1:"}, Row{"code_system: 'x'", "has other fields"},
        Row{"order_tags { tag: 'x' text: 'x' }", "orders.textproto: order_tags[0].codings is empty"}}) {
    EXPECT_THAT(std::string(ReadOrderTags(Written(row.text)).status().message()), HasSubstr(row.says));
  }
  EXPECT_THAT(std::string(ReadOrderTags("/nowhere/orders").status().message()), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace condyle
