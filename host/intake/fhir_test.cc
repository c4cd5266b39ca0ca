// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// FHIR R4: what is read, what is left out with a notice, and what is refused.
#include "host/intake/fhir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "host/intake/intake_test_support.h"

namespace condyle::intake {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kPatient[] = R"({"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1999-05-01"})";

// A Bundle of the patient and these resources: entry 0 is the patient.
std::string Bundle(const std::vector<std::string>& resources, const std::string& patient = kPatient) {
  std::string text =
      R"({"resourceType": "Bundle", "type": "collection", "timestamp": "2026-05-01T09:00:00Z", "entry": [)"
      R"({"fullUrl": "urn:uuid:1", "resource": )" +
      patient + "}";
  for (const std::string& resource : resources) text += R"(, {"resource": )" + resource + "}";
  return text + "]}";
}

// An Observation by our own code with further members.
std::string Own(const std::string& key, const std::string& more) {
  return R"({"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/p"}, "code": {"coding": [)"
         R"({"system": "urn:test", "code": ")" +
         key + R"("}]}, )" + more + "}";
}

std::string Loinc(const std::string& code, const std::string& more) {
  return R"({"resourceType": "Observation", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": ")" +
         code + R"("}]}, )" + more + "}";
}

std::string Condition(const std::string& code, const std::string& more) {
  return R"({"resourceType": "Condition", "subject": {"reference": "urn:uuid:1"}, "code": {"coding": [)"
         R"({"system": "http://snomed.info/sct", "code": ")" +
         code + R"("}]}, )" + more + R"("id": "c"})";
}

std::string Status(const std::string& member, const std::string& code) {
  return "\"" + member + R"(": {"coding": [{"system": "http://terminology.hl7.org/x", "code": ")" + code + R"("}]}, )";
}

std::string Response(const std::string& items, const std::string& more = "") {
  return R"({"resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2026-05-01T09:00:00Z", )" +
         more + R"("item": [)" + items + "]}";
}

std::string Item(const std::string& link_id, const std::string& answer) {
  return R"({"linkId": ")" + link_id + R"(", "answer": [{)" + answer + "}]}";
}

constexpr char kRight[] = R"("bodySite": {"coding": [{"system": "http://snomed.info/sct", "code": "24028007"}]}, )";
constexpr char kSource[] = R"( source: "clinician" })";

TEST(FhirBundle, GivesPatientMomentAndId) {
  EXPECT_EQ(
      CaseText(Read(R"({"resourceType": "Bundle", "id": "b1", "timestamp": "2026-05-01T09:00:00.000+02:00", "entry": [
                              {"resource": {"resourceType": "Patient", "gender": "male", "birthDate": "1999-05-01"}}]})")),
      R"(id: "b1" as_of: "2026-05-01T09:00:00.000+02:00" patient { age_years: 27 sex: SEX_MALE })");
}

TEST(FhirBundle, WithoutAMomentTakesThePresentOneAndSaysSo) {
  const std::string bundle = std::string(R"({"resourceType": "Bundle", "entry": [{"resource": )") + kPatient + "}]}";
  EXPECT_THAT(CaseText(Read(bundle)), HasSubstr(kNow));
  EXPECT_THAT(NoticesText(Read(bundle)), HasSubstr("/timestamp: no moment of assessment"));
}

struct PatientRow {
  const char* name;
  const char* members;
  const char* patient;
  const char* notice;
};

class FhirPatient : public ::testing::TestWithParam<PatientRow> {};

TEST_P(FhirPatient, IsReadAs) {
  const IntakeResult result = Read(Bundle({}, R"({"resourceType": "Patient")" + std::string(GetParam().members) + "}"));
  ASSERT_TRUE(std::holds_alternative<CheckedCase>(result)) << RefusalText(result);
  EXPECT_EQ(std::get<CheckedCase>(result).value.patient().ShortDebugString(), GetParam().patient);
  EXPECT_THAT(NoticesText(result), HasSubstr(GetParam().notice));
}

INSTANTIATE_TEST_SUITE_P(
    All, FhirPatient,
    ::testing::Values(
        PatientRow{"Nothing", "", "", ""}, PatientRow{"Female", R"(, "gender": "female")", "sex: SEX_FEMALE", ""},
        PatientRow{"Other", R"(, "gender": "other")", "", "/entry/0/resource/gender: gender is other"},
        PatientRow{"FullDate", R"(, "birthDate": "1999-05-01")", "age_years: 27", ""},
        // 1 July 1998 plus the days until 1 May 2026.
        PatientRow{"YearOnly", R"(, "birthDate": "1998")", "age_years: 27.832876712328765", "right to half a year"},
        PatientRow{"MonthOnly", R"(, "birthDate": "1999-04")", "age_years: 27.043835616438358", "half a month"},
        PatientRow{"BornThisYear", R"(, "birthDate": "2026")", "age_years: 0", "half a year"}),
    [](const ::testing::TestParamInfo<PatientRow>& row) { return std::string(row.param.name); });

// What one resource becomes.
struct Reading {
  const char* name;
  std::string resource;
  // Findings in text form; "" if there are none.
  std::string findings;
  const char* notice;
};

class FhirReading : public ::testing::TestWithParam<Reading> {};

