// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The rules by which a case holds.
#include "host/cli/case_expectations.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <functional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace condyle::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Value;

// Whitespace made single blanks, at most 90 bytes or so.
std::string Shortened(const std::string& text) {
  std::string out;
  for (char c : text) {
    bool blank = static_cast<unsigned char>(c) <= ' ';
    if (!blank) out += c;
    if (blank && !out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.size() > 90) {
    size_t end = 87;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;  // whole characters
    out = out.substr(0, end) + "...";
  }
  return out;
}

// Every string of the message as its JSON has it, with its path. Left out are titles of citations and lists of their
// keys.
void ForEachText(const google::protobuf::Message& message, const std::string& path, bool in_citation,
                 const std::function<void(const std::string& path, const std::string& text)>& visit) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string& name = field->json_name();
    std::string lower = absl::AsciiStrToLower(name);
    bool citation = lower == "citation" || lower == "citations";
    bool exempt = citation || (in_citation && lower == "title");
    int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      std::string here = absl::StrCat(path, path.empty() ? "" : ".", name);
      if (field->is_repeated()) absl::StrAppend(&here, ".", i);
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        ForEachText(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                         : reflection.GetMessage(message, field),
                    here, in_citation || citation, visit);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !exempt) {
        visit(here, field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                         : reflection.GetString(message, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM && !exempt) {
        visit(here, field->is_repeated() ? reflection.GetRepeatedEnum(message, field, i)->name()
                                         : reflection.GetEnum(message, field)->name());
      }
    }
  }
}

bool Under(const std::string& tag, const std::string& root) {
  return tag.compare(0, root.size(), root) == 0 && (tag.size() == root.size() || tag[root.size()] == '.');
}

class Tally {
 public:
  void Check(bool holds, const std::function<std::string()>& fault) {
    ++result.total;
    if (holds) {
      ++result.held;
    } else {
      result.faults.push_back(fault());
    }
  }
  CaseResult result;
};

absl::Status Wrong(const std::string& field, const std::string& wanted) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": ", wanted, " is wanted"));
}

absl::Status Strings(const std::string& field, const Value& value, std::vector<std::string>& out) {
  if (value.kind_case() != Value::kListValue) return Wrong(field, "a list of texts");
  for (const Value& one : value.list_value().values()) {
    if (one.kind_case() != Value::kStringValue) return Wrong(field, "a list of texts");
    out.push_back(one.string_value());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<NeverSayTable> ParseNeverSay(const std::string& text) {
  NeverSayTable table;
  std::vector<std::string> head;
  int number = 0;
  for (const std::string& raw : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    ++number;
    std::string line = raw;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    std::vector<std::string> cells = absl::StrSplit(line, '\t');
    if (head.empty()) {
      head = cells;
      for (const char* wanted : {"id", "scope", "regex"}) {
        if (std::find(head.begin(), head.end(), wanted) == head.end()) {
          return absl::InvalidArgumentError(absl::StrCat("line 1: the head line lacks the column ", wanted));
        }
      }
      continue;
    }
    auto cell = [&](const char* name) {
      size_t at = static_cast<size_t>(std::find(head.begin(), head.end(), name) - head.begin());
      return at < cells.size() ? cells[at] : std::string();
    };
    std::string id = cell("id"), scope = cell("scope");
    if (scope != "always" && scope != "when_listed") {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, ", ", id, ": scope is \"", scope, "\"; allowed: always, when_listed"));
    }
    try {
      NeverSay row{scope == "always", boost::regex(cell("regex"), boost::regex::perl | boost::regex::icase)};
      if (!table.emplace(id, std::move(row)).second) {
        return absl::InvalidArgumentError(absl::StrCat("line ", number, ": the id ", id, " is there twice"));
      }
    } catch (const boost::regex_error& error) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ", ", id, ": bad pattern: ", error.what()));
    }
  }
  if (head.empty()) return absl::InvalidArgumentError("is empty; a head line and rows are wanted");
  return table;
}

