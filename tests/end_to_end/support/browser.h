// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A real browser that looks at pages.
#ifndef CONDYLE_TESTS_END_TO_END_SUPPORT_BROWSER_H_
#define CONDYLE_TESTS_END_TO_END_SUPPORT_BROWSER_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {

class Browser : public ::testing::Test {
 protected:
  void SetUp() override {
    std::stringstream path(std::getenv("PATH") == nullptr ? "" : std::getenv("PATH"));
    for (std::string folder; program_.empty() && std::getline(path, folder, ':');) {
      if (access((folder + "/chromium").c_str(), X_OK) == 0) program_ = folder + "/chromium";
    }
    if (!program_.empty()) return;
    ASSERT_EQ(std::getenv("CI"), nullptr) << "chromium is needed to look at the report; ./dev test installs it";
    GTEST_SKIP() << "chromium is not installed; ./dev test installs it";
  }

  RunResult Browse(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {program_, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                      "--no-first-run", "--user-data-dir=" + folder_.Path("profile")});
    RunOptions options;
    options.environment = {"HOME=" + folder_.Path("")};
    return RunProgram(arguments, options);
  }

  TempFolder folder_;
  std::string program_;
};

// Of a document that the browser printed.
inline size_t PdfPages(const std::string& pdf) {
  const std::string page = "/Type /Page";
  size_t count = 0;
  for (size_t at = pdf.find(page); at != std::string::npos; at = pdf.find(page, at + 1)) {
    count += pdf[at + page.size()] != 's';
  }
  return count;
}

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_END_TO_END_SUPPORT_BROWSER_H_
