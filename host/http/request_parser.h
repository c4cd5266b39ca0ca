// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Bytes of a connection to one HttpRequest: Beast's parser, which holds the grammar, without Beast's containers.
#ifndef CONDYLE_HOST_HTTP_REQUEST_PARSER_H_
#define CONDYLE_HOST_HTTP_REQUEST_PARSER_H_

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/http/message.h"

namespace condyle {

// What is wrong with what was sent. Status 0: nothing.
struct HttpFault {
  int status = 0;
  // A literal.
  std::string_view message;
  explicit operator bool() const { return status != 0; }
};

// One request; made anew for the next.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  // Method, target, headers and body are written to *request, which must be fresh and outlive the parser.
  // max_head: bytes of the request line and headers with the empty line that ends them.
  RequestParser(HttpRequest* request, size_t max_head);

  // Reads more of the head, up to its end and no further. *used: bytes that are done with; those that are not must
  // stand at the start of the next call. A fault is final.
  HttpFault PutHead(std::string_view bytes, size_t* used);
  bool HeadDone() const { return is_header_done(); }

  // Reads more of a chunked body, which must be what the head promised.
  HttpFault PutChunks(std::string_view bytes, size_t* used);
  // Of a chunked body only; a body with Content-Length is read by the caller.
  bool ChunksDone() const { return is_done(); }

  // Once the head is done:
  bool chunked_body() const { return chunked(); }
  // 0 too if there is no body.
  uint64_t body_length() const { return body_length_; }
  bool keeps_alive() const { return keep_alive(); }
  bool expects_continue() const { return expects_continue_; }
  bool http_1_1() const { return http_1_1_; }

  // Bytes of a chunked body; when there are more, it is a fault. Default: none.
  void LimitBody(size_t max_body) { max_body_ = max_body; }

 private:
  using ErrorCode = boost::beast::error_code;
  using View = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb method, View name, View target, int version, ErrorCode& error) override;
  void on_response_impl(int, View, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field field, View name, View value, ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override;
  void on_body_init_impl(const boost::optional<uint64_t>&, ErrorCode&) override {}
  size_t on_body_impl(View bytes, ErrorCode&) override { return bytes.size(); }
  void on_chunk_header_impl(uint64_t size, View, ErrorCode& error) override;
  size_t on_chunk_body_impl(uint64_t remaining, View bytes, ErrorCode& error) override;
  void on_finish_impl(ErrorCode&) override {}

  // Stops Beast with a fault of our own.
  void Refuse(int status, std::string_view message, ErrorCode* error);
  // What Beast's error is to the client; none if it only wants more.
  HttpFault FaultOf(const ErrorCode& error) const;

  HttpRequest* const request_;
  const size_t max_head_;
  size_t head_used_ = 0;
  size_t max_body_ = SIZE_MAX;
  size_t trailer_bytes_ = 0;
  uint64_t body_length_ = 0;
  int hosts_ = 0;
  bool got_line_ = false;
  bool got_head_ = false;
  bool http_1_1_ = false;
  bool expects_continue_ = false;
  HttpFault fault_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_REQUEST_PARSER_H_
