// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Receipts and their replay: the same answers wherever and however they are asked again, and what is different is
// named. With CONDYLE_RECEIPT_FOLDER set, 1,000 receipts are made there and kept, for replaying with another build.
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "host/archive/receipt.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kRunner[] = "v37_trail_runner_textbook_right";

std::string CaseFile(const std::string& name) { return std::string(kCaseFolder) + "/" + name + ".case.json"; }
// Ranking questions takes time and changes no receipt.
ConsultOptions Archiving() {
  ConsultOptions options;
  options.archive = true;
  options.question_budget = std::chrono::milliseconds(0);
  return options;
}

v1::ArchivedReceipt ReceiptOf(Host& host, const std::string& name) {
  Outcome outcome = host.ConsultBytes(ReadFile(CaseFile(name)), Archiving());
  EXPECT_TRUE(outcome.archive.has_value()) << name;
  return outcome.archive.value_or(v1::ArchivedReceipt());
}

// Of worked and drawn patients; those that intake refuses have none.
std::vector<v1::ArchivedReceipt> Receipts(Host& host, size_t count) {
  std::vector<v1::Case> seeds;
  std::vector<v1::ArchivedReceipt> receipts;
  const auto take = [&](const v1::Case& patient) {
    Outcome outcome = host.Consult(patient, Archiving());
    EXPECT_EQ(outcome.archive.has_value(), outcome.consultation.has_value());
    if (outcome.archive) receipts.push_back(*std::move(outcome.archive));
  };
  for (const WorkedCase& one : AllWorkedCases()) {
    seeds.push_back(one.value);
    take(one.value);
  }
  PatientGenerator generator(InputsOf(host.Manifests()), seeds, 20260501);
  while (receipts.size() < count) take(generator.Next());
  return receipts;
}

class Folder {
 public:
  Folder() : kept_(std::getenv("CONDYLE_RECEIPT_FOLDER")) {}
  bool is_kept() const { return kept_ != nullptr; }
  std::string Write(const std::string& name, const v1::ArchivedReceipt& receipt) const {
    const auto json = ArchiveToJson(receipt);
    EXPECT_TRUE(json.ok()) << json.status();
    if (!is_kept()) return temporary_.Write(name, json.value_or(""));
    const std::string path = std::string(kept_) + "/" + name;
    std::ofstream(path, std::ios::binary) << json.value_or("");
    return path;
  }

 private:
  const char* const kept_;
  const TempFolder temporary_;
};

