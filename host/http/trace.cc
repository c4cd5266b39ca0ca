// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads and makes trace ids.
#include "host/http/trace.h"

#include <cstdint>
#include <random>

namespace condyle {
namespace {

constexpr size_t kTraceDigits = 32;
constexpr size_t kSpanDigits = 16;
constexpr size_t kHeaderSize = 55;

bool IsLowerHex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

bool IsId(std::string_view text) { return IsLowerHex(text) && text.find_first_not_of('0') != std::string_view::npos; }

std::string RandomDigits(size_t digits) {
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  std::string id(digits, '0');
  for (size_t at = 0; at < digits; at += kSpanDigits) {
    // No word is zero, so no id is.
    uint64_t bits = random() | 1;
    for (size_t i = 0; i < kSpanDigits; ++i, bits >>= 4) id[at + i] = "0123456789abcdef"[bits & 0xf];
  }
  return id;
}

}  // namespace

std::string_view TraceIdOf(std::string_view traceparent) {
  if (traceparent.size() < kHeaderSize) return {};
  const std::string_view version = traceparent.substr(0, 2);
  const std::string_view trace = traceparent.substr(3, kTraceDigits);
  const std::string_view span = traceparent.substr(36, kSpanDigits);
  const std::string_view flags = traceparent.substr(53, 2);
  if (!IsLowerHex(version) || version == "ff" || !IsId(trace) || !IsId(span) || !IsLowerHex(flags)) return {};
  if (traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-') return {};
  const bool longer = traceparent.size() > kHeaderSize;
  if (longer && (version == "00" || traceparent[kHeaderSize] != '-')) return {};
  return trace;
}

std::string NewTraceId() { return RandomDigits(kTraceDigits); }
std::string NewSpanId() { return RandomDigits(kSpanDigits); }

std::string TraceParent(std::string_view trace_id, std::string_view span_id) {
  std::string header = "00-";
  header.append(trace_id).append("-").append(span_id).append("-01");
  return header;
}

}  // namespace condyle
