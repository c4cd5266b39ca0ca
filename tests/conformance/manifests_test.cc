// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The manifests of all plugins, beside each other and beside the pack.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "condyle/v1/pack.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

class Manifests : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(catalog_.plugins, Not(IsEmpty())) << "no plugin was built"; }
  const PluginCatalog catalog_ = DiscoverPlugins({kPluginFolder});
};

TEST_F(Manifests, AreAllUsableTogether) {
  for (const v1::PluginFailure& failure : catalog_.failures) ADD_FAILURE() << failure.ShortDebugString();
  std::set<std::string> ids;
  for (const PluginFile& plugin : catalog_.plugins) EXPECT_TRUE(ids.insert(plugin.manifest.id()).second) << plugin.path;
}

TEST_F(Manifests, DefineEachInputInOneWay) {
  std::map<std::string, std::pair<std::string, std::string>> defined;  // key -> bytes, plugin
  for (const PluginFile& plugin : catalog_.plugins) {
    for (const v1::Input& input : plugin.manifest.inputs()) {
      const auto [at, is_new] =
          defined.emplace(input.key(), std::pair(input.SerializeAsString(), plugin.manifest.id()));
      EXPECT_EQ(at->second.first, input.SerializeAsString())
          << input.key() << " differs between " << at->second.second << " and " << plugin.manifest.id();
    }
  }
}

// All screens of the pack are expected by every other plugin, with the guards that the screen itself lists.
TEST_F(Manifests, ExpectEveryScreenWithItsGuards) {
  std::map<std::string, std::set<std::string>> screens;
  for (const PluginFile& plugin : catalog_.plugins) {
    if (plugin.manifest.role() != v1::PLUGIN_ROLE_SAFETY_SCREEN) continue;
    EXPECT_THAT(plugin.manifest.guards(), Not(IsEmpty())) << plugin.path;
    screens[plugin.manifest.id()] = {plugin.manifest.guards().begin(), plugin.manifest.guards().end()};
  }
  EXPECT_EQ(screens.size(), 2u);
  for (const PluginFile& plugin : catalog_.plugins) {
    std::map<std::string, std::set<std::string>> expected;
    for (const v1::ExpectedScreen& screen : plugin.manifest.expected_screens()) {
      expected[screen.plugin_id()] = {screen.guards().begin(), screen.guards().end()};
    }
    std::map<std::string, std::set<std::string>> others = screens;
    others.erase(plugin.manifest.id());
    EXPECT_EQ(expected, others) << plugin.path;
  }
}

TEST_F(Manifests, FillInEverySourceAttribute) {
  for (const PluginFile& plugin : catalog_.plugins) {
    const v1::SourceAttributes& attributes = plugin.manifest.source_attributes();
    const auto* descriptor = attributes.GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      EXPECT_THAT(attributes.GetReflection()->GetString(attributes, descriptor->field(i)), Not(IsEmpty()))
          << plugin.manifest.id() << ": " << descriptor->field(i)->name();
    }
    for (const std::string& text : {plugin.manifest.title(), plugin.manifest.licence(), plugin.manifest.intended_use(),
                                    plugin.manifest.cautioned_use()}) {
      EXPECT_THAT(text, Not(IsEmpty())) << plugin.path;
    }
  }
}

// The manifests declare that they use sex and age just where their attributes say so.
TEST_F(Manifests, SayWhatTheyUseOfThePerson) {
  for (const PluginFile& plugin : catalog_.plugins) {
    const v1::SourceAttributes& attributes = plugin.manifest.source_attributes();
    EXPECT_EQ(plugin.manifest.uses_sex(), attributes.use_of_sex() != "not used") << plugin.manifest.id();
    EXPECT_EQ(plugin.manifest.uses_age(), attributes.use_of_date_of_birth() != "not used") << plugin.manifest.id();
  }
}

// emitters.tsv: who may emit what, as the clinical contract has it.
std::map<std::string, std::set<std::string>> ReadEmitters() {
  std::map<std::string, std::set<std::string>> emitters;
  std::istringstream lines(ReadFile(std::string(kSourceFolder) + "/tests/conformance/emitters.tsv"));
  std::string line;
  while (std::getline(lines, line)) {
    if (line.empty() || line[0] == '#') continue;
    const size_t tab = line.find('\t');
    if (tab == line.npos) {
      ADD_FAILURE() << "emitters.tsv: no tab in: " << line;
      continue;
    }
    std::istringstream plugins(line.substr(tab + 1));
    std::string plugin;
    while (std::getline(plugins, plugin, ';')) emitters[line.substr(0, tab)].insert(plugin);
  }
  return emitters;
}

TEST_F(Manifests, EmitWhatTheyMay) {
  const std::map<std::string, std::set<std::string>> emitters = ReadEmitters();
  ASSERT_GT(emitters.size(), 50u);
  for (const PluginFile& plugin : catalog_.plugins) {
    for (const std::string& id : plugin.manifest.emits()) {
      const auto allowed = emitters.find(id);
      if (allowed == emitters.end()) {
        ADD_FAILURE() << plugin.manifest.id() << " emits " << id << ", which emitters.tsv does not list";
      } else {
        EXPECT_EQ(allowed->second.count(plugin.manifest.id()), 1u) << plugin.manifest.id() << " may not emit " << id;
      }
    }
  }
}

TEST_F(Manifests, EmitAllThatThePackWords) {
  v1::Pack pack;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      ReadFile(std::string(kPackFolder) + "/recommendations.textproto"), &pack));
  ASSERT_GT(pack.recommendations_size(), 50);
  std::set<std::string> emitted, worded;
  for (const PluginFile& plugin : catalog_.plugins) {
    emitted.insert(plugin.manifest.emits().begin(), plugin.manifest.emits().end());
  }
  for (const v1::RecommendationSpec& spec : pack.recommendations()) {
    worded.insert(spec.id());
    EXPECT_EQ(emitted.count(spec.id()), 1u) << spec.id() << " is worded in the pack and no plugin emits it";
  }
  for (const auto& [id, plugins] : ReadEmitters())
    EXPECT_EQ(worded.count(id), 1u) << id << " is not worded in the pack";
}

}  // namespace
}  // namespace condyle::tests
