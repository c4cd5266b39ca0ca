// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a conclusion is about, with the codes that name it. Constants are generated from the conditions of the pack.
//
// A condition of a plugin's own needs no pack:
//
//   constexpr std::array kCodes = {ConditionCode{.system = "http://...", .code = "...", .display = "..."}};
//   constexpr Condition kMine = {.text = "...", .codes = kCodes};
#ifndef CONDYLE_SDK_CONDITION_H_
#define CONDYLE_SDK_CONDITION_H_

#include <span>
#include <string_view>

namespace condyle {

// A code of a published code system. Days are YYYY-MM-DD; both ends of the validity are included.
struct ConditionCode {
  std::string_view system = {};
  std::string_view code = {};
  std::string_view display = {};
  // Empty: not bounded on that side.
  std::string_view valid_from = {};
  std::string_view valid_to = {};
  // Last day for which the validity was looked up. Empty: the code system does not retire codes by date.
  std::string_view checked_to = {};

  // `day` is YYYY-MM-DD, or anything that begins so. Without one (empty), only a code without bounds is valid.
  constexpr bool ValidOn(std::string_view day) const {
    if (day.size() < kDayLength) return valid_from.empty() && valid_to.empty();
    day = day.substr(0, kDayLength);
    return (valid_from.empty() || valid_from <= day) && (valid_to.empty() || day <= valid_to);
  }

 private:
  static constexpr size_t kDayLength = std::string_view("YYYY-MM-DD").size();
};

// A condition as it is worded and coded. Leave the codes empty where none could be vouched for.
struct Condition {
  // For people.
  std::string_view text = {};
  // The one to prefer first. Must outlive the condition: constants.
  std::span<const ConditionCode> codes = {};

  // The same codes under other words.
  constexpr Condition As(std::string_view words) const { return {.text = words, .codes = codes}; }
};

}  // namespace condyle

#endif  // CONDYLE_SDK_CONDITION_H_
