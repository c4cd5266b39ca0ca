// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads a plugin file as the dynamic linker would: through program headers, with every offset checked. For hostile
// files.
#ifndef CONDYLE_HOST_CHECKER_ELF_VIEW_H_
#define CONDYLE_HOST_CHECKER_ELF_VIEW_H_

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace condyle::checker {

struct DynamicSymbol {
  std::string_view name;
  unsigned char type = 0;     // STT_*
  unsigned char binding = 0;  // STB_*
  bool defined = false;
  uint64_t value = 0;
};

// A version that some library must offer, for example GLIBC_2.14 of libc.so.6.
struct NeededVersion {
  std::string_view library;
  std::string_view version;
};

struct ElfNote {
  uint64_t offset = 0;  // in the file
  uint32_t type = 0;
  std::string_view owner;  // as it stands, mostly with a final NUL
  std::string_view description;
};

// The bytes must outlive it. Immutable once open, so thread-safe. Nothing that a file says makes it read outside the
// bytes, throw, or take more than linear time; lists are cut at kMaxItems.
class ElfView {
 public:
  static constexpr size_t kMaxItems = 1u << 20;

  // Reads all tables. problems() is empty if the file is a whole ELF64 shared object of this machine; with problems,
  // what could be read is there all the same, perhaps nothing.
  explicit ElfView(std::string_view bytes);

  // Each names an offset or an index where there is one.
  const std::vector<std::string>& problems() const { return problems_; }
  // Notes that claim more bytes than their segment has.
  const std::vector<std::string>& note_problems() const { return note_problems_; }

  const std::vector<Elf64_Phdr>& segments() const { return segments_; }
  // Null if there is none.
  const Elf64_Phdr* Segment(Elf64_Word type) const;
  const std::vector<Elf64_Dyn>& dynamic() const { return dynamic_; }
  bool HasDynamic(Elf64_Sxword tag) const;
  // 0 if it is not there.
  uint64_t DynamicValue(Elf64_Sxword tag) const;
  // Strings of entries with this tag: DT_NEEDED, DT_RPATH, DT_RUNPATH.
  std::vector<std::string_view> DynamicStrings(Elf64_Sxword tag) const;
  // Without the null symbol. Those that a hash table or a relocation reaches: what the linker sees.
  const std::vector<DynamicSymbol>& symbols() const { return symbols_; }
  const std::vector<NeededVersion>& needed_versions() const { return needed_versions_; }
  const std::vector<ElfNote>& notes() const { return notes_; }
  bool has_sections() const { return has_sections_; }

 private:
  template <typename T>
  std::optional<T> At(uint64_t offset) const;
  // Offset in the file of an address, if a PT_LOAD segment's bytes hold it.
  std::optional<uint64_t> OffsetOf(uint64_t address) const;
  std::string_view StringAt(uint64_t index) const;
  void Problem(std::string text);

  bool ReadHeader();
  void ReadSegments();
  void ReadNotes(const Elf64_Phdr& segment);
  void ReadDynamic();
  size_t CountSymbols() const;
  size_t CountOfGnuHash(uint64_t table) const;
  size_t CountOfRelocations(Elf64_Sxword table, Elf64_Sxword size) const;
  void ReadSymbols();
  void ReadVersions();
  void CheckSections();
  void CheckSection(const Elf64_Shdr& section, size_t index);

  const std::string_view bytes_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Phdr> segments_;
  std::vector<Elf64_Dyn> dynamic_;
  std::string_view strings_;
  std::vector<DynamicSymbol> symbols_;
  std::vector<NeededVersion> needed_versions_;
  std::vector<ElfNote> notes_;
  bool has_sections_ = false;
  std::vector<std::string> problems_;
  std::vector<std::string> note_problems_;
};

}  // namespace condyle::checker

#endif  // CONDYLE_HOST_CHECKER_ELF_VIEW_H_
