// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What patients and their relatives are told.
#include <utility>

#include "host/cds_hooks/card_maker.h"
#include "host/cds_hooks/card_text.h"

namespace condyle::cds {

std::vector<Card> CardsForPatients(const v1::Consultation& consultation, const CardContext& context) {
  if (consultation.urgency() < v1::URGENCY_URGENT) return {};
  constexpr int kMost = 10;
  Card card;
  Detail detail;
  for (const v1::Recommendation& recommendation : consultation.recommendations()) {
    if (recommendation.patient_text().empty() || recommendation.plugin_ids().empty()) continue;
    if (card.summary.empty()) {
      card.summary = recommendation.patient_text();
      card.topic = recommendation.plugin_ids(0);
      card.topic_text = TitleOf(context, card.topic);
    }
    if (static_cast<int>(card.advice.size()) == kMost) break;
    detail.Item(Markdown(recommendation.patient_text()));
    card.advice.push_back(AdviceOf(consultation, recommendation.plugin_ids(0), &recommendation));
  }
  if (card.summary.empty()) return {};
  card.uuid = NewUuid();
  card.indicator = IndicatorOf(consultation.urgency());
  AddDisclaimer(consultation, &detail);
  card.detail = detail.Take();
  return {std::move(card)};
}

}  // namespace condyle::cds
