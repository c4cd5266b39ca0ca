// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Every read is a bounds-checked copy; every count is bounded by the bytes that are there. Not libelf: it goes by
// section headers, which the dynamic linker never looks at and a file may lack or forge.
#include "host/checker/elf_view.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <utility>

namespace condyle::checker {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "Name the ELF machine of this platform."
#endif

constexpr size_t kMaxSegments = 128;
constexpr size_t kMaxProblems = 20;

std::string Hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof(text), "0x%" PRIx64, value);
  return text;
}

}  // namespace

ElfView::ElfView(std::string_view bytes) : bytes_(bytes) {
  if (!ReadHeader()) return;
  ReadSegments();
  ReadDynamic();
  ReadSymbols();
  ReadVersions();
  CheckSections();
}

template <typename T>
std::optional<T> ElfView::At(uint64_t offset) const {
  if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes_.data() + offset, sizeof(T));
  return value;
}

std::optional<uint64_t> ElfView::OffsetOf(uint64_t address) const {
  for (const Elf64_Phdr& segment : segments_) {
    if (segment.p_type != PT_LOAD || address < segment.p_vaddr || address - segment.p_vaddr >= segment.p_filesz)
      continue;
    const uint64_t offset = segment.p_offset + (address - segment.p_vaddr);
    if (offset >= segment.p_offset && offset < bytes_.size()) return offset;
  }
  return std::nullopt;
}

std::string_view ElfView::StringAt(uint64_t index) const {
  if (index >= strings_.size()) return {};
  const std::string_view rest = strings_.substr(index);
  const size_t end = rest.find('\0');
  return end == rest.npos ? std::string_view() : rest.substr(0, end);
}

void ElfView::Problem(std::string text) {
  if (problems_.size() < kMaxProblems) problems_.push_back(std::move(text));
}

bool ElfView::ReadHeader() {
  const auto header = At<Elf64_Ehdr>(0);
  if (bytes_.substr(0, SELFMAG) != std::string_view(ELFMAG, SELFMAG)) {
    Problem("it is not an ELF file; a plugin is a shared object (.so)");
    return false;
  }
  if (!header) {
    Problem("it is cut short: " + std::to_string(bytes_.size()) + " bytes end within the ELF header");
    return false;
  }
  header_ = *header;
  if (header_.e_ident[EI_CLASS] != ELFCLASS64) Problem("it is not a 64-bit ELF file");
  if (header_.e_ident[EI_DATA] != ELFDATA2LSB) Problem("its byte order is not little-endian");
  if (header_.e_ident[EI_VERSION] != EV_CURRENT || header_.e_version != EV_CURRENT) Problem("its ELF version is not 1");
  if (!problems_.empty()) return false;
  if (header_.e_type != ET_DYN) {
    Problem("its type is " + std::to_string(header_.e_type) + "; a plugin is a shared object (type 3, ET_DYN)");
  }
  if (header_.e_machine != kMachine) {
    Problem("it is built for machine number " + std::to_string(header_.e_machine) + "; this one is number " +
            std::to_string(kMachine));
  }
  return true;
}

void ElfView::ReadSegments() {
  if (header_.e_phnum == 0 || header_.e_phentsize != sizeof(Elf64_Phdr) || header_.e_phnum > kMaxSegments) {
    Problem("it has " + std::to_string(header_.e_phnum) + " program headers of " + std::to_string(header_.e_phentsize) +
            " bytes; 1 to " + std::to_string(kMaxSegments) + " of " + std::to_string(sizeof(Elf64_Phdr)) +
            " bytes are allowed");
    return;
  }
  for (size_t i = 0; i < header_.e_phnum; ++i) {
    const auto segment = At<Elf64_Phdr>(header_.e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment || header_.e_phoff > bytes_.size()) {
      Problem("it is cut short: program header " + std::to_string(i) + " lies beyond its end");
      return;
    }
    const std::string name = "program header " + std::to_string(i);
    if (segment->p_filesz != 0 &&
        (segment->p_offset > bytes_.size() || bytes_.size() - segment->p_offset < segment->p_filesz)) {
      Problem("it is cut short: the segment of " + name + " is at " + Hex(segment->p_offset) + " with " +
              std::to_string(segment->p_filesz) + " bytes, and the file has " + std::to_string(bytes_.size()));
      continue;
    }
    if (segment->p_type == PT_LOAD) {
      if (segment->p_filesz > segment->p_memsz) Problem(name + " has more bytes in the file than in memory");
      const uint64_t align = segment->p_align;
      if (align > 1 && ((align & (align - 1)) != 0 || (segment->p_vaddr - segment->p_offset) % align != 0)) {
        Problem(name + ": offset and address do not fit its alignment");
      }
    }
    segments_.push_back(*segment);
  }
  for (const Elf64_Phdr& segment : segments_) {
    if (segment.p_type == PT_NOTE) ReadNotes(segment);
  }
}

