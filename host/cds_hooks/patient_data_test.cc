// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/cds_hooks/cds_hooks_test_support.h"

namespace condyle::cds {
namespace {

class CdsPrefetchTest : public CdsHooksTest {};

TEST_F(CdsPrefetchTest, HandsTheResourcesOnAsTheyCame) {
  ASSERT_EQ(Call("knee-pack-patient-view", Request("patient-view", FullPrefetch())).status, 200);
  EXPECT_EQ(host_.bytes, std::string(R"({"resourceType":"Bundle","type":"collection","id":")") + kInstance +
                             R"(","timestamp":"2026-05-01T09:00:02Z","entry":[{"resource":)" + kPatient +
                             R"(},{"resource":)" + kOwnObservation + "}]}");
  EXPECT_EQ(host_.asked.as_of, "2026-05-01T09:00:02Z") << "the present moment, with the allowance for clocks";
  EXPECT_EQ(host_.asked.user, "Practitioner/u1");
  EXPECT_EQ(host_.asked.organisation, "clinic-1");
}

TEST_F(CdsPrefetchTest, APatientWhoLooksIsNoUserThatTheTrailShouldHold) {
  const std::string request =
      absl::StrReplaceAll(Request("patient-view", FullPrefetch()), {{"Practitioner/u1", "Patient/p1"}});
  ASSERT_EQ(Call("knee-pack-patient-view", request).status, 200);
  EXPECT_EQ(host_.asked.user, "");
}

TEST_F(CdsPrefetchTest, TellsTheFourStatesOfPrefetchedDataApart) {
  const std::string next = R"("link":[{"relation":"next","url":"https://ehr/page2"}],)";
  const std::string outcome = R"({"resourceType":"OperationOutcome","issue":[]})";
  const std::string observation = std::string(R"({"resource":)") + kOwnObservation + "}";
  struct Row {
    const char* name;
    std::string observations;  // with its key; empty: absent
    const char* note;          // nullptr: none
    bool used;
  };
  for (const Row& row : {
           Row{"NullIsNoData", R"("observations":null,)", nullptr, false},
           Row{"Given", R"("observations":)" + Searchset(observation) + ",", nullptr, true},
           Row{"Empty", R"("observations":{"resourceType":"Bundle","type":"searchset"},)", nullptr, false},
           Row{"Absent", "", "observations: they were not sent", false},
           Row{"Failed", R"("observations":)" + outcome + ",", "observations: the record system could not give them",
               false},
           Row{"FirstPage", R"("observations":)" + Searchset(observation, next) + ",",
               "observations: only the first page was sent", true},
           Row{"FailedInPart", R"("observations":)" + Searchset(observation + R"(,{"resource":)" + outcome + "}") + ",",
               "observations: the record system could not give all of them", true},
       }) {
    const CdsReply reply =
        Call("knee-pack-patient-view", Request("patient-view", std::string("{") + row.observations + R"("patient":)" +
                                                                   kPatient + R"(,"conditions":null,"answers":null})"));
    ASSERT_EQ(reply.status, 200) << row.name << reply.body;
    EXPECT_EQ(host_.bytes.find("\"o1\"") != std::string::npos, row.used) << row.name;
    EXPECT_EQ(host_.bytes.find("OperationOutcome"), std::string::npos) << row.name;
    if (row.note == nullptr) {
      EXPECT_THAT(reply.body, Not(HasSubstr("dataNotAvailable"))) << row.name;
    } else {
      EXPECT_THAT(reply.body, HasSubstr(row.note)) << row.name;
    }
  }
}

TEST_F(CdsPrefetchTest, WithoutThePatientAndAWayToReadItThereIsNoAnswer) {
  for (const char* prefetch : {"", "{}", R"({"patient":null})", R"({"patient":{"resourceType":"OperationOutcome"}})"}) {
    const CdsReply reply = Call("knee-pack-patient-view", Request("patient-view", prefetch));
    EXPECT_EQ(reply.status, 412) << prefetch;
    EXPECT_EQ(At(reply.body, "/issue/0/code"), "incomplete") << prefetch;
  }
  // A token alone is of no use where nothing is read.
  EXPECT_EQ(Call("knee-pack-patient-view", Request("patient-view", "", "", kAccess)).status, 412);
  options_.require_all_prefetch = true;
  hooks_.reset();
  EXPECT_EQ(
      Call("knee-pack-patient-view", Request("patient-view", std::string(R"({"patient":)") + kPatient + "}")).status,
      412);
}

TEST_F(CdsPrefetchTest, ReadsWithTheTokenWhatWasNotSent) {
  with_reader_ = true;
  reader_.answers["Patient/p1"] = {FhirAnswer::State::kRead, {kPatient}, ""};
  reader_.answers["Observation?patient=p1&code=urn:condyle:knee-pack|,http://loinc.org|1-8&_sort=-date&_count=200"] = {
      FhirAnswer::State::kRead, {kOwnObservation}, ""};
  reader_.answers["Encounter/e1"] = {
      FhirAnswer::State::kRead,
      {R"({"resourceType":"Encounter","location":[{"location":{"reference":"Location/9"}}]})"},
      ""};
  const CdsReply reply = Call("knee-pack-patient-view", Request("patient-view", "", R"(,"encounterId":"e1")", kAccess));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reader_.access.server, "https://ehr.example/fhir");
  EXPECT_EQ(reader_.access.bearer_token, "t0ken");
  EXPECT_THAT(reader_.queries, SizeIs(5));
  EXPECT_THAT(host_.bytes, HasSubstr(kOwnObservation));
  EXPECT_EQ(host_.delivery.location(), "Location/9");
  EXPECT_EQ(reply.facts.reads, 5);
  EXPECT_EQ(reply.facts.failed_reads, 2);
  EXPECT_THAT(reply.body, HasSubstr("conditions: the server did not answer"));
  EXPECT_THAT(reply.body, Not(HasSubstr("t0ken")));
}

TEST_F(CdsPrefetchTest, RefusesAPatientThatCannotBeReadOrIsAnother) {
  with_reader_ = true;
  const std::string body = Request("patient-view", "", "", kAccess);
  EXPECT_EQ(Call("knee-pack-patient-view", body).status, 412) << "reading failed";
  reader_.answers["Patient/p1"] = {FhirAnswer::State::kAbsent, {}, ""};
  EXPECT_EQ(Call("knee-pack-patient-view", body).status, 412) << "no such patient";
  reader_.answers["Patient/p1"] = {FhirAnswer::State::kRead, {R"({"resourceType":"Patient","id":"p2"})"}, ""};
  EXPECT_EQ(Call("knee-pack-patient-view", body).status, 400) << "another patient";
}

TEST_F(CdsPrefetchTest, WithoutATokenNothingIsRead) {
  with_reader_ = true;
  EXPECT_EQ(
      Call("knee-pack-patient-view", Request("patient-view", "", "", R"("fhirServer":"https://ehr.example",)")).status,
      412);
  EXPECT_THAT(reader_.queries, IsEmpty());
}

}  // namespace
}  // namespace condyle::cds
