// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The table of bad plugins, and what really becomes of each: in a worker beside the sound plugins, and in-process.
#ifndef CONDYLE_TESTS_BAD_PLUGINS_MATRIX_H_
#define CONDYLE_TESTS_BAD_PLUGINS_MATRIX_H_

#include <chrono>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "condyle/v1/case.pb.h"
#include "condyle/v1/consultation.pb.h"

namespace condyle::tests {

// A cell "WHAT (word; word)".
struct Expected {
  std::string what;
  std::vector<std::string> words;
};

// One line of bad_plugins.tsv; "-" stands for an empty field.
struct BadPlugin {
  std::string name;
  std::string defect;
  // Checks of `condyle plugins check` that find it, separated by blanks; empty if it is to be accepted.
  std::string caught_by;
  // "answers", or the kind of failure without FAILURE_KIND_, with words of the message.
  Expected isolated;
  // The same with side effects as words; or "kills the host", "hangs the host", "not run".
  Expected in_process;
  std::string notes;

  std::string File() const;
  // It fails whatever it is asked: the plugin is no use, and not only one answer.
  bool Standing() const;
  // What failures call it.
  std::string NamedAs() const;
};

// For messages of tests.
void PrintTo(const BadPlugin& plugin, std::ostream* out);

// Reads the table of the tree. Throws std::runtime_error, with the line, if it is not as it must be.
std::vector<BadPlugin> ReadBadPlugins();

// A patient to whom both screens answer "negative", so that everything that is held shows; and who tells the fixtures
// to misbehave, or not to.
v1::Case BadPluginPatient(bool misbehave);

// From the end of a failed call, less the deadline it has used up, to a sound answer of a new worker: at most this.
inline constexpr std::chrono::milliseconds kRecoveryBound{2000};

struct IsolatedRun {
  // "answers", or the kind of failure without FAILURE_KIND_.
  std::string happened;
  v1::PluginFailure failure;
  // How many answers of others came, byte for byte as in the calm run, and how many there are in that.
  int others = 0;
  int others_in_calm = 0;
  // It is a screen that failed, and the host holds all that it guards.
  bool guards_held = false;
  // Everything else that is not as it must be; empty if nothing is.
  std::vector<std::string> faults;
  // From the failed call's end to a sound answer. Not set if nothing failed, or nothing of it can ever answer.
  std::optional<double> recovery_ms;
  // From the start of the failed call to that answer, and the deadline of the call.
  double whole_ms = 0;
  std::chrono::milliseconds deadline{0};
};
IsolatedRun RunIsolated(const BadPlugin& plugin);

// In a process of its own, since it may well die.
struct InProcessRun {
  // As the cell says it; "(...)": side effects of an answer, the message of a failure, or how the host died.
  std::string happened;
  std::vector<std::string> effects;
  std::string message;
};
InProcessRun RunInProcess(const BadPlugin& plugin);

// The text of kBadPluginsPage. Runs every plugin.
inline constexpr char kBadPluginsPage[] = "docs/bad-plugins.md";
std::string BadPluginsPage();
// Its line of one plugin begins with this.
std::string PageRowStart(const BadPlugin& plugin);

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_BAD_PLUGINS_MATRIX_H_
