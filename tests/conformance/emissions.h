// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the plugins really say to patients, in a form in which the links of the matrix can be looked up.
#ifndef CONDYLE_TESTS_CONFORMANCE_EMISSIONS_H_
#define CONDYLE_TESTS_CONFORMANCE_EMISSIONS_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "condyle/v1/consultation.pb.h"
#include "tests/conformance/traceability.h"

namespace condyle::tests {

// Not thread-safe.
class Emissions {
 public:
  // Link types whose target is a line of an answer.
  static const std::set<std::string>& LinkTypes();
  // Of those, the ones whose lines carry citations.
  static bool Cites(const std::string& link_type);

  void Add(const v1::Consultation& consultation);

  // Why no line is what this link says: one that cites one of `row_keys` (or all of the link's own keys) and has all of
  // its words. Empty if there is such a line.
  std::string Fault(const TraceLink& link, const std::set<std::string>& row_keys) const;

  // Every line that some answer had, as TYPE:TARGET, tab, keys, tab, text.
  std::vector<std::string> Lines() const;

 private:
  using Keys = std::vector<std::string>;
  void AddLine(const std::string& target, const google::protobuf::RepeatedPtrField<std::string>& keys,
               const std::string& text);
  void AddAssessment(const v1::Assessment& assessment);
  void AddRecommendation(const v1::Recommendation& recommendation);

  std::map<std::string, std::set<std::pair<Keys, std::string>>> lines_;
};

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_CONFORMANCE_EMISSIONS_H_
