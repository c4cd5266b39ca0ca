// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Checks a manifest field by field.
#include "host/catalog/manifest_check.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include "host/trust/quote.h"

namespace condyle {
namespace {

constexpr size_t kMaxIdBytes = 64;
constexpr const char* kRequestMessage = "condyle.v1.AssessmentRequest";
constexpr const char* kResponseMessage = "condyle.v1.Assessment";

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

// Words of lower-case letters, digits and underscores, joined by dots; the first starts with a letter.
bool IsDottedName(std::string_view text) {
  if (text.empty() || !IsLower(text[0])) return false;
  bool word = false;
  for (const char c : text) {
    if (c == '.') {
      if (!word) return false;
      word = false;
    } else if (IsLower(c) || IsDigit(c) || c == '_') {
      word = true;
    } else {
      return false;
    }
  }
  return word;
}

bool IsPredicateKey(std::string_view key) {
  if (key.size() > 2 && key.substr(key.size() - 2) == ".*") key.remove_suffix(2);
  return IsDottedName(key);
}

bool IsNumericIdentifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit) && (text.size() == 1 || text[0] != '0');
}

// Dot-separated identifiers of a pre-release or of build metadata.
bool AreIdentifiers(std::string_view text, bool build) {
  while (true) {
    const size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    const bool known = std::all_of(part.begin(), part.end(),
                                   [](char c) { return IsLower(c) || IsUpper(c) || IsDigit(c) || c == '-'; });
    const bool number = std::all_of(part.begin(), part.end(), IsDigit);
    if (part.empty() || !known || (!build && number && !IsNumericIdentifier(part))) return false;
    if (dot == text.npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// A code, or the beginning of codes and one "*" at the end.
bool IsCodeOrBeginning(const std::string& code) {
  const size_t star = code.find('*');
  return star == code.npos || (star + 1 == code.size() && star > 0);
}

bool IsBlank(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
}

std::string Number(double value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

class Checker {
 public:
  explicit Checker(const v1::PluginManifest& manifest) : manifest_(manifest) {}

  std::vector<std::string> Run() {
    CheckHead();
    CheckGuards();
    std::set<std::string> keys;
    for (int i = 0; i < manifest_.inputs_size(); ++i) CheckInput(At("inputs", i), manifest_.inputs(i), &keys);
    for (int i = 0; i < manifest_.side_codings_size(); ++i) {
      const v1::SideCoding& coding = manifest_.side_codings(i);
      const std::string at = At("side_codings", i);
      if (coding.side() != v1::SIDE_LEFT && coding.side() != v1::SIDE_RIGHT) {
        Fault(at + ".side", v1::Side_Name(coding.side()), "SIDE_LEFT or SIDE_RIGHT");
      }
      CheckCoding(at + ".coding", coding.coding());
    }
    CheckOrderTags();
    CheckContradictions();
    CheckCitations();
    CheckEmits();
    if (faults_.empty()) CheckTexts(manifest_, "");
    return std::move(faults_);
  }

 private:
  static std::string At(const std::string& field, int i) { return field + "[" + std::to_string(i) + "]"; }

  void Fault(const std::string& field, const std::string& held, const std::string& allowed) {
    faults_.push_back(field + (held.empty() ? " is empty" : " is " + held) + "; allowed: " + allowed);
  }

  void NotBlank(const std::string& field, const std::string& value, const std::string& allowed) {
    if (IsBlank(value)) Fault(field, {}, allowed);
  }

  // Texts of manifests are shown, to people and to terminals.
  void CheckTexts(const google::protobuf::Message& message, const std::string& path) {
    using google::protobuf::FieldDescriptor;
    const auto& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const bool repeated = field->is_repeated();
      const int size = repeated ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < size; ++i) {
        const std::string here = path + (repeated ? At(field->name(), i) : field->name());
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
          CheckTexts(
              repeated ? reflection.GetRepeatedMessage(message, field, i) : reflection.GetMessage(message, field),
              here + ".");
        } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
          std::string scratch;
          const std::string& text = repeated ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                                             : reflection.GetStringReference(message, field, &scratch);
          if (!IsShowable(text)) Fault(here, Quote(text), "UTF-8 without control characters");
        }
      }
    }
  }

  void CheckHead() {
    if (!IsPluginId(manifest_.id())) {
      Fault("id", Quote(manifest_.id()),
            "a lower-case letter, then lower-case letters, digits and underscores, at most 64 characters");
    }
    if (!IsSemanticVersion(manifest_.version())) {
      Fault("version", Quote(manifest_.version()), "a semantic version, for example 1.0.0");
    }
    if (manifest_.role() == v1::PLUGIN_ROLE_UNSPECIFIED || !v1::PluginRole_IsValid(manifest_.role())) {
      Fault("role", "number " + std::to_string(manifest_.role()),
            "PLUGIN_ROLE_CONDITION, PLUGIN_ROLE_SAFETY_SCREEN or PLUGIN_ROLE_EXERCISE");
    }
    NotBlank("title", manifest_.title(), "a short title for people");
    NotBlank("licence", manifest_.licence(), "an SPDX expression, for example Apache-2.0");
    NotBlank("intended_use", manifest_.intended_use(), "what it is for, in words");
    if (manifest_.request_message() != kRequestMessage) {
      Fault("request_message", Quote(manifest_.request_message()), kRequestMessage);
    }
    if (manifest_.response_message() != kResponseMessage) {
      Fault("response_message", Quote(manifest_.response_message()), kResponseMessage);
    }
  }

  void CheckTags(const std::string& field, const google::protobuf::RepeatedPtrField<std::string>& tags) {
    std::set<std::string> seen;
    for (int i = 0; i < tags.size(); ++i) {
      if (!IsDottedName(tags[i])) {
        Fault(At(field, i), Quote(tags[i]), "a tag: lower-case words joined by dots, for example load.running");
      } else if (!seen.insert(tags[i]).second) {
        Fault(At(field, i), Quote(tags[i]) + " for the second time", "each tag once");
      }
    }
  }

  void CheckGuards() {
    const bool screen = manifest_.role() == v1::PLUGIN_ROLE_SAFETY_SCREEN;
    if (screen && manifest_.guards().empty()) {
      Fault("guards", {}, "at least one tag, because the role is PLUGIN_ROLE_SAFETY_SCREEN");
    }
    if (!screen && !manifest_.guards().empty()) {
      Fault("guards", Quote(manifest_.guards(0)), "none, because only a PLUGIN_ROLE_SAFETY_SCREEN guards tags");
    }
    CheckTags("guards", manifest_.guards());
    std::set<std::string> ids;
    for (int i = 0; i < manifest_.expected_screens_size(); ++i) {
      const v1::ExpectedScreen& screen_expected = manifest_.expected_screens(i);
      const std::string at = At("expected_screens", i);
      if (!IsPluginId(screen_expected.plugin_id())) {
        Fault(at + ".plugin_id", Quote(screen_expected.plugin_id()), "the id of a plugin");
      } else if (!ids.insert(screen_expected.plugin_id()).second) {
        Fault(at + ".plugin_id", Quote(screen_expected.plugin_id()) + " for the second time", "each screen once");
      }
      if (screen_expected.guards().empty()) Fault(at + ".guards", {}, "at least one tag");
      CheckTags(at + ".guards", screen_expected.guards());
    }
  }

  void CheckCoding(const std::string& field, const v1::Coding& coding) {
    NotBlank(field + ".system", coding.system(), "the URI of a code system, for example http://loinc.org");
    NotBlank(field + ".code", coding.code(), "a code of that system");
    CheckDay(field + ".valid_from", coding.valid_from());
    CheckDay(field + ".valid_to", coding.valid_to());
    CheckDay(field + ".checked_to", coding.checked_to());
    if (!coding.valid_from().empty() && !coding.valid_to().empty() && coding.valid_to() < coding.valid_from()) {
      Fault(field + ".valid_to", Quote(coding.valid_to()), "a day that is not before valid_from");
    }
  }

  void CheckOrderTags() {
    for (int i = 0; i < manifest_.order_tags_size(); ++i) {
      const v1::OrderTag& order = manifest_.order_tags(i);
      const std::string at = At("order_tags", i);
      for (std::string& fault : CheckOrderTag(order)) faults_.push_back(at + "." + std::move(fault));
    }
  }

  void CheckDay(const std::string& field, const std::string& day) {
    bool sound = day.size() == 10;
    for (size_t i = 0; sound && i < day.size(); ++i) sound = i == 4 || i == 7 ? day[i] == '-' : IsDigit(day[i]);
    if (!day.empty() && !sound) Fault(field, Quote(day), "a day, YYYY-MM-DD, or nothing");
  }

  void CheckCodings(const std::string& field, const google::protobuf::RepeatedPtrField<v1::Coding>& codings) {
    for (int i = 0; i < codings.size(); ++i) CheckCoding(At(field, i), codings[i]);
  }

  void CheckInput(const std::string& index, const v1::Input& input, std::set<std::string>* keys) {
    std::string at = index;
    if (!IsDottedName(input.key())) {
      Fault(at + ".key", Quote(input.key()), "lower-case words joined by dots, for example exam.thigh_thrust");
    } else {
      at += " (" + Showable(input.key()) + ")";
      if (!keys->insert(input.key()).second) {
        Fault(index + ".key", Quote(input.key()) + " for the second time", "each key once");
      }
    }
    if (input.type() == v1::INPUT_TYPE_UNSPECIFIED || !v1::InputType_IsValid(input.type())) {
      Fault(at + ".type", "number " + std::to_string(input.type()),
            "INPUT_TYPE_BOOLEAN, INPUT_TYPE_QUANTITY, INPUT_TYPE_CODED or INPUT_TYPE_DATE");
    }
    NotBlank(at + ".question", input.question(), "the question as it is put to people");
    CheckQuantity(at, input);
    CheckAnswers(at, input);
    CheckAskUnless(at, input);
    CheckCodings(at + ".codings", input.codings());
    if (input.type() != v1::INPUT_TYPE_BOOLEAN) {
      const auto boolean_only = [&](const char* field, int count) {
        if (count != 0) {
          Fault(at + "." + field, std::to_string(count) + " long", "none, because the type is not INPUT_TYPE_BOOLEAN");
        }
      };
      boolean_only("condition_codings", input.condition_codings_size());
      boolean_only("true_codings", input.true_codings_size());
      boolean_only("false_codings", input.false_codings_size());
    }
    CheckCodings(at + ".condition_codings", input.condition_codings());
    CheckCodings(at + ".true_codings", input.true_codings());
    CheckCodings(at + ".false_codings", input.false_codings());
  }

  void CheckAskUnless(const std::string& at, const v1::Input& input) {
    if (!input.has_ask_unless()) return;
    const v1::Predicate& other = input.ask_unless();
    if (!IsDottedName(other.key()) || other.key() == input.key()) {
      Fault(at + ".ask_unless.key", Quote(other.key()), "the key of another input");
    }
    if (other.test_case() != v1::Predicate::kPresent && other.test_case() != v1::Predicate::kCode) {
      Fault(at + ".ask_unless.test", {}, "present or code, the answer that makes the question needless");
    }
  }

  void CheckQuantity(const std::string& at, const v1::Input& input) {
    if (input.type() != v1::INPUT_TYPE_QUANTITY) {
      constexpr const char* kNone = "nothing, because the type is not INPUT_TYPE_QUANTITY";
      if (!input.unit().empty()) Fault(at + ".unit", Quote(input.unit()), kNone);
      if (input.min() != 0) Fault(at + ".min", Number(input.min()), kNone);
      if (input.max() != 0) Fault(at + ".max", Number(input.max()), kNone);
      if (!input.accepted_units().empty()) {
        Fault(at + ".accepted_units", std::to_string(input.accepted_units_size()) + " long", kNone);
      }
      if (!input.cutoffs().empty()) Fault(at + ".cutoffs", std::to_string(input.cutoffs_size()) + " long", kNone);
      return;
    }
    NotBlank(at + ".unit", input.unit(), "a UCUM code, for example d");
    const bool finite = std::isfinite(input.min()) && std::isfinite(input.max());
    if (!finite || input.min() > input.max()) {
      Fault(at + ".min", Number(input.min()) + " with max " + Number(input.max()), "finite numbers with min <= max");
    }
    std::set<std::string> units = {input.unit()};
    for (int i = 0; i < input.accepted_units_size(); ++i) {
      const v1::UnitConversion& conversion = input.accepted_units(i);
      const std::string here = At(at + ".accepted_units", i);
      NotBlank(here + ".unit", conversion.unit(), "a UCUM code");
      if (!conversion.unit().empty() && !units.insert(conversion.unit()).second) {
        Fault(here + ".unit", Quote(conversion.unit()) + " for the second time", "each unit once");
      }
      if (!std::isfinite(conversion.factor()) || conversion.factor() == 0) {
        Fault(here + ".factor", Number(conversion.factor()), "a finite number other than 0");
      }
      if (!std::isfinite(conversion.offset())) Fault(here + ".offset", Number(conversion.offset()), "a finite number");
    }
    for (int i = 0; i < input.cutoffs_size(); ++i) {
      const double cutoff = input.cutoffs(i);
      const bool in_range = cutoff >= input.min() && cutoff <= input.max();  // not for NaN
      if (!in_range || (i > 0 && !(cutoff > input.cutoffs(i - 1)))) {
        Fault(At(at + ".cutoffs", i), Number(cutoff), "numbers from min to max, each above the one before it");
      }
    }
  }

  void CheckAnswers(const std::string& at, const v1::Input& input) {
    if (input.type() != v1::INPUT_TYPE_CODED) {
      if (!input.answers().empty()) {
        Fault(at + ".answers", std::to_string(input.answers_size()) + " long",
              "none, because the type is not INPUT_TYPE_CODED");
      }
      return;
    }
    if (input.answers().empty()) Fault(at + ".answers", {}, "at least one, because the type is INPUT_TYPE_CODED");
    std::set<std::string> codes;
    for (int i = 0; i < input.answers_size(); ++i) {
      const v1::Answer& answer = input.answers(i);
      const std::string here = At(at + ".answers", i);
      NotBlank(here + ".code", answer.code(), "a code");
      if (!answer.code().empty() && !codes.insert(answer.code()).second) {
        Fault(here + ".code", Quote(answer.code()) + " for the second time", "each code once");
      }
      CheckCodings(here + ".codings", answer.codings());
    }
  }

  void CheckContradictions() {
    std::set<std::string> ids;
    for (int i = 0; i < manifest_.contradictions_size(); ++i) {
      const v1::Contradiction& contradiction = manifest_.contradictions(i);
      const std::string at = At("contradictions", i);
      NotBlank(at + ".id", contradiction.id(), "an id that is unique in the pack");
      if (!contradiction.id().empty() && !ids.insert(contradiction.id()).second) {
        Fault(at + ".id", Quote(contradiction.id()) + " for the second time", "each id once");
      }
      // A predicate with above_key speaks of two findings by itself.
      const bool compares = contradiction.all_size() == 1 && !contradiction.all(0).above_key().empty();
      if (contradiction.all_size() < 2 && !compares) {
        Fault(at + ".all", std::to_string(contradiction.all_size()) + " long",
              "at least 2 predicates, or one with above_key: one finding alone contradicts nothing");
      }
      for (int k = 0; k < contradiction.all_size(); ++k) {
        const v1::Predicate& predicate = contradiction.all(k);
        const std::string here = At(at + ".all", k);
        if (!IsPredicateKey(predicate.key())) {
          Fault(here + ".key", Quote(predicate.key()), "the key of an input, or one that ends in .*");
        }
        if (predicate.test_case() == v1::Predicate::TEST_NOT_SET) {
          Fault(here + ".test", {}, "one of present, code, at_least, above, at_most, below, recorded, above_key");
        }
      }
      NotBlank(at + ".reason", contradiction.reason(), "why this cannot be, in words");
    }
  }

  void CheckCitations() {
    std::set<std::string> keys;
    for (int i = 0; i < manifest_.citations_size(); ++i) {
      const v1::Citation& citation = manifest_.citations(i);
      const std::string at = At("citations", i);
      NotBlank(at + ".key", citation.key(), "a key, for example Laslett2005");
      if (!citation.key().empty() && !keys.insert(citation.key()).second) {
        Fault(at + ".key", Quote(citation.key()) + " for the second time", "each key once");
      }
      NotBlank(at + ".title", citation.title(), "the title of the source");
    }
  }

  void CheckEmits() {
    std::set<std::string> ids;
    for (int i = 0; i < manifest_.emits_size(); ++i) {
      NotBlank(At("emits", i), manifest_.emits(i), "the id of a recommendation");
      if (!manifest_.emits(i).empty() && !ids.insert(manifest_.emits(i)).second) {
        Fault(At("emits", i), Quote(manifest_.emits(i)) + " for the second time", "each id once");
      }
    }
  }

  const v1::PluginManifest& manifest_;
  std::vector<std::string> faults_;
};

}  // namespace

