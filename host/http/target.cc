// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads request targets.
#include "host/http/target.h"

#include "host/trust/quote.h"

namespace condyle {
namespace {

// -1: no hexadecimal digit.
int HexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view lower_case) {
  if (text.size() < lower_case.size()) return false;
  for (size_t i = 0; i < lower_case.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] | 0x20) : text[i];
    if (c != lower_case[i]) return false;
  }
  return true;
}

// Leaves the path of an absolute form. False: there is no host in it.
bool CutOrigin(std::string_view* target) {
  const size_t host = target->find("://") + 3;
  const size_t end = target->find_first_of("/?", host);
  if (end == host || host == target->size()) return false;
  *target = end == std::string_view::npos ? std::string_view() : target->substr(end);
  return true;
}

}  // namespace

bool PercentDecode(std::string_view text, std::string* decoded) {
  decoded->clear();
  decoded->reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded->push_back(text[i]);
      continue;
    }
    if (text.size() - i < 3) return false;
    const int high = HexValue(text[i + 1]);
    const int low = HexValue(text[i + 2]);
    if (high < 0 || low < 0) return false;
    decoded->push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return true;
}

bool ParseTarget(std::string_view target, std::string* path, std::string* query) {
  path->clear();
  query->clear();
  if (target == "*") {
    *path = "*";
    return true;
  }
  if (target.find('#') != std::string_view::npos) return false;
  if (StartsWithIgnoringCase(target, "http://") || StartsWithIgnoringCase(target, "https://")) {
    if (!CutOrigin(&target)) return false;
  } else if (target.empty() || target.front() != '/') {
    return false;
  }
  if (const size_t mark = target.find('?'); mark != std::string_view::npos) {
    query->assign(target.substr(mark + 1));
    target = target.substr(0, mark);
  }
  for (size_t at = target.find('%'); at != std::string_view::npos; at = target.find('%', at + 1)) {
    if (StartsWithIgnoringCase(target.substr(at), "%2f")) return false;
  }
  if (!PercentDecode(target, path)) return false;
  if (path->empty()) *path = "/";
  return IsShowable(*path);
}

}  // namespace condyle
