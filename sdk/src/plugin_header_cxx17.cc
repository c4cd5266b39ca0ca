// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Compiled as strict C++17: noexcept is part of the table's types, so that a function that may throw does not fit.
#include <type_traits>

#include "condyle/plugin.h"

namespace {
[[maybe_unused]] cnd_status MayThrow(void*, cnd_bytes) { throw 1; }
}  // namespace

static_assert(!std::is_convertible_v<decltype(&MayThrow), decltype(cnd_sink::write)>);
