// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Options as callers in C give them, of whatever size, made into the host's.
#ifndef CONDYLE_HOST_EMBEDDING_OPTIONS_H_
#define CONDYLE_HOST_EMBEDDING_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stop_token>
#include <string>

#include "condyle/host.h"
#include "condyle/host/host.h"

// What the handle points to.
struct cndh_cancel {
  std::stop_source source;
};

namespace condyle::embedding {

// What came of reading options: CNDH_OK, or why not, for people.
struct OptionProblem {
  cndh_status status = CNDH_OK;
  std::string what;
};

// Larger structs are taken for garbage. Bytes.
inline constexpr uint32_t kLargestStruct = 4096;

OptionProblem CopySized(const void* given, uint32_t given_size, const char* name, void* own, size_t own_size);

// Copies a struct that starts with struct_size: a shorter one is filled up with 0, of a longer one the rest must be 0.
// NULL gives 0 throughout.
template <typename Struct>
OptionProblem Copy(const Struct* given, const char* name, Struct* own) {
  *own = {};
  if (given == nullptr) return {};
  OptionProblem problem = CopySized(given, given->struct_size, name, own, sizeof(Struct));
  own->struct_size = sizeof(Struct);
  return problem;
}

OptionProblem Read(const cndh_options* given, HostOptions* options);
// deliver is not among them.
OptionProblem Read(const cndh_consult_options& given, ConsultOptions* options);
OptionProblem Read(const cndh_what_if_options* given, WhatIfOptions* options);
OptionProblem Read(const cndh_override* given, AdviceOverride* advice);
OptionProblem Read(const cndh_feedback* given, CardFeedback* report);

// Empty for NULL.
inline std::string Text(const char* text) { return text == nullptr ? std::string() : std::string(text); }

}  // namespace condyle::embedding

#endif  // CONDYLE_HOST_EMBEDDING_OPTIONS_H_
