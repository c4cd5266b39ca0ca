// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What all cards share.
#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/cds_hooks/card_maker.h"
#include "host/cds_hooks/card_text.h"
#include "host/reconcile/screens.h"
#include "host/report/words.h"

namespace condyle::cds {

void Detail::Heading(std::string_view text) {
  if (!out_.empty()) out_ += "\n\n";
  out_ += "**";
  out_ += text;
  out_ += "**\n";
  in_list_ = true;
}

void Detail::Item(std::string_view text) {
  if (!in_list_ && !out_.empty()) out_ += '\n';
  if (!out_.empty()) out_ += '\n';
  in_list_ = true;
  out_ += "- ";
  out_ += text;
}

void Detail::Paragraph(std::string_view text) {
  if (!out_.empty()) out_ += "\n\n";
  out_ += text;
  in_list_ = false;
}

std::string TitleOf(const CardContext& context, const std::string& plugin_id) {
  const auto found = context.titles.find(plugin_id);
  if (found != context.titles.end() && !found->second.empty()) return found->second;
  return plugin_id == kHostHoldsBy ? "Condyle" : NameOfId(plugin_id);
}

Indicator IndicatorOf(v1::Urgency urgency) {
  if (urgency >= v1::URGENCY_EMERGENCY) return Indicator::kCritical;
  return urgency >= v1::URGENCY_URGENT ? Indicator::kWarning : Indicator::kInfo;
}

bool RestsOnAFinding(const v1::Assessment& assessment) {
  if (assessment.status() == v1::STATUS_NOT_APPLICABLE) return false;
  return std::any_of(assessment.evidence().begin(), assessment.evidence().end(),
                     [](const v1::Evidence& evidence) { return evidence.key().rfind("patient.", 0) != 0; });
}

v1::AuditAdvice AdviceOf(const v1::Consultation& consultation, const std::string& plugin_id,
                         const v1::Recommendation* recommendation) {
  v1::AuditAdvice advice;
  advice.set_plugin_id(plugin_id);
  for (const v1::Assessment& assessment : consultation.assessments()) {
    if (assessment.plugin_id() == plugin_id) advice.set_plugin_version(assessment.plugin_version());
  }
  if (recommendation != nullptr) {
    advice.set_advice_id(recommendation->id());
    advice.set_side(recommendation->side());
  }
  return advice;
}

void AddSources(const v1::Consultation& consultation, const std::vector<std::string>& keys, Detail* detail) {
  constexpr int kMost = 12;
  const std::set<std::string_view> cited(keys.begin(), keys.end());
  int count = 0;
  int more = 0;
  for (const v1::Citation& citation : consultation.citations()) {
    if (!cited.contains(citation.key())) continue;
    if (count == kMost) {
      ++more;
      continue;
    }
    if (count++ == 0) detail->Heading("Sources");
    std::string line = absl::StrCat("\\[", Markdown(citation.key()), "\\] ", Markdown(citation.title()));
    if (!citation.locator().empty()) absl::StrAppend(&line, ", ", Markdown(citation.locator()));
    if (citation.url().rfind("https://", 0) == 0 && citation.url().find_first_of(" <>\\") == std::string::npos) {
      absl::StrAppend(&line, " <", citation.url(), ">");
    }
    detail->Item(line);
  }
  if (more > 0) detail->Item(absl::StrCat("and ", more, " more"));
}

void AddDisclaimer(const v1::Consultation& consultation, Detail* detail) {
  detail->Paragraph(absl::StrCat("_", Markdown(consultation.disclaimer()), "_"));
}

}  // namespace condyle::cds