TEST_P(FhirReading, BecomesTheFinding) {
  const IntakeResult result = Read(Bundle({GetParam().resource}));
  EXPECT_EQ(FindingsText(result), GetParam().findings);
  if (*GetParam().notice == '\0') {
    EXPECT_THAT(NoticesText(result), IsEmpty());
  } else {
    EXPECT_THAT(NoticesText(result), HasSubstr(GetParam().notice));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Observation, FhirReading,
    ::testing::Values(
        Reading{"Boolean", Own("pain.present", R"("valueBoolean": true)"),
                R"(findings { key: "pain.present" present: true source: "clinician" })", ""},
        Reading{"Side", Own("pain.buttock", kRight + std::string(R"("valueBoolean": false)")),
                R"(findings { key: "pain.buttock" side: SIDE_RIGHT present: false source: "clinician" })", ""},
        Reading{"SideNotKnown",
                Own("pain.buttock", R"("bodySite": {"coding": [{"system": "http://snomed.info/sct", "code": "1"}]},
                                                       "valueBoolean": true)"),
                R"(findings { key: "pain.buttock" present: true source: "clinician" })", "names no side"},
        Reading{"SideOfAForeignUnsidedCode",
                Loinc("8310-5", kRight + std::string(R"("valueQuantity": {"value": 37, "code": "Cel"})")),
                R"(findings { key: "exam.temperature" quantity { value: 37 unit: "Cel" } source: "clinician" })", ""},
        Reading{
            "QuantityByUcumCode",
            Loinc(
                "8310-5",
                R"("valueQuantity": {"value": 100.4, "unit": "F", "system": "http://unitsofmeasure.org", "code": "[degF]"})"),
            R"(findings { key: "exam.temperature" quantity { value: 38 unit: "Cel" } source: "clinician" })", ""},
        Reading{"QuantityByUnitAlone", Loinc("30522-7", R"("valueQuantity": {"value": 5, "unit": "mg/L"})"),
                R"(findings { key: "lab.crp" quantity { value: 5 unit: "mg/L" } source: "clinician" })", ""},
        Reading{"IntegerScore", Loinc("72514-3", R"("valueInteger": 4)"),
                R"(findings { key: "pain.intensity" quantity { value: 4 unit: "{score}" } source: "clinician" })", ""},
        Reading{"Comparator", Loinc("1988-5", R"("valueQuantity": {"value": 5, "comparator": "<", "unit": "mg/L"})"),
                "", "lab.crp: the value is given only as a bound"},
        Reading{"OwnAnswerCode",
                Own("exam.slr", R"("valueCodeableConcept": {"coding": [{"system": "urn:test", "code": "equivocal"}]})"),
                R"(findings { key: "exam.slr" code: "equivocal" source: "clinician" })", ""},
        Reading{"ForeignAnswerCode",
                Own("exam.slr", R"("valueCodeableConcept": {"coding": [{"system": "x", "code": "1"},
                                   {"system": "http://snomed.info/sct", "code": "10828004"}]})"),
                R"(findings { key: "exam.slr" code: "positive" source: "clinician" })", ""},
        Reading{"AnswerAsString", Own("exam.slr", R"("valueString": "negative")"),
                R"(findings { key: "exam.slr" code: "negative" source: "clinician" })", ""},
        Reading{"TrueCoding",
                Loinc("82810-3",
                      R"("valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": "LA15173-0"}]})"),
                R"(findings { key: "obstetric.pregnant" present: true source: "clinician" })", ""},
        Reading{"FalseCoding",
                Loinc("82810-3",
                      R"("valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": "LA26683-5"}]})"),
                R"(findings { key: "obstetric.pregnant" present: false source: "clinician" })", ""},
        Reading{"UnknownCoding",
                Loinc("82810-3",
                      R"("valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": "LA4489-6"}]})"),
                "", "obstetric.pregnant: the coded value says that it is not known; counted as not known"},
        Reading{
            "YesCoding",
            Own("pain.present",
                R"("valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "373066001"}]})"),
            R"(findings { key: "pain.present" present: true source: "clinician" })", ""},
        Reading{"DateTimeForDate", Own("obstetric.last_menstrual_period", R"("valueDateTime": "2026-04-10T10:00:00Z")"),
                R"(findings { key: "obstetric.last_menstrual_period" text: "2026-04-10" source: "clinician" })", ""},
        Reading{"PartialDate", Own("obstetric.last_menstrual_period", R"("valueDateTime": "2026-04")"), "",
                "obstetric.last_menstrual_period: the date 2026-04 has no day"},
        Reading{"DataAbsent", Own("pain.present", R"("dataAbsentReason": {"coding": [{"code": "asked-unknown"}]})"), "",
                "pain.present: dataAbsentReason"},
        Reading{"NoValue", Own("pain.present", R"("id": "x")"), "", "pain.present: there is no value"},
        Reading{
            "InterpretationForValue",
            Loinc(
                "2986-8",
                R"("interpretation": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
                                   "code": "L"}]}])"),
            R"(findings { key: "lab.testosterone" code: "low" source: "clinician" })", ""},
        Reading{"InterpretationForNumber",
                Loinc("2986-8", R"("valueQuantity": {"value": 6, "unit": "nmol/L"}, "interpretation": [{"coding": [
                                   {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": "L"}]}])"),
                R"(findings { key: "lab.testosterone" code: "low" source: "clinician" })", ""},
        Reading{"NumberWithoutInterpretation", Loinc("2986-8", R"("valueQuantity": {"value": 6, "unit": "nmol/L"})"),
                "", "lab.testosterone: the number alone"},
        Reading{"InterpretationDoesNotOverrule",
                Own("exam.slr", R"("valueString": "negative", "interpretation": [{"coding": [
                                   {"system": "http://snomed.info/sct", "code": "10828004"}]}])"),
                R"(findings { key: "exam.slr" code: "negative" source: "clinician" })", ""},
        Reading{
            "Component", Loinc("85354-9", R"("effectiveDateTime": "2026-04-30", "component": [
                       {"code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
                        "valueQuantity": {"value": 120, "code": "mm[Hg]", "system": "http://unitsofmeasure.org"}},
                       {"code": {"coding": [{"system": "http://loinc.org", "code": "8462-4"}]}}])"),
            R"(findings { key: "exam.systolic_bp" quantity { value: 120 unit: "mm[Hg]" } observed_at: "2026-04-30" source: "clinician" })",
            ""},
        Reading{"UnknownCode", Loinc("9999-9", R"("valueBoolean": true)"), "",
                "/entry/1/resource: Observation http://loinc.org|9999-9 is left out"},
        Reading{"UnknownOwnCode", Own("pain.presnt", R"("valueBoolean": true)"), "",
                "nearest known key is pain.present"},
        Reading{"NoCode", R"({"resourceType": "Observation", "status": "final"})", "", "Observations without a code"},
        Reading{"FromThePatient",
                Own("pain.present", R"("valueBoolean": true, "performer": [{"reference": "urn:uuid:1"}])"),
                R"(findings { key: "pain.present" present: true source: "patient" })", ""},
        Reading{"FromARelative",
                Own("pain.present", R"("valueBoolean": true, "performer": [{"reference": "RelatedPerson/7"}])"),
                R"(findings { key: "pain.present" present: true source: "patient" })", ""},
        Reading{
            "FromPatientAndPractitioner",
            Own("exam.thigh_thrust",
                R"("valueBoolean": true, "performer": [{"reference": "Patient/p"}, {"reference": "Practitioner/1"}])"),
            R"(findings { key: "exam.thigh_thrust" present: true source: "clinician" })", ""},
        Reading{"ExaminersFindingFromThePatient",
                Own("exam.thigh_thrust", R"("valueBoolean": true, "performer": [{"reference": "Patient/p"}])"), "",
                "/entry/1/resource: exam.thigh_thrust comes from the patient"},
        Reading{"Preliminary", R"({"resourceType": "Observation", "status": "preliminary", "code": {"coding": [
                                   {"system": "urn:test", "code": "pain.present"}]}, "valueBoolean": true})",
                R"(findings { key: "pain.present" present: true source: "clinician" })", "preliminary are used"},
        Reading{"EnteredInError", R"({"resourceType": "Observation", "status": "entered-in-error", "code": {"coding": [
                                      {"system": "urn:test", "code": "pain.present"}]}, "valueBoolean": "broken"})",
                "", "entered-in-error are not used"},
        Reading{"Cancelled", R"({"resourceType": "Observation", "status": "cancelled"})", "", "cancelled are not used"},
        Reading{"Registered", R"({"resourceType": "Observation", "status": "registered"})", "",
                "registered are not used"},
        Reading{"ModifierExtension",
                Own("pain.present", R"("valueBoolean": true, "modifierExtension": [{"url": "x"}])"), "",
                "modifierExtension or implicitRules are not used"},
        Reading{"EffectivePeriodEnd",
                Own("pain.present",
                    R"("valueBoolean": true, "effectivePeriod": {"start": "2026-04-01", "end": "2026-04-02"})"),
                R"(findings { key: "pain.present" present: true observed_at: "2026-04-02" source: "clinician" })", ""},
        Reading{
            "Issued", Own("pain.present", R"("valueBoolean": true, "issued": "2026-04-02T10:00:00Z")"),
            R"(findings { key: "pain.present" present: true observed_at: "2026-04-02T10:00:00Z" source: "clinician" })",
            ""},
        Reading{"EffectiveBeforeIssued",
                Own("pain.present",
                    R"("issued": "2026-04-03T10:00:00Z", "valueBoolean": true, "effectiveDateTime": "2026-04-02")"),
                R"(findings { key: "pain.present" present: true observed_at: "2026-04-02" source: "clinician" })", ""},
        Reading{"PartialEffective", Own("pain.present", R"("valueBoolean": true, "effectiveDateTime": "2026-04")"),
                R"(findings { key: "pain.present" present: true source: "clinician" })", ""},
        Reading{
            "AbsoluteReference",
            R"({"resourceType": "Observation", "status": "final", "subject": {"reference": "https://ehr.test/fhir/Patient/p/_history/2"},
                    "code": {"coding": [{"system": "urn:test", "code": "pain.present"}]}, "valueBoolean": true})",
            R"(findings { key: "pain.present" present: true source: "clinician" })", ""},
        Reading{"OtherResource", R"({"resourceType": "Procedure", "status": "completed"})", "",
                "/entry/1/resource: resources of type \"Procedure\" are not read"}),
    [](const ::testing::TestParamInfo<Reading>& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Condition, FhirReading,
    ::testing::Values(
        Reading{"CodeOutOfForce", Condition("64766004", R"("recordedDate": "2020-01-01", )"),
                R"(findings { key: "history.ibd" present: true observed_at: "2020-01-01" source: "clinician" })", ""},
        Reading{"Bare", Condition("34000006", ""),
                R"(findings { key: "history.ibd" present: true)" + std::string(kSource), ""},
        Reading{"Confirmed",
                Condition("34000006", Status("verificationStatus", "confirmed") + R"("recordedDate": "2020-01-01", )"),
                R"(findings { key: "history.ibd" present: true observed_at: "2020-01-01" source: "clinician" })", ""},
        Reading{"ResolvedHistory", Condition("34000006", Status("clinicalStatus", "resolved")),
                R"(findings { key: "history.ibd" present: true)" + std::string(kSource), ""},
        Reading{"ResolvedOther", Condition("386661006", Status("clinicalStatus", "resolved")), "",
                "red_flag.fever: the Condition is not used: it is no longer active"},
        Reading{"ActiveOther", Condition("386661006", Status("clinicalStatus", "active")),
                R"(findings { key: "red_flag.fever" present: true)" + std::string(kSource), ""},
        Reading{"Provisional", Condition("34000006", Status("verificationStatus", "provisional")), "", "not confirmed"},
        Reading{"Differential", Condition("34000006", Status("verificationStatus", "differential")), "",
                "not confirmed"},
        Reading{"RefutedDiseaseDoesNotAnswerTheQuestion",
                Condition("34000006", Status("verificationStatus", "refuted")), "",
                "it is refuted, which does not answer the whole question"},
        Reading{
            "RefutedByOwnCode",
            R"({"resourceType": "Condition", "code": {"coding": [{"system": "urn:test", "code": "history.ibd"}]}, )" +
                Status("verificationStatus", "refuted") + R"("id": "c"})",
            R"(findings { key: "history.ibd" present: false)" + std::string(kSource), ""},
        Reading{"EnteredInError", Condition("34000006", Status("verificationStatus", "entered-in-error")), "",
                "entered in error are not used"},
        Reading{"UnknownCode", Condition("1", ""), "", "Condition http://snomed.info/sct|1 is left out"}),
    [](const ::testing::TestParamInfo<Reading>& row) { return std::string(row.param.name); });

