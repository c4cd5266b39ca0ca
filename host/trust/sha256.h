// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// SHA-256, for the hashes of a receipt.
#ifndef CONDYLE_HOST_TRUST_SHA256_H_
#define CONDYLE_HOST_TRUST_SHA256_H_

#include <string>
#include <string_view>

namespace condyle {

// Lower-case hexadecimal. Empty if OpenSSL fails, which it does only without memory or in a broken installation.
// Thread-safe.
std::string Sha256Hex(std::string_view bytes);

}  // namespace condyle

#endif  // CONDYLE_HOST_TRUST_SHA256_H_
