// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Merging, with every mistake named.
#include "sdk/manifest_tool/merge.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace condyle::manifest_tool {
namespace {

class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  explicit FirstError(std::string path) : path_(std::move(path)) {}
  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    if (text_.empty()) {
      text_ = path_ + ":" + std::to_string(line + 1) + ":" + std::to_string(column + 1) + ": " + message;
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string path_;
  std::string text_;
};

template <typename Message>
Result<Message> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return {{}, path + ": cannot be read"};
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  FirstError errors(path);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  Result<Message> result;
  if (!parser.ParseFromString(text, &result.value)) {
    result.error = errors.text().empty() ? path + ": not a valid message" : errors.text();
  }
  return result;
}

bool AddsCodingsOnly(const v1::Input& input) {
  return input.type() == v1::INPUT_TYPE_UNSPECIFIED && input.question().empty() && input.unit().empty();
}

void AddCodings(const v1::Input& from, v1::Input* to) {
  to->mutable_codings()->MergeFrom(from.codings());
  to->mutable_condition_codings()->MergeFrom(from.condition_codings());
  to->mutable_true_codings()->MergeFrom(from.true_codings());
  to->mutable_false_codings()->MergeFrom(from.false_codings());
  for (const v1::Answer& answer : from.answers()) {
    for (v1::Answer& own : *to->mutable_answers()) {
      if (own.code() == answer.code()) own.mutable_codings()->MergeFrom(answer.codings());
    }
  }
}

std::string CheckRecommendation(const v1::RecommendationSpec& spec) {
  const std::string name = "recommendation \"" + spec.id() + "\"";
  if (spec.id().empty()) return "a recommendation has no id";
  if (spec.text().empty()) return name + " has no text";
  if (spec.category().empty()) return name + " has no category";
  if (spec.tags().empty()) return name + " has no tag: nothing could hold it back";
  if (spec.grade() == v1::GRADE_UNSPECIFIED) return name + " has no grade of evidence";
  if (spec.citations().empty()) return name + " cites nothing";
  if (spec.citations_size() > 10) return name + " has more than ten citations";
  return "";
}

// YYYY-MM-DD of the calendar.
bool IsDay(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9')) return false;
  }
  const std::chrono::year_month_day day{std::chrono::year(std::stoi(text.substr(0, 4))),
                                        std::chrono::month(static_cast<unsigned>(std::stoi(text.substr(5, 2)))),
                                        std::chrono::day(static_cast<unsigned>(std::stoi(text.substr(8, 2))))};
  return day.ok();
}

std::string CheckCoding(const v1::Coding& coding) {
  const std::string name = "code \"" + coding.code() + "\"";
  if (coding.system().empty()) return name + " has no system";
  if (coding.code().empty()) return "a code of " + coding.system() + " is empty";
  for (const std::string* day : {&coding.valid_from(), &coding.valid_to(), &coding.checked_to()}) {
    if (!day->empty() && !IsDay(*day)) return name + ": \"" + *day + "\" is no day; allowed: YYYY-MM-DD";
  }
  if (!coding.valid_from().empty() && !coding.valid_to().empty() && coding.valid_to() < coding.valid_from()) {
    return name + " is valid to " + coding.valid_to() + ", before it is valid from " + coding.valid_from();
  }
  return "";
}

std::string CheckCodings(const v1::ConditionSpec& spec) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const v1::Coding& coding : spec.codings()) {
    if (std::string error = CheckCoding(coding); !error.empty()) return error;
    if (!seen.emplace(coding.system(), coding.code()).second) return "code \"" + coding.code() + "\" is listed twice";
  }
  return "";
}

std::string CheckCutoffs(const v1::Input& input) {
  const std::string name = "input \"" + input.key() + "\"";
  if (input.cutoffs().empty()) return "";
  if (input.type() != v1::INPUT_TYPE_QUANTITY) return name + " is no quantity and has cutoffs";
  for (int i = 0; i < input.cutoffs_size(); ++i) {
    if (!(input.cutoffs(i) >= input.min() && input.cutoffs(i) <= input.max())) {
      return name + ": cutoff " + std::to_string(input.cutoffs(i)) + " lies outside its range";
    }
    if (i > 0 && !(input.cutoffs(i - 1) < input.cutoffs(i))) {
      return name + ": cutoff " + std::to_string(input.cutoffs(i)) + " is not above the one before it";
    }
  }
  return "";
}

std::string CheckOrderTag(const v1::OrderTag& order) {
  const std::string name = "order tag \"" + order.tag() + "\"";
  if (order.tag().empty()) return "an order tag has no tag";
  if (order.codings().empty()) return name + " has no code";
  std::set<std::pair<std::string, std::string>> seen;
  for (const v1::Coding& coding : order.codings()) {
    if (std::string error = CheckCoding(coding); !error.empty()) return name + ": " + error;
    if (!seen.emplace(coding.system(), coding.code()).second) {
      return name + ": code \"" + coding.code() + "\" is listed twice";
    }
  }
  return "";
}

