// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads JSON values with the place of each, so that a refusal can point at it.
#ifndef CONDYLE_HOST_INTAKE_JSON_H_
#define CONDYLE_HOST_INTAKE_JSON_H_

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/intake/draft.h"

namespace condyle::intake {

using Json = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

// A JSON pointer as a chain of steps on the stack: costs nothing until it is written out. Must not outlive its parent
// or the name.
class JsonPath {
 public:
  JsonPath() = default;
  JsonPath(const JsonPath& parent, std::string_view member) : parent_(&parent), step_{member, 0, false} {}
  JsonPath(const JsonPath& parent, size_t index) : parent_(&parent), step_{{}, index, true} {}
  JsonPath(const JsonPath&) = delete;
  JsonPath& operator=(const JsonPath&) = delete;

  std::string ToString() const;

  // A step as it can be kept: names must outlive the keeper.
  struct Step {
    std::string_view member;
    size_t index = 0;
    bool is_index = false;
  };
  // Appends the steps from the root to here.
  void AppendTo(std::vector<Step>* steps) const;
  static std::string ToString(const Step* begin, const Step* end);

 private:
  const JsonPath* parent_ = nullptr;
  Step step_;
};

// Parses. The element lives until the next call on the same thread. Escaped NUL characters are refused.
Problem ParseJson(std::string_view bytes, size_t max_depth, Json* root);

// The value as the named type, or a refusal that says what it is instead.
Problem ReadString(const Json& value, const JsonPath& path, std::string_view* text);
Problem ReadBool(const Json& value, const JsonPath& path, bool* boolean);
Problem ReadNumber(const Json& value, const JsonPath& path, double* number);
Problem ReadObject(const Json& value, const JsonPath& path, JsonObject* object);
Problem ReadArray(const Json& value, const JsonPath& path, JsonArray* array);

Problem RefuseDuplicateMember(const JsonPath& path, std::string_view name);

// Values of the named members. Null counts as absent; a named member that is there twice is refused; any other is given
// to `unknown(name)`, which may refuse it.
template <size_t N, typename Unknown>
Problem ReadMembers(const JsonObject& object, const std::array<std::string_view, N>& names, const JsonPath& path,
                    std::array<std::optional<Json>, N>* values, const Unknown& unknown) {
  static_assert(N <= 64);
  uint64_t seen = 0;
  for (const simdjson::dom::key_value_pair member : object) {
    size_t i = 0;
    // Length and first character tell most names apart without a call.
    while (i < N &&
           (names[i].size() != member.key.size() || names[i].front() != member.key.front() || names[i] != member.key))
      ++i;
    if (i == N) {
      if (Problem problem = unknown(member.key)) return problem;
      continue;
    }
    if (seen >> i & 1) return RefuseDuplicateMember(path, member.key);
    seen |= uint64_t{1} << i;
    if (!member.value.is_null()) (*values)[i] = member.value;
  }
  return std::nullopt;
}

inline Problem IgnoreUnknown(std::string_view) { return std::nullopt; }

}  // namespace condyle::intake

#endif  // CONDYLE_HOST_INTAKE_JSON_H_
