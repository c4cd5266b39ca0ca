// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reconciliation: checks the answers, works out what is on hold, sorts what may be said now from what may not.
#include "host/reconcile/reconcile.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "host/reconcile/answer_check.h"

namespace condyle {
namespace {

constexpr char kDisclaimer[] =
    "Decision support for clinicians. No clinician has reviewed this content: check the cited basis of each line "
    "before acting on it. A flag that was not raised never excludes a condition.";

// Where advice stands in the list: what presses most first. The first row that fits counts: its category (if it names
// one) is equal and one tag is under its tag (if it names one).
struct AdviceRow {
  std::string_view category;
  std::string_view tag;
};
constexpr std::array kAdviceOrder = {
    AdviceRow{"emergency", ""},   AdviceRow{"", "care.emergency"},
    AdviceRow{"", "care.urgent"}, AdviceRow{"", "protect"},  // what to stop
    AdviceRow{"imaging", ""},     AdviceRow{"lab", ""},
    AdviceRow{"medication", ""},  AdviceRow{"referral", ""},
    AdviceRow{"activity", ""},    AdviceRow{"exercise", ""},
    AdviceRow{"education", ""},   AdviceRow{"data", ""},
    AdviceRow{"safety_net", ""},
};
// Categories that this host does not know stand before data.
constexpr int kUnknownCategory = static_cast<int>(kAdviceOrder.size()) - 3;
static_assert(kAdviceOrder[kUnknownCategory].category == "education");

int RankOf(const v1::Recommendation& r) {
  for (size_t i = 0; i < kAdviceOrder.size(); ++i) {
    const AdviceRow& row = kAdviceOrder[i];
    if (!row.category.empty() && row.category != r.category()) continue;
    if (row.tag.empty() || std::any_of(r.tags().begin(), r.tags().end(),
                                       [&](const std::string& tag) { return TagCovers(row.tag, tag); })) {
      return static_cast<int>(i);
    }
  }
  return kUnknownCategory;
}

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

// What became of a screen, for the reason of a hold.
const char* InWords(v1::FailureKind kind) {
  switch (kind) {
    case v1::FAILURE_KIND_LOAD:
      return "it could not be loaded";
    case v1::FAILURE_KIND_MANIFEST:
      return "its file has no usable manifest";
    case v1::FAILURE_KIND_CONFLICT:
      return "it is in conflict with another plugin";
    case v1::FAILURE_KIND_MISSING:
      return "it is not among the plugins";
    case v1::FAILURE_KIND_CRASHED:
      return "it crashed";
    case v1::FAILURE_KIND_DEADLINE:
      return "it ran out of time";
    case v1::FAILURE_KIND_BAD_ANSWER:
      return "its answer could not be used";
    case v1::FAILURE_KIND_REPORTED:
      return "it reported that it could not answer";
    default:
      return "it failed";
  }
}

std::string GuardReason(const std::string& name, v1::FailureKind kind) {
  return absl::StrCat("The safety screen ", name, " has not answered: ", InWords(kind),
                      ". What it guards is on hold until it answers; no answer is not a negative one.");
}

std::string UndecidedReason(const std::string& name) {
  return absl::StrCat("The safety screen ", name,
                      " has not answered its question yet: findings are missing. What it guards is on hold until it is "
                      "decided; undecided is not negative.");
}

template <typename Keys>
void Unite(Keys* into, const Keys& from) {
  for (const std::string& value : from) {
    if (std::find(into->begin(), into->end(), value) == into->end()) *into->Add() = value;
  }
}

// Equal in all that a reader acts on; reasons, citations and givers may differ.
bool SameAdvice(const v1::Recommendation& a, const v1::Recommendation& b) {
  return a.id() == b.id() && a.text() == b.text() && a.side() == b.side() && a.timeframe() == b.timeframe() &&
         std::equal(a.tags().begin(), a.tags().end(), b.tags().begin(), b.tags().end()) &&
         a.category() == b.category() && a.grade() == b.grade() && a.phase() == b.phase() && a.dose() == b.dose();
}

}  // namespace

bool TagCovers(std::string_view held, std::string_view tag) {
  return tag.size() >= held.size() && tag.compare(0, held.size(), held) == 0 &&
         (tag.size() == held.size() || tag[held.size()] == '.');
}

// What follows from the manifests alone.
struct Reconciler::Index {
  // A screen that is among the plugins, or that one of them expects.
  struct Screen {
    std::string id;
    std::vector<std::string> guards;
  };
  struct PerPlugin {
    CitationNumbers citations;
    // Index into screens; -1 if this plugin is none.
    int screen = -1;
    std::string name;
  };

