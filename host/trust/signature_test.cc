// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/trust/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;

SigningKey KeyUntil(int64_t not_after) { return *ReadSigningKey(GenerateKey(not_after, "k")->private_text); }

const SignedPlugin kPlugin = {"ab", "1.0.0", std::string(64, '0')};

// Whoever checks signatures without this program needs exactly this.
TEST(Signature, SignsTheseBytes) {
  const Signature signature = {kPlugin, 0x0102030405060708, "0123456789abcdef", ""};
  const std::string zeros(3, '\0');
  EXPECT_EQ(BytesToSign(signature), std::string("condyle.plugin.v1") + '\0' + zeros + "\x02" + "ab" + zeros + "\x05" +
                                        "1.0.0" + zeros + "\x20" + std::string(32, '\0') + zeros + "\x08" +
                                        "\x01\x02\x03\x04\x05\x06\x07\x08" + zeros + "\x10" + "0123456789abcdef");
}

TEST(Signature, ComesBackFromItsText) {
  const absl::StatusOr<Signature> signature = Sign(kPlugin, 500, KeyUntil(1000));
  ASSERT_TRUE(signature.ok()) << signature.status();
  const absl::StatusOr<Signature> read = ReadSignature(ToText(*signature));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(BytesToSign(*read), BytesToSign(*signature));
  EXPECT_EQ(read->bytes, signature->bytes);
}

TEST(Signature, IsMadeUntilTheKeyExpiresAndNotAfter) {
  const SigningKey key = KeyUntil(1000);
  EXPECT_TRUE(Sign(kPlugin, 1000, key).ok());
  const absl::StatusOr<Signature> late = Sign(kPlugin, 1001, key);
  EXPECT_EQ(late.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(late.status().message()), HasSubstr("expired on 1970-01-01T00:16:40Z"));
}

TEST(Signature, OfOneKeyIsNotThatOfAnother) {
  const KeyFiles one = *GenerateKey(1000, ""), two = *GenerateKey(1000, "");
  const Signature signature = *Sign(kPlugin, 1, *ReadSigningKey(one.private_text));
  EXPECT_TRUE(IsMadeBy(signature, *ReadVerifyingKey(one.public_text)));
  EXPECT_FALSE(IsMadeBy(signature, *ReadVerifyingKey(two.public_text)));
}

}  // namespace
}  // namespace condyle
