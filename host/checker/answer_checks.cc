// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The host's answer check, and what a host does not look at but an author wants to know.
#include "host/checker/answer_checks.h"

#include <vector>

#include "condyle/plugin.h"
#include "host/checker/rules.h"
#include "host/loader/plugin_library.h"

namespace condyle::checker {

AnswerChecks::AnswerChecks(const v1::PluginManifest& manifest) : manifest_(manifest) {
  for (int i = 0; i < manifest.citations_size(); ++i) numbers_.emplace(manifest.citations(i).key(), i);
  for (const v1::Input& input : manifest.inputs()) inputs_.insert(input.key());
  if (manifest.uses_age()) inputs_.insert("patient.age");
  if (manifest.uses_sex()) inputs_.insert("patient.sex");
  emits_ = {manifest.emits().begin(), manifest.emits().end()};
}

void AnswerChecks::Take(const ProbeAnswer& answer, const std::string& where, Findings* findings) {
  ++answers_;
  // One patient is enough: the same fault mostly shows in many.
  const auto fail = [&](const char* check, const std::string& what) {
    if (told_.insert(check + what).second) findings->push_back(Finding(check, v1::CHECK_SEVERITY_ERROR, what, where));
  };
  if (answer.too_large) {
    fail("output", "it answers more than " + std::to_string(kMaxAnswerBytes) + " bytes");
    return;
  }
  if (answer.status != CND_OK) {
    fail("answers", std::string("assess fails with ") + StatusName(answer.status) + " on a request that a host makes" +
                        (answer.bytes.empty() ? "" : ": " + answer.bytes.substr(0, 200)));
    return;
  }
  v1::Assessment assessment;
  if (!assessment.ParseFromString(answer.bytes)) {
    fail("answers", "its answer is no readable condyle.v1.Assessment");
    return;
  }
  std::vector<int> cited;
  if (const std::string fault = FindFault(assessment, manifest_.id(), numbers_, cited); !fault.empty()) {
    fail("answers", "the host throws its answer away: " + fault);
    return;
  }
  for (const int number : cited) cited_.insert(manifest_.citations(number).key());
  if (assessment.plugin_version() != manifest_.version()) {
    fail("answers", "plugin_version is \"" + assessment.plugin_version() + "\", and the manifest says \"" +
                        manifest_.version() + "\"");
  }
  for (const v1::Recommendation& recommendation : assessment.recommendations()) {
    given_.insert(recommendation.id());
    if (emits_.count(recommendation.id()) == 0) {
      fail("answers", "it recommends " + recommendation.id() + ", which the manifest does not list under emits");
    }
  }
  TakeKeys(assessment, where, findings);
}

void AnswerChecks::TakeKeys(const v1::Assessment& answer, const std::string& where, Findings* findings) {
  const auto look = [&](const char* field, const std::string& key) {
    if (inputs_.count(key) != 0) return;
    const std::string what = std::string(field) + " names " + key + ", which the manifest does not declare";
    if (told_.insert(what).second) findings->push_back(Finding("inputs", v1::CHECK_SEVERITY_ERROR, what, where));
  };
  for (const v1::Evidence& evidence : answer.evidence()) look("evidence", evidence.key());
  for (const v1::MissingInput& missing : answer.missing_inputs()) look("missing_inputs", missing.key());
  for (const v1::Score& score : answer.scores()) {
    for (const v1::ScoreItem& item : score.items()) {
      if (!item.missing_key().empty()) look("scores", item.missing_key());
    }
  }
}

}  // namespace condyle::checker
