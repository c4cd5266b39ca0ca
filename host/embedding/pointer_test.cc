// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What pointers find, and what they do not.
#include "host/embedding/pointer.h"

#include <gtest/gtest.h>

#include <string>

#include "condyle/v1/consultation.pb.h"
#include "condyle/v1/embedding.pb.h"

namespace condyle::embedding {
namespace {

v1::Consultation Example() {
  v1::Consultation c;
  c.set_case_id("a/b");
  c.set_urgency(v1::URGENCY_URGENT);
  c.add_recommendations()->set_text("first");
  v1::Recommendation* second = c.add_recommendations();
  second->set_text("second \"quoted\"");
  second->add_tags("load.running");
  v1::Assessment* a = c.add_assessments();
  a->add_conclusions()->mutable_probability()->set_point(0.35);
  c.mutable_inquiry()->set_plugin_calls(464);
  c.mutable_inquiry()->set_complete(true);
  return c;
}

struct Lookup {
  const char* name;
  const char* pointer;
  cndh_status status;
  const char* value;
};
class Pointer : public testing::TestWithParam<Lookup> {};

TEST_P(Pointer, FindsWhatIsThere) {
  std::string value;
  EXPECT_EQ(ValueAt(Example(), GetParam().pointer, &value), GetParam().status);
  EXPECT_EQ(value, GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    All, Pointer,
    testing::Values(Lookup{"Text", "/caseId", CNDH_OK, "a/b"}, Lookup{"EmptyText", "/asOf", CNDH_OK, ""},
                    Lookup{"Enumeration", "/urgency", CNDH_OK, "URGENCY_URGENT"},
                    Lookup{"Element", "/recommendations/1/text", CNDH_OK, "second \"quoted\""},
                    Lookup{"ElementOfTexts", "/recommendations/1/tags/0", CNDH_OK, "load.running"},
                    Lookup{"Number", "/inquiry/pluginCalls", CNDH_OK, "464"},
                    Lookup{"Fraction", "/assessments/0/conclusions/0/probability/point", CNDH_OK, "0.35"},
                    Lookup{"Truth", "/inquiry/complete", CNDH_OK, "true"},
                    Lookup{"Object", "/recommendations/0", CNDH_OK, "{\"text\":\"first\"}"},
                    Lookup{"AbsentObject", "/receipt", CNDH_NOT_FOUND, ""},
                    Lookup{"FieldOfAbsentObject", "/receipt/hostVersion", CNDH_NOT_FOUND, ""},
                    Lookup{"List", "/recommendations", CNDH_MISUSE, ""},
                    Lookup{"BehindTheEnd", "/recommendations/2", CNDH_NOT_FOUND, ""},
                    Lookup{"NegativeIndex", "/recommendations/-1", CNDH_NOT_FOUND, ""},
                    Lookup{"LeadingZero", "/recommendations/01", CNDH_NOT_FOUND, ""},
                    Lookup{"EndOfList", "/recommendations/-", CNDH_NOT_FOUND, ""},
                    Lookup{"HugeIndex", "/recommendations/99999999999999999999", CNDH_NOT_FOUND, ""},
                    Lookup{"IndexWithTail", "/recommendations/1x", CNDH_NOT_FOUND, ""},
                    Lookup{"ProtoName", "/case_id", CNDH_NOT_FOUND, ""}, Lookup{"OtherName", "/no", CNDH_NOT_FOUND, ""},
                    Lookup{"BelowText", "/caseId/0", CNDH_NOT_FOUND, ""},
                    Lookup{"BelowElementOfTexts", "/recommendations/1/tags/0/x", CNDH_NOT_FOUND, ""},
                    Lookup{"EmptyPart", "/", CNDH_NOT_FOUND, ""}, Lookup{"TwoSlashes", "//urgency", CNDH_NOT_FOUND, ""},
                    Lookup{"NoSlash", "urgency", CNDH_MISUSE, ""}),
    [](const auto& row) { return row.param.name; });

TEST(PointerToTheWhole, GivesItsJson) {
  v1::ReplayReport report;
  report.set_identical(true);
  std::string value;
  EXPECT_EQ(ValueAt(report, "", &value), CNDH_OK);
  EXPECT_EQ(value, "{\"identical\":true}");
}

struct Counting {
  const char* name;
  const char* pointer;
  cndh_status status;
  uint64_t count;
};
class Counts : public testing::TestWithParam<Counting> {};

TEST_P(Counts, Elements) {
  uint64_t count = 0;
  EXPECT_EQ(CountAt(Example(), GetParam().pointer, &count), GetParam().status);
  EXPECT_EQ(count, GetParam().count);
}

INSTANTIATE_TEST_SUITE_P(All, Counts,
                         testing::Values(Counting{"Two", "/recommendations", CNDH_OK, 2},
                                         Counting{"None", "/pluginFailures", CNDH_OK, 0},
                                         Counting{"Below", "/recommendations/1/tags", CNDH_OK, 1},
                                         Counting{"Text", "/caseId", CNDH_MISUSE, 0},
                                         Counting{"Element", "/recommendations/0", CNDH_MISUSE, 0},
                                         Counting{"Whole", "", CNDH_MISUSE, 0},
                                         Counting{"Absent", "/receipt/plugins", CNDH_NOT_FOUND, 0}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace condyle::embedding
