// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The answer of a hostile plugin among calm ones, through reconciliation and all reports.
//
// The input is what the plugin answers. It is the plugin that the answer names, or a safety screen if it names none.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "host/reconcile/reconcile.h"
#include "host/reconcile/tags.h"
#include "host/report/report.h"
#include "tests/fuzz/support/mutate.h"
#include "tests/fuzz/support/plugins.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

constexpr v1::Urgency kCalmUrgency = v1::URGENCY_ROUTINE;

bool IsScreen(const PluginFile& plugin) { return plugin.manifest.role() == v1::PLUGIN_ROLE_SAFETY_SCREEN; }

// Tags that screens guard, one below them, and one that nobody guards.
const std::vector<std::string>& AdvisedTags() {
  static const std::vector<std::string> kTags = {"load", "load.running.fuzzed", "exercise", "injection.steroid",
                                                 "education"};
  return kTags;
}

// An answer with a piece of advice for each tag.
v1::Assessment CalmAnswer(const PluginFile& plugin) {
  v1::Assessment answer;
  answer.set_plugin_id(plugin.manifest.id());
  answer.set_plugin_version(plugin.manifest.version());
  answer.set_status(v1::STATUS_NEGATIVE);
  answer.set_urgency(kCalmUrgency);
  answer.set_summary("Calm.");
  if (IsScreen(plugin)) return answer;
  for (const std::string& tag : AdvisedTags()) {
    v1::Recommendation* advice = answer.add_recommendations();
    advice->set_id("calm_" + tag);
    advice->set_text("Advice about " + tag);
    advice->set_grade(v1::GRADE_GUIDELINE);
    advice->add_tags(tag);
    advice->add_citations(plugin.manifest.citations(0).key());
  }
  return answer;
}

struct Scene {
  size_t hostile = 0;
  size_t failed_screen = 0;  // another than the hostile one
  std::vector<v1::Assessment> calm;
  std::vector<Reply> replies;
};

// Everybody calm but for one screen that failed: another than the hostile plugin.
Scene CalmScene(size_t hostile) {
  const std::vector<PluginFile>& plugins = TreeCatalog().plugins;
  Scene scene;
  scene.hostile = hostile;
  for (size_t i = 0; i < plugins.size(); ++i) {
    scene.calm.push_back(CalmAnswer(plugins[i]));
    scene.replies.emplace_back().response = scene.calm[i].SerializeAsString();
    if (IsScreen(plugins[i]) && i != hostile) scene.failed_screen = i;
  }
  Reply& failed = scene.replies[scene.failed_screen];
  failed.response.clear();
  failed.failure.emplace().set_kind(v1::FAILURE_KIND_CRASHED);
  failed.failure->set_plugin_id(plugins[scene.failed_screen].manifest.id());
  failed.failure->set_message("It crashed.");
  return scene;
}

// The scene with this plugin as the hostile one.
Scene& SceneOf(size_t hostile) {
  static std::vector<Scene> scenes = [] {
    std::vector<Scene> all;
    for (size_t i = 0; i < TreeCatalog().plugins.size(); ++i) all.push_back(CalmScene(i));
    return all;
  }();
  return scenes[hostile];
}

Scene& MakeScene(std::string_view response) {
  const std::vector<PluginFile>& plugins = TreeCatalog().plugins;
  v1::Assessment answer;
  const bool readable = answer.ParseFromArray(response.data(), static_cast<int>(response.size()));
  const auto named = std::find_if(plugins.begin(), plugins.end(), [&](const PluginFile& plugin) {
    return readable && plugin.manifest.id() == answer.plugin_id();
  });
  const auto one = named != plugins.end() ? named : std::find_if(plugins.begin(), plugins.end(), IsScreen);
  Scene& scene = SceneOf(static_cast<size_t>(one - plugins.begin()));
  scene.replies[scene.hostile].response = std::string(response);
  return scene;
}

bool IsHeld(const v1::Consultation& out, const std::string& tag, const char* by = nullptr) {
  return std::any_of(out.holds().begin(), out.holds().end(), [&](const v1::Hold& hold) {
    return TagCovers(hold.tag(), tag) && (by == nullptr || hold.by() == by);
  });
}

