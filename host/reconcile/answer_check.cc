// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The rules of condyle/v1/assessment.proto that a schema cannot say.
#include "host/reconcile/answer_check.h"

#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "host/reconcile/tags.h"
#include "host/trust/quote.h"

namespace condyle {
namespace {

// Lower-case words of letters, digits and underscores, separated by dots.
bool IsTag(const std::string& tag) {
  bool word = false;
  for (char c : tag) {
    if (c == '.') {
      if (!word) return false;
      word = false;
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') {
      word = true;
    } else {
      return false;
    }
  }
  return word;
}

// Collects the first fault. Paths are put together only when there is one: sound answers are the usual case.
class Checker {
 public:
  Checker(const CitationNumbers& citations, std::vector<int>& cited) : citations_(citations), cited_(cited) {}

  const std::string& fault() const { return fault_; }
  bool Fail(std::string fault) {
    fault_ = std::move(fault);
    return false;
  }

  // at: a function that gives the path of the message that holds the field.
  template <typename At>
  bool Range(int value, int least, int most, const At& at, const char* field) {
    if (value >= least && value <= most) return true;
    return Fail(absl::StrCat(at(), field, ": ", value, " is not a value of this enumeration (", least, " to ", most,
                             least > 0 ? "; it must be set)" : ")"));
  }

  template <typename At>
  bool NotEmpty(const std::string& value, const At& at, const char* field) {
    return !value.empty() || Fail(absl::StrCat(at(), field, ": is empty; it is required"));
  }

  template <typename Keys, typename At>
  bool Citations(const Keys& keys, const At& at, bool required) {
    if (required && keys.empty()) return Fail(absl::StrCat(at(), "citations: none given; at least one is required"));
    for (int i = 0; i < keys.size(); ++i) {
      auto found = citations_.find(keys[i]);
      if (found == citations_.end()) {
        return Fail(absl::StrCat(at(), "citations[", i, "]: ", Quote(keys[i]),
                                 " is not among the citations of the plugin's manifest"));
      }
      cited_.push_back(found->second);
    }
    return true;
  }

  template <typename At>
  bool Tag(const std::string& tag, const At& at, const char* field) {
    return IsTag(tag) || Fail(absl::StrCat(at(), field, ": ", Quote(tag),
                                           " is not a tag (lower-case words separated by dots, as load.running)"));
  }

  template <typename At>
  bool ProbabilityOf(const v1::Probability& p, const At& at) {
    // Written so that NaN fails.
    if (!(p.low() >= 0 && p.low() <= p.point() && p.point() <= p.high() && p.high() <= 1)) {
      return Fail(absl::StrCat(at(), "probability: 0 <= low <= point <= high <= 1 does not hold"));
    }
    return Citations(
        p.citations(), [&] { return absl::StrCat(at(), "probability."); }, /*required=*/true);
  }

  template <typename At>
  bool CriterionOf(const v1::Criterion& c, const At& at) {
    return NotEmpty(c.text(), at, "text") && Range(c.state(), 1, v1::CriterionState_MAX, at, "state") &&
           Range(c.side(), 0, v1::Side_MAX, at, "side") && Range(c.grade(), 0, v1::Grade_MAX, at, "grade") &&
           Citations(c.citations(), at, /*required=*/false);
  }

  template <typename At>
  bool ConclusionOf(const v1::Conclusion& c, const At& at) {
    if (!NotEmpty(c.text(), at, "text") || !Range(c.side(), 0, v1::Side_MAX, at, "side") ||
        !Range(c.status(), 1, v1::Status_MAX, at, "status") || !Range(c.grade(), 0, v1::Grade_MAX, at, "grade") ||
        !Citations(c.citations(), at, /*required=*/false)) {
      return false;
    }
    if (c.has_probability() && !ProbabilityOf(c.probability(), at)) return false;
    for (int i = 0; i < c.criteria_size(); ++i) {
      if (!CriterionOf(c.criteria(i), [&] { return absl::StrCat(at(), "criteria[", i, "]."); })) return false;
    }
    return true;
  }

