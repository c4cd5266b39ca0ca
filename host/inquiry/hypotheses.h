// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Asks the plugins about cases that differ a little from the one given. Plugins are pure functions of what they read,
// so only those that read a changed finding are asked, and each differing request is asked once.
#ifndef CONDYLE_HOST_INQUIRY_HYPOTHESES_H_
#define CONDYLE_HOST_INQUIRY_HYPOTHESES_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "condyle/v1/case.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/dispatcher.h"
#include "host/inquiry/outcome.h"
#include "host/inquiry/possible_answers.h"
#include "host/intake/intake.h"
#include "host/library/requests.h"

namespace condyle::inquiry {

// One thing that can be known of the patient: an input on one side, age or sex.
struct Slot {
  std::string key;
  v1::Side side = v1::SIDE_UNSPECIFIED;
  const v1::Input* input = nullptr;  // null for age and sex
  bool given = false;
  // If given: as it is, with its text.
  PossibleAnswer now;
  // Other answers than the one given. Answers in the same interval of a quantity's cut-offs are the same.
  std::vector<PossibleAnswer> answers;
  // Position in the case; -1 if not given.
  int finding = -1;
  // Plugins that read it.
  std::vector<uint32_t> readers;
};

// A slot that would hold another answer.
struct Change {
  // Index into the slot's answers; kRemoved for "not recorded".
  static constexpr int kRemoved = -1;
  int slot = 0;
  int answer = 0;
  friend auto operator<=>(const Change&, const Change&) = default;
};
// By slot, each once.
using Changes = std::vector<Change>;

struct InquiryParts {
  const PluginCatalog& catalog;
  const Screens& screens;
  const RequestBuilder& requests;
  Dispatcher& dispatcher;
  // Once a stop is requested, time is over.
  std::stop_token cancel = {};
};

// For one case and one thread. All that is given must outlive it.
class Hypotheses {
 public:
  // replies: of the real round, one per plugin. budget: from now on.
  Hypotheses(const InquiryParts& parts, const CheckedCase& checked, int64_t as_of_unix_ns,
             const std::vector<Reply>& replies, std::chrono::nanoseconds budget);

  const std::vector<Slot>& slots() const { return slots_; }
  // -1 if there is none.
  int SlotOf(const std::string& key, v1::Side side) const;

  const Outcome& actual() const { return actual_; }
  // Plugins that did not answer in the real round are not asked again.
  bool Usable(size_t plugin) const { return base_[plugin]->usable; }
  // What one plugin would answer. Not usable if it fails; valid as long as this object.
  const Outline& Ask(size_t plugin, const Changes& changes);
  Outcome Try(const Changes& changes);
  v1::OutcomeChange Compare(const Outcome& outcome) const { return rules_.Compare(actual_, outcome); }
  const std::string& AdviceId(uint32_t number) const { return vocabulary_.advice(number).id; }

  // Whether a patient can be like this: no contradiction between findings. Removing a finding always leaves one that
  // can.
  bool Possible(const Changes& changes) const;

  bool Expired() const { return parts_.cancel.stop_requested() || std::chrono::steady_clock::now() >= end_; }
  // Counts what was tried. Not complete either if a plugin could not be asked all that there was to ask.
  v1::Inquiry Report(bool complete) const;

  // The finding that a change would leave; null if none.
  const v1::Finding* FindingOf(const Change& change) const;

 private:
  void AddSlots();
  void AddSlot(Slot slot);
  v1::Case Changed(const Changes& changes) const;
  bool Reads(size_t plugin, const Change& change) const;
  std::string Request(size_t plugin, const Changes& changes) const;
  // The place for a plugin's outline; null as long as it has to be asked.
  const Outline*& Known(size_t plugin, const Changes& changes);
  void AskRound(const std::vector<size_t>& plugins, const Changes& changes);
  // What a plugin's reply tells; null if it tells nothing of the case that was tried.
  std::unique_ptr<Outline> Read(size_t plugin, const Reply& reply);

  const InquiryParts parts_;
  const CheckedCase& checked_;
  const int64_t as_of_unix_ns_;
  const std::chrono::nanoseconds budget_;
  const std::chrono::steady_clock::time_point end_;

  std::vector<Slot> slots_;
  std::unordered_map<std::string, int> slot_of_;
  std::unordered_set<int> can_contradict_;  // slots
  // What each finding adds to a request, in the order of the case.
  std::vector<std::string> parts_of_findings_;
  // Which findings a plugin reads, ascending; and the slot of each finding.
  std::vector<std::vector<int>> reads_;
  std::vector<int> slot_of_finding_;
  std::vector<std::string> heads_;

  Vocabulary vocabulary_;
  OutcomeRules rules_;
  std::vector<const Outline*> base_;
  Outcome actual_;
  std::vector<std::unique_ptr<Outline>> owned_;
  // Of each plugin: the changes that it reads -> outline.
  std::vector<std::unordered_map<std::string, const Outline*>> known_;
  Round round_;
  // Workers that each plugin has lost so far.
  std::vector<int> losses_;
  bool gaps_ = false;
  int hypotheses_ = 0;
  int plugin_calls_ = 0;
};

}  // namespace condyle::inquiry

#endif  // CONDYLE_HOST_INQUIRY_HYPOTHESES_H_
