// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Requests are put together from parts that were serialised once.
#include "host/inquiry/hypotheses.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

namespace condyle::inquiry {
namespace {

// A plugin that has lost so many workers, or run out of time so often, is not asked about further changes of this case.
constexpr int kMostLosses = 3;

std::string NameOf(const std::string& key, v1::Side side) { return absl::StrCat(key, "/", static_cast<int>(side)); }

bool Matches(const std::string& pattern, const std::string& key) {
  if (pattern.size() >= 2 && pattern.compare(pattern.size() - 2, 2, ".*") == 0) {
    return key.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
  }
  return pattern == key;
}

bool CanContradict(const InputCatalog& inputs, const std::string& key) {
  for (const v1::Contradiction& contradiction : inputs.contradictions()) {
    for (const v1::Predicate& predicate : contradiction.all()) {
      if (Matches(predicate.key(), key) || predicate.above_key() == key) return true;
    }
  }
  return false;
}

}  // namespace

Hypotheses::Hypotheses(const InquiryParts& parts, const CheckedCase& checked, int64_t as_of_unix_ns,
                       const std::vector<Reply>& replies, std::chrono::nanoseconds budget)
    : parts_(parts),
      checked_(checked),
      as_of_unix_ns_(as_of_unix_ns),
      budget_(budget),
      end_(std::chrono::steady_clock::now() + budget),
      rules_(parts.catalog, parts.screens, vocabulary_),
      known_(parts.catalog.plugins.size()) {
  const size_t count = parts_.catalog.plugins.size();
  AddSlots();
  reads_.resize(count);
  for (int i = 0; i < checked_.value.findings_size(); ++i) {
    const v1::Finding& finding = checked_.value.findings(i);
    RequestBuilder::AppendFinding(finding, &parts_of_findings_.emplace_back());
    slot_of_finding_.push_back(SlotOf(finding.key(), finding.side()));
    for (const uint32_t plugin : parts_.requests.Readers(finding.key())) reads_[plugin].push_back(i);
  }
  for (size_t i = 0; i < count; ++i) {
    heads_.push_back(parts_.requests.Head(checked_.value, i));
    owned_.push_back(std::make_unique<Outline>(
        i < replies.size() && !replies[i].failure ? ReadOutline(replies[i].response, vocabulary_) : Outline()));
    base_.push_back(owned_.back().get());
  }
  actual_ = rules_.Unite(base_);
  round_.requests.resize(count);
  round_.as_of_unix_ns = as_of_unix_ns_;
  round_.cancel = parts_.cancel;
  round_.hypothetical = true;
  losses_.resize(count);
}

void Hypotheses::AddSlots() {
  const v1::Case& value = checked_.value;
  const absl::Time as_of = absl::FromUnixNanos(as_of_unix_ns_);
  std::unordered_map<std::string, int> given;
  for (int i = 0; i < value.findings_size(); ++i) {
    given.emplace(NameOf(value.findings(i).key(), value.findings(i).side()), i);
  }
  Slot sex{.key = kSexKey, .given = value.patient().sex() != v1::SEX_UNSPECIFIED};
  Slot age{.key = kAgeKey, .given = value.patient().age_case() == v1::Patient::kAgeYears};
  for (PossibleAnswer& answer : PossibleSexes()) {
    if (sex.given && answer.finding.code() == v1::Sex_Name(value.patient().sex())) {
      sex.now = std::move(answer);
    } else {
      sex.answers.push_back(std::move(answer));
    }
  }
  age.answers = PossibleAges();
  if (age.given) {
    age.now.finding.set_key(kAgeKey);
    age.now.finding.mutable_quantity()->set_value(value.patient().age_years());
    age.now.finding.mutable_quantity()->set_unit("a");
    age.now.text = absl::StrCat(value.patient().age_years(), " years");
  }
  for (size_t i = 0; i < parts_.catalog.plugins.size(); ++i) {
    if (parts_.requests.UsesSex(i)) sex.readers.push_back(static_cast<uint32_t>(i));
    if (parts_.requests.UsesAge(i)) age.readers.push_back(static_cast<uint32_t>(i));
  }
  AddSlot(std::move(sex));
  AddSlot(std::move(age));
  for (const CatalogInput& known : parts_.catalog.inputs.inputs()) {
    const v1::Input& input = known.input;
    const auto sides = input.sided() ? std::vector{v1::SIDE_LEFT, v1::SIDE_RIGHT, v1::SIDE_UNSPECIFIED}
                                     : std::vector{v1::SIDE_UNSPECIFIED};
    for (const v1::Side side : sides) {
      const auto found = given.find(NameOf(input.key(), side));
      // A finding of an unknown side is kept, but nobody is asked for one.
      if (input.sided() && side == v1::SIDE_UNSPECIFIED && found == given.end()) continue;
      Slot slot{.key = input.key(), .side = side, .input = &input, .readers = parts_.requests.Readers(input.key())};
      slot.answers = PossibleAnswers(input, side, as_of);
      if (found != given.end()) {
        const v1::Finding& finding = value.findings(found->second);
        slot.given = true;
        slot.finding = found->second;
        slot.now = {finding, ValueText(input, finding)};
        std::erase_if(slot.answers,
                      [&](const PossibleAnswer& answer) { return SameAnswer(input, answer.finding, finding); });
      }
      AddSlot(std::move(slot));
    }
  }
}

void Hypotheses::AddSlot(Slot slot) {
  const int number = static_cast<int>(slots_.size());
  slot_of_.emplace(NameOf(slot.key, slot.side), number);
  if (CanContradict(parts_.catalog.inputs, slot.key)) can_contradict_.insert(number);
  slots_.push_back(std::move(slot));
}

int Hypotheses::SlotOf(const std::string& key, v1::Side side) const {
  const auto found = slot_of_.find(NameOf(key, side));
  return found == slot_of_.end() ? -1 : found->second;
}

const v1::Finding* Hypotheses::FindingOf(const Change& change) const {
  if (change.answer == Change::kRemoved) return nullptr;
  return &slots_[static_cast<size_t>(change.slot)].answers[static_cast<size_t>(change.answer)].finding;
}

v1::Case Hypotheses::Changed(const Changes& changes) const {
  v1::Case changed = checked_.value;
  std::vector<int> removed;
  for (const Change& change : changes) {
    const Slot& slot = slots_[static_cast<size_t>(change.slot)];
    const v1::Finding* finding = FindingOf(change);
    if (slot.key == kSexKey) {
      v1::Sex sex = v1::SEX_UNSPECIFIED;
      if (finding != nullptr) v1::Sex_Parse(finding->code(), &sex);
      changed.mutable_patient()->set_sex(sex);
    } else if (slot.key == kAgeKey) {
      changed.mutable_patient()->clear_age();
      if (finding != nullptr) changed.mutable_patient()->set_age_years(finding->quantity().value());
    } else if (finding == nullptr) {
      removed.push_back(slot.finding);
    } else if (slot.given) {
      *changed.mutable_findings(slot.finding) = *finding;
    } else {
      *changed.add_findings() = *finding;
    }
  }
  std::sort(removed.begin(), removed.end(), std::greater<>());
  for (const int at : removed) changed.mutable_findings()->DeleteSubrange(at, 1);
  return changed;
}

bool Hypotheses::Possible(const Changes& changes) const {
  const bool checked = std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
    return change.answer != Change::kRemoved && can_contradict_.contains(change.slot);
  });
  if (!checked) return true;
  return std::holds_alternative<CheckedCase>(CheckCase(Changed(changes), parts_.catalog.inputs, IntakeOptions()));
}

