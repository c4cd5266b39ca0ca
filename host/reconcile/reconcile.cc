// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reconciliation: checks the answers, works out what is on hold, sorts what may be said now from what may not.
#include "host/reconcile/reconcile.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "host/reconcile/advice.h"
#include "host/reconcile/answer_check.h"
#include "host/reconcile/answer_parts.h"
#include "host/reconcile/code_notices.h"
#include "host/reconcile/questions.h"
#include "host/reconcile/screens.h"

namespace condyle {
namespace {

constexpr char kDisclaimer[] =
    "Decision support for clinicians. No clinician has reviewed this content: check the cited basis of each line "
    "before acting on it. A flag that was not raised never excludes a condition.";

int RankOf(v1::PluginRole role) {
  switch (role) {
    case v1::PLUGIN_ROLE_SAFETY_SCREEN:
      return 0;
    case v1::PLUGIN_ROLE_CONDITION:
      return 1;
    case v1::PLUGIN_ROLE_EXERCISE:
      return 2;
    default:
      return 3;
  }
}

int RankOf(v1::Status status) {
  switch (status) {
    case v1::STATUS_POSITIVE:
      return 0;
    case v1::STATUS_INSUFFICIENT_DATA:
      return 1;
    case v1::STATUS_NEGATIVE:
      return 2;
    default:
      return 3;
  }
}

// A plugin's answer that can be used.
struct Answer {
  const PluginFile* plugin;
  const Screen* screen;  // null if the plugin is none
  PartedAnswer parts;

  const v1::Assessment& assessment() const { return *parts.assessment; }
};

// What plugins answered, as far as it can be used, and what follows where one did not.
struct Answers {
  std::vector<Answer> usable;
  std::vector<v1::PluginFailure> failures;
  // Set by the host for screens without an answer.
  std::vector<v1::Hold> host_holds;
  // By number of the source.
  std::vector<bool> is_cited;
  // Something is still open: a plugin failed, is missing or is undecided.
  bool undecided = false;
};

// Most urgent first, screens before the rest. Plugins are in the order of their ids, and the sort is stable: the id
// decides last.
void Sort(std::vector<Answer>& answers) {
  std::stable_sort(answers.begin(), answers.end(), [](const Answer& a, const Answer& b) {
    return std::tuple(-a.assessment().urgency(), RankOf(a.plugin->manifest.role())) <
           std::tuple(-b.assessment().urgency(), RankOf(b.plugin->manifest.role()));
  });
}

// FORBID first, plugins before the host, in the order of the assessments.
void MoveConstraints(Answers& answers, v1::Consultation& out) {
  auto* holds = out.mutable_holds();
  for (v1::Effect effect : {v1::EFFECT_FORBID, v1::EFFECT_HOLD}) {
    for (const Answer& answer : answers.usable) {
      for (const AnswerPart* part : answer.parts.constraints) {
        const auto& constraint = static_cast<const v1::Constraint&>(*part->message);
        if (constraint.effect() != effect) continue;
        const std::string& by = answer.plugin->manifest.id();
        const bool repeated = std::any_of(holds->begin(), holds->end(), [&](const v1::Hold& h) {
          return h.effect() == effect && h.tag() == constraint.tag() && h.by() == by &&
                 h.reason() == constraint.reason();
        });
        if (repeated) continue;
        v1::Hold* hold = holds->Add();
        hold->set_by(by);
        hold->set_tag(constraint.tag());
        hold->set_effect(effect);
        hold->set_reason(constraint.reason());
        *hold->mutable_citations() = constraint.citations();
      }
    }
  }
  for (v1::Hold& hold : answers.host_holds) *holds->Add() = std::move(hold);
}

void AddDifferential(const std::vector<Answer>& answers, v1::Consultation& out) {
  struct Line {
    const Answer* answer;
    const v1::Conclusion* summary;
  };
  std::vector<Line> lines;
  for (const Answer& answer : answers) {
    for (const AnswerPart* part : answer.parts.conclusions) lines.push_back({&answer, part->summary});
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return std::tuple(-a.answer->assessment().urgency(), RankOf(a.summary->status())) <
           std::tuple(-b.answer->assessment().urgency(), RankOf(b.summary->status()));
  });
  for (const Line& line : lines) {
    v1::Differential* entry = out.add_differential();
    entry->set_plugin_id(line.answer->plugin->manifest.id());
    entry->set_role(line.answer->plugin->manifest.role());
    entry->set_urgency(line.answer->assessment().urgency());
    entry->unsafe_arena_set_allocated_conclusion(const_cast<v1::Conclusion*>(line.summary));
  }
}

void AddQuestions(const std::vector<Answer>& answers, const QuestionWords& words, PartsRoom* room,
                  v1::Consultation& out) {
  std::vector<OpenQuestions> open;
  for (const Answer& answer : answers) {
    open.push_back({&answer.plugin->manifest.id(), &answer.parts.missing_inputs,
                    answer.screen != nullptr && answer.assessment().status() == v1::STATUS_INSUFFICIENT_DATA});
  }
  const std::vector<const v1::NextQuestion*> questions = UniteQuestions(open, words, room);
  out.mutable_next_questions()->Reserve(static_cast<int>(questions.size()));
  for (const v1::NextQuestion* question : questions) {
    out.mutable_next_questions()->UnsafeArenaAddAllocated(const_cast<v1::NextQuestion*>(question));
  }
}

// What a consultation lies in, and what it shares.
struct Body {
  static constexpr size_t kFirstBlock = 16u << 10;

