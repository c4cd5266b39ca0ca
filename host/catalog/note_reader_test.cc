// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/catalog/note_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <string>

#include "host/catalog/elf_image_for_test.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string ReadFixture(const std::string& name) {
  std::ifstream file(std::string(CONDYLE_FIXTURES) + "/" + name, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

// Sets a field of the ELF header.
template <typename T>
std::string WithField(std::string image, size_t offset, T value) {
  image.replace(offset, sizeof(value), reinterpret_cast<const char*>(&value), sizeof(value));
  return image;
}

template <typename T>
std::string WithSegmentField(std::string image, size_t segment, size_t offset, T value) {
  return WithField(std::move(image), sizeof(Elf64_Ehdr) + segment * sizeof(Elf64_Phdr) + offset, value);
}

TEST(NoteReader, FindsTheManifestAmongOtherNotes) {
  const std::string others = NoteBytes(std::string("GNU\0", 4), 3, "build-id") +
                             NoteBytes(std::string("Condyle\0", 8), 0x434D0002, "another type") +
                             NoteBytes(std::string("Condyle", 7), CND_NOTE_MANIFEST, "owner without its NUL") +
                             NoteBytes("", 0, "");
  for (const std::string& manifest : {std::string("m"), std::string("four"), std::string("\0five", 5), std::string()}) {
    for (const std::string& segment : {others + ManifestNote(manifest), ManifestNote(manifest) + others}) {
      const NoteResult result = ReadManifestNote(ElfImage({others, segment}));
      EXPECT_THAT(result.error, IsEmpty());
      EXPECT_EQ(result.description, manifest);
    }
  }
}

TEST(NoteReader, ReadsARealPluginWithoutLookingAtItsSections) {
  const std::string image = ReadFixture("puppet.so");
  const NoteResult sound = ReadManifestNote(image);
  ASSERT_THAT(sound.error, IsEmpty());
  EXPECT_THAT(sound.description, HasSubstr("puppet"));
  std::string misled = WithField<uint64_t>(image, offsetof(Elf64_Ehdr, e_shoff), UINT64_MAX - 5);
  misled = WithField<uint16_t>(misled, offsetof(Elf64_Ehdr, e_shnum), 0xFFFF);
  misled = WithField<uint16_t>(misled, offsetof(Elf64_Ehdr, e_shstrndx), 0xFFFF);
  EXPECT_EQ(ReadManifestNote(misled).description, sound.description);
}

TEST(NoteReader, TakesAManifestOfOneMebibyteAndNoLarger) {
  const std::string largest(kMaxManifestBytes, 'x');
  EXPECT_EQ(ReadManifestNote(ElfImage({ManifestNote(largest)})).description, largest);
  EXPECT_THAT(ReadManifestNote(ElfImage({ManifestNote(largest + "x")})).error,
              HasSubstr("at most 1048576 are allowed"));
}

TEST(NoteReader, ReadsNotesThatAreAlignedToEightBytes) {
  std::string note = ManifestNote("eight by");
  note.resize((note.size() + 7) / 8 * 8);
  // With 8-byte alignment the description starts at a multiple of 8: 12 + 8 bytes of head, 4 of padding.
  const uint32_t head[3] = {8, 8, CND_NOTE_MANIFEST};
  note = std::string(reinterpret_cast<const char*>(head), sizeof(head)) + std::string("Condyle\0", 8) +
         std::string(4, '\0') + "eight by";
  const std::string image = WithSegmentField<uint64_t>(ElfImage({note}), 0, offsetof(Elf64_Phdr, p_align), 8);
  EXPECT_EQ(ReadManifestNote(image).description, "eight by");
}

struct BadImage {
  std::string name;
  std::function<std::string()> make;
  std::string error;
};

void PrintTo(const BadImage& row, std::ostream* os) { *os << row.name; }

class BadImageTest : public ::testing::TestWithParam<BadImage> {};

TEST_P(BadImageTest, IsRefusedInWords) {
  const NoteResult result = ReadManifestNote(GetParam().make());
  EXPECT_THAT(result.error, HasSubstr(GetParam().error));
  EXPECT_THAT(result.description, IsEmpty());
}

std::string Sound() { return ElfImage({ManifestNote("manifest")}); }

INSTANTIATE_TEST_SUITE_P(
    Table, BadImageTest,
    ::testing::Values(
        BadImage{"Empty", [] { return std::string(); }, "not an ELF file"},
        BadImage{"Text", [] { return std::string("#!/bin/sh\n"); }, "not an ELF file"},
        BadImage{"OnlyMagic", [] { return Sound().substr(0, 4); }, "truncated"},
        BadImage{"HalfAHeader", [] { return Sound().substr(0, 63); }, "truncated: it ends within the ELF header"},
        BadImage{"Bits32", [] { return WithField<uint8_t>(Sound(), EI_CLASS, ELFCLASS32); }, "32-bit"},
        BadImage{"NoClass", [] { return WithField<uint8_t>(Sound(), EI_CLASS, 9); }, "its class"},
        BadImage{"BigEndian", [] { return WithField<uint8_t>(Sound(), EI_DATA, ELFDATA2MSB); }, "byte order"},
        BadImage{"OtherMachine", [] { return WithField<uint16_t>(Sound(), offsetof(Elf64_Ehdr, e_machine), EM_RISCV); },
                 "another machine (RISC-V)"},
        BadImage{"Executable", [] { return WithField<uint16_t>(Sound(), offsetof(Elf64_Ehdr, e_type), ET_EXEC); },
                 "of type 2; a plugin is a shared object"},
        BadImage{"ObjectFile", [] { return WithField<uint16_t>(Sound(), offsetof(Elf64_Ehdr, e_type), ET_REL); },
                 "of type 1; a plugin is a shared object"},
        BadImage{"NoSegments", [] { return ElfImage({}); }, "without program headers"},
        BadImage{"TooManySegments", [] { return ElfImage(std::vector<std::string>(129, NoteBytes("", 0, ""))); },
                 "at most 128"},
        BadImage{"SegmentsBeyondTheEnd",
                 [] { return WithField<uint64_t>(Sound(), offsetof(Elf64_Ehdr, e_phoff), UINT64_MAX - 10); },
                 "truncated: the table of program headers"},
        BadImage{"HeadersCut", [] { return Sound().substr(0, 64 + 55); }, "truncated: the table of program headers"},
        BadImage{"NoteCut", [] { return Sound().substr(0, Sound().size() - 1); }, "truncated: a segment of notes"},
        BadImage{"CodeCut",
                 [] {
                   std::string image = ElfImage({ManifestNote("manifest"), ManifestNote("x")});
                   image = WithSegmentField<uint32_t>(image, 1, offsetof(Elf64_Phdr, p_type), PT_LOAD);
                   return WithSegmentField<uint64_t>(image, 1, offsetof(Elf64_Phdr, p_filesz), 4096);
                 },
                 "truncated: a segment"},
        BadImage{"OffsetOverflows",
                 [] { return WithSegmentField<uint64_t>(Sound(), 0, offsetof(Elf64_Phdr, p_offset), UINT64_MAX - 3); },
                 "truncated"},
        BadImage{"NoNote", [] { return ElfImage({NoteBytes(std::string("GNU\0", 4), 3, "id")}); },
                 "no Condyle manifest note"},
        BadImage{"NoteLongerThanItsSegment",
                 [] {
                   const std::string note = ManifestNote("manifest");
                   return ElfImage({WithField<uint32_t>(note, 4, 9999)});
                 },
                 "beyond the end of its segment"},
        BadImage{"PaddingAfterAnotherNote",
                 [] { return ElfImage({NoteBytes(std::string("GNU\0", 4), 3, "id") + std::string(12, '\0')}); },
                 "no Condyle manifest note"},
        BadImage{"TwoNotesInOneSegment", [] { return ElfImage({ManifestNote("a") + ManifestNote("b")}); },
                 "more than one manifest note"},
        BadImage{"TwoSegmentsWithANote",
                 [] {
                   return ElfImage({ManifestNote("a"), ManifestNote("a")});
                 },
                 "more than one manifest note"},
        BadImage{"HugeSegment", [] { return ElfImage({std::string((2u << 20) + 1, '\0')}); }, "at most 1048576"}),
    [](const auto& row) { return row.param.name; });

// Whatever a file holds, the answer is a manifest or an error, and no more than the file's own bytes are touched
// (AddressSanitizer sees to that: the image is exactly as large as the file).
void ExpectAnswer(std::string image, const std::string& how) {
  image.shrink_to_fit();
  const NoteResult result = ReadManifestNote(std::move(image));
  EXPECT_TRUE(result.error.empty() || result.description.empty()) << how;
  EXPECT_LE(result.description.size(), kMaxManifestBytes) << how;
}

TEST(NoteReaderOnDamagedPlugins, SurvivesEveryTruncationOfTheHeadersAndManyOfTheRest) {
  const std::string image = ReadFixture("puppet.so");
  ASSERT_GT(image.size(), 4096u);
  for (size_t size = 0; size < image.size(); size += size < 2048 ? 1 : 37) {
    ExpectAnswer(image.substr(0, size), "cut to " + std::to_string(size));
  }
}

TEST(NoteReaderOnDamagedPlugins, SurvivesEveryValueOfEveryHeaderByte) {
  const std::string image = ReadFixture("puppet.so");
  const uint16_t segments =
      static_cast<uint16_t>(static_cast<uint8_t>(image[56]) | static_cast<uint8_t>(image[57]) << 8);
  const size_t headers = 64 + size_t{segments} * 56;
  ASSERT_LT(headers, image.size());
  for (size_t at = 0; at < headers; ++at) {
    for (const int value : {0x00, 0x01, 0x07, 0x08, 0x7F, 0x80, 0xFF}) {
      std::string mutant = image;
      mutant[at] = static_cast<char>(value);
      ExpectAnswer(std::move(mutant), "byte " + std::to_string(at) + " = " + std::to_string(value));
    }
  }
}

TEST(NoteReaderOnDamagedPlugins, SurvivesRandomDamage) {
  const std::string image = ReadFixture("puppet.so");
  const size_t note_at = image.find(std::string("Condyle\0", 8)) - 12;
  ASSERT_LT(note_at, image.size());
  std::mt19937 random(20260101);  // fixed, so that a failure can be repeated
  const auto below = [&](size_t n) { return random() % n; };
  for (int round = 0; round < 10000; ++round) {
    std::string mutant = image;
    const size_t bytes = 1 + below(8);
    for (size_t i = 0; i < bytes; ++i) {
      // Headers, the note, or anywhere.
      const size_t where[] = {below(1024), note_at + below(64), below(image.size())};
      mutant[where[below(3)]] = static_cast<char>(below(256));
    }
    if (below(4) == 0) mutant.resize(below(mutant.size() + 1));
    ExpectAnswer(std::move(mutant), "round " + std::to_string(round));
  }
}

}  // namespace
}  // namespace condyle
