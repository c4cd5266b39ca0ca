// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Turns a FHIR value[x] into the value of a finding, and reads codings.
#ifndef CONDYLE_HOST_INTAKE_FHIR_VALUE_H_
#define CONDYLE_HOST_INTAKE_FHIR_VALUE_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/intake/json.h"

namespace condyle::intake {

// A code with its system as they stand in the JSON document.
struct CodeRef {
  std::string_view system;
  std::string_view code;
};

// Codings of a CodeableConcept that have a code, appended to `codes`.
Problem ReadConcept(const Json& json, const JsonPath& path, std::vector<CodeRef>* codes);
Problem ReadCoding(const Json& json, const JsonPath& path, std::vector<CodeRef>* codes);

// "http://loinc.org|1988-5, ..." for messages.
std::string CodesText(const std::vector<CodeRef>& codes);

enum class ValueType {
  kBoolean,
  kQuantity,
  kCodeableConcept,
  kCoding,
  kInteger,
  kDecimal,
  kString,
  kDate,
  kDateTime,
  kOther
};

// A value[x] as found.
struct FhirValue {
  ValueType type = ValueType::kOther;
  // Name of the member, for example "valueQuantity". Points to static text.
  std::string_view member;
  Json json;
};

// Names of all value[x] members of R4's Observation and QuestionnaireResponse.
struct ValueMember {
  std::string_view name;
  ValueType type;
};
inline constexpr std::array<ValueMember, 16> kValueMembers = {{{"valueBoolean", ValueType::kBoolean},
                                                               {"valueQuantity", ValueType::kQuantity},
                                                               {"valueCodeableConcept", ValueType::kCodeableConcept},
                                                               {"valueCoding", ValueType::kCoding},
                                                               {"valueInteger", ValueType::kInteger},
                                                               {"valueDecimal", ValueType::kDecimal},
                                                               {"valueString", ValueType::kString},
                                                               {"valueDate", ValueType::kDate},
                                                               {"valueDateTime", ValueType::kDateTime},
                                                               {"valueRange", ValueType::kOther},
                                                               {"valueRatio", ValueType::kOther},
                                                               {"valueSampledData", ValueType::kOther},
                                                               {"valueTime", ValueType::kOther},
                                                               {"valuePeriod", ValueType::kOther},
                                                               {"valueUri", ValueType::kOther},
                                                               {"valueReference", ValueType::kOther}}};

// How a value is to be read.
struct ValueContext {
  const v1::Input& input;
  // Code systems in which answers are coded by their own codes.
  const std::vector<std::string>& own_code_systems;
  // The form states the unit, so that a bare number is in the input's own.
  bool unit_is_stated = false;
  // The sender speaks of the input by the pack's own code, not by one of another system.
  bool own_code = true;
  // Interpretation of the observation, used where the value itself does not fit.
  std::optional<Json> interpretation;
};

// What was read besides the finding's value.
struct ValueOutcome {
  // False: there is no value, and `why_not` says why, for a notice.
  bool used = false;
  std::string why_not;
  // Members that held the number's unit and the number or code, for pointers, for example "valueQuantity/value".
  std::string_view value_member;
  std::string_view unit_member;
};

// Sets the finding's value. Refuses a value whose type or code the input does not take; but a number under a foreign
// code where the input wants an answer (a laboratory's number for "low") is only not used, as the sender has done
// nothing wrong. Units, ranges and answer codes of the input's own are left to the check.
Problem ReadValue(const FhirValue& value, const JsonPath& parent, const ValueContext& context, v1::Finding* finding,
                  ValueOutcome* outcome);

// As ReadValue where there is no value[x]: by the interpretation alone, if it names an answer.
Problem ReadInterpretation(const JsonPath& parent, const ValueContext& context, v1::Finding* finding, bool* used);

}  // namespace condyle::intake

#endif  // CONDYLE_HOST_INTAKE_FHIR_VALUE_H_
