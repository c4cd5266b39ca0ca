// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Rules of consultations, worked out again from messages and manifests alone.
#include "tests/end_to_end/support/consultations.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "host/reconcile/tags.h"
#include "host/report/report.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

namespace fs = std::filesystem;
using google::protobuf::FieldDescriptor;

bool CoversAny(const v1::Hold& hold, const v1::Recommendation& recommendation) {
  return std::any_of(recommendation.tags().begin(), recommendation.tags().end(),
                     [&](const std::string& tag) { return TagCovers(hold.tag(), tag); });
}

// What makes two pieces of advice the same to a reader.
std::string Advice(const v1::Recommendation& r) {
  return r.id() + " / " + v1::Side_Name(r.side()) + " / " + r.timeframe();
}

std::string SwapWord(const std::string& word) {
  static const std::pair<const char*, const char*> kPairs[] = {{"left", "right"}, {"Left", "Right"}, {"LEFT", "RIGHT"}};
  for (const auto& [left, right] : kPairs) {
    if (word == left) return right;
    if (word == right) return left;
  }
  return word;
}

std::string CanonicalText(const std::string& text, Sides sides) {
  std::vector<std::string> words;
  std::string word;
  for (char c : text + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(sides == Sides::kSwapped ? SwapWord(word) : word);
      word.clear();
    }
  }
  std::sort(words.begin(), words.end());
  std::string joined;
  for (const std::string& one : words) joined += one + " ";
  return joined;
}

std::string CanonicalField(const google::protobuf::Message& message, const FieldDescriptor* field, int index,
                           Sides sides) {
  const auto& reflection = *message.GetReflection();
  const bool repeated = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Canonical(
          repeated ? reflection.GetRepeatedMessage(message, field, index) : reflection.GetMessage(message, field),
          sides);
    case FieldDescriptor::CPPTYPE_STRING:
      return CanonicalText(
          repeated ? reflection.GetRepeatedString(message, field, index) : reflection.GetString(message, field), sides);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value =
          repeated ? reflection.GetRepeatedEnum(message, field, index) : reflection.GetEnum(message, field);
      return CanonicalText(value->name(), sides);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return std::to_string(reflection.GetDouble(message, field));
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(repeated ? reflection.GetRepeatedInt32(message, field, index)
                                     : reflection.GetInt32(message, field));
    default:
      throw std::runtime_error("Canonical: a field of another type: " + field->full_name());
  }
}

}  // namespace

std::unique_ptr<Host> OpenHost(HostOptions options) {
  if (options.plugins.empty()) options.plugins = {kPluginFolder};
  options.worker = kWorkerProgram;
  auto host = Host::Open(options);
  if (!host.ok()) throw std::runtime_error(std::string(host.status().message()));
  return *std::move(host);
}

std::unique_ptr<Host> OpenHost(bool in_process) {
  HostOptions options;
  options.in_process = in_process;
  return OpenHost(options);
}

std::string Fixture(const std::string& name) { return std::string(kFixtureFolder) + "/condyle_" + name + ".so"; }

v1::Consultation ParseConsultation(const std::string& json) {
  v1::Consultation consultation;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &consultation);
  if (!status.ok()) throw std::runtime_error(status.ToString() + "\n" + json.substr(0, 500));
  return consultation;
}

