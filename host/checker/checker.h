// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Checks one plugin file against the contract of docs/abi.md, from its bytes and by running it in processes of their
// own.
#ifndef CONDYLE_HOST_CHECKER_CHECKER_H_
#define CONDYLE_HOST_CHECKER_CHECKER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "condyle/v1/case.pb.h"
#include "condyle/v1/check.pb.h"
#include "host/checker/rules.h"

namespace condyle::checker {

struct CheckOptions {
  std::string file;
  int level = kUsualLevel;
  // Of everything that is drawn. The same seed gives the same requests.
  uint32_t seed = 1;
  // Directories of trusted keys; then the signature is demanded. Empty: one that is there is looked at.
  std::vector<std::string> trust;
  // Worked patients, asked too.
  std::vector<v1::Case> cases;
  // The program condyle-checker-probe. Needed above level 1.
  std::string probe;
  // For the report.
  std::string checked_by;
};

// A status only where Condyle itself failed: the file cannot be read, the probe not be started. Whatever is wrong with
// the plugin is in the report. Takes seconds at the higher levels. Thread-safe.
absl::StatusOr<v1::CheckReport> CheckPlugin(const CheckOptions& options);

// The checks of level 1 but the signature, of a file's bytes: for hostile bytes, and for fuzzing. Runs nothing.
v1::CheckReport CheckBytes(std::string_view image);

}  // namespace condyle::checker

#endif  // CONDYLE_HOST_CHECKER_CHECKER_H_
