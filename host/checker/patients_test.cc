// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Drawn patients, requests, and the search for inputs that change nothing.
#include "host/checker/patients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/checker/requests.h"

namespace condyle::checker {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::PluginManifest Manifest() {
  v1::PluginManifest manifest;
  for (const char* key : {"a.one", "a.two", "a.three"}) {
    v1::Input* input = manifest.add_inputs();
    input->set_key(key);
    input->set_type(v1::INPUT_TYPE_BOOLEAN);
  }
  manifest.set_uses_sex(true);
  return manifest;
}

bool Yes(const v1::Case& patient, const char* key) {
  const v1::Finding* finding = Find(patient, key, v1::SIDE_UNSPECIFIED);
  return finding != nullptr && finding->present();
}

// Searches among drawn patients; `answer` is the plugin.
std::set<std::string> Left(const UnreadInputs::Ask& answer) {
  const v1::PluginManifest manifest = Manifest();
  UnreadInputs unread(manifest, 5);
  PatientGenerator generator({manifest.inputs().begin(), manifest.inputs().end()}, {}, 5);
  for (int i = 0; i < 200; ++i) unread.Try(generator.Next(), answer);
  return unread.left();
}

TEST(UnreadInputs, AreNoneIfEachChangesSomeAnswer) {
  EXPECT_THAT(Left([](const v1::Case& p) {
                return std::to_string(Yes(p, "a.one")) + std::to_string(Yes(p, "a.two")) +
                       std::to_string(Yes(p, "a.three")) + std::to_string(p.patient().sex());
              }),
              IsEmpty());
}

TEST(UnreadInputs, AreThoseThatChangeNone) {
  EXPECT_THAT(
      Left([](const v1::Case& p) { return std::to_string(Yes(p, "a.one")) + std::to_string(Yes(p, "a.three")); }),
      ElementsAre("a.two", "patient.sex"));
}

TEST(UnreadInputs, AreFoundToBeReadWhereTheyCountOnlyTogether) {
  EXPECT_THAT(
      Left([](const v1::Case& p) {
        return std::to_string(Yes(p, "a.one") && Yes(p, "a.two") && !Yes(p, "a.three") && p.patient().sex() == 1);
      }),
      IsEmpty());
}

TEST(UnreadInputs, SayNothingOfPatientsThatAreRefused) {
  EXPECT_EQ(Left([](const v1::Case&) { return std::nullopt; }).size(), 4u);
}

TEST(RequestSource, BeginsWithNothingAndEverything) {
  const v1::PluginManifest manifest = Manifest();
  const RequestSource source(manifest);
  const std::vector<v1::Case> patients = source.Patients(30, {}, 1);
  ASSERT_EQ(patients.size(), 30u);
  EXPECT_EQ(patients[0].findings_size(), 0);
  EXPECT_EQ(patients[1].findings_size(), 3);
  EXPECT_GT(source.Long(10'000).size(), 10'000u);
  EXPECT_GT(source.Absurd().size(), 5u);
}

TEST(RequestSource, DrawsTheSameForTheSameSeed) {
  const v1::PluginManifest manifest = Manifest();
  const RequestSource source(manifest);
  const auto bytes = [&](uint32_t seed) {
    std::string all;
    for (const v1::Case& patient : source.Patients(40, {}, seed)) all += source.Of(patient)->bytes;
    return all;
  };
  EXPECT_EQ(bytes(3), bytes(3));
  EXPECT_NE(bytes(3), bytes(4));
}

}  // namespace
}  // namespace condyle::checker
