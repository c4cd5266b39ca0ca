// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The only user of zlib.
#include "host/http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace condyle {
namespace {

// Below, what is saved is less than a packet.
constexpr size_t kWorthwhile = 1400;
constexpr int kGzipWindow = 15 + 16;
constexpr int kMemoryLevel = 8;
// A third of the time of the default level for nearly all of the gain.
constexpr int kLevel = 4;

// Whether "gzip;q=0.5" is for what it names; none: it names something else.
std::optional<bool> Verdict(const std::string& element, const std::string& coding) {
  std::vector<std::string> parts = absl::StrSplit(element, ';');
  for (std::string& part : parts) absl::StripAsciiWhitespace(&part);
  if (!absl::EqualsIgnoreCase(parts.front(), coding)) return std::nullopt;
  for (const std::string& part : parts) {
    if (absl::StartsWithIgnoreCase(part, "q=")) return part.find_first_of("123456789") != std::string::npos;
  }
  return true;
}

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  const std::vector<std::string> elements = absl::StrSplit(std::string(accept_encoding), ',');
  for (const char* coding : {"gzip", "*"}) {
    for (const std::string& element : elements) {
      if (const auto verdict = Verdict(element, coding)) return *verdict;
    }
  }
  return false;
}

std::string Gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(result == Z_STREAM_END ? stream.total_out : 0);
  deflateEnd(&stream);
  return packed;
}

void CompressFor(const HttpRequest& request, HttpResponse* response) {
  if (response->body.size() < kWorthwhile) return;
  // To those who do not take it too: a cache must know.
  response->headers.emplace_back("Vary", "Accept-Encoding");
  if (!AcceptsGzip(request.Header("accept-encoding"))) return;
  std::string packed = Gzip(response->body);
  if (packed.empty() || packed.size() >= response->body.size()) return;
  response->body = std::move(packed);
  response->headers.emplace_back("Content-Encoding", "gzip");
  for (auto& [name, value] : response->headers) {
    if (absl::EqualsIgnoreCase(name, "etag") && !absl::StartsWith(value, "W/")) value.insert(0, "W/");
  }
}

}  // namespace condyle
