// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Each plugin is asked with what it declares, and with nothing else.
#include "host/library/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "condyle/v1/assessment_request.pb.h"

namespace condyle {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Requests : public testing::Test {
 protected:
  void AddPlugin(const std::string& id, const std::vector<std::string>& keys, bool uses_age, bool uses_sex) {
    v1::PluginManifest& manifest = catalog_.plugins.emplace_back().manifest;
    manifest.set_id(id);
    for (const std::string& key : keys) manifest.add_inputs()->set_key(key);
    manifest.set_uses_age(uses_age);
    manifest.set_uses_sex(uses_sex);
  }

  void AddFinding(const std::string& key, bool present) {
    v1::Finding* finding = case_.add_findings();
    finding->set_key(key);
    finding->set_present(present);
  }

  std::vector<v1::AssessmentRequest> Build() {
    std::vector<v1::AssessmentRequest> requests;
    for (const std::string& bytes : RequestBuilder(catalog_).Build(case_)) {
      EXPECT_TRUE(requests.emplace_back().ParseFromString(bytes));
      // Put together by hand, and the same bytes as protobuf's.
      EXPECT_EQ(requests.back().SerializeAsString(), bytes);
    }
    return requests;
  }

  static std::vector<std::string> Keys(const v1::AssessmentRequest& request) {
    std::vector<std::string> keys;
    for (const v1::Finding& finding : request.findings()) keys.push_back(finding.key());
    return keys;
  }

  PluginCatalog catalog_;
  v1::Case case_;
};

TEST_F(Requests, HoldOnlyDeclaredInputsInTheOrderOfTheCase) {
  AddPlugin("one", {"a", "b"}, false, false);
  AddPlugin("two", {"b", "c"}, false, false);
  AddPlugin("none", {}, false, false);
  for (const char* key : {"c", "b", "a", "b", "undeclared"}) AddFinding(key, false);
  std::vector<v1::AssessmentRequest> requests = Build();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_THAT(Keys(requests[0]), ElementsAre("b", "a", "b"));
  EXPECT_THAT(Keys(requests[1]), ElementsAre("c", "b", "b"));
  EXPECT_THAT(Keys(requests[2]), IsEmpty());
}

TEST_F(Requests, HoldAFindingWhole) {
  AddPlugin("one", {"a"}, false, false);
  v1::Finding* finding = case_.add_findings();
  finding->set_key("a");
  finding->set_side(v1::SIDE_LEFT);
  finding->mutable_quantity()->set_value(38.5);
  finding->mutable_quantity()->set_unit("Cel");
  finding->set_observed_at("2026-05-01");
  finding->set_source(std::string(300, 's'));  // a length of two bytes
  std::vector<v1::AssessmentRequest> requests = Build();
  ASSERT_EQ(requests[0].findings_size(), 1);
  EXPECT_EQ(requests[0].findings(0).SerializeAsString(), finding->SerializeAsString());
}

TEST_F(Requests, HoldAgeAndSexOnlyIfTheManifestSaysSo) {
  AddPlugin("both", {}, true, true);
  AddPlugin("age", {}, true, false);
  AddPlugin("sex", {}, false, true);
  AddPlugin("none", {}, false, false);
  case_.mutable_patient()->set_age_years(34.5);
  case_.mutable_patient()->set_sex(v1::SEX_FEMALE);
  std::vector<v1::AssessmentRequest> requests = Build();
  EXPECT_EQ(requests[0].patient().age_years(), 34.5);
  EXPECT_EQ(requests[0].patient().sex(), v1::SEX_FEMALE);
  EXPECT_EQ(requests[1].patient().age_years(), 34.5);
  EXPECT_EQ(requests[1].patient().sex(), v1::SEX_UNSPECIFIED);
  EXPECT_EQ(requests[2].patient().age_case(), v1::Patient::AGE_NOT_SET);
  EXPECT_EQ(requests[2].patient().sex(), v1::SEX_FEMALE);
  EXPECT_FALSE(requests[3].has_patient());
}

TEST_F(Requests, TellAnInfantFromAnUnknownAge) {
  AddPlugin("age", {}, true, false);
  EXPECT_EQ(Build()[0].patient().age_case(), v1::Patient::AGE_NOT_SET);
  case_.mutable_patient()->set_age_years(0);
  EXPECT_EQ(Build()[0].patient().age_case(), v1::Patient::kAgeYears);
}

TEST_F(Requests, NeverHoldADateOfBirthOrTheIdOfTheCase) {
  AddPlugin("both", {}, true, true);
  case_.set_id("mrn-4711");
  case_.mutable_patient()->set_birth_date("1991-02-03");
  std::string bytes = RequestBuilder(catalog_).Build(case_)[0];
  EXPECT_THAT(bytes, testing::Not(testing::HasSubstr("1991")));
  EXPECT_THAT(bytes, testing::Not(testing::HasSubstr("4711")));
}

TEST_F(Requests, SayWhenAndInWhichLanguage) {
  AddPlugin("one", {}, false, false);
  case_.set_as_of("2026-05-01T09:00:00Z");
  EXPECT_EQ(Build()[0].as_of(), "2026-05-01T09:00:00Z");
  EXPECT_EQ(Build()[0].locale(), "en");
}

TEST(UnixNanoseconds, ReadsRfc3339) {
  const std::map<std::string, std::optional<int64_t>> rows = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:01.5Z", 1500000000},
      {"1970-01-01T01:00:00+01:00", 0},
      {"1969-12-31T23:59:59Z", -1000000000},
      {"2026-05-01T09:00:00Z", 1777626000000000000},
      {"1699-12-31T23:59:59Z", std::nullopt},
      {"2261-12-31T23:59:59Z", 9214646399000000000},
      {"2262-01-01T00:00:00Z", std::nullopt},
      {"2026-05-01", std::nullopt},
      {"yesterday", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(UnixNanoseconds(text), expected) << text;
}

}  // namespace
}  // namespace condyle
