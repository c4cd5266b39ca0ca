// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What is recorded of an outcome, with and without patient data, and what happens if it cannot be recorded.
#include "host/library/audit_trail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "host/archive/receipt.h"
#include "host/audit/store_for_test.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kInput[] = "the bytes of the input";

v1::Case Patient() {
  v1::Case patient;
  patient.set_id("case-Quixote-77");
  patient.set_as_of("2026-04-03T02:01:00Z");
  patient.mutable_patient()->set_age_years(41.75);
  v1::Finding* finding = patient.add_findings();
  finding->set_key("exam.temperature");
  finding->mutable_quantity()->set_value(38.625);
  finding->mutable_quantity()->set_unit("Cel");
  return patient;
}

// Two plugins, of which one crashed, and one more that could not be loaded.
Outcome Answer(bool archive) {
  Outcome outcome;
  v1::Consultation& consultation = outcome.consultation.emplace();
  consultation.set_case_id(Patient().id());
  consultation.set_as_of(Patient().as_of());
  consultation.set_urgency(v1::URGENCY_URGENT);
  v1::Assessment* assessment = consultation.add_assessments();
  assessment->set_plugin_id("good");
  assessment->set_status(v1::STATUS_POSITIVE);
  v1::Receipt* receipt = consultation.mutable_receipt();
  receipt->set_host_version("9.9");
  for (const char* id : {"good", "bad"}) {
    v1::PluginRun* run = receipt->add_plugins();
    run->set_plugin_id(id);
    run->set_plugin_version("1.2");
    run->set_file("/plugins/" + std::string(id));
    run->set_file_sha256(Sha256Hex(id));
  }
  for (const auto& [id, kind] :
       {std::pair("bad", v1::FAILURE_KIND_CRASHED), std::pair("gone", v1::FAILURE_KIND_LOAD)}) {
    v1::PluginFailure* failure = consultation.add_plugin_failures();
    failure->set_plugin_id(id);
    failure->set_kind(kind);
    failure->set_message("its last words: temperature 38.625");
  }
  const std::vector<std::string> requests = {"request 38.625", "request 41.75"};
  std::vector<Reply> replies(2);
  replies[0].response = "answer";
  replies[1].failure = consultation.plugin_failures(0);
  AddHashes(Patient(), requests, replies, receipt);
  if (archive) outcome.archive = MakeArchive(Patient(), requests, replies, consultation);
  return outcome;
}

Outcome Refused() {
  Outcome outcome;
  outcome.refusal = InputRefusal{"/entry/3/resource/Quixote", "the temperature 38.625 is odd"};
  return outcome;
}

std::unique_ptr<AuditTrail> OpenTrail(const std::string& url, bool without_phi, bool answer_unrecorded = false) {
  HostOptions options;
  options.audit = url;
  options.audit_without_phi = without_phi;
  options.answer_unrecorded = answer_unrecorded;
  auto trail = AuditTrail::Open(options);
  EXPECT_TRUE(trail.ok()) << trail.status();
  return *std::move(trail);
}

template <typename Body>
Body BodyOf(const v1::AuditEntry& entry) {
  Body body;
  EXPECT_TRUE(body.ParseFromString(entry.body()));
  return body;
}

TEST(AuditTrail, IsNoneIfNoneIsNamed) {
  const auto trail = AuditTrail::Open({});
  ASSERT_TRUE(trail.ok());
  EXPECT_EQ(*trail, nullptr);
}

