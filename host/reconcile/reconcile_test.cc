// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Each rule of reconciliation, on both sides.
#include "host/reconcile/reconcile.h"

#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <stdexcept>

#include "host/reconcile/tags.h"

namespace condyle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr char kScreen[] = "bone_screen";
constexpr char kCondition[] = "joint";
constexpr char kExercise[] = "moves";

// A catalogue of one screen (guards load.running and exercise.special), one condition and one exercise plugin, which
// expect another screen that a test can add or leave out.
class Fixture {
 public:
  Fixture() {
    AddPlugin(kScreen, v1::PLUGIN_ROLE_SAFETY_SCREEN, {"load.running", "exercise.special"});
    AddPlugin(kCondition, v1::PLUGIN_ROLE_CONDITION, {});
    AddPlugin(kExercise, v1::PLUGIN_ROLE_EXERCISE, {});
    case_.value.set_id("case-1");
    case_.value.set_as_of("2026-05-01T09:00:00Z");
    for (const char* id : {kScreen, kCondition, kExercise}) Answer(id, v1::STATUS_NEGATIVE, v1::URGENCY_SELF_CARE);
  }

  v1::PluginManifest& AddPlugin(const std::string& id, v1::PluginRole role, const std::vector<std::string>& guards) {
    PluginFile& file = catalog_.plugins.emplace_back();
    file.path = "/plugins/" + id + ".so";
    file.file_sha256 = "f" + id;
    file.manifest_sha256 = "m" + id;
    file.manifest.set_id(id);
    file.manifest.set_version("1.2.3");
    file.manifest.set_title("Title of " + id);
    file.manifest.set_role(role);
    for (const std::string& tag : guards) file.manifest.add_guards(tag);
    AddCitation(file.manifest, "K-1", "First source");
    AddCitation(file.manifest, "K-2", "Second source");
    return file.manifest;
  }

  static void AddCitation(v1::PluginManifest& manifest, const std::string& key, const std::string& title) {
    v1::Citation* citation = manifest.add_citations();
    citation->set_key(key);
    citation->set_title(title);
  }

  v1::PluginManifest& Manifest(const std::string& id) {
    for (PluginFile& file : catalog_.plugins) {
      if (file.manifest.id() == id) return file.manifest;
    }
    throw std::out_of_range(id);
  }

  v1::Assessment& Answer(const std::string& id, v1::Status status, v1::Urgency urgency) {
    v1::Assessment& answer = answers_[id];
    answer.Clear();
    answer.set_plugin_id(id);
    answer.set_plugin_version("1.2.3");
    answer.set_status(status);
    answer.set_urgency(urgency);
    answer.set_summary("Summary of " + id + ".");
    return answer;
  }
  v1::Assessment& Answer(const std::string& id) { return answers_[id]; }

  v1::Recommendation& Recommend(const std::string& plugin, const std::string& id, const std::vector<std::string>& tags,
                                const std::string& category = "activity") {
    v1::Recommendation* r = answers_[plugin].add_recommendations();
    r->set_id(id);
    r->set_text("Text of " + id);
    r->set_category(category);
    for (const std::string& tag : tags) r->add_tags(tag);
    r->add_citations("K-1");
    return *r;
  }

  v1::Constraint& Constrain(const std::string& plugin, const std::string& tag, v1::Effect effect,
                            const std::string& reason = "a reason") {
    v1::Constraint* c = answers_[plugin].add_constraints();
    c->set_tag(tag);
    c->set_effect(effect);
    c->set_reason(reason);
    return *c;
  }

  v1::MissingInput& Miss(const std::string& plugin, const std::string& key, bool safety,
                         const std::string& why = "why") {
    v1::MissingInput* m = answers_[plugin].add_missing_inputs();
    m->set_key(key);
    m->set_why(why);
    m->set_safety(safety);
    return *m;
  }

  void Fail(const std::string& id, v1::FailureKind kind) { failures_[id] = kind; }
  void SetBytes(const std::string& id, const std::string& bytes) { bytes_[id] = bytes; }

  v1::Consultation Run() {
    std::sort(catalog_.plugins.begin(), catalog_.plugins.end(),
              [](const PluginFile& a, const PluginFile& b) { return a.manifest.id() < b.manifest.id(); });
    std::vector<Reply> replies;
    for (const PluginFile& file : catalog_.plugins) {
      const std::string& id = file.manifest.id();
      Reply& reply = replies.emplace_back();
      if (failures_.count(id) > 0) {
        reply.failure.emplace();
        reply.failure->set_kind(failures_[id]);
        reply.failure->set_message("went wrong");
      } else {
        reply.response = bytes_.count(id) > 0 ? bytes_[id] : answers_[id].SerializeAsString();
      }
    }
    return Reconcile(case_, catalog_, replies, "9.9.9", "worker");
  }

  PluginCatalog catalog_;
  CheckedCase case_;

 private:
  std::map<std::string, v1::Assessment> answers_;
  std::map<std::string, v1::FailureKind> failures_;
  std::map<std::string, std::string> bytes_;
};

std::vector<std::string> ActiveIds(const v1::Consultation& c) {
  std::vector<std::string> ids;
  for (const auto& r : c.recommendations()) ids.push_back(r.id());
  return ids;
}
std::vector<std::string> WithheldIds(const v1::Consultation& c) {
  std::vector<std::string> ids;
  for (const auto& w : c.withheld()) ids.push_back(w.recommendation().id());
  return ids;
}
std::vector<std::string> HeldTags(const v1::Consultation& c, const std::string& by) {
  std::vector<std::string> tags;
  for (const auto& h : c.holds()) {
    if (h.by() == by) tags.push_back(h.tag());
  }
  return tags;
}

TEST(TagCovers, GoesByWholeParts) {
  EXPECT_TRUE(TagCovers("load", "load"));
  EXPECT_TRUE(TagCovers("load", "load.running"));
  EXPECT_TRUE(TagCovers("load.running", "load.running.trail"));
  EXPECT_FALSE(TagCovers("load.run", "load.running"));
  EXPECT_FALSE(TagCovers("load.running", "load"));
  EXPECT_FALSE(TagCovers("load", "payload"));
}

