// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Which CDS clients are trusted, and where their keys are: the trust file.
#ifndef CONDYLE_HOST_JWT_TRUST_H_
#define CONDYLE_HOST_JWT_TRUST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/http_client/client.h"
#include "host/jwt/public_key.h"

namespace condyle {

struct TrustedIssuer {
  // Exactly as in tokens.
  std::string iss;
  // Where it publishes its keys, by their whole URL.
  std::vector<std::string> jwks_urls;
  // "https://ehr.example/jwks/": any URL of the same scheme, host and port whose path goes on after this.
  std::vector<std::string> jwks_prefixes;
  // Given to us out of band. With it tokens need no jku.
  JwkSet keys;
  // Not empty: a token's tenant must be one of these.
  std::vector<std::string> tenants;
  // exp - iat at most.
  absl::Duration longest_life;
  // Keys may be read from addresses of private networks, and over http:// from this machine.
  bool private_addresses = false;
};

struct JwtTrust {
  std::vector<TrustedIssuer> issuers;
  // Names of algorithms that tokens may be signed with.
  std::vector<std::string> algorithms = {"ES384", "RS384"};
  // By how much clocks may differ.
  absl::Duration clock_leeway = absl::Seconds(60);
};

// Reads the trust file and the JWKS files that it names, relative to its folder. Any fault is an error that names file,
// place, and what is allowed.
absl::StatusOr<JwtTrust> ReadJwtTrust(const std::string& path);

// The same from text. file: for messages and relative names.
absl::StatusOr<JwtTrust> ParseJwtTrust(std::string_view text, const std::string& file);

// The servers that keys are read from: what the HTTP client must be allowed to ask.
std::vector<HttpPeer> JwksPeers(const JwtTrust& trust);

struct TrustedJku {
  // In one form: scheme and host in lower case, no usual port.
  std::string url;
  // By its whole URL; otherwise by a prefix.
  bool named = false;
};
// Where keys of this issuer may be read, if there; else nothing. A prefix holds for the URL as it is taken apart, so
// that nothing like "/jwks/../" leaves it, and for none with a query.
std::optional<TrustedJku> FindJku(const TrustedIssuer& issuer, std::string_view jku);

}  // namespace condyle

#endif  // CONDYLE_HOST_JWT_TRUST_H_
