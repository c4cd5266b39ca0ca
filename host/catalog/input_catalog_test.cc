// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// How manifests merge, and how two that disagree are named.
#include "host/catalog/input_catalog.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

namespace condyle {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::PluginManifest Manifest(const std::string& text) {
  v1::PluginManifest manifest;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &manifest)) << text;
  return manifest;
}

constexpr char kFirst[] = R"pb(
  id: "zeta"
  code_system: "urn:test"
  inputs {
    key: "lab.crp"
    type: INPUT_TYPE_QUANTITY
    unit: "mg/L"
    min: 0
    max: 1000
    codings { system: "http://loinc.org" code: "1988-5" }
  }
  inputs {
    key: "history.psoriasis"
    type: INPUT_TYPE_BOOLEAN
    condition_codings { system: "http://snomed.info/sct" code: "9014002" }
  }
  side_codings {
    side: SIDE_LEFT
    coding { system: "http://snomed.info/sct" code: "7771000" }
  }
  contradictions {
    id: "one"
    all { key: "patient.sex" code: "SEX_MALE" }
    reason: "because"
  }
)pb";

TEST(InputCatalog, FindsAnInputByKeyCodingConditionAndOwnCodeSystem) {
  InputCatalog catalog;
  ASSERT_EQ(catalog.Add(Manifest(kFirst)), "");
  const CatalogInput* crp = catalog.Find("lab.crp");
  ASSERT_NE(crp, nullptr);
  EXPECT_EQ(crp->input.unit(), "mg/L");
  EXPECT_EQ(catalog.FindByCoding("http://loinc.org", "1988-5"), crp);
  EXPECT_EQ(catalog.FindByCoding("urn:test", "lab.crp"), crp);
  EXPECT_EQ(catalog.FindByConditionCoding("http://snomed.info/sct", "9014002"), catalog.Find("history.psoriasis"));
  EXPECT_EQ(catalog.FindSide("http://snomed.info/sct", "7771000"), v1::SIDE_LEFT);
  EXPECT_THAT(catalog.code_systems(), ElementsAre("urn:test"));
  EXPECT_EQ(catalog.contradictions().size(), 1u);
}

TEST(InputCatalog, DoesNotMixUpSystemsKeysAndKindsOfCode) {
  InputCatalog catalog;
  ASSERT_EQ(catalog.Add(Manifest(kFirst)), "");
  EXPECT_EQ(catalog.Find("lab"), nullptr);
  EXPECT_EQ(catalog.Find("lab.crp "), nullptr);
  EXPECT_EQ(catalog.FindByCoding("http://snomed.info/sct", "1988-5"), nullptr);
  EXPECT_EQ(catalog.FindByCoding("", "lab.crp"), nullptr);
  EXPECT_EQ(catalog.FindByCoding("http://snomed.info/sct", "9014002"), nullptr);
  EXPECT_EQ(catalog.FindByConditionCoding("http://loinc.org", "1988-5"), nullptr);
  EXPECT_EQ(catalog.FindSide("http://snomed.info/sct", "24028007"), v1::SIDE_UNSPECIFIED);
}

TEST(InputCatalog, MergesASecondPluginThatAgreesAndSortsThePlugins) {
  InputCatalog catalog;
  ASSERT_EQ(catalog.Add(Manifest(kFirst)), "");
  v1::PluginManifest second = Manifest(kFirst);
  second.set_id("alpha");
  second.add_inputs()->set_key("pain.present");
  ASSERT_EQ(catalog.Add(second), "");
  ASSERT_EQ(catalog.inputs().size(), 3u);
  EXPECT_THAT(catalog.Find("lab.crp")->plugin_ids, ElementsAre("alpha", "zeta"));
  EXPECT_THAT(catalog.Find("pain.present")->plugin_ids, ElementsAre("alpha"));
  EXPECT_EQ(catalog.inputs()[2].input.key(), "pain.present");
  EXPECT_EQ(catalog.contradictions().size(), 1u);
  EXPECT_EQ(catalog.side_codings().size(), 1u);
  EXPECT_THAT(catalog.code_systems(), ElementsAre("urn:test"));
}

