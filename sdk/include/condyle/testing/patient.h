// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Builds the request that a plugin under test is asked, finding by finding.
//
//   Patient runner = Patient().Male().Age(31).Yes(input::pain::present).Yes(input::exam::thigh_thrust, Side::kRight);
#ifndef CONDYLE_TESTING_PATIENT_H_
#define CONDYLE_TESTING_PATIENT_H_

#include <initializer_list>
#include <string>
#include <string_view>

#include "condyle/sdk/findings.h"
#include "condyle/sdk/input.h"
#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/assessment_request.pb.h"

namespace condyle::testing {

// A value: copy one and change a finding to get the neighbouring patient. Setting a finding again replaces it.
class Patient {
 public:
  Patient();

  Patient& Age(double years);
  Patient& Female();
  Patient& Male();

  Patient& Yes(const BooleanInput& input) { return Present(input, v1::SIDE_UNSPECIFIED, true); }
  Patient& No(const BooleanInput& input) { return Present(input, v1::SIDE_UNSPECIFIED, false); }
  Patient& Yes(const SidedBooleanInput& input, Side side) { return Present(input, ToProto(side), true); }
  Patient& No(const SidedBooleanInput& input, Side side) { return Present(input, ToProto(side), false); }
  Patient& No(std::initializer_list<BooleanInput> inputs);
  // A sided finding whose side was not said.
  Patient& YesSomewhere(const SidedBooleanInput& input) { return Present(input, v1::SIDE_UNSPECIFIED, true); }

  // In the unit of the input.
  Patient& Is(const QuantityInput& input, double value);
  Patient& Is(const SidedQuantityInput& input, Side side, double value);
  // The same without its side.
  Patient& IsSomewhere(const SidedQuantityInput& input, double value);
  Patient& Is(const CodedInput& input, AnswerCode answer);
  Patient& Is(const SidedCodedInput& input, Side side, AnswerCode answer);
  Patient& Is(const DateInput& input, std::string_view date);

  // Takes a finding out again, on every side: not asked.
  Patient& Without(const InputKey& input);

  const v1::AssessmentRequest& request() const { return request_; }

 private:
  Patient& Present(const InputKey& input, v1::Side side, bool present);
  v1::Finding* Set(const InputKey& input, v1::Side side);

  v1::AssessmentRequest request_;
};

// Asks the plugin that is linked into the test program, through its C interface as a host does. Fails the test and
// returns an empty Assessment if the plugin does not answer, or if two calls with the same request do not give the same
// bytes.
v1::Assessment Ask(const Patient& patient);
v1::Assessment Ask(const v1::AssessmentRequest& request);

}  // namespace condyle::testing

#endif  // CONDYLE_TESTING_PATIENT_H_
