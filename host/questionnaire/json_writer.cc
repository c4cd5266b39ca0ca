// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Escapes as RFC 8259 asks, and numbers that read back exactly.
#include "host/questionnaire/json_writer.h"

#include <array>
#include <charconv>
#include <utility>

namespace condyle {
namespace {

// First byte of U+0080 to U+00BF in UTF-8.
constexpr unsigned char kC1Lead = 0xC2;

constexpr auto kMayNeedEscape = [] {
  std::array<bool, 256> may{};
  for (size_t byte = 0; byte < 0x20; ++byte) may[byte] = true;
  may['"'] = may['\\'] = may[0x7F] = may[kC1Lead] = true;
  return may;
}();

}  // namespace

void JsonWriter::Separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_ += ',';
  if (depth_ > 0) NewLine();
  first_ = false;
}

void JsonWriter::NewLine() {
  if (layout_ == JsonLayout::kCompact) return;
  out_ += '\n';
  out_.append(static_cast<size_t>(depth_) * 2, ' ');
}

void JsonWriter::Begin(char bracket) {
  Separate();
  out_ += bracket;
  ++depth_;
  first_ = true;
}

void JsonWriter::End(char bracket) {
  --depth_;
  if (!first_) NewLine();
  out_ += bracket;
  first_ = false;
}

void JsonWriter::Key(std::string_view name) {
  Separate();
  Quoted(name);
  out_ += layout_ == JsonLayout::kCompact ? ":" : ": ";
  after_key_ = true;
}

void JsonWriter::String(std::string_view text) {
  Separate();
  Quoted(text);
}

void JsonWriter::Number(double number) {
  Separate();
  constexpr size_t kEnough = 32;
  char buffer[kEnough];
  const std::to_chars_result result = std::to_chars(buffer, buffer + sizeof buffer, number);
  out_.append(buffer, result.ptr);
}

void JsonWriter::Bool(bool value) {
  Separate();
  out_ += value ? "true" : "false";
}

void JsonWriter::Raw(std::string_view json) {
  Separate();
  out_ += json;
}

std::string JsonWriter::Take() {
  std::string text = std::move(out_);
  if (layout_ == JsonLayout::kIndented) text += '\n';
  *this = JsonWriter(layout_);
  return text;
}

// Runs of characters that need no escape are copied whole.
void JsonWriter::Quoted(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out_ += '"';
  size_t run = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (!kMayNeedEscape[byte]) continue;
    // U+0080 to U+009F: no JSON needs them escaped, but a terminal may obey them.
    const bool c1 = byte == kC1Lead && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (byte == kC1Lead && !c1) continue;
    out_ += text.substr(run, i - run);
    if (c1) byte = static_cast<unsigned char>(text[++i]);
    run = i + 1;
    if (byte == '"' || byte == '\\') {
      out_ += '\\';
      out_ += static_cast<char>(byte);
    } else {
      out_ += "\\u00";
      out_ += kHex[byte >> 4];
      out_ += kHex[byte % 16];
    }
  }
  out_ += text.substr(run);
  out_ += '"';
}

}  // namespace condyle
