// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Resources, pages, outcomes, and what is none of them.
#include "host/fhir_client/fhir_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace condyle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(FhirBody, AResourceIsHandedOnAsItCame) {
  const std::string text = R"({ "resourceType" : "Observation", "valueQuantity": {"value": 1.50} })";
  const FhirBody body = ReadFhirBody(text, "Observation");
  EXPECT_THAT(body.resources, ElementsAre(text));
  EXPECT_EQ(body.problem, "");
}

TEST(FhirBody, ASearchsetIsTakenApart) {
  const FhirBody body = ReadFhirBody(R"({"resourceType":"Bundle","type":"searchset","total":3,
    "link":[{"relation":"self","url":"https://a.example/1"},{"relation":"next","url":"https://a.example/2"}],
    "entry":[
      {"fullUrl":"urn:1","resource":{"resourceType":"Observation","id":"1","valueQuantity":{"value":1.50}},"search":{"mode":"match"}},
      {"search":{"mode":"outcome"},"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"processing"}]}},
      {"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"}]}},
      {"search":{"mode":"include"},"resource":{"resourceType":"Patient","id":"2","name":[{"family":"\u00c4]}"}]}}]})",
                                     "Observation");
  EXPECT_EQ(body.problem, "");
  EXPECT_THAT(body.resources, ElementsAre(R"({"resourceType":"Observation","id":"1","valueQuantity":{"value":1.50}})",
                                          R"({"resourceType":"Patient","id":"2","name":[{"family":"\u00c4]}"}]})"));
  EXPECT_EQ(body.next, "https://a.example/2");
}

TEST(FhirBody, NothingFoundIsAnAnswer) {
  for (const char* text : {R"({"resourceType":"Bundle","type":"searchset","total":0})",
                           R"({"resourceType":"Bundle","type":"searchset","entry":[]})",
                           R"({"resourceType":"Bundle","type":"searchset","entry":null,"link":[]})"}) {
    const FhirBody body = ReadFhirBody(text, "Observation");
    EXPECT_EQ(body.problem, "") << text;
    EXPECT_THAT(body.resources, IsEmpty());
    EXPECT_EQ(body.next, "");
  }
}

TEST(FhirBody, WhatIsOfNoUseIsNamedWithoutRepeatingIt) {
  const struct {
    const char* name;
    const char* text;
    const char* problem;
  } rows[] = {
      {"nothing", "", "no JSON"},
      {"a page of HTML", "<html>Secret</html>", "no JSON"},
      {"half of one", R"({"resourceType":"Observation")", "no JSON"},
      {"an array", "[]", "no FHIR resource"},
      {"no type", R"({"id":"Secret"})", "no FHIR resource"},
      {"a type that is a number", R"({"resourceType":1})", "no FHIR resource"},
      {"two types", R"({"resourceType":"Observation","resourceType":"Patient"})", "no FHIR resource"},
      {"another type", R"({"resourceType":"Patient","id":"Secret"})", "another type"},
      {"an outcome",
       R"({"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"x"},{"severity":"error","code":"not-supported","diagnostics":"Secret"}]})",
       "OperationOutcome: error not-supported"},
      {"an outcome with codes that are none",
       R"({"resourceType":"OperationOutcome","issue":[{"severity":"Secret","code":"Secret: 1"}]})", "OperationOutcome"},
      {"an outcome without issues", R"({"resourceType":"OperationOutcome"})", "OperationOutcome"},
      {"a history", R"({"resourceType":"Bundle","type":"history"})", "no searchset"},
      {"a Bundle without a type", R"({"resourceType":"Bundle"})", "no searchset"},
      {"entries no array", R"({"resourceType":"Bundle","type":"searchset","entry":{}})", "entry is no array"},
      {"an entry no object", R"({"resourceType":"Bundle","type":"searchset","entry":["Secret"]})", "no object"},
      {"an entry without a resource", R"({"resourceType":"Bundle","type":"searchset","entry":[{"fullUrl":"Secret"}]})",
       "holds no resource"},
      {"a resource without a type", R"({"resourceType":"Bundle","type":"searchset","entry":[{"resource":{}}]})",
       "no resourceType"},
      {"a resource that is text", R"({"resourceType":"Bundle","type":"searchset","entry":[{"resource":"Secret"}]})",
       "no resourceType"},
      {"a resource twice",
       R"({"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"A"},"resource":{"resourceType":"B"}}]})",
       "no object"},
      {"an error among the entries",
       R"({"resourceType":"Bundle","type":"searchset","entry":[{"search":{"mode":"outcome"},"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"timeout","diagnostics":"Secret"}]}}]})",
       "only a part, says the OperationOutcome in its Bundle: error timeout"},
      {"two next pages",
       R"({"resourceType":"Bundle","type":"searchset","link":[{"relation":"next","url":"a"},{"relation":"next","url":"b"}]})",
       "two next pages"},
      {"a next page without a URL", R"({"resourceType":"Bundle","type":"searchset","link":[{"relation":"next"}]})",
       "no URL"},
      {"links no array", R"({"resourceType":"Bundle","type":"searchset","link":{}})", "link is no array"},
  };
  for (const auto& row : rows) {
    const FhirBody body = ReadFhirBody(row.text, "Observation");
    EXPECT_THAT(body.problem, HasSubstr(row.problem)) << row.name;
    EXPECT_THAT(body.problem, Not(HasSubstr("Secret"))) << row.name;
    EXPECT_THAT(body.resources, IsEmpty()) << row.name;
  }
}

TEST(FhirBody, ABundleThatWasAskedForIsAResource) {
  const std::string text = R"({"resourceType":"Bundle","type":"collection"})";
  EXPECT_THAT(ReadFhirBody(text, "Bundle").resources, ElementsAre(text));
}

}  // namespace
}  // namespace condyle
