// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The consultation in paragraphs, whatever they are made into.
#ifndef CONDYLE_HOST_REPORT_TEXT_REPORT_H_
#define CONDYLE_HOST_REPORT_TEXT_REPORT_H_

#include "condyle/v1/consultation.pb.h"
#include "host/report/text_layout.h"

namespace condyle {

// What matters, then, if asked for, the basis of every line.
void WriteReport(const v1::Consultation& consultation, bool basis, ReportPage& page);

}  // namespace condyle

#endif  // CONDYLE_HOST_REPORT_TEXT_REPORT_H_
