// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a consultation says, as few cards as will do: one for each plugin that has something to say, one for what is
// open.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/cds_hooks/card_maker.h"
#include "host/cds_hooks/card_text.h"
#include "host/reconcile/screens.h"
#include "host/report/words.h"

namespace condyle::cds {
namespace {

// Lines of each list on a card; the rest is counted.
constexpr int kMostEvidence = 8;
constexpr int kMostQuestions = 8;
constexpr size_t kMostWithheld = 6;
constexpr size_t kMostHeldText = 90;
constexpr int kMostAdvice = 10;
// Of the reasons of one piece of advice, UTF-16 code units.
constexpr size_t kMostReason = 300;

// Of ServiceRequest, http://hl7.org/fhir/request-priority.
const char* PriorityOf(v1::Urgency urgency) {
  if (urgency >= v1::URGENCY_EMERGENCY) return "stat";
  return urgency >= v1::URGENCY_URGENT ? "urgent" : "routine";
}

bool HasOwnCard(const v1::Assessment& assessment) {
  return assessment.status() == v1::STATUS_POSITIVE || assessment.urgency() >= v1::URGENCY_URGENT;
}

bool GivenBy(const v1::Recommendation& recommendation, const std::string& plugin_id) {
  const auto& ids = recommendation.plugin_ids();
  return std::find(ids.begin(), ids.end(), plugin_id) != ids.end();
}

class Maker {
 public:
  Maker(const v1::Consultation& consultation, const CardContext& context) : c_(consultation), context_(context) {}

  std::vector<Card> Make(bool urgent_only) {
    std::vector<Card> cards;
    for (const v1::Assessment& assessment : c_.assessments()) {
      if (!HasOwnCard(assessment)) continue;
      if (urgent_only && assessment.urgency() < v1::URGENCY_URGENT) continue;
      cards.push_back(CardOf(assessment));
    }
    if (!urgent_only) AddOpenCard(&cards);
    if (!cards.empty()) AddMissingData(&cards.front());
    Cut(&cards);
    return cards;
  }

 private:
  Card CardOf(const v1::Assessment& assessment) {
    Card card;
    card.uuid = NewUuid();
    const std::string title = TitleOf(context_, assessment.plugin_id());
    const bool pressing = assessment.urgency() >= v1::URGENCY_URGENT;
    card.summary = absl::StrCat(pressing ? absl::StrCat(InWords(assessment.urgency()), ": ") : "",
                                assessment.summary().empty() ? title : assessment.summary());
    card.indicator = IndicatorOf(assessment.urgency());
    card.topic = assessment.plugin_id();
    card.topic_text = title;
    card.links_to_intake = !assessment.missing_inputs().empty();
    Detail detail;
    detail.Paragraph(absl::StrCat("**", Markdown(title), "**: ", Markdown(InWords(assessment.status())), ". ",
                                  Markdown(InWords(assessment.urgency())), Markdown(MeaningOf(assessment.urgency()))));
    sources_.clear();
    AddConclusions(assessment, &detail);
    AddEvidence(assessment, &detail);
    AddAdvice(assessment.plugin_id(), assessment.urgency(), &card, &detail);
    AddWithheld(assessment.plugin_id(), &detail);
    AddOpen(assessment, &detail, &card);
    for (const std::string& caveat : assessment.caveats()) {
      if (&caveat == &assessment.caveats(0)) detail.Heading("Limits of this answer");
      detail.Item(Markdown(caveat));
    }
    SuggestCondition(assessment, &card);
    AddSources(c_, sources_, &detail);
    AddDisclaimer(c_, &detail);
    card.detail = detail.Take();
    if (card.advice.empty()) card.advice.push_back(AdviceOf(c_, assessment.plugin_id(), nullptr));
    return card;
  }

  std::string Cited(const google::protobuf::RepeatedPtrField<std::string>& keys) {
    std::string text;
    for (const std::string& key : keys) {
      sources_.push_back(key);
      absl::StrAppend(&text, text.empty() ? "" : ", ", Markdown(key));
    }
    return text.empty() ? "" : absl::StrCat(" \\[", text, "\\]");
  }

