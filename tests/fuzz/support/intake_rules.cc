// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads, and reads again what came out.
#include "tests/fuzz/support/intake_rules.h"

#include <google/protobuf/text_format.h>

#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "host/report/report.h"
#include "tests/fuzz/support/plugins.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

void RequireSound(const v1::Case& value) {
  Require(!value.as_of().empty(), "an accepted case has a moment");
  Require(!value.patient().has_birth_date(), "an accepted case has an age and no date of birth");
  std::set<std::pair<std::string, int>> seen;
  for (const v1::Finding& finding : value.findings()) {
    const CatalogInput* input = TreeCatalog().inputs.Find(finding.key());
    if (input == nullptr) continue;  // kept, with a notice
    Require(input->input.sided() || finding.side() == v1::SIDE_UNSPECIFIED, "a side stands only where one is asked",
            finding.key());
    Require(seen.emplace(finding.key(), finding.side()).second, "a finding is there once", finding.key());
    if (!finding.has_quantity()) continue;
    const v1::Quantity& quantity = finding.quantity();
    Require(quantity.unit() == input->input.unit(), "a quantity is in the unit of its input", finding.key());
    Require(quantity.value() >= input->input.min() && quantity.value() <= input->input.max(),
            "a quantity is within the range of its input", finding.key());
  }
}

void RequireAgain(const v1::Case& value, const std::string& text, std::string_view format) {
  const IntakeResult again = ReadCase(text, TreeCatalog().inputs, {});
  if (const auto* refusal = std::get_if<Refusal>(&again)) {
    Require(false, format, refusal->path + ": " + refusal->message + " in " + text);
  }
  const v1::Case& read = std::get<CheckedCase>(again).value;
  Require(read.SerializeAsString() == value.SerializeAsString(), format, text);
}

}  // namespace

IntakeResult RequireSoundIntake(std::string_view bytes) {
  IntakeOptions options;
  options.now = "2026-05-01T09:00:00Z";
  IntakeResult result = ReadCase(bytes, TreeCatalog().inputs, options);
  if (const auto* refusal = std::get_if<Refusal>(&result)) {
    RequireMessage(refusal->message, "a refusal");
    Require(IsShowable(refusal->path), "the path of a refusal can be shown", refusal->path);
    return result;
  }
  const CheckedCase& checked = std::get<CheckedCase>(result);
  for (const v1::Notice& notice : checked.notices) {
    RequireMessage(notice.message(), "a notice");
    Require(IsShowable(notice.path()), "the path of a notice can be shown", notice.path());
  }
  RequireSound(checked.value);
  RequireAgain(checked.value, ToJson(checked.value), "an accepted case, as Case JSON, is accepted again and equal");
  std::string text;
  google::protobuf::TextFormat::PrintToString(checked.value, &text);
  RequireAgain(checked.value, text, "an accepted case, as text format, is accepted again and equal");
  return result;
}

}  // namespace condyle::fuzz