  template <typename At>
  bool RiskOf(const v1::Risk& r, const At& at) {
    if (!NotEmpty(r.id(), at, "id") || !NotEmpty(r.text(), at, "text") ||
        !Range(r.lowest(), 1, v1::RiskLevel_MAX, at, "lowest") ||
        !Range(r.highest(), 1, v1::RiskLevel_MAX, at, "highest") || !Range(r.grade(), 0, v1::Grade_MAX, at, "grade")) {
      return false;
    }
    if (r.lowest() > r.highest()) return Fail(absl::StrCat(at(), "lowest: is above highest"));
    for (const std::string& basis : r.basis()) {
      if (!NotEmpty(basis, at, "basis")) return false;
    }
    return Citations(r.citations(), at, /*required=*/true);
  }

  template <typename At>
  bool ScoreOf(const v1::Score& s, const At& at) {
    if (!NotEmpty(s.id(), at, "id") || !NotEmpty(s.text(), at, "text") ||
        !Range(s.grade(), 0, v1::Grade_MAX, at, "grade")) {
      return false;
    }
    // Written so that NaN fails.
    if (!(s.low() <= s.high() && s.high() <= s.maximum() && std::isfinite(s.low()) && std::isfinite(s.maximum()))) {
      return Fail(absl::StrCat(at(), "low: low <= high <= maximum does not hold"));
    }
    for (int i = 0; i < s.items_size(); ++i) {
      const v1::ScoreItem& item = s.items(i);
      auto here = [&] { return absl::StrCat(at(), "items[", i, "]."); };
      if (!NotEmpty(item.text(), here, "text")) return false;
      if (!(item.low() <= item.high() && std::isfinite(item.low()) && std::isfinite(item.high()))) {
        return Fail(absl::StrCat(here(), "low: low <= high does not hold"));
      }
    }
    return Citations(s.citations(), at, /*required=*/true);
  }

  template <typename At>
  bool StageOf(const v1::Stage& s, const At& at) {
    if (!NotEmpty(s.phase(), at, "phase") || !NotEmpty(s.title(), at, "title") ||
        !NotEmpty(s.position(), at, "position") || !Range(s.state(), 0, v1::StageState_MAX, at, "state")) {
      return false;
    }
    for (int i = 0; i < s.leave_when_size(); ++i) {
      if (!CriterionOf(s.leave_when(i), [&] { return absl::StrCat(at(), "leave_when[", i, "]."); })) return false;
    }
    for (int i = 0; i < s.escalate_when_size(); ++i) {
      if (!CriterionOf(s.escalate_when(i), [&] { return absl::StrCat(at(), "escalate_when[", i, "]."); })) return false;
    }
    return Citations(s.citations(), at, /*required=*/true);
  }

  template <typename At>
  bool EvidenceOf(const v1::Evidence& e, const At& at) {
    if (e.has_likelihood_ratio()) {
      const v1::LikelihoodRatio& lr = e.likelihood_ratio();
      for (double value : {lr.point(), lr.low(), lr.high()}) {
        if (!(std::isfinite(value) && value >= 0)) {
          return Fail(absl::StrCat(at(), "likelihood_ratio: must be finite and not negative"));
        }
      }
      if (lr.high() > 0 && !(lr.low() <= lr.point() && lr.point() <= lr.high())) {
        return Fail(absl::StrCat(at(), "likelihood_ratio: low <= point <= high does not hold"));
      }
    }
    return NotEmpty(e.key(), at, "key") && NotEmpty(e.statement(), at, "statement") &&
           Range(e.side(), 0, v1::Side_MAX, at, "side") &&
           Range(e.direction(), 0, v1::Direction_MAX, at, "direction") &&
           Range(e.grade(), 0, v1::Grade_MAX, at, "grade") && Citations(e.citations(), at, /*required=*/false);
  }

  template <typename At>
  bool RecommendationOf(const v1::Recommendation& r, const At& at) {
    if (!NotEmpty(r.id(), at, "id") || !NotEmpty(r.text(), at, "text") ||
        !Range(r.side(), 0, v1::Side_MAX, at, "side") || !Range(r.grade(), 0, v1::Grade_MAX, at, "grade")) {
      return false;
    }
    // Without a tag no constraint could ever stop it.
    if (r.tags().empty()) return Fail(absl::StrCat(at(), "tags: none given; at least one is required"));
    for (const std::string& tag : r.tags()) {
      if (!Tag(tag, at, "tags")) return false;
    }
    return Citations(r.citations(), at, /*required=*/true);
  }

