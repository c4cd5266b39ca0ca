// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Counting, cutting and escaping.
#include "host/cds_hooks/card_text.h"

#include <openssl/rand.h>

#include <array>

#include "host/report/text_layout.h"

namespace condyle::cds {
namespace {

constexpr std::string_view kEllipsis = "…";
constexpr std::string_view kPrefix = "urn:uuid:";

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Of the character that begins with this byte.
size_t Utf16Units(char lead) { return static_cast<unsigned char>(lead) >= 0xF0 ? 2 : 1; }

size_t Utf16Units(std::string_view text) {
  size_t units = 0;
  for (const char c : text) units += IsContinuation(c) ? 0 : Utf16Units(c);
  return units;
}

// Blanks run together, none at the ends.
std::string Squeezed(std::string_view text) {
  std::string line = Printable(text);
  size_t end = 0;
  char last = ' ';
  for (const char c : line) {
    if (c == ' ' && last == ' ') continue;
    line[end++] = last = c;
  }
  if (end > 0 && last == ' ') --end;
  line.resize(end);
  return line;
}

// What a byte is in GitHub Flavored Markdown.
constexpr char kMark = 1;
constexpr char kMaybeLink = 2;
constexpr auto kMarkup = [] {
  std::array<char, 256> kinds{};
  for (const unsigned char mark : std::string_view("\\`*_[]<>#|~&!@")) kinds[mark] = kMark;
  kinds[':'] = kinds['.'] = kMaybeLink;
  return kinds;
}();

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// At the start of a line these begin a list, a quotation or a heading.
size_t ListMark(std::string_view text) {
  if (text.empty()) return text.npos;
  if (text[0] == '-' || text[0] == '+' || text[0] == '=') return 0;
  size_t i = 0;
  while (i < text.size() && IsDigit(text[i])) ++i;
  return i > 0 && i < text.size() && (text[i] == '.' || text[i] == ')') ? i : text.npos;
}

}  // namespace

std::string OneLine(std::string_view text, size_t most_units) {
  std::string line = Squeezed(text);
  // No character has more units than bytes.
  if (line.size() <= most_units || Utf16Units(line) <= most_units) return line;
  size_t units = 1;  // the ellipsis
  size_t end = 0;
  size_t word_end = 0;
  while (end < line.size()) {
    if (line[end] == ' ') word_end = end;
    units += Utf16Units(line[end]);
    if (units > most_units) break;
    do ++end;
    while (end < line.size() && IsContinuation(line[end]));
  }
  // A word of half a line is cut.
  if (word_end >= end / 2) end = word_end;
  std::string out = line.substr(0, end);
  while (!out.empty() && (out.back() == ' ' || out.back() == ',' || out.back() == ';' || out.back() == ':'))
    out.pop_back();
  return out + std::string(kEllipsis);
}

std::string Markdown(std::string_view text) {
  const std::string line = Squeezed(text);
  const size_t list_mark = ListMark(line);
  std::string out;
  out.reserve(line.size() + line.size() / 16);
  size_t run = 0;  // what needs no backslash is copied in runs
  for (size_t i = 0; i < line.size(); ++i) {
    const char kind = kMarkup[static_cast<unsigned char>(line[i])];
    // GitHub makes links of bare addresses.
    const bool link = kind == kMaybeLink && (line.compare(i, 3, "://") == 0 ||
                                             (line[i] == '.' && i >= 3 && line.compare(i - 3, 3, "www") == 0));
    if (kind != kMark && i != list_mark && !link) continue;
    out.append(line, run, i - run);
    out += '\\';
    run = i;
  }
  out.append(line, run);
  return out;
}

std::string NewUuid() {
  // Asking the generator costs more than what it gives: it is asked for several at a time.
  constexpr size_t kAtATime = 32;
  thread_local std::array<std::array<unsigned char, 16>, kAtATime> drawn;
  thread_local size_t left = 0;
  if (left == 0) {
    if (RAND_bytes(drawn.front().data(), static_cast<int>(sizeof drawn)) != 1) return "";
    left = kAtATime;
  }
  std::array<unsigned char, 16>& bytes = drawn[--left];
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kHex[bytes[i] >> 4];
    out += kHex[bytes[i] & 0xF];
  }
  return out;
}

bool IsUuid(std::string_view text) {
  constexpr size_t kLength = 36;
  if (text.substr(0, kPrefix.size()) == kPrefix) text.remove_prefix(kPrefix.size());
  if (text.size() != kLength) return false;
  for (size_t i = 0; i < kLength; ++i) {
    const char c = text[i];
    const bool hex = IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (i == 8 || i == 13 || i == 18 || i == 23 ? c != '-' : !hex) return false;
  }
  return true;
}

std::string PlainUuid(std::string_view text) {
  if (text.substr(0, kPrefix.size()) == kPrefix) text.remove_prefix(kPrefix.size());
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace condyle::cds
