// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The answers that a question can have, as far as the manifests say: what a hypothesis is made of.
#ifndef CONDYLE_HOST_INQUIRY_POSSIBLE_ANSWERS_H_
#define CONDYLE_HOST_INQUIRY_POSSIBLE_ANSWERS_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "condyle/v1/case.pb.h"
#include "condyle/v1/manifest.pb.h"

namespace condyle::inquiry {

struct PossibleAnswer {
  v1::Finding finding;
  // For people: "yes", "not done", "above 38 Cel (say 40)".
  std::string text;
};

// Keys under which age and sex are asked for. A hypothetical age is a quantity in "a", a sex is the code of the enum.
inline constexpr char kAgeKey[] = "patient.age";
inline constexpr char kSexKey[] = "patient.sex";

// Yes and no; each code; for a quantity each cut-off and a value on either side of it (without cut-offs low, middle and
// high of the possible range); for a date some days of the past two years.
std::vector<PossibleAnswer> PossibleAnswers(const v1::Input& input, v1::Side side, absl::Time as_of);
// Ages by decades, 5 to 85 years.
std::vector<PossibleAnswer> PossibleAges();
std::vector<PossibleAnswer> PossibleSexes();

// Whether two findings of one quantity lie in the same interval of its cut-offs, or are otherwise the same answer.
bool SameAnswer(const v1::Input& input, const v1::Finding& a, const v1::Finding& b);

// A finding's value for people: "yes", "20 mg/L", the text of its code.
std::string ValueText(const v1::Input& input, const v1::Finding& finding);

}  // namespace condyle::inquiry

#endif  // CONDYLE_HOST_INQUIRY_POSSIBLE_ANSWERS_H_
