// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Text for cards: short summaries, GitHub Flavored Markdown, identifiers.
#ifndef CONDYLE_HOST_CDS_HOOKS_CARD_TEXT_H_
#define CONDYLE_HOST_CDS_HOOKS_CARD_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace condyle::cds {

// CDS Hooks: a summary has fewer than 140 characters.
inline constexpr size_t kMostSummaryUnits = 139;

// One line of at most so many UTF-16 code units (so no more code points either), cut at a word with "…" if it is
// longer. Text must be UTF-8.
std::string OneLine(std::string_view text, size_t most_units = kMostSummaryUnits);

// The text as itself in GitHub Flavored Markdown: no markup, no HTML, no links, one line.
std::string Markdown(std::string_view text);

// Random (version 4). Empty if there is no randomness.
std::string NewUuid();
// Eight-four-four-four-twelve hexadecimal digits, with or without "urn:uuid:".
bool IsUuid(std::string_view text);
// Lower case, without "urn:uuid:": as NewUuid writes it.
std::string PlainUuid(std::string_view text);

}  // namespace condyle::cds

#endif  // CONDYLE_HOST_CDS_HOOKS_CARD_TEXT_H_
