// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Plugins made of functions, for tests of this folder.
#ifndef CONDYLE_HOST_INQUIRY_INQUIRY_TEST_SUPPORT_H_
#define CONDYLE_HOST_INQUIRY_INQUIRY_TEST_SUPPORT_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/assessment_request.pb.h"
#include "host/inquiry/hypotheses.h"
#include "host/reconcile/reconcile.h"

namespace condyle::inquiry {

// What a plugin of a test is asked about: findings by key and side.
class Facts {
 public:
  explicit Facts(const v1::AssessmentRequest& request) : request_(request) {}
  const v1::Finding* Find(const std::string& key, v1::Side side = v1::SIDE_UNSPECIFIED) const {
    for (const v1::Finding& finding : request_.findings()) {
      if (finding.key() == key && finding.side() == side) return &finding;
    }
    return nullptr;
  }
  bool Is(const std::string& key, v1::Side side = v1::SIDE_UNSPECIFIED) const {
    const v1::Finding* finding = Find(key, side);
    return finding != nullptr && finding->present();
  }
  bool Known(const std::string& key, v1::Side side = v1::SIDE_UNSPECIFIED) const { return Find(key, side) != nullptr; }
  std::optional<double> Value(const std::string& key) const {
    const v1::Finding* finding = Find(key);
    return finding == nullptr ? std::nullopt : std::optional(finding->quantity().value());
  }
  const v1::Patient& patient() const { return request_.patient(); }

 private:
  const v1::AssessmentRequest& request_;
};

using Rule = std::function<v1::Assessment(const Facts&)>;

// Answers by rules, and counts.
class RuleDispatcher final : public Dispatcher {
 public:
  RuleDispatcher(const PluginCatalog& catalog, std::vector<Rule> rules) : catalog_(catalog), rules_(std::move(rules)) {}

  std::vector<Reply> Ask(const Round& round) override {
    std::vector<Reply> replies(catalog_.plugins.size());
    for (size_t i = 0; i < replies.size(); ++i) {
      if (!Asks(round, i)) continue;
      ++calls;
      v1::AssessmentRequest request;
      request.ParseFromString(round.requests[i]);
      requests.push_back(request);
      v1::Assessment answer = rules_[i](Facts(request));
      if (answer.status() == v1::STATUS_UNSPECIFIED) {
        replies[i].failure.emplace().set_kind(failure_kind);
        continue;
      }
      answer.set_plugin_id(catalog_.plugins[i].manifest.id());
      replies[i].response = answer.SerializeAsString();
    }
    return replies;
  }
  const char* isolation() const override { return "test"; }

  int calls = 0;
  std::vector<v1::AssessmentRequest> requests;
  // Of those whose rule gives no status.
  v1::FailureKind failure_kind = v1::FAILURE_KIND_CRASHED;

 private:
  const PluginCatalog& catalog_;
  const std::vector<Rule> rules_;
};

inline v1::Assessment Answered(v1::Status status, v1::Urgency urgency) {
  v1::Assessment answer;
  answer.set_status(status);
  answer.set_urgency(urgency);
  return answer;
}

inline void Advise(const std::string& id, const std::string& tag, v1::Assessment& answer) {
  v1::Recommendation* advice = answer.add_recommendations();
  advice->set_id(id);
  advice->set_text("Do it.");
  advice->set_category("activity");
  advice->add_tags(tag);
  advice->set_grade(v1::GRADE_COHORT);
  advice->add_citations("Source");
}

inline void Ask(const std::string& key, bool safety, v1::Assessment& answer) {
  v1::MissingInput* missing = answer.add_missing_inputs();
  missing->set_key(key);
  missing->set_safety(safety);
  missing->set_why("It counts.");
}

// Puts a set of plugins of rules and one case together.
class World {
 public:
  v1::Input& AddInput(const std::string& key, v1::InputType type = v1::INPUT_TYPE_BOOLEAN) {
    v1::Input& input = inputs_.emplace_back();
    input.set_key(key);
    input.set_type(type);
    input.set_question("About " + key + "?");
    return input;
  }

  // Reads all inputs added so far whose keys are named.
  v1::PluginManifest& AddPlugin(const std::string& id, const std::vector<std::string>& keys, Rule rule,
                                v1::PluginRole role = v1::PLUGIN_ROLE_CONDITION) {
    v1::PluginManifest& manifest = catalog_.plugins.emplace_back().manifest;
    manifest.set_id(id);
    manifest.set_role(role);
    manifest.add_citations()->set_key("Source");
    for (const v1::Input& input : inputs_) {
      if (std::find(keys.begin(), keys.end(), input.key()) != keys.end()) *manifest.add_inputs() = input;
    }
    rules_.push_back(std::move(rule));
    return manifest;
  }

  v1::Finding& Add(const std::string& key, v1::Side side = v1::SIDE_UNSPECIFIED) {
    v1::Finding* finding = checked_.value.add_findings();
    finding->set_key(key);
    finding->set_side(side);
    return *finding;
  }
  void Say(const std::string& key, bool present, v1::Side side = v1::SIDE_UNSPECIFIED) {
    Add(key, side).set_present(present);
  }
  v1::Patient& patient() { return *checked_.value.mutable_patient(); }

  // Asks the plugins. Call once, when everything has been added.
  void Open(std::chrono::nanoseconds budget = std::chrono::hours(1)) {
    checked_.value.set_as_of("2026-05-01T09:00:00Z");
    for (const PluginFile& plugin : catalog_.plugins) {
      const std::string problem = catalog_.inputs.Add(plugin.manifest);
      if (!problem.empty()) throw std::invalid_argument(problem);
    }
    requests_ = std::make_unique<RequestBuilder>(catalog_);
    dispatcher_ = std::make_unique<RuleDispatcher>(catalog_, rules_);
    reconciler_ = std::make_unique<Reconciler>(catalog_, "1", "test");
    Round round;
    round.requests = requests_->Build(checked_.value);
    const std::vector<Reply> replies = dispatcher_->Ask(round);
    consultation_ = reconciler_->Reconcile(checked_, replies);
    dispatcher_->calls = 0;
    hypotheses_ = std::make_unique<Hypotheses>(InquiryParts{catalog_, reconciler_->screens(), *requests_, *dispatcher_},
                                               checked_, *UnixNanoseconds(checked_.value.as_of()), replies, budget);
  }

  const PluginCatalog& catalog() const { return catalog_; }
  const QuestionWords& words() const { return reconciler_->words(); }
  v1::Consultation& consultation() { return consultation_; }
  Hypotheses& hypotheses() { return *hypotheses_; }
  RuleDispatcher& dispatcher() { return *dispatcher_; }

  // The change of this slot to its answer number `answer`.
  Change To(const std::string& key, int answer, v1::Side side = v1::SIDE_UNSPECIFIED) {
    return {hypotheses_->SlotOf(key, side), answer};
  }

 private:
  std::vector<v1::Input> inputs_;
  std::vector<Rule> rules_;
  PluginCatalog catalog_;
  CheckedCase checked_;
  std::unique_ptr<RequestBuilder> requests_;
  std::unique_ptr<RuleDispatcher> dispatcher_;
  std::unique_ptr<Reconciler> reconciler_;
  v1::Consultation consultation_;
  std::unique_ptr<Hypotheses> hypotheses_;
};

}  // namespace condyle::inquiry

#endif  // CONDYLE_HOST_INQUIRY_INQUIRY_TEST_SUPPORT_H_