struct RefusalRow {
  const char* name;
  std::string input;
  const char* path;
  const char* message;
};

class FhirRefusal : public ::testing::TestWithParam<RefusalRow> {};

TEST_P(FhirRefusal, NamesPlaceAndReason) {
  EXPECT_THAT(RefusalText(Read(GetParam().input)),
              AllOf(StartsWith(std::string(GetParam().path) + ": "), HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Bundle, FhirRefusal,
    ::testing::Values(
        RefusalRow{"NoPatient", R"({"resourceType": "Bundle"})", "/entry", "0 Patient resources"},
        RefusalRow{"TwoPatients", Bundle({kPatient}), "/entry", "2 Patient resources"},
        RefusalRow{"OtherResource", R"({"resourceType": "Patient"})", "/resourceType",
                   "send a FHIR R4 Bundle or QuestionnaireResponse"},
        RefusalRow{"ResourceTypeIsNoString", R"({"resourceType": 1})", "/resourceType", "expected a string"},
        RefusalRow{"History", R"({"resourceType": "Bundle", "type": "history"})", "/type", "history"},
        RefusalRow{"ImplicitRules", R"({"resourceType": "Bundle", "implicitRules": "x"})", "/implicitRules", "meaning"},
        RefusalRow{"EntryIsAnObject", R"({"resourceType": "Bundle", "entry": {}})", "/entry", "expected an array"},
        RefusalRow{"ResourceWithoutType", R"({"resourceType": "Bundle", "entry": [{"resource": {}}]})",
                   "/entry/0/resource", "no resourceType"},
        RefusalRow{"Gender", Bundle({}, R"({"resourceType": "Patient", "gender": "F"})"), "/entry/0/resource/gender",
                   "male, female, other, unknown"},
        RefusalRow{"BirthDate", Bundle({}, R"({"resourceType": "Patient", "birthDate": "1999-13"})"),
                   "/entry/0/resource/birthDate", "1999-13"},
        RefusalRow{"BirthDateInFuture", Bundle({}, R"({"resourceType": "Patient", "birthDate": "2027"})"),
                   "/entry/0/resource/birthDate", "after"},
        RefusalRow{"PatientModified", Bundle({}, R"({"resourceType": "Patient", "modifierExtension": []})"),
                   "/entry/0/resource/modifierExtension", "meaning"},
        RefusalRow{
            "Timestamp",
            R"({"resourceType": "Bundle", "timestamp": "now", "entry": [{"resource": {"resourceType": "Patient"}}]})",
            "/timestamp", "now"},
        RefusalRow{"DuplicateMember", R"({"resourceType": "Bundle", "entry": [], "entry": []})", "/entry",
                   "given twice"}),
    [](const ::testing::TestParamInfo<RefusalRow>& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Resource, FhirRefusal,
    ::testing::Values(
        RefusalRow{
            "OtherPatientsObservation",
            Bundle({R"({"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/q"}})"}),
            "/entry/1/resource/subject/reference", "\"Patient/q\" is not the Patient of this Bundle"},
        RefusalRow{
            "PatientIdAsSuffix",
            Bundle({R"({"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/xp"}})"}),
            "/entry/1/resource/subject/reference", "Patient/xp"},
        RefusalRow{
            "GroupAsSubject",
            Bundle({R"({"resourceType": "Observation", "status": "final", "subject": {"reference": "Group/p"}})"}),
            "/entry/1/resource/subject/reference", "Group/p"},
        RefusalRow{"OtherPatientsCondition",
                   Bundle({R"({"resourceType": "Condition", "subject": {"reference": "urn:uuid:2"}})"}),
                   "/entry/1/resource/subject/reference", "urn:uuid:2"},
        RefusalRow{"OtherPatientsForm", Bundle({Response("", R"("subject": {"reference": "Patient/q"}, )")}),
                   "/entry/1/resource/subject/reference", "Patient/q"},
        RefusalRow{"Status", Bundle({R"({"resourceType": "Observation", "status": "done"})"}),
                   "/entry/1/resource/status", "done"},
        RefusalRow{"StringForBoolean", Bundle({Own("pain.present", R"("valueString": "yes")")}),
                   "/entry/1/resource/valueString",
                   "pain.present: valueString is of the wrong type; this input takes valueBoolean"},
        RefusalRow{"StringInBoolean", Bundle({Own("pain.present", R"("valueBoolean": "true")")}),
                   "/entry/1/resource/valueBoolean", "expected true or false"},
        RefusalRow{"BooleanForQuantity", Bundle({Own("lab.crp", R"("valueBoolean": true)")}),
                   "/entry/1/resource/valueBoolean", "lab.crp"},
        RefusalRow{"QuantityForOwnCodedInput",
                   Bundle({Own("lab.testosterone", R"("valueQuantity": {"value": 6, "unit": "nmol/L"})")}),
                   "/entry/1/resource/valueQuantity", "lab.testosterone"},
        RefusalRow{"UnsupportedValue", Bundle({Own("lab.crp", R"("valueRange": {})")}), "/entry/1/resource/valueRange",
                   "wrong type"},
        RefusalRow{"IntegerWithoutUnit", Bundle({Loinc("1988-5", R"("valueInteger": 5)")}),
                   "/entry/1/resource/valueInteger", "lab.crp: the quantity has no unit"},
        RefusalRow{"UnitMissing", Bundle({Own("lab.crp", R"("valueQuantity": {"value": 5})")}),
                   "/entry/1/resource/valueQuantity", "no unit"},
        RefusalRow{"UnitNotConvertible", Bundle({Own("lab.crp", R"("valueQuantity": {"value": 5, "code": "nmol/L"})")}),
                   "/entry/1/resource/valueQuantity/code", "cannot be converted"},
        RefusalRow{"UnitAlone", Bundle({Own("lab.crp", R"("valueQuantity": {"value": 5, "unit": "mg per litre"})")}),
                   "/entry/1/resource/valueQuantity/unit", "cannot be converted"},
        RefusalRow{"UnitOfAnotherSystem",
                   Bundle({Own("lab.crp", R"("valueQuantity": {"value": 5, "code": "mg/L", "system": "urn:x"})")}),
                   "/entry/1/resource/valueQuantity/system", "only UCUM"},
        RefusalRow{"OutOfRange", Bundle({Own("lab.crp", R"("valueQuantity": {"value": -5, "code": "mg/L"})")}),
                   "/entry/1/resource/valueQuantity/value", "lab.crp: -5 mg/L is not possible"},
        RefusalRow{"CodeNotInList",
                   Bundle({Own("exam.slr",
                               R"("valueCodeableConcept": {"coding": [{"system": "urn:test", "code": "maybe"}]})")}),
                   "/entry/1/resource/valueCodeableConcept",
                   "exam.slr: urn:test|maybe is not a known answer; this input takes a code, one of negative"},
        RefusalRow{
            "AnswerOfAnotherSystem",
            Bundle({Own("exam.slr",
                        R"("valueCodeableConcept": {"coding": [{"system": "urn:other", "code": "positive"}]})")}),
            "/entry/1/resource/valueCodeableConcept", "not a known answer"},
        RefusalRow{"TextOnly", Bundle({Own("exam.slr", R"("valueCodeableConcept": {"text": "positive"})")}),
                   "/entry/1/resource/valueCodeableConcept", "the value has no code"},
        RefusalRow{"TwoAnswers",
                   Bundle({Own("exam.slr",
                               R"("valueCodeableConcept": {"coding": [{"code": "negative"}, {"code": "positive"}]})")}),
                   "/entry/1/resource/valueCodeableConcept", "name different answers"},
        RefusalRow{"TwoValues", Bundle({Own("pain.present", R"("valueBoolean": true, "valueString": "x")")}),
                   "/entry/1/resource/valueString", "two values"},
        RefusalRow{
            "TwoInputs",
            Bundle(
                {R"({"resourceType": "Observation", "status": "final", "code": {"coding": [{"system": "urn:test", "code": "lab.crp"},
                               {"system": "urn:test", "code": "pain.present"}]}})"}),
            "/entry/1/resource/code", "stand for two inputs, lab.crp and pain.present"},
        RefusalRow{"SideOnOwnUnsidedInput",
                   Bundle({Own("pain.present", kRight + std::string(R"("valueBoolean": true)"))}),
                   "/entry/1/resource/bodySite", "pain.present"},
        RefusalRow{
            "BothSides",
            Bundle({Own(
                "pain.buttock",
                R"("valueBoolean": true, "bodySite": {"coding": [{"system": "http://snomed.info/sct", "code": "24028007"},
                                                  {"system": "http://snomed.info/sct", "code": "7771000"}]})")}),
            "/entry/1/resource/bodySite", "both sides"},
        RefusalRow{"Future",
                   Bundle({Own("pain.present", R"("valueBoolean": true, "effectiveDateTime": "2026-05-02")")}),
                   "/entry/1/resource/effectiveDateTime", "pain.present: observed at 2026-05-02, after"},
        RefusalRow{"FutureYear", Bundle({Own("pain.present", R"("valueBoolean": true, "effectiveDateTime": "2027")")}),
                   "/entry/1/resource/effectiveDateTime", "after the moment"},
        RefusalRow{"MalformedTime",
                   Bundle({Own("pain.present", R"("valueBoolean": true, "effectiveDateTime": "1 May")")}),
                   "/entry/1/resource/effectiveDateTime", "1 May"},
        RefusalRow{"FutureCondition", Bundle({Condition("34000006", R"("recordedDate": "2026-06-01", )")}),
                   "/entry/1/resource/recordedDate", "history.ibd"},
        RefusalRow{"ConditionAgainstObservation",
                   Bundle({Condition("34000006", R"("recordedDate": "2020-01-01", )"),
                           Own("history.ibd", R"("valueBoolean": false, "effectiveDateTime": "2026-05-01")")}),
                   "/entry/2/resource/valueBoolean", "history.ibd is given twice"},
        RefusalRow{
            "ComponentPath",
            Bundle({Loinc("85354-9",
                          R"("component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
                                               "valueQuantity": {"value": 900, "code": "mm[Hg]"}}])")}),
            "/entry/1/resource/component/0/valueQuantity/value", "exam.systolic_bp"},
        RefusalRow{"Contradiction",
                   Bundle({Own("obstetric.pregnant", R"("valueBoolean": true)")},
                          R"({"resourceType": "Patient", "id": "p", "gender": "male"})"),
                   "/entry/1/resource", "obstetric.pregnant, patient.sex"},
        RefusalRow{"PatientWithoutIdentity",
                   Bundle({Own("pain.present", R"("valueBoolean": true)")}, R"({"resourceType": "Patient"})"),
                   "/entry/1/resource/subject/reference", "not the Patient"}),
    [](const ::testing::TestParamInfo<RefusalRow>& row) { return std::string(row.param.name); });

TEST(FhirBundle, NoticesFurtherPagesAndCountsOtherTypes) {
  const IntakeResult result =
      Read(R"({"resourceType": "Bundle", "type": "searchset", "timestamp": "2026-05-01T09:00:00Z",
      "link": [{"relation": "self", "url": "x"}, {"relation": "next", "url": "y"}],
      "entry": [{"resource": {"resourceType": "Encounter"}}, {"resource": {"resourceType": "Patient"}},
                {"resource": {"resourceType": "Encounter"}}, {"fullUrl": "z"}]})");
  EXPECT_THAT(NoticesText(result),
              AllOf(HasSubstr("/link: the Bundle is one page"),
                    HasSubstr("/entry/0/resource: resources of type \"Encounter\" are not read (2 times")));
}

