// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Several byte strings in one input.
#ifndef CONDYLE_TESTS_FUZZ_SUPPORT_FRAMED_H_
#define CONDYLE_TESTS_FUZZ_SUPPORT_FRAMED_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace condyle::fuzz {

// Appends the length (4 bytes, little-endian) and the bytes.
inline void AppendFrame(std::string_view bytes, std::string* to) {
  for (int shift = 0; shift < 32; shift += 8) *to += static_cast<char>(bytes.size() >> shift & 0xFF);
  to->append(bytes);
}

// The parts again; what is cut off is a part all the same.
inline std::vector<std::string_view> Unframe(std::string_view all) {
  std::vector<std::string_view> parts;
  constexpr size_t kLengthBytes = 4;
  while (all.size() >= kLengthBytes) {
    uint32_t length = 0;
    for (size_t i = kLengthBytes; i > 0; --i) length = length << 8 | static_cast<unsigned char>(all[i - 1]);
    all.remove_prefix(kLengthBytes);
    parts.push_back(all.substr(0, length));
    all.remove_prefix(std::min<size_t>(length, all.size()));
  }
  return parts;
}

}  // namespace condyle::fuzz

#endif  // CONDYLE_TESTS_FUZZ_SUPPORT_FRAMED_H_