  static google::protobuf::ArenaOptions InBlocks() {
    google::protobuf::ArenaOptions options;
    options.start_block_size = kFirstBlock;
    options.max_block_size = 2 * kFirstBlock;
    return options;
  }

  std::shared_ptr<const std::vector<v1::Citation>> citations;
  std::shared_ptr<PartsRoom> room;
  google::protobuf::Arena arena{InBlocks()};
};

}  // namespace

// What follows from the manifests alone.
struct Reconciler::Index {
  explicit Index(const PluginCatalog& from) : catalog(from), screens(from), words(from.inputs) {}

  // Numbers the sources; notices where two plugins mean different ones by one key.
  void ReadCitations();
  Answers ReadAnswers(const std::vector<Reply>& replies, Body& body) const;
  // What is wrong with a reply that has parts which are not sound.
  std::string FaultOf(const std::string& response, size_t plugin) const;

  const PluginCatalog& catalog;
  const Screens screens;
  const QuestionWords words;
  std::vector<CitationNumbers> citation_numbers;  // of each plugin
  std::shared_ptr<std::vector<v1::Citation>> citations = std::make_shared<std::vector<v1::Citation>>();
  mutable PartsRooms rooms;
  v1::Receipt receipt;
  std::vector<v1::Notice> notices;
};

void Reconciler::Index::ReadCitations() {
  absl::flat_hash_map<std::string, int> numbers;
  absl::flat_hash_set<std::string> told;
  std::vector<const std::string*> first_by;
  for (const PluginFile& plugin : catalog.plugins) {
    CitationNumbers& known = citation_numbers.emplace_back();
    for (const v1::Citation& citation : plugin.manifest.citations()) {
      auto [at, is_new] = numbers.emplace(citation.key(), static_cast<int>(citations->size()));
      known.emplace(citation.key(), at->second);
      if (is_new) {
        citations->push_back(citation);
        first_by.push_back(&plugin.manifest.id());
        continue;
      }
      const v1::Citation& first = citations->at(static_cast<size_t>(at->second));
      const bool same =
          first.title() == citation.title() && first.locator() == citation.locator() && first.url() == citation.url();
      if (same || !told.insert(citation.key()).second) continue;
      v1::Notice& notice = notices.emplace_back();
      notice.set_path(citation.key());
      notice.set_message(absl::StrCat("The citation key ", citation.key(), " means one source in ",
                                      *first_by[at->second], ", which is the one listed, and another in ",
                                      plugin.manifest.id(), ": ", citation.title()));
    }
  }
}

std::string Reconciler::Index::FaultOf(const std::string& response, size_t plugin) const {
  v1::Assessment whole;
  std::vector<int> cited;
  return whole.ParseFromString(response)
             ? FindFault(whole, catalog.plugins[plugin].manifest.id(), citation_numbers[plugin], cited)
             : std::string();
}

Answers Reconciler::Index::ReadAnswers(const std::vector<Reply>& replies, Body& body) const {
  Answers answers;
  answers.usable.reserve(catalog.plugins.size());
  answers.host_holds = screens.missing_holds();
  answers.is_cited.resize(citations->size());
  answers.undecided = screens.missing();
  for (size_t i = 0; i < catalog.plugins.size(); ++i) {
    const PluginFile& plugin = catalog.plugins[i];
    const Screen* screen = screens.Of(i);
    std::optional<v1::PluginFailure> failure;
    const auto bad_answer = [&](std::string message) {
      failure.emplace();
      failure->set_kind(v1::FAILURE_KIND_BAD_ANSWER);
      failure->set_message(std::move(message));
    };
    PartedAnswer parts;
    if (i >= replies.size()) {
      bad_answer("There is no reply of this plugin.");
    } else if (replies[i].failure) {
      failure = *replies[i].failure;
    } else {
      parts = body.room->Read(replies[i].response, i, plugin.manifest.id(), citation_numbers[i], &body.arena);
      if (parts.assessment == nullptr) {
        bad_answer(absl::StrCat("Its answer (", replies[i].response.size(),
                                " bytes) is no condyle.v1.Assessment, or holds text that is not UTF-8."));
      } else if (!parts.sound || !FindTopFault(*parts.assessment, plugin.manifest.id()).empty()) {
        bad_answer(absl::StrCat("Its answer breaks a rule at ", FaultOf(replies[i].response, i), "."));
      }
    }
    const bool open = failure || parts.assessment->status() == v1::STATUS_INSUFFICIENT_DATA;
    answers.undecided |= open;
    if (open && screen != nullptr) {
      for (v1::Hold& hold : failure ? HoldsOfFailed(*screen, failure->kind()) : HoldsOfUndecided(*screen)) {
        answers.host_holds.push_back(std::move(hold));
      }
    }
    if (failure) {
      if (failure->plugin_id().empty()) failure->set_plugin_id(plugin.manifest.id());
      if (failure->file().empty()) failure->set_file(plugin.path);
      answers.failures.push_back(std::move(*failure));
      continue;
    }
    for (const int number : parts.cited) answers.is_cited[static_cast<size_t>(number)] = true;
    if (parts.assessment->plugin_version().empty()) parts.assessment->set_plugin_version(plugin.manifest.version());
    answers.usable.push_back({&plugin, screen, std::move(parts)});
  }
  return answers;
}

