// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the commands that read one case share: its options, reading it, saying why it was refused.
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "host/cli/commands.h"

namespace condyle::cli {
namespace {

std::string NameOf(const std::string& file) { return file == "-" ? "standard input" : file; }

}  // namespace

std::optional<absl::Time> ParseMoment(const std::string& text) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error) || absl::ParseTime("%E4Y-%m-%d", text, &time, &error)) {
    return time;
  }
  return std::nullopt;
}

CLI::Validator Moment() {
  return CLI::Validator(
      [](std::string& value) {
        if (ParseMoment(value)) return std::string();
        return absl::StrCat("\"", value, "\" is no date; allowed: YYYY-MM-DD, or a date-time as 2026-05-01T09:00:00Z");
      },
      "", "date");
}

void AddCaseInput(CLI::App& command, std::string* file, std::string* as_of) {
  command
      .add_option("FILE", *file,
                  "FHIR R4 Bundle or QuestionnaireResponse, Case in JSON or text format; - reads standard input")
      ->required()
      ->option_text(" ");
  command.add_option("--as-of", *as_of, "Moment of the assessment; overrides the input's own")
      ->check(Moment())
      ->option_text("DATE");
}

int ReadCaseInput(const std::string& file, std::string* bytes) {
  absl::StatusOr<std::string> read = ReadInput(file, HostOptions().max_input_bytes);
  if (read.ok()) {
    *bytes = *std::move(read);
    return kComplete;
  }
  Complain(absl::StrCat(NameOf(file), ": ", std::string(read.status().message())));
  return absl::IsInvalidArgument(read.status()) ? kRefused : kUsage;
}

int ComplainOf(const std::string& file, const InputRefusal& refusal) {
  Complain(absl::StrCat(NameOf(file), ": ", refusal.path, refusal.path.empty() ? "" : ": ", refusal.message));
  return kRefused;
}

}  // namespace condyle::cli