bool Hypotheses::Reads(size_t plugin, const Change& change) const {
  const std::vector<uint32_t>& readers = slots_[static_cast<size_t>(change.slot)].readers;
  return std::binary_search(readers.begin(), readers.end(), static_cast<uint32_t>(plugin));
}

std::string Hypotheses::Request(size_t plugin, const Changes& changes) const {
  const bool of_patient = std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
    return slots_[static_cast<size_t>(change.slot)].input == nullptr;
  });
  std::string request = of_patient ? parts_.requests.Head(Changed(changes), plugin) : heads_[plugin];
  for (const int i : reads_[plugin]) {
    const int slot = slot_of_finding_[static_cast<size_t>(i)];
    const auto change =
        std::find_if(changes.begin(), changes.end(), [&](const Change& one) { return one.slot == slot; });
    if (change == changes.end()) {
      request += parts_of_findings_[static_cast<size_t>(i)];
    } else if (const v1::Finding* finding = FindingOf(*change)) {
      RequestBuilder::AppendFinding(*finding, &request);
    }
  }
  for (const Change& change : changes) {
    const Slot& slot = slots_[static_cast<size_t>(change.slot)];
    if (slot.given || slot.input == nullptr || change.answer == Change::kRemoved || !Reads(plugin, change)) continue;
    RequestBuilder::AppendFinding(*FindingOf(change), &request);
  }
  return request;
}

