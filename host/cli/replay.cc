// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle replay: archived receipts, asked again.
#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "host/archive/receipt.h"
#include "host/cli/commands.h"
#include "host/cli/progress.h"
#include "host/questionnaire/json_writer.h"
#include "host/report/text_layout.h"

namespace condyle::cli {
namespace {

constexpr size_t kMaxReceiptBytes = 64u << 20;
// Lines for one receipt in the text; all are in the JSON.
constexpr size_t kLinesShown = 20;

struct ReplayOptions {
  std::vector<std::string> files;
  std::string format = "text";
  std::shared_ptr<PluginOptions> plugins = std::make_shared<PluginOptions>();
};

struct Result {
  std::string file;
  bool unreadable = false;
  ReplayOutcome outcome;

  bool refused() const { return !outcome.refusal.empty() && !unreadable; }
  bool differs() const { return outcome.refusal.empty() && !outcome.identical; }
};

Result ReplayOne(Host& host, const std::string& file) {
  Result result;
  result.file = file == "-" ? "standard input" : file;
  absl::StatusOr<std::string> bytes = ReadInput(file, kMaxReceiptBytes);
  if (!bytes.ok()) {
    result.unreadable = !absl::IsInvalidArgument(bytes.status());
    result.outcome.refusal = std::string(bytes.status().message());
    return result;
  }
  ReadArchive read = ArchiveFromJson(*bytes);
  if (read.refusal.empty()) {
    result.outcome = host.Replay(read.archive);
  } else {
    result.outcome.refusal = std::move(read.refusal);
  }
  return result;
}

size_t Count(const std::vector<Result>& results, bool (*is)(const Result&)) {
  return static_cast<size_t>(std::count_if(results.begin(), results.end(), is));
}

struct Counts {
  explicit Counts(const std::vector<Result>& results)
      : receipts(results.size()),
        identical(Count(results, [](const Result& r) { return r.outcome.identical; })),
        different(Count(results, [](const Result& r) { return r.differs(); })),
        refused(Count(results, [](const Result& r) { return r.refused(); })),
        unreadable(Count(results, [](const Result& r) { return r.unreadable; })) {}

  int exit_code() const {
    return unreadable > 0 ? kUsage : refused > 0 ? kRefused : different > 0 ? kPluginFailed : kComplete;
  }

  size_t receipts, identical, different, refused, unreadable;
};

// Remarks are the same for many receipts: each is told once, with its number.
std::string RemarkLines(const std::vector<Result>& results) {
  std::vector<std::pair<std::string, size_t>> remarks;
  for (const Result& result : results) {
    for (const std::string& remark : result.outcome.remarks) {
      auto at = std::find_if(remarks.begin(), remarks.end(), [&](const auto& known) { return known.first == remark; });
      if (at == remarks.end()) at = remarks.insert(remarks.end(), {remark, 0});
      ++at->second;
    }
  }
  std::string text;
  for (const auto& [remark, count] : remarks) absl::StrAppend(&text, "remark (", count, "): ", Printable(remark), "\n");
  return text;
}

std::string Text(const std::vector<Result>& results) {
  std::string text;
  for (const Result& result : results) {
    const auto line = [&](const std::string& what) {
      absl::StrAppend(&text, Printable(absl::StrCat(result.file, ": ", what)), "\n");
    };
    const ReplayOutcome& outcome = result.outcome;
    if (!outcome.refusal.empty()) line(absl::StrCat(result.unreadable ? "" : "refused: ", outcome.refusal));
    const size_t shown = std::min(outcome.differences.size(), kLinesShown);
    for (size_t i = 0; i < shown; ++i) line(outcome.differences[i]);
    const size_t left = outcome.differences.size() - shown;
    if (left > 0) line(absl::StrCat("and ", left, " more; --format json has them all"));
  }
  const Counts counts(results);
  std::string more;
  if (counts.different > 0) absl::StrAppend(&more, ", ", counts.different, " different");
  if (counts.refused > 0) absl::StrAppend(&more, ", ", counts.refused, " refused");
  if (counts.unreadable > 0) absl::StrAppend(&more, ", ", counts.unreadable, " not readable");
  return absl::StrCat(text, RemarkLines(results), counts.receipts,
                      counts.receipts == 1 ? " receipt: " : " receipts: ", counts.identical, " identical", more, "\n");
}

void Strings(JsonWriter& json, std::string_view name, const std::vector<std::string>& lines) {
  json.Key(name);
  json.BeginArray();
  for (const std::string& line : lines) json.String(line);
  json.EndArray();
}

std::string Json(const std::vector<Result>& results) {
  const Counts counts(results);
  JsonWriter json;
  json.BeginObject();
  for (const auto& [name, count] : {std::pair("receipts", counts.receipts), std::pair("identical", counts.identical),
                                    std::pair("different", counts.different), std::pair("refused", counts.refused),
                                    std::pair("unreadable", counts.unreadable)}) {
    json.Key(name);
    json.Number(static_cast<double>(count));
  }
  json.Key("results");
  json.BeginArray();
  for (const Result& result : results) {
    json.BeginObject();
    json.Member("file", result.file);
    json.Key("identical");
    json.Bool(result.outcome.identical);
    if (!result.outcome.refusal.empty()) json.Member("refusal", result.outcome.refusal);
    Strings(json, "differences", result.outcome.differences);
    Strings(json, "remarks", result.outcome.remarks);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return json.Take();
}

int Replay(const ReplayOptions& options) {
  absl::StatusOr<std::unique_ptr<Host>> host = OpenHost(*options.plugins);
  if (!host.ok()) {
    Complain(std::string(host.status().message()));
    return kFailed;
  }
  std::vector<Result> results;
  {
    Progress progress("replayed", options.files.size(), "receipts");
    for (const std::string& file : options.files) {
      results.push_back(ReplayOne(**host, file));
      progress.Done(results.size());
    }
  }
  WarnOfSandbox(**host, *options.plugins);
  return Print(options.format == "json" ? Json(results) : Text(results), Counts(results).exit_code());
}

}  // namespace

void AddReplay(CLI::App& app, Run& run) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = app.add_subcommand("replay", "Ask again what archived receipts asked, and compare the answers");
  command->add_option("FILE", options->files, "Receipts that condyle assess --receipt wrote; - reads standard input")
      ->required()
      ->option_text("...");
  command->add_option("--format", options->format, "text (default): what differs, and a summary; or json")
      ->check(OneOf({"text", "json"}))
      ->option_text("text|json");
  AddPluginOptions(*command, options->plugins, /*in_process=*/true);
  command->footer(
      "What differs holds patient data, as the receipts do.\n"
      "Examples:\n"
      "  condyle assess runner.case.json --receipt runner.receipt.json\n"
      "  condyle replay runner.receipt.json\n"
      "  condyle replay archive/*.json --plugins ./candidate --format json\n"
      "Exit codes: 0 all identical, byte for byte; 1 Condyle could not run; 2 a receipt is refused, being damaged or "
      "of "
      "a later format; 3 some differ; 64 usage, or a file cannot be read");
  command->callback([options, &run] { run = [options] { return Replay(*options); }; });
}

}  // namespace condyle::cli
