// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Draft orders against the constraints of a consultation. No drug and no plugin is known here.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/cds_hooks/card_maker.h"
#include "host/cds_hooks/card_text.h"
#include "host/reconcile/screens.h"
#include "host/reconcile/tags.h"
#include "host/report/words.h"

namespace condyle::cds {
namespace {

constexpr char kNotInTable[] = "none of its codes is known here; it was not compared with anything";

// A constraint that concerns an order.
struct Conflict {
  const v1::Hold* hold = nullptr;
  const OrderTable::Tag* tag = nullptr;
  Indicator indicator = Indicator::kInfo;
};

std::string RootOf(const std::string& tag) { return tag.substr(0, tag.find('.')); }

class Checker {
 public:
  Checker(const v1::Consultation& consultation, const CardContext& context) : c_(consultation), context_(context) {}

  OrderResult Check(const std::vector<DraftOrder>& orders, const OrderTable& table) {
    OrderResult result;
    for (const DraftOrder& order : orders) {
      const std::vector<const OrderTable::Tag*> tags = table.TagsOf(order);
      if (tags.empty()) {
        result.not_checked.push_back(
            {order.reference, order.display, order.unreadable.empty() ? kNotInTable : order.unreadable});
        continue;
      }
      ++result.checked;
      std::string undecided;
      const std::vector<Conflict> conflicts = ConflictsOf(tags, &undecided);
      if (!conflicts.empty()) result.cards.push_back(CardOf(order, conflicts));
      if (conflicts.empty() && !undecided.empty()) {
        result.not_checked.push_back({order.reference, order.display, undecided});
      }
    }
    std::stable_sort(result.cards.begin(), result.cards.end(),
                     [](const Card& a, const Card& b) { return a.indicator > b.indicator; });
    return result;
  }

 private:
  // Gravest first. `undecided`: why something could not be compared, where that is not said on a card.
  std::vector<Conflict> ConflictsOf(const std::vector<const OrderTable::Tag*>& tags, std::string* undecided) const {
    std::vector<Conflict> conflicts;
    for (const v1::Hold& hold : c_.holds()) {
      const auto held = std::find_if(tags.begin(), tags.end(),
                                     [&](const OrderTable::Tag* tag) { return TagCovers(hold.tag(), tag->tag); });
      if (held == tags.end()) continue;
      const std::optional<Indicator> indicator = Weigh(hold);
      if (!indicator) {
        *undecided = hold.reason();
        continue;
      }
      const bool repeated = std::any_of(conflicts.begin(), conflicts.end(), [&](const Conflict& known) {
        return known.hold->by() == hold.by() && known.hold->reason() == hold.reason();
      });
      if (!repeated) conflicts.push_back({&hold, *held, *indicator});
    }
    std::stable_sort(conflicts.begin(), conflicts.end(),
                     [](const Conflict& a, const Conflict& b) { return a.indicator > b.indicator; });
    return conflicts;
  }

  // Nothing: it is no reason to interrupt anybody.
  std::optional<Indicator> Weigh(const v1::Hold& hold) const {
    if (hold.by() == kHostHoldsBy) {
      if (GuardedByAFailedScreen(hold)) return Indicator::kWarning;
      return context_.is_topic ? std::optional(Indicator::kInfo) : std::nullopt;
    }
    if (!context_.is_topic && !SpeaksOfAFinding(hold.by())) return std::nullopt;
    return hold.effect() == v1::EFFECT_FORBID ? Indicator::kCritical : Indicator::kWarning;
  }

  bool SpeaksOfAFinding(const std::string& plugin_id) const {
    return std::any_of(c_.assessments().begin(), c_.assessments().end(), [&](const v1::Assessment& assessment) {
      return assessment.plugin_id() == plugin_id && RestsOnAFinding(assessment);
    });
  }

  // The host names the screen in its reason.
  bool GuardedByAFailedScreen(const v1::Hold& hold) const {
    return std::any_of(c_.plugin_failures().begin(), c_.plugin_failures().end(), [&](const v1::PluginFailure& failure) {
      return !failure.plugin_id().empty() && hold.reason().find(" " + failure.plugin_id() + " ") != std::string::npos;
    });
  }

  Card CardOf(const DraftOrder& order, const std::vector<Conflict>& conflicts) {
    const Conflict& lead = conflicts.front();
    Card card;
    card.uuid = NewUuid();
    card.indicator = lead.indicator;
    // A host's hold belongs to the screen that it waits for; there is no better topic than the host.
    card.topic = lead.hold->by();
    card.topic_text = TitleOf(context_, lead.hold->by());
    card.links_to_intake = lead.indicator != Indicator::kCritical;
    constexpr size_t kMostName = 50;
    card.summary = absl::StrCat(OneLine(order.display, kMostName), ": ", lead.hold->reason());
    Detail detail;
    detail.Paragraph(absl::StrCat("Order: **", Markdown(order.display), "** (", Markdown(lead.tag->text), ")"));
    std::vector<std::string> sources;
    detail.Heading("Why");
    for (const Conflict& conflict : conflicts) {
      const v1::Hold& hold = *conflict.hold;
      std::string line = absl::StrCat(hold.effect() == v1::EFFECT_FORBID ? "not for this patient: " : "on hold: ",
                                      Markdown(hold.reason()), " (", Markdown(TitleOf(context_, hold.by())), ")");
      if (!hold.citations().empty()) absl::StrAppend(&line, " \\[", Markdown(Joined(hold.citations(), ", ")), "\\]");
      detail.Item(line);
      sources.insert(sources.end(), hold.citations().begin(), hold.citations().end());
      AddAdvice(hold.by(), &card);
    }
    AddAlternatives(lead.tag->tag, &card, &detail, &sources);
    if (order.has_id) SuggestDeletion(order, lead, &card);
    AddSources(c_, sources, &detail);
    AddDisclaimer(c_, &detail);
    card.detail = detail.Take();
    return card;
  }

