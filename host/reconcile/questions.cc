// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Unites the questions of several plugins.
#include "host/reconcile/questions.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

struct Question {
  v1::NextQuestion message;
  std::vector<const std::string*> whys;
  int order;
  bool by_open_screen = false;
};

void Add(const v1::MissingInput& missing, const OpenQuestions& from, Question& question) {
  question.by_open_screen |= from.open_screen && missing.safety();
  if (missing.safety()) question.message.set_safety(true);
  auto* asked_by = question.message.mutable_asked_by();
  if (asked_by->empty() || *asked_by->rbegin() != *from.plugin_id) *asked_by->Add() = *from.plugin_id;
  const bool told = std::any_of(question.whys.begin(), question.whys.end(),
                                [&](const std::string* why) { return *why == missing.why(); });
  if (!told && !missing.why().empty()) question.whys.push_back(&missing.why());
}

}  // namespace

QuestionWords::QuestionWords(const InputCatalog& inputs) : inputs_(inputs) {
  for (size_t i = 0; i < inputs.inputs().size(); ++i) {
    order_.emplace(inputs.inputs()[i].input.key(), static_cast<int>(i));
  }
}

int QuestionWords::OrderOf(const std::string& key) const {
  if (key == "patient.age" || key == "patient.sex") return -1;
  auto found = order_.find(key);
  return found == order_.end() ? static_cast<int>(order_.size()) : found->second;
}

v1::NextQuestion QuestionWords::Ask(const std::string& key, v1::Side side) const {
  v1::NextQuestion question;
  question.set_key(key);
  question.set_side(side);
  if (const CatalogInput* known = inputs_.Find(key)) {
    question.set_question(known->input.question());
    question.set_section(known->input.section());
    question.set_by_examiner(known->input.by_examiner());
  } else if (key == "patient.age") {
    question.set_question("How old is the patient (date of birth, or age in years)?");
    question.set_section("patient");
  } else if (key == "patient.sex") {
    question.set_question("What is the patient's sex, as recorded for clinical use?");
    question.set_section("patient");
  } else {
    question.set_question(key);
  }
  return question;
}

std::vector<v1::NextQuestion> UniteQuestions(const std::vector<OpenQuestions>& open, const QuestionWords& words) {
  std::vector<Question> questions;
  absl::flat_hash_map<std::pair<absl::string_view, int>, size_t> at;
  for (const OpenQuestions& from : open) {
    for (const v1::MissingInput& missing : from.answer->missing_inputs()) {
      auto [place, is_new] = at.emplace(std::pair(absl::string_view(missing.key()), missing.side()), questions.size());
      if (is_new) {
        questions.push_back({words.Ask(missing.key(), missing.side()), {}, words.OrderOf(missing.key()), false});
      }
      Add(missing, from, questions[place->second]);
    }
  }
  for (Question& question : questions) {
    std::string* why = question.message.mutable_why();
    for (const std::string* part : question.whys) absl::StrAppend(why, why->empty() ? "" : "; ", *part);
  }
  std::stable_sort(questions.begin(), questions.end(), [](const Question& a, const Question& b) {
    return std::tuple(!a.by_open_screen, !a.message.safety(), -a.message.asked_by_size(), a.order, a.message.side()) <
           std::tuple(!b.by_open_screen, !b.message.safety(), -b.message.asked_by_size(), b.order, b.message.side());
  });
  std::vector<v1::NextQuestion> united;
  united.reserve(questions.size());
  for (Question& question : questions) united.push_back(std::move(question.message));
  return united;
}

}  // namespace condyle
