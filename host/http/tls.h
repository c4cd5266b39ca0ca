// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The server's side of TLS: which versions, which files.
#ifndef CONDYLE_HOST_HTTP_TLS_H_
#define CONDYLE_HOST_HTTP_TLS_H_

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "absl/status/statusor.h"
#include "host/http/server.h"

namespace condyle {

using TlsContext = boost::asio::ssl::context;

// Reads the files. Errors name them.
absl::StatusOr<std::shared_ptr<TlsContext>> LoadTls(const TlsFiles& files);

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_TLS_H_
