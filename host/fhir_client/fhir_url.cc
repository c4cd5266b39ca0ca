// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Joins a base and a query by what may stand where, not by what may not.
#include "host/fhir_client/fhir_url.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

bool IsLetterOrDigit(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

bool IsSegment(std::string_view segment) {
  if (segment.empty() || segment == "." || segment == "..") return false;
  for (const char c : segment) {
    if (!IsLetterOrDigit(c) && std::string_view("-._$").find(c) == std::string_view::npos) return false;
  }
  return true;
}

bool IsPath(std::string_view path) {
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    if (!IsSegment(path.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return true;
}

bool IsHex(std::string_view digits) {
  return digits.size() == 2 && absl::ascii_isxdigit(static_cast<unsigned char>(digits[0])) &&
         absl::ascii_isxdigit(static_cast<unsigned char>(digits[1]));
}

// As RFC 3986 wants a query; what is encoded already stays so.
std::string Encoded(std::string_view query) {
  constexpr std::string_view kAllowed = "-._~!$&'()*+,;=:@/?";
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string text;
  for (size_t i = 0; i < query.size(); ++i) {
    const char c = query[i];
    if (IsLetterOrDigit(c) || kAllowed.find(c) != kAllowed.npos || (c == '%' && IsHex(query.substr(i + 1, 2)))) {
      text += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return text;
}

}  // namespace

absl::StatusOr<HttpUrl> ParseFhirBase(std::string_view server) {
  absl::StatusOr<HttpUrl> base = ParseHttpUrl(server);
  if (!base.ok()) return absl::InvalidArgumentError(absl::StrCat("the FHIR server's URL ", base.status().message()));
  if (!base->query.empty()) return absl::InvalidArgumentError("the FHIR server's URL has a query");
  if (base->path.back() == '/') base->path.pop_back();
  return base;
}

absl::StatusOr<HttpUrl> FhirQueryUrl(const HttpUrl& base, std::string_view query) {
  const size_t mark = std::min(query.find('?'), query.size());
  const std::string_view path = query.substr(0, mark);
  if (!IsPath(path)) {
    return absl::InvalidArgumentError(
        "a FHIR query must begin with a relative path, like Patient/12 or Observation?code=...");
  }
  HttpUrl url = base;
  absl::StrAppend(&url.path, "/", std::string(path));
  if (mark < query.size()) url.query = Encoded(query.substr(mark + 1));
  if (url.ToString().size() > kMostUrlBytes)
    return absl::InvalidArgumentError("a FHIR query makes a URL longer than 4096 bytes");
  return url;
}

absl::StatusOr<HttpUrl> NextPageUrl(const HttpUrl& page, std::string_view link) {
  absl::StatusOr<HttpUrl> next = ResolveHttpUrl(page, link);
  if (!next.ok())
    return absl::InvalidArgumentError(absl::StrCat("its link to the next page ", next.status().message()));
  if (!next->SameOrigin(page)) {
    return absl::InvalidArgumentError(
        "its link to the next page leads to another scheme, host or port, which is not followed");
  }
  return next;
}

}  // namespace condyle
