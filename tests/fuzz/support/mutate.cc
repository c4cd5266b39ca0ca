// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Random changes by reflection.
#include "tests/fuzz/support/mutate.h"

#include <google/protobuf/descriptor.h>

#include <cmath>
#include <limits>

namespace condyle::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What breaks renderers, terminals and matching by text.
const char* const kHostile[] = {"",
                                " ",
                                "\x1b[2J\x1b]0;x\x07",
                                "</title><script>x()</script>",
                                "\" onload=\"x()",
                                "]]>",
                                "&#0;&amp",
                                "a\nb\r\tc",
                                "\xe2\x80\xae"
                                "abc",
                                "\xef\xbf\xbf",
                                "\xc2\x9b"
                                "31m",
                                "e\xcc\x81\xcc\x81\xcc\x81",
                                "a.b.c",
                                "a..b",
                                ".",
                                "%n%s",
                                "2026-02-30",
                                "2026-05-01T09:00:00Z"};

class Mutator {
 public:
  Mutator(const std::vector<std::string>& words, Random& random) : words_(words), random_(random) {}

  void Collect(const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    const auto& reflection = *message.GetReflection();
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < size; ++i) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
          Collect(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                       : reflection.GetMessage(message, field));
        } else if (field->type() == FieldDescriptor::TYPE_STRING && own_words_.size() < 500) {
          own_words_.push_back(field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                                    : reflection.GetString(message, field));
        }
      }
    }
  }

  void Change(Message* message) {
    const auto* descriptor = message->GetDescriptor();
    if (descriptor->field_count() == 0) return;
    std::vector<const FieldDescriptor*> set;
    message->GetReflection()->ListFields(*message, &set);
    // Fields that are there are the more interesting.
    const FieldDescriptor* field =
        !set.empty() && !random_.OneIn(4)
            ? set[random_.Below(set.size())]
            : descriptor->field(static_cast<int>(random_.Below(static_cast<size_t>(descriptor->field_count()))));
    if (field->is_repeated()) {
      ChangeList(message, field);
    } else {
      ChangeOne(message, field);
    }
  }

 private:
  std::string Text() {
    switch (random_.Below(6)) {
      case 0:
        return kHostile[random_.Below(std::size(kHostile))];
      case 1:
        return std::string(random_.Below(3000), 'x');
      case 2:
        return Pick(words_) + "." + Pick(words_);
      case 3:
        return Pick(own_words_) + kHostile[random_.Below(std::size(kHostile))];
      case 4:
        return Pick(own_words_);
      default:
        return Pick(words_);
    }
  }
  std::string Pick(const std::vector<std::string>& from) {
    return from.empty() ? std::string() : from[random_.Below(from.size())];
  }
  double Number() {
    const double edges[] = {0,
                            -0.0,
                            1,
                            -1,
                            0.5,
                            1e308,
                            -1e308,
                            5e-324,
                            1e15,
                            std::numeric_limits<double>::infinity(),
                            -std::numeric_limits<double>::infinity(),
                            std::nan("")};
    return random_.OneIn(3) ? static_cast<double>(random_.Below(2000)) / 10 : edges[random_.Below(std::size(edges))];
  }
  int Enumerator(const FieldDescriptor* field) {
    const int edges[] = {-1, 1000, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()};
    if (random_.OneIn(8)) return edges[random_.Below(std::size(edges))];
    return static_cast<int>(random_.Below(static_cast<size_t>(field->enum_type()->value_count())));
  }
  int Integer() {
    const int edges[] = {0, 1, 2, -1, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()};
    return edges[random_.Below(std::size(edges))];
  }

  void ChangeOne(Message* message, const FieldDescriptor* field) {
    const auto& reflection = *message->GetReflection();
    if (random_.OneIn(8)) return reflection.ClearField(message, field);
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Change(reflection.MutableMessage(message, field));
      case FieldDescriptor::CPPTYPE_STRING:
        return reflection.SetString(message, field, Text());
      case FieldDescriptor::CPPTYPE_ENUM:
        return reflection.SetEnumValue(message, field, Enumerator(field));
      case FieldDescriptor::CPPTYPE_BOOL:
        return reflection.SetBool(message, field, random_.OneIn(2));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return reflection.SetDouble(message, field, Number());
      case FieldDescriptor::CPPTYPE_INT32:
        return reflection.SetInt32(message, field, Integer());
      default:
        return reflection.ClearField(message, field);  // condyle.v1 has no others
    }
  }

  void Add(Message* message, const FieldDescriptor* field, int copy_of) {
    const auto& reflection = *message->GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        Message* added = reflection.AddMessage(message, field);
        if (copy_of >= 0) added->CopyFrom(reflection.GetRepeatedMessage(*message, field, copy_of));
        return Change(added);
      }
      case FieldDescriptor::CPPTYPE_STRING:
        return reflection.AddString(message, field, Text());
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return reflection.AddDouble(message, field, Number());
      default:
        return;
    }
  }

  void ChangeElement(Message* message, const FieldDescriptor* field, int at) {
    const auto& reflection = *message->GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Change(reflection.MutableRepeatedMessage(message, field, at));
      case FieldDescriptor::CPPTYPE_STRING:
        return reflection.SetRepeatedString(message, field, at, Text());
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return reflection.SetRepeatedDouble(message, field, at, Number());
      default:
        return;
    }
  }

  void ChangeList(Message* message, const FieldDescriptor* field) {
    const auto& reflection = *message->GetReflection();
    const int size = reflection.FieldSize(*message, field);
    const int at = size == 0 ? -1 : static_cast<int>(random_.Below(static_cast<size_t>(size)));
    if (size == 0) return Add(message, field, -1);
    switch (random_.Below(12)) {
      case 0:
        return reflection.ClearField(message, field);
      case 1:
        reflection.SwapElements(message, field, at, size - 1);
        return reflection.RemoveLast(message, field);
      case 2:
        return reflection.SwapElements(message, field, at, 0);
      case 3:
      case 4:
        return Add(message, field, size < 200 ? at : -1);
      case 5:
        for (size_t i = 1 + random_.Below(40); i > 0 && size < 200; --i) Add(message, field, at);
        return;
      default:
        return ChangeElement(message, field, at);
    }
  }

  const std::vector<std::string>& words_;
  std::vector<std::string> own_words_;
  Random& random_;
};

}  // namespace

void Mutate(Message* message, const std::vector<std::string>& words, Random& random) {
  Mutator mutator(words, random);
  mutator.Collect(*message);
  for (size_t changes = 1 + random.Below(4); changes > 0; --changes) mutator.Change(message);
}

}  // namespace condyle::fuzz
