// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Builds the smallest ELF images that can carry a manifest, sound or damaged, for tests.
#ifndef CONDYLE_HOST_CATALOG_ELF_IMAGE_FOR_TEST_H_
#define CONDYLE_HOST_CATALOG_ELF_IMAGE_FOR_TEST_H_

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "condyle/plugin.h"

namespace condyle {

#if defined(__aarch64__)
inline constexpr uint16_t kTestMachine = EM_AARCH64;
#else
inline constexpr uint16_t kTestMachine = EM_X86_64;
#endif

// One note, padded to 4 bytes. owner with its final NUL.
inline std::string NoteBytes(const std::string& owner, uint32_t type, const std::string& description) {
  const uint32_t head[3] = {static_cast<uint32_t>(owner.size()), static_cast<uint32_t>(description.size()), type};
  std::string note(reinterpret_cast<const char*>(head), sizeof(head));
  note += owner;
  note.resize((note.size() + 3) / 4 * 4);
  note += description;
  note.resize((note.size() + 3) / 4 * 4);
  return note;
}

inline std::string ManifestNote(const std::string& manifest) {
  return NoteBytes(std::string(CND_NOTE_OWNER, sizeof(CND_NOTE_OWNER)), CND_NOTE_MANIFEST, manifest);
}

// A shared object of this machine with one PT_NOTE segment for each element; nothing in it could be run.
inline std::string ElfImage(const std::vector<std::string>& note_segments) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_DYN;
  header.e_machine = kTestMachine;
  header.e_version = EV_CURRENT;
  header.e_phoff = sizeof(header);
  header.e_ehsize = sizeof(header);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = static_cast<uint16_t>(note_segments.size());
  std::string image(reinterpret_cast<const char*>(&header), sizeof(header));
  std::string notes;
  const size_t notes_at = sizeof(header) + note_segments.size() * sizeof(Elf64_Phdr);
  for (const std::string& segment : note_segments) {
    Elf64_Phdr program{};
    program.p_type = PT_NOTE;
    program.p_offset = notes_at + notes.size();
    program.p_filesz = program.p_memsz = segment.size();
    program.p_align = 4;
    image.append(reinterpret_cast<const char*>(&program), sizeof(program));
    notes += segment;
  }
  return image + notes;
}

}  // namespace condyle

#endif  // CONDYLE_HOST_CATALOG_ELF_IMAGE_FOR_TEST_H_