TEST(Replay, IsIdenticalWhereverAndHoweverItIsRun) {
  const std::unique_ptr<Host> workers = OpenHost(false), in_process = OpenHost(true);
  const Folder folder;
  const std::vector<v1::ArchivedReceipt> receipts = Receipts(*workers, folder.is_kept() ? 1000 : 500);
  std::vector<std::string> files;
  for (const v1::ArchivedReceipt& receipt : receipts) {
    const ReplayOutcome outcome = in_process->Replay(receipt);
    EXPECT_TRUE(outcome.identical) << outcome.refusal << ::testing::PrintToString(outcome.differences);
    EXPECT_THAT(outcome.differences, IsEmpty());
    EXPECT_THAT(outcome.remarks, IsEmpty());
    files.push_back(folder.Write("receipt_" + std::to_string(files.size()) + ".json", receipt));
  }
  // The program is another than the one that made them: one remark, the same for all.
  const std::string summary =
      std::to_string(files.size()) + " receipts: " + std::to_string(files.size()) + " identical\n";
  struct Place {
    const char* folder;
    std::vector<std::string> environment;
    bool in_process;
  };
  const Place places[] = {{"/", {"TZ=Asia/Kolkata", "LC_ALL=de_DE.UTF-8"}, false},
                          {"/usr", {"TZ=America/St_Johns", "LC_ALL=tr_TR.UTF-8", "LANG=tr_TR.UTF-8"}, true},
                          {".", {"TZ=Pacific/Kiritimati", "LC_ALL=C"}, true}};
  for (const Place& place : places) {
    std::vector<std::string> arguments = {"/usr/bin/env", "-C", place.folder};
    arguments.insert(arguments.end(), place.environment.begin(), place.environment.end());
    arguments.insert(arguments.end(), {kCondyleProgram, "replay"});
    if (place.in_process) arguments.emplace_back("--in-process");
    arguments.insert(arguments.end(), files.begin(), files.end());
    const RunResult run = RunProgram(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
    EXPECT_THAT(run.err, IsEmpty());
    EXPECT_THAT(run.out, EndsWith(summary));
    EXPECT_EQ(LineCount(run.out), 2u) << run.out;
    EXPECT_THAT(run.out, StartsWith("remark (" + std::to_string(files.size()) + "): host: program SHA-256: "));
  }
}

TEST(Replay, GoesFromInProcessToWorkers) {
  const std::unique_ptr<Host> workers = OpenHost(false), in_process = OpenHost(true);
  for (const v1::ArchivedReceipt& receipt : Receipts(*in_process, 120)) {
    EXPECT_EQ(receipt.receipt().plugins(0).isolation(), "in-process");
    const ReplayOutcome outcome = workers->Replay(receipt);
    EXPECT_TRUE(outcome.identical) << outcome.refusal << ::testing::PrintToString(outcome.differences);
    EXPECT_THAT(outcome.remarks, IsEmpty());
  }
}

TEST(Receipt, HasTheHashesOfTheConsultationAndItsArchive) {
  const std::unique_ptr<Host> host = OpenHost(true);
  const Outcome outcome = host->ConsultBytes(ReadFile(CaseFile(kRunner)), Archiving());
  ASSERT_TRUE(outcome.archive && outcome.consultation);
  EXPECT_EQ(outcome.archive->receipt().SerializeAsString(), outcome.consultation->receipt().SerializeAsString());
  EXPECT_EQ(outcome.archive->consultation_sha256(), ConsultationSha256(*outcome.consultation));
  for (const v1::PluginRun& run : outcome.consultation->receipt().plugins()) {
    EXPECT_EQ(run.request_sha256().size(), 64u) << run.plugin_id();
    EXPECT_EQ(run.response_sha256().size(), 64u) << run.plugin_id();
  }
  EXPECT_EQ(outcome.consultation->receipt().case_sha256().size(), 64u);
  EXPECT_EQ(outcome.consultation->receipt().host_sha256(), ProgramSha256());
  EXPECT_FALSE(host->ConsultBytes(ReadFile(CaseFile(kRunner))).archive.has_value()) << "nobody asked for it";
}

TEST(Replay, NamesAChangedPluginAndWhatItAnswersDifferently) {
  const v1::ArchivedReceipt receipt = ReceiptOf(*OpenHost(true), kRunner);
  HostOptions options;
  options.plugins = PluginFiles({"red_flag_screen"});
  options.plugins.push_back(Fixture("second_red_flag_screen"));
  const ReplayOutcome outcome = OpenHost(options)->Replay(receipt);
  EXPECT_FALSE(outcome.identical);
  EXPECT_THAT(outcome.refusal, IsEmpty());
  EXPECT_THAT(outcome.differences,
              AllOf(Contains(AllOf(StartsWith("red_flag_screen: version: "), HasSubstr("\"99.0.0\" now"))),
                    Contains(StartsWith("red_flag_screen: file SHA-256: ")),
                    Contains(StartsWith("red_flag_screen: manifest SHA-256: ")),
                    Contains(AllOf(StartsWith("red_flag_screen: request: "), HasSubstr("findings["))),
                    Contains(AllOf(StartsWith("red_flag_screen: answer: summary: "),
                                   HasSubstr("\"The fixture behaves.\" now")))));
  EXPECT_THAT(outcome.differences, Not(Contains(Not(StartsWith("red_flag_screen: "))))) << "the others are the same";
  EXPECT_THAT(outcome.remarks, IsEmpty());
}

// The same code in a file with one byte more.
TEST(Replay, RemarksOnAnotherBuildThatAnswersTheSame) {
  const v1::ArchivedReceipt receipt = ReceiptOf(*OpenHost(true), kRunner);
  const TempFolder folder;
  HostOptions options;
  options.plugins = PluginFiles({"red_flag_screen"});
  options.plugins.push_back(folder.Write("condyle_red_flag_screen.so",
                                         ReadFile(std::string(kPluginFolder) + "/condyle_red_flag_screen.so") + "x"));
  const ReplayOutcome outcome = OpenHost(options)->Replay(receipt);
  EXPECT_TRUE(outcome.identical) << ::testing::PrintToString(outcome.differences);
  EXPECT_THAT(outcome.differences, IsEmpty());
  ASSERT_EQ(outcome.remarks.size(), 1u);
  EXPECT_THAT(outcome.remarks[0], StartsWith("red_flag_screen: file SHA-256: "));
}

TEST(Replay, RemarksOnAnotherHost) {
  const std::unique_ptr<Host> host = OpenHost(true);
  v1::ArchivedReceipt receipt = ReceiptOf(*host, kRunner);
  receipt.mutable_receipt()->set_host_version("0.0.9");
  receipt.mutable_receipt()->set_host_sha256(std::string(64, '0'));
  receipt.set_seal(SealOf(receipt));
  const ReplayOutcome outcome = host->Replay(receipt);
  EXPECT_TRUE(outcome.identical);
  EXPECT_THAT(outcome.remarks, AllOf(Contains(StartsWith("host: version: \"0.0.9\" then")),
                                     Contains(StartsWith("host: program SHA-256: \"0000"))));
}

TEST(Replay, NamesAMissingPluginAndReplaysTheOthers) {
  const v1::ArchivedReceipt receipt = ReceiptOf(*OpenHost(true), kRunner);
  for (const bool in_process : {true, false}) {
    HostOptions options;
    options.plugins = PluginFiles({"sacroiliitis"});
    options.in_process = in_process;
    const ReplayOutcome outcome = OpenHost(options)->Replay(receipt);
    EXPECT_FALSE(outcome.identical);
    ASSERT_EQ(outcome.differences.size(), 1u) << ::testing::PrintToString(outcome.differences);
    EXPECT_THAT(outcome.differences[0], StartsWith("sacroiliitis: is not among the plugins here"));
  }
}

TEST(Replay, RemarksOnAPluginThatWasNotThereAndDoesNotAskIt) {
  HostOptions fewer;
  fewer.plugins = PluginFiles({"sacroiliitis"});
  const v1::ArchivedReceipt receipt = ReceiptOf(*OpenHost(fewer), kRunner);
  for (const bool in_process : {true, false}) {
    const ReplayOutcome outcome = OpenHost(in_process)->Replay(receipt);
    EXPECT_TRUE(outcome.identical) << ::testing::PrintToString(outcome.differences);
    ASSERT_EQ(outcome.remarks.size(), 1u);
    EXPECT_THAT(outcome.remarks[0], AllOf(StartsWith("sacroiliitis: "), HasSubstr("was not asked")));
  }
}

TEST(Replay, NamesTheInputWhoseRequestWouldBeAnother) {
  const std::unique_ptr<Host> host = OpenHost(true);
  v1::ArchivedReceipt receipt = ReceiptOf(*host, kRunner);
  // A case and calls that do not belong together, in hashes that do: the other host read the case in another way.
  auto* findings = receipt.mutable_checked_case()->mutable_findings();
  const auto pain = std::find_if(findings->begin(), findings->end(),
                                 [](const v1::Finding& finding) { return finding.key() == "pain.present"; });
  ASSERT_NE(pain, findings->end());
  pain->set_present(!pain->present());
  v1::Receipt hashes = receipt.receipt();
  AddHashes(receipt.checked_case(), {}, {}, &hashes);
  receipt.mutable_receipt()->set_case_sha256(hashes.case_sha256());
  receipt.set_seal(SealOf(receipt));
  const ReplayOutcome outcome = host->Replay(receipt);
  EXPECT_FALSE(outcome.identical);
  EXPECT_THAT(outcome.differences, Contains(HasSubstr(": request: findings[pain.present].present: ")));
  EXPECT_THAT(outcome.differences, Not(Contains(HasSubstr(": answer: ")))) << "what was archived is asked";
}

class FailedThen : public ::testing::TestWithParam<const char*> {
 protected:
  static v1::Case Patient() {
    v1::Case patient;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(ReadFile(CaseFile(kRunner)), &patient).ok());
    v1::Finding* finding = patient.add_findings();
    finding->set_key("fixture.misbehave");
    finding->set_present(true);
    return patient;
  }
  static std::unique_ptr<Host> Open(const std::string& fixture) {
    HostOptions options;
    options.plugins = {Fixture(fixture), Fixture("second_red_flag_screen")};
    options.deadline = std::chrono::milliseconds(30000);
    return OpenHost(options);
  }
};

