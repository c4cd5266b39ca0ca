// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a worker says of its sandbox when it is ready.
#ifndef CONDYLE_HOST_DISPATCH_SANDBOX_PROBE_H_
#define CONDYLE_HOST_DISPATCH_SANDBOX_PROBE_H_

#include <optional>
#include <string_view>

#include "host/worker/sandbox_level.h"

namespace condyle {

// The sandbox in the payload of a kReady; nothing if a worker of another build sent it.
std::optional<SandboxState> ReadySandbox(std::string_view payload);

}  // namespace condyle

#endif  // CONDYLE_HOST_DISPATCH_SANDBOX_PROBE_H_
