// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Asks Condyle about one patient, in C++ through the class Host: urgency, red flags, advice, what is on hold, what
// failed.
//
//   cmake -S . -B build -DCMAKE_PREFIX_PATH=PREFIX && cmake --build build
//   build/assess_cpp bundle.json [PLUGINS [WORKER]]
//
// WORKER is the program condyle-worker, where it is not where Condyle was configured to be installed.
// Exit codes are those of `condyle assess`: 0 complete, 1 Condyle failed, 2 refused, 3 a plugin failed, 64 usage.
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include "condyle/host/host.h"

namespace {

namespace v1 = condyle::v1;

void Print(const v1::Consultation& consultation) {
  std::cout << "Urgency: " << v1::Urgency_Name(consultation.urgency()) << "\n";
  // Safety screens that found something, or that could not decide: that is not the same as having found nothing.
  for (const v1::Assessment& assessment : consultation.assessments()) {
    const bool urgent = assessment.urgency() >= v1::URGENCY_URGENT && assessment.status() == v1::STATUS_POSITIVE;
    if (!urgent && assessment.status() != v1::STATUS_INSUFFICIENT_DATA) continue;
    std::cout << (urgent ? "RED FLAG: " : "Undecided: ") << assessment.plugin_id() << ": " << assessment.summary()
              << "\n";
  }
  for (const v1::Recommendation& advice : consultation.recommendations()) {
    std::cout << "Advice: " << advice.text() << "\n";
  }
  for (const v1::Withheld& withheld : consultation.withheld()) {
    std::cout << "On hold, not advice: " << withheld.recommendation().text() << " (" << withheld.reason() << ")\n";
  }
  for (const v1::NextQuestion& next : consultation.next_questions()) std::cout << "Ask: " << next.question() << "\n";
  for (const v1::PluginFailure& failure : consultation.plugin_failures()) {
    std::cout << "NO ANSWER from " << failure.plugin_id() << ": " << failure.message() << "\n";
  }
  std::cout << consultation.disclaimer() << "\n";
}

int Assess(condyle::Host& host, const std::string& input) {
  condyle::ConsultOptions options;
  options.question_budget = std::chrono::milliseconds(100);
  const condyle::Outcome outcome = host.ConsultBytes(input, options);
  if (outcome.consultation) {
    Print(*outcome.consultation);
    return outcome.consultation->plugin_failures().empty() ? 0 : 3;
  }
  if (outcome.refusal) {
    // The patient data cannot be so. Not an error of the program: show it to who can correct them.
    std::cerr << "refused: " << outcome.refusal->path << ": " << outcome.refusal->message << "\n";
    return 2;
  }
  std::cerr << "no answer: " << outcome.failure.message() << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::cerr << "usage: " << argv[0] << " FILE [PLUGINS [WORKER]]\n";
    return 64;
  }
  std::ifstream file(argv[1], std::ios::binary);
  const std::string input{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    std::cerr << argv[1] << " cannot be read\n";
    return 64;
  }
  condyle::HostOptions options;
  if (argc > 2) options.plugins = {argv[2]};
  if (argc > 3) options.worker = argv[3];
  const absl::StatusOr<std::unique_ptr<condyle::Host>> host = condyle::Host::Open(options);
  if (!host.ok()) {
    std::cerr << "Condyle cannot run: " << host.status().message() << "\n";
    return 1;
  }
  return Assess(**host, input);
}
