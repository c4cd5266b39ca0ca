// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/trust/trust_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "host/trust/text_fields.h"

namespace condyle {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int64_t kExpiry = 1'800'000'000;  // 2027-01-15T08:00:00Z

struct Pair {
  SigningKey signing;
  VerifyingKey verifying;
  std::string public_text;
};

Pair MakePair(const std::string& comment, int64_t not_after = kExpiry) {
  const absl::StatusOr<KeyFiles> files = GenerateKey(not_after, comment);
  return {*ReadSigningKey(files->private_text), *ReadVerifyingKey(files->public_text), files->public_text};
}

// The same key, to which its owner gave another expiry.
std::string WithExpiry(std::string public_text, int64_t not_after) {
  const std::string old = FormatUtc(kExpiry);
  return public_text.replace(public_text.find(old), old.size(), FormatUtc(not_after));
}

class TrustTest : public ::testing::Test {
 protected:
  TrustTest() {
    char name[] = "/tmp/condyle_trust_XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~TrustTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name), std::ios::binary) << text;
    return Path(name);
  }
  // Of a plugin file "plugin.so", which is never opened.
  void WriteSignature(const std::string& text) const { Write("plugin.so.sig", text); }
  SignatureCheck Check(const TrustStore& trust, const SignedPlugin& plugin) const {
    return CheckSignature(Path("plugin.so"), plugin, trust);
  }

  const Pair clinic_ = MakePair("Example Clinic");
  const Pair other_ = MakePair("Somebody else");
  const SignedPlugin plugin_ = {"example", "1.2.0", std::string(64, 'a')};

