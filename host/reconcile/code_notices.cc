// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The notice on codes.
#include "host/reconcile/code_notices.h"

#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

// RFC 3339 begins with the day.
constexpr size_t kDayLength = std::string_view("YYYY-MM-DD").size();

// Each code once, in the order of systems and codes.
class Unchecked {
 public:
  explicit Unchecked(std::string day) : day_(std::move(day)) {}

  void Add(const v1::Coding& coding) {
    // Days compare as text.
    if (coding.checked_to().empty() || day_ <= coding.checked_to()) return;
    codes_.emplace(coding.system(), coding.checked_to(), coding.code());
  }

  bool empty() const { return codes_.empty(); }

  // "M46.1, M53.3 (http://..., checked to 2026-09-30)", a part for each system and day.
  std::string Text() const {
    std::string text, open;
    for (const auto& [system, checked_to, code] : codes_) {
      const std::string group = absl::StrCat(" (", system, ", checked to ", checked_to, ")");
      if (group == open) {
        absl::StrAppend(&text, ", ", code);
      } else {
        absl::StrAppend(&text, open, text.empty() ? "" : "; ", code);
        open = group;
      }
    }
    return text + open;
  }

 private:
  const std::string day_;
  std::set<std::tuple<std::string, std::string, std::string>> codes_;
};

}  // namespace

void AddCodeNotice(v1::Consultation* consultation) {
  const std::string day = consultation->as_of().substr(0, kDayLength);
  Unchecked unchecked(day);
  for (const v1::Assessment& assessment : consultation->assessments()) {
    for (const v1::Conclusion& conclusion : assessment.conclusions()) {
      unchecked.Add(conclusion.condition());
      for (const v1::Coding& coding : conclusion.codings()) unchecked.Add(coding);
    }
  }
  if (unchecked.empty()) return;
  v1::Notice* notice = consultation->add_notices();
  notice->set_path("/asOf");
  notice->set_message(absl::StrCat("Codes of conclusions were not checked for ", day,
                                   " and may have changed by then; look them up before use: ", unchecked.Text()));
}

}  // namespace condyle
