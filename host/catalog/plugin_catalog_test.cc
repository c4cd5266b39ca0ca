// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/catalog/plugin_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "host/catalog/elf_image_for_test.h"
#include "host/trust/keys.h"
#include "host/trust/sha256.h"
#include "host/trust/signature.h"

namespace condyle {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

v1::PluginManifest Manifest(const std::string& id) {
  v1::PluginManifest manifest;
  manifest.set_id(id);
  manifest.set_version("1.0.0");
  manifest.set_role(v1::PLUGIN_ROLE_CONDITION);
  manifest.set_title("Plugin " + id);
  manifest.set_licence("Apache-2.0");
  manifest.set_intended_use("Tests");
  manifest.set_request_message("condyle.v1.AssessmentRequest");
  manifest.set_response_message("condyle.v1.Assessment");
  return manifest;
}

void AddQuantity(v1::PluginManifest* manifest, const std::string& key, double max) {
  v1::Input* input = manifest->add_inputs();
  input->set_key(key);
  input->set_type(v1::INPUT_TYPE_QUANTITY);
  input->set_unit("d");
  input->set_max(max);
  input->set_question("How long?");
}

class PluginCatalogTest : public ::testing::Test {
 protected:
  PluginCatalogTest() {
    char name[] = "/tmp/condyle_catalog_XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~PluginCatalogTest() override { std::filesystem::remove_all(directory_); }

  std::string Path(const std::string& name) const { return directory_ + "/" + name; }

  std::string Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }

  std::string WritePlugin(const std::string& name, const v1::PluginManifest& manifest) const {
    return Write(name, ElfImage({ManifestNote(manifest.SerializeAsString())}));
  }

