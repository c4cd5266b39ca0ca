// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// URLs by Boost.URL, and what we refuse beyond its grammar.
#include "host/http_client/url.h"

#include <boost/url.hpp>
#include <charconv>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

namespace urls = boost::urls;

constexpr uint16_t kHttpsPort = 443;
constexpr uint16_t kHttpPort = 80;

absl::Status Refused(const char* why) { return absl::InvalidArgumentError(why); }

std::string Text(const urls::string_view& view) { return std::string(view.data(), view.size()); }

absl::Status CheckPath(const urls::url_view& url) {
  for (const std::string& segment : url.segments()) {
    if (segment == "." || segment == "..") return Refused("has a '.' or '..' in its path");
    if (segment.find_first_of("/\\") != segment.npos) return Refused("has an encoded '/' or '\\' in its path");
    for (const char c : segment) {
      if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) return Refused("has a control character in its path");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<HttpUrl> Checked(const urls::url_view& url) {
  HttpUrl parts;
  const std::string scheme = absl::AsciiStrToLower(Text(url.scheme()));
  if (scheme != "https" && scheme != "http") return Refused("is neither https:// nor http://");
  parts.https = scheme == "https";
  if (!url.has_authority() || url.encoded_host().empty()) return Refused("names no host");
  if (url.has_userinfo()) return Refused("has a user name or password before its host");
  if (url.has_fragment()) return Refused("has a fragment ('#...')");
  if (url.host_type() == urls::host_type::ipvfuture) return Refused("names a host in a form that is not known");
  parts.host = absl::AsciiStrToLower(Text(url.encoded_host_address()));
  if (parts.host.find('%') != parts.host.npos) return Refused("has a percent-encoded host");
  parts.port = parts.https ? kHttpsPort : kHttpPort;
  if (url.has_port()) {
    const std::string digits = Text(url.port());
    const std::from_chars_result read = std::from_chars(digits.data(), digits.data() + digits.size(), parts.port);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || parts.port == 0) {
      return Refused("has a port that is none of 1 to 65535");
    }
  }
  if (absl::Status status = CheckPath(url); !status.ok()) return status;
  parts.path = Text(url.encoded_path());
  // Boost 1.81 reads "https://a:80.1" as the path ".1" of https://a:80.
  if (!parts.path.empty() && parts.path.front() != '/') return Refused("has a port that is none of 1 to 65535");
  if (parts.path.empty()) parts.path = "/";
  parts.query = Text(url.encoded_query());
  return parts;
}

// A scheme and one character, as "e:?": no URL of ours, and an assertion of Boost 1.81 fails on it.
bool IsSchemeAndACharacter(std::string_view text) {
  const size_t colon = text.find_first_of(":/?#");
  return colon != text.npos && text[colon] == ':' && colon + 2 == text.size();
}

}  // namespace

std::string HttpUrl::Origin() const {
  const bool is_ipv6 = host.find(':') != host.npos;
  std::string text = absl::StrCat(https ? "https://" : "http://", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "");
  if (port != (https ? kHttpsPort : kHttpPort)) absl::StrAppend(&text, ":", port);
  return text;
}

std::string HttpUrl::Target() const { return query.empty() ? path : path + "?" + query; }

absl::StatusOr<HttpUrl> ParseHttpUrl(std::string_view text) {
  if (text.size() > kMostUrlBytes) return Refused("is longer than 4096 bytes");
  if (IsSchemeAndACharacter(text)) return Refused("is no absolute URL");
  const auto url = urls::parse_uri(urls::string_view(text.data(), text.size()));
  if (!url) return Refused("is no absolute URL");
  return Checked(*url);
}

absl::StatusOr<HttpUrl> ResolveHttpUrl(const HttpUrl& base, std::string_view reference) {
  if (reference.size() > kMostUrlBytes) return Refused("is longer than 4096 bytes");
  if (IsSchemeAndACharacter(reference)) return Refused("is no URL");
  const auto relative = urls::parse_uri_reference(urls::string_view(reference.data(), reference.size()));
  if (!relative) return Refused("is no URL");
  if (relative->has_scheme()) return Checked(*relative);
  // Boost removes dot segments when it resolves: look first.
  if (absl::Status status = CheckPath(*relative); !status.ok()) return status;
  const std::string from = base.ToString();
  const auto absolute = urls::parse_uri(from);
  if (!absolute) return Refused("has no sound base");
  urls::url resolved;
  if (!urls::resolve(*absolute, *relative, resolved)) return Refused("cannot be resolved");
  return Checked(resolved);
}

bool IsLoopbackName(std::string_view host) { return host == "localhost" || host == "::1" || host == "127.0.0.1"; }

}  // namespace condyle
