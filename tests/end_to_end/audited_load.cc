// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// audited_load STORE with|without THREADS PLUGINS INPUT: consults for ever, and prints each record that was
// acknowledged as one line "SEQUENCE:HASH". For audit_test, which kills it.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "condyle/host/host.h"

namespace {

// One write: lines of several threads do not mix, and a line is whole or not there.
void Acknowledge(const condyle::AuditRecord& record) {
  const std::string line = std::to_string(record.sequence) + ":" + record.hash + "\n";
  if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(1);
}

[[noreturn]] void Fail(const std::string& message) {
  std::fprintf(stderr, "audited_load: %s\n", message.c_str());
  _exit(1);
}

// Three consultations, a refusal, and an override of the last consultation, again and again.
void Load(condyle::Host& host, const std::string& input) {
  for (;;) {
    condyle::AdviceOverride advice;
    advice.advice_id = "advice";
    advice.reason_code = "reason";
    for (int i = 0; i < 4; ++i) {
      const condyle::Outcome outcome = host.ConsultBytes(i < 3 ? input : "no input");
      if (!outcome.audit) Fail(outcome.failure.ToString());
      Acknowledge(*outcome.audit);
      if (outcome.consultation) advice.consultation = *outcome.audit;
    }
    const auto record = host.RecordOverride(advice);
    if (!record.ok()) Fail(record.status().ToString());
    Acknowledge(*record);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) Fail("five arguments");
  std::ifstream file(argv[5], std::ios::binary);
  const std::string input{std::istreambuf_iterator<char>(file), {}};
  condyle::HostOptions options;
  options.audit = argv[1];
  options.audit_without_phi = std::string(argv[2]) == "without";
  options.plugins = {argv[4]};
  options.in_process = true;
  const int threads = std::atoi(argv[3]);
  options.parallel = threads;
  auto host = condyle::Host::Open(options);
  if (!host.ok()) Fail(host.status().ToString());
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) all.emplace_back([&] { Load(**host, input); });
  for (std::thread& thread : all) thread.join();
}