TEST(Reconcile, SoundNegativeAnswersGiveACompleteConsultation) {
  Fixture f;
  f.Recommend(kCondition, "walk", {"load.running"});
  v1::Consultation c = f.Run();
  EXPECT_EQ(c.case_id(), "case-1");
  EXPECT_EQ(c.as_of(), "2026-05-01T09:00:00Z");
  EXPECT_EQ(c.urgency(), v1::URGENCY_SELF_CARE);
  EXPECT_THAT(ActiveIds(c), ElementsAre("walk"));
  EXPECT_EQ(c.assessments_size(), 3);
  EXPECT_EQ(c.holds_size(), 0);
  EXPECT_EQ(c.plugin_failures_size(), 0);
  EXPECT_THAT(c.disclaimer(), HasSubstr("No clinician has reviewed"));
}

TEST(Reconcile, ReceiptNamesEveryRun) {
  v1::Consultation c = Fixture().Run();
  EXPECT_EQ(c.receipt().host_version(), "9.9.9");
  ASSERT_EQ(c.receipt().plugins_size(), 3);
  EXPECT_EQ(c.receipt().plugins(0).plugin_id(), kScreen);
  EXPECT_EQ(c.receipt().plugins(0).plugin_version(), "1.2.3");
  EXPECT_EQ(c.receipt().plugins(0).file(), "/plugins/bone_screen.so");
  EXPECT_EQ(c.receipt().plugins(0).file_sha256(), "fbone_screen");
  EXPECT_EQ(c.receipt().plugins(0).manifest_sha256(), "mbone_screen");
  EXPECT_EQ(c.receipt().plugins(0).isolation(), "worker");
}

TEST(Reconcile, SameArgumentsGiveTheSameBytes) {
  Fixture f;
  f.Recommend(kCondition, "a", {"load.running"});
  f.Recommend(kExercise, "b", {"exercise.special"});
  f.Constrain(kScreen, "load", v1::EFFECT_HOLD);
  EXPECT_EQ(f.Run().SerializeAsString(), f.Run().SerializeAsString());
}

// --- Answers that cannot be used ---

struct Fault {
  const char* name;
  const char* field;  // what the message has to name; null: the answer is sound
  std::function<void(v1::Assessment&)> spoil;
};

class AnswerRules : public testing::TestWithParam<Fault> {};

TEST_P(AnswerRules, NameTheFieldOfAnUnusableAnswer) {
  Fixture f;
  v1::Assessment& answer = f.Answer(kScreen);
  f.Recommend(kScreen, "stop", {"protect.load"});
  f.Constrain(kScreen, "load.impact", v1::EFFECT_HOLD).add_citations("K-2");
  f.Miss(kScreen, "some.key", true);
  v1::Conclusion* conclusion = answer.add_conclusions();
  conclusion->set_text("conclusion");
  conclusion->set_status(v1::STATUS_NEGATIVE);
  conclusion->mutable_probability()->set_low(0.1);
  conclusion->mutable_probability()->set_point(0.2);
  conclusion->mutable_probability()->set_high(0.3);
  conclusion->mutable_probability()->add_citations("K-1");
  v1::Criterion* criterion = conclusion->add_criteria();
  criterion->set_text("criterion");
  criterion->set_state(v1::CRITERION_STATE_MET);
  v1::Evidence* evidence = answer.add_evidence();
  evidence->set_key("some.key");
  evidence->set_statement("statement");
  v1::Risk* risk = answer.add_risks();
  risk->set_id("risk");
  risk->set_text("risk");
  risk->set_lowest(v1::RISK_LEVEL_LOW);
  risk->set_highest(v1::RISK_LEVEL_HIGH);
  risk->add_basis("site");
  risk->add_citations("K-1");
  v1::Score* score = answer.add_scores();
  score->set_id("score");
  score->set_text("score");
  score->set_low(1);
  score->set_high(3);
  score->set_maximum(12);
  score->add_citations("K-1");
  score->add_items()->set_text("item");
  score->mutable_items(0)->set_high(2);
  v1::Stage* stage = answer.add_pathway();
  stage->set_phase("now");
  stage->set_title("Protect");
  stage->set_position("Day 3");
  stage->add_citations("K-2");
  *stage->add_leave_when() = *criterion;
  *stage->add_escalate_when() = *criterion;
  GetParam().spoil(answer);
  v1::Consultation c = f.Run();
  if (GetParam().field == nullptr) {
    EXPECT_EQ(c.plugin_failures_size(), 0) << c.plugin_failures(0).message();
    EXPECT_EQ(c.assessments_size(), 3);
    EXPECT_THAT(HeldTags(c, "condyle"), IsEmpty());
    return;
  }
  ASSERT_EQ(c.plugin_failures_size(), 1);
  EXPECT_EQ(c.plugin_failures(0).kind(), v1::FAILURE_KIND_BAD_ANSWER);
  EXPECT_EQ(c.plugin_failures(0).plugin_id(), kScreen);
  EXPECT_EQ(c.plugin_failures(0).file(), "/plugins/bone_screen.so");
  EXPECT_THAT(c.plugin_failures(0).message(), HasSubstr(GetParam().field));
  // Nothing of the answer is believed, and the screen counts as not answered.
  EXPECT_EQ(c.assessments_size(), 2);
  EXPECT_THAT(ActiveIds(c), IsEmpty());
  EXPECT_THAT(HeldTags(c, "condyle"), ElementsAre("load.running", "exercise.special"));
  EXPECT_EQ(c.urgency(), v1::URGENCY_ROUTINE);
}

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
v1::Probability* P(v1::Assessment& a) { return a.mutable_conclusions(0)->mutable_probability(); }

