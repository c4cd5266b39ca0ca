// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The part of the text report on candidate plugins.
#ifndef CONDYLE_HOST_REPORT_TEXT_SHADOW_H_
#define CONDYLE_HOST_REPORT_TEXT_SHADOW_H_

#include "condyle/v1/consultation.pb.h"
#include "host/report/text_layout.h"

namespace condyle {

// Where each candidate answers differently. Names fields, and none of the candidate's words: on a page that is read for
// advice they would pass for it. Nothing if there was no candidate.
void WriteShadow(const v1::Consultation& consultation, ReportPage& page);

}  // namespace condyle

#endif  // CONDYLE_HOST_REPORT_TEXT_SHADOW_H_
