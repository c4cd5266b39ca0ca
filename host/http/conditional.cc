// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Conditional requests.
#include "host/http/conditional.h"

#include "absl/strings/match.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

constexpr size_t kTagDigits = 32;

std::string_view WithoutWeak(std::string_view tag) { return tag.substr(0, 2) == "W/" ? tag.substr(2) : tag; }

}  // namespace

std::string ETagOf(std::string_view bytes) { return '"' + Sha256Hex(bytes).substr(0, kTagDigits) + '"'; }

bool NamesETag(std::string_view if_none_match, std::string_view etag) {
  if (if_none_match == "*") return true;
  etag = WithoutWeak(etag);
  // Not split at commas: a tag may hold one.
  while (!if_none_match.empty()) {
    const size_t begin = if_none_match.find('"');
    if (begin == std::string_view::npos) return false;
    const size_t end = if_none_match.find('"', begin + 1);
    if (end == std::string_view::npos) return false;
    if (if_none_match.substr(begin, end - begin + 1) == etag) return true;
    if_none_match = if_none_match.substr(end + 1);
  }
  return false;
}

void AnswerIfNoneMatch(const HttpRequest& request, HttpResponse* response) {
  if (response->status != 200 || (request.method != "GET" && request.method != "HEAD")) return;
  const std::string_view wanted = request.Header("if-none-match");
  if (wanted.empty()) return;
  for (const auto& [name, value] : response->headers) {
    if (!absl::EqualsIgnoreCase(name, "etag") || !NamesETag(wanted, value)) continue;
    response->status = 304;
    response->body.clear();
    response->content_type.clear();
    return;
  }
}

}  // namespace condyle