TEST(AuditTrail, RecordsAConsultationWithItsFailuresSoThatItCanBeAskedAgain) {
  const AuditFolder folder;
  Outcome outcome = Answer(/*archive=*/true);
  const v1::ArchivedReceipt archive = *outcome.archive;
  ConsultOptions options;
  options.user = "u";
  options.organisation = "o";
  OpenTrail(folder.Url(), false)->Record(kInput, options, &outcome);
  EXPECT_TRUE(outcome.failure.ok()) << outcome.failure;
  EXPECT_TRUE(outcome.consultation.has_value());
  EXPECT_FALSE(outcome.archive.has_value()) << "the caller did not ask for it";
  const auto entries = ReadAll(*MustOpenToRead(folder.Url()));
  ASSERT_THAT(entries, SizeIs(4));
  EXPECT_EQ(outcome.audit->sequence, 1u);
  EXPECT_EQ(outcome.audit->hash, entries[1].hash());
  for (size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(entries[i].user(), "u");
    EXPECT_EQ(entries[i].organisation(), "o");
    EXPECT_EQ(entries[i].about(), i == 1 ? 0u : 1u);
    EXPECT_EQ(entries[i].kind(), i == 1 ? v1::AUDIT_KIND_CONSULTATION : v1::AUDIT_KIND_PLUGIN_FAILURE);
  }
  const auto body = BodyOf<v1::AuditConsultation>(entries[1]);
  EXPECT_EQ(body.archive().SerializeAsString(), archive.SerializeAsString());
  EXPECT_THAT(FindDamage(body.archive()), IsEmpty());
  EXPECT_EQ(body.consultation_sha256(), ConsultationSha256(*outcome.consultation));
  EXPECT_EQ(body.input_sha256(), Sha256Hex(kInput));
  EXPECT_EQ(body.urgency(), v1::URGENCY_URGENT);
  std::vector<std::string> plugins;
  for (const v1::AuditPlugin& plugin : body.plugins()) plugins.push_back(plugin.ShortDebugString());
  EXPECT_THAT(plugins, ElementsAre("plugin_id: \"good\" plugin_version: \"1.2\" file_sha256: \"" + Sha256Hex("good") +
                                       "\" status: STATUS_POSITIVE",
                                   "plugin_id: \"bad\" plugin_version: \"1.2\" file_sha256: \"" + Sha256Hex("bad") +
                                       "\" failure: FAILURE_KIND_CRASHED",
                                   "plugin_id: \"gone\" failure: FAILURE_KIND_LOAD"));
  const auto failure = BodyOf<v1::AuditPluginFailure>(entries[2]);
  EXPECT_EQ(failure.plugin_id(), "bad");
  EXPECT_EQ(failure.plugin_version(), "1.2");
  EXPECT_EQ(failure.kind(), v1::FAILURE_KIND_CRASHED);
  EXPECT_EQ(failure.message(), "its last words: temperature 38.625");
}

TEST(AuditTrail, LeavesTheArchiveToACallerWhoAskedForIt) {
  const AuditFolder folder;
  ConsultOptions options;
  options.archive = true;
  for (const bool without_phi : {false, true}) {
    Outcome outcome = Answer(/*archive=*/true);
    OpenTrail(folder.Url(without_phi ? "without" : "with"), without_phi)->Record(kInput, options, &outcome);
    EXPECT_TRUE(outcome.archive.has_value());
  }
}

TEST(AuditTrail, RecordsARefusal) {
  const AuditFolder folder;
  Outcome outcome = Refused();
  OpenTrail(folder.Url(), false)->Record(Patient(), {}, &outcome);
  EXPECT_TRUE(outcome.refusal.has_value());
  EXPECT_EQ(outcome.audit->sequence, 1u);
  const auto body = BodyOf<v1::AuditRefusal>(ReadAll(*MustOpenToRead(folder.Url())).at(1));
  EXPECT_EQ(body.path(), "/entry/3/resource/Quixote");
  EXPECT_EQ(body.message(), "the temperature 38.625 is odd");
  EXPECT_EQ(body.input_sha256(), Sha256Hex(Patient().SerializeAsString()));
}

AdviceOverride OverrideOf(const AuditRecord& consultation) {
  AdviceOverride advice;
  advice.consultation = consultation;
  advice.advice_id = "see_today";
  advice.side = v1::SIDE_LEFT;
  advice.reason_code = "seen-already";
  advice.text = "Quixote was seen on Monday";
  advice.user = "u";
  return advice;
}

// What is in the files of a store, its log too.
std::string Bytes(const AuditFolder& folder) {
  std::string bytes;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::ifstream file(entry.path(), std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(file), {});
  }
  return bytes;
}

