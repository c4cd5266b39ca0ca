// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Compressed answers.
#ifndef CONDYLE_HOST_HTTP_GZIP_H_
#define CONDYLE_HOST_HTTP_GZIP_H_

#include <string>
#include <string_view>

#include "host/http/message.h"

namespace condyle {

// Whether an Accept-Encoding header takes gzip: named, or "*", and not with q=0.
bool AcceptsGzip(std::string_view accept_encoding);

// The text in gzip's format; empty if zlib fails, which it does only without memory.
std::string Gzip(std::string_view text);

// Compresses a body that is long enough to be worth it, if the client takes it. An ETag becomes a weak one: the bytes
// are others, the content is not.
void CompressFor(const HttpRequest& request, HttpResponse* response);

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_GZIP_H_