INSTANTIATE_TEST_SUITE_P(
    All, AnswerRules,
    testing::Values(
        Fault{"Sound", nullptr, [](v1::Assessment&) {}},
        Fault{"OtherPluginId", "plugin_id", [](v1::Assessment& a) { a.set_plugin_id("other"); }},
        Fault{"NoPluginId", "plugin_id", [](v1::Assessment& a) { a.clear_plugin_id(); }},
        Fault{"NoStatus", "status", [](v1::Assessment& a) { a.clear_status(); }},
        Fault{"UnknownStatus", "status", [](v1::Assessment& a) { a.set_status(static_cast<v1::Status>(9)); }},
        Fault{"UnknownUrgency", "urgency", [](v1::Assessment& a) { a.set_urgency(static_cast<v1::Urgency>(5)); }},
        Fault{"NegativeUrgency", "urgency", [](v1::Assessment& a) { a.set_urgency(static_cast<v1::Urgency>(-1)); }},
        Fault{"LowAtZeroAndHighAtOne", nullptr,
              [](v1::Assessment& a) {
                P(a)->set_low(0);
                P(a)->set_high(1);
              }},
        Fault{"AllEqual", nullptr,
              [](v1::Assessment& a) {
                P(a)->set_low(0.2);
                P(a)->set_high(0.2);
              }},
        Fault{"LowBelowZero", "conclusions[0].probability", [](v1::Assessment& a) { P(a)->set_low(-0.001); }},
        Fault{"HighAboveOne", "conclusions[0].probability", [](v1::Assessment& a) { P(a)->set_high(1.001); }},
        Fault{"PointBelowLow", "conclusions[0].probability", [](v1::Assessment& a) { P(a)->set_point(0.099); }},
        Fault{"PointAboveHigh", "conclusions[0].probability", [](v1::Assessment& a) { P(a)->set_point(0.301); }},
        Fault{"PointNotANumber", "conclusions[0].probability", [](v1::Assessment& a) { P(a)->set_point(kNaN); }},
        Fault{"ProbabilityUncited", "conclusions[0].probability.citations",
              [](v1::Assessment& a) { P(a)->clear_citations(); }},
        Fault{"ProbabilityUnresolved", "conclusions[0].probability.citations[1]: \"K-9\"",
              [](v1::Assessment& a) { P(a)->add_citations("K-9"); }},
        Fault{"ConclusionWithoutStatus", "conclusions[0].status",
              [](v1::Assessment& a) { a.mutable_conclusions(0)->clear_status(); }},
        Fault{"ConclusionUnresolved", "conclusions[0].citations[0]",
              [](v1::Assessment& a) { a.mutable_conclusions(0)->add_citations("K-9"); }},
        Fault{"CriterionWithoutState", "conclusions[0].criteria[0].state",
              [](v1::Assessment& a) { a.mutable_conclusions(0)->mutable_criteria(0)->clear_state(); }},
        Fault{"CriterionUnresolved", "conclusions[0].criteria[0].citations[0]",
              [](v1::Assessment& a) { a.mutable_conclusions(0)->mutable_criteria(0)->add_citations(""); }},
        Fault{"EvidenceWithoutStatement", "evidence[0].statement",
              [](v1::Assessment& a) { a.mutable_evidence(0)->clear_statement(); }},
        Fault{"EvidenceUnresolved", "evidence[0].citations[0]",
              [](v1::Assessment& a) { a.mutable_evidence(0)->add_citations("K-9"); }},
        Fault{"EvidenceOfNoDirection", "evidence[0].direction",
              [](v1::Assessment& a) { a.mutable_evidence(0)->set_direction(static_cast<v1::Direction>(4)); }},
        Fault{"RatioWithoutInterval", nullptr,
              [](v1::Assessment& a) { a.mutable_evidence(0)->mutable_likelihood_ratio()->set_point(2.5); }},
        Fault{"RatioNotFinite", "evidence[0].likelihood_ratio",
              [](v1::Assessment& a) {
                a.mutable_evidence(0)->mutable_likelihood_ratio()->set_point(std::numeric_limits<double>::infinity());
              }},
        Fault{"RatioOutsideItsInterval", "evidence[0].likelihood_ratio",
              [](v1::Assessment& a) {
                a.mutable_evidence(0)->mutable_likelihood_ratio()->set_point(5);
                a.mutable_evidence(0)->mutable_likelihood_ratio()->set_high(4);
              }},
        Fault{"AdviceWithoutId", "recommendations[0].id",
              [](v1::Assessment& a) { a.mutable_recommendations(0)->clear_id(); }},
        Fault{"AdviceWithoutText", "recommendations[0].text",
              [](v1::Assessment& a) { a.mutable_recommendations(0)->clear_text(); }},
        Fault{"AdviceWithoutTags", "recommendations[0].tags",
              [](v1::Assessment& a) { a.mutable_recommendations(0)->clear_tags(); }},
        Fault{"AdviceWithOddTag", "recommendations[0].tags",
              [](v1::Assessment& a) { a.mutable_recommendations(0)->add_tags("load..running"); }},
        Fault{"AdviceWithTagThatEndsInADot", "recommendations[0].tags",
              [](v1::Assessment& a) { a.mutable_recommendations(0)->add_tags("load."); }},
        Fault{"AdviceUncited", "recommendations[0].citations",
              [](v1::Assessment& a) { a.mutable_recommendations(0)->clear_citations(); }},
        Fault{"AdviceUnresolved", "recommendations[0].citations[1]",
              [](v1::Assessment& a) { a.mutable_recommendations(0)->add_citations("K-9"); }},
        Fault{"AdviceOfUnknownGrade", "recommendations[0].grade",
              [](v1::Assessment& a) { a.mutable_recommendations(0)->set_grade(static_cast<v1::Grade>(7)); }},
        Fault{"ConstraintWithoutEffect", "constraints[0].effect",
              [](v1::Assessment& a) { a.mutable_constraints(0)->clear_effect(); }},
        Fault{"ConstraintWithoutTag", "constraints[0].tag",
              [](v1::Assessment& a) { a.mutable_constraints(0)->clear_tag(); }},
        Fault{"ConstraintWithoutReason", "constraints[0].reason",
              [](v1::Assessment& a) { a.mutable_constraints(0)->clear_reason(); }},
        Fault{"ConstraintOnWhatProtects", "constraints[0].tag",
              [](v1::Assessment& a) { a.mutable_constraints(0)->set_tag("protect.load"); }},
        Fault{"ConstraintOnGoingForCare", "constraints[0].tag",
              [](v1::Assessment& a) { a.mutable_constraints(0)->set_tag("care"); }},
        Fault{"ConstraintUnresolved", "constraints[0].citations[1]",
              [](v1::Assessment& a) { a.mutable_constraints(0)->add_citations("K-9"); }},
        Fault{"RiskDecided", nullptr, [](v1::Assessment& a) { a.mutable_risks(0)->set_lowest(v1::RISK_LEVEL_HIGH); }},
        Fault{"RiskUpsideDown", "risks[0].lowest",
              [](v1::Assessment& a) {
                a.mutable_risks(0)->set_lowest(v1::RISK_LEVEL_HIGH);
                a.mutable_risks(0)->set_highest(v1::RISK_LEVEL_MODERATE);
              }},
        Fault{"RiskWithoutId", "risks[0].id", [](v1::Assessment& a) { a.mutable_risks(0)->clear_id(); }},
        Fault{"RiskWithoutText", "risks[0].text", [](v1::Assessment& a) { a.mutable_risks(0)->clear_text(); }},
        Fault{"RiskWithoutLowest", "risks[0].lowest", [](v1::Assessment& a) { a.mutable_risks(0)->clear_lowest(); }},
        Fault{"RiskWithoutHighest", "risks[0].highest", [](v1::Assessment& a) { a.mutable_risks(0)->clear_highest(); }},
        Fault{"RiskOfEmptyBasis", "risks[0].basis", [](v1::Assessment& a) { a.mutable_risks(0)->add_basis(""); }},
        Fault{"RiskUncited", "risks[0].citations", [](v1::Assessment& a) { a.mutable_risks(0)->clear_citations(); }},
        Fault{"RiskUnresolved", "risks[0].citations[1]",
              [](v1::Assessment& a) { a.mutable_risks(0)->add_citations("K-9"); }},
        Fault{"ScoreUpToItsMaximum", nullptr, [](v1::Assessment& a) { a.mutable_scores(0)->set_high(12); }},
        Fault{"ScoreAboveItsMaximum", "scores[0].low", [](v1::Assessment& a) { a.mutable_scores(0)->set_high(12.5); }},
        Fault{"ScoreUpsideDown", "scores[0].low", [](v1::Assessment& a) { a.mutable_scores(0)->set_low(3.5); }},
        Fault{"ScoreNotANumber", "scores[0].low", [](v1::Assessment& a) { a.mutable_scores(0)->set_low(kNaN); }},
        Fault{"ScoreWithoutId", "scores[0].id", [](v1::Assessment& a) { a.mutable_scores(0)->clear_id(); }},
        Fault{"ScoreUncited", "scores[0].citations", [](v1::Assessment& a) { a.mutable_scores(0)->clear_citations(); }},
        Fault{"ScoreItemWithoutText", "scores[0].items[0].text",
              [](v1::Assessment& a) { a.mutable_scores(0)->mutable_items(0)->clear_text(); }},
        Fault{"ScoreItemUpsideDown", "scores[0].items[0].low",
              [](v1::Assessment& a) { a.mutable_scores(0)->mutable_items(0)->set_low(2.5); }},
        Fault{"StageOfKnownState", nullptr,
              [](v1::Assessment& a) { a.mutable_pathway(0)->set_state(v1::STAGE_STATE_PAST); }},
        Fault{"StageOfNoState", "pathway[0].state",
              [](v1::Assessment& a) { a.mutable_pathway(0)->set_state(static_cast<v1::StageState>(4)); }},
        Fault{"StageWithoutPhase", "pathway[0].phase", [](v1::Assessment& a) { a.mutable_pathway(0)->clear_phase(); }},
        Fault{"StageWithoutTitle", "pathway[0].title", [](v1::Assessment& a) { a.mutable_pathway(0)->clear_title(); }},
        Fault{"StageWithoutPosition", "pathway[0].position",
              [](v1::Assessment& a) { a.mutable_pathway(0)->clear_position(); }},
        Fault{"StageUncited", "pathway[0].citations",
              [](v1::Assessment& a) { a.mutable_pathway(0)->clear_citations(); }},
        Fault{"StageLeftWithoutText", "pathway[0].leave_when[0].text",
              [](v1::Assessment& a) { a.mutable_pathway(0)->mutable_leave_when(0)->clear_text(); }},
        Fault{"StageEscalatedUnresolved", "pathway[0].escalate_when[0].citations[0]",
              [](v1::Assessment& a) { a.mutable_pathway(0)->mutable_escalate_when(0)->add_citations("K-9"); }},
        Fault{"QuestionWithoutKey", "missing_inputs[0].key",
              [](v1::Assessment& a) { a.mutable_missing_inputs(0)->clear_key(); }},
        Fault{"QuestionOfNoSide", "missing_inputs[0].side",
              [](v1::Assessment& a) { a.mutable_missing_inputs(0)->set_side(static_cast<v1::Side>(3)); }}),
    [](const auto& row) { return row.param.name; });

