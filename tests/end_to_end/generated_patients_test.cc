// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What must hold for every patient, on thousands that were drawn with fixed seeds. properties_test.cc holds the same
// and more on the worked patients, where every finding is left out and every flag is raised in turn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "host/report/report.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"

namespace condyle::tests {
namespace {

using ::testing::IsEmpty;

// Each seed draws this many patients that the host does not refuse. The seeds are part of the tests. Sanitizers, which
// look for other faults and are many times slower, see the first of them.
#if defined(__SANITIZE_ADDRESS__)
constexpr int kPatientsPerSeed = 50;
#else
constexpr int kPatientsPerSeed = 750;
#endif
constexpr uint32_t kSeeds[] = {1, 2, 3, 4};

constexpr char kPri[] = "pri_asymmetry_exercises";

class GeneratedPatients : public ::testing::TestWithParam<uint32_t> {
 protected:
  GeneratedPatients() : random_(GetParam()) {}

  // Null if the host refuses the patient.
  static std::unique_ptr<v1::Consultation> Ask(Host& host, const v1::Case& patient) {
    ConsultOptions options;
    options.question_budget = std::chrono::milliseconds(0);  // inquiry_test.cc has the ranking
    Outcome outcome = host.Consult(patient, options);
    return outcome.consultation ? std::make_unique<v1::Consultation>(*std::move(outcome.consultation)) : nullptr;
  }
  std::unique_ptr<v1::Consultation> Ask(const v1::Case& patient) { return Ask(*host_, patient); }

  using Check = std::function<void(const v1::Case&, const v1::Consultation&)>;
  // Draws until enough patients were answered by `host`.
  void ForEachPatient(Host& host, const Check& check) {
    std::vector<v1::Case> seeds;
    for (const WorkedCase& one : AllWorkedCases()) seeds.push_back(one.value);
    PatientGenerator generator(InputsOf(host_->Manifests()), seeds, GetParam());
    int answered = 0, drawn = 0;
    while (answered < kPatientsPerSeed && drawn < 20 * kPatientsPerSeed && !HasFailure()) {
      ++drawn;
      const v1::Case patient = generator.Next();
      const auto consultation = Ask(host, patient);
      if (consultation == nullptr) continue;
      ++answered;
      SCOPED_TRACE(patient.ShortDebugString());
      check(patient, *consultation);
    }
    EXPECT_TRUE(HasFailure() || answered == kPatientsPerSeed) << "nearly all drawn patients were refused";
    RecordProperty("patients", answered);
    std::cout << "seed " << GetParam() << ": " << answered << " patients of " << drawn << " drawn\n";
  }

  // From 0 to below `end`; the same on every platform.
  int Draw(int end) { return static_cast<int>(random_() % static_cast<uint32_t>(end)); }

