// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Search over changes, cheapest first.
#include "host/inquiry/what_if.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/inquiry/reduce.h"

namespace condyle::inquiry {
namespace {

// Part of the answer: the same draws each time.
constexpr uint32_t kSeed = 20090615;
constexpr int kDraws = 96;
constexpr size_t kWitnessesPerTarget = 3;

// An outcome that is looked for. Ordered as it is shown.
struct Target {
  v1::TargetKind kind;
  int value = 0;  // urgency or status
  size_t plugin = 0;
  std::string advice;
  auto operator<=>(const Target&) const = default;
};

struct Found {
  std::vector<Changes> sets;
  bool smallest = true;
};

class Search {
 public:
  Search(Hypotheses& hypotheses, const PluginCatalog& catalog, const QuestionWords& words,
         const v1::Consultation& actual, int sets_per_target)
      : hypotheses_(hypotheses),
        catalog_(catalog),
        words_(words),
        actual_(actual),
        limit_(static_cast<size_t>(std::max(sets_per_target, 1))) {}

  v1::WhatIf Run() {
    Describe();
    SetOrder();
    Contributions();
    Singles();
    Pairs();
    Witnesses();
    Write();
    *out_.mutable_inquiry() = hypotheses_.Report(complete_);
    return std::move(out_);
  }

 private:
  const Slot& SlotAt(int number) const { return hypotheses_.slots()[static_cast<size_t>(number)]; }
  bool Expired() {
    complete_ = complete_ && !hypotheses_.Expired();
    return !complete_;
  }

  void Describe() {
    out_.set_case_id(actual_.case_id());
    out_.set_as_of(actual_.as_of());
    out_.set_urgency(actual_.urgency());
    for (size_t i = 0; i < catalog_.plugins.size(); ++i) {
      if (!hypotheses_.Usable(i)) continue;
      v1::PluginStatus* line = out_.add_statuses();
      line->set_plugin_id(catalog_.plugins[i].manifest.id());
      line->set_status(hypotheses_.actual().statuses[i]);
    }
    std::set<std::string> told;
    for (const v1::Recommendation& advice : actual_.recommendations()) {
      if (told.insert(advice.id()).second) out_.add_advice(advice.id());
    }
  }

  std::string QuestionText(const Slot& slot) const {
    std::string text = words_.Ask(slot.key, slot.side).question();
    if (slot.side != v1::SIDE_UNSPECIFIED) absl::StrAppend(&text, slot.side == v1::SIDE_LEFT ? " (left)" : " (right)");
    return text;
  }

  // In the order of the case; age and sex first.
  void Contributions() {
    std::vector<int> given;
    for (size_t i = 0; i < hypotheses_.slots().size(); ++i) {
      if (hypotheses_.slots()[i].given) given.push_back(static_cast<int>(i));
    }
    std::stable_sort(given.begin(), given.end(), [&](int a, int b) { return SlotAt(a).finding < SlotAt(b).finding; });
    for (const int number : given) {
      if (Expired()) return;
      const Slot& slot = SlotAt(number);
      v1::Contribution* line = out_.add_contributions();
      *line->mutable_finding() = slot.now.finding;
      line->set_text(absl::StrCat(QuestionText(slot), " ", slot.now.text));
      *line->mutable_change() = hypotheses_.Compare(hypotheses_.Try({{number, Change::kRemoved}}));
    }
  }

  // What is asked for first, in that order; then what is given; then the rest. The first ways that are found are shown.
  void SetOrder() {
    std::vector<bool> placed(hypotheses_.slots().size());
    const auto place = [&](int slot) {
      if (slot < 0 || placed[static_cast<size_t>(slot)] || !Changeable(SlotAt(slot))) return;
      placed[static_cast<size_t>(slot)] = true;
      order_.push_back(slot);
    };
    for (const v1::NextQuestion& question : actual_.next_questions()) {
      place(hypotheses_.SlotOf(question.key(), question.side()));
    }
    const int count = static_cast<int>(placed.size());
    for (int i = 0; i < count; ++i) {
      if (SlotAt(i).given) place(i);
    }
    for (int i = 0; i < count; ++i) place(i);
  }

  static bool Changeable(const Slot& slot) { return slot.input != nullptr || !slot.given; }

  std::vector<Target> TargetsOf(const v1::OutcomeChange& change) const {
    std::vector<Target> targets;
    if (change.urgency() != v1::URGENCY_UNSPECIFIED)
      targets.push_back({v1::TARGET_KIND_URGENCY, change.urgency(), 0, ""});
    for (const v1::StatusChange& status : change.statuses()) {
      if (status.to() == v1::STATUS_UNSPECIFIED) continue;  // it failed
      targets.push_back({v1::TARGET_KIND_STATUS, status.to(), PluginAt(status.plugin_id()), ""});
    }
    for (const std::string& id : change.advice_added()) targets.push_back({v1::TARGET_KIND_ADVICE_ADDED, 0, 0, id});
    for (const std::string& id : change.advice_removed()) targets.push_back({v1::TARGET_KIND_ADVICE_REMOVED, 0, 0, id});
    return targets;
  }

