// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle audit verify: is the chain whole, and where is its first broken link.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>

#include "absl/strings/str_cat.h"
#include "host/audit/audit_store.h"
#include "host/audit/chain.h"
#include "host/audit/entry_text.h"
#include "host/cli/audit.h"
#include "host/cli/progress.h"
#include "host/questionnaire/json_writer.h"
#include "host/report/text_layout.h"

namespace condyle::cli {
namespace {

struct VerifyOptions {
  std::string store;
  std::string file;
  std::vector<std::string> expect;
  std::string format = "text";
};

// Gives entries in order until it is told to stop.
using Take = std::function<bool(const v1::AuditEntry&)>;

struct Verdict {
  // What could not be used, and the exit code for it; empty if it could.
  std::string failure;
  int failure_code = kFailed;
  // Of the first broken link: the sequence that was found there (none at the end or where nothing can be read).
  std::string fault;
  std::optional<uint64_t> broken_at;
  std::vector<std::string> notices;
};

class LineReader {
 public:
  explicit LineReader(const std::string& file)
      : file_(file == "-" ? stdin : std::fopen(file.c_str(), "re")), owned_(file != "-") {}
  ~LineReader() {
    std::free(line_);
    if (owned_ && file_ != nullptr) std::fclose(file_);
  }
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  bool is_open() const { return file_ != nullptr; }
  // Whether reading ended with an error; errno says which.
  bool failed() const { return std::ferror(file_) != 0; }
  // Without its line break; empty at the end.
  std::optional<std::string_view> Next() {
    const ssize_t length = getline(&line_, &room_, file_);
    if (length < 0) return std::nullopt;
    std::string_view line(line_, static_cast<size_t>(length));
    if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
    return line;
  }

