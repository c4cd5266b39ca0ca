// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What to ask next, as the plugins themselves say.
#ifndef CONDYLE_HOST_RECONCILE_QUESTIONS_H_
#define CONDYLE_HOST_RECONCILE_QUESTIONS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "host/catalog/input_catalog.h"
#include "host/reconcile/answer_parts.h"

namespace condyle {

// Words for questions, from the catalogue of inputs. Immutable. The catalogue must outlive it.
class QuestionWords {
 public:
  explicit QuestionWords(const InputCatalog& inputs);

  // A question with key, side, words, section and by_examiner filled in. Age and sex have keys of their own:
  // "patient.age", "patient.sex".
  v1::NextQuestion Ask(const std::string& key, v1::Side side) const;
  // Where it stands in the catalogue: age and sex before the inputs, what is not known behind them.
  int OrderOf(const std::string& key) const;

 private:
  const InputCatalog& inputs_;
  absl::flat_hash_map<std::string, int> order_;
};

// One plugin's open questions.
struct OpenQuestions {
  const std::string* plugin_id;
  // Of the room.
  const std::vector<const v1::MissingInput*>* inputs;
  // It is a safety screen that these questions keep undecided.
  bool open_screen;
};

// One question per key and side, united over the plugins. Order: what keeps a safety screen open, then other safety
// questions, then the rest; within each the question that most plugins ask first, then the order of the catalogue. The
// messages are the room's.
std::vector<const v1::NextQuestion*> UniteQuestions(const std::vector<OpenQuestions>& open, const QuestionWords& words,
                                                    PartsRoom* room);

}  // namespace condyle

#endif  // CONDYLE_HOST_RECONCILE_QUESTIONS_H_