std::string Crp(const std::string& time, const std::string& value) {
  return Own("lab.crp", (time.empty() ? "" : R"("effectiveDateTime": ")" + time + R"(", )") +
                            R"("valueQuantity": {"value": )" + value + R"(, "code": "mg/L"})");
}

struct Series {
  const char* name;
  std::vector<std::string> observations;
  // The value that counts, or a part of the refusal.
  const char* outcome;
  const char* notice;
};

class FhirSeries : public ::testing::TestWithParam<Series> {};

TEST_P(FhirSeries, TheNewestCountsWhateverTheOrder) {
  std::vector<std::string> observations = GetParam().observations;
  for (int turn = 0; turn < 2; ++turn) {
    const IntakeResult result = Read(Bundle(observations));
    EXPECT_THAT(FindingsText(result), HasSubstr(GetParam().outcome));
    EXPECT_THAT(NoticesText(result), HasSubstr(GetParam().notice));
    std::reverse(observations.begin(), observations.end());
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, FhirSeries,
    ::testing::Values(Series{"Days",
                             {Crp("2026-04-01", "80"), Crp("2026-04-20", "8"), Crp("2026-04-10", "40")},
                             "value: 8 ",
                             "lab.crp: the newest value is used; 2 older ones"},
                      Series{"Instants",
                             {Crp("2026-04-20T10:00:00Z", "80"), Crp("2026-04-20T11:30:00+02:00", "8")},
                             "value: 80 ",
                             "1 older one"},
                      Series{"DayAfterInstant",
                             {Crp("2026-04-20T10:00:00Z", "80"), Crp("2026-04-21", "8")},
                             "value: 8 ",
                             "1 older one"},
                      Series{"SameDayOfDifferentPrecision",
                             {Crp("2026-04-20T10:00:00Z", "80"), Crp("2026-04-20", "8")},
                             "their times do not tell",
                             ""},
                      Series{"SameInstant",
                             {Crp("2026-04-20T10:00:00Z", "80"), Crp("2026-04-20T12:00:00+02:00", "8")},
                             "given twice with different values",
                             ""},
                      Series{"SameInstantSameValue",
                             {Crp("2026-04-20T10:00:00Z", "8"), Crp("2026-04-20T12:00:00+02:00", "8.0")},
                             "value: 8 ",
                             ""},
                      Series{"NoTimeAtAll", {Crp("", "80"), Crp("", "8")}, "their times do not tell", ""},
                      Series{"OneWithoutTime", {Crp("2026-04-20", "80"), Crp("", "8")}, "their times do not tell", ""},
                      Series{"OneWithoutTimeSameValue", {Crp("2026-04-20", "8"), Crp("", "8")}, "value: 8 ", ""},
                      Series{"DoubtAboutOldOnesDoesNotMatter",
                             {Crp("2026-04-01", "80"), Crp("2026-04-01", "40"), Crp("2026-04-20", "8")},
                             "value: 8 ",
                             "2 older ones"},
                      Series{"FutureIsRefused",
                             {Crp("2026-04-01", "80"), Crp("2026-05-02", "8")},
                             "after the moment of assessment",
                             ""}),
    [](const ::testing::TestParamInfo<Series>& row) { return std::string(row.param.name); });

TEST(FhirSeries, AnExaminersFindingIsNotReplacedByThePatientsOwn) {
  const std::string examined = Own("exam.thigh_thrust", R"("valueBoolean": true, "effectiveDateTime": "2026-04-01")");
  const std::string claimed =
      Own("exam.thigh_thrust",
          R"("valueBoolean": false, "effectiveDateTime": "2026-04-20", "performer": [{"reference": "Patient/p"}])");
  const IntakeResult result = Read(Bundle({claimed, examined}));
  EXPECT_THAT(FindingsText(result), HasSubstr("present: true"));
  EXPECT_THAT(NoticesText(result), HasSubstr("an examiner's finding is there"));
}

TEST(FhirForm, AloneGivesFindingsAndMoment) {
  EXPECT_EQ(
      CaseText(Read(Response(
          R"({"linkId": "section:pain", "item": [)" + Item("pain.present", R"("valueBoolean": true)") + R"(,
                    {"linkId": "pain.buttock", "item": [)" +
              Item("pain.buttock:left", R"("valueBoolean": false)") + ", " +
              Item("pain.buttock:right", R"("valueBoolean": true)") + "]}]}, " +
              Item("exam.slr:right", R"("valueCoding": {"system": "urn:test", "code": "positive"})") + ", " +
              Item("pain.intensity", R"("valueDecimal": 6.5)") + ", " + Item("pain.duration", R"("valueInteger": 28)") +
              ", " + Item("lab.crp", R"("valueQuantity": {"value": 1, "code": "mg/dL"})") + ", " +
              Item("obstetric.last_menstrual_period", R"("valueDate": "2026-04-10")") +
              R"(, {"linkId": "lab.testosterone"})",
          R"("id": "q1", "subject": {"reference": "Patient/anyone"}, "source": {"reference": "Patient/anyone"}, )"))),
      R"(id: "q1" as_of: "2026-05-01T09:00:00Z" )"
      R"(findings { key: "pain.present" present: true observed_at: "2026-05-01T09:00:00Z" source: "patient" } )"
      R"(findings { key: "pain.buttock" side: SIDE_LEFT present: false observed_at: "2026-05-01T09:00:00Z" source: "patient" } )"
      R"(findings { key: "pain.buttock" side: SIDE_RIGHT present: true observed_at: "2026-05-01T09:00:00Z" source: "patient" } )"
      R"(findings { key: "exam.slr" side: SIDE_RIGHT code: "positive" observed_at: "2026-05-01T09:00:00Z" source: "patient" } )"
      R"(findings { key: "pain.intensity" quantity { value: 6.5 unit: "{score}" } observed_at: "2026-05-01T09:00:00Z" source: "patient" } )"
      R"(findings { key: "pain.duration" quantity { value: 28 unit: "d" } observed_at: "2026-05-01T09:00:00Z" source: "patient" } )"
      R"(findings { key: "lab.crp" quantity { value: 10 unit: "mg/L" } observed_at: "2026-05-01T09:00:00Z" source: "patient" } )"
      R"(findings { key: "obstetric.last_menstrual_period" text: "2026-04-10" observed_at: "2026-05-01T09:00:00Z" source: "patient" })");
}

TEST(FhirForm, InABundleBelongsToItsPatient) {
  const IntakeResult result = Read(
      Bundle({Response(Item("pain.present", R"("valueBoolean": true)"),
                       R"("subject": {"reference": "urn:uuid:1"}, "author": {"reference": "Practitioner/1"}, )")}));
  EXPECT_THAT(CaseText(result), AllOf(HasSubstr("age_years: 27"), HasSubstr("source: \"clinician\"")));
}

TEST(FhirForm, ExaminersQuestionsAnsweredByThePatientCountAsNotExamined) {
  const IntakeResult result =
      Read(Response(Item("exam.thigh_thrust:left", R"("valueBoolean": true)"), R"("source": {"type": "Patient"}, )"));
  EXPECT_EQ(FindingsText(result), "");
  EXPECT_THAT(NoticesText(result),
              HasSubstr("/item/0/answer/0: exam.thigh_thrust on SIDE_LEFT comes from the patient"));
}

TEST(FhirForm, NestedBelowAnAnswerAndUnknownLinks) {
  const IntakeResult result = Read(Response(R"({"linkId": "other", "answer": [{"valueBoolean": true, "item": [)" +
                                            Item("pain.present", R"("valueBoolean": true)") + "]}]}"));
  EXPECT_THAT(FindingsText(result), HasSubstr("pain.present"));
  EXPECT_THAT(NoticesText(result), HasSubstr("/item/0: the answer to \"other\" is left out"));
  EXPECT_THAT(NoticesText(Read(Response(Item("pain.presnt", R"("valueBoolean": true)")))),
              HasSubstr("nearest known key is pain.present"));
  EXPECT_THAT(NoticesText(Read(Response(R"({"linkId": "other"})"))), IsEmpty());
}

TEST(FhirForm, OfAnotherQuestionnaireOrVersionIsUsedWithANotice) {
  const std::string url = TestInputs().form_url(), version = TestInputs().form_version();
  struct Row {
    const char* name;
    std::string questionnaire;
    // Part of the only notice; empty: none.
    std::string notice;
  };
  for (const Row& row : {Row{"this version", url + "|" + version, ""}, Row{"no version", url, ""},
                         Row{"another version", url + "|0123456789abcdef", "another version of the Questionnaire"},
                         Row{"another form", "https://ehr/Questionnaire/7|" + version, "another Questionnaire"},
                         Row{"another form without version", "https://ehr/Questionnaire/7", "another Questionnaire"},
                         Row{"nothing", "", "another Questionnaire"}}) {
    const IntakeResult result = Read(Response(Item("pain.present", R"("valueBoolean": true)"),
                                              R"("questionnaire": ")" + row.questionnaire + R"(", )"));
    EXPECT_THAT(FindingsText(result), HasSubstr("pain.present")) << row.name;
    if (row.notice.empty()) {
      EXPECT_THAT(NoticesText(result), IsEmpty()) << row.name;
    } else {
      EXPECT_THAT(NoticesText(result),
                  AllOf(HasSubstr("/questionnaire: "), HasSubstr(row.notice), HasSubstr(url + "|" + version)))
          << row.name;
    }
  }
}

// LHC-Forms gives the unit of a quantity with its display, a coding with its display, and groups as they stand in the
// form; a question that enableWhen has switched off is there without an answer, or not at all.
TEST(FhirForm, AsFormProgramsWriteIt) {
  const IntakeResult result = Read(Response(
      R"({"linkId": "section:labs", "text": "Laboratory", "item": [{"linkId": "lab.crp", "text": "CRP?", "answer": [
            {"valueQuantity": {"value": 1, "unit": "mg/dL", "code": "mg/dL", "system": "http://unitsofmeasure.org"}}]}]},
         {"linkId": "section:exam", "text": "Examination", "item": [{"linkId": "exam.slr", "text": "SLR?", "item": [
            {"linkId": "exam.slr:left", "text": "Left", "answer": [
              {"valueCoding": {"system": "urn:test", "code": "positive", "display": "yes"}}]},
            {"linkId": "exam.slr:right", "text": "Right"}]}]},
         {"linkId": "lab.testosterone", "answer": []})"));
  EXPECT_THAT(FindingsText(result), AllOf(HasSubstr("quantity { value: 10 unit: \"mg/L\" }"),
                                          HasSubstr("key: \"exam.slr\" side: SIDE_LEFT code: \"positive\"")));
  EXPECT_THAT(FindingsText(result), ::testing::Not(HasSubstr("SIDE_RIGHT")));
  EXPECT_THAT(NoticesText(result), IsEmpty());
}

