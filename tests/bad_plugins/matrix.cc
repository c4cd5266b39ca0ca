// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The table, and the runs in workers.
#include "tests/bad_plugins/matrix.h"

#include <sys/wait.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using Clock = std::chrono::steady_clock;

// Of calls that end by the deadline alone; and of others, which need room on a busy machine.
constexpr std::chrono::milliseconds kShort{1000}, kAmple{30000};
constexpr char kHeader[] = "name\tdefect\tcaught_by\tisolated\tin_process\tnotes";

std::vector<std::string> Split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  size_t at = 0;
  for (size_t next = text.find(separator); next != text.npos; next = text.find(separator, at)) {
    parts.push_back(text.substr(at, next - at));
    at = next + separator.size();
  }
  parts.push_back(text.substr(at));
  return parts;
}

Expected ParseExpected(const std::string& cell) {
  const size_t open = cell.find(" (");
  if (open == cell.npos || cell.back() != ')') return {cell, {}};
  return {cell.substr(0, open), Split(cell.substr(open + 2, cell.size() - open - 3), "; ")};
}

double Milliseconds(Clock::duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

size_t OpenFiles() {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

v1::Consultation Ask(Host& host, bool misbehave) {
  Outcome outcome = host.Consult(BadPluginPatient(misbehave));
  if (!outcome.consultation) throw std::runtime_error(outcome.refusal->path + ": " + outcome.refusal->message);
  return *std::move(outcome.consultation);
}

const v1::Consultation& CalmRun() {
  static const v1::Consultation calm = Ask(*OpenHost(false), false);
  return calm;
}

int SameAsCalm(const v1::Consultation& consultation) {
  int same = 0;
  for (const v1::Assessment& expected : CalmRun().assessments()) {
    const v1::Assessment* answer = FindAssessment(consultation, expected.plugin_id());
    same += answer != nullptr && answer->SerializeAsString() == expected.SerializeAsString() ? 1 : 0;
  }
  return same;
}

std::string KindName(v1::FailureKind kind) {
  const std::string name = v1::FailureKind_Name(kind);
  const std::string prefix = "FAILURE_KIND_";
  return name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : name;
}

// Of a screen that failed, all that it guards is held; and was not while it answered.
void CheckGuards(const BadPlugin& plugin, const Host& host, const v1::Consultation& behaved,
                 const v1::Consultation& failed, IsolatedRun* run) {
  for (const v1::PluginManifest& manifest : host.Manifests()) {
    if (manifest.id() != plugin.name || manifest.role() != v1::PLUGIN_ROLE_SAFETY_SCREEN) continue;
    const std::vector<std::string> unheld = UnheldGuards(failed, manifest);
    run->guards_held = unheld.empty();
    for (const std::string& guard : unheld) run->faults.push_back("not held: " + guard);
    if (!plugin.Standing() && UnheldGuards(behaved, manifest).empty()) {
      run->faults.push_back("held even while the screen answers: this patient shows nothing");
    }
  }
}

// Asks until the plugin answers, and tells when it did; or until the time is over.
std::optional<Clock::time_point> Recover(Host& host, const BadPlugin& plugin, const v1::Consultation& behaved,
                                         Clock::time_point until, std::vector<std::string>* faults) {
  while (Clock::now() < until) {
    const v1::Consultation consultation = Ask(host, false);
    const auto now = Clock::now();
    if (FindAssessment(consultation, plugin.name) == nullptr) continue;
    if (consultation.SerializeAsString() != behaved.SerializeAsString())
      faults->push_back("another answer than before");
    return now;
  }
  faults->push_back("no new worker has answered");
  return std::nullopt;
}

}  // namespace

void PrintTo(const BadPlugin& plugin, std::ostream* out) { *out << plugin.name; }

std::string BadPlugin::File() const { return Fixture(name); }

bool BadPlugin::Standing() const { return isolated.what == "LOAD" || isolated.what == "MANIFEST"; }

std::string BadPlugin::NamedAs() const { return isolated.what == "MANIFEST" ? "condyle_" + name + ".so" : name; }

std::vector<BadPlugin> ReadBadPlugins() {
  const std::string path = std::string(kSourceFolder) + "/tests/bad_plugins/bad_plugins.tsv";
  std::vector<BadPlugin> plugins;
  std::istringstream lines(ReadFile(path));
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (number == 1 && line == kHeader) continue;
    std::vector<std::string> cells = Split(line, "\t");
    if (number == 1 || cells.size() != 6) {
      throw std::runtime_error(path + ":" + std::to_string(number) + ": wanted are the columns " + kHeader);
    }
    for (std::string& cell : cells) {
      if (cell.empty()) throw std::runtime_error(path + ":" + std::to_string(number) + ": an empty field is \"-\"");
      if (cell == "-") cell.clear();
    }
    plugins.push_back({cells[0], cells[1], cells[2], ParseExpected(cells[3]), ParseExpected(cells[4]), cells[5]});
  }
  return plugins;
}

v1::Case BadPluginPatient(bool misbehave) {
  static const std::vector<WorkedCase> cases = ReadWorkedCases(kCaseFolder);
  for (const WorkedCase& one : cases) {
    if (one.name != "v37_trail_runner_textbook_right") continue;
    v1::Case patient = one.value;
    v1::Finding* finding = patient.add_findings();
    finding->set_key("fixture.misbehave");
    finding->set_present(misbehave);
    return patient;
  }
  throw std::runtime_error("the textbook runner is missing");
}

IsolatedRun RunIsolated(const BadPlugin& plugin) {
  IsolatedRun run;
  run.others_in_calm = CalmRun().assessments_size();
  const size_t files_before = OpenFiles();
  {
    HostOptions options;
    options.plugins = {kPluginFolder, plugin.File()};
    run.deadline = options.deadline = plugin.isolated.what == "DEADLINE" ? kShort : kAmple;
    const std::unique_ptr<Host> host = OpenHost(options);
    const v1::Consultation behaved = Ask(*host, false);  // also starts the workers
    const auto start = Clock::now();
    const v1::Consultation consultation = Ask(*host, true);
    const auto end = Clock::now();

    run.others = SameAsCalm(consultation);
    if (consultation.plugin_failures().empty()) {
      run.happened = "answers";
      if (FindAssessment(consultation, plugin.name) == nullptr) run.faults.push_back("neither answer nor failure");
    } else {
      run.failure = consultation.plugin_failures(0);
      run.happened = KindName(run.failure.kind());
      if (consultation.plugin_failures_size() > 1) run.faults.push_back("more than one failure");
      if (!plugin.Standing() && !behaved.plugin_failures().empty())
        run.faults.push_back("failed before it was told to");
      CheckGuards(plugin, *host, behaved, consultation, &run);
    }
    for (const std::string& rule : BrokenRules(consultation, host->Manifests())) run.faults.push_back(rule);
    if (run.happened != "answers" && !plugin.Standing()) {
      const auto recovered = Recover(*host, plugin, behaved, start + run.deadline + kRecoveryBound, &run.faults);
      if (recovered) {
        run.recovery_ms = Milliseconds(*recovered - end);
        run.whole_ms = Milliseconds(*recovered - start);
      }
    }
    if (SameAsCalm(Ask(*host, false)) != run.others_in_calm) run.faults.push_back("others differ in the next round");
  }
  if (waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD) run.faults.push_back("a process is left");
  if (OpenFiles() != files_before) run.faults.push_back("descriptors are left");
  return run;
}

}  // namespace condyle::tests
