// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a plugin answers, against its manifest and the host's own rules.
#ifndef CONDYLE_HOST_CHECKER_ANSWER_CHECKS_H_
#define CONDYLE_HOST_CHECKER_ANSWER_CHECKS_H_

#include <set>
#include <string>

#include "condyle/v1/manifest.pb.h"
#include "host/checker/probe_process.h"
#include "host/checker/static_checks.h"
#include "host/reconcile/answer_check.h"

namespace condyle::checker {

// Collects over many answers. Not thread-safe.
class AnswerChecks {
 public:
  // The manifest must outlive it.
  explicit AnswerChecks(const v1::PluginManifest& manifest);

  // where: which request, for the findings: under "answers", "output" and "inputs", each kind once.
  void Take(const ProbeAnswer& answer, const std::string& where, Findings* findings);

  int answers() const { return answers_; }
  // What was seen in answers so far.
  const std::set<std::string>& cited() const { return cited_; }
  const std::set<std::string>& given() const { return given_; }

 private:
  void TakeKeys(const v1::Assessment& answer, const std::string& where, Findings* findings);

  const v1::PluginManifest& manifest_;
  CitationNumbers numbers_;
  std::set<std::string> inputs_, emits_;
  std::set<std::string> cited_, given_;
  std::set<std::string> told_;
  int answers_ = 0;
};

}  // namespace condyle::checker

#endif  // CONDYLE_HOST_CHECKER_ANSWER_CHECKS_H_
