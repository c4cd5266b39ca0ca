// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Word wrap in columns instead of bytes.
#include "host/report/text_layout.h"

#include <algorithm>
#include <array>

namespace condyle {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Bytes of the first `columns` code points.
size_t BytesOf(std::string_view text, size_t columns) {
  size_t i = 0;
  while (i < text.size()) {
    if (!IsContinuation(text[i]) && columns-- == 0) break;
    ++i;
  }
  return i;
}

// By first byte: whether Unprintable has to look.
constexpr auto kMayBeUnprintable = [] {
  std::array<bool, 256> may{};
  for (size_t byte = 0; byte < 0x20; ++byte) may[byte] = true;
  may[0x7f] = may[0xc2] = may[0xe2] = true;
  return may;
}();

// Bytes of a control character, line separator or direction mark at the beginning; 0: there is none.
size_t Unprintable(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  const int first = byte(0);
  const int second = byte(1);
  const int third = byte(2);
  if (first < 0x20 || first == 0x7f) return 1;
  if (first == 0xc2 && second >= 0x80 && second <= 0x9f) return 2;  // C1 controls
  if (first != 0xe2) return 0;
  const bool general = second == 0x80 && ((third >= 0x8e && third <= 0x8f) || (third >= 0xa8 && third <= 0xae));
  return general || (second == 0x81 && third >= 0xa6 && third <= 0xa9) ? 3 : 0;
}

const char* AnsiOf(TextStyle style) {
  switch (style) {
    case TextStyle::kBold:
      return "\x1b[1m";
    case TextStyle::kAlarm:
      return "\x1b[1;31m";
    case TextStyle::kWarning:
      return "\x1b[1;33m";
    case TextStyle::kFaint:
      return "\x1b[2m";
    case TextStyle::kPlain:
      return "";
  }
  return "";
}

}  // namespace

size_t TextWidth(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

std::string Padded(std::string text, size_t columns) {
  const size_t width = TextWidth(text);
  if (width < columns) text.append(columns - width, ' ');
  return text;
}

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  size_t run = 0;  // what stays is copied in runs
  for (size_t i = 0; i < text.size(); ++i) {
    if (!kMayBeUnprintable[static_cast<unsigned char>(text[i])]) continue;
    const size_t bytes = Unprintable(text.substr(i));
    if (bytes == 0) continue;
    out += text.substr(run, i - run);
    out += ' ';
    i += bytes - 1;
    run = i + 1;
  }
  out += text.substr(run);
  return out;
}

TextPage::TextPage(int width, bool colour) : width_(static_cast<size_t>(std::max(width, 20))), colour_(colour) {}

void TextPage::Line(std::string_view prefix, std::string_view text, TextStyle style) {
  bool styled = colour_ && style != TextStyle::kPlain && !text.empty();
  out_ += prefix;
  if (styled) out_ += AnsiOf(style);
  out_ += text;
  if (styled) out_ += "\x1b[0m";
  out_ += '\n';
}

void TextPage::Paragraph(std::string_view first, std::string_view raw, TextStyle style) {
  std::string text = Printable(raw);
  std::string prefix = Printable(first);
  // A prefix may take half the line at most.
  if (TextWidth(prefix) > width_ / 2) {
    text = prefix + text;
    prefix.clear();
  }
  size_t indent = TextWidth(prefix);
  size_t room = width_ - indent;
  std::string line;
  size_t columns = 0;
  bool any = false;
  auto flush = [&] {
    Line(prefix, line, style);
    prefix.assign(indent, ' ');
    line.clear();
    columns = 0;
    any = true;
  };
  std::string_view rest = text;
  while (!rest.empty()) {
    size_t start = rest.find_first_not_of(' ');
    if (start == std::string_view::npos) break;
    rest.remove_prefix(start);
    std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    size_t word_columns = TextWidth(word);
    if (columns > 0 && columns + 1 + word_columns > room) flush();
    while (word_columns > room) {
      size_t bytes = BytesOf(word, room);
      line.assign(word.substr(0, bytes));
      flush();
      word.remove_prefix(bytes);
      word_columns = TextWidth(word);
    }
    if (columns > 0) {
      line += ' ';
      ++columns;
    }
    line += word;
    columns += word_columns;
  }
  if (columns > 0 || !any) flush();
}

void TextPage::Blank() {
  if (!out_.empty()) out_ += '\n';
}

void TextPage::Heading(std::string_view text, TextStyle style) {
  Blank();
  Paragraph("", text, style);
}

}  // namespace condyle
