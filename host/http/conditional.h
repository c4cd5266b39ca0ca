// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// ETags: answers that a client has already need not be sent again.
#ifndef CONDYLE_HOST_HTTP_CONDITIONAL_H_
#define CONDYLE_HOST_HTTP_CONDITIONAL_H_

#include <string>
#include <string_view>

#include "host/http/message.h"

namespace condyle {

// A strong entity tag of these bytes, with its quotation marks.
std::string ETagOf(std::string_view bytes);

// Whether an If-None-Match header names the tag, by weak comparison (RFC 9110, 13.1.2), or is "*".
bool NamesETag(std::string_view if_none_match, std::string_view etag);

// Makes a 304 of a 200 to GET or HEAD whose ETag the client has.
void AnswerIfNoneMatch(const HttpRequest& request, HttpResponse* response);

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_CONDITIONAL_H_
