// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Rules on texts and pages, checked without the code under test.
#include "tests/fuzz/support/rules.h"

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace condyle::fuzz {
namespace {

constexpr size_t kMaxMessageBytes = 4096;

// The code point at `at`, which is moved behind it; negative if that is no valid UTF-8.
int32_t TakeCodePoint(std::string_view text, size_t* at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte((*at)++);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4) return -1;
  int32_t point = first & (0x3F >> more);
  for (int i = 0; i < more; ++i) {
    if (*at >= text.size() || (byte(*at) & 0xC0) != 0x80) return -1;
    point = point << 6 | (byte((*at)++) & 0x3F);
  }
  constexpr int32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  return point < kLeast[more] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF) ? -1 : point;
}

bool IsName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ':' || c == '_';
}

// Walks over a page; every step requires what it expects.
class PageReader {
 public:
  explicit PageReader(std::string_view page) : page_(page) {}

  void Read() {
    constexpr std::string_view kType = "<!DOCTYPE html>";
    Require(Takes(kType), "the page begins with its type", Here());
    while (at_ < page_.size()) {
      if (page_[at_] == '<') {
        Markup();
      } else if (page_[at_] == '&') {
        Entity();
      } else {
        ++at_;
      }
    }
    Require(open_.empty(), "every element of the page is closed", open_.empty() ? std::string_view() : open_.back());
  }

 private:
  std::string_view Here() const { return page_.substr(at_ < 80 ? 0 : at_ - 80, 160); }
  bool Takes(std::string_view text) {
    if (page_.substr(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
  }
  std::string_view Name() {
    const size_t from = at_;
    while (at_ < page_.size() && IsName(page_[at_])) ++at_;
    Require(at_ > from, "an element or attribute of the page has a name", Here());
    return page_.substr(from, at_ - from);
  }
  void Blanks() {
    while (at_ < page_.size() && (page_[at_] == ' ' || page_[at_] == '\n')) ++at_;
  }
  void Entity() {
    const size_t end = page_.find(';', at_);
    Require(end != page_.npos && end - at_ < 10, "every & of the page begins an entity", Here());
    at_ = end + 1;
  }
  void Markup() {
    if (Takes("<!--")) {
      const size_t end = page_.find("-->", at_);
      Require(end != page_.npos, "a comment of the page ends", Here());
      at_ = end + 3;
    } else if (Takes("</")) {
      const std::string_view name = Name();
      Require(!open_.empty() && open_.back() == name, "elements of the page are closed in order", Here());
      open_.pop_back();
      Require(Takes(">"), "a closing tag ends", Here());
    } else {
      ++at_;
      Element();
    }
  }
  void Element() {
    const std::string_view name = Name();
    Require(name != "script" && name != "iframe" && name != "object" && name != "link",
            "the page loads and runs nothing", Here());
    while (true) {
      Blanks();
      if (Takes("/>")) return;
      if (Takes(">")) break;
      Attribute();
    }
    open_.push_back(name);
  }
  void Attribute() {
    const std::string_view name = Name();
    Require(name.substr(0, 2) != "on", "the page handles no events", Here());
    Require(Takes("=\""), "an attribute of the page has a quoted value", Here());
    const std::string_view value = page_.substr(at_, page_.find('"', at_) - at_);
    Require(value.find('<') == value.npos, "an attribute of the page has no <", Here());
    Require((name != "href" && name != "src") || value.find("javascript:") == value.npos, "no link runs anything",
            Here());
    at_ += value.size();
    Require(Takes("\""), "an attribute of the page ends", Here());
  }

  const std::string_view page_;
  size_t at_ = 0;
  std::vector<std::string_view> open_;
};

}  // namespace

void Require(bool holds, std::string_view rule, std::string_view seen) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: a rule is broken: %.*s\nfuzz: seen: %.*s\n", static_cast<int>(rule.size()), rule.data(),
               static_cast<int>(seen.size()), seen.data());
  std::abort();
}

bool IsShowable(std::string_view text, bool line_breaks) {
  for (size_t at = 0; at < text.size();) {
    const int32_t point = TakeCodePoint(text, &at);
    if (point < 0 || point == 0x7F || (point >= 0x80 && point < 0xA0)) return false;
    if (point < 0x20 && !(line_breaks && point == '\n')) return false;
  }
  return true;
}

void RequireMessage(std::string_view message, std::string_view whose) {
  Require(!message.empty(), "there is a message", whose);
  Require(message.size() <= kMaxMessageBytes, "a message is short", whose);
  Require(IsShowable(message), "a message can be shown", message);
}

void RequireHarmlessPage(const std::string& html) {
  Require(IsShowable(html, /*line_breaks=*/true), "the page is UTF-8 without control characters");
  PageReader(html).Read();
}

}  // namespace condyle::fuzz