  const PluginCatalog& catalog;
  std::vector<PerPlugin> plugins;
  std::vector<Screen> screens;
  std::vector<const v1::Citation*> citations;
  // Catalogue position of each input.
  absl::flat_hash_map<std::string, int> question_order;
  v1::Receipt receipt;
  // Holds and failures that stand whatever the plugins answer.
  std::vector<v1::Hold> standing_holds;
  std::vector<v1::PluginFailure> standing_failures;
  std::vector<v1::Notice> standing_notices;
  bool screen_missing = false;

  explicit Index(const PluginCatalog& from) : catalog(from) {}

  Screen& ScreenOf(const std::string& id) {
    for (Screen& screen : screens) {
      if (screen.id == id) return screen;
    }
    screens.push_back({id, {}});
    return screens.back();
  }

  void AddGuards(const std::string& id, const google::protobuf::RepeatedPtrField<std::string>& guards) {
    Screen& screen = ScreenOf(id);
    for (const std::string& tag : guards) {
      if (std::find(screen.guards.begin(), screen.guards.end(), tag) == screen.guards.end())
        screen.guards.push_back(tag);
    }
  }

  static std::string NameOf(const v1::PluginManifest& manifest) {
    return manifest.title().empty() ? manifest.id() : absl::StrCat(manifest.id(), " (", manifest.title(), ")");
  }

