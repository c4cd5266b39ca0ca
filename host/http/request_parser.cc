// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What Beast leaves to its user: one Host, no transfer coding but chunked, limits, targets.
#include "host/http/request_parser.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include "host/http/target.h"

namespace condyle {
namespace {

namespace http = boost::beast::http;

std::string Lower(boost::beast::string_view name) {
  std::string lower(name.data(), name.size());
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

// Of a name or an address with a port; what would end it in a URL must not be in it.
bool IsHost(std::string_view host) {
  return std::none_of(host.begin(), host.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || std::string_view(",/?#@\\\"<>").find(c) != std::string_view::npos ||
           static_cast<unsigned char>(c) >= 0x7f;
  });
}

bool NamesOurVersion(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, bytes.find('\n'));
  return line.find(" HTTP/1.1") != std::string_view::npos || line.find(" HTTP/1.0") != std::string_view::npos;
}

}  // namespace

RequestParser::RequestParser(HttpRequest* request, size_t max_head) : request_(request), max_head_(max_head) {
  // Beast stops at its limit, not beyond it, and counts lines apart; ours is counted in PutHead.
  header_limit(static_cast<uint32_t>(max_head + 1));
  body_limit(boost::none);
}

void RequestParser::Refuse(int status, std::string_view message, ErrorCode* error) {
  fault_ = {status, message};
  *error = http::make_error_code(http::error::bad_value);
}

HttpFault RequestParser::FaultOf(const ErrorCode& error) const {
  if (!error || error == http::error::need_more) return {};
  if (fault_) return fault_;
  if (error == http::error::bad_version) return {505, "Only HTTP/1.0 and HTTP/1.1 are spoken here."};
  if (error == http::error::header_limit) return {431, "The headers are too long."};
  if (error == http::error::bad_method || error == http::error::bad_target || error == http::error::bad_line_ending) {
    return {400, "The request line is malformed."};
  }
  if (error == http::error::bad_content_length || error == http::error::multiple_content_length) {
    return {400, "Content-Length is malformed, doubled, or stands beside Transfer-Encoding."};
  }
  if (error == http::error::bad_transfer_encoding) {
    return {400, "Transfer-Encoding is malformed, doubled, or stands beside Content-Length."};
  }
  if (got_head_) return {400, "The chunked body is malformed."};
  return {400, "A header is malformed."};
}

HttpFault RequestParser::PutHead(std::string_view bytes, size_t* used) {
  const std::string_view allowed = bytes.substr(0, max_head_ - head_used_);
  ErrorCode error;
  *used = put({allowed.data(), allowed.size()}, error);
  head_used_ += *used;
  if (HttpFault fault = FaultOf(error)) {
    // Beast calls a line that ends in a line feed alone a bad version.
    if (fault.status == 505 && NamesOurVersion(allowed)) return {400, "The request line is malformed."};
    return fault;
  }
  if (is_header_done() || allowed.size() - *used < max_head_ - head_used_) return {};
  if (!got_line_) return {414, "The request line is too long."};
  return {431, "The headers are too long."};
}

HttpFault RequestParser::PutChunks(std::string_view bytes, size_t* used) {
  *used = 0;
  while (!is_done()) {
    ErrorCode error;
    const size_t step = put({bytes.data() + *used, bytes.size() - *used}, error);
    *used += step;
    if (HttpFault fault = FaultOf(error)) return fault;
    if (error || *used == bytes.size()) break;
  }
  // Sizes, extensions and trailers wait here until a line is whole; they must not be longer than a head.
  if (!is_done() && bytes.size() - *used >= max_head_)
    return {431, "An extension or the trailer of a chunk is too long."};
  return {};
}

void RequestParser::on_request_impl(http::verb method, View name, View target, int version, ErrorCode& error) {
  got_line_ = true;
  http_1_1_ = version == 11;
  request_->method.assign(name.data(), name.size());
  if (method == http::verb::connect) return Refuse(501, "This is no proxy.", &error);
  if (!ParseTarget({target.data(), target.size()}, &request_->path, &request_->query)) {
    return Refuse(400, "The target of the request is malformed.", &error);
  }
  if (request_->path == "*" && method != http::verb::options) {
    Refuse(400, "Only OPTIONS has the target *.", &error);
  }
}

void RequestParser::on_field_impl(http::field field, View name, View value, ErrorCode& error) {
  if (got_head_) {
    trailer_bytes_ += name.size() + value.size();  // Nobody asks for trailers; they are read and dropped.
    if (trailer_bytes_ > max_head_) Refuse(431, "The trailer of the body is too long.", &error);
    return;
  }
  switch (field) {
    case http::field::host:
      if (++hosts_ > 1) return Refuse(400, "Host is there twice.", &error);
      if (!IsHost({value.data(), value.size()})) return Refuse(400, "Host is malformed.", &error);
      break;
    case http::field::transfer_encoding:
      if (!boost::beast::iequals(value, "chunked")) {
        return Refuse(501, "The only Transfer-Encoding known here is chunked.", &error);
      }
      break;
    case http::field::expect:
      if (!boost::beast::iequals(value, "100-continue")) {
        return Refuse(417, "The only expectation known here is 100-continue.", &error);
      }
      expects_continue_ = true;
      break;
    default:
      break;
  }
  request_->headers.emplace_back(Lower(name), std::string(value.data(), value.size()));
}

void RequestParser::on_header_impl(ErrorCode& error) {
  got_head_ = true;
  if (const auto length = content_length(); length.has_value()) body_length_ = *length;
  if (http_1_1_ && hosts_ == 0) return Refuse(400, "Host is missing.", &error);
  // A server of HTTP/1.0 in between would take the chunks for the body (RFC 9112, 6.1).
  if (!http_1_1_ && chunked()) Refuse(400, "HTTP/1.0 has no Transfer-Encoding.", &error);
}

void RequestParser::on_chunk_header_impl(uint64_t size, View, ErrorCode& error) {
  if (size > max_body_ - std::min(max_body_, request_->body.size())) Refuse(413, "The body is too long.", &error);
}

size_t RequestParser::on_chunk_body_impl(uint64_t, View bytes, ErrorCode&) {
  request_->body.append(bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace condyle
