// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The order of the checks, and what is not run after what was found.
#include "host/checker/checker.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/checker/dynamic_checks.h"
#include "host/checker/static_checks.h"
#include "host/trust/sealed_file.h"
#include "host/trust/sha256.h"
#include "host/trust/text_fields.h"
#include "host/trust/trust_store.h"

namespace condyle::checker {
namespace {

constexpr uint64_t kMaxFileBytes = 256u << 20;

using Clock = std::chrono::steady_clock;

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Runs one check and notes how it ended.
void RunCheck(const char* id, const std::function<void(Findings*)>& check, v1::CheckReport* report) {
  const Clock::time_point start = Clock::now();
  Findings findings;
  check(&findings);
  AddOutcome(id, MillisecondsSince(start), std::move(findings), report);
}

bool HasErrors(const v1::CheckReport& report) {
  for (const v1::CheckFinding& finding : report.findings()) {
    if (finding.severity() == v1::CHECK_SEVERITY_ERROR) return true;
  }
  return false;
}

struct StaticResult {
  // The host would use the file: the dynamic checks make sense.
  bool usable = false;
  v1::PluginManifest manifest;
  std::string code;
};

StaticResult RunStatic(const std::string& image, v1::CheckReport* report) {
  StaticResult result;
  const ElfView elf(image);
  RunCheck(
      "elf", [&](Findings* findings) { CheckElf(elf, findings); }, report);
  if (HasErrors(*report)) {
    for (const Rule& rule : Rules()) {
      if (!rule.dynamic && std::string_view(rule.id) != "elf" && std::string_view(rule.id) != "signature") {
        NotRun(rule.id, "the file is no sound ELF file", report);
      }
    }
    return result;
  }
  bool sound = false;
  RunCheck(
      "manifest", [&](Findings* f) { sound = CheckManifestNote(elf, image, &result.manifest, f); }, report);
  result.code = CodeOf(elf, image);
  if (sound) {
    RunCheck(
        "manifest-complete", [&](Findings* f) { CheckManifestComplete(result.manifest, result.code, f); }, report);
  } else {
    NotRun("manifest-complete", "there is no sound manifest", report);
  }
  RunCheck(
      "exports", [&](Findings* findings) { CheckExports(elf, findings); }, report);
  RunCheck(
      "dependencies", [&](Findings* findings) { CheckDependencies(elf, findings); }, report);
  RunCheck(
      "hardening", [&](Findings* findings) { CheckHardening(elf, findings); }, report);
  RunCheck(
      "capabilities", [&](Findings* findings) { CheckCapabilities(elf, findings); }, report);
  RunCheck(
      "build", [&](Findings* findings) { CheckBuild(elf, findings); }, report);
  report->set_plugin_id(sound ? result.manifest.id() : "");
  report->set_plugin_version(sound ? result.manifest.version() : "");
  result.usable = sound;
  return result;
}

void CheckTheSignature(const CheckOptions& options, const v1::CheckReport& report, const TrustStore& trust,
                       Findings* findings) {
  const SignedPlugin plugin = {report.plugin_id(), report.plugin_version(), report.file_sha256()};
  const SignatureCheck check = CheckSignature(options.file, plugin, trust);
  const std::string path = SignaturePath(options.file);
  if (check.verdict == SignatureVerdict::kGood) {
    findings->push_back(Finding("signature", v1::CHECK_SEVERITY_NOTE, "signed by " + KeyName(check.signer), path));
    return;
  }
  const bool nobody_trusted = options.trust.empty();
  if (!nobody_trusted || check.verdict == SignatureVerdict::kMalformed) {
    findings->push_back(Finding("signature", v1::CHECK_SEVERITY_ERROR, check.problem, path));
    return;
  }
  if (check.verdict != SignatureVerdict::kUnknownKey) return;  // not signed, and nobody asked
  // Without keys it cannot be told who signed, but what.
  const absl::StatusOr<std::string> text = ReadTrustFile(path);
  const absl::StatusOr<Signature> signature =
      text.ok() ? ReadSignature(*text) : absl::StatusOr<Signature>(text.status());
  if (signature.ok() && signature->plugin.sha256 != plugin.sha256) {
    findings->push_back(
        Finding("signature", v1::CHECK_SEVERITY_ERROR, "the signature beside it is of another file", path));
  } else {
    findings->push_back(Finding("signature", v1::CHECK_SEVERITY_NOTE,
                                "it is signed; by whom is not checked, since --trust names no keys", path));
  }
}

// The whole file, in memory that nobody can change: what is checked is what is loaded.
absl::StatusOr<std::shared_ptr<const SealedFile>> ReadSealed(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return absl::NotFoundError(absl::StrCat(path, ": cannot be read: ", strerror(errno)));
  struct stat status {};
  std::string error = "is not a regular file";
  std::shared_ptr<const SealedFile> file;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
    file = SealedFile::CopyOf(fd, path.substr(path.find_last_of('/') + 1), kMaxFileBytes, &error);
  }
  close(fd);
  if (file == nullptr) return absl::InvalidArgumentError(absl::StrCat(path, ": ", error));
  return file;
}

void Count(v1::CheckReport* report) {
  int errors = 0, warnings = 0;
  for (const v1::CheckFinding& finding : report->findings()) {
    errors += finding.severity() == v1::CHECK_SEVERITY_ERROR ? 1 : 0;
    warnings += finding.severity() == v1::CHECK_SEVERITY_WARNING ? 1 : 0;
  }
  report->set_errors(errors);
  report->set_warnings(warnings);
}

}  // namespace

