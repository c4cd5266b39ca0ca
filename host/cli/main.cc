// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The condyle program: reads the command line and runs the command.
#include <google/protobuf/stubs/logging.h>

#include <csignal>
#include <exception>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "host/cli/commands.h"

namespace condyle::cli {
namespace {

int Main(int argc, char** argv) {
  // A reader that goes away shows as a failed write.
  std::signal(SIGPIPE, SIG_IGN);
  // What protobuf has to say of bad input, intake and reconciliation say better.
  google::protobuf::SetLogHandler(nullptr);

  CLI::App app("Condyle: plugin-based clinical decision support. For clinicians, who check the basis of each line.",
               "condyle");
  app.set_version_flag("--version", absl::StrCat("condyle ", HostVersion()));
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  condyle assess runner.case.json\n"
      "  condyle plugins show red_flag_screen\n"
      "Each command has its own --help, with its exit codes.");
  Run run;
  AddAssess(app, run);
  AddPlugins(app, run);
  AddQuestionnaire(app, run);
  AddCases(app, run);
  AddWhatIf(app, run);
  AddReplay(app, run);
  AddAudit(app, run);
  AddServe(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    if (app.exit(error, out, err) == 0) return Print(out.str(), kComplete);  // --help, --version
    // What is left over explains more than the command that is missing because of it.
    std::vector<std::string> left = app.remaining(/*recurse=*/true);
    bool unknown = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !left.empty();
    Complain(absl::StrCat(unknown ? absl::StrCat("\"", left.front(), "\" is not known here") : error.what(),
                          ". See condyle --help"));
    return kUsage;
  }
  return run();
}

}  // namespace
}  // namespace condyle::cli

int main(int argc, char** argv) {
  try {
    return condyle::cli::Main(argc, argv);
  } catch (const std::exception& error) {
    condyle::cli::Complain(absl::StrCat("unexpected failure: ", error.what()));
    return condyle::cli::kFailed;
  }
}
