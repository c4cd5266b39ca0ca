// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// simdjson finds out quickly whether JSON is sound; where it is not, a slower walk finds the place.
#include "host/intake/json.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

namespace condyle::intake {
namespace {

// UTF-16, as \u escapes write it.
constexpr unsigned kNoCodeUnit = 0x10000;
constexpr unsigned kFirstHighSurrogate = 0xD800;
constexpr unsigned kFirstLowSurrogate = 0xDC00;
constexpr unsigned kLastLowSurrogate = 0xDFFF;

// Beyond this the parser's memory is given back at once instead of being kept for the thread.
constexpr size_t kKeptParserBytes = 1u << 20;

std::string TypeName(const Json& value) {
  switch (value.type()) {
    case simdjson::dom::element_type::ARRAY:
      return "an array";
    case simdjson::dom::element_type::OBJECT:
      return "an object";
    case simdjson::dom::element_type::STRING:
      return "a string";
    case simdjson::dom::element_type::BOOL:
      return "true or false";
    case simdjson::dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

Problem WrongType(const Json& value, const JsonPath& path, const char* wanted) {
  return Refuse(path.ToString(), "expected " + std::string(wanted) + ", found " + TypeName(value));
}

// Walks the text as the JSON grammar (RFC 8259) does and stops at the first fault.
class FaultFinder {
 public:
  FaultFinder(std::string_view text, size_t max_depth) : text_(text), max_depth_(max_depth) {}

  // Nothing if no fault is found.
  std::optional<std::string> Find() {
    std::string open;  // of '{' and '['
    bool want_value = true;
    while (true) {
      SkipSpace();
      if (want_value) {
        const char c = Peek();
        if (c == '{' || c == '[') {
          if (open.size() == max_depth_) {
            return "objects and arrays are nested more than " + std::to_string(max_depth_) + " deep";
          }
          open += c;
          ++at_;
          SkipSpace();
          if (Peek() == (c == '{' ? '}' : ']')) {
            want_value = false;
          } else if (c == '{') {
            if (!Key()) return reason_;
          }
          continue;
        }
        if (!Scalar()) return reason_;
        want_value = false;
        continue;
      }
      if (open.empty()) return at_ == text_.size() ? std::nullopt : std::optional<std::string>("text after the end");
      const char closing = open.back() == '{' ? '}' : ']';
      if (Peek() == closing) {
        open.pop_back();
        ++at_;
      } else if (Peek() == ',') {
        ++at_;
        SkipSpace();
        if (open.back() == '{' && !Key()) return reason_;
        want_value = true;
      } else {
        return Missing(std::string("a comma or ") + closing);
      }
    }
  }

  std::string Position() const {
    size_t line = 1;
    size_t column = 1;
    for (const char c : text_.substr(0, at_)) {
      ++column;
      if (c == '\n') {
        ++line;
        column = 1;
      }
    }
    return std::to_string(line) + ":" + std::to_string(column);
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipSpace() {
    while (Peek() == ' ' || Peek() == '\t' || Peek() == '\n' || Peek() == '\r') ++at_;
  }
  std::string Missing(const std::string& wanted) const {
    return at_ == text_.size() ? "the text ends where " + wanted + " should follow" : wanted + " should stand here";
  }
  bool Fail(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }
  bool Key() {
    if (Peek() != '"') return Fail(Missing("a member name in double quotes"));
    if (!String()) return false;
    SkipSpace();
    if (Peek() != ':') return Fail(Missing("a colon"));
    ++at_;
    return true;
  }
  bool String() {
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return Fail("a control character in a string must be escaped");
      if (c != '\\' || ++at_ >= text_.size()) continue;
      if (std::strchr("\"\\/bfnrtu", text_[at_]) == nullptr) return Fail("an escape that JSON does not know");
      if (text_[at_] != 'u') continue;
      const unsigned unit = CodeUnit(at_ + 1);
      if (unit == kNoCodeUnit) return Fail("\\u must be followed by four hexadecimal digits");
      if (unit < kFirstHighSurrogate || unit > kLastLowSurrogate) continue;
      const bool paired = unit < kFirstLowSurrogate && text_.substr(at_ + 5, 2) == "\\u" &&
                          CodeUnit(at_ + 7) >= kFirstLowSurrogate && CodeUnit(at_ + 7) <= kLastLowSurrogate;
      if (!paired) return Fail("half of a surrogate pair is no character");
      at_ += 6;
    }
    return Fail("the text ends inside a string");
  }
  // The four hexadecimal digits there, or kNoCodeUnit.
  unsigned CodeUnit(size_t at) const {
    unsigned unit = kNoCodeUnit;
    const std::string_view digits = text_.substr(std::min(at, text_.size()), 4);
    const std::from_chars_result result = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    return digits.size() == 4 && result.ptr == digits.data() + 4 ? unit : kNoCodeUnit;
  }
  bool Scalar() {
    if (Peek() == '"') return String();
    size_t end = at_;
    while (end < text_.size() && std::strchr(" \t\n\r,]}:[{\"", text_[end]) == nullptr) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (word.empty()) return Fail(Missing("a value"));
    const bool number = word.front() == '-' || (word.front() >= '0' && word.front() <= '9');
    if (number ? !IsNumber(word) : word != "true" && word != "false" && word != "null") {
      return Fail(Quote(word) + (number ? " is not a number in JSON, or is out of range" : " is not a value in JSON"));
    }
    at_ = end;
    return true;
  }
  static bool IsNumber(std::string_view word) {
    simdjson::dom::parser parser;
    Json value;
    return parser.parse(std::string(word)).get(value) == simdjson::SUCCESS;
  }

  std::string_view text_;
  size_t max_depth_;
  size_t at_ = 0;
  std::string reason_;
};

// Refused everywhere, so that no reader of a string need look for it.
Problem RefuseEscapedNul(std::string_view bytes) {
  constexpr std::string_view kEscapedNul = "\\u0000";
  for (size_t at = bytes.find(kEscapedNul); at != bytes.npos; at = bytes.find(kEscapedNul, at + 1)) {
    // After an odd number of backslashes it is the escape of a backslash, and "u0000" is text.
    size_t begin = at;
    while (begin > 0 && bytes[begin - 1] == '\\') --begin;
    if ((at - begin) % 2 == 0) return Refuse("", "byte " + std::to_string(at) + " escapes a NUL character; remove it");
  }
  return std::nullopt;
}

}  // namespace

// Of a member's name in a path: names that are read are much shorter.
constexpr size_t kMostMemberBytes = 200;

std::string JsonPath::ToString(const Step* begin, const Step* end) {
  std::string text;
  for (const Step* step = begin; step != end; ++step) {
    text += '/';
    if (step->is_index) text += std::to_string(step->index);
    for (const char c : Showable(step->member, kMostMemberBytes)) {
      if (c == '~') {
        text += "~0";
      } else if (c == '/') {
        text += "~1";
      } else {
        text += c;
      }
    }
  }
  return text;
}

std::string JsonPath::ToString() const {
  std::vector<Step> steps;
  AppendTo(&steps);
  return ToString(steps.data(), steps.data() + steps.size());
}

void JsonPath::AppendTo(std::vector<Step>* steps) const {
  if (parent_ == nullptr) return;
  parent_->AppendTo(steps);
  steps->push_back(step_);
}

Problem ParseJson(std::string_view bytes, size_t max_depth, Json* root) {
  thread_local simdjson::dom::parser kept;
  thread_local std::unique_ptr<simdjson::dom::parser> large;
  large.reset();
  simdjson::dom::parser* parser = &kept;
  if (bytes.size() > kKeptParserBytes) {
    large = std::make_unique<simdjson::dom::parser>();
    parser = large.get();
  }
  // simdjson counts the document itself as a level.
  simdjson::error_code error = simdjson::SUCCESS;
  if (parser->max_depth() != max_depth + 1 || parser->capacity() < bytes.size()) {
    error = parser->allocate(std::max<size_t>(bytes.size(), 1u << 16), max_depth + 1);
  }
  if (error == simdjson::SUCCESS) error = parser->parse(bytes.data(), bytes.size()).get(*root);
  if (error == simdjson::SUCCESS) return RefuseEscapedNul(bytes);
  if (error == simdjson::MEMALLOC)
    return Refuse("", "not enough memory for " + std::to_string(bytes.size()) + " bytes");
  FaultFinder finder(bytes, max_depth);
  const std::optional<std::string> fault = finder.Find();
  return Refuse(fault ? finder.Position() : "",
                "not valid JSON: " + (fault ? *fault : std::string(simdjson::error_message(error))));
}

Problem ReadString(const Json& value, const JsonPath& path, std::string_view* text) {
  if (value.get(*text) != simdjson::SUCCESS) return WrongType(value, path, "a string");
  return std::nullopt;
}

Problem ReadBool(const Json& value, const JsonPath& path, bool* boolean) {
  if (value.get(*boolean) != simdjson::SUCCESS) return WrongType(value, path, "true or false");
  return std::nullopt;
}

Problem ReadNumber(const Json& value, const JsonPath& path, double* number) {
  if (value.get(*number) != simdjson::SUCCESS) return WrongType(value, path, "a number");
  return std::nullopt;
}

Problem ReadObject(const Json& value, const JsonPath& path, JsonObject* object) {
  if (value.get(*object) != simdjson::SUCCESS) return WrongType(value, path, "an object");
  return std::nullopt;
}

Problem ReadArray(const Json& value, const JsonPath& path, JsonArray* array) {
  if (value.get(*array) != simdjson::SUCCESS) return WrongType(value, path, "an array");
  return std::nullopt;
}

Problem RefuseDuplicateMember(const JsonPath& path, std::string_view name) {
  const JsonPath member(path, name);
  return Refuse(member.ToString(), "the member " + Quote(name) + " is given twice");
}

}  // namespace condyle::intake