// A file that may be left out (codes under another licence) can add codes to the tag of another file.
void MergeOrderTag(const v1::OrderTag& order, google::protobuf::RepeatedPtrField<v1::OrderTag>* all) {
  for (v1::OrderTag& known : *all) {
    if (known.tag() != order.tag()) continue;
    if (known.text().empty()) known.set_text(order.text());
    known.mutable_codings()->MergeFrom(order.codings());
    return;
  }
  *all->Add() = order;
}

// Index by the string that `key_of` gives.
template <typename Repeated, typename KeyOf>
auto Index(const Repeated& items, KeyOf key_of) {
  std::map<std::string, const typename Repeated::value_type*> index;
  for (const auto& item : items) index.emplace(key_of(item), &item);
  return index;
}

bool Touches(const v1::Predicate& predicate, const std::string& input_key) {
  const std::string& key = predicate.key();
  if (key.size() > 2 && key.ends_with(".*")) return input_key.starts_with(key.substr(0, key.size() - 1));
  return key == input_key || predicate.above_key() == input_key;
}

}  // namespace

Result<v1::Pack> ReadPack(const std::string& path) { return ReadText<v1::Pack>(path); }
Result<v1::ManifestSource> ReadManifestSource(const std::string& path) { return ReadText<v1::ManifestSource>(path); }

Result<v1::Pack> MergePacks(const std::vector<v1::Pack>& parts) {
  Result<v1::Pack> result;
  v1::Pack& all = result.value;
  std::map<std::string, int> input_at, condition_at;
  std::vector<const v1::Input*> additions;
  std::vector<const v1::ConditionSpec*> added_codes;
  std::set<std::string> citations, recommendations, contradictions, screens;
  for (const v1::Pack& part : parts) {
    if (!part.code_system().empty()) {
      if (!all.code_system().empty() && all.code_system() != part.code_system()) {
        return {{}, "two code systems: " + all.code_system() + " and " + part.code_system()};
      }
      all.set_code_system(part.code_system());
    }
    for (const v1::Input& input : part.inputs()) {
      if (AddsCodingsOnly(input)) {
        additions.push_back(&input);
      } else if (!input_at.emplace(input.key(), all.inputs_size()).second) {
        return {{}, "input \"" + input.key() + "\" is defined twice"};
      } else if (std::string error = CheckCutoffs(input); !error.empty()) {
        return {{}, error};
      } else {
        *all.add_inputs() = input;
      }
    }
    for (const v1::Citation& citation : part.citations()) {
      if (citation.title().empty()) return {{}, "citation \"" + citation.key() + "\" has no title"};
      if (!citations.insert(citation.key()).second) return {{}, "citation \"" + citation.key() + "\" is defined twice"};
      *all.add_citations() = citation;
    }
    for (const v1::RecommendationSpec& spec : part.recommendations()) {
      if (std::string error = CheckRecommendation(spec); !error.empty()) return {{}, error};
      if (!recommendations.insert(spec.id()).second) {
        return {{}, "recommendation \"" + spec.id() + "\" is defined twice"};
      }
      *all.add_recommendations() = spec;
    }
    for (const v1::Contradiction& contradiction : part.contradictions()) {
      if (!contradictions.insert(contradiction.id()).second) {
        return {{}, "contradiction \"" + contradiction.id() + "\" is defined twice"};
      }
      *all.add_contradictions() = contradiction;
    }
    for (const v1::ExpectedScreen& screen : part.screens()) {
      if (screen.guards().empty()) return {{}, "screen \"" + screen.plugin_id() + "\" guards nothing"};
      if (!screens.insert(screen.plugin_id()).second) {
        return {{}, "screen \"" + screen.plugin_id() + "\" is listed twice"};
      }
      *all.add_screens() = screen;
    }
    all.mutable_side_codings()->MergeFrom(part.side_codings());
    for (const v1::OrderTag& order : part.order_tags()) {
      if (std::string error = CheckOrderTag(order); !error.empty()) return {{}, error};
      MergeOrderTag(order, all.mutable_order_tags());
    }
    for (const v1::ConditionSpec& spec : part.conditions()) {
      if (spec.id().empty()) return {{}, "a condition has no id"};
      if (spec.text().empty()) {
        added_codes.push_back(&spec);
      } else if (!condition_at.emplace(spec.id(), all.conditions_size()).second) {
        return {{}, "condition \"" + spec.id() + "\" is defined twice"};
      } else {
        *all.add_conditions() = spec;
      }
    }
  }
  for (const v1::ConditionSpec* addition : added_codes) {
    const auto found = condition_at.find(addition->id());
    if (found == condition_at.end()) {
      return {{}, "codes are added to condition \"" + addition->id() + "\", which is not defined"};
    }
    all.mutable_conditions(found->second)->mutable_codings()->MergeFrom(addition->codings());
  }
  for (const v1::ConditionSpec& spec : all.conditions()) {
    if (std::string error = CheckCodings(spec); !error.empty()) {
      return {{}, "condition \"" + spec.id() + "\": " + error};
    }
  }
  for (const v1::OrderTag& order : all.order_tags()) {
    if (order.text().empty()) return {{}, "order tag \"" + order.tag() + "\" has no text"};
  }
  for (const v1::Input* addition : additions) {
    const auto found = input_at.find(addition->key());
    if (found == input_at.end()) {
      return {{}, "codings are added to input \"" + addition->key() + "\", which is not defined"};
    }
    AddCodings(*addition, all.mutable_inputs(found->second));
  }
  for (const v1::RecommendationSpec& spec : all.recommendations()) {
    for (const std::string& key : spec.citations()) {
      if (!citations.contains(key)) {
        return {{}, "recommendation \"" + spec.id() + "\" cites \"" + key + "\", which is not among the citations"};
      }
    }
  }
  return result;
}

