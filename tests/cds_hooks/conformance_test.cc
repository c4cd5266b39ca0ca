// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// docs/ehr/conformance.md names tests: they must be there.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "tests/end_to_end/support/build_paths.h"

namespace condyle::tests {
namespace {

namespace fs = std::filesystem;

// Of cds-hooks_2.0: SHALL for a service, SHALL for both sides, SHALL NOT.
constexpr int kRequirements[] = {4,   5,   6,   7,   9,   10,  13,  16,  29,  36,  54,  55,  56,  57,  59,
                                 61,  74,  75,  80,  83,  85,  87,  88,  89,  90,  92,  93,  95,  96,  98,
                                 100, 103, 105, 107, 111, 115, 117, 119, 121, 124, 127, 128, 130, 131, 132,
                                 133, 134, 135, 136, 138, 139, 141, 142, 144, 176, 211, 213, 216, 217, 218,
                                 219, 220, 1,   2,   125, 168, 199, 208, 214, 3,   147, 201, 203};

std::string Read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Conformance, NamesATestForEachRequirementAndEachTestExists) {
  const fs::path root = kSourceFolder;
  const std::string page = Read(root / "docs/ehr/conformance.md");
  ASSERT_FALSE(page.empty());
  const std::regex in_quotes("`([^`]+)`");
  const auto each = [&](const std::string& text, const auto& use) {
    for (std::sregex_iterator at(text.begin(), text.end(), in_quotes), end; at != end; ++at) use((*at)[1].str());
  };

  std::map<std::string, fs::path> files;
  const std::regex place(R"(\| (`.*`) \| `([^`]+\.(cc|mjs))` \|)");
  for (std::sregex_iterator at(page.begin(), page.end(), place), end; at != end; ++at) {
    each((*at)[1].str(), [&](const std::string& begin) { files[begin] = root / (*at)[2].str(); });
  }
  ASSERT_GE(files.size(), 5u);

  std::set<int> seen;
  const std::regex row(R"(\| (\d+) \| .* \| (`[^|]*`) \|)");
  for (std::sregex_iterator at(page.begin(), page.end(), row), end; at != end; ++at) {
    const int number = std::stoi((*at)[1].str());
    EXPECT_TRUE(seen.insert(number).second) << number << " stands there twice";
    int named = 0;
    each((*at)[2].str(), [&](const std::string& test) {
      ++named;
      const size_t dot = test.find('.');
      ASSERT_NE(dot, test.npos) << number << ": " << test;
      const std::string suite = test.substr(0, dot);
      const std::string name = test.substr(dot + 1);
      const auto file = files.find(suite);
      ASSERT_NE(file, files.end()) << number << ": the page does not say where " << suite << " stands";
      // A room that is not built here proves nothing here.
      if (!fs::exists(file->second.parent_path() / "CMakeLists.txt")) return;
      if (suite == "outside") {
        EXPECT_EQ(file->second.stem(), name) << number;
        EXPECT_TRUE(fs::exists(file->second)) << number << ": " << file->second;
        return;
      }
      const std::regex defined("TEST(_F)?\\(" + suite + ", " + name + "\\)");
      EXPECT_TRUE(std::regex_search(Read(file->second), defined))
          << number << ": no test " << test << " in " << file->second;
    });
    EXPECT_GT(named, 0) << number << " has no test";
  }
  const std::set<int> wanted(std::begin(kRequirements), std::end(kRequirements));
  EXPECT_EQ(wanted.size(), 73u);
  EXPECT_EQ(seen, wanted);
}

}  // namespace
}  // namespace condyle::tests