  const std::unique_ptr<Host> host_ = OpenHost(true);
  std::mt19937 random_;
};
INSTANTIATE_TEST_SUITE_P(Seeds, GeneratedPatients, ::testing::ValuesIn(kSeeds));

TEST_P(GeneratedPatients, AnAddedRedFlagNeverLowersTheUrgency) {
  std::vector<v1::Input> flags;
  for (const v1::Input& input : InputsOf(host_->Manifests())) {
    if (input.key().rfind("red_flag.", 0) == 0 && input.type() == v1::INPUT_TYPE_BOOLEAN) flags.push_back(input);
  }
  ASSERT_GT(flags.size(), 20u);
  int raised = 0;
  ForEachPatient(*host_, [&](const v1::Case& patient, const v1::Consultation& before) {
    for (int i = 0; i < 3; ++i) {
      const v1::Input& input = flags[static_cast<size_t>(Draw(static_cast<int>(flags.size())))];
      v1::Finding flag;
      flag.set_key(input.key());
      flag.set_present(true);
      if (input.sided()) flag.set_side(Draw(2) == 0 ? v1::SIDE_LEFT : v1::SIDE_RIGHT);
      v1::Case flagged = patient;
      Put(flag, &flagged);
      const auto after = Ask(flagged);
      if (after == nullptr) continue;  // contradicts what this patient said
      EXPECT_GE(after->urgency(), before.urgency()) << "with " << input.key();
      raised += after->urgency() > before.urgency() ? 1 : 0;
    }
  });
  EXPECT_GT(raised, kPatientsPerSeed / 10) << "flags hardly raise the urgency of anybody";
}

TEST_P(GeneratedPatients, LessInformationNeverMakesAnOpenQuestionNegative) {
  ForEachPatient(*host_, [&](const v1::Case& patient, const v1::Consultation& before) {
    if (patient.findings().empty()) return;
    // One finding less, then several.
    for (const int removed : {1, 1 + Draw(8)}) {
      v1::Case without = patient;
      std::string names;
      for (int i = 0; i < removed && !without.findings().empty(); ++i) {
        const int at = Draw(without.findings_size());
        names += " " + without.findings(at).ShortDebugString();
        without.mutable_findings()->DeleteSubrange(at, 1);
      }
      const auto after = Ask(without);
      ASSERT_NE(after, nullptr) << "without" << names;
      for (const v1::Assessment& answer : after->assessments()) {
        const v1::Assessment* full = FindAssessment(before, answer.plugin_id());
        ASSERT_NE(full, nullptr);
        EXPECT_FALSE(full->status() == v1::STATUS_INSUFFICIENT_DATA && answer.status() == v1::STATUS_NEGATIVE)
            << answer.plugin_id() << " was undecided and becomes negative without" << names;
      }
      if (before.urgency() > v1::URGENCY_SELF_CARE) {
        EXPECT_GE(after->urgency(), v1::URGENCY_ROUTINE) << "without" << names;
      }
    }
  });
}

TEST_P(GeneratedPatients, SwappingLeftAndRightSwapsTheSidesAndNothingElse) {
  // Without the PRI exercises: their pattern of the left is none of the right; properties_test.cc has them.
  HostOptions options;
  options.in_process = true;
  options.plugins = PluginFiles({kPri});
  const std::unique_ptr<Host> host = OpenHost(options);
  ForEachPatient(*host, [&](const v1::Case& patient, const v1::Consultation& before) {
    const auto after = Ask(*host, SwapSides(patient));
    ASSERT_NE(after, nullptr);
    EXPECT_EQ(Difference(Canonical(WithoutNamedSides(before), Sides::kSwapped),
                         Canonical(WithoutNamedSides(*after), Sides::kAsTheyAre)),
              "");
  });
}

TEST_P(GeneratedPatients, OrderOfTheFindingsDoesNotMatter) {
  ForEachPatient(*host_, [&](const v1::Case& patient, const v1::Consultation& before) {
    v1::Case shuffled = patient;
    for (int i = shuffled.findings_size() - 1; i > 0; --i) {
      shuffled.mutable_findings()->SwapElements(i, Draw(i + 1));
    }
    const auto after = Ask(shuffled);
    ASSERT_NE(after, nullptr);
    EXPECT_EQ(Difference(Canonical(WithoutOrder(before), Sides::kAsTheyAre),
                         Canonical(WithoutOrder(*after), Sides::kAsTheyAre)),
              "");
  });
}

// Letters and digits only, so that line breaks and escapes do not hide a text.
std::string Bare(const std::string& text) {
  std::string bare;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) bare += c;
  }
  return bare;
}

