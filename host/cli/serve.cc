// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle serve: the service for EHRs.
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "host/cli/commands.h"
#include "host/cli/config_file.h"
#include "host/service/config.h"
#include "host/service/service.h"

namespace condyle::cli {
namespace {

using service::Config;

struct ServeOptions {
  Config config;
  std::shared_ptr<PluginOptions> plugins = std::make_shared<PluginOptions>();
  std::string config_file;
  bool print_config = false;
};

template <typename T>
CLI::Option* Add(CLI::App& command, const char* name, T& value, const char* words, const char* type) {
  return command.add_option(name, value, words)->option_text(type)->capture_default_str();
}

CLI::Option* AddList(CLI::App& command, const char* name, std::vector<std::string>& values, const char* words,
                     const char* type) {
  return command.add_option(name, values, words)->type_name(type)->allow_extra_args(false)->capture_default_str();
}

CLI::Option* AddMs(CLI::App& command, const char* name, std::chrono::milliseconds& value, const char* words,
                   int64_t least = 1) {
  return command
      .add_option_function<int64_t>(
          name, [&value](const int64_t& ms) { value = std::chrono::milliseconds(ms); }, words)
      ->check(CLI::Range(least, int64_t{3600000}))
      ->option_text("MS")
      ->default_str(std::to_string(value.count()));
}

CLI::Option* AddCount(CLI::App& command, const char* name, size_t& value, const char* words, size_t least,
                      size_t most) {
  return command.add_option(name, value, words)
      ->check(CLI::Range(least, most))
      ->option_text("N")
      ->default_str(std::to_string(value));
}

void AddNetwork(CLI::App& command, Config& c) {
  AddList(command, "--listen", c.listen,
          "Where to listen, numeric address and port; may be repeated. [::]:8443 is every address. Port 0: any free "
          "one, which the log names",
          "ADDRESS:PORT");
  Add(command, "--public-url", c.public_url,
      "How clients reach the service: stands in links, and in the tokens that they send. If not given: the first "
      "address of --listen",
      "URL");
  Add(command, "--tls-certificate", c.tls_certificate, "Certificate chain, PEM; read anew on SIGHUP", "FILE");
  Add(command, "--tls-key", c.tls_key, "Its private key, PEM", "FILE");
  Add(command, "--tls-client-ca", c.tls_client_ca,
      "Only clients with a certificate of one of these authorities are let in, PEM", "FILE");
  command.add_flag("--behind-proxy", c.behind_proxy,
                   "A proxy before the service ends TLS; so plain HTTP may be spoken on any address");
  AddList(command, "--cors-origin", c.cors_origins,
          "Origin of a page whose browser may call, as https://ehr.example; may be repeated; * is every one", "ORIGIN");
}

void AddAccess(CLI::App& command, Config& c) {
  Add(command, "--clients", c.clients,
      "File of the CDS clients that are trusted, and where their keys are (docs/ehr/authentication.md); read anew on "
      "SIGHUP. Without it nobody is asked who it is, and only this machine can reach the service",
      "FILE");
  command.add_flag("--anonymous", c.anonymous, "Answers whoever asks, on any address");
  AddList(command, "--fhir-server", c.fhir_servers,
          "FHIR server that may be read from with the token that a client gives, as https://fhir.ehr.example; may be "
          "repeated. Without it what is not in the prefetch stays unknown",
          "ORIGIN");
  AddList(command, "--private-fhir-server", c.private_fhir_servers,
          "The same, and it may have an address of a private network or of this machine, there also by http://",
          "ORIGIN");
  Add(command, "--outgoing-ca", c.outgoing_ca,
      "Further certificate authorities for FHIR servers and clients' keys, PEM; those of the system count anyway",
      "FILE");
}

void AddContent(CLI::App& command, Config& c) {
  AddList(
      command, "--hook", c.hooks,
      "Hook to offer: patient-view, encounter-start, appointment-book, order-select, order-sign; may be repeated. If "
      "not given: all",
      "HOOK");
  Add(command, "--organisation", c.organisation, "Who runs the service, for titles that users see", "NAME");
  Add(command, "--source-url", c.source_url, "Page about the service, to which cards lead", "URL");
  Add(command, "--intake-url", c.intake_url, "Address of the intake page, for links from cards", "URL");
  Add(command, "--order-codes", c.order_codes,
      "Further codes of orders, and what they are in tags (docs/ehr/cds-hooks.md)", "FILE");
  command.add_flag("--ai-label", c.ai_label, "FHIR resources carry the security label AIAST: asserted by an algorithm");
  AddMs(command, "--question-budget", c.question_budget,
        "Time for ranking the questions on a card by asking the plugins again; 0 keeps their own order", 0);
}

void AddLimits(CLI::App& command, ServeOptions& options) {
  Config& c = options.config;
  AddCount(command, "--max-body", c.max_body_bytes, "Longest request body, bytes", 1024, size_t{1} << 30);
  AddCount(command, "--max-header", c.max_header_bytes, "Longest request header, bytes", 1024, size_t{1} << 20);
  AddMs(command, "--header-timeout", c.header_timeout, "Longest time from a request's first byte to its whole header");
  AddMs(command, "--body-timeout", c.body_timeout, "Longest time for a request's body");
  AddMs(command, "--idle-timeout", c.idle_timeout, "Longest time that a connection stays open without a request");
  AddMs(command, "--write-timeout", c.write_timeout, "Longest time for a client to take its answer");
  AddMs(command, "--request-timeout", c.request_timeout,
        "Longest time for one answer, reading from the client's FHIR server included");
  AddMs(command, "--drain-notice", c.drain_notice,
        "How long /readyz says that the service ends before it takes no more connections: longer than a proxy needs to "
        "notice",
        0);
  AddMs(command, "--drain-timeout", c.drain_timeout, "Longest time for requests in flight when the service is ended");
  AddCount(command, "--connections", c.connections, "Most connections at a time", 1, 1000000);
  AddCount(command, "--queue", c.queue, "Most requests that wait for a thread; further ones get 503 at once", 1,
           1000000);
  AddCount(command, "--io-threads", c.io_threads, "Threads that read and write; 0: one for each processor", 0, 1024);
  AddCount(command, "--threads", c.threads,
           "Threads that answer, most of them waiting for the store to be durable; 0: 64 with a store, else two for "
           "each processor",
           0, 4096);
  command
      .add_option("--parallel", options.plugins->parallel,
                  "Consultations that plugins answer at the same time, each with a set of workers; 0: one for each "
                  "processor")
      ->check(CLI::Range(0, 1024))
      ->option_text("N")
      ->default_str("0");
  Add(command, "--log", c.log, "Lines of the log, on standard error: json; text; auto, which is text on a terminal",
      "json|text|auto")
      ->check(OneOf({"json", "text", "auto"}));
  Add(command, "--log-level", c.log_level, "Least level that is logged", "debug|info|warning|error")
      ->check(OneOf({"debug", "info", "warning", "error"}));
}

void AddStore(CLI::App& command, PluginOptions& options) {
  command
      .add_option("--store", options.audit,
                  "Where consultations, cards, feedback and failures are recorded before they are answered: "
                  "sqlite:FILE, postgresql://... for several replicas, or none. If not given: condyle.db in "
                  "$STATE_DIRECTORY, $XDG_STATE_HOME/condyle or ~/.local/state/condyle")
      ->option_text("URL");
  options.audit_patience_ms = 3000;
  command
      .add_option("--store-patience", options.audit_patience_ms,
                  "Longest wait for a store that others hold or that restarts, before a request is refused")
      ->check(CLI::Range(1, 600000))
      ->option_text("MS")
      ->capture_default_str();
  command.add_flag("--no-phi", options.no_phi, "The store gets hashes in place of patient data");
  command.add_flag("--answer-unrecorded", options.answer_unrecorded,
                   "Answers also while the store cannot record; without it such requests get 503");
}

// Empty if there is nowhere to put it.
std::string DefaultStore() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  std::string folder = variable("STATE_DIRECTORY");
  if (folder.empty() && !variable("XDG_STATE_HOME").empty()) folder = variable("XDG_STATE_HOME") + "/condyle";
  if (folder.empty() && !variable("HOME").empty()) folder = variable("HOME") + "/.local/state/condyle";
  return folder.empty() ? "" : absl::StrCat("sqlite:", folder, "/condyle.db");
}

// What a store of this URL needs around it.
std::string MakeRoomFor(const std::string& url) {
  if (url.rfind("sqlite:", 0) != 0) return {};
  const std::filesystem::path folder = std::filesystem::path(url.substr(7)).parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  return error ? absl::StrCat(folder.string(), ": the folder cannot be made: ", error.message()) : "";
}

int Serve(CLI::App& command, ServeOptions& options) {
  if (!options.config_file.empty()) {
    if (const std::string fault = ApplyConfigFile(command, options.config_file); !fault.empty()) {
      Complain(fault);
      return kUsage;
    }
  }
  if (options.print_config) return Print(ToConfigFile(command), kComplete);
  if (const std::string fault = service::FindFault(options.config); !fault.empty()) {
    Complain(fault);
    return kUsage;
  }
  PluginOptions& plugins = *options.plugins;
  if (plugins.in_process && !plugins.require_sandbox.empty()) {
    Complain("--require-sandbox and --in-process exclude each other: plugins in-process are in no sandbox");
    return kUsage;
  }
  if (plugins.audit.empty()) plugins.audit = DefaultStore();
  if (plugins.audit.empty()) {
    Complain("there is no place for the store: give --store sqlite:FILE, --store postgresql://..., or --store none");
    return kUsage;
  }
  if (plugins.audit == "none") plugins.audit.clear();
  if (const std::string fault = MakeRoomFor(plugins.audit); !fault.empty()) {
    Complain(fault);
    return kFailed;
  }
  const size_t processors = std::max(1u, std::thread::hardware_concurrency());
  if (plugins.parallel == 0) plugins.parallel = static_cast<int>(processors);
  Config& config = options.config;
  if (config.io_threads == 0) config.io_threads = processors;
  if (config.threads == 0) config.threads = plugins.audit.empty() ? 2 * processors : 64;
  return service::Run(config, plugins.audit, [&plugins] { return OpenHost(plugins); });
}

}  // namespace