  void AddConclusions(const v1::Assessment& assessment, Detail* detail) {
    bool first = true;
    for (const v1::Conclusion& conclusion : assessment.conclusions()) {
      if (conclusion.status() != v1::STATUS_POSITIVE) continue;
      if (first) detail->Heading("What the criteria say");
      first = false;
      std::string line = absl::StrCat(Markdown(conclusion.text()), SideMark(conclusion.side()));
      if (conclusion.has_probability()) {
        absl::StrAppend(&line, ": ", Markdown(InWords(conclusion.probability())), "; ",
                        Markdown(conclusion.probability().basis()), Cited(conclusion.probability().citations()));
      }
      if (conclusion.grade() != v1::GRADE_UNSPECIFIED) absl::StrAppend(&line, " (", InWords(conclusion.grade()), ")");
      detail->Item(line + Cited(conclusion.citations()));
    }
  }

  void AddEvidence(const v1::Assessment& assessment, Detail* detail) {
    int count = 0;
    for (const v1::Direction direction : {v1::DIRECTION_FOR, v1::DIRECTION_AGAINST}) {
      for (const v1::Evidence& evidence : assessment.evidence()) {
        if (evidence.direction() != direction || ++count > kMostEvidence) continue;
        if (count == 1) detail->Heading("Basis");
        detail->Item(
            absl::StrCat(direction == v1::DIRECTION_FOR ? "for: " : "against: ", Markdown(evidence.statement()),
                         SideMark(evidence.side()), " (", InWords(evidence.grade()), ")", Cited(evidence.citations())));
      }
    }
    if (count > kMostEvidence) detail->Item(absl::StrCat("and ", count - kMostEvidence, " more"));
  }

  // Active advice of the plugin that stands on no earlier card.
  void AddAdvice(const std::string& plugin_id, v1::Urgency urgency, Card* card, Detail* detail) {
    int count = 0;
    for (const v1::Recommendation& recommendation : c_.recommendations()) {
      if (!GivenBy(recommendation, plugin_id) || !told_.insert(&recommendation).second) continue;
      card->advice.push_back(AdviceOf(c_, plugin_id, &recommendation));
      Suggest(recommendation, plugin_id, urgency, card);
      if (++count > kMostAdvice) continue;
      if (count == 1) detail->Heading("Advice");
      std::string line = absl::StrCat(Markdown(recommendation.text()), SideMark(recommendation.side()));
      if (!recommendation.timeframe().empty()) absl::StrAppend(&line, " _", Markdown(recommendation.timeframe()), "_");
      if (!recommendation.reasons().empty()) {
        absl::StrAppend(&line, " Why: ", Markdown(OneLine(Joined(recommendation.reasons(), "; "), kMostReason)), ".");
      }
      absl::StrAppend(&line, " (", InWords(recommendation.grade()), ")", Cited(recommendation.citations()));
      if (!recommendation.sources_differ().empty()) {
        absl::StrAppend(&line, " Sources differ: ", Markdown(recommendation.sources_differ()));
      }
      detail->Item(line);
    }
    if (count > kMostAdvice) detail->Item(absl::StrCat("and ", count - kMostAdvice, " more"));
  }

  void Suggest(const v1::Recommendation& recommendation, const std::string& plugin_id, v1::Urgency urgency,
               Card* card) {
    const std::string& category = recommendation.category();
    const bool order = category == "imaging" || category == "lab" || category == "referral" || category == "emergency";
    const bool plan = category == "activity" || category == "exercise";
    if ((!order && !plan) || SaysWhatToStop(recommendation)) return;
    if (static_cast<int>(card->suggestions.size()) >= context_.options.max_suggestions) return;
    Suggestion& suggestion = card->suggestions.emplace_back();
    suggestion.uuid = NewUuid();
    suggestion.label = recommendation.text();
    suggestion.recommended = order && urgency >= v1::URGENCY_URGENT;
    suggestion.draft.kind = order ? DraftKind::kServiceRequest : DraftKind::kCarePlan;
    suggestion.draft.text = recommendation.text() + SideMark(recommendation.side());
    suggestion.draft.description =
        absl::StrCat(order ? "Draft a request: " : "Draft a plan: ", OneLine(suggestion.draft.text));
    if (order) suggestion.draft.priority = PriorityOf(urgency);
    suggestion.draft.reasons.assign(recommendation.reasons().begin(), recommendation.reasons().end());
    suggestion.advice = AdviceOf(c_, plugin_id, &recommendation);
  }

