// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Receipts: hashes of what was asked and answered, and the archived form with which it can be asked again.
#ifndef CONDYLE_HOST_ARCHIVE_RECEIPT_H_
#define CONDYLE_HOST_ARCHIVE_RECEIPT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "condyle/v1/archive.pb.h"
#include "condyle/v1/case.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "host/dispatch/dispatcher.h"

namespace condyle {

// The layout of ArchivedReceipt that this version writes and reads.
inline constexpr int kArchiveFormat = 1;

// SHA-256 of the file that this code runs from, the program or libcondyle_host.so, whatever has become of its path.
// Read once per process. Empty if it cannot be read. Thread-safe.
const std::string& ProgramSha256();

// Puts the hashes of this consultation into its receipt: host, case, and each plugin's request and response. `requests`
// and `replies` are in the order of receipt->plugins(), which holds the rest already.
void AddHashes(const v1::Case& checked_case, const std::vector<std::string>& requests,
               const std::vector<Reply>& replies, v1::Receipt* receipt);

// The consultation as it is archived, sealed. Its receipt must have its hashes.
v1::ArchivedReceipt MakeArchive(const v1::Case& checked_case, const std::vector<std::string>& requests,
                                const std::vector<Reply>& replies, const v1::Consultation& consultation);

// ArchivedReceipt.consultation_sha256 of a consultation.
std::string ConsultationSha256(const v1::Consultation& consultation);
// ArchivedReceipt.seal of an archive, whatever its seal says.
std::string SealOf(const v1::ArchivedReceipt& archive);

// Empty, or why the archive cannot be trusted: another format, a seal that does not fit, or hashes that contradict what
// they are of.
std::string FindDamage(const v1::ArchivedReceipt& archive);

// The file: canonical proto3 JSON on one line. An error (Internal) if it could not be read back as it is, so that no
// receipt is written that is refused later.
absl::StatusOr<std::string> ArchiveToJson(const v1::ArchivedReceipt& archive);

struct ReadArchive {
  v1::ArchivedReceipt archive;
  // Why the file is refused, and what is expected. Empty if it is sound; then the archive has no damage.
  std::string refusal;
};
// Reads what ArchiveToJson wrote. Thread-safe.
ReadArchive ArchiveFromJson(std::string_view json);

}  // namespace condyle

#endif  // CONDYLE_HOST_ARCHIVE_RECEIPT_H_