void ElfView::ReadNotes(const Elf64_Phdr& segment) {
  const uint64_t align = segment.p_align == 8 ? 8 : 4;
  const auto padded = [align](uint64_t size) { return (size + align - 1) / align * align; };
  uint64_t at = segment.p_offset;
  const uint64_t end = segment.p_offset + segment.p_filesz;
  while (end - at >= sizeof(Elf64_Nhdr) && notes_.size() < kMaxItems) {
    const Elf64_Nhdr head = *At<Elf64_Nhdr>(at);
    const uint64_t name_at = at + sizeof(head);
    const uint64_t description_at = at + padded(sizeof(head) + head.n_namesz);
    if (description_at > end || end - description_at < head.n_descsz || end - name_at < head.n_namesz) {
      note_problems_.push_back("the note at " + Hex(at) + " claims an owner of " + std::to_string(head.n_namesz) +
                               " and a description of " + std::to_string(head.n_descsz) + " bytes; its segment has " +
                               std::to_string(end - name_at) + " left");
      return;
    }
    notes_.push_back(
        {at, head.n_type, bytes_.substr(name_at, head.n_namesz), bytes_.substr(description_at, head.n_descsz)});
    at += padded(description_at - at + head.n_descsz);
    if (at > end) return;
  }
}

const Elf64_Phdr* ElfView::Segment(Elf64_Word type) const {
  for (const Elf64_Phdr& segment : segments_) {
    if (segment.p_type == type) return &segment;
  }
  return nullptr;
}

void ElfView::ReadDynamic() {
  const Elf64_Phdr* segment = Segment(PT_DYNAMIC);
  if (segment == nullptr) {
    Problem("it has no dynamic segment; it is no shared object that can be loaded");
    return;
  }
  // The linker takes the address; another place in the file would be read by tools and by nobody else.
  const std::optional<uint64_t> offset = OffsetOf(segment->p_vaddr);
  if (!offset || *offset != segment->p_offset) {
    Problem("its dynamic segment is at address " + Hex(segment->p_vaddr) +
            ", which no loaded segment brings to offset " + Hex(segment->p_offset));
    return;
  }
  const size_t entries = std::min<uint64_t>(segment->p_filesz / sizeof(Elf64_Dyn), kMaxItems);
  bool ended = false;
  for (size_t i = 0; i < entries && !ended; ++i) {
    const auto entry = At<Elf64_Dyn>(*offset + i * sizeof(Elf64_Dyn));
    if (!entry) break;
    ended = entry->d_tag == DT_NULL;
    if (!ended) dynamic_.push_back(*entry);
  }
  if (!ended) Problem("its dynamic segment has no end (DT_NULL)");
  const std::optional<uint64_t> strings = OffsetOf(DynamicValue(DT_STRTAB));
  if (HasDynamic(DT_STRTAB) && strings) {
    strings_ = bytes_.substr(*strings, DynamicValue(DT_STRSZ));
    if (strings_.size() < DynamicValue(DT_STRSZ)) Problem("its dynamic strings end beyond the file");
  } else {
    Problem("its dynamic strings (DT_STRTAB) are in no loaded segment");
  }
}

