// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle_consultation_digests [--workers] [FILE...]: a SHA-256 of what is answered to each file, each worked patient
// and some thousand drawn ones. What it prints is equal before and after a change that may change no answer.
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "condyle/host/host.h"
#include "host/trust/sha256.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"

namespace condyle::tests {
namespace {

constexpr int kDrawnPerSeed = 1000;
constexpr uint32_t kSeeds[] = {1, 2, 3, 4};

// Without what is of this build and not of this patient. Hashes of requests and answers stay.
std::string Digest(Outcome outcome) {
  if (outcome.refusal) return "refused " + Sha256Hex(outcome.refusal->path + "\n" + outcome.refusal->message);
  if (!outcome.consultation) throw std::runtime_error(std::string(outcome.failure.message()));
  v1::Consultation& consultation = outcome.consultation.Mutable();
  v1::Receipt* receipt = consultation.mutable_receipt();
  receipt->clear_host_sha256();
  for (v1::PluginRun& run : *receipt->mutable_plugins()) {
    run.clear_file();
    run.clear_file_sha256();
  }
  // The messages hold no maps, so that there is one serialised form.
  return Sha256Hex(consultation.SerializeAsString());
}

void Print(const std::string& name, Outcome outcome) { std::cout << name << " " << Digest(std::move(outcome)) << "\n"; }

void Run(bool in_process, const std::vector<std::string>& files) {
  const std::unique_ptr<Host> host = OpenHost(in_process);
  for (const std::string& path : files) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    Print(path.substr(path.rfind('/') + 1), host->ConsultBytes(bytes, {.as_of = checker::kMoment}));
  }
  std::vector<v1::Case> seeds;
  for (const WorkedCase& one : AllWorkedCases()) {
    Print(one.name, host->ConsultBytes(one.case_json, {.as_of = checker::kMoment}));
    seeds.push_back(one.value);
  }
  for (const uint32_t seed : kSeeds) {
    PatientGenerator generator(InputsOf(host->Manifests()), seeds, seed);
    for (int i = 0; i < kDrawnPerSeed; ++i) {
      Print("drawn " + std::to_string(seed) + "." + std::to_string(i), host->Consult(generator.Next()));
    }
  }
}

}  // namespace
}  // namespace condyle::tests

int main(int argc, char** argv) {
  std::vector<std::string> files(argv + 1, argv + argc);
  const bool workers = !files.empty() && files.front() == "--workers";
  if (workers) files.erase(files.begin());
  try {
    condyle::tests::Run(!workers, files);
  } catch (const std::exception& error) {
    std::cerr << "condyle_consultation_digests: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
