// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What every plugin must answer like, whatever its condition: over all worked patients and many drawn ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "condyle/v1/assessment.pb.h"
#include "tests/conformance/assessor.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

// The seeds are part of the tests: the same patients each time.
constexpr uint32_t kPatientSeed = 1234567;
constexpr uint32_t kChangeSeed = 7654321;
constexpr int kDrawnPatients = 600;
// Patients that are tried to find one in which an input, or an id, matters. Most are found with the first few.
constexpr int kSearchedPatients = 4000;

std::vector<v1::Case> WorkedPatients() {
  std::vector<v1::Case> patients;
  for (const WorkedCase& one : AllWorkedCases()) patients.push_back(one.value);
  return patients;
}

class Answers : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(catalog().plugins, Not(IsEmpty())) << "no plugin was built"; }

  const PluginCatalog& catalog() const { return assessor_.catalog(); }
  size_t plugins() const { return catalog().plugins.size(); }
  const v1::PluginManifest& manifest(size_t plugin) const { return catalog().plugins[plugin].manifest; }

  std::vector<v1::Input> Inputs() const {
    std::vector<v1::Input> inputs;
    for (const CatalogInput& input : catalog().inputs.inputs()) inputs.push_back(input.input);
    return inputs;
  }

  // Worked patients, then drawn ones; only those that intake accepts.
  std::vector<v1::Case> Patients(int drawn) const {
    std::vector<v1::Case> patients = WorkedPatients();
    PatientGenerator generator(Inputs(), patients, kPatientSeed);
    for (int i = 0; i < drawn; ++i) patients.push_back(generator.Next());
    patients.erase(std::remove_if(patients.begin(), patients.end(),
                                  [this](const v1::Case& patient) { return !assessor_.Prepare(patient).has_value(); }),
                   patients.end());
    EXPECT_GT(patients.size(), static_cast<size_t>(drawn) / 3) << "nearly all drawn patients were refused";
    return patients;
  }

  v1::Assessment Parse(const std::string& bytes) const {
    v1::Assessment assessment;
    EXPECT_TRUE(assessment.ParseFromString(bytes));
    return assessment;
  }

  Assessor assessor_;
};

// Every citation key that an answer names, wherever it stands.
void CollectCitations(const v1::Assessment& answer, std::set<std::string>* keys) {
  const auto add = [keys](const auto& citations) { keys->insert(citations.begin(), citations.end()); };
  for (const v1::Conclusion& c : answer.conclusions()) {
    add(c.citations());
    add(c.probability().citations());
    for (const v1::Criterion& criterion : c.criteria()) add(criterion.citations());
  }
  for (const v1::Evidence& e : answer.evidence()) add(e.citations());
  for (const v1::Recommendation& r : answer.recommendations()) add(r.citations());
  for (const v1::Constraint& c : answer.constraints()) add(c.citations());
  for (const v1::Risk& r : answer.risks()) add(r.citations());
  for (const v1::Score& s : answer.scores()) add(s.citations());
  for (const v1::Stage& s : answer.pathway()) {
    add(s.citations());
    for (const v1::Criterion& criterion : s.leave_when()) add(criterion.citations());
    for (const v1::Criterion& criterion : s.escalate_when()) add(criterion.citations());
  }
}

