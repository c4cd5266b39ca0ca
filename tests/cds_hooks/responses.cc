// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes what the services say about every worked patient, for the programs of others to judge.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "condyle/host/host.h"
#include "host/cds_hooks/cds_hooks.h"
#include "tests/cds_hooks/requests.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"

namespace condyle::tests {
namespace {

bool Write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) std::cerr << path << " cannot be written\n";
  return static_cast<bool>(file);
}

// One of each kind that the table knows, and one that it does not.
std::vector<Order> Orders() {
  return {{"MedicationRequest", "m1", "http://www.whocc.no/atc", "M01AE01", "Ibuprofen 400 mg"},
          {"ServiceRequest", "s1", "http://loinc.org", "24901-1", "CT guided injection, sacroiliac joint"},
          {"ServiceRequest", "s2", "http://loinc.org", "28561-9", "XR Pelvis Views"},
          {"ServiceRequest", "s3", "http://loinc.org", "24867-4", "MR Pelvis"}};
}

int Main(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const std::unique_ptr<Host> host = OpenHost(/*in_process=*/true);
  std::vector<WorkedCase> cases = AllWorkedCases();
  WorkedCase& example = cases.emplace_back();
  example.name = "runner";
  std::ifstream file(std::string(kSourceFolder) + "/docs/examples/runner.case.json", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!google::protobuf::util::JsonStringToMessage(text, &example.value).ok()) {
    std::cerr << "docs/examples/runner.case.json is no Case\n";
    return 1;
  }
  int written = 0;
  for (const WorkedCase& one : cases) {
    CdsOptions options;
    options.service_prefix = "sij";
    options.source_url = "https://condyle.example/about";
    options.source_icon = "https://condyle.example/icon.png";
    options.intake_url = "https://condyle.example/intake?call={hookInstance}";
    options.now = [moment = MomentOf(one.value)] { return moment; };
    const auto hooks = CdsHooks::Make(*host, options);
    if (!hooks.ok()) {
      std::cerr << hooks.status() << "\n";
      return 1;
    }
    if (written == 0 && !Write(folder / "discovery.json", (*hooks)->Discovery().body)) return 1;
    for (const std::string& hook : CdsHookNames()) {
      const CdsReply reply = (*hooks)->Call("sij-" + hook, CdsCall(one.value, host->Manifests(), hook, Orders()), {});
      // Patients whose findings contradict each other are refused; there is no card to judge.
      if (reply.status == 422) continue;
      if (reply.status != 200) {
        std::cerr << one.name << ", " << hook << ": " << reply.status << "\n" << reply.body;
        return 1;
      }
      std::string name = one.name + "." + hook + ".response.json";
      std::replace(name.begin(), name.end(), '/', '.');
      if (!Write(folder / name, reply.body)) return 1;
      ++written;
    }
  }
  std::cout << written << " responses to " << cases.size() << " patients\n";
  return 0;
}

}  // namespace
}  // namespace condyle::tests

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: condyle_cds_responses FOLDER\n";
    return 2;
  }
  return condyle::tests::Main(argv[1]);
}
