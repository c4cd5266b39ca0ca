// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Prints what the FHIR service writes beside the cases: definitions, searches, errors and answers with every option,
// one resource on a line, for others' validators.
//   condyle_fhir_samples PLUGINS BUNDLE.json
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "condyle/host/host.h"
#include "host/fhir/operation_outcome.h"
#include "host/fhir/service.h"

namespace {

void Print(const std::string& json) { std::cout << json << (json.back() == '\n' ? "" : "\n"); }

std::string OnOneLine(std::string json) {
  for (char& c : json) {
    if (c == '\n') c = ' ';
  }
  return json;
}

// Everything that a service of this base URL answers.
void PrintService(condyle::Host& host, const std::string& base, const std::string& bundle, bool ai_label) {
  condyle::FhirService service(host, {base, ai_label});
  Print(service.Metadata().body);
  for (const char* type : {"Library", "OperationDefinition", "PlanDefinition", "Questionnaire"}) {
    Print(OnOneLine(service.Search(type).body));
    Print(service.Search(type, "urn:not:there").body);
  }
  for (const condyle::v1::PluginManifest& manifest : host.Manifests()) {
    const std::string id = condyle::fhir::FhirIdOf(manifest.id());
    Print(service.Read("PlanDefinition", id).body);
    Print(service.Read("Library", id).body);
  }
  Print(service.Read("PlanDefinition", "none").body);
  Print(service.Read("Patient", "1").body);
  Print(service.Evaluate(bundle, {}, "request <&>\"1").body);
  Print(service.Apply("condyle", bundle, {}).body);
  Print(service
            .Evaluate(R"({"resourceType":"Parameters","parameter":[{"name":"subject","valueString":"Patient/12"},)"
                      R"({"name":"encounter","valueReference":{"reference":"Encounter/3"}},)"
                      R"({"name":"data","resource":)" +
                          bundle + "}]}",
                      {})
            .body);
  for (const char* bad : {"", "{", "[]", "{}", R"({"resourceType":"Patient"})", R"({"resourceType":"Bundle"})",
                          R"({"resourceType":"Parameters"})"}) {
    Print(service.Evaluate(bad, {}).body);
  }
}

// Messages as they could come from plugins of others, with texts that FHIR does not allow as they are.
condyle::v1::Consultation Odd() {
  condyle::v1::Consultation c;
  c.set_as_of("2026-05-01T09:00:00Z");
  c.set_urgency(condyle::v1::URGENCY_EMERGENCY);
  c.set_disclaimer("Check <each> line & decide.\x01");
  condyle::v1::Assessment* a = c.add_assessments();
  a->set_plugin_id("a");
  a->set_status(condyle::v1::STATUS_POSITIVE);
  a->add_caveats(" \t");
  condyle::v1::Conclusion* conclusion = a->add_conclusions();
  conclusion->set_text("\x1b[2J</div><script>");
  conclusion->mutable_probability()->set_point(1);
  conclusion->mutable_probability()->set_low(1);
  conclusion->mutable_probability()->set_high(1);
  conclusion->mutable_condition()->set_code("a  b");
  a->add_conclusions()->set_side(condyle::v1::SIDE_LEFT);
  a->add_evidence()->set_key("no such key");
  a->add_missing_inputs()->set_key("patient.age");
  a->add_risks()->set_highest(condyle::v1::RISK_LEVEL_HIGH);
  a->add_scores()->add_items()->set_high(2);
  a->add_pathway()->set_phase("x y");
  a->add_pathway()->add_leave_when();
  for (const char* category : {"emergency", "exercise", "", "new one"}) {
    condyle::v1::Recommendation* r = c.add_recommendations();
    r->set_category(category);
    r->add_tags("a b");
    r->add_citations("not there");
    c.add_withheld()->mutable_recommendation()->CopyFrom(*r);
  }
  c.add_holds()->set_by("condyle");
  c.add_next_questions()->set_side(condyle::v1::SIDE_RIGHT);
  c.add_plugin_failures();
  c.add_notices();
  c.add_citations()->set_url("with a blank");
  condyle::v1::ShadowRun* shadow = c.add_shadow();
  shadow->set_plugin_id("b");
  shadow->add_differences()->set_path("status");
  c.add_shadow()->mutable_failure()->set_kind(condyle::v1::FAILURE_KIND_CRASHED);
  c.mutable_receipt()->add_plugins()->set_plugin_id("c");
  return c;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: condyle_fhir_samples PLUGINS BUNDLE.json\n";
    return 64;
  }
  condyle::HostOptions options;
  options.plugins = {argv[1]};
  options.in_process = true;
  auto host = condyle::Host::Open(options);
  if (!host.ok()) {
    std::cerr << std::string(host.status().message()) << "\n";
    return 1;
  }
  std::ifstream file(argv[2], std::ios::binary);
  const std::string bundle((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  PrintService(**host, "https://cds.example/fhir/", bundle, true);
  PrintService(**host, "", bundle, false);
  condyle::FhirFormat format((*host)->Manifests(), {});
  Print(format.Bundle(Odd(), {"Patient/1", "Encounter/1", "x"}));
  for (int status = 400; status < 600; ++status) Print(condyle::OperationOutcomeJson(status, "what went wrong"));
  return 0;
}
