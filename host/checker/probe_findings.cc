// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the end of a probe says of the plugin.
#include <signal.h>
#include <string.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "host/checker/probe_process.h"
#include "host/checker/rules.h"

namespace condyle::checker {
namespace {

std::string Hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string SignalName(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

// Of "condyle-worker: forbidden system call NAME", which the sandbox writes.
std::string ForbiddenCall(const std::string& words) {
  constexpr std::string_view kWords = "forbidden system call ";
  const size_t at = words.rfind(kWords);
  if (at == words.npos) return "unknown";
  return words.substr(at + kWords.size(), words.find('\n', at) - at - kWords.size());
}

void AddFault(const char* check, const ProbeResult& result, Findings* findings) {
  const FaultPayload& fault = *result.fault;
  const std::string during = result.progress;
  if (fault.in_region == 0) {
    const uint64_t distance =
        fault.address > fault.stack_pointer ? fault.address - fault.stack_pointer : fault.stack_pointer - fault.address;
    const bool stack = fault.signal == SIGSEGV && distance < (64u << 10);
    findings->push_back(Finding(check, v1::CHECK_SEVERITY_ERROR,
                                stack ? "it overflows its stack (" + SignalName(fault.signal) + ")"
                                      : "it crashes: " + SignalName(fault.signal) + " at address " + Hex(fault.address),
                                during));
    return;
  }
  const std::string region = fault.region;
  const char* belongs = region == "the request" ? "request-memory" : "host-table";
  const std::string what =
      fault.from_end >= 0
          ? "it reads " + region + " beyond its end, " + std::to_string(fault.from_end + 1) + " bytes in"
      : fault.from_start < 0 ? "it reads " + std::to_string(-fault.from_start) + " bytes before " + region
                             : "it writes into " + region + ", at byte " + std::to_string(fault.from_start);
  findings->push_back(Finding(belongs, v1::CHECK_SEVERITY_ERROR, what, during));
}

}  // namespace

bool Interpret(const char* check, const ProbeResult& result, Findings* findings) {
  constexpr uint64_t kMuch = 64u << 10;
  findings->insert(findings->end(), result.findings.begin(), result.findings.end());
  const auto add = [&](const char* id, std::string what) {
    findings->push_back(Finding(id, v1::CHECK_SEVERITY_ERROR, std::move(what), result.progress));
  };
  // Of hostile requests lite protobuf complains, line after line.
  const bool hostile = std::string_view(check) == "hostile-input" || std::string_view(check) == "exceptions";
  if (result.stderr_bytes > kMuch && !hostile) {
    add("output", "it writes more than " + std::to_string(kMuch) + " bytes to standard error");
  }
  if (result.stray) {
    add("output", "it writes to descriptor 3, the channel of its process, past the sink");
    return true;
  }
  if (result.silent) {
    add(check, "it does not come back within " + std::to_string(kSilenceLimit.count()) + " s");
    return true;
  }
  if (result.done) return false;
  if (result.signal == SIGSYS) {
    findings->push_back(Finding("forbidden-calls", v1::CHECK_SEVERITY_ERROR,
                                "it makes a system call that the sandbox forbids: " + ForbiddenCall(result.last_words),
                                result.progress));
  } else if (result.fault) {
    AddFault(check, result, findings);
  } else if (result.signal == SIGABRT && result.last_words.find("terminate called") != std::string::npos &&
             std::string_view(check) != "loads") {
    add("exceptions", "an exception is thrown where none can be caught (std::terminate)");
  } else if (result.signal != 0) {
    add(check, "it ends the process by " + SignalName(result.signal));
  } else {
    add(check, "it ends the process (exit code " + std::to_string(result.exit_code) + ")");
  }
  return true;
}

}  // namespace condyle::checker
