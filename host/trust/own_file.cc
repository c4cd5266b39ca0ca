// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Asks the kernel which file is mapped where our code is. The dynamic loader knows only the name that it was given.
#include "host/trust/own_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace condyle {
namespace {

constexpr char kProgram[] = "/proc/self/exe";

struct Mapped {
  OwnFile file;
  ino_t inode = 0;
};

// A line of /proc/self/maps: "begin-end mode offset major:minor inode   path".
bool Covers(const std::string& line, uintptr_t code, Mapped* found) {
  uintptr_t begin = 0, end = 0;
  uint64_t inode = 0;
  int path_at = 0;
  if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %*s %*s %*s %" SCNu64 " %n", &begin, &end, &inode,
                  &path_at) != 3) {
    return false;
  }
  if (code < begin || code >= end) return false;
  found->file.path = line.substr(static_cast<size_t>(path_at));
  found->inode = inode;
  return true;
}

Mapped Find() {
  std::error_code error;
  const std::string program = std::filesystem::read_symlink(kProgram, error).string();
  Mapped found;
  std::ifstream maps("/proc/self/maps");
  const auto code = reinterpret_cast<uintptr_t>(&FindOwnFile);
  for (std::string line; std::getline(maps, line);) {
    if (!Covers(line, code, &found)) continue;
    found.file.is_library = found.file.path != program;
    return found;
  }
  return {{program, false}, 0};
}

const Mapped& Own() {
  static const auto* const own = new Mapped(Find());
  return *own;
}

}  // namespace

const OwnFile& FindOwnFile() { return Own().file; }

int OpenOwnFile() {
  const Mapped& own = Own();
  // The link leads to the file that runs, even if its name is gone or given to another.
  if (!own.file.is_library) return open(kProgram, O_RDONLY | O_CLOEXEC);
  const int file = open(own.file.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  struct stat status {};
  // The device is not compared: overlay file systems tell another one here than in the map.
  if (fstat(file, &status) == 0 && status.st_ino == own.inode) return file;
  close(file);
  return -1;
}

}  // namespace condyle
