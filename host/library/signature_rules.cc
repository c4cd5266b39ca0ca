// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Policy, trust store and exempt directories.
#include "host/library/signature_rules.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "host/library/locations.h"
#include "host/trust/text_fields.h"

namespace condyle {

absl::StatusOr<SignatureRules> MakeSignatureRules(const HostOptions& options) {
  SignatureRules rules;
  switch (options.signatures) {
    case HostOptions::SignaturePolicy::kOff:
      rules.without = WithoutSignature::kRun;
      break;
    case HostOptions::SignaturePolicy::kWarn:
      rules.without = WithoutSignature::kRunWithWarning;
      break;
    case HostOptions::SignaturePolicy::kRequire:
      rules.without = WithoutSignature::kNothing;
      break;
  }
  absl::StatusOr<TrustStore> trust = TrustStore::Open(options.trust);
  if (!trust.ok()) return trust.status();
  rules.trust = *std::move(trust);
  rules.exempt_directories = InstalledPluginDirectories(ProgramDirectory());
  return rules;
}

std::string SignatureInWords(const SignatureCheck& signature) {
  if (signature.verdict != SignatureVerdict::kGood) return InWords(signature.verdict);
  return absl::StrCat("good, by ", KeyName(signature.signer), ", ", FormatUtc(signature.signed_at));
}

}  // namespace condyle