bool ElfView::HasDynamic(Elf64_Sxword tag) const {
  return std::any_of(dynamic_.begin(), dynamic_.end(), [tag](const Elf64_Dyn& entry) { return entry.d_tag == tag; });
}

uint64_t ElfView::DynamicValue(Elf64_Sxword tag) const {
  for (const Elf64_Dyn& entry : dynamic_) {
    if (entry.d_tag == tag) return entry.d_un.d_val;
  }
  return 0;
}

std::vector<std::string_view> ElfView::DynamicStrings(Elf64_Sxword tag) const {
  std::vector<std::string_view> found;
  for (const Elf64_Dyn& entry : dynamic_) {
    if (entry.d_tag == tag) found.push_back(StringAt(entry.d_un.d_val));
  }
  return found;
}

size_t ElfView::CountOfGnuHash(uint64_t table) const {
  const auto buckets = At<uint32_t>(table), first = At<uint32_t>(table + 4), blooms = At<uint32_t>(table + 8);
  if (!buckets || !first || !blooms) return 0;
  const uint64_t bucket_at = table + 16 + uint64_t{*blooms} * 8;
  const uint64_t chain_at = bucket_at + uint64_t{*buckets} * 4;
  uint32_t last = 0;
  for (uint64_t i = 0; i < std::min<uint64_t>(*buckets, kMaxItems); ++i) {
    const auto bucket = At<uint32_t>(bucket_at + i * 4);
    if (!bucket) break;
    last = std::max(last, *bucket);
  }
  if (last < *first) return *first;  // nothing is exported
  // The last chain ends at the first odd hash.
  for (uint64_t i = last; i < uint64_t{last} + kMaxItems; ++i) {
    const auto hash = At<uint32_t>(chain_at + (i - *first) * 4);
    if (!hash) break;
    if ((*hash & 1) != 0) return i + 1;
  }
  return uint64_t{last} + 1;
}

size_t ElfView::CountOfRelocations(Elf64_Sxword table, Elf64_Sxword size) const {
  const std::optional<uint64_t> at = OffsetOf(DynamicValue(table));
  if (!HasDynamic(table) || !at) return 0;
  size_t count = 0;
  const uint64_t entries = std::min<uint64_t>(DynamicValue(size) / sizeof(Elf64_Rela), kMaxItems);
  for (uint64_t i = 0; i < entries; ++i) {
    const auto relocation = At<Elf64_Rela>(*at + i * sizeof(Elf64_Rela));
    if (!relocation) break;
    count = std::max<size_t>(count, ELF64_R_SYM(relocation->r_info) + 1);
  }
  return count;
}

size_t ElfView::CountSymbols() const {
  size_t count = std::max(CountOfRelocations(DT_RELA, DT_RELASZ), CountOfRelocations(DT_JMPREL, DT_PLTRELSZ));
  if (const auto hash = OffsetOf(DynamicValue(DT_HASH)); HasDynamic(DT_HASH) && hash) {
    if (const auto chains = At<uint32_t>(*hash + 4)) count = std::max<size_t>(count, *chains);
  }
  if (const auto hash = OffsetOf(DynamicValue(DT_GNU_HASH)); HasDynamic(DT_GNU_HASH) && hash) {
    count = std::max(count, CountOfGnuHash(*hash));
  }
  return std::min(count, kMaxItems);
}

void ElfView::ReadSymbols() {
  const std::optional<uint64_t> table = OffsetOf(DynamicValue(DT_SYMTAB));
  if (!HasDynamic(DT_SYMTAB) || !table) {
    if (!dynamic_.empty()) Problem("its dynamic symbols (DT_SYMTAB) are in no loaded segment");
    return;
  }
  const size_t count = CountSymbols();
  for (size_t i = 1; i < count; ++i) {
    const auto symbol = At<Elf64_Sym>(*table + i * sizeof(Elf64_Sym));
    if (!symbol) {
      Problem("it is cut short: dynamic symbol " + std::to_string(i) + " of " + std::to_string(count) +
              " lies beyond its end");
      break;
    }
    symbols_.push_back({StringAt(symbol->st_name), static_cast<unsigned char>(ELF64_ST_TYPE(symbol->st_info)),
                        static_cast<unsigned char>(ELF64_ST_BIND(symbol->st_info)), symbol->st_shndx != SHN_UNDEF,
                        symbol->st_value});
  }
}

