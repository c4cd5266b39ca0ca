// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Messages that are filled in once and written: what the builders of an answer fill in. A plugin does not need it.
//
// An answer has some thousand short texts. Here each costs two copies of its bytes; in a generated message it costs an
// allocation, a check and a release besides. What is written is, byte for byte, what the generated message would write.
#ifndef CONDYLE_SDK_WIRE_H_
#define CONDYLE_SDK_WIRE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace condyle::internal {

// What drafts lie in. Kept between calls for its memory, and for nothing else. Not thread-safe.
class DraftMemory {
 public:
  DraftMemory();
  DraftMemory(const DraftMemory&) = delete;
  DraftMemory& operator=(const DraftMemory&) = delete;

  // Forgets all drafts and what was written.
  void Clear();

 private:
  friend class Draft;

  void* Allocate(size_t bytes, size_t alignment) {
    const size_t skipped = -reinterpret_cast<uintptr_t>(free_) & (alignment - 1);
    if (bytes + skipped > room_) return AllocateElsewhere(bytes);
    std::byte* const place = free_ + skipped;
    free_ = place + bytes;
    room_ -= bytes + skipped;
    return place;
  }
  void* AllocateElsewhere(size_t bytes);
  std::string_view Copy(std::string_view text);
  // At least so many bytes.
  char* Output(size_t bytes);

  const std::unique_ptr<std::byte[]> block_;
  // What is left of it, or of the last of the others.
  std::byte* free_;
  size_t room_;
  // Of an unusually long answer.
  std::vector<std::unique_ptr<std::byte[]>> others_;
  // Bytes that writing all drafts takes at most.
  size_t most_bytes_ = 0;
  std::unique_ptr<char[]> output_;
  size_t output_bytes_ = 0;
};

// One message of proto3, by the numbers of its fields. Valid until its memory is cleared.
class Draft {
 public:
  static Draft* New(DraftMemory* memory);

  // Fields that are there once: the last value stands, and a default value is not written. Texts are copied; the copy
  // is given back.
  std::string_view SetText(int number, std::string_view text);
  // Enumerations and booleans.
  void SetNumber(int number, int value);
  void SetDouble(int number, double value);
  // The message in this field: written even if it stays empty.
  Draft* Message(int number);

  // Repeated fields.
  void AddText(int number, std::string_view text);
  Draft* AddMessage(int number);

  // 0 if it was not set.
  double Double(int number) const;
  // Whether the field was given this text.
  bool HasText(int number, std::string_view text) const;

  // This message as bytes, valid until the memory is cleared or something else is written.
  std::string_view Write() const;

 private:
  struct Field;

  explicit Draft(DraftMemory* memory) : memory_(memory) {}
  // The field, added if need be; null if it has no value and would get a default one.
  Field* FindUnlessDefault(int number, bool is_default);
  Field* Add(int number);
  // The last value of this field; null if it has none.
  Field* Find(int number) const;
  // Writes what ends before `end`, and returns where it begins.
  char* WriteBefore(char* end) const;

  DraftMemory* const memory_;
  // The last value of the field with the highest number; from there on to the first value of the lowest.
  Field* last_ = nullptr;
};

}  // namespace condyle::internal

#endif  // CONDYLE_SDK_WIRE_H_