void AddOutcome(const char* id, double milliseconds, Findings findings, v1::CheckReport* report) {
  v1::CheckOutcome* outcome = report->add_checks();
  outcome->set_check(id);
  outcome->set_milliseconds(milliseconds);
  for (v1::CheckFinding& finding : findings) *report->add_findings() = std::move(finding);
}

void NotRun(const char* id, std::string reason, v1::CheckReport* report) {
  v1::CheckOutcome* outcome = report->add_checks();
  outcome->set_check(id);
  outcome->set_result(v1::CHECK_RESULT_NOT_RUN);
  outcome->set_reason(std::move(reason));
}

// A check may find what belongs to another one; so results are settled at the end.
static void Settle(v1::CheckReport* report) {
  for (v1::CheckOutcome& outcome : *report->mutable_checks()) {
    v1::CheckSeverity worst = v1::CHECK_SEVERITY_NOTE;
    for (const v1::CheckFinding& finding : report->findings()) {
      if (finding.check() == outcome.check()) worst = std::max(worst, finding.severity());
    }
    if (worst == v1::CHECK_SEVERITY_ERROR) {
      outcome.set_result(v1::CHECK_RESULT_FAILED);
    } else if (worst == v1::CHECK_SEVERITY_WARNING) {
      outcome.set_result(v1::CHECK_RESULT_WARNED);
    } else if (outcome.result() != v1::CHECK_RESULT_NOT_RUN) {
      outcome.set_result(v1::CHECK_RESULT_PASSED);
    }
  }
  Count(report);
}

v1::CheckReport CheckBytes(std::string_view image) {
  v1::CheckReport report;
  report.set_level(kLowestLevel);
  RunStatic(std::string(image), &report);
  Settle(&report);
  return report;
}

absl::StatusOr<v1::CheckReport> CheckPlugin(const CheckOptions& options) {
  const Clock::time_point start = Clock::now();
  absl::StatusOr<std::shared_ptr<const SealedFile>> file = ReadSealed(options.file);
  if (!file.ok()) return file.status();
  std::string image, error;
  if (!(*file)->Read(&image, &error)) return absl::InternalError(absl::StrCat(options.file, ": ", error));
  const absl::StatusOr<TrustStore> trust = TrustStore::Open(options.trust);
  if (!trust.ok()) return absl::FailedPreconditionError(trust.status().message());

  v1::CheckReport report;
  report.set_file(options.file);
  report.set_file_sha256(Sha256Hex(image));
  report.set_checked_by(options.checked_by);
  report.set_level(options.level);
  report.set_seed(options.seed);
  const StaticResult found = RunStatic(image, &report);
  RunCheck(
      "signature", [&](Findings* f) { CheckTheSignature(options, report, *trust, f); }, &report);
  if (options.level > kLowestLevel) {
    if (found.usable) {
      absl::Status status = RunDynamic(options, found.manifest, found.code, (*file)->fd(), &report);
      if (!status.ok()) return status;
    } else {
      for (const Rule& rule : Rules()) {
        if (rule.dynamic && rule.level <= options.level) NotRun(rule.id, "no host would load this file", &report);
      }
    }
  }
  Settle(&report);
  report.set_milliseconds(MillisecondsSince(start));
  return report;
}

}  // namespace condyle::checker
