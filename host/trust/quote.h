// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Text of strangers in messages of our own: it must not steer a terminal, break a log, or fill it.
#ifndef CONDYLE_HOST_TRUST_QUOTE_H_
#define CONDYLE_HOST_TRUST_QUOTE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace condyle {

// Bytes of the character at the start of the text, which must not be empty. 0 if it is no valid UTF-8, or a control
// character (C0, DEL, C1).
size_t ShowableLength(std::string_view text);

// Whether all of it is valid UTF-8 without control characters.
bool IsShowable(std::string_view text);

// The text with what is not showable written as \x1b, and cut after so many bytes, never inside a character, with "..."
// where something is missing.
std::string Showable(std::string_view text, size_t most_bytes = 60);

// The same in double quotes, with quotation marks and backslashes escaped; cut after 60 bytes.
std::string Quote(std::string_view text);

}  // namespace condyle

#endif  // CONDYLE_HOST_TRUST_QUOTE_H_
