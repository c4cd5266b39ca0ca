// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle plugins check: every breach of the contract that can be found, with how to fix it.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "host/checker/check_report.h"
#include "host/checker/checker.h"
#include "host/cli/commands.h"
#include "host/library/locations.h"
#include "host/report/report.h"

namespace condyle::cli {
namespace {

constexpr size_t kMaxCaseBytes = 16u << 20;

struct CheckCommand {
  checker::CheckOptions check;
  std::string format = "text";
  std::string cases;
  bool strict = false;
};

// Empty if it is not found, after a message.
std::string FindProbe() {
  const std::vector<std::string> places = CheckerProbeCandidates(ProgramDirectory());
  if (std::string found = FirstExecutable(places); !found.empty()) return found;
  Complain(
      absl::StrCat("the program condyle-checker-probe, in which plugins are tried out, was not found or cannot be "
                   "executed; looked for ",
                   absl::StrJoin(places, ", "), ". Build or install it, or check with --level 1, which runs nothing"));
  return {};
}

// NAME.case.json of a directory, in the order of their names. False after a message.
bool ReadCases(const std::string& directory, std::vector<v1::Case>* cases) {
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().string();
    if (name.size() > 10 && name.compare(name.size() - 10, 10, ".case.json") == 0) files.push_back(name);
  }
  if (error || files.empty()) {
    Complain(absl::StrCat(directory, ": ", error ? error.message() : "holds no NAME.case.json"));
    return false;
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    const absl::StatusOr<std::string> text = ReadInput(file, kMaxCaseBytes);
    if (!text.ok()) {
      Complain(absl::StrCat(file, ": ", std::string(text.status().message())));
      return false;
    }
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    v1::Case one;
    if (!google::protobuf::util::JsonStringToMessage(*text, &one, options).ok()) {
      Complain(absl::StrCat("warning: ", file, ": is no Case in JSON, and is not asked about"));
      continue;
    }
    cases->push_back(std::move(one));
  }
  return true;
}

int Check(CheckCommand command) {
  if (!command.cases.empty() && !ReadCases(command.cases, &command.check.cases)) return kUsage;
  if (command.check.level > checker::kLowestLevel) {
    command.check.probe = FindProbe();
    if (command.check.probe.empty()) return kFailed;
  }
  command.check.checked_by = HostVersion();
  const absl::StatusOr<v1::CheckReport> report = checker::CheckPlugin(command.check);
  if (!report.ok()) {
    Complain(std::string(report.status().message()));
    return absl::IsNotFound(report.status()) || absl::IsInvalidArgument(report.status()) ? kUsage : kFailed;
  }
  const bool failed = report->errors() > 0 || (command.strict && report->warnings() > 0);
  const int exit_code = failed ? kPluginFailed : kComplete;
  if (command.format == "json") return Print(ToJson(*report) + "\n", exit_code);
  if (command.format == "sarif") return Print(checker::ToSarif(*report), exit_code);
  return Print(checker::ToText(*report, {TerminalWidth(), WantsColour(), command.strict}), exit_code);
}

// "  3  answers, output, ...": what each level adds.
std::string Levels() {
  std::string text;
  for (int level = checker::kLowestLevel; level <= checker::kHighestLevel; ++level) {
    std::vector<std::string> ids;
    for (const checker::Rule& rule : checker::Rules()) {
      if (rule.level == level) ids.emplace_back(rule.id);
    }
    if (level == checker::kHighestLevel) {
      ids.emplace_back(
          "the same with many more requests, and whether every input, citation and recommendation is used");
    }
    absl::StrAppend(&text, "  ", level, "  ", absl::StrJoin(ids, ", "), "\n");
  }
  return text;
}

}  // namespace

void AddCheck(CLI::App& plugins, Run& run) {
  auto command = std::make_shared<CheckCommand>();
  CLI::App* check = plugins.add_subcommand(
      "check", "Hold a plugin file against the contract: its bytes, and how it behaves in processes of their own");
  check->add_option("FILE.so", command->check.file, "Plugin file; a file FILE.so.sig beside it is looked at")
      ->required()
      ->option_text(" ");
  check->add_option("--level", command->check.level, "How far: 1 to 5, default 3; publish nothing that fails at 5")
      ->check(CLI::Range(checker::kLowestLevel, checker::kHighestLevel))
      ->option_text("N");
  check->add_option("--format", command->format, "text (default); json: a CheckReport; sarif: SARIF 2.1.0")
      ->check(OneOf({"text", "json", "sarif"}))
      ->option_text("text|json|sarif");
  check
      ->add_option("--seed", command->check.seed,
                   "Of the requests that are drawn; the same seed repeats a run; default 1")
      ->option_text("N");
  check->add_option("--cases", command->cases, "Directory of worked patients (NAME.case.json) to ask about too")
      ->type_name("DIR");
  check
      ->add_option("--trust", command->check.trust,
                   "Directory of trusted keys: demands a good signature; may be repeated")
      ->type_name("DIR")
      ->allow_extra_args(false);
  check->add_flag("--strict", command->strict, "Warnings fail too");
  check->footer(
      "Levels; each has all before it:\n" + Levels() +
      "Examples:\n"
      "  condyle plugins check ./condyle_example.so\n"
      "  condyle plugins check ./condyle_example.so --level 5 --cases cases\n"
      "  condyle plugins check ./condyle_example.so --format sarif > check.sarif\n"
      "Exit codes: 0 passed, warnings or not; 3 problems found (with --strict: or warnings); 1 the check itself "
      "failed; 64 usage, or the file cannot be read");
  check->callback([command, &run] { run = [command] { return Check(*command); }; });
}

}  // namespace condyle::cli