bool IsHeld(const v1::Consultation& out, const v1::Recommendation& advice) {
  return std::any_of(advice.tags().begin(), advice.tags().end(),
                     [&](const std::string& tag) { return IsHeld(out, tag); });
}

const v1::Assessment* AnswerOf(const v1::Consultation& out, const std::string& id) {
  const auto at = std::find_if(out.assessments().begin(), out.assessments().end(),
                               [&](const v1::Assessment& answer) { return answer.plugin_id() == id; });
  return at == out.assessments().end() ? nullptr : &*at;
}

void RequireHostHolds(const v1::Consultation& out) {
  for (const PluginFile& plugin : TreeCatalog().plugins) {
    if (!IsScreen(plugin)) continue;
    const v1::Assessment* answer = AnswerOf(out, plugin.manifest.id());
    if (answer != nullptr && answer->status() != v1::STATUS_INSUFFICIENT_DATA) continue;
    for (const std::string& tag : plugin.manifest.guards()) {
      Require(IsHeld(out, tag, kHostHoldsBy), "the host holds what an unanswered screen guards", tag);
    }
  }
}

void RequireAdviceParted(const v1::Consultation& out) {
  for (const v1::Recommendation& advice : out.recommendations()) {
    Require(!IsHeld(out, advice), "what is held is not active", advice.id());
    Require(!advice.plugin_ids().empty() && !advice.citations().empty(), "active advice has a giver and a source");
  }
  for (const v1::Withheld& withheld : out.withheld()) {
    Require(IsHeld(out, withheld.recommendation()), "what is withheld is held", withheld.recommendation().id());
    Require(!withheld.by().empty() && !withheld.reason().empty() && !withheld.holds().empty(),
            "what is withheld says by whom and why", withheld.recommendation().id());
  }
}

// Whether this advice of this plugin is there, active or withheld, with the words that the plugin gave it.
bool IsThere(const v1::Consultation& out, const std::string& id, const v1::Recommendation& advice) {
  const auto same = [&](const v1::Recommendation& other) {
    return other.id() == advice.id() && other.text() == advice.text() &&
           std::count(other.plugin_ids().begin(), other.plugin_ids().end(), id) == 1;
  };
  return std::any_of(out.recommendations().begin(), out.recommendations().end(), same) ||
         std::any_of(out.withheld().begin(), out.withheld().end(),
                     [&](const v1::Withheld& withheld) { return same(withheld.recommendation()); });
}

void RequireOthersUntouched(const Scene& scene, const v1::Consultation& out) {
  const std::vector<PluginFile>& plugins = TreeCatalog().plugins;
  for (size_t i = 0; i < plugins.size(); ++i) {
    const std::string& id = plugins[i].manifest.id();
    const v1::Assessment* answer = AnswerOf(out, id);
    const auto failures = std::count_if(out.plugin_failures().begin(), out.plugin_failures().end(),
                                        [&](const v1::PluginFailure& failure) { return failure.plugin_id() == id; });
    Require((answer == nullptr ? 1 : 0) == failures, "each plugin has either answered or failed", id);
    if (i == scene.hostile || i == scene.failed_screen) continue;
    Require(answer != nullptr && answer->status() == v1::STATUS_NEGATIVE && answer->urgency() == kCalmUrgency &&
                answer->summary() == "Calm.",
            "a hostile plugin changes no other's answer", id);
    for (const v1::Recommendation& advice : scene.calm[i].recommendations()) {
      Require(IsThere(out, id, advice), "a hostile plugin takes away no other's advice", id + " " + advice.id());
    }
  }
  Require(AnswerOf(out, plugins[scene.failed_screen].manifest.id()) == nullptr, "nobody answers for a failed screen");
}

void RequireUrgency(const Scene& scene, const v1::Consultation& out) {
  v1::Urgency highest = kCalmUrgency;
  const v1::Assessment* hostile = AnswerOf(out, TreeCatalog().plugins[scene.hostile].manifest.id());
  if (hostile != nullptr) highest = std::max(highest, hostile->urgency());
  Require(out.urgency() == highest, "the urgency is the highest that was given", v1::Urgency_Name(out.urgency()));
}

