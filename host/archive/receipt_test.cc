// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Receipts: what the hashes are of, what a seal shows, and that a file is read back as it was.
#include "host/archive/receipt.h"

#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "host/trust/sha256.h"

namespace condyle {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

// A screen that answered and a condition plugin that failed.
struct Consulted {
  v1::Case patient;
  std::vector<std::string> requests = {std::string("\x00\xff request", 10), "second request"};
  std::vector<Reply> replies = {{std::string("\xfe\x00 answer", 9), std::nullopt}, {"", v1::PluginFailure()}};
  v1::Consultation consultation;

  Consulted() {
    patient.set_id("case-1");
    patient.set_as_of("2026-05-01T09:00:00Z");
    patient.mutable_patient()->set_age_years(31.1);
    v1::Finding* finding = patient.add_findings();
    finding->set_key("pain.present");
    finding->set_present(false);
    finding = patient.add_findings();
    finding->set_key("lab.tiny");
    finding->mutable_quantity()->set_value(std::numeric_limits<double>::denorm_min());
    replies[1].failure->set_plugin_id("b");
    replies[1].failure->set_kind(v1::FAILURE_KIND_DEADLINE);
    consultation.set_case_id("case-1");
    consultation.set_urgency(v1::URGENCY_ROUTINE);
    *consultation.add_plugin_failures() = *replies[1].failure;
    for (const char* id : {"a", "b"}) consultation.mutable_receipt()->add_plugins()->set_plugin_id(id);
    AddHashes(patient, requests, replies, consultation.mutable_receipt());
  }

  v1::ArchivedReceipt Archive() const { return MakeArchive(patient, requests, replies, consultation); }
};

v1::ArchivedReceipt Sealed(v1::ArchivedReceipt archive) {
  archive.set_seal(SealOf(archive));
  return archive;
}

TEST(Sha256, IsTheStandardsOwn) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hashes, AreOfWhatWasAskedAndAnswered) {
  const Consulted c;
  const v1::Receipt& receipt = c.consultation.receipt();
  EXPECT_EQ(receipt.case_sha256(), Sha256Hex(c.patient.SerializeAsString()));
  EXPECT_EQ(receipt.plugins(0).request_sha256(), Sha256Hex(c.requests[0]));
  EXPECT_EQ(receipt.plugins(0).response_sha256(), Sha256Hex(c.replies[0].response));
  EXPECT_EQ(receipt.plugins(1).request_sha256(), Sha256Hex(c.requests[1]));
  EXPECT_THAT(receipt.plugins(1).response_sha256(), IsEmpty()) << "it did not answer";
  EXPECT_THAT(receipt.host_sha256(), MatchesRegex("[0-9a-f]{64}"));
  EXPECT_EQ(receipt.host_sha256(), ProgramSha256());
}

TEST(Archive, HoldsTheCallsAndTheirFailures) {
  const Consulted c;
  const v1::ArchivedReceipt archive = c.Archive();
  EXPECT_EQ(archive.format(), 1);
  ASSERT_EQ(archive.calls_size(), 2);
  EXPECT_EQ(archive.calls(0).request(), c.requests[0]);
  EXPECT_EQ(archive.calls(0).response(), c.replies[0].response);
  EXPECT_FALSE(archive.calls(0).has_failure());
  EXPECT_THAT(archive.calls(1).response(), IsEmpty());
  EXPECT_EQ(archive.calls(1).failure().kind(), v1::FAILURE_KIND_DEADLINE);
  EXPECT_EQ(archive.case_id(), "case-1");
  EXPECT_EQ(archive.consultation_sha256(), ConsultationSha256(c.consultation));
  EXPECT_THAT(FindDamage(archive), IsEmpty());
}

TEST(ConsultationSha256, IsOfTheBytesWithoutTheReceipt) {
  Consulted c;
  c.consultation.set_case_id("before the receipt");
  c.consultation.set_disclaimer("after it");
  c.consultation.add_shadow()->set_plugin_id("and at the end");
  v1::Consultation without = c.consultation;
  without.clear_receipt();
  EXPECT_TRUE(c.consultation.has_receipt());
  EXPECT_EQ(ConsultationSha256(c.consultation), Sha256Hex(without.SerializeAsString()));
  EXPECT_EQ(ConsultationSha256(without), Sha256Hex(without.SerializeAsString()));
}

TEST(Archive, KeepsAnAnswerThatBrokeTheRules) {
  Consulted c;
  v1::PluginFailure* failure = c.consultation.add_plugin_failures();
  failure->set_plugin_id("a");
  failure->set_kind(v1::FAILURE_KIND_BAD_ANSWER);
  const v1::ArchivedReceipt archive = c.Archive();
  EXPECT_EQ(archive.calls(0).response(), c.replies[0].response);
  EXPECT_EQ(archive.calls(0).failure().kind(), v1::FAILURE_KIND_BAD_ANSWER);
}