const Outline*& Hypotheses::Known(size_t plugin, const Changes& changes) {
  std::string name;
  for (const Change& change : changes) {
    if (!Reads(plugin, change)) continue;
    name.append(reinterpret_cast<const char*>(&change.slot), sizeof(change.slot));
    name.append(reinterpret_cast<const char*>(&change.answer), sizeof(change.answer));
  }
  const Outline*& known = known_[plugin][name];
  // Nothing that it reads is different, or it cannot answer.
  if (known == nullptr && (name.empty() || !Usable(plugin))) known = base_[plugin];
  return known;
}

void Hypotheses::AskRound(const std::vector<size_t>& plugins, const Changes& changes) {
  std::vector<size_t>& only = round_.only.emplace();
  for (const size_t plugin : plugins) {
    if (losses_[plugin] < kMostLosses) {
      round_.requests[plugin] = Request(plugin, changes);
      only.push_back(plugin);
    } else {
      Known(plugin, changes) = base_[plugin];
      gaps_ = true;
    }
  }
  if (only.empty()) return;
  // Not shorter than a plugin may need: a worker that is ended has to be started again.
  constexpr std::chrono::nanoseconds kLeast = std::chrono::milliseconds(250);
  round_.deadline = std::max<std::chrono::nanoseconds>(end_ - std::chrono::steady_clock::now(), kLeast);
  round_.limit = LimitFromNow(round_.deadline);  // in-process they take turns
  const std::vector<Reply> replies = parts_.dispatcher.Ask(round_);
  for (const size_t plugin : only) {
    std::unique_ptr<Outline> outline = Read(plugin, replies[plugin]);
    gaps_ |= outline == nullptr;
    Known(plugin, changes) = outline == nullptr ? base_[plugin] : outline.get();
    if (outline != nullptr) owned_.push_back(std::move(outline));
    ++plugin_calls_;
  }
}

std::unique_ptr<Outline> Hypotheses::Read(size_t plugin, const Reply& reply) {
  if (!reply.failure) return std::make_unique<Outline>(ReadOutline(reply.response, vocabulary_));
  switch (reply.failure->kind()) {
    case v1::FAILURE_KIND_DEADLINE:  // there is less time here than in a consultation
      ++losses_[plugin];
      return nullptr;
    case v1::FAILURE_KIND_SUSPENDED:
    case v1::FAILURE_KIND_CANCELLED:
      return nullptr;
    case v1::FAILURE_KIND_REPORTED:
      return std::make_unique<Outline>();
    default:
      ++losses_[plugin];
      return std::make_unique<Outline>();
  }
}

const Outline& Hypotheses::Ask(size_t plugin, const Changes& changes) {
  if (Known(plugin, changes) == nullptr) AskRound({plugin}, changes);
  return *Known(plugin, changes);
}

Outcome Hypotheses::Try(const Changes& changes) {
  ++hypotheses_;
  std::vector<size_t> unknown;
  for (size_t i = 0; i < base_.size(); ++i) {
    if (Known(i, changes) == nullptr) unknown.push_back(i);
  }
  AskRound(unknown, changes);
  std::vector<const Outline*> outlines;
  outlines.reserve(base_.size());
  for (size_t i = 0; i < base_.size(); ++i) outlines.push_back(Known(i, changes));
  return rules_.Unite(std::move(outlines));
}

v1::Inquiry Hypotheses::Report(bool complete) const {
  v1::Inquiry report;
  report.set_hypotheses(hypotheses_);
  report.set_plugin_calls(plugin_calls_);
  report.set_budget_ms(static_cast<int32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(budget_).count()));
  report.set_complete(complete && !gaps_);
  return report;
}

}  // namespace condyle::inquiry
