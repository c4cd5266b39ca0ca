// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Hand-written because protobuf's own JSON mapping takes more than ten times as long and does not say where an error
// is.
#include "host/intake/case_json.h"

#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "host/trust/quote.h"

namespace condyle::intake {
namespace {

// Members with two spellings: the one of the input is kept for pointers.
struct Spelling {
  std::string as_of = "asOf";
  std::string birth_date = "birthDate";
  std::string age_years = "ageYears";
  std::vector<bool> snake_observed_at;
};

class CasePlaces final : public Places {
 public:
  CasePlaces(const v1::Case& value, Spelling spelling) : value_(value), spelling_(std::move(spelling)) {}

  std::string OfFinding(size_t index, Part part) const override {
    std::string base = "/findings/" + std::to_string(index);
    switch (part) {
      case Part::kFinding:
        return base;
      case Part::kKey:
        return base + "/key";
      case Part::kSide:
        return base + "/side";
      case Part::kUnit:
        return base + "/quantity/unit";
      case Part::kObservedAt:
        return base + (index < spelling_.snake_observed_at.size() && spelling_.snake_observed_at[index]
                           ? "/observed_at"
                           : "/observedAt");
      case Part::kValue:
        break;
    }
    switch (value_.findings(static_cast<int>(index)).value_case()) {
      case v1::Finding::kPresent:
        return base + "/present";
      case v1::Finding::kQuantity:
        return base + "/quantity/value";
      case v1::Finding::kCode:
        return base + "/code";
      case v1::Finding::kText:
        return base + "/text";
      default:
        return base;
    }
  }

  std::string OfPatient(PatientPart part) const override {
    switch (part) {
      case PatientPart::kBirthDate:
        return "/patient/" + spelling_.birth_date;
      case PatientPart::kAge:
        return "/patient/" + spelling_.age_years;
      case PatientPart::kSex:
        return "/patient/sex";
      default:
        return "/patient";
    }
  }

  std::string OfAsOf() const override { return "/" + spelling_.as_of; }

 private:
  const v1::Case& value_;
  Spelling spelling_;
};

// Refuses an unknown member of the message, naming the nearest known one.
template <size_t N>
auto UnknownMember(const char* message, const std::array<std::string_view, N>& names, const JsonPath& path) {
  return [message, &names, &path](std::string_view name) -> Problem {
    NearestName nearest(name);
    for (const std::string_view known : names) nearest.Offer(known);
    const JsonPath member(path, name);
    std::string text = std::string(message) + " has no member " + Quote(name);
    if (!nearest.best().empty()) text += "; " + Quote(nearest.best()) + " may be meant";
    const char* separator = "; allowed: ";
    for (const std::string_view known : names) {
      text += separator + std::string(known);
      separator = ", ";
    }
    return Refuse(member.ToString(), text);
  };
}

// The value under either of two names; refused if both are there.
Problem Either(const std::optional<Json>& camel, const std::optional<Json>& snake, std::string_view snake_name,
               const JsonPath& path, std::optional<Json>* value) {
  if (camel && snake) return RefuseDuplicateMember(path, snake_name);
  *value = camel ? camel : snake;
  return std::nullopt;
}

// A double as proto3 JSON has it: a number, or a string with a number, "NaN", "Infinity" or "-Infinity".
Problem ReadDouble(const Json& value, const JsonPath& path, double* number) {
  if (!value.is_string()) return ReadNumber(value, path, number);
  std::string_view text;
  if (Problem problem = ReadString(value, path, &text)) return problem;
  if (text == "NaN" || text == "Infinity" || text == "-Infinity") {
    return Refuse(path.ToString(), "the value is not a finite number");
  }
  const std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), *number);
  // from_chars would take "inf" and "nan" too.
  const bool starts_well = !text.empty() && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) &&
                           text.find_first_of("iInN") == text.npos;
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || !starts_well) {
    return Refuse(path.ToString(), Quote(text) + " is not a number");
  }
  return std::nullopt;
}

// An enum value by name or number. `parse(name, &value)` and `is_valid(number)` are those of the generated code.
template <typename Enum>
Problem ReadEnum(const Json& value, const JsonPath& path, bool (*is_valid)(int), const char* allowed,
                 const std::array<std::pair<std::string_view, Enum>, 3>& names, Enum* result) {
  int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) {
    if (number < 0 || number > 1000 || !is_valid(static_cast<int>(number))) {
      return Refuse(path.ToString(), std::to_string(number) + " is not one of " + allowed);
    }
    *result = static_cast<Enum>(number);
    return std::nullopt;
  }
  std::string_view text;
  if (Problem problem = ReadString(value, path, &text)) return problem;
  for (const auto& [name, known] : names) {
    if (text == name) {
      *result = known;
      return std::nullopt;
    }
  }
  return Refuse(path.ToString(), Quote(text) + " is not one of " + allowed);
}

