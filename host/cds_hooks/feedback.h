// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads what clients report of cards.
#ifndef CONDYLE_HOST_CDS_HOOKS_FEEDBACK_H_
#define CONDYLE_HOST_CDS_HOOKS_FEEDBACK_H_

#include <optional>
#include <string_view>
#include <vector>

#include "condyle/host/host.h"
#include "host/cds_hooks/outcome.h"

namespace condyle::cds {

// Service, user and organisation are set in none.
std::optional<Fault> ReadFeedback(std::string_view body, std::vector<CardFeedback>* reports);

}  // namespace condyle::cds

#endif  // CONDYLE_HOST_CDS_HOOKS_FEEDBACK_H_
