// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle audit list, export; and --audit of the commands that consult.
#include "host/cli/audit.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "host/archive/receipt.h"
#include "host/audit/audit_store.h"
#include "host/audit/entry_text.h"
#include "host/cli/progress.h"
#include "host/report/report.h"
#include "host/report/text_layout.h"

namespace condyle::cli {
namespace {

struct AuditOptions {
  std::string store;
  std::vector<std::string> kinds;
  std::string since;
  std::string until;
  uint64_t limit = 0;
  std::string format = "text";
  std::string receipts;
};

int Failed(const absl::Status& status) {
  Complain(std::string(status.message()));
  return kFailed;
}

absl::StatusOr<std::unique_ptr<AuditStore>> OpenToRead(const std::string& url) {
  AuditStoreOptions options;
  options.read_only = true;
  return OpenAuditStore(url, options);
}

AuditFilter FilterOf(const AuditOptions& options) {
  AuditFilter filter;
  for (const std::string& kind : options.kinds) filter.kinds.push_back(*ParseAuditKind(kind));
  if (!options.since.empty()) filter.since = FormatMoment(*ParseMoment(options.since));
  if (!options.until.empty()) filter.until = FormatMoment(*ParseMoment(options.until));
  filter.limit = options.limit;
  return filter;
}

std::string RowOf(const v1::AuditListing::Line& line, size_t sequence_width) {
  std::string who = line.user();
  if (!line.organisation().empty()) absl::StrAppend(&who, "@", line.organisation());
  const std::string sequence = absl::StrCat(line.sequence());
  const size_t blanks = sequence.size() < sequence_width ? sequence_width - sequence.size() : 0;
  return Printable(absl::StrCat(std::string(blanks, ' '), sequence, "  ", Padded(line.moment(), 24), "  ",
                                Padded(AuditKindName(line.kind()), 14), "  ", Padded(who, 12), "  ", Summary(line))) +
         "\n";
}

int List(const AuditOptions& options) {
  const absl::StatusOr<std::unique_ptr<AuditStore>> store = OpenToRead(options.store);
  if (!store.ok()) return Failed(store.status());
  const absl::StatusOr<uint64_t> count = (*store)->Count();
  if (!count.ok()) return Failed(count.status());
  const bool json = options.format == "json";
  v1::AuditListing listing;
  const size_t width = std::max<size_t>(absl::StrCat(*count).size(), 3);
  int exit_code = json ? kComplete
                       : Print(absl::StrCat(std::string(width - 3, ' '), "SEQ  ", Padded("MOMENT", 24), "  ",
                                            Padded("KIND", 14), "  ", Padded("WHO", 12), "  WHAT\n"),
                               kComplete);
  const absl::Status read = (*store)->Read(FilterOf(options), [&](const v1::AuditEntry& entry) {
    v1::AuditListing::Line line = ToLine(entry);
    if (json) {
      *listing.add_entries() = std::move(line);
    } else {
      exit_code = Print(RowOf(line, width), exit_code);
    }
    return exit_code == kComplete;
  });
  if (json) exit_code = Print(ToJson(listing) + "\n", kComplete);
  return read.ok() ? exit_code : Failed(read);
}

int ExportEntries(AuditStore& store, const AuditOptions& options) {
  const absl::StatusOr<uint64_t> count = store.Count();
  if (!count.ok()) return Failed(count.status());
  int exit_code = kComplete;
  size_t done = 0;
  Progress progress("exported", options.limit == 0 ? *count : std::min(*count, options.limit), "entries");
  const absl::Status read = store.Read(FilterOf(options), [&](const v1::AuditEntry& entry) {
    exit_code = Print(EntryToJson(entry) + "\n", exit_code);
    progress.Done(++done);
    return exit_code == kComplete;
  });
  return read.ok() ? exit_code : Failed(read);
}

absl::Status WriteReceipt(const v1::AuditEntry& entry, const std::string& path) {
  v1::AuditConsultation consultation;
  if (!consultation.ParseFromString(entry.body()) || !consultation.has_archive()) {
    return absl::DataLossError("the entry holds no receipt; see condyle audit verify");
  }
  const absl::StatusOr<std::string> json = ArchiveToJson(consultation.archive());
  return json.ok() ? WriteNewFile(path, *json) : json.status();
}

int ExportReceipts(AuditStore& store, const AuditOptions& options) {
  if (store.without_phi()) {
    Complain(absl::StrCat(ShownAuditUrl(options.store), ": this store holds no patient data, and so no receipts"));
    return kFailed;
  }
  if (mkdir(options.receipts.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    Complain(absl::StrCat(options.receipts, ": cannot be made: ", std::strerror(errno)));
    return kFailed;
  }
  AuditFilter filter = FilterOf(options);
  filter.kinds = {v1::AUDIT_KIND_CONSULTATION};
  int exit_code = kComplete;
  size_t written = 0;
  const absl::Status read = store.Read(filter, [&](const v1::AuditEntry& entry) {
    const std::string number = absl::StrCat(entry.sequence());
    const std::string path = absl::StrCat(
        options.receipts, "/", std::string(number.size() < 10 ? 10 - number.size() : 0, '0'), number, ".receipt.json");
    if (const absl::Status status = WriteReceipt(entry, path); !status.ok()) {
      Complain(absl::StrCat(path, ": ", std::string(status.message())));
      exit_code = kFailed;
      return false;
    }
    ++written;
    return true;
  });
  if (!read.ok()) return Failed(read);
  return Print(
      absl::StrCat(written, written == 1 ? " receipt" : " receipts", " written to ", Printable(options.receipts), "\n"),
      exit_code);
}

int Export(const AuditOptions& options) {
  const absl::StatusOr<std::unique_ptr<AuditStore>> store = OpenToRead(options.store);
  if (!store.ok()) return Failed(store.status());
  return options.receipts.empty() ? ExportEntries(**store, options) : ExportReceipts(**store, options);
}

void AddFilters(CLI::App& command, const std::shared_ptr<AuditOptions>& options) {
  command.add_option("--store", options->store, "The store: sqlite:FILE or postgresql://USER@HOST/DATABASE")
      ->required()
      ->check(AuditUrl())
      ->option_text("URL");
  command.add_option("--kind", options->kinds, "Only these; may be repeated")
      ->check(OneOf(AuditKindNames()))
      ->option_text("consultation|refusal|plugin-failure|override|delivery|feedback|store-created")
      ->allow_extra_args(false);
  command.add_option("--since", options->since, "Not before this moment; a date is its midnight in UTC")
      ->check(Moment())
      ->option_text("MOMENT");
  command.add_option("--until", options->until, "Before this moment; a date is its midnight in UTC")
      ->check(Moment())
      ->option_text("MOMENT");
  command.add_option("--limit", options->limit, "Only the last so many of those")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 60))
      ->option_text("N");
}

constexpr char kExitCodes[] = "Exit codes: 0 complete; 1 the store cannot be used or read whole; 64 usage";

}  // namespace

