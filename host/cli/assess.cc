// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle assess: one case in, one consultation out.
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "host/cli/commands.h"
#include "host/report/report.h"

namespace condyle::cli {
namespace {

struct AssessOptions {
  std::string file;
  std::string format = "text";
  std::string as_of;
  std::shared_ptr<PluginOptions> plugins = std::make_shared<PluginOptions>();
};

std::string NotAMoment(const std::string& value) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, value, &time, &error) ||
      absl::ParseTime("%E4Y-%m-%d", value, &time, &error)) {
    return "";
  }
  return absl::StrCat("\"", value, "\" is no date; allowed: YYYY-MM-DD, or a date-time as 2026-05-01T09:00:00Z");
}

int Assess(const AssessOptions& options) {
  const std::string name = options.file == "-" ? "standard input" : options.file;
  absl::StatusOr<std::string> bytes = ReadInput(options.file, HostOptions().max_input_bytes);
  if (!bytes.ok()) {
    Complain(absl::StrCat(name, ": ", std::string(bytes.status().message())));
    return absl::IsInvalidArgument(bytes.status()) ? kRefused : kUsage;
  }
  absl::StatusOr<std::unique_ptr<Host>> host = OpenHost(*options.plugins);
  if (!host.ok()) {
    Complain(std::string(host.status().message()));
    return kFailed;
  }
  Outcome outcome = (*host)->ConsultBytes(*bytes, ConsultOptions{options.as_of});
  if (outcome.refusal) {
    const InputRefusal& refusal = *outcome.refusal;
    Complain(absl::StrCat(name, ": ", refusal.path, refusal.path.empty() ? "" : ": ", refusal.message));
    return kRefused;
  }
  const v1::Consultation& consultation = *outcome.consultation;
  for (const v1::PluginFailure& failure : consultation.plugin_failures()) ComplainOf(failure);
  std::string text;
  if (options.format == "json") {
    text = ToJson(consultation) + "\n";
  } else {
    TextOptions how;
    how.colour = WantsColour();
    how.width = TerminalWidth();
    text = ToText(consultation, how);
  }
  return Print(text, consultation.plugin_failures().empty() ? kComplete : kPluginFailed);
}

}  // namespace

void AddAssess(CLI::App& app, Run& run) {
  auto options = std::make_shared<AssessOptions>();
  CLI::App* command = app.add_subcommand("assess", "Assess one patient");
  command
      ->add_option("FILE", options->file,
                   "FHIR R4 Bundle or QuestionnaireResponse, Case in JSON or text format; - reads standard input")
      ->required()
      ->option_text(" ");
  command->add_option("--format", options->format, "text (default) or json: one Consultation and nothing else")
      ->check(OneOf({"text", "json"}))
      ->option_text("text|json");
  command->add_option("--as-of", options->as_of, "Moment of the assessment; overrides the input's own")
      ->check(CLI::Validator(NotAMoment, "", "date"))
      ->option_text("DATE");
  AddPluginOptions(*command, options->plugins, /*in_process=*/true);
  command->footer(
      "Examples:\n"
      "  condyle assess runner.case.json\n"
      "  condyle assess bundle.json --format json --as-of 2026-05-01 | jq .urgency\n"
      "Exit codes: 0 complete; 1 Condyle could not run; 2 input refused; 3 answered, but a plugin failed; 64 usage");
  command->callback([options, &run] { run = [options] { return Assess(*options); }; });
}

}  // namespace condyle::cli
