// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The parts of the text report on risks, scores and stages of care.
#ifndef CONDYLE_HOST_REPORT_TEXT_PATHWAY_H_
#define CONDYLE_HOST_REPORT_TEXT_PATHWAY_H_

#include "condyle/v1/consultation.pb.h"
#include "host/report/text_layout.h"

namespace condyle {

// For the first screen: risks, and the stage that each pathway stands at, with what is still open before the next.
void WriteWhereItStands(const v1::Consultation& consultation, ReportPage& page);

// For the basis: every risk, score and stage of one assessment with its criteria and sources.
void WriteDepth(const v1::Consultation& consultation, const v1::Assessment& assessment, ReportPage& page);

}  // namespace condyle

#endif  // CONDYLE_HOST_REPORT_TEXT_PATHWAY_H_
