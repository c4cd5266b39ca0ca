// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle whatif: what would have to be different for another outcome.
#include "host/cli/commands.h"
#include "host/cli/interrupt.h"
#include "host/report/report.h"

namespace condyle::cli {
namespace {

struct WhatIfCommand {
  std::string file;
  std::string format = "text";
  WhatIfOptions what_if;
  int budget_ms = static_cast<int>(WhatIfOptions().budget.count());
  std::shared_ptr<PluginOptions> plugins = std::make_shared<PluginOptions>();
};

int WhatIf(const WhatIfCommand& command) {
  std::string bytes;
  if (const int failed = ReadCaseInput(command.file, &bytes); failed != kComplete) return failed;
  absl::StatusOr<std::unique_ptr<Host>> host = OpenHost(*command.plugins);
  if (!host.ok()) {
    Complain(std::string(host.status().message()));
    return kFailed;
  }
  WhatIfOptions options = command.what_if;
  options.budget = std::chrono::milliseconds(command.budget_ms);
  WhatIfOutcome outcome = [&] {
    const Interrupt interrupt;
    options.cancel = interrupt.token();
    return (*host)->WhatIfBytes(bytes, options);
  }();
  if (outcome.refusal) return ComplainOf(command.file, *outcome.refusal);
  const v1::WhatIf& what_if = *outcome.what_if;
  WarnOfSandbox(**host, *command.plugins);
  for (const v1::PluginFailure& failure : what_if.plugin_failures()) ComplainOf(failure);
  std::string text;
  if (command.format == "json") {
    text = ToJson(what_if) + "\n";
  } else {
    TextOptions how;
    how.colour = WantsColour();
    how.width = TerminalWidth();
    text = ToText(what_if, how);
  }
  return Print(text, what_if.plugin_failures().empty() ? kComplete : kPluginFailed);
}

}  // namespace

void AddWhatIf(CLI::App& app, Run& run) {
  auto options = std::make_shared<WhatIfCommand>();
  CLI::App* command = app.add_subcommand("whatif", "What would have to be different for another outcome");
  AddCaseInput(*command, &options->file, &options->what_if.as_of);
  command->add_option("--format", options->format, "text (default) or json: one WhatIf message and nothing else")
      ->check(OneOf({"text", "json"}))
      ->option_text("text|json");
  command->add_option("--budget", options->budget_ms, "Time for the search in milliseconds; 1000 if not given")
      ->check(CLI::Range(1, 600000))
      ->option_text("MS");
  command->add_option("--sets", options->what_if.sets_per_target, "Ways shown for each outcome; 5 if not given")
      ->check(CLI::Range(1, 1000))
      ->option_text("N");
  AddPluginOptions(*command, options->plugins, /*in_process=*/true);
  command->footer(
      "Lists the fewest findings that would have to be others for another urgency, status or piece of advice, and "
      "what\n"
      "would be different without each finding given. Found by asking the plugins again.\n"
      "Examples:\n"
      "  condyle whatif runner.case.json\n"
      "  condyle whatif runner.case.json --format json | jq '.counterfactuals[] | select(.urgency)'\n"
      "Exit codes: 0 complete; 1 Condyle could not run; 2 input refused; 3 answered, but a plugin failed; 64 usage");
  command->callback([options, &run] { run = [options] { return WhatIf(*options); }; });
}

}  // namespace condyle::cli
