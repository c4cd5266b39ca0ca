// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Collects the lines of consultations.
#include "tests/conformance/emissions.h"

#include <algorithm>
#include <cctype>

namespace condyle::tests {
namespace {

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

template <typename Texts>
std::string Joined(const Texts& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : " / ") + text;
  return joined;
}

}  // namespace

const std::set<std::string>& Emissions::LinkTypes() {
  static const std::set<std::string> kTypes = {"recommendation", "evidence", "constraint", "criterion",
                                               "conclusion",     "caveat",   "summary",    "question",
                                               "score",          "risk",     "stage",      "disclaimer"};
  return kTypes;
}

bool Emissions::Cites(const std::string& link_type) {
  return link_type != "caveat" && link_type != "summary" && link_type != "question" && link_type != "disclaimer";
}

void Emissions::AddLine(const std::string& target, const google::protobuf::RepeatedPtrField<std::string>& keys,
                        const std::string& text) {
  Keys sorted(keys.begin(), keys.end());
  std::sort(sorted.begin(), sorted.end());
  lines_[target].emplace(std::move(sorted), Lower(text));
}

void Emissions::AddRecommendation(const v1::Recommendation& r) {
  AddLine(
      "recommendation:" + r.id(), r.citations(),
      r.text() + " / " + r.sources_differ() + " / " + r.dose() + " / " + r.timeframe() + " / " + Joined(r.reasons()));
}

void Emissions::AddAssessment(const v1::Assessment& a) {
  const google::protobuf::RepeatedPtrField<std::string> none;
  const std::string& plugin = a.plugin_id();
  AddLine("summary:" + plugin, none, a.summary());
  for (const std::string& caveat : a.caveats()) AddLine("caveat:" + plugin, none, caveat);
  for (const v1::Evidence& e : a.evidence()) {
    AddLine("evidence:" + plugin + ":" + e.key(), e.citations(), e.statement());
  }
  for (const v1::Conclusion& c : a.conclusions()) {
    auto keys = c.citations();
    keys.MergeFrom(c.probability().citations());
    AddLine("conclusion:" + plugin, keys, c.text() + " / " + c.probability().basis());
    for (const v1::Criterion& criterion : c.criteria()) {
      AddLine("criterion:" + plugin, criterion.citations(), criterion.text());
    }
  }
  for (const v1::Risk& risk : a.risks()) {
    AddLine("risk:" + plugin + ":" + risk.id(), risk.citations(), risk.text() + " / " + Joined(risk.basis()));
  }
  for (const v1::Score& score : a.scores()) {
    std::string text = score.text() + " / " + score.band();
    for (const v1::ScoreItem& item : score.items()) text += " / " + item.text();
    AddLine("score:" + plugin + ":" + score.id(), score.citations(), text);
  }
  for (const v1::Stage& stage : a.pathway()) {
    std::string text = stage.title() + " / " + stage.position() + " / " + stage.course();
    auto keys = stage.citations();
    for (const auto* criteria : {&stage.leave_when(), &stage.escalate_when()}) {
      for (const v1::Criterion& criterion : *criteria) {
        text += " / " + criterion.text();
        keys.MergeFrom(criterion.citations());
      }
    }
    AddLine("stage:" + plugin + ":" + stage.phase(), keys, text);
  }
}

void Emissions::Add(const v1::Consultation& consultation) {
  const google::protobuf::RepeatedPtrField<std::string> none;
  AddLine("disclaimer:consultation", none, consultation.disclaimer());
  for (const v1::Assessment& a : consultation.assessments()) AddAssessment(a);
  for (const v1::Recommendation& r : consultation.recommendations()) AddRecommendation(r);
  for (const v1::Withheld& w : consultation.withheld()) AddRecommendation(w.recommendation());
  for (const v1::Hold& hold : consultation.holds()) {
    AddLine("constraint:" + hold.by() + ":" + hold.tag(), hold.citations(), hold.reason());
  }
  for (const v1::NextQuestion& question : consultation.next_questions()) {
    AddLine("question:" + question.key(), none, question.question() + " / " + question.why());
  }
}

std::string Emissions::Fault(const TraceLink& link, const std::set<std::string>& row_keys) const {
  const auto found = lines_.find(link.type + ":" + link.target);
  if (found == lines_.end()) return link.text + ": no answer has such a line";
  for (const auto& [keys, text] : found->second) {
    const auto cited = [&keys = keys](const std::string& key) {
      return std::binary_search(keys.begin(), keys.end(), key);
    };
    const auto said = [&text = text](const std::string& words) { return text.find(Lower(words)) != std::string::npos; };
    const bool cites =
        !Cites(link.type) || (link.keys.empty() ? std::any_of(row_keys.begin(), row_keys.end(), cited)
                                                : std::all_of(link.keys.begin(), link.keys.end(), cited));
    if (cites && std::all_of(link.words.begin(), link.words.end(), said)) return "";
  }
  return link.text + ": none of the " + std::to_string(found->second.size()) + " lines there cites " +
         (link.keys.empty() ? "one of " + Joined(row_keys) : "all of " + Joined(link.keys)) +
         (link.words.empty() ? "" : " and says " + Joined(link.words));
}

std::vector<std::string> Emissions::Lines() const {
  std::vector<std::string> all;
  for (const auto& [target, lines] : lines_) {
    for (const auto& [keys, text] : lines) all.push_back(target + "\t" + Joined(keys) + "\t" + text);
  }
  return all;
}

}  // namespace condyle::tests
