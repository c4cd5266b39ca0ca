// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle questionnaire: the form of all inputs.
#include "host/questionnaire/questionnaire.h"

#include "host/catalog/plugin_catalog.h"
#include "host/cli/commands.h"

namespace condyle::cli {

void AddQuestionnaire(CLI::App& app, Run& run) {
  auto options = std::make_shared<PluginOptions>();
  CLI::App* command = app.add_subcommand("questionnaire", "FHIR R4 Questionnaire of all inputs of the plugins");
  AddPluginOptions(*command, options, /*in_process=*/false);
  command->footer(
      "Example:\n"
      "  condyle questionnaire > questionnaire.json\n"
      "Exit codes: 0 complete; 1 no plugin; 3 complete for the plugins that could be read, and another failed; 64 "
      "usage");
  command->callback([options, &run] {
    run = [options] {
      PluginCatalog catalog = DiscoverPlugins(PluginPlaces(*options));
      for (const v1::PluginFailure& failure : catalog.failures) ComplainOf(failure);
      if (catalog.plugins.empty()) {
        Complain("there is no plugin, so there is nothing to ask");
        return kFailed;
      }
      return Print(FhirQuestionnaire(catalog.inputs) + "\n", catalog.failures.empty() ? kComplete : kPluginFailed);
    };
  });
}

}  // namespace condyle::cli