std::vector<std::string> PluginFiles(const std::vector<std::string>& without) {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(kPluginFolder)) {
    if (entry.path().extension() != ".so") continue;
    const std::string name = entry.path().stem().string();
    const bool left_out =
        std::any_of(without.begin(), without.end(), [&](const std::string& id) { return name == "condyle_" + id; });
    if (!left_out) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> UnheldGuards(const v1::Consultation& consultation, const v1::PluginManifest& screen) {
  std::vector<std::string> unheld;
  for (const std::string& tag : screen.guards()) {
    if (std::none_of(consultation.holds().begin(), consultation.holds().end(),
                     [&](const v1::Hold& hold) { return TagCovers(hold.tag(), tag); })) {
      unheld.push_back(screen.id() + " guards " + tag + ", which is not held");
    }
  }
  return unheld;
}

std::vector<std::string> BrokenRules(const v1::Consultation& consultation,
                                     const std::vector<v1::PluginManifest>& manifests) {
  std::vector<std::string> broken;
  std::set<std::string> active;
  for (const v1::Recommendation& r : consultation.recommendations()) {
    active.insert(Advice(r));
    for (const v1::Hold& hold : consultation.holds()) {
      if (CoversAny(hold, r))
        broken.push_back(r.id() + " is active although " + hold.tag() + " is held by " + hold.by());
    }
    if (r.citations().empty()) broken.push_back(r.id() + " cites nothing");
    if (r.plugin_ids().empty()) broken.push_back(r.id() + " does not say which plugin gave it");
  }
  for (const v1::Withheld& w : consultation.withheld()) {
    const std::string& id = w.recommendation().id();
    if (active.count(Advice(w.recommendation())) != 0) broken.push_back(id + " is withheld and active");
    if (w.by().empty() || w.reason().empty()) broken.push_back(id + " is withheld without by or reason");
    if (w.holds().empty() || !CoversAny(w.holds(0), w.recommendation())) {
      broken.push_back(id + " is withheld although none of its tags is held");
    }
  }

  v1::Urgency highest = v1::URGENCY_UNSPECIFIED;
  bool undecided = !consultation.plugin_failures().empty();
  for (const v1::Assessment& a : consultation.assessments()) {
    highest = std::max(highest, a.urgency());
    undecided |= a.status() == v1::STATUS_INSUFFICIENT_DATA;
    if (a.status() == v1::STATUS_INSUFFICIENT_DATA && a.missing_inputs().empty()) {
      broken.push_back(a.plugin_id() + " lacks data and does not say which");
    }
    if (a.summary().empty()) broken.push_back(a.plugin_id() + " has no summary");
    for (const v1::Conclusion& c : a.conclusions()) {
      if (c.has_probability() && c.probability().citations().empty()) {
        broken.push_back(a.plugin_id() + " gives a probability without a source");
      }
    }
  }
  const v1::Urgency least = undecided ? v1::URGENCY_ROUTINE : v1::URGENCY_SELF_CARE;
  if (consultation.urgency() != std::max(highest, least)) {
    broken.push_back("urgency is " + v1::Urgency_Name(consultation.urgency()) + ", the highest answer is " +
                     v1::Urgency_Name(highest));
  }

  for (const v1::PluginManifest& manifest : manifests) {
    const v1::Assessment* answer = FindAssessment(consultation, manifest.id());
    if ((answer == nullptr) == (FindFailure(consultation, manifest.id()) == nullptr)) {
      broken.push_back(manifest.id() + " has neither answered nor failed, or both");
    }
    if (manifest.role() != v1::PLUGIN_ROLE_SAFETY_SCREEN) continue;
    if (answer != nullptr && answer->status() == v1::STATUS_NEGATIVE) continue;
    for (std::string& line : UnheldGuards(consultation, manifest)) broken.push_back(std::move(line));
  }
  if (consultation.disclaimer().empty()) broken.push_back("there is no disclaimer");
  return broken;
}

cli::NeverSayTable NeverSay() {
  auto table = cli::ParseNeverSay(ReadFile(std::string(kPackFolder) + "/never_say.tsv"));
  if (!table.ok()) throw std::runtime_error(std::string(table.status().message()));
  return *std::move(table);
}

void WordingCheck::Look(const std::string& text, const std::string& where, std::vector<std::string>* faults) {
  if (clean_.count(text) != 0) return;
  bool clean = true;
  for (const auto& [id, row] : table_) {
    boost::smatch match;
    if (row.always &&
        boost::regex_search(text, match, row.pattern, boost::match_single_line | boost::match_not_dot_newline)) {
      faults->push_back(where + " says " + id + ": \"" + match.str() + "\" in \"" + text + "\"");
      clean = false;
    }
  }
  if (clean) clean_.insert(text);
}

void WordingCheck::LookInside(const google::protobuf::Message& message, std::vector<std::string>* faults) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        LookInside(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                        : reflection.GetMessage(message, field),
                   faults);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        Look(field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                  : reflection.GetString(message, field),
             field->full_name(), faults);
      }
    }
  }
}

