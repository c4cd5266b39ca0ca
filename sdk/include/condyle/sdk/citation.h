// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Citations that cannot be left out: whatever asks for Citations takes at least one.
#ifndef CONDYLE_SDK_CITATION_H_
#define CONDYLE_SDK_CITATION_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>

namespace condyle {

// Key of a citation that the manifest carries. Constants are generated from the manifest.
struct Citation {
  std::string_view key;
};

// One to ten citations, in the order in which they are shown.
class Citations {
 public:
  template <std::same_as<Citation>... More>
  constexpr Citations(Citation first, More... more)  // NOLINT(google-explicit-constructor): {a, b} reads well
      : keys_{first.key, more.key...}, size_(1 + sizeof...(more)) {
    static_assert(1 + sizeof...(more) <= kMost, "at most ten citations");
  }

  constexpr const std::string_view* begin() const { return keys_.data(); }
  constexpr const std::string_view* end() const { return keys_.data() + size_; }
  constexpr size_t size() const { return size_; }

 private:
  static constexpr size_t kMost = 10;
  std::array<std::string_view, kMost> keys_;
  size_t size_;
};

}  // namespace condyle

#endif  // CONDYLE_SDK_CITATION_H_
