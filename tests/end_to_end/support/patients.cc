// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads worked patients.
#include "tests/end_to_end/support/patients.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <utility>

#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

namespace fs = std::filesystem;

}  // namespace

std::vector<WorkedCase> ReadWorkedCases(const std::string& folder) {
  static const std::string kSuffix = ".case.json";
  std::vector<WorkedCase> cases;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    if (file.size() <= kSuffix.size() || file.substr(file.size() - kSuffix.size()) != kSuffix) continue;
    WorkedCase one;
    one.name = file.substr(0, file.size() - kSuffix.size());
    one.case_json = ReadFile(entry.path().string());
    one.expect_json = ReadFile(folder + "/" + one.name + ".expect.json");
    const auto status = google::protobuf::util::JsonStringToMessage(one.case_json, &one.value);
    if (!status.ok()) throw std::runtime_error(entry.path().string() + ": " + std::string(status.message()));
    cases.push_back(std::move(one));
  }
  std::sort(cases.begin(), cases.end(), [](const WorkedCase& a, const WorkedCase& b) { return a.name < b.name; });
  return cases;
}

std::vector<WorkedCase> AllWorkedCases() {
  std::vector<WorkedCase> cases = ReadWorkedCases(kCaseFolder);
  std::set<fs::path> folders;
  for (const fs::directory_entry& plugin : fs::directory_iterator(std::string(kSourceFolder) + "/plugins")) {
    if (fs::is_directory(plugin.path() / "cases")) folders.insert(plugin.path() / "cases");
  }
  for (const fs::path& folder : folders) {
    for (WorkedCase& one : ReadWorkedCases(folder.string())) {
      one.name = folder.parent_path().filename().string() + "/" + one.name;
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

std::vector<v1::Input> InputsOf(const std::vector<v1::PluginManifest>& manifests) {
  std::vector<v1::Input> inputs;
  std::set<std::string> seen;
  for (const v1::PluginManifest& manifest : manifests) {
    for (const v1::Input& input : manifest.inputs()) {
      if (seen.insert(input.key()).second) inputs.push_back(input);
    }
  }
  return inputs;
}

}  // namespace condyle::tests
