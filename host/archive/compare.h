// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Finds the fields in which two messages differ, and names them so that a person finds them.
#ifndef CONDYLE_HOST_ARCHIVE_COMPARE_H_
#define CONDYLE_HOST_ARCHIVE_COMPARE_H_

#include <google/protobuf/message.h>

#include <vector>

#include "condyle/v1/consultation.pb.h"

namespace condyle {

// One line per field that differs, in the order of the fields; empty if the messages are equal. Both must be of one
// type of package condyle.v1.
//
// Paths are as in canonical JSON. Elements of lists are matched by what names them, and not by their place: by id, key,
// tag, phase or code, and side ("recommendations[safety_net].text", "evidence[exam.faber, left].statement"), else by
// their wording. What only one of the two has is one line for the whole element, with an empty text on the other side;
// another order is one line for the list. Numbers are equal if their bits are.
//
// Thread-safe.
std::vector<v1::Difference> Compare(const google::protobuf::Message& current,
                                    const google::protobuf::Message& candidate);

}  // namespace condyle

#endif  // CONDYLE_HOST_ARCHIVE_COMPARE_H_
