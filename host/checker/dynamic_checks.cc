// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Which probe gets which requests, how many, and what their results mean together.
#include "host/checker/dynamic_checks.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "host/checker/answer_checks.h"
#include "host/checker/patients.h"
#include "host/checker/probe_process.h"
#include "host/checker/requests.h"

namespace condyle::checker {
namespace {

using Clock = std::chrono::steady_clock;

// How much, by level. Levels 1 and 2 ask nothing.
struct Effort {
  size_t patients;        // of "answers"
  size_t requests;        // of each other probe
  uint32_t hostile;       // of "hostile-input"
  uint32_t throwing;      // hostile ones of "exceptions"
  int searched_patients;  // for inputs that change nothing
};

Effort EffortOf(int level) {
  switch (level) {
    case 5:
      return {400, 60, 20'000, 1'000, 3'000};
    case 4:
      return {100, 30, 1'500, 200, 0};
    default:
      return {100, 30, 500, 100, 0};
  }
}

// A plugin that takes so long for each answer, or fails, gets less time for each probe.
constexpr std::chrono::milliseconds kSlow{10}, kUsual{10'000}, kLittle{1500};

// For each of the notes on what was not seen.
std::string Some(const std::vector<std::string>& names) {
  constexpr size_t kShown = 8;
  std::vector<std::string> shown(names.begin(),
                                 names.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, names.size())));
  return absl::StrCat(absl::StrJoin(shown, ", "),
                      names.size() > kShown ? absl::StrCat(" and ", names.size() - kShown, " more") : "");
}

class DynamicChecks {
 public:
  DynamicChecks(const CheckOptions& options, const v1::PluginManifest& manifest, const std::string& code, int plugin_fd,
                v1::CheckReport* report)
      : options_(options),
        manifest_(manifest),
        code_(code),
        effort_(EffortOf(options.level)),
        source_(manifest),
        report_(report) {
    plan_.program = options.probe;
    plan_.plugin_path = options.file;
    plan_.plugin_fd = plugin_fd;
  }

  absl::Status Run() {
    patients_ = source_.Patients(effort_.patients, options_.cases, options_.seed);
    for (const v1::Case& patient : patients_) {
      if (usual_.size() < effort_.requests && patient.as_of() == kMoment) usual_.push_back(source_.Of(patient)->bytes);
    }
    as_of_unix_ns_ = UnixNanoseconds(kMoment).value();
    for (const Rule& rule : Rules()) {
      if (!rule.dynamic || rule.level > options_.level) continue;
      if (absl::Status status = RunOne(rule.id); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status RunOne(const std::string& id) {
    const Rule* rule = FindRule(id);
    if (!stopped_.empty() && !(id == "abi-versions" && loaded_)) {
      NotRun(rule->id, stopped_, report_);
      return absl::OkStatus();
    }
    if (id == "output" || id == "inputs") return absl::OkStatus();  // with "answers"
    const Clock::time_point start = Clock::now();
    Findings findings;
    absl::Status status = id == "answers"       ? Answers(&findings)
                          : id == "determinism" ? Determinism(&findings)
                                                : Probe(rule->id, &findings);
    if (!status.ok()) return status;
    Unrepeated(&findings);
    const bool failed = std::any_of(findings.begin(), findings.end(), [](const v1::CheckFinding& finding) {
      return finding.severity() == v1::CHECK_SEVERITY_ERROR;
    });
    if ((id == "loads" || id == "abi-versions") && failed && stopped_.empty()) {
      stopped_ = absl::StrCat("after what ", id, " found");
    }
    AddOutcome(rule->id, std::chrono::duration<double, std::milli>(Clock::now() - start).count(), std::move(findings),
               report_);
    if (id == "answers") {
      for (const char* with : {"output", "inputs"}) AddOutcome(with, 0, {}, report_);
    }
    return absl::OkStatus();
  }

  // The same fault shows in many probes: it is told once.
  void Unrepeated(Findings* findings) {
    std::erase_if(*findings, [&](const v1::CheckFinding& finding) {
      return !told_.insert({finding.check(), finding.what()}).second;
    });
  }

  ProbeJob JobOf(const std::string& id) const {
    ProbeJob job;
    job.probe = id;
    job.seed = options_.seed;
    job.as_of_unix_ns = as_of_unix_ns_;
    job.requests = usual_;
    job.time = patience_;
    if (id == "hostile-input") {
      job.budget = effort_.hostile;
      for (std::string& request : source_.Absurd()) job.requests.push_back(std::move(request));
    } else if (id == "exceptions") {
      job.budget = effort_.throwing;
    } else if (id == "cancel") {
      constexpr size_t kLongBytes = 128u << 10;
      job.requests.push_back(source_.Long(kLongBytes));
    } else if (id == "growth") {
      job.budget = 1200;
    } else if (id == "concurrency") {
      job.budget = 20;
    } else if (id == "reload") {
      job.budget = 50;
    }
    return job;
  }

  absl::Status Probe(const char* id, Findings* findings) {
    ProbeResult result;
    if (absl::Status status = RunProbe(plan_, JobOf(id), &result); !status.ok()) return status;
    // What ends that probe is mostly a hostile request; exceptions have their own findings.
    const bool exceptions = std::string_view(id) == "exceptions";
    const bool ended = Interpret(exceptions ? "hostile-input" : id, result, findings);
    if (std::string_view(id) == "loads") loaded_ = !ended;
    return absl::OkStatus();
  }

  // The same requests in processes that differ: in addresses, in the time of day, in locale and time zone.
  absl::Status Determinism(Findings* findings) {
    struct Process {
      uint32_t surroundings;
      const char* what;
    };
    constexpr Process kProcesses[] = {{kPlain, ""},
                                      {kPlain, "from process to process (addresses, random numbers)"},
                                      {kOtherTime, "with the time of day"},
                                      {kOtherPlace, "with the locale or time zone of the process"}};
    std::vector<HashPayload> first;
    for (const Process& process : kProcesses) {
      ProbeJob job = JobOf("determinism");
      job.surroundings = process.surroundings;
      ProbeResult result;
      if (absl::Status status = RunProbe(plan_, job, &result); !status.ok()) return status;
      if (Interpret("determinism", result, findings)) return absl::OkStatus();
      if (first.empty()) first = result.hashes;
      for (size_t i = 0; i < std::min(first.size(), result.hashes.size()); ++i) {
        if (first[i].hash == result.hashes[i].hash && first[i].status == result.hashes[i].status) continue;
        findings->push_back(Finding("determinism", v1::CHECK_SEVERITY_ERROR,
                                    absl::StrCat("the answer to the same request changes ", process.what),
                                    absl::StrCat("request ", i, " of seed ", options_.seed)));
        return absl::OkStatus();
      }
    }
    return absl::OkStatus();
  }

  absl::Status Answers(Findings* findings) {
    ProbeJob job = JobOf("serve");
    job.requests.clear();
    ProbeProcess process;
    if (absl::Status status = process.Start(plan_, job); !status.ok()) return status;
    AnswerChecks checks(manifest_);
    bool alive = true;
    const UnreadInputs::Ask ask = [&](const v1::Case& patient) -> std::optional<std::string> {
      const std::optional<Request> request = source_.Of(patient);
      if (!alive || !request) return std::nullopt;
      std::optional<ProbeAnswer> answer = process.Ask(request->bytes, request->as_of_unix_ns);
      alive = answer.has_value();
      if (!alive) return std::nullopt;
      checks.Take(*answer, absl::StrCat("request ", checks.answers(), " of seed ", options_.seed), findings);
      return std::move(answer->bytes);
    };
    const Clock::time_point start = Clock::now();
    for (size_t i = 0; i < patients_.size() && alive && Clock::now() < start + patience_; ++i) {
      ask(patients_[i]);
      // What fails or is slow is found with less, too; the author will be back.
      const auto each = (Clock::now() - start) / std::max(1, checks.answers());
      if (!findings->empty() || (i > 10 && each > kSlow)) patience_ = kLittle;
    }
    if (options_.level >= kHighestLevel && alive && findings->empty()) Exhaust(ask, checks, alive, findings);
    if (Interpret("answers", process.Finish(), findings))
      stopped_ = "the plugin does not survive the requests of answers";
    return absl::OkStatus();
  }

  // Level 5: is every input, citation and recommendation used?
  void Exhaust(const UnreadInputs::Ask& ask, const AnswerChecks& checks, const bool& alive, Findings* findings) {
    const Clock::time_point end = Clock::now() + patience_;
    UnreadInputs unread(manifest_, options_.seed);
    PatientGenerator generator({manifest_.inputs().begin(), manifest_.inputs().end()}, patients_, options_.seed + 1);
    for (int i = 0; i < effort_.searched_patients && alive && Clock::now() < end; ++i) {
      const auto number = static_cast<size_t>(i);
      unread.Try(number < patients_.size() ? patients_[number] : generator.Next(), ask);
      if (unread.left().empty() && number >= patients_.size()) break;
    }
    if (!alive) return;
    constexpr int kEnough = 50;
    const bool enough = checks.answers() >= kEnough;
    std::vector<std::string> not_shown;
    for (const std::string& key : unread.left()) {
      if (enough && key != "patient.age" && key != "patient.sex" && code_.find(key) == code_.npos) {
        findings->push_back(Finding("inputs", v1::CHECK_SEVERITY_ERROR,
                                    absl::StrCat("an input is declared that is not read: none of ", checks.answers(),
                                                 " answers depends on it, and its key is nowhere in the code"),
                                    key));
      } else {
        not_shown.push_back(key);
      }
    }
    Unseen("inputs", absl::StrCat("inputs of which no effect was seen in ", checks.answers(), " answers"), not_shown,
           findings);
    // A source may stand behind a caveat, which cites nothing: that none was seen is no fault.
    std::vector<std::string> not_cited, not_given;
    for (const v1::Citation& citation : manifest_.citations()) {
      if (checks.cited().count(citation.key()) == 0) not_cited.push_back(citation.key());
    }
    for (const std::string& id : manifest_.emits()) {
      if (checks.given().count(id) != 0) continue;
      if (code_.find(id) != code_.npos) {
        not_given.push_back(id);
        continue;
      }
      findings->push_back(Finding("manifest-complete", v1::CHECK_SEVERITY_WARNING,
                                  "a recommendation is listed that no answer gives, and its id is nowhere in the code",
                                  id));
    }
    Unseen("manifest-complete", absl::StrCat("citations that were not seen in ", checks.answers(), " answers"),
           not_cited, findings);
    Unseen("manifest-complete", absl::StrCat("recommendations that were not seen in ", checks.answers(), " answers"),
           not_given, findings);
  }

  static void Unseen(const char* check, const std::string& what, const std::vector<std::string>& names,
                     Findings* findings) {
    if (names.empty()) return;
    findings->push_back(Finding(check, v1::CHECK_SEVERITY_NOTE, absl::StrCat(names.size(), " ", what), Some(names)));
  }

  const CheckOptions& options_;
  const v1::PluginManifest& manifest_;
  const std::string& code_;
  const Effort effort_;
  const RequestSource source_;
  v1::CheckReport* const report_;
  ProbePlan plan_;
  std::vector<v1::Case> patients_;
  std::vector<std::string> usual_;
  int64_t as_of_unix_ns_ = 0;
  std::set<std::pair<std::string, std::string>> told_;
  // Why nothing more is run; empty while all is well.
  std::string stopped_;
  bool loaded_ = false;
  // For each probe.
  std::chrono::milliseconds patience_ = kUsual;
};

}  // namespace

absl::Status RunDynamic(const CheckOptions& options, const v1::PluginManifest& manifest, const std::string& code,
                        int plugin_fd, v1::CheckReport* report) {
  return DynamicChecks(options, manifest, code, plugin_fd, report).Run();
}

}  // namespace condyle::checker
