// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Signed plugins and the real program: keys, signing, each way in which a signature is not good, and what comes of it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/catalog/plugin_catalog.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kScreen[] = "red_flag_screen";

std::string Runner() { return std::string(kCaseFolder) + "/v37_trail_runner_textbook_right.case.json"; }
std::string Replaced(std::string text, const std::string& old, const std::string& by) {
  const size_t at = text.find(old);
  if (at == text.npos) throw std::runtime_error(old + " is not in " + text);
  return text.replace(at, old.size(), by);
}

// Copies of the plugins of this build, a key, and a directory that trusts it. The plugins are signed if asked for.
class Signatures : public ::testing::Test {
 protected:
  Signatures() {
    fs::create_directory(folder_.Path("plugins"));
    fs::create_directory(folder_.Path("trust"));
    for (const std::string& file : PluginFiles())
      fs::copy_file(file, Plugins() + "/" + fs::path(file).filename().string());
    const RunResult keygen = Condyle({"plugins", "keygen", Key(), "--comment", "Example Clinic"});
    EXPECT_EQ(keygen.exit_code, 0) << keygen.err;
    fs::copy_file(Key() + ".pub", folder_.Path("trust/clinic.pub"));
    const std::string text = ReadFile(Key() + ".pub");
    key_id_ = text.substr(text.find("id = ") + 5, 16);
  }

  std::string Plugins() const { return folder_.Path("plugins"); }
  std::string Trust() const { return folder_.Path("trust"); }
  std::string Key() const { return folder_.Path("clinic"); }
  std::string Plugin(const std::string& id) const { return Plugins() + "/condyle_" + id + ".so"; }

  void Sign(const std::string& file) const {
    const RunResult sign = Condyle({"plugins", "sign", file, "--key", Key() + ".key"});
    EXPECT_EQ(sign.exit_code, 0) << sign.err;
  }
  void SignAll() const {
    for (const PluginFile& plugin : DiscoverPlugins({Plugins()}).plugins) Sign(plugin.path);
  }
  RunResult Assess(const std::string& policy, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"assess",    Runner(),  "--format",     "json", "--question-budget", "0",
                                          "--plugins", Plugins(), "--signatures", policy, "--trust",           Trust()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Condyle(arguments);
  }
  RunResult Verify(const std::string& file) const { return Condyle({"plugins", "verify", file, "--trust", Trust()}); }

  const TempFolder folder_;
  std::string key_id_;
};

TEST_F(Signatures, KeysAreSecretAndNeverOverwritten) {
  struct stat secret {
  }, open_to_all{};
  ASSERT_EQ(stat((Key() + ".key").c_str(), &secret), 0);
  ASSERT_EQ(stat((Key() + ".pub").c_str(), &open_to_all), 0);
  EXPECT_EQ(secret.st_mode & 07777, 0600u);
  EXPECT_EQ(open_to_all.st_mode & 07777, 0644u);
  const std::string before = ReadFile(Key() + ".key");
  fs::remove(Key() + ".pub");
  const RunResult again = Condyle({"plugins", "keygen", Key()});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, AllOf(HasSubstr(Key() + ".key"), HasSubstr("not overwritten")));
  EXPECT_EQ(ReadFile(Key() + ".key"), before);
  EXPECT_FALSE(fs::exists(Key() + ".pub"));
  EXPECT_EQ(Condyle({"plugins", "keygen", folder_.Path("x"), "--not-after", "2020-01-01"}).exit_code, 64);
  EXPECT_EQ(Condyle({"plugins", "keygen", folder_.Path("x"), "--not-after", "soon"}).exit_code, 64);
  EXPECT_EQ(Condyle({"plugins", "keygen", folder_.Path("none/x")}).exit_code, 1);
}

