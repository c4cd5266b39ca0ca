// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// UTF-8 byte by byte: table 3-7 of the Unicode Standard.
#include "host/trust/quote.h"

namespace condyle {
namespace {

constexpr size_t kMostQuotedBytes = 60;

// Of a sequence of several bytes. 0 if it is not well-formed, or a C1 control character.
size_t MultiByteLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                        : first >= 0xE0 && first <= 0xEF ? 3
                        : first >= 0xF0 && first <= 0xF4 ? 4
                                                         : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  const bool surrogate = first == 0xED && byte(1) >= 0xA0;
  const bool too_high = first == 0xF4 && byte(1) >= 0x90;
  const bool control = first == 0xC2 && byte(1) < 0xA0;
  return overlong || surrogate || too_high || control ? 0 : length;
}

std::string Escape(std::string_view text, size_t most_bytes, bool quoted) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string escaped;
  size_t used = 0;
  while (used < text.size()) {
    const size_t length = ShowableLength(text.substr(used));
    const size_t step = length == 0 ? 1 : length;
    if (used + step > most_bytes) return escaped + "...";
    if (length == 0) {
      const auto byte = static_cast<unsigned char>(text[used]);
      escaped += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      if (quoted && (text[used] == '"' || text[used] == '\\')) escaped += '\\';
      escaped += text.substr(used, length);
    }
    used += step;
  }
  return escaped;
}

}  // namespace

size_t ShowableLength(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : 0;
  return MultiByteLength(text);
}

bool IsShowable(std::string_view text) {
  while (!text.empty()) {
    const size_t length = ShowableLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string Showable(std::string_view text, size_t most_bytes) { return Escape(text, most_bytes, /*quoted=*/false); }

std::string Quote(std::string_view text) { return "\"" + Escape(text, kMostQuotedBytes, /*quoted=*/true) + "\""; }

}  // namespace condyle