TEST(AuditTrail, HoldsNothingOfThePatientIfToldSo) {
  const double temperature = Patient().findings(0).quantity().value(), age = Patient().patient().age_years();
  const std::vector<std::string> private_bytes = {
      "Quixote",
      "case-",
      "38.625",
      "41.75",
      "2026-04-03",
      "02:01:00",
      "exam.temperature",
      "last words",
      std::string(reinterpret_cast<const char*>(&temperature), sizeof(temperature)),
      std::string(reinterpret_cast<const char*>(&age), sizeof(age))};
  for (const bool without_phi : {true, false}) {
    const AuditFolder folder;
    {
      const auto trail = OpenTrail(folder.Url(), without_phi);
      EXPECT_EQ(trail->needs_archive(), !without_phi);
      Outcome answer = Answer(/*archive=*/true), refused = Refused();
      trail->Record(kInput, {}, &answer);
      trail->Record(Patient(), {}, &refused);
      ASSERT_TRUE(trail->RecordOverride(OverrideOf(*answer.audit)).ok());
    }
    const std::string bytes = Bytes(folder);
    EXPECT_THAT(bytes, HasSubstr("see_today"));
    for (const std::string& text : private_bytes) {
      EXPECT_EQ(bytes.find(text) == std::string::npos, without_phi) << text;
    }
  }
}

TEST(AuditTrail, ProvesAKeptConsultationWithoutPatientData) {
  const AuditFolder folder;
  Outcome outcome = Answer(/*archive=*/false);
  OpenTrail(folder.Url(), true)->Record(kInput, {}, &outcome);
  const auto body = BodyOf<v1::AuditConsultation>(ReadAll(*MustOpenToRead(folder.Url())).at(1));
  EXPECT_EQ(body.consultation_sha256(), ConsultationSha256(*outcome.consultation));
  EXPECT_EQ(body.case_sha256(), outcome.consultation->receipt().case_sha256());
  EXPECT_FALSE(body.has_archive());
}

// Fails as a full disk does.
class FullStore final : public AuditStore {
 public:
  absl::StatusOr<std::vector<AuditMark>> Append(std::vector<AuditDraft>) override {
    return absl::ResourceExhaustedError("store: there is no space left");
  }
  absl::Status Read(const AuditFilter&, const std::function<bool(const v1::AuditEntry&)>&) override {
    return absl::OkStatus();
  }
  absl::StatusOr<std::optional<v1::AuditEntry>> Find(const std::string&) override { return std::nullopt; }
  absl::StatusOr<uint64_t> Count() override { return 0; }
  std::vector<std::string> Oddities() override { return {}; }
  bool without_phi() const override { return false; }
};

