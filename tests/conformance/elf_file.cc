// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads the tables in place.
#include "tests/conformance/elf_file.h"

#include <cstring>
#include <stdexcept>

#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {

ElfFile::ElfFile(const std::string& path) : bytes_(ReadFile(path)) {
  if (bytes_.size() < sizeof(Elf64_Ehdr) || std::memcmp(bytes_.data(), ELFMAG, SELFMAG) != 0 ||
      bytes_[EI_CLASS] != ELFCLASS64) {
    throw std::runtime_error(path + " is no ELF64 file");
  }
}

template <typename T>
const T& ElfFile::At(Elf64_Off offset) const {
  if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T))
    throw std::runtime_error("an ELF table ends too early");
  return *reinterpret_cast<const T*>(bytes_.data() + offset);
}

std::string ElfFile::StringAt(Elf64_Off table, Elf64_Xword offset) const {
  At<char>(table + offset);
  return std::string(bytes_.c_str() + table + offset);
}

const Elf64_Phdr* ElfFile::Segment(Elf64_Word type) const {
  const auto& header = At<Elf64_Ehdr>(0);
  for (Elf64_Half i = 0; i < header.e_phnum; ++i) {
    const auto& segment = At<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type == type) return &segment;
  }
  return nullptr;
}

const Elf64_Shdr* ElfFile::Section(Elf64_Word type) const {
  const auto& header = At<Elf64_Ehdr>(0);
  for (Elf64_Half i = 0; i < header.e_shnum; ++i) {
    const auto& section = At<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr));
    if (section.sh_type == type) return &section;
  }
  return nullptr;
}

std::vector<ElfSymbol> ElfFile::Symbols(Elf64_Word section_type) const {
  std::vector<ElfSymbol> symbols;
  const Elf64_Shdr* section = Section(section_type);
  if (section == nullptr) return symbols;
  const auto& header = At<Elf64_Ehdr>(0);
  const auto& strings = At<Elf64_Shdr>(header.e_shoff + section->sh_link * sizeof(Elf64_Shdr));
  // The first one is the null symbol.
  for (Elf64_Off at = sizeof(Elf64_Sym); at < section->sh_size; at += sizeof(Elf64_Sym)) {
    const auto& symbol = At<Elf64_Sym>(section->sh_offset + at);
    symbols.push_back({StringAt(strings.sh_offset, symbol.st_name),
                       static_cast<unsigned char>(ELF64_ST_TYPE(symbol.st_info)),
                       static_cast<unsigned char>(ELF64_ST_BIND(symbol.st_info)), symbol.st_shndx != SHN_UNDEF});
  }
  return symbols;
}

std::vector<Elf64_Dyn> ElfFile::Dynamic() const {
  std::vector<Elf64_Dyn> entries;
  const Elf64_Phdr* segment = Segment(PT_DYNAMIC);
  if (segment == nullptr) return entries;
  for (Elf64_Off at = 0; at < segment->p_filesz; at += sizeof(Elf64_Dyn)) {
    const auto& entry = At<Elf64_Dyn>(segment->p_offset + at);
    if (entry.d_tag == DT_NULL) break;
    entries.push_back(entry);
  }
  return entries;
}

std::vector<std::string> ElfFile::DynamicStrings(Elf64_Sxword tag) const {
  const Elf64_Shdr* section = Section(SHT_DYNSYM);
  if (section == nullptr) return {};
  const auto& header = At<Elf64_Ehdr>(0);
  // .dynsym and .dynamic share .dynstr.
  const auto& strings = At<Elf64_Shdr>(header.e_shoff + section->sh_link * sizeof(Elf64_Shdr));
  std::vector<std::string> found;
  for (const Elf64_Dyn& entry : Dynamic()) {
    if (entry.d_tag == tag) found.push_back(StringAt(strings.sh_offset, entry.d_un.d_val));
  }
  return found;
}

bool ElfFile::HasDynamic(Elf64_Sxword tag) const {
  for (const Elf64_Dyn& entry : Dynamic()) {
    if (entry.d_tag == tag) return true;
  }
  return false;
}

Elf64_Xword ElfFile::DynamicValue(Elf64_Sxword tag) const {
  for (const Elf64_Dyn& entry : Dynamic()) {
    if (entry.d_tag == tag) return entry.d_un.d_val;
  }
  return 0;
}

}  // namespace condyle::tests
