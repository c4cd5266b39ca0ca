// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Heads of responses.
#include "host/http/response_head.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>

namespace condyle {
namespace {

void AppendNumber(size_t number, std::string* out) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out->append(digits.data(), end);
}

bool IsToken(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

void AppendValue(std::string_view value, std::string* out) {
  for (const char c : value) out->push_back(static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c);
}

void AppendHeader(std::string_view name, std::string_view value, std::string* out) {
  if (!IsToken(name)) return;
  out->append(name).append(": ");
  AppendValue(value, out);
  out->append("\r\n");
}

}  // namespace

std::string_view ReasonPhrase(int status) {
  const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
  if (known == boost::beast::http::status::unknown) return {};
  const auto phrase = boost::beast::http::obsolete_reason(known);
  return {phrase.data(), phrase.size()};
}

bool IsBodiless(int status) { return status < 200 || status == 204 || status == 304; }

std::string_view HttpDate::At(std::time_t now) {
  if (now == written_) return text_;
  written_ = now;
  std::tm parts{};
  gmtime_r(&now, &parts);
  // Not %a and %b: they follow the locale.
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> digits{};
  const size_t size = std::strftime(digits.data(), digits.size(), ", %d MMM %Y %H:%M:%S GMT", &parts);
  text_.assign(kDays.at(parts.tm_wday)).append(digits.data(), size);
  text_.replace(text_.find("MMM"), 3, kMonths.at(parts.tm_mon));
  return text_;
}

void AppendHead(const HttpResponse& response, size_t body_size, std::string_view connection, std::string_view date,
                std::string_view traceparent, std::string* out) {
  out->append("HTTP/1.1 ");
  AppendNumber(static_cast<size_t>(response.status), out);
  out->append(" ").append(ReasonPhrase(response.status)).append("\r\nDate: ").append(date).append("\r\n");
  if (!response.content_type.empty()) AppendHeader("Content-Type", response.content_type, out);
  if (!IsBodiless(response.status)) {
    out->append("Content-Length: ");
    AppendNumber(body_size, out);
    out->append("\r\n");
  }
  for (const auto& [name, value] : response.headers) AppendHeader(name, value, out);
  if (!traceparent.empty()) out->append("traceparent: ").append(traceparent).append("\r\n");
  if (!connection.empty()) out->append("Connection: ").append(connection).append("\r\n");
  out->append("\r\n");
}

}  // namespace condyle