std::vector<std::string> WordingCheck::Faults(const google::protobuf::Message& message) {
  std::vector<std::string> faults;
  LookInside(message, &faults);
  return faults;
}

std::vector<std::string> WordingCheck::Faults(const v1::Consultation& consultation) {
  v1::Consultation without_titles = consultation;
  for (v1::Citation& citation : *without_titles.mutable_citations()) citation.clear_title();
  std::vector<std::string> faults;
  LookInside(without_titles, &faults);
  TextOptions one_line_per_paragraph;
  one_line_per_paragraph.width = 100000;
  std::istringstream lines(ToText(without_titles, one_line_per_paragraph));
  for (std::string line; std::getline(lines, line);) Look(line, "the text", &faults);
  return faults;
}

std::string Canonical(const google::protobuf::Message& message, Sides sides) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  std::string text = "{";
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
    std::vector<std::string> values;
    for (int i = 0; i < size; ++i) values.push_back(CanonicalField(message, field, i, sides));
    std::sort(values.begin(), values.end());
    text += field->name() + ":[\n";
    for (const std::string& value : values) text += value + "\n";
    text += "]";
  }
  return text + "}";
}

std::string Difference(const std::string& a, const std::string& b) {
  const auto at = static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  if (at == a.size() && at == b.size()) return "";
  const size_t from = at < 200 ? 0 : at - 200;
  return "..." + a.substr(from, 400) + "...\nand\n..." + b.substr(from, 400) + "...";
}

v1::Case SwapSides(const v1::Case& patient_case, const std::string& except_key) {
  v1::Case swapped = patient_case;
  for (v1::Finding& finding : *swapped.mutable_findings()) {
    if (finding.key() == except_key) continue;
    if (finding.side() == v1::SIDE_LEFT) {
      finding.set_side(v1::SIDE_RIGHT);
    } else if (finding.side() == v1::SIDE_RIGHT) {
      finding.set_side(v1::SIDE_LEFT);
    }
  }
  return swapped;
}

v1::Consultation WithoutNamedSides(v1::Consultation consultation) {
  consultation.clear_case_id();
  const auto uncode = [](v1::Conclusion* conclusion) {
    conclusion->clear_condition();
    conclusion->clear_codings();
  };
  for (v1::Differential& line : *consultation.mutable_differential()) uncode(line.mutable_conclusion());
  for (v1::Assessment& assessment : *consultation.mutable_assessments()) {
    for (v1::Evidence& evidence : *assessment.mutable_evidence()) {
      if (evidence.key() == "exam.gaenslen") evidence.clear_likelihood_ratio();
    }
    for (v1::Conclusion& conclusion : *assessment.mutable_conclusions()) uncode(&conclusion);
  }
  return WithoutOrder(std::move(consultation));
}

v1::Consultation WithoutOrder(v1::Consultation consultation) {
  consultation.clear_notices();
  consultation.clear_receipt();
  return consultation;
}

const v1::Assessment* FindAssessment(const v1::Consultation& consultation, const std::string& plugin_id) {
  for (const v1::Assessment& assessment : consultation.assessments()) {
    if (assessment.plugin_id() == plugin_id) return &assessment;
  }
  return nullptr;
}

const v1::PluginFailure* FindFailure(const v1::Consultation& consultation, const std::string& plugin_id) {
  for (const v1::PluginFailure& failure : consultation.plugin_failures()) {
    if (failure.plugin_id() == plugin_id) return &failure;
  }
  return nullptr;
}

}  // namespace condyle::tests