void AddServe(CLI::App& app, Run& run) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand(
      "serve",
      "Answer EHRs: CDS Hooks and FHIR R4 over HTTP, until SIGTERM or Ctrl-C, which let what is under way end");
  command
      ->add_option("--config", options->config_file,
                   "File with options, TOML: a key for each, without its dashes. The command line goes before it")
      ->option_text("FILE");
  command->add_flag("--print-config", options->print_config,
                    "Print every option with its value as such a file, and end");
  AddNetwork(*command, options->config);
  AddAccess(*command, options->config);
  AddContent(*command, options->config);
  AddStore(*command, *options->plugins);
  options->plugins->signatures = "require";
  options->plugins->parallel = 0;
  // A plugin takes a millisecond; an EHR's window closes after half a second or two.
  options->plugins->plugin_deadline_ms = 500;
  options->plugins->deadline_ms = 2000;
  AddPluginOptions(*command, options->plugins, /*in_process=*/true);
  AddLimits(*command, *options);
  command->footer(
      "Examples:\n"
      "  condyle serve\n"
      "  condyle serve --listen 0.0.0.0:8443 --tls-certificate cert.pem --tls-key key.pem --clients clients.json\n"
      "  condyle serve --config /etc/condyle/serve.toml\n"
      "Exit codes: 0 ended by a signal, with all that was under way answered; 1 it could not start, or had to break "
      "off; "
      "64 usage");
  command->callback([command, options, &run] { run = [command, options] { return Serve(*command, *options); }; });
}

}  // namespace condyle::cli
