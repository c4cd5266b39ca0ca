// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
#include "condyle/sdk/findings.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "condyle/testing/patient.h"

namespace condyle {
namespace {

using testing::Patient;

constexpr BooleanInput kPain{"pain.present"};
constexpr SidedBooleanInput kThrust{"exam.thigh_thrust"};
constexpr QuantityInput kDuration{"pain.duration", "d"};
constexpr SidedQuantityInput kAslr{"exam.aslr", "{score}"};
constexpr CodedInput kCulture{"lab.blood_culture"};
constexpr SidedCodedInput kHop{"exam.single_leg_hop"};
constexpr DateInput kPeriod{"obstetric.last_menstrual_period"};
constexpr AnswerCode kPositive{"positive"}, kNegative{"negative"};

TEST(Findings, ReadsWhatWasNotGivenAsUnknown) {
  const Patient nobody;
  const Findings findings(nobody.request());
  EXPECT_EQ(findings.Is(kPain), Truth::kUnknown);
  EXPECT_EQ(findings.Is(kThrust, Side::kLeft), Truth::kUnknown);
  EXPECT_EQ(findings.Is(kHop, Side::kLeft, kPositive), Truth::kUnknown);
  EXPECT_FALSE(findings.Value(kDuration));
  EXPECT_FALSE(findings.Value(kAslr, Side::kRight));
  EXPECT_FALSE(findings.Code(kCulture));
  EXPECT_FALSE(findings.Date(kPeriod));
  EXPECT_FALSE(findings.age_years());
  EXPECT_EQ(findings.sex(), v1::SEX_UNSPECIFIED);
}

TEST(Findings, ReadsEveryType) {
  Patient patient;
  patient.Age(31).Female().Yes(kPain).Is(kDuration, 35).Is(kCulture, kNegative).Is(kPeriod, "2026-01-02");
  const Findings findings(patient.request());
  EXPECT_EQ(findings.Is(kPain), Truth::kTrue);
  EXPECT_EQ(findings.Value(kDuration), 35);
  EXPECT_EQ(findings.Code(kCulture), "negative");
  EXPECT_EQ(findings.Is(kCulture, kPositive), Truth::kFalse);
  EXPECT_EQ(findings.Date(kPeriod), "2026-01-02");
  EXPECT_EQ(findings.age_years(), 31);
  EXPECT_EQ(findings.sex(), v1::SEX_FEMALE);
  EXPECT_EQ(findings.as_of(), "2026-05-01T09:00:00Z");
}

TEST(Findings, KeepsTheSidesApart) {
  Patient patient;
  patient.Yes(kThrust, Side::kLeft)
      .No(kThrust, Side::kRight)
      .Is(kAslr, Side::kRight, 2)
      .Is(kHop, Side::kLeft, kPositive);
  const Findings findings(patient.request());
  EXPECT_EQ(findings.Is(kThrust, Side::kLeft), Truth::kTrue);
  EXPECT_EQ(findings.Is(kThrust, Side::kRight), Truth::kFalse);
  EXPECT_FALSE(findings.Value(kAslr, Side::kLeft));
  EXPECT_EQ(findings.Value(kAslr, Side::kRight), 2);
  EXPECT_EQ(findings.Is(kHop, Side::kLeft, kPositive), Truth::kTrue);
  EXPECT_EQ(findings.Is(kHop, Side::kRight, kPositive), Truth::kUnknown);
}

TEST(Findings, LeavesBothSidesUnknownWhenTheSideWasNotSaid) {
  Patient patient;
  patient.YesSomewhere(kThrust);
  const SidedTruth thrust = Findings(patient.request()).Sided(kThrust);
  EXPECT_EQ(thrust.left, Truth::kUnknown);
  EXPECT_EQ(thrust.right, Truth::kUnknown);
  EXPECT_EQ(thrust.unsaid, Truth::kTrue);
}

TEST(Findings, ReadsAValueOfAnotherTypeAsUnknown) {
  v1::AssessmentRequest request;
  v1::Finding* finding = request.add_findings();
  finding->set_key("pain.present");
  finding->set_code("yes");
  EXPECT_EQ(Findings(request).Is(kPain), Truth::kUnknown);
}

TEST(Findings, FindsEachOfManyKeys) {
  v1::AssessmentRequest request;
  for (int i = 0; i < 500; ++i) {
    v1::Finding* finding = request.add_findings();
    finding->set_key("key" + std::to_string(i));
    finding->mutable_quantity()->set_value(i);
  }
  const Findings findings(request);
  for (int i = 0; i < 500; ++i) {
    const std::string key = "key" + std::to_string(i);
    EXPECT_EQ(findings.Value(QuantityInput(key, "1")), i);
  }
  EXPECT_FALSE(findings.Value(QuantityInput("key500", "1")));
}

// What both ways of reading a request say of it.
void ExpectReadAlike(const v1::AssessmentRequest& request, const std::string& name) {
  const std::string bytes = request.SerializeAsString();
  const std::optional<Findings> read = Findings::FromBytes(bytes);
  ASSERT_TRUE(read.has_value()) << name;
  const Findings parsed(request);
  EXPECT_EQ(read->as_of(), parsed.as_of()) << name;
  EXPECT_EQ(read->age_years(), parsed.age_years()) << name;
  EXPECT_EQ(read->sex(), parsed.sex()) << name;
  EXPECT_EQ(read->Is(kPain), parsed.Is(kPain)) << name;
  EXPECT_EQ(read->Is(kThrust, Side::kLeft), parsed.Is(kThrust, Side::kLeft)) << name;
  EXPECT_EQ(read->Value(kDuration), parsed.Value(kDuration)) << name;
  EXPECT_EQ(read->Value(kAslr, Side::kRight), parsed.Value(kAslr, Side::kRight)) << name;
  EXPECT_EQ(read->Code(kCulture), parsed.Code(kCulture)) << name;
  EXPECT_EQ(read->Date(kPeriod), parsed.Date(kPeriod)) << name;
}

v1::AssessmentRequest WholeRequest() {
  v1::AssessmentRequest request;
  request.set_locale("en");
  request.set_as_of("2026-05-01T09:00:00Z");
  request.mutable_patient()->set_age_years(27.5);
  request.mutable_patient()->set_sex(v1::SEX_FEMALE);
  const auto add = [&](const InputKey& input, v1::Side side = v1::SIDE_UNSPECIFIED) {
    v1::Finding* finding = request.add_findings();
    finding->set_key(std::string(input.key));
    finding->set_side(side);
    return finding;
  };
  add(kPain)->set_present(false);
  add(kThrust, v1::SIDE_LEFT)->set_present(true);
  add(kDuration)->mutable_quantity()->set_value(28);
  v1::Finding* aslr = add(kAslr, v1::SIDE_RIGHT);
  aslr->mutable_quantity()->set_unit("{score}");
  aslr->set_observed_at("2026-04-30");
  aslr->set_source("exam");
  add(kCulture)->set_code("positive");
  add(kPeriod)->set_text("2026-04-11");
  return request;
}

TEST(FindingsFromBytes, ReadsWhatAHostSendsAsTheMessageSaysIt) {
  ExpectReadAlike(WholeRequest(), "whole");
  ExpectReadAlike({}, "empty");
  v1::AssessmentRequest bare;
  bare.mutable_patient();
  bare.add_findings();
  ExpectReadAlike(bare, "empty messages");
}

TEST(FindingsFromBytes, LeavesToTheParserWhatIsNotPlain) {
  const std::string plain = WholeRequest().SerializeAsString();
  v1::AssessmentRequest foreign = WholeRequest();
  foreign.mutable_findings(4)->set_code("caf\xc3\xa9");
  v1::AssessmentRequest birth;
  birth.mutable_patient()->set_birth_date("1999-02-14");
  v1::AssessmentRequest later;
  later.add_findings()->set_side(static_cast<v1::Side>(77));
  const std::string locale = std::string("\x0a\x02") + "en";
  for (const auto& [name, bytes] : {
           std::pair<const char*, std::string>{"a field twice", locale + plain},
           {"an unknown field", plain + std::string("\x98\x06\x01")},
           {"a field of another type", std::string("\x08\x01")},
           {"text that is not ASCII", foreign.SerializeAsString()},
           {"a birth date", birth.SerializeAsString()},
           {"a side of a later version", later.SerializeAsString()},
           {"a finding with two values", std::string("\x22\x05\x18\x01\x2a\x01x")},
           {"a text that ends too early", std::string("\x0a\x05")},
           {"a number without end", std::string("\xff\xff\xff")},
           {"field 0", std::string("\x00\x00", 2)},
       }) {
    EXPECT_FALSE(Findings::FromBytes(bytes)) << name;
  }
}

TEST(FindingsFromBytes, AgreesWithTheParserOnEveryCutRequest) {
  const std::string whole = WholeRequest().SerializeAsString();
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    v1::AssessmentRequest request;
    if (request.ParseFromString(cut)) {
      ExpectReadAlike(request, "cut to " + std::to_string(size));
    } else {
      EXPECT_FALSE(Findings::FromBytes(cut)) << "cut to " << size;
    }
  }
}

}  // namespace
}  // namespace condyle
