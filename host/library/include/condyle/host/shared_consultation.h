// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A consultation as a host gives it back: to be read, or copied.
#ifndef CONDYLE_HOST_SHARED_CONSULTATION_H_
#define CONDYLE_HOST_SHARED_CONSULTATION_H_

#include <memory>
#include <optional>
#include <utility>

#include "condyle/v1/consultation.pb.h"

namespace condyle {

// Reads like a std::optional<const v1::Consultation>. What many consultations have in common is in memory once, so none
// of them can be changed in place; a copy is a message like any other. Copying the handle copies nothing. Stays whole
// after its host is gone. Reading is thread-safe.
class SharedConsultation {
 public:
  SharedConsultation() = default;
  // The message must not change any more. Null: none.
  explicit SharedConsultation(std::shared_ptr<const v1::Consultation> message) : message_(std::move(message)) {}

  bool has_value() const { return message_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  // Only if there is one.
  const v1::Consultation& operator*() const { return *message_; }
  const v1::Consultation* operator->() const { return message_.get(); }
  // Throws std::bad_optional_access if there is none.
  const v1::Consultation& value() const {
    if (message_ == nullptr) throw std::bad_optional_access();
    return *message_;
  }

  void reset() {
    message_.reset();
    own_ = false;
  }
  // An empty one, to be filled in.
  v1::Consultation& emplace() {
    reset();
    return Mutable();
  }
  // A copy of what is shared takes its place (made once). Valid until the handle is copied or changed.
  v1::Consultation& Mutable() {
    if (!own_ || message_.use_count() != 1) {
      message_ =
          message_ == nullptr ? std::make_shared<v1::Consultation>() : std::make_shared<v1::Consultation>(*message_);
      own_ = true;
    }
    return const_cast<v1::Consultation&>(*message_);  // made here, and not const
  }

 private:
  std::shared_ptr<const v1::Consultation> message_;
  // Mutable() made it.
  bool own_ = false;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_SHARED_CONSULTATION_H_
