// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads the sets of warning signs.
#ifndef CONDYLE_PLUGINS_RED_FLAG_SCREEN_FLAGS_H_
#define CONDYLE_PLUGINS_RED_FLAG_SCREEN_FLAGS_H_

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "condyle/sdk/findings.h"
#include "plugins/red_flag_screen/tables.h"

namespace condyle::red_flag_screen {

// Something that makes its set when it is true.
struct Trigger {
  InputKey input;
  std::string text;
  Truth met;
};

struct SetReading {
  std::vector<Trigger> triggers;  // those that were asked, and the core ones that were not
  Truth met = Truth::kFalse;      // unknown while something is open without which the screen cannot be negative

  void Add(const InputKey& input, std::string text, Truth met_now, bool needed);
  // The triggers that are true, separated by commas.
  std::string Names() const;
};

struct FlagReading {
  std::array<SetReading, kSetCount> sets;
  Count cancer;  // of the five counted items
  Truth pregnant = Truth::kUnknown;
  Truth pregnant_or_just_delivered = Truth::kUnknown;  // within 42 days
  Truth trauma = Truth::kUnknown;
  Truth ankylosed = Truth::kUnknown;  // known axial spondyloarthritis or a fused spine
  bool age_decides = false;           // the age is not known, and a set is met at some ages
  Truth screen = Truth::kUnknown;

  const SetReading& operator[](SetId id) const { return sets[static_cast<size_t>(id)]; }
  SetReading& operator[](SetId id) { return sets[static_cast<size_t>(id)]; }
};

// Whether the screen can be negative only with this answer.
bool Needed(const Question& question, const FlagReading& reading);

FlagReading ReadFlags(const Findings& findings);

}  // namespace condyle::red_flag_screen

#endif  // CONDYLE_PLUGINS_RED_FLAG_SCREEN_FLAGS_H_
