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

void AdviceList::Take(v1::Assessment& answer, const std::string& plugin_id) {
  auto* given = answer.mutable_recommendations();
  std::vector<v1::Recommendation*> taken(static_cast<size_t>(given->size()));
  given->ExtractSubrange(0, given->size(), taken.data());
  for (v1::Recommendation* raw : taken) {
    std::unique_ptr<v1::Recommendation> one(raw);
    one->clear_plugin_ids();
    auto [first, last] = by_id_.equal_range(one->id());
    auto same = std::find_if(first, last, [&](const auto& entry) { return SameAdvice(*entry.second, *one); });
    if (same == last) {
      one->add_plugin_ids(plugin_id);
      by_id_.emplace(one->id(), one.get());
      all_.push_back(std::move(one));
      continue;
    }
    v1::Recommendation* merged = same->second;
    Unite(merged->mutable_reasons(), one->reasons());
    Unite(merged->mutable_citations(), one->citations());
    if (merged->plugin_ids(merged->plugin_ids_size() - 1) != plugin_id) merged->add_plugin_ids(plugin_id);
  }
}

void AdviceList::Part(v1::Consultation& out) {
  std::vector<std::pair<int, size_t>> order(all_.size());
  for (size_t i = 0; i < all_.size(); ++i) order[i] = {RankOf(*all_[i]), i};
  std::sort(order.begin(), order.end());
  for (auto [rank, i] : order) {
    v1::Recommendation* one = all_[i].release();
    v1::Withheld* withheld = nullptr;
    for (const v1::Hold& hold : out.holds()) {
      if (std::none_of(one->tags().begin(), one->tags().end(),
                       [&](const std::string& tag) { return TagCovers(hold.tag(), tag); })) {
        continue;
      }
      if (withheld == nullptr) {
        withheld = out.add_withheld();
        withheld->set_by(hold.by());
        withheld->set_reason(hold.reason());
      }
      *withheld->add_holds() = hold;
    }
    if (withheld != nullptr) {
      withheld->set_allocated_recommendation(one);
    } else {
      out.mutable_recommendations()->AddAllocated(one);
    }
  }
  all_.clear();
  by_id_.clear();
}

}  // namespace condyle
