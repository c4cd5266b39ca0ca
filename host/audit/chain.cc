// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One hash over length-prefixed fields, so that no two entries have the same bytes.
#include "host/audit/chain.h"

#include <array>
#include <charconv>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

// With its terminating NUL: nothing else that is hashed or signed begins like this.
constexpr std::string_view kDomain("condyle.audit.entry.v1\0", 23);
constexpr size_t kHashDigits = 64;

template <typename Number>
std::string BigEndian(Number number) {
  std::string bytes(sizeof(Number), '\0');
  for (size_t i = sizeof(Number); i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
  return bytes;
}

void Field(std::string_view bytes, std::string* message) {
  message->append(BigEndian<uint64_t>(bytes.size()));
  message->append(bytes);
}

bool IsHash(std::string_view text) {
  return text.size() == kHashDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string Differs(const char* what, const std::string& expected, const std::string& found) {
  return absl::StrCat(what, " (expected ", expected, ", found ", found.empty() ? "none" : found, ")");
}

}  // namespace

std::string MarkToText(const AuditMark& mark) { return absl::StrCat(mark.sequence, ":", mark.hash); }

absl::StatusOr<AuditMark> MarkFromText(const std::string& text) {
  AuditMark mark;
  const size_t colon = text.find(':');
  const char* const end = text.data() + (colon == std::string::npos ? 0 : colon);
  const auto read = std::from_chars(text.data(), end, mark.sequence);
  if (colon != std::string::npos) mark.hash = text.substr(colon + 1);
  if (colon == std::string::npos || read.ec != std::errc() || read.ptr != end || !IsHash(mark.hash)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\" is no mark of an entry; allowed: its sequence, a colon and its hash, 64 lower-case digits"));
  }
  return mark;
}

std::string FormatMoment(absl::Time time) {
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

std::string LinkHash(const v1::AuditEntry& entry) {
  std::string message(kDomain);
  message.reserve(512);
  Field(BigEndian<uint64_t>(entry.sequence()), &message);
  Field(entry.moment(), &message);
  Field(BigEndian<uint32_t>(static_cast<uint32_t>(entry.kind())), &message);
  Field(entry.user(), &message);
  Field(entry.organisation(), &message);
  Field(BigEndian<uint64_t>(entry.about()), &message);
  Field(entry.body_sha256(), &message);
  Field(entry.previous(), &message);
  return Sha256Hex(message);
}

std::string ChainCheck::FindFault(const v1::AuditEntry& entry) const {
  const bool is_first = entries_ == 0;
  if (!is_first && entry.sequence() != head_.sequence + 1) {
    return entry.sequence() > head_.sequence + 1
               ? absl::StrCat("entries are missing before it (expected ", head_.sequence + 1, ")")
               : absl::StrCat("it stands at the wrong place (expected ", head_.sequence + 1, ")");
  }
  if (const std::string hash = Sha256Hex(entry.body()); hash != entry.body_sha256()) {
    return Differs("its body was changed after it was written", entry.body_sha256(), hash);
  }
  if (const std::string hash = LinkHash(entry); hash != entry.hash()) {
    return Differs(
        "its moment, kind, user, organisation, subject or hash was changed after it was written: its hash does not fit",
        hash, entry.hash());
  }
  if (!is_first && entry.previous() != head_.hash) {
    return Differs("it does not follow the entry before it: one of the two is not the one that was written", head_.hash,
                   entry.previous());
  }
  if ((entry.sequence() == 0) != (entry.kind() == v1::AUDIT_KIND_STORE_CREATED) ||
      (entry.sequence() == 0 && !entry.previous().empty())) {
    return entry.sequence() == 0 ? "it is the first, and not that of a new store"
                                 : "it is that of a new store, and not the first";
  }
  const auto noted = expected_.find(entry.sequence());
  if (noted != expected_.end() && noted->second != entry.hash()) {
    return Differs("it is not the entry that was noted", noted->second, entry.hash());
  }
  return {};
}

std::string ChainCheck::Next(const v1::AuditEntry& entry) {
  std::string fault = FindFault(entry);
  v1::AuditStoreCreated created;
  if (fault.empty() && entry.sequence() == 0) {
    if (!created.ParseFromString(entry.body())) {
      fault = "its body is no AuditStoreCreated";
    } else if (created.format() != kAuditFormat) {
      fault = absl::StrCat("the store has the format ", created.format(), ", and this version of Condyle reads ",
                           kAuditFormat, "; use the version that wrote it, or a later one");
    }
  }
  if (!fault.empty()) return fault;
  if (entries_ == 0) {
    first_ = entry.sequence();
    first_moment_ = entry.moment();
  } else if (entry.moment() < last_moment_) {
    if (backward_moments_++ == 0) first_backward_moment_ = entry.sequence();
  }
  if (entry.sequence() == 0) {
    store_id_ = created.store_id();
    without_phi_ = created.without_phi();
  }
  last_moment_ = entry.moment();
  head_ = {entry.sequence(), entry.hash()};
  ++entries_;
  return {};
}

std::string ChainCheck::End() const {
  if (entries_ == 0) return "there is no entry, not even that of a new store";
  for (const auto& [sequence, hash] : expected_) {
    if (sequence > head_.sequence) {
      return absl::StrCat("entry ", sequence, ", which was noted, is missing: the chain ends with ", head_.sequence);
    }
    if (sequence < first_) {
      return absl::StrCat("entry ", sequence, ", which was noted, is missing: the chain begins with ", first_);
    }
  }
  return {};
}

}  // namespace condyle
