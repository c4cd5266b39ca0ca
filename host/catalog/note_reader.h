// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads the manifest out of a plugin file's bytes without loading it.
#ifndef CONDYLE_HOST_CATALOG_NOTE_READER_H_
#define CONDYLE_HOST_CATALOG_NOTE_READER_H_

#include <cstddef>
#include <string>

namespace condyle {

inline constexpr size_t kMaxManifestBytes = 1u << 20;

// The note's description, or why there is none.
struct NoteResult {
  std::string description;  // a serialized condyle.v1.PluginManifest, if the file is honest
  std::string error;        // empty = success; for people, without the file's name
};

// Finds the note with the owner CND_NOTE_OWNER and the type CND_NOTE_MANIFEST. The file is taken as hostile: only its
// ELF header and its program headers are followed, every one within bounds; section headers are never looked at. An
// error for everything that is no whole ELF64 shared object of this machine with exactly one such note of at most 1
// MiB. image: the whole file; taken over, since its header is altered on the way. Thread-safe.
NoteResult ReadManifestNote(std::string image);

}  // namespace condyle

#endif  // CONDYLE_HOST_CATALOG_NOTE_READER_H_
