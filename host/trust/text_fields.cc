// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Lines "name = value", hexadecimal, UTC.
#include "host/trust/text_fields.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "host/trust/quote.h"

namespace condyle {
namespace {

constexpr char kUtc[] = "%Y-%m-%dT%H:%M:%SZ";
constexpr char kDigits[] = "0123456789abcdef";
constexpr std::string_view kPem = "-----BEGIN";

// Takes the first line off, without its line break.
std::string_view TakeLine(std::string_view* text) {
  const size_t end = text->find('\n');
  std::string_view line = text->substr(0, end);
  text->remove_prefix(end == text->npos ? text->size() : end + 1);
  return line;
}

absl::Status Fault(size_t line, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", what));
}

}  // namespace

absl::StatusOr<std::string> ReadTrustFile(const std::string& path) {
  // Not blocking: somebody may have put a FIFO there.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    const std::string why = absl::StrCat("cannot be read: ", strerror(errno));
    return errno == ENOENT ? absl::NotFoundError(why) : absl::UnavailableError(why);
  }
  absl::StatusOr<std::string> text = std::string();
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    text = absl::UnavailableError("is not a regular file");
  } else {
    text->resize(kMaxTrustFileBytes + 1);
    size_t done = 0;
    ssize_t n = 0;
    do {
      n = read(fd, text->data() + done, text->size() - done);
      if (n > 0) done += static_cast<size_t>(n);
    } while ((n > 0 && done < text->size()) || (n < 0 && errno == EINTR));
    text->resize(done);
    if (n < 0) {
      text = absl::UnavailableError(absl::StrCat("cannot be read: ", strerror(errno)));
    } else if (done > kMaxTrustFileBytes) {
      text = absl::InvalidArgumentError(absl::StrCat("has more than ", kMaxTrustFileBytes, " bytes"));
    }
  }
  close(fd);
  return text;
}

absl::StatusOr<std::map<std::string, std::string>> ReadFields(std::string_view text, std::string_view first_line,
                                                              const std::vector<std::string>& names) {
  size_t number = 1;
  if (TakeLine(&text) != first_line) return Fault(1, absl::StrCat("is not \"", std::string(first_line), "\""));
  std::map<std::string, std::string> fields;
  while (!text.empty() && text.substr(0, kPem.size()) != kPem) {
    ++number;
    const std::string_view line = TakeLine(&text);
    if (line.empty()) continue;
    const size_t equals = line.find(" = ");
    if (equals == line.npos) return Fault(number, "is not of the form \"name = value\"");
    const std::string name(line.substr(0, equals));
    const std::string value(line.substr(equals + 3));
    if (!IsOneLine(value)) return Fault(number, "its value is too long, has control characters or is not UTF-8");
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return Fault(number, absl::StrCat(Quote(name), " is not known here; there is ", absl::StrJoin(names, ", ")));
    }
    if (!fields.emplace(name, value).second) return Fault(number, absl::StrCat(name, " is there twice"));
  }
  for (const std::string& name : names) {
    if (fields.count(name) == 0) return absl::InvalidArgumentError(absl::StrCat("it has no line \"", name, " = ...\""));
  }
  return fields;
}

bool IsOneLine(std::string_view text) { return text.size() <= 200 && IsShowable(text); }

bool IsHex(std::string_view text, size_t digits) {
  return text.size() == digits && text.find_first_not_of(kDigits) == text.npos;
}

std::string ToHex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

std::string FromHex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  return bytes;
}

absl::StatusOr<int64_t> ParseUtc(const std::string& text) {
  absl::Time time;
  std::string error;
  // ParseTime is generous; what it does not write so itself is not taken.
  if (!absl::ParseTime(kUtc, text, &time, &error) || FormatUtc(absl::ToUnixSeconds(time)) != text) {
    return absl::InvalidArgumentError(absl::StrCat(Quote(text), " is no moment of the form 2026-11-22T09:00:00Z"));
  }
  return absl::ToUnixSeconds(time);
}

std::string FormatUtc(int64_t unix_seconds) {
  return absl::FormatTime(kUtc, absl::FromUnixSeconds(unix_seconds), absl::UTCTimeZone());
}

}  // namespace condyle
