// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The matrix against the tree and against what the plugins say: every statement has an answer, and every answer is
// true.
#include "tests/conformance/traceability.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "condyle/v1/pack.pb.h"
#include "tests/conformance/emissions.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::IsEmpty;

constexpr uint32_t kPatientSeed = 20261122;
constexpr int kDrawnPatients = 700;
// Statements of the source texts are numbered without a gap.
constexpr int kStatements = 154;
constexpr int kContradictions = 13;

v1::Pack ReadWholePack() {
  v1::Pack pack;
  for (const auto& entry : std::filesystem::directory_iterator(kPackFolder)) {
    if (entry.path().extension() != ".textproto") continue;
    v1::Pack part;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(ReadFile(entry.path().string()), &part)) << entry.path();
    pack.MergeFrom(part);
  }
  return pack;
}

std::string Number(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

class TraceabilityTest : public ::testing::Test {
 protected:
  static const Traceability& matrix() {
    static const Traceability kMatrix = ReadTraceability(tree().Text(kTraceabilityTable));
    return kMatrix;
  }
  static const std::vector<TraceRow>& rows() { return matrix().rows; }
  static const SourceTree& tree() {
    static const SourceTree kTree(kSourceFolder);
    return kTree;
  }
  static const v1::Pack& pack() {
    static const v1::Pack kPack = ReadWholePack();
    return kPack;
  }
  static std::map<std::string, const TraceRow*> ById() {
    std::map<std::string, const TraceRow*> by_id;
    for (const TraceRow& row : rows()) by_id[row.id] = &row;
    return by_id;
  }
  // Worked patients of the tree and drawn ones, asked once.
  static const Emissions& emissions() {
    static const Emissions kEmissions = [] {
      Emissions all;
      const std::unique_ptr<Host> host = OpenHost(/*in_process=*/true);
      std::vector<v1::Case> patients;
      for (const WorkedCase& one : AllWorkedCases()) patients.push_back(one.value);
      PatientGenerator generator(InputsOf(host->Manifests()), patients, kPatientSeed);
      for (int i = 0; i < kDrawnPatients; ++i) patients.push_back(generator.Next());
      ConsultOptions options;
      options.question_budget = std::chrono::milliseconds(0);
      for (const v1::Case& patient : patients) {
        const Outcome outcome = host->Consult(patient, options);
        if (outcome.consultation) all.Add(*outcome.consultation);
      }
      return all;
    }();
    return kEmissions;
  }
};

TEST_F(TraceabilityTest, FileIsWellFormed) {
  EXPECT_THAT(matrix().faults, IsEmpty());
  std::set<std::string> sections, verdicts;
  for (const auto& [section, title] : TraceSections()) sections.insert(section);
  for (const auto& [verdict, meaning] : TraceVerdicts()) verdicts.insert(verdict);
  for (const TraceRow& row : rows()) {
    EXPECT_EQ(sections.count(row.section), 1u) << row.id << ": unknown section " << row.section;
    EXPECT_EQ(verdicts.count(row.verdict), 1u) << row.id << ": unknown verdict " << row.verdict;
    EXPECT_FALSE(row.statement.empty()) << row.id;
    EXPECT_FALSE(row.place.empty() && row.cites.empty()) << row.id << " says neither where it stands nor what it cites";
    if (row.id.find('/') != std::string::npos) {
      EXPECT_EQ(row.id.substr(0, row.id.find('/')), row.section) << row.id;
    }
  }
}

TEST_F(TraceabilityTest, EveryStatementHasAnAnswer) {
  for (const TraceRow& row : rows()) {
    if (row.used) {
      EXPECT_TRUE(
          std::any_of(row.where.begin(), row.where.end(), [](const TraceLink& link) { return link.type != "doc"; }))
          << row.id << " is used, and the column where names nothing, or documentation alone";
      EXPECT_TRUE(row.why_not.empty()) << row.id << " is used, and why_not gives a reason against it";
    } else {
      EXPECT_TRUE(row.where.empty()) << row.id << " is not used, and the column where names something";
      EXPECT_GT(row.why_not.size(), 10u) << row.id << " is not used, and why_not gives no reason";
    }
    if (row.used && NeedsCorrection(row.verdict)) {
      EXPECT_NE(row.note.find("orrected"), std::string::npos)
          << row.id << " is " << row.verdict << " and used: the note has to say in which corrected form";
    }
  }
}

TEST_F(TraceabilityTest, EveryStatementOfTheSourceTextsIsThere) {
  const auto by_id = ById();
  for (int number = 1; number <= kStatements; ++number) {
    EXPECT_EQ(by_id.count("K-" + Number(number)), 1u) << "K-" + Number(number) << " has no row";
  }
  std::map<std::string, int> in_section;
  int statements = 0, contradictions = 0;
  for (const TraceRow& row : rows()) {
    if (row.id.compare(0, 2, "K-") == 0)
      ++statements;
    else if (row.id.compare(0, 2, "X-") == 0)
      ++contradictions;
    else
      ++in_section[row.section];
  }
  EXPECT_EQ(statements, kStatements);
  EXPECT_EQ(contradictions, kContradictions);
  // Rules and numbers without a key of their own: whoever takes one away has to do so here as well.
  const std::map<std::string, int> expected = {{"A.14", 6}, {"A.4", 1},  {"A.6", 1},  {"B.0", 9},
                                               {"B.1", 36}, {"B.2", 80}, {"B.3", 36}, {"B.4", 50},
                                               {"B.5", 11}, {"B.6", 19}, {"B.7", 20}};
  EXPECT_EQ(in_section, expected);
}

TEST_F(TraceabilityTest, EveryCitationKeyHasARow) {
  const auto by_id = ById();
  std::set<std::string> named, sections;
  for (const TraceRow& row : rows()) {
    named.insert(row.id);
    named.insert(row.cites.begin(), row.cites.end());
    sections.insert(row.section);
  }
  std::set<std::string> keys;
  for (const v1::Citation& citation : pack().citations()) {
    keys.insert(citation.key());
    EXPECT_EQ(named.count(citation.key()) + sections.count(citation.key()), 1u)
        << citation.key() << " is a citation, and no row is about it";
  }
  for (const TraceRow& row : rows()) {
    std::vector<std::string> all = row.cites;
    for (const TraceLink& link : row.where) all.insert(all.end(), link.keys.begin(), link.keys.end());
    for (const std::string& key : all) EXPECT_EQ(keys.count(key), 1u) << row.id << ": " << key << " is no citation";
  }
}

TEST_F(TraceabilityTest, WhatManifestsCiteIsUsed) {
  const auto by_id = ById();
  for (const v1::PluginManifest& manifest : OpenHost(/*in_process=*/true)->Manifests()) {
    for (const v1::Citation& citation : manifest.citations()) {
      const auto row = by_id.find(citation.key());
      if (row == by_id.end()) continue;  // a publication
      EXPECT_TRUE(row->second->used) << manifest.id() << " cites " << citation.key() << ", whose row says no";
    }
  }
}

TEST_F(TraceabilityTest, EveryLinkLeadsSomewhere) {
  std::set<std::string> recommendations, inputs, contradictions, conditions;
  for (const auto& r : pack().recommendations()) recommendations.insert(r.id());
  for (const auto& i : pack().inputs()) inputs.insert(i.key());
  for (const auto& c : pack().contradictions()) contradictions.insert(c.id());
  for (const auto& c : pack().conditions()) conditions.insert(c.id());
  const cli::NeverSayTable never_say = NeverSay();
  for (const TraceRow& row : rows()) {
    for (const TraceLink& link : row.where) {
      const std::string where = row.id + ": " + link.text;
      const size_t slash = link.target.find('/');
      if (link.type == "recommendation") {
        EXPECT_EQ(recommendations.count(link.target), 1u) << where << ": no such recommendation";
      } else if (link.type == "input" || link.type == "question") {
        EXPECT_EQ(inputs.count(link.target), 1u) << where << ": no such input";
      } else if (link.type == "contradiction") {
        EXPECT_EQ(contradictions.count(link.target), 1u) << where << ": no such contradiction";
      } else if (link.type == "condition") {
        EXPECT_EQ(conditions.count(link.target), 1u) << where << ": no such condition";
      } else if (link.type == "never_say") {
        EXPECT_EQ(never_say.count(link.target), 1u) << where << ": never_say.tsv has no such row";
      } else if (link.type == "doc") {
        EXPECT_TRUE(tree().HasHeading(link.target)) << where << ": no such heading below docs/clinical";
      } else if (link.type == "test") {
        EXPECT_FALSE(tree().FileOfTest(link.target).empty()) << where << ": no such test or worked case";
      } else if (link.type == "table") {
        ASSERT_NE(slash, std::string::npos) << where << ": has to be OWNER/CONSTANT";
        EXPECT_FALSE(tree().FileOfTable(link.target.substr(0, slash), link.target.substr(slash + 1)).empty())
            << where << ": no such constant below plugins";
      } else {
        EXPECT_EQ(Emissions::LinkTypes().count(link.type), 1u) << where << ": unknown type of link";
      }
    }
  }
}

TEST_F(TraceabilityTest, PluginsSayWhatTheLinksClaim) {
  for (const TraceRow& row : rows()) {
    for (const TraceLink& link : row.where) {
      if (Emissions::LinkTypes().count(link.type) == 0) continue;
      const std::string fault = emissions().Fault(link, row.Keys());
      EXPECT_TRUE(fault.empty()) << row.id << ": " << fault;
    }
  }
}

// Where sources disagree, one line of an answer shows each position and the one that is followed.
TEST_F(TraceabilityTest, ContradictionsAreShownWithBothPositions) {
  const auto by_id = ById();
  std::set<std::string> keys;
  for (const v1::Citation& citation : pack().citations()) keys.insert(citation.key());
  for (int number = 1; number <= kContradictions; ++number) {
    const std::string id = "X-" + std::to_string(number);
    const auto found = by_id.find(id);
    ASSERT_NE(found, by_id.end()) << id;
    const TraceRow& row = *found->second;
    EXPECT_GE(row.positions.size(), 2u) << id << " needs two positions";
    EXPECT_FALSE(row.followed.empty()) << id << " does not say what is followed";
    std::vector<std::vector<std::string>> all = row.positions;
    all.push_back(row.followed);
    for (const auto& some : all) {
      EXPECT_FALSE(some.empty()) << id;
      for (const std::string& key : some) EXPECT_EQ(keys.count(key), 1u) << id << ": " << key << " is no citation";
    }
    // Words for each position and for what is followed, in one line that cites the row.
    const size_t needed = row.positions.size() + 1;
    EXPECT_TRUE(std::any_of(row.where.begin(), row.where.end(),
                            [&](const TraceLink& link) {
                              return Emissions::LinkTypes().count(link.type) != 0 && link.words.size() >= needed &&
                                     emissions().Fault(link, {id}).empty();
                            }))
        << id << ": no line of an answer is linked with words (~) for each of its " << row.positions.size()
        << " positions and for what is followed";
  }
}

TEST_F(TraceabilityTest, PageIsUpToDate) {
  EXPECT_TRUE(tree().Text(kTraceabilityPage) == TraceabilityPage(rows(), tree()))
      << kTraceabilityPage << " is not what " << kTraceabilityTable << " gives: run ./dev docs";
}

TEST_F(TraceabilityTest, Counts) {
  TraceCount all;
  for (const auto& [verdict, count] : CountVerdicts(rows())) {
    all.used += count.used;
    all.not_used += count.not_used;
    RecordProperty(verdict + "_used", count.used);
    RecordProperty(verdict + "_not_used", count.not_used);
    std::cout << verdict << ": " << count.used << " used, " << count.not_used << " not used\n";
  }
  std::cout << "all: " << all.used << " used, " << all.not_used << " not used\n";
  EXPECT_EQ(static_cast<size_t>(all.used + all.not_used), rows().size());
}

// A check that lets everything pass checks nothing.
TEST(TraceabilityReader, NamesWhatIsWrong) {
  const std::string head =
      "id\tsection\tplace\tstatement\tverdict\tused\twhere\tcites\tpositions\tfollowed\twhy_not\tnote\n";
  const std::string row = "K-01\tA.1\t000:1\tsays so\tOK\tyes\tinput:a.b=K-01~two_words\t\t\t\t\t\n";
  EXPECT_THAT(ReadTraceability(head + row).faults, IsEmpty());
  EXPECT_EQ(ReadTraceability("id\tsection\n" + row).faults.size(), 1u);
  EXPECT_EQ(ReadTraceability(head + "K-01\tA.1\n").faults.size(), 1u);
  EXPECT_EQ(ReadTraceability(head + row + row).faults.size(), 1u);
  std::string maybe = row;
  maybe.replace(maybe.find("yes"), 3, "may");
  EXPECT_EQ(ReadTraceability(head + maybe).faults.size(), 1u);
  const TraceLink link = ReadTraceability(head + row).rows.at(0).where.at(0);
  EXPECT_EQ(link.type, "input");
  EXPECT_EQ(link.target, "a.b");
  EXPECT_EQ(link.keys, std::vector<std::string>{"K-01"});
  EXPECT_EQ(link.words, std::vector<std::string>{"two words"});
}

TEST(EmissionsLookUp, FindsTheLineAndNothingElse) {
  v1::Consultation consultation;
  v1::Recommendation* r = consultation.add_recommendations();
  r->set_id("rest");
  r->set_text("Rest for a While");
  r->add_citations("K-01");
  Emissions all;
  all.Add(consultation);
  const auto link = [](const std::string& text) {
    const std::string head =
        "id\tsection\tplace\tstatement\tverdict\tused\twhere\tcites\tpositions\tfollowed\twhy_not\tnote\n";
    return ReadTraceability(head + "K-01\tA.1\t-\t-\tOK\tyes\t" + text + "\t\t\t\t\t\n").rows.at(0).where.at(0);
  };
  EXPECT_EQ(all.Fault(link("recommendation:rest"), {"K-01"}), "");
  EXPECT_EQ(all.Fault(link("recommendation:rest~a_while"), {"K-01"}), "");
  EXPECT_NE(all.Fault(link("recommendation:rest~an_hour"), {"K-01"}), "");
  EXPECT_NE(all.Fault(link("recommendation:rest"), {"K-02"}), "");
  EXPECT_EQ(all.Fault(link("recommendation:rest=K-01"), {"K-02"}), "");
  EXPECT_NE(all.Fault(link("recommendation:rest=K-01,K-02"), {"K-01"}), "");
  EXPECT_NE(all.Fault(link("recommendation:run"), {"K-01"}), "");
}

}  // namespace
}  // namespace condyle::tests
