// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Candidates get the case as it was checked against the current inputs, and answer after everybody else.
#include "host/library/shadow.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "condyle/v1/assessment.pb.h"
#include "host/archive/compare.h"
#include "host/reconcile/answer_check.h"

namespace condyle {
namespace {

// ShadowRun has them: they say nothing of the answer.
bool IsKnownOtherwise(const std::string& path) { return path == "pluginVersion" || path == "pluginId"; }

bool HasAnswer(const v1::Input& input, const std::string& code) {
  return std::any_of(input.answers().begin(), input.answers().end(),
                     [&](const v1::Answer& answer) { return answer.code() == code; });
}

std::string FirstMisreading(const v1::Input& candidate, const v1::Input& current) {
  if (candidate.type() != current.type()) return "type";
  if (candidate.sided() != current.sided()) return "sided";
  if (candidate.unit() != current.unit()) return "unit";
  if (candidate.min() != current.min() || candidate.max() != current.max()) return "min, max";
  if (candidate.by_examiner() && !current.by_examiner()) return "by_examiner";
  for (const v1::Answer& answer : current.answers()) {
    if (!HasAnswer(candidate, answer.code())) return absl::StrCat("answers (it lacks ", answer.code(), ")");
  }
  return {};
}

v1::PluginFailure MakeFailure(const PluginFile& candidate, v1::FailureKind kind, const std::string& message) {
  v1::PluginFailure failure;
  failure.set_plugin_id(candidate.manifest.id());
  failure.set_kind(kind);
  failure.set_message(message);
  failure.set_file(candidate.path);
  return failure;
}

}  // namespace

std::string FindMisreading(const v1::PluginManifest& candidate, const InputCatalog& current) {
  for (const v1::Input& input : candidate.inputs()) {
    const CatalogInput* known = current.Find(input.key());
    if (known == nullptr) continue;
    const std::string field = FirstMisreading(input, known->input);
    if (!field.empty()) {
      return absl::StrCat("input ", input.key(), ": it declares another ", field,
                          " than the current plugins, by which the case was read; a plugin that reads it so can only "
                          "be tried in place of the current ones (--plugins)");
    }
  }
  return {};
}

Shadow::Shadow(PluginCatalog found, const PluginCatalog& current, const DispatcherMaker& make)
    : current_(current), candidates_(Usable(std::move(found)), make) {
  for (size_t i = 0; i < current_.plugins.size(); ++i) current_at_[current_.plugins[i].manifest.id()] = i;
  for (v1::ShadowRun& run : unusable_) {
    const auto at = current_at_.find(run.plugin_id());
    if (at != current_at_.end()) run.set_current_version(current_.plugins[at->second].manifest.version());
  }
}

PluginCatalog Shadow::Usable(PluginCatalog found) {
  PluginCatalog usable;
  const auto leave_out = [this](const v1::PluginFailure& failure) {
    v1::ShadowRun& run = unusable_.emplace_back();
    run.set_plugin_id(failure.plugin_id());
    run.set_file(failure.file());
    *run.mutable_failure() = failure;
  };
  for (const v1::PluginFailure& failure : found.failures) {
    // A candidate stands beside the current plugins: the screens that it expects are there, not here.
    if (failure.kind() != v1::FAILURE_KIND_MISSING) leave_out(failure);
  }
  for (PluginFile& candidate : found.plugins) {
    const std::string misreading = FindMisreading(candidate.manifest, current_.inputs);
    if (misreading.empty()) {
      usable.plugins.push_back(std::move(candidate));
      continue;
    }
    leave_out(MakeFailure(candidate, v1::FAILURE_KIND_CONFLICT, misreading));
    unusable_.back().set_candidate_version(candidate.manifest.version());
    unusable_.back().set_file_sha256(candidate.file_sha256);
  }
  return usable;
}

v1::ShadowRun Shadow::StartOf(const PluginFile& candidate) const {
  v1::ShadowRun run;
  run.set_plugin_id(candidate.manifest.id());
  run.set_candidate_version(candidate.manifest.version());
  run.set_file(candidate.path);
  run.set_file_sha256(candidate.file_sha256);
  const auto at = current_at_.find(candidate.manifest.id());
  if (at != current_at_.end()) run.set_current_version(current_.plugins[at->second].manifest.version());
  return run;
}

void Shadow::CompareAnswers(const PluginFile& candidate, const Reply& reply, const std::vector<Reply>& current_replies,
                            v1::ShadowRun* run) const {
  if (reply.failure) {
    *run->mutable_failure() = *reply.failure;
    return;
  }
  v1::Assessment answer;
  CitationNumbers citations;
  for (const v1::Citation& citation : candidate.manifest.citations()) citations.emplace(citation.key(), 0);
  std::vector<int> cited;
  std::string fault = answer.ParseFromString(reply.response)
                          ? FindFault(answer, candidate.manifest.id(), citations, cited)
                          : absl::StrCat("its ", reply.response.size(), " bytes, which are no condyle.v1.Assessment");
  if (!fault.empty()) {
    *run->mutable_failure() =
        MakeFailure(candidate, v1::FAILURE_KIND_BAD_ANSWER, absl::StrCat("Its answer breaks a rule at ", fault, "."));
    return;
  }
  v1::Assessment current;  // empty where there is none: then everything is new
  const auto at = current_at_.find(candidate.manifest.id());
  if (at != current_at_.end()) {
    const Reply& given = current_replies[at->second];
    if (given.failure || !current.ParseFromString(given.response)) {
      current.Clear();
      v1::Difference* line = run->add_differences();
      line->set_path("(answer)");
      line->set_current("none: the plugin failed");
      line->set_candidate("given");
    }
  }
  for (v1::Difference& difference : Compare(current, answer)) {
    if (!IsKnownOtherwise(difference.path())) *run->add_differences() = std::move(difference);
  }
}

void Shadow::Run(const v1::Case& checked_case, const Round& like, const std::vector<Reply>& replies,
                 v1::Consultation* consultation) const {
  Round round;
  round.requests = candidates_.requests.Build(checked_case);
  round.as_of_unix_ns = like.as_of_unix_ns;
  round.deadline = like.deadline;
  round.limit = like.limit;
  round.cancel = like.cancel;
  const std::vector<Reply> answers = candidates_.dispatcher->Ask(round);
  for (size_t i = 0; i < candidates_.catalog.plugins.size(); ++i) {
    v1::ShadowRun run = StartOf(candidates_.catalog.plugins[i]);
    CompareAnswers(candidates_.catalog.plugins[i], answers[i], replies, &run);
    *consultation->add_shadow() = std::move(run);
  }
  for (const v1::ShadowRun& run : unusable_) *consultation->add_shadow() = run;
}

}  // namespace condyle
