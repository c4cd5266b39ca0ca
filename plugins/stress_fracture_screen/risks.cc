// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Risks by site, and the Triad score.
#include "plugins/stress_fracture_screen/risks.h"

#include <algorithm>
#include <string>

namespace condyle::stress_fracture_screen {
namespace {

constexpr std::string_view InWords(v1::RiskLevel level) {
  switch (level) {
    case v1::RISK_LEVEL_LOW:
      return "low";
    case v1::RISK_LEVEL_MODERATE:
      return "moderate";
    case v1::RISK_LEVEL_HIGH:
      return "high";
    default:
      return "none published for this site, so it stays open";
  }
}

// Of one axis. A site without a published level leaves the whole range open.
void AddRisk(const Reading& reading, std::string_view id, std::string_view text, v1::RiskLevel Site::*level,
             v1::Grade grade, const Citations& citations, Answer& answer) {
  v1::RiskLevel lowest = v1::RISK_LEVEL_HIGH, highest = v1::RISK_LEVEL_LOW;
  const auto possible = [&](const Site& site) { return reading.site == nullptr || reading.site == &site; };
  for (const Site& site : kSites) {
    if (!possible(site)) continue;
    const bool published = site.*level != v1::RISK_LEVEL_UNSPECIFIED;
    lowest = std::min(lowest, published ? site.*level : v1::RISK_LEVEL_LOW);
    highest = std::max(highest, published ? site.*level : v1::RISK_LEVEL_HIGH);
  }
  RiskBuilder risk = answer.AddRisk({id, text, lowest, highest}, grade, citations);
  for (const Site& site : kSites) {
    if (!possible(site)) continue;
    risk.Because((reading.site == &site ? "MRI names the " : "If at the ") + std::string(site.name) + ": " +
                 std::string(InWords(site.*level)));
  }
}

std::string_view BandName(TriadBand band) {
  switch (band) {
    case TriadBand::kLow:
      return "low band (0 to 1)";
    case TriadBand::kMiddle:
      return "middle band (2 to 5)";
    case TriadBand::kHigh:
      return "high band (6 or more)";
    default:
      return "";
  }
}
static_assert(kTriadMiddleBandAtLeast == 2 && kTriadHighBandAtLeast == 6);

}  // namespace

void AddRisks(const Reading& reading, Answer& answer) {
  AddRisk(reading, "complication_risk", "Trouble with healing (says nothing of bone health)", &Site::complication_risk,
          v1::GRADE_COHORT, cite::Hoenig2023, answer);
  AddRisk(reading, "bone_health_risk", "What the injury says of bone health (says nothing of healing)",
          &Site::bone_health_risk, v1::GRADE_GUIDELINE, {cite::Mountjoy2023, cite::DeSouza2014}, answer);
}

void AddTriadScore(const TriadReading& triad, Answer& answer) {
  std::string text = "Female Athlete Triad cumulative risk";
  if (!triad.restricted_by.empty()) text += "; restricted whatever the total: " + triad.restricted_by;
  ScoreBuilder score = answer.AddScore({.id = "triad_cumulative_risk", .text = text, .maximum = kTriadPointsAtMost},
                                       v1::GRADE_GUIDELINE, {cite::DeSouza2014, cite::Koltun2020});
  for (const TriadItem* item : triad.items()) {
    const std::string name(item->name);
    if (item->points.settled()) {
      score.Item(name, item->points.low);
    } else if (item == &triad.menses && triad.menses_not_scored) {
      score.Item(name + " (not scored in pregnancy, breastfeeding or on hormonal contraception)", item->points.low,
                 item->points.high);
    } else {
      score.Item(name, item->points.low, item->points.high, item->input);
    }
  }
  // A band beside a restriction that does not depend on it would be read first.
  if (triad.restricted_by.empty()) score.InBand(BandName(triad.band));
}

}  // namespace condyle::stress_fracture_screen