 private:
  FILE* const file_;
  const bool owned_;
  char* line_ = nullptr;
  size_t room_ = 0;
};

// Stops at the first line that is no entry: *bad_line.
absl::Status ReadFile(const std::string& file, const Take& take, size_t* bad_line) {
  LineReader lines(file);
  const std::string name = file == "-" ? "standard input" : file;
  const auto unreadable = [&] {
    return absl::NotFoundError(absl::StrCat(name, ": cannot be read: ", std::strerror(errno)));
  };
  if (!lines.is_open()) return unreadable();
  size_t number = 0;
  while (const auto line = lines.Next()) {
    ++number;
    const absl::StatusOr<v1::AuditEntry> entry = EntryFromJson(*line);
    if (!entry.ok()) {
      *bad_line = number;
      return absl::DataLossError(absl::StrCat("line ", number, " ", std::string(entry.status().message())));
    }
    if (!take(*entry)) return absl::OkStatus();
  }
  return lines.failed() ? unreadable() : absl::OkStatus();
}

// What the reader said, if it ended before the chain did.
void Judge(const absl::Status& read, bool is_foreign, const ChainCheck& check, Verdict* verdict) {
  if (absl::IsDataLoss(read) && !is_foreign) {
    verdict->fault = check.entries() == 0
                         ? "the first entry cannot be read"
                         : absl::StrCat("what follows entry ", check.head().sequence, " cannot be read");
    absl::StrAppend(&verdict->fault, ": ", std::string(read.message()));
  } else if (!read.ok()) {
    verdict->failure = std::string(read.message());
    verdict->failure_code = absl::IsNotFound(read) ? kUsage : kFailed;
  } else {
    verdict->fault = check.End();
  }
}

void AddNotices(const ChainCheck& check, Verdict* verdict) {
  if (check.backward_moments() > 0) {
    verdict->notices.push_back(absl::StrCat("the moments of ", check.backward_moments(),
                                            " entries lie before those of the entries before them, first of entry ",
                                            check.first_backward_moment(),
                                            ": a clock was set back, or machines have different clocks"));
  }
  if (check.entries() > 0 && check.first() > 0) {
    verdict->notices.push_back(
        absl::StrCat("the first entry here is ", check.first(), ": what came before cannot be verified"));
  }
}

Verdict VerifyEntries(const VerifyOptions& options, ChainCheck* check) {
  Verdict verdict;
  std::unique_ptr<AuditStore> store;
  uint64_t total = 0;
  if (options.file.empty()) {
    AuditStoreOptions how;
    how.read_only = true;
    absl::StatusOr<std::unique_ptr<AuditStore>> opened = OpenAuditStore(options.store, how);
    const absl::StatusOr<uint64_t> count = opened.ok() ? (*opened)->Count() : opened.status();
    if (!count.ok()) {
      verdict.failure = std::string(count.status().message());
      return verdict;
    }
    total = *count;
    store = *std::move(opened);
    verdict.notices = store->Oddities();
  }
  Progress progress("verified", total, "entries");
  const Take take = [&](const v1::AuditEntry& entry) {
    verdict.fault = check->Next(entry);
    if (!verdict.fault.empty()) verdict.broken_at = entry.sequence();
    progress.Done(check->entries());
    return verdict.fault.empty();
  };
  size_t bad_line = 0;
  const absl::Status read = store ? store->Read({}, take) : ReadFile(options.file, take, &bad_line);
  // A file whose very first line is no entry is another file.
  if (verdict.fault.empty()) Judge(read, bad_line == 1, *check, &verdict);
  AddNotices(*check, &verdict);
  return verdict;
}

std::string Text(const ChainCheck& check) {
  const std::string store = check.store_id().empty() ? ""
                                                     : absl::StrCat("store:   ", Printable(check.store_id()),
                                                                    check.without_phi() ? ", without patient data\n"
                                                                                        : ", with patient data\n");
  return absl::StrCat("intact:  ", check.entries(), check.entries() == 1 ? " entry, " : " entries, ", check.first(),
                      " to ", check.head().sequence, "\n", store, "from:    ", Printable(check.first_moment()),
                      "\nto:      ", Printable(check.last_moment()), "\nhead:    ", MarkToText(check.head()), "\n");
}

std::string Json(const Verdict& verdict, const ChainCheck& check) {
  JsonWriter json;
  json.BeginObject();
  json.Key("intact");
  json.Bool(verdict.fault.empty());
  if (!verdict.fault.empty()) json.Member("fault", verdict.fault);
  if (verdict.broken_at) json.Member("brokenAt", absl::StrCat(*verdict.broken_at));
  json.Member("entries", absl::StrCat(check.entries()));
  if (check.entries() > 0) {
    json.Member("first", absl::StrCat(check.first()));
    json.Member("from", check.first_moment());
    json.Member("to", check.last_moment());
    // Of what was sound.
    json.Member("head", MarkToText(check.head()));
  }
  if (!check.store_id().empty()) {
    json.Member("storeId", check.store_id());
    json.Key("withoutPhi");
    json.Bool(check.without_phi());
  }
  json.Key("notices");
  json.BeginArray();
  for (const std::string& notice : verdict.notices) json.String(notice);
  json.EndArray();
  json.EndObject();
  return json.Take();
}

int Verify(const VerifyOptions& options) {
  std::map<uint64_t, std::string> expected;
  for (const std::string& text : options.expect) {
    const AuditMark mark = *MarkFromText(text);
    if (!expected.emplace(mark.sequence, mark.hash).second && expected[mark.sequence] != mark.hash) {
      Complain(absl::StrCat("--expect: two different hashes of entry ", mark.sequence));
      return kUsage;
    }
  }
  ChainCheck check(std::move(expected));
  const Verdict verdict = VerifyEntries(options, &check);
  if (!verdict.failure.empty()) {
    Complain(verdict.failure);
    return verdict.failure_code;
  }
  const std::string place = options.file.empty()  ? ShownAuditUrl(options.store)
                            : options.file == "-" ? "standard input"
                                                  : options.file;
  for (const std::string& notice : verdict.notices) Complain(absl::StrCat("warning: ", place, ": ", notice));
  if (!verdict.fault.empty()) {
    Complain(absl::StrCat(place, ": broken at ",
                          verdict.broken_at ? absl::StrCat("entry ", *verdict.broken_at) : "the end", ": ",
                          verdict.fault));
  }
  const int exit_code = verdict.fault.empty() ? kComplete : kPluginFailed;
  if (options.format == "json") return Print(Json(verdict, check), exit_code);
  return verdict.fault.empty() ? Print(Text(check), exit_code) : exit_code;
}

CLI::Validator IsMark() {
  return CLI::Validator([](std::string& value) { return std::string(MarkFromText(value).status().message()); }, "",
                        "mark");
}

}  // namespace

void AddAuditVerify(CLI::App& audit, Run& run) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* verify = audit.add_subcommand("verify", "Is the chain of entries whole; if not, its first broken link");
  CLI::Option_group* what = verify->add_option_group("What");
  what->add_option("--store", options->store, "The store: sqlite:FILE or postgresql://USER@HOST/DATABASE")
      ->check(AuditUrl())
      ->option_text("URL");
  what->add_option("--file", options->file, "What condyle audit export wrote; - reads standard input")
      ->option_text("EXPORT.ndjson");
  what->require_option(1);
  verify
      ->add_option(
          "--expect", options->expect,
          "An entry that was noted elsewhere, as verify prints it after \"head\"; may be repeated. The chain alone "
          "cannot show that its end was cut off, or that all of it was made anew")
      ->check(IsMark())
      ->option_text("SEQUENCE:HASH")
      ->allow_extra_args(false);
  verify->add_option("--format", options->format, "text (default) or json")
      ->check(OneOf({"text", "json"}))
      ->option_text("text|json");
  verify->footer(
      "Examples:\n"
      "  condyle audit verify --store sqlite:audit.db\n"
      "  condyle audit export --store sqlite:audit.db | condyle audit verify --file -\n"
      "Exit codes: 0 intact; 1 the store cannot be used, or the file is no export; 3 broken; 64 usage, or the file "
      "cannot "
      "be read");
  verify->callback([options, &run] { run = [options] { return Verify(*options); }; });
}

}  // namespace condyle::cli