void ElfView::ReadVersions() {
  const std::optional<uint64_t> table = OffsetOf(DynamicValue(DT_VERNEED));
  if (!HasDynamic(DT_VERNEED) || !table) return;
  uint64_t at = *table;
  const uint64_t libraries = std::min<uint64_t>(DynamicValue(DT_VERNEEDNUM), 256);
  for (uint64_t i = 0; i < libraries; ++i) {
    const auto library = At<Elf64_Verneed>(at);
    if (!library) return;
    uint64_t version_at = at + library->vn_aux;
    for (size_t k = 0; k < library->vn_cnt && needed_versions_.size() < 4096; ++k) {
      const auto version = At<Elf64_Vernaux>(version_at);
      if (!version) break;
      needed_versions_.push_back({StringAt(library->vn_file), StringAt(version->vna_name)});
      if (version->vna_next == 0) break;
      version_at += version->vna_next;
    }
    if (library->vn_next == 0) return;
    at += library->vn_next;
  }
}

void ElfView::CheckSections() {
  if (header_.e_shoff == 0 && header_.e_shnum == 0) return;
  if (header_.e_shentsize != sizeof(Elf64_Shdr)) {
    Problem("its section headers have " + std::to_string(header_.e_shentsize) + " bytes each; " +
            std::to_string(sizeof(Elf64_Shdr)) + " are right");
    return;
  }
  const uint64_t table_bytes = uint64_t{header_.e_shnum} * sizeof(Elf64_Shdr);
  if (header_.e_shoff > bytes_.size() || bytes_.size() - header_.e_shoff < table_bytes) {
    Problem("it is cut short: its section headers end at " + Hex(header_.e_shoff + table_bytes) +
            ", and the file has " + std::to_string(bytes_.size()) + " bytes");
    return;
  }
  has_sections_ = header_.e_shnum != 0;
  for (size_t i = 1; i < header_.e_shnum; ++i) {
    CheckSection(*At<Elf64_Shdr>(header_.e_shoff + i * sizeof(Elf64_Shdr)), i);
  }
}

// What tools are shown by sections must be what the linker loads by segments.
void ElfView::CheckSection(const Elf64_Shdr& section, size_t index) {
  const std::string name = "section " + std::to_string(index);
  const bool in_file = section.sh_type != SHT_NOBITS && section.sh_type != SHT_NULL && section.sh_size != 0;
  if (in_file && (section.sh_offset > bytes_.size() || bytes_.size() - section.sh_offset < section.sh_size)) {
    Problem("it is cut short: " + name + " ends beyond the file");
    return;
  }
  if ((section.sh_flags & SHF_ALLOC) == 0 || !in_file) return;
  const std::optional<uint64_t> offset = OffsetOf(section.sh_addr);
  if (!offset || *offset != section.sh_offset) {
    Problem(name + " lies at offset " + Hex(section.sh_offset) +
            ", but the segments bring something else to its address " + Hex(section.sh_addr));
    return;
  }
  const auto inside = [&section](const Elf64_Phdr& segment) {
    return section.sh_offset >= segment.p_offset && section.sh_size <= segment.p_filesz &&
           section.sh_offset - segment.p_offset <= segment.p_filesz - section.sh_size;
  };
  const Elf64_Word type = section.sh_type == SHT_DYNAMIC ? PT_DYNAMIC : section.sh_type == SHT_NOTE ? PT_NOTE : PT_LOAD;
  if (std::none_of(segments_.begin(), segments_.end(),
                   [&](const Elf64_Phdr& segment) { return segment.p_type == type && inside(segment); })) {
    Problem(name + " is in no segment of its kind: the program headers do not agree with the section headers");
  }
}

}  // namespace condyle::checker
