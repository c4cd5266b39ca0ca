// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The page for people, made of the matrix.
#include <sstream>

#include "tests/conformance/traceability.h"

namespace condyle::tests {
namespace {

constexpr char kRoot[] = "../../";

// Text that stands in a cell of a table.
std::string Cell(const std::string& text) {
  std::string cell;
  for (char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

std::string Joined(const std::vector<std::string>& words, const char* between) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : between) + word;
  return joined;
}

// Where a link leads to, from docs/clinical.
std::string Address(const TraceLink& link, const SourceTree& tree) {
  if (link.type == "doc") return link.target;
  if (link.type == "recommendation") return std::string(kRoot) + "plugins/pack/recommendations.textproto";
  if (link.type == "input" || link.type == "question") return std::string(kRoot) + "plugins/pack/inputs.textproto";
  if (link.type == "contradiction") return std::string(kRoot) + "plugins/pack/pack.textproto";
  if (link.type == "never_say") return std::string(kRoot) + "plugins/pack/never_say.tsv";
  if (link.type == "test") return kRoot + tree.FileOfTest(link.target);
  if (link.type == "table") {
    const size_t slash = link.target.find('/');
    return kRoot + tree.FileOfTable(link.target.substr(0, slash), link.target.substr(slash + 1));
  }
  if (link.type == "disclaimer" || link.type == "condition") return "";
  return std::string(kRoot) + "plugins/" + link.Owner();
}

std::string LinkText(const TraceLink& link, const SourceTree& tree) {
  std::string text = link.type + " " + (link.type == "disclaimer" ? std::string() : "`" + link.target + "`");
  if (text.back() == ' ') text.pop_back();
  const std::string address = Address(link, tree);
  if (!address.empty()) text = "[" + text + "](" + address + ")";
  if (!link.keys.empty()) text += " (" + Joined(link.keys, ", ") + ")";
  return text;
}

std::string Answer(const TraceRow& row, const SourceTree& tree) {
  std::string answer;
  if (row.used) {
    for (const TraceLink& link : row.where) answer += (answer.empty() ? "" : "; ") + LinkText(link, tree);
  } else {
    answer = "**Not used:** " + row.why_not;
  }
  if (!row.positions.empty()) {
    std::string positions;
    for (const auto& position : row.positions) {
      positions += (positions.empty() ? "" : " against ") + Joined(position, ", ");
    }
    answer = positions + "; followed: " + Joined(row.followed, ", ") + ". Shown by: " + answer;
  }
  if (!row.note.empty()) answer += ". " + row.note;
  return Cell(answer);
}

void WriteCounts(const std::vector<TraceRow>& rows, std::ostream& out) {
  const auto counts = CountVerdicts(rows);
  TraceCount all;
  out << "| verdict | meaning | used | not used |\n|---|---|---|---|\n";
  for (const auto& [verdict, meaning] : TraceVerdicts()) {
    const auto found = counts.find(verdict);
    if (found == counts.end()) continue;
    all.used += found->second.used;
    all.not_used += found->second.not_used;
    out << "| " << verdict << " | " << meaning << " | " << found->second.used << " | " << found->second.not_used
        << " |\n";
  }
  out << "| all | | " << all.used << " | " << all.not_used << " |\n";
}

}  // namespace

std::string TraceabilityPage(const std::vector<TraceRow>& rows, const SourceTree& tree) {
  std::ostringstream out;
  out << "<!-- SPDX-FileCopyrightText: The Condyle authors -->\n"
         "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
         "<!-- Generated from traceability.tsv by ./dev docs. Change the table, not this page. -->\n\n"
         "# Traceability\n\n"
         "Every statement of the five source texts (K), every place where they disagree (X) and every published rule "
         "or\n"
         "number that the pack was built from (B), with where it is used or why it is not. No clinician has reviewed "
         "it.\n\n"
         "Made from [traceability.tsv](traceability.tsv). A test looks up every link: advice, evidence, criteria,\n"
         "conclusions, constraints and caveats in the answers to the worked patients and to some hundred drawn ones,\n"
         "constants in the headers, headings, tests and cases in the tree. It fails where a statement has no answer or "
         "a\n"
         "link leads nowhere.\n\n";
  WriteCounts(rows, out);
  for (const auto& [section, title] : TraceSections()) {
    out << "\n## " << section << " " << title
        << "\n\n| id | where | statement | verdict | answer |\n|---|---|---|---|---|\n";
    for (const TraceRow& row : rows) {
      if (row.section != section) continue;
      std::string place = row.place;
      if (!row.cites.empty()) place += (place.empty() ? "" : "; ") + Joined(row.cites, ", ");
      out << "| " << row.id << " | " << Cell(place) << " | " << Cell(row.statement) << " | " << row.verdict << " | "
          << Answer(row, tree) << " |\n";
    }
  }
  return out.str();
}

}  // namespace condyle::tests
