// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What one feature alone makes of the probability of axial spondyloarthritis. Never a product: the features are not
// independent (criteria B.2, correction 3).
#ifndef CONDYLE_PLUGINS_SACROILIITIS_LIKELIHOOD_H_
#define CONDYLE_PLUGINS_SACROILIITIS_LIKELIHOOD_H_

#include <optional>
#include <string>

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "condyle/sdk/likelihood.h"
#include "plugins/sacroiliitis/axspa_path.h"
#include "plugins/sacroiliitis/infection_path.h"

namespace condyle::sacroiliitis {

// Likelihood ratio of a feature in rheumatology clinics, and in primary care where a cohort gives one (else 0).
struct FeatureRatio {
  Ratio clinic = {};
  double primary_care = 0;
};

// From kAxspaBefore. Point: the clinics. Low end: primary care, else the lower end of the clinics' interval, else the
// probability before. High end: the upper end of that interval, else the point. A ratio below 1 mirrors it.
Share AfterOne(const FeatureRatio& ratio);

// "; alone, from 5 per cent before: 21 per cent (9 in primary care)".
std::string AloneInWords(const FeatureRatio& ratio);

FeatureRatio HlaB27Ratio(const Findings& findings, bool positive);
// Of the MRI as it reads in this patient: runners and women after birth have oedema without the disease. Empty where
// what would correct it is not known, or where no study gives a figure.
std::optional<Ratio> MriRatio(const Findings& findings);

// The probability by the single strongest feature present, or why there is none. Only for an entry that is met.
struct AxspaProbability {
  std::optional<Share> after;
  // In words: the basis, or the reason for giving none; empty where the question does not arise.
  std::string text;
};
AxspaProbability ReadProbability(const Findings& findings, const InfectionReading& infection,
                                 const AxspaReading& axspa);

}  // namespace condyle::sacroiliitis

#endif  // CONDYLE_PLUGINS_SACROILIITIS_LIKELIHOOD_H_