TEST(Reconcile, BytesThatAreNoAssessmentAreABadAnswer) {
  google::protobuf::LogSilencer quiet;
  // A summary (field 5) that is not UTF-8, after what is needed otherwise.
  v1::Assessment ok;
  ok.set_plugin_id(kScreen);
  ok.set_status(v1::STATUS_NEGATIVE);
  for (const std::string& bytes : {std::string("\xff\xff\xff"), ok.SerializeAsString() + "\x2a\x02\xc3\x28"}) {
    Fixture f;
    f.SetBytes(kScreen, bytes);
    v1::Consultation c = f.Run();
    ASSERT_EQ(c.plugin_failures_size(), 1);
    EXPECT_EQ(c.plugin_failures(0).kind(), v1::FAILURE_KIND_BAD_ANSWER);
    EXPECT_THAT(HeldTags(c, "condyle"), ElementsAre("load.running", "exercise.special"));
  }
}

TEST(Reconcile, EmptyBytesAreABadAnswer) {
  Fixture f;
  f.SetBytes(kScreen, "");
  EXPECT_EQ(f.Run().plugin_failures_size(), 1);
}

TEST(Reconcile, BadAnswerMessageHoldsNoTextOfTheAnswer) {
  Fixture f;
  f.Recommend(kScreen, "stop", {"protect.load"}).set_text("a patient's words");
  f.Answer(kScreen).mutable_recommendations(0)->clear_citations();
  EXPECT_THAT(f.Run().plugin_failures(0).message(), testing::Not(HasSubstr("patient's words")));
}

// --- Holds of the host ---

struct Unanswered {
  const char* name;
  v1::FailureKind kind;
  const char* reason;
};

class UnansweredScreen : public testing::TestWithParam<Unanswered> {};

