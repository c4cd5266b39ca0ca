// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One plugin crashes again and again: the host keeps no process, descriptor or memory of it. CONDYLE_CRASHES says how
// often (300).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

#include "host/worker/sanitized.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/faults/processes.h"

namespace condyle::tests {
namespace {

// Of the first crashes some memory stays for the next.
constexpr int kWarmUp = 100;
// What an allocator may round to; less than 21 bytes for each of 100,000 crashes.
constexpr size_t kMostGrowthKib = 2048;

v1::Case Crashing() {
  v1::Case patient = ReadWorkedCases(kCaseFolder).front().value;
  v1::Finding* finding = patient.add_findings();
  finding->set_key("fixture.misbehave");
  finding->set_present(true);
  return patient;
}

TEST(CrashEndurance, ManyCrashesLeaveNothingBehind) {
  HostOptions options;
  options.plugins = {Fixture("crashes")};
  options.deadline = options.consultation_deadline = std::chrono::minutes(5);
  // Every consultation is to crash a worker, once.
  options.supervision.open_after = 0;
  options.supervision.ask_again = false;
  const std::unique_ptr<Host> host = OpenHost(options);
  const v1::Case patient = Crashing();
  const auto crash = [&] {
    const Outcome outcome = host->Consult(patient);
    return outcome.consultation.has_value() && outcome.consultation->plugin_failures_size() == 1 &&
           outcome.consultation->plugin_failures(0).kind() == v1::FAILURE_KIND_CRASHED;
  };
  for (int i = 0; i < kWarmUp; ++i) ASSERT_TRUE(crash()) << i;
  const Holdings before = Look();
  const int64_t crashes = Setting("CONDYLE_CRASHES", 300);
  Holdings most = before;
  const auto begin = std::chrono::steady_clock::now();
  for (int64_t i = 1; i <= crashes; ++i) {
    ASSERT_TRUE(crash()) << i;
    if (i % 100 != 0 && i != crashes) continue;
    const Holdings now = Look();
    ASSERT_LE(now.descriptors, before.descriptors) << "after " << i << " crashes";
    ASSERT_EQ(now.children, 0U) << "after " << i << " crashes";
    most.resident_kib = std::max(most.resident_kib, now.resident_kib);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const Holdings after = Look();
  if (!kSanitized) {
    EXPECT_LE(most.resident_kib, before.resident_kib + kMostGrowthKib);
  }
  EXPECT_EQ(host->Health()[0].worker_starts, static_cast<uint64_t>(crashes + kWarmUp));
  std::cout << crashes << " crashes in " << took.count() << " s, " << took.count() * 1000 / static_cast<double>(crashes)
            << " ms each\nbefore: " << InWords(before) << "\nafter:  " << InWords(after) << ", most "
            << most.resident_kib << " KiB\n";
}

}  // namespace
}  // namespace condyle::tests
