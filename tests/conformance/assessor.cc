// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The host's own parts, without dispatcher and reconciliation.
#include "tests/conformance/assessor.h"

#include <stdexcept>
#include <utility>
#include <variant>

#include "host/intake/intake.h"
#include "tests/end_to_end/support/build_paths.h"

namespace condyle::tests {
namespace {

constexpr size_t kMaxAnswerBytes = 4u << 20;

}  // namespace

Assessor::Assessor() : catalog_(DiscoverPlugins({kPluginFolder})), builder_(catalog_) {
  for (const PluginFile& plugin : catalog_.plugins) {
    std::string error;
    libraries_.push_back(PluginLibrary::Load(plugin.path, &error));
    if (libraries_.back() == nullptr) throw std::runtime_error(plugin.path + ": " + error);
    instances_.push_back(NewInstance(instances_.size()));
  }
}

std::unique_ptr<PluginInstance> Assessor::NewInstance(size_t plugin) const {
  std::string error;
  std::unique_ptr<PluginInstance> instance = libraries_.at(plugin)->Create({}, &error);
  if (instance == nullptr) throw std::runtime_error(catalog_.plugins[plugin].path + ": " + error);
  return instance;
}

std::optional<Requests> Assessor::Prepare(const v1::Case& patient_case) const {
  const IntakeResult result = CheckCase(patient_case, catalog_.inputs, {});
  const CheckedCase* checked = std::get_if<CheckedCase>(&result);
  if (checked == nullptr) return std::nullopt;
  return Requests{builder_.Build(checked->value), UnixNanoseconds(checked->value.as_of()).value()};
}

std::string Assessor::Ask(size_t plugin, const Requests& requests) {
  return AskInstance(*instances_.at(plugin), plugin, requests);
}

std::string AskInstance(PluginInstance& instance, size_t plugin, const Requests& requests) {
  cnd_call call{};
  call.struct_size = sizeof(call);
  call.as_of_unix_ns = requests.as_of_unix_ns;
  std::string response;
  const AssessResult result = instance.Assess(call, requests.bytes.at(plugin), kMaxAnswerBytes, &response);
  if (result.status != CND_OK) throw std::runtime_error(std::string(StatusName(result.status)) + ": " + result.error);
  return response;
}

}  // namespace condyle::tests