TEST_F(Answers, CiteAndRecommendOnlyWhatTheManifestLists) {
  const std::vector<v1::Case> patients = Patients(kDrawnPatients);
  for (size_t i = 0; i < plugins(); ++i) {
    const v1::PluginManifest& m = manifest(i);
    std::set<std::string> listed, inputs = {"patient.age", "patient.sex"};
    for (const v1::Citation& citation : m.citations()) listed.insert(citation.key());
    for (const v1::Input& input : m.inputs()) inputs.insert(input.key());
    const std::set<std::string> emits(m.emits().begin(), m.emits().end());

    std::set<std::string> cited, recommended, named;
    for (const v1::Case& patient : patients) {
      const v1::Assessment answer = Parse(assessor_.Ask(i, *assessor_.Prepare(patient)));
      EXPECT_EQ(answer.plugin_id(), m.id());
      EXPECT_EQ(answer.plugin_version(), m.version());
      EXPECT_NE(answer.status(), v1::STATUS_UNSPECIFIED) << m.id();
      EXPECT_NE(answer.urgency(), v1::URGENCY_UNSPECIFIED) << m.id();
      CollectCitations(answer, &cited);
      for (const v1::Recommendation& r : answer.recommendations()) {
        recommended.insert(r.id());
        EXPECT_THAT(r.citations(), Not(IsEmpty())) << m.id() << ": " << r.id();
        EXPECT_THAT(r.tags(), Not(IsEmpty())) << m.id() << ": " << r.id();
      }
      for (const v1::Evidence& e : answer.evidence()) named.insert(e.key());
      for (const v1::MissingInput& missing : answer.missing_inputs()) named.insert(missing.key());
      for (const v1::Score& score : answer.scores()) {
        for (const v1::ScoreItem& item : score.items()) {
          if (!item.missing_key().empty()) named.insert(item.missing_key());
        }
      }
    }
    for (const std::string& key : cited) EXPECT_EQ(listed.count(key), 1u) << m.id() << " cites " << key;
    for (const std::string& id : recommended) EXPECT_EQ(emits.count(id), 1u) << m.id() << " recommends " << id;
    for (const std::string& key : named) EXPECT_EQ(inputs.count(key), 1u) << m.id() << " names the input " << key;
    EXPECT_THAT(cited, Not(IsEmpty())) << m.id();
  }
}

TEST_F(Answers, ToPainAloneAreNeverNegative) {
  for (v1::Sex sex : {v1::SEX_UNSPECIFIED, v1::SEX_FEMALE, v1::SEX_MALE}) {
    v1::Case patient;
    patient.set_as_of("2026-05-01T09:00:00Z");
    if (sex != v1::SEX_UNSPECIFIED) patient.mutable_patient()->set_sex(sex);
    v1::Finding* pain = patient.add_findings();
    pain->set_key("pain.present");
    pain->set_present(true);
    const auto requests = assessor_.Prepare(patient);
    ASSERT_TRUE(requests.has_value());
    for (size_t i = 0; i < plugins(); ++i) {
      const v1::Status status = Parse(assessor_.Ask(i, *requests)).status();
      EXPECT_TRUE(status == v1::STATUS_INSUFFICIENT_DATA || status == v1::STATUS_NOT_APPLICABLE)
          << manifest(i).id() << ", " << v1::Sex_Name(sex) << ": " << v1::Status_Name(status);
    }
  }
}

TEST_F(Answers, ToNothingAtAllAreNeverNegative) {
  v1::Case patient;
  patient.set_as_of("2026-05-01T09:00:00Z");
  const auto requests = assessor_.Prepare(patient);
  ASSERT_TRUE(requests.has_value());
  for (size_t i = 0; i < plugins(); ++i) {
    const v1::Status status = Parse(assessor_.Ask(i, *requests)).status();
    EXPECT_TRUE(status == v1::STATUS_INSUFFICIENT_DATA || status == v1::STATUS_NOT_APPLICABLE)
        << manifest(i).id() << ": " << v1::Status_Name(status);
  }
}

TEST_F(Answers, AreTheSameBytesAgainAndInAnotherOrder) {
  const std::vector<v1::Case> patients = Patients(kDrawnPatients / 4);
  std::vector<Requests> requests;
  for (const v1::Case& patient : patients) requests.push_back(*assessor_.Prepare(patient));
  for (size_t i = 0; i < plugins(); ++i) {
    std::vector<std::string> first;
    for (const Requests& one : requests) first.push_back(assessor_.Ask(i, one));
    const auto fresh = assessor_.NewInstance(i);
    for (size_t at = requests.size(); at-- > 0;) {
      EXPECT_EQ(assessor_.Ask(i, requests[at]), first[at]) << manifest(i).id();
      EXPECT_EQ(AskInstance(*fresh, i, requests[at]), first[at]) << manifest(i).id() << ", another instance";
    }
  }
}