  size_t PluginAt(const std::string& id) const {
    return static_cast<size_t>(std::find_if(catalog_.plugins.begin(), catalog_.plugins.end(),
                                            [&](const PluginFile& p) { return p.manifest.id() == id; }) -
                               catalog_.plugins.begin());
  }

  // Whether a set of this size is of use for the target.
  bool Wanted(const Target& target, size_t size) const {
    const auto found = found_.find(target);
    return found == found_.end() || found->second.sets.front().size() == size;
  }

  // Other answers to the same questions are no other way.
  static bool SameQuestions(const Changes& a, const Changes& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Change& x, const Change& y) { return x.slot == y.slot; });
  }

  void Keep(const Target& target, const Changes& changes, bool smallest) {
    Found& found = found_[target];
    const bool again = std::any_of(found.sets.begin(), found.sets.end(),
                                   [&](const Changes& set) { return SameQuestions(set, changes); });
    if (again) return;
    found.smallest = smallest;
    found.sets.push_back(changes);
  }

  void Singles() {
    for (const int number : order_) {
      if (Expired()) return;
      for (size_t answer = 0; answer < SlotAt(number).answers.size(); ++answer) {
        const Changes changes = {{number, static_cast<int>(answer)}};
        if (!hypotheses_.Possible(changes)) continue;
        for (const Target& target : TargetsOf(hypotheses_.Compare(hypotheses_.Try(changes)))) {
          Keep(target, changes, /*smallest=*/true);
        }
      }
    }
  }

  // Answers that can be of use together with another one that this plugin reads.
  std::vector<Change> PartnersFor(size_t plugin) const {
    std::set<int> asked;
    for (const v1::Assessment& answer : actual_.assessments()) {
      if (answer.plugin_id() != catalog_.plugins[plugin].manifest.id()) continue;
      for (const v1::MissingInput& missing : answer.missing_inputs()) {
        asked.insert(hypotheses_.SlotOf(missing.key(), missing.side()));
      }
    }
    std::vector<Change> partners;
    for (const int number : order_) {
      const Slot& slot = SlotAt(number);
      const bool reads = std::binary_search(slot.readers.begin(), slot.readers.end(), static_cast<uint32_t>(plugin));
      if (!reads || !(slot.given || asked.contains(number))) continue;
      for (size_t answer = 0; answer < slot.answers.size(); ++answer) {
        partners.push_back({number, static_cast<int>(answer)});
      }
    }
    return partners;
  }

  static bool SameDecision(const Outline& a, const Outline& b) {
    return a.status == b.status && a.urgency == b.urgency && a.advice == b.advice && a.held == b.held;
  }

  static Changes InOrder(const Change& a, const Change& b) { return a < b ? Changes{a, b} : Changes{b, a}; }

  void Pairs() {
    for (size_t plugin = 0; plugin < catalog_.plugins.size(); ++plugin) {
      if (!hypotheses_.Usable(plugin)) continue;
      const std::vector<Change> partners = PartnersFor(plugin);
      for (size_t a = 0; a < partners.size() && !Expired(); ++a) {
        for (size_t b = a + 1; b < partners.size(); ++b) {
          if (partners[a].slot != partners[b].slot) Pair(plugin, InOrder(partners[a], partners[b]));
        }
      }
    }
  }

  void Pair(size_t plugin, const Changes& changes) {
    const Outline& both = hypotheses_.Ask(plugin, changes);
    if (!both.usable) return;
    // What one of them does alone has been seen.
    if (SameDecision(both, hypotheses_.Ask(plugin, {changes[0]})) ||
        SameDecision(both, hypotheses_.Ask(plugin, {changes[1]}))) {
      return;
    }
    std::vector<Target> targets = TargetsOf(hypotheses_.Compare(hypotheses_.Try(changes)));
    std::erase_if(targets, [&](const Target& target) { return !Wanted(target, changes.size()); });
    if (targets.empty() || !hypotheses_.Possible(changes)) return;
    for (const Target& target : targets) Keep(target, changes, /*smallest=*/true);
  }

