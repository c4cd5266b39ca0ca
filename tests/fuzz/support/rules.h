// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What every fuzz target asks of texts, and how it says that a rule is broken.
#ifndef CONDYLE_TESTS_FUZZ_SUPPORT_RULES_H_
#define CONDYLE_TESTS_FUZZ_SUPPORT_RULES_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace condyle::fuzz {

// Aborts with the rule and what was seen, which libFuzzer and replay_main.cc take for a finding.
void Require(bool holds, std::string_view rule, std::string_view seen = {});

// Valid UTF-8 without control characters: what may go to a terminal or into a log. Line breaks only where allowed.
bool IsShowable(std::string_view text, bool line_breaks = false);

// Requires of a message for people that it is there, showable and no longer than 4 KiB.
void RequireMessage(std::string_view message, std::string_view whose);

// Requires that a page is well-formed XML: every element closed in order, attributes quoted, nothing left unescaped,
// and neither a script nor a handler of events.
void RequireHarmlessPage(const std::string& html);

// The input as text.
inline std::string_view AsText(const uint8_t* data, size_t size) { return {reinterpret_cast<const char*>(data), size}; }

}  // namespace condyle::fuzz

#endif  // CONDYLE_TESTS_FUZZ_SUPPORT_RULES_H_
