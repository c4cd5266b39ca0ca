// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Types, codes, units, ranges, sides, dates, duplicates and contradictions of a Case.
#include "host/intake/check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/intake/units.h"

namespace condyle::intake {
namespace {

constexpr double kOldestAgeYears = 130;
// From the first day of a year to 1 July, and of a month to the 15th.
constexpr int64_t kHalfAYearDays = 181;
constexpr int64_t kHalfAMonthDays = 14;
constexpr std::string_view kPatientSex = "patient.sex";
constexpr std::string_view kPatientAge = "patient.age";

bool IsLater(const Moment& a, const Moment& b) { return Compare(a, b) == std::partial_ordering::greater; }

bool FromPatient(const v1::Finding& finding) {
  constexpr std::string_view kPatient = "patient";
  return std::equal(finding.source().begin(), finding.source().end(), kPatient.begin(), kPatient.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

std::string Expected(const v1::Input& input) {
  switch (input.type()) {
    case v1::INPUT_TYPE_BOOLEAN:
      return "present: true or false";
    case v1::INPUT_TYPE_QUANTITY:
      return "quantity: a value with a unit, one of " + AcceptedUnits(input);
    case v1::INPUT_TYPE_CODED: {
      std::vector<std::string> codes;
      for (const v1::Answer& answer : input.answers()) codes.push_back(answer.code());
      return "code: one of " + Join(codes);
    }
    case v1::INPUT_TYPE_DATE:
      return "text: a date YYYY-MM-DD";
    default:
      return "a type that this version does not know";
  }
}

std::string Given(const v1::Finding& finding) {
  switch (finding.value_case()) {
    case v1::Finding::kPresent:
      return finding.present() ? "present: true" : "present: false";
    case v1::Finding::kQuantity:
      return NumberText(finding.quantity().value()) + " " + finding.quantity().unit();
    case v1::Finding::kCode:
      return "code " + Quote(finding.code());
    case v1::Finding::kText:
      return "text " + Quote(finding.text());
    default:
      return "no value";
  }
}

v1::Finding::ValueCase CaseOf(v1::InputType type) {
  switch (type) {
    case v1::INPUT_TYPE_BOOLEAN:
      return v1::Finding::kPresent;
    case v1::INPUT_TYPE_QUANTITY:
      return v1::Finding::kQuantity;
    case v1::INPUT_TYPE_CODED:
      return v1::Finding::kCode;
    case v1::INPUT_TYPE_DATE:
      return v1::Finding::kText;
    default:
      return v1::Finding::VALUE_NOT_SET;
  }
}

bool SameValue(const v1::Finding& a, const v1::Finding& b) {
  if (a.value_case() != b.value_case()) return false;
  switch (a.value_case()) {
    case v1::Finding::kPresent:
      return a.present() == b.present();
    case v1::Finding::kQuantity:
      return a.quantity().value() == b.quantity().value();
    case v1::Finding::kCode:
      return a.code() == b.code();
    default:
      return a.text() == b.text();
  }
}

// One run of the check.
class Check {
 public:
  Check(const InputCatalog& inputs, const IntakeOptions& options, const Places& places, Draft* draft)
      : inputs_(inputs), options_(options), places_(places), draft_(*draft), case_(draft->value) {}

  Problem Run() {
    if (Problem problem = SetAsOf()) return problem;
    if (Problem problem = CheckPatient()) return problem;
    const size_t count = static_cast<size_t>(case_.findings_size());
    draft_.notes.resize(count);
    next_.assign(count, -1);
    kept_.assign(count, false);
    first_.assign(inputs_.inputs().size() * kSides, -1);
    last_.assign(first_.size(), -1);
    for (size_t i = 0; i < count; ++i) {
      if (Problem problem = CheckFinding(i)) return problem;
    }
    for (const size_t slot : used_slots_) {
      if (Problem problem = Settle(slot)) return problem;
    }
    for (const v1::Contradiction& contradiction : inputs_.contradictions()) {
      if (Problem problem = CheckContradiction(contradiction)) return problem;
    }
    RemoveWhatIsNotKept();
    return std::nullopt;
  }

 private:
  static constexpr size_t kSides = 3;
  using Keys = std::vector<std::string>;

  const v1::Finding& finding(size_t i) const { return case_.findings(static_cast<int>(i)); }
  v1::Finding& finding(size_t i) { return *case_.mutable_findings(static_cast<int>(i)); }
  const v1::Input& input(size_t i) const { return draft_.notes[i].input->input; }
  size_t Slot(size_t i) const {
    return static_cast<size_t>(draft_.notes[i].input - inputs_.inputs().data()) * kSides +
           static_cast<size_t>(finding(i).side());
  }
  // "exam.faber on SIDE_LEFT".
  std::string Name(size_t i) const {
    const v1::Finding& f = finding(i);
    return f.side() == v1::SIDE_UNSPECIFIED ? f.key() : f.key() + " on " + v1::Side_Name(f.side());
  }

  Problem SetAsOf() {
    std::string path = "as_of";
    std::string text = options_.as_of;
    if (text.empty()) {
      text = case_.as_of();
      path = places_.OfAsOf();
    }
    if (text.empty()) {
      text = options_.now;
      if (text.empty()) {
        return Refuse(path,
                      "as_of is missing: the moment of assessment is needed, as RFC 3339 date-time or YYYY-MM-DD");
      }
      draft_.notices.Add(path, "no moment of assessment is given: the present moment, " + text + ", is used");
    }
    if (text.size() <= 10) {
      if (!ParseDate(text)) return Refuse(path, BadDate("as_of", text, "an RFC 3339 date-time or YYYY-MM-DD"));
      text += "T00:00:00Z";
    }
    const std::optional<Moment> moment = ParseDateTime(text);
    if (!moment) {
      return Refuse(path,
                    BadDate("as_of", text, "an RFC 3339 date-time with offset, for example 2026-05-01T09:00:00Z"));
    }
    as_of_ = *moment;
    text[10] = 'T';
    if (text.back() == 'z') text.back() = 'Z';
    case_.set_as_of(text);
    return std::nullopt;
  }

  static std::string BadDate(const std::string& name, const std::string& text, const std::string& allowed) {
    return name + ": " + Quote(text) + " is not " + allowed;
  }

  Problem CheckPatient() {
    if (!case_.has_patient()) return std::nullopt;
    v1::Patient& patient = *case_.mutable_patient();
    if (!v1::Sex_IsValid(patient.sex())) {
      return Refuse(places_.OfPatient(PatientPart::kSex), "patient.sex: " + std::to_string(patient.sex()) +
                                                              " is not one of SEX_UNSPECIFIED, SEX_FEMALE, SEX_MALE");
    }
    double age = 0;
    PatientPart part = PatientPart::kAge;
    if (patient.age_case() == v1::Patient::kBirthDate) {
      part = PatientPart::kBirthDate;
      const std::string& text = patient.birth_date();
      std::optional<Moment> birth = draft_.partial_birth_date ? ParseFhirDateTime(text) : ParseDate(text);
      if (!birth || birth->precision == Precision::kInstant) {
        return Refuse(places_.OfPatient(part), BadDate("patient.birth_date", text, "a date YYYY-MM-DD"));
      }
      if (IsAfter(*birth, as_of_)) {
        return Refuse(places_.OfPatient(part),
                      "patient.birth_date: " + text + " is after the moment of assessment, " + case_.as_of());
      }
      if (birth->precision < Precision::kDay) {
        // The middle of what is known, so that the error is the least that it can be.
        const bool year_only = birth->precision == Precision::kYear;
        birth->day = std::min(birth->day + (year_only ? kHalfAYearDays : kHalfAMonthDays), as_of_.day);
        draft_.notices.Add(
            places_.OfPatient(part),
            "the birth date has no day: the age is taken from the middle of the " +
                std::string(year_only ? "year and is right to half a year" : "month and is right to half a month"));
      }
      age = AgeYears(*birth, as_of_);
    } else if (patient.age_case() == v1::Patient::kAgeYears) {
      age = patient.age_years();
    } else {
      return std::nullopt;
    }
    if (!(age >= 0 && age <= kOldestAgeYears)) {
      return Refuse(places_.OfPatient(part), "patient.age: " + NumberText(age) + " is not between 0 and 130 years");
    }
    patient.set_age_years(age == 0 ? 0 : age);  // no negative zero: equal cases have equal bytes
    return std::nullopt;
  }

  // Checks one finding by itself, converts it, and files it in its slot.
  Problem CheckFinding(size_t i) {
    v1::Finding& f = finding(i);
    FindingNote& note = draft_.notes[i];
    if (f.key().empty()) {
      return Refuse(places_.OfFinding(i, Part::kFinding), "the finding has no key; give the key of an input");
    }
    if (note.input == nullptr) note.input = inputs_.Find(f.key());
    if (note.input == nullptr) {
      NoticeUnknownKey(i);
      return std::nullopt;
    }
    const v1::Input& declared = note.input->input;
    if (!v1::Side_IsValid(f.side())) {
      return Refuse(places_.OfFinding(i, Part::kSide), f.key() + ": side " + std::to_string(f.side()) +
                                                           " is not one of SIDE_UNSPECIFIED, SIDE_LEFT, SIDE_RIGHT");
    }
    if (f.side() != v1::SIDE_UNSPECIFIED && !declared.sided()) {
      return Refuse(places_.OfFinding(i, Part::kSide), f.key() + ": " + v1::Side_Name(f.side()) +
                                                           " is given, but this input has no side; leave the side out");
    }
    if (f.value_case() == v1::Finding::VALUE_NOT_SET) {
      return Refuse(places_.OfFinding(i, Part::kFinding),
                    f.key() + ": the finding has no value; give " + Expected(declared) + ", or leave the finding out");
    }
    if (f.value_case() != CaseOf(declared.type())) {
      return Refuse(places_.OfFinding(i, Part::kValue),
                    f.key() + ": " + Given(f) + " is of the wrong type; this input takes " + Expected(declared));
    }
    if (Problem problem = CheckObservedAt(i)) return problem;
    if (Problem problem = CheckValue(i)) return problem;
    const size_t slot = Slot(i);
    if (first_[slot] < 0) {
      first_[slot] = static_cast<int>(i);
      used_slots_.push_back(slot);
    } else {
      next_[static_cast<size_t>(last_[slot])] = static_cast<int>(i);
    }
    last_[slot] = static_cast<int>(i);
    return std::nullopt;
  }

  void NoticeUnknownKey(size_t i) {
    const std::string& key = finding(i).key();
    std::string message = Quote(key) + " is no input of the loaded plugins: the finding is left out";
    if (draft_.notices.roomy()) {
      NearestName nearest(key);
      for (const CatalogInput& known : inputs_.inputs()) nearest.Offer(known.input.key());
      if (!nearest.best().empty()) message += "; the nearest known key is " + nearest.best();
    }
    draft_.notices.Add(places_.OfFinding(i, Part::kKey), std::move(message));
  }

  Problem CheckObservedAt(size_t i) {
    const v1::Finding& f = finding(i);
    Moment time = draft_.notes[i].time;
    if (time.precision == Precision::kNone && !f.observed_at().empty()) {
      const std::optional<Moment> parsed = ParseDateOrDateTime(f.observed_at());
      if (!parsed) {
        return Refuse(places_.OfFinding(i, Part::kObservedAt),
                      BadDate(f.key() + ": observed_at", f.observed_at(), "an RFC 3339 date-time or YYYY-MM-DD"));
      }
      time = *parsed;
    }
    if (IsAfter(time, as_of_)) {
      return Refuse(places_.OfFinding(i, Part::kObservedAt),
                    f.key() + ": observed " + (f.observed_at().empty() ? "" : "at " + f.observed_at() + ", ") +
                        "after the moment of assessment, " + case_.as_of());
    }
    if (!draft_.notes[i].lasting) draft_.notes[i].time = time;
    return std::nullopt;
  }

  Problem CheckValue(size_t i) {
    v1::Finding& f = finding(i);
    const v1::Input& declared = input(i);
    switch (declared.type()) {
      case v1::INPUT_TYPE_QUANTITY:
        return CheckQuantity(i);
      case v1::INPUT_TYPE_CODED: {
        const auto& answers = declared.answers();
        if (std::any_of(answers.begin(), answers.end(), [&f](const v1::Answer& a) { return a.code() == f.code(); })) {
          return std::nullopt;
        }
        return Refuse(places_.OfFinding(i, Part::kValue),
                      f.key() + ": " + Quote(f.code()) + " is not an answer; this input takes " + Expected(declared));
      }
      case v1::INPUT_TYPE_DATE: {
        const std::optional<Moment> date = ParseDate(f.text());
        if (!date) {
          return Refuse(places_.OfFinding(i, Part::kValue), BadDate(f.key(), f.text(), "a date YYYY-MM-DD"));
        }
        if (IsAfter(*date, as_of_)) {
          return Refuse(places_.OfFinding(i, Part::kValue),
                        f.key() + ": " + f.text() + " is after the moment of assessment, " + case_.as_of());
        }
        return std::nullopt;
      }
      default:
        return std::nullopt;
    }
  }

  Problem CheckQuantity(size_t i) {
    v1::Finding& f = finding(i);
    const v1::Input& declared = input(i);
    v1::Quantity& quantity = *f.mutable_quantity();
    if (!std::isfinite(quantity.value())) {
      return Refuse(places_.OfFinding(i, Part::kValue), f.key() + ": the value is not a finite number");
    }
    if (quantity.unit().empty()) {
      return Refuse(places_.OfFinding(i, Part::kUnit),
                    f.key() + ": the quantity has no unit; accepted units (UCUM) are " + AcceptedUnits(declared));
    }
    const std::optional<double> own = ToOwnUnit(declared, quantity.value(), quantity.unit());
    if (!own) {
      return Refuse(places_.OfFinding(i, Part::kUnit), f.key() + ": the unit " + Quote(quantity.unit()) +
                                                           " cannot be converted to " + Quote(declared.unit()) +
                                                           "; accepted units (UCUM) are " + AcceptedUnits(declared));
    }
    const bool has_range = declared.min() != 0 || declared.max() != 0;
    if (!std::isfinite(*own) || (has_range && (*own < declared.min() || *own > declared.max()))) {
      std::string given = NumberText(quantity.value()) + " " + quantity.unit();
      if (*own != quantity.value()) given += " (" + NumberText(*own) + " " + declared.unit() + ")";
      return Refuse(places_.OfFinding(i, Part::kValue), f.key() + ": " + given + " is not possible; the range is " +
                                                            NumberText(declared.min()) + " to " +
                                                            NumberText(declared.max()) + " " + declared.unit());
    }
    quantity.set_value(*own == 0 ? 0 : *own);
    if (quantity.unit() != declared.unit()) quantity.set_unit(declared.unit());
    return std::nullopt;
  }

  // Chooses what counts among the findings of one input and side.
  Problem Settle(size_t slot) {
    const size_t first = static_cast<size_t>(first_[slot]);
    size_t chosen = first;
    if (next_[first] >= 0) {
      if (Problem problem = draft_.newest_wins ? ChooseNewest(first, &chosen) : RequireAgreement(first, &chosen)) {
        return problem;
      }
    }
    if (input(chosen).by_examiner() && FromPatient(finding(chosen))) {
      draft_.notices.Add(
          places_.OfFinding(chosen, Part::kFinding),
          Name(chosen) + " comes from the patient, but only an examiner can find it: counted as not examined");
      first_[slot] = -1;
      return std::nullopt;
    }
    kept_[chosen] = true;
    first_[slot] = static_cast<int>(chosen);
    return std::nullopt;
  }

  // Equal values collapse into the first; a statement that is not the patient's own gives its source.
  Problem RequireAgreement(size_t first, size_t* chosen) {
    for (int n = next_[first]; n >= 0; n = next_[static_cast<size_t>(n)]) {
      const size_t i = static_cast<size_t>(n);
      if (!SameValue(finding(first), finding(i))) return RefuseDuplicate(first, i, "");
      if (FromPatient(finding(*chosen)) && !FromPatient(finding(i))) *chosen = i;
    }
    return std::nullopt;
  }

  Problem RefuseDuplicate(size_t earlier, size_t later, const std::string& why) {
    return Refuse(places_.OfFinding(later, Part::kValue),
                  Name(later) + " is given twice with different values: " + Given(finding(earlier)) + " at " +
                      places_.OfFinding(earlier, Part::kValue) + " and " + Given(finding(later)) + why +
                      "; give one of them");
  }

  // Leaves out what is older than another value. What then remains must agree: of two values of one moment, or of
  // values without a time, none is the newest.
  Problem ChooseNewest(size_t first, size_t* chosen) {
    std::vector<size_t> candidates;
    std::vector<size_t> from_patient;
    for (int n = static_cast<int>(first); n >= 0; n = next_[static_cast<size_t>(n)]) {
      const size_t i = static_cast<size_t>(n);
      const bool cannot_know = input(i).by_examiner() && FromPatient(finding(i));
      (cannot_know ? from_patient : candidates).push_back(i);
    }
    if (candidates.empty()) {
      candidates.swap(from_patient);
    } else if (!from_patient.empty()) {
      draft_.notices.Add(places_.OfFinding(from_patient.front(), Part::kFinding),
                         Name(first) + ": what the patient says is left out, as an examiner's finding is there");
    }
    const Moment* newest_instant = nullptr;
    const Moment* newest_day = nullptr;
    for (const size_t i : candidates) {
      const Moment& time = draft_.notes[i].time;
      const Moment** newest = time.precision == Precision::kInstant ? &newest_instant : &newest_day;
      if (time.precision >= Precision::kDay && (*newest == nullptr || IsLater(time, **newest))) *newest = &time;
    }
    const auto older = [&](size_t i) {
      const Moment& time = draft_.notes[i].time;
      return time.precision >= Precision::kDay && ((newest_instant != nullptr && IsLater(*newest_instant, time)) ||
                                                   (newest_day != nullptr && IsLater(*newest_day, time)));
    };
    bool found = false;
    size_t different = 0;
    for (const size_t i : candidates) {
      if (older(i)) continue;
      if (!found) {
        *chosen = i;
        found = true;
      } else if (!SameValue(finding(*chosen), finding(i))) {
        return RefuseDuplicate(*chosen, i, ", and their times do not tell which is newer");
      } else if (FromPatient(finding(*chosen)) && !FromPatient(finding(i))) {
        *chosen = i;
      }
    }
    for (const size_t i : candidates) {
      if (!SameValue(finding(*chosen), finding(i))) ++different;
    }
    if (different > 0) {
      draft_.notices.Add(places_.OfFinding(*chosen, Part::kFinding),
                         Name(*chosen) + ": the newest value is used; " + std::to_string(different) +
                             (different == 1 ? " older one is left out" : " older ones are left out"));
    }
    return std::nullopt;
  }

  // A finding that counts and the place of which names it; or nothing.
  static constexpr int kNone = -1;
  static constexpr int kPatientItself = -2;

  bool TestNumber(const v1::Predicate& predicate, double number, std::string_view unit, Keys* keys) const {
    switch (predicate.test_case()) {
      case v1::Predicate::kAtLeast:
        return number >= predicate.at_least();
      case v1::Predicate::kAbove:
        return number > predicate.above();
      case v1::Predicate::kAtMost:
        return number <= predicate.at_most();
      case v1::Predicate::kBelow:
        return number < predicate.below();
      case v1::Predicate::kRecorded:
        return predicate.recorded();
      case v1::Predicate::kAboveKey:
        return AboveOther(predicate.above_key(), number, unit, keys);
      default:
        return false;
    }
  }

  // Whether the number is above the other quantity (of any side), converted if need be.
  bool AboveOther(const std::string& other_key, double number, std::string_view unit, Keys* keys) const {
    const auto above = [&](double other, std::string_view other_unit) {
      v1::Input target;
      target.set_unit(std::string(unit));
      const std::optional<double> converted = ToOwnUnit(target, other, other_unit);
      return converted && number > *converted;
    };
    bool holds = false;
    if (other_key == kPatientAge) {
      holds = case_.patient().age_case() == v1::Patient::kAgeYears && above(case_.patient().age_years(), "a");
    } else if (const CatalogInput* other = inputs_.Find(other_key)) {
      for (size_t side = 0; side < kSides && !holds; ++side) {
        const int at = first_[static_cast<size_t>(other - inputs_.inputs().data()) * kSides + side];
        if (at < 0 || !finding(static_cast<size_t>(at)).has_quantity()) continue;
        holds = above(finding(static_cast<size_t>(at)).quantity().value(), other->input.unit());
      }
    }
    if (holds) keys->push_back(other_key);
    return holds;
  }

  bool TestFinding(const v1::Predicate& predicate, const v1::Finding& f, const v1::Input& declared, Keys* keys) const {
    switch (predicate.test_case()) {
      case v1::Predicate::kPresent:
        return f.value_case() == v1::Finding::kPresent && f.present() == predicate.present();
      case v1::Predicate::kCode:
        return f.value_case() == v1::Finding::kCode && f.code() == predicate.code();
      case v1::Predicate::kRecorded:
        return predicate.recorded() && !(f.value_case() == v1::Finding::kPresent && !f.present());
      default:
        return f.has_quantity() && TestNumber(predicate, f.quantity().value(), declared.unit(), keys);
    }
  }

  // Index of a finding of the input that matches, or kNone.
  int MatchInput(const v1::Predicate& predicate, const CatalogInput& entry, Keys* keys) const {
    const size_t base = static_cast<size_t>(&entry - inputs_.inputs().data()) * kSides;
    for (size_t side = 0; side < kSides; ++side) {
      const int at = first_[base + side];
      if (at < 0) continue;
      Keys matched = {entry.input.key()};
      if (TestFinding(predicate, finding(static_cast<size_t>(at)), entry.input, &matched)) {
        keys->insert(keys->end(), matched.begin(), matched.end());
        return at;
      }
    }
    return kNone;
  }

  // Index of a finding that matches, kPatientItself, or kNone. Appends the keys that took part.
  int Match(const v1::Predicate& predicate, Keys* keys) const {
    const std::string& key = predicate.key();
    if (key == kPatientSex) {
      const v1::Sex sex = case_.patient().sex();
      if (sex == v1::SEX_UNSPECIFIED) return kNone;
      const bool holds =
          predicate.test_case() == v1::Predicate::kCode ? predicate.code() == v1::Sex_Name(sex) : predicate.recorded();
      if (holds) keys->push_back(key);
      return holds ? kPatientItself : kNone;
    }
    if (key == kPatientAge) {
      if (case_.patient().age_case() != v1::Patient::kAgeYears) return kNone;
      Keys matched = {key};
      if (!TestNumber(predicate, case_.patient().age_years(), "a", &matched)) return kNone;
      keys->insert(keys->end(), matched.begin(), matched.end());
      return kPatientItself;
    }
    if (key.size() >= 2 && key.compare(key.size() - 2, 2, ".*") == 0) {
      const std::string_view prefix = std::string_view(key).substr(0, key.size() - 1);
      for (const size_t slot : used_slots_) {
        const CatalogInput& entry = inputs_.inputs()[slot / kSides];
        if (entry.input.key().compare(0, prefix.size(), prefix) != 0) continue;
        const int at = MatchInput(predicate, entry, keys);
        if (at != kNone) return at;
      }
      return kNone;
    }
    const CatalogInput* entry = inputs_.Find(key);
    return entry == nullptr ? kNone : MatchInput(predicate, *entry, keys);
  }

  Problem CheckContradiction(const v1::Contradiction& contradiction) const {
    if (contradiction.all().empty()) return std::nullopt;
    Keys keys;
    int culprit = kNone;
    for (const v1::Predicate& predicate : contradiction.all()) {
      const int at = Match(predicate, &keys);
      if (at == kNone) return std::nullopt;
      if (culprit < 0) culprit = at;
    }
    // What was found comes before what the patient is.
    std::stable_partition(keys.begin(), keys.end(),
                          [](const std::string& key) { return key.rfind("patient.", 0) != 0; });
    Keys named;
    for (const std::string& key : keys) {
      if (std::find(named.begin(), named.end(), key) == named.end()) named.push_back(key);
    }
    return Refuse(culprit >= 0 ? places_.OfFinding(static_cast<size_t>(culprit), Part::kFinding)
                               : places_.OfPatient(PatientPart::kPatient),
                  Join(named) + ": cannot be true together: " + contradiction.reason());
  }

  void RemoveWhatIsNotKept() {
    auto& findings = *case_.mutable_findings();
    int end = 0;
    for (int i = 0; i < findings.size(); ++i) {
      if (!kept_[static_cast<size_t>(i)]) continue;
      if (end != i) findings.SwapElements(end, i);
      ++end;
    }
    if (end < findings.size()) findings.DeleteSubrange(end, findings.size() - end);
  }

  const InputCatalog& inputs_;
  const IntakeOptions& options_;
  const Places& places_;
  Draft& draft_;
  v1::Case& case_;
  Moment as_of_;
  // Findings of one input and side are chained; -1 ends. After Settle first_ is the one that counts, or -1.
  std::vector<int> first_;
  std::vector<int> last_;
  std::vector<int> next_;
  std::vector<size_t> used_slots_;
  std::vector<bool> kept_;
};

}  // namespace

Problem CheckDraft(const InputCatalog& inputs, const IntakeOptions& options, const Places& places, Draft* draft) {
  return Check(inputs, options, places, draft).Run();
}

}  // namespace condyle::intake
