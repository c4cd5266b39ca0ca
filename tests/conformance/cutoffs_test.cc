// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The cutoffs of the manifests are all there are: between two of them no reading changes, and at each of them one does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "condyle/host/host.h"
#include "condyle/v1/consultation.pb.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

// The seeds are part of the tests: the same values and patients each time.
constexpr uint32_t kValueSeed = 20260501;
constexpr uint32_t kPatientSeed = 1234567;
// Patients drawn for the cutoffs that no worked patient shows.
constexpr int kDrawnPatients = 600;

// A quantity that is read together with another one, so that where its reading changes depends on the patient.
struct Derived {
  const char* key;
  // Recorded, to settle it; only in patients with `where` (empty: in all).
  const char* settled_by;
  double value;
  const char* where;
};
constexpr Derived kDerived[] = {
    // The age at onset is the age less the duration, unless it is recorded.
    {"pain.duration", "pain.onset_age", 30, ""},
    // A last period before the delivery belongs to an earlier pregnancy, unless the weeks are recorded.
    {"obstetric.days_since_delivery", "obstetric.gestational_age", 12, "obstetric.last_menstrual_period"},
};

// What a consultation says, without the numbers that it repeats. Sorted lines.
using Reading = std::set<std::string>;

template <typename Criteria>
std::string States(const Criteria& criteria) {
  std::string states;
  for (const v1::Criterion& criterion : criteria) states += std::to_string(criterion.state());
  return states;
}

// Of a likelihood ratio or a probability.
template <typename Range>
std::string Numbers(const Range& range) {
  return std::to_string(range.point()) + " " + std::to_string(range.low()) + " " + std::to_string(range.high());
}

Reading Read(const v1::Assessment& a) {
  Reading lines = {v1::Status_Name(a.status())};
  for (const v1::Conclusion& c : a.conclusions()) {
    lines.insert("concludes " + v1::Side_Name(c.side()) + " " + c.condition().code() + " " + c.text() + " " +
                 v1::Status_Name(c.status()) + " " + States(c.criteria()) + " " + Numbers(c.probability()));
  }
  for (const v1::Evidence& e : a.evidence()) {
    lines.insert("reads " + e.key() + " " + v1::Side_Name(e.side()) + " " + v1::Direction_Name(e.direction()) + " " +
                 Numbers(e.likelihood_ratio()));
  }
  for (const v1::MissingInput& m : a.missing_inputs()) lines.insert("asks " + m.key() + " " + v1::Side_Name(m.side()));
  for (const v1::Risk& r : a.risks()) {
    lines.insert("risk " + r.id() + " " + v1::RiskLevel_Name(r.lowest()) + " " + v1::RiskLevel_Name(r.highest()));
  }
  for (const v1::Score& s : a.scores()) lines.insert("score " + s.id() + " " + s.band());
  for (const v1::Stage& s : a.pathway()) {
    lines.insert("stage " + s.phase() + " " + v1::StageState_Name(s.state()) + " " + States(s.leave_when()) + " " +
                 States(s.escalate_when()));
  }
  for (std::string caveat : a.caveats()) {
    std::erase_if(caveat, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });  // may repeat the value
    lines.insert("caveat " + caveat);
  }
  return lines;
}

Reading Read(const v1::Consultation& c) {
  Reading lines = {"urgency " + v1::Urgency_Name(c.urgency())};
  for (const v1::Recommendation& r : c.recommendations()) lines.insert("advice " + r.id());
  for (const v1::Hold& h : c.holds())
    lines.insert("hold " + h.by() + " " + h.tag() + " " + v1::Effect_Name(h.effect()));
  for (const v1::Assessment& a : c.assessments()) {
    for (const std::string& line : Read(a)) lines.insert(a.plugin_id() + ": " + line);
  }
  return lines;
}

std::string Differences(const Reading& a, const Reading& b) {
  std::string text;
  for (const std::string& line : a) text += b.count(line) == 0 ? "\n  only first:  " + line : "";
  for (const std::string& line : b) text += a.count(line) == 0 ? "\n  only second: " + line : "";
  return text;
}

struct Interval {
  double low, high;
  std::vector<double> values;
};

