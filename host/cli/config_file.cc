// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// CLI11 reads the file; its own way of applying one knows the program's options only, not a command's.
#include "host/cli/config_file.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "host/cli/commands.h"

namespace condyle::cli {
namespace {

// Options that make no sense in a file.
bool IsForCommandLine(const CLI::Option& option) {
  const std::vector<std::string>& names = option.get_lnames();
  if (names.empty()) return true;
  static const std::set<std::string> kOnly = {"help", "version", "config", "print-config"};
  return kOnly.count(names.front()) > 0;
}

std::vector<std::string> Keys(const CLI::App& command) {
  std::vector<std::string> keys;
  for (const CLI::Option* option : command.get_options()) {
    if (!IsForCommandLine(*option)) keys.push_back(option->get_lnames().front());
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::string Apply(CLI::App& command, const CLI::ConfigItem& item, std::set<std::string>* seen) {
  if (item.name == "++" || item.name == "--") return {};  // CLI11's marks of where a section begins and ends
  const std::string key = item.fullname();
  const std::vector<std::string> keys = Keys(command);
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
    return absl::StrCat("\"", key, "\" is no option of this command; there are: ", absl::StrJoin(keys, ", "));
  }
  if (!seen->insert(key).second) return absl::StrCat("\"", key, "\" stands there twice");
  CLI::Option* option = command.get_option("--" + key);
  if (option->count() > 0) return {};
  if (item.inputs.empty()) return absl::StrCat("\"", key, "\" has no value");
  if (item.inputs.size() > 1 && option->get_items_expected_max() <= 1) {
    return absl::StrCat("\"", key, "\" takes one value, and there are ", item.inputs.size());
  }
  try {
    for (const std::string& input : item.inputs) option->add_result(input);
    option->run_callback();
  } catch (const CLI::ParseError& error) {
    return absl::StrCat("\"", key, "\": ", error.what());
  }
  return {};
}

std::string Quoted(const std::string& text) {
  const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (number || text == "true" || text == "false") return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string ValueOf(const CLI::Option& option) {
  const bool list = option.get_items_expected_max() > 1;
  if (option.count() > 0) {
    std::vector<std::string> values;
    for (const std::string& value : option.results()) values.push_back(Quoted(value));
    return list ? absl::StrCat("[", absl::StrJoin(values, ", "), "]") : values.back();
  }
  if (list) {
    // CLI11 writes a list's default as [a,b].
    std::string text = option.get_default_str();
    if (text.size() <= 2) return "[]";
    std::vector<std::string> values = absl::StrSplit(text.substr(1, text.size() - 2), ',');
    for (std::string& value : values) value = Quoted(value);
    return absl::StrCat("[", absl::StrJoin(values, ", "), "]");
  }
  if (option.get_items_expected_max() == 0) return "false";
  return Quoted(option.get_default_str());
}

}  // namespace

std::string ApplyConfigFile(CLI::App& command, const std::string& path) {
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_file(path);
  } catch (const CLI::Error& error) {
    return absl::StrCat(path, ": cannot be read as TOML: ", error.what());
  }
  std::set<std::string> seen;
  for (const CLI::ConfigItem& item : items) {
    if (std::string fault = Apply(command, item, &seen); !fault.empty()) return absl::StrCat(path, ": ", fault);
  }
  return {};
}

std::string ToConfigFile(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    if (IsForCommandLine(*option)) continue;
    std::string words = option->get_description();
    // As long as a line, so that it can be read in an editor.
    while (!words.empty()) {
      size_t end = words.size();
      if (end > 110) {
        end = words.rfind(' ', 110);
        if (end == std::string::npos) end = words.size();
      }
      absl::StrAppend(&text, "# ", words.substr(0, end), "\n");
      words.erase(0, std::min(words.size(), end + 1));
    }
    const std::string value = ValueOf(*option);
    const std::string key = option->get_lnames().front();
    absl::StrAppend(&text, value == "\"\"" || value == "[]" ? "#" : "", key, " = ", value, "\n\n");
  }
  return text;
}

}  // namespace condyle::cli