absl::StatusOr<CaseExpectation> ParseExpectation(const std::string& json) {
  google::protobuf::Struct root;
  auto parsed = google::protobuf::util::JsonStringToMessage(json, &root);
  if (!parsed.ok())
    return absl::InvalidArgumentError(absl::StrCat("is no JSON object: ", std::string(parsed.message())));
  CaseExpectation out;
  const std::map<std::string, std::vector<std::string>*> lists = {
      {"mustRecommend", &out.must_recommend}, {"mustNotRecommend", &out.must_not_recommend},
      {"mustWithhold", &out.must_withhold},   {"mustHoldTags", &out.must_hold_tags},
      {"mustNotSay", &out.must_not_say},
  };
  static const std::set<std::string> kForPeople = {"id", "title", "basis"};
  std::vector<std::string> unknown;
  for (const auto& [name, value] : root.fields()) {
    auto list = lists.find(name);
    absl::Status status;
    if (list != lists.end()) {
      status = Strings(name, value, *list->second);
    } else if (name == "urgency") {
      if (value.kind_case() != Value::kStringValue) return Wrong(name, "a text");
      out.urgency = value.string_value();
    } else if (name == "statuses") {
      if (value.kind_case() != Value::kStructValue) return Wrong(name, "an object of lists");
      for (const auto& [plugin, accepted] : value.struct_value().fields()) {
        status.Update(Strings(absl::StrCat(name, ".", plugin), accepted, out.statuses[plugin]));
      }
    } else if (name == "refused") {
      if (value.kind_case() != Value::kBoolValue) return Wrong(name, "true or false");
      out.refused = value.bool_value();
    } else if (name == "mentions") {
      if (value.kind_case() == Value::kStringValue) {
        out.mentions.push_back(value.string_value());
      } else {
        status = Strings(name, value, out.mentions);
      }
    } else if (kForPeople.count(name) == 0) {
      unknown.push_back(name);
    }
    if (!status.ok()) return status;
  }
  if (!unknown.empty()) {
    std::sort(unknown.begin(), unknown.end());
    return absl::InvalidArgumentError(absl::StrCat("unknown: ", absl::StrJoin(unknown, ", ")));
  }
  return out;
}