// Of the possible range, parted at the cutoffs: values just inside of both ends, and one of several between; the ends
// of the range themselves where they are no cutoffs.
std::vector<Interval> Intervals(const v1::Input& input, std::mt19937& random) {
  std::vector<double> edges = {input.min()};
  for (double cutoff : input.cutoffs()) edges.push_back(cutoff);
  edges.push_back(input.max());
  std::vector<Interval> intervals;
  for (size_t i = 0; i + 1 < edges.size(); ++i) {
    const double low = edges[i], high = edges[i + 1];
    if (!(low < high)) continue;
    const double inside = 1e-6 * std::max(1.0, std::max(std::abs(low), std::abs(high)));
    // Ranges are of the possible; what is usual lies near their lower end.
    const double part = static_cast<double>(1 + random() % 999) / 1000;
    const double between = low + (high - low) * (random() % 2 == 0 ? part : part * part * part);
    Interval interval{low, high, {low + inside, high - inside}};
    if (between > low && between < high) interval.values.push_back(between);
    if (i == 0) interval.values.push_back(low);
    if (i + 2 == edges.size()) interval.values.push_back(high);
    intervals.push_back(std::move(interval));
  }
  return intervals;
}

class Cutoffs : public ::testing::Test {
 protected:
  static std::vector<v1::Input> Quantities(const Host& host) {
    std::vector<v1::Input> quantities;
    for (const v1::Input& input : InputsOf(host.Manifests())) {
      if (input.type() == v1::INPUT_TYPE_QUANTITY) quantities.push_back(input);
    }
    return quantities;
  }

  static std::vector<v1::Side> SidesOf(const v1::Input& input) {
    return input.sided() ? std::vector<v1::Side>{v1::SIDE_LEFT, v1::SIDE_RIGHT}
                         : std::vector<v1::Side>{v1::SIDE_UNSPECIFIED};
  }

  // The patient with this value; what is derived from it settled. Empty if that cannot be.
  Reading With(const v1::Case& patient, const v1::Input& input, v1::Side side, double value) const {
    v1::Case changed = patient;
    for (const Derived& derived : kDerived) {
      if (input.key() != derived.key || Find(patient, derived.settled_by, v1::SIDE_UNSPECIFIED) != nullptr) continue;
      if (*derived.where != '\0' && Find(patient, derived.where, v1::SIDE_UNSPECIFIED) == nullptr) continue;
      Put(Quantity(derived.settled_by, v1::SIDE_UNSPECIFIED, derived.value), &changed);
    }
    Put(Quantity(input.key(), side, value), &changed);
    const Outcome outcome = host_->Consult(changed, options_);
    return outcome.consultation ? Read(*outcome.consultation) : Reading();
  }

  // In the own unit of the input, which an empty unit means.
  v1::Finding Quantity(const std::string& key, v1::Side side, double value) const {
    v1::Finding finding;
    finding.set_key(key);
    finding.set_side(side);
    finding.mutable_quantity()->set_value(value);
    finding.mutable_quantity()->set_unit(units_.at(key));
    return finding;
  }

  const std::unique_ptr<Host> host_ = OpenHost(/*in_process=*/true);
  const ConsultOptions options_ = {.question_budget = std::chrono::milliseconds(0)};
  const std::vector<v1::Input> quantities_ = Quantities(*host_);
  const std::map<std::string, std::string> units_ = [this] {
    std::map<std::string, std::string> units;
    for (const v1::Input& input : quantities_) units[input.key()] = input.unit();
    return units;
  }();
};

// A part of the worked patients, so that the parts can be tested at the same time.
class CutoffsOfPart : public Cutoffs, public ::testing::WithParamInterface<size_t> {};
constexpr size_t kParts = 4;

TEST_P(CutoffsOfPart, NothingChangesBetweenTwoOfThem) {
  std::mt19937 random(kValueSeed);
  int tried = 0;
  const std::vector<WorkedCase> patients = AllWorkedCases();
  for (size_t n = GetParam(); n < patients.size(); n += kParts) {
    const WorkedCase& patient = patients[n];
    for (const v1::Input& input : quantities_) {
      for (v1::Side side : SidesOf(input)) {
        for (const Interval& interval : Intervals(input, random)) {
          Reading first;
          double first_value = 0;
          for (double value : interval.values) {
            const Reading reading = With(patient.value, input, side, value);
            if (reading.empty()) continue;  // contradicts another finding
            ++tried;
            if (first.empty()) {
              first = reading;
              first_value = value;
            }
            ASSERT_TRUE(reading == first)
                << patient.name << ": " << input.key() << " lists no cutoff between " << interval.low << " and "
                << interval.high << ", and " << first_value << " is read otherwise than " << value
                << "; add the value at which it changes to the cutoffs of the input." << Differences(first, reading);
          }
        }
      }
    }
  }
  EXPECT_GT(tried, 1000) << "nearly all values were refused";
}