bool IsPluginId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdBytes && IsDottedName(text) && text.find('.') == text.npos;
}

bool IsSemanticVersion(std::string_view text) {
  if (const size_t plus = text.find('+'); plus != text.npos) {
    if (!AreIdentifiers(text.substr(plus + 1), true)) return false;
    text = text.substr(0, plus);
  }
  if (const size_t dash = text.find('-'); dash != text.npos) {
    if (!AreIdentifiers(text.substr(dash + 1), false)) return false;
    text = text.substr(0, dash);
  }
  const size_t first = text.find('.');
  const size_t second = first == text.npos ? first : text.find('.', first + 1);
  return second != text.npos && IsNumericIdentifier(text.substr(0, first)) &&
         IsNumericIdentifier(text.substr(first + 1, second - first - 1)) &&
         IsNumericIdentifier(text.substr(second + 1));
}

std::vector<std::string> CheckOrderTag(const v1::OrderTag& order) {
  std::vector<std::string> faults;
  const auto fault = [&](const std::string& field, const std::string& held, const std::string& allowed) {
    faults.push_back(field + (held.empty() ? " is empty" : " is " + held) + "; allowed: " + allowed);
  };
  if (!IsDottedName(order.tag())) {
    fault("tag", Quote(order.tag()), "a tag: lower-case words joined by dots, for example drug.nsaid");
  }
  if (IsBlank(order.text())) fault("text", {}, "what these orders are, for people");
  if (order.codings().empty()) fault("codings", {}, "at least one code");
  for (int i = 0; i < order.codings_size(); ++i) {
    const v1::Coding& coding = order.codings(i);
    const std::string at = "codings[" + std::to_string(i) + "]";
    if (IsBlank(coding.system())) {
      fault(at + ".system", {}, "the URI of a code system, for example http://www.whocc.no/atc");
    }
    if (IsBlank(coding.code())) {
      fault(at + ".code", {}, "a code of that system");
    } else if (!IsCodeOrBeginning(coding.code())) {
      fault(at + ".code", Quote(coding.code()), "a code, or the beginning of codes with one * at its end");
    }
  }
  return faults;
}

std::vector<std::string> CheckManifest(const v1::PluginManifest& manifest) { return Checker(manifest).Run(); }

}  // namespace condyle
