// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One function for each type of input.
#include "host/intake/fhir_value.h"

#include <algorithm>

#include "host/intake/units.h"

namespace condyle::intake {
namespace {

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

// Codes that mean yes or no whatever the question, and codes that mean that the answer is not known.
constexpr CodeRef kYes[] = {{"http://loinc.org", "LA33-6"},
                            {"http://snomed.info/sct", "373066001"},
                            {"http://terminology.hl7.org/CodeSystem/v2-0136", "Y"}};
constexpr CodeRef kNo[] = {{"http://loinc.org", "LA32-8"},
                           {"http://snomed.info/sct", "373067005"},
                           {"http://terminology.hl7.org/CodeSystem/v2-0136", "N"}};
constexpr CodeRef kNotKnown[] = {{"http://loinc.org", "LA4489-6"},
                                 {"http://loinc.org", "LA12688-0"},
                                 {"http://snomed.info/sct", "261665006"},
                                 {"http://snomed.info/sct", "373068000"}};
// Every code of these systems says that there is no value.
constexpr std::string_view kUnknownSystems[] = {"http://terminology.hl7.org/CodeSystem/data-absent-reason",
                                                "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"};

template <typename Codes>
bool Holds(const Codes& codes, const CodeRef& wanted) {
  return std::any_of(std::begin(codes), std::end(codes),
                     [&](const CodeRef& code) { return code.code == wanted.code && code.system == wanted.system; });
}

bool HoldsCoding(const google::protobuf::RepeatedPtrField<v1::Coding>& codings, const CodeRef& wanted) {
  return std::any_of(codings.begin(), codings.end(), [&](const v1::Coding& coding) {
    return coding.code() == wanted.code && coding.system() == wanted.system;
  });
}

bool SaysUnknown(const CodeRef& code) {
  return Holds(kNotKnown, code) ||
         std::find(std::begin(kUnknownSystems), std::end(kUnknownSystems), code.system) != std::end(kUnknownSystems);
}

bool IsOwnSystem(const ValueContext& context, std::string_view system) {
  const auto& own = context.own_code_systems;
  return system.empty() || std::find(own.begin(), own.end(), system) != own.end();
}

enum class Reading { kNone, kRead, kUnknown };

// The answer that the codes name. Refuses codes that name two.
Problem ReadCodes(const std::vector<CodeRef>& codes, const std::string& path, const ValueContext& context,
                  v1::Finding* finding, Reading* reading) {
  const v1::Input& input = context.input;
  const auto contradictory = [&] {
    return Refuse(path, input.key() + ": the codes " + CodesText(codes) + " name different answers; give one");
  };
  *reading = Reading::kNone;
  for (const CodeRef& code : codes) {
    if (input.type() == v1::INPUT_TYPE_BOOLEAN) {
      const bool yes = HoldsCoding(input.true_codings(), code) || Holds(kYes, code);
      const bool no = HoldsCoding(input.false_codings(), code) || Holds(kNo, code);
      if (yes || no) {
        if (*reading == Reading::kRead && finding->present() != yes) return contradictory();
        finding->set_present(yes);
        *reading = Reading::kRead;
        continue;
      }
    } else if (input.type() == v1::INPUT_TYPE_CODED) {
      const auto& answers = input.answers();
      const auto answer = std::find_if(answers.begin(), answers.end(), [&](const v1::Answer& a) {
        return (a.code() == code.code && IsOwnSystem(context, code.system)) || HoldsCoding(a.codings(), code);
      });
      if (answer != answers.end()) {
        if (*reading == Reading::kRead && finding->code() != answer->code()) return contradictory();
        finding->set_code(answer->code());
        *reading = Reading::kRead;
        continue;
      }
    }
    if (*reading == Reading::kNone && SaysUnknown(code)) *reading = Reading::kUnknown;
  }
  return std::nullopt;
}

std::string Takes(const v1::Input& input) {
  switch (input.type()) {
    case v1::INPUT_TYPE_BOOLEAN:
      return "valueBoolean, or a code that means yes or no";
    case v1::INPUT_TYPE_QUANTITY:
      return "valueQuantity in one of " + AcceptedUnits(input);
    case v1::INPUT_TYPE_CODED: {
      std::vector<std::string> codes;
      for (const v1::Answer& answer : input.answers()) codes.push_back(answer.code());
      return "a code, one of " + Join(codes);
    }
    default:
      return "valueDate or valueDateTime";
  }
}

// The value does not fit; perhaps the interpretation does.
Problem FallBack(const std::string& message, const JsonPath& place, const JsonPath& parent, const ValueContext& context,
                 v1::Finding* finding, ValueOutcome* outcome, bool is_quantity = false) {
  if (Problem problem = ReadInterpretation(parent, context, finding, &outcome->used)) return problem;
  if (outcome->used) return std::nullopt;
  if (!context.own_code && context.input.type() == v1::INPUT_TYPE_CODED && is_quantity) {
    outcome->why_not =
        "the number alone does not say which answer it is; send an interpretation or " + Takes(context.input);
    return std::nullopt;
  }
  return Refuse(place.ToString(), context.input.key() + ": " + message + "; this input takes " + Takes(context.input));
}

Problem ReadQuantityValue(const FhirValue& value, const JsonPath& path, const ValueContext& context,
                          v1::Finding* finding, ValueOutcome* outcome) {
  static constexpr std::array<std::string_view, 5> kNames = {"value", "unit", "system", "code", "comparator"};
  JsonObject object;
  if (Problem problem = ReadObject(value.json, path, &object)) return problem;
  std::array<std::optional<Json>, kNames.size()> values;
  if (Problem problem = ReadMembers(object, kNames, path, &values, IgnoreUnknown)) return problem;
  if (values[4]) {
    std::string_view comparator;
    if (Problem problem = ReadString(*values[4], JsonPath(path, kNames[4]), &comparator)) return problem;
    outcome->why_not = "the value is given only as a bound (" + Quote(comparator) + "), which cannot be compared";
    return std::nullopt;
  }
  if (!values[0]) {
    outcome->why_not = "the quantity has no value";
    return std::nullopt;
  }
  double number = 0;
  if (Problem problem = ReadNumber(*values[0], JsonPath(path, kNames[0]), &number)) return problem;
  std::array<std::string_view, 3> texts;  // unit, system, code
  for (size_t i = 0; i < texts.size(); ++i) {
    if (!values[i + 1]) continue;
    if (Problem problem = ReadString(*values[i + 1], JsonPath(path, kNames[i + 1]), &texts[i])) return problem;
  }
  const auto& [unit, system, code] = texts;
  if (!code.empty() && !system.empty() && system != kUcum) {
    const JsonPath system_path(path, kNames[2]);
    return Refuse(system_path.ToString(), context.input.key() + ": the unit is coded in " + Quote(system) +
                                              "; only UCUM, " + std::string(kUcum) + ", is read");
  }
  finding->mutable_quantity()->set_value(number);
  finding->mutable_quantity()->set_unit(std::string(code.empty() ? unit : code));
  outcome->used = true;
  outcome->value_member = "valueQuantity/value";
  outcome->unit_member = !code.empty() ? "valueQuantity/code" : (unit.empty() ? "valueQuantity" : "valueQuantity/unit");
  return std::nullopt;
}

}  // namespace

std::string CodesText(const std::vector<CodeRef>& codes) {
  std::vector<std::string> texts;
  for (const CodeRef& code : codes) {
    const std::string quoted = Quote(std::string(code.system) + "|" + std::string(code.code));
    texts.push_back(quoted.substr(1, quoted.size() - 2));
  }
  return Join(texts);
}

Problem ReadCoding(const Json& json, const JsonPath& path, std::vector<CodeRef>* codes) {
  static constexpr std::array<std::string_view, 2> kNames = {"system", "code"};
  JsonObject object;
  if (Problem problem = ReadObject(json, path, &object)) return problem;
  std::array<std::optional<Json>, kNames.size()> values;
  if (Problem problem = ReadMembers(object, kNames, path, &values, IgnoreUnknown)) return problem;
  CodeRef code;
  if (values[0]) {
    if (Problem problem = ReadString(*values[0], JsonPath(path, kNames[0]), &code.system)) return problem;
  }
  if (values[1]) {
    if (Problem problem = ReadString(*values[1], JsonPath(path, kNames[1]), &code.code)) return problem;
    codes->push_back(code);
  }
  return std::nullopt;
}

Problem ReadConcept(const Json& json, const JsonPath& path, std::vector<CodeRef>* codes) {
  static constexpr std::array<std::string_view, 1> kNames = {"coding"};
  JsonObject object;
  if (Problem problem = ReadObject(json, path, &object)) return problem;
  std::array<std::optional<Json>, 1> values;
  if (Problem problem = ReadMembers(object, kNames, path, &values, IgnoreUnknown)) return problem;
  if (!values[0]) return std::nullopt;
  const JsonPath codings_path(path, kNames[0]);
  JsonArray codings;
  if (Problem problem = ReadArray(*values[0], codings_path, &codings)) return problem;
  size_t index = 0;
  for (const Json& coding : codings) {
    if (Problem problem = ReadCoding(coding, JsonPath(codings_path, index++), codes)) return problem;
  }
  return std::nullopt;
}

Problem ReadInterpretation(const JsonPath& parent, const ValueContext& context, v1::Finding* finding, bool* used) {
  if (!context.interpretation) return std::nullopt;
  const JsonPath path(parent, "interpretation");
  JsonArray concepts;
  if (Problem problem = ReadArray(*context.interpretation, path, &concepts)) return problem;
  std::vector<CodeRef> codes;
  size_t index = 0;
  for (const Json& json : concepts) {
    if (Problem problem = ReadConcept(json, JsonPath(path, index++), &codes)) return problem;
  }
  Reading reading = Reading::kNone;
  if (Problem problem = ReadCodes(codes, path.ToString(), context, finding, &reading)) return problem;
  *used = reading == Reading::kRead;
  return std::nullopt;
}

Problem ReadValue(const FhirValue& value, const JsonPath& parent, const ValueContext& context, v1::Finding* finding,
                  ValueOutcome* outcome) {
  const v1::Input& input = context.input;
  const JsonPath path(parent, value.member);
  outcome->value_member = value.member;
  outcome->unit_member = value.member;
  const auto wrong_type = [&] {
    return FallBack(std::string(value.member) + " is of the wrong type", path, parent, context, finding, outcome,
                    value.type == ValueType::kQuantity);
  };
  const bool by_code = input.type() == v1::INPUT_TYPE_BOOLEAN || input.type() == v1::INPUT_TYPE_CODED;
  switch (value.type) {
    case ValueType::kBoolean: {
      if (input.type() != v1::INPUT_TYPE_BOOLEAN) return wrong_type();
      bool present = false;
      if (Problem problem = ReadBool(value.json, path, &present)) return problem;
      finding->set_present(present);
      outcome->used = true;
      return std::nullopt;
    }
    case ValueType::kQuantity:
      if (input.type() != v1::INPUT_TYPE_QUANTITY) return wrong_type();
      return ReadQuantityValue(value, path, context, finding, outcome);
    case ValueType::kInteger:
    case ValueType::kDecimal: {
      if (input.type() != v1::INPUT_TYPE_QUANTITY) return wrong_type();
      double number = 0;
      if (Problem problem = ReadNumber(value.json, path, &number)) return problem;
      // A bare number is a number of UCUM's unit 1; elsewhere the check refuses it for want of a unit.
      finding->mutable_quantity()->set_value(number);
      if (context.unit_is_stated || IsDimensionless(input.unit())) finding->mutable_quantity()->set_unit(input.unit());
      outcome->used = true;
      return std::nullopt;
    }
    case ValueType::kCodeableConcept:
    case ValueType::kCoding: {
      if (!by_code) return wrong_type();
      std::vector<CodeRef> codes;
      if (Problem problem = value.type == ValueType::kCoding ? ReadCoding(value.json, path, &codes)
                                                             : ReadConcept(value.json, path, &codes)) {
        return problem;
      }
      Reading reading = Reading::kNone;
      if (Problem problem = ReadCodes(codes, path.ToString(), context, finding, &reading)) return problem;
      if (reading == Reading::kUnknown) {
        outcome->why_not = "the coded value says that it is not known";
        return std::nullopt;
      }
      if (reading == Reading::kRead) {
        outcome->used = true;
        return std::nullopt;
      }
      return FallBack(codes.empty() ? "the value has no code" : CodesText(codes) + " is not a known answer", path,
                      parent, context, finding, outcome);
    }
    case ValueType::kString: {
      if (input.type() != v1::INPUT_TYPE_CODED) return wrong_type();
      std::string_view text;
      if (Problem problem = ReadString(value.json, path, &text)) return problem;
      const auto& answers = input.answers();
      if (std::none_of(answers.begin(), answers.end(), [&](const v1::Answer& a) { return a.code() == text; })) {
        return FallBack(Quote(text) + " is not a known answer", path, parent, context, finding, outcome);
      }
      finding->set_code(std::string(text));
      outcome->used = true;
      return std::nullopt;
    }
    case ValueType::kDate:
    case ValueType::kDateTime: {
      if (input.type() != v1::INPUT_TYPE_DATE) return wrong_type();
      std::string_view text;
      if (Problem problem = ReadString(value.json, path, &text)) return problem;
      const std::optional<Moment> moment = ParseFhirDateTime(text);
      if (!moment) {
        return Refuse(path.ToString(), input.key() + ": " + Quote(text) + " is not a date YYYY-MM-DD");
      }
      if (moment->precision < Precision::kDay) {
        outcome->why_not = "the date " + std::string(text) + " has no day";
        return std::nullopt;
      }
      finding->set_text(std::string(text.substr(0, 10)));
      outcome->used = true;
      return std::nullopt;
    }
    default:
      return wrong_type();
  }
}

}  // namespace condyle::intake
