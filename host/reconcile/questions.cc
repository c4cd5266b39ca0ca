// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Unites the questions of several plugins.
#include "host/reconcile/questions.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/strings/str_join.h"

namespace condyle {
namespace {

// Why an input is asked for, each reason once.
std::string United(const PartsRoom::Askers& askers) {
  std::vector<absl::string_view> whys;
  for (const v1::MissingInput* asker : askers) {
    const absl::string_view why = asker->why();
    if (!why.empty() && std::find(whys.begin(), whys.end(), why) == whys.end()) whys.push_back(why);
  }
  return absl::StrJoin(whys, "; ");
}

const std::string* PluginOf(const v1::MissingInput* input, const std::vector<OpenQuestions>& open) {
  const auto at = std::find_if(open.begin(), open.end(), [&](const OpenQuestions& from) {
    return std::find(from.inputs->begin(), from.inputs->end(), input) != from.inputs->end();
  });
  return at->plugin_id;
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

std::vector<const v1::NextQuestion*> UniteQuestions(const std::vector<OpenQuestions>& open, const QuestionWords& words,
                                                    PartsRoom* room) {
  std::vector<PartsRoom::Askers> askers;
  std::vector<bool> by_open_screen;
  absl::flat_hash_map<std::pair<absl::string_view, int>, size_t> at;
  for (const OpenQuestions& from : open) {
    for (const v1::MissingInput* missing : *from.inputs) {
      const auto [place, is_new] =
          at.emplace(std::pair(absl::string_view(missing->key()), missing->side()), askers.size());
      if (is_new) {
        askers.emplace_back();
        by_open_screen.push_back(false);
      }
      askers[place->second].push_back(missing);
      if (from.open_screen && missing->safety()) by_open_screen[place->second] = true;
    }
  }
  const auto phrase = [&](const PartsRoom::Askers& inputs, v1::NextQuestion* question) {
    const v1::MissingInput& first = *inputs.front();
    *question = words.Ask(first.key(), first.side());
    question->set_why(United(inputs));
    const std::string* last = nullptr;
    for (const v1::MissingInput* input : inputs) {
      if (input->safety()) question->set_safety(true);
      const std::string* plugin = PluginOf(input, open);
      if (last == nullptr || *last != *plugin) question->add_asked_by(*plugin);
      last = plugin;
    }
    return words.OrderOf(first.key());
  };
  const std::vector<PhrasedQuestion> questions = room->Questions(askers, phrase);
  std::vector<size_t> order(questions.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto rank = [&](size_t i) {
    const v1::NextQuestion& question = *questions[i].message;
    return std::tuple(!by_open_screen[i], !question.safety(), -question.asked_by_size(), questions[i].order,
                      question.side());
  };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return rank(a) < rank(b); });
  std::vector<const v1::NextQuestion*> united;
  united.reserve(order.size());
  for (const size_t i : order) united.push_back(questions[i].message);
  return united;
}

}  // namespace condyle
