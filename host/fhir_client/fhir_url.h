// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// URLs of a FHIR server: none leads out of it.
#ifndef CONDYLE_HOST_FHIR_CLIENT_FHIR_URL_H_
#define CONDYLE_HOST_FHIR_CLIENT_FHIR_URL_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "host/http_client/url.h"

namespace condyle {

// A FHIR base URL. InvalidArgument if it is no http(s) URL, or has a query; messages here repeat nothing of a URL.
absl::StatusOr<HttpUrl> ParseFhirBase(std::string_view server);

// A relative query on it: "Patient/12", "Observation?code=http://loinc.org|718-7". The path may have letters, digits
// and
// "-._$"; in the query what a URL cannot hold is percent-encoded. InvalidArgument for anything else, a path that goes
// up or begins with "/" above all.
absl::StatusOr<HttpUrl> FhirQueryUrl(const HttpUrl& base, std::string_view query);

// The link to a next page, which must stay on scheme, host and port of the page that it stands on: it is followed with
// the client's token.
absl::StatusOr<HttpUrl> NextPageUrl(const HttpUrl& page, std::string_view link);

}  // namespace condyle

#endif  // CONDYLE_HOST_FHIR_CLIENT_FHIR_URL_H_
