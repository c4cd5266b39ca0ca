// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a consultation's enumerations, numbers and tags are called, in every report alike.
#ifndef CONDYLE_HOST_REPORT_WORDS_H_
#define CONDYLE_HOST_REPORT_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "condyle/v1/consultation.pb.h"

namespace condyle {

// "load.running" -> "running"; tags that are not known are spelled out from their parts.
std::string NameOfTag(const std::string& tag);
// Heading for a Recommendation.category.
std::string NameOfGroup(const std::string& category);
// "red_flag_screen" -> "Red flag screen".
std::string NameOfId(const std::string& id);

const char* InWords(v1::Grade grade);
const char* InWords(v1::Status status);
// "Criteria met": short, with nothing that could be read as excluding something.
const char* ShortStatus(v1::Status status);
const char* InWords(v1::Urgency urgency);
const char* InWords(v1::FailureKind kind);
const char* InWords(v1::RiskLevel level);
const char* InWords(v1::StageState state);
// Continues the urgency's word: ": go now. ..."
const char* MeaningOf(v1::Urgency urgency);

// " (left)", " (right)", or nothing.
std::string SideMark(v1::Side side);

// A share in words: 0.35 -> "about 1 in 3". Within 8 per cent of the value, or in hundredths.
std::string InWords(double probability);
// Without the sign; whole from 1 on, else one decimal: 0.006 -> "0.6".
std::string Percent(double probability);
// "about 1 in 3 (32-37 %)"
std::string InWords(const v1::Probability& probability);
// "LR 2.5 (1.2-5.1)"
std::string InWords(const v1::LikelihoodRatio& ratio);

// "high", or "low to high, not decided yet".
std::string InWords(const v1::Risk& risk);
// The total as it stands: "4 of 12", or "4 to 8 of 12", and its band if there is one.
std::string InWords(const v1::Score& score);

// The text with one full stop at its end, so that a line can go on.
std::string Sentence(const std::string& text);

// Advice to leave something out, protecting the patient.
bool SaysWhatToStop(const v1::Recommendation& recommendation);

template <typename List>
std::string Joined(const List& parts, std::string_view separator) {
  std::string out;
  for (const auto& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

// Holds with the same author, effect and reason are one line.
struct HoldGroup {
  const v1::Hold* first;
  // As NameOfTag calls them.
  std::vector<std::string> tags;
};

// In the order of their first. The consultation must outlive the result.
std::vector<HoldGroup> Grouped(const v1::Consultation& consultation);

}  // namespace condyle

#endif  // CONDYLE_HOST_REPORT_WORDS_H_