  void SuggestCondition(const v1::Assessment& assessment, Card* card) {
    for (const v1::Conclusion& conclusion : assessment.conclusions()) {
      if (conclusion.status() != v1::STATUS_POSITIVE || conclusion.condition().code().empty()) continue;
      if (static_cast<int>(card->suggestions.size()) >= context_.options.max_suggestions) return;
      Suggestion& suggestion = card->suggestions.emplace_back();
      suggestion.uuid = NewUuid();
      suggestion.label = absl::StrCat("Note as provisional: ", conclusion.text(), SideMark(conclusion.side()));
      suggestion.draft.kind = DraftKind::kCondition;
      suggestion.draft.text = conclusion.text();
      suggestion.draft.side = conclusion.side();
      suggestion.draft.codings.push_back(conclusion.condition());
      suggestion.draft.description =
          absl::StrCat("Record a provisional condition, to be confirmed by a clinician: ", OneLine(conclusion.text()));
      suggestion.advice = AdviceOf(c_, assessment.plugin_id(), nullptr);
    }
  }

  // Advice that this plugin holds back, or that it gave and another holds: a line for each reason.
  void AddWithheld(const std::string& plugin_id, Detail* detail) {
    struct Group {
      std::string why;
      std::vector<std::string> texts;
    };
    std::vector<Group> groups;
    for (const v1::Withheld& withheld : c_.withheld()) {
      const bool ours = withheld.by() == plugin_id || GivenBy(withheld.recommendation(), plugin_id);
      if (!ours || !told_withheld_.insert(&withheld).second) continue;
      std::string why =
          absl::StrCat(Markdown(withheld.reason()), " (", Markdown(TitleOf(context_, withheld.by())), ")");
      auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& group) { return group.why == why; });
      if (same == groups.end()) same = groups.insert(groups.end(), {std::move(why), {}});
      same->texts.push_back(OneLine(Sentence(withheld.recommendation().text()), kMostHeldText));
    }
    for (const Group& group : groups) {
      if (&group == &groups.front()) detail->Heading("On hold, and no advice now");
      std::string line = group.why + ":";
      const size_t shown = std::min(group.texts.size(), kMostWithheld);
      for (size_t i = 0; i < shown; ++i) absl::StrAppend(&line, i == 0 ? " " : " / ", Markdown(group.texts[i]));
      if (group.texts.size() > shown) absl::StrAppend(&line, " / and ", group.texts.size() - shown, " more");
      detail->Item(line);
    }
  }

  std::string QuestionOf(const std::string& key) const {
    for (const v1::NextQuestion& question : c_.next_questions()) {
      if (question.key() == key) return question.question();
    }
    return key;
  }

  void AddOpen(const v1::Assessment& assessment, Detail* detail, Card* card) {
    int count = 0;
    for (const v1::MissingInput& missing : assessment.missing_inputs()) {
      if (++count > kMostQuestions) continue;
      if (count == 1) detail->Heading("Not known");
      detail->Item(absl::StrCat(Markdown(QuestionOf(missing.key())), SideMark(missing.side()),
                                missing.why().empty() ? "" : absl::StrCat(" (", Markdown(missing.why()), ")")));
    }
    if (count > kMostQuestions) detail->Item(absl::StrCat("and ", count - kMostQuestions, " more"));
    if (count > 0)
      card->not_checked.push_back(absl::StrCat(assessment.plugin_id(), ": ", count, " findings not known"));
  }

  // All that nobody has looked at yet, and all that failed: a screen that did not run is not a negative one.
  void AddOpenCard(std::vector<Card>* cards) {
    std::vector<const v1::Assessment*> open;
    for (const v1::Assessment& assessment : c_.assessments()) {
      if (assessment.status() == v1::STATUS_INSUFFICIENT_DATA && !HasOwnCard(assessment)) open.push_back(&assessment);
    }
    if (open.empty() && c_.plugin_failures().empty()) return;
    Card card;
    card.uuid = NewUuid();
    card.topic = "open-questions";
    card.topic_text = "What has not been screened";
    card.links_to_intake = true;
    sources_.clear();
    Detail detail;
    detail.Paragraph("What is open is not negative: nothing here is excluded.");
    AddFailures(&card, &detail);
    for (const v1::Assessment* assessment : open) {
      if (assessment == open.front()) detail.Heading("Not decided");
      const std::string title = TitleOf(context_, assessment->plugin_id());
      detail.Item(absl::StrCat(Markdown(title), ": ", Markdown(assessment->summary())));
      card.not_checked.push_back(
          absl::StrCat(assessment->plugin_id(), ": ", assessment->missing_inputs_size(), " findings not known"));
    }
    AddQuestions(&detail);
    for (const v1::Assessment* assessment : open) {
      AddAdvice(assessment->plugin_id(), assessment->urgency(), &card, &detail);
      if (card.advice.empty()) card.advice.push_back(AdviceOf(c_, assessment->plugin_id(), nullptr));
    }
    AddWithheldByHost(&detail);
    AddSources(c_, sources_, &detail);
    AddDisclaimer(c_, &detail);
    card.summary = SummaryOfOpen(open);
    card.detail = detail.Take();
    cards->push_back(std::move(card));
  }

