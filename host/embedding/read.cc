// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading and freeing results; cancelling.
#include <new>

#include "host/embedding/guard.h"

using condyle::embedding::BytesOf;
using condyle::embedding::NothingThrown;

namespace {

// Readable, and followed by a 0.
const cndh_bytes kNothing = {reinterpret_cast<const uint8_t*>(""), 0};

}  // namespace

extern "C" {

cndh_status cndh_result_status(const cndh_result* result) noexcept {
  return result == nullptr ? CNDH_MISUSE : result->status();
}

cndh_bytes cndh_result_error(const cndh_result* result) noexcept {
  return result == nullptr ? kNothing : BytesOf(result->error());
}

cndh_status cndh_result_refusal(const cndh_result* result, cndh_bytes* path, cndh_bytes* message) noexcept {
  if (path != nullptr) *path = kNothing;
  if (message != nullptr) *message = kNothing;
  if (result == nullptr) return CNDH_MISUSE;
  if (!result->refusal()) return CNDH_NOT_FOUND;
  if (path != nullptr) *path = BytesOf(result->refusal()->path);
  if (message != nullptr) *message = BytesOf(result->refusal()->message);
  return CNDH_OK;
}

cndh_status cndh_result_get(cndh_result* result, const char* format, cndh_bytes* bytes) noexcept {
  if (bytes != nullptr) *bytes = kNothing;
  if (result == nullptr || format == nullptr || bytes == nullptr) return CNDH_MISUSE;
  return NothingThrown([&] { return result->Get(format, bytes); });
}

cndh_bytes cndh_result_formats(const cndh_result* result) noexcept {
  return result == nullptr ? kNothing : BytesOf(result->formats());
}

cndh_status cndh_result_at(cndh_result* result, const char* pointer, cndh_bytes* value) noexcept {
  if (value != nullptr) *value = kNothing;
  if (result == nullptr || pointer == nullptr || value == nullptr) return CNDH_MISUSE;
  return NothingThrown([&] { return result->At(pointer, value); });
}

cndh_status cndh_result_count(const cndh_result* result, const char* pointer, uint64_t* count) noexcept {
  if (count != nullptr) *count = 0;
  if (result == nullptr || pointer == nullptr || count == nullptr) return CNDH_MISUSE;
  return NothingThrown([&] { return result->Count(pointer, count); });
}

int32_t cndh_result_cancelled(const cndh_result* result) noexcept {
  return result != nullptr && result->cancelled() ? 1 : 0;
}

cndh_status cndh_result_audit(const cndh_result* result, uint64_t* sequence, cndh_bytes* hash) noexcept {
  if (sequence != nullptr) *sequence = 0;
  if (hash != nullptr) *hash = kNothing;
  if (result == nullptr) return CNDH_MISUSE;
  if (!result->audit()) return CNDH_NOT_FOUND;
  if (sequence != nullptr) *sequence = result->audit()->sequence;
  if (hash != nullptr) *hash = BytesOf(result->audit()->hash);
  return CNDH_OK;
}

void cndh_result_free(cndh_result* result) noexcept { delete result; }

cndh_cancel* cndh_cancel_new(void) noexcept {
  cndh_cancel* cancel = nullptr;
  NothingThrown([&] {
    cancel = new cndh_cancel;
    return CNDH_OK;
  });
  return cancel;
}

void cndh_cancel_request(cndh_cancel* cancel) noexcept {
  NothingThrown([&] {
    if (cancel != nullptr) cancel->source.request_stop();
    return CNDH_OK;
  });
}

void cndh_cancel_free(cndh_cancel* cancel) noexcept { delete cancel; }

}  // extern "C"