INSTANTIATE_TEST_SUITE_P(Patients, CutoffsOfPart, ::testing::Range(size_t{0}, kParts));

// Nobody among the worked patients had an MRI so soon.
v1::Case OedemaSoonAfterBirth() {
  v1::Case patient;
  patient.set_as_of("2026-05-01T09:00:00Z");
  patient.mutable_patient()->set_sex(v1::SEX_FEMALE);
  patient.mutable_patient()->set_age_years(31);
  v1::Finding* scan = patient.add_findings();
  scan->set_key("imaging.mri_sacroiliac");
  scan->set_code("oedema_only");
  return patient;
}

// unshown_cutoffs.tsv: cutoffs at which nothing changes that these tests compare, with the reason.
std::map<std::pair<std::string, double>, std::string> Unshown() {
  std::map<std::pair<std::string, double>, std::string> listed;
  std::istringstream lines(ReadFile(std::string(kSourceFolder) + "/tests/conformance/unshown_cutoffs.tsv"));
  std::string line;
  while (std::getline(lines, line)) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream cells(line);
    std::string key, cutoff, reason;
    std::getline(cells, key, '\t');
    std::getline(cells, cutoff, '\t');
    std::getline(cells, reason, '\t');
    EXPECT_THAT(reason, Not(IsEmpty())) << "unshown_cutoffs.tsv: no reason in: " << line;
    listed[{key, std::stod(cutoff)}] = reason;
  }
  return listed;
}

TEST_F(Cutoffs, EachChangesTheReadingOfSomePatient) {
  std::vector<std::pair<const v1::Input*, double>> open;
  for (const v1::Input& input : quantities_) {
    for (double cutoff : input.cutoffs()) open.emplace_back(&input, cutoff);
  }
  EXPECT_GT(open.size(), 30u);
  const auto listed = Unshown();

  std::vector<v1::Case> patients;
  for (const WorkedCase& one : AllWorkedCases()) patients.push_back(one.value);
  patients.push_back(OedemaSoonAfterBirth());
  PatientGenerator generator(InputsOf(host_->Manifests()), patients, kPatientSeed);
  for (size_t n = 0; n < kDrawnPatients && !open.empty(); ++n) {
    const v1::Case patient = n < patients.size() ? patients[n] : generator.Next();
    const auto shows = [&](const std::pair<const v1::Input*, double>& one) {
      const auto& [input, cutoff] = one;
      const double beside = 1e-6 * std::max(1.0, std::abs(cutoff));
      for (v1::Side side : SidesOf(*input)) {
        const Reading at = With(patient, *input, side, cutoff);
        if (at.empty()) continue;
        for (double value : {cutoff - beside, cutoff + beside}) {
          if (value < input->min() || value > input->max()) continue;
          const Reading reading = With(patient, *input, side, value);
          if (!reading.empty() && reading != at) return true;
        }
      }
      return false;
    };
    open.erase(std::remove_if(open.begin(), open.end(), shows), open.end());
    // Most patients show none of the few that are listed.
    if (std::all_of(open.begin(), open.end(), [&](const auto& one) {
          return listed.count({one.first->key(), one.second}) != 0;
        })) {
      break;
    }
  }
  std::set<std::pair<std::string, double>> unshown;
  for (const auto& [input, cutoff] : open) unshown.emplace(input->key(), cutoff);
  for (const auto& [key, cutoff] : unshown) {
    EXPECT_EQ(listed.count({key, cutoff}), 1u)
        << key << " lists the cutoff " << cutoff << ", and no patient was found whose reading changes there";
  }
  for (const auto& [one, reason] : listed) {
    EXPECT_EQ(unshown.count(one), 1u) << "unshown_cutoffs.tsv lists " << one.first << " " << one.second
                                      << ", which is no cutoff or changes a reading: take the line out";
  }
}

}  // namespace
}  // namespace condyle::tests
