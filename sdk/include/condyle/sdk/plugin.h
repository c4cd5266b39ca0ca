// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes a plugin of one function.
//
//   void Assess(const condyle::Findings& findings, const condyle::Call& call, condyle::Answer& answer);
//   CONDYLE_PLUGIN(Assess, kPluginId, kPluginVersion)   // once, outside any namespace; the ids are generated
//
// The function must be pure: its answer may depend on nothing but its arguments. It may throw: the host is told that
// the plugin failed, with the text of a std::exception; keep patient data out of it.
#ifndef CONDYLE_SDK_PLUGIN_H_
#define CONDYLE_SDK_PLUGIN_H_

#include <cstdint>
#include <string_view>

#include "condyle/plugin.h"
#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"

namespace condyle {

// The call that is being answered. For plugins that compute for more than a few milliseconds.
class Call {
 public:
  explicit Call(const cnd_call* call) : call_(call) {}
  // True once the host wants the call to stop: return, the answer is thrown away. Look at least every 10 ms.
  bool Cancelled() const;
  // Nanoseconds since 1970-01-01 UTC: the moment of assessment.
  int64_t as_of_unix_ns() const { return call_->as_of_unix_ns; }

 private:
  const cnd_call* call_;
};

using AssessFunction = void (*)(const Findings& findings, const Call& call, Answer& answer);

// What CONDYLE_PLUGIN passes on.
struct PluginDefinition {
  AssessFunction assess;
  std::string_view id;
  std::string_view version;
};

namespace internal {

cnd_status Create(const PluginDefinition& definition, cnd_bytes config, cnd_instance** out,
                  const cnd_sink* err) noexcept;
cnd_status Assess(cnd_instance* instance, const cnd_call* call, cnd_bytes request, const cnd_sink* response) noexcept;
void Destroy(cnd_instance* instance) noexcept;
const void* NoExtension(const char* id) noexcept;

}  // namespace internal
}  // namespace condyle

#define CONDYLE_PLUGIN(assess_function, plugin_id, plugin_version)                                         \
  extern "C" const cnd_plugin* condyle_entry_v1(const cnd_host* host) noexcept {                           \
    static constexpr condyle::PluginDefinition kDefinition = {assess_function, plugin_id, plugin_version}; \
    static constexpr cnd_plugin kTable = {                                                                 \
        sizeof(cnd_plugin),                                                                                \
        CND_ABI_MAJOR,                                                                                     \
        CND_ABI_MINOR,                                                                                     \
        CND_FLAG_DETERMINISTIC,                                                                            \
        [](const cnd_host*, cnd_bytes config, cnd_instance** out, const cnd_sink* err) noexcept {          \
          return condyle::internal::Create(kDefinition, config, out, err);                                 \
        },                                                                                                 \
        condyle::internal::Assess,                                                                         \
        condyle::internal::Destroy,                                                                        \
        condyle::internal::NoExtension,                                                                    \
    };                                                                                                     \
    return host != nullptr && host->abi_major == CND_ABI_MAJOR ? &kTable : nullptr;                        \
  }                                                                                                        \
  static_assert(true, "")

#endif  // CONDYLE_SDK_PLUGIN_H_
