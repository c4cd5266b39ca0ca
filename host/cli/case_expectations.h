// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Compares a consultation with what is expected of it.
#ifndef CONDYLE_HOST_CLI_CASE_EXPECTATIONS_H_
#define CONDYLE_HOST_CLI_CASE_EXPECTATIONS_H_

#include <boost/regex.hpp>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "condyle/host/host.h"

namespace condyle::cli {

// One row of a never-say table: wording that no text of an answer may have.
struct NeverSay {
  bool always;  // in every case; else only where a case lists the id
  boost::regex pattern;
};
using NeverSayTable = std::map<std::string, NeverSay>;  // by id

// Tab-separated with a head line; columns id, scope (always, when_listed) and regex (Perl syntax, case does not
// matter).
absl::StatusOr<NeverSayTable> ParseNeverSay(const std::string& text);

// What NAME.expect.json says. Everything is optional; the expectations hold together.
struct CaseExpectation {
  std::string urgency;                                       // empty: free
  std::map<std::string, std::vector<std::string>> statuses;  // plugin id -> accepted statuses
  std::vector<std::string> must_recommend;
  std::vector<std::string> must_not_recommend;
  std::vector<std::string> must_withhold;
  std::vector<std::string> must_hold_tags;
  std::vector<std::string> must_not_say;
  bool refused = false;
  std::vector<std::string> mentions;
};

// Fails on an unknown field, and on a field of another type.
absl::StatusOr<CaseExpectation> ParseExpectation(const std::string& json);

// How many of its expectations an answer meets, and what it does not.
struct CaseResult {
  int held = 0;
  int total = 0;
  std::vector<std::string> faults;
};

// Ids in must_not_say have to be in the table.
CaseResult CompareCase(const CaseExpectation& expected, const Outcome& outcome, const NeverSayTable& never_say);

}  // namespace condyle::cli

#endif  // CONDYLE_HOST_CLI_CASE_EXPECTATIONS_H_
