// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What every plugin file, and the programs that load them, must be as ELF files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "host/catalog/manifest_check.h"
#include "host/catalog/note_reader.h"
#include "tests/conformance/elf_file.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PluginBinaries : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(files_, Not(IsEmpty())) << "no plugin was built"; }
  const std::vector<std::string> files_ = PluginFiles();
};

TEST_F(PluginBinaries, ExportOneFunctionAndNothingElse) {
  for (const std::string& file : files_) {
    std::vector<std::string> defined;
    for (const ElfSymbol& symbol : ElfFile(file).Symbols(SHT_DYNSYM)) {
      if (!symbol.defined) continue;
      defined.push_back(symbol.name);
      EXPECT_EQ(symbol.type, STT_FUNC) << file << ": " << symbol.name;
      EXPECT_EQ(symbol.binding, STB_GLOBAL) << file << ": " << symbol.name;
    }
    EXPECT_EQ(defined, std::vector<std::string>{"condyle_entry_v1"}) << file;
  }
}

TEST_F(PluginBinaries, NeedNeitherFullProtobufNorAbseil) {
  for (const std::string& file : files_) {
    const std::vector<std::string> needed = ElfFile(file).DynamicStrings(DT_NEEDED);
    EXPECT_THAT(needed, Not(IsEmpty())) << file;
    EXPECT_THAT(needed, Each(Not(HasSubstr("libprotobuf.so")))) << file;
    EXPECT_THAT(needed, Each(Not(HasSubstr("libabsl")))) << file;
    EXPECT_THAT(needed, Each(Not(HasSubstr("condyle")))) << file;
  }
}

TEST_F(PluginBinaries, AreFoundWhereTheyAreAndNowhereElse) {
  for (const std::string& file : files_) {
    const ElfFile elf(file);
    EXPECT_FALSE(elf.HasDynamic(DT_RPATH)) << file;
    EXPECT_FALSE(elf.HasDynamic(DT_RUNPATH)) << file;
  }
}

TEST_F(PluginBinaries, AreHardened) {
  for (const std::string& file : files_) {
    const ElfFile elf(file);
    EXPECT_FALSE(elf.HasDynamic(DT_TEXTREL)) << file;
    EXPECT_EQ(elf.DynamicValue(DT_FLAGS) & DF_TEXTREL, 0u) << file;
    EXPECT_TRUE((elf.DynamicValue(DT_FLAGS) & DF_BIND_NOW) != 0 || (elf.DynamicValue(DT_FLAGS_1) & DF_1_NOW) != 0 ||
                elf.HasDynamic(DT_BIND_NOW))
        << file << " is not bound at once";
    EXPECT_NE(elf.Segment(PT_GNU_RELRO), nullptr) << file;
    const Elf64_Phdr* stack = elf.Segment(PT_GNU_STACK);
    ASSERT_NE(stack, nullptr) << file;
    EXPECT_EQ(stack->p_flags & PF_X, 0u) << file << " asks for an executable stack";
    EXPECT_EQ(elf.DynamicValue(DT_FLAGS_1) & DF_1_NOOPEN, 0u) << file << " cannot be loaded";
  }
}

TEST_F(PluginBinaries, CarryOneSoundManifestAndItsName) {
  for (const std::string& file : files_) {
    const NoteResult note = ReadManifestNote(ReadFile(file));
    ASSERT_THAT(note.error, IsEmpty()) << file;
    v1::PluginManifest manifest;
    ASSERT_TRUE(manifest.ParseFromString(note.description)) << file;
    EXPECT_THAT(CheckManifest(manifest), IsEmpty()) << file;
    EXPECT_EQ(std::filesystem::path(file).filename().string(), "condyle_" + manifest.id() + ".so");
  }
}

// The programs into which plugins are loaded: a plugin's protobuf must meet no other.
class PluginPrograms : public ::testing::TestWithParam<const char*> {};

// What the dynamic linker would load: with this variable it lists the libraries instead of running the program.
TEST_P(PluginPrograms, NeedNeitherProtobufNorAbseilDirectlyOrNot) {
  RunOptions options;
  options.environment = {"LD_TRACE_LOADED_OBJECTS=1"};
  const RunResult run = RunProgram({GetParam()}, options);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("libc.so")) << "nothing was listed";
  EXPECT_THAT(run.out, Not(HasSubstr("protobuf")));
  EXPECT_THAT(run.out, Not(HasSubstr("absl")));
}

// Nor have they either of them inside.
TEST_P(PluginPrograms, HaveNeitherProtobufNorAbseilLinkedIn) {
  const ElfFile elf(GetParam());
  std::vector<std::string> names;
  for (Elf64_Word type : {SHT_DYNSYM, SHT_SYMTAB}) {
    for (const ElfSymbol& symbol : elf.Symbols(type)) names.push_back(symbol.name);
  }
  EXPECT_THAT(names, Not(IsEmpty()));
  // As C++ mangles google::protobuf and absl.
  EXPECT_THAT(names, Each(Not(HasSubstr("6google8protobuf"))));
  EXPECT_THAT(names, Each(Not(HasSubstr("N4absl"))));
}

INSTANTIATE_TEST_SUITE_P(All, PluginPrograms, ::testing::Values(kWorkerProgram, kCheckerProbeProgram),
                         [](const auto& program) { return program.index == 0 ? "Worker" : "CheckerProbe"; });

}  // namespace
}  // namespace condyle::tests
