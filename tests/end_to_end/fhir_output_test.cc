// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// FHIR output of every worked patient: all that the JSON report says is in it, the same bytes each time, and nothing
// that is withheld passes for advice. That it is valid FHIR is for others to say: tests/outside/fhir_valid.mjs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/fhir/fhir.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using simdjson::dom::element;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What the Bundle does not carry, and why.
const std::set<std::string>& Exempt() {
  static const std::set<std::string> kExempt = {
      // FHIR's Coding has no validity; codes that are not valid on the day are not in the consultation.
      "condyle.v1.Coding.valid_from", "condyle.v1.Coding.valid_to", "condyle.v1.Coding.checked_to",
      // In words, with at most three ids of advice: the text report does the same.
      "condyle.v1.AnswerEffect.answer", "condyle.v1.AnswerEffect.change",
      // What a candidate says could pass for advice.
      "condyle.v1.Difference.current", "condyle.v1.Difference.candidate",
      // The machine's own directories are nobody's business; the name of the file is there.
      "condyle.v1.PluginRun.file", "condyle.v1.PluginFailure.file"};
  return kExempt;
}

// Of advice that is withheld, what would serve to follow it.
bool ServesToFollow(const FieldDescriptor& field) {
  return field.name() == "patient_text" || field.name() == "dose" || field.name() == "timeframe";
}

// Every string of a message, with its path.
void Texts(const Message& message, bool withheld, std::vector<std::pair<std::string, std::string>>* texts) {
  std::vector<const FieldDescriptor*> fields;
  const auto& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (Exempt().count(std::string(field->full_name())) > 0) continue;
    if (withheld && ServesToFollow(*field)) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Texts(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                   : reflection.GetMessage(message, field),
              withheld || message.GetDescriptor()->name() == "Withheld", texts);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        texts->emplace_back(field->full_name(), field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                                                     : reflection.GetString(message, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
        const double number = field->is_repeated() ? reflection.GetRepeatedDouble(message, field, i)
                                                   : reflection.GetDouble(message, field);
        // Probabilities are per cent in FHIR.
        const bool share = message.GetDescriptor()->name() == "Probability";
        texts->emplace_back(field->full_name(), absl::StrCat(share ? number * 100 : number));
      }
    }
  }
}

// Every value of a JSON document, one after another; narratives without their markup.
void Values(const element& json, std::string* all) {
  switch (json.type()) {
    case simdjson::dom::element_type::ARRAY:
      for (const element child : simdjson::dom::array(json)) Values(child, all);
      break;
    case simdjson::dom::element_type::OBJECT:
      for (const auto member : simdjson::dom::object(json)) Values(member.value, all);
      break;
    case simdjson::dom::element_type::STRING:
      absl::StrAppend(all, std::string(std::string_view(json)), "\n");
      break;
    default:
      absl::StrAppend(all, json.is_double() ? absl::StrCat(double(json)) : std::string(simdjson::minify(json)), "\n");
  }
}

struct Written {
  std::string name, json;
  v1::Consultation consultation;
};

const FhirFormat& Format() {
  static const FhirFormat* const format = new FhirFormat(OpenHost(true)->Manifests(), {});
  return *format;
}

// Of each worked patient that is not refused, with its questions ranked.
const std::vector<Written>& All() {
  static const std::vector<Written>* const all = [] {
    auto* made = new std::vector<Written>;
    const std::unique_ptr<Host> host = OpenHost(true);
    for (const WorkedCase& one : AllWorkedCases()) {
      Outcome outcome = host->ConsultBytes(one.case_json);
      if (!outcome.consultation) continue;
      made->push_back({one.name, Format().Bundle(*outcome.consultation), *outcome.consultation});
    }
    return made;
  }();
  return *all;
}

TEST(FhirOutput, SaysAllThatTheJsonReportSays) {
  ASSERT_GT(All().size(), 30u);
  for (const Written& written : All()) {
    simdjson::dom::parser parser;
    std::string said;
    Values(parser.parse(written.json).value(), &said);
    std::vector<std::pair<std::string, std::string>> texts;
    Texts(written.consultation, false, &texts);
    ASSERT_GT(texts.size(), 100u);
    std::set<std::string> missing;
    for (const auto& [path, text] : texts) {
      if (said.find(text) == std::string::npos) missing.insert(absl::StrCat(path, ": ", text));
    }
    EXPECT_THAT(missing, IsEmpty()) << written.name;
  }
}

