// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The text of key, signature and revocation files: readable, and read strictly.
#ifndef CONDYLE_HOST_TRUST_TEXT_FIELDS_H_
#define CONDYLE_HOST_TRUST_TEXT_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace condyle {

// Longest key, signature or revocation file. Bytes.
inline constexpr size_t kMaxTrustFileBytes = 1u << 20;

// Reads a regular file of at most that size. NotFound if there is none; messages do not name the file.
absl::StatusOr<std::string> ReadTrustFile(const std::string& path);

// Reads first_line, then lines "name = value" to the end, or to PEM ("-----BEGIN"). Every one of names must be there
// once, and no other. InvalidArgument with the line; messages do not name the file.
absl::StatusOr<std::map<std::string, std::string>> ReadFields(std::string_view text, std::string_view first_line,
                                                              const std::vector<std::string>& names);

// Whether it is UTF-8 without control characters and has at most 200 bytes.
bool IsOneLine(std::string_view text);
// Whether it has exactly so many lower-case hexadecimal digits.
bool IsHex(std::string_view text, size_t digits);
std::string ToHex(std::string_view bytes);
// Of a text for which IsHex holds.
std::string FromHex(std::string_view hex);

// Seconds since 1970, from exactly this form: 2026-11-22T09:00:00Z.
absl::StatusOr<int64_t> ParseUtc(const std::string& text);
std::string FormatUtc(int64_t unix_seconds);

}  // namespace condyle

#endif  // CONDYLE_HOST_TRUST_TEXT_FIELDS_H_