TEST_P(FailedThen, ReplaysAsFailed) {
  const std::string fixture = GetParam();
  const std::unique_ptr<Host> host = Open(fixture);
  const Outcome consulted = host->Consult(Patient(), Archiving());
  ASSERT_TRUE(consulted.archive.has_value());
  const auto& calls = consulted.archive->calls();
  const auto call =
      std::find_if(calls.begin(), calls.end(), [&](const auto& one) { return one.plugin_id() == fixture; });
  ASSERT_NE(call, calls.end());
  EXPECT_EQ(call->failure().kind(), consulted.consultation->plugin_failures(0).kind());
  const ReplayOutcome outcome = host->Replay(*consulted.archive);
  EXPECT_TRUE(outcome.identical) << ::testing::PrintToString(outcome.differences);
  EXPECT_THAT(outcome.remarks, Contains(StartsWith(fixture + ": failed then")));
}

INSTANTIATE_TEST_SUITE_P(Fixtures, FailedThen,
                         ::testing::Values("crashes", "throws", "floods", "answers_without_status"),
                         [](const auto& row) { return std::string(row.param); });

TEST(Replay, SaysThatPluginsAnsweredThenAndFailNow) {
  const v1::ArchivedReceipt receipt = ReceiptOf(*OpenHost(true), kRunner);
  HostOptions options;
  options.plugins = PluginFiles();
  options.worker_memory_bytes = 1u << 20;  // too little to load anything
  const ReplayOutcome outcome = OpenHost(options)->Replay(receipt);
  EXPECT_FALSE(outcome.identical);
  EXPECT_EQ(outcome.differences.size(), options.plugins.size());
  EXPECT_THAT(outcome.differences, Each(HasSubstr(": answered then, and fails now (LOAD: ")));
}