Result<MergedPlugin> MergePlugin(const v1::ManifestSource& source, const v1::Pack& pack) {
  Result<MergedPlugin> result;
  v1::PluginManifest& manifest = result.value.manifest;
  manifest = source.plugin();
  const std::string who = "plugin \"" + manifest.id() + "\"";
  if (manifest.id().empty()) return {{}, "plugin.id is missing"};

  const auto inputs = Index(pack.inputs(), [](const v1::Input& i) { return i.key(); });
  std::set<std::string> used;
  for (const v1::Input& own : manifest.inputs()) {
    if (std::string error = CheckCutoffs(own); !error.empty()) return {{}, who + ": " + error};
    used.insert(own.key());
  }
  for (const std::string& key : source.uses()) {
    const auto found = inputs.find(key);
    if (found == inputs.end()) return {{}, who + " uses \"" + key + "\", which the pack does not define"};
    if (!used.insert(key).second) return {{}, who + " uses \"" + key + "\" twice"};
    *manifest.add_inputs() = *found->second;
  }

  auto specs = Index(pack.recommendations(), [](const v1::RecommendationSpec& r) { return r.id(); });
  for (const v1::RecommendationSpec& own : source.recommendations()) {
    if (std::string error = CheckRecommendation(own); !error.empty()) return {{}, who + ": " + error};
    if (!specs.emplace(own.id(), &own).second) {
      return {{}, who + " defines recommendation \"" + own.id() + "\", which the pack has already"};
    }
  }
  std::vector<std::string> wanted(source.cites().begin(), source.cites().end());
  std::set<std::string> emitted;
  for (const std::string& id : manifest.emits()) {
    const auto found = specs.find(id);
    if (found == specs.end()) return {{}, who + " emits \"" + id + "\", which is not among the recommendations"};
    if (!emitted.insert(id).second) return {{}, who + " emits \"" + id + "\" twice"};
    result.value.recommendations.push_back(*found->second);
    wanted.insert(wanted.end(), found->second->citations().begin(), found->second->citations().end());
  }
  const auto citations = Index(pack.citations(), [](const v1::Citation& c) { return c.key(); });
  std::set<std::string> cited;
  for (const v1::Citation& own : manifest.citations()) cited.insert(own.key());
  for (const std::string& key : wanted) {
    if (!cited.insert(key).second) continue;
    const auto found = citations.find(key);
    if (found == citations.end()) return {{}, who + " cites \"" + key + "\", which is not among the citations"};
    *manifest.add_citations() = *found->second;
  }

  for (const v1::Contradiction& contradiction : pack.contradictions()) {
    bool touches = false;
    for (const v1::Predicate& predicate : contradiction.all()) {
      for (const std::string& key : used) touches = touches || Touches(predicate, key);
    }
    if (touches) *manifest.add_contradictions() = contradiction;
  }
  for (const v1::ExpectedScreen& screen : pack.screens()) {
    if (screen.plugin_id() != manifest.id()) {
      *manifest.add_expected_screens() = screen;
    } else if (!manifest.guards().empty()) {
      return {{}, who + " lists guards, which the pack gives already"};
    } else {
      *manifest.mutable_guards() = screen.guards();
    }
  }
  if (manifest.code_system().empty()) manifest.set_code_system(pack.code_system());
  manifest.mutable_side_codings()->MergeFrom(pack.side_codings());
  for (const v1::OrderTag& own : manifest.order_tags()) {
    if (std::string error = CheckOrderTag(own); !error.empty()) return {{}, who + ": " + error};
  }
  for (const v1::OrderTag& order : pack.order_tags()) MergeOrderTag(order, manifest.mutable_order_tags());
  if (manifest.request_message().empty()) manifest.set_request_message("condyle.v1.AssessmentRequest");
  if (manifest.response_message().empty()) manifest.set_response_message("condyle.v1.Assessment");
  return result;
}

}  // namespace condyle::manifest_tool
