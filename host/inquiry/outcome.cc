// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reconciliation without words: numbers in, numbers out.
#include "host/inquiry/outcome.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "host/reconcile/reconcile.h"

namespace condyle::inquiry {
namespace {

// Probabilities are shown in whole percent; less is no change.
constexpr double kNoticeable = 0.005;

void CompareLikelihoods(const std::string& plugin_id, const Outline& before, const Outline& after,
                        v1::OutcomeChange& change) {
  const auto add = [&](const Outline::Likelihood& of, double from, double to) {
    v1::ProbabilityChange* line = change.add_probabilities();
    line->set_plugin_id(plugin_id);
    line->set_conclusion(of.conclusion);
    line->set_side(of.side);
    line->set_from(from);
    line->set_to(to);
  };
  const auto find = [](const Outline& in, const Outline::Likelihood& one) {
    return std::find_if(in.likelihoods.begin(), in.likelihoods.end(), [&](const Outline::Likelihood& other) {
      return other.side == one.side && other.conclusion == one.conclusion;
    });
  };
  for (const Outline::Likelihood& one : before.likelihoods) {
    const auto other = find(after, one);
    if (other == after.likelihoods.end()) {
      add(one, one.point, -1);
    } else if (std::abs(other->point - one.point) >= kNoticeable) {
      add(one, one.point, other->point);
    }
  }
  for (const Outline::Likelihood& one : after.likelihoods) {
    if (find(before, one) == before.likelihoods.end()) add(one, -1, one.point);
  }
}

}  // namespace

OutcomeRules::OutcomeRules(const PluginCatalog& catalog, const Screens& screens, Vocabulary& vocabulary)
    : catalog_(catalog), screens_(screens), vocabulary_(vocabulary) {
  for (const Screen& screen : screens.all()) {
    std::vector<uint32_t>& tags = guards_.emplace_back();
    for (const std::string& tag : screen.guards) tags.push_back(vocabulary.Tag(tag));
  }
}

Outcome OutcomeRules::Unite(std::vector<const Outline*> outlines) const {
  Outcome outcome;
  std::vector<v1::Urgency> urgencies;
  std::vector<bool> held(vocabulary_.tag_count());
  bool undecided = screens_.missing() || !catalog_.failures.empty();
  for (const Outline* outline : outlines) {
    outcome.statuses.push_back(outline->status);
    urgencies.push_back(outline->urgency);
    undecided |= !outline->usable || outline->status == v1::STATUS_INSUFFICIENT_DATA;
    for (const uint32_t tag : outline->held) held[tag] = true;
  }
  outcome.urgency = HighestUrgency(urgencies, undecided);
  for (size_t i = 0; i < guards_.size(); ++i) {
    const int plugin = screens_.all()[i].plugin;
    if (plugin >= 0) {
      const Outline& answer = *outlines[static_cast<size_t>(plugin)];
      if (answer.usable && answer.status != v1::STATUS_INSUFFICIENT_DATA) continue;
    }
    for (const uint32_t tag : guards_[i]) held[tag] = true;
  }
  for (const Outline* outline : outlines) {
    for (const uint32_t number : outline->advice) {
      const std::vector<uint32_t>& tags = vocabulary_.advice(number).held_by;
      if (std::none_of(tags.begin(), tags.end(), [&](uint32_t tag) { return held[tag]; })) {
        outcome.advice.push_back(number);
      }
    }
  }
  std::sort(outcome.advice.begin(), outcome.advice.end());
  outcome.advice.erase(std::unique(outcome.advice.begin(), outcome.advice.end()), outcome.advice.end());
  outcome.outlines = std::move(outlines);
  return outcome;
}

v1::OutcomeChange OutcomeRules::Compare(const Outcome& before, const Outcome& after) const {
  v1::OutcomeChange change;
  if (before.urgency != after.urgency) change.set_urgency(after.urgency);
  for (size_t i = 0; i < before.statuses.size(); ++i) {
    const std::string& id = catalog_.plugins[i].manifest.id();
    if (before.statuses[i] != after.statuses[i]) {
      v1::StatusChange* line = change.add_statuses();
      line->set_plugin_id(id);
      line->set_from(before.statuses[i]);
      line->set_to(after.statuses[i]);
    }
    if (before.outlines[i] != after.outlines[i]) {
      CompareLikelihoods(id, *before.outlines[i], *after.outlines[i], change);
    }
  }
  if (before.advice != after.advice) {
    std::set<std::string> had, has;
    for (const uint32_t number : before.advice) had.insert(vocabulary_.advice(number).id);
    for (const uint32_t number : after.advice) has.insert(vocabulary_.advice(number).id);
    for (const std::string& id : has) {
      if (!had.contains(id)) change.add_advice_added(id);
    }
    for (const std::string& id : had) {
      if (!has.contains(id)) change.add_advice_removed(id);
    }
  }
  return change;
}

bool IsEmpty(const v1::OutcomeChange& change) {
  return change.urgency() == v1::URGENCY_UNSPECIFIED && change.statuses().empty() && change.advice_added().empty() &&
         change.advice_removed().empty() && change.probabilities().empty();
}

}  // namespace condyle::inquiry
