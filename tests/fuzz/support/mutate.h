// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Changes messages where a change of bytes would seldom leave a message.
#ifndef CONDYLE_TESTS_FUZZ_SUPPORT_MUTATE_H_
#define CONDYLE_TESTS_FUZZ_SUPPORT_MUTATE_H_

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "tests/fuzz/support/random.h"

namespace condyle::fuzz {

// Makes one to four random changes: scalars take values at the edges, texts those of `words`, of other places of the
// message, or hostile ones; elements of lists are doubled, dropped, moved; messages appear and vanish. At most about
// 200 elements are added to a list. The result can always be serialised.
void Mutate(google::protobuf::Message* message, const std::vector<std::string>& words, Random& random);

}  // namespace condyle::fuzz

#endif  // CONDYLE_TESTS_FUZZ_SUPPORT_MUTATE_H_