TEST(Archive, IsReadBackAsItWasWritten) {
  const v1::ArchivedReceipt archive = Consulted().Archive();
  const auto json = ArchiveToJson(archive);
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_THAT(*json, StartsWith("{\"format\":1,"));
  const ReadArchive read = ArchiveFromJson(*json);
  EXPECT_THAT(read.refusal, IsEmpty());
  EXPECT_EQ(read.archive.SerializeAsString(), archive.SerializeAsString());
}

TEST(Archive, IsReadAfterItWasIndented) {
  const v1::ArchivedReceipt archive = Consulted().Archive();
  std::string pretty;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(archive, &pretty, options).ok());
  EXPECT_THAT(ArchiveFromJson(pretty).refusal, IsEmpty());
}

TEST(Archive, IsNotWrittenIfItCouldNotBeReadBack) {
  google::protobuf::SetLogHandler(nullptr);
  Consulted c;
  c.consultation.mutable_receipt()->mutable_plugins(0)->set_file("/plugins/\xff.so");
  const auto json = ArchiveToJson(c.Archive());
  EXPECT_FALSE(json.ok());
  EXPECT_THAT(std::string(json.status().message()), HasSubstr("UTF-8"));
}

// Every bit of the file: what is read either is refused or is just what was archived.
TEST(Archive, IsRefusedWhicheverByteIsFlipped) {
  google::protobuf::SetLogHandler(nullptr);
  const v1::ArchivedReceipt archive = Consulted().Archive();
  const std::string json = ArchiveToJson(archive).value();
  int refused = 0, unchanged = 0;
  for (size_t i = 0; i < json.size(); ++i) {
    for (const int bit : {0, 1, 4, 5}) {
      std::string flipped = json;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      const ReadArchive read = ArchiveFromJson(flipped);
      if (!read.refusal.empty()) {
        ++refused;
        continue;
      }
      EXPECT_EQ(read.archive.SerializeAsString(), archive.SerializeAsString()) << i << ", bit " << bit;
      ++unchanged;
    }
  }
  // White space, spare bits of base64 and of the last digits, and case in \u escapes carry nothing.
  EXPECT_LT(unchanged * 100, refused);
}

struct Damage {
  const char* name;
  std::function<void(v1::ArchivedReceipt&)> change;
  bool seal_again;
  const char* mentions;
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

class DamagedArchive : public ::testing::TestWithParam<Damage> {};

TEST_P(DamagedArchive, IsRefusedWithTheReason) {
  v1::ArchivedReceipt archive = Consulted().Archive();
  GetParam().change(archive);
  if (GetParam().seal_again) archive = Sealed(archive);
  EXPECT_THAT(FindDamage(archive), HasSubstr(GetParam().mentions));
}

INSTANTIATE_TEST_SUITE_P(
    Archive, DamagedArchive,
    ::testing::Values(
        Damage{"NoSeal", [](auto& a) { a.clear_seal(); }, false, "seal is missing"},
        Damage{"AnotherCase", [](auto& a) { a.mutable_checked_case()->set_id("x"); }, false, "seal does not fit"},
        Damage{"LaterFormat", [](auto& a) { a.set_format(2); }, true, "format is 2"},
        Damage{"NoFormat", [](auto& a) { a.clear_format(); }, true, "format is 0"},
        Damage{"CaseForged", [](auto& a) { a.mutable_checked_case()->set_id("x"); }, true, "receipt.caseSha256"},
        Damage{"RequestForged", [](auto& a) { a.mutable_calls(1)->set_request("x"); }, true, "calls[1].request"},
        Damage{"ResponseForged", [](auto& a) { a.mutable_calls(0)->set_response("x"); }, true, "calls[0].response"},
        Damage{"AnotherPlugin", [](auto& a) { a.mutable_calls(0)->set_plugin_id("x"); }, true, "calls[0]"},
        Damage{"CallMissing", [](auto& a) { a.mutable_calls()->RemoveLast(); }, true, "differ in number"}),
    [](const auto& row) { return row.param.name; });

TEST(ArchiveFromJson, NamesALaterFormatWhoseFieldsItDoesNotKnow) {
  EXPECT_THAT(ArchiveFromJson(R"({"format": 2, "proofs": []})").refusal, HasSubstr("format is 2"));
}

TEST(ArchiveFromJson, RefusesWhatIsNoReceiptAndQuotesNothingOfIt) {
  for (const char* text : {"", "{", "[]", R"({"name": "Jane Doe"})", "{\"caseId\": \"Jane Doe\", }", "\xff\xfe"}) {
    EXPECT_THAT(ArchiveFromJson(text).refusal, AllOf(Not(IsEmpty()), Not(HasSubstr("Jane")))) << text;
  }
  EXPECT_THAT(ArchiveFromJson("{}").refusal, HasSubstr("format is 0"));
}

}  // namespace
}  // namespace condyle