Problem ReadText(const Json& value, const JsonPath& path, std::string* text) {
  std::string_view view;
  if (Problem problem = ReadString(value, path, &view)) return problem;
  text->assign(view);
  return std::nullopt;
}

Problem ReadPatient(const Json& json, const JsonPath& path, v1::Patient* patient, Spelling* spelling) {
  static constexpr std::array<std::string_view, 5> kNames = {"ageYears", "sex", "birthDate", "age_years", "birth_date"};
  JsonObject object;
  if (Problem problem = ReadObject(json, path, &object)) return problem;
  std::array<std::optional<Json>, kNames.size()> values;
  if (Problem problem = ReadMembers(object, kNames, path, &values, UnknownMember("patient", kNames, path)))
    return problem;
  std::optional<Json> age;
  std::optional<Json> birth_date;
  if (Problem problem = Either(values[0], values[3], kNames[3], path, &age)) return problem;
  if (Problem problem = Either(values[2], values[4], kNames[4], path, &birth_date)) return problem;
  if (values[3]) spelling->age_years = kNames[3];
  if (values[4]) spelling->birth_date = kNames[4];
  if (age && birth_date) {
    return Refuse(path.ToString(), "the patient has both an age and a birth date; give one of them");
  }
  if (age) {
    double number = 0;
    if (Problem problem = ReadDouble(*age, JsonPath(path, spelling->age_years), &number)) return problem;
    patient->set_age_years(number);
  }
  if (birth_date) {
    if (Problem problem = ReadText(*birth_date, JsonPath(path, spelling->birth_date), patient->mutable_birth_date())) {
      return problem;
    }
  }
  if (values[1]) {
    static constexpr std::array<std::pair<std::string_view, v1::Sex>, 3> kSexes = {
        {{"SEX_FEMALE", v1::SEX_FEMALE}, {"SEX_MALE", v1::SEX_MALE}, {"SEX_UNSPECIFIED", v1::SEX_UNSPECIFIED}}};
    v1::Sex sex = v1::SEX_UNSPECIFIED;
    if (Problem problem = ReadEnum(*values[1], JsonPath(path, kNames[1]), v1::Sex_IsValid,
                                   "SEX_UNSPECIFIED, SEX_FEMALE, SEX_MALE", kSexes, &sex)) {
      return problem;
    }
    patient->set_sex(sex);
  }
  return std::nullopt;
}

Problem ReadQuantity(const Json& json, const JsonPath& path, v1::Quantity* quantity, bool* has_value) {
  static constexpr std::array<std::string_view, 2> kNames = {"value", "unit"};
  JsonObject object;
  if (Problem problem = ReadObject(json, path, &object)) return problem;
  std::array<std::optional<Json>, kNames.size()> values;
  if (Problem problem = ReadMembers(object, kNames, path, &values, UnknownMember("quantity", kNames, path)))
    return problem;
  if (values[0]) {
    double number = 0;
    if (Problem problem = ReadDouble(*values[0], JsonPath(path, kNames[0]), &number)) return problem;
    quantity->set_value(number);
  } else {
    *has_value = false;  // canonical JSON leaves a value of 0 out
  }
  return values[1] ? ReadText(*values[1], JsonPath(path, kNames[1]), quantity->mutable_unit()) : std::nullopt;
}

