// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A real browser that looks at pages.
#ifndef CONDYLE_TESTS_END_TO_END_SUPPORT_BROWSER_H_
#define CONDYLE_TESTS_END_TO_END_SUPPORT_BROWSER_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "host/report/html.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {

// name: without blanks.
struct ShownPage {
  std::string name, html;
};

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

  // Shows the pages on a telephone, each in a frame of its own, and expects them to be no wider than it. The script,
  // which is the test's and not the pages', leaves what it measured. least_sections: of <main>.
  void ExpectAsWideAsATelephone(const std::vector<ShownPage>& pages, int least_sections) {
    std::string html = "<!DOCTYPE html><meta charset='utf-8'><body>";
    for (const ShownPage& page : pages) {
      html += "<iframe title='" + page.name + "' style='width:360px;height:640px;border:0' srcdoc=\"" +
              EscapedHtml(page.html) + "\"></iframe>";
    }
    html +=
        "<script>onload=()=>{let said='';for(const f of document.querySelectorAll('iframe')){const d=f.contentDocument;"
        "said+=f.title+' '+d.documentElement.clientWidth+' '+d.documentElement.scrollWidth+' '+"
        "d.querySelectorAll('main section').length+'\\n'}document.body.textContent=said}</script>";
    const RunResult run =
        Browse({"--virtual-time-budget=20000", "--dump-dom", "file://" + folder_.Write("frames.html", html)});
    std::istringstream said(run.out.substr(std::min(run.out.size(), run.out.find("<body>") + 6)));
    size_t measured = 0;
    std::string name;
    for (int client, scroll, sections; said >> name >> client >> scroll >> sections; ++measured) {
      EXPECT_GT(client, 300) << name;
      EXPECT_LE(scroll, 360) << name << " is wider than the screen";
      EXPECT_GE(sections, least_sections) << name;
    }
    EXPECT_EQ(measured, pages.size()) << run.out.substr(0, 2000) << run.err.substr(0, 2000);
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