TEST(FhirForm, NotCompleteIsUsedWithANotice) {
  const IntakeResult result =
      Read(R"({"resourceType": "QuestionnaireResponse", "status": "in-progress", "authored": "2026-04-30",
                                       "item": [{"linkId": "pain.present", "answer": [{"valueBoolean": true}]}]})");
  EXPECT_THAT(CaseText(result), AllOf(HasSubstr("as_of: \"2026-04-30T00:00:00Z\""), HasSubstr("pain.present")));
  EXPECT_THAT(NoticesText(result), HasSubstr("the form is in-progress"));
  EXPECT_THAT(NoticesText(Read(Bundle({R"({"resourceType": "QuestionnaireResponse", "status": "entered-in-error"})"}))),
              HasSubstr("entered in error are not used"));
}

INSTANTIATE_TEST_SUITE_P(
    Form, FhirRefusal,
    ::testing::Values(
        RefusalRow{"EnteredInError", R"({"resourceType": "QuestionnaireResponse", "status": "entered-in-error"})",
                   "/status", "entered in error"},
        RefusalRow{"Status", R"({"resourceType": "QuestionnaireResponse", "status": "done"})", "/status",
                   "completed, amended"},
        RefusalRow{"Authored", R"({"resourceType": "QuestionnaireResponse", "status": "completed", "authored": "x"})",
                   "/authored", "\"x\""},
        RefusalRow{"SideOnUnsided", Response(Item("pain.present:left", R"("valueBoolean": true)")), "/item/0/linkId",
                   "pain.present: a side is given"},
        RefusalRow{
            "TwoAnswers",
            Response(R"({"linkId": "pain.present", "answer": [{"valueBoolean": true}, {"valueBoolean": true}]})"),
            "/item/0/answer", "pain.present: more than one answer"},
        RefusalRow{"SameQuestionTwice",
                   Response(Item("pain.present", R"("valueBoolean": true)") + ", " +
                            Item("pain.present", R"("valueBoolean": false)")),
                   "/item/1/answer/0/valueBoolean", "pain.present is given twice"},
        RefusalRow{"WrongType", Response(Item("pain.present", R"("valueString": "yes")")),
                   "/item/0/answer/0/valueString", "pain.present"},
        RefusalRow{"QuantityWithoutUnit", Response(Item("lab.crp", R"("valueQuantity": {"value": 1})")),
                   "/item/0/answer/0/valueQuantity", "no unit"},
        RefusalRow{"Range",
                   Response(R"({"linkId": "g", "item": [)" + Item("pain.intensity", R"("valueInteger": 11)") + "]}"),
                   "/item/0/item/0/answer/0/valueInteger", "pain.intensity"},
        RefusalRow{"Code", Response(Item("exam.slr", R"("valueCoding": {"code": "maybe"})")),
                   "/item/0/answer/0/valueCoding", "exam.slr"}),
    [](const ::testing::TestParamInfo<RefusalRow>& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace condyle::intake