CaseResult CompareCase(const CaseExpectation& expected, const Outcome& outcome, const NeverSayTable& never_say) {
  Tally tally;
  if (expected.refused) {
    tally.Check(outcome.refusal.has_value(), [] { return "was answered, expected to be refused"; });
    std::string said = outcome.refusal ? absl::StrCat(outcome.refusal->path, ": ", outcome.refusal->message) : "";
    for (const std::string& word : expected.mentions) {
      tally.Check(absl::AsciiStrToLower(said).find(absl::AsciiStrToLower(word)) != std::string::npos, [&] {
        return absl::StrCat("the refusal does not mention \"", word, "\" (it says \"", Shortened(said), "\")");
      });
    }
    return std::move(tally.result);
  }
  if (!outcome.consultation) {
    // As many as an answer would have been put to.
    tally.result.total =
        static_cast<int>(3 + !expected.urgency.empty() + expected.statuses.size() + expected.must_recommend.size() +
                         expected.must_not_recommend.size() + expected.must_withhold.size() +
                         expected.must_hold_tags.size() + expected.must_not_say.size());
    tally.result.faults.push_back(absl::StrCat(
        "was refused: ",
        outcome.refusal ? Shortened(absl::StrCat(outcome.refusal->path, ": ", outcome.refusal->message)) : ""));
    return std::move(tally.result);
  }

  const v1::Consultation& answer = *outcome.consultation;
  bool complete = answer.plugin_failures().empty();
  tally.Check(complete, [] { return "not complete (condyle assess would exit 3)"; });
  tally.Check(complete, [&] {
    return absl::StrCat("plugin failures: ",
                        absl::StrJoin(answer.plugin_failures(), "; ", [](std::string* out, const auto& f) {
                          absl::StrAppend(out, f.plugin_id(), ": ", Shortened(f.message()));
                        }));
  });
  if (!expected.urgency.empty()) {
    const std::string& got = v1::Urgency_Name(answer.urgency());
    tally.Check(got == expected.urgency, [&] { return absl::StrCat(got, ", expected ", expected.urgency); });
  }
  std::map<std::string, std::string> statuses;
  for (const v1::Assessment& a : answer.assessments()) statuses[a.plugin_id()] = v1::Status_Name(a.status());
  for (const auto& [plugin, accepted] : expected.statuses) {
    auto at = statuses.find(plugin);
    std::string got = at == statuses.end() ? "no assessment" : at->second;
    tally.Check(std::find(accepted.begin(), accepted.end(), got) != accepted.end(),
                [&, &plugin = plugin, &accepted = accepted] {
                  return absl::StrCat(plugin, " ", got, ", expected ", absl::StrJoin(accepted, " or "));
                });
  }

  std::multimap<std::string, const v1::Recommendation*> active;
  for (const v1::Recommendation& r : answer.recommendations()) active.emplace(r.id(), &r);
  std::map<std::string, const v1::Withheld*> withheld;
  for (const v1::Withheld& w : answer.withheld()) withheld[w.recommendation().id()] = &w;
  for (const std::string& id : expected.must_recommend) {
    tally.Check(active.count(id) > 0, [&] {
      auto at = withheld.find(id);
      return absl::StrCat("lacks ", id,
                          at == withheld.end() ? "" : absl::StrCat(" (withheld by ", at->second->by(), ")"));
    });
  }
  for (const std::string& id : expected.must_not_recommend) {
    tally.Check(active.count(id) == 0, [&] { return absl::StrCat("recommends ", id); });
  }
  for (const std::string& id : expected.must_withhold) {
    auto at = withheld.find(id);
    tally.Check(at != withheld.end() && !at->second->by().empty() && !at->second->reason().empty(), [&] {
      return absl::StrCat(id,
                          at == withheld.end() ? " is not among the withheld" : " is withheld without by or reason");
    });
  }
  for (const std::string& root : expected.must_hold_tags) {
    std::set<std::string> loose;
    for (const auto& [id, r] : active) {
      if (std::any_of(r->tags().begin(), r->tags().end(), [&](const std::string& tag) { return Under(tag, root); })) {
        loose.insert(id);
      }
    }
    tally.Check(loose.empty(), [&] { return absl::StrCat(root, " is not held: ", absl::StrJoin(loose, ", ")); });
  }

  std::vector<std::pair<std::string, std::string>> texts;
  ForEachText(answer, "", false,
              [&](const std::string& path, const std::string& text) { texts.emplace_back(path, text); });
  // As Python's re reads patterns: ^ only at the start, and the dot matches no line end.
  const auto flags = boost::match_single_line | boost::match_not_dot_newline;
  auto said = [&](const NeverSay& row) -> std::string {
    for (const auto& [path, text] : texts) {
      boost::smatch match;
      if (boost::regex_search(text, match, row.pattern, flags)) {
        return absl::StrCat("\"", Shortened(match.str()), "\" at ", path);
      }
    }
    return "";
  };
  std::set<std::string> listed(expected.must_not_say.begin(), expected.must_not_say.end());
  for (const std::string& id : expected.must_not_say) {
    std::string hit = said(never_say.at(id));
    tally.Check(hit.empty(), [&] { return absl::StrCat("says ", id, ": ", hit); });
  }
  std::vector<std::string> hits;
  for (const auto& [id, row] : never_say) {
    if (!row.always || listed.count(id) > 0) continue;
    std::string hit = said(row);
    if (!hit.empty()) hits.push_back(absl::StrCat(id, ": ", hit));
  }
  tally.Check(hits.empty(), [&] { return absl::StrCat("says ", absl::StrJoin(hits, "; ")); });
  return std::move(tally.result);
}

}  // namespace condyle::cli
