// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The matrix of docs/clinical/traceability.tsv: every statement of the sources and every published rule, with where it
// is used or why it is not.
#ifndef CONDYLE_TESTS_CONFORMANCE_TRACEABILITY_H_
#define CONDYLE_TESTS_CONFORMANCE_TRACEABILITY_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace condyle::tests {

// Where something is used: TYPE:TARGET, then what the line there must cite (=KEY,KEY) and say (~WORDS, with underscores
// for blanks, as often as needed).
struct TraceLink {
  std::string text;  // as written
  std::string type;
  std::string target;
  std::vector<std::string> keys;
  std::vector<std::string> words;

  // Part of the target before the first colon (the plugin), and after it.
  std::string Owner() const;
  std::string Name() const;
};

struct TraceRow {
  int line = 0;
  std::string id;       // K-nn, X-nn, or SECTION/NAME
  std::string section;  // A.1 to A.14, B.0 to B.7
  std::string place;    // FILE:LINE of a source text, or the publications
  std::string statement;
  std::string verdict;
  bool used = false;
  std::vector<TraceLink> where;
  std::vector<std::string> cites;                   // citation keys of the statement itself
  std::vector<std::vector<std::string>> positions;  // X rows: the citation keys of each position
  std::vector<std::string> followed;                // X rows: the citation keys of what is followed
  std::string why_not;
  std::string note;

  // The row's own citation key (K-nn, X-nn, B.n) and `cites`.
  std::set<std::string> Keys() const;
};

struct Traceability {
  std::vector<TraceRow> rows;
  // What is wrong with the file itself, with its line.
  std::vector<std::string> faults;
};

// Reads the whole file.
Traceability ReadTraceability(const std::string& tsv);

// The sections in their order, with the heading of each.
const std::vector<std::pair<std::string, std::string>>& TraceSections();
// Verdicts, in the order of the counts table, with what each means.
const std::vector<std::pair<std::string, std::string>>& TraceVerdicts();
// A statement of this verdict may be used in a corrected form only, which the note has to say.
bool NeedsCorrection(std::string_view verdict);

// Used and not used, by verdict.
struct TraceCount {
  int used = 0;
  int not_used = 0;
};
std::map<std::string, TraceCount> CountVerdicts(const std::vector<TraceRow>& rows);

// Files below the folder of the sources that links point into; paths are relative to it and empty if there is none.
class SourceTree {
 public:
  // Throws std::runtime_error if the folder cannot be read.
  explicit SourceTree(std::string folder);

  // The file's text. Throws std::runtime_error if it cannot be read.
  std::string Text(const std::string& path) const;

  // FILE.md#SLUG below docs/clinical.
  bool HasHeading(const std::string& target) const;
  // The header or source of plugins/OWNER that defines this constant.
  std::string FileOfTable(const std::string& owner, const std::string& name) const;
  // The file of a GoogleTest (Suite.Name), or of a worked case (name, or plugin/name).
  std::string FileOfTest(const std::string& name) const;

 private:
  const std::string folder_;
  std::map<std::string, std::string> tables_;              // owner/name -> path
  std::map<std::string, std::string> tests_;               // name -> path
  std::map<std::string, std::set<std::string>> headings_;  // file -> slugs
};

inline constexpr char kTraceabilityTable[] = "docs/clinical/traceability.tsv";
inline constexpr char kTraceabilityPage[] = "docs/clinical/traceability.md";
// The text of kTraceabilityPage, made of the rows.
std::string TraceabilityPage(const std::vector<TraceRow>& rows, const SourceTree& tree);

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_CONFORMANCE_TRACEABILITY_H_
