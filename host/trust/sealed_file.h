// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A copy of a file that nobody can change any more, so that what was checked is what is loaded.
#ifndef CONDYLE_HOST_TRUST_SEALED_FILE_H_
#define CONDYLE_HOST_TRUST_SEALED_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

namespace condyle {

// Memory with a file descriptor (memfd), sealed: not even this process can write, grow or shrink it. Immutable, so
// thread-safe. The descriptor is closed with it, is not inherited, and is none of 0 to 15.
class SealedFile {
 public:
  // Copies what the descriptor holds from its current position to its end; the descriptor stays the caller's. name: for
  // /proc/PID/maps, cut to what the kernel allows. Null, with *error for people, if that fails or there are more than
  // max_bytes.
  static std::shared_ptr<const SealedFile> CopyOf(int source, const std::string& name, uint64_t max_bytes,
                                                  std::string* error);
  ~SealedFile();
  SealedFile(const SealedFile&) = delete;
  SealedFile& operator=(const SealedFile&) = delete;

  int fd() const { return fd_; }
  // Reads the sealed copy, not the file it came from. False, with *error, if that fails.
  bool Read(std::string* bytes, std::string* error) const;

 private:
  explicit SealedFile(int owned) : fd_(owned) {}

  const int fd_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_TRUST_SEALED_FILE_H_
