// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The commands of the condyle program. Each adds itself to the command line; the one that is chosen is then run.
#ifndef CONDYLE_HOST_CLI_COMMANDS_H_
#define CONDYLE_HOST_CLI_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "condyle/host/host.h"

namespace condyle::cli {

// Exit codes.
inline constexpr int kComplete = 0;
inline constexpr int kFailed = 1;        // Condyle itself failed, or a case did not hold
inline constexpr int kRefused = 2;       // the input was refused
inline constexpr int kPluginFailed = 3;  // answered, but a plugin failed
inline constexpr int kUsage = 64;        // wrong command line

// Set by the chosen command while the command line is read; returns the exit code.
using Run = std::function<int()>;

void AddAssess(CLI::App& app, Run& run);
void AddPlugins(CLI::App& app, Run& run);
void AddQuestionnaire(CLI::App& app, Run& run);
void AddCases(CLI::App& app, Run& run);
void AddWhatIf(CLI::App& app, Run& run);
void AddReplay(CLI::App& app, Run& run);
void AddAudit(CLI::App& app, Run& run);
void AddServe(CLI::App& app, Run& run);

// Options that several commands share.
struct PluginOptions {
  std::vector<std::string> plugins;
  bool in_process = false;
  std::string require_sandbox;
  // Milliseconds. 0: twice that of a plugin.
  int deadline_ms = 0;
  int plugin_deadline_ms = static_cast<int>(HostOptions().deadline.count());
  // Candidates; of commands that have --shadow.
  std::vector<std::string> shadow;
  // "off", "warn" or "require".
  std::string signatures = "off";
  std::vector<std::string> trust;
  // Of commands that have --audit.
  std::string audit;
  bool no_phi = false;
  bool answer_unrecorded = false;
  // How long to wait for the store, milliseconds.
  int audit_patience_ms = static_cast<int>(HostOptions().audit_patience.count());
  // Consultations at the same time.
  int parallel = 1;
};
// in_process: whether the command runs plugins, and so has that option.
void AddPluginOptions(CLI::App& command, const std::shared_ptr<PluginOptions>& options, bool in_process);
// --signatures and --trust; the commands that run plugins have them by AddPluginOptions.
void AddSignatureOptions(CLI::App& command, const std::shared_ptr<PluginOptions>& options);
// --audit and what belongs to it, for commands whose answers are given to somebody.
void AddAuditOptions(CLI::App& command, const std::shared_ptr<PluginOptions>& options);
// The options of signatures for the host, and nothing else.
HostOptions SignatureOptionsOf(const PluginOptions& options);
// Adds keygen, sign and verify to "plugins".
void AddSigning(CLI::App& plugins, Run& run);
// Adds check to "plugins".
void AddCheck(CLI::App& plugins, Run& run);
// Also complains of plugins that run without a good signature.
absl::StatusOr<std::unique_ptr<Host>> OpenHost(const PluginOptions& options);
// Says, if it is so, that workers were less shut in than they can be. Not if --require-sandbox tells what will do.
void WarnOfSandbox(const Host& host, const PluginOptions& options);
// Directories that were given, else the default ones.
std::vector<std::string> PluginPlaces(const PluginOptions& options);

// Writes everything to standard output and flushes it. Returns `exit_code`; kFailed, with a message, if that cannot be
// done.
int Print(const std::string& text, int exit_code);
// "condyle: MESSAGE" on standard error. Control characters are taken out.
void Complain(const std::string& message);
// Complains of each plugin that failed.
void ComplainOf(const v1::PluginFailure& failure);

// Reads a whole file, or standard input for "-". At most max_bytes: larger input is InvalidArgument (a refusal), unread
// where its size is known beforehand; what cannot be read is NotFound.
absl::StatusOr<std::string> ReadInput(const std::string& file, size_t max_bytes);

// AlreadyExists if there is something at this path.
absl::Status CheckIsNew(const std::string& path);
struct NewFile {
  // Mode 0644 in place of 0600, which lets only the owner read it.
  bool for_all = false;
  // In place of a file that is there.
  bool replace = false;
};
// Writes a file. It is there whole, and on the disk, or not at all; a file that is there already is kept, unless it is
// to be replaced, and the status is AlreadyExists. Messages do not name the file.
absl::Status WriteNewFile(const std::string& path, const std::string& bytes, const NewFile& how = {});

// RFC 3339, or a date, which is its midnight in UTC.
std::optional<absl::Time> ParseMoment(const std::string& text);
// Checks that an option's value is one.
CLI::Validator Moment();
// FILE and --as-of.
void AddCaseInput(CLI::App& command, std::string* file, std::string* as_of);
// Reads the file of a case. kComplete, or the exit code after a message.
int ReadCaseInput(const std::string& file, std::string* bytes);
// Says why the case in this file was refused. Returns kRefused.
int ComplainOf(const std::string& file, const InputRefusal& refusal);

// Columns of the terminal on standard output; 80 if it is none. Between 60 and 100.
int TerminalWidth();
// Whether to use colour on standard output.
bool WantsColour();

// Checks an option's value against what there is, and says what there is.
CLI::Validator OneOf(const std::vector<std::string>& allowed);

}  // namespace condyle::cli

#endif  // CONDYLE_HOST_CLI_COMMANDS_H_