  void AddAdvice(const std::string& plugin_id, Card* card) const {
    const bool known = std::any_of(card->advice.begin(), card->advice.end(),
                                   [&](const v1::AuditAdvice& advice) { return advice.plugin_id() == plugin_id; });
    if (!known) card->advice.push_back(AdviceOf(c_, plugin_id, nullptr));
  }

  // Active advice of the same kind, which is not on hold: another drug for a drug, another scan for a scan; and what is
  // said about leaving this kind out.
  void AddAlternatives(const std::string& tag, Card* card, Detail* detail, std::vector<std::string>* sources) {
    const std::string root = RootOf(tag);
    bool first = true;
    for (const v1::Recommendation& recommendation : c_.recommendations()) {
      const bool same =
          std::any_of(recommendation.tags().begin(), recommendation.tags().end(), [&](const std::string& own) {
            return RootOf(own) == root || own == "protect." + root || TagCovers("protect." + root, own);
          });
      if (!same || recommendation.plugin_ids().empty()) continue;
      if (first) detail->Heading("Instead");
      first = false;
      const std::string& plugin_id = recommendation.plugin_ids(0);
      std::string line = absl::StrCat(Markdown(recommendation.text()), SideMark(recommendation.side()), " (",
                                      InWords(recommendation.grade()), ")");
      if (!recommendation.citations().empty()) {
        absl::StrAppend(&line, " \\[", Markdown(Joined(recommendation.citations(), ", ")), "\\]");
      }
      detail->Item(line);
      sources->insert(sources->end(), recommendation.citations().begin(), recommendation.citations().end());
      const v1::AuditAdvice advice = AdviceOf(c_, plugin_id, &recommendation);
      card->advice.push_back(advice);
      if (recommendation.category() != "imaging" || SaysWhatToStop(recommendation) ||
          static_cast<int>(card->suggestions.size()) + 1 >= context_.options.max_suggestions) {
        continue;
      }
      Suggestion& suggestion = card->suggestions.emplace_back();
      suggestion.uuid = NewUuid();
      suggestion.label = recommendation.text();
      suggestion.draft.text = recommendation.text();
      suggestion.draft.description = absl::StrCat("Draft a request: ", OneLine(recommendation.text()));
      suggestion.draft.reasons.assign(recommendation.reasons().begin(), recommendation.reasons().end());
      suggestion.advice = advice;
    }
  }

  void SuggestDeletion(const DraftOrder& order, const Conflict& lead, Card* card) const {
    constexpr size_t kMostName = 60;
    Suggestion suggestion;
    suggestion.uuid = NewUuid();
    suggestion.label = absl::StrCat("Cancel the order ", OneLine(order.display, kMostName));
    suggestion.recommended = lead.indicator == Indicator::kCritical;
    suggestion.draft.kind = DraftKind::kDelete;
    suggestion.draft.reference = order.reference;
    suggestion.draft.description = absl::StrCat("Delete the draft order ", OneLine(order.display, kMostName));
    suggestion.advice = AdviceOf(c_, lead.hold->by(), nullptr);
    card->suggestions.insert(card->suggestions.begin(), std::move(suggestion));
  }

  const v1::Consultation& c_;
  const CardContext& context_;
};

}  // namespace

OrderResult OrderCardsOf(const v1::Consultation& consultation, const std::vector<DraftOrder>& orders,
                         const OrderTable& table, const CardContext& context) {
  return Checker(consultation, context).Check(orders, table);
}

OrderResult OrderCardsWithout(const std::string& reason, const std::vector<DraftOrder>& orders, const OrderTable& table,
                              const std::string& plugin_id) {
  OrderResult result;
  for (const DraftOrder& order : orders) {
    const std::vector<const OrderTable::Tag*> tags = table.TagsOf(order);
    const std::string why = tags.empty() ? (order.unreadable.empty() ? kNotInTable : order.unreadable) : reason;
    result.not_checked.push_back({order.reference, order.display, why});
    if (tags.empty()) continue;
    constexpr size_t kMostName = 50;
    Card& card = result.cards.emplace_back();
    card.uuid = NewUuid();
    card.indicator = Indicator::kWarning;
    card.topic = "not-checked";
    card.topic_text = "An order that was not checked";
    card.summary = absl::StrCat("Not checked: ", OneLine(order.display, kMostName), ". The record could not be read.");
    Detail detail;
    detail.Paragraph(absl::StrCat("Order: **", Markdown(order.display), "** (", Markdown(tags[0]->text),
                                  "). It was not compared with anything: the record was refused."));
    detail.Item(Markdown(reason));
    card.detail = detail.Take();
    card.advice.emplace_back().set_plugin_id(plugin_id);
    card.not_checked.push_back(order.reference);
  }
  return result;
}

}  // namespace condyle::cds
