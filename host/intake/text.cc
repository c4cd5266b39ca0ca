// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Quoting, edit distance and notices.
#include "host/intake/text.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

namespace condyle::intake {

std::string NumberText(double value) {
  constexpr size_t kEnough = 32;
  char buffer[kEnough];
  const std::to_chars_result result = std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, result.ptr);
}

std::string Join(const std::vector<std::string>& parts) {
  std::string joined;
  for (const std::string& part : parts) {
    if (!joined.empty()) joined += ", ";
    joined += part;
  }
  return joined;
}

NearestName::NearestName(std::string_view wanted)
    : wanted_(wanted.size() > 100 ? std::string_view() : wanted),
      best_distance_(std::max<size_t>(2, wanted_.size() / 4) + 1) {}

void NearestName::Offer(std::string_view candidate) {
  if (wanted_.empty() || candidate.size() > wanted_.size() + best_distance_ ||
      wanted_.size() > candidate.size() + best_distance_) {
    return;
  }
  // Levenshtein distance, one row at a time.
  std::vector<size_t> row(candidate.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < wanted_.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < candidate.size(); ++j) {
      const size_t substitution = diagonal + (wanted_[i] == candidate[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substitution});
    }
  }
  if (row.back() < best_distance_) {
    best_distance_ = row.back();
    best_ = std::string(candidate);
  }
}

void NoticeList::Add(std::string path, std::string message) {
  if (notices_.size() >= kLimit) {
    ++left_out_;
    return;
  }
  v1::Notice& notice = notices_.emplace_back();
  notice.set_path(std::move(path));
  notice.set_message(std::move(message));
}

std::vector<v1::Notice> NoticeList::Take() {
  if (left_out_ > 0) {
    notices_.emplace_back().set_message(std::to_string(left_out_) + " further notices are not shown");
    left_out_ = 0;
  }
  return std::move(notices_);
}

}  // namespace condyle::intake