TEST(Replay, SaysThatAPluginFailedThenAndAnswersNow) {
  v1::ArchivedReceipt receipt = ReceiptOf(*OpenHost(true), kRunner);
  v1::ArchivedCall* call = receipt.mutable_calls(3);
  call->clear_response();
  call->mutable_failure()->set_kind(v1::FAILURE_KIND_DEADLINE);
  receipt.mutable_receipt()->mutable_plugins(3)->clear_response_sha256();
  receipt.set_seal(SealOf(receipt));
  const ReplayOutcome outcome = OpenHost(true)->Replay(receipt);
  EXPECT_FALSE(outcome.identical);
  EXPECT_THAT(outcome.differences,
              ElementsAre(AllOf(StartsWith(call->plugin_id() + ": failed then (DEADLINE"), HasSubstr("answers now"))));
}

// The program.

TEST(ReceiptOfAssess, IsPrivateWholeAndNeverReplacesAFile) {
  const TempFolder folder;
  const std::string path = folder.Path("receipt.json");
  const RunResult first = Condyle({"assess", CaseFile(kRunner), "--format", "json", "--receipt", path});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const std::string bytes = ReadFile(path);
  const ReadArchive read = ArchiveFromJson(bytes);
  EXPECT_THAT(read.refusal, IsEmpty());
  v1::Consultation consultation;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(first.out, &consultation).ok());
  EXPECT_EQ(read.archive.consultation_sha256(), ConsultationSha256(consultation)) << "of what was printed";

  const RunResult second = Condyle({"assess", CaseFile(kRunner), "--receipt", path});
  EXPECT_EQ(second.exit_code, 64);
  EXPECT_THAT(second.out, IsEmpty());
  EXPECT_THAT(second.err, AllOf(HasSubstr(path), HasSubstr("not overwritten")));
  EXPECT_EQ(ReadFile(path), bytes);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.Path("")), fs::directory_iterator()), 1) << "nothing is left";
}

