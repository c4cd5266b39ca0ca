// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a plugin says of its use of personal data, held against what its manifest has the host give it.
#ifndef CONDYLE_HOST_CATALOG_PERSON_DATA_H_
#define CONDYLE_HOST_CATALOG_PERSON_DATA_H_

#include <string>
#include <vector>

#include "condyle/v1/manifest.pb.h"

namespace condyle {

// One of the source attributes 5 to 13 of 45 CFR 170.315(b)(11)(iv)(A).
struct PersonDataUse {
  int number = 0;
  // "Use of race, as expressed in the standards of section 170.213"
  std::string name;
  // "use_of_race": the field of SourceAttributes that states it.
  std::string field;
  // What that field holds.
  std::string says;
  // What the plugin is given: the patient's age or sex, or keys of inputs that hold such data.
  std::vector<std::string> reads;
  // False where no manifest can tell which inputs are of this kind.
  bool checked = false;
  // Empty if the two agree, or if nothing is said.
  std::string contradiction;
};

// All nine, in the order of the rule. A statement that nothing is used begins with "not", "no", "none" or "never".
std::vector<PersonDataUse> PersonDataUses(const v1::PluginManifest& manifest);

}  // namespace condyle

#endif  // CONDYLE_HOST_CATALOG_PERSON_DATA_H_
