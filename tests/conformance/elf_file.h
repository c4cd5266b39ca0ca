// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a 64-bit ELF file says of itself: exports, needs, protections. For files of our own build, not for hostile ones.
#ifndef CONDYLE_TESTS_CONFORMANCE_ELF_FILE_H_
#define CONDYLE_TESTS_CONFORMANCE_ELF_FILE_H_

#include <elf.h>

#include <string>
#include <vector>

namespace condyle::tests {

struct ElfSymbol {
  std::string name;
  unsigned char type;     // STT_*
  unsigned char binding;  // STB_*
  bool defined;
};

class ElfFile {
 public:
  // Throws std::runtime_error if it is no such file.
  explicit ElfFile(const std::string& path);

  // Symbols of the section of this type: SHT_DYNSYM, or SHT_SYMTAB (empty if stripped).
  std::vector<ElfSymbol> Symbols(Elf64_Word section_type) const;
  // Strings of the dynamic section with this tag: DT_NEEDED, DT_RPATH, DT_RUNPATH.
  std::vector<std::string> DynamicStrings(Elf64_Sxword tag) const;
  bool HasDynamic(Elf64_Sxword tag) const;
  // 0 if it is not there.
  Elf64_Xword DynamicValue(Elf64_Sxword tag) const;
  // Null if there is no segment of this type.
  const Elf64_Phdr* Segment(Elf64_Word type) const;
  const std::string& bytes() const { return bytes_; }

 private:
  template <typename T>
  const T& At(Elf64_Off offset) const;
  std::string StringAt(Elf64_Off table, Elf64_Xword offset) const;
  std::vector<Elf64_Dyn> Dynamic() const;
  // Null if there is no section of this type.
  const Elf64_Shdr* Section(Elf64_Word type) const;

  std::string bytes_;
};

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_CONFORMANCE_ELF_FILE_H_
