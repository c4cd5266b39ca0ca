// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The signature options of a host, made into the catalogue's rules.
#ifndef CONDYLE_HOST_LIBRARY_SIGNATURE_RULES_H_
#define CONDYLE_HOST_LIBRARY_SIGNATURE_RULES_H_

#include <string>

#include "absl/status/statusor.h"
#include "condyle/host/host.h"
#include "host/catalog/plugin_catalog.h"

namespace condyle {

// Reads the directories of trusted keys; an error if one cannot be read whole. The installed plugin directory is
// exempt.
absl::StatusOr<SignatureRules> MakeSignatureRules(const HostOptions& options);

// For people: who signed it, what is wrong with it, or "not checked".
std::string SignatureInWords(const SignatureCheck& signature);

}  // namespace condyle

#endif  // CONDYLE_HOST_LIBRARY_SIGNATURE_RULES_H_