// A check that finds nothing missing must find what is.
TEST(FhirOutput, OfAnotherPatientDoesNotSayTheSame) {
  simdjson::dom::parser parser;
  std::string said;
  Values(parser.parse(All()[0].json).value(), &said);
  std::vector<std::pair<std::string, std::string>> texts;
  Texts(All()[1].consultation, false, &texts);
  EXPECT_TRUE(std::any_of(texts.begin(), texts.end(),
                          [&](const auto& text) { return said.find(text.second) == std::string::npos; }));
}

TEST(FhirOutput, IsTheSameForTheSameInput) {
  const std::unique_ptr<Host> host = OpenHost(true);
  const WorkedCase one = AllWorkedCases().front();
  const std::string again = Format().Bundle(*host->ConsultBytes(one.case_json).consultation);
  EXPECT_EQ(again, All().front().json);
}

TEST(FhirOutput, OfTwoPatientsHasNoResourceInCommon) {
  const v1::Consultation& c = All().front().consultation;
  const auto ids = [](const std::string& json) {
    std::set<std::string> found;
    simdjson::dom::parser parser;
    for (const element entry : simdjson::dom::array(parser.parse(json)["entry"])) {
      found.insert(std::string(std::string_view(entry["fullUrl"])));
    }
    return found;
  };
  FhirContext one, other;
  one.patient = "Patient/1";
  other.patient = "Patient/2";
  const std::set<std::string> a = ids(Format().Bundle(c, one)), b = ids(Format().Bundle(c, other));
  EXPECT_EQ(a.size(), b.size());
  for (const std::string& id : a) EXPECT_EQ(b.count(id), 0u) << id;
}

// Activities and requests are the active advice and nothing else; no Condition is written.
TEST(FhirOutput, NothingWithheldIsProposed) {
  size_t withheld = 0;
  for (const Written& written : All()) {
    std::set<std::string> proposed, expected;
    simdjson::dom::parser parser;
    for (const element entry : simdjson::dom::array(parser.parse(written.json)["entry"])) {
      const element resource = entry["resource"];
      const std::string_view type = resource["resourceType"];
      EXPECT_NE(type, "Condition") << written.name;
      EXPECT_NE(type, "MedicationRequest") << written.name;
      if (type == "ServiceRequest" || type == "CarePlan") {
        EXPECT_EQ(std::string_view(resource["status"]), "draft");
        EXPECT_EQ(std::string_view(resource["intent"]), "proposal");
      }
      if (type == "ServiceRequest")
        proposed.insert(std::string(std::string_view(resource["code"]["coding"].at(0)["code"])));
      simdjson::dom::array activities;
      if (type != "CarePlan" || resource["activity"].get(activities) != simdjson::SUCCESS) continue;
      for (const element activity : activities) {
        std::string_view id, system;
        if (activity["detail"]["code"]["coding"].at(0)["code"].get(id) != simdjson::SUCCESS) continue;
        ASSERT_EQ(activity["detail"]["code"]["coding"].at(0)["system"].get(system), simdjson::SUCCESS);
        if (system == "urn:condyle:advice") proposed.insert(std::string(id));
      }
    }
    for (const v1::Recommendation& r : written.consultation.recommendations()) expected.insert(r.id());
    EXPECT_EQ(proposed, expected) << written.name;
    withheld += static_cast<size_t>(written.consultation.withheld_size());
  }
  EXPECT_GT(withheld, 20u);
}

TEST(FhirOutput, ExitCodesAreThoseOfEveryFormat) {
  const std::string example = std::string(kSourceFolder) + "/docs/examples/runner.bundle.json";
  const RunResult whole = Condyle({"assess", example, "--format", "fhir", "--in-process"});
  EXPECT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_THAT(whole.out, HasSubstr("\"resourceType\":\"Bundle\""));
  EXPECT_EQ(LineCount(whole.out), 1u);
  const RunResult alone = Condyle(
      {"assess", example, "--format", "fhir", "--in-process", "--plugins", PluginFiles({"red_flag_screen"}).front()});
  EXPECT_EQ(alone.exit_code, 3) << alone.err;
  EXPECT_THAT(alone.out, HasSubstr("\"resourceType\":\"Flag\""));
  EXPECT_THAT(alone.out, HasSubstr("red_flag_screen gave NO ANSWER (missing)"));
  const RunResult refused = Condyle({"assess", "-", "--format", "fhir", "--in-process"}, {.stdin_bytes = "{"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.out, IsEmpty());
}

}  // namespace
}  // namespace condyle::tests
