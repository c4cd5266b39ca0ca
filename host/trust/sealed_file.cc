// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// memfd_create and its seals.
#include "host/trust/sealed_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace condyle {
namespace {

constexpr int kSeals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
// Lower numbers are for what a child process is given in fixed places.
constexpr int kLowestFd = 16;
constexpr size_t kMaxNameBytes = 249;
constexpr size_t kChunkBytes = 1u << 20;

std::string Errno(const char* what) { return std::string(what) + ": " + strerror(errno); }

// Empty, or what failed.
std::string Copy(int source, int target, uint64_t max_bytes) {
  std::vector<char> chunk(kChunkBytes);
  uint64_t total = 0;
  while (true) {
    const ssize_t n = read(source, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Errno("cannot be read");
    if (n == 0) return {};
    total += static_cast<uint64_t>(n);
    if (total > max_bytes) return "has more than the " + std::to_string(max_bytes) + " bytes that are read";
    for (ssize_t done = 0; done < n;) {
      const ssize_t written = write(target, chunk.data() + done, static_cast<size_t>(n - done));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Errno("cannot be copied to memory");
      done += written;
    }
  }
}

}  // namespace

std::shared_ptr<const SealedFile> SealedFile::CopyOf(int source, const std::string& name, uint64_t max_bytes,
                                                     std::string* error) {
  const int low = memfd_create(name.substr(0, kMaxNameBytes).c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
  const int fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, kLowestFd);
  if (fd < 0) *error = Errno("cannot be copied to memory");
  if (low >= 0) close(low);
  if (fd < 0) return nullptr;
  std::shared_ptr<const SealedFile> file(new SealedFile(fd));
  *error = Copy(source, fd, max_bytes);
  if (error->empty() && fcntl(fd, F_ADD_SEALS, kSeals) != 0) *error = Errno("its copy in memory cannot be sealed");
  return error->empty() ? file : nullptr;
}

SealedFile::~SealedFile() { close(fd_); }

bool SealedFile::Read(std::string* bytes, std::string* error) const {
  struct stat status {};
  if (fstat(fd_, &status) != 0) {
    *error = Errno("its copy in memory cannot be read");
    return false;
  }
  bytes->resize(static_cast<size_t>(status.st_size));
  for (size_t done = 0; done < bytes->size();) {
    const ssize_t n = pread(fd_, bytes->data() + done, bytes->size() - done, static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      *error = Errno("its copy in memory cannot be read");
      return false;
    }
    done += static_cast<size_t>(n);
  }
  return true;
}

}  // namespace condyle
