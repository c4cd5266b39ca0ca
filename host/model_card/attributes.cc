// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Enumerations and inputs in words; the 31 predictive attributes. Their names are a rendering of 45 CFR
// 170.315(b)(11)(iv)(B), shortened where it refers to other paragraphs.
#include "host/model_card/attributes.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace condyle {
namespace {

std::string Words(const std::string& name, size_t prefix) {
  std::string words = name.substr(std::min(prefix, name.size()));
  for (char& c : words) c = c == '_' ? ' ' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  return words;
}

std::string Quantity(const v1::Input& input) {
  const std::string also =
      absl::StrJoin(input.accepted_units(), ", ",
                    [](std::string* out, const v1::UnitConversion& accepted) { out->append(accepted.unit()); });
  return absl::StrCat(" in ", input.unit(), ", ", input.min(), " to ", input.max(),
                      also.empty() ? "" : absl::StrCat(" (also accepted: ", also, ")"));
}

}  // namespace

std::string InWords(v1::PluginRole role) { return Words(v1::PluginRole_Name(role), sizeof("PLUGIN_ROLE_") - 1); }
std::string InWords(v1::InputType type) { return Words(v1::InputType_Name(type), sizeof("INPUT_TYPE_") - 1); }

std::string ValuesInWords(const v1::Input& input) {
  std::string values = InWords(input.type());
  if (input.type() == v1::INPUT_TYPE_QUANTITY) values += Quantity(input);
  if (input.type() == v1::INPUT_TYPE_DATE) values += ", YYYY-MM-DD";
  if (input.type() == v1::INPUT_TYPE_CODED) {
    absl::StrAppend(&values, ": ", absl::StrJoin(input.answers(), ", ", [](std::string* out, const v1::Answer& answer) {
      absl::StrAppend(out, answer.code(), answer.text().empty() ? "" : " = ", answer.text());
    }));
  }
  return absl::StrCat(values, input.sided() ? "; left and right" : "", input.by_examiner() ? "; by an examiner" : "");
}

std::string NameOfCodeSystem(const std::string& system) {
  using Name = std::pair<std::string_view, const char*>;
  constexpr std::array kNames = {
      Name{"http://loinc.org", "LOINC"},
      Name{"http://snomed.info/sct", "SNOMED CT"},
      Name{"http://hl7.org/fhir/sid/icd-10-cm", "ICD-10-CM"},
      Name{"http://hl7.org/fhir/sid/icd-10", "ICD-10"},
      Name{"http://www.nlm.nih.gov/research/umls/rxnorm", "RxNorm"},
      Name{"http://www.whocc.no/atc", "ATC"},
  };
  const auto at = std::find_if(kNames.begin(), kNames.end(), [&](const Name& name) { return name.first == system; });
  return at == kNames.end() ? system : at->second;
}

const std::vector<PredictiveGroup>& PredictiveGroups() {
  static const auto* const groups = new std::vector<PredictiveGroup>{
      {"Details and output",
       {"Name and contact information for the intervention developer",
        "Funding source of the technical implementation for the intervention(s) development",
        "Description of value that the intervention produces as an output",
        "Whether the intervention output is a prediction, classification, recommendation, evaluation, analysis, or "
        "other type of output"}},
      {"Purpose",
       {"Intended use of the intervention", "Intended patient population(s) for the intervention's use",
        "Intended user(s)", "Intended decision-making role for which the intervention was designed"}},
      {"Cautioned out-of-scope use",
       {"Description of tasks, situations, or populations where a user is cautioned against applying the intervention",
        "Known risks, inappropriate settings, inappropriate uses, or known limitations"}},
      {"Development details and input features",
       {"Exclusion and inclusion criteria that influenced the training data set",
        "Use of the variables of attributes 5 to 13 above as input features",
        "Description of demographic representativeness of training data, at a minimum for those used as input features",
        "Description of relevance of training data to intended deployed setting"}},
      {"Process used to ensure fairness in development",
       {"Description of the approach the developer has taken to ensure that the output is fair",
        "Description of approaches to manage, reduce, or eliminate bias"}},
      {"External validation process",
       {"Description of the data source, clinical setting, or environment where validity and fairness has been "
        "assessed, other than the source of training and testing data",
        "Party that conducted the external testing", "Description of demographic representativeness of external data",
        "Description of external validation process"}},
      {"Quantitative measures of performance",
       {"Validity of the intervention in test data derived from the same source as the initial training data",
        "Fairness of the intervention in test data derived from the same source as the initial training data",
        "Validity of the intervention in data external to or from a different source than the initial training data",
        "Fairness of the intervention in data external to or from a different source than the initial training data",
        "References to evaluation of use of the intervention on outcomes"}},
      {"Ongoing maintenance",
       {"Process and frequency by which the intervention's validity is monitored over time",
        "Validity of the intervention in local data",
        "Process and frequency by which the intervention's fairness is monitored over time",
        "Fairness of the intervention in local data"}},
      {"Update and continued validation or fairness assessment schedule",
       {"Process and frequency by which the intervention is updated",
        "Frequency by which the intervention's performance is corrected when risks related to validity and fairness "
        "are "
        "identified"}},
  };
  return *groups;
}

}  // namespace condyle
