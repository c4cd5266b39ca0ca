// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Words for failures, and the cleaning of text that plugins supply.
#include "host/dispatch/failure.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <utility>

#include "condyle/plugin.h"
#include "host/loader/plugin_library.h"
#include "host/trust/quote.h"

namespace condyle {
namespace {

constexpr size_t kMaxTextBytes = 500;

std::string Milliseconds(std::chrono::nanoseconds duration) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.0f ms", static_cast<double>(duration.count()) / 1e6);
  return text;
}

}  // namespace

std::string CleanText(std::string_view text) {
  std::string clean;
  bool gap = false;
  while (!text.empty() && clean.size() < kMaxTextBytes) {
    const auto c = static_cast<unsigned char>(text[0]);
    size_t used = 1;
    std::string_view shown = "?";
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      gap = !clean.empty();
      shown = {};
    } else if (const size_t length = ShowableLength(text); length != 0) {
      shown = text.substr(0, length);
      used = length;
    }
    if (!shown.empty()) {
      if (std::exchange(gap, false)) clean += ' ';
      clean += shown;
    }
    text.remove_prefix(used);
  }
  return clean;
}

std::string LastLine(std::string_view text) {
  while (!text.empty()) {
    const size_t line_break = text.find_last_of('\n');
    std::string line = CleanText(line_break == text.npos ? text : text.substr(line_break + 1));
    if (!line.empty() || line_break == text.npos) return line;
    text = text.substr(0, line_break);
  }
  return {};
}

v1::PluginFailure MakeFailure(const PluginFile& file, v1::FailureKind kind, std::string message) {
  v1::PluginFailure failure;
  failure.set_plugin_id(file.manifest.id());
  failure.set_kind(kind);
  failure.set_message(std::move(message));
  failure.set_file(file.path);
  return failure;
}

v1::PluginFailure StatusFailure(const PluginFile& file, int32_t status, bool too_large, std::string_view text,
                                size_t max_response_bytes) {
  if (too_large) {
    return MakeFailure(file, v1::FAILURE_KIND_BAD_ANSWER,
                       "the answer is longer than the " + std::to_string(max_response_bytes) +
                           " bytes that are allowed; it was thrown away");
  }
  const std::string words = CleanText(text);
  std::string message = std::string("the plugin could not answer: it returned ") + StatusName(status) +
                        (words.empty() ? " and did not say why" : ": " + words);
  return MakeFailure(file, status == CND_DEADLINE ? v1::FAILURE_KIND_DEADLINE : v1::FAILURE_KIND_REPORTED,
                     std::move(message));
}

v1::PluginFailure DeadlineFailure(const PluginFile& file, std::chrono::nanoseconds deadline, std::string_view what) {
  return MakeFailure(file, v1::FAILURE_KIND_DEADLINE, std::string(what) + " within " + Milliseconds(deadline));
}

v1::PluginFailure ConsultationDeadlineFailure(const PluginFile& file, std::chrono::nanoseconds duration,
                                              std::string_view what) {
  return MakeFailure(
      file, v1::FAILURE_KIND_DEADLINE,
      std::string(what) + " within the " + Milliseconds(duration) + " that the whole consultation may take");
}

v1::PluginFailure CancelledFailure(const PluginFile& file) {
  return MakeFailure(file, v1::FAILURE_KIND_CANCELLED, "the consultation was cancelled before the plugin had answered");
}

void FailAll(const PluginCatalog& catalog, const Round& round, std::string_view what, std::vector<Reply>* replies) {
  for (size_t i = 0; i < catalog.plugins.size(); ++i) {
    if (!Asks(round, i)) continue;
    (*replies)[i].failure =
        round.cancel.stop_requested()
            ? CancelledFailure(catalog.plugins[i])
            : ConsultationDeadlineFailure(catalog.plugins[i], round.limit.duration,
                                          "the plugin was not asked, because other consultations kept every " +
                                              std::string(what) + " busy, and none was free");
  }
}

bool HadItsTime(const Round& round, std::chrono::nanoseconds had) {
  const bool limited = round.limit.duration > std::chrono::nanoseconds::zero();
  return had >= (limited ? std::min(round.deadline, round.limit.duration) : round.deadline) / 2;
}

uint64_t DeadlineAfter(uint64_t now_ns, std::chrono::nanoseconds duration) {
  constexpr auto kMost = std::chrono::nanoseconds(std::chrono::hours(24));
  return now_ns + static_cast<uint64_t>(std::clamp(duration, std::chrono::nanoseconds(0), kMost).count());
}

}  // namespace condyle
