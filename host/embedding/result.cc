// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Results, and what is read out of them.
#include "host/embedding/result.h"

#include <algorithm>
#include <utility>

#include "host/embedding/pointer.h"
#include "host/report/report.h"

namespace condyle::embedding {

cndh_status StatusOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return CNDH_OK;
    case absl::StatusCode::kInvalidArgument:
      return CNDH_MISUSE;
    case absl::StatusCode::kNotFound:
      return CNDH_NOT_FOUND;
    case absl::StatusCode::kUnimplemented:
      return CNDH_UNSUPPORTED;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kUnavailable:
      return CNDH_UNAVAILABLE;
    case absl::StatusCode::kResourceExhausted:
      return CNDH_EXHAUSTED;
    default:
      return CNDH_INTERNAL;
  }
}

cndh_status Result::Fail(cndh_status status, std::string error) {
  status_ = status;
  error_ = std::move(error);
  return status_;
}

cndh_status Result::Refuse(InputRefusal refusal) {
  refusal_ = std::move(refusal);
  return Fail(CNDH_REFUSED, "the input was refused; cndh_result_refusal says where and why");
}

void Result::SetDocument(std::unique_ptr<google::protobuf::Message> document) {
  document_ = std::move(document);
  AddFormat("json", [this] { return ToJson(*document_); });
  AddFormat("protobuf", [this] { return document_->SerializeAsString(); });
}

void Result::AddFormat(std::string name, Maker maker) {
  if (!formats_.empty()) formats_ += ' ';
  formats_ += name;
  makers_.emplace_back(std::move(name), std::move(maker));
}

cndh_status Result::Get(const std::string& format, cndh_bytes* bytes) {
  if (makers_.empty()) return CNDH_NOT_FOUND;
  const auto maker =
      std::find_if(makers_.begin(), makers_.end(), [&](const auto& known) { return known.first == format; });
  if (maker == makers_.end()) return CNDH_UNSUPPORTED;
  const std::lock_guard lock(mutex_);
  auto made = made_.find(format);
  if (made == made_.end()) made = made_.emplace(format, maker->second()).first;
  *bytes = BytesOf(made->second);
  return CNDH_OK;
}

cndh_status Result::At(const std::string& pointer, cndh_bytes* value) {
  if (document_ == nullptr) return CNDH_NOT_FOUND;
  const std::lock_guard lock(mutex_);
  auto known = values_.find(pointer);
  if (known == values_.end()) {
    std::string text;
    if (const cndh_status status = ValueAt(*document_, pointer, &text); status != CNDH_OK) return status;
    known = values_.emplace(pointer, std::move(text)).first;
  }
  *value = BytesOf(known->second);
  return CNDH_OK;
}

cndh_status Result::Count(const std::string& pointer, uint64_t* count) const {
  return document_ == nullptr ? CNDH_NOT_FOUND : CountAt(*document_, pointer, count);
}

}  // namespace condyle::embedding