TEST(AuditTrail, WithholdsWhatCouldNotBeRecorded) {
  AuditTrail trail(std::make_unique<FullStore>(), /*answer_unrecorded=*/false);
  ConsultOptions options;
  options.archive = true;
  for (Outcome outcome : {Answer(true), Refused()}) {
    trail.Record(kInput, options, &outcome);
    EXPECT_EQ(outcome.failure.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(outcome.failure.message(), "it could not be recorded in the audit trail: store: there is no space left");
    EXPECT_FALSE(outcome.consultation || outcome.refusal || outcome.archive || outcome.audit);
  }
}

TEST(AuditTrail, SaysThatAnAnswerIsUnrecordedIfItIsWantedAllTheSame) {
  AuditTrail trail(std::make_unique<FullStore>(), /*answer_unrecorded=*/true);
  Outcome outcome = Answer(true);
  trail.Record(kInput, {}, &outcome);
  EXPECT_FALSE(outcome.failure.ok());
  EXPECT_FALSE(outcome.audit.has_value());
  ASSERT_TRUE(outcome.consultation.has_value());
  EXPECT_THAT(outcome.consultation->notices(0).message(), HasSubstr("not in the audit trail"));
  Outcome refused = Refused();
  trail.Record(kInput, {}, &refused);
  EXPECT_TRUE(refused.refusal.has_value());
}

TEST(RecordOverride, IsChainedAndNamesItsConsultation) {
  const AuditFolder folder;
  const auto trail = OpenTrail(folder.Url(), false);
  Outcome outcome = Answer(true);
  trail->Record(kInput, {}, &outcome);
  const auto record = trail->RecordOverride(OverrideOf(*outcome.audit));
  ASSERT_TRUE(record.ok()) << record.status();
  const auto store = MustOpenToRead(folder.Url());
  const auto entry = ReadAll(*store).back();
  EXPECT_EQ(record->sequence, entry.sequence());
  EXPECT_EQ(record->hash, entry.hash());
  EXPECT_EQ(entry.about(), 1u);
  EXPECT_EQ(entry.user(), "u");
  const auto body = BodyOf<v1::AuditOverride>(entry);
  EXPECT_EQ(
      body.ShortDebugString(),
      "advice_id: \"see_today\" side: SIDE_LEFT reason_code: \"seen-already\" text: \"Quixote was seen on Monday\"");
  EXPECT_THAT(Verify(*store), IsEmpty());
}

TEST(RecordOverride, RefusesWhatIsNoConsultationOrBreaksARule) {
  const AuditFolder folder;
  const auto trail = OpenTrail(folder.Url(), false);
  Outcome outcome = Answer(true), refused = Refused();
  trail->Record(kInput, {}, &outcome);
  trail->Record(kInput, {}, &refused);
  const AdviceOverride good = OverrideOf(*outcome.audit);
  struct Row {
    const char* name;
    std::function<void(AdviceOverride&)> with;
    absl::StatusCode code;
  };
  const AuditRecord of_refusal = *refused.audit;
  const Row rows[] = {
      {"no such entry", [](auto& a) { a.consultation.sequence = 99; }, absl::StatusCode::kNotFound},
      {"another hash", [](auto& a) { a.consultation.hash = std::string(64, '0'); }, absl::StatusCode::kNotFound},
      {"a refusal", [&](auto& a) { a.consultation = of_refusal; }, absl::StatusCode::kNotFound},
      {"no advice", [](auto& a) { a.advice_id.clear(); }, absl::StatusCode::kInvalidArgument},
      {"no reason", [](auto& a) { a.reason_code.clear(); }, absl::StatusCode::kInvalidArgument},
      {"a long reason", [](auto& a) { a.reason_code = std::string(201, 'x'); }, absl::StatusCode::kInvalidArgument},
      {"a long text", [](auto& a) { a.text = std::string(4001, 'x'); }, absl::StatusCode::kInvalidArgument},
      {"text that steers a terminal", [](auto& a) { a.text = "\x1b[2J"; }, absl::StatusCode::kInvalidArgument},
      {"text that is no UTF-8", [](auto& a) { a.text = "\xff"; }, absl::StatusCode::kInvalidArgument},
      {"a long user", [](auto& a) { a.user = std::string(201, 'x'); }, absl::StatusCode::kInvalidArgument}};
  for (const Row& row : rows) {
    AdviceOverride bad = good;
    row.with(bad);
    EXPECT_EQ(trail->RecordOverride(bad).status().code(), row.code) << row.name;
  }
  AdviceOverride longest = good;
  longest.reason_code = std::string(200, 'x');
  longest.text = std::string(3999, 'x') + "\n";
  EXPECT_TRUE(trail->RecordOverride(longest).ok());
  EXPECT_THAT(ReadAll(*MustOpenToRead(folder.Url())), Not(IsEmpty()));
}

TEST(SchemaPath, KeepsTheWordsOfTheFormatsAndPlacesAfterThem) {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"/", "/*"},
      {"12:7", "12:7"},
      {"12:7x", "*"},
      {"/entry/3/resource/valueQuantity/unit", "/entry/3/resource/valueQuantity/unit"},
      {"/findings/0/Quixote", "/findings/0/*"},
      {"/findings/0/1985", "/findings/0/*"},
      {"/Quixote/0/value", "/*/*/value"},
      {"/1985/value", "/*/value"},
      {"exam.temperature", "*"},
      {"/findings/0/", "/findings/0/*"}};
  for (const auto& [path, kept] : rows) EXPECT_EQ(SchemaPath(path), kept) << path;
}

}  // namespace
}  // namespace condyle
