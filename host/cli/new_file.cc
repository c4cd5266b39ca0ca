// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// New files: whole or not at all; those with patient data or secrets for the owner's eyes, and never in place of
// another.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/cli/commands.h"

namespace condyle::cli {
namespace {

absl::Status Failure(const std::string& what, int error) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(error)));
}

absl::Status WriteAll(int file, const std::string& bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = write(file, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Failure("cannot be written", errno);
    done += static_cast<size_t>(n);
  }
  return fsync(file) == 0 ? absl::OkStatus() : Failure("cannot be brought to the disk", errno);
}

absl::Status Rename(const std::string& from, const std::string& to, bool replace) {
  if (replace) {
    return std::rename(from.c_str(), to.c_str()) == 0 ? absl::OkStatus() : Failure("cannot be put in its place", errno);
  }
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return absl::OkStatus();
  if (errno == EEXIST) return CheckIsNew(to);
  if (errno != EINVAL && errno != ENOSYS) return Failure("cannot be put in its place", errno);
  // A file system that cannot promise it: the check comes a moment before.
  if (absl::Status is_new = CheckIsNew(to); !is_new.ok()) return is_new;
  return std::rename(from.c_str(), to.c_str()) == 0 ? absl::OkStatus() : Failure("cannot be put in its place", errno);
}

}  // namespace

absl::Status CheckIsNew(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) {
    return errno == ENOENT ? absl::OkStatus() : Failure("cannot be written", errno);
  }
  return absl::AlreadyExistsError("is there already, and is not overwritten: name another file, or move it away");
}

absl::Status WriteNewFile(const std::string& path, const std::string& bytes, const NewFile& how) {
  std::string temporary = absl::StrCat(path, ".XXXXXX");
  const int file = mkostemp(temporary.data(), O_CLOEXEC);  // mode 0600
  if (file < 0) return Failure("cannot be written", errno);
  absl::Status status = WriteAll(file, bytes);
  if (status.ok() && how.for_all && fchmod(file, 0644) != 0) status = Failure("cannot be made readable for all", errno);
  if (close(file) != 0 && status.ok()) status = Failure("cannot be written", errno);
  if (status.ok()) status = Rename(temporary, path, how.replace);
  if (!status.ok()) {
    unlink(temporary.c_str());
    return status;
  }
  // The name, too, must be on the disk; the file itself is.
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int directory = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    fsync(directory);
    close(directory);
  }
  return absl::OkStatus();
}

}  // namespace condyle::cli
