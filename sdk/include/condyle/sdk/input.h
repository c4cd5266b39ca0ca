// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Typed names of inputs. Constants of these types are generated from the manifest, so that a plugin that misspells a
// key, reads one with the wrong type, or reads one that it did not declare does not compile.
#ifndef CONDYLE_SDK_INPUT_H_
#define CONDYLE_SDK_INPUT_H_

#include <cstdint>
#include <string_view>

namespace condyle {

// FNV-1a, 32 bits.
constexpr uint32_t HashKey(std::string_view text) {
  uint32_t hash = 2166136261u;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

// The key of an input with its hash, so that a look-up at run time hashes nothing.
struct InputKey {
  std::string_view key;
  uint32_t hash;
  constexpr explicit InputKey(std::string_view text) : key(text), hash(HashKey(text)) {}
};

struct BooleanInput : InputKey {
  using InputKey::InputKey;
};
// Values are in the unit that the manifest gives, which is `unit` here.
struct QuantityInput : InputKey {
  std::string_view unit;
  constexpr QuantityInput(std::string_view text, std::string_view ucum) : InputKey(text), unit(ucum) {}
};
struct CodedInput : InputKey {
  using InputKey::InputKey;
};
struct DateInput : InputKey {
  using InputKey::InputKey;
};

// The same, asked for each side of the body.
struct SidedBooleanInput : InputKey {
  using InputKey::InputKey;
};
struct SidedQuantityInput : InputKey {
  std::string_view unit;
  constexpr SidedQuantityInput(std::string_view text, std::string_view ucum) : InputKey(text), unit(ucum) {}
};
struct SidedCodedInput : InputKey {
  using InputKey::InputKey;
};

// An answer of a coded input.
struct AnswerCode {
  std::string_view code;
};

}  // namespace condyle

#endif  // CONDYLE_SDK_INPUT_H_
