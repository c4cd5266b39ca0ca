// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Codes of the pack and of what the plugins conclude: valid on the day of the assessment, whole, and none of the traps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "condyle/host/host.h"
#include "condyle/sdk/condition.h"
#include "condyle/v1/pack.pb.h"
#include "sdk/manifest_tool/merge.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"

namespace condyle::tests {
namespace {

using ::testing::HasSubstr;

constexpr char kIcd10Cm[] = "http://hl7.org/fhir/sid/icd-10-cm";
constexpr char kSnomed[] = "http://snomed.info/sct";
// Last day of the fiscal year to which the codes were looked up.
constexpr char kLastChecked[] = "2026-09-30";

ConditionCode ToCode(const v1::Coding& coding) {
  return {.system = coding.system(),
          .code = coding.code(),
          .display = coding.display(),
          .valid_from = coding.valid_from(),
          .valid_to = coding.valid_to(),
          .checked_to = coding.checked_to()};
}

// The parts of the pack; the licensed part may be left out, as a build can.
v1::Pack ReadPackParts(bool snomed) {
  std::vector<v1::Pack> parts;
  for (const char* part : {"conditions", "inputs", "orders", "snomed"}) {
    if (std::string(part) == "snomed" && !snomed) continue;
    auto read = manifest_tool::ReadPack(std::string(kPackFolder) + "/" + part + ".textproto");
    EXPECT_TRUE(read.ok()) << read.error;
    parts.push_back(std::move(read.value));
  }
  auto pack = manifest_tool::MergePacks(parts);
  EXPECT_TRUE(pack.ok()) << pack.error;
  return pack.value;
}

std::vector<v1::Coding> AllCodings(const v1::Pack& pack) {
  std::vector<v1::Coding> codings;
  const auto add = [&](const auto& more) { codings.insert(codings.end(), more.begin(), more.end()); };
  for (const v1::ConditionSpec& spec : pack.conditions()) add(spec.codings());
  for (const v1::Input& input : pack.inputs()) {
    add(input.codings());
    add(input.condition_codings());
    add(input.true_codings());
    add(input.false_codings());
    for (const v1::Answer& answer : input.answers()) add(answer.codings());
  }
  for (const v1::OrderTag& order : pack.order_tags()) add(order.codings());
  return codings;
}

// "R10.2" of this system on this day, the preferred one first.
std::string CodesOn(const v1::Pack& pack, const std::string& condition, const std::string& day, const char* system) {
  std::string codes;
  for (const v1::ConditionSpec& spec : pack.conditions()) {
    if (spec.id() != condition) continue;
    for (const v1::Coding& coding : spec.codings()) {
      if (coding.system() == system && ToCode(coding).ValidOn(day))
        codes += (codes.empty() ? "" : ", ") + coding.code();
    }
  }
  return codes;
}

TEST(PackCodes, FollowTheFiscalYears) {
  const v1::Pack pack = ReadPackParts(/*snomed=*/true);
  struct Row {
    const char* condition;
    const char* day;
    const char* codes;
  };
  for (const Row& row : {
           Row{"pelvic_girdle_pain_unspecified", "2025-09-30", "R10.2"},
           Row{"pelvic_girdle_pain_unspecified", "2025-10-01", "R10.20"},
           Row{"pelvic_girdle_pain_puerperium", "2020-09-30", "O99.89"},
           Row{"pelvic_girdle_pain_puerperium", "2020-10-01", "O99.893"},
           Row{"pelvic_girdle_pain_pregnancy_second", "2020-09-30", "O26.892, O99.89"},
           Row{"pelvic_girdle_pain_pregnancy_second", "2020-10-01", "O26.892, O99.891"},
           Row{"axial_spondyloarthritis_suspected", "2021-09-30", "M46.1"},
           Row{"axial_spondyloarthritis_suspected", "2021-10-01", "M46.1, M45.A8"},
           Row{"sij_related_pain", "2026-09-30", "M53.3"},
           Row{"sij_related_pain", "2026-11-22", "M53.3"},
           Row{"symphysis_diastasis", "2026-05-01", ""},
       }) {
    EXPECT_EQ(CodesOn(pack, row.condition, row.day, kIcd10Cm), row.codes) << row.condition << " on " << row.day;
  }
}

TEST(PackCodes, AreWholeAndDated) {
  // Letter, digit, alphanumeric; up to four more after the dot.
  const std::regex icd("[A-Z][0-9][0-9A-Z](\\.[0-9A-Z]{1,4})?");
  // Chapters whose codes here are not complete without the seventh character of the encounter.
  const std::regex needs_seventh("(M48\\.4|M80\\.|M84\\.3|S).*");
  const std::regex seventh("[A-Z][0-9][0-9A-Z]\\.[0-9A-Z]{3}[ABDGKPS]");
  for (const v1::Coding& coding : AllCodings(ReadPackParts(/*snomed=*/true))) {
    EXPECT_FALSE(coding.display().empty()) << coding.code();
    if (coding.system() != kIcd10Cm) {
      EXPECT_EQ(coding.valid_from() + coding.valid_to() + coding.checked_to(), "") << coding.code();
      continue;
    }
    EXPECT_TRUE(std::regex_match(coding.code(), icd)) << coding.code();
    EXPECT_EQ(coding.checked_to(), kLastChecked) << coding.code();
    if (!coding.valid_from().empty()) {
      EXPECT_EQ(coding.valid_from().substr(4), "-10-01") << coding.code();
    }
    if (!coding.valid_to().empty()) {
      EXPECT_EQ(coding.valid_to().substr(4), "-09-30") << coding.code();
    }
    if (std::regex_match(coding.code(), needs_seventh)) {
      EXPECT_TRUE(std::regex_match(coding.code(), seventh)) << coding.code() << " lacks its seventh character";
    }
  }
}

// Codes that sources print and that are incomplete, split since, of another thing, inactive, or not confirmed.
TEST(PackCodes, HoldNoneOfTheTraps) {
  const std::set<std::string> never = {"S33.6",  "S33.6XXA", "M53.2X8", "M51.36",    "M51.37", "O26.7",  "O26.71",
                                       "M48.48", "M84.350",  "M85.38",  "M00.88",    "M00.08", "M07.68", "M80.0B1A",
                                       "R10",    "89356000", "7620006", "156619005", "26028-1"};
  const std::set<std::pair<std::string, std::string>> ended = {
      {"R10.2", "2025-09-30"}, {"M54.5", "2021-09-30"}, {"O99.89", "2020-09-30"}};
  for (const v1::Coding& coding : AllCodings(ReadPackParts(/*snomed=*/true))) {
    EXPECT_EQ(never.count(coding.code()), 0u) << coding.code();
    for (const auto& [code, last] : ended) {
      if (coding.code() == code) {
        EXPECT_EQ(coding.valid_to(), last) << code;
      }
    }
  }
}

// LOINC's check digit: modulus 10, the digits in odd places from the right taken as one number and doubled.
bool HasLoincCheckDigit(const std::string& code) {
  const size_t hyphen = code.find('-');
  if (hyphen == code.npos || hyphen + 2 != code.size()) return false;
  std::string odd;
  int sum = 0;
  for (size_t i = 0; i < hyphen; ++i) {
    const char digit = code[hyphen - 1 - i];
    if (i % 2 == 0) {
      odd.insert(odd.begin(), digit);
    } else {
      sum += digit - '0';
    }
  }
  for (const char digit : std::to_string(std::stol(odd) * 2)) sum += digit - '0';
  return (10 - sum % 10) % 10 == code.back() - '0';
}

TEST(PackCodes, OfOrdersAreWhole) {
  const std::regex atc("[A-V][0-9]{2}[A-Z]{2}([0-9]{2}|\\*)");
  const std::regex rxnorm("[1-9][0-9]{2,7}");
  int loinc = 0;
  const v1::Pack pack = ReadPackParts(/*snomed=*/true);
  for (const v1::OrderTag& order : pack.order_tags()) {
    std::set<std::pair<std::string, std::string>> seen;
    for (const v1::Coding& coding : order.codings()) {
      EXPECT_TRUE(seen.emplace(coding.system(), coding.code()).second)
          << order.tag() << ": " << coding.code() << " twice";
      if (coding.system() == "http://loinc.org") {
        ++loinc;
        EXPECT_TRUE(HasLoincCheckDigit(coding.code())) << coding.code();
      } else if (coding.system() == "http://www.whocc.no/atc") {
        EXPECT_TRUE(std::regex_match(coding.code(), atc)) << coding.code();
      } else if (coding.system() == "http://www.nlm.nih.gov/research/umls/rxnorm") {
        EXPECT_TRUE(std::regex_match(coding.code(), rxnorm)) << coding.code();
      } else {
        EXPECT_EQ(coding.system(), kSnomed) << coding.code();
      }
    }
  }
  EXPECT_GT(loinc, 40);
}

TEST(PackCodes, OfSnomedCanBeLeftOut) {
  const v1::Pack without = ReadPackParts(/*snomed=*/false);
  const v1::Pack with = ReadPackParts(/*snomed=*/true);
  for (const v1::Coding& coding : AllCodings(without)) EXPECT_NE(coding.system(), kSnomed) << coding.code();
  ASSERT_EQ(with.conditions_size(), without.conditions_size());
  int added = 0;
  for (int i = 0; i < with.conditions_size(); ++i) {
    EXPECT_EQ(with.conditions(i).text(), without.conditions(i).text());
    EXPECT_EQ(CodesOn(with, with.conditions(i).id(), "2026-05-01", kIcd10Cm),
              CodesOn(without, without.conditions(i).id(), "2026-05-01", kIcd10Cm));
    added += with.conditions(i).codings_size() - without.conditions(i).codings_size();
  }
  EXPECT_GT(added, 0);
}

// At each moment, for every worked patient: each code given is valid, and a reader is told of what was not checked.
TEST(ConcludedCodes, AreValidAtTheMomentOfTheAssessment) {
  const std::unique_ptr<Host> host = OpenHost(/*in_process=*/true);
  std::set<std::string> given;
  for (const char* as_of :
       {"2026-05-01T09:00:00Z", "2026-09-30T23:00:00Z", "2026-10-01T01:00:00Z", "2027-03-01T09:00:00Z",
        "2025-10-01T00:00:00Z", "2025-09-30T23:59:59Z", "2021-10-01T00:00:00Z", "2021-09-30T00:00:00Z",
        "2020-10-01T00:00:00Z", "2020-09-30T00:00:00Z"}) {
    const std::string day = std::string(as_of).substr(0, 10);
    int consulted = 0;
    for (const WorkedCase& patient : AllWorkedCases()) {
      // Records of after the moment would be refused.
      v1::Case undated = patient.value;
      for (v1::Finding& finding : *undated.mutable_findings()) finding.clear_observed_at();
      const Outcome outcome = host->Consult(undated, {.as_of = as_of, .question_budget = std::chrono::milliseconds(0)});
      if (!outcome.consultation) continue;
      ++consulted;
      std::set<std::string> unchecked;
      for (const v1::Assessment& assessment : outcome.consultation->assessments()) {
        for (const v1::Conclusion& conclusion : assessment.conclusions()) {
          std::vector<v1::Coding> codings(conclusion.codings().begin(), conclusion.codings().end());
          if (conclusion.has_condition()) codings.push_back(conclusion.condition());
          EXPECT_TRUE(conclusion.has_condition() || codings.empty()) << conclusion.text();
          for (const v1::Coding& coding : codings) {
            EXPECT_TRUE(ToCode(coding).ValidOn(day)) << patient.name << " at " << as_of << ": " << coding.code();
            given.insert(coding.code());
            if (!coding.checked_to().empty() && coding.checked_to() < day) unchecked.insert(coding.code());
          }
        }
      }
      std::vector<std::string> told;
      for (const v1::Notice& notice : outcome.consultation->notices()) {
        if (notice.message().find("were not checked for") != std::string::npos) told.push_back(notice.message());
      }
      ASSERT_EQ(told.size(), unchecked.empty() ? 0u : 1u) << patient.name << " at " << as_of;
      for (const std::string& code : unchecked) EXPECT_THAT(told[0], HasSubstr(code));
    }
    EXPECT_GT(consulted, 20) << as_of;
  }
  for (const char* code : {"M53.3", "M46.1", "M45.A8", "M46.58", "R10.2", "R10.20", "M48.48XA"}) {
    EXPECT_EQ(given.count(code), 1u) << code << " was given to nobody";
  }
}

}  // namespace
}  // namespace condyle::tests
