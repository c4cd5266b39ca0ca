// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The checks that run the plugin, each in a process of its own.
#ifndef CONDYLE_HOST_CHECKER_DYNAMIC_CHECKS_H_
#define CONDYLE_HOST_CHECKER_DYNAMIC_CHECKS_H_

#include <string>

#include "absl/status/status.h"
#include "condyle/v1/check.pb.h"
#include "condyle/v1/manifest.pb.h"
#include "host/checker/checker.h"
#include "host/checker/static_checks.h"

namespace condyle::checker {

// Runs the dynamic checks of options.level in the order of Rules(). code: the file without its notes. plugin_fd: a
// SealedFile, which is what is loaded. An error only if a probe cannot be run.
absl::Status RunDynamic(const CheckOptions& options, const v1::PluginManifest& manifest, const std::string& code,
                        int plugin_fd, v1::CheckReport* report);

// For the report: a check that ran with what it found, and one that did not.
void AddOutcome(const char* id, double milliseconds, Findings findings, v1::CheckReport* report);
void NotRun(const char* id, std::string reason, v1::CheckReport* report);

}  // namespace condyle::checker

#endif  // CONDYLE_HOST_CHECKER_DYNAMIC_CHECKS_H_
