// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A handle never changes what it shares.
#include "condyle/host/shared_consultation.h"

#include <gtest/gtest.h>

#include <optional>

namespace condyle {
namespace {

std::shared_ptr<const v1::Consultation> Some() {
  auto message = std::make_shared<v1::Consultation>();
  message->set_case_id("shared");
  return message;
}

TEST(SharedConsultation, ReadsLikeAnOptional) {
  SharedConsultation none;
  EXPECT_FALSE(none);
  EXPECT_FALSE(none.has_value());
  EXPECT_THROW(none.value(), std::bad_optional_access);
  SharedConsultation some(Some());
  EXPECT_TRUE(some.has_value());
  EXPECT_EQ(some->case_id(), "shared");
  EXPECT_EQ((*some).case_id(), "shared");
  EXPECT_EQ(some.value().case_id(), "shared");
  some.reset();
  EXPECT_FALSE(some);
}

TEST(SharedConsultation, CopiesBeforeItIsChanged) {
  const std::shared_ptr<const v1::Consultation> shared = Some();
  SharedConsultation handle(shared);
  handle.Mutable().set_case_id("own");
  EXPECT_EQ(shared->case_id(), "shared");
  EXPECT_EQ(handle->case_id(), "own");
  const v1::Consultation* const own = &*handle;
  EXPECT_EQ(&handle.Mutable(), own) << "copied once";
  const SharedConsultation other = handle;
  handle.Mutable().set_case_id("changed");
  EXPECT_EQ(other->case_id(), "own");
  EXPECT_EQ(handle->case_id(), "changed");
}

TEST(SharedConsultation, IsFilledIn) {
  SharedConsultation handle(Some());
  EXPECT_EQ(handle.emplace().case_id(), "");
  handle.Mutable().set_case_id("new");
  EXPECT_EQ(handle->case_id(), "new");
}

}  // namespace
}  // namespace condyle
