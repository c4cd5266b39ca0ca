// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What must hold of every consultation, and consultations in a form that can be compared.
#ifndef CONDYLE_TESTS_END_TO_END_SUPPORT_CONSULTATIONS_H_
#define CONDYLE_TESTS_END_TO_END_SUPPORT_CONSULTATIONS_H_

#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "condyle/host/host.h"
#include "condyle/v1/consultation.pb.h"
#include "condyle/v1/manifest.pb.h"
#include "host/cli/case_expectations.h"

namespace condyle::tests {

// On the plugins of this build; throws std::runtime_error if that fails.
std::unique_ptr<Host> OpenHost(HostOptions options);
// All plugins of this build, in this process or in workers.
std::unique_ptr<Host> OpenHost(bool in_process);

// Files of the plugins of this build, sorted; without those of the ids in `without`.
std::vector<std::string> PluginFiles(const std::vector<std::string>& without = {});

// File of a plugin of tests/bad_plugins.
std::string Fixture(const std::string& name);

// What `condyle assess --format json` printed; throws std::runtime_error if it is not one Consultation in JSON. Unknown
// members and text around the message are faults too.
v1::Consultation ParseConsultation(const std::string& json);

// What is wrong with a consultation, whatever the patient: advice that is on hold and active, holds that a screen asks
// for and that are not there, an urgency below that of an answer, and so on. Empty if nothing is.
std::vector<std::string> BrokenRules(const v1::Consultation& consultation,
                                     const std::vector<v1::PluginManifest>& manifests);

// Holds that lack of a failed or undecided screen's guards: one line each. Empty if every tag is covered.
std::vector<std::string> UnheldGuards(const v1::Consultation& consultation, const v1::PluginManifest& screen);

// The wording that no answer may have: plugins/pack/never_say.tsv.
cli::NeverSayTable NeverSay();

// Looks for that wording (scope always) in every text of messages. Each text is looked at once, however often it comes:
// a text that was clean stays so.
class WordingCheck {
 public:
  explicit WordingCheck(cli::NeverSayTable table) : table_(std::move(table)) {}

  // What a consultation says as message (and so in JSON), and in its text form. Titles of citations are exempt.
  std::vector<std::string> Faults(const v1::Consultation& consultation);
  // Of any other message.
  std::vector<std::string> Faults(const google::protobuf::Message& message);

 private:
  void Look(const std::string& text, const std::string& where, std::vector<std::string>* faults);
  void LookInside(const google::protobuf::Message& message, std::vector<std::string>* faults);

  const cli::NeverSayTable table_;
  std::unordered_set<std::string> clean_;
};

enum class Sides { kAsTheyAre, kSwapped };

// A text that is equal for two messages if they say the same, whatever the order of their lists and of the words in
// their sentences; kSwapped: with left for right and right for left, in fields and in words.
std::string Canonical(const google::protobuf::Message& message, Sides sides);

// Empty if two texts are equal; else where they begin to differ, with what stands around it.
std::string Difference(const std::string& a, const std::string& b);

// Left for right in every finding but those of `except_key`.
v1::Case SwapSides(const v1::Case& patient_case, const std::string& except_key = "");

// Without what is bound to a side for another reason than the patient's: the name of the case, notices of inputs that
// no plugin reads, hashes, codes (ICD-10-CM has one for each side of some conditions), and the likelihood ratios of
// Gaenslen's test, which Laslett 2005 gives for left and right apart.
v1::Consultation WithoutNamedSides(v1::Consultation consultation);

// Without what goes by the order of the findings: notices, which name places in the input, and hashes.
v1::Consultation WithoutOrder(v1::Consultation consultation);

// Null if there is no assessment of this plugin.
const v1::Assessment* FindAssessment(const v1::Consultation& consultation, const std::string& plugin_id);
const v1::PluginFailure* FindFailure(const v1::Consultation& consultation, const std::string& plugin_id);

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_END_TO_END_SUPPORT_CONSULTATIONS_H_