TEST_F(Signatures, VerifySaysWhoWhenAndWhat) {
  Sign(Plugin(kScreen));
  const PluginFile plugin = DiscoverPlugins({Plugin(kScreen)}).plugins.at(0);
  for (const std::vector<std::string>& whom :
       {std::vector<std::string>{"--key", Key() + ".pub"}, {"--trust", Trust()}}) {
    const RunResult verify = Condyle({"plugins", "verify", Plugin(kScreen), whom[0], whom[1]});
    EXPECT_EQ(verify.exit_code, 0) << verify.err;
    EXPECT_THAT(verify.out, AllOf(HasSubstr("good: red_flag_screen " + plugin.manifest.version()),
                                  HasSubstr(key_id_ + " (Example Clinic)"), HasSubstr(plugin.file_sha256),
                                  HasSubstr("signed on: 2")));
    EXPECT_THAT(verify.err, IsEmpty());
  }
  Sign(Plugin(kScreen));  // again, in place of the first
  EXPECT_EQ(Verify(Plugin(kScreen)).exit_code, 0);
}

TEST_F(Signatures, WrongUseAndUnreadableFilesHaveTheirCodes) {
  Sign(Plugin(kScreen));
  EXPECT_EQ(Condyle({"plugins", "verify", Plugin(kScreen)}).exit_code, 64);
  EXPECT_EQ(Condyle({"plugins", "verify", Plugin(kScreen), "--key", Key() + ".pub", "--trust", Trust()}).exit_code, 64);
  EXPECT_EQ(Condyle({"plugins", "sign", Plugin(kScreen)}).exit_code, 64);
  EXPECT_EQ(Condyle({"plugins", "verify", Plugin("none"), "--trust", Trust()}).exit_code, 1);
  EXPECT_EQ(Condyle({"plugins", "verify", Plugins(), "--trust", Trust()}).exit_code, 1);
  EXPECT_EQ(Condyle({"plugins", "verify", Plugin(kScreen), "--key", Plugin(kScreen)}).exit_code, 1);
  EXPECT_EQ(Condyle({"plugins", "sign", Plugin(kScreen), "--key", Key() + ".pub"}).exit_code, 1);
  EXPECT_EQ(Condyle({"plugins", "verify", Runner(), "--trust", Trust()}).exit_code, 3);
}

TEST_F(Signatures, SignedPluginsRunWhereSignaturesAreRequired) {
  SignAll();
  for (const std::vector<std::string>& how : {std::vector<std::string>{}, {"--in-process"}}) {
    const RunResult run = Assess("require", how);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.err, IsEmpty());
    EXPECT_EQ(ParseConsultation(run.out).assessments_size(), static_cast<int>(PluginFiles().size()));
  }
  const RunResult list = Condyle({"plugins", "list", "--plugins", Plugins(), "--trust", Trust()});
  EXPECT_EQ(list.exit_code, 0) << list.err;
  EXPECT_THAT(list.out,
              AllOf(HasSubstr("SIGNED BY"), HasSubstr(key_id_ + " (Example Clinic)"), Not(HasSubstr("not signed"))));
}

