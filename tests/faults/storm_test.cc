// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A fault storm: about every 50 ms a random worker is killed, stopped for a while, or stopped for good, while several
// threads consult. Each outcome equals that of a calm run, or names who is missing and holds what they guard.
// CONDYLE_STORM_CONSULTATIONS (400), CONDYLE_STORM_THREADS (4) and CONDYLE_STORM_SEED (1) change it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "host/worker/sanitized.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/faults/processes.h"

namespace condyle::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::IsEmpty;

// Several times what a calm consultation takes on a busy machine.
constexpr milliseconds kDeadline{kSanitized ? 3000 : 500};
// Threads of this test have arenas of their own; a leak of 1 KiB per consultation shows in 10,000.
constexpr size_t kMostGrowthKib = 8192;

struct Patient {
  std::string name;
  v1::Case value;
  v1::Consultation calm;
  std::string calm_bytes;
};

// Strikes until it is told to stop.
class Storm {
 public:
  Storm(const Host& host, uint32_t seed)
      : host_(host), random_(seed), thread_([this](std::stop_token t) { Blow(t); }) {}

  void Stop() {
    thread_.request_stop();
    thread_.join();
  }
  int kills() const { return kills_; }
  int stops() const { return stops_; }
  int hangs() const { return hangs_; }

 private:
  uint32_t Draw(uint32_t end) { return static_cast<uint32_t>(random_() % end); }

  void Blow(const std::stop_token& stop) {
    std::vector<ProcessHandle> stopped;
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(milliseconds(25 + Draw(51)));
      for (const ProcessHandle& one : stopped) one.Signal(SIGCONT);
      stopped.clear();
      const std::vector<pid_t> workers = host_.WorkerPids();
      if (workers.empty()) continue;
      ProcessHandle worker(workers[Draw(static_cast<uint32_t>(workers.size()))], getpid());
      switch (Draw(3)) {
        case 0:
          kills_ += worker.Signal(SIGKILL);
          break;
        case 1:
          stops_ += worker.Signal(SIGSTOP);
          stopped.push_back(std::move(worker));
          break;
        default:
          hangs_ += worker.Signal(SIGSTOP);  // until the host ends it
      }
    }
    for (const ProcessHandle& one : stopped) one.Signal(SIGCONT);
  }

  const Host& host_;
  std::mt19937 random_;
  int kills_ = 0;
  int stops_ = 0;
  int hangs_ = 0;
  std::jthread thread_;
};

struct Tally {
  int64_t returned = 0;
  int64_t incomplete = 0;
  int64_t asked_again = 0;
  std::map<std::string, int64_t> failures;     // by kind
  std::map<std::string, std::string> example;  // of each kind
  std::vector<double> milliseconds;
  std::vector<std::string> wrong;

  double Percentile(double p) {
    std::sort(milliseconds.begin(), milliseconds.end());
    return milliseconds[static_cast<size_t>(p * static_cast<double>(milliseconds.size() - 1))];
  }
};

int64_t TakeRestarts(v1::Consultation* consultation) {
  int64_t restarts = 0;
  for (v1::PluginRun& run : *consultation->mutable_receipt()->mutable_plugins()) {
    restarts += run.restarts();
    run.clear_restarts();
  }
  return restarts;
}

bool IsHeldByHost(const v1::Consultation& consultation, const std::string& tag) {
  return std::any_of(consultation.holds().begin(), consultation.holds().end(), [&](const v1::Hold& hold) {
    return hold.by() == "condyle" && hold.tag() == tag && hold.effect() == v1::EFFECT_HOLD;
  });
}

// What is wrong with an outcome that is not the calm one.
std::vector<std::string> FaultsOfIncomplete(const v1::Consultation& torn, const Patient& patient,
                                            const std::vector<v1::PluginManifest>& manifests) {
  std::vector<std::string> faults =
      BrokenRules(torn, manifests);  // exactly those that are missing are named, and so on
  if (torn.plugin_failures().empty()) faults.push_back("it differs from the calm run and names nobody");
  if (torn.urgency() < v1::URGENCY_ROUTINE) faults.push_back("its urgency is below routine");
  for (const v1::PluginManifest& manifest : manifests) {
    const v1::PluginFailure* failure = FindFailure(torn, manifest.id());
    const v1::Assessment* answer = FindAssessment(torn, manifest.id());
    const v1::Assessment* before = FindAssessment(patient.calm, manifest.id());
    if (failure == nullptr) {
      if (answer == nullptr || before == nullptr || answer->SerializeAsString() != before->SerializeAsString()) {
        faults.push_back(manifest.id() + " has another answer than in the calm run");
      }
      continue;
    }
    const bool by_storm = failure->kind() == v1::FAILURE_KIND_CRASHED || failure->kind() == v1::FAILURE_KIND_DEADLINE ||
                          failure->kind() == v1::FAILURE_KIND_LOAD || failure->kind() == v1::FAILURE_KIND_SUSPENDED;
    if (!by_storm) faults.push_back(manifest.id() + " failed otherwise: " + failure->ShortDebugString());
    if (manifest.role() != v1::PLUGIN_ROLE_SAFETY_SCREEN) continue;
    for (const std::string& tag : manifest.guards()) {
      if (!IsHeldByHost(torn, tag)) faults.push_back(manifest.id() + " failed and the host does not hold " + tag);
    }
  }
  return faults;
}