  static void AppendHolds(const Screen& screen, const std::string& reason, std::vector<v1::Hold>& holds) {
    for (const std::string& tag : screen.guards) {
      v1::Hold& hold = holds.emplace_back();
      hold.set_by(kHostHoldsBy);
      hold.set_tag(tag);
      hold.set_effect(v1::EFFECT_HOLD);
      hold.set_reason(reason);
    }
  }
};

Reconciler::Reconciler(const PluginCatalog& catalog, const std::string& host_version, const std::string& isolation) {
  auto index = std::make_unique<Index>(catalog);
  index->receipt.set_host_version(host_version);
  absl::flat_hash_map<std::string, int> numbers;
  absl::flat_hash_set<std::string> told;
  std::vector<const std::string*> cited_first_by;
  for (const PluginFile& plugin : catalog.plugins) {
    const v1::PluginManifest& manifest = plugin.manifest;
    v1::PluginRun* run = index->receipt.add_plugins();
    run->set_plugin_id(manifest.id());
    run->set_plugin_version(manifest.version());
    run->set_file(plugin.path);
    run->set_file_sha256(plugin.file_sha256);
    run->set_manifest_sha256(plugin.manifest_sha256);
    run->set_isolation(isolation);
    if (manifest.role() == v1::PLUGIN_ROLE_SAFETY_SCREEN) index->AddGuards(manifest.id(), manifest.guards());
    for (const v1::ExpectedScreen& expected : manifest.expected_screens()) {
      index->AddGuards(expected.plugin_id(), expected.guards());
    }

    Index::PerPlugin& known = index->plugins.emplace_back();
    known.name = Index::NameOf(manifest);
    for (const v1::Citation& citation : manifest.citations()) {
      auto [at, is_new] = numbers.emplace(citation.key(), static_cast<int>(index->citations.size()));
      if (is_new) {
        index->citations.push_back(&citation);
        cited_first_by.push_back(&manifest.id());
      } else {
        const v1::Citation& first = *index->citations[at->second];
        bool same =
            first.title() == citation.title() && first.locator() == citation.locator() && first.url() == citation.url();
        if (!same && told.insert(citation.key()).second) {
          v1::Notice& notice = index->standing_notices.emplace_back();
          notice.set_path(citation.key());
          notice.set_message(absl::StrCat("The citation key ", citation.key(), " means one source in ",
                                          *cited_first_by[at->second], ", which is the one listed, and another in ",
                                          manifest.id(), ": ", citation.title()));
        }
      }
      known.citations.emplace(citation.key(), at->second);
    }
  }

  // Screens that are expected and not here. The catalogue names them among its failures.
  index->standing_failures = catalog.failures;
  for (const Index::Screen& screen : index->screens) {
    auto plugin = std::find_if(catalog.plugins.begin(), catalog.plugins.end(),
                               [&](const PluginFile& p) { return p.manifest.id() == screen.id; });
    if (plugin != catalog.plugins.end()) {
      index->plugins[plugin - catalog.plugins.begin()].screen = static_cast<int>(&screen - index->screens.data());
      continue;
    }
    auto failure = std::find_if(catalog.failures.begin(), catalog.failures.end(),
                                [&](const v1::PluginFailure& f) { return f.plugin_id() == screen.id; });
    v1::FailureKind kind = failure != catalog.failures.end() ? failure->kind() : v1::FAILURE_KIND_MISSING;
    if (failure == catalog.failures.end()) {
      v1::PluginFailure& missing = index->standing_failures.emplace_back();
      missing.set_plugin_id(screen.id);
      missing.set_kind(v1::FAILURE_KIND_MISSING);
      missing.set_message(
          "Other plugins expect this safety screen beside them, and it is not among the plugins. Add it.");
    }
    index->screen_missing = true;
    Index::AppendHolds(screen, GuardReason(screen.id, kind), index->standing_holds);
  }

  const std::vector<CatalogInput>& inputs = catalog.inputs.inputs();
  for (size_t i = 0; i < inputs.size(); ++i) index->question_order.emplace(inputs[i].input.key(), static_cast<int>(i));
  index_ = std::move(index);
}

Reconciler::~Reconciler() = default;

v1::Consultation Reconciler::Reconcile(const CheckedCase& checked, const std::vector<Reply>& replies) const {
  const Index& index = *index_;
  const std::vector<PluginFile>& plugins = index.catalog.plugins;
  v1::Consultation out;
  out.set_case_id(checked.value.id());
  out.set_as_of(checked.value.as_of());
  out.set_disclaimer(kDisclaimer);
  for (const v1::PluginFailure& failure : index.standing_failures) *out.add_plugin_failures() = failure;

  // 1. Which answers can be used.
  struct Answer {
    const PluginFile* plugin;
    const Index::PerPlugin* known;
    std::unique_ptr<v1::Assessment> assessment;
  };
  std::vector<Answer> answers;
  answers.reserve(plugins.size());
  std::vector<v1::Hold> host_holds = index.standing_holds;
  std::vector<bool> is_cited(index.citations.size());
  std::vector<int> cited;
  bool undecided = index.screen_missing;
  for (size_t i = 0; i < plugins.size(); ++i) {
    const std::string& id = plugins[i].manifest.id();
    const Index::PerPlugin& known = index.plugins[i];
    std::optional<v1::PluginFailure> failure;
    auto bad_answer = [&](std::string message) {
      failure.emplace();
      failure->set_kind(v1::FAILURE_KIND_BAD_ANSWER);
      failure->set_message(std::move(message));
    };
    auto assessment = std::make_unique<v1::Assessment>();
    if (i >= replies.size()) {
      bad_answer("There is no reply of this plugin.");
    } else if (replies[i].failure) {
      failure = *replies[i].failure;
    } else if (!assessment->ParseFromString(replies[i].response)) {
      bad_answer(absl::StrCat("Its answer (", replies[i].response.size(),
                              " bytes) is no condyle.v1.Assessment, or holds text that is not UTF-8."));
    } else {
      cited.clear();
      std::string fault = FindFault(*assessment, id, known.citations, cited);
      if (!fault.empty()) bad_answer(absl::StrCat("Its answer breaks a rule at ", fault, "."));
    }
    if (failure) {
      if (failure->plugin_id().empty()) failure->set_plugin_id(id);
      if (failure->file().empty()) failure->set_file(plugins[i].path);
      undecided = true;
      if (known.screen >= 0) {
        Index::AppendHolds(index.screens[known.screen], GuardReason(known.name, failure->kind()), host_holds);
      }
      *out.add_plugin_failures() = std::move(*failure);
      continue;
    }
    for (int number : cited) is_cited[number] = true;
    if (assessment->status() == v1::STATUS_INSUFFICIENT_DATA) {
      undecided = true;
      if (known.screen >= 0) Index::AppendHolds(index.screens[known.screen], UndecidedReason(known.name), host_holds);
    }
    if (assessment->plugin_version().empty()) assessment->set_plugin_version(plugins[i].manifest.version());
    answers.push_back({&plugins[i], &known, std::move(assessment)});
  }
  // Plugins are in the order of their ids, and the sort is stable: the id decides last.
  std::stable_sort(answers.begin(), answers.end(), [](const Answer& a, const Answer& b) {
    return std::tuple(-a.assessment->urgency(), RankOf(a.plugin->manifest.role())) <
           std::tuple(-b.assessment->urgency(), RankOf(b.plugin->manifest.role()));
  });

  // 2. Urgency. Nothing that is unanswered ends in self care.
  v1::Urgency urgency = v1::URGENCY_UNSPECIFIED;
  for (const Answer& answer : answers) urgency = std::max(urgency, answer.assessment->urgency());
  if (undecided || out.plugin_failures_size() > 0 || urgency == v1::URGENCY_UNSPECIFIED) {
    urgency = std::max(urgency, v1::URGENCY_ROUTINE);
  }
  out.set_urgency(urgency);

  // 3. What is on hold: FORBID first, plugins before the host, in the order of the assessments.
  auto* holds = out.mutable_holds();
  for (v1::Effect effect : {v1::EFFECT_FORBID, v1::EFFECT_HOLD}) {
    for (const Answer& answer : answers) {
      for (v1::Constraint& constraint : *answer.assessment->mutable_constraints()) {
        if (constraint.effect() != effect) continue;
        const std::string& by = answer.plugin->manifest.id();
        bool repeated = std::any_of(holds->begin(), holds->end(), [&](const v1::Hold& h) {
          return h.effect() == effect && h.tag() == constraint.tag() && h.by() == by &&
                 h.reason() == constraint.reason();
        });
        if (repeated) continue;
        v1::Hold* hold = holds->Add();
        hold->set_by(by);
        hold->set_tag(std::move(*constraint.mutable_tag()));
        hold->set_effect(effect);
        hold->set_reason(std::move(*constraint.mutable_reason()));
        hold->mutable_citations()->Swap(constraint.mutable_citations());
      }
    }
  }
  for (v1::Hold& hold : host_holds) *holds->Add() = std::move(hold);

  // 4. Advice: equal advice of several plugins becomes one, then goes to the active or to the withheld.
  std::vector<std::unique_ptr<v1::Recommendation>> advice;
  std::unordered_multimap<std::string_view, v1::Recommendation*> by_id;
  std::vector<v1::Recommendation*> taken;
  for (const Answer& answer : answers) {
    auto* given = answer.assessment->mutable_recommendations();
    taken.resize(given->size());
    given->ExtractSubrange(0, given->size(), taken.data());
    for (v1::Recommendation* raw : taken) {
      std::unique_ptr<v1::Recommendation> one(raw);
      one->clear_plugin_ids();
      auto [first, last] = by_id.equal_range(one->id());
      auto same = std::find_if(first, last, [&](const auto& entry) { return SameAdvice(*entry.second, *one); });
      if (same == last) {
        one->add_plugin_ids(answer.plugin->manifest.id());
        by_id.emplace(one->id(), one.get());
        advice.push_back(std::move(one));
        continue;
      }
      v1::Recommendation* merged = same->second;
      Unite(merged->mutable_reasons(), one->reasons());
      Unite(merged->mutable_citations(), one->citations());
      if (merged->plugin_ids(merged->plugin_ids_size() - 1) != answer.plugin->manifest.id()) {
        merged->add_plugin_ids(answer.plugin->manifest.id());
      }
    }
  }
  std::vector<std::pair<int, size_t>> order(advice.size());
  for (size_t i = 0; i < advice.size(); ++i) order[i] = {RankOf(*advice[i]), i};
  std::sort(order.begin(), order.end());
  for (auto [rank, i] : order) {
    v1::Recommendation* one = advice[i].release();
    v1::Withheld* withheld = nullptr;
    for (const v1::Hold& hold : *holds) {
      if (std::none_of(one->tags().begin(), one->tags().end(),
                       [&](const std::string& tag) { return TagCovers(hold.tag(), tag); })) {
        continue;
      }
      if (withheld == nullptr) {
        withheld = out.add_withheld();
        withheld->set_by(hold.by());
        withheld->set_reason(hold.reason());
      }
      *withheld->add_holds() = hold;
    }
    if (withheld != nullptr) {
      withheld->set_allocated_recommendation(one);
    } else {
      out.mutable_recommendations()->AddAllocated(one);
    }
  }

  // 5. What to ask next.
  struct Question {
    v1::NextQuestion message;
    bool by_open_screen = false;  // a safety question of a screen that is undecided
    int catalogue_order;
  };
  std::vector<Question> questions;
  absl::flat_hash_map<std::pair<absl::string_view, int>, size_t> question_at;
  std::vector<std::vector<const std::string*>> whys;
  for (const Answer& answer : answers) {
    bool open_screen = answer.known->screen >= 0 && answer.assessment->status() == v1::STATUS_INSUFFICIENT_DATA;
    for (const v1::MissingInput& missing : answer.assessment->missing_inputs()) {
      auto [at, is_new] =
          question_at.emplace(std::pair(absl::string_view(missing.key()), missing.side()), questions.size());
      if (is_new) {
        Question& question = questions.emplace_back();
        whys.emplace_back();
        v1::NextQuestion& message = question.message;
        message.set_key(missing.key());
        message.set_side(missing.side());
        auto position = index.question_order.find(missing.key());
        question.catalogue_order = -1;  // age and sex: asked before the inputs
        if (position != index.question_order.end()) {
          question.catalogue_order = position->second;
          const v1::Input& input = index.catalog.inputs.inputs()[position->second].input;
          message.set_question(input.question());
          message.set_section(input.section());
          message.set_by_examiner(input.by_examiner());
        } else if (missing.key() == "patient.age") {
          message.set_question("How old is the patient (date of birth, or age in years)?");
          message.set_section("patient");
        } else if (missing.key() == "patient.sex") {
          message.set_question("What is the patient's sex, as recorded for clinical use?");
          message.set_section("patient");
        } else {
          message.set_question(missing.key());
          question.catalogue_order = static_cast<int>(index.question_order.size());
        }
      }
      Question& question = questions[at->second];
      question.by_open_screen |= open_screen && missing.safety();
      if (missing.safety()) question.message.set_safety(true);
      auto* asked_by = question.message.mutable_asked_by();
      const std::string& id = answer.plugin->manifest.id();
      if (asked_by->empty() || *asked_by->rbegin() != id) *asked_by->Add() = id;
      auto& why = whys[at->second];
      bool told = std::any_of(why.begin(), why.end(), [&](const std::string* w) { return *w == missing.why(); });
      if (!told && !missing.why().empty()) why.push_back(&missing.why());
    }
  }
  for (size_t i = 0; i < questions.size(); ++i) {
    std::string* why = questions[i].message.mutable_why();
    for (const std::string* part : whys[i]) absl::StrAppend(why, why->empty() ? "" : "; ", *part);
  }
  std::stable_sort(questions.begin(), questions.end(), [](const Question& a, const Question& b) {
    return std::tuple(!a.by_open_screen, !a.message.safety(), -a.message.asked_by_size(), a.catalogue_order,
                      a.message.side()) < std::tuple(!b.by_open_screen, !b.message.safety(), -b.message.asked_by_size(),
                                                     b.catalogue_order, b.message.side());
  });
  out.mutable_next_questions()->Reserve(static_cast<int>(questions.size()));
  for (Question& question : questions) *out.add_next_questions() = std::move(question.message);

  // 6. The differential.
  struct Line {
    const Answer* answer;
    const v1::Conclusion* conclusion;
  };
  std::vector<Line> lines;
  for (const Answer& answer : answers) {
    for (const v1::Conclusion& conclusion : answer.assessment->conclusions()) lines.push_back({&answer, &conclusion});
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return std::tuple(-a.answer->assessment->urgency(), RankOf(a.conclusion->status())) <
           std::tuple(-b.answer->assessment->urgency(), RankOf(b.conclusion->status()));
  });
  for (const Line& line : lines) {
    v1::Differential* entry = out.add_differential();
    entry->set_plugin_id(line.answer->plugin->manifest.id());
    entry->set_role(line.answer->plugin->manifest.role());
    entry->set_urgency(line.answer->assessment->urgency());
    // A summary: the criteria stand once, in the assessment.
    const v1::Conclusion& from = *line.conclusion;
    v1::Conclusion* to = entry->mutable_conclusion();
    if (from.has_condition()) *to->mutable_condition() = from.condition();
    if (from.has_probability()) *to->mutable_probability() = from.probability();
    to->set_text(from.text());
    to->set_side(from.side());
    to->set_status(from.status());
    to->set_grade(from.grade());
    *to->mutable_citations() = from.citations();
  }

  // 7. The rest: assessments (without what was moved), sources, notices, receipt.
  for (Answer& answer : answers) {
    answer.assessment->clear_recommendations();
    answer.assessment->clear_constraints();
    out.mutable_assessments()->AddAllocated(answer.assessment.release());
  }
  for (size_t i = 0; i < is_cited.size(); ++i) {
    if (is_cited[i]) *out.add_citations() = *index.citations[i];
  }
  for (const v1::Notice& notice : checked.notices) *out.add_notices() = notice;
  for (const v1::Notice& notice : index.standing_notices) *out.add_notices() = notice;
  *out.mutable_receipt() = index.receipt;
  return out;
}

v1::Consultation Reconcile(const CheckedCase& checked, const PluginCatalog& catalog, const std::vector<Reply>& replies,
                           const std::string& host_version, const std::string& isolation) {
  return Reconciler(catalog, host_version, isolation).Reconcile(checked, replies);
}

}  // namespace condyle
