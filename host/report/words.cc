// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Wording that all reports share.
#include "host/report/words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "host/reconcile/tags.h"

namespace condyle {
namespace {

// What the commonly held tags are called. Others are spelled out from their parts.
struct TagName {
  std::string_view tag;
  std::string_view name;
};
constexpr std::array kTagNames = {
    TagName{"load", "loading of every kind"},
    TagName{"load.running", "running"},
    TagName{"load.impact", "impact"},
    TagName{"load.single_leg", "single-leg loading"},
    TagName{"exercise", "exercises"},
    TagName{"exercise.pri", "PRI exercises"},
    TagName{"manual", "hands-on therapy"},
    TagName{"manual.manipulation", "manipulation"},
    TagName{"self_care", "self-care"},
    TagName{"injection", "injections"},
    TagName{"injection.steroid", "steroid injection"},
    TagName{"drug.nsaid", "NSAIDs"},
    TagName{"device.belt", "belt"},
    TagName{"imaging.ionising", "imaging with ionising radiation"},
};

struct GroupName {
  std::string_view category;
  std::string_view name;
};
constexpr std::array kGroupNames = {
    GroupName{"emergency", "Now"},         GroupName{"referral", "Refer"},    GroupName{"imaging", "Imaging"},
    GroupName{"lab", "Laboratory"},        GroupName{"medication", "Treat"},  GroupName{"activity", "Activity"},
    GroupName{"exercise", "Exercise"},     GroupName{"education", "Explain"}, GroupName{"data", "Find out"},
    GroupName{"safety_net", "Safety net"},
};

}  // namespace

std::string NameOfTag(const std::string& tag) {
  for (const TagName& row : kTagNames) {
    if (row.tag == tag) return std::string(row.name);
  }
  std::string name = tag;
  std::replace(name.begin(), name.end(), '_', ' ');
  size_t dot = name.rfind('.');
  return dot == std::string::npos ? name : absl::StrCat(name.substr(dot + 1), " (", name.substr(0, dot), ")");
}

std::string NameOfGroup(const std::string& category) {
  for (const GroupName& row : kGroupNames) {
    if (row.category == category) return std::string(row.name);
  }
  return category.empty() ? "Other" : category;
}

const char* InWords(v1::Grade grade) {
  switch (grade) {
    case v1::GRADE_META_ANALYSIS:
      return "meta-analysis";
    case v1::GRADE_GUIDELINE:
      return "guideline";
    case v1::GRADE_DIAGNOSTIC_STUDY:
      return "diagnostic study";
    case v1::GRADE_COHORT:
      return "cohort";
    case v1::GRADE_CASE_REPORT:
      return "case reports";
    case v1::GRADE_EXPERT_OPINION:
      return "expert opinion, not validated";
    default:
      return "grade not given";
  }
}

const char* InWords(v1::Status status) {
  switch (status) {
    case v1::STATUS_POSITIVE:
      return "POSITIVE (criteria met)";
    case v1::STATUS_NEGATIVE:
      return "negative (criteria not met; this excludes nothing)";
    case v1::STATUS_INSUFFICIENT_DATA:
      return "UNDECIDED (findings are missing)";
    case v1::STATUS_NOT_APPLICABLE:
      return "does not apply to this patient";
    default:
      return "status not given";
  }
}

const char* ShortStatus(v1::Status status) {
  switch (status) {
    case v1::STATUS_POSITIVE:
      return "Criteria met";
    case v1::STATUS_NEGATIVE:
      return "Criteria not met";
    case v1::STATUS_INSUFFICIENT_DATA:
      return "Undecided";
    case v1::STATUS_NOT_APPLICABLE:
      return "Does not apply";
    default:
      return "Status not given";
  }
}

const char* InWords(v1::Urgency urgency) {
  switch (urgency) {
    case v1::URGENCY_EMERGENCY:
      return "EMERGENCY";
    case v1::URGENCY_URGENT:
      return "URGENT";
    case v1::URGENCY_ROUTINE:
      return "ROUTINE";
    case v1::URGENCY_SELF_CARE:
      return "SELF-CARE";
    default:
      return "NO URGENCY GIVEN";
  }
}

const char* MeaningOf(v1::Urgency urgency) {
  switch (urgency) {
    case v1::URGENCY_EMERGENCY:
      return ": go now. Emergency department, without delay.";
    case v1::URGENCY_URGENT:
      return ": to be seen the same day or within 7 days, as the advice below says.";
    case v1::URGENCY_ROUTINE:
      return ": to be seen within weeks.";
    case v1::URGENCY_SELF_CARE:
      return ": nothing that was asked calls for an appointment; a change does.";
    default:
      return ".";
  }
}

const char* InWords(v1::FailureKind kind) {
  switch (kind) {
    case v1::FAILURE_KIND_LOAD:
      return "could not be loaded";
    case v1::FAILURE_KIND_MANIFEST:
      return "bad manifest";
    case v1::FAILURE_KIND_CONFLICT:
      return "conflict";
    case v1::FAILURE_KIND_MISSING:
      return "missing";
    case v1::FAILURE_KIND_CRASHED:
      return "crashed";
    case v1::FAILURE_KIND_DEADLINE:
      return "out of time";
    case v1::FAILURE_KIND_BAD_ANSWER:
      return "bad answer";
    case v1::FAILURE_KIND_REPORTED:
      return "reported a failure";
    case v1::FAILURE_KIND_SIGNATURE:
      return "no good signature";
    case v1::FAILURE_KIND_SUSPENDED:
      return "not asked, for it failed too often";
    case v1::FAILURE_KIND_CANCELLED:
      return "cancelled";
    default:
      return "failed";
  }
}

const char* InWords(v1::RiskLevel level) {
  switch (level) {
    case v1::RISK_LEVEL_LOW:
      return "low";
    case v1::RISK_LEVEL_MODERATE:
      return "moderate";
    case v1::RISK_LEVEL_HIGH:
      return "high";
    default:
      return "not given";
  }
}

const char* InWords(v1::StageState state) {
  switch (state) {
    case v1::STAGE_STATE_CURRENT:
      return "now";
    case v1::STAGE_STATE_LATER:
      return "later";
    case v1::STAGE_STATE_PAST:
      return "behind";
    default:
      return "not known";
  }
}

std::string InWords(const v1::Risk& risk) {
  if (risk.lowest() == risk.highest()) return InWords(risk.highest());
  return absl::StrCat(InWords(risk.lowest()), " to ", InWords(risk.highest()), ", not decided yet");
}

std::string InWords(const v1::Score& score) {
  std::string out = absl::StrCat(score.low());
  if (score.high() != score.low()) absl::StrAppend(&out, " to ", score.high());
  absl::StrAppend(&out, " of ", score.maximum());
  if (!score.band().empty()) absl::StrAppend(&out, ", ", score.band());
  return out;
}

std::string SideMark(v1::Side side) {
  return side == v1::SIDE_LEFT ? " (left)" : side == v1::SIDE_RIGHT ? " (right)" : "";
}

std::string Sentence(const std::string& text) {
  if (text.empty() || text.back() == '.' || text.back() == '!' || text.back() == '?') return text;
  return text + ".";
}

std::string InWords(double probability) {
  if (probability > 0 && probability <= 0.5) {
    double n = std::round(1 / probability);
    if (n <= 1000 && std::abs(1 / n - probability) <= 0.08 * probability) {
      return absl::StrCat("about 1 in ", static_cast<int>(n));
    }
  }
  double tenths = std::round(probability * 10);
  if (tenths >= 1 && tenths <= 9 && std::abs(tenths / 10 - probability) < 0.005) {
    return absl::StrCat("about ", static_cast<int>(tenths), " in 10");
  }
  double hundredths = std::round(probability * 100);
  if (hundredths == 0 && probability > 0) return "less than 1 in 1000";
  return absl::StrCat("about ", static_cast<int>(hundredths), " in 100");
}

std::string Percent(double probability) {
  double percent = probability * 100;
  return absl::StrCat(percent >= 1 || percent == 0 ? std::round(percent) : std::round(percent * 10) / 10);
}

std::string InWords(const v1::Probability& p) {
  std::string low = Percent(p.low()), high = Percent(p.high());
  return absl::StrCat(InWords(p.point()), " (", low, low == high ? "" : "-" + high, " %)");
}

std::string InWords(const v1::LikelihoodRatio& lr) {
  std::string out = absl::StrCat("LR ", lr.point());
  if (lr.high() > 0) absl::StrAppend(&out, " (", lr.low(), "-", lr.high(), ")");
  return out;
}

std::string NameOfId(const std::string& id) {
  std::string name = id;
  std::replace(name.begin(), name.end(), '_', ' ');
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

bool SaysWhatToStop(const v1::Recommendation& r) {
  return std::any_of(r.tags().begin(), r.tags().end(),
                     [](const std::string& tag) { return TagCovers("protect", tag); });
}

std::vector<HoldGroup> Grouped(const v1::Consultation& c) {
  std::vector<HoldGroup> groups;
  for (const v1::Hold& hold : c.holds()) {
    auto same = std::find_if(groups.begin(), groups.end(), [&](const HoldGroup& g) {
      return g.first->by() == hold.by() && g.first->effect() == hold.effect() && g.first->reason() == hold.reason();
    });
    if (same == groups.end()) {
      groups.push_back({&hold, {}});
      same = groups.end() - 1;
    }
    same->tags.push_back(NameOfTag(hold.tag()));
  }
  return groups;
}

}  // namespace condyle
