// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The index behind Findings.
#include "condyle/sdk/findings.h"

#include <bit>

namespace condyle {

Findings::Findings(const v1::AssessmentRequest& request) : request_(&request), as_of_(request.as_of()) {
  if (request.patient().age_case() == v1::Patient::kAgeYears) age_years_ = request.patient().age_years();
  sex_ = request.patient().sex();
  slots_.resize(std::bit_ceil(static_cast<size_t>(request.findings_size()) * 2 + 2));
  const size_t mask = slots_.size() - 1;
  for (int i = 0; i < request.findings_size(); ++i) {
    size_t slot = HashKey(request.findings(i).key()) & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<uint32_t>(i) + 1;
  }
}

const v1::Finding* Findings::Find(const InputKey& input, v1::Side side) const {
  const size_t mask = slots_.size() - 1;
  for (size_t slot = input.hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const v1::Finding& finding = request_->findings(static_cast<int>(slots_[slot] - 1));
    if (finding.side() == side && finding.key() == input.key) return &finding;
  }
  return nullptr;
}

namespace {

Truth ReadBoolean(const v1::Finding* finding) {
  return finding != nullptr && finding->value_case() == v1::Finding::kPresent ? ToTruth(finding->present())
                                                                              : Truth::kUnknown;
}

std::optional<double> ReadValue(const v1::Finding* finding) {
  if (finding == nullptr || finding->value_case() != v1::Finding::kQuantity) return std::nullopt;
  return finding->quantity().value();
}

std::optional<std::string_view> ReadCode(const v1::Finding* finding) {
  if (finding == nullptr || finding->value_case() != v1::Finding::kCode) return std::nullopt;
  return finding->code();
}

Truth Matches(std::optional<std::string_view> code, AnswerCode answer) {
  return code ? ToTruth(*code == answer.code) : Truth::kUnknown;
}

}  // namespace

Truth Findings::Is(const BooleanInput& input) const { return ReadBoolean(Find(input, v1::SIDE_UNSPECIFIED)); }

SidedTruth Findings::Sided(const SidedBooleanInput& input) const {
  return {.left = ReadBoolean(Find(input, v1::SIDE_LEFT)),
          .right = ReadBoolean(Find(input, v1::SIDE_RIGHT)),
          .unsaid = ReadBoolean(Find(input, v1::SIDE_UNSPECIFIED))};
}

std::optional<double> Findings::Value(const QuantityInput& input) const {
  return ReadValue(Find(input, v1::SIDE_UNSPECIFIED));
}

std::optional<double> Findings::Value(const SidedQuantityInput& input, Side side) const {
  return ReadValue(Find(input, ToProto(side)));
}

std::optional<double> Findings::ValueOfUnsaidSide(const SidedQuantityInput& input) const {
  return ReadValue(Find(input, v1::SIDE_UNSPECIFIED));
}

std::optional<std::string_view> Findings::Code(const CodedInput& input) const {
  return ReadCode(Find(input, v1::SIDE_UNSPECIFIED));
}

std::optional<std::string_view> Findings::Code(const SidedCodedInput& input, Side side) const {
  return ReadCode(Find(input, ToProto(side)));
}

Truth Findings::Is(const CodedInput& input, AnswerCode answer) const { return Matches(Code(input), answer); }

Truth Findings::Is(const SidedCodedInput& input, Side side, AnswerCode answer) const {
  return Matches(Code(input, side), answer);
}

SidedTruth Findings::Sided(const SidedCodedInput& input, AnswerCode answer) const {
  return {.left = Is(input, Side::kLeft, answer),
          .right = Is(input, Side::kRight, answer),
          .unsaid = Matches(ReadCode(Find(input, v1::SIDE_UNSPECIFIED)), answer)};
}

std::optional<std::string_view> Findings::Date(const DateInput& input) const {
  const v1::Finding* finding = Find(input, v1::SIDE_UNSPECIFIED);
  if (finding == nullptr || finding->value_case() != v1::Finding::kText) return std::nullopt;
  return finding->text();
}

}  // namespace condyle
