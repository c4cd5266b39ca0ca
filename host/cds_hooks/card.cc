// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes cards: nothing null, nothing empty.
#include "host/cds_hooks/card.h"

#include <array>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "host/cds_hooks/card_text.h"
#include "host/cds_hooks/draft_resource.h"
#include "host/questionnaire/json_writer.h"

namespace condyle::cds {
namespace {

constexpr char kOwnOverrideSystem[] = "urn:condyle:override-reason";
// HL7, CDS Hooks 3.0.0-ballot: code system of reasons why advice was not followed. Codes and displays of those that fit
// a card of this kind.
constexpr char kOverrideSystem[] = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes";
struct Reason {
  const char* system;
  const char* code;
  const char* display;
};
constexpr std::array kReasons = {
    Reason{kOverrideSystem, "action-completed", "Recommended action was already completed"},
    Reason{kOverrideSystem, "patient-ineligible", "Patient does not meet eligibility for recommended action"},
    Reason{kOverrideSystem, "risk-benefit-ratio", "Recipient assessment of risk/benefit ratio"},
    Reason{kOverrideSystem, "patient-contraindication", "Patient has contraindication to recommended action"},
    Reason{kOverrideSystem, "need-more-info",
           "Could not address recommended action due to need for more information/pending results/pending consult"},
    Reason{kOverrideSystem, "expert-contradicts", "Advice from expert contradicts the recommended action"},
    Reason{kOverrideSystem, "recipient-does-not-trust",
           "Recipient does not agree with or trust the recommended action"},
    Reason{kOverrideSystem, "patient-refuses", "Patient refuses/declines (no context given)"},
    Reason{kOwnOverrideSystem, "record-wrong", "The record that this is based on is wrong or out of date"},
    Reason{kOwnOverrideSystem, "other-cause", "Another cause of the complaint is known"},
};

const char* InWords(Indicator indicator) {
  return indicator == Indicator::kCritical ? "critical" : indicator == Indicator::kWarning ? "warning" : "info";
}

void WriteSuggestion(JsonWriter& out, const Suggestion& suggestion, const CdsRequest& request) {
  constexpr size_t kMostLabel = 100;
  const Draft& draft = suggestion.draft;
  out.BeginObject();
  out.Member("label", OneLine(suggestion.label, kMostLabel));
  if (!suggestion.uuid.empty()) out.Member("uuid", suggestion.uuid);
  if (suggestion.recommended) {
    out.Key("isRecommended");
    out.Bool(true);
  }
  out.Key("actions");
  out.BeginArray();
  out.BeginObject();
  out.Member("type", draft.kind == DraftKind::kDelete ? "delete" : "create");
  out.Member("description", draft.description);
  if (draft.kind == DraftKind::kDelete) {
    out.Member("resourceId", draft.reference);
  } else {
    out.Key("resource");
    WriteResource(out, draft, request);
  }
  out.EndObject();
  out.EndArray();
  out.EndObject();
}

void WriteSource(JsonWriter& out, const Card& card, const CdsOptions& options, const std::string& code_system) {
  out.Key("source");
  out.BeginObject();
  out.Member("label", options.source_label);
  if (!options.source_url.empty()) out.Member("url", options.source_url);
  if (!options.source_icon.empty()) out.Member("icon", options.source_icon);
  out.Key("topic");
  WriteCoding(out, code_system, card.topic, card.topic_text);
  out.EndObject();
}

std::string Replaced(std::string text, std::string_view what, std::string_view with) {
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

void WriteLink(JsonWriter& out, const CdsRequest& request, const Service& service, const CdsOptions& options) {
  std::string url = Replaced(options.intake_url, "{service}", service.id);
  url = Replaced(std::move(url), "{hook}", service.hook);
  url = Replaced(std::move(url), "{hookInstance}", request.hook_instance);
  out.Key("links");
  out.BeginArray();
  out.BeginObject();
  out.Member("label", options.intake_label);
  out.Member("url", url);
  out.Member("type", options.intake_by_smart ? "smart" : "absolute");
  if (options.intake_by_smart) out.Member("appContext", request.hook_instance);
  out.EndObject();
  out.EndArray();
}

void WriteTexts(JsonWriter& out, const char* member, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out.Key(member);
  out.BeginArray();
  for (const std::string& text : texts) out.String(text);
  out.EndArray();
}

void WriteOverrideReasons(JsonWriter& out, const CdsOptions& options) {
  out.Key("overrideReasons");
  out.BeginArray();
  for (const Reason& reason : kReasons) WriteCoding(out, reason.system, reason.code, reason.display);
  for (const v1::Coding& own : options.override_reasons) WriteCoding(out, own.system(), own.code(), own.display());
  out.EndArray();
}

// What the card is made of: enough to look the consultation up and to ask again.
void WriteCardExtension(JsonWriter& out, const Card& card, const v1::Consultation* consultation,
                        const CdsOptions& options, const std::string& valid_until) {
  out.Key("extension");
  out.BeginObject();
  out.Key(options.extension_name);
  out.BeginObject();
  out.Key("advice");
  out.BeginArray();
  for (const v1::AuditAdvice& advice : card.advice) {
    out.BeginObject();
    out.Member("plugin", advice.plugin_id());
    if (!advice.plugin_version().empty()) out.Member("version", advice.plugin_version());
    if (!advice.advice_id().empty()) out.Member("advice", advice.advice_id());
    if (advice.side() != v1::SIDE_UNSPECIFIED) out.Member("side", advice.side() == v1::SIDE_LEFT ? "left" : "right");
    out.EndObject();
  }
  out.EndArray();
  if (consultation != nullptr) {
    out.Member("asOf", consultation->as_of());
    out.Member("validUntil", valid_until);
    if (!consultation->receipt().case_sha256().empty()) {
      out.Member("inputSha256", consultation->receipt().case_sha256());
    }
  }
  WriteTexts(out, "notChecked", card.not_checked);
  out.EndObject();
  out.EndObject();
}

void WriteCard(JsonWriter& out, const Card& card, const v1::Consultation* consultation, const CdsRequest& request,
               const Service& service, const CdsOptions& options, const std::string& code_system,
               const std::string& valid_until) {
  out.BeginObject();
  if (!card.uuid.empty()) out.Member("uuid", card.uuid);
  out.Member("summary", OneLine(card.summary));
  if (!card.detail.empty()) out.Member("detail", card.detail);
  out.Member("indicator", InWords(card.indicator));
  WriteSource(out, card, options, code_system);
  if (!card.suggestions.empty()) {
    out.Key("suggestions");
    out.BeginArray();
    for (const Suggestion& suggestion : card.suggestions) WriteSuggestion(out, suggestion, request);
    out.EndArray();
    out.Member("selectionBehavior", "any");
  }
  WriteOverrideReasons(out, options);
  if (card.links_to_intake && !options.intake_url.empty()) WriteLink(out, request, service, options);
  WriteCardExtension(out, card, consultation, options, valid_until);
  out.EndObject();
}

void WriteReceipt(JsonWriter& out, const v1::Consultation& consultation) {
  const v1::Receipt& receipt = consultation.receipt();
  out.Key("receipt");
  out.BeginObject();
  out.Member("asOf", consultation.as_of());
  if (!receipt.host_version().empty()) out.Member("hostVersion", receipt.host_version());
  if (!receipt.case_sha256().empty()) out.Member("inputSha256", receipt.case_sha256());
  if (!receipt.plugins().empty()) {
    out.Key("plugins");
    out.BeginArray();
    for (const v1::PluginRun& run : receipt.plugins()) {
      out.BeginObject();
      out.Member("plugin", run.plugin_id());
      out.Member("version", run.plugin_version());
      if (!run.file_sha256().empty()) out.Member("fileSha256", run.file_sha256());
      if (!run.response_sha256().empty()) out.Member("responseSha256", run.response_sha256());
      out.EndObject();
    }
    out.EndArray();
  }
  out.EndObject();
}

void WriteResponseExtension(JsonWriter& out, const Response& response, const v1::Consultation* consultation,
                            const CdsOptions& options) {
  if (consultation == nullptr && response.orders_not_checked.empty() && response.data_not_available.empty()) return;
  out.Key("extension");
  out.BeginObject();
  out.Key(options.extension_name);
  out.BeginObject();
  if (consultation != nullptr) WriteReceipt(out, *consultation);
  WriteTexts(out, "dataNotAvailable", response.data_not_available);
  if (!response.orders_not_checked.empty()) {
    out.Key("ordersNotChecked");
    out.BeginArray();
    for (const Response::UncheckedOrder& order : response.orders_not_checked) {
      out.BeginObject();
      out.Member("order", order.reference);
      if (!order.display.empty()) out.Member("display", order.display);
      out.Member("reason", order.reason);
      out.EndObject();
    }
    out.EndArray();
  }
  out.EndObject();
  out.EndObject();
}

}  // namespace

std::string ResponseJson(const Response& response, const v1::Consultation* consultation, const CdsRequest& request,
                         const Service& service, const CdsOptions& options, const std::string& code_system,
                         const std::string& valid_until) {
  JsonWriter out(JsonLayout::kCompact);
  out.BeginObject();
  out.Key("cards");
  out.BeginArray();
  for (const Card& card : response.cards) {
    WriteCard(out, card, consultation, request, service, options, code_system, valid_until);
  }
  out.EndArray();
  WriteResponseExtension(out, response, consultation, options);
  out.EndObject();
  return out.Take();
}

v1::AuditDelivery DeliveryOf(const std::vector<Card>& cards, const CdsRequest& request, const Service& service,
                             const std::string& location) {
  v1::AuditDelivery delivery;
  delivery.set_service_id(service.id);
  delivery.set_hook(service.hook);
  delivery.set_hook_instance(request.hook_instance);
  delivery.set_location(location);
  for (const Card& card : cards) {
    v1::AuditCard* given = delivery.add_cards();
    given->set_uuid(card.uuid);
    for (const v1::AuditAdvice& advice : card.advice) *given->add_advice() = advice;
    for (const Suggestion& suggestion : card.suggestions) {
      v1::AuditSuggestion* offered = given->add_suggestions();
      offered->set_uuid(suggestion.uuid);
      *offered->add_advice() = suggestion.advice;
    }
  }
  return delivery;
}

}  // namespace condyle::cds
