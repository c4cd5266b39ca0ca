// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Absolute http and https URLs, taken apart strictly enough to decide by them what may be asked and who was meant.
#ifndef CONDYLE_HOST_HTTP_CLIENT_URL_H_
#define CONDYLE_HOST_HTTP_CLIENT_URL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace condyle {

struct HttpUrl {
  bool https = true;
  // Lower case, without brackets if it is an IPv6 address.
  std::string host;
  // 443 and 80 where none is written.
  uint16_t port = 443;
  // As written, percent-encoding included; begins with "/". No "." or ".." segments, encoded or not, no encoded "/" or
  // "\", so that who forwards it cannot end elsewhere than it says.
  std::string path;
  // As written, without "?".
  std::string query;

  // "https://ehr.example:8443": scheme, host and port, the port only where it is not the usual one.
  std::string Origin() const;
  // What stands in a request line: path, and query with its "?".
  std::string Target() const;
  std::string ToString() const { return Origin() + Target(); }
  bool SameOrigin(const HttpUrl& other) const {
    return https == other.https && host == other.host && port == other.port;
  }
};

inline constexpr size_t kMostUrlBytes = 4096;

// InvalidArgument if it is no absolute http(s) URL by RFC 3986, has a user, a password, a fragment, no host, or more
// than kMostUrlBytes. The message does not repeat the URL.
absl::StatusOr<HttpUrl> ParseHttpUrl(std::string_view text);

// What a reference means beside a URL (RFC 3986, section 5): "?page=2", "/fhir/Patient", or a whole URL. The same
// errors.
absl::StatusOr<HttpUrl> ResolveHttpUrl(const HttpUrl& base, std::string_view reference);

// "127.0.0.1", "::1", "localhost": this machine, by its name alone.
bool IsLoopbackName(std::string_view host);

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_CLIENT_URL_H_
