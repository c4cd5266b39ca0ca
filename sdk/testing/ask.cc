// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The smallest possible host. Apart from the builder, since only programs that hold a plugin can link it.
#include <gtest/gtest.h>

#include <string>

#include "condyle/plugin.h"
#include "condyle/testing/patient.h"
#include "condyle/v1/assessment.pb.h"

namespace condyle::testing {
namespace {

struct Received {
  std::string bytes;
  std::string error;
};

cnd_status Write(void* ctx, cnd_bytes chunk) noexcept {
  static_cast<Received*>(ctx)->bytes.append(reinterpret_cast<const char*>(chunk.data), chunk.size);
  return CND_OK;
}

void Fail(void* ctx, cnd_status, cnd_bytes text) noexcept {
  static_cast<Received*>(ctx)->error.assign(reinterpret_cast<const char*>(text.data), text.size);
}

void Log(void*, int32_t, cnd_bytes) noexcept {}
uint64_t MonoNs(void*) noexcept { return 0; }
const void* Extension(void*, const char*) noexcept { return nullptr; }

}  // namespace

v1::Assessment Ask(const Patient& patient) { return Ask(patient.request()); }

v1::Assessment Ask(const v1::AssessmentRequest& request) {
  static constexpr cnd_host kHost = {sizeof(cnd_host), CND_ABI_MAJOR, CND_ABI_MINOR, 0,
                                     nullptr,          Log,           MonoNs,        Extension};
  v1::Assessment assessment;
  const cnd_plugin* plugin = condyle_entry_v1(&kHost);
  if (plugin == nullptr) {
    ADD_FAILURE() << "the plugin refuses this host";
    return assessment;
  }
  Received received[2];
  cnd_sink sinks[2];
  for (int i = 0; i < 2; ++i) sinks[i] = {sizeof(cnd_sink), 0, &received[i], Write, Fail};
  cnd_instance* instance = nullptr;
  if (plugin->create(&kHost, {nullptr, 0}, &instance, &sinks[0]) != CND_OK) {
    ADD_FAILURE() << "create: " << received[0].error;
    return assessment;
  }
  const std::string bytes = request.SerializeAsString();
  cnd_call call = {};
  call.struct_size = sizeof(call);
  call.as_of_unix_ns = 1777626000000000000;  // 2026-05-01T09:00:00Z
  for (int i = 0; i < 2; ++i) {
    const cnd_status status =
        plugin->assess(instance, &call, {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, &sinks[i]);
    EXPECT_EQ(status, CND_OK) << "assess: " << received[i].error;
  }
  plugin->destroy(instance);
  EXPECT_EQ(received[0].bytes, received[1].bytes) << "the same request gave different bytes";
  EXPECT_TRUE(assessment.ParseFromString(received[0].bytes)) << "the answer is no condyle.v1.Assessment";
  return assessment;
}

}  // namespace condyle::testing