struct Row {
  std::string name;
  // What is done to a good signature of the screen; gets the folder of everything, the screen's file, and the key's id.
  std::function<void(const TempFolder& folder, const std::string& file, const std::string& key_id)> spoil;
  std::vector<std::string> mentions;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

void WriteOver(const std::string& path, const std::string& bytes) {
  const int fd = open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (fd < 0 || write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error(path + " cannot be written");
  }
  close(fd);
}

const std::vector<Row>& Rows() {
  static const std::vector<Row> kRows = {
      {"unsigned",
       [](const TempFolder&, const std::string& file, const std::string&) { fs::remove(file + ".sig"); },
       {"it is not signed", ".so.sig"}},
      {"flipped_byte",
       [](const TempFolder&, const std::string& file, const std::string&) {
         std::string bytes = ReadFile(file);
         bytes.back() = static_cast<char>(bytes.back() ^ 1);
         WriteOver(file, bytes);
       },
       {"it was changed since it was signed", "SHA-256"}},
      {"other_id",
       [](const TempFolder& folder, const std::string& file, const std::string&) {
         fs::copy_file(folder.Path("plugins/condyle_sij_dysfunction.so.sig"), file + ".sig",
                       fs::copy_options::overwrite_existing);
       },
       {"signature is that of another plugin, sij_dysfunction", "the file says it is red_flag_screen"}},
      {"expired_key",
       [](const TempFolder& folder, const std::string&, const std::string&) {
         std::string text = ReadFile(folder.Path("trust/clinic.pub"));
         const size_t at = text.find("not_after = ") + 12;
         WriteOver(folder.Path("trust/clinic.pub"), text.replace(at, 20, "2020-01-01T00:00:00Z"));
       },
       {"it was signed on", "which had expired on 2020-01-01T00:00:00Z"}},
      {"revoked_key",
       [](const TempFolder& folder, const std::string&, const std::string& key_id) {
         folder.Write("trust/revoked", key_id + " 2026-11-02 laptop was stolen\n");
       },
       {"revoked on 2026-11-02: laptop was stolen"}},
      {"unknown_key",
       [](const TempFolder& folder, const std::string&, const std::string&) {
         fs::remove(folder.Path("trust/clinic.pub"));
       },
       {"which is unknown here", "trusted: none"}},
      {"forged",
       [](const TempFolder&, const std::string& file, const std::string&) {
         WriteOver(file + ".sig", Replaced(ReadFile(file + ".sig"), "signed = 2", "signed = 1"));
       },
       {"is forged or was altered"}},
      {"malformed_signature_file",
       [](const TempFolder&, const std::string& file, const std::string&) { WriteOver(file + ".sig", "hello\n"); },
       {"cannot be used: line 1"}},
  };
  return kRows;
}

class BadSignature : public Signatures, public ::testing::WithParamInterface<Row> {};

// The screen's signature is spoilt; with the keys, those of the others too.
TEST_P(BadSignature, IsNamedAndStopsThePluginWhereSignaturesAreRequired) {
  SignAll();
  const PluginFile screen = DiscoverPlugins({Plugin(kScreen)}).plugins.at(0);
  ASSERT_EQ(Verify(Plugin(kScreen)).exit_code, 0);
  GetParam().spoil(folder_, Plugin(kScreen), key_id_);
  const RunResult verify = Verify(Plugin(kScreen));
  EXPECT_EQ(verify.exit_code, 3) << verify.out;
  EXPECT_THAT(verify.out, IsEmpty());
  EXPECT_THAT(verify.err, HasSubstr(Plugin(kScreen)));

  // The others are signed with a key of their own, so that only the screen is refused.
  const std::string other = folder_.Path("trust/other");
  ASSERT_EQ(Condyle({"plugins", "keygen", other}).exit_code, 0);
  for (const PluginFile& plugin : DiscoverPlugins({Plugins()}).plugins) {
    if (plugin.manifest.id() == kScreen) continue;
    ASSERT_EQ(Condyle({"plugins", "sign", plugin.path, "--key", other + ".key"}).exit_code, 0);
  }
  const RunResult run = Assess("require");
  EXPECT_EQ(run.exit_code, 3) << run.err;
  const v1::Consultation consultation = ParseConsultation(run.out);
  const v1::PluginFailure* failure = FindFailure(consultation, kScreen);
  ASSERT_NE(failure, nullptr);
  EXPECT_EQ(v1::FailureKind_Name(failure->kind()), "FAILURE_KIND_SIGNATURE");
  EXPECT_EQ(FindAssessment(consultation, kScreen), nullptr);
  EXPECT_EQ(consultation.assessments_size(), static_cast<int>(PluginFiles().size()) - 1);
  EXPECT_THAT(UnheldGuards(consultation, screen.manifest), IsEmpty());
  for (const std::string& word : GetParam().mentions) {
    if (word != "trusted: none") {  // the others' key is trusted by now
      EXPECT_THAT(failure->message(), HasSubstr(word));
    }
    EXPECT_THAT(verify.err, HasSubstr(word));
  }
  EXPECT_THAT(run.err, HasSubstr(Plugin(kScreen)));

  const RunResult warned = Assess("warn");
  EXPECT_EQ(warned.exit_code, 0) << warned.err;
  EXPECT_THAT(warned.err, AllOf(HasSubstr("warning"), HasSubstr(GetParam().mentions[0])));
  EXPECT_NE(FindAssessment(ParseConsultation(warned.out), kScreen), nullptr);
  EXPECT_EQ(Assess("off").exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(Of, BadSignature, ::testing::ValuesIn(Rows()), [](const auto& row) { return row.param.name; });

TEST_F(Signatures, UnsignedPluginsAnswerUnderAWarningThatIsInTheAnswerToo) {
  const RunResult off = Assess("off");
  EXPECT_EQ(off.exit_code, 0) << off.err;
  EXPECT_THAT(off.err, IsEmpty());
  const RunResult warned = Assess("warn");
  EXPECT_EQ(warned.exit_code, 0) << warned.err;
  EXPECT_EQ(LineCount(warned.err), PluginFiles().size());
  v1::Consultation without = ParseConsultation(off.out), with = ParseConsultation(warned.out);
  EXPECT_EQ(with.notices_size(), without.notices_size() + static_cast<int>(PluginFiles().size()));
  EXPECT_THAT(with.ShortDebugString(), HasSubstr("It is used all the same"));
  with.clear_notices();
  without.clear_notices();
  EXPECT_EQ(with.SerializeAsString(), without.SerializeAsString());
  const RunResult none = Assess("require");
  EXPECT_EQ(none.exit_code, 1) << "not one plugin can be used";
  EXPECT_THAT(none.err, HasSubstr("it is not signed"));
}

// Nobody expects this one, so only its own manifest says what it guards.
TEST_F(Signatures, UnsignedScreenThatNobodyExpectsHasItsGuardsHeld) {
  SignAll();
  const RunResult run = Assess("require", {"--plugins", Fixture("crashes")});
  EXPECT_EQ(run.exit_code, 3) << run.err;
  const v1::Consultation consultation = ParseConsultation(run.out);
  ASSERT_EQ(consultation.plugin_failures_size(), 1);
  EXPECT_EQ(consultation.plugin_failures(0).plugin_id(), "crashes");
  EXPECT_THAT(UnheldGuards(consultation, DiscoverPlugins({Fixture("crashes")}).plugins.at(0).manifest), IsEmpty());
}

TEST_F(Signatures, UnsignedCandidateIsNotAsked) {
  SignAll();
  const RunResult run = Assess("require", {"--shadow", Fixture("throws")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const v1::Consultation consultation = ParseConsultation(run.out);
  ASSERT_EQ(consultation.shadow_size(), 1);
  EXPECT_EQ(consultation.shadow(0).failure().kind(), v1::FAILURE_KIND_SIGNATURE);
}

TEST_F(Signatures, TrustStoreThatCannotBeReadWholeStopsEverything) {
  SignAll();
  folder_.Write("trust/revoked", "not a key id\n");
  for (const char* policy : {"warn", "require"}) {
    const RunResult run = Assess(policy);
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(run.out, IsEmpty());
    EXPECT_THAT(run.err, HasSubstr(Trust() + "/revoked: line 1"));
  }
  EXPECT_EQ(Verify(Plugin(kScreen)).exit_code, 1);
}

// The program reads the plugins, then waits for a receipt from a pipe: meanwhile every plugin file is overwritten, in
// place. What is loaded then is what was checked.
class SwappedFile : public Signatures, public ::testing::WithParamInterface<const char*> {};

TEST_P(SwappedFile, DoesNotMatterBetweenCheckAndLoad) {
  SignAll();
  const std::string receipt = folder_.Path("receipt.json"), pipe = folder_.Path("pipe");
  ASSERT_EQ(Assess("require", {"--receipt", receipt}).exit_code, 0);
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::future<RunResult> replay = std::async(std::launch::async, [&] {
    std::vector<std::string> arguments = {"replay",       pipe,      "--plugins", Plugins(),
                                          "--signatures", "require", "--trust",   Trust()};
    if (GetParam() == std::string("in_process")) arguments.push_back("--in-process");
    return Condyle(arguments);
  });
  int writer = -1;
  while (writer < 0 && replay.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    writer = open(pipe.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);  // fails until the program has opened its end
  }
  ASSERT_GE(writer, 0) << replay.get().err;
  for (const std::string& file : PluginFiles())
    WriteOver(Plugins() + "/" + fs::path(file).filename().string(), "swapped");
  const std::string bytes = ReadFile(receipt);
  ASSERT_EQ(fcntl(writer, F_SETFL, 0), 0);  // from now on writing waits
  ASSERT_EQ(write(writer, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  close(writer);
  const RunResult run = replay.get();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("1 receipt: 1 identical"));
  // Started now, the program has nothing that it could load.
  EXPECT_EQ(Condyle({"replay", receipt, "--plugins", Plugins()}).exit_code, 1);
}

INSTANTIATE_TEST_SUITE_P(In, SwappedFile, ::testing::Values("workers", "in_process"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace condyle::tests
