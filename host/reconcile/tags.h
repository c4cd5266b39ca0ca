// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Tags are hierarchical: what holds a tag holds all below it.
#ifndef CONDYLE_HOST_RECONCILE_TAGS_H_
#define CONDYLE_HOST_RECONCILE_TAGS_H_

#include <string_view>

namespace condyle {

// True if a constraint on `held` covers `tag`: the same tag, or one above it ("load" covers "load.running", and
// "load.run" does not).
inline bool TagCovers(std::string_view held, std::string_view tag) {
  return tag.size() >= held.size() && tag.compare(0, held.size(), held) == 0 &&
         (tag.size() == held.size() || tag[held.size()] == '.');
}

}  // namespace condyle

#endif  // CONDYLE_HOST_RECONCILE_TAGS_H_
