// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The shim between the C interface and a plugin's function.
#include "condyle/sdk/plugin.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <string>

#include "condyle/v1/assessment.pb.h"

namespace {

constexpr condyle::BooleanInput kThrow{"throw"}, kOther{"throw_other"}, kMemory{"throw_memory"};

void Assess(const condyle::Findings& findings, const condyle::Call& call, condyle::Answer& answer) {
  if (condyle::IsTrue(findings.Is(kThrow))) throw std::runtime_error("on purpose");
  if (condyle::IsTrue(findings.Is(kOther))) throw 42;
  if (condyle::IsTrue(findings.Is(kMemory))) throw std::bad_alloc();
  answer.SetStatus(condyle::v1::STATUS_NEGATIVE);
  answer.SetSummary(std::to_string(call.as_of_unix_ns()));
}

}  // namespace

CONDYLE_PLUGIN(Assess, "shim", "1.0.0");

namespace {

struct Sink {
  std::string bytes, error;
  cnd_status refuse = CND_OK;
};

cnd_status Write(void* ctx, cnd_bytes chunk) noexcept {
  auto* sink = static_cast<Sink*>(ctx);
  sink->bytes.append(reinterpret_cast<const char*>(chunk.data), chunk.size);
  return sink->refuse;
}
void Fail(void* ctx, cnd_status, cnd_bytes text) noexcept {
  static_cast<Sink*>(ctx)->error.assign(reinterpret_cast<const char*>(text.data), text.size);
}

class ShimTest : public ::testing::Test {
 protected:
  ShimTest() {
    host_.struct_size = sizeof(host_);
    host_.abi_major = CND_ABI_MAJOR;
    plugin_ = condyle_entry_v1(&host_);
    call_.struct_size = sizeof(call_);
    call_.as_of_unix_ns = 7;
  }
  ~ShimTest() override {
    if (plugin_ != nullptr) plugin_->destroy(instance_);
  }

  cnd_status Ask(const std::string& request) {
    if (instance_ == nullptr) {
      EXPECT_EQ(plugin_->create(&host_, {nullptr, 0}, &instance_, &sink_), CND_OK);
    }
    received_.bytes.clear();
    received_.error.clear();
    return plugin_->assess(instance_, &call_, {reinterpret_cast<const uint8_t*>(request.data()), request.size()},
                           &sink_);
  }
  static std::string With(const char* key) {
    condyle::v1::AssessmentRequest request;
    request.add_findings()->set_key(key);
    request.mutable_findings(0)->set_present(true);
    return request.SerializeAsString();
  }

  cnd_host host_ = {};
  const cnd_plugin* plugin_ = nullptr;
  cnd_instance* instance_ = nullptr;
  cnd_call call_ = {};
  Sink received_;
  cnd_sink sink_ = {sizeof(cnd_sink), 0, &received_, Write, Fail};
};

TEST_F(ShimTest, AnswersWithAnAssessment) {
  ASSERT_EQ(Ask(""), CND_OK) << received_.error;
  condyle::v1::Assessment assessment;
  ASSERT_TRUE(assessment.ParseFromString(received_.bytes));
  EXPECT_EQ(assessment.plugin_id(), "shim");
  EXPECT_EQ(assessment.summary(), "7");
  EXPECT_TRUE(plugin_->flags & CND_FLAG_DETERMINISTIC);
}

TEST_F(ShimTest, TurnsAnyThrowIntoAStatusAndAnswersAgainAfterwards) {
  EXPECT_EQ(Ask(With("throw")), CND_INTERNAL);
  EXPECT_EQ(received_.error, "on purpose");
  EXPECT_EQ(Ask(With("throw_other")), CND_INTERNAL);
  EXPECT_EQ(Ask(With("throw_memory")), CND_EXHAUSTED);
  EXPECT_EQ(Ask(""), CND_OK);
}

TEST_F(ShimTest, RefusesBytesThatAreNoRequest) {
  EXPECT_EQ(Ask("\xff\xff\xff"), CND_INVALID_INPUT);
  EXPECT_NE(received_.error.find("AssessmentRequest"), std::string::npos);
}

TEST_F(ShimTest, PassesOnWhatTheSinkSays) {
  received_.refuse = CND_EXHAUSTED;
  EXPECT_EQ(Ask(""), CND_EXHAUSTED);
}

TEST_F(ShimTest, StopsWhenCancelled) {
  const uint32_t cancel = 1;
  call_.cancel = &cancel;
  EXPECT_EQ(Ask(""), CND_CANCELLED);
}

TEST_F(ShimTest, RefusesMisuse) {
  EXPECT_EQ(plugin_->create(&host_, {nullptr, 0}, nullptr, &sink_), CND_MISUSE);
  EXPECT_EQ(plugin_->assess(nullptr, &call_, {nullptr, 0}, &sink_), CND_MISUSE);
  plugin_->destroy(nullptr);
}

TEST_F(ShimTest, TakesNoConfiguration) {
  const uint8_t byte = 1;
  cnd_instance* instance = nullptr;
  EXPECT_EQ(plugin_->create(&host_, {&byte, 1}, &instance, &sink_), CND_UNSUPPORTED);
  EXPECT_EQ(instance, nullptr);
}

TEST_F(ShimTest, RefusesAnotherMajorAndAcceptsANewerMinor) {
  host_.abi_major = CND_ABI_MAJOR + 1;
  EXPECT_EQ(condyle_entry_v1(&host_), nullptr);
  host_.abi_major = CND_ABI_MAJOR;
  host_.abi_minor = 99;
  host_.struct_size = sizeof(host_) + 64;
  EXPECT_EQ(condyle_entry_v1(&host_), plugin_);
  EXPECT_EQ(condyle_entry_v1(nullptr), nullptr);
}

TEST_F(ShimTest, GivesNoExtension) { EXPECT_EQ(plugin_->extension("condyle.example/1"), nullptr); }

}  // namespace
