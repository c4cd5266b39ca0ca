// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Real plugin files, altered.
#include <elf.h>
#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "host/checker/checker.h"

namespace condyle::checker {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

std::string ReadPlugin() {
  std::ifstream file(CONDYLE_SOUND_PLUGIN, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// Ids of the checks that found an error or a warning.
std::vector<std::string> Found(const std::string& image) {
  std::vector<std::string> checks;
  const v1::CheckReport report = CheckBytes(image);
  for (const v1::CheckFinding& finding : report.findings()) {
    if (finding.severity() != v1::CHECK_SEVERITY_NOTE) checks.push_back(finding.check());
  }
  return checks;
}

Elf64_Ehdr& Header(std::string& image) { return *reinterpret_cast<Elf64_Ehdr*>(image.data()); }

Elf64_Phdr& Segment(std::string& image, Elf64_Word type) {
  auto* segments = reinterpret_cast<Elf64_Phdr*>(image.data() + Header(image).e_phoff);
  for (int i = 0; i < Header(image).e_phnum; ++i) {
    if (segments[i].p_type == type) return segments[i];
  }
  throw std::runtime_error("no such segment");
}

Elf64_Dyn& Dynamic(std::string& image, Elf64_Sxword tag) {
  const Elf64_Phdr& segment = Segment(image, PT_DYNAMIC);
  for (auto* entry = reinterpret_cast<Elf64_Dyn*>(image.data() + segment.p_offset); entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == tag) return *entry;
  }
  throw std::runtime_error("no such entry");
}

Elf64_Sym& EntrySymbol(std::string& image) {
  const auto* sections = reinterpret_cast<const Elf64_Shdr*>(image.data() + Header(image).e_shoff);
  for (int i = 0; i < Header(image).e_shnum; ++i) {
    if (sections[i].sh_type != SHT_DYNSYM) continue;
    auto* symbols = reinterpret_cast<Elf64_Sym*>(image.data() + sections[i].sh_offset);
    for (size_t k = 1; k < sections[i].sh_size / sizeof(Elf64_Sym); ++k) {
      if (symbols[k].st_shndx != SHN_UNDEF) return symbols[k];
    }
  }
  throw std::runtime_error("no symbol is defined");
}

void Replace(std::string& image, const std::string& from, const std::string& to) {
  size_t count = 0;
  for (size_t at = image.find(from); at != image.npos; at = image.find(from, at + 1), ++count)
    image.replace(at, from.size(), to);
  if (from.size() != to.size() || count == 0) throw std::runtime_error("nothing to replace: " + from);
}

struct Alteration {
  const char* name;
  const char* caught_by;
  std::function<void(std::string&)> alter;
  friend void PrintTo(const Alteration& alteration, std::ostream* out) { *out << alteration.name; }
};

void TurnInto(std::string& image, Elf64_Sxword tag, Elf64_Sxword other, uint64_t value) {
  Dynamic(image, tag) = {other, {value}};
}

const Alteration kAlterations[] = {
    {"NoElf", "elf", [](std::string& f) { f[0] = 'M'; }},
    {"Empty", "elf", [](std::string& f) { f.clear(); }},
    {"HeaderAlone", "elf", [](std::string& f) { f.resize(sizeof(Elf64_Ehdr)); }},
    {"OneByteShort", "elf", [](std::string& f) { f.resize(f.size() - 1); }},
    {"HalfAFile", "elf", [](std::string& f) { f.resize(f.size() / 2); }},
    {"ThirtyTwoBits", "elf", [](std::string& f) { f[EI_CLASS] = ELFCLASS32; }},
    {"Executable", "elf", [](std::string& f) { Header(f).e_type = ET_EXEC; }},
    {"OtherMachine", "elf", [](std::string& f) { Header(f).e_machine = EM_RISCV; }},
    {"NoDynamicSegment", "elf", [](std::string& f) { Segment(f, PT_DYNAMIC).p_type = PT_NULL; }},
    {"DynamicElsewhere", "elf", [](std::string& f) { Segment(f, PT_DYNAMIC).p_vaddr += 16; }},
    {"SegmentBeyondTheEnd", "elf", [](std::string& f) { Segment(f, PT_LOAD).p_filesz = ~0ull; }},
    {"SegmentOffsetWraps", "elf", [](std::string& f) { Segment(f, PT_NOTE).p_offset = ~0ull - 8; }},
    {"SectionsElsewhere", "elf",
     [](std::string& f) {
       auto* sections = reinterpret_cast<Elf64_Shdr*>(f.data() + Header(f).e_shoff);
       for (int i = 1; i < Header(f).e_shnum; ++i) {
         if (sections[i].sh_type == SHT_NOTE) sections[i].sh_offset += 4;
       }
     }},
    {"NoNoteSegment", "elf", [](std::string& f) { Segment(f, PT_NOTE).p_type = PT_NULL; }},
    {"NoteOfAnother", "manifest",
     [](std::string& f) { Replace(f, std::string("Condyle\0", 8), std::string("Condylo\0", 8)); }},
    {"NoteBeyondItsSegment", "manifest",
     [](std::string& f) {
       const size_t owner = f.find(std::string("\1\0MCCondyle\0", 12));
       const uint32_t size = 0x7fffffff;
       std::memcpy(f.data() + owner - 4, &size, sizeof(size));
     }},
    {"AttributeNotStated", "manifest-complete",
     [](std::string& f) { Replace(f, "The tests of the checker", std::string(24, ' ')); }},
    {"SexUsedAndNotAskedFor", "manifest-complete",
     [](std::string& f) { Replace(f, "\x5a\x08not used", "\x5a\x08is used."); }},
    {"WeakEntry", "exports", [](std::string& f) { EntrySymbol(f).st_info = ELF64_ST_INFO(STB_WEAK, STT_FUNC); }},
    {"UniqueEntry", "exports",
     [](std::string& f) { EntrySymbol(f).st_info = ELF64_ST_INFO(STB_GNU_UNIQUE, STT_FUNC); }},
    {"IndirectEntry", "exports",
     [](std::string& f) { EntrySymbol(f).st_info = ELF64_ST_INFO(STB_GLOBAL, STT_GNU_IFUNC); }},
    {"EntryIsData", "exports", [](std::string& f) { EntrySymbol(f).st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT); }},
    {"OtherEntry", "exports", [](std::string& f) { Replace(f, "condyle_entry_v1", "condyle_entry_v2"); }},
    {"NeedsAnotherLibrary", "dependencies", [](std::string& f) { Replace(f, "libc.so.6", "libx.so.6"); }},
    {"NeedsNewerLibrary", "dependencies", [](std::string& f) { Replace(f, "GLIBC_2.14", "GLIBC_2.37"); }},
    {"ImportsSocket", "capabilities",
     [](std::string& f) { Replace(f, std::string("\0malloc\0", 8), std::string("\0socket\0", 8)); }},
    {"TextRelocations", "hardening", [](std::string& f) { TurnInto(f, DT_FINI, DT_TEXTREL, 0); }},
    {"RunPath", "hardening", [](std::string& f) { TurnInto(f, DT_FINI, DT_RUNPATH, 1); }},
    {"OldRunPath", "hardening", [](std::string& f) { TurnInto(f, DT_FINI, DT_RPATH, 1); }},
    {"StaticThreadLocals", "hardening", [](std::string& f) { Dynamic(f, DT_FLAGS).d_un.d_val |= DF_STATIC_TLS; }},
    {"BoundLate", "hardening",
     [](std::string& f) {
       Dynamic(f, DT_FLAGS).d_un.d_val = 0;
       Dynamic(f, DT_FLAGS_1).d_un.d_val = 0;
     }},
    {"NoRelro", "hardening", [](std::string& f) { Segment(f, PT_GNU_RELRO).p_type = PT_NULL; }},
    {"NoWordOfTheStack", "hardening", [](std::string& f) { Segment(f, PT_GNU_STACK).p_type = PT_NULL; }},
    {"StackThatRuns", "hardening", [](std::string& f) { Segment(f, PT_GNU_STACK).p_flags |= PF_X; }},
    {"WritableCode", "hardening", [](std::string& f) { Segment(f, PT_LOAD).p_flags |= PF_W | PF_X; }},
    {"NotToBeOpened", "hardening", [](std::string& f) { Dynamic(f, DT_FLAGS_1).d_un.d_val |= DF_1_NOOPEN; }},
    {"NoBuildId", "build",
     [](std::string& f) { Replace(f, std::string("\3\0\0\0GNU\0", 8), std::string("\3\0\0\0GNX\0", 8)); }},
};

class Altered : public ::testing::TestWithParam<Alteration> {};

TEST_P(Altered, IsCaught) {
  std::string image = ReadPlugin();
  GetParam().alter(image);
  EXPECT_THAT(Found(image), Contains(GetParam().caught_by));
}

INSTANTIATE_TEST_SUITE_P(Files, Altered, ::testing::ValuesIn(kAlterations),
                         [](const auto& altered) { return altered.param.name; });

TEST(StaticChecks, FindNothingInASoundPlugin) { EXPECT_THAT(Found(ReadPlugin()), IsEmpty()); }

TEST(StaticChecks, DoWithoutSectionHeaders) {
  std::string image = ReadPlugin();
  Header(image).e_shoff = 0;
  Header(image).e_shnum = 0;
  Header(image).e_shstrndx = 0;
  EXPECT_THAT(Found(image), IsEmpty());
}

// Whatever the bytes, there is a report: no crash, no hang. The seed is part of the test.
TEST(StaticChecks, ReportOnAnyBytes) {
  google::protobuf::SetLogHandler(nullptr);  // it would name every damaged string
  constexpr int kMutants = 100'000;
  const std::string sound = ReadPlugin();
  std::mt19937 random(20261122);
  std::string image;
  for (int i = 0; i < kMutants; ++i) {
    image = sound;
    for (uint32_t flips = 1 + random() % 8; flips > 0; --flips) {
      // Mostly where tables are: headers at the start, or anywhere.
      const size_t at = random() % 3 != 0 ? random() % std::min<size_t>(image.size(), 4096) : random() % image.size();
      image[at] = static_cast<char>(random() % 4 == 0 ? 0xff : random());
    }
    if (random() % 8 == 0) image.resize(random() % image.size());
    EXPECT_FALSE(CheckBytes(image).checks().empty());
  }
}

TEST(Rules, HaveIdsOfTheirOwnAndWords) {
  std::vector<std::string> ids;
  for (const Rule& rule : Rules()) {
    EXPECT_THAT(ids, ::testing::Not(Contains(rule.id)));
    ids.emplace_back(rule.id);
    EXPECT_GE(rule.level, kLowestLevel);
    EXPECT_LE(rule.level, kHighestLevel);
    for (const char* words : {rule.title, rule.why, rule.fix}) EXPECT_GT(std::strlen(words), 10u) << rule.id;
    EXPECT_EQ(FindRule(rule.id), &rule);
  }
  EXPECT_EQ(FindRule("no-such-check"), nullptr);
}

// The page for authors has a section for each.
TEST(Rules, AreAllInTheDocumentation) {
  std::ifstream file(CONDYLE_CHECK_PAGE);
  std::ostringstream page;
  page << file.rdbuf();
  for (const Rule& rule : Rules()) {
    EXPECT_NE(page.str().find(std::string("`") + rule.id + "`"), std::string::npos) << rule.id;
  }
}

}  // namespace
}  // namespace condyle::checker
