// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes the first line and the headers of a response.
#ifndef CONDYLE_HOST_HTTP_RESPONSE_HEAD_H_
#define CONDYLE_HOST_HTTP_RESPONSE_HEAD_H_

#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>

#include "host/http/message.h"

namespace condyle {

// "Not Found"; empty if the number is not registered.
std::string_view ReasonPhrase(int status);

// Whether a response of this status has no body whatever it is to (RFC 9110, 6.4.1).
bool IsBodiless(int status);

// The moment as headers write it (RFC 9110, 5.6.7), written anew once a second. For one thread.
class HttpDate {
 public:
  std::string_view At(std::time_t now);

 private:
  std::time_t written_ = -1;
  std::string text_;
};

// Appends the head to *out. What a handler put into a header cannot end the line: control characters become blanks, and
// headers with a name that is none are left out. body_size: what Content-Length says, of a HEAD too. connection: of
// the header of that name; empty: without it.
void AppendHead(const HttpResponse& response, size_t body_size, std::string_view connection, std::string_view date,
                std::string_view traceparent, std::string* out);

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_RESPONSE_HEAD_H_