Problem ReadFinding(const Json& json, const JsonPath& path, v1::Finding* finding, bool* snake_observed_at,
                    NoticeList* notices) {
  enum { kKey, kPresent, kSide, kQuantity, kCode, kText, kSource, kObservedAt, kObservedAtSnake, kCount };
  static constexpr std::array<std::string_view, kCount> kNames = {"key",  "present", "side",       "quantity",   "code",
                                                                  "text", "source",  "observedAt", "observed_at"};
  JsonObject object;
  if (Problem problem = ReadObject(json, path, &object)) return problem;
  std::array<std::optional<Json>, kCount> values;
  if (Problem problem = ReadMembers(object, kNames, path, &values, UnknownMember("finding", kNames, path)))
    return problem;
  const auto at = [&](int member) { return kNames[static_cast<size_t>(member)]; };
  if (values[kKey]) {
    if (Problem problem = ReadText(*values[kKey], JsonPath(path, at(kKey)), finding->mutable_key())) return problem;
  }
  // The key is named in what follows, so that a reader need not count findings.
  const auto named = [finding](Problem problem) {
    if (problem && !finding->key().empty()) problem->message = Showable(finding->key()) + ": " + problem->message;
    return problem;
  };
  int given = 0;
  for (const int member : {kPresent, kQuantity, kCode, kText}) given += values[static_cast<size_t>(member)] ? 1 : 0;
  if (given > 1) {
    return named(Refuse(path.ToString(), "the finding has more than one of present, quantity, code, text; give one"));
  }
  if (values[kSide]) {
    static constexpr std::array<std::pair<std::string_view, v1::Side>, 3> kSideNames = {
        {{"SIDE_LEFT", v1::SIDE_LEFT}, {"SIDE_RIGHT", v1::SIDE_RIGHT}, {"SIDE_UNSPECIFIED", v1::SIDE_UNSPECIFIED}}};
    v1::Side side = v1::SIDE_UNSPECIFIED;
    if (Problem problem = ReadEnum(*values[kSide], JsonPath(path, at(kSide)), v1::Side_IsValid,
                                   "SIDE_UNSPECIFIED, SIDE_LEFT, SIDE_RIGHT", kSideNames, &side)) {
      return named(std::move(problem));
    }
    finding->set_side(side);
  }
  if (values[kPresent]) {
    bool present = false;
    if (Problem problem = ReadBool(*values[kPresent], JsonPath(path, at(kPresent)), &present)) {
      return named(std::move(problem));
    }
    finding->set_present(present);
  }
  if (values[kQuantity]) {
    const JsonPath place(path, at(kQuantity));
    bool has_value = true;
    if (Problem problem = ReadQuantity(*values[kQuantity], place, finding->mutable_quantity(), &has_value)) {
      return named(std::move(problem));
    }
    if (!has_value)
      notices->Add(place.ToString(), Showable(finding->key()) + ": the quantity has no value, which proto3 reads as 0");
  }
  const std::array<std::pair<int, std::string* (v1::Finding::*)()>, 3> texts = {
      {{kCode, &v1::Finding::mutable_code},
       {kText, &v1::Finding::mutable_text},
       {kSource, &v1::Finding::mutable_source}}};
  for (const auto& [member, field] : texts) {
    const std::optional<Json>& value = values[static_cast<size_t>(member)];
    if (!value) continue;
    if (Problem problem = ReadText(*value, JsonPath(path, at(member)), (finding->*field)())) {
      return named(std::move(problem));
    }
  }
  std::optional<Json> observed_at;
  if (Problem problem =
          Either(values[kObservedAt], values[kObservedAtSnake], at(kObservedAtSnake), path, &observed_at)) {
    return problem;
  }
  *snake_observed_at = values[kObservedAtSnake].has_value();
  if (observed_at) {
    const JsonPath place(path, at(*snake_observed_at ? kObservedAtSnake : kObservedAt));
    if (Problem problem = ReadText(*observed_at, place, finding->mutable_observed_at()))
      return named(std::move(problem));
  }
  return std::nullopt;
}

}  // namespace

Problem ReadCaseJson(const JsonObject& root, Draft* draft, std::unique_ptr<Places>* places) {
  static constexpr std::array<std::string_view, 5> kNames = {"id", "asOf", "patient", "findings", "as_of"};
  const JsonPath path;
  std::array<std::optional<Json>, kNames.size()> values;
  if (Problem problem = ReadMembers(root, kNames, path, &values, UnknownMember("the case", kNames, path)))
    return problem;
  Spelling spelling;
  v1::Case& value = draft->value;
  if (values[0]) {
    if (Problem problem = ReadText(*values[0], JsonPath(path, kNames[0]), value.mutable_id())) return problem;
  }
  std::optional<Json> as_of;
  if (Problem problem = Either(values[1], values[4], kNames[4], path, &as_of)) return problem;
  if (values[4]) spelling.as_of = kNames[4];
  if (as_of) {
    if (Problem problem = ReadText(*as_of, JsonPath(path, spelling.as_of), value.mutable_as_of())) return problem;
  }
  if (values[2]) {
    if (Problem problem = ReadPatient(*values[2], JsonPath(path, kNames[2]), value.mutable_patient(), &spelling)) {
      return problem;
    }
  }
  if (values[3]) {
    const JsonPath findings_path(path, kNames[3]);
    JsonArray findings;
    if (Problem problem = ReadArray(*values[3], findings_path, &findings)) return problem;
    size_t index = 0;
    for (const Json& json : findings) {
      bool snake = false;
      if (Problem problem =
              ReadFinding(json, JsonPath(findings_path, index), value.add_findings(), &snake, &draft->notices)) {
        return problem;
      }
      spelling.snake_observed_at.push_back(snake);
      ++index;
    }
  }
  *places = std::make_unique<CasePlaces>(value, std::move(spelling));
  return std::nullopt;
}

std::unique_ptr<Places> PlacesInCase(const v1::Case& value) { return std::make_unique<CasePlaces>(value, Spelling()); }

}  // namespace condyle::intake
