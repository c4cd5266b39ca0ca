// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/trust/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "host/trust/text_fields.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Replaced(std::string text, const std::string& old, const std::string& by) {
  const size_t at = text.find(old);
  EXPECT_NE(at, text.npos) << old;
  return text.replace(at, old.size(), by);
}

TEST(Keys, ComeBackFromTheirFiles) {
  const absl::StatusOr<KeyFiles> files = GenerateKey(1'800'000'000, "Example Clinic");
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_TRUE(IsHex(files->id, kKeyIdDigits));
  const absl::StatusOr<SigningKey> signing = ReadSigningKey(files->private_text);
  const absl::StatusOr<VerifyingKey> verifying = ReadVerifyingKey(files->public_text);
  ASSERT_TRUE(signing.ok()) << signing.status();
  ASSERT_TRUE(verifying.ok()) << verifying.status();
  for (const KeyInfo& info : {signing->info, verifying->info}) {
    EXPECT_EQ(info.id, files->id);
    EXPECT_EQ(info.not_after, 1'800'000'000);
    EXPECT_EQ(KeyName(info), files->id + " (Example Clinic)");
  }
  EXPECT_THAT(files->public_text, Not(HasSubstr("PRIVATE")));
}

TEST(Keys, AreNeverTheSameTwice) { EXPECT_NE(GenerateKey(1, "")->id, GenerateKey(1, "")->id); }

TEST(Keys, AreNotReadAsEachOther) {
  const KeyFiles files = *GenerateKey(1, "");
  EXPECT_THAT(std::string(ReadVerifyingKey(files.private_text).status().message()), HasSubstr("line 1"));
  EXPECT_THAT(std::string(ReadSigningKey(files.public_text).status().message()), HasSubstr("line 1"));
}

TEST(Keys, WithAnIdOfAnotherKeyAreRefused) {
  const KeyFiles files = *GenerateKey(1, "");
  const std::string text = Replaced(files.public_text, files.id, "0123456789abcdef");
  EXPECT_THAT(std::string(ReadVerifyingKey(text).status().message()), HasSubstr(files.id));
}

TEST(Keys, WithoutOneLineCommentAreNotMade) {
  EXPECT_EQ(GenerateKey(1, "two\nlines").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Keys, OfAnotherKindOrDamagedAreRefused) {
  const KeyFiles files = *GenerateKey(1, "");
  const size_t pem = files.public_text.find("-----BEGIN");
  EXPECT_THAT(std::string(ReadVerifyingKey(files.public_text.substr(0, pem)).status().message()),
              HasSubstr("no Ed25519 key"));
  // A valid key of X25519, which agrees on secrets and does not sign.
  const std::string x25519 =
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAL2qE7gkQ4k0nQ3bYq6J5wVwJ3pD0vJ8cV9yq1n3Xf2o=\n-----END PUBLIC "
      "KEY-----\n";
  EXPECT_THAT(std::string(ReadVerifyingKey(files.public_text.substr(0, pem) + x25519).status().message()),
              HasSubstr("no Ed25519 key"));
}

}  // namespace
}  // namespace condyle
