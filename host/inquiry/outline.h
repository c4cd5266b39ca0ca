// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What of a plugin's answer decides the outcome: status, urgency, advice, constraints and probabilities. Read straight
// from the bytes, since a what-if reads thousands of answers of which nobody sees the words.
#ifndef CONDYLE_HOST_INQUIRY_OUTLINE_H_
#define CONDYLE_HOST_INQUIRY_OUTLINE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "condyle/v1/assessment.pb.h"

namespace condyle::inquiry {

// Numbers for tags and for pieces of advice. Not thread-safe.
class Vocabulary {
 public:
  struct Advice {
    std::string id;
    // Its tags and all tags above them: advice is held if one of these is.
    std::vector<uint32_t> held_by;
  };

  uint32_t Tag(std::string_view tag);
  uint32_t AdviceOf(std::string_view id, const std::vector<std::string_view>& tags);

  size_t tag_count() const { return tags_.size(); }
  const Advice& advice(uint32_t number) const { return advice_[number]; }

 private:
  std::unordered_map<std::string, uint32_t> tags_;
  std::unordered_map<std::string, uint32_t> numbers_;  // id and tags -> advice
  std::vector<Advice> advice_;
};

struct Outline {
  struct Likelihood {
    std::string conclusion;
    v1::Side side = v1::SIDE_UNSPECIFIED;
    double point = 0;
  };

  // False: the plugin failed, or its answer is none. Then the rest is empty.
  bool usable = false;
  v1::Status status = v1::STATUS_UNSPECIFIED;
  v1::Urgency urgency = v1::URGENCY_UNSPECIFIED;
  std::vector<uint32_t> advice;  // ascending, each once
  std::vector<uint32_t> held;    // tags under a constraint; ascending, each once
  std::vector<Likelihood> likelihoods;
};

// Reads a serialised Assessment. Not usable if the bytes are none, or lack a status.
Outline ReadOutline(std::string_view answer, Vocabulary& vocabulary);

}  // namespace condyle::inquiry

#endif  // CONDYLE_HOST_INQUIRY_OUTLINE_H_
