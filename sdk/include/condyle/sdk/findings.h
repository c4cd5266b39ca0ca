// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What is known of the patient, looked up by typed key and side.
#ifndef CONDYLE_SDK_FINDINGS_H_
#define CONDYLE_SDK_FINDINGS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "condyle/sdk/input.h"
#include "condyle/sdk/truth.h"
#include "condyle/v1/assessment_request.pb.h"

namespace condyle {

enum class Side : uint8_t { kLeft, kRight };
inline constexpr std::array<Side, 2> kBothSides = {Side::kLeft, Side::kRight};
constexpr Side Opposite(Side side) { return side == Side::kLeft ? Side::kRight : Side::kLeft; }
constexpr std::string_view ToText(Side side) { return side == Side::kLeft ? "left" : "right"; }
constexpr v1::Side ToProto(Side side) { return side == Side::kLeft ? v1::SIDE_LEFT : v1::SIDE_RIGHT; }

// A sided boolean as recorded: each side, and a finding whose side was not said.
struct SidedTruth {
  Truth left = Truth::kUnknown;
  Truth right = Truth::kUnknown;
  Truth unsaid = Truth::kUnknown;

  constexpr Truth on(Side side) const { return side == Side::kLeft ? left : right; }
};

// An index over a request. Views point into the request, which must outlive it. Reading is thread-safe.
class Findings {
 public:
  explicit Findings(const v1::AssessmentRequest& request);
  // The same from a serialised request as hosts send it: no field twice, none unknown, keys and answers in ASCII. Empty
  // for others, which have to be parsed.
  static std::optional<Findings> FromBytes(std::string_view request);

  // Unknown if not given.
  Truth Is(const BooleanInput& input) const;
  // This side only: a finding whose side was not said leaves both sides unknown.
  Truth Is(const SidedBooleanInput& input, Side side) const { return Sided(input).on(side); }
  SidedTruth Sided(const SidedBooleanInput& input) const;

  // In the unit of the input. Empty if not given.
  std::optional<double> Value(const QuantityInput& input) const;
  std::optional<double> Value(const SidedQuantityInput& input, Side side) const;
  // Of a finding whose side was not said.
  std::optional<double> ValueOfUnsaidSide(const SidedQuantityInput& input) const;

  // Empty if not given. Views point into the request.
  std::optional<std::string_view> Code(const CodedInput& input) const;
  std::optional<std::string_view> Code(const SidedCodedInput& input, Side side) const;
  Truth Is(const CodedInput& input, AnswerCode answer) const;
  Truth Is(const SidedCodedInput& input, Side side, AnswerCode answer) const;
  // As Sided above: whether the recorded answer is this one.
  SidedTruth Sided(const SidedCodedInput& input, AnswerCode answer) const;

  // YYYY-MM-DD. Empty if not given.
  std::optional<std::string_view> Date(const DateInput& input) const;

  // Years at the moment of assessment, with fractions if the host knows the birth date. Empty if not known, or if the
  // manifest lacks uses_age.
  std::optional<double> age_years() const { return age_years_; }
  // SEX_UNSPECIFIED if not known, or if the manifest lacks uses_sex.
  v1::Sex sex() const { return sex_; }
  // RFC 3339.
  std::string_view as_of() const { return as_of_; }

 private:
  struct Entry {
    std::string_view key;
    v1::Side side = v1::SIDE_UNSPECIFIED;
    v1::Finding::ValueCase kind = v1::Finding::VALUE_NOT_SET;
    bool present = false;
    double quantity = 0;
    // A code, or free text.
    std::string_view text;
  };
  class WireReader;

  Findings() = default;
  void FillSlots();
  const Entry* Find(const InputKey& input, v1::Side side) const;
  static Truth ReadBoolean(const Entry* entry);
  static std::optional<double> ReadValue(const Entry* entry);
  static std::optional<std::string_view> ReadCode(const Entry* entry);

  std::vector<Entry> entries_;
  std::optional<double> age_years_;
  v1::Sex sex_ = v1::SEX_UNSPECIFIED;
  std::string_view as_of_;
  // Open addressing; 0 is empty, else 1 + index of the finding. The size is a power of two.
  std::vector<uint32_t> slots_;
};

}  // namespace condyle

#endif  // CONDYLE_SDK_FINDINGS_H_