 private:
  std::string folder_;
};

TEST_F(TrustTest, GoodSignatureSaysWhoAndWhen) {
  WriteSignature(ToText(*Sign(plugin_, kExpiry - 100, clinic_.signing)));
  const SignatureCheck check = Check(TrustStore(clinic_.verifying), plugin_);
  EXPECT_EQ(check.verdict, SignatureVerdict::kGood) << check.problem;
  EXPECT_THAT(check.problem, IsEmpty());
  EXPECT_EQ(check.signer.id, clinic_.verifying.info.id);
  EXPECT_EQ(check.signer.comment, "Example Clinic");
  EXPECT_EQ(check.signed_at, kExpiry - 100);
}

TEST_F(TrustTest, SignatureMadeInTheLastSecondOfItsKeyIsGoodAndOneLaterIsNot) {
  // The signer's copy of the key had a later expiry, so that it signs at all.
  const Pair key = MakePair("k", kExpiry + 1000);
  VerifyingKey expiring = key.verifying;
  expiring.info.not_after = kExpiry;
  WriteSignature(ToText(*Sign(plugin_, kExpiry, key.signing)));
  EXPECT_EQ(Check(TrustStore(expiring), plugin_).verdict, SignatureVerdict::kGood);
  WriteSignature(ToText(*Sign(plugin_, kExpiry + 1, key.signing)));
  const SignatureCheck late = Check(TrustStore(expiring), plugin_);
  EXPECT_EQ(late.verdict, SignatureVerdict::kExpiredKey);
  EXPECT_THAT(late.problem, AllOf(HasSubstr("2027-01-15T08:00:01Z"), HasSubstr("expired on 2027-01-15T08:00:00Z")));
}

TEST_F(TrustTest, ExpiryIsNoMatterOfTheClock) {
  const Pair key = MakePair("k", 1000);  // expired in 1970
  WriteSignature(ToText(*Sign(plugin_, 1000, key.signing)));
  EXPECT_EQ(Check(TrustStore(key.verifying), plugin_).verdict, SignatureVerdict::kGood);
}

TEST_F(TrustTest, MissingSignatureFileIsUnsigned) {
  const SignatureCheck check = Check(TrustStore(clinic_.verifying), plugin_);
  EXPECT_EQ(check.verdict, SignatureVerdict::kUnsigned);
  EXPECT_THAT(check.problem, AllOf(HasSubstr("not signed"), HasSubstr(Path("plugin.so.sig"))));
}

TEST_F(TrustTest, ChangedFileIsNamedWithBothHashes) {
  WriteSignature(ToText(*Sign(plugin_, 5, clinic_.signing)));
  const SignatureCheck check = Check(TrustStore(clinic_.verifying), {"example", "1.2.0", std::string(64, 'b')});
  EXPECT_EQ(check.verdict, SignatureVerdict::kChanged);
  EXPECT_THAT(check.problem, AllOf(HasSubstr("changed since it was signed"), HasSubstr(std::string(64, 'a')),
                                   HasSubstr(std::string(64, 'b'))));
}

TEST_F(TrustTest, SignatureOfAnotherIdOrVersionIsNamed) {
  WriteSignature(ToText(*Sign(plugin_, 5, clinic_.signing)));
  for (const SignedPlugin& other :
       {SignedPlugin{"another", "1.2.0", plugin_.sha256}, SignedPlugin{"example", "1.2.1", plugin_.sha256},
        SignedPlugin{"another", "1.2.0", std::string(64, 'b')}}) {
    const SignatureCheck check = Check(TrustStore(clinic_.verifying), other);
    EXPECT_EQ(check.verdict, SignatureVerdict::kOtherPlugin) << other.id;
    EXPECT_THAT(check.problem, AllOf(HasSubstr("example 1.2.0"), HasSubstr(other.id + " " + other.version)));
  }
}

TEST_F(TrustTest, UnknownKeyNamesTheTrustedOnes) {
  WriteSignature(ToText(*Sign(plugin_, 5, other_.signing)));
  const SignatureCheck check = Check(TrustStore(clinic_.verifying), plugin_);
  EXPECT_EQ(check.verdict, SignatureVerdict::kUnknownKey);
  EXPECT_THAT(check.problem, AllOf(HasSubstr(other_.signing.info.id), HasSubstr(KeyName(clinic_.verifying.info))));
  EXPECT_THAT(Check(TrustStore(), plugin_).problem, HasSubstr("trusted: none"));
}

TEST_F(TrustTest, EveryAlteredFieldOfASignatureIsForged) {
  const Signature good = *Sign(plugin_, 5, clinic_.signing);
  Signature id = good, version = good, hash = good, moment = good, bytes = good;
  id.plugin.id = "examplf";
  version.plugin.version = "1.2.1";
  hash.plugin.sha256[0] = 'b';
  moment.signed_at = 6;
  bytes.bytes[10] ^= 1;
  for (const Signature& altered : {id, version, hash, moment, bytes}) {
    WriteSignature(ToText(altered));
    // Even where the file is what the altered text says.
    EXPECT_EQ(Check(TrustStore(clinic_.verifying), altered.plugin).verdict, SignatureVerdict::kForged);
  }
}

TEST_F(TrustTest, SignatureUnderAnotherTrustedKeysNameIsForged) {
  Write("a.pub", clinic_.public_text);
  Write("b.pub", other_.public_text);
  Signature signature = *Sign(plugin_, 5, other_.signing);
  signature.key_id = clinic_.signing.info.id;
  WriteSignature(ToText(signature));
  EXPECT_EQ(Check(*TrustStore::Open({Path("")}), plugin_).verdict, SignatureVerdict::kForged);
}

TEST_F(TrustTest, FieldsCannotBeShiftedIntoEachOther) {
  const Signature signature = *Sign({"ab", "c", plugin_.sha256}, 5, clinic_.signing);
  Signature shifted = signature;
  shifted.plugin = {"a", "bc", plugin_.sha256};
  EXPECT_NE(BytesToSign(signature), BytesToSign(shifted));
  EXPECT_FALSE(IsMadeBy(shifted, clinic_.verifying));
}

TEST_F(TrustTest, UnusableSignatureFileSaysWhy) {
  const std::string good = ToText(*Sign(plugin_, 5, clinic_.signing));
  const auto check = [&](const std::string& text) {
    WriteSignature(text);
    return Check(TrustStore(clinic_.verifying), plugin_);
  };
  EXPECT_THAT(check("").problem, HasSubstr("line 1"));
  EXPECT_THAT(check(good + "more = 1\n").problem, HasSubstr("\"more\" is not known here"));
  EXPECT_THAT(check(good.substr(0, good.size() - 2)).problem, HasSubstr("signature: must have 128"));
  EXPECT_EQ(check(good.substr(0, good.size() - 2)).verdict, SignatureVerdict::kMalformed);
  std::filesystem::remove(Path("plugin.so.sig"));
  std::filesystem::create_directory(Path("plugin.so.sig"));
  EXPECT_EQ(Check(TrustStore(clinic_.verifying), plugin_).verdict, SignatureVerdict::kMalformed);
}

TEST_F(TrustTest, RevokedKeyIsRefusedWhateverItSignedAndWithItsReason) {
  Write("clinic.pub", clinic_.public_text);
  WriteSignature(ToText(*Sign(plugin_, 5, clinic_.signing)));
  ASSERT_EQ(Check(*TrustStore::Open({Path("")}), plugin_).verdict, SignatureVerdict::kGood);
  Write("revoked", "# ours\n\n" + clinic_.signing.info.id + " 2026-11-02 laptop was stolen\n");
  for (const bool key_is_there : {true, false}) {
    if (!key_is_there) std::filesystem::remove(Path("clinic.pub"));
    const SignatureCheck check = Check(*TrustStore::Open({Path("")}), plugin_);
    EXPECT_EQ(check.verdict, SignatureVerdict::kRevokedKey);
    EXPECT_THAT(check.problem, HasSubstr("revoked on 2026-11-02: laptop was stolen"));
  }
}

TEST_F(TrustTest, RevocationInOneDirectoryCountsForAllAndTheEarlierExpiryWins) {
  std::filesystem::create_directory(Path("one"));
  std::filesystem::create_directory(Path("two"));
  Write("one/clinic.pub", clinic_.public_text);
  Write("two/clinic.pub", WithExpiry(clinic_.public_text, 1000));
  for (const auto& order : {std::vector{Path("one"), Path("two")}, std::vector{Path("two"), Path("one")}}) {
    const absl::StatusOr<TrustStore> trust = TrustStore::Open(order);
    ASSERT_TRUE(trust.ok()) << trust.status();
    EXPECT_EQ(trust->Find(clinic_.signing.info.id)->info.not_after, 1000);
  }
  Write("two/revoked", other_.signing.info.id + " 2026-11-02 lost");
  EXPECT_NE(TrustStore::Open({Path("one"), Path("two")})->FindRevocation(other_.signing.info.id), nullptr);
  EXPECT_EQ(TrustStore::Open({Path("one")})->FindRevocation(other_.signing.info.id), nullptr);
}

struct BadStore {
  std::string name;
  std::string file;
  std::string text;
  std::vector<std::string> mentions;
};
void PrintTo(const BadStore& row, std::ostream* out) { *out << row.name; }

class BadTrustStore : public TrustTest, public ::testing::WithParamInterface<BadStore> {};

// Trusting what is left would be trusting too much.
TEST_P(BadTrustStore, IsRefusedWhole) {
  Write("good.pub", clinic_.public_text);
  Write(GetParam().file, GetParam().text);
  const absl::StatusOr<TrustStore> trust = TrustStore::Open({Path("")});
  ASSERT_FALSE(trust.ok());
  for (const std::string& word : GetParam().mentions) {
    EXPECT_THAT(std::string(trust.status().message()), HasSubstr(word));
  }
  EXPECT_THAT(std::string(trust.status().message()), HasSubstr(Path(GetParam().file)));
}

const BadStore kBadStores[] = {
    {"key_that_is_none", "x.pub", "hello", {"line 1"}},
    {"empty_key", "x.pub", "", {"line 1"}},
    {"revocation_without_reason", "revoked", "0123456789abcdef 2026-11-02", {"line 1", "reason"}},
    {"revocation_without_date", "revoked", "\n0123456789abcdef lost it", {"line 2", "YYYY-MM-DD"}},
    {"revocation_of_a_short_id", "revoked", "0123456789abcde 2026-11-02 lost", {"line 1", "16"}},
    {"revocation_on_a_day_that_is_none", "revoked", "0123456789abcdef 2026-02-30 lost", {"line 1"}},
};
INSTANTIATE_TEST_SUITE_P(With, BadTrustStore, ::testing::ValuesIn(kBadStores),
                         [](const auto& row) { return row.param.name; });

TEST_F(TrustTest, FolderThatIsNotThereIsAnError) {
  EXPECT_THAT(std::string(TrustStore::Open({Path("none")}).status().message()), HasSubstr(Path("none")));
  EXPECT_TRUE(TrustStore::Open({}).ok());
}

}  // namespace
}  // namespace condyle
