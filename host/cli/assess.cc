// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle assess: one case in, one consultation out.
#include "absl/strings/str_cat.h"
#include "host/archive/receipt.h"
#include "host/cli/commands.h"
#include "host/cli/interrupt.h"
#include "host/fhir/fhir.h"
#include "host/fhir/input.h"
#include "host/report/report.h"

namespace condyle::cli {
namespace {

struct AssessOptions {
  std::string file;
  std::string format = "text";
  std::string as_of;
  std::string receipt;
  int question_budget_ms = 100;
  std::shared_ptr<PluginOptions> plugins = std::make_shared<PluginOptions>();
};

// False, with a message, if it cannot be written.
bool WriteReceipt(const v1::ArchivedReceipt& archive, const std::string& path) {
  absl::StatusOr<std::string> json = ArchiveToJson(archive);
  absl::Status status = json.ok() ? WriteNewFile(path, *json) : json.status();
  if (!status.ok()) Complain(absl::StrCat(path, ": ", std::string(status.message())));
  return status.ok();
}

void ComplainOfFailure(const Outcome& outcome) {
  const bool answered = outcome.consultation || outcome.refusal;
  Complain(absl::StrCat(answered ? "the answer is given all the same, but " : "no answer is given: ",
                        std::string(outcome.failure.message()),
                        answered ? "" : ". Decide without it, or ask again with --answer-unrecorded"));
}

int Assess(const AssessOptions& options) {
  std::string bytes;
  if (const int failed = ReadCaseInput(options.file, &bytes); failed != kComplete) return failed;
  if (absl::Status is_new = options.receipt.empty() ? absl::OkStatus() : CheckIsNew(options.receipt); !is_new.ok()) {
    Complain(absl::StrCat(options.receipt, ": ", std::string(is_new.message())));
    return kUsage;
  }
  absl::StatusOr<std::unique_ptr<Host>> host = OpenHost(*options.plugins);
  if (!host.ok()) {
    Complain(std::string(host.status().message()));
    return kFailed;
  }
  ConsultOptions how_to_consult;
  how_to_consult.as_of = options.as_of;
  how_to_consult.question_budget = std::chrono::milliseconds(options.question_budget_ms);
  how_to_consult.archive = !options.receipt.empty();
  Outcome outcome = [&] {
    const Interrupt interrupt;
    how_to_consult.cancel = interrupt.token();
    return (*host)->ConsultBytes(bytes, how_to_consult);
  }();
  if (!outcome.failure.ok()) ComplainOfFailure(outcome);
  if (outcome.refusal) {
    const int refused = ComplainOf(options.file, *outcome.refusal);
    return outcome.failure.ok() ? refused : kFailed;
  }
  if (!outcome.consultation) return kFailed;
  const v1::Consultation& consultation = *outcome.consultation;
  WarnOfSandbox(**host, *options.plugins);
  for (const v1::PluginFailure& failure : consultation.plugin_failures()) ComplainOf(failure);
  int exit_code = consultation.plugin_failures().empty() ? kComplete : kPluginFailed;
  if (!outcome.failure.ok()) exit_code = kFailed;
  // The answer is printed all the same: it is needed now.
  if (outcome.archive && !WriteReceipt(*outcome.archive, options.receipt)) exit_code = kFailed;
  std::string text;
  if (options.format == "json") {
    text = ToJson(consultation) + "\n";
  } else if (options.format == "html") {
    HtmlOptions how;
    for (const v1::PluginManifest& manifest : (*host)->Manifests()) how.titles[manifest.id()] = manifest.title();
    text = ToHtml(consultation, how);
  } else if (options.format == "fhir") {
    text = FhirFormat((*host)->Manifests(), {}).Bundle(consultation, FhirContextOf(bytes)) + "\n";
  } else {
    TextOptions how;
    how.colour = WantsColour();
    how.width = TerminalWidth();
    text = ToText(consultation, how);
  }
  return Print(text, exit_code);
}

}  // namespace

void AddAssess(CLI::App& app, Run& run) {
  auto options = std::make_shared<AssessOptions>();
  CLI::App* command = app.add_subcommand("assess", "Assess one patient");
  AddCaseInput(*command, &options->file, &options->as_of);
  command
      ->add_option(
          "--format", options->format,
          "text (default); json: one Consultation and nothing else; html: one page for screen and paper; fhir: one "
          "FHIR R4 Bundle")
      ->check(OneOf({"text", "json", "html", "fhir"}))
      ->option_text("text|json|html|fhir");
  command
      ->add_option(
          "--question-budget", options->question_budget_ms,
          "Time for ranking the next questions by asking the plugins again, in milliseconds; 100 if not given, "
          "0 keeps the plugins' own order")
      ->check(CLI::Range(0, 600000))
      ->option_text("MS");
  command
      ->add_option(
          "--receipt", options->receipt,
          "Also write what condyle replay needs to this new file. It holds patient data: only you can read it; "
          "keep it as you keep the record")
      ->option_text("OUT");
  command
      ->add_option("--shadow", options->plugins->shadow,
                   "Directory with candidate plugins, or one file; may be repeated. They are asked too, and what they "
                   "answer differently is told apart; it is not advice")
      ->type_name("DIR")
      ->allow_extra_args(false);
  AddAuditOptions(*command, options->plugins);
  AddPluginOptions(*command, options->plugins, /*in_process=*/true);
  command->footer(
      "Examples:\n"
      "  condyle assess runner.case.json\n"
      "  condyle assess bundle.json --format html > report.html\n"
      "  condyle assess bundle.json --format json --as-of 2026-05-01 | jq .urgency\n"
      "Exit codes: 0 complete; 1 Condyle could not run, or the receipt not be written or the audit trail not be added "
      "to; "
      "2 input refused; 3 answered, but a plugin failed; 64 usage");
  command->callback([options, &run] { run = [options] { return Assess(*options); }; });
}

}  // namespace condyle::cli
