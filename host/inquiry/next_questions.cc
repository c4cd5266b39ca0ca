// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One hypothesis per possible answer.
#include "host/inquiry/next_questions.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace condyle::inquiry {
namespace {

// What the answers of one question do, on average.
struct Weight {
  double urgency = 0;
  double statuses = 0;
  double advice = 0;
  double probability = 0;
  auto operator<=>(const Weight&) const = default;
};

struct Candidate {
  v1::NextQuestion question;
  int slot = -1;
  bool asked = false;  // by a plugin
  bool by_open_screen = false;
  bool tried = false;
  bool safety = false;
  size_t order = 0;
  Weight weight;
};

class Ranking {
 public:
  Ranking(Hypotheses& hypotheses, const PluginCatalog& catalog, const QuestionWords& words,
          v1::Consultation& consultation)
      : hypotheses_(hypotheses), words_(words), consultation_(consultation) {
    for (const PluginFile& plugin : catalog.plugins) {
      if (plugin.manifest.role() == v1::PLUGIN_ROLE_SAFETY_SCREEN) screens_.insert(plugin.manifest.id());
    }
  }

  void Run() {
    Collect();
    bool complete = true;
    for (Candidate& candidate : candidates_) {
      if (hypotheses_.Expired()) {
        complete = false;
        break;
      }
      Try(candidate);
    }
    std::erase_if(candidates_, [](const Candidate& c) { return !c.asked && !Decides(c); });
    std::stable_sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
      return std::tuple(!a.by_open_screen, !a.safety, !a.asked, !a.tried, b.weight, a.order) <
             std::tuple(!b.by_open_screen, !b.safety, !b.asked, !b.tried, a.weight, b.order);
    });
    consultation_.clear_next_questions();
    for (Candidate& candidate : candidates_) Add(candidate);
    *consultation_.mutable_inquiry() = hypotheses_.Report(complete);
  }

 private:
  // What the plugins ask, in their order; then everything else that is not known.
  void Collect() {
    std::unordered_set<int> asked;
    std::set<std::string> open_screens;
    for (const v1::Assessment& answer : consultation_.assessments()) {
      if (answer.status() == v1::STATUS_INSUFFICIENT_DATA && screens_.contains(answer.plugin_id())) {
        open_screens.insert(answer.plugin_id());
      }
    }
    for (const v1::NextQuestion& question : consultation_.next_questions()) {
      Candidate& candidate = candidates_.emplace_back();
      candidate.question = question;
      candidate.slot = hypotheses_.SlotOf(question.key(), question.side());
      candidate.asked = true;
      candidate.safety = question.safety();
      candidate.by_open_screen =
          question.safety() && std::any_of(question.asked_by().begin(), question.asked_by().end(),
                                           [&](const std::string& id) { return open_screens.contains(id); });
      if (candidate.slot >= 0) asked.insert(candidate.slot);
    }
    for (size_t i = 0; i < hypotheses_.slots().size(); ++i) {
      const Slot& slot = hypotheses_.slots()[i];
      if (slot.given || slot.readers.empty() || asked.contains(static_cast<int>(i))) continue;
      Candidate& candidate = candidates_.emplace_back();
      candidate.question = words_.Ask(slot.key, slot.side);
      candidate.slot = static_cast<int>(i);
    }
    for (size_t i = 0; i < candidates_.size(); ++i) candidates_[i].order = i;
  }

  void Try(Candidate& candidate) {
    candidate.tried = true;
    if (candidate.slot < 0) return;
    const Slot& slot = hypotheses_.slots()[static_cast<size_t>(candidate.slot)];
    int possible = 0;
    Weight sum;
    for (size_t i = 0; i < slot.answers.size(); ++i) {
      const Changes changes = {{candidate.slot, static_cast<int>(i)}};
      if (!hypotheses_.Possible(changes)) continue;
      ++possible;
      v1::OutcomeChange change = hypotheses_.Compare(hypotheses_.Try(changes));
      if (IsEmpty(change)) continue;
      Count(change, candidate, sum);
      v1::AnswerEffect* effect = candidate.question.add_effects();
      *effect->mutable_answer() = slot.answers[i].finding;
      effect->set_text(slot.answers[i].text);
      *effect->mutable_change() = std::move(change);
    }
    if (possible == 0) return;
    candidate.weight = {sum.urgency / possible, sum.statuses / possible, sum.advice / possible,
                        sum.probability / possible};
  }

  void Count(const v1::OutcomeChange& change, Candidate& candidate, Weight& sum) {
    if (change.urgency() != v1::URGENCY_UNSPECIFIED) {
      sum.urgency += std::abs(change.urgency() - hypotheses_.actual().urgency);
      candidate.safety |= change.urgency() > hypotheses_.actual().urgency;
    }
    sum.statuses += change.statuses_size();
    for (const v1::StatusChange& status : change.statuses()) {
      candidate.safety |= screens_.contains(status.plugin_id());
    }
    sum.advice += change.advice_added_size() + change.advice_removed_size();
    for (const v1::ProbabilityChange& one : change.probabilities()) {
      sum.probability += std::abs(std::max(one.to(), 0.0) - std::max(one.from(), 0.0));
    }
  }

  static bool Decides(const Candidate& candidate) {
    return candidate.weight.urgency > 0 || candidate.weight.statuses > 0;
  }

  void Add(Candidate& candidate) {
    v1::NextQuestion& question = candidate.question;
    question.set_safety(candidate.safety);
    if (!candidate.asked) {
      std::set<std::string> by;
      for (const v1::AnswerEffect& effect : question.effects()) {
        for (const v1::StatusChange& status : effect.change().statuses()) by.insert(status.plugin_id());
      }
      for (const std::string& id : by) question.add_asked_by(id);
      question.set_why("Not asked for by a plugin; found by trying its possible answers.");
    }
    *consultation_.add_next_questions() = std::move(question);
  }

  Hypotheses& hypotheses_;
  const QuestionWords& words_;
  v1::Consultation& consultation_;
  std::set<std::string> screens_;
  std::vector<Candidate> candidates_;
};

}  // namespace

void RankQuestions(Hypotheses& hypotheses, const PluginCatalog& catalog, const QuestionWords& words,
                   v1::Consultation& consultation) {
  Ranking(hypotheses, catalog, words, consultation).Run();
}

}  // namespace condyle::inquiry
