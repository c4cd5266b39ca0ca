// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a client sends over a connection: one request, in pieces of any size. The first byte chooses the pieces.
#include <algorithm>
#include <string>

#include "host/http/message.h"
#include "host/http/request_parser.h"
#include "tests/fuzz/support/random.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

constexpr size_t kMaxHead = 1024;
constexpr size_t kMaxBody = 512;

struct Parsed {
  HttpRequest request;
  HttpFault fault;
  bool head = false;
  bool whole = false;
  size_t used = 0;
};

// most(): bytes that come next, at least one.
template <typename Most>
Parsed Parse(std::string_view bytes, Most most) {
  Parsed parsed;
  RequestParser parser(&parsed.request, kMaxHead);
  size_t come = 0;
  const auto put = [&](auto method, auto done) {
    while (!parsed.fault && !done()) {
      size_t used = 0;
      const std::string_view waiting = bytes.substr(parsed.used, come - parsed.used);
      parsed.fault = (parser.*method)(waiting, &used);
      Require(used <= waiting.size(), "no more is used than has come", bytes);
      parsed.used += used;
      if (parsed.fault || done()) return;
      if (come == bytes.size()) return;
      come = std::min(bytes.size(), come + most());
    }
  };
  put(&RequestParser::PutHead, [&] { return parser.HeadDone(); });
  parsed.head = !parsed.fault && parser.HeadDone();
  if (!parsed.head) return parsed;
  Require(parsed.used <= kMaxHead, "a head is within its limit", bytes);
  if (!parser.chunked_body()) {
    parsed.whole = true;
    return parsed;
  }
  Require(parser.body_length() == 0, "a body has a length or chunks, never both", bytes);
  parser.LimitBody(kMaxBody);
  put(&RequestParser::PutChunks, [&] { return parser.ChunksDone(); });
  parsed.whole = !parsed.fault && parser.ChunksDone();
  return parsed;
}

void RequireSound(const Parsed& parsed, std::string_view bytes) {
  const HttpRequest& request = parsed.request;
  if (parsed.fault) {
    Require(parsed.fault.status >= 400 && parsed.fault.status < 600, "a fault has a status of its own", bytes);
    RequireMessage(parsed.fault.message, "a refused request");
  }
  if (!parsed.head) return;
  Require(!request.method.empty() && IsShowable(request.method), "there is a method", bytes);
  Require(request.path == "*" || (!request.path.empty() && request.path.front() == '/'), "a path is absolute", bytes);
  Require(IsShowable(request.path), "a path holds no control characters", bytes);
  Require(request.body.size() <= kMaxBody, "a body is within its limit", bytes);
  for (const auto& [name, value] : request.headers) {
    Require(!name.empty() && name.find_first_of(": \t\r\n") == name.npos, "a header's name is one word", bytes);
    Require(std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }),
            "names of headers are in lower case", bytes);
    Require(value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos, "a value stays on its line", bytes);
  }
}

}  // namespace
}  // namespace condyle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using condyle::fuzz::Parsed;
  using condyle::fuzz::Require;
  if (size == 0) return 0;
  const std::string_view bytes = condyle::fuzz::AsText(data, size).substr(1);
  const Parsed once = condyle::fuzz::Parse(bytes, [&] { return bytes.size(); });
  condyle::fuzz::RequireSound(once, bytes);
  condyle::fuzz::Random random(data[0]);
  const Parsed pieces = condyle::fuzz::Parse(bytes, [&] { return 1 + random.Below(1 + data[0] % 64); });
  condyle::fuzz::RequireSound(pieces, bytes);
  // When a fault is seen, and which of several, may hang on the pieces; never whether there is a request.
  Require(once.whole == pieces.whole, "how the bytes come does not decide about them", bytes);
  if (once.whole) {
    Require(once.used == pieces.used, "a request ends where it ends", bytes);
    Require(once.request.method == pieces.request.method && once.request.path == pieces.request.path &&
                once.request.query == pieces.request.query && once.request.headers == pieces.request.headers &&
                once.request.body == pieces.request.body,
            "a request is the same however it comes", bytes);
  }
  return 0;
}
