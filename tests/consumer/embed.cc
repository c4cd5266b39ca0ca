// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A program that embeds the host: embed WORKER PLUGIN... < CASE. Prints each plugin's status.
#include <iostream>
#include <iterator>
#include <string>

#include "condyle/host/host.h"

int main(int argc, char** argv) {
  condyle::HostOptions options;
  options.worker = argv[1];
  options.plugins.assign(argv + 2, argv + argc);
  auto host = condyle::Host::Open(options);
  if (!host.ok()) {
    std::cerr << host.status() << "\n";
    return 1;
  }
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  const condyle::Outcome outcome = (*host)->ConsultBytes(input);
  if (outcome.refusal) {
    std::cerr << outcome.refusal->path << ": " << outcome.refusal->message << "\n";
    return 2;
  }
  for (const auto& assessment : outcome.consultation->assessments()) {
    std::cout << assessment.plugin_id() << " " << condyle::v1::Status_Name(assessment.status()) << "\n";
  }
  return 0;
}
