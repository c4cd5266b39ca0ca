// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the commands share: reading, printing, complaining, opening the host.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "host/cli/commands.h"
#include "host/report/text_layout.h"

namespace condyle::cli {

void AddPluginOptions(CLI::App& command, const std::shared_ptr<PluginOptions>& options, bool in_process) {
  command
      .add_option("--plugins", options->plugins,
                  "Directory with plugins, or a plugin file; may be repeated (default: beside the program, else where "
                  "installed)")
      ->type_name("DIR")
      ->allow_extra_args(false);
  if (in_process) {
    command.add_flag("--in-process", options->in_process,
                     "Load the plugins into this process: faster, for trusted plugins only");
    command
        .add_option("--require-sandbox", options->require_sandbox,
                    "Least level of the workers' sandbox; a plugin whose worker reaches less on this machine is not "
                    "asked, and fails. Without it, less than strict is only warned of")
        ->check(OneOf({"none", "limits", "filtered", "strict"}))
        ->excludes("--in-process")
        ->option_text("none|limits|filtered|strict");
    command
        .add_option(
            "--deadline", options->deadline_ms,
            absl::StrCat("Longest time for the plugins' answers of one consultation together, in milliseconds; ",
                         options->deadline_ms == 0 ? "twice --plugin-deadline" : std::to_string(options->deadline_ms),
                         " if not given. A plugin that has not answered by then fails; the others' answers "
                         "are given"))
        ->check(CLI::Range(1, 3600000))
        ->default_str(options->deadline_ms == 0 ? "" : std::to_string(options->deadline_ms))
        ->option_text("MS");
    command
        .add_option("--plugin-deadline", options->plugin_deadline_ms,
                    absl::StrCat("Longest time for one answer of one plugin, in milliseconds; ",
                                 options->plugin_deadline_ms, " if not given"))
        ->check(CLI::Range(1, 3600000))
        ->default_str(std::to_string(options->plugin_deadline_ms))
        ->option_text("MS");
    AddSignatureOptions(command, options);
  }
}

void AddSignatureOptions(CLI::App& command, const std::shared_ptr<PluginOptions>& options) {
  command
      .add_option("--signatures", options->signatures,
                  absl::StrCat("What becomes of plugins without a good signature: off uses them, warn says so, require "
                               "leaves them out; those of the installed directory need none. If not given: ",
                               options->signatures))
      ->check(OneOf({"off", "warn", "require"}))
      ->default_str(options->signatures)
      ->option_text("off|warn|require");
  command
      .add_option("--trust", options->trust,
                  "Directory of trusted keys: *.pub, and the revoked ones in the file \"revoked\"; may be repeated")
      ->type_name("DIR")
      ->allow_extra_args(false);
}

HostOptions SignatureOptionsOf(const PluginOptions& options) {
  using Policy = HostOptions::SignaturePolicy;
  HostOptions host;
  host.signatures = options.signatures == "require" ? Policy::kRequire
                    : options.signatures == "warn"  ? Policy::kWarn
                                                    : Policy::kOff;
  host.trust = options.trust;
  return host;
}

std::vector<std::string> PluginPlaces(const PluginOptions& options) {
  return options.plugins.empty() ? DefaultPluginDirectories() : options.plugins;
}

absl::StatusOr<std::unique_ptr<Host>> OpenHost(const PluginOptions& options) {
  HostOptions host = SignatureOptionsOf(options);
  host.plugins = options.plugins;
  host.in_process = options.in_process;
  host.shadow = options.shadow;
  host.require_sandbox = options.require_sandbox;
  host.consultation_deadline = std::chrono::milliseconds(options.deadline_ms);
  host.deadline = std::chrono::milliseconds(options.plugin_deadline_ms);
  host.audit = options.audit;
  host.audit_without_phi = options.no_phi;
  host.answer_unrecorded = options.answer_unrecorded;
  host.audit_patience = std::chrono::milliseconds(options.audit_patience_ms);
  host.parallel = options.parallel;
  absl::StatusOr<std::unique_ptr<Host>> opened = Host::Open(host);
  if (opened.ok()) {
    for (const v1::PluginFailure& warning : (*opened)->SignatureWarnings()) {
      Complain(absl::StrCat("warning: plugin ", warning.plugin_id(), ": ", warning.message()));
    }
  }
  return opened;
}

void WarnOfSandbox(const Host& host, const PluginOptions& options) {
  if (!options.require_sandbox.empty()) return;
  const std::string warning = host.SandboxWarning();
  if (!warning.empty()) {
    Complain(absl::StrCat("warning: ", warning, ". Say --require-sandbox LEVEL to insist on a level, or to accept it"));
  }
}

int Print(const std::string& text, int exit_code) {
  size_t done = 0;
  while (done < text.size()) {
    ssize_t n = write(STDOUT_FILENO, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      // A reader that has gone (condyle ... | head) needs no message.
      if (errno != EPIPE) Complain(absl::StrCat("standard output: cannot be written: ", std::strerror(errno)));
      return kFailed;
    }
    done += static_cast<size_t>(n);
  }
  return exit_code;
}

void Complain(const std::string& message) {
  std::string line = absl::StrCat("condyle: ", Printable(message), "\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void ComplainOf(const v1::PluginFailure& failure) {
  // Many messages name the file themselves.
  bool named = failure.file().empty() || failure.message().find(failure.file()) != std::string::npos;
  std::string file = named ? "" : absl::StrCat(" (", failure.file(), ")");
  Complain(absl::StrCat("plugin ", failure.plugin_id(), file, ": ", failure.message()));
}

absl::StatusOr<std::string> ReadInput(const std::string& file, size_t max_bytes) {
  bool standard_input = file == "-";
  int descriptor = standard_input ? STDIN_FILENO : open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return absl::NotFoundError(absl::StrCat("cannot be opened: ", std::strerror(errno)));
  struct Closer {
    int descriptor;
    ~Closer() {
      if (descriptor > STDIN_FILENO) close(descriptor);
    }
  } closer{descriptor};
  auto too_large = [&](const std::string& size) {
    return absl::InvalidArgumentError(absl::StrCat("is too large: ", size, " bytes; at most ", max_bytes, " are read"));
  };
  struct stat info;
  if (fstat(descriptor, &info) != 0) return absl::NotFoundError(absl::StrCat("cannot be read: ", std::strerror(errno)));
  if (S_ISDIR(info.st_mode)) return absl::NotFoundError("is a directory; a file or - is wanted");
  if (S_ISREG(info.st_mode) && static_cast<size_t>(info.st_size) > max_bytes) {
    return too_large(absl::StrCat(info.st_size));
  }
  std::string text;
  // The size is a hint only: pipes have none and files may grow.
  size_t room = S_ISREG(info.st_mode) ? static_cast<size_t>(info.st_size) + 1 : 65536;
  for (;;) {
    size_t used = text.size();
    text.resize(used + room);
    ssize_t n = read(descriptor, text.data() + used, room);
    text.resize(used + static_cast<size_t>(std::max<ssize_t>(n, 0)));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::NotFoundError(absl::StrCat("cannot be read: ", std::strerror(errno)));
    if (text.size() > max_bytes) return too_large(absl::StrCat("more than ", max_bytes));
    if (n == 0) return text;
    room = 65536;
  }
}

int TerminalWidth() {
  winsize size{};
  if (isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::clamp<int>(size.ws_col, 60, 100);
}

bool WantsColour() {
  const char* off = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && (off == nullptr || *off == '\0') &&
         (terminal == nullptr || std::string(terminal) != "dumb");
}

CLI::Validator OneOf(const std::vector<std::string>& allowed) {
  return CLI::Validator(
      [allowed](std::string& value) {
        if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return std::string();
        return absl::StrCat("\"", value, "\" is not available; there is ", absl::StrJoin(allowed, ", "));
      },
      absl::StrJoin(allowed, "|"));
}

}  // namespace condyle::cli
