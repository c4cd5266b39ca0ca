// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Words that the pages and the text of a card share; names of the attributes of 45 CFR 170.315(b)(11)(iv).
#ifndef CONDYLE_HOST_MODEL_CARD_ATTRIBUTES_H_
#define CONDYLE_HOST_MODEL_CARD_ATTRIBUTES_H_

#include <string>
#include <vector>

#include "condyle/v1/manifest.pb.h"
#include "condyle/v1/model_card.pb.h"

namespace condyle {

// "safety screen", "boolean"
std::string InWords(v1::PluginRole role);
std::string InWords(v1::InputType type);

// What values an input takes: "quantity in mm[Hg], 30 to 300 (also accepted: kPa)", "boolean; left and right".
std::string ValuesInWords(const v1::Input& input);

// "http://loinc.org" as people call it, "LOINC"; others as they are.
std::string NameOfCodeSystem(const std::string& system);

// Attributes of predictive interventions, which count from 1 through all groups.
struct PredictiveGroup {
  const char* title;
  std::vector<const char*> names;
};
const std::vector<PredictiveGroup>& PredictiveGroups();

}  // namespace condyle

#endif  // CONDYLE_HOST_MODEL_CARD_ATTRIBUTES_H_