void RequireSources(const v1::Consultation& out) {
  std::set<std::string> known;
  for (const v1::Citation& citation : out.citations()) {
    Require(known.insert(citation.key()).second, "a source is listed once", citation.key());
  }
  for (const v1::Recommendation& advice : out.recommendations()) {
    for (const std::string& key : advice.citations()) Require(known.count(key) == 1, "a cited source is listed", key);
  }
}

void RequireReports(const v1::Consultation& out) {
  TextOptions narrow;
  narrow.width = 40;
  Require(IsShowable(ToText(out, narrow), /*line_breaks=*/true), "the text cannot steer a terminal");
  RequireHarmlessPage(ToHtml(out));
  const std::string json = ToJson(out);
  Require(IsShowable(json), "JSON is UTF-8 without control characters");
  v1::Consultation again;
  Require(google::protobuf::util::JsonStringToMessage(json, &again).ok(), "JSON can be read");
  Require(again.SerializeAsString() == out.SerializeAsString(), "JSON says what the consultation says");
}

void Run(std::string_view response) {
  static const Reconciler reconciler(TreeCatalog(), "0", "worker");
  const Scene& scene = MakeScene(response);
  CheckedCase checked;
  checked.value.set_id("fuzz");
  checked.value.set_as_of("2026-05-01T09:00:00Z");
  v1::Consultation out = reconciler.Reconcile(checked, scene.replies);
  // Carried along by protobuf, shown by nothing.
  out.DiscardUnknownFields();
  for (const v1::PluginFailure& failure : out.plugin_failures()) RequireMessage(failure.message(), "a failure");
  RequireHostHolds(out);
  RequireAdviceParted(out);
  RequireOthersUntouched(scene, out);
  RequireUrgency(scene, out);
  RequireSources(out);
  RequireReports(out);
}

// Puts back what every answer needs, so that most changes are not refused at the first field.
void MakeAcceptable(v1::Assessment* answer, Random& random) {
  const std::vector<PluginFile>& plugins = TreeCatalog().plugins;
  const auto named = std::find_if(plugins.begin(), plugins.end(), [&](const PluginFile& plugin) {
    return plugin.manifest.id() == answer->plugin_id();
  });
  const PluginFile& plugin = named == plugins.end() ? plugins[random.Below(plugins.size())] : *named;
  answer->set_plugin_id(plugin.manifest.id());
  if (answer->status() < 1 || answer->status() > v1::Status_MAX) answer->set_status(v1::STATUS_POSITIVE);
  const auto cite = [&](auto* keys) {
    const auto& citations = plugin.manifest.citations();
    keys->Clear();
    *keys->Add() = citations[static_cast<int>(random.Below(static_cast<size_t>(citations.size())))].key();
  };
  for (v1::Recommendation& advice : *answer->mutable_recommendations()) {
    cite(advice.mutable_citations());
    if (advice.tags().empty()) advice.add_tags("load");
    if (advice.id().empty()) advice.set_id("calm_load");
    if (advice.text().empty()) advice.set_text("Text");
  }
  for (v1::Constraint& constraint : *answer->mutable_constraints()) {
    constraint.clear_citations();
    if (constraint.reason().empty()) constraint.set_reason("Reason");
    if (constraint.effect() != v1::EFFECT_FORBID) constraint.set_effect(v1::EFFECT_HOLD);
  }
}

}  // namespace
}  // namespace condyle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  condyle::fuzz::Run(condyle::fuzz::AsText(data, size));
  return 0;
}

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  condyle::fuzz::Random random(seed);
  condyle::v1::Assessment answer;
  if (random.OneIn(10) || !answer.ParseFromArray(data, static_cast<int>(size))) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  condyle::fuzz::Mutate(&answer, condyle::fuzz::TreeWords(), random);
  if (!random.OneIn(4)) condyle::fuzz::MakeAcceptable(&answer, random);
  const std::string bytes = answer.SerializeAsString();
  if (bytes.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}
