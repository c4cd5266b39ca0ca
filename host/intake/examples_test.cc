// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The examples of the documentation, read with the vocabulary of the pack: the three formats say the same.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "condyle/v1/pack.pb.h"
#include "host/intake/intake_test_support.h"

namespace condyle::intake {
namespace {

std::string File(const std::string& path) {
  std::ifstream stream(CONDYLE_SOURCE_DIR "/" + path, std::ios::binary);
  EXPECT_TRUE(stream) << path;
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

// The vocabulary, whose parts add fields to one another's inputs.
const InputCatalog& PackInputs() {
  static const InputCatalog* const catalog = [] {
    v1::PluginManifest manifest;
    manifest.set_id("pack");
    for (const char* part : {"pack", "inputs", "snomed"}) {
      v1::Pack pack;
      const std::string text = File(std::string("plugins/pack/") + part + ".textproto");
      EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &pack)) << part;
      if (!pack.code_system().empty()) manifest.set_code_system(pack.code_system());
      manifest.mutable_contradictions()->MergeFrom(pack.contradictions());
      manifest.mutable_side_codings()->MergeFrom(pack.side_codings());
      for (const v1::Input& input : pack.inputs()) {
        v1::Input* known = nullptr;
        for (v1::Input& candidate : *manifest.mutable_inputs()) {
          if (candidate.key() == input.key()) known = &candidate;
        }
        if (known == nullptr) {
          *manifest.add_inputs() = input;
        } else {
          known->mutable_condition_codings()->MergeFrom(input.condition_codings());
        }
      }
    }
    auto* built = new InputCatalog;
    EXPECT_EQ(built->Add(manifest), "");
    return built;
  }();
  return *catalog;
}

IntakeResult ReadExample(const std::string& name) {
  return ReadCase(File("docs/examples/" + name), PackInputs(), IntakeOptions());
}

TEST(Examples, TheRunnerIsTheSameInEachFormat) {
  const IntakeResult bundle = ReadExample("runner.bundle.json");
  ASSERT_TRUE(std::holds_alternative<CheckedCase>(bundle)) << RefusalText(bundle);
  const v1::Case& value = std::get<CheckedCase>(bundle).value;
  EXPECT_EQ(value.id(), "example-runner");
  EXPECT_EQ(value.patient().sex(), v1::SEX_FEMALE);
  EXPECT_EQ(static_cast<int>(value.patient().age_years()), 27);
  EXPECT_GT(value.findings_size(), 60);
  EXPECT_EQ(CaseText(ReadExample("runner.case.json")), CaseText(bundle));
  EXPECT_EQ(CaseText(ReadExample("runner.case.textproto")), CaseText(bundle));
}

TEST(Examples, NothingOfTheRunnerIsOdd) {
  EXPECT_EQ(NoticesText(ReadExample("runner.bundle.json")),
            "/entry/1/resource: resources of type \"Practitioner\" are not read\n");
  EXPECT_EQ(NoticesText(ReadExample("runner.case.json")), "");
}

}  // namespace
}  // namespace condyle::intake
