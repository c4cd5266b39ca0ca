// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The nine kinds of personal data, and how an input of each is known.
#include "host/catalog/person_data.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace condyle {
namespace {

constexpr std::string_view kLoinc = "http://loinc.org";

// Names of an input's last part that say what it is, if its first part says that it is about the person:
// "patient.race". Alone they would not do: "training.race" is a run. And LOINC codes under which US Core has these
// elements.
struct Kind {
  const char* field;
  const char* data;
  bool checked;
  std::array<std::string_view, 4> names;
  std::array<std::string_view, 4> codes;
};

constexpr std::array kKinds = {
    Kind{"use_of_race", "race", true, {"race"}, {"32624-9", "72826-1"}},
    Kind{"use_of_ethnicity", "ethnicity", true, {"ethnicity", "ethnic_group"}, {"42784-9", "69490-1", "56051-6"}},
    Kind{"use_of_language", "language", true, {"language", "preferred_language"}, {"54899-0"}},
    Kind{"use_of_sexual_orientation", "sexual orientation", true, {"sexual_orientation"}, {"76690-7"}},
    Kind{"use_of_gender_identity", "gender identity", true, {"gender_identity", "gender"}, {"76691-5"}},
    Kind{"use_of_sex", "sex", true, {"sex", "birth_sex", "sex_at_birth"}, {"46098-0", "76689-9", "99501-9"}},
    Kind{"use_of_date_of_birth",
         "date of birth",
         true,
         {"date_of_birth", "birth_date", "age", "birth_year"},
         {"21112-8", "30525-0"}},
    Kind{"use_of_social_determinants", "social determinants of health data", false, {}, {}},
    Kind{"use_of_health_status_assessments", "health status assessments data", false, {}, {}},
};
constexpr std::array<std::string_view, 4> kPerson = {"patient", "person", "demographic", "demographics"};

template <typename List>
bool IsIn(const List& list, std::string_view text) {
  return !text.empty() && std::find(list.begin(), list.end(), text) != list.end();
}

bool IsOfKind(const v1::Input& input, const Kind& kind) {
  const std::string_view key = input.key();
  const size_t dot = key.rfind('.');
  if (dot != key.npos && IsIn(kPerson, key.substr(0, key.find('.'))) && IsIn(kind.names, key.substr(dot + 1))) {
    return true;
  }
  return std::any_of(input.codings().begin(), input.codings().end(), [&kind](const v1::Coding& coding) {
    return coding.system() == kLoinc && IsIn(kind.codes, coding.code());
  });
}

std::vector<std::string> ReadsOf(const v1::PluginManifest& manifest, const Kind& kind) {
  std::vector<std::string> reads;
  if (manifest.uses_sex() && IsIn(kind.names, "sex")) reads.emplace_back("the patient's sex");
  if (manifest.uses_age() && IsIn(kind.names, "age")) reads.emplace_back("the patient's age");
  for (const v1::Input& input : manifest.inputs()) {
    if (IsOfKind(input, kind)) reads.push_back(input.key());
  }
  return reads;
}

// Whether the first word denies.
bool DeniesUse(std::string_view says) {
  std::string word;
  for (const char c : says) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool letter = lower >= 'a' && lower <= 'z';
    if (!letter && !word.empty()) break;
    if (letter) word += lower;
  }
  return word == "not" || word == "no" || word == "none" || word == "never";
}

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

std::string ContradictionOf(const PersonDataUse& use) {
  if (!use.checked || IsBlank(use.says) || DeniesUse(use.says) == use.reads.empty()) return {};
  if (use.reads.empty()) {
    return "it says how this is used, and the host gives the plugin nothing of the kind: neither uses_age or uses_sex "
           "nor an input asks for it";
  }
  return "it says that this is not used, and the host gives the plugin " + use.reads.front();
}

}  // namespace

std::vector<PersonDataUse> PersonDataUses(const v1::PluginManifest& manifest) {
  const v1::SourceAttributes& attributes = manifest.source_attributes();
  std::vector<PersonDataUse> uses;
  int number = 5;
  for (const Kind& kind : kKinds) {
    PersonDataUse& use = uses.emplace_back();
    use.number = number++;
    use.name = std::string("Use of ") + kind.data + ", as expressed in the standards of section 170.213";
    use.field = kind.field;
    use.says =
        attributes.GetReflection()->GetString(attributes, attributes.GetDescriptor()->FindFieldByName(kind.field));
    use.checked = kind.checked;
    if (kind.checked) use.reads = ReadsOf(manifest, kind);
    use.contradiction = ContradictionOf(use);
  }
  return uses;
}

}  // namespace condyle
