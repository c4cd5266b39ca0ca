// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// How a plugin's failure is put into words; the same for both dispatchers.
#ifndef CONDYLE_HOST_DISPATCH_FAILURE_H_
#define CONDYLE_HOST_DISPATCH_FAILURE_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "condyle/v1/consultation.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/dispatcher.h"

namespace condyle {

// What a plugin wrote, made fit to be shown: valid UTF-8 without control characters, white space collapsed, cut to
// 500 bytes.
std::string CleanText(std::string_view text);

// The last line of what a plugin wrote that is not blank, cleaned.
std::string LastLine(std::string_view text);

v1::PluginFailure MakeFailure(const PluginFile& file, v1::FailureKind kind, std::string message);

// The failure for a call that ended with another status than CND_OK. text: the plugin's own words.
v1::PluginFailure StatusFailure(const PluginFile& file, int32_t status, bool too_large, std::string_view text,
                                size_t max_response_bytes);

v1::PluginFailure DeadlineFailure(const PluginFile& file, std::chrono::nanoseconds deadline, std::string_view what);

// "WHAT within the 10000 ms that the whole consultation may take".
v1::PluginFailure ConsultationDeadlineFailure(const PluginFile& file, std::chrono::nanoseconds duration,
                                              std::string_view what);

v1::PluginFailure CancelledFailure(const PluginFile& file);

// Every plugin that the round asks fails, because the round could not begin: it was cancelled, or nothing that asks
// (what: "worker", "instance") was free in time.
void FailAll(const PluginCatalog& catalog, const Round& round, std::string_view what, std::vector<Reply>* replies);

// Whether a call that had so much time and overran counts against the plugin: at least half of what it is promised.
// Less is left at the end of a consultation.
bool HadItsTime(const Round& round, std::chrono::nanoseconds had);

// The end of a round that starts now, on the clock of MonotonicNs; far away rather than overflowing.
uint64_t DeadlineAfter(uint64_t now_ns, std::chrono::nanoseconds duration);

}  // namespace condyle

#endif  // CONDYLE_HOST_DISPATCH_FAILURE_H_