class FaultStorm : public ::testing::Test {
 protected:
  FaultStorm() {
    HostOptions options;
    options.deadline = options.consultation_deadline = kDeadline;
    options.parallel = threads_;
    host_ = OpenHost(options);
    manifests_ = host_->Manifests();
    const std::unique_ptr<Host> calm = OpenHost(false);
    for (WorkedCase& one : AllWorkedCases()) {
      Outcome outcome = calm->Consult(one.value);
      if (!outcome.consultation) continue;  // one that is to be refused
      EXPECT_THAT(outcome.consultation->plugin_failures(), IsEmpty()) << one.name;
      std::string bytes = outcome.consultation->SerializeAsString();
      patients_.push_back({one.name, std::move(one.value), *std::move(outcome.consultation), std::move(bytes)});
    }
  }

  // All threads, so many consultations together.
  Tally Consult(int64_t consultations) {
    Tally tally;
    std::mutex mutex;
    std::atomic<int64_t> next{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < threads_; ++t) {
      threads.emplace_back([&] {
        for (int64_t i = next++; i < consultations; i = next++) {
          const Patient& patient = patients_[static_cast<size_t>(i) % patients_.size()];
          const auto begin = steady_clock::now();
          Outcome outcome = host_->Consult(patient.value);
          const std::chrono::duration<double, std::milli> took = steady_clock::now() - begin;
          const std::lock_guard<std::mutex> lock(mutex);
          tally.milliseconds.push_back(took.count());
          Judge(patient, outcome, &tally);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    return tally;
  }

  void Judge(const Patient& patient, Outcome& outcome, Tally* tally) const {
    if (!outcome.consultation) {
      tally->wrong.push_back(patient.name + ": there is no consultation");
      return;
    }
    ++tally->returned;
    v1::Consultation& got = outcome.consultation.Mutable();
    tally->asked_again += TakeRestarts(&got);
    if (got.SerializeAsString() == patient.calm_bytes) return;
    ++tally->incomplete;
    for (const v1::PluginFailure& failure : got.plugin_failures()) {
      ++tally->failures[v1::FailureKind_Name(failure.kind())];
      tally->example[v1::FailureKind_Name(failure.kind())] = failure.message();
    }
    for (const std::string& fault : FaultsOfIncomplete(got, patient, manifests_)) {
      tally->wrong.push_back(patient.name + ": " + fault);
    }
  }

  uint64_t WorkerStarts() const {
    uint64_t starts = 0;
    for (const PluginHealth& one : host_->Health()) starts += one.worker_starts;
    return starts;
  }

  // Every set of workers is used again, so that what died in it is replaced. False if that takes too long.
  bool Recover() {
    const size_t whole = manifests_.size() * static_cast<size_t>(threads_);
    for (int i = 0; i < 100; ++i) {
      Consult(8 * threads_);
      const Holdings now = Look();
      if (now.zombies == 0 && now.children == whole) return true;
    }
    return false;
  }

  static void Print(const char* name, Tally& tally) {
    std::printf("%-6s %7lld consultations, %lld incomplete, %lld asked again; ms p50 %.1f, p99 %.1f, max %.1f\n", name,
                static_cast<long long>(tally.returned), static_cast<long long>(tally.incomplete),
                static_cast<long long>(tally.asked_again), tally.Percentile(0.5), tally.Percentile(0.99),
                tally.Percentile(1));
  }

  const int threads_ = static_cast<int>(Setting("CONDYLE_STORM_THREADS", 4));
  std::unique_ptr<Host> host_;
  std::vector<v1::PluginManifest> manifests_;
  std::vector<Patient> patients_;
};

TEST_F(FaultStorm, LosesNothingAndGetsNothingWrong) {
  const int64_t consultations = Setting("CONDYLE_STORM_CONSULTATIONS", 400);
  ASSERT_FALSE(patients_.empty());
  Consult(consultations / 4 + 1);  // warm
  ASSERT_TRUE(Recover());
  Tally calm = Consult(consultations);
  ASSERT_TRUE(Recover());
  const Holdings before = Look();
  const uint64_t starts_before = WorkerStarts();

  const auto seed = static_cast<uint32_t>(Setting("CONDYLE_STORM_SEED", 1));
  Storm storm(*host_, seed);
  Tally torn = Consult(consultations);
  storm.Stop();
  ASSERT_TRUE(Recover());
  const uint64_t restarts = WorkerStarts() - starts_before;
  const Holdings after = Look();
  Tally again = Consult(static_cast<int64_t>(patients_.size()));

  Print("calm", calm);
  Print("storm", torn);
  std::printf("strikes: %d killed, %d stopped for a while, %d for good; workers started: %llu\n", storm.kills(),
              storm.stops(), storm.hangs(), static_cast<unsigned long long>(restarts));
  for (const auto& [kind, count] : torn.failures) {
    std::printf("%lld of %s, such as: %s\n", static_cast<long long>(count), kind.c_str(), torn.example[kind].c_str());
  }
  std::printf("before: %s\nafter:  %s\n", InWords(before).c_str(), InWords(after).c_str());

  EXPECT_THAT(calm.wrong, IsEmpty());
  EXPECT_THAT(torn.wrong, IsEmpty());
  EXPECT_EQ(torn.returned, consultations);
  EXPECT_GT(storm.kills() + storm.stops() + storm.hangs(), 0);
  EXPECT_EQ(again.incomplete, 0) << "the storm is over";
  EXPECT_LE(after.descriptors, before.descriptors);
  EXPECT_LE(after.children, before.children);
  EXPECT_EQ(after.zombies, 0U);
  if (!kSanitized) {
    EXPECT_LE(after.resident_kib, before.resident_kib + kMostGrowthKib);
  }
}

}  // namespace
}  // namespace condyle::tests
