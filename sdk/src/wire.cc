// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Written from the end to the beginning, so that the length of a message is known when it is due.
#include "condyle/sdk/wire.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace condyle::internal {
namespace {

constexpr size_t kBlockBytes = 64u << 10;
// A tag, and a number or a length.
constexpr size_t kMostOverhead = 5 + 10;

enum WireType : uint32_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2 };

char* WriteVarintBefore(char* end, uint64_t value) {
  char bytes[10];
  size_t size = 0;
  for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>(value | 0x80);
  bytes[size++] = static_cast<char>(value);
  end -= size;
  std::memcpy(end, bytes, size);
  return end;
}

char* WriteTagBefore(char* end, uint32_t number, WireType type) {
  const uint32_t tag = number << 3 | type;
  if (tag >= 0x80) return WriteVarintBefore(end, tag);
  *--end = static_cast<char>(tag);
  return end;
}

}  // namespace

struct Draft::Field {
  enum class Kind : uint8_t { kText, kNumber, kDouble, kMessage };

  // The value before it of the same field; null if it is the first.
  Field* same = nullptr;
  // Of the last value of a field: the last value of the field before it.
  Field* other = nullptr;
  uint32_t number = 0;
  Kind kind = Kind::kText;
  bool repeated = false;
  std::string_view text;
  union {
    uint64_t value = 0;  // of a double its bits
    Draft* message;
  };

  char* WriteBefore(char* end) const {
    switch (kind) {
      case Kind::kText:
        if (text.empty() && !repeated) return end;
        end -= text.size();
        if (!text.empty()) std::memcpy(end, text.data(), text.size());
        return WriteTagBefore(WriteVarintBefore(end, text.size()), number, kLengthDelimited);
      case Kind::kNumber:
        return value == 0 ? end : WriteTagBefore(WriteVarintBefore(end, value), number, kVarint);
      case Kind::kDouble:
        static_assert(std::endian::native == std::endian::little);
        if (value == 0) return end;
        end -= sizeof(value);
        std::memcpy(end, &value, sizeof(value));
        return WriteTagBefore(end, number, kFixed64);
      case Kind::kMessage:
        break;
    }
    char* const begin = message->WriteBefore(end);
    return WriteTagBefore(WriteVarintBefore(begin, static_cast<uint64_t>(end - begin)), number, kLengthDelimited);
  }
};

DraftMemory::DraftMemory()
    : block_(std::make_unique_for_overwrite<std::byte[]>(kBlockBytes)), free_(block_.get()), room_(kBlockBytes) {}

void DraftMemory::Clear() {
  others_.clear();
  free_ = block_.get();
  room_ = kBlockBytes;
  most_bytes_ = 0;
}

void* DraftMemory::AllocateElsewhere(size_t bytes) {
  const size_t size = std::max(bytes, kBlockBytes);
  others_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
  free_ = others_.back().get() + bytes;  // a block is aligned for everything
  room_ = size - bytes;
  return others_.back().get();
}

std::string_view DraftMemory::Copy(std::string_view text) {
  if (text.empty()) return {};
  char* const copy = static_cast<char*>(Allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  most_bytes_ += text.size();
  return {copy, text.size()};
}

char* DraftMemory::Output(size_t bytes) {
  if (output_bytes_ < bytes) {
    output_ = std::make_unique_for_overwrite<char[]>(bytes);
    output_bytes_ = bytes;
  }
  return output_.get();
}

Draft* Draft::New(DraftMemory* memory) { return new (memory->Allocate(sizeof(Draft), alignof(Draft))) Draft(memory); }

Draft::Field* Draft::Add(int number) {
  const auto wanted = static_cast<uint32_t>(number);
  Field** place = &last_;
  while (*place != nullptr && (*place)->number > wanted) place = &(*place)->other;
  auto* field = new (memory_->Allocate(sizeof(Field), alignof(Field))) Field;
  memory_->most_bytes_ += kMostOverhead;
  field->number = wanted;
  if (*place != nullptr && (*place)->number == wanted) {
    field->same = *place;
    field->other = (*place)->other;
  } else {
    field->other = *place;
  }
  *place = field;
  return field;
}

Draft::Field* Draft::Find(int number) const {
  Field* field = last_;
  while (field != nullptr && field->number > static_cast<uint32_t>(number)) field = field->other;
  return field != nullptr && field->number == static_cast<uint32_t>(number) ? field : nullptr;
}

Draft::Field* Draft::FindUnlessDefault(int number, bool is_default) {
  Field* const known = Find(number);
  return known != nullptr || is_default ? known : Add(number);
}

std::string_view Draft::SetText(int number, std::string_view text) {
  Field* field = FindUnlessDefault(number, text.empty());
  if (field == nullptr) return {};
  field->kind = Field::Kind::kText;
  return field->text = memory_->Copy(text);
}

void Draft::SetNumber(int number, int value) {
  Field* field = FindUnlessDefault(number, value == 0);
  if (field == nullptr) return;
  field->kind = Field::Kind::kNumber;
  field->value = static_cast<uint64_t>(int64_t{value});
}

void Draft::SetDouble(int number, double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  Field* field = FindUnlessDefault(number, bits == 0);
  if (field == nullptr) return;
  field->kind = Field::Kind::kDouble;
  field->value = bits;
}

void Draft::AddText(int number, std::string_view text) {
  Field* field = Add(number);
  field->kind = Field::Kind::kText;
  field->repeated = true;
  field->text = memory_->Copy(text);
}

Draft* Draft::Message(int number) {
  const Field* const known = Find(number);
  return known != nullptr ? known->message : AddMessage(number);
}

Draft* Draft::AddMessage(int number) {
  Field* field = Add(number);
  field->kind = Field::Kind::kMessage;
  field->message = New(memory_);
  return field->message;
}

double Draft::Double(int number) const {
  const Field* field = Find(number);
  return field == nullptr ? 0 : std::bit_cast<double>(field->value);
}

bool Draft::HasText(int number, std::string_view text) const {
  for (const Field* field = Find(number); field != nullptr; field = field->same) {
    if (field->text == text) return true;
  }
  return false;
}

char* Draft::WriteBefore(char* end) const {
  for (const Field* last = last_; last != nullptr; last = last->other) {
    for (const Field* field = last; field != nullptr; field = field->same) end = field->WriteBefore(end);
  }
  return end;
}

std::string_view Draft::Write() const {
  const size_t room = memory_->most_bytes_;
  char* const end = memory_->Output(room) + room;
  const char* const begin = WriteBefore(end);
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace condyle::internal
