// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// JSON pointers into a message as if it were its canonical JSON, without making that.
#ifndef CONDYLE_HOST_EMBEDDING_POINTER_H_
#define CONDYLE_HOST_EMBEDDING_POINTER_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "condyle/host.h"

namespace condyle::embedding {

// The value there, as cndh_result_at has it. A field that is merely at its default is there; one that has presence and
// is absent is not. CNDH_MISUSE for a list and for what is no pointer. Thread-safe.
cndh_status ValueAt(const google::protobuf::Message& document, std::string_view pointer, std::string* value);

// As cndh_result_count. CNDH_MISUSE if there is something that is no list.
cndh_status CountAt(const google::protobuf::Message& document, std::string_view pointer, uint64_t* count);

}  // namespace condyle::embedding

#endif  // CONDYLE_HOST_EMBEDDING_POINTER_H_
