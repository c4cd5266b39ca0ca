// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Whatever is thrown, callers in C get a status and a result.
#include "host/embedding/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <new>
#include <stdexcept>

namespace condyle::embedding {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Throw {
  const char* name;
  std::function<void()> what;
  cndh_status status;
};
class Thrown : public testing::TestWithParam<Throw> {};

TEST_P(Thrown, BecomesAStatusWithAResult) {
  cndh_result* made = nullptr;
  const auto body = [](cndh_result&) -> cndh_status {
    GetParam().what();
    return CNDH_OK;
  };
  EXPECT_EQ(WithResult(&made, false, body), GetParam().status);
  ASSERT_NE(made, nullptr);
  const std::unique_ptr<cndh_result> result(made);
  EXPECT_EQ(result->status(), GetParam().status);
  EXPECT_THAT(result->error(), Not(HasSubstr("Jane")));
  EXPECT_FALSE(result->error().empty());
}

TEST_P(Thrown, BecomesAStatusWhereNoResultIsWanted) {
  const auto body = [](cndh_result&) -> cndh_status {
    GetParam().what();
    return CNDH_OK;
  };
  EXPECT_EQ(WithResult(nullptr, true, body), GetParam().status);
}

TEST_P(Thrown, BecomesAStatusWhileAFormatIsMade) {
  cndh_result result;
  result.AddFormat("bad", []() -> std::string {
    GetParam().what();
    return "";
  });
  cndh_bytes bytes;
  EXPECT_EQ(cndh_result_get(&result, "bad", &bytes), GetParam().status);
  EXPECT_EQ(bytes.size, 0u);
  EXPECT_EQ(cndh_result_get(&result, "bad", &bytes), GetParam().status) << "the result stays usable";
}

INSTANTIATE_TEST_SUITE_P(All, Thrown,
                         testing::Values(Throw{"NoMemory", [] { throw std::bad_alloc(); }, CNDH_EXHAUSTED},
                                         Throw{"Exception", [] { throw std::runtime_error("of Jane Doe"); },
                                               CNDH_INTERNAL},
                                         Throw{"SomethingElse", [] { throw 42; }, CNDH_INTERNAL}),
                         [](const auto& row) { return row.param.name; });

TEST(WithResult, IsMisuseWithoutAPlaceForIt) {
  bool ran = false;
  EXPECT_EQ(WithResult(nullptr, false,
                       [&](cndh_result&) {
                         ran = true;
                         return CNDH_OK;
                       }),
            CNDH_MISUSE);
  EXPECT_FALSE(ran);
}

struct Code {
  const char* name;
  absl::StatusCode code;
  cndh_status status;
};
class Codes : public testing::TestWithParam<Code> {};

TEST_P(Codes, HaveAStatus) { EXPECT_EQ(StatusOf(absl::Status(GetParam().code, "x")), GetParam().status); }

INSTANTIATE_TEST_SUITE_P(
    All, Codes,
    testing::Values(Code{"Ok", absl::StatusCode::kOk, CNDH_OK},
                    Code{"InvalidArgument", absl::StatusCode::kInvalidArgument, CNDH_MISUSE},
                    Code{"NotFound", absl::StatusCode::kNotFound, CNDH_NOT_FOUND},
                    Code{"Unimplemented", absl::StatusCode::kUnimplemented, CNDH_UNSUPPORTED},
                    Code{"FailedPrecondition", absl::StatusCode::kFailedPrecondition, CNDH_UNAVAILABLE},
                    Code{"Unavailable", absl::StatusCode::kUnavailable, CNDH_UNAVAILABLE},
                    Code{"ResourceExhausted", absl::StatusCode::kResourceExhausted, CNDH_EXHAUSTED},
                    Code{"Internal", absl::StatusCode::kInternal, CNDH_INTERNAL},
                    Code{"DataLoss", absl::StatusCode::kDataLoss, CNDH_INTERNAL}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace condyle::embedding