TEST_P(GeneratedPatients, WithheldAdviceLeaksIntoNoFormat) {
  int withheld = 0;
  ForEachPatient(*host_, [&](const v1::Case&, const v1::Consultation& consultation) {
    if (consultation.withheld().empty()) return;
    std::set<std::string> active;
    for (const v1::Recommendation& advice : consultation.recommendations()) {
      active.insert({advice.text(), advice.patient_text()});
    }
    // What remains of a format when the list of withheld advice is taken out must not hold a word of it.
    v1::Consultation rest = consultation;
    rest.clear_withheld();
    for (const std::string& rendered : {ToText(rest, TextOptions()), ToJson(rest), ToHtml(rest)}) {
      const std::string bare = Bare(rendered);
      for (const v1::Withheld& one : consultation.withheld()) {
        for (const std::string& text : {one.recommendation().text(), one.recommendation().patient_text()}) {
          if (active.contains(text)) continue;  // given for another side or time too
          // Up to the first character that a format escapes.
          const std::string plain = Bare(text.substr(0, text.find_first_of("\"'&<>")));
          if (plain.size() < 20) continue;
          EXPECT_EQ(bare.find(plain), std::string::npos) << one.recommendation().id() << " leaks";
        }
        ++withheld;
      }
    }
    for (const v1::Assessment& answer : consultation.assessments()) {
      EXPECT_THAT(answer.recommendations(), IsEmpty()) << answer.plugin_id();
    }
  });
  EXPECT_GT(withheld, kPatientsPerSeed);
}

// As message, so in JSON, and as text. The words that HTML adds do not depend on the patient: html_report_test.cc.
TEST_P(GeneratedPatients, NoTextHasAWordingThatIsNeverSaid) {
  WordingCheck wording(NeverSay());
  ForEachPatient(*host_, [&](const v1::Case&, const v1::Consultation& consultation) {
    EXPECT_THAT(wording.Faults(consultation), IsEmpty());
  });
}

TEST_P(GeneratedPatients, EveryProbabilityScoreAndRiskLiesWithinItsRange) {
  int probabilities = 0;
  const auto check = [&](const v1::Conclusion& conclusion) {
    if (!conclusion.has_probability()) return;
    const v1::Probability& p = conclusion.probability();
    EXPECT_LE(0, p.low()) << conclusion.text();
    EXPECT_LE(p.low(), p.point()) << conclusion.text();
    EXPECT_LE(p.point(), p.high()) << conclusion.text();
    EXPECT_LE(p.high(), 1) << conclusion.text();
    EXPECT_THAT(p.citations(), testing::Not(IsEmpty())) << conclusion.text();
    EXPECT_FALSE(p.basis().empty()) << conclusion.text();
    ++probabilities;
  };
  ForEachPatient(*host_, [&](const v1::Case&, const v1::Consultation& consultation) {
    for (const v1::Differential& line : consultation.differential()) check(line.conclusion());
    for (const v1::Assessment& answer : consultation.assessments()) {
      for (const v1::Conclusion& conclusion : answer.conclusions()) check(conclusion);
      for (const v1::Score& score : answer.scores()) {
        EXPECT_LE(score.low(), score.high()) << score.id();
        EXPECT_LE(score.high(), score.maximum()) << score.id();
        EXPECT_TRUE(score.band().empty() || !score.text().empty()) << score.id();
      }
      for (const v1::Risk& risk : answer.risks()) EXPECT_LE(risk.lowest(), risk.highest()) << risk.id();
      for (const v1::Evidence& evidence : answer.evidence()) {
        const v1::LikelihoodRatio& ratio = evidence.likelihood_ratio();
        if (ratio.high() == 0) continue;  // the source gives no interval
        EXPECT_LE(ratio.low(), ratio.point()) << evidence.key();
        EXPECT_LE(ratio.point(), ratio.high()) << evidence.key();
      }
    }
  });
  EXPECT_GT(probabilities, kPatientsPerSeed / 10);
}

TEST_P(GeneratedPatients, EveryConsultationKeepsTheRules) {
  const std::vector<v1::PluginManifest> manifests = host_->Manifests();
  ForEachPatient(*host_, [&](const v1::Case&, const v1::Consultation& consultation) {
    EXPECT_THAT(consultation.plugin_failures(), IsEmpty());
    EXPECT_THAT(BrokenRules(consultation, manifests), IsEmpty());
  });
}

}  // namespace
}  // namespace condyle::tests
