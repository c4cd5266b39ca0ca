// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle plugins: what is there, and what a plugin says of itself. Reads manifests only; no code of a plugin runs.
#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "condyle/v1/embedding.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "host/cli/commands.h"
#include "host/library/signature_rules.h"
#include "host/model_card/attributes.h"
#include "host/model_card/model_card.h"
#include "host/report/report.h"
#include "host/report/text_layout.h"

namespace condyle::cli {
namespace {

// What plugins are shut in to here, and what is missing.
std::string SandboxLines() {
  const absl::StatusOr<SandboxReport> report = FindSandbox();
  if (!report.ok())
    return absl::StrCat("\nSandbox: not known: ", Printable(std::string(report.status().message())), "\n");
  const std::string gap = report->gap.empty() ? "" : absl::StrCat(", not strict: ", report->gap);
  return absl::StrCat("\nSandbox of a worker on this machine: ", report->level, gap, "\n");
}

// Whose signature it has, or what is wrong with it.
std::string SignedBy(const SignatureCheck& signature) {
  return signature.verdict == SignatureVerdict::kGood ? Printable(KeyName(signature.signer))
                                                      : absl::StrCat("- ", InWords(signature.verdict));
}

int List(const PluginOptions& options) {
  absl::StatusOr<SignatureRules> rules = MakeSignatureRules(SignatureOptionsOf(options));
  if (!rules.ok()) {
    Complain(std::string(rules.status().message()));
    return kFailed;
  }
  rules->check_always = !options.trust.empty();
  PluginCatalog catalog = DiscoverPlugins(PluginPlaces(options), *rules);
  const bool checked = rules->check_always || rules->without != WithoutSignature::kRun;
  std::vector<std::vector<std::string>> rows = {{"ID", "VERSION", "ROLE", "TITLE", "FILE"}};
  if (checked) rows[0].insert(rows[0].end() - 1, "SIGNED BY");
  for (const PluginFile& plugin : catalog.plugins) {
    const v1::PluginManifest& m = plugin.manifest;
    rows.push_back({m.id(), m.version(), InWords(m.role()), Printable(m.title()), Printable(plugin.path)});
    if (checked) rows.back().insert(rows.back().end() - 1, SignedBy(plugin.signature));
  }
  std::vector<size_t> widths(rows[0].size());
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], TextWidth(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    for (size_t i = 0; i + 1 < row.size(); ++i) text += Padded(row[i], widths[i] + 2);
    text += row.back() + "\n";
  }
  text += SandboxLines();
  for (const v1::PluginFailure& warning : catalog.warnings) {
    Complain(absl::StrCat("warning: plugin ", warning.plugin_id(), ": ", warning.message()));
  }
  for (const v1::PluginFailure& failure : catalog.failures) ComplainOf(failure);
  return Print(text, catalog.failures.empty() ? kComplete : kPluginFailed);
}

v1::ModelCard CardOf(const PluginFile& plugin) {
  return MakeModelCard(plugin.manifest,
                       {plugin.path, plugin.file_sha256, plugin.manifest_sha256, SignatureInWords(plugin.signature)});
}

std::string TextOf(const PluginFile& plugin) {
  v1::ModelCard card = CardOf(plugin);
  card.set_file_name(plugin.path);  // who sits at this machine may know where
  TextOptions options;
  options.colour = WantsColour();
  options.width = TerminalWidth();
  return ToText(card, options);
}

std::string ShowOne(const PluginFile& plugin, const std::string& format) {
  if (format == "json") return ToJson(plugin.manifest) + "\n";
  if (format == "html") return ToHtml(CardOf(plugin));
  return format == "card" ? ToJson(CardOf(plugin)) + "\n" : TextOf(plugin);
}

std::string ShowEach(const std::vector<PluginFile>& plugins, const std::string& format) {
  v1::ModelCards cards;
  v1::PluginManifests manifests;
  std::string text;
  for (const PluginFile& plugin : plugins) {
    if (format == "json") {
      *manifests.add_manifests() = plugin.manifest;
    } else if (format == "text") {
      absl::StrAppend(&text, text.empty() ? "" : "\n", TextOf(plugin));
    } else {
      *cards.add_cards() = CardOf(plugin);
    }
  }
  if (format == "json") return ToJson(manifests) + "\n";
  if (format == "html") return ToHtml(cards);
  return format == "card" ? ToJson(cards) + "\n" : text;
}

int ShowAll(const std::string& format, const PluginCatalog& catalog) {
  for (const v1::PluginFailure& failure : catalog.failures) ComplainOf(failure);
  return Print(ShowEach(catalog.plugins, format), catalog.failures.empty() ? kComplete : kPluginFailed);
}

// An empty `which` is all of them.
int Show(const std::string& which, const std::string& format, const PluginOptions& options) {
  absl::StatusOr<SignatureRules> rules = MakeSignatureRules(SignatureOptionsOf(options));
  if (!rules.ok()) {
    Complain(std::string(rules.status().message()));
    return kFailed;
  }
  rules->check_always = !options.trust.empty();
  const bool is_file = which.find('/') != std::string::npos || std::filesystem::path(which).extension() == ".so";
  const PluginCatalog catalog =
      DiscoverPlugins(is_file ? std::vector<std::string>{which} : PluginPlaces(options), *rules);
  if (which.empty()) return ShowAll(format, catalog);
  const PluginFile* found = nullptr;
  for (const PluginFile& plugin : catalog.plugins) {
    if (is_file || plugin.manifest.id() == which) found = &plugin;
  }
  if (found == nullptr) {
    bool named = false;
    for (const v1::PluginFailure& failure : catalog.failures) {
      bool missing = failure.kind() == v1::FAILURE_KIND_MISSING;
      if ((is_file && !missing) || failure.plugin_id() == which) {
        ComplainOf(failure);
        named = true;
      }
    }
    if (named) return kPluginFailed;
    std::string there = absl::StrJoin(
        catalog.plugins, ", ", [](std::string* out, const PluginFile& plugin) { out->append(plugin.manifest.id()); });
    Complain(absl::StrCat("there is no plugin \"", which, "\"; there is ", there.empty() ? "none at all" : there));
    return kUsage;
  }
  return Print(ShowOne(*found, format), kComplete);
}

}  // namespace

