// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What each plugin said: criteria, evidence, limits.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/report/html_parts.h"
#include "host/report/words.h"

namespace condyle {
namespace {

const char* NameOf(v1::Direction direction) {
  switch (direction) {
    case v1::DIRECTION_FOR:
      return "for";
    case v1::DIRECTION_AGAINST:
      return "against";
    default:
      return "neutral";
  }
}

void TableHead(HtmlReport& report, const std::vector<std::pair<const char*, const char*>>& columns) {
  HtmlWriter& out = report.out;
  auto head = out.In("thead");
  auto row = out.In("tr");
  for (const auto& [name, css_class] : columns) out.Element("th", name, {{"scope", "col"}, {"class", css_class}});
}

// "icd-10-cm M53.3": the system by the last part of its address.
std::string Code(const v1::Coding& coding) {
  const std::string& system = coding.system();
  return absl::StrCat(system.substr(system.rfind('/') + 1), " ", coding.code());
}

void Codes(HtmlReport& report, const v1::Conclusion& conclusion) {
  std::vector<std::string> codes;
  if (!conclusion.condition().code().empty()) codes.push_back(Code(conclusion.condition()));
  for (const v1::Coding& coding : conclusion.codings()) codes.push_back(Code(coding));
  if (!codes.empty()) {
    report.out.Element("p", absl::StrCat("Codes: ", Joined(codes, ", "), "."), {{"class", "small"}});
  }
}

bool SameKeys(const CitationKeys& a, const CitationKeys& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

void ConclusionBlock(HtmlReport& report, const v1::Conclusion& conclusion) {
  HtmlWriter& out = report.out;
  auto block = out.In("div", {{"class", "group"}});
  {
    auto title = out.In("h4");
    StatusMark(report, conclusion.status());
    out.Text(absl::StrCat(" ", conclusion.text(), SideMark(conclusion.side()), ": ", ShortStatus(conclusion.status())));
  }
  if (conclusion.grade() != v1::GRADE_UNSPECIFIED || !conclusion.citations().empty()) {
    auto line = out.In("p", {{"class", "small"}});
    GradeChip(report, conclusion.grade());
    CitedSources(report, conclusion.citations());
  }
  Codes(report, conclusion);
  if (conclusion.criteria().empty()) return;
  auto table = out.In("table");
  TableHead(report, {{"State", "narrow"}, {"Criterion", ""}});
  auto body = out.In("tbody");
  for (const v1::Criterion& criterion : conclusion.criteria()) {
    auto row = out.In("tr");
    {
      auto cell = out.In("td");
      CriterionChip(report, criterion.state());
    }
    auto cell = out.In("th", {{"scope", "row"}});
    out.Text(absl::StrCat(criterion.text(), SideMark(criterion.side()), " "));
    // Said above already where they are those of the conclusion.
    if (criterion.grade() != conclusion.grade()) GradeChip(report, criterion.grade());
    if (!SameKeys(criterion.citations(), conclusion.citations())) CitedSources(report, criterion.citations());
  }
}

void EvidenceTable(HtmlReport& report, const v1::Assessment& a) {
  if (a.evidence().empty()) return;
  HtmlWriter& out = report.out;
  out.Element("h4", "How each finding was read");
  auto table = out.In("table");
  TableHead(report, {{"Reads", "narrow"}, {"Finding", ""}, {"Likelihood ratio", "narrow"}});
  auto body = out.In("tbody");
  for (const v1::Evidence& e : a.evidence()) {
    auto row = out.In("tr");
    {
      auto cell = out.In("td");
      Chip(report, NameOf(e.direction()), e.direction() == v1::DIRECTION_FOR ? "solid" : "");
    }
    {
      auto cell = out.In("th", {{"scope", "row"}});
      out.Text(absl::StrCat(e.statement(), SideMark(e.side()), " "));
      GradeChip(report, e.grade());
      CitedSources(report, e.citations());
      out.Text(" ");
      out.Element("code", e.key());
    }
    auto cell = out.In("td");
    if (e.has_likelihood_ratio()) {
      const v1::LikelihoodRatio& lr = e.likelihood_ratio();
      out.Text(absl::StrCat(lr.point()));
      if (lr.high() > 0) out.Text(absl::StrCat(" (", lr.low(), " to ", lr.high(), ")"));
    } else {
      out.Element("span", "none given", {{"class", "faint"}});
    }
  }
}

void Block(HtmlReport& report, const v1::Assessment& a) {
  HtmlWriter& out = report.out;
  auto article = out.In("article", {{"class", "plugin"}});
  Heading(report, "h3", NameOfPlugin(report, a.plugin_id()));
  {
    auto line = out.In("p");
    StatusMark(report, a.status());
    out.Element("strong", absl::StrCat(" ", ShortStatus(a.status()), ". "));
    out.Text(a.summary());
  }
  {
    auto line = out.In("p", {{"class", "small"}});
    out.Element("code", absl::StrCat(a.plugin_id(), " ", a.plugin_version()));
    if (a.urgency() != v1::URGENCY_UNSPECIFIED) out.Text(absl::StrCat(" Urgency: ", InWords(a.urgency()), "."));
  }
  if (!a.caveats().empty()) {
    out.Element("p", "Limits of this answer", {{"class", "label"}});
    auto list = out.In("ul");
    for (const std::string& caveat : a.caveats()) out.Element("li", caveat);
  }
  for (const v1::Conclusion& conclusion : a.conclusions()) ConclusionBlock(report, conclusion);
  EvidenceTable(report, a);
}

}  // namespace

void CriterionChip(HtmlReport& report, v1::CriterionState state) {
  switch (state) {
    case v1::CRITERION_STATE_MET:
      return Chip(report, "met", "solid");
    case v1::CRITERION_STATE_NOT_MET:
      return Chip(report, "not met");
    default:
      return Chip(report, "unknown", "open");
  }
}

void WriteAssessments(HtmlReport& report) {
  if (report.c.assessments().empty()) return;
  HtmlWriter& out = report.out;
  auto section = out.In("section", {{"class", "basis"}, {"aria-labelledby", "basis"}});
  Heading(report, "h2", "Basis: what each plugin said", "basis");
  out.Element("p",
              "Expert opinion is labelled; it is not validated. Grade and sources of a conclusion hold for its "
              "criteria, except where a criterion names its own. A criterion that is not met lowers suspicion and "
              "excludes nothing.",
              {{"class", "lead"}});
  for (const v1::Assessment& a : report.c.assessments()) Block(report, a);
}

}  // namespace condyle