struct Conflict {
  const char* name;
  const char* manifest;
  const char* mentions;
};

class InputCatalogConflict : public ::testing::TestWithParam<Conflict> {};

TEST_P(InputCatalogConflict, NamesFieldAndBothPluginsAndAddsNothing) {
  InputCatalog catalog;
  ASSERT_EQ(catalog.Add(Manifest(kFirst)), "");
  const std::string problem = catalog.Add(Manifest(GetParam().manifest));
  EXPECT_THAT(problem, AllOf(HasSubstr(GetParam().mentions), HasSubstr("zeta"), HasSubstr("later")));
  EXPECT_EQ(catalog.inputs().size(), 2u);
  EXPECT_EQ(catalog.Find("other.key"), nullptr);
  EXPECT_THAT(catalog.Find("lab.crp")->plugin_ids, ElementsAre("zeta"));
  EXPECT_EQ(catalog.contradictions().size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    All, InputCatalogConflict,
    ::testing::Values(Conflict{"Cutoffs",
                               R"pb(id: "later"
                                    inputs { key: "other.key" }
                                    inputs {
                                      key: "lab.crp"
                                      type: INPUT_TYPE_QUANTITY
                                      unit: "mg/L"
                                      min: 0
                                      max: 1000
                                      cutoffs: [ 10, 50 ]
                                      codings { system: "http://loinc.org" code: "1988-5" }
                                    })pb",
                               "field cutoffs (not set against cutoffs: 10 cutoffs: 50)"},
                      Conflict{"Unit",
                               R"pb(id: "later"
                                    inputs { key: "other.key" }
                                    inputs {
                                      key: "lab.crp"
                                      type: INPUT_TYPE_QUANTITY
                                      unit: "mg/dL"
                                      min: 0
                                      max: 1000
                                      codings { system: "http://loinc.org" code: "1988-5" }
                                    })pb",
                               "input lab.crp"},
                      Conflict{"FieldIsNamed",
                               R"pb(id: "later"
                                    inputs {
                                      key: "history.psoriasis"
                                      type: INPUT_TYPE_CODED
                                      condition_codings { system: "http://snomed.info/sct" code: "9014002" }
                                    })pb",
                               "field type (type: INPUT_TYPE_BOOLEAN against type: INPUT_TYPE_CODED)"},
                      Conflict{"CodingOfAnotherInput",
                               R"pb(id: "later"
                                    inputs {
                                      key: "other.key"
                                      codings { system: "http://loinc.org" code: "1988-5" }
                                    })pb",
                               "http://loinc.org|1988-5"},
                      Conflict{"ConditionCodingOfAnotherInput",
                               R"pb(id: "later"
                                    inputs {
                                      key: "other.key"
                                      condition_codings { system: "http://snomed.info/sct" code: "9014002" }
                                    })pb",
                               "condition_codings"},
                      Conflict{"Contradiction",
                               R"pb(id: "later"
                                    inputs { key: "other.key" }
                                    contradictions {
                                      id: "one"
                                      all { key: "patient.sex" code: "SEX_FEMALE" }
                                      reason: "because"
                                    })pb",
                               "contradiction one"},
                      Conflict{"SideCoding",
                               R"pb(id: "later"
                                    side_codings {
                                      side: SIDE_RIGHT
                                      coding { system: "http://snomed.info/sct" code: "7771000" }
                                    })pb",
                               "SIDE_LEFT against SIDE_RIGHT"}),
    [](const ::testing::TestParamInfo<Conflict>& row) { return std::string(row.param.name); });

TEST(InputCatalog, RefusesAManifestThatContradictsItself) {
  InputCatalog catalog;
  EXPECT_THAT(catalog.Add(Manifest(R"pb(id: "self"
                                        inputs { key: "a" unit: "d" }
                                        inputs { key: "a" unit: "wk" })pb")),
              AllOf(HasSubstr("input a"), HasSubstr("field unit"), HasSubstr("self")));
  EXPECT_TRUE(catalog.inputs().empty());
}

}  // namespace
}  // namespace condyle
