// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle plugins: what is there, and what a plugin says of itself. Reads manifests only; no code of a plugin runs.
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "host/catalog/plugin_catalog.h"
#include "host/cli/commands.h"
#include "host/library/signature_rules.h"
#include "host/report/report.h"
#include "host/report/text_layout.h"

namespace condyle::cli {
namespace {

// Enumeration values as words: PLUGIN_ROLE_SAFETY_SCREEN -> "safety screen".
std::string Words(const std::string& name, size_t prefix) {
  std::string words = name.substr(std::min(prefix, name.size()));
  for (char& c : words) c = c == '_' ? ' ' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  return words;
}
std::string Words(v1::PluginRole role) { return Words(v1::PluginRole_Name(role), sizeof("PLUGIN_ROLE_") - 1); }
std::string Words(v1::InputType type) { return Words(v1::InputType_Name(type), sizeof("INPUT_TYPE_") - 1); }

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
    rows.push_back({m.id(), m.version(), Words(m.role()), Printable(m.title()), Printable(plugin.path)});
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

std::string RangeOf(const v1::Input& input) {
  switch (input.type()) {
    case v1::INPUT_TYPE_QUANTITY: {
      std::string also = absl::StrJoin(input.accepted_units(), ", ",
                                       [](std::string* out, const v1::UnitConversion& u) { out->append(u.unit()); });
      return absl::StrCat(" in ", input.unit(), ", ", input.min(), " to ", input.max(),
                          also.empty() ? "" : absl::StrCat(" (also accepted: ", also, ")"));
    }
    case v1::INPUT_TYPE_CODED:
      return absl::StrCat(": ", absl::StrJoin(input.answers(), ", ", [](std::string* out, const v1::Answer& a) {
                            absl::StrAppend(out, a.code(), a.text().empty() ? "" : " = ", a.text());
                          }));
    case v1::INPUT_TYPE_DATE:
      return ", YYYY-MM-DD";
    default:
      return "";
  }
}

std::string Describe(const PluginFile& plugin) {
  const v1::PluginManifest& m = plugin.manifest;
  TextPage page(TerminalWidth(), WantsColour());
  page.Paragraph("", absl::StrCat(m.id(), " ", m.version(), ": ", m.title()), TextStyle::kBold);
  auto line = [&page](const std::string& name, const std::string& value) {
    if (!value.empty()) page.Paragraph(absl::StrCat("  ", Padded(name + ":", 16)), value);
  };
  line("Role", Words(m.role()));
  line("Intended use", m.intended_use());
  line("Cautioned use", m.cautioned_use());
  line("Licence", m.licence());
  line("Guards", absl::StrJoin(m.guards(), ", "));
  for (const v1::ExpectedScreen& screen : m.expected_screens()) {
    line("Expects screen", absl::StrCat(screen.plugin_id(), ", which guards ", absl::StrJoin(screen.guards(), ", ")));
  }
  line("Person data", m.uses_age() && m.uses_sex() ? "age, sex"
                      : m.uses_age()               ? "age"
                      : m.uses_sex()               ? "sex"
                                                   : "nothing");
  line("File", plugin.path);
  line("SHA-256", plugin.file_sha256);

  page.Heading(absl::StrCat("Inputs (", m.inputs_size(), ")"));
  std::string section;
  for (const v1::Input& input : m.inputs()) {
    if (input.section() != section) page.Paragraph("  ", input.section() + ":", TextStyle::kBold);
    section = input.section();
    page.Paragraph(
        "    ", absl::StrCat(input.key(), ": ", Words(input.type()), RangeOf(input),
                             input.sided() ? "; left and right" : "", input.by_examiner() ? "; by an examiner" : ""));
    page.Paragraph("      ", input.question());
  }
  if (m.emits_size() > 0) {
    page.Heading("May recommend");
    page.Paragraph("  ", absl::StrJoin(m.emits(), ", "));
  }
  if (m.has_source_attributes()) {
    page.Heading("Source attributes");
    const v1::SourceAttributes& attributes = m.source_attributes();
    const auto* descriptor = attributes.GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      std::string value = attributes.GetReflection()->GetString(attributes, descriptor->field(i));
      page.Paragraph("  ",
                     absl::StrCat(Words(descriptor->field(i)->name(), 0), ": ", value.empty() ? "not stated" : value));
    }
  }
  page.Heading(absl::StrCat("Citations (", m.citations_size(), ")"));
  for (const v1::Citation& c : m.citations()) {
    page.Paragraph("  ", absl::StrCat("[", c.key(), "] ", c.title(), c.locator().empty() ? "" : ", ", c.locator(),
                                      c.url().empty() ? "" : ", ", c.url()));
  }
  return page.text();
}

int Show(const std::string& which, const std::string& format, const PluginOptions& options) {
  bool is_file = which.find('/') != std::string::npos || std::filesystem::path(which).extension() == ".so";
  PluginCatalog catalog = DiscoverPlugins(is_file ? std::vector<std::string>{which} : PluginPlaces(options));
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
  return Print(format == "json" ? ToJson(found->manifest) + "\n" : Describe(*found), kComplete);
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
  CLI::App* show = command->add_subcommand("show", "A plugin's manifest, read from its file; its code does not run");
  show->add_option("ID|FILE.so", *which, "Id of a plugin, or a plugin file")->required()->option_text(" ");
  show->add_option("--format", *format, "text (default) or json: the PluginManifest")
      ->check(OneOf({"text", "json"}))
      ->option_text("text|json");
  AddPluginOptions(*show, options, /*in_process=*/false);
  show->footer(
      "Examples:\n"
      "  condyle plugins show red_flag_screen\n"
      "  condyle plugins show ./plugins/condyle_red_flag_screen.so --format json\n"
      "Exit codes: 0 complete; 3 the plugin cannot be used (why is told on standard error); 64 usage, or no such "
      "plugin");
  AddCheck(*command, run);
  AddSigning(*command, run);
  show->callback([=, &run] { run = [=] { return Show(*which, *format, *options); }; });
}

}  // namespace condyle::cli
