// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Comparison by reflection: knows field names that name things, and no message type.
#include "host/archive/compare.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>
#include <string>
#include <utility>

#include "host/report/report.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What names an element of a list; the first that is there does.
constexpr std::array<const char*, 6> kNames = {"id", "key", "tag", "phase", "code", "plugin_id"};
// What it says, where nothing names it.
constexpr std::array<const char*, 6> kWords = {"text", "statement", "summary", "reason", "why", "title"};

std::string NumberText(double number) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return std::string(buffer.data(), end);
}

// The value of a field that is no message; `index` is -1 for a single one.
std::string ValueText(const Message& message, const FieldDescriptor* field, int index) {
  const auto& r = *message.GetReflection();
  const bool one = index < 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& text = one ? r.GetStringReference(message, field, &scratch)
                                    : r.GetRepeatedStringReference(message, field, index, &scratch);
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        return std::to_string(text.size()) + " bytes, SHA-256 " + Sha256Hex(text);
      }
      return text;
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = one ? r.GetEnumValue(message, field) : r.GetRepeatedEnumValue(message, field, index);
      const auto* value = field->enum_type()->FindValueByNumber(number);
      return value == nullptr ? std::to_string(number) : value->name();
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return (one ? r.GetBool(message, field) : r.GetRepeatedBool(message, field, index)) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return NumberText(one ? r.GetDouble(message, field) : r.GetRepeatedDouble(message, field, index));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return NumberText(one ? r.GetFloat(message, field) : r.GetRepeatedFloat(message, field, index));
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(one ? r.GetInt32(message, field) : r.GetRepeatedInt32(message, field, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(one ? r.GetInt64(message, field) : r.GetRepeatedInt64(message, field, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(one ? r.GetUInt32(message, field) : r.GetRepeatedUInt32(message, field, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(one ? r.GetUInt64(message, field) : r.GetRepeatedUInt64(message, field, index));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return {};
}

// The text of a single string field of that name; empty if there is none.
std::string StringField(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || field->type() != FieldDescriptor::TYPE_STRING) return {};
  return message.GetReflection()->GetString(message, field);
}

template <size_t kSize>
std::string FirstStringField(const Message& message, const std::array<const char*, kSize>& names) {
  for (const char* name : names) {
    std::string text = StringField(message, name);
    if (!text.empty()) return text;
  }
  return {};
}

// An element as one text: what it says, else all of it.
std::string WholeText(const Message& message) {
  std::string words = FirstStringField(message, kWords);
  return words.empty() ? ToJson(message) : words;
}

std::string SideText(const Message& message) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName("side");
  if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM || field->is_repeated()) return {};
  switch (message.GetReflection()->GetEnumValue(message, field)) {
    case v1::SIDE_LEFT:
      return "left";
    case v1::SIDE_RIGHT:
      return "right";
    default:
      return {};
  }
}

// An element of a list.
struct Element {
  std::string match;  // equal for elements that are the same thing
  std::string label;  // stands in the path
  const Message* message = nullptr;
  std::string value;  // of elements that are no messages
};

std::string NameOf(const Message& message) {
  std::string name = FirstStringField(message, kNames);
  if (!name.empty()) return name;
  const FieldDescriptor* condition = message.GetDescriptor()->FindFieldByName("condition");
  if (condition == nullptr || condition->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || condition->is_repeated()) {
    return {};
  }
  return StringField(message.GetReflection()->GetMessage(message, condition), "code");
}

std::vector<Element> ElementsOf(const Message& message, const FieldDescriptor* field) {
  std::vector<Element> elements;
  std::map<std::string, int> seen;
  const int size = message.GetReflection()->FieldSize(message, field);
  for (int i = 0; i < size; ++i) {
    Element element;
    element.label = std::to_string(i);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      element.match = element.value = ValueText(message, field, i);
    } else {
      element.message = &message.GetReflection()->GetRepeatedMessage(message, field, i);
      const std::string side = SideText(*element.message);
      const std::string name = NameOf(*element.message);
      if (name.empty()) {
        element.match = FirstStringField(*element.message, kWords) + "\n" + side;
      } else {
        element.label = element.match = side.empty() ? name : name + ", " + side;
      }
    }
    if (const int repeats = ++seen[element.match]; repeats > 1) {
      const std::string number = " #" + std::to_string(repeats);
      element.match += number;
      if (element.label != std::to_string(i)) element.label += number;
    }
    elements.push_back(std::move(element));
  }
  return elements;
}

class Comparer {
 public:
  std::vector<v1::Difference> differences;

  void Messages(const Message& current, const Message& candidate, const std::string& path) {
    const auto* type = current.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      const std::string here = path.empty() ? field->json_name() : path + "." + field->json_name();
      if (field->is_repeated()) {
        Lists(ElementsOf(current, field), ElementsOf(candidate, field), here);
      } else {
        Single(current, candidate, field, here);
      }
    }
  }

 private:
  void Add(const std::string& path, std::string current, std::string candidate) {
    v1::Difference& line = differences.emplace_back();
    line.set_path(path);
    line.set_current(std::move(current));
    line.set_candidate(std::move(candidate));
  }

  void Single(const Message& current, const Message& candidate, const FieldDescriptor* field, const std::string& path) {
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (field->has_presence()) {
      const bool here = current.GetReflection()->HasField(current, field);
      const bool there = candidate.GetReflection()->HasField(candidate, field);
      if (!here && !there) return;
      if (here != there) {
        const Message& holder = here ? current : candidate;
        std::string text =
            is_message ? WholeText(holder.GetReflection()->GetMessage(holder, field)) : ValueText(holder, field, -1);
        Add(path, here ? text : "", here ? "" : text);
        return;
      }
    }
    if (is_message) {
      Messages(current.GetReflection()->GetMessage(current, field),
               candidate.GetReflection()->GetMessage(candidate, field), path);
      return;
    }
    std::string a = ValueText(current, field, -1), b = ValueText(candidate, field, -1);
    if (a != b) Add(path, std::move(a), std::move(b));
  }

  void Lists(const std::vector<Element>& current, const std::vector<Element>& candidate, const std::string& path) {
    std::map<std::string, const Element*> in_candidate, in_current;
    for (const Element& element : current) in_current.emplace(element.match, &element);
    for (const Element& element : candidate) in_candidate.emplace(element.match, &element);
    std::vector<const Element*> common_here, common_there;
    for (const Element& element : current) {
      const auto at = in_candidate.find(element.match);
      if (at == in_candidate.end()) {
        Add(At(path, element), Text(element), "");
        continue;
      }
      common_here.push_back(&element);
      if (element.message != nullptr) Messages(*element.message, *at->second->message, At(path, element));
    }
    for (const Element& element : candidate) {
      if (in_current.count(element.match) == 0) {
        Add(At(path, element), "", Text(element));
      } else {
        common_there.push_back(&element);
      }
    }
    const bool same_order = std::equal(common_here.begin(), common_here.end(), common_there.begin(), common_there.end(),
                                       [](auto* a, auto* b) { return a->match == b->match; });
    if (!same_order) Add(path + " (order)", Order(common_here), Order(common_there));
  }

  static std::string At(const std::string& path, const Element& element) { return path + "[" + element.label + "]"; }
  static std::string Text(const Element& element) {
    return element.message == nullptr ? element.value : WholeText(*element.message);
  }
  static std::string Order(const std::vector<const Element*>& elements) {
    std::string text;
    for (const Element* element : elements) {
      // Places say nothing of an order: what has no name is told by its words.
      const bool named = element->label.empty() || std::isdigit(static_cast<unsigned char>(element->label[0])) == 0;
      text += (text.empty() ? "" : "; ") + (named ? element->label : Text(*element));
    }
    return text;
  }
};

}  // namespace

std::vector<v1::Difference> Compare(const Message& current, const Message& candidate) {
  Comparer comparer;
  comparer.Messages(current, candidate, "");
  if (comparer.differences.empty() && current.SerializeAsString() != candidate.SerializeAsString()) {
    // Fields of a later version of the messages: kept, and not known by name.
    v1::Difference& line = comparer.differences.emplace_back();
    line.set_path("(fields that this version does not know)");
    line.set_current(std::to_string(current.ByteSizeLong()) + " bytes");
    line.set_candidate(std::to_string(candidate.ByteSizeLong()) + " bytes");
  }
  return std::move(comparer.differences);
}

}  // namespace condyle
