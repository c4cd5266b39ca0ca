// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A `condyle serve` of this build, that a test starts, asks and ends.
#ifndef CONDYLE_TESTS_END_TO_END_SUPPORT_SERVICE_H_
#define CONDYLE_TESTS_END_TO_END_SUPPORT_SERVICE_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/http/client_for_test.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {

class RunningService {
 public:
  // On a free port of 127.0.0.1, with the plugins of this build, unless the arguments say otherwise. Throws
  // std::runtime_error with the log if it does not come up.
  explicit RunningService(std::vector<std::string> arguments = {});
  // Kills it if it still runs.
  ~RunningService();
  RunningService(const RunningService&) = delete;
  RunningService& operator=(const RunningService&) = delete;

  uint16_t port() const { return port_; }
  pid_t pid() const { return pid_; }
  std::string Log() const;
  void Signal(int signal) const;
  // Sends the signal, unless it is 0, and waits for the end: the exit code, or 128 and the signal that ended it.
  int End(int signal);

  // One request on a connection of its own. Throws std::runtime_error if there is no whole answer.
  TestReply Get(const std::string& path, const HttpHeaders& headers = {}) const;
  TestReply Post(const std::string& path, std::string_view body, HttpHeaders headers = {}) const;

 private:
  TestReply Ask(const std::string& method, const std::string& path, const HttpHeaders& headers,
                std::string_view body) const;

  TempFolder folder_;
  pid_t pid_ = -1;
  uint16_t port_ = 0;
};

// A CDS Hooks request for one of discovery's services: its templates filled with the resources of a FHIR Bundle.
// discovery and bundle: JSON. Throws std::runtime_error if there is no service for this hook.
struct HookRequest {
  std::string service;
  std::string body;
};
HookRequest MakeHookRequest(const std::string& discovery, const std::string& hook, const std::string& bundle);

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_END_TO_END_SUPPORT_SERVICE_H_