  template <typename At>
  bool ConstraintOf(const v1::Constraint& c, const At& at) {
    if (!Tag(c.tag(), at, "tag") || !Range(c.effect(), 1, v1::Effect_MAX, at, "effect") ||
        !NotEmpty(c.reason(), at, "reason")) {
      return false;
    }
    // What says "go now" or "stop" protects: nothing may silence it.
    for (const char* kept : {"care", "protect"}) {
      if (TagCovers(kept, c.tag())) {
        return Fail(absl::StrCat(at(), "tag: ", Quote(c.tag()),
                                 " cannot be held or forbidden: care and protect are advice to go, or to stop"));
      }
    }
    return Citations(c.citations(), at, /*required=*/false);
  }

  template <typename At>
  bool MissingInputOf(const v1::MissingInput& m, const At& at) {
    return NotEmpty(m.key(), at, "key") && Range(m.side(), 0, v1::Side_MAX, at, "side");
  }

 private:
  const CitationNumbers& citations_;
  std::vector<int>& cited_;
  std::string fault_;
};

}  // namespace

std::string FindTopFault(const v1::Assessment& answer, const std::string& plugin_id) {
  if (answer.plugin_id() != plugin_id) {
    return absl::StrCat("plugin_id: is ", Quote(answer.plugin_id()), ", and the manifest says \"", plugin_id, "\"");
  }
  static const CitationNumbers kNone;
  std::vector<int> cited;
  Checker check(kNone, cited);
  auto top = [] { return ""; };
  check.Range(answer.status(), 1, v1::Status_MAX, top, "status") &&
      check.Range(answer.urgency(), 0, v1::Urgency_MAX, top, "urgency");
  return check.fault();
}

bool IsSoundPart(int field, const google::protobuf::Message& part, const CitationNumbers& citations,
                 std::vector<int>& cited) {
  Checker check(citations, cited);
  auto at = [] { return ""; };
  switch (field) {
    case v1::Assessment::kConclusionsFieldNumber:
      return check.ConclusionOf(static_cast<const v1::Conclusion&>(part), at);
    case v1::Assessment::kEvidenceFieldNumber:
      return check.EvidenceOf(static_cast<const v1::Evidence&>(part), at);
    case v1::Assessment::kRecommendationsFieldNumber:
      return check.RecommendationOf(static_cast<const v1::Recommendation&>(part), at);
    case v1::Assessment::kConstraintsFieldNumber:
      return check.ConstraintOf(static_cast<const v1::Constraint&>(part), at);
    case v1::Assessment::kMissingInputsFieldNumber:
      return check.MissingInputOf(static_cast<const v1::MissingInput&>(part), at);
    case v1::Assessment::kRisksFieldNumber:
      return check.RiskOf(static_cast<const v1::Risk&>(part), at);
    case v1::Assessment::kScoresFieldNumber:
      return check.ScoreOf(static_cast<const v1::Score&>(part), at);
    case v1::Assessment::kPathwayFieldNumber:
      return check.StageOf(static_cast<const v1::Stage&>(part), at);
    default:
      return false;
  }
}

std::string FindFault(const v1::Assessment& answer, const std::string& plugin_id, const CitationNumbers& citations,
                      std::vector<int>& cited) {
  if (std::string fault = FindTopFault(answer, plugin_id); !fault.empty()) return fault;
  Checker check(citations, cited);
  auto all = [](const auto& messages, const char* field, auto&& sound) {
    for (int i = 0; i < messages.size(); ++i) {
      if (!sound(messages[i], [&] { return absl::StrCat(field, "[", i, "]."); })) return false;
    }
    return true;
  };
  bool sound =
      all(answer.conclusions(), "conclusions", [&](const auto& m, auto at) { return check.ConclusionOf(m, at); }) &&
      all(answer.evidence(), "evidence", [&](const auto& m, auto at) { return check.EvidenceOf(m, at); }) &&
      all(answer.recommendations(), "recommendations",
          [&](const auto& m, auto at) { return check.RecommendationOf(m, at); }) &&
      all(answer.constraints(), "constraints", [&](const auto& m, auto at) { return check.ConstraintOf(m, at); }) &&
      all(answer.risks(), "risks", [&](const auto& m, auto at) { return check.RiskOf(m, at); }) &&
      all(answer.scores(), "scores", [&](const auto& m, auto at) { return check.ScoreOf(m, at); }) &&
      all(answer.pathway(), "pathway", [&](const auto& m, auto at) { return check.StageOf(m, at); }) &&
      all(answer.missing_inputs(), "missing_inputs",
          [&](const auto& m, auto at) { return check.MissingInputOf(m, at); });
  return sound ? std::string() : check.fault();
}

}  // namespace condyle
