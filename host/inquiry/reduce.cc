// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Leaves out ever smaller parts as long as that is possible.
#include "host/inquiry/reduce.h"

#include <algorithm>

namespace condyle::inquiry {

Changes Reduce(Changes changes, const std::function<bool(const Changes&)>& holds, const std::function<bool()>& stop) {
  size_t part = (changes.size() + 1) / 2;
  while (part > 0 && changes.size() > 1) {
    bool smaller = false;
    for (size_t from = 0; from < changes.size() && !stop();) {
      const size_t to = std::min(from + part, changes.size());
      Changes rest(changes.begin(), changes.begin() + static_cast<ptrdiff_t>(from));
      rest.insert(rest.end(), changes.begin() + static_cast<ptrdiff_t>(to), changes.end());
      if (!rest.empty() && holds(rest)) {
        changes = std::move(rest);  // the next part has moved to `from`
        smaller = true;
      } else {
        from = to;
      }
    }
    if (stop()) break;
    // At one by one, go round until nothing can be left out.
    if (part > 1) {
      part = std::min((part + 1) / 2, changes.size());
    } else if (!smaller) {
      break;
    }
  }
  return changes;
}

}  // namespace condyle::inquiry