  // Everything that can be denied is denied; everything that can be affirmed is affirmed; and draws.
  std::vector<Changes> Drawn() const {
    std::vector<Changes> drawn(2);
    for (size_t i = 0; i < hypotheses_.slots().size(); ++i) {
      const Slot& slot = hypotheses_.slots()[i];
      if (!Changeable(slot)) continue;
      for (size_t answer = 0; answer < slot.answers.size(); ++answer) {
        const v1::Finding& finding = slot.answers[answer].finding;
        if (finding.value_case() != v1::Finding::kPresent) continue;
        drawn[finding.present() ? 1 : 0].push_back({static_cast<int>(i), static_cast<int>(answer)});
      }
    }
    std::mt19937 random(kSeed);
    for (int draw = 0; draw < kDraws; ++draw) {
      // From few changes to many.
      const uint32_t share = 5 + 90 * static_cast<uint32_t>(draw) / kDraws;
      Changes& changes = drawn.emplace_back();
      for (size_t i = 0; i < hypotheses_.slots().size(); ++i) {
        const Slot& slot = hypotheses_.slots()[i];
        const uint32_t keep = random() % 100;
        const uint32_t answer = random();
        if (!Changeable(slot) || slot.answers.empty() || keep >= share) continue;
        changes.push_back({static_cast<int>(i), static_cast<int>(answer % slot.answers.size())});
      }
    }
    return drawn;
  }

  bool Reaches(const Target& target, const Changes& changes) {
    if (target.kind == v1::TARGET_KIND_STATUS) return hypotheses_.Ask(target.plugin, changes).status == target.value;
    const Outcome outcome = hypotheses_.Try(changes);
    if (target.kind == v1::TARGET_KIND_URGENCY) return outcome.urgency == target.value;
    const bool active = std::any_of(outcome.advice.begin(), outcome.advice.end(),
                                    [&](uint32_t number) { return hypotheses_.AdviceId(number) == target.advice; });
    return active == (target.kind == v1::TARGET_KIND_ADVICE_ADDED);
  }

  void Witnesses() {
    std::map<Target, std::vector<Changes>> witnesses;
    for (Changes& changes : Drawn()) {
      if (changes.empty()) continue;
      if (Expired()) break;
      for (const Target& target : TargetsOf(hypotheses_.Compare(hypotheses_.Try(changes)))) {
        if (found_.contains(target)) continue;
        std::vector<Changes>& of_target = witnesses[target];
        if (of_target.size() < kWitnessesPerTarget) of_target.push_back(changes);
      }
    }
    for (const auto& of_target : witnesses) {
      const Target& target = of_target.first;
      std::vector<Changes> reduced;
      for (const Changes& witness : of_target.second) {
        if (Expired()) return;
        Changes set = Reduce(
            witness, [&](const Changes& changes) { return Reaches(target, changes) && hypotheses_.Possible(changes); },
            [&] { return Expired(); });
        if (!Expired() && hypotheses_.Possible(set)) reduced.push_back(std::move(set));
      }
      if (reduced.empty()) continue;
      const size_t least = std::min_element(reduced.begin(), reduced.end(), [](const Changes& a, const Changes& b) {
                             return a.size() < b.size();
                           })->size();
      for (const Changes& set : reduced) {
        if (set.size() == least) Keep(target, set, /*smallest=*/least <= 2);
      }
    }
  }

  void Write() {
    for (const auto& [target, found] : found_) {
      v1::Counterfactual* line = out_.add_counterfactuals();
      line->set_kind(target.kind);
      switch (target.kind) {
        case v1::TARGET_KIND_URGENCY:
          line->set_urgency(static_cast<v1::Urgency>(target.value));
          break;
        case v1::TARGET_KIND_STATUS:
          line->set_plugin_id(catalog_.plugins[target.plugin].manifest.id());
          line->set_status(static_cast<v1::Status>(target.value));
          break;
        default:
          line->set_advice_id(target.advice);
      }
      line->set_sets_found(static_cast<int>(found.sets.size()));
      line->set_smallest(found.smallest);
      for (size_t i = 0; i < std::min(found.sets.size(), limit_); ++i) {
        const Changes& changes = found.sets[i];
        v1::ChangeSet* set = line->add_sets();
        for (const Change& change : changes) WriteChange(change, set->add_changes());
        *set->mutable_change() = hypotheses_.Compare(hypotheses_.Try(changes));
      }
    }
  }

  void WriteChange(const Change& change, v1::ChangedFinding* out) const {
    const Slot& slot = SlotAt(change.slot);
    const PossibleAnswer& answer = slot.answers[static_cast<size_t>(change.answer)];
    if (slot.given) *out->mutable_from() = slot.now.finding;
    *out->mutable_to() = answer.finding;
    out->set_text(absl::StrCat(QuestionText(slot), " ", answer.text, slot.given ? " instead of " : ", not recorded now",
                               slot.given ? slot.now.text : ""));
  }

  Hypotheses& hypotheses_;
  const PluginCatalog& catalog_;
  const QuestionWords& words_;
  const v1::Consultation& actual_;
  const size_t limit_;
  bool complete_ = true;
  std::vector<int> order_;  // slots that can be changed
  std::map<Target, Found> found_;
  v1::WhatIf out_;
};

}  // namespace

v1::WhatIf FindWhatIf(Hypotheses& hypotheses, const PluginCatalog& catalog, const QuestionWords& words,
                      const v1::Consultation& actual, int sets_per_target) {
  return Search(hypotheses, catalog, words, actual, sets_per_target).Run();
}

}  // namespace condyle::inquiry