TEST_F(Answers, AreTheSameBytesOnManyThreads) {
  constexpr int kThreads = 4;
  const std::vector<v1::Case> patients = Patients(kDrawnPatients / 8);
  std::vector<Requests> requests;
  for (const v1::Case& patient : patients) requests.push_back(*assessor_.Prepare(patient));
  std::vector<std::vector<std::string>> expected(plugins());
  for (size_t i = 0; i < plugins(); ++i) {
    for (const Requests& one : requests) expected[i].push_back(assessor_.Ask(i, one));
  }
  std::vector<std::string> problems(kThreads);
  std::vector<std::thread> threads;
  for (std::string& problem : problems) {
    threads.emplace_back([&] {
      try {
        for (size_t i = 0; i < plugins(); ++i) {
          const auto instance = assessor_.NewInstance(i);
          for (size_t at = 0; at < requests.size(); ++at) {
            if (AskInstance(*instance, i, requests[at]) != expected[i][at])
              problem = manifest(i).id() + " answers otherwise";
          }
        }
      } catch (const std::exception& error) {
        problem = error.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& problem : problems) EXPECT_THAT(problem, IsEmpty());
}

// unread.tsv: what these searches need not find, with the reason.
class Exceptions {
 public:
  Exceptions() {
    std::istringstream lines(ReadFile(std::string(kSourceFolder) + "/tests/conformance/unread.tsv"));
    std::string line;
    while (std::getline(lines, line)) {
      if (line.empty() || line[0] == '#') continue;
      std::istringstream cells(line);
      std::string plugin, name, reason;
      std::getline(cells, plugin, '\t');
      std::getline(cells, name, '\t');
      std::getline(cells, reason, '\t');
      EXPECT_THAT(reason, Not(IsEmpty())) << "unread.tsv: no reason in: " << line;
      listed_.emplace(plugin, name);
    }
  }
  bool Has(const std::string& plugin, const std::string& name) const { return listed_.count({plugin, name}) != 0; }

 private:
  std::set<std::pair<std::string, std::string>> listed_;
};

// An input that changes no answer is asked for nothing. For each there must be a patient in whom another value of it
// changes the plugin's answer.
TEST_F(Answers, DependOnEveryInputThatTheManifestDeclares) {
  const Exceptions exceptions;
  const std::vector<v1::Case> worked = WorkedPatients();
  for (size_t i = 0; i < plugins(); ++i) {
    checker::UnreadInputs unread(manifest(i), kChangeSeed);
    const auto ask = [&](const v1::Case& patient) -> std::optional<std::string> {
      const auto requests = assessor_.Prepare(patient);
      return requests ? std::optional(assessor_.Ask(i, *requests)) : std::nullopt;
    };
    PatientGenerator generator(Inputs(), worked, kPatientSeed);
    for (size_t n = 0; n < kSearchedPatients && !unread.left().empty(); ++n) {
      unread.Try(n < worked.size() ? worked[n] : generator.Next(), ask);
    }
    for (const std::string& key : unread.left()) {
      EXPECT_TRUE(exceptions.Has(manifest(i).id(), key))
          << manifest(i).id() << " declares " << key << ", and no patient was found in whom it changes the answer";
    }
  }
}

// Advice that nobody ever gets is none.
TEST_F(Answers, GiveEveryRecommendationToSomePatient) {
  const Exceptions exceptions;
  std::vector<std::set<std::string>> never(plugins());
  for (size_t i = 0; i < plugins(); ++i) never[i] = {manifest(i).emits().begin(), manifest(i).emits().end()};
  const std::vector<v1::Case> worked = WorkedPatients();
  PatientGenerator generator(Inputs(), worked, kPatientSeed);
  for (int n = 0; n < kSearchedPatients; ++n) {
    if (std::all_of(never.begin(), never.end(), [](const auto& ids) { return ids.empty(); })) break;
    const v1::Case patient = static_cast<size_t>(n) < worked.size() ? worked[static_cast<size_t>(n)] : generator.Next();
    const auto requests = assessor_.Prepare(patient);
    if (!requests) continue;
    for (size_t i = 0; i < plugins(); ++i) {
      if (never[i].empty()) continue;
      const v1::Assessment answer = Parse(assessor_.Ask(i, *requests));
      for (const v1::Recommendation& r : answer.recommendations()) never[i].erase(r.id());
    }
  }
  for (size_t i = 0; i < plugins(); ++i) {
    for (const std::string& id : never[i]) {
      EXPECT_TRUE(exceptions.Has(manifest(i).id(), id))
          << manifest(i).id() << " lists " << id << " under emits, and no patient was found who gets it";
    }
  }
}

}  // namespace
}  // namespace condyle::tests
