// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Carries calls of the C interface to a plugin's function and turns whatever it throws into a status.
#include "condyle/sdk/plugin.h"

#include <google/protobuf/arena.h>

#include <exception>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <vector>

#include "condyle/v1/assessment_request.pb.h"

// Memory that is kept between calls, and nothing else: no call can see what an earlier one asked.
struct cnd_instance {
  explicit cnd_instance(const condyle::PluginDefinition* what) : definition(what) {}

  const condyle::PluginDefinition* definition;
  std::vector<char> arena_block = std::vector<char>(16 << 10);
  condyle::internal::DraftMemory drafts;
};

namespace condyle {

bool Call::Cancelled() const {
  return call_->cancel != nullptr && __atomic_load_n(call_->cancel, __ATOMIC_ACQUIRE) != 0;
}

namespace internal {
namespace {

cnd_status Fail(const cnd_sink* sink, cnd_status status, std::string_view text) noexcept {
  if (sink != nullptr && CND_HAS(sink, cnd_sink, fail)) {
    sink->fail(sink->ctx, status, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  return status;
}

// Runs `body`, which returns a status, and turns a throw into one.
template <typename Body>
cnd_status Guard(const cnd_sink* sink, Body body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return Fail(sink, CND_EXHAUSTED, "out of memory");
  } catch (const std::exception& e) {
    return Fail(sink, CND_INTERNAL, e.what());
  } catch (...) {
    return Fail(sink, CND_INTERNAL, "an exception of unknown type");
  }
}

}  // namespace

cnd_status Create(const PluginDefinition& definition, cnd_bytes config, cnd_instance** out,
                  const cnd_sink* err) noexcept {
  if (out == nullptr) return Fail(err, CND_MISUSE, "create: no place for the instance");
  if (config.size != 0) return Fail(err, CND_UNSUPPORTED, "this plugin takes no configuration");
  return Guard(err, [&] {
    *out = new cnd_instance(&definition);
    return CND_OK;
  });
}

cnd_status Assess(cnd_instance* instance, const cnd_call* call, cnd_bytes request, const cnd_sink* response) noexcept {
  if (instance == nullptr || call == nullptr || response == nullptr || !CND_HAS(response, cnd_sink, write)) {
    return Fail(response, CND_MISUSE, "assess: instance, call and sink are needed");
  }
  return Guard(response, [&]() -> cnd_status {
    if (request.size > static_cast<uint64_t>(std::numeric_limits<int>::max())) {
      return Fail(response, CND_INVALID_INPUT, "the request is larger than 2 GiB");
    }
    const std::string_view bytes(reinterpret_cast<const char*>(request.data), request.size);
    google::protobuf::Arena arena(instance->arena_block.data(), instance->arena_block.size());
    std::optional<Findings> findings = Findings::FromBytes(bytes);
    if (!findings) {
      auto* question = google::protobuf::Arena::CreateMessage<v1::AssessmentRequest>(&arena);
      if (!question->ParseFromArray(request.data, static_cast<int>(request.size))) {
        return Fail(response, CND_INVALID_INPUT, "the request is not a condyle.v1.AssessmentRequest");
      }
      findings.emplace(*question);
    }
    const Call this_call(call);
    instance->drafts.Clear();
    Answer answer(&instance->drafts, instance->definition->id, instance->definition->version, findings->as_of());
    instance->definition->assess(*findings, this_call, answer);
    if (this_call.Cancelled()) return Fail(response, CND_CANCELLED, "cancelled by the host");
    const std::string_view written = answer.Write();
    return response->write(response->ctx, {reinterpret_cast<const uint8_t*>(written.data()), written.size()});
  });
}

void Destroy(cnd_instance* instance) noexcept { delete instance; }

const void* NoExtension(const char*) noexcept { return nullptr; }

}  // namespace internal
}  // namespace condyle