  std::string directory_;
};

std::vector<std::string> Ids(const PluginCatalog& catalog) {
  std::vector<std::string> ids;
  for (const PluginFile& plugin : catalog.plugins) ids.push_back(plugin.manifest.id());
  return ids;
}

std::vector<std::string> Failures(const PluginCatalog& catalog) {
  std::vector<std::string> failures;
  for (const v1::PluginFailure& failure : catalog.failures) {
    failures.push_back(failure.plugin_id() + " " + v1::FailureKind_Name(failure.kind()) + " " + failure.message());
  }
  return failures;
}

TEST_F(PluginCatalogTest, FindsSharedObjectsOfADirectorySortedById) {
  WritePlugin("z.so", Manifest("alpha"));
  WritePlugin("a.so", Manifest("beta"));
  WritePlugin("m.txt", Manifest("no_plugin_suffix"));
  std::filesystem::create_directory(Path("below"));
  WritePlugin("below/x.so", Manifest("below"));
  const PluginCatalog catalog = DiscoverPlugins({directory_});
  EXPECT_THAT(Ids(catalog), ElementsAre("alpha", "beta"));
  EXPECT_THAT(Failures(catalog), IsEmpty());
  EXPECT_EQ(catalog.plugins[0].path, Path("z.so"));
  EXPECT_EQ(catalog.plugins[0].manifest.title(), "Plugin alpha");
}

TEST_F(PluginCatalogTest, TakesAFileThatIsNamedItselfWhateverItsName) {
  EXPECT_THAT(Ids(DiscoverPlugins({WritePlugin("plugin.bin", Manifest("alpha"))})), ElementsAre("alpha"));
}

TEST_F(PluginCatalogTest, CountsAFileOnceHoweverItIsReached) {
  const std::string path = WritePlugin("a.so", Manifest("alpha"));
  std::filesystem::create_symlink(path, Path("b.so"));
  const PluginCatalog catalog = DiscoverPlugins({path, directory_, directory_ + "/../" + path.substr(5), directory_});
  EXPECT_THAT(Ids(catalog), ElementsAre("alpha"));
  EXPECT_THAT(Failures(catalog), IsEmpty());
  EXPECT_EQ(catalog.plugins[0].path, path);
}

TEST_F(PluginCatalogTest, HashesFileAndManifest) {
  const v1::PluginManifest manifest = Manifest("alpha");
  const std::string path = WritePlugin("a.so", manifest);
  const std::string note = Write("note", manifest.SerializeAsString());
  const auto sha256sum = [](const std::string& file) {
    FILE* pipe = popen(("sha256sum " + file).c_str(), "r");
    char hex[65] = "";
    EXPECT_EQ(fread(hex, 1, 64, pipe), 64u);
    pclose(pipe);
    return std::string(hex);
  };
  const PluginCatalog catalog = DiscoverPlugins({path});
  ASSERT_THAT(catalog.plugins, SizeIs(1));
  EXPECT_EQ(catalog.plugins[0].file_sha256, sha256sum(path));
  EXPECT_EQ(catalog.plugins[0].manifest_sha256, sha256sum(note));
}

TEST_F(PluginCatalogTest, LeavesOutWhatIsNoPluginAndSaysWhy) {
  Write("text.so", "hello");
  Write("empty.so", "");
  Write("unreadable_note.so", ElfImage({ManifestNote("\xFF\xFF")}));
  v1::PluginManifest faulty = Manifest("faulty");
  faulty.clear_title();
  faulty.set_version("one");
  WritePlugin("faulty.so", faulty);
  WritePlugin("nameless.so", Manifest("Not An Id"));
  ASSERT_EQ(mkfifo(Path("fifo.so").c_str(), 0600), 0);
  std::filesystem::create_directory(Path("directory.so"));
  std::filesystem::create_symlink("nowhere", Path("dangling.so"));
  const std::string huge = Write("huge.so",
                                 "\x7F"
                                 "ELF");
  ASSERT_EQ(truncate(huge.c_str(), (256 << 20) + 1), 0);
  WritePlugin("sound.so", Manifest("sound"));
  const PluginCatalog catalog = DiscoverPlugins({directory_});
  EXPECT_THAT(Ids(catalog), ElementsAre("sound"));
  EXPECT_THAT(
      Failures(catalog),
      UnorderedElementsAre(AllOf(HasSubstr("text.so FAILURE_KIND_MANIFEST"), HasSubstr("not an ELF file")),
                           AllOf(HasSubstr("empty.so FAILURE_KIND_MANIFEST"), HasSubstr("not an ELF file")),
                           AllOf(HasSubstr("unreadable_note.so FAILURE_KIND_MANIFEST"), HasSubstr("no readable")),
                           AllOf(HasSubstr("faulty FAILURE_KIND_MANIFEST"), HasSubstr("faulty.so"),
                                 HasSubstr("version is \"one\""), HasSubstr("title is empty")),
                           AllOf(HasSubstr("nameless.so FAILURE_KIND_MANIFEST"), HasSubstr("id is \"Not An Id\"")),
                           AllOf(HasSubstr("fifo.so FAILURE_KIND_LOAD"), HasSubstr("not a regular file")),
                           AllOf(HasSubstr("directory.so FAILURE_KIND_LOAD"), HasSubstr("not a regular file")),
                           AllOf(HasSubstr("dangling.so FAILURE_KIND_LOAD"), HasSubstr("No such file")),
                           AllOf(HasSubstr("huge.so FAILURE_KIND_LOAD"), HasSubstr("at most 268435456 bytes"))));
  for (const v1::PluginFailure& failure : catalog.failures) EXPECT_THAT(failure.file(), HasSubstr(directory_));
}

TEST_F(PluginCatalogTest, ReportsAPlaceThatIsNotThere) {
  const PluginCatalog catalog = DiscoverPlugins({Path("nowhere")});
  EXPECT_THAT(Failures(catalog), ElementsAre(AllOf(HasSubstr("nowhere FAILURE_KIND_LOAD"), HasSubstr("No such file"))));
}

TEST_F(PluginCatalogTest, LeavesOutEveryFileOfAnIdThatOccursTwice) {
  WritePlugin("one.so", Manifest("twin"));
  v1::PluginManifest newer = Manifest("twin");
  newer.set_version("2.0.0");
  WritePlugin("two.so", newer);
  WritePlugin("other.so", Manifest("other"));
  const PluginCatalog catalog = DiscoverPlugins({directory_});
  EXPECT_THAT(Ids(catalog), ElementsAre("other"));
  EXPECT_THAT(Failures(catalog), ElementsAre(AllOf(HasSubstr("twin FAILURE_KIND_CONFLICT"), HasSubstr("two.so")),
                                             AllOf(HasSubstr("twin FAILURE_KIND_CONFLICT"), HasSubstr("one.so"))));
}

TEST_F(PluginCatalogTest, LeavesOutTheLaterOfTwoThatDisagreeOnAnInput) {
  v1::PluginManifest first = Manifest("zeta");
  AddQuantity(&first, "pain.days", 10);
  v1::PluginManifest second = Manifest("alpha");
  AddQuantity(&second, "pain.days", 20);
  AddQuantity(&second, "pain.hours", 20);
  const std::string a = WritePlugin("first.so", first);
  const std::string b = WritePlugin("second.so", second);
  const PluginCatalog catalog = DiscoverPlugins({a, b});
  EXPECT_THAT(Ids(catalog), ElementsAre("zeta"));
  EXPECT_THAT(Failures(catalog),
              ElementsAre(AllOf(HasSubstr("alpha FAILURE_KIND_CONFLICT"), HasSubstr("pain.days"), HasSubstr("zeta"))));
  EXPECT_THAT(catalog.inputs.inputs(), SizeIs(1)) << "nothing of a plugin that is left out is taken";
  EXPECT_THAT(Ids(DiscoverPlugins({b, a})), ElementsAre("alpha"));
}

TEST_F(PluginCatalogTest, ReportsScreensThatAreExpectedAndMissing) {
  for (const char* id : {"alpha", "beta"}) {
    v1::PluginManifest manifest = Manifest(id);
    v1::ExpectedScreen* missing = manifest.add_expected_screens();
    missing->set_plugin_id("missing_screen");
    missing->add_guards(id == std::string("alpha") ? "load.running" : "manual");
    v1::ExpectedScreen* present = manifest.add_expected_screens();
    present->set_plugin_id("present_screen");
    present->add_guards("load");
    WritePlugin(id + std::string(".so"), manifest);
  }
  v1::PluginManifest screen = Manifest("present_screen");
  screen.set_role(v1::PLUGIN_ROLE_SAFETY_SCREEN);
  screen.add_guards("load");
  WritePlugin("screen.so", screen);
  const PluginCatalog catalog = DiscoverPlugins({directory_});
  EXPECT_THAT(Ids(catalog), ElementsAre("alpha", "beta", "present_screen"));
  EXPECT_THAT(Failures(catalog), ElementsAre(AllOf(HasSubstr("missing_screen FAILURE_KIND_MISSING"),
                                                   HasSubstr("alpha, beta"), HasSubstr("load.running, manual"))));
  // A screen whose own file is refused is missing as well.
  screen.clear_title();
  WritePlugin("screen.so", screen);
  EXPECT_THAT(Failures(DiscoverPlugins({directory_})), ElementsAre(HasSubstr("present_screen FAILURE_KIND_MANIFEST"),
                                                                   HasSubstr("missing_screen FAILURE_KIND_MISSING"),
                                                                   HasSubstr("present_screen FAILURE_KIND_MISSING")));
}

// A plugin that the rules may refuse; `key_` is the one that is trusted.
class SignedPluginTest : public PluginCatalogTest {
 protected:
  SignedPluginTest() : key_(GenerateKey(4'000'000'000, "Example Clinic").value()) {
    rules_.trust = TrustStore(ReadVerifyingKey(key_.public_text).value());
    rules_.without = WithoutSignature::kNothing;
  }

  std::string WriteSigned(const std::string& name, const v1::PluginManifest& manifest, const KeyFiles& key) const {
    const std::string path = WritePlugin(name, manifest);
    const SignedPlugin plugin = {manifest.id(), manifest.version(), DiscoverPlugins({path}).plugins.at(0).file_sha256};
    Write(name + ".sig", ToText(Sign(plugin, 1000, ReadSigningKey(key.private_text).value()).value()));
    return path;
  }

  const KeyFiles key_;
  SignatureRules rules_;
};

TEST_F(SignedPluginTest, RequiringASignatureLeavesOutWhatHasNoneThatIsGood) {
  WriteSigned("alpha.so", Manifest("alpha"), key_);
  WritePlugin("beta.so", Manifest("beta"));
  WriteSigned("gamma.so", Manifest("gamma"), GenerateKey(4'000'000'000, "").value());
  const std::string delta = WriteSigned("delta.so", Manifest("delta"), key_);
  std::ofstream(delta, std::ios::binary | std::ios::app) << "x";
  const PluginCatalog catalog = DiscoverPlugins({directory_}, rules_);
  EXPECT_THAT(Ids(catalog), ElementsAre("alpha"));
  EXPECT_THAT(Failures(catalog),
              ElementsAre(AllOf(HasSubstr("beta FAILURE_KIND_SIGNATURE"), HasSubstr("not signed")),
                          AllOf(HasSubstr("delta FAILURE_KIND_SIGNATURE"), HasSubstr("changed since it was signed")),
                          AllOf(HasSubstr("gamma FAILURE_KIND_SIGNATURE"), HasSubstr("unknown here"))));
  EXPECT_THAT(catalog.warnings, IsEmpty());
  EXPECT_EQ(catalog.unsigned_manifests.size(), 3u);
  EXPECT_EQ(catalog.plugins[0].signature.signer.comment, "Example Clinic");
}

TEST_F(SignedPluginTest, WarningUsesThemAllAndSaysSo) {
  WriteSigned("alpha.so", Manifest("alpha"), key_);
  WritePlugin("beta.so", Manifest("beta"));
  rules_.without = WithoutSignature::kRunWithWarning;
  const PluginCatalog catalog = DiscoverPlugins({directory_}, rules_);
  EXPECT_THAT(Ids(catalog), ElementsAre("alpha", "beta"));
  EXPECT_THAT(catalog.failures, IsEmpty());
  ASSERT_EQ(catalog.warnings.size(), 1u);
  EXPECT_EQ(catalog.warnings[0].plugin_id(), "beta");
  EXPECT_THAT(catalog.warnings[0].message(), AllOf(HasSubstr(Path("beta.so")), HasSubstr("not signed")));
}

TEST_F(SignedPluginTest, OffChecksOnlyWhereItIsWanted) {
  WritePlugin("beta.so", Manifest("beta"));
  rules_.without = WithoutSignature::kRun;
  EXPECT_EQ(DiscoverPlugins({directory_}, rules_).plugins.at(0).signature.verdict, SignatureVerdict::kNotChecked);
  rules_.check_always = true;
  const PluginCatalog catalog = DiscoverPlugins({directory_}, rules_);
  EXPECT_EQ(catalog.plugins.at(0).signature.verdict, SignatureVerdict::kUnsigned);
  EXPECT_THAT(catalog.warnings, IsEmpty());
}

TEST_F(SignedPluginTest, ExemptDirectoryExcusesMissingAndUnknownSignaturesAndNoBadOnes) {
  WritePlugin("unsigned.so", Manifest("unsigned"));
  WriteSigned("unknown.so", Manifest("unknown"), GenerateKey(4'000'000'000, "").value());
  const std::string changed = WriteSigned("changed.so", Manifest("changed"), key_);
  std::ofstream(changed, std::ios::binary | std::ios::app) << "x";
  rules_.exempt_directories = {directory_ + "/./"};
  EXPECT_THAT(Ids(DiscoverPlugins({directory_}, rules_)), ElementsAre("unknown", "unsigned"));
  // Links do not carry the exemption in or out.
  std::filesystem::create_directory(Path("elsewhere"));
  std::filesystem::create_symlink(Path("unsigned.so"), Path("elsewhere/link.so"));
  EXPECT_THAT(Ids(DiscoverPlugins({Path("elsewhere/link.so")}, rules_)), ElementsAre("unsigned"));
  rules_.exempt_directories = {Path("elsewhere")};
  EXPECT_THAT(Ids(DiscoverPlugins({Path("elsewhere/link.so")}, rules_)), IsEmpty());
}

TEST_F(SignedPluginTest, RefusedFileCannotPushOutAnotherOfItsId) {
  WriteSigned("good.so", Manifest("twin"), key_);
  WritePlugin("intruder.so", Manifest("twin"));
  const PluginCatalog catalog = DiscoverPlugins({directory_}, rules_);
  EXPECT_THAT(Ids(catalog), ElementsAre("twin"));
  EXPECT_THAT(Failures(catalog), ElementsAre(AllOf(HasSubstr("FAILURE_KIND_SIGNATURE"), HasSubstr("intruder.so"))));
}

TEST_F(PluginCatalogTest, KeepsTheBytesThatWereReadWhateverBecomesOfTheFile) {
  const std::string path = WritePlugin("alpha.so", Manifest("alpha"));
  const PluginCatalog catalog = DiscoverPlugins({path});
  WritePlugin("alpha.so", Manifest("beta"));
  std::string bytes, error;
  ASSERT_TRUE(catalog.plugins.at(0).image->Read(&bytes, &error)) << error;
  EXPECT_EQ(Sha256Hex(bytes), catalog.plugins[0].file_sha256);
  EXPECT_THAT(Ids(DiscoverPlugins({path})), ElementsAre("beta"));
}

TEST(PluginCatalogOfFixtures, ReadsPluginsWhoseCodeWouldAbortExitOrHang) {
  const std::string fixtures = CONDYLE_FIXTURES;
  const PluginCatalog catalog = DiscoverPlugins({fixtures});
  EXPECT_THAT(Failures(catalog), IsEmpty());
  EXPECT_THAT(Ids(catalog), ::testing::IsSupersetOf({"abort_in_constructor", "exit_in_constructor",
                                                     "hang_in_constructor", "missing_symbol", "puppet"}));
  EXPECT_NE(catalog.inputs.Find("fixture.ready"), nullptr);
}

}  // namespace
}  // namespace condyle
