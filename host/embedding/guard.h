// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The border to C: no exception crosses it, and each call has its result.
#ifndef CONDYLE_HOST_EMBEDDING_GUARD_H_
#define CONDYLE_HOST_EMBEDDING_GUARD_H_

#include <memory>
#include <new>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "condyle/host.h"
#include "host/embedding/options.h"
#include "host/embedding/result.h"

namespace condyle::embedding {

// What `body` returns, or why it threw.
template <typename Body>
cndh_status NothingThrown(Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return CNDH_EXHAUSTED;
  } catch (...) {
    return CNDH_INTERNAL;
  }
}

// Makes a result, has `body` fill it, and gives it to the caller, who may want none if `optional`.
template <typename Body>
cndh_status WithResult(cndh_result** out, bool optional, Body&& body) noexcept {
  if (out != nullptr) *out = nullptr;
  if (out == nullptr && !optional) return CNDH_MISUSE;
  return NothingThrown([&] {
    auto result = std::make_unique<cndh_result>();
    cndh_status status = CNDH_OK;
    try {
      status = body(*result);
    } catch (const std::bad_alloc&) {
      status = result->Fail(CNDH_EXHAUSTED, "out of memory");
    } catch (...) {
      // Its words may quote anything.
      status = result->Fail(CNDH_INTERNAL, "Condyle itself failed with an exception");
    }
    if (out != nullptr) *out = result.release();
    return status;
  });
}

inline cndh_status FailWith(OptionProblem problem, Result& result) {
  return result.Fail(problem.status, std::move(problem.what));
}

}  // namespace condyle::embedding

#endif  // CONDYLE_HOST_EMBEDDING_GUARD_H_
