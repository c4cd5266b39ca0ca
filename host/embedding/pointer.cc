// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Follows a pointer by reflection.
#include "host/embedding/pointer.h"

#include <google/protobuf/descriptor.h>

#include <array>
#include <charconv>
#include <optional>

#include "host/report/report.h"

namespace condyle::embedding {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Where a pointer leads: a message; or a field of one, whole (index < 0) or one element of it.
struct Place {
  const Message* message = nullptr;
  const FieldDescriptor* field = nullptr;
  int index = -1;

  bool is_list() const { return field != nullptr && field->is_repeated() && index < 0; }
};

const FieldDescriptor* FieldOf(const Message& message, std::string_view name) {
  const auto* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->json_name() == name) return type->field(i);
  }
  return nullptr;
}

// As RFC 6901 writes them: no sign, no leading zero.
std::optional<int> IndexOf(std::string_view text) {
  int index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  const bool plain = !text.empty() && text[0] >= '0' && text[0] <= '9' && (text[0] != '0' || text.size() == 1);
  if (!plain || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return index;
}

// The message at a place that holds one.
const Message& MessageAt(const Place& place) {
  if (place.field == nullptr) return *place.message;
  const auto& reflection = *place.message->GetReflection();
  return place.index < 0 ? reflection.GetMessage(*place.message, place.field)
                         : reflection.GetRepeatedMessage(*place.message, place.field, place.index);
}

cndh_status Step(std::string_view part, Place* place) {
  if (place->is_list()) {
    const std::optional<int> index = IndexOf(part);
    if (!index || *index >= place->message->GetReflection()->FieldSize(*place->message, place->field)) {
      return CNDH_NOT_FOUND;
    }
    place->index = *index;
    return CNDH_OK;
  }
  if (place->field != nullptr && place->field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return CNDH_NOT_FOUND;
  const Message& message = MessageAt(*place);
  const FieldDescriptor* field = FieldOf(message, part);
  if (field == nullptr) return CNDH_NOT_FOUND;
  if (field->has_presence() && !message.GetReflection()->HasField(message, field)) return CNDH_NOT_FOUND;
  *place = {&message, field, -1};
  return CNDH_OK;
}

cndh_status Follow(const Message& document, std::string_view pointer, Place* place) {
  *place = {&document, nullptr, -1};
  if (pointer.empty()) return CNDH_OK;
  if (pointer[0] != '/') return CNDH_MISUSE;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view part = pointer.substr(0, pointer.find('/'));
    if (const cndh_status status = Step(part, place); status != CNDH_OK) return status;
    pointer.remove_prefix(part.size());
  }
  return CNDH_OK;
}

template <typename Number>
std::string InDigits(Number number) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
}

// Both kinds of field by one name.
#define CONDYLE_GET(Kind)                                              \
  (place.index < 0 ? reflection.Get##Kind(*place.message, place.field) \
                   : reflection.GetRepeated##Kind(*place.message, place.field, place.index))

std::string ScalarAt(const Place& place) {
  const auto& reflection = *place.message->GetReflection();
  switch (place.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return CONDYLE_GET(Bool) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return InDigits(CONDYLE_GET(Int32));
    case FieldDescriptor::CPPTYPE_INT64:
      return InDigits(CONDYLE_GET(Int64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return InDigits(CONDYLE_GET(UInt32));
    case FieldDescriptor::CPPTYPE_UINT64:
      return InDigits(CONDYLE_GET(UInt64));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return InDigits(CONDYLE_GET(Float));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return InDigits(CONDYLE_GET(Double));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = CONDYLE_GET(EnumValue);
      const auto* value = place.field->enum_type()->FindValueByNumber(number);
      return value == nullptr ? InDigits(number) : value->name();
    }
    default:
      return CONDYLE_GET(String);
  }
}

#undef CONDYLE_GET

}  // namespace

cndh_status ValueAt(const Message& document, std::string_view pointer, std::string* value) {
  Place place;
  if (const cndh_status status = Follow(document, pointer, &place); status != CNDH_OK) return status;
  if (place.is_list()) return CNDH_MISUSE;
  const bool message = place.field == nullptr || place.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  *value = message ? ToJson(MessageAt(place)) : ScalarAt(place);
  return CNDH_OK;
}

cndh_status CountAt(const Message& document, std::string_view pointer, uint64_t* count) {
  Place place;
  if (const cndh_status status = Follow(document, pointer, &place); status != CNDH_OK) return status;
  if (!place.is_list()) return CNDH_MISUSE;
  *count = static_cast<uint64_t>(place.message->GetReflection()->FieldSize(*place.message, place.field));
  return CNDH_OK;
}

}  // namespace condyle::embedding
