// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The request target: path and query of the first line of a request.
#ifndef CONDYLE_HOST_HTTP_TARGET_H_
#define CONDYLE_HOST_HTTP_TARGET_H_

#include <string>
#include <string_view>

namespace condyle {

// Decodes %41 and the like. False if an escape is cut short or no hexadecimal number.
bool PercentDecode(std::string_view text, std::string* decoded);

// Takes "/path?query", "http://host/path?query" (RFC 9112, 3.2.2) and "*". False if it is none of them, has a fragment,
// a bad escape, an encoded slash (which would be a slash in one reader's eyes and none in another's), or bytes that are
// no UTF-8 or control characters when decoded.
bool ParseTarget(std::string_view target, std::string* path, std::string* query);

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_TARGET_H_
