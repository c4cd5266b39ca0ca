// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether back pain meets criteria for referral for suspected axial spondyloarthritis: NICE NG65, and ASAS 2009 beside
// it.
#ifndef CONDYLE_PLUGINS_SACROILIITIS_AXSPA_PATH_H_
#define CONDYLE_PLUGINS_SACROILIITIS_AXSPA_PATH_H_

#include <optional>

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "condyle/sdk/truth.h"

namespace condyle::sacroiliitis {

struct AxspaReading {
  // False once axial spondyloarthritis is known: the path is not asked, and met is false.
  bool applies = true;
  // Recorded, or age less duration.
  std::optional<double> onset_years;

  Truth nice_entry = Truth::kUnknown;  // longer than 3 months, onset before 45
  Count nice_items;                    // of nine
  Truth hla_b27 = Truth::kUnknown;
  Truth nice = Truth::kUnknown;

  Truth asas_entry = Truth::kUnknown;  // at least 3 months, onset before 45
  Truth imaging = Truth::kUnknown;     // sacroiliitis on imaging, as runners and women after birth are to be read
  Count asas_features;                 // without HLA-B27
  Truth imaging_arm = Truth::kUnknown;
  Truth clinical_arm = Truth::kUnknown;
  Truth asas = Truth::kUnknown;

  // Inflammatory back pain by three sets, for back pain of at least 3 months only.
  Truth asas_ibp = Truth::kUnknown;
  Truth berlin_ibp = Truth::kUnknown;
  Truth calin_ibp = Truth::kUnknown;

  // NICE; ASAS makes it true, never false.
  Truth met = Truth::kUnknown;
};

AxspaReading ReadAxspa(const Findings& findings);

// Asks for every unknown input that could change the path.
void AskAxspa(const Findings& findings, const AxspaReading& axspa, Answer& answer);

}  // namespace condyle::sacroiliitis

#endif  // CONDYLE_PLUGINS_SACROILIITIS_AXSPA_PATH_H_