  std::string SummaryOfOpen(const std::vector<const v1::Assessment*>& open) const {
    if (!c_.plugin_failures().empty()) {
      return absl::StrCat(
          "Not screened, a check failed: ", TitleOf(context_, c_.plugin_failures(0).plugin_id()),
          c_.plugin_failures_size() > 1 ? absl::StrCat(" and ", c_.plugin_failures_size() - 1, " more") : "");
    }
    return absl::StrCat("Not yet screened, ", c_.next_questions_size(),
                        " questions are open: ", TitleOf(context_, open.front()->plugin_id()),
                        open.size() > 1 ? absl::StrCat("; and ", open.size() - 1, " more") : "");
  }

  void AddFailures(Card* card, Detail* detail) {
    for (const v1::PluginFailure& failure : c_.plugin_failures()) {
      if (&failure == &c_.plugin_failures(0)) {
        detail->Heading("Not screened: these checks failed");
        card->indicator = Indicator::kWarning;
      }
      detail->Item(absl::StrCat(Markdown(TitleOf(context_, failure.plugin_id())), ": ", InWords(failure.kind())));
      card->not_checked.push_back(absl::StrCat(failure.plugin_id(), ": ", InWords(failure.kind())));
      card->advice.push_back(AdviceOf(c_, failure.plugin_id(), nullptr));
    }
  }

  void AddQuestions(Detail* detail) {
    int count = 0;
    for (const v1::NextQuestion& question : c_.next_questions()) {
      if (++count > kMostQuestions) continue;
      if (count == 1) detail->Heading("What to ask or examine next");
      detail->Item(absl::StrCat(Markdown(question.question()), SideMark(question.side()),
                                question.by_examiner() ? " (examination)" : "",
                                question.safety() ? " **must not be missed**" : ""));
    }
    if (count > kMostQuestions) detail->Item(absl::StrCat("and ", count - kMostQuestions, " more"));
  }

  // What the host itself holds, for screens that are open or failed.
  void AddWithheldByHost(Detail* detail) {
    bool first = true;
    for (const HoldGroup& group : Grouped(c_)) {
      if (group.first->by() != kHostHoldsBy) continue;
      if (first) detail->Heading("On hold until then");
      first = false;
      detail->Item(absl::StrCat(Markdown(Joined(group.tags, ", ")), ": ", Markdown(group.first->reason())));
    }
  }

  void AddMissingData(Card* card) {
    if (context_.data_not_available.empty()) return;
    Detail detail;
    detail.Heading("Data that was not available: missing, not negative");
    for (const std::string& line : context_.data_not_available) {
      detail.Item(Markdown(line));
      card->not_checked.push_back(line);
    }
    card->detail += "\n\n" + detail.Take();
  }

  // The least pressing go first; what they said is named on the last that stays.
  void Cut(std::vector<Card>* cards) {
    const auto most = static_cast<size_t>(context_.options.max_cards);
    if (cards->size() <= most) return;
    std::stable_sort(cards->begin(), cards->end(),
                     [](const Card& a, const Card& b) { return a.indicator > b.indicator; });
    size_t keep = most;
    while (keep < cards->size() && (*cards)[keep].indicator == Indicator::kCritical) ++keep;
    Detail detail;
    detail.Heading("Also");
    for (size_t i = keep; i < cards->size(); ++i) detail.Item(Markdown((*cards)[i].summary));
    if (keep == cards->size()) return;
    cards->resize(keep);
    cards->back().detail += "\n\n" + detail.Take();
  }

  const v1::Consultation& c_;
  const CardContext& context_;
  std::set<const v1::Recommendation*> told_;
  std::set<const v1::Withheld*> told_withheld_;
  std::vector<std::string> sources_;
};

}  // namespace

std::vector<Card> CardsOf(const v1::Consultation& consultation, const CardContext& context, bool urgent_only) {
  if (!context.is_topic) return {};
  if (context.for_patient) return CardsForPatients(consultation, context);
  return Maker(consultation, context).Make(urgent_only);
}

}  // namespace condyle::cds
