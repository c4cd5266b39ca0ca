// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads the matrix, and the files that its links point into.
#include "tests/conformance/traceability.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace condyle::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::array kColumns = {"id",    "section", "place",     "statement", "verdict", "used",
                                 "where", "cites",   "positions", "followed",  "why_not", "note"};

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::string part;
  for (char c : text) {
    if (c != separator) {
      part += c;
      continue;
    }
    parts.push_back(std::exchange(part, {}));
  }
  parts.push_back(part);
  return parts;
}

std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words = Split(text, ' ');
  words.erase(std::remove(words.begin(), words.end(), ""), words.end());
  return words;
}

TraceLink ParseLink(const std::string& text) {
  TraceLink link;
  link.text = text;
  std::vector<std::string> parts = Split(text, '~');
  for (size_t i = 1; i < parts.size(); ++i) {
    std::replace(parts[i].begin(), parts[i].end(), '_', ' ');
    link.words.push_back(parts[i]);
  }
  const std::vector<std::string> named = Split(parts[0], '=');
  if (named.size() > 1) link.keys = Split(named[1], ',');
  const size_t colon = named[0].find(':');
  link.type = named[0].substr(0, colon);
  if (colon != std::string::npos) link.target = named[0].substr(colon + 1);
  return link;
}

TraceRow ParseRow(const std::vector<std::string>& cells) {
  TraceRow row;
  row.id = cells[0];
  row.section = cells[1];
  row.place = cells[2];
  row.statement = cells[3];
  row.verdict = cells[4];
  row.used = cells[5] == "yes";
  for (const std::string& link : Words(cells[6])) row.where.push_back(ParseLink(link));
  row.cites = Words(cells[7]);
  if (!cells[8].empty()) {
    for (const std::string& position : Split(cells[8], '|')) row.positions.push_back(Words(position));
  }
  row.followed = Words(cells[9]);
  row.why_not = cells[10];
  row.note = cells[11];
  return row;
}

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path.string() + ": cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

// As GitHub names the anchor of a heading.
std::string Slug(const std::string& heading) {
  std::string slug;
  for (char c : heading) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_') {
      slug += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (c == ' ') {
      slug += '-';
    }
  }
  return slug;
}

bool EndsWith(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

std::string TraceLink::Owner() const { return target.substr(0, target.find(':')); }

std::string TraceLink::Name() const {
  const size_t colon = target.find(':');
  return colon == std::string::npos ? "" : target.substr(colon + 1);
}

std::set<std::string> TraceRow::Keys() const {
  std::set<std::string> keys(cites.begin(), cites.end());
  const size_t slash = id.find('/');
  if (slash == std::string::npos) {
    keys.insert(id);
  } else if (id[0] == 'B') {
    keys.insert(section);
  }
  return keys;
}

Traceability ReadTraceability(const std::string& tsv) {
  Traceability read;
  const auto fault = [&](int line, const std::string& what) {
    read.faults.push_back("traceability.tsv:" + std::to_string(line) + ": " + what);
  };
  std::istringstream lines(tsv);
  std::string line;
  bool headed = false;
  std::set<std::string> ids;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> cells = Split(line, '\t');
    if (!headed) {
      headed = true;
      if (!std::equal(cells.begin(), cells.end(), kColumns.begin(), kColumns.end())) {
        fault(number, "the head line does not name the columns that are read");
        return read;
      }
      continue;
    }
    if (cells.size() != kColumns.size()) {
      fault(number,
            std::to_string(cells.size()) + " columns where there have to be " + std::to_string(kColumns.size()));
      continue;
    }
    TraceRow row = ParseRow(cells);
    row.line = number;
    if (!ids.insert(row.id).second) fault(number, row.id + " stands twice");
    if (cells[5] != "yes" && cells[5] != "no") fault(number, row.id + ": used has to be yes or no");
    read.rows.push_back(std::move(row));
  }
  return read;
}

const std::vector<std::pair<std::string, std::string>>& TraceSections() {
  static const std::vector<std::pair<std::string, std::string>> kSections = {
      {"A.1", "Anatomy and mechanics"},
      {"A.2", "Causes and contributing factors"},
      {"A.3", "Symptoms"},
      {"A.4", "What makes the pain worse or better"},
      {"A.5", "What else it could be"},
      {"A.6", "Tests and imaging in the source texts"},
      {"A.7", "Treatment"},
      {"A.8", "Activity and cross-training"},
      {"A.9", "Return to running"},
      {"A.10", "Prevention"},
      {"A.11", "Exercises"},
      {"A.12", "Theory behind the exercises, courses, and limits that the texts state"},
      {"A.13", "Where the sources disagree"},
      {"A.14", "Advertising and debris"},
      {"B.0", "How the plugins combine"},
      {"B.1", "Sacroiliac joint pain"},
      {"B.2", "Sacroiliitis and axial spondyloarthritis"},
      {"B.3", "Pelvic girdle pain"},
      {"B.4", "Bone stress injury"},
      {"B.5", "Pregnancy and lactation"},
      {"B.6", "Warning signs"},
      {"B.7", "Asymmetry exercises"},
  };
  return kSections;
}

