// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Uniting, ranking and withholding of advice. Knows categories and tags, no condition.
#include "host/reconcile/advice.h"

#include <algorithm>
#include <array>
#include <utility>

#include "host/reconcile/tags.h"

namespace condyle {
namespace {

// Where advice stands in the list: what presses most first. The first row that fits counts: its category (if it names
// one) is equal and one tag is under its tag (if it names one).
struct AdviceRow {
  std::string_view category;
  std::string_view tag;
};
constexpr std::array kAdviceOrder = {
    AdviceRow{"emergency", ""},   AdviceRow{"", "care.emergency"},
    AdviceRow{"", "care.urgent"}, AdviceRow{"", "protect"},  // what to stop
    AdviceRow{"imaging", ""},     AdviceRow{"lab", ""},
    AdviceRow{"medication", ""},  AdviceRow{"referral", ""},
    AdviceRow{"activity", ""},    AdviceRow{"exercise", ""},
    AdviceRow{"education", ""},   AdviceRow{"data", ""},
    AdviceRow{"safety_net", ""},
};
// Categories that this host does not know stand before data.
constexpr int kUnknownCategory = static_cast<int>(kAdviceOrder.size()) - 3;
static_assert(kAdviceOrder[kUnknownCategory].category == "education");

int RankOf(const v1::Recommendation& r) {
  for (size_t i = 0; i < kAdviceOrder.size(); ++i) {
    const AdviceRow& row = kAdviceOrder[i];
    if (!row.category.empty() && row.category != r.category()) continue;
    if (row.tag.empty() || std::any_of(r.tags().begin(), r.tags().end(),
                                       [&](const std::string& tag) { return TagCovers(row.tag, tag); })) {
      return static_cast<int>(i);
    }
  }
  return kUnknownCategory;
}

template <typename Keys>
void Unite(Keys* into, const Keys& from) {
  for (const std::string& value : from) {
    if (std::find(into->begin(), into->end(), value) == into->end()) *into->Add() = value;
  }
}

// Equal in all that a reader acts on; reasons, citations and givers may differ.
bool SameAdvice(const v1::Recommendation& a, const v1::Recommendation& b) {
  return a.id() == b.id() && a.text() == b.text() && a.side() == b.side() && a.timeframe() == b.timeframe() &&
         std::equal(a.tags().begin(), a.tags().end(), b.tags().begin(), b.tags().end()) &&
         a.category() == b.category() && a.grade() == b.grade() && a.phase() == b.phase() && a.dose() == b.dose();
}

}  // namespace

// A copy that may be changed.
v1::Recommendation* AdviceList::Own(Entry& entry) {
  if (entry.own == nullptr) {
    entry.own = google::protobuf::Arena::CreateMessage<v1::Recommendation>(arena_);
    *entry.own = *entry.advice;
    entry.advice = entry.own;
  }
  return entry.own;
}

void AdviceList::Take(const std::vector<const AnswerPart*>& given, const std::string& plugin_id) {
  for (const AnswerPart* part : given) {
    const auto& one = static_cast<const v1::Recommendation&>(*part->message);
    int& last = last_with_id_.try_emplace(one.id(), -1).first->second;
    int same = last;
    while (same >= 0 && !SameAdvice(*all_[static_cast<size_t>(same)].advice, one)) {
      same = all_[static_cast<size_t>(same)].before;
    }
    if (same < 0) {
      all_.push_back({&one, nullptr, last});
      last = static_cast<int>(all_.size()) - 1;
      continue;
    }
    v1::Recommendation* merged = Own(all_[static_cast<size_t>(same)]);
    Unite(merged->mutable_reasons(), one.reasons());
    Unite(merged->mutable_citations(), one.citations());
    if (merged->plugin_ids(merged->plugin_ids_size() - 1) != plugin_id) merged->add_plugin_ids(plugin_id);
  }
}

void AdviceList::Part(v1::Consultation& out) {
  std::vector<std::pair<int, size_t>> order(all_.size());
  for (size_t i = 0; i < all_.size(); ++i) order[i] = {RankOf(*all_[i].advice), i};
  std::sort(order.begin(), order.end());
  for (const auto& [rank, i] : order) {
    // Nobody changes what is shared.
    auto* one = const_cast<v1::Recommendation*>(all_[i].advice);
    v1::Withheld* withheld = nullptr;
    for (v1::Hold& hold : *out.mutable_holds()) {
      if (std::none_of(one->tags().begin(), one->tags().end(),
                       [&](const std::string& tag) { return TagCovers(hold.tag(), tag); })) {
        continue;
      }
      if (withheld == nullptr) {
        withheld = out.add_withheld();
        withheld->set_by(hold.by());
        withheld->set_reason(hold.reason());
      }
      withheld->mutable_holds()->UnsafeArenaAddAllocated(&hold);
    }
    if (withheld != nullptr) {
      withheld->unsafe_arena_set_allocated_recommendation(one);
    } else {
      out.mutable_recommendations()->UnsafeArenaAddAllocated(one);
    }
  }
}

}  // namespace condyle
