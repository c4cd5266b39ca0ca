// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Questions and what-ifs on the real plugins: what they foretell is what the host then says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"

namespace condyle::tests {
namespace {

class Inquiry : public ::testing::Test {
 protected:
  // Null if the host refuses the patient.
  std::unique_ptr<v1::Consultation> Consult(const v1::Case& value, int budget_ms) {
    ConsultOptions options;
    options.question_budget = std::chrono::milliseconds(budget_ms);
    Outcome outcome = host_->Consult(value, options);
    return outcome.consultation ? std::make_unique<v1::Consultation>(*std::move(outcome.consultation)) : nullptr;
  }

  const std::unique_ptr<Host> host_ = OpenHost(true);
};

// Sets a finding, or age and sex, as a hypothesis words it.
void Apply(const v1::Finding& finding, v1::Case* value) {
  if (finding.key() == "patient.sex") {
    v1::Sex sex = v1::SEX_UNSPECIFIED;
    v1::Sex_Parse(finding.code(), &sex);
    value->mutable_patient()->set_sex(sex);
  } else if (finding.key() == "patient.age") {
    value->mutable_patient()->set_age_years(finding.quantity().value());
  } else {
    Put(finding, value);
  }
}

void Remove(const v1::Finding& finding, v1::Case* value) {
  if (finding.key() == "patient.sex") {
    value->mutable_patient()->clear_sex();
  } else if (finding.key() == "patient.age") {
    value->mutable_patient()->clear_age();
  } else {
    for (int i = 0; i < value->findings_size(); ++i) {
      const v1::Finding& other = value->findings(i);
      if (other.key() == finding.key() && other.side() == finding.side()) {
        value->mutable_findings()->DeleteSubrange(i, 1);
        return;
      }
    }
  }
}

std::set<std::string> ActiveAdvice(const v1::Consultation& consultation) {
  std::set<std::string> ids;
  for (const v1::Recommendation& advice : consultation.recommendations()) ids.insert(advice.id());
  return ids;
}

// A what-if asks the plugins thousands of times: some patients, from different ones on in each test; fewer under
// sanitizers, which are many times slower.
std::vector<WorkedCase> Some(size_t from) {
#if defined(__SANITIZE_ADDRESS__)
  constexpr size_t kEach = 12;
#else
  constexpr size_t kEach = 3;
#endif
  std::vector<WorkedCase> some;
  std::vector<WorkedCase> all = AllWorkedCases();
  for (size_t i = from; i < all.size(); i += kEach) some.push_back(std::move(all[i]));
  return some;
}

// What the host says of `after`, against what was foretold of it from `before`. Empty if they agree.
std::string Disagreement(const v1::OutcomeChange& foretold, const v1::Consultation& before,
                         const v1::Consultation& after) {
  const v1::Urgency urgency = foretold.urgency() == v1::URGENCY_UNSPECIFIED ? before.urgency() : foretold.urgency();
  if (after.urgency() != urgency) {
    return "urgency " + v1::Urgency_Name(after.urgency()) + ", foretold " + v1::Urgency_Name(urgency);
  }
  for (const v1::Assessment& answer : after.assessments()) {
    v1::Status status = FindAssessment(before, answer.plugin_id())->status();
    for (const v1::StatusChange& change : foretold.statuses()) {
      if (change.plugin_id() == answer.plugin_id()) status = change.to();
    }
    if (answer.status() != status) return answer.plugin_id() + " " + v1::Status_Name(answer.status());
  }
  std::set<std::string> advice = ActiveAdvice(before);
  advice.insert(foretold.advice_added().begin(), foretold.advice_added().end());
  for (const std::string& id : foretold.advice_removed()) advice.erase(id);
  if (advice != ActiveAdvice(after)) return "other active advice than foretold";
  return "";
}

TEST_F(Inquiry, WhatAnAnswerIsSaidToChangeItChanges) {
  int effects = 0;
  for (const WorkedCase& one : AllWorkedCases()) {
    const auto before = Consult(one.value, /*budget_ms=*/60000);
    if (before == nullptr) continue;
    EXPECT_TRUE(before->inquiry().complete()) << one.name;
    for (const v1::NextQuestion& question : before->next_questions()) {
      for (const v1::AnswerEffect& effect : question.effects()) {
        v1::Case answered = one.value;
        Apply(effect.answer(), &answered);
        const auto after = Consult(answered, 0);
        ASSERT_NE(after, nullptr) << one.name << ": " << effect.answer().ShortDebugString() << " is not possible";
        EXPECT_EQ(Disagreement(effect.change(), *before, *after), "")
            << one.name << ": " << effect.answer().ShortDebugString();
        ++effects;
      }
    }
  }
  EXPECT_GT(effects, 500);
}

TEST_F(Inquiry, QuestionsOfAnOpenScreenComeFirstAndSafetyBeforeTheRest) {
  for (const WorkedCase& one : AllWorkedCases()) {
    const auto consultation = Consult(one.value, 60000);
    if (consultation == nullptr) continue;
    bool safety_over = false;
    for (const v1::NextQuestion& question : consultation->next_questions()) {
      EXPECT_FALSE(safety_over && question.safety()) << one.name << ": " << question.key() << " stands too low";
      safety_over |= !question.safety();
      for (const v1::AnswerEffect& effect : question.effects()) {
        EXPECT_TRUE(question.safety() || effect.change().urgency() <= consultation->urgency())
            << one.name << ": " << question.key() << " can raise the urgency";
      }
    }
  }
}

TEST_F(Inquiry, RankingChangesNothingButTheQuestions) {
  for (const WorkedCase& one : AllWorkedCases()) {
    const auto ranked = Consult(one.value, 60000);
    const auto plain = Consult(one.value, 0);
    ASSERT_EQ(ranked == nullptr, plain == nullptr) << one.name;
    if (ranked == nullptr) continue;
    std::set<std::string> asked;
    for (const v1::NextQuestion& question : ranked->next_questions()) {
      asked.insert(question.key() + v1::Side_Name(question.side()));
    }
    for (const v1::NextQuestion& question : plain->next_questions()) {
      EXPECT_TRUE(asked.contains(question.key() + v1::Side_Name(question.side())))
          << one.name << ": " << question.key() << " was lost";
    }
    ranked->clear_next_questions();
    ranked->clear_inquiry();
    plain->clear_next_questions();
    EXPECT_EQ(ranked->SerializeAsString(), plain->SerializeAsString()) << one.name;
  }
}

TEST_F(Inquiry, WhatIfsComeTrue) {
  int sets = 0;
  for (const WorkedCase& one : Some(0)) {
    const auto before = Consult(one.value, 0);
    if (before == nullptr) continue;
    WhatIfOptions options;
    options.budget = std::chrono::minutes(2);
    options.sets_per_target = 2;
    const WhatIfOutcome outcome = host_->WhatIf(one.value, options);
    ASSERT_TRUE(outcome.what_if) << one.name;
    EXPECT_TRUE(outcome.what_if->inquiry().complete()) << one.name;
    EXPECT_EQ(outcome.what_if->urgency(), before->urgency()) << one.name;
    for (const v1::Counterfactual& target : outcome.what_if->counterfactuals()) {
      for (const v1::ChangeSet& set : target.sets()) {
        v1::Case changed = one.value;
        for (const v1::ChangedFinding& change : set.changes()) {
          ASSERT_TRUE(change.has_to());
          Apply(change.to(), &changed);
        }
        const auto after = Consult(changed, 0);
        ASSERT_NE(after, nullptr) << one.name << ": a patient that cannot be: " << set.ShortDebugString();
        EXPECT_EQ(Disagreement(set.change(), *before, *after), "") << one.name << ": " << set.ShortDebugString();
        ++sets;
      }
    }
    for (const v1::Contribution& contribution : outcome.what_if->contributions()) {
      v1::Case without = one.value;
      Remove(contribution.finding(), &without);
      const auto after = Consult(without, 0);
      ASSERT_NE(after, nullptr) << one.name;
      EXPECT_EQ(Disagreement(contribution.change(), *before, *after), "")
          << one.name << ": without " << contribution.finding().ShortDebugString();
    }
  }
  EXPECT_GT(sets, 100);
}

TEST_F(Inquiry, NoChangeOfASetCanBeLeftOut) {
  for (const WorkedCase& one : Some(1)) {
    WhatIfOptions options;
    options.budget = std::chrono::minutes(2);
    options.sets_per_target = 1;
    const WhatIfOutcome outcome = host_->WhatIf(one.value, options);
    if (!outcome.what_if) continue;
    for (const v1::Counterfactual& target : outcome.what_if->counterfactuals()) {
      if (target.kind() != v1::TARGET_KIND_STATUS || target.sets(0).changes_size() < 2) continue;
      for (int left_out = 0; left_out < target.sets(0).changes_size(); ++left_out) {
        v1::Case changed = one.value;
        for (int i = 0; i < target.sets(0).changes_size(); ++i) {
          if (i != left_out) Apply(target.sets(0).changes(i).to(), &changed);
        }
        const auto after = Consult(changed, 0);
        if (after == nullptr) continue;  // the change was needed for a patient that can be
        EXPECT_NE(FindAssessment(*after, target.plugin_id())->status(), target.status())
            << one.name << ": " << target.plugin_id() << " without "
            << target.sets(0).changes(left_out).ShortDebugString();
      }
    }
  }
}

}  // namespace
}  // namespace condyle::tests
