// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads a Case in protobuf text format.
#ifndef CONDYLE_HOST_INTAKE_CASE_TEXT_H_
#define CONDYLE_HOST_INTAKE_CASE_TEXT_H_

#include <memory>
#include <string_view>

#include "host/intake/draft.h"

namespace condyle::intake {

// Places are "line:column", both counted from 1. Unknown and repeated fields are refused.
Problem ReadCaseText(std::string_view text, size_t max_depth, Draft* draft, std::unique_ptr<Places>* places);

}  // namespace condyle::intake

#endif  // CONDYLE_HOST_INTAKE_CASE_TEXT_H_
