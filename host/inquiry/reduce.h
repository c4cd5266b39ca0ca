// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes a set of changes irreducible: delta debugging (Zeller and Hildebrandt 2002).
#ifndef CONDYLE_HOST_INQUIRY_REDUCE_H_
#define CONDYLE_HOST_INQUIRY_REDUCE_H_

#include <functional>

#include "host/inquiry/hypotheses.h"

namespace condyle::inquiry {

// A subset of `changes` for which `holds` is true and from which no single change can be left out. `holds` must be true
// of `changes`. Where `stop` says so it ends early, with what it has.
Changes Reduce(Changes changes, const std::function<bool(const Changes&)>& holds, const std::function<bool()>& stop);

}  // namespace condyle::inquiry

#endif  // CONDYLE_HOST_INQUIRY_REDUCE_H_
