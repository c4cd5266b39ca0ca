// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A line on the terminal that says how far a long command is.
#ifndef CONDYLE_HOST_CLI_PROGRESS_H_
#define CONDYLE_HOST_CLI_PROGRESS_H_

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdio>

namespace condyle::cli {

// Writes nothing unless standard error is a terminal, and leaves nothing there. Texts must outlive it.
class Progress {
 public:
  // "VERB 3 of 10 NOUN"
  Progress(const char* verb, size_t total, const char* noun)
      : verb_(verb), noun_(noun), total_(total), shown_(isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (written_) std::fputs("\r\x1b[K", stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Done(size_t count) {
    if (!shown_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::milliseconds(200)) return;
    last_ = now;
    written_ = true;
    // What is read from a pipe has no total.
    if (total_ == 0) {
      std::fprintf(stderr, "\r%s %zu %s", verb_, count, noun_);
    } else {
      std::fprintf(stderr, "\r%s %zu of %zu %s", verb_, count, total_, noun_);
    }
    std::fflush(stderr);
  }

 private:
  const char* const verb_;
  const char* const noun_;
  const size_t total_;
  const bool shown_;
  bool written_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace condyle::cli

#endif  // CONDYLE_HOST_CLI_PROGRESS_H_