TEST_P(UnansweredScreen, PutsWhatItGuardsOnHold) {
  Fixture f;
  f.Fail(kScreen, GetParam().kind);
  f.Recommend(kCondition, "run_less", {"load.running"});
  f.Recommend(kCondition, "walk", {"load.walking"});
  f.Recommend(kExercise, "special_set", {"exercise.special.left"});
  f.Recommend(kExercise, "stretch", {"exercise.stretch"});
  v1::Consultation c = f.Run();
  EXPECT_THAT(ActiveIds(c), UnorderedElementsAre("walk", "stretch"));
  ASSERT_THAT(WithheldIds(c), UnorderedElementsAre("run_less", "special_set"));
  EXPECT_EQ(c.withheld(0).by(), "condyle");
  EXPECT_THAT(c.withheld(0).reason(), HasSubstr(kScreen));
  EXPECT_THAT(c.withheld(0).reason(), HasSubstr("has not answered"));
  EXPECT_THAT(c.withheld(0).reason(), HasSubstr(GetParam().reason));
  EXPECT_EQ(c.urgency(), v1::URGENCY_ROUTINE);
  ASSERT_EQ(c.plugin_failures_size(), 1);
  EXPECT_EQ(c.plugin_failures(0).plugin_id(), kScreen);
  EXPECT_EQ(c.plugin_failures(0).kind(), GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(All, UnansweredScreen,
                         testing::Values(Unanswered{"Crashed", v1::FAILURE_KIND_CRASHED, "crashed"},
                                         Unanswered{"Deadline", v1::FAILURE_KIND_DEADLINE, "out of time"},
                                         Unanswered{"Load", v1::FAILURE_KIND_LOAD, "loaded"},
                                         Unanswered{"Reported", v1::FAILURE_KIND_REPORTED, "could not answer"}),
                         [](const auto& row) { return row.param.name; });

TEST(Reconcile, UndecidedScreenPutsWhatItGuardsOnHold) {
  Fixture f;
  f.Answer(kScreen, v1::STATUS_INSUFFICIENT_DATA, v1::URGENCY_UNSPECIFIED);
  f.Recommend(kCondition, "run_less", {"load.running"});
  v1::Consultation c = f.Run();
  EXPECT_THAT(WithheldIds(c), ElementsAre("run_less"));
  EXPECT_THAT(c.withheld(0).reason(), HasSubstr(kScreen));
  EXPECT_THAT(c.withheld(0).reason(), HasSubstr("not negative"));
  EXPECT_EQ(c.plugin_failures_size(), 0);
}

TEST(Reconcile, DecidedScreenHoldsNothingOfItself) {
  for (v1::Status status : {v1::STATUS_POSITIVE, v1::STATUS_NEGATIVE, v1::STATUS_NOT_APPLICABLE}) {
    Fixture f;
    f.Answer(kScreen, status, v1::URGENCY_ROUTINE);
    f.Recommend(kCondition, "run_less", {"load.running"});
    EXPECT_THAT(ActiveIds(f.Run()), ElementsAre("run_less")) << v1::Status_Name(status);
  }
}

TEST(Reconcile, FailedConditionPluginHoldsNothing) {
  Fixture f;
  f.Fail(kExercise, v1::FAILURE_KIND_CRASHED);
  f.Recommend(kCondition, "run_less", {"load.running"});
  v1::Consultation c = f.Run();
  EXPECT_THAT(ActiveIds(c), ElementsAre("run_less"));
  EXPECT_EQ(c.plugin_failures_size(), 1);
}

TEST(Reconcile, ScreenThatIsExpectedAndMissingHoldsWhatItWouldGuard) {
  Fixture f;
  v1::ExpectedScreen* expected = f.Manifest(kCondition).add_expected_screens();
  expected->set_plugin_id("flag_screen");
  expected->add_guards("self_care");
  f.Recommend(kCondition, "comfort", {"self_care.comfort"});
  f.Recommend(kCondition, "walk", {"load.walking"});
  v1::Consultation c = f.Run();
  EXPECT_THAT(ActiveIds(c), ElementsAre("walk"));
  ASSERT_THAT(WithheldIds(c), ElementsAre("comfort"));
  EXPECT_THAT(c.withheld(0).reason(), HasSubstr("flag_screen"));
  EXPECT_EQ(c.urgency(), v1::URGENCY_ROUTINE);
  ASSERT_EQ(c.plugin_failures_size(), 1);
  EXPECT_EQ(c.plugin_failures(0).plugin_id(), "flag_screen");
  EXPECT_EQ(c.plugin_failures(0).kind(), v1::FAILURE_KIND_MISSING);
}

TEST(Reconcile, MissingScreenThatTheCatalogueNamedIsNamedOnce) {
  Fixture f;
  v1::ExpectedScreen* expected = f.Manifest(kCondition).add_expected_screens();
  expected->set_plugin_id("flag_screen");
  expected->add_guards("self_care");
  v1::PluginFailure& failure = f.catalog_.failures.emplace_back();
  failure.set_plugin_id("flag_screen");
  failure.set_kind(v1::FAILURE_KIND_CONFLICT);
  v1::Consultation c = f.Run();
  ASSERT_EQ(c.plugin_failures_size(), 1);
  EXPECT_THAT(HeldTags(c, "condyle"), ElementsAre("self_care"));
  EXPECT_THAT(c.holds(0).reason(), HasSubstr("conflict"));
}

TEST(Reconcile, ScreenLeftOutForItsSignatureHoldsWhatItSaysItGuards) {
  Fixture f;
  v1::PluginManifest& refused = f.catalog_.unsigned_manifests.emplace_back();
  refused.set_id("unsigned_screen");
  refused.set_role(v1::PLUGIN_ROLE_SAFETY_SCREEN);
  refused.add_guards("self_care");
  v1::PluginFailure& failure = f.catalog_.failures.emplace_back();
  failure.set_plugin_id("unsigned_screen");
  failure.set_kind(v1::FAILURE_KIND_SIGNATURE);
  f.Recommend(kCondition, "comfort", {"self_care.comfort"});
  f.Recommend(kCondition, "walk", {"load.walking"});
  v1::Consultation c = f.Run();
  EXPECT_THAT(ActiveIds(c), ElementsAre("walk"));
  EXPECT_THAT(HeldTags(c, "condyle"), ElementsAre("self_care"));
  EXPECT_THAT(c.holds(0).reason(), HasSubstr("signature"));
  EXPECT_EQ(c.plugin_failures_size(), 1);
  EXPECT_EQ(c.urgency(), v1::URGENCY_ROUTINE);
  // One that is no screen guards nothing; one whose id is that of a plugin in use adds nothing to it.
  refused.set_role(v1::PLUGIN_ROLE_CONDITION);
  EXPECT_THAT(HeldTags(f.Run(), "condyle"), IsEmpty());
  refused.set_role(v1::PLUGIN_ROLE_SAFETY_SCREEN);
  refused.set_id(kScreen);
  EXPECT_THAT(HeldTags(f.Run(), "condyle"), IsEmpty());
}

TEST(Reconcile, ScreenThatIsExpectedAndThereHoldsNothing) {
  Fixture f;
  v1::ExpectedScreen* expected = f.Manifest(kCondition).add_expected_screens();
  expected->set_plugin_id(kScreen);
  expected->add_guards("self_care");
  f.Recommend(kCondition, "comfort", {"self_care.comfort"});
  EXPECT_THAT(ActiveIds(f.Run()), ElementsAre("comfort"));
  // Undecided it guards what its own manifest says, and what the others count on.
  f.Answer(kScreen).set_status(v1::STATUS_INSUFFICIENT_DATA);
  v1::Consultation c = f.Run();
  EXPECT_THAT(HeldTags(c, "condyle"), UnorderedElementsAre("load.running", "exercise.special", "self_care"));
  EXPECT_THAT(WithheldIds(c), ElementsAre("comfort"));
}

TEST(Reconcile, TooFewRepliesAreFailuresAndNotAbsent) {
  Fixture f;
  v1::Consultation c = Reconcile(f.case_, f.catalog_, {}, "1", "worker");
  EXPECT_EQ(c.plugin_failures_size(), 3);
  EXPECT_EQ(c.urgency(), v1::URGENCY_ROUTINE);
  EXPECT_THAT(HeldTags(c, "condyle"), ElementsAre("load.running", "exercise.special"));
}

// --- Constraints ---

TEST(Reconcile, ConstraintWithholdsTheTagAndWhatIsBelow) {
  Fixture f;
  f.Constrain(kScreen, "load", v1::EFFECT_HOLD, "bone").add_citations("K-2");
  f.Recommend(kCondition, "run", {"load.running"});
  f.Recommend(kCondition, "all", {"load"});
  f.Recommend(kCondition, "two_tags", {"exercise.stretch", "load.single_leg"});
  f.Recommend(kCondition, "payload", {"payload"});
  f.Recommend(kCondition, "stretch", {"exercise.stretch"});
  v1::Consultation c = f.Run();
  EXPECT_THAT(WithheldIds(c), ElementsAre("run", "all", "two_tags"));
  EXPECT_THAT(ActiveIds(c), ElementsAre("payload", "stretch"));
  EXPECT_EQ(c.withheld(0).by(), kScreen);
  EXPECT_EQ(c.withheld(0).reason(), "bone");
  ASSERT_EQ(c.holds_size(), 1);
  EXPECT_THAT(c.holds(0).citations(), ElementsAre("K-2"));
}

TEST(Reconcile, PluginsOwnAdviceIsWithheldToo) {
  Fixture f;
  f.Constrain(kCondition, "drug.nsaid", v1::EFFECT_HOLD);
  f.Recommend(kCondition, "tablet", {"drug.nsaid"});
  EXPECT_THAT(WithheldIds(f.Run()), ElementsAre("tablet"));
}

TEST(Reconcile, ForbidLeadsBeforeHoldAndAllAreListed) {
  Fixture f;
  f.Answer(kScreen, v1::STATUS_POSITIVE, v1::URGENCY_EMERGENCY);
  f.Constrain(kScreen, "manual", v1::EFFECT_HOLD, "held");
  f.Constrain(kExercise, "manual.manipulation", v1::EFFECT_FORBID, "forbidden");
  f.Recommend(kCondition, "thrust", {"manual.manipulation"});
  v1::Consultation c = f.Run();
  ASSERT_EQ(c.withheld_size(), 1);
  EXPECT_EQ(c.withheld(0).by(), kExercise);
  EXPECT_EQ(c.withheld(0).reason(), "forbidden");
  ASSERT_EQ(c.withheld(0).holds_size(), 2);
  EXPECT_EQ(c.withheld(0).holds(0).effect(), v1::EFFECT_FORBID);
  EXPECT_EQ(c.withheld(0).holds(1).by(), kScreen);
}

TEST(Reconcile, PluginLeadsBeforeTheHost) {
  Fixture f;
  f.Answer(kScreen).set_status(v1::STATUS_INSUFFICIENT_DATA);
  f.Constrain(kCondition, "load.running", v1::EFFECT_HOLD, "weeks after birth");
  f.Recommend(kExercise, "run", {"load.running"});
  v1::Consultation c = f.Run();
  ASSERT_EQ(c.withheld_size(), 1);
  EXPECT_EQ(c.withheld(0).by(), kCondition);
  EXPECT_EQ(c.withheld(0).holds(1).by(), "condyle");
}

TEST(Reconcile, RepeatedConstraintIsOneHold) {
  Fixture f;
  f.Constrain(kScreen, "load", v1::EFFECT_HOLD, "same");
  f.Constrain(kScreen, "load", v1::EFFECT_HOLD, "same");
  f.Constrain(kScreen, "load", v1::EFFECT_HOLD, "other");
  EXPECT_EQ(f.Run().holds_size(), 2);
}

TEST(Reconcile, AssessmentsKeepNoAdviceAndNoConstraints) {
  Fixture f;
  f.Recommend(kCondition, "run", {"load.running"});
  f.Constrain(kScreen, "load", v1::EFFECT_HOLD);
  v1::Consultation c = f.Run();
  for (const v1::Assessment& a : c.assessments()) {
    EXPECT_EQ(a.recommendations_size(), 0);
    EXPECT_EQ(a.constraints_size(), 0);
  }
}

// --- Advice ---

TEST(Reconcile, EqualAdviceOfSeveralPluginsIsMerged) {
  Fixture f;
  for (const char* plugin : {kScreen, kCondition}) {
    v1::Recommendation& r = f.Recommend(plugin, "net", {"education.safety_net"}, "safety_net");
    r.add_reasons(std::string("because of ") + plugin);
    r.add_reasons("shared");
  }
  f.Answer(kCondition).mutable_recommendations(0)->add_citations("K-2");
  v1::Consultation c = f.Run();
  ASSERT_EQ(c.recommendations_size(), 1);
  const v1::Recommendation& r = c.recommendations(0);
  EXPECT_THAT(r.plugin_ids(), ElementsAre(kScreen, kCondition));
  EXPECT_THAT(r.reasons(), ElementsAre("because of bone_screen", "shared", "because of joint"));
  EXPECT_THAT(r.citations(), ElementsAre("K-1", "K-2"));
}

TEST(Reconcile, AdviceThatDiffersStaysApart) {
  const std::vector<std::pair<const char*, std::function<void(v1::Recommendation&)>>> differences = {
      {"text", [](auto& r) { r.set_text("other"); }},           {"side", [](auto& r) { r.set_side(v1::SIDE_LEFT); }},
      {"timeframe", [](auto& r) { r.set_timeframe("today"); }}, {"tags", [](auto& r) { r.add_tags("load.more"); }},
      {"dose", [](auto& r) { r.set_dose("twice"); }},
  };
  for (const auto& [name, change] : differences) {
    Fixture f;
    f.Recommend(kScreen, "same_id", {"education.x"});
    change(f.Recommend(kCondition, "same_id", {"education.x"}));
    EXPECT_THAT(ActiveIds(f.Run()), ElementsAre("same_id", "same_id")) << name;
  }
}

TEST(Reconcile, PluginIdsInAnAnswerAreNotBelieved) {
  Fixture f;
  f.Recommend(kCondition, "walk", {"load.walking"}).add_plugin_ids("someone_else");
  EXPECT_THAT(f.Run().recommendations(0).plugin_ids(), ElementsAre(kCondition));
}

TEST(Reconcile, AdviceIsOrderedByWhatPressesMost) {
  Fixture f;
  f.Recommend(kCondition, "net", {"education.safety_net"}, "safety_net");
  f.Recommend(kCondition, "missing", {"data.missing"}, "data");
  f.Recommend(kCondition, "unheard_of", {"other.x"}, "other");
  f.Recommend(kCondition, "explain", {"education.x"}, "education");
  f.Recommend(kCondition, "stretch", {"exercise.stretch"}, "exercise");
  f.Recommend(kCondition, "bike", {"load.non_impact"}, "activity");
  f.Recommend(kCondition, "refer", {"referral.x"}, "referral");
  f.Recommend(kCondition, "tablet", {"drug.x"}, "medication");
  f.Recommend(kCondition, "blood", {"lab.x"}, "lab");
  f.Recommend(kCondition, "mri", {"imaging.mri"}, "imaging");
  f.Recommend(kCondition, "stop", {"protect.load"}, "activity");
  f.Recommend(kCondition, "stop_second", {"protect.drug"}, "medication");
  f.Recommend(kCondition, "seen_soon", {"care.urgent"}, "referral");
  f.Recommend(kCondition, "go_now", {"care.emergency"}, "emergency");
  EXPECT_THAT(ActiveIds(f.Run()), ElementsAre("go_now", "seen_soon", "stop", "stop_second", "mri", "blood", "tablet",
                                              "refer", "bike", "stretch", "unheard_of", "explain", "missing", "net"));
}

// --- Urgency and order ---

TEST(Reconcile, UrgencyIsTheHighestOfAll) {
  for (v1::Urgency urgency : {v1::URGENCY_SELF_CARE, v1::URGENCY_ROUTINE, v1::URGENCY_URGENT, v1::URGENCY_EMERGENCY}) {
    Fixture f;
    f.Answer(kExercise).set_urgency(urgency);
    EXPECT_EQ(f.Run().urgency(), urgency);
  }
}

TEST(Reconcile, AnyUndecidedPluginMakesItAtLeastRoutine) {
  Fixture f;
  f.Answer(kExercise).set_status(v1::STATUS_INSUFFICIENT_DATA);
  EXPECT_EQ(f.Run().urgency(), v1::URGENCY_ROUTINE);
  f.Answer(kCondition).set_urgency(v1::URGENCY_URGENT);
  EXPECT_EQ(f.Run().urgency(), v1::URGENCY_URGENT);
}

TEST(Reconcile, NoUrgencyAtAllIsRoutine) {
  Fixture f;
  for (const char* id : {kScreen, kCondition, kExercise})
    f.Answer(id, v1::STATUS_NOT_APPLICABLE, v1::URGENCY_UNSPECIFIED);
  EXPECT_EQ(f.Run().urgency(), v1::URGENCY_ROUTINE);
}

TEST(Reconcile, AssessmentsGoByUrgencyThenRoleThenId) {
  Fixture f;
  f.AddPlugin("a_condition", v1::PLUGIN_ROLE_CONDITION, {});
  f.Answer("a_condition", v1::STATUS_NEGATIVE, v1::URGENCY_SELF_CARE);
  f.Answer(kExercise).set_urgency(v1::URGENCY_ROUTINE);
  v1::Consultation c = f.Run();
  std::vector<std::string> ids;
  for (const auto& a : c.assessments()) ids.push_back(a.plugin_id());
  EXPECT_THAT(ids, ElementsAre(kExercise, kScreen, "a_condition", kCondition));
}

TEST(Reconcile, DifferentialGoesByUrgencyThenStatus) {
  Fixture f;
  auto conclude = [&f](const char* plugin, const char* text, v1::Status status) {
    v1::Conclusion* c = f.Answer(plugin).add_conclusions();
    c->set_text(text);
    c->set_status(status);
  };
  f.Answer(kCondition).set_urgency(v1::URGENCY_URGENT);
  conclude(kScreen, "screen negative", v1::STATUS_NEGATIVE);
  conclude(kScreen, "screen positive", v1::STATUS_POSITIVE);
  conclude(kScreen, "screen open", v1::STATUS_INSUFFICIENT_DATA);
  conclude(kScreen, "screen n/a", v1::STATUS_NOT_APPLICABLE);
  conclude(kCondition, "urgent negative", v1::STATUS_NEGATIVE);
  v1::Consultation c = f.Run();
  std::vector<std::string> texts;
  for (const auto& d : c.differential()) texts.push_back(d.conclusion().text());
  EXPECT_THAT(texts, ElementsAre("urgent negative", "screen positive", "screen open", "screen negative", "screen n/a"));
  EXPECT_EQ(c.differential(0).plugin_id(), kCondition);
  EXPECT_EQ(c.differential(0).role(), v1::PLUGIN_ROLE_CONDITION);
  EXPECT_EQ(c.differential(0).urgency(), v1::URGENCY_URGENT);
}

// --- Questions ---

class Questions : public testing::Test {
 protected:
  Questions() {
    v1::PluginManifest inputs;
    inputs.set_id("inputs");
    for (const char* key : {"pain.first", "pain.second", "pain.third"}) {
      v1::Input* input = inputs.add_inputs();
      input->set_key(key);
      input->set_type(v1::INPUT_TYPE_BOOLEAN);
      input->set_question(std::string("Is there ") + key + "?");
      input->set_section("pain");
      input->set_by_examiner(std::string(key) == "pain.third");
    }
    EXPECT_EQ(f.catalog_.inputs.Add(inputs), "");
  }
  std::vector<std::string> Keys() {
    std::vector<std::string> keys;
    v1::Consultation c = f.Run();
    for (const auto& q : c.next_questions()) keys.push_back(q.key());
    return keys;
  }
  Fixture f;
};

TEST_F(Questions, AreMergedOverPluginsWithTheirWording) {
  f.Miss(kScreen, "pain.third", false, "one");
  f.Miss(kCondition, "pain.third", true, "two");
  f.Miss(kExercise, "pain.third", false, "one");
  v1::Consultation c = f.Run();
  ASSERT_EQ(c.next_questions_size(), 1);
  const v1::NextQuestion& q = c.next_questions(0);
  EXPECT_EQ(q.question(), "Is there pain.third?");
  EXPECT_EQ(q.section(), "pain");
  EXPECT_TRUE(q.by_examiner());
  EXPECT_TRUE(q.safety());
  EXPECT_THAT(q.asked_by(), ElementsAre(kScreen, kCondition, kExercise));
  EXPECT_EQ(q.why(), "one; two");
}

TEST_F(Questions, OfTheTwoSidesStayApart) {
  f.Miss(kCondition, "pain.first", false).set_side(v1::SIDE_RIGHT);
  f.Miss(kCondition, "pain.first", false).set_side(v1::SIDE_LEFT);
  v1::Consultation c = f.Run();
  ASSERT_EQ(c.next_questions_size(), 2);
  EXPECT_EQ(c.next_questions(0).side(), v1::SIDE_LEFT);
  EXPECT_EQ(c.next_questions(1).side(), v1::SIDE_RIGHT);
}

TEST_F(Questions, OfAnUndecidedScreenComeFirst) {
  f.Answer(kScreen).set_status(v1::STATUS_INSUFFICIENT_DATA);
  f.Miss(kScreen, "pain.third", true);
  f.Miss(kCondition, "pain.second", true);
  f.Miss(kCondition, "pain.first", false);
  f.Miss(kExercise, "pain.first", false);
  EXPECT_THAT(Keys(), ElementsAre("pain.third", "pain.second", "pain.first"));
}

TEST_F(Questions, OfADecidedScreenTakeTheirTurn) {
  f.Miss(kScreen, "pain.third", true);
  f.Miss(kCondition, "pain.second", true);
  EXPECT_THAT(Keys(), ElementsAre("pain.second", "pain.third"));
}

TEST_F(Questions, ThatMorePluginsAskComeSooner) {
  f.Miss(kCondition, "pain.first", false);
  f.Miss(kCondition, "pain.second", false);
  f.Miss(kExercise, "pain.second", false);
  EXPECT_THAT(Keys(), ElementsAre("pain.second", "pain.first"));
}

TEST_F(Questions, ElseGoInTheOrderOfTheCatalogue) {
  f.Miss(kCondition, "pain.second", false);
  f.Miss(kCondition, "pain.first", false);
  f.Miss(kCondition, "patient.age", false);
  f.Miss(kCondition, "unknown.key", false);
  EXPECT_THAT(Keys(), ElementsAre("patient.age", "pain.first", "pain.second", "unknown.key"));
}

TEST_F(Questions, OnThePersonHaveTheirOwnWording) {
  f.Miss(kCondition, "patient.age", false);
  f.Miss(kCondition, "patient.sex", false);
  v1::Consultation c = f.Run();
  for (const v1::NextQuestion& q : c.next_questions()) {
    EXPECT_THAT(q.question(), testing::EndsWith("?"));
    EXPECT_EQ(q.section(), "patient");
  }
}

// --- Sources and notices ---

TEST(Reconcile, EveryCitedSourceIsListedOnce) {
  Fixture f;
  f.AddCitation(f.Manifest(kCondition), "K-3", "Never cited");
  f.Recommend(kScreen, "a", {"x"}).add_citations("K-2");
  f.Recommend(kCondition, "b", {"x"});
  v1::Consultation c = f.Run();
  std::vector<std::string> keys;
  for (const auto& s : c.citations()) keys.push_back(s.key());
  EXPECT_THAT(keys, ElementsAre("K-1", "K-2"));
  EXPECT_EQ(c.citations(0).title(), "First source");
  EXPECT_EQ(c.notices_size(), 0);
}

TEST(Reconcile, SourcesOfARefusedAnswerAreNotListed) {
  Fixture f;
  f.Recommend(kScreen, "a", {"x"}).add_citations("K-9");
  EXPECT_EQ(f.Run().citations_size(), 0);
}

TEST(Reconcile, OneKeyForTwoSourcesIsNoticed) {
  Fixture f;
  f.Manifest(kExercise).mutable_citations(0)->set_title("Another source");
  v1::Consultation c = f.Run();
  ASSERT_EQ(c.notices_size(), 1);
  EXPECT_EQ(c.notices(0).path(), "K-1");
  EXPECT_THAT(c.notices(0).message(), HasSubstr("Another source"));
}

TEST(Reconcile, NoticesOfIntakeAreShown) {
  Fixture f;
  v1::Notice& notice = f.case_.notices.emplace_back();
  notice.set_path("/findings/0");
  notice.set_message("unknown key");
  v1::Consultation c = f.Run();
  ASSERT_EQ(c.notices_size(), 1);
  EXPECT_EQ(c.notices(0).message(), "unknown key");
}

TEST(Reconciler, CanBeUsedAgain) {
  Fixture f;
  f.Recommend(kCondition, "walk", {"load.walking"});
  v1::Consultation once = f.Run();
  Reconciler reconciler(f.catalog_, "9.9.9", "worker");
  std::vector<Reply> replies;
  for (const PluginFile& file : f.catalog_.plugins) {
    replies.push_back({f.Answer(file.manifest.id()).SerializeAsString(), std::nullopt});
  }
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(reconciler.Reconcile(f.case_, replies), once));
  }
}

}  // namespace
}  // namespace condyle