void AddPlugins(CLI::App& app, Run& run) {
  CLI::App* command =
      app.add_subcommand("plugins", "List plugins, show what one says of itself, check, sign and verify them");
  command->require_subcommand(1);

  auto options = std::make_shared<PluginOptions>();
  CLI::App* list = command->add_subcommand(
      "list", "Table of the plugins: id, version, role, title, file; and how workers are shut in");
  AddPluginOptions(*list, options, /*in_process=*/false);
  AddSignatureOptions(*list, options);
  list->footer(
      "Exit codes: 0 complete; 1 the trusted keys cannot be read; 3 a plugin file cannot be used (named on standard "
      "error); 64 usage");
  list->callback([options, &run] { run = [options] { return List(*options); }; });

  auto which = std::make_shared<std::string>();
  auto format = std::make_shared<std::string>("text");
  CLI::App* show =
      command->add_subcommand("show", "A plugin's manifest and model card, read from its file; its code does not run");
  CLI::Option* name = show->add_option("ID|FILE.so", *which, "Id of a plugin, or a plugin file")->option_text(" ");
  auto all = std::make_shared<bool>(false);
  show->add_flag("--all", *all, "Every plugin instead")->excludes(name);
  show->add_option("--format", *format,
                   "text (default); json: the PluginManifest; html: the model card, one page for screen and paper; "
                   "card: the same as JSON, a ModelCard. With --all json and card are lists")
      ->check(OneOf({"text", "json", "html", "card"}))
      ->option_text("text|json|html|card");
  AddPluginOptions(*show, options, /*in_process=*/false);
  AddSignatureOptions(*show, options);
  show->footer(
      "Examples:\n"
      "  condyle plugins show red_flag_screen\n"
      "  condyle plugins show red_flag_screen --format html > red_flag_screen.html\n"
      "  condyle plugins show --all --format html > plugins.html\n"
      "  condyle plugins show ./plugins/condyle_red_flag_screen.so --format json\n"
      "Exit codes: 0 complete; 1 the trusted keys cannot be read; 3 a plugin cannot be used (why is told on standard "
      "error); 64 usage, or no such plugin");
  AddCheck(*command, run);
  AddSigning(*command, run);
  show->callback([=, &run] {
    if (which->empty() && !*all) throw CLI::RequiredError("ID, FILE.so or --all");
    run = [=] { return Show(*which, *format, *options); };
  });
}

}  // namespace condyle::cli