Reconciler::Reconciler(const PluginCatalog& catalog, const std::string& host_version, const std::string& isolation) {
  auto index = std::make_shared<Index>(catalog);
  index->receipt.set_host_version(host_version);
  for (const PluginFile& plugin : catalog.plugins) {
    v1::PluginRun* run = index->receipt.add_plugins();
    run->set_plugin_id(plugin.manifest.id());
    run->set_plugin_version(plugin.manifest.version());
    run->set_file(plugin.path);
    run->set_file_sha256(plugin.file_sha256);
    run->set_manifest_sha256(plugin.manifest_sha256);
    run->set_isolation(isolation);
  }
  index->ReadCitations();
  index_ = std::move(index);
}

Reconciler::~Reconciler() = default;

v1::Consultation Reconciler::Reconcile(const CheckedCase& checked, const std::vector<Reply>& replies) const {
  return *ReconcileShared(checked, replies);
}

std::shared_ptr<v1::Consultation> Reconciler::ReconcileShared(const CheckedCase& checked,
                                                              const std::vector<Reply>& replies) const {
  const Index& index = *index_;
  auto body = std::make_shared<Body>();
  body->citations = index.citations;
  body->room = index.rooms.Current();
  v1::Consultation& out = *google::protobuf::Arena::CreateMessage<v1::Consultation>(&body->arena);
  out.set_case_id(checked.value.id());
  out.set_as_of(checked.value.as_of());
  out.set_disclaimer(kDisclaimer);

  Answers answers = index.ReadAnswers(replies, *body);
  Sort(answers.usable);
  for (const v1::PluginFailure& failure : index.catalog.failures) *out.add_plugin_failures() = failure;
  for (const v1::PluginFailure& failure : index.screens.missing_failures()) *out.add_plugin_failures() = failure;
  for (const v1::PluginFailure& failure : answers.failures) *out.add_plugin_failures() = failure;

  std::vector<v1::Urgency> urgencies;
  for (const Answer& answer : answers.usable) urgencies.push_back(answer.assessment().urgency());
  out.set_urgency(HighestUrgency(urgencies, answers.undecided || out.plugin_failures_size() > 0));

  MoveConstraints(answers, out);
  AdviceList advice(&body->arena);
  for (const Answer& answer : answers.usable) advice.Take(answer.parts.recommendations, answer.plugin->manifest.id());
  advice.Part(out);
  AddQuestions(answers.usable, index.words, body->room.get(), out);
  AddDifferential(answers.usable, out);

  // The rest: assessments (without what was moved), sources, notices, receipt.
  for (const Answer& answer : answers.usable) {
    out.mutable_assessments()->UnsafeArenaAddAllocated(answer.parts.assessment);
  }
  for (size_t i = 0; i < answers.is_cited.size(); ++i) {
    if (answers.is_cited[i]) out.mutable_citations()->UnsafeArenaAddAllocated(&index.citations->at(i));
  }
  for (const v1::Notice& notice : checked.notices) *out.add_notices() = notice;
  for (const v1::Notice& notice : index.notices) *out.add_notices() = notice;
  AddCodeNotice(&out);
  *out.mutable_receipt() = index.receipt;
  return std::shared_ptr<v1::Consultation>(std::move(body), &out);
}

const Screens& Reconciler::screens() const { return index_->screens; }
const QuestionWords& Reconciler::words() const { return index_->words; }

v1::Urgency HighestUrgency(const std::vector<v1::Urgency>& urgencies, bool undecided) {
  v1::Urgency highest = undecided ? v1::URGENCY_ROUTINE : v1::URGENCY_UNSPECIFIED;
  for (const v1::Urgency urgency : urgencies) highest = std::max(highest, urgency);
  return highest == v1::URGENCY_UNSPECIFIED ? v1::URGENCY_ROUTINE : highest;
}

v1::Consultation Reconcile(const CheckedCase& checked, const PluginCatalog& catalog, const std::vector<Reply>& replies,
                           const std::string& host_version, const std::string& isolation) {
  return Reconciler(catalog, host_version, isolation).Reconcile(checked, replies);
}

const char* Disclaimer() { return kDisclaimer; }

}  // namespace condyle
