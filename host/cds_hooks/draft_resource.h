// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// FHIR R4 resources that a card offers: drafts, proposals, provisional conditions.
#ifndef CONDYLE_HOST_CDS_HOOKS_DRAFT_RESOURCE_H_
#define CONDYLE_HOST_CDS_HOOKS_DRAFT_RESOURCE_H_

#include <string_view>

#include "host/cds_hooks/card.h"
#include "host/questionnaire/json_writer.h"

namespace condyle::cds {

// FHIR's Coding, which is also that of CDS Hooks. display may be empty.
void WriteCoding(JsonWriter& out, std::string_view system, std::string_view code, std::string_view display);

// Not for a deletion, which has no resource.
void WriteResource(JsonWriter& out, const Draft& draft, const CdsRequest& request);

}  // namespace condyle::cds

#endif  // CONDYLE_HOST_CDS_HOOKS_DRAFT_RESOURCE_H_
