// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Escaping, and elements that always close.
#include "host/report/html.h"

#include <algorithm>
#include <array>

#include "host/report/text_layout.h"

namespace condyle {
namespace {

// A line break after these keeps the file readable; after others it would be a blank that somebody sees.
bool IsBlock(std::string_view tag) {
  constexpr std::array<std::string_view, 19> kBlocks = {
      "html", "head", "body", "main", "section", "article", "header", "footer", "nav", "div",
      "p",    "ul",   "ol",   "li",   "table",   "tr",      "h1",     "h2",     "h3",
  };
  return std::find(kBlocks.begin(), kBlocks.end(), tag) != kBlocks.end();
}

}  // namespace

std::string EscapedHtml(std::string_view text) {
  std::string out;
  for (char c : Printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string EscapedCss(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  constexpr std::string_view kPlain = " .,:;-()";
  std::string out;
  for (char c : Printable(text)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       kPlain.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += '\\';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
      out += ' ';
    }
  }
  return out;
}

std::string LinkAddress(const std::string& url) {
  for (std::string_view scheme : {"https://", "http://"}) {
    if (url.compare(0, scheme.size(), scheme) == 0) return url;
  }
  if (url.compare(0, 4, "doi:") == 0) return "https://doi.org/" + url.substr(4);
  if (url.compare(0, 3, "10.") == 0) return "https://doi.org/" + url;
  return "";
}

void HtmlWriter::Start(std::string_view tag, Attributes attributes) {
  out_ += '<';
  out_ += tag;
  for (const auto& [name, value] : attributes) {
    if (value.empty()) continue;
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    out_ += EscapedHtml(value);
    out_ += '"';
  }
}

HtmlWriter::Scope HtmlWriter::In(std::string_view tag, Attributes attributes) {
  Start(tag, attributes);
  out_ += '>';
  open_.emplace_back(tag);
  return Scope(this);
}

void HtmlWriter::Element(std::string_view tag, std::string_view text, Attributes attributes) {
  Scope element = In(tag, attributes);
  Text(text);
}

void HtmlWriter::Void(std::string_view tag, Attributes attributes) {
  Start(tag, attributes);
  out_ += " />";
}

void HtmlWriter::Text(std::string_view text) { out_ += EscapedHtml(text); }

void HtmlWriter::Close() {
  out_ += "</";
  out_ += open_.back();
  out_ += '>';
  if (IsBlock(open_.back())) out_ += '\n';
  open_.pop_back();
}

}  // namespace condyle
