// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs programs of the build, without a shell, and captures what they say.
#ifndef CONDYLE_TESTS_END_TO_END_SUPPORT_RUN_PROGRAM_H_
#define CONDYLE_TESTS_END_TO_END_SUPPORT_RUN_PROGRAM_H_

#include <string>
#include <string_view>
#include <vector>

namespace condyle::tests {

struct RunOptions {
  std::string stdin_bytes;
  // Instead of stdin_bytes, if not empty.
  std::string stdin_file;
  // NAME=VALUE, beside PATH and the sanitizers' options, which are passed on.
  std::vector<std::string> environment;
};

struct RunResult {
  // -1 if a signal ended it.
  int exit_code = -1;
  int signal = 0;
  std::string out;
  std::string err;
};

// arguments[0] is the program's path. Throws std::runtime_error if it cannot be started. Ends it after two minutes.
RunResult RunProgram(const std::vector<std::string>& arguments, const RunOptions& options = {});

// The condyle program of this build, on the plugins beside it.
RunResult Condyle(std::vector<std::string> arguments, const RunOptions& options = {});

// Number of lines; a last one without a line break counts.
size_t LineCount(std::string_view text);

// A directory of its own, removed with all its files at the end.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string Path(const std::string& name) const { return path_ + "/" + name; }
  // Returns the file's path.
  std::string Write(const std::string& name, std::string_view bytes) const;
  // A file of zero bytes without blocks on the disk. Returns its path.
  std::string WriteSparse(const std::string& name, size_t bytes) const;

 private:
  std::string path_;
};

// Throws std::runtime_error if it cannot be read.
std::string ReadFile(const std::string& path);

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_END_TO_END_SUPPORT_RUN_PROGRAM_H_