CLI::Validator AuditUrl() {
  return CLI::Validator([](std::string& value) { return std::string(CheckAuditUrl(value).message()); }, "", "store");
}

void AddAuditOptions(CLI::App& command, const std::shared_ptr<PluginOptions>& options) {
  CLI::Option* audit =
      command
          .add_option("--audit", options->audit,
                      "Record the consultation, a refusal and each plugin that fails in this store, sqlite:FILE or "
                      "postgresql://USER@HOST/DATABASE, before the answer is given. It is made if it is not there; it "
                      "holds patient data")
          ->check(AuditUrl())
          ->option_text("URL");
  command.add_flag("--no-phi", options->no_phi, "The store gets hashes in place of patient data")->needs(audit);
  command
      .add_flag("--answer-unrecorded", options->answer_unrecorded,
                "Give the answer even if it cannot be recorded; without this it is withheld. Exit code 1 either way")
      ->needs(audit);
}

void AddAudit(CLI::App& app, Run& run) {
  CLI::App* audit = app.add_subcommand("audit", "Read and verify the audit trail");
  audit->require_subcommand(1);
  audit->footer("Each command has its own --help, with its exit codes. condyle assess --audit records.");
  auto options = std::make_shared<AuditOptions>();
  CLI::App* list = audit->add_subcommand("list", "What was recorded, one line for each entry");
  AddFilters(*list, options);
  list->add_option("--format", options->format, "text (default), or json: one AuditListing, without receipts")
      ->check(OneOf({"text", "json"}))
      ->option_text("text|json");
  list->footer(
      absl::StrCat("Examples:\n"
                   "  condyle audit list --store sqlite:audit.db --since 2026-05-01 --until 2026-06-01\n"
                   "  condyle audit list --store sqlite:audit.db --kind plugin-failure --limit 20\n",
                   kExitCodes));
  list->callback([options, &run] { run = [options] { return List(*options); }; });

  CLI::App* exported = audit->add_subcommand(
      "export", "Entries as JSON, one AuditEntry on each line, which condyle audit verify --file can verify");
  AddFilters(*exported, options);
  exported
      ->add_option(
          "--receipts", options->receipts,
          "Instead: the receipt of each consultation as a file in this directory, for condyle replay. They hold "
          "patient data: only you can read them")
      ->option_text("DIR");
  exported->footer(absl::StrCat(
      "What is exported holds patient data, unless the store was made with --no-phi.\n"
      "Only entries without gaps can be verified: --since, --until and --limit keep that, --kind does not.\n"
      "Examples:\n"
      "  condyle audit export --store sqlite:audit.db > audit.ndjson\n"
      "  condyle audit export --store sqlite:audit.db --receipts receipts && condyle replay receipts/*\n",
      kExitCodes));
  exported->callback([options, &run] { run = [options] { return Export(*options); }; });
  AddAuditFeedback(*audit, run);
  AddAuditVerify(*audit, run);
}

}  // namespace condyle::cli
