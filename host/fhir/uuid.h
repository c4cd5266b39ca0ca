// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// UUIDs made of names, so that the same input gives the same bytes.
#ifndef CONDYLE_HOST_FHIR_UUID_H_
#define CONDYLE_HOST_FHIR_UUID_H_

#include <string>
#include <string_view>

namespace condyle {

// UUID version 5 (RFC 9562) of a name in Condyle's own name space, in lower case without "urn:uuid:". Thread-safe.
std::string UuidOf(std::string_view name);

}  // namespace condyle

#endif  // CONDYLE_HOST_FHIR_UUID_H_
