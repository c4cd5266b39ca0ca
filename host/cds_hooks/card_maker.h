// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes cards of a consultation: of what it says, and of what it says about draft orders.
#ifndef CONDYLE_HOST_CDS_HOOKS_CARD_MAKER_H_
#define CONDYLE_HOST_CDS_HOOKS_CARD_MAKER_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "condyle/v1/consultation.pb.h"
#include "host/cds_hooks/card.h"
#include "host/cds_hooks/orders.h"

namespace condyle::cds {

struct CardContext {
  const CdsOptions& options;
  // Titles of plugins by id.
  const std::map<std::string, std::string>& titles;
  // Somebody has lately answered questions in the plugins' own words: the complaint is a topic for this patient.
  bool is_topic = false;
  // Prefetched data that could not be had.
  const std::vector<std::string>& data_not_available;
  // Who reads it is the patient or a relative.
  bool for_patient = false;
};

// Title of a plugin, or its id in words; the host itself.
std::string TitleOf(const CardContext& context, const std::string& plugin_id);

// One card for each plugin whose criteria are met or that is urgent, most urgent first; then one for all that is open.
// None without a topic; to patients and relatives only what cannot wait, in plain words. urgent_only: for a hook at
// which only what cannot wait is of use.
std::vector<Card> CardsOf(const v1::Consultation& consultation, const CardContext& context, bool urgent_only);

struct OrderResult {
  std::vector<Card> cards;
  std::vector<Response::UncheckedOrder> not_checked;
  int checked = 0;
};

// One card for each order that something forbids or holds: critical what is forbidden, a warning what a plugin holds or
// a failed screen guards; what only an undecided screen guards is said as information if there is a topic, else named
// among what was not checked. A plugin speaks if it rests on something that is recorded, not on its absence alone.
OrderResult OrderCardsOf(const v1::Consultation& consultation, const std::vector<DraftOrder>& orders,
                         const OrderTable& table, const CardContext& context);

// For when there is no consultation: the record was refused, for this reason. Orders that are in the table get a card.
OrderResult OrderCardsWithout(const std::string& reason, const std::vector<DraftOrder>& orders, const OrderTable& table,
                              const std::string& plugin_id);

// What the plugins say to the patient in plain words, if it cannot wait: one card. The rest is for clinicians.
std::vector<Card> CardsForPatients(const v1::Consultation& consultation, const CardContext& context);

// ---- Shared

Indicator IndicatorOf(v1::Urgency urgency);

// Whether an answer rests on a finding, and not only on age, sex and what is missing.
bool RestsOnAFinding(const v1::Assessment& assessment);

v1::AuditAdvice AdviceOf(const v1::Consultation& consultation, const std::string& plugin_id,
                         const v1::Recommendation* recommendation);

// Paragraphs and lists in GitHub Flavored Markdown.
class Detail {
 public:
  void Heading(std::string_view text);
  // `text` is Markdown already.
  void Item(std::string_view text);
  void Paragraph(std::string_view text);
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
  bool in_list_ = false;
};

// "Sources" with title, place and address of each key, in the order of the consultation's list; at most a dozen.
void AddSources(const v1::Consultation& consultation, const std::vector<std::string>& keys, Detail* detail);

// Is appended to every card.
void AddDisclaimer(const v1::Consultation& consultation, Detail* detail);

}  // namespace condyle::cds

#endif  // CONDYLE_HOST_CDS_HOOKS_CARD_MAKER_H_
