// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle cases: worked patients against what is expected of them, in one process.
#include <algorithm>
#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "host/cli/case_expectations.h"
#include "host/cli/commands.h"

namespace condyle::cli {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kCase = ".case.json";
constexpr std::string_view kExpect = ".expect.json";
constexpr char kTableName[] = "never_say.tsv";

struct CasesOptions {
  std::string directory;
  std::string never_say;
  std::shared_ptr<PluginOptions> plugins = std::make_shared<PluginOptions>();
};

int Usage(const std::string& message) {
  Complain(message);
  return kUsage;
}

// Beside the cases, with the pack whose plugin they belong to, or with the plugins. Empty if there is none.
std::string FindNeverSay(const CasesOptions& options) {
  std::vector<fs::path> places = {fs::path(options.directory), fs::path(options.directory) / "..",
                                  fs::path(options.directory) / ".." / ".." / "pack"};
  for (const std::string& place : PluginPlaces(*options.plugins)) places.emplace_back(place);
  for (const fs::path& place : places) {
    std::error_code error;
    if (fs::is_regular_file(place / kTableName, error)) return (place / kTableName).string();
  }
  return "";
}

int Cases(const CasesOptions& options) {
  std::set<std::string> cases, expectations;
  std::error_code error;
  fs::directory_iterator at(options.directory, error);
  if (error) return Usage(absl::StrCat(options.directory, ": is no folder that can be read: ", error.message()));
  for (; at != fs::directory_iterator(); at.increment(error)) {
    if (error) return Usage(absl::StrCat(options.directory, ": cannot be read: ", error.message()));
    std::string name = at->path().filename().string();
    for (auto [suffix, names] : {std::pair{kCase, &cases}, std::pair{kExpect, &expectations}}) {
      if (name.size() > suffix.size() && name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0) {
        names->insert(name.substr(0, name.size() - suffix.size()));
      }
    }
  }
  std::vector<std::string> lone;
  std::set_symmetric_difference(cases.begin(), cases.end(), expectations.begin(), expectations.end(),
                                std::back_inserter(lone));
  if (!lone.empty()) {
    return Usage(absl::StrCat(options.directory, ": case or expectation missing for: ", absl::StrJoin(lone, ", ")));
  }
  if (cases.empty()) return Usage(absl::StrCat(options.directory, ": there is no NAME.case.json"));

  const size_t max_bytes = HostOptions().max_input_bytes;
  NeverSayTable never_say;
  std::string table_file = options.never_say.empty() ? FindNeverSay(options) : options.never_say;
  if (!table_file.empty()) {
    absl::StatusOr<std::string> text = ReadInput(table_file, max_bytes);
    if (!text.ok()) return Usage(absl::StrCat(table_file, ": ", std::string(text.status().message())));
    absl::StatusOr<NeverSayTable> table = ParseNeverSay(*text);
    if (!table.ok()) return Usage(absl::StrCat(table_file, ": ", std::string(table.status().message())));
    never_say = *std::move(table);
  }

  absl::StatusOr<std::unique_ptr<Host>> host = OpenHost(*options.plugins);
  if (!host.ok()) {
    Complain(std::string(host.status().message()));
    return kFailed;
  }
  size_t good = 0;
  int held = 0, total = 0;
  for (const std::string& name : cases) {
    std::string stem = (fs::path(options.directory) / name).string();
    std::string expect_file = absl::StrCat(stem, std::string(kExpect)),
                case_file = absl::StrCat(stem, std::string(kCase));
    absl::StatusOr<std::string> json = ReadInput(expect_file, max_bytes);
    if (!json.ok()) return Usage(absl::StrCat(expect_file, ": ", std::string(json.status().message())));
    absl::StatusOr<CaseExpectation> expected = ParseExpectation(*json);
    if (!expected.ok()) return Usage(absl::StrCat(expect_file, ": ", std::string(expected.status().message())));
    for (const std::string& id : expected->must_not_say) {
      if (never_say.count(id) > 0) continue;
      return Usage(
          table_file.empty()
              ? absl::StrCat(expect_file, ": mustNotSay lists ", id, ", and no ", kTableName,
                             " was found beside the cases, in the pack or beside the plugins: give --never-say FILE")
              : absl::StrCat(expect_file, ": mustNotSay lists ", id, ", which is not in ", table_file));
    }
    absl::StatusOr<std::string> bytes = ReadInput(case_file, max_bytes);
    if (!bytes.ok()) return Usage(absl::StrCat(case_file, ": ", std::string(bytes.status().message())));
    CaseResult result;
    try {
      result = CompareCase(*expected, (*host)->ConsultBytes(*bytes), never_say);
    } catch (const std::runtime_error& regex_error) {
      result.faults.push_back(absl::StrCat("a pattern could not be tried: ", regex_error.what()));
    }
    held += result.held;
    total += result.total;
    good += result.faults.empty();
    if (!result.faults.empty()) {
      int written = Print(absl::StrCat("FAIL ", name, ": ", absl::StrJoin(result.faults, "; "), "\n"), kComplete);
      if (written != kComplete) return written;
    }
  }
  WarnOfSandbox(**host, *options.plugins);
  std::string note = table_file.empty() ? absl::StrCat("; wording not checked: no ", kTableName, " was found") : "";
  return Print(
      absl::StrCat("PASS ", good, " of ", cases.size(), " cases; ", held, " of ", total, " expectations", note, "\n"),
      good == cases.size() ? kComplete : kFailed);
}

}  // namespace

void AddCases(CLI::App& app, Run& run) {
  auto options = std::make_shared<CasesOptions>();
  CLI::App* command = app.add_subcommand("cases", "Run worked patients and compare the answers with what is expected");
  command->add_option("DIR", options->directory, "Folder with NAME.case.json and NAME.expect.json")
      ->required()
      ->option_text(" ");
  command
      ->add_option("--never-say", options->never_say,
                   "Table of wording that no answer may have (default: never_say.tsv beside the cases, in the pack or "
                   "beside the plugins)")
      ->option_text("FILE");
  AddPluginOptions(*command, options->plugins, /*in_process=*/true);
  command->footer(
      "Example:\n"
      "  condyle cases plugins/red_flag_screen/cases\n"
      "One line for each case that does not hold, last a summary.\n"
      "Exit codes: 0 all hold; 1 some do not, or Condyle could not run; 64 usage, or a file that cannot be read");
  command->callback([options, &run] { run = [options] { return Cases(*options); }; });
}

}  // namespace condyle::cli