const std::vector<std::pair<std::string, std::string>>& TraceVerdicts() {
  static const std::vector<std::pair<std::string, std::string>> kVerdicts = {
      {"OK", "source text, usable as it stands"},
      {"OK-", "source text, usable with a limit"},
      {"WEAK", "source text, opinion or low evidence; decides nothing"},
      {"CONFLICT", "sources disagree; see the X rows"},
      {"ERROR", "source text, wrong or unsafe as written"},
      {"GAP", "content of the source text is lost, or was never there"},
      {"ANECDOTE", "source text, one person's story"},
      {"AD", "advertising or page debris"},
      {"found", "published, read in a copy or an abstract"},
      {"known-high", "published, from general knowledge"},
      {"known-med", "published, from general knowledge, less sure: no number is taken over"},
      {"derived", "worked out from published numbers"},
      {"opinion", "a choice of this project where no rule is published"},
      {"not-verified", "could not be read: not used"},
  };
  return kVerdicts;
}

bool NeedsCorrection(std::string_view verdict) {
  return verdict == "ERROR" || verdict == "AD" || verdict == "ANECDOTE" || verdict == "not-verified";
}

std::map<std::string, TraceCount> CountVerdicts(const std::vector<TraceRow>& rows) {
  std::map<std::string, TraceCount> counts;
  for (const TraceRow& row : rows) ++(row.used ? counts[row.verdict].used : counts[row.verdict].not_used);
  return counts;
}

SourceTree::SourceTree(std::string folder) : folder_(std::move(folder)) {
  static const std::regex kTest(R"(TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\))");
  static const std::regex kConstant(R"(constexpr [\w:<>, ]+\s(k\w+)(?:\[\])?\s*(?:=|\{))");
  static const std::string kCase = ".case.json";
  for (const char* part : {"plugins", "host", "sdk", "tests"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(folder_) / part)) {
      const std::string path = fs::relative(entry.path(), folder_).generic_string();
      const std::string owner = entry.path().parent_path().filename().string();
      if (EndsWith(path, kCase)) {
        const std::string name = entry.path().filename().string();
        const std::string stem = name.substr(0, name.size() - kCase.size());
        const bool of_plugin = path.compare(0, 8, "plugins/") == 0;
        tests_[of_plugin ? entry.path().parent_path().parent_path().filename().string() + "/" + stem : stem] = path;
      } else if (EndsWith(path, "_test.cc")) {
        const std::string text = ReadAll(entry.path());
        for (std::sregex_iterator at(text.begin(), text.end(), kTest), end; at != end; ++at) {
          tests_[(*at)[1].str() + "." + (*at)[2].str()] = path;
        }
      } else if (std::string(part) == "plugins" && (EndsWith(path, ".h") || EndsWith(path, ".cc"))) {
        const std::string text = ReadAll(entry.path());
        for (std::sregex_iterator at(text.begin(), text.end(), kConstant), end; at != end; ++at) {
          tables_.emplace(owner + "/" + (*at)[1].str(), path);
        }
      }
    }
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(folder_) / "docs/clinical")) {
    if (entry.path().extension() != ".md") continue;
    std::istringstream lines(ReadAll(entry.path()));
    for (std::string line; std::getline(lines, line);) {
      const size_t level = line.find_first_not_of('#');
      if (level == 0 || level == std::string::npos || line[level] != ' ') continue;
      headings_[entry.path().filename().string()].insert(Slug(line.substr(level + 1)));
    }
  }
}

std::string SourceTree::Text(const std::string& path) const { return ReadAll(fs::path(folder_) / path); }

bool SourceTree::HasHeading(const std::string& target) const {
  const size_t hash = target.find('#');
  const auto file = headings_.find(target.substr(0, hash));
  return hash != std::string::npos && file != headings_.end() && file->second.count(target.substr(hash + 1)) != 0;
}

std::string SourceTree::FileOfTable(const std::string& owner, const std::string& name) const {
  const auto found = tables_.find(owner + "/" + name);
  return found == tables_.end() ? "" : found->second;
}

std::string SourceTree::FileOfTest(const std::string& name) const {
  const auto found = tests_.find(name);
  return found == tests_.end() ? "" : found->second;
}

}  // namespace condyle::tests
