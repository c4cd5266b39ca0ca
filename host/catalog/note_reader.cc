// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Walks the PT_NOTE segments of an ELF image with libelf.
#include "host/catalog/note_reader.h"

#include <elf.h>
#include <gelf.h>
#include <libelf.h>

#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "condyle/plugin.h"

namespace condyle {
namespace {

#if defined(__x86_64__)
constexpr GElf_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr GElf_Half kMachine = EM_AARCH64;
#else
#error "Name the ELF machine of this platform."
#endif

// Real plugins have about a dozen program headers and some kilobytes of notes. The limits bound the work on a file that
// was made to keep us busy.
constexpr size_t kMaxProgramHeaders = 128;
constexpr uint64_t kMaxNoteSegmentBytes = 2u << 20;

constexpr std::string_view kOwner(CND_NOTE_OWNER, sizeof(CND_NOTE_OWNER));  // with the final NUL

struct ElfEnd {
  void operator()(Elf* elf) const { elf_end(elf); }
};

NoteResult Error(std::string error) { return {{}, std::move(error)}; }

std::string MachineName(GElf_Half machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "AArch64";
    case EM_386:
      return "i386";
    case EM_ARM:
      return "ARM";
    case EM_RISCV:
      return "RISC-V";
    default:
      return "number " + std::to_string(machine);
  }
}

// Empty, or why this is no ELF64 file of this machine's byte order. Then the header is there in full.
std::string CheckIdentity(std::string_view image) {
  if (image.substr(0, SELFMAG) != std::string_view(ELFMAG, SELFMAG)) {
    return "not an ELF file; a plugin is a shared object (.so)";
  }
  if (image.size() < EI_NIDENT) return "truncated: it ends within the ELF header";
  if (image[EI_CLASS] == ELFCLASS32) return "a 32-bit ELF file; only 64-bit plugins can be loaded";
  if (image[EI_CLASS] != ELFCLASS64) return "not a valid ELF file: its class is neither 32-bit nor 64-bit";
  if (image[EI_DATA] != ELFDATA2LSB) return "built for a machine with another byte order; this host is little-endian";
  if (image.size() < sizeof(Elf64_Ehdr)) return "truncated: it ends within the ELF header";
  return {};
}

std::string Truncated(uint64_t file_bytes, const char* what) {
  return std::string("truncated: ") + what + " lies beyond its end (" + std::to_string(file_bytes) +
         " bytes); copy or build the file again";
}

}  // namespace

NoteResult ReadManifestNote(std::string image) {
  if (std::string problem = CheckIdentity(image); !problem.empty()) return Error(std::move(problem));
  // libelf would prepare for as many sections as the file claims to have. We need none.
  const std::pair<size_t, size_t> section_fields[] = {
      {offsetof(Elf64_Ehdr, e_shoff), sizeof(Elf64_Off)},
      {offsetof(Elf64_Ehdr, e_shnum), sizeof(Elf64_Half)},
      {offsetof(Elf64_Ehdr, e_shstrndx), sizeof(Elf64_Half)},
  };
  for (const auto& [offset, size] : section_fields) std::memset(image.data() + offset, 0, size);

  static const unsigned kVersion = elf_version(EV_CURRENT);
  if (kVersion == EV_NONE) return Error("the installed libelf is too old to read it");
  const std::unique_ptr<Elf, ElfEnd> elf(elf_memory(image.data(), image.size()));
  GElf_Ehdr header;
  if (elf == nullptr || elf_kind(elf.get()) != ELF_K_ELF || gelf_getehdr(elf.get(), &header) == nullptr) {
    const char* reason = elf_errmsg(-1);
    return Error(std::string("not a valid ELF file: ") + (reason != nullptr ? reason : "its header is damaged"));
  }
  if (header.e_machine != kMachine) {
    return Error("built for another machine (" + MachineName(header.e_machine) + "); this host runs on " +
                 MachineName(kMachine));
  }
  if (header.e_type != ET_DYN) {
    return Error("an ELF file of type " + std::to_string(header.e_type) +
                 "; a plugin is a shared object (type 3, ET_DYN)");
  }
  if (header.e_phnum == 0) return Error("without program headers; it is no shared object that can be loaded");
  if (header.e_phentsize != sizeof(Elf64_Phdr)) return Error("its program headers have an unknown size");
  if (header.e_phnum > kMaxProgramHeaders) {
    return Error("it has " + std::to_string(header.e_phnum) + " program headers; at most " +
                 std::to_string(kMaxProgramHeaders) + " are read");
  }
  const uint64_t table_bytes = uint64_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (header.e_phoff > image.size() || image.size() - header.e_phoff < table_bytes) {
    return Error(Truncated(image.size(), "the table of program headers"));
  }

  NoteResult result;
  bool found = false;
  bool damaged = false;
  for (int i = 0; i < header.e_phnum; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf.get(), i, &segment) == nullptr) {
      return Error("program header " + std::to_string(i) + " cannot be read");
    }
    if (segment.p_type != PT_NOTE && segment.p_type != PT_LOAD) continue;
    if (segment.p_offset > image.size() || image.size() - segment.p_offset < segment.p_filesz) {
      return Error(Truncated(image.size(), segment.p_type == PT_NOTE ? "a segment of notes" : "a segment"));
    }
    if (segment.p_type != PT_NOTE || segment.p_filesz == 0) continue;
    if (segment.p_filesz > kMaxNoteSegmentBytes) {
      return Error("a segment of notes has " + std::to_string(segment.p_filesz) +
                   " bytes; a manifest may have at most " + std::to_string(kMaxManifestBytes));
    }
    Elf_Data* data = elf_getdata_rawchunk(elf.get(), static_cast<int64_t>(segment.p_offset), segment.p_filesz,
                                          segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
    if (data == nullptr || data->d_buf == nullptr) return Error("a segment of notes cannot be read");
    const std::string_view notes(static_cast<const char*>(data->d_buf), data->d_size);

    GElf_Nhdr note;
    size_t name_at = 0;
    size_t description_at = 0;
    for (size_t at = 0; at < notes.size();) {
      const size_t next = gelf_getnote(data, at, &note, &name_at, &description_at);
      // Checked here too, so that safety does not hang on libelf's arithmetic.
      if (next <= at || next > notes.size() || name_at > notes.size() || notes.size() - name_at < note.n_namesz ||
          description_at > notes.size() || notes.size() - description_at < note.n_descsz) {
        damaged |= notes.find_first_not_of('\0', at) != notes.npos;  // else it is padding
        break;
      }
      at = next;
      if (note.n_type != CND_NOTE_MANIFEST || notes.substr(name_at, note.n_namesz) != kOwner) continue;
      if (found) return Error("it carries more than one manifest note; link each plugin with exactly one manifest");
      if (note.n_descsz > kMaxManifestBytes) {
        return Error("its manifest has " + std::to_string(note.n_descsz) + " bytes; at most " +
                     std::to_string(kMaxManifestBytes) + " are allowed");
      }
      found = true;
      result.description = notes.substr(description_at, note.n_descsz);
    }
  }
  if (!found && damaged) {
    return Error("its notes are damaged: one goes on beyond the end of its segment; copy or build the file again");
  }
  if (!found) {
    return Error(
        "it carries no Condyle manifest note, so it is no Condyle plugin; build it with condyle_add_plugin, which puts "
        "the manifest in");
  }
  return result;
}

}  // namespace condyle