TEST(ReceiptOfAssess, ThatCannotBeWrittenDoesNotHideTheAnswer) {
  const RunResult run = Condyle({"assess", CaseFile(kRunner), "--receipt", "/nonexistent/receipt.json"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.out, HasSubstr(kRunner));
  EXPECT_THAT(run.err, HasSubstr("/nonexistent/receipt.json"));
}

TEST(ReceiptOfAssess, IsNotWrittenForARefusedInput) {
  const TempFolder folder;
  const std::string input = folder.Write("bad.json", "{");
  EXPECT_EQ(Condyle({"assess", input, "--receipt", folder.Path("r.json")}).exit_code, 2);
  EXPECT_FALSE(fs::exists(folder.Path("r.json")));
}

TEST(ReplayCommand, ExitsByWhatItFinds) {
  const TempFolder folder;
  const std::string good = folder.Path("good.json");
  ASSERT_EQ(Condyle({"assess", CaseFile(kRunner), "--receipt", good}).exit_code, 0);
  std::string flipped = ReadFile(good);
  flipped[flipped.find("\"ageYears\":") + 11] ^= 1;
  const std::string damaged = folder.Write("damaged.json", flipped);
  std::vector<std::string> other_plugins = {"--plugins", Fixture("second_red_flag_screen")};
  for (const std::string& file : PluginFiles({"red_flag_screen"})) {
    other_plugins.insert(other_plugins.end(), {"--plugins", file});
  }
  struct Row {
    std::vector<std::string> arguments;
    int exit_code;
    std::string out;
    std::string err;
  };
  std::vector<std::string> different = {good};
  different.insert(different.end(), other_plugins.begin(), other_plugins.end());
  const Row rows[] = {
      {{good}, 0, "1 receipt: 1 identical\n", ""},
      {{good, good}, 0, "2 receipts: 2 identical\n", ""},
      {{good, damaged}, 2, "2 receipts: 1 identical, 1 refused\n", ""},
      {{CaseFile(kRunner)}, 2, "1 receipt: 0 identical, 1 refused\n", ""},
      {different, 3, "1 receipt: 0 identical, 1 different\n", ""},
      {{good, folder.Path("none.json")}, 64, "2 receipts: 1 identical, 1 not readable\n", ""},
      {{}, 64, "", "FILE"},
      {{good, "--plugins", folder.Path("no_plugins")}, 1, "", "no usable plugin"},
  };
  for (const Row& row : rows) {
    std::vector<std::string> arguments = {"replay"};
    arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
    const RunResult run = Condyle(arguments);
    EXPECT_EQ(run.exit_code, row.exit_code) << ::testing::PrintToString(arguments) << run.out << run.err;
    EXPECT_THAT(run.out, EndsWith(row.out));
    EXPECT_THAT(run.err, HasSubstr(row.err));
  }
  EXPECT_THAT(Condyle({"replay", damaged}).out, AllOf(StartsWith(damaged), HasSubstr("seal does not fit")));

  const RunResult json = Condyle({"replay", good, damaged, "--format", "json"});
  google::protobuf::Struct parsed;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json.out, &parsed).ok()) << json.out;
  EXPECT_EQ(parsed.fields().at("identical").number_value(), 1);
  EXPECT_EQ(parsed.fields().at("refused").number_value(), 1);
  const auto& results = parsed.fields().at("results").list_value();
  ASSERT_EQ(results.values_size(), 2);
  EXPECT_TRUE(results.values(0).struct_value().fields().at("identical").bool_value());
  EXPECT_THAT(results.values(1).struct_value().fields().at("refusal").string_value(), HasSubstr("seal"));
}

TEST(ReplayCommand, NamesAChangedPluginInWords) {
  const TempFolder folder;
  const std::string receipt = folder.Path("receipt.json");
  ASSERT_EQ(Condyle({"assess", CaseFile(kRunner), "--receipt", receipt}).exit_code, 0);
  std::vector<std::string> arguments = {"replay", receipt, "--plugins", Fixture("second_red_flag_screen")};
  for (const std::string& file : PluginFiles({"red_flag_screen"})) {
    arguments.insert(arguments.end(), {"--plugins", file});
  }
  const RunResult run = Condyle(arguments);
  EXPECT_THAT(run.out, HasSubstr(receipt + ": red_flag_screen: version: "));
  EXPECT_THAT(run.out, HasSubstr("--format json has them all"));
}

}  // namespace
}  // namespace condyle::tests
